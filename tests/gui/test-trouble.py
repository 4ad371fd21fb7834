#!/usr/bin/python3
"""What each page shows when its collector stumbles, does not answer, is killed and comes back. Prints TAP."""

import datetime
import json
import sys

import harness
from harness import Collector, Console, Display, run, wait_for
from proxy import Proxy

FUNNEL = {"kind": "funnel", "window": "7d", "steps": [{"event": "visit"}, {"event": "buy"}]}
# Everything but the stream, by which a console knows that the collector is there.
ALL_BUT_STREAM = r"^/v1/(?!stream)"
# What tells on each page that its content is there.
CONTENT = {"Funnels": "50.0 % get to the end", "Retention": "Who came back, by cohort", "Trends": "Trend", "Cohorts": "buyers",
           "People": "40 people", "Collector": "shop", "Alerts": "Failures", "SQL": "persons"}


class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


def start():
    world.display = Display()
    world.collector = Collector()
    hour = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).isoformat()
    world.collector.post(*[{"event": "visit", "user_id": f"u{n}", "source": "shop", "timestamp": hour} for n in range(40)],
                         *[{"event": "buy", "user_id": f"u{n}", "source": "shop"} for n in range(20)])
    world.collector.request("/v1/questions/Checkout", {"question": FUNNEL}, "PUT")
    world.collector.request("/v1/cohorts/buyers", {"where": {"all": [{"did": "buy"}]}}, "PUT")
    world.collector.request("/v1/alerts/Failures", {"rule": {"kind": "error_rate", "op": ">", "threshold": 0.05, "within": "5m",
                                                             "for": "0s"}}, "PUT")
    world.proxy = Proxy(world.collector.url)
    world.console = Console("--url", world.proxy.url, "--token-file", world.collector.data / "token", "--page", "funnels")
    world.console.click(world.console.see("Checkout", "list item", part=False))
    world.console.see(CONTENT["Funnels"], patience=30)


def page(title):
    world.console.focus()
    world.console.key("alt+" + str((harness.PAGES.index(title) + 1) % 10))
    wait_for(lambda: world.console.title() == title, title)


def every_page_has_content():
    for title in CONTENT:
        page(title)
        if title == "Trends":
            world.console.press("Count all events")
            world.console.press("Close side pane")
        elif title == "Retention":
            world.console.press("Begin with any event")
        elif title == "Cohorts":
            world.console.click(world.console.see("buyers", "label", part=False))
            world.console.see("20 people", "label", part=False)
        world.console.see(CONTENT[title])


def see_one_bar():
    """What is wrong is said once, whatever of the page has no answer."""
    wait_for(lambda: sum(node.get_role_name() == "alert" and world.console.name_of(node) != "" and world.console.is_shown(node)
                         for node in world.console.walk()) == 1, "one bar that says what is wrong")


def stumbles(status):
    """Each page keeps what it had, says what is wrong, and asks again when it is told to."""
    for title, content in CONTENT.items():
        page(title)
        world.console.see(content)
        world.proxy.fault(ALL_BUT_STREAM, status)
        world.console.key("F5")
        world.console.see(f"the collector stumbled ({status})", part=True)
        see_one_bar()
        world.console.see(content)
        assert not world.console.nameless(), "\n".join(world.console.nameless())
        world.proxy.heal()
        world.console.press("Try again", "push button")
        world.console.miss(f"the collector stumbled ({status})")
        world.console.see(content)


def pages_survive_an_internal_error():
    stumbles(500)


def pages_survive_a_store_that_is_away():
    stumbles(503)


def pages_survive_a_refusal():
    stumbles(400)


def pages_outlive_their_collector():
    page("People")
    world.collector.kill()
    world.console.see("As of ", part=True)
    for title, content in CONTENT.items():
        page(title)
        world.console.see("The connection to the collector is lost")
        see_one_bar()
        world.console.see(content)
        assert not world.console.nameless(), "\n".join(world.console.nameless())
    page("Overview")
    world.console.see("The connection to the collector is lost")
    page("SQL")
    world.collector.restart()
    world.console.press("Try again", "push button")
    world.console.miss("The connection to the collector is lost", patience=60)
    world.collector.post({"event": "visit", "user_id": "newcomer"})
    page("People")
    world.console.key("F5")
    world.console.see("41 people", patience=60)
    page("Funnels")
    world.console.see("48.8 % get to the end", patience=60)


def pages_come_back_by_themselves():
    page("People")
    world.collector.kill()
    world.console.see("The connection to the collector is lost")
    world.collector.restart()
    world.collector.post({"event": "visit", "user_id": "latecomer"})
    world.console.miss("The connection to the collector is lost", patience=60)
    world.console.see("42 people", patience=60)


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
    world.display.stop()


def main():
    harness.under_a_session_bus()
    tests = [start, every_page_has_content, pages_survive_an_internal_error, pages_survive_a_store_that_is_away,
             pages_survive_a_refusal, pages_outlive_their_collector, pages_come_back_by_themselves, quits_without_complaint, stop]
    return run([(test.__name__.replace("_", " "), test) for test in tests], keep_picture)


if __name__ == "__main__":
    sys.exit(main())
