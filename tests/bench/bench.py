#!/usr/bin/python3
"""The benchmarks of `./dev bench [NAME]`. Figures are ratios where two things run in the same run.

Everything runs on this machine, client included, with fsync durability, and ends by itself.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import downstream

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
COLLECTOR = BUILD / "collector" / "weir-collector"
FLEET = BUILD / "collector" / "weir-fleet"
BENCH = BUILD / "tests" / "bench"


class Server:
    """A process that says where it listens."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.url = line.removeprefix("listening on ").strip()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)


class Collector(Server):
    def __init__(self, data, *options):
        self.data = pathlib.Path(data)
        super().__init__(COLLECTOR, "--data-dir", data, "--listen", "127.0.0.1:0", "--journal-max-bytes", 8 << 30,
                         *options)
        self.token = (self.data / "token").read_text().strip()

    def count_visible(self):
        with sqlite3.connect(f"file:{self.data}/events.db?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM events").fetchone()[0]

    def last_visible(self):
        with sqlite3.connect(f"file:{self.data}/events.db?mode=ro", uri=True) as db:
            return db.execute("SELECT max(seq) FROM events").fetchone()[0] or 0

    def wait_visible(self, seq):
        while self.last_visible() < seq:
            time.sleep(0.01)
        return time.time()


def fleet(url, *options):
    """Runs the load generator to its end and returns what it reports."""
    result = subprocess.run([FLEET, "--url", url, *map(str, options)], capture_output=True, text=True, check=True)
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["failed"] == 0 and report["rejected"] == 0, report
    return report


def rate(report):
    return report["accepted"] / report["seconds"]


def bench_identity(folder):
    """Who is who: a million persons of two ids, one of a hundred thousand who is merged again and again."""
    subprocess.run([BENCH / "bench-identity", folder, os.environ.get("BENCH_PERSONS", "1000000")], check=True)


def bench_store(folder):
    """The store alone beside a bare sqlite3 loop, to ten million events."""
    subprocess.run([BENCH / "bench-store", folder, os.environ.get("BENCH_EVENTS", "10000000")], check=True)


def bench_requests(folder):
    """Single-event requests over 64 keep-alive connections, beside a handler that does nothing."""
    load = ("--rate", 0, "--seconds", 5, "--batch", 1, "--connections", 64, "--prebuild", 2000)
    ratios = []
    for _ in range(3):
        bare = Server(BENCH / "bench-bare-http")
        bare_rate = rate(fleet(bare.url, *load))
        bare.process.kill()
        bare.process.wait()
        collector = Collector(tempfile.mkdtemp(dir=folder))
        report = fleet(collector.url, *load)
        half = fleet(collector.url, "--rate", rate(report) / 2, "--seconds", 5, "--batch", 1, "--connections", 64,
                     "--prebuild", 2000)
        collector.stop()
        ratios.append(rate(report) / bare_rate)
        print(f"  bare {bare_rate:7.0f}/s, collector {rate(report):7.0f}/s, ratio {ratios[-1]:.2f};"
              f" p99 {report['p99_ms']:.1f} ms; at half the load {rate(half):.0f}/s:"
              f" p50 {half['p50_ms']:.2f} ms, p99 {half['p99_ms']:.2f} ms")
    print(f"requests: ratio to the bare handler {statistics.median(ratios):.2f} (to reach: 0.60)")


def send_batches(collector, n_events):
    """Returns events a second from the first 202 until the last one can be seen in `events`."""
    target = collector.last_visible() + n_events
    report = fleet(collector.url, "--rate", 0, "--events", n_events, "--batch", 1000, "--connections", 8,
                   "--prebuild", 200, "--devices", 20000)
    until = collector.wait_visible(target)
    return n_events / (until - report["first_accepted_at"]), rate(report)


def bare_rows(folder, collector, n_before, n_events):
    """A bare loop with the same rows on top of the same table."""
    dest = pathlib.Path(folder) / f"bare-{n_before}.db"
    with sqlite3.connect(f"file:{collector.data}/events.db?mode=ro", uri=True) as db:
        db.execute("VACUUM INTO ?", (str(dest),))
    with sqlite3.connect(dest) as db:
        db.execute("DELETE FROM event WHERE seq > ?", (n_before,))
    db.close()
    out = subprocess.run([BENCH / "bench-bare-sqlite", collector.data / "events.db", dest, str(n_before), str(n_events)],
                         capture_output=True, text=True, check=True).stdout
    dest.unlink()
    return float(out)


def bench_batches(folder):
    """Batches of 1 000: from the first 202 to the last event visible, beside a bare sqlite3 loop with the same rows."""
    collector = Collector(folder)
    n_total = int(os.environ.get("BENCH_EVENTS", "10000000"))
    at_first, accepted = send_batches(collector, 1_000_000)
    bare_first = bare_rows(folder, collector, 0, 1_000_000)
    print(f"  to 1 M: accepted {accepted:.0f}/s, visible {at_first:.0f}/s, bare loop {bare_first:.0f}/s,"
          f" ratio {at_first / bare_first:.2f}")
    peak = [0.0]
    while collector.last_visible() < n_total:
        send_batches(collector, 1_000_000)
        peak[0] = max(peak[0], resident_mb(collector.process.pid))
    at_last, accepted = send_batches(collector, 1_000_000)
    bare_last = bare_rows(folder, collector, n_total, 1_000_000)
    print(f"  behind {n_total // 1_000_000} M: accepted {accepted:.0f}/s, visible {at_last:.0f}/s,"
          f" bare loop {bare_last:.0f}/s, ratio {at_last / bare_last:.2f}")
    steady = fleet(collector.url, "--rate", 100000, "--seconds", 10, "--batch", 1000, "--connections", 4,
                   "--devices", 20000)
    resident = resident_mb(collector.process.pid)
    print(f"  100 k events/s on top: p99 {steady['p99_ms']:.1f} ms, resident {resident:.0f} MB"
          f" (peak at full speed {peak[0]:.0f} MB)")
    print(f"batches: ratio to the bare loop {at_first / bare_first:.2f} at 1 M, {at_last / bare_last:.2f} behind"
          f" {n_total // 1_000_000} M (to reach: 0.50); behind / at first {at_last / at_first:.2f} (to reach: 0.85)")
    collector.stop()
    began = time.monotonic()
    collector = Collector(folder)
    print(f"  started again on {collector.last_visible() / 1e6:.0f} M events in {time.monotonic() - began:.1f} s,"
          f" resident {resident_mb(collector.process.pid):.0f} MB")
    collector.stop()


def bench_retention(folder):
    """What deleting as fast as events come costs the ingest path."""
    load = ("--rate", 20000, "--seconds", 15, "--batch", 20, "--connections", 8, "--devices", 20000)
    for options in ((), ("--keep", "3s")):
        collector = Collector(tempfile.mkdtemp(dir=folder), *options)
        report = fleet(collector.url, *load)
        print(f"  {' '.join(options) or 'kept for ever'}: {collector.count_visible()} of {report['accepted']} events left,"
              f" p99 {report['p99_ms']:.1f} ms, slowest {report['max_ms']:.1f} ms")
        collector.stop()
    print(f"retention: slowest answer while deleting {report['max_ms']:.1f} ms (to reach: 50 ms)")


def open_streams(collector, n_streams, query):
    """Subscribers that read nothing after their first answer."""
    host, port = collector.url.removeprefix("http://").split(":")
    streams = []
    for _ in range(n_streams):
        stream = socket.create_connection((host, int(port)))
        stream.sendall(f"GET /v1/stream?token={collector.token}&{query} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert stream.recv(64).startswith(b"HTTP/1.1 200")
        streams.append(stream)
    return streams


def bench_streams(folder):
    """What 500 idle subscribers and one that never reads cost the ingest path."""
    load = ("--rate", 0, "--events", 1_000_000, "--batch", 1000, "--connections", 8, "--prebuild", 200)
    ratios = []
    for _ in range(3):
        figures = []
        for n_streams in (0, 500):
            collector = Collector(tempfile.mkdtemp(dir=folder))
            streams = open_streams(collector, n_streams, "topics=events&event=no-such-event")
            if n_streams:
                streams += open_streams(collector, 1, "topics=events")
            fleet(collector.url, *load)
            figures.append(send_batches(collector, 1_000_000)[0])
            for stream in streams:
                stream.close()
            collector.stop()
        ratios.append(figures[1] / figures[0])
        print(f"  alone {figures[0]:.0f}/s, with 501 subscribers {figures[1]:.0f}/s, ratio {ratios[-1]:.2f}")
    print(f"streams: ratio {statistics.median(ratios):.2f} (to reach: not measurable)")


class Display:
    """An X server with a window manager and a session bus, for the console."""

    def __init__(self, folder):
        self.number = os.getpid() % 1000 + 100
        self.folder = folder
        self.environment = dict(os.environ, DISPLAY=f":{self.number}", XDG_RUNTIME_DIR=folder, GDK_BACKEND="x11",
                                GSK_RENDERER="cairo", GDK_DEBUG="gl-disable", GSETTINGS_BACKEND="memory",
                                GSETTINGS_SCHEMA_DIR=str(BUILD / "data"))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(["Xvfb", f":{self.number}", "-screen", "0", "1280x860x24", "-nolisten", "tcp"],
                                       **quiet)
        while not os.path.exists(f"/tmp/.X11-unix/X{self.number}"):
            time.sleep(0.05)
        self.manager = subprocess.Popen(["openbox"], env=self.environment, **quiet)

    def stop(self):
        for process in (self.manager, self.server):
            process.terminate()
            process.wait()


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def bench_console(folder):
    """The console's live table following 10 000 events/s, and its memory after more and more events."""
    seconds = int(os.environ.get("BENCH_SECONDS", "40"))
    os.chmod(folder, 0o700)
    collector = Collector(os.path.join(folder, "data"))
    display = Display(folder)
    log = pathlib.Path(folder) / "frames"
    console = subprocess.Popen(["dbus-run-session", "--", BUILD / "app" / "weir", "--url", collector.url, "--token-file",
                                collector.data / "token"],
                               env=dict(display.environment, WEIR_FRAME_LOG=str(log)), stderr=subprocess.DEVNULL)
    time.sleep(4)
    subprocess.run(["xdotool", "key", "alt+2"], env=display.environment, check=True)
    time.sleep(1)
    pid = int(subprocess.run(["pgrep", "-P", str(console.pid), "-x", "weir"], capture_output=True, text=True,
                             check=True).stdout)
    fleet(collector.url, "--rate", 10000, "--seconds", 5, "--batch", 20, "--connections", 8)
    resident = [resident_mb(pid)]
    for _ in range(4):
        fleet(collector.url, "--rate", 10000, "--seconds", seconds / 4, "--batch", 20, "--connections", 8)
        resident.append(resident_mb(pid))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    busy = [line for line in lines if line["period"] == "second" and line["events"] > 5000][5:]
    os.kill(pid, signal.SIGTERM)
    console.wait(30)
    display.stop()
    collector.stop()
    print("  resident MB as it went: " + ", ".join(f"{value:.0f}" for value in resident))
    print(f"console: {statistics.median(line['fps'] for line in busy):.1f} frames/s in the median second,"
          f" {min(line['fps'] for line in busy):.1f} in the worst; longest frame"
          f" {max(line['max_ms'] for line in busy):.0f} ms; POST to model p99"
          f" {max(line['latency_p99_ms'] for line in busy):.0f} ms in the worst second,"
          f" at {statistics.median(line['events_per_second'] for line in busy):.0f} events/s"
          " (to reach: 55 frames/s, no frame over 100 ms, p99 < 250 ms)")


def window_name(display, window):
    return subprocess.run(["xdotool", "getwindowname", window], env=display.environment, capture_output=True,
                          text=True).stdout.strip()


def start_console(folder, collector, log):
    """Returns the display, the console's process, its PID and its window."""
    display = Display(folder)
    console = subprocess.Popen(["dbus-run-session", "--", BUILD / "app" / "weir", "--url", collector.url, "--token-file",
                                collector.data / "token"],
                               env=dict(display.environment, WEIR_FRAME_LOG=str(log)), stderr=subprocess.DEVNULL)
    time.sleep(4)
    pid = int(subprocess.run(["pgrep", "-P", str(console.pid), "-x", "weir"], capture_output=True, text=True,
                             check=True).stdout)
    window = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(pid)], env=display.environment,
                            capture_output=True, text=True, check=True).stdout.split()[0]
    return display, console, pid, window


PAGES = ("Overview", "Live", "Trends", "Funnels", "Retention", "Cohorts", "People", "Collector", "Alerts", "SQL")


def press_page(display, index):
    subprocess.run(["xdotool", "key", "alt+" + str((index + 1) % 10)], env=display.environment, check=True)


def bench_pages(folder):
    """Every page while 10 000 events/s arrive: frames, how soon it answers; and memory over thousands of page switches."""
    os.chmod(folder, 0o700)
    n_switches = int(os.environ.get("BENCH_SWITCHES", "10000"))
    collector = Collector(os.path.join(folder, "data"))
    fleet(collector.url, "--backfill", "10d", "--devices", 5000)
    log = pathlib.Path(folder) / "frames"
    display, console, pid, window = start_console(folder, collector, log)
    load = subprocess.Popen([FLEET, "--url", collector.url, "--rate", "10000", "--seconds", "90", "--batch", "20",
                             "--connections", "8"], stdout=subprocess.DEVNULL)
    time.sleep(3)
    for index, name in enumerate(PAGES):
        n_before = len(log.read_text().splitlines())
        begin = time.monotonic()
        press_page(display, index)
        while window_name(display, window) != name and time.monotonic() < begin + 5:
            time.sleep(0.002)
        opened = (time.monotonic() - begin) * 1000
        time.sleep(6)
        lines = [json.loads(line) for line in log.read_text().splitlines()[n_before:]]
        seconds = [line for line in lines if line["period"] == "second"][1:]
        print(f"  {name:10} opened in {opened:4.0f} ms; {statistics.median(line['fps'] for line in seconds):.1f} frames/s in the"
              f" median second, {min(line['fps'] for line in seconds):.1f} in the worst,"
              f" longest frame {max(line['max_ms'] for line in seconds):.0f} ms")
    load.wait()
    resident = []
    for count in range(n_switches):
        press_page(display, count * 7 % 10)
        if count % max(1, n_switches // 5) == n_switches // 10:
            time.sleep(3)
            resident.append(resident_mb(pid))
    time.sleep(3)
    resident.append(resident_mb(pid))
    os.kill(pid, signal.SIGTERM)
    console.wait(30)
    display.stop()
    collector.stop()
    print(f"pages: resident MB over {n_switches} switches: " + ", ".join(f"{value:.0f}" for value in resident))


def bench_latency(folder):
    """From POST to a stream client's hands at 10 000 events/s."""
    collector = Collector(folder)
    stream = open_streams(collector, 1, "topics=events")[0]
    delays = []

    def read():
        rest = b""
        while True:
            data = stream.recv(1 << 20)
            if not data:
                return
            now = time.time()
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                at = line.find(b'"received":"')
                if at >= 0 and line.startswith(b"data:"):
                    text = line[at + 12:at + 35].decode()
                    seconds = time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
                    delays.append((now - seconds - float("0." + text[20:23])) * 1000)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    fleet(collector.url, "--rate", 10000, "--seconds", 10, "--batch", 20, "--connections", 8)
    time.sleep(1)
    collector.stop()
    delays.sort()
    print(f"latency: POST to stream client p50 {delays[len(delays) // 2]:.0f} ms,"
          f" p99 {delays[len(delays) * 99 // 100]:.0f} ms over {len(delays)} samples (to reach: p99 < 250 ms)")


def find_clickhouse():
    """The library with ClickHouse in it, or None when its package cannot be had."""
    library = TOP / "build/bench/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"
    if not library.exists():
        library.parent.parent.parent.parent.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(TOP / "tests/bench" / name, TOP / "build/bench" / name)
        try:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"],
                           cwd=TOP / "build/bench", check=True, stdout=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            return None
    return library


def read_answers(*command):
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {answer["name"]: answer for answer in map(json.loads, out.splitlines())}


def numbers_of(name, ours, theirs):
    """The numbers that both engines must agree on, of each."""
    if name.startswith("funnel"):
        return [step["count"] for step in ours["steps"]], theirs[0]
    if name in ("trend persons", "trend count"):
        return [value for value in ours["series"][0]["values"]], [row[1] for row in theirs]
    if name == "cohort":
        return ours["size"], theirs[0][0]
    if name.startswith("retention"):
        cells = {(row, column): value for row, cohort in enumerate(ours["cohorts"])
                 for column, value in enumerate(cohort["values"]) if value}
        first = theirs[0][0]
        # Column 0 is the size of the cohort here, and who returned in the same week there.
        return ({key: value for key, value in cells.items() if key[1] > 0},
                {(row - first, column): value for row, column, value in theirs
                 if column > 0 and row - first + column < len(ours["cohorts"])})
    return None, None


def compare_engines(folder, start, data):
    """Each question once by each engine, on the same rows, in the same run."""
    ours = read_answers(BENCH / "bench-questions", "ask", str(start), data / "events.db")
    library = find_clickhouse()
    theirs = {}
    if library is None:
        print("  ClickHouse's package cannot be had: no comparison")
    else:
        theirs = read_answers(BENCH / "bench-chdb", library, pathlib.Path(folder) / "clickhouse",
                              pathlib.Path(folder) / "rows.tsv", str(start))
    for name, answer in ours.items():
        line = f"  {name:16} {answer['ms']:7.1f} ms"
        if name in theirs:
            mine, other = numbers_of(name, answer["answer"], theirs[name]["answer"])
            line += f", ClickHouse {theirs[name]['ms']:7.1f} ms, ratio {answer['ms'] / theirs[name]['ms']:.2f}"
            if name == "cohort":
                # “Within” is before now here, and before the last midnight there.
                line += f", {mine} and {other} persons"
            elif mine is not None:
                line += ", same numbers" if mine == other else f", DIFFERENT NUMBERS: {mine} {other}"
        print(line)


def timed(collector, path, body=None, method=None):
    """Milliseconds of one request, and its answer."""
    request = urllib.request.Request(collector.url + path, method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": f"Bearer {collector.token}"})
    begin = time.monotonic()
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.loads(response.read())
    return (time.monotonic() - begin) * 1000, answer


def ask_about_persons(collector):
    timelines, searches, merges = [], [], []
    rng = random.Random(1)
    for _ in range(100):
        number = rng.randrange(int(os.environ.get("BENCH_EVENTS", "10000000")) // 50)
        ms, found = timed(collector, f"/v1/persons?distinct_id=anonymous-{number}")
        searches.append(ms)
        ms, _ = timed(collector, f"/v1/persons/{found['id']}/events?limit=1000")
        timelines.append(ms)
    for text in ("anonymous-77", "user-12345", "ser-777", "nobody at all"):
        searches.append(timed(collector, "/v1/query", {"kind": "persons", "search": text, "limit": 50})[0])
    for number in range(0, 40, 2):
        pair = [timed(collector, f"/v1/persons?distinct_id=anonymous-{number + n}")[1]["id"] for n in (0, 1)]
        merges.append(timed(collector, f"/v1/persons/{pair[0]}/merge", {"with": pair[1]})[0])
    print(f"  timeline of a person: median {statistics.median(timelines):.1f} ms, slowest {max(timelines):.1f} ms"
          f" (to reach: 50 ms); search: slowest {max(searches):.1f} ms (50 ms);"
          f" merge with its request: median {statistics.median(merges):.1f} ms, slowest {max(merges):.1f} ms")


def ask_under_load(collector, start):
    """Ingest goes on while questions are asked one after the other."""
    load = ("--rate", 100000, "--seconds", 15, "--batch", 1000, "--connections", 8, "--devices", 20000)
    alone = fleet(collector.url, *load)
    reports = []
    thread = threading.Thread(target=lambda: reports.append(fleet(collector.url, *load)))
    thread.start()
    until = time.monotonic() + 14
    times = {}
    while time.monotonic() < until:
        for name, body in (
                ("funnel", {"kind": "funnel", "window": "7d", "steps": [{"event": "visit"}, {"event": "add_to_cart"},
                                                                       {"event": "purchase"}]}),
                ("trend", {"kind": "trend", "series": [{"event": "page_view", "measure": "persons"}],
                           "range": {"from": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(start))}}),
                ("retention", {"kind": "retention", "start": {"event": "visit"}, "return": {"event": "purchase"},
                               "period": "week", "periods": 12})):
            times.setdefault(name, []).append(timed(collector, "/v1/query", body)[0])
    thread.join()
    during = reports[0]
    print(f"  at 100 000 events/s: alone {rate(alone):.0f}/s, p99 {alone['p99_ms']:.0f} ms; with questions all the time"
          f" {rate(during):.0f}/s, p99 {during['p99_ms']:.0f} ms, {during['failed'] + during['rejected']} refused; "
          + ", ".join(f"{name} {statistics.median(values):.0f} ms" for name, values in times.items()))


def make_questions_data(folder, data):
    """Ten million events of 84 days, as a data directory. Returns when they begin."""
    start = int(time.time()) // 86400 * 86400 - 84 * 86400
    made = subprocess.run([BENCH / "bench-questions", "make", str(start), data / "events.db",
                           pathlib.Path(folder) / "rows.tsv", os.environ.get("BENCH_EVENTS", "10000000")],
                          capture_output=True, text=True, check=True).stdout
    print(f"  made {made.strip()}, {(data / 'events.db').stat().st_size / 1e6:.0f} MB")
    return start


def bench_questions(folder):
    """Questions over 10 M events of 200 000 persons, beside ClickHouse in-process on the same rows."""
    data = pathlib.Path(folder) / "data"
    data.mkdir()
    start = make_questions_data(folder, data)
    compare_engines(folder, start, data)
    collector = Collector(data)
    ask_about_persons(collector)
    ask_under_load(collector, start)
    collector.stop()


def bench_downstream(folder):
    """ClickHouse behind the collector: rates in-process and over HTTP, an outage, a funnel beside the bare engine, Debian's server."""
    library = find_clickhouse()
    parts = os.environ.get("BENCH_PARTS", "rates funnel wire outage").split()
    if "wire" in parts:
        downstream.bench_wire(folder)
    if library is None:
        print("  ClickHouse's package cannot be had: nothing else to measure")
        return
    if "rates" in parts:
        downstream.bench_rates(library, Collector, fleet)
    if "funnel" in parts:
        downstream.bench_funnel(library, Collector, make_questions_data, timed)
    if "outage" in parts:
        downstream.bench_outage(library, Collector, fleet)


BENCHES = {
    "downstream": bench_downstream,
    "identity": bench_identity,
    "questions": bench_questions,
    "store": bench_store,
    "requests": bench_requests,
    "batches": bench_batches,
    "retention": bench_retention,
    "streams": bench_streams,
    "latency": bench_latency,
    "console": bench_console,
    "pages": bench_pages,
}


def main():
    names = sys.argv[1:] or list(BENCHES)
    for name in names:
        if name not in BENCHES:
            print(f"no benchmark named {name}; there are: {', '.join(BENCHES)}", file=sys.stderr)
            return 64
        print(f"{name}: {BENCHES[name].__doc__}")
        folder = tempfile.mkdtemp(prefix="weir-bench-")
        try:
            BENCHES[name](folder)
        finally:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    sys.exit(main())
