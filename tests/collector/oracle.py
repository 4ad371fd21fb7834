#!/usr/bin/python3
"""The oracle: issues message ids, kills the collector with SIGKILL at random moments under load, and in the end
finds every acknowledged id exactly once. Requests whose answer was lost are sent again, as an SDK would.

Usage: oracle.py COLLECTOR [KILLS [sqlite|clickhouse|chdb]]. Prints TAP. With clickhouse, its server is killed as well.
"""

import http.client
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

COLLECTOR = sys.argv[1]
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 50
STORE = sys.argv[3] if len(sys.argv) > 3 else "sqlite"
LIBRARY = os.environ.get("WEIR_CHDB_LIBRARY", "")
FRONT = pathlib.Path(__file__).resolve().parent.parent / "support" / "clickhouse_front.py"
WORKERS = 4
OURS = ["setpriv", "--pdeathsig", "KILL"]   # ends with the test that began it

# A store that is gone is worth a warning, which does not end a collector here.
ENVIRONMENT = dict(os.environ, G_DEBUG="gc-friendly" if STORE != "sqlite" else os.environ.get("G_DEBUG", ""))


class Front:
    """The engine of ClickHouse behind HTTP; after each kill it is started again on the same tables."""

    def __init__(self, folder):
        self.folder = folder
        self.port = "0"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["/usr/bin/python3", FRONT, LIBRARY, self.folder, self.port], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def wish(self, wish):
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/front", json.dumps(wish).encode(), timeout=60).close()

    def ask(self, sql):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", sql.encode(), timeout=60) as answer:
            return answer.read().decode()


class Daemon:
    """The collector under test; after each kill it is started again on the same data."""

    def __init__(self, data, options):
        self.data = data
        self.options = options
        self.process = None
        self.address = None
        self.log = open(data / "stderr", "wb")

    def start(self):
        self.process = subprocess.Popen([*OURS, COLLECTOR, "--data-dir", str(self.data), "--listen", "127.0.0.1:0", *self.options],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, env=ENVIRONMENT)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://"):
            raise RuntimeError(f"did not start: {line!r}\n" + self.read_log()[-4000:])
        self.address = line.removeprefix("listening on http://").strip()

    def kill(self):
        self.address = None
        if self.process.poll() is not None:
            raise RuntimeError(f"ended by itself with {self.process.returncode}\n" + self.read_log()[-4000:])
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def read_log(self):
        return (self.data / "stderr").read_text(errors="replace")

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.process.stdout.close()
        return code


class Worker(threading.Thread):
    """One client: keeps a request until it is acknowledged."""

    def __init__(self, daemon, number):
        super().__init__(daemon=True)
        self.daemon_under_test = daemon
        self.random = random.Random(number)
        self.number = number
        self.issued = 0
        self.acknowledged = []
        self.resent = 0
        self.faults = []
        self.ending = False

    def make_events(self):
        events = []
        for _ in range(self.random.choice((1, 1, 1, 7, 50, 400))):
            events.append({"event": "oracle", "id": f"o-{self.number}-{self.issued}", "device_id": f"d{self.number}",
                           "properties": {"n": self.issued, "text": "x" * self.random.randrange(200)}})
            self.issued += 1
        return events

    def post(self, body):
        address = self.daemon_under_test.address
        if address is None:
            time.sleep(0.01)
            return None
        if self.connection is None or self.connected_to != address:
            self.connection = http.client.HTTPConnection(address, timeout=10)
            self.connected_to = address
        try:
            self.connection.request("POST", "/v1/events", body)
            response = self.connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            self.connection.close()
            self.connection = None
            time.sleep(0.001)
            return None

    def run(self):
        self.connection = self.connected_to = None
        while not self.ending:
            events = self.make_events()
            body = json.dumps(events)
            answer = self.post(body)
            while answer is None or answer[0] == 503:
                self.resent += 1
                answer = self.post(body)
            status, result = answer
            if status != 202 or result["accepted"] + result["duplicates"] != len(events) or result["rejected"]:
                self.faults.append(answer)
                return
            self.acknowledged += [event["id"] for event in events]


def read_ledger(daemon):
    connection = http.client.HTTPConnection(daemon.address, timeout=10)
    token = (daemon.data / "token").read_text().strip()
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
    text = connection.getresponse().read().decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: int(float(values[f"weir_events_{name}_total"]))
            for name in ("received", "accepted", "rejected", "duplicate", "stored", "dead_lettered")}


number = 0


def check(condition, text):
    global number
    number += 1
    print(f"{'ok' if condition else 'not ok'} {number} - {text}", flush=True)
    return condition


def break_something(dice, daemon, front):
    if front is None or dice.random() < 0.7:
        daemon.kill()
        daemon.start()
        return
    front.kill()
    time.sleep(dice.uniform(0, 1))
    if dice.random() < 0.3:
        daemon.kill()
        daemon.start()
    front.start()


def read_stored(data, front):
    """The ids of all stored events, and whether the database is sound."""
    with sqlite3.connect(f"file:{data}/events.db?mode=ro", uri=True) as db:
        integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
        if STORE == "sqlite":
            return [row[0] for row in db.execute("SELECT id FROM events")], integrity
    if front is None:
        front = Front(data / "clickhouse")
        front.start()
    ids = front.ask("SELECT message_id FROM event").split()
    front.kill()
    return ids, integrity


def main():
    if STORE != "sqlite" and not os.path.exists(LIBRARY):
        print("1..0 # SKIP the library of ClickHouse is not there")
        return 0
    data = pathlib.Path(tempfile.mkdtemp(prefix="weir-oracle-"))
    dice = random.Random(int(os.environ.get("ORACLE_SEED", "1")))
    front = None
    options = []
    if STORE == "clickhouse":
        front = Front(data / "clickhouse")
        front.start()
        options = ["--store", "clickhouse", "--clickhouse-url", f"http://127.0.0.1:{front.port}/default"]
    elif STORE == "chdb":
        options = ["--store", "chdb", "--chdb-library", LIBRARY]
    daemon = Daemon(data, options)
    daemon.start()
    workers = [Worker(daemon, i) for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.02, 0.5))
        break_something(dice, daemon, front)
    time.sleep(0.5)
    for worker in workers:
        worker.ending = True
    for worker in workers:
        worker.join()

    deadline = time.monotonic() + 60
    ledger = read_ledger(daemon)
    while ledger["accepted"] != ledger["stored"] + ledger["dead_lettered"] and time.monotonic() < deadline:
        time.sleep(0.05)
        ledger = read_ledger(daemon)
    code = daemon.stop()

    acknowledged = {id for worker in workers for id in worker.acknowledged}
    stored, integrity = read_stored(data, front)
    missing = acknowledged - set(stored)
    reports = [line for line in daemon.read_log().splitlines() if "Sanitizer" in line or "runtime error:" in line]
    print("1..8")
    print(f"# {KILLS} kills, {len(acknowledged)} ids acknowledged, {sum(w.resent for w in workers)} tries repeated,"
          f" {ledger['duplicate']} duplicates answered")
    good = check(not any(worker.faults for worker in workers), "every answer was whole")
    good &= check(len(acknowledged) > KILLS, "there was load")
    good &= check(not missing, f"every acknowledged id is stored ({len(missing)} missing)")
    good &= check(len(stored) == len(set(stored)), f"no id is stored twice ({len(stored) - len(set(stored))} are)")
    good &= check(ledger["accepted"] == ledger["stored"] == len(stored) and
                  ledger["received"] == ledger["accepted"] + ledger["duplicate"] + ledger["rejected"],
                  f"the ledger sums: {ledger}")
    good &= check(integrity == "ok", "the database is sound")
    good &= check(code == 0, f"the last one ended in order ({code})")
    good &= check(not reports, "no sanitizer had anything to say")
    for line in reports:
        print("#", line)
    if good:
        shutil.rmtree(data)
    else:
        print(f"# kept: {data}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
