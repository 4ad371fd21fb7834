#!/usr/bin/python3
# Copyright 2026 The Weir authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three collectors on one ClickHouse share who is who. Clients send the ids of the same persons through all of them, with
statements that contradict each other, while collectors and ClickHouse are killed. In the end every acknowledged event is there
once, all three say the same, and so do a fourth one that begins then, and one with SQLite that gets the same news in the order
of the log.

Usage: shared.py COLLECTOR [KILLS clickhouse]. Prints TAP.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import http.client

import oracle
from oracle import Daemon, Front, check, read_ledger

N_COLLECTORS = 3
WORKERS = 6
PERSONS = 30
PATIENCE = 90
BEGIN = 1790000000_000000   # what happens, happens from here on, a second apart

FUNNEL = {"kind": "funnel", "steps": [{"event": "view"}, {"event": "buy"}], "window": "7d"}
TREND = {"kind": "trend", "series": [{"event": "view", "measure": "persons"}], "interval": "day",
         "range": {"from": "2026-09-01T00:00:00Z", "until": "2026-12-31T00:00:00Z"}}
PEOPLE = {"kind": "persons", "limit": 1000}


def stamp(n):
    seconds = BEGIN // 1000000 + n
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + "Z"


def ask(daemon, method, path, body=None):
    """The status and what was answered."""
    connection = http.client.HTTPConnection(daemon.address, timeout=60)
    token = (daemon.data / "token").read_text().strip()
    connection.request(method, path, json.dumps(body) if body is not None else None, {"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text else None


class Client(oracle.Worker):
    """Sends what some persons do, each request to any of the collectors, until that has acknowledged it."""

    def __init__(self, daemons, number):
        super().__init__(None, number)
        self.daemons = daemons
        self.sent = {}

    def make_event(self):
        dice = self.random
        person = dice.randrange(PERSONS)
        other = person // 3 * 3 + dice.randrange(3)   # groups of three, so that not all become one
        user, anonymous = f"user{person}", f"anon{person}x{dice.randrange(5)}"
        event = {"id": f"e-{self.number}-{self.issued}", "timestamp": stamp(self.number * 100000 + self.issued)}
        self.issued += 1
        kind = dice.random()
        if kind < 0.35:
            event |= {"event": dice.choice(("view", "buy")), "user_id": user}
        elif kind < 0.65:
            event |= {"event": dice.choice(("view", "buy", f"rare{dice.randrange(40)}")), "anonymous_id": anonymous}
        elif kind < 0.75:
            event |= {"event": "$identify", "user_id": user, "anonymous_id": anonymous}
        elif kind < 0.80:   # somebody else's: refused, or not, as the order has it
            event |= {"event": "$identify", "user_id": f"user{other}", "anonymous_id": anonymous}
        elif kind < 0.84:
            event |= {"event": "$alias", "user_id": user, "previous_id": f"old{other}"}
        elif kind < 0.86:
            event |= {"event": "$merge", "user_id": user, "previous_id": f"user{other}"}
        elif kind < 0.93:
            event |= {"event": "view", "user_id": user, "properties": {"$set": {"plan": dice.choice("abc"), f"k{dice.randrange(3)}": dice.randrange(9)},
                                                                       "$set_once": {"first": self.number}}}
        else:
            event |= {"event": "view", "user_id": user, "anonymous_id": anonymous, "device_id": f"device{person}"}
        return event

    def run(self):
        self.connection = self.connected_to = None
        while not self.ending:
            self.daemon_under_test = self.random.choice(self.daemons)
            events = [self.make_event() for _ in range(self.random.choice((1, 1, 2, 5, 20)))]
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
            self.sent |= {event["id"]: event for event in events}
            time.sleep(self.random.uniform(0, 0.02))


def normalize(answer):
    """Without what is each collector's own."""
    if isinstance(answer, list):
        return [normalize(item) for item in answer]
    if isinstance(answer, dict):
        return {name: normalize(value) for name, value in answer.items()
                if name not in ("as_of", "elapsed_ms", "scanned_until")}
    return answer


def describe(daemon, with_seqs=True, with_edges=True):
    """What a collector says of everything, as texts that can be compared."""
    found = {}
    for name, question in (("funnel", FUNNEL), ("trend", TREND), ("persons", PEOPLE)):
        status, answer = ask(daemon, "POST", "/v1/query", question)
        if status != 200:
            raise RuntimeError(f"{name}: {status} {answer}")
        found[name] = answer
    edges = {}
    for person in found["persons"]["persons"] if with_edges else ():
        status, answer = ask(daemon, "GET", f"/v1/persons/{person['id']}/edges?limit=1000")
        if status == 404:   # became another's, or was deleted, since it was listed
            return {"moved": f"{time.monotonic()}"}
        for edge in answer["edges"]:
            if not with_seqs:
                edge.pop("event_seq")
            edges[edge["seq"]] = edge
    found["edges"] = [edges[seq] for seq in sorted(edges)]
    status, found["catalog"] = ask(daemon, "GET", "/v1/catalog")
    found["catalog"] = sorted((event["name"], event["count"]) for event in found["catalog"]["events"])
    if with_seqs:
        status, found["list"] = ask(daemon, "POST", "/v1/query", {"kind": "events", "limit": 500})
        found["list"] = found["list"]["events"]
    else:
        # Which event of a person was the newest is told by the receipt, which is another there.
        for person in found["persons"]["persons"]:
            person.pop("last_seen", None)
    return {name: json.dumps(normalize(value), sort_keys=True) for name, value in found.items()}


def wait_for_agreement(daemons, with_edges=True):
    """They read the log each at its own pace. Returns what the last of them say."""
    deadline = time.monotonic() + PATIENCE
    told = []
    while time.monotonic() < deadline:
        told = [describe(daemon, with_edges=with_edges) for daemon in daemons]
        if all(other == told[0] for other in told):
            return told
        time.sleep(0.2)
    return told


def check_agreement(told, text):
    good = check("persons" in told[0], f"{text}: something")
    for name in told[0]:
        same = all(other.get(name) == told[0][name] for other in told[1:])
        good &= check(same, f"{text}: {name}")
        if not same:
            for other in told:
                print("#", other[name][:2000])
    return good


def check_logs(daemons):
    reports = [line for daemon in daemons for line in daemon.read_log().splitlines()
               if "CRITICAL" in line or "Sanitizer" in line or "runtime error:" in line]
    return check(not reports, f"nothing critical was said: {reports[:3]}")


def wait_for_ledgers(daemons):
    deadline = time.monotonic() + PATIENCE
    ledgers = [read_ledger(daemon) for daemon in daemons]
    while any(one["accepted"] != one["stored"] + one["dead_lettered"] for one in ledgers) and time.monotonic() < deadline:
        time.sleep(0.1)
        ledgers = [read_ledger(daemon) for daemon in daemons]
    return ledgers


def command_all(speakers):
    """What people do by hand, each through another collector. Returns statuses and answers."""
    said = []
    status, answer = ask(speakers[0], "POST", "/v1/query", PEOPLE)
    persons = sorted(answer["persons"], key=lambda person: (-len(person["distinct_ids"]), person["id"]))
    ids = [person["id"] for person in persons]
    said.append(ask(speakers[0], "POST", f"/v1/persons/{ids[1]}/merge", {"with": ids[2]}))
    edge = said[0][1].get("edge")
    said.append(ask(speakers[1], "POST", f"/v1/edges/{edge}/void"))
    said.append(ask(speakers[2], "POST", f"/v1/edges/{edge}/restore"))
    status, answer = ask(speakers[1], "GET", f"/v1/persons/{ids[0]}/edges")
    merged = [one["seq"] for one in answer["edges"] if one["verdict"] == "merged"]
    if merged:
        said.append(ask(speakers[0], "POST", f"/v1/edges/{merged[0]}/void"))
    said.append(ask(speakers[1], "POST", "/v1/edges/999999/void"))
    status, receipt = ask(speakers[2], "DELETE", f"/v1/persons/{ids[1]}")
    said.append((status, {name: receipt.get(name) for name in ("person", "verified")}))
    return said


def read_log(front):
    lines = front.ask("SELECT seq FROM identity_log WHERE kind = 0 ORDER BY stamp, collector, seq, n").split()
    names = dict(line.split("\t") for line in front.ask("SELECT toString(seq), message_id FROM event").splitlines())
    return [names[seq] for seq in lines]


def list_all(daemon):
    """The ids of all events, page by page, and whether they came in the order of their receipt."""
    ids, received, before = [], [], None
    while True:
        question = {"kind": "events", "limit": 3000} | ({"before": before} if before else {})
        status, answer = ask(daemon, "POST", "/v1/query", question)
        events = answer["events"]
        ids += [event["id"] for event in events]
        for event in events:   # zeros at the end are left out
            second, _, fraction = event["received"].rstrip("Z").partition(".")
            received.append(second + "." + fraction.ljust(6, "0"))
        if not events:
            return ids, received == sorted(received, reverse=True)
        before = events[-1]["seq"]


def set_clock_back(front, daemon):
    """As if ClickHouse's clock had been ahead by some seconds: nothing may be added to the log meanwhile, nothing is lost."""
    front.ask("INSERT INTO identity_log (stamp, collector, seq, n, kind, name, source, user_id)"
              " SELECT now64(6) + INTERVAL 4 SECOND, 'ghost', 1, 0, 0, 'view', 'local', 'ghost'")
    status, answer = ask(daemon, "POST", "/v1/events", {"event": "view", "user_id": "meanwhile", "id": "meanwhile"})
    deadline = time.monotonic() + PATIENCE
    text = ""
    while "clock was set back" not in text and time.monotonic() < deadline:
        time.sleep(0.05)
        text = json.dumps(ask(daemon, "GET", "/readyz")[1])
    return "clock was set back" in text


def wait_for_number(front, sql, number):
    deadline = time.monotonic() + PATIENCE
    while front.ask(sql).strip() != str(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    return front.ask(sql).strip() == str(number)


def hold_a_line(front, daemons, events):
    """A line has its place in the log, others are behind it, and it is not there yet; whose it is is killed meanwhile. Who
    does not wait for it reads past it, or says it again."""
    def claim(daemon, user):
        event = {"event": "$identify", "user_id": user, "anonymous_id": "contested", "id": f"claim-{user}", "timestamp": stamp(0)}
        events[event["id"]] = event
        return ask(daemon, "POST", "/v1/events", event)[0] == 202

    front.wish({"hold": "identity_log"})
    claimed = claim(daemons[0], "held")
    claimed &= wait_for_number(front, "SELECT count() FROM system.processes WHERE startsWith(query, 'INSERT INTO identity_log')", 1)
    daemons[0].kill()
    daemons[0].start()
    claimed &= all(claim(daemon, f"quick{number}") for number, daemon in enumerate(daemons))
    claimed &= wait_for_number(front, "SELECT count() FROM identity_log WHERE startsWith(user_id, 'quick')", len(daemons) - 1)
    time.sleep(2)   # to read, time enough for who does not wait
    n_there = front.ask("SELECT count() FROM event WHERE startsWith(message_id, 'claim-')").strip()
    n_lines = front.ask("SELECT count() FROM identity_log WHERE user_id = 'held'").strip()
    front.wish({"hold": ""})
    wait_for_ledgers(daemons)
    good = check(claimed and n_lines == "0", "a line has its place and is not there, others behind it are")
    good &= check(n_there == "0", f"nobody has read past it ({n_there} have)")
    good &= check(wait_for_number(front, "SELECT count() FROM identity_log WHERE user_id = 'held'", 1), "it is said once")
    return good


def refuses(data, options, words):
    """Whether a collector does not start with these options, and says why."""
    ended = subprocess.run([oracle.COLLECTOR, "--data-dir", str(data), "--listen", "127.0.0.1:0", *options],
                           capture_output=True, text=True, env=oracle.ENVIRONMENT, timeout=60)
    return ended.returncode == 78 and words in ended.stderr


def replay(data, order, events):
    """A collector that shares with nobody, given what is news in the order of the log, then the rest."""
    data.mkdir()
    daemon = Daemon(data, [])
    daemon.start()
    first = list(dict.fromkeys(order))
    rest = [name for name in events if name not in set(first)]
    for names in (first, rest):
        for at in range(0, len(names), 200):
            body = [{key: value for key, value in events[name].items()} for name in names[at:at + 200]]
            connection = http.client.HTTPConnection(daemon.address, timeout=60)
            connection.request("POST", "/v1/events", json.dumps(body))
            answer = json.loads(connection.getresponse().read())
            assert answer["accepted"] == len(body), answer
            connection.close()
    return daemon


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    if not os.path.exists(oracle.LIBRARY):
        print("1..0 # SKIP the library of ClickHouse is not there")
        return 0
    data = pathlib.Path(tempfile.mkdtemp(prefix="weir-shared-"))
    dice = random.Random(int(os.environ.get("ORACLE_SEED", "1")))
    front = Front(data / "clickhouse")
    front.start()
    options = ["--store", "clickhouse", "--shared", "yes", "--clickhouse-url", f"http://127.0.0.1:{front.port}/default"]
    daemons = []
    for number in range(N_COLLECTORS):
        (data / str(number)).mkdir()
        daemons.append(Daemon(data / str(number), options))
        daemons[-1].start()
    clients = [Client(daemons, number) for number in range(WORKERS)]
    for client in clients:
        client.start()
    for number in range(kills):
        front.wish({"hold": dice.choice(("", "identity_log", "event"))})   # and somebody is killed in the middle of it
        time.sleep(dice.uniform(0.2, 1.5))
        broken = front if number == kills // 2 else daemons[number % N_COLLECTORS]
        broken.kill()
        time.sleep(dice.uniform(0, 0.5))
        broken.start()
        front.wish({"hold": ""})
    time.sleep(1)
    for client in clients:
        client.ending = True
    for client in clients:
        client.join()

    events = {name: event for client in clients for name, event in client.sent.items()}
    wait_for_ledgers(daemons)
    good = hold_a_line(front, daemons, events)
    ledgers = wait_for_ledgers(daemons)
    acknowledged = set(events)
    stored = front.ask("SELECT message_id FROM event").split()
    print(f"# {kills} kills, {len(acknowledged)} acknowledged, {sum(client.resent for client in clients)} tries repeated,"
          f" {front.ask('SELECT count() FROM identity_log').strip()} lines in the log")
    good &= check(not any(client.faults for client in clients), "every answer was whole")
    good &= check(acknowledged <= set(stored), f"every acknowledged id is stored ({len(acknowledged - set(stored))} missing)")
    good &= check(len(stored) == len(set(stored)), f"no id is stored twice ({len(stored) - len(set(stored))} are)")
    good &= check(sum(ledger["stored"] for ledger in ledgers) == len(stored) and
                  all(ledger["accepted"] == ledger["stored"] and
                      ledger["received"] == ledger["accepted"] + ledger["duplicate"] + ledger["rejected"]
                      for ledger in ledgers), f"the ledgers sum: {ledgers}")
    told = wait_for_agreement(daemons)
    good &= check(len(json.loads(told[0]["persons"])["persons"]) > 3 and len(json.loads(told[0]["edges"])) > PERSONS,
                  "there are persons and edges")
    good &= check_agreement(told, "all three say the same")

    ids, in_order = list_all(daemons[1])
    good &= check(in_order and sorted(ids) == sorted(stored), "a list in pages has each event once, the newest first")
    single = replay(data / "single", read_log(front), events)
    good &= check_agreement([describe(daemons[0], False), describe(single, False)], "so does one that shares with nobody")
    said = command_all(daemons)
    good &= check(said == command_all([single] * N_COLLECTORS), "commands by hand are answered the same")
    (data / "alone").mkdir()
    alone = Daemon(data / "alone", options[:2] + options[4:])
    alone.start()
    ask(alone, "POST", "/v1/events", {"event": "view", "user_id": "x"})
    wait_for_ledgers([alone])
    good &= check(alone.stop() == 0 and refuses(data / "alone", options, "begun without --shared"), "one that began alone does not share, and its rows count for nobody")
    good &= check(said[-1][0] == 200 and said[-1][1]["verified"], f"a deletion is verified: {said[-1]}")
    told = wait_for_agreement(daemons)
    good &= check_agreement(told, "all three say the same after commands")
    good &= check_agreement([describe(daemons[1], False), describe(single, False)], "so does the single one")

    good &= check(set_clock_back(front, daemons[0]), "it is said that ClickHouse's clock was set back")
    wait_for_ledgers(daemons)
    good &= check(front.ask("SELECT count() FROM event WHERE message_id = 'meanwhile'").strip() == "1", "what came meanwhile is stored")
    (data / "late").mkdir()
    late = Daemon(data / "late", options)
    late.start()
    told = wait_for_agreement([*daemons, late])
    good &= check_agreement(told, "so does one that begins now")
    codes = [daemon.stop() for daemon in (*daemons, single, late)]
    good &= check(codes == [0] * len(codes), f"all ended in order: {codes}")
    good &= check(refuses(data / "0", options[:2] + options[4:], "begun with --shared"), "a shared directory is not begun alone")
    good &= check(refuses(data / "single", ["--shared", "yes"], "needs --store clickhouse"), "nothing else is shared")
    front.kill()
    good &= check_logs(daemons)
    print(f"1..{oracle.number}")
    if good:
        shutil.rmtree(data)
    else:
        print(f"# kept: {data}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
