#!/usr/bin/python3
"""The whole console against a real collector, seen through the accessibility bus. Prints TAP."""

import json
import pathlib
import subprocess
import sys
import time

import harness
from harness import Collector, Console, Display, run, wait_for

class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


def event(name, **members):
    return {"event": name, "user_id": "u-1042", "source": "shop", **members}


def start():
    world.display = Display()
    world.collector = Collector()
    world.collector.post(*[event("page_view", properties={"path": "/pricing", "duration_ms": 20 + n}) for n in range(60)],
                         *[event("purchase", value=21.5, properties={"plan": "pro"}) for _ in range(20)],
                         event("purchase", properties={"error": "card declined", "dependency": "payments"}))
    world.console = Console("--url", world.collector.url, "--token-file", world.collector.data / "token")
    world.console.see("All is well", patience=30)


def overview_tells_what_the_collector_tells():
    stats = world.collector.stats()
    ledger = stats["ledger"]
    assert ledger["received"] == 81, ledger
    for name, number in (("received", ledger["received"]), ("= stored", ledger["stored"]), ("+ queued", ledger["queued"]),
                         ("+ duplicates", ledger["duplicate"]), ("+ rejected", ledger["rejected"]),
                         ("+ dead letters", ledger["dead_lettered"])):
        world.console.see(f"{name} {number}", part=False)
    for kind in stats["types"]:
        world.console.see(f"{kind['event']}, Count {kind['count']}, Average", "list item")
    world.console.see("payments, Failures 100 %", "list item")
    world.console.see(f"Errors: {stats['error_rate'] * 100:.1f} %. {stats['errors']} in ten minutes")
    world.console.see("People today: ")


def everything_on_overview_has_a_name():
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def chart_is_a_table_too():
    world.console.press("Show as table")
    world.console.see("Time", "label", part=False)
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    world.console.press("Show as table")


def headings_sort():
    def order():
        rows = [node for node in world.console.walk() if ", Count " in world.console.name_of(node)]
        rows.sort(key=lambda node: node.get_component_iface().get_extents(world.console.atspi.CoordType.WINDOW).y)
        return [world.console.name_of(row).split(",")[0] for row in rows]
    assert order() == ["page_view", "purchase"], order()
    for heading, expected in (("Errors", ["purchase", "page_view"]), ("Type", ["page_view", "purchase"]),
                              ("Type, ascending", ["purchase", "page_view"]), ("Count", ["page_view", "purchase"])):
        world.console.press(heading, "push button")
        wait_for(lambda: order() == expected, f"{expected}, by {heading}")


def live_begins_with_what_was():
    world.console.focus()
    world.console.key("alt+2")
    wait_for(lambda: world.console.title() == "Live", "the page Live")
    world.console.see("Error · purchase")
    world.console.see("21.50")
    world.console.see("path=/pricing  duration_ms=79")


def live_shows_what_is_posted():
    world.collector.post(event("checkout", value=3.25, properties={"cart": 7}))
    world.console.see("checkout")
    world.console.see("3.25")
    world.console.see("cart=7")


def pause_holds_still():
    world.console.press("Pause")
    world.collector.post(*[event("while_paused") for _ in range(3)])
    world.console.see("3 new events")
    assert world.console.find("while_paused", part=True) is None
    world.console.press("3 new events", part=True)
    world.console.see("while_paused")
    world.console.miss("new events")
    world.collector.post(event("after_pause"))
    world.console.see("after_pause")


def error_is_a_word():
    world.collector.post(event("payout", properties={"level": "error"}))
    world.console.see("Error · payout")


def click_narrows():
    world.collector.post(event("to_be_picked"), event("not_to_be_picked", source="kiosk"))
    cell = world.console.see("to_be_picked", part=False)
    world.console.click(cell)
    world.console.press("Only this")
    world.console.see("event = to_be_picked")
    wait_for(lambda: world.console.find("checkout", part=True) is None, "other events to be gone")
    world.console.see("to_be_picked", part=False)
    world.collector.post(event("checkout", value=99), event("to_be_picked", value=123))
    world.console.see("123")
    assert world.console.find("99", part=False) is None


def filter_can_be_typed():
    world.console.press("Remove filter event = to_be_picked")
    world.console.miss("event = to_be_picked")
    world.console.see("checkout")
    world.console.focus()
    world.console.key("ctrl+f")
    world.console.see("Seen before", "list")
    world.console.type("purchase")
    world.console.key("Return")
    world.console.see("event = purchase")
    wait_for(lambda: world.console.find("checkout", part=True) is None, "other events to be gone")
    world.console.key("ctrl+shift+f")
    world.console.miss("event = purchase")
    world.console.see("checkout")


def clipboard():
    """What is in the clipboard, read as another application would."""
    script = """
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gdk, Gtk
Gtk.init()
loop = GLib.MainLoop()
clipboard = Gdk.Display.get_default().get_clipboard()
def done(source, result):
    print(source.read_text_finish(result), end="")
    loop.quit()
clipboard.read_text_async(None, done)
GLib.timeout_add_seconds(5, loop.quit)
loop.run()
"""
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=20)
    return answer.stdout


def open_menu(text):
    """Clicks on a cell, again when its row was just about to move."""
    for _ in range(10):
        world.console.click(world.console.see(text, part=False))
        try:
            return world.console.see("Details", patience=3)
        except AssertionError:
            continue
    raise AssertionError(f"no menu of “{text}”")


def details_can_be_copied():
    world.collector.post(event("picked", value=5, properties={"note": "it's", "nested": {"deep": [1, 2]}}))
    open_menu("picked")
    world.console.press("Details")
    world.console.see("Details of the event")
    world.console.see("properties")
    world.console.see("nested")
    assert not world.console.nameless(), "\n".join(world.console.nameless())

    world.console.press("Copy as JSON")
    copied = json.loads(wait_for(clipboard, "the clipboard"))
    assert copied["event"] == "picked" and copied["properties"] == {"note": "it's", "nested": {"deep": [1, 2]}}, copied
    assert copied["seq"] > 0 and copied["person"], copied

    world.console.press("Copy as curl")
    command = wait_for(lambda: clipboard() if clipboard().startswith("curl") else None, "a command in the clipboard")
    before = world.collector.stats()["ledger"]["accepted"]
    answer = json.loads(subprocess.run(["sh", "-c", command + " --silent"], capture_output=True, text=True, check=True).stdout)
    assert answer["accepted"] == 1, answer
    wait_for(lambda: world.collector.stats()["ledger"]["accepted"] == before + 1, "the event to be accepted")
    latest = world.collector.request("/v1/query", {"kind": "events", "limit": 1})["events"][0]
    for member in ("event", "value", "source", "user_id", "properties", "timestamp"):
        assert latest[member] == copied[member], (member, latest, copied)
    world.console.press("Close details")
    world.console.key("ctrl+j")


def row_is_named_for_those_who_hear_it():
    world.console.press("Pause")
    world.console.see("picked, shop, u-1042", "table row")
    world.console.press("Pause")


def pill_tells_of_a_lost_collector():
    world.console.see("Connection: Connected")
    world.collector.kill()
    world.console.see("Connection lost")
    world.console.see("reconnecting in")
    world.collector.restart()
    world.console.see("Connection: Connected", patience=60)
    world.collector.post(event("after_the_loss"))
    world.console.see("after_the_loss", patience=60)


def pill_says_more():
    world.console.key("ctrl+i")
    world.console.see(world.collector.url, "label", part=False)
    world.console.see("Connect to another…")
    world.console.key("Escape")


def table_scrolled_away_stays():
    world.collector.post(*[event("filler", value=n) for n in range(200)])
    world.console.see("filler")
    world.console.focus()
    table = world.console.see("Events", "tree table")
    x, y = world.console.middle(table)
    subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "--repeat", "12", "--delay", "30", "5"], check=True)
    time.sleep(0.5)
    seen = [text for text in world.console.texts() if text.startswith("filler, ")]
    world.collector.post(*[event("came_later") for _ in range(4)])
    world.console.see("4 new events")
    assert [text for text in world.console.texts() if text.startswith("filler, ")] == seen
    world.console.key("ctrl+j")
    world.console.see("came_later")


def overview_leads_to_events():
    world.console.key("alt+1")
    wait_for(lambda: world.console.title() == "Overview", "the page Overview")
    world.console.press("Errors: ", part=True)
    wait_for(lambda: world.console.title() == "Live", "the page Live")
    world.console.see("errors only")
    world.console.see("Error · payout")
    assert world.console.find("filler", part=True) is None
    world.console.key("ctrl+shift+f")


def people_today_are_counted():
    world.console.key("alt+1")
    wait_for(lambda: world.console.title() == "Overview", "the page Overview")
    midnight = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())
    question = {"kind": "trend", "interval": "month", "range": {"from": midnight},
                "series": [{"event": "*", "measure": "persons"}]}
    count = world.collector.request("/v1/query", question)["series"][0]["values"][0]
    world.console.see(f"People today: {count}", patience=20)
    world.collector.post(event("walked_in", user_id="somebody-new-today"))
    world.console.see(f"People today: {count + 1}", patience=20)
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    world.console.key("alt+2")


def goes_anywhere_by_a_few_letters():
    world.console.focus()
    world.console.key("ctrl+k")
    world.console.see("Results", "list")
    world.console.wait_for_entry()
    world.console.type("coh")
    world.console.key("Return")
    wait_for(lambda: world.console.title() == "Cohorts", "the page Cohorts")
    world.console.key("ctrl+k")
    world.console.see("Results", "list")
    world.console.wait_for_entry()
    world.console.type("walked_in")
    world.console.see("walked_in", "list item")
    world.console.key("Return")
    wait_for(lambda: world.console.title() == "Live", "the page Live")
    world.console.see("event = walked_in")


def back_comes_back():
    world.console.key("alt+Left")
    wait_for(lambda: world.console.title() == "Cohorts", "the page before")
    world.console.key("alt+Left")
    wait_for(lambda: world.console.title() == "Live", "the page before that")
    world.console.miss("event = walked_in")
    world.console.key("alt+Right")
    world.console.key("alt+Right")
    world.console.see("event = walked_in")
    world.console.key("ctrl+shift+f")
    world.console.miss("event = walked_in")


def guide_waits_for_an_event():
    world.console.key("ctrl+g")
    world.console.see("Waiting for an event")
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    world.collector.post(event("first_of_all"))
    world.console.see("1 event has arrived", patience=20)
    world.console.press("Show it")
    world.console.see("first_of_all")


def narrow_window_folds():
    world.console.resize(360, 640)
    wait_for(lambda: world.console.find("Pages", "push button"), "the button that leads to the pages")
    world.console.press("Pages", "push button")
    world.console.see("Live", "list item")
    world.console.resize(1200, 800)


def shortcuts_and_preferences_open():
    world.console.focus()
    world.console.key("ctrl+question")
    world.console.see("Jump to the newest event")
    world.console.key("Escape")
    world.console.miss("Jump to the newest event")
    world.console.focus()
    world.console.key("ctrl+comma")
    world.console.see("Newest event at the top")
    world.console.see("Style")
    world.console.key("Escape")


def quits_without_complaint():
    world.console.quit()


def file_opens_offline():
    world.collector.process.terminate()
    world.collector.process.wait(30)
    path = world.collector.data / "events.db"
    before = path.read_bytes()
    console = Console("--page", "overview", path)
    console.see("events.db  read-only")
    console.see("A file has no present")
    console.press("Show events")
    console.see("came_later")
    children = children_of(console)
    assert len(children) == 1
    console.quit()
    assert path.read_bytes() == before, "the file was changed"
    wait_for(lambda: not any(pathlib.Path(f"/proc/{child}").exists() for child in children), "its collector to end")


def children_of(console):
    return pathlib.Path(f"/proc/{console.process.pid}/task/{console.process.pid}/children").read_text().split()


def console_without_collector_starts_one():
    # In a network of its own, where nothing listens at the default address.
    alone = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        return "cannot make a network namespace"
    console = Console("--page", "overview", before=alone)
    console.see("Connection: Connected", patience=40)
    console.see("Waiting for the first event")
    assert (pathlib.Path(world.display.folder) / "data" / "weir" / "token").exists()
    console.focus()
    console.key("ctrl+i")
    console.see("this console, and ends with it")
    console.key("Escape")
    child, = children_of(console)
    subprocess.run(["kill", "-KILL", child], check=True)
    console.see("Connection lost")
    console.key("ctrl+r")
    console.see("Connection: Connected", patience=40)
    again, = children_of(console)
    assert again != child
    console.quit()
    wait_for(lambda: not pathlib.Path(f"/proc/{again}").exists(), "its collector to end")


def keep_picture(name):
    folder = harness.BUILD / "screenshots"
    folder.mkdir(exist_ok=True)
    world.display.screenshot(folder / f"failed-{name.replace(' ', '-')}.png")


def stop():
    world.collector.stop()
    world.display.stop()


def main():
    harness.under_a_session_bus()
    tests = [start, overview_tells_what_the_collector_tells, everything_on_overview_has_a_name, chart_is_a_table_too, headings_sort,
             live_begins_with_what_was, live_shows_what_is_posted, pause_holds_still, error_is_a_word, click_narrows,
             filter_can_be_typed, details_can_be_copied, row_is_named_for_those_who_hear_it, pill_tells_of_a_lost_collector,
             pill_says_more, table_scrolled_away_stays, overview_leads_to_events, people_today_are_counted, goes_anywhere_by_a_few_letters,
             back_comes_back, guide_waits_for_an_event, narrow_window_folds,
             shortcuts_and_preferences_open, quits_without_complaint, file_opens_offline,
             console_without_collector_starts_one, stop]
    return run([(test.__name__.replace("_", " "), test) for test in tests], keep_picture)


if __name__ == "__main__":
    sys.exit(main())
