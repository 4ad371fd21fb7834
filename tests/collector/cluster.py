#!/usr/bin/python3
# Copyright 2026 The Weir authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several collectors as one: three on one ClickHouse share who is who and tell each other over one Redis, under the load of a
simulated fleet each and of clients that choose. Each of them is killed and started again, so are ClickHouse and Redis. In the
end every acknowledged event is stored once, the ledgers sum, all three say the same, and who listened to one of them has seen
the events of all, or was told how many are missing.

Usage: cluster.py COLLECTOR ROUNDS clickhouse FLEET. Prints TAP.
"""

import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import oracle
import shared
from oracle import OURS, Daemon, Front, check
from shared import PATIENCE, ask

FLEET = sys.argv[4]
N_COLLECTORS = 3
N_CLIENTS = 3
RATE = 200   # events a second of each fleet


class Redis:
    """A server of Redis; after each kill another is started in its place."""

    def __init__(self, folder):
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self.process = None

    def start(self):
        self.process = subprocess.Popen([*OURS, "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                                         "--appendonly", "no", "--dir", self.folder], stdout=subprocess.DEVNULL)
        while True:
            try:
                return self.say("PING")
            except OSError:
                time.sleep(0.02)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def say(self, command):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(4096)


class Fleet:
    """The simulated fleet, sending to one collector, whichever process that is."""

    def __init__(self, data, number):
        self.process = subprocess.Popen([*OURS, FLEET, "--url", f"unix:{data}/socket", "--devices", "150", "--rate", str(RATE),
                                         "--batch", "10", "--connections", "4", "--seed", str(number)], stdout=subprocess.PIPE, text=True)

    def stop(self):
        """What became of its events."""
        self.process.send_signal(signal.SIGTERM)
        return json.loads(self.process.communicate(timeout=60)[0])


class Story:
    """What one process of a collector told: from the first to the last event of each origin."""

    def __init__(self, pid):
        self.pid = pid
        self.lasts = {}
        self.n_events = self.n_resets = 0
        self.missing = 0   # by the numbers of the events
        self.told = 0      # by the messages


class Listener(threading.Thread):
    """A client of the stream of one collector, which goes on where it was."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.daemon_under_test = daemon
        self.stories = []
        self.seen = set()
        self.faults = []
        self.last_id = ""
        self.pending = 0
        self.ending = False

    def run(self):
        while not self.ending:
            if self.daemon_under_test.address is not None:
                try:
                    self.listen(self.daemon_under_test.address, self.daemon_under_test.process.pid)
                except (OSError, http.client.HTTPException):
                    pass
            time.sleep(0.02)

    def listen(self, address, pid):
        token = (self.daemon_under_test.data / "token").read_text().strip()
        connection = http.client.HTTPConnection(address, timeout=60)
        connection.request("GET", "/v1/stream?topics=events", headers={"Authorization": f"Bearer {token}", "Last-Event-ID": self.last_id})
        response = connection.getresponse()
        if not self.stories or self.stories[-1].pid != pid:
            self.begin(Story(pid))
        message = {}
        for line in response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                message[name] = value
                continue
            self.take(message.get("event"), json.loads(message.get("data", "null")))
            self.last_id = message.get("id", self.last_id)
            message = {}

    def begin(self, story):
        if self.stories and "own" in self.stories[-1].lasts:
            story.lasts["own"] = self.stories[-1].lasts["own"]
        self.stories.append(story)
        self.pending = 0

    def take(self, kind, data):
        story = self.stories[-1]
        if kind == "gap":
            self.pending += data["missed"]
        elif kind == "reset":
            story.n_resets += 1
            story.lasts.clear()
        elif kind == "event":
            origin, seq = data.get("collector", "own"), data.get("collector_seq", data.get("seq"))
            last = story.lasts.get(origin, seq - 1)
            if seq <= last:
                self.faults.append((origin, last, seq))
            story.missing += seq - last - 1
            story.told += self.pending
            self.pending = 0
            story.lasts[origin] = seq
            story.n_events += 1
            self.seen.add(data["id"])


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def are_related(daemons):
    """Whether the live events of all go to all."""
    relays = [ask(daemon, "GET", "/v1/status")[1]["relay"] for daemon in daemons]
    return all(relay["state"] == "ok" and len(relay["peers"]) == len(daemons) - 1 for relay in relays)


def mark(daemons, listener, name):
    """An event of each collector that the listener waits for."""
    ids = {f"{name}-{number}" for number in range(len(daemons))}
    for number, daemon in enumerate(daemons):
        ask(daemon, "POST", "/v1/events", {"event": "mark", "user_id": "marker", "id": f"{name}-{number}"})
    return wait_for(lambda: ids <= listener.seen)


def deafen(redis, daemons):
    """Nobody may listen for a while, so that something is missing for sure."""
    redis.say("ACL SETUSER default -subscribe")
    redis.say("CLIENT KILL TYPE pubsub")
    told = wait_for(lambda: all(ask(daemon, "GET", "/v1/status")[1]["relay"]["state"] != "ok" for daemon in daemons))
    time.sleep(0.5)
    redis.say("ACL SETUSER default +subscribe")
    return told


def break_everything(dice, daemons, front, redis):
    def interrupt(thing):
        time.sleep(dice.uniform(0.5, 1.2))
        thing.kill()
        time.sleep(dice.uniform(0.1, 0.8))
        thing.start()

    for thing in (daemons[1], front, daemons[2], redis, daemons[0]):
        interrupt(thing)
    time.sleep(1)
    return wait_for(lambda: are_related(daemons)) and deafen(redis, daemons) and wait_for(lambda: are_related(daemons))


def check_events(daemons, front, clients, reports):
    ledgers = shared.wait_for_ledgers(daemons)
    total = {name: sum(ledger[name] for ledger in ledgers) for name in ledgers[0]}
    acknowledged = {name for client in clients for name in client.acknowledged}
    stored = front.ask("SELECT message_id FROM event").split()
    n_fleet = sum(name.startswith("fleet-") for name in set(stored))
    print(f"# {len(stored)} rows, {sum(client.resent for client in clients)} tries of clients repeated, {total['duplicate']} duplicates")
    good = check(not any(client.faults for client in clients), "every answer was whole")
    good &= check(acknowledged <= set(stored), f"every id that a client was told of is stored ({len(acknowledged - set(stored))} missing)")
    good &= check(all(report["failed"] == report["rejected"] == 0 and report["sent"] > RATE for report in reports) and
                  n_fleet == sum(report["accepted"] for report in reports), f"so is every one of the fleets ({n_fleet}, {reports})")
    good &= check(len(stored) == len(set(stored)), f"no id is stored twice ({len(stored) - len(set(stored))} are)")
    good &= check(total["received"] == total["accepted"] + total["duplicate"] + total["rejected"] and
                  total["accepted"] == total["stored"] + total["dead_lettered"] and total["stored"] == len(stored),
                  f"the ledgers sum: {total}")
    return good


def check_story(listener, front):
    stories = listener.stories
    stored = set(front.ask("SELECT message_id FROM event").split())
    newest = dict(line.split("\t") for line in front.ask("SELECT CAST(collector AS String), max(seq) FROM event GROUP BY collector").splitlines())
    ends = {name: seq for name, seq in stories[-1].lasts.items() if name != "own"}
    print(f"# {len(listener.seen)} of {len(stored)} seen live; of each process:"
          f" {[(story.n_events, story.missing, story.told, story.n_resets) for story in stories]}")
    good = check(not listener.faults and listener.seen <= stored, f"each was seen once, in order, and is stored ({listener.faults[:3]})")
    good &= check(all(story.missing == story.told for story in stories), "what was not seen was told, with its number")
    good &= check(sum(story.told for story in stories) > 0, "there was something to tell")
    good &= check(len(ends) == N_COLLECTORS - 1 and all(newest[name] == str(seq) for name, seq in ends.items()), "it goes up to the newest of all")
    good &= check(all(len(story.lasts) == N_COLLECTORS for story in stories), "each process told the events of all")
    return good


def main():
    rounds = int(sys.argv[2])
    for missing, text in ((not os.path.exists(oracle.LIBRARY), "the library of ClickHouse is not there"),
                          (shutil.which("redis-server") is None, "redis-server is not there")):
        if missing:
            print(f"1..0 # SKIP {text}")
            return 0
    data = pathlib.Path(tempfile.mkdtemp(prefix="weir-cluster-"))
    dice = random.Random(int(os.environ.get("ORACLE_SEED", "1")))
    front = Front(data / "clickhouse")
    front.start()
    redis = Redis(data)
    redis.start()
    daemons = []
    for number in range(N_COLLECTORS):
        (data / str(number)).mkdir()
        daemons.append(Daemon(data / str(number), [
            "--store", "clickhouse", "--shared", "yes", "--clickhouse-url", f"http://127.0.0.1:{front.port}/default",
            "--relay", f"redis://127.0.0.1:{redis.port}", "--listen", f"unix:{data / str(number)}/socket"]))
        daemons[-1].start()
    listener = Listener(daemons[0])
    listener.start()
    good = check(wait_for(lambda: are_related(daemons)) and wait_for(lambda: listener.stories) and mark(daemons, listener, "first"),
                 "one sees the events of all")

    clients = [shared.Client(daemons, number) for number in range(N_CLIENTS)]
    for client in clients:
        client.start()
    fleets = [Fleet(daemon.data, number + 1) for number, daemon in enumerate(daemons)]
    good &= check(all([break_everything(dice, daemons, front, redis) for _ in range(rounds)]), "everything was broken, and is well again")
    time.sleep(1)
    reports = [fleet.stop() for fleet in fleets]
    for client in clients:
        client.ending = True
    for client in clients:
        client.join()

    good &= check(wait_for(lambda: are_related(daemons)) and mark(daemons, listener, "last"), "one sees the events of all again")
    good &= check_events(daemons, front, clients, reports)
    good &= check_story(listener, front)
    told = shared.wait_for_agreement(daemons, with_edges=False)
    good &= shared.check_agreement(told, "all three say the same")
    listener.ending = True
    codes = [daemon.stop() for daemon in daemons]
    good &= check(codes == [0] * len(codes), f"all ended in order: {codes}")
    front.kill()
    redis.kill()
    good &= shared.check_logs(daemons)
    print(f"1..{oracle.number}")
    if good:
        shutil.rmtree(data)
    else:
        print(f"# kept: {data}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
