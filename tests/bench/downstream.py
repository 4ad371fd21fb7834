# Copyright 2026 The Weir authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of what is behind the collector: ClickHouse as a store. Used by bench.py."""

import json
import os
import pathlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
FRONT = TOP / "tests" / "support" / "clickhouse_front.py"
SERVER = TOP / "build" / "clickhouse" / "usr" / "sbin" / "clickhouse-server"
FUNNEL = {"kind": "funnel", "window": "7d", "steps": [{"event": "visit"}, {"event": "add_to_cart"}, {"event": "purchase"}]}


class Front:
    """The engine of ClickHouse behind HTTP, in a process of its own."""

    def __init__(self, library, folder):
        self.library, self.folder, self.port = library, folder, "0"
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/bin/python3", FRONT, self.library, self.folder, self.port],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, sql):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", sql.encode(), timeout=600) as answer:
            return answer.read().decode().strip()

    def tell(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/front", timeout=60) as answer:
            return json.load(answer)


def status(collector):
    request = urllib.request.Request(collector.url + "/v1/status", headers={"Authorization": f"Bearer {collector.token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def wait_stored(collector, n_events):
    while True:
        now = status(collector)
        if now["ledger"]["stored"] >= n_events:
            return now
        time.sleep(0.05)


def resident_mb(collector):
    with open(f"/proc/{collector.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure_rate(name, collector, fleet, n_events, most):
    """From the first 202 until the last event is in the table."""
    report = fleet(collector.url, "--rate", most, "--events", n_events, "--batch", 1000, "--connections", 8, "--prebuild", 200,
                   "--devices", 20000)
    now = wait_stored(collector, n_events)
    seconds = time.time() - report["first_accepted_at"]
    sink = now["sinks"][0]
    print(f"  {name}: {n_events / seconds:.0f} events/s from the first 202 to the last row ({report['accepted'] / report['seconds']:.0f}/s"
          f" accepted), {sink['batches']} inserts of {n_events / max(sink['batches'], 1):.0f} rows, {sink['batches'] / seconds:.2f} a"
          f" second; {resident_mb(collector):.0f} MB")


def bench_rates(library, make_collector, fleet):
    n_events = int(os.environ.get("BENCH_EVENTS", "5000000"))
    for most in (0, 200000):
        folder = tempfile.mkdtemp()
        collector = make_collector(folder, "--store", "chdb", "--chdb-library", library)
        measure_rate(f"in-process, {'as much as goes' if most == 0 else f'{most} events/s'}", collector, fleet, n_events, most)
        collector.stop()
        shutil.rmtree(folder)
    for name, shared in (("over HTTP", "no"), ("over HTTP, sharing who is who", "yes")):
        folder = tempfile.mkdtemp()
        front = Front(library, folder + "/clickhouse")
        collector = make_collector(folder + "/data", "--store", "clickhouse", "--shared", shared,
                                   "--clickhouse-url", f"http://127.0.0.1:{front.port}/default")
        measure_rate(f"{name}, as much as goes", collector, fleet, n_events, 0)
        longest = max(front.tell()["seconds"].values())
        print(f"  {name}: at most {longest} inserts began in one second of a backlog")
        collector.stop()
        front.kill()
        shutil.rmtree(folder)


def follow_stream(collector, seen, ending):
    """Notes how old events are when a stream client has them."""
    request = urllib.request.Request(collector.url + "/v1/stream?events=probe", headers={"Authorization": f"Bearer {collector.token}"})
    with urllib.request.urlopen(request, timeout=60) as stream:
        for line in stream:
            if ending.is_set():
                return
            if line.startswith(b"data:") and b"probe-" in line:
                for part in line.split(b"probe-")[1:]:
                    seen.append(time.time() - float(part.split(b'"')[0]))


def send_probes(collector, ending):
    while not ending.is_set():
        body = json.dumps({"event": "probe", "device_id": "p", "properties": {"at": f"probe-{time.time():.6f}"}}).encode()
        urllib.request.urlopen(urllib.request.Request(collector.url + "/v1/events", body), timeout=10).read()
        time.sleep(0.1)


def bench_outage(library, make_collector, fleet):
    outage = int(os.environ.get("BENCH_OUTAGE", "600"))
    folder = tempfile.mkdtemp()
    front = Front(library, folder + "/clickhouse")
    collector = make_collector(folder + "/data", "--store", "clickhouse", "--clickhouse-url", f"http://127.0.0.1:{front.port}/default")
    seen, ending = [], threading.Event()
    threads = [threading.Thread(target=follow_stream, args=(collector, seen, ending), daemon=True),
               threading.Thread(target=send_probes, args=(collector, ending), daemon=True)]
    load = threading.Thread(target=lambda: fleet(collector.url, "--rate", 20000, "--seconds", outage + max(30, outage // 4), "--batch", 200, "--connections", 4,
                                                 "--devices", 20000), daemon=True)
    for thread in threads + [load]:
        thread.start()
    time.sleep(5)
    front.kill()
    time.sleep(outage)
    queued = status(collector)["ledger"]["queued"]
    before = len(seen)
    memory = resident_mb(collector)
    front.start()
    begin = time.monotonic()
    while status(collector)["ledger"]["queued"] > 60000:
        time.sleep(0.2)
    drained = time.monotonic() - begin
    during = seen[before:]
    ending.set()
    print(f"  outage of {outage} s at 20 000 events/s: {queued} events waited, drained in {drained:.1f} s (to reach: {outage / 5:.0f}); new events"
          f" reached a stream meanwhile in {statistics.median(during) * 1000:.0f} ms, at most {max(during):.2f} s (2); {max(seen):.2f} s at most in"
          f" all; {memory:.0f} MB before, {resident_mb(collector):.0f} MB after")
    load.join()
    now = wait_stored(collector, status(collector)["ledger"]["accepted"])
    print(f"  afterwards: {front.ask('SELECT count(), uniqExact(seq) FROM event')} rows and different ones, {now['ledger']['stored']} stored")
    collector.stop()
    front.kill()
    shutil.rmtree(folder)


def move_events(library, data):
    """Puts the events of a file into ClickHouse's tables and leaves the persons where they are."""
    file = data / "events.db"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        instance = db.execute("SELECT instance FROM state").fetchone()[0]
    sys.path.insert(0, str(FRONT.parent))
    import clickhouse_front   # noqa: the library may be loaded once in a process
    engine = clickhouse_front.Engine(str(library), str(data / "clickhouse"))
    return engine, instance, file


def bench_funnel(library, make_collector, make_data, timed):
    folder = pathlib.Path(tempfile.mkdtemp())
    data = folder / "data"
    data.mkdir()
    start = make_data(folder, data)
    # The tables are made by the collector itself.
    probe = make_collector(folder / "probe", "--store", "chdb", "--chdb-library", library)
    urllib.request.urlopen(urllib.request.Request(probe.url + "/v1/events", b'{"event":"x","user_id":"x"}'), timeout=10).read()
    wait_stored(probe, 1)
    probe.stop()
    shutil.move(folder / "probe" / "clickhouse", data / "clickhouse")
    bare = json.loads(subprocess.run([sys.executable, __file__, "move", str(library), str(data), str(start)], capture_output=True, text=True,
                                     check=True).stdout.splitlines()[-1])
    collector = make_collector(data, "--store", "chdb", "--chdb-library", library)
    question = dict(FUNNEL, range={"from": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(start)),
                                   "to": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(start + 84 * 86400))})
    answers = [timed(collector, "/v1/query", question) for _ in range(5)]
    ours = min(answer[0] for answer in answers)
    counts = [step["count"] for step in answers[0][1]["steps"]]
    print(f"  three-step funnel, 10 M events: {ours:.0f} ms through the collector, {bare['ms']:.0f} ms bare, ratio {ours / bare['ms']:.2f} (to reach:"
          f" 1.3); {counts} and {bare['answer']}")
    collector.stop()
    shutil.rmtree(folder)


def move_main(library, data, start):
    """Run in a process of its own."""
    data = pathlib.Path(data)
    engine, instance, file = move_events(library, data)
    engine.query(b"TRUNCATE TABLE event")
    engine.query(
        f"INSERT INTO event (collector, seq, name, time, received, source, identity, identity_kind, is_error, value, duration_ms, properties)"
        f" SELECT '{instance}', e.seq, n.name, fromUnixTimestamp64Micro(e.time, 'UTC'), fromUnixTimestamp64Micro(e.received, 'UTC'), 'local',"
        f" toUInt32(e.identity_id), 1, 0, e.value, e.duration, coalesce(e.properties, '') FROM sqlite('{file}', 'event') AS e"
        f" JOIN sqlite('{file}', 'event_name') AS n ON n.id = e.name_id".encode())
    engine.query(b"OPTIMIZE TABLE event FINAL")
    with sqlite3.connect(file) as db:
        # Who became whom, so that both count persons.
        who = db.execute("SELECT id, person_id FROM identity").fetchall()
        db.executescript("UPDATE state SET elsewhere = cursor; DELETE FROM event; DELETE FROM timeline; DELETE FROM timeline_part;"
                         " DELETE FROM event_column; DELETE FROM summary_hour; DELETE FROM summary_minute;")
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rows:
        rows.writelines(f"{identity}\t{person}\n" for identity, person in who)
        rows.flush()
        engine.query(f"CREATE TABLE bare ENGINE = MergeTree ORDER BY (name, time) AS SELECT e.name AS name, e.time AS time, w.person AS person"
                     f" FROM event AS e JOIN file('{rows.name}', 'TSV', 'identity UInt32, person UInt32') AS w ON w.identity = e.identity".encode())
    engine.query(b"OPTIMIZE TABLE bare FINAL")
    first, last = int(start), int(start) + 84 * 86400
    sql = (f"SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (SELECT windowFunnel(604800000000, 'strict_once')"
           f"(toUInt64(toUnixTimestamp64Micro(time)), name = 'visit', name = 'add_to_cart', name = 'purchase') AS level FROM bare WHERE time >="
           f" toDateTime64({first}, 6, 'UTC') AND time < toDateTime64({last}, 6, 'UTC') AND name IN ('visit', 'add_to_cart', 'purchase')"
           f" GROUP BY person)").encode()
    times = []
    for _ in range(5):
        begin = time.monotonic()
        answer = engine.query(sql).decode().split()
        times.append((time.monotonic() - begin) * 1000)
    engine.query(b"DROP TABLE bare")
    print(json.dumps({"ms": min(times), "answer": [int(n) for n in answer]}), flush=True)
    os._exit(0)


def bench_wire(folder):
    """Debian's server is too old to be a store, and a real one to speak to."""
    if not SERVER.exists():
        print("  Debian's server is not there: ./dev test gets it")
        return
    out = subprocess.run([TOP / "build" / "tests" / "bench" / "bench-clickhouse-wire", SERVER, os.environ.get("BENCH_ROWS", "5000000")],
                         capture_output=True, text=True, check=True).stdout
    print("  " + out.strip())


if __name__ == "__main__" and sys.argv[1:2] == ["move"]:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ["TZ"] = "UTC"
    time.tzset()
    move_main(*sys.argv[2:])
