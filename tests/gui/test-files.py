#!/usr/bin/python3
"""Files that come and go: databases that are dropped, chosen and opened again, long lists of ids, many people as a table, and
events that a service refuses. Prints TAP."""

import csv
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import harness
from harness import Collector, Console, Display, run, spawn, wait_for
from proxy import Proxy

N_IDS = 1_000_000
N_PEOPLE = 10_500


class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


class Service:
    """A service that events are sent on to, which refuses orders without a price with 400."""

    def __init__(self):
        service = self
        self.taken = []
        self.n_refused = 0
        self.is_away = False

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                refused = any(event["event"] == "order" and "value" not in event for event in events)
                service.n_refused += refused
                if not refused and not service.is_away:
                    service.taken += events
                self.send_response(503 if service.is_away else 400 if refused else 200)
                self.end_headers()
                self.wfile.write(b"an order needs a price" if refused else b"")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/events"


def start():
    world.display = Display("1280x1000")
    world.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-files-"))
    world.service = Service()
    config = world.folder / "collector.conf"
    config.write_text(f"[forwarder shop]\nurl={world.service.url}\ninterval=0.05s\n"
                      'filter={"property":"event","op":"=","value":"order"}\n')
    world.collector = Collector("--config", config)
    for first in range(0, N_PEOPLE, 500):
        world.collector.post(*[{"event": "visit", "user_id": f"p-{n:06}"} for n in range(first, first + 500)])
    wait_for(lambda: world.collector.request("/v1/query", {"kind": "persons"})["total"] == N_PEOPLE, "everybody to be known", 60)
    world.file = world.folder / "other.db"
    other = Collector()
    other.post(*[{"event": "in_the_file", "user_id": f"f-{n}"} for n in range(7)])
    wait_for(lambda: other.request("/v1/query", {"kind": "persons"})["total"] == 7, "the events of the file to be stored")
    other.process.terminate()
    other.process.wait(30)
    shutil.copy(other.data / "events.db", world.file)
    other.stop()
    world.proxy = Proxy(world.collector.url)
    world.console = Console("--url", world.proxy.url, "--token-file", world.collector.data / "token", "--page", "people")
    world.console.see(f"{N_PEOPLE} people", "label", patience=60)


def page(title):
    world.console.focus()
    world.console.key("alt+" + str((harness.PAGES.index(title) + 1) % 10))
    wait_for(lambda: world.console.title() == title, title)


def many_people_are_saved():
    world.console.press("Save people as CSV", "push button")
    time.sleep(1.5)
    path = world.folder / "people.csv"
    world.console.key("ctrl+a")
    world.console.type(str(path))
    world.console.key("Return")
    wait_for(lambda: path.exists() and path.read_bytes().count(b"\n") == N_PEOPLE + 1, "all people in the file", 60)
    with path.open(newline="") as file:
        saved = {distinct_id for row in csv.DictReader(file) for distinct_id in json.loads(row["distinct_ids"])}
    assert saved == {f"p-{n:06}" for n in range(N_PEOPLE)}, len(saved)


def choose(path):
    """The dialog to choose a file has the focus."""
    time.sleep(1.5)
    world.console.type(str(path))
    time.sleep(0.5)
    world.console.key("Return")


def long_list_is_imported():
    ids = world.folder / "everybody.csv"
    ids.write_text("distinct_id\n" + "".join(f"p-{n:06}\n" for n in range(N_IDS)))
    page("Cohorts")
    world.console.press("Import…", "push button")
    world.console.see("Choose a file", "push button")
    world.console.press("Choose a file", "push button", part=True)
    choose(ids)
    world.console.see(f"{N_IDS} ids", "label", part=False, patience=60)
    # While it is stored the reader changes their mind.
    world.proxy.fault("^/v1/cohorts/everybody", None)
    world.console.press("Import", "push button")
    world.console.see("Progress")
    world.console.press("Stop", "push button")
    world.console.see("Stopped", "label", part=False)
    world.proxy.heal()
    assert all(cohort["name"] != "everybody" for cohort in world.collector.request("/v1/cohorts")["cohorts"])
    world.console.press("Import", "push button")
    world.console.see(f"{N_IDS} ids were saved: {N_PEOPLE} people are known", patience=120)
    saved, = world.collector.request("/v1/cohorts")["cohorts"]
    assert saved["static"] and saved["n_distinct_ids"] == N_IDS, saved
    world.console.press("Show the list", "push button")
    world.console.see(f"A list of {N_IDS} ids", patience=60)


def name(text):
    world.console.focus()
    world.console.click(world.console.see("Name of the cohort", part=False))
    time.sleep(0.5)
    world.console.key("ctrl+a")
    world.console.type(text)
    world.console.key("ctrl+s")


def cohorts():
    return {cohort["name"]: cohort for cohort in world.collector.request("/v1/cohorts")["cohorts"]}


def list_is_renamed_and_duplicated():
    world.collector.request("/v1/cohorts/few", {"distinct_ids": ["p-000001", "p-000002", "stranger"]}, "PUT")
    world.console.key("F5")
    world.console.click(world.console.see("few", "label", part=False))
    world.console.see("A list of 3 ids")
    name("vips")
    wait_for(lambda: set(cohorts()) == {"everybody", "vips"}, "another name instead of the old one")
    assert cohorts()["vips"]["n_distinct_ids"] == 3, cohorts()
    name("everybody")
    world.console.see("Something else has this name already")
    name("vips")
    world.console.key("ctrl+shift+s", "ctrl+s")
    wait_for(lambda: set(cohorts()) == {"everybody", "vips", "vips, copy"}, "a copy")
    copy = world.collector.request("/v1/cohorts/vips%2C%20copy")
    assert copy["static"] and copy["distinct_ids"] == ["p-000001", "p-000002", "stranger"], copy
    assert world.collector.request("/v1/cohorts/vips")["n_distinct_ids"] == 3


def dead_letters():
    return world.collector.request("/v1/dead-letters")["dead_letters"]


def dead_letter_is_seen():
    world.collector.post({"event": "order", "user_id": "p-000001", "properties": {"item": "book"}})
    letter, = wait_for(dead_letters, "a dead letter")
    assert letter["sink"] == "shop", letter
    page("Collector")
    world.console.see("shop: ")
    world.console.press("Dead letters")
    world.console.see("shop", "label", part=False)
    world.console.click(world.console.see("an order needs a price", "label"))
    # Rows get their names a moment after they are there.
    wait_for(lambda: not world.console.nameless(), "names of all there is")


def dead_letter_is_refused_again():
    before = world.service.n_refused
    world.console.press("Send again", "push button")
    wait_for(lambda: world.service.n_refused > before, "it to be refused again")
    world.console.see("an order needs a price")
    assert len(dead_letters()) == 1 and not world.service.taken


def dead_letter_is_discarded_and_comes_back():
    world.console.click(world.console.see("an order needs a price", "label"))
    world.console.press("Discard", "push button")
    world.console.see("The dead letter was discarded")
    wait_for(lambda: not dead_letters(), "no dead letter")
    world.console.click(world.console.see("Undo", part=False))
    wait_for(dead_letters, "the dead letter to be back")


def dead_letter_is_mended_and_sent():
    world.console.click(world.console.see("an order needs a price", "label"))
    world.console.press("Edit…", "push button")
    world.console.see("Edit the event")
    time.sleep(0.8)
    world.console.key("ctrl+a")
    world.console.type('{"event":"order","user_id":"p-000001","value":12.5,"properties":{"item":"book"}}')
    world.console.press("Save", "push button")
    wait_for(lambda: dead_letters()[0]["event"].get("value") == 12.5, "the event to be changed")
    world.console.focus()
    world.console.click(world.console.see("an order needs a price", "label"))
    world.console.press("Send again", "push button")
    wait_for(lambda: not dead_letters(), "no dead letter any more")
    assert [event["value"] for event in world.service.taken] == [12.5], world.service.taken
    world.console.see("No dead letters")


def sink_says_what_is_wrong():
    world.console.see("1 row a batch, 0 wait")
    world.service.is_away = True
    world.collector.post({"event": "order", "user_id": "p-000002", "value": 7})
    world.console.see("Next try at ")
    world.console.see("it answered 503")
    world.service.is_away = False
    wait_for(lambda: len(world.service.taken) == 2, "the order to be taken", 60)
    world.console.miss("Next try at ")


def file_is_opened():
    world.console.focus()
    world.console.key("ctrl+o")
    choose(world.file)
    world.console.see("other.db  read-only", patience=40)
    page("People")
    world.console.see("7 people", "label", patience=40)


def file_is_opened_again():
    """From the menu, which tells of it."""
    page("Overview")
    world.console.press("Main menu")
    world.console.press("Open Recent")
    world.console.press("other.db", "menu item", part=True)
    world.console.see("other.db  read-only", patience=40)


def file_is_dropped():
    dropped = world.folder / "dropped.db"
    shutil.copy(world.file, dropped)
    source = spawn("/usr/bin/python3", "-W", "ignore", pathlib.Path(__file__).with_name("drag-source.py"), dropped)

    def find_source():
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Drag source$"], capture_output=True, text=True)
        return found.stdout.split()
    window = wait_for(find_source, "the other window")[0]
    subprocess.run(["xdotool", "windowmove", "--sync", window, "20", "20"], check=False)
    time.sleep(0.5)
    subprocess.run(["xdotool", "windowraise", window], check=True)
    place = dict(line.split("=") for line in subprocess.run(["xdotool", "getwindowgeometry", "--shell", window], text=True,
                                                            capture_output=True, check=True).stdout.split())
    x, y = int(place["X"]) + int(place["WIDTH"]) // 2, int(place["Y"]) + int(place["HEIGHT"]) * 3 // 4
    steps = [("mousemove", x, y), ("mousedown", 1)]
    steps += [("mousemove", x + step * 50, y + step * 40) for step in range(1, 13)]
    steps += [("mousemove", x + 601, y + 481), ("mouseup", 1)]
    for step in steps:
        subprocess.run(["xdotool", *map(str, step)], check=True)
        time.sleep(0.15)
    world.console.see("dropped.db  read-only", patience=40)
    source.kill()
    source.wait()


def quits_without_complaint():
    world.console.quit()


def keep_picture(name):
    folder = harness.BUILD / "screenshots"
    folder.mkdir(exist_ok=True)
    world.display.screenshot(folder / f"failed-{name.replace(' ', '-')}.png")
    print("# shown: " + json.dumps(world.console.texts())[:2000])


def stop():
    world.proxy.stop()
    world.collector.stop()
    world.service.server.shutdown()
    world.display.stop()
    shutil.rmtree(world.folder, ignore_errors=True)


def main():
    harness.under_a_session_bus()
    tests = [start, many_people_are_saved, long_list_is_imported, list_is_renamed_and_duplicated, dead_letter_is_seen,
             dead_letter_is_refused_again, dead_letter_is_discarded_and_comes_back, dead_letter_is_mended_and_sent, sink_says_what_is_wrong,
             file_is_opened,
             file_is_opened_again, file_is_dropped, quits_without_complaint, stop]
    return run([(test.__name__.replace("_", " "), test) for test in tests], keep_picture)


if __name__ == "__main__":
    sys.exit(main())
