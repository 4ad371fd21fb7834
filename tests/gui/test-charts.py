#!/usr/bin/python3
"""Charts and tables of the console against a real collector: legends, headings, points and lists that are saved. Prints TAP."""

import datetime
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.parse

import harness
from harness import Collector, Console, Display, run, wait_for

# What GTK 4.8 calls the heading of a column.
HEADING = "filler"
TREND = {"kind": "trend", "series": [{"event": "visit", "filter": {"property": "plan", "op": "=", "value": "pro"}},
                                     {"event": "buy"}]}


class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


def moment(days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now - datetime.timedelta(days=days)).isoformat()


def seed():
    events = []
    for days, n_visits, n_buys in ((4, 12, 2), (3, 9, 10), (2, 100, 1), (0, 3, 4)):
        for n in range(n_visits):
            events.append({"event": "visit", "user_id": f"u-{n}", "timestamp": moment(days),
                           "properties": {"plan": "pro" if n % 3 == 0 else "free"}})
        for n in range(n_buys):
            events.append({"event": "buy", "user_id": f"u-{n}", "timestamp": moment(days)})
    world.collector.post(*events)
    wait_for(lambda: world.collector.request("/v1/query", {"kind": "events", "limit": 1})["as_of"] == len(events), "all events")


def page(title, number):
    world.console.focus()
    world.console.key(f"alt+{number}")
    wait_for(lambda: world.console.title() == title, title)


def start():
    world.display = Display()
    world.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-charts-"))
    world.collector = Collector()
    seed()
    world.collector.request("/v1/questions/" + urllib.parse.quote("Pro and buys"), {"question": TREND}, "PUT")
    world.console = Console("--url", world.collector.url, "--token-file", world.collector.data / "token", "--page", "trends")
    console = world.console
    console.see("How does it go?", patience=30)
    console.click(next(node for node in console.walk()
                       if node.get_name() == "Saved trends" and "button" in node.get_role_name()))
    time.sleep(1)
    console.key("Return")
    console.see("Totals of the series")


def chart():
    return world.console.see("Pro and buys", "image", part=False)


def a_series_is_hidden_with_the_keyboard():
    console = world.console
    picture = chart()
    wait_for(lambda: "buy 4" in picture.get_description() and "visit 1" in picture.get_description(), "both series")
    assert "Still runs" in picture.get_description(), picture.get_description()
    # Backwards, from the table of the totals.
    console.click(console.see("Show as table"))
    console.click(console.see("Show as table"))

    def is_focused(name):
        return any(node.get_name() == name and node.get_state_set().contains(console.atspi.StateType.FOCUSED)
                   for node in console.walk())

    def reach(name):
        console.key("Tab")
        time.sleep(0.2)
        return is_focused(name)
    console.focus()
    wait_for(lambda: reach("buy"), "the focus on the series")
    console.key("space")
    wait_for(lambda: "buy" not in picture.get_description(), "no “buy” in " + picture.get_description())
    console.key("space")
    wait_for(lambda: "buy 4" in picture.get_description(), "the series again")


def a_heading_sorts_numbers_as_numbers():
    console = world.console
    console.press("Show as table")
    first = [row.get_name() for row in rows()]
    today = datetime.datetime.now(datetime.timezone.utc)
    assert first[0] == f"{today:%a} {today.day} {today:%b %Y}", first
    console.click(console.see("buy", HEADING, part=False))
    console.see("buy, ascending", part=False)
    ascending = [row.get_name() for row in rows()]
    console.click(console.see("buy, ascending", part=False))
    console.see("buy, descending", part=False)
    descending = wait_for(lambda: rows()[0].get_name() != ascending[0] and [row.get_name() for row in rows()], "another order")
    day = today - datetime.timedelta(days=3)
    assert descending[0] == f"{day:%a} {day.day} {day:%b %Y}", descending
    console.see("4…", part=False)
    console.press("Show as table")


def rows():
    time.sleep(0.5)
    names = [node for node in world.console.walk() if node.get_role_name() == "table row" and " 20" in node.get_name()]
    assert names
    return names


def a_point_shows_what_it_counts():
    console = world.console
    picture = chart()
    console.click(picture)
    console.see("a filter of several parts")
    wait_for(lambda: console.title() == "Live", "the live page")
    console.key("alt+Left")
    wait_for(lambda: console.title() == "Trends", "the trend again")


def people_who_came_are_saved():
    console = world.console
    page("Cohorts", 6)
    console.press("New", "push button")
    time.sleep(0.6)
    console.type("buy")
    console.key("Return")
    console.see("10 people", "label", part=False)
    console.press("Came")
    time.sleep(1)
    save = [node for node in console.walk() if node.get_name() == "Save people as CSV" and console.is_shown(node)]
    console.click(save[-1])
    time.sleep(1.5)
    path = world.folder / "came.csv"
    console.key("ctrl+a")
    console.type(str(path))
    console.key("Return")
    wait_for(path.exists, "the file")
    wait_for(lambda: len(path.read_text().splitlines()) > 1, "its people")   # the heading is there before they are asked for
    lines = path.read_text().splitlines()
    assert lines[0] == "person,distinct_id", lines
    answer = world.collector.request("/v1/query", {"kind": "cohort", "where": {"all": [{"did": "buy"}]}, "since": moment(30)})
    assert answer["entered_count"] == 10, answer
    assert len(lines) == 1 + sum(len(person["distinct_ids"]) for person in answer["entered"]), lines
    assert {line.split(",")[1] for line in lines[1:]} == {f"u-{n}" for n in range(10)}, lines


def ends_clean():
    world.console.quit()
    world.collector.stop()
    world.display.stop()
    shutil.rmtree(world.folder, ignore_errors=True)


TESTS = [start, a_series_is_hidden_with_the_keyboard, a_heading_sorts_numbers_as_numbers, a_point_shows_what_it_counts,
         people_who_came_are_saved, ends_clean]


def picture(name):
    folder = harness.BUILD / "gui-failures"
    folder.mkdir(exist_ok=True)
    world.display.screenshot(folder / f"charts-{name}.png")


if __name__ == "__main__":
    harness.under_a_session_bus()
    sys.exit(run([(test.__name__.replace("_", "-"), test) for test in TESTS], picture))
