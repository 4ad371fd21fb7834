#!/usr/bin/python3
"""The pages that run things: Collector and Alerts, and two files side by side. Prints TAP."""

import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error

import harness
from harness import Collector, Console, Display, run, spawn, wait_for


class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


def start():
    world.display = Display()
    world.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-run-"))
    world.notifications = world.folder / "notifications"
    world.notifications.touch()
    world.daemon = spawn("/usr/bin/python3", pathlib.Path(__file__).with_name("notifications.py"), world.notifications)
    world.collector = Collector("--fault-drill")
    world.collector.post(*[{"event": "visit", "user_id": f"u{n}", "source": "shop"} for n in range(40)],
                         *[{"event": "buy", "user_id": f"u{n}", "source": "kiosk"} for n in range(10)])
    answer = world.collector.send({"event": "nobody", "source": "shop"}, {"event": 5, "user_id": "u"})
    assert len(answer["rejected"]) == 2, answer
    world.console = Console("--url", world.collector.url, "--token-file", world.collector.data / "token",
                            "--page", "collector")


def sources_sum_like_the_ledger():
    answer = world.collector.request("/v1/sources")["sources"]
    assert sum(source["ledger"]["received"] for source in answer) == 52, answer
    for source in answer:
        world.console.see(source["name"], "label", part=False)
    ledger = world.collector.request("/v1/status")["ledger"]
    world.console.see(f"Received: {ledger['received']}. {ledger['rejected']} rejected, 0 duplicates")
    world.console.see("Store: ")
    world.console.see("Stream clients: ")
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def key_is_made_shown_once_and_revoked():
    world.console.press("New key")
    world.console.see("Name of the source")
    world.console.wait_for_entry()
    world.console.type("tablet")
    world.console.key("Return")
    world.console.see("Key of tablet")
    key = wait_for(lambda: next((text for text in world.console.texts() if text.startswith("wk_")), None), "the key")
    world.console.key("Escape")
    assert world.collector.request("/v1/events", {"event": "hello", "user_id": "t"}, key=key)["accepted"] == 1
    world.console.miss(key)

    def selected():
        world.console.click(world.console.see("tablet", "label", part=False))
        time.sleep(0.5)
        return world.console.find("Keys of tablet")
    wait_for(selected, "the keys of the tablet")
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    world.console.press("Revoke")
    world.console.see("The key was revoked")
    try:
        world.collector.request("/v1/events", {"event": "hello", "user_id": "t"}, key=key)
        raise AssertionError("a revoked key still works")
    except urllib.error.HTTPError as error:
        assert error.code == 401, error
    world.console.click(world.console.see("Undo", part=False))
    wait_for(lambda: not world.collector.request("/v1/sources")["sources"][-1]["keys"][0]["revoked"], "the key to be back")
    assert world.collector.request("/v1/events", {"event": "hello", "user_id": "t"}, key=key)["accepted"] == 1


def rejected_events_have_a_reason():
    world.console.press("Received: ", part=True)
    world.console.see("missing_id")
    world.console.see("invalid_event")
    world.console.see('{"event": "nobody"')


def log_and_streams_are_listed():
    world.console.press("Stream clients: ", part=True)
    world.console.see("stats", "label")
    world.console.press("Journal: ", part=True)
    messages = [line["message"] for line in world.collector.request("/v1/log?limit=500")["lines"]]
    world.console.see(messages[0])


def dead_letters_teach():
    world.console.press("Dead letters")
    world.console.see("No dead letters")
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def drill_is_staged_and_ended():
    world.console.press("Start drill")
    world.console.see("Drill: slow-store")
    assert world.collector.request("/v1/drill")["fault"] == "slow-store"
    world.console.press("End drill")
    world.console.see("Start drill")
    world.console.miss("Drill: slow-store")


def alert_is_tried_and_saved():
    world.console.focus()
    world.console.key("alt+9")
    wait_for(lambda: world.console.title() == "Alerts", "the page Alerts")
    world.console.see("No alerts yet")
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    world.console.press("New alert…")
    world.console.see("Try it now")
    time.sleep(1)  # the bus does not tell that the row for the name has the focus
    world.console.type("Failures")
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    world.console.press("Try it now")
    world.console.see("all is well")
    world.console.press("Save")
    world.console.see("Error rate > 5 % for 1m")
    alert, = world.collector.request("/v1/alerts")["alerts"]
    assert alert["name"] == "Failures" and alert["rule"]["threshold"] == 0.05 and alert["rule"]["kind"] == "error_rate", alert


def alert_fires_and_tells_the_desktop():
    world.collector.request("/v1/alerts/Failures", {"rule": {"kind": "error_rate", "op": ">", "threshold": 0.05, "within": "5m",
                                                             "for": "0s"}}, "PUT")
    world.collector.post(*[{"event": "buy", "user_id": "u1", "properties": {"error": True}} for _ in range(100)])

    def told():
        return next((line for line in map(json.loads, world.notifications.read_text().splitlines())
                     if line.get("title") == "Failures"), None)
    notification = wait_for(told, "a notification", 40)
    assert "Error rate > 5 %" in notification["body"], notification
    world.console.see("Firing: ", patience=20)
    world.console.see("Began to fire at ", "label")
    world.console.see("Rule: Error rate > 5 %", "label")
    assert world.collector.request("/v1/alerts/history")["history"][0]["state"] == "firing"


def alert_is_deleted_and_comes_back():
    world.console.press("Delete: Failures")
    world.console.see("The alert “Failures” was deleted")
    assert world.collector.request("/v1/alerts")["alerts"] == []
    world.console.click(world.console.see("Undo", part=False))
    wait_for(lambda: world.collector.request("/v1/alerts")["alerts"], "the alert to be back")
    world.console.see("Delete: Failures")
    world.console.press("Snooze for an hour: Failures")
    world.console.see("Snoozed. Now ")


FUNNEL = {"kind": "funnel", "window": "7d", "steps": [{"event": "visit"}, {"event": "buy"}]}
RETENTION = {"kind": "retention", "start": {"event": "visit"}, "return": {"event": "*"}, "period": "day", "periods": 3}
TREND = {"kind": "trend", "series": [{"event": "buy"}], "interval": "day"}


def long_ago(days, minutes=0):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days) + datetime.timedelta(minutes=minutes)
    return moment.isoformat()


def compared(title, *cells):
    """Waits for a row of the table, which says all that is in it."""
    world.console.see(", ".join((title, *cells)), "table row", part=False)


def two_files_are_compared():
    for name, question in (("Checkout", FUNNEL), ("Come back", RETENTION), ("Sales", TREND)):
        world.collector.request("/v1/questions/" + name.replace(" ", "%20"), {"question": question}, "PUT")
    world.collector.request("/v1/cohorts/buyers", {"where": {"all": [{"did": "buy"}]}}, "PUT")
    # Older people: a month ago half of them came back the day after.
    world.collector.post(*[{"event": "visit", "user_id": f"old{n}", "timestamp": long_ago(40)} for n in range(8)],
                         *[{"event": "return", "user_id": f"old{n}", "timestamp": long_ago(39)} for n in range(4)])
    wait_for(lambda: world.collector.request("/v1/catalog?event=return")["events"], "the events to be stored")
    before = world.folder / "before.db"
    subprocess.run(["sqlite3", "-readonly", world.collector.data / "events.db", f".backup {before}"], check=True)
    world.collector.post(*[{"event": "buy", "user_id": f"u{n}"} for n in range(10, 20)])
    now = world.collector.request("/v1/query", {**FUNNEL, "range": {"last": "7d"}})
    assert [step["count"] for step in now["steps"]] == [40, 20], now
    # There is one console; a second one tells it what to do, and ends.
    subprocess.run([harness.BUILD / "app" / "weir", "--compare", before], check=True, timeout=30)
    world.console.see("Last 7 days of each", "label", patience=30)
    compared("buy", "20 (50 %)", "10 (25 %)", "-25.0 points")
    compared("Day 0", "40 (100 %)", "40 (100 %)", "+0.0 points")
    compared("buyers", "20", "10", "-50.0 %")
    compared("visit", "40", "40", "+0.0 %")
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def compare_before_and_after(day):
    world.console.press("Which time is compared")
    world.console.see("Before and after", "text", part=False)
    world.console.key("End", "Tab")
    world.console.wait_for_entry()
    world.console.key("ctrl+a")
    world.console.type(day)
    world.console.key("Return")
    world.console.see("Before and after " + day, "label")


def range_of_both_can_be_chosen():
    world.console.press("Which time is compared")
    world.console.see("All of each", "list item")
    world.console.key("Home", "Return")
    compared("visit", "48", "48", "+0.0 %")
    compare_before_and_after(long_ago(1)[:10])
    compared("visit", "0", "40", "new")
    world.console.key("F5")
    compared("visit", "0", "40", "new")
    compare_before_and_after(long_ago(36)[:10])
    compared("Day 1", "4 (50 %)", "0")
    world.console.key("Escape")


def quits_without_complaint():
    world.console.quit()


def keep_picture(name):
    folder = harness.BUILD / "screenshots"
    folder.mkdir(exist_ok=True)
    world.display.screenshot(folder / f"failed-{name.replace(' ', '-')}.png")


def stop():
    world.collector.stop()
    world.daemon.terminate()
    world.display.stop()
    shutil.rmtree(world.folder, ignore_errors=True)


def main():
    harness.under_a_session_bus()
    tests = [start, sources_sum_like_the_ledger, key_is_made_shown_once_and_revoked, rejected_events_have_a_reason,
             log_and_streams_are_listed, dead_letters_teach, drill_is_staged_and_ended, alert_is_tried_and_saved,
             alert_fires_and_tells_the_desktop, alert_is_deleted_and_comes_back, two_files_are_compared,
             range_of_both_can_be_chosen,
             quits_without_complaint, stop]
    return run([(test.__name__.replace("_", " "), test) for test in tests], keep_picture)


if __name__ == "__main__":
    sys.exit(main())
