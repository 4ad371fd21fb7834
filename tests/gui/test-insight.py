#!/usr/bin/python3
"""Trends, funnels and retention of the console against a real collector, whose answers they must show. Prints TAP."""

import datetime
import subprocess
import sys
import time

import harness
from harness import Collector, Console, Display, run, wait_for

STEPS = [{"event": "visit"}, {"event": "add_to_cart"}, {"event": "purchase"}]


class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


def moment(days, minutes=0):
    now = datetime.datetime.now(datetime.timezone.utc).replace(hour=1, minute=0, second=0, microsecond=0)
    return (now - datetime.timedelta(days=days) + datetime.timedelta(minutes=minutes)).isoformat()


def seed():
    events = []
    for n in range(40):
        person = f"person-{n:02}"
        day = 1 + n % 5
        events.append({"event": "visit", "user_id": person, "timestamp": moment(day)})
        if n % 2 == 0:
            events.append({"event": "add_to_cart", "user_id": person, "timestamp": moment(day, 10)})
        if n % 4 == 0:
            events.append({"event": "purchase", "user_id": person, "timestamp": moment(day, 12)})
        if n % 3 == 0 and day > 1:
            events.append({"event": "visit", "user_id": person, "timestamp": moment(day - 1)})
    world.collector.post(*events)


def ask(question):
    return world.collector.request("/v1/query", {"range": {"last": "7d"}, "timezone": "UTC", **question})


def page(title, number):
    world.console.focus()
    world.console.key(f"alt+{number}")
    wait_for(lambda: world.console.title() == title, title)


def start():
    world.display = Display()
    world.collector = Collector()
    seed()
    world.console = Console("--url", world.collector.url, "--token-file", world.collector.data / "token", "--page", "funnels")
    world.console.see("Where do people get lost?", patience=30)


def type_event(label, event):
    """The keyboard is in the entry: types a name and chooses it."""
    world.console.type(event)
    time.sleep(0.3)
    world.console.key("Return")


def a_funnel_is_built_by_keyboard():
    console = world.console
    console.press("Build a funnel")
    console.see("Step 1", "text")
    time.sleep(0.5)
    type_event("Step 1", "visit")
    for number, event in ((2, "add_to_cart"), (3, "purchase")):
        if number == 3:
            console.press("Add step", "push button")
        else:
            console.click(console.see("Step 2", "text"))
        time.sleep(0.3)
        type_event(f"Step {number}", event)
    answer = ask({"kind": "funnel", "steps": STEPS, "window": "7d"})
    counts = [step["count"] for step in answer["steps"]]
    assert counts == [40, 20, 10], counts
    for number, step in enumerate(answer["steps"], 1):
        console.see(f"{number}  {step['event']}, People: {step['count']}", "push button", part=False)
    console.see("25.0 % get to the end")
    console.see("2  add_to_cart, Of previous: 50.0 %", part=False)
    console.see("2  add_to_cart, Median time: 10 m", part=False)


def a_number_shows_its_people():
    console = world.console
    console.press("2  add_to_cart, Dropped: 20", "push button")
    answer = ask({"kind": "funnel_persons", "steps": STEPS, "window": "7d", "step": 2, "converted": False})
    assert answer["total"] == 20, answer["total"]
    console.see("20 people", part=False)
    console.see("Lost before add_to_cart", part=False)
    console.see(answer["persons"][0]["distinct_ids"][0])


def a_bar_shows_its_people_by_keyboard():
    console = world.console
    chart = console.see("Funnel", "image", part=False)
    wait_for(lambda: "10 of 40 people reached purchase (25.0 %)" in chart.get_description(), "the funnel in a sentence")
    console.click(chart)
    console.key("Escape", "End", "Up")
    console.key("Home", "Right", "Right")
    wait_for(lambda: "purchase" in chart.get_description(), "the cursor on the last step")
    console.key("Return")
    console.see("10 people", part=False)


def a_funnel_is_saved():
    console = world.console
    console.press("Save", "push button")
    console.see("Save as")
    time.sleep(0.5)
    console.key("ctrl+a")
    console.type("Checkout")
    console.key("Return")
    console.see("Checkout", "list item", part=False)
    saved = wait_for(lambda: world.collector.request("/v1/questions")["questions"], "a saved question")
    assert [(q["name"], q["kind"]) for q in saved] == [("Checkout", "funnel")], saved
    assert [s["event"] for s in saved[0]["question"]["steps"]] == [s["event"] for s in STEPS], saved


def rules_are_compared():
    console = world.console
    console.press("Compare rules")
    for rules, title in (("weir", "Weir"), ("posthog", "PostHog"), ("clickhouse", "ClickHouse"), ("mixpanel", "Mixpanel")):
        answer = ask({"kind": "funnel", "steps": STEPS, "window": "7d", "rules": rules})
        console.see(f"3  purchase, {title}: {answer['steps'][2]['count']}", part=False)


def a_funnel_is_live():
    console = world.console
    console.press("Close side pane")
    world.collector.post({"event": "visit", "user_id": "newcomer"})
    console.see("1  visit, People: 41", part=False)


def retention_shows_what_the_collector_answers():
    console = world.console
    page("Retention", 5)
    console.press("Begin with any event")
    chart = console.see("Who came back, by cohort", "image", part=False)
    answer = ask({"kind": "retention", "start": {"event": "*"}, "return": {"event": "*"}, "period": "day", "periods": 11})
    total = sum(cohort["size"] for cohort in answer["cohorts"])
    wait_for(lambda: f"{total} people" in chart.get_description(), f"{total} people in: {chart.get_description()}")
    console.press("Show as table")
    row = next(n for n, cohort in enumerate(answer["cohorts"]) if cohort["size"] > 0)
    cohort = answer["cohorts"][row]
    day = datetime.date.fromisoformat(cohort["start"])
    name = f"{day:%a} {day.day} {day:%b}"
    share = cohort["values"][1] / cohort["size"] * 100
    console.press(f"{name}, 1: {share:.1f} %", "push button")
    persons = ask({"kind": "retention_persons", "start": {"event": "*"}, "return": {"event": "*"}, "period": "day",
                   "periods": 11, "row": row, "column": 1})
    assert persons["total"] == cohort["values"][1], persons
    console.see(f"{persons['total']} people" if persons["total"] != 1 else "1 person", part=False)


def a_trend_is_brushed_and_back_undoes_it():
    console = world.console
    page("Trends", 3)
    console.press("Count all events")
    answer = ask({"kind": "trend", "series": [{"event": "*"}], "interval": "day"})
    total = sum(answer["series"][0]["values"])
    console.see(f"{total}", part=False)
    chart = console.see("Trend", "image", part=False)
    console.press("Close side pane")
    time.sleep(0.5)
    x, y = console.middle(chart)
    for command in (("mousemove", x - 60, y), ("mousedown", 1), ("mousemove", x, y), ("mousemove", x + 60, y), ("mouseup", 1)):
        subprocess.run(["xdotool", *map(str, command)], check=True)
        time.sleep(0.2)
    console.miss("Last 7 days", patience=10)
    brushed = wait_for(lambda: next((text for text in console.texts() if " – " in text), None), "a range with two ends")
    assert "00:00" in brushed, brushed
    console.key("alt+Left")
    console.see("Last 7 days")


def everything_focusable_has_a_name():
    made_up = ("Gtk", "Adw", "Weir")
    allowed = ("scroll pane", "viewport")
    console = world.console
    focusable = console.atspi.StateType.FOCUSABLE
    for title, number in (("Trends", 3), ("Funnels", 4), ("Retention", 5)):
        page(title, number)
        time.sleep(1)
        found = []
        for node in console.walk():
            try:
                if (node.get_state_set().contains(focusable) and console.is_shown(node)
                        and node.get_role_name() not in allowed
                        and (not node.get_name() or node.get_name().startswith(made_up))):
                    found.append((node.get_role_name(), node.get_name()))
            except Exception:
                continue
        assert not found, (title, found)


def ends_clean():
    world.console.quit()
    world.collector.stop()
    world.display.stop()


TESTS = [start, a_funnel_is_built_by_keyboard, a_number_shows_its_people, a_bar_shows_its_people_by_keyboard,
         a_funnel_is_saved, rules_are_compared, a_funnel_is_live, retention_shows_what_the_collector_answers,
         a_trend_is_brushed_and_back_undoes_it, everything_focusable_has_a_name, ends_clean]


def picture(name):
    folder = harness.BUILD / "gui-failures"
    folder.mkdir(exist_ok=True)
    world.display.screenshot(folder / f"insight-{name}.png")


if __name__ == "__main__":
    harness.under_a_session_bus()
    sys.exit(run([(test.__name__.replace("_", "-"), test) for test in TESTS], picture))
