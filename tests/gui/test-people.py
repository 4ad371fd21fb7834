#!/usr/bin/python3
"""The pages Cohorts, People and SQL against a real collector: what the screen says is what the API answers. Prints TAP."""

import json
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.error

import harness
from harness import Collector, Console, Display, run, wait_for


class World:
    """One display, one collector, one console for all tests, in order."""


world = World()


def event(name, user, minute, **members):
    return {"event": name, "user_id": user, "timestamp": f"2026-01-05T10:{minute:02}:00Z", **members}


def ask(**question):
    return world.collector.request("/v1/query", question)


def person(distinct_id):
    return world.collector.request("/v1/persons?distinct_id=" + distinct_id)


def start():
    world.display = Display()
    world.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-people-"))
    world.collector = Collector()
    world.collector.post(
        *[event("visit", f"u-{n}", n) for n in range(20)],
        *[event("purchase", f"u-{n}", 30 + n) for n in range(6)], *[event("purchase", f"u-{n}", 40 + n) for n in range(3)],
        {"event": "visit", "anonymous_id": "a-77", "device_id": "tablet-3", "timestamp": "2026-01-05T09:00:00Z"},
        {"event": "$identify", "user_id": "ann", "anonymous_id": "a-77", "timestamp": "2026-01-05T10:02:00Z",
         "properties": {"$set": {"city": "Oslo"}}},
        {"event": "visit", "user_id": "bob", "device_id": "tablet-3", "timestamp": "2026-01-05T10:03:00Z"},
        event("request", "ann", 4, properties={"error": "boom"}))
    wait_for(lambda: ask(kind="events", limit=100)["as_of"] == 33, "all events to be stored")
    world.console = Console("--url", world.collector.url, "--token-file", world.collector.data / "token", "--page", "people")
    world.console.see("22 people", "label")


def goto(name, key):
    world.console.focus()
    world.console.key(key)
    wait_for(lambda: world.console.title() == name, name)


def replace(name, text):
    world.console.focus()
    world.console.click(world.console.see(name, part=False))
    time.sleep(0.5)
    world.console.key("ctrl+a")
    world.console.type(text)


def undo():
    """Presses the button of the toast, which lies over everything else."""
    def toasts():
        return [node for node in world.console.walk() if world.console.name_of(node) == "Undo" and world.console.is_shown(node)]
    nodes = wait_for(toasts, "“Undo”")
    world.console.click(max(nodes, key=lambda node: world.console.middle(node)[1]))


def person_is_searched():
    assert ask(kind="persons")["total"] == 22
    replace("Find people", "u-1")
    total = ask(kind="persons", search="u-1")["total"]
    assert total == 11, total
    world.console.see(f"{total} people", "label")
    replace("Find people", "ann")
    world.console.see("1 person", "label")
    world.console.click(world.console.see("a-77", "label", part=False))
    about = person("ann")
    assert about["n_distinct_ids"] == 2, about
    world.console.see("Identified · 2 ids", "label")
    answer = world.collector.request(f"/v1/persons/{about['id']}/events")
    world.console.see(f"{len(answer['events'])} events", "label")
    world.console.see("10:04:00, request, error")
    world.console.see("without events")
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def event_is_shown_in_full():
    world.console.click(world.console.see("request", "label", part=False))
    world.console.see("error: boom")
    world.console.press("Close details")


def identity_is_a_story():
    world.console.press("Identity")
    edge = world.collector.request(f"/v1/persons/{person('ann')['id']}/edges")["edges"][0]
    assert edge["verdict"] == "linked", edge
    world.console.see("a-77 became ann by identify", "label", part=False)
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def person_is_merged_and_undone():
    world.console.press("Merge with another person…")
    world.console.see("Find the other person")
    time.sleep(0.8)
    world.console.type("bob")
    time.sleep(1)
    world.console.key("Tab", "Tab", "Return")
    wait_for(lambda: person("bob")["id"] == person("ann")["id"], "the merge")
    world.console.see("were merged by hand", "label")
    world.console.press("were merged by hand", "push button", part=True)
    wait_for(lambda: person("bob")["id"] != person("ann")["id"], "the merge to be undone")
    world.console.see("Taken back")


def merge_is_redone_from_elsewhere():
    """What is changed by another program shows at once."""
    identity = world.collector.request(f"/v1/persons/{person('ann')['id']}/edges")["edges"]
    voided = next(edge for edge in identity if edge["voided"])
    world.collector.request(f"/v1/edges/{voided['seq']}/restore", {})
    world.console.miss("Taken back: it does not count")


def suggested_pair_is_merged_as_chosen():
    world.collector.post(*[{"event": "visit", "user_id": name, "device_id": "phone-9", "timestamp": f"2026-01-05T08:0{n}:00Z"}
                           for n, name in enumerate(("cara", "dora"))])
    cara, dora = (wait_for(lambda name=name: try_get("/v1/persons?distinct_id=" + name), name) for name in ("cara", "dora"))
    world.console.press("Suggested matches")
    choice = world.console.see("cara stays", part=False)
    assert choice.get_state_set().contains(world.console.atspi.StateType.CHECKED), "the older one stays unless told"
    world.console.click(world.console.see("dora stays", part=False))
    wait_for(lambda: not choice.get_state_set().contains(world.console.atspi.StateType.CHECKED), "another choice")
    button = next(node for node in world.console.walk() if world.console.name_of(node) in ("Merge cara and dora", "Merge dora and cara"))
    button.get_action_iface().do_action(0)
    wait_for(lambda: person("cara")["id"] == dora["id"], "cara to be dora")
    assert cara["id"] != dora["id"]
    world.console.press("Suggested matches")


def person_is_deleted_with_a_receipt():
    replace("Find people", "u-19")
    world.console.see("1 person", "label")
    world.console.click(world.console.see("u-19", "label", part=False))
    world.console.see("Anonymous" if not person("u-19")["identified"] else "Identified")
    before = person("u-19")
    world.console.press("Delete this person")
    world.console.see("u-19 will be deleted")
    undo()
    time.sleep(1)
    assert person("u-19") == before
    world.console.press("Delete this person")
    world.console.see("u-19 will be deleted")
    assert person("u-19") == before, "it was deleted before the time was over"
    world.console.see("u-19 was deleted", patience=30)
    world.console.see("Verified")
    try:
        person("u-19")
        raise AssertionError("the person is still there")
    except urllib.error.HTTPError as error:
        assert error.code == 404, error
    world.console.key("Escape")


def cohort_is_built_by_keyboard():
    goto("Cohorts", "alt+6")
    world.console.see("Nobody yet")
    world.console.press("New", "push button")
    time.sleep(0.6)
    world.console.type("purchase")
    world.console.key("Return")
    where = {"all": [{"did": "purchase"}]}
    size = ask(kind="cohort", where=where)["size"]
    assert size == 6, size
    world.console.see(f"{size} people", "label", part=False)
    node = world.console.see("How many times", part=False)
    world.console.click(node)
    world.console.key("ctrl+a")
    world.console.type("2")
    world.console.key("Tab")
    where = {"all": [{"did": "purchase", "at_least": 2}]}
    size = ask(kind="cohort", where=where)["size"]
    assert size == 3, size
    world.console.see(f"{size} people", "label", part=False)
    assert not world.console.nameless(), "\n".join(world.console.nameless())
    replace("Name of the cohort", "buyers")
    world.console.key("Return")
    world.console.see("“buyers” was saved")
    saved = world.collector.request("/v1/cohorts/buyers")
    assert saved["where"] == where, saved


def cohort_becomes_the_scope():
    world.console.press("Use as filter", "push button")
    world.console.see("buyers", "label")
    goto("Cohorts", "alt+6")


def list_is_imported():
    world.console.press("Import…", "push button")
    world.console.see("Ids, one a line")
    time.sleep(0.8)
    world.console.type("vips")
    world.console.key("Tab", "Tab")
    for line in ("u-1", "u-2", "u-2", "stranger"):
        world.console.type(line)
        world.console.key("Return")
    world.console.see("3 ids, 1 more was there twice")
    world.console.press("Import", "push button")
    saved = wait_for(lambda: try_get("/v1/cohorts/vips"), "the list")
    assert saved["static"] and saved["n_distinct_ids"] == 3, saved
    assert ask(kind="cohort", where={"cohort": "vips"})["size"] == 2
    world.console.see("3 ids were saved: 2 people are known")
    world.console.press("Show the list", "push button")
    world.console.see("A list of 3 ids")


def try_get(path):
    try:
        return world.collector.request(path)
    except urllib.error.HTTPError:
        return None


def cohort_is_deleted_with_undo():
    world.console.press("Delete", "push button")
    world.console.see("vips will be deleted")
    undo()
    world.console.see("A list of 3 ids")
    assert try_get("/v1/cohorts/vips") is not None


def statement(text):
    world.console.focus()
    world.console.click(world.console.see("SQL statement", part=False))
    world.console.key("ctrl+a")
    world.console.type(text)
    world.console.key("Escape")


def sql_is_typed_and_run():
    goto("SQL", "alt+0")
    sql = "SELECT event, count (*) AS n FROM events GROUP BY event ORDER BY n DESC, event"
    statement(sql)
    world.console.key("ctrl+Return")
    rows = world.collector.request("/v1/sql", {"sql": sql})["rows"]
    world.console.see(f"{len(rows)} rows", "label")
    for name, count in rows:
        world.console.see(f"{name} {count}", part=False)
    assert not world.console.nameless(), "\n".join(world.console.nameless())


def sql_completes_names():
    statement("SELECT count (*) AS n FROM identi")
    world.console.key("BackSpace")
    world.console.type("itie")
    time.sleep(0.8)
    world.console.key("Down", "Return")
    time.sleep(0.3)
    world.console.key("ctrl+Return")
    n = world.collector.request("/v1/sql", {"sql": "SELECT count (*) FROM identities"})["rows"][0][0]
    world.console.see(str(n), part=False)


def sql_says_what_is_wrong():
    statement("SELECT nosuch FROM events")
    world.console.key("ctrl+Return")
    world.console.see("no such column: nosuch")


def sql_is_stopped():
    statement("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count (*) FROM n")
    world.console.key("ctrl+Return")
    world.console.see("Running; at most 10 s")
    world.console.key("Escape")
    world.console.see("Stopped")


def sql_is_exported():
    sql = "SELECT distinct_id FROM identities ORDER BY distinct_id"
    statement(sql)
    world.console.key("ctrl+Return")
    rows = world.collector.request("/v1/sql", {"sql": sql})["rows"]
    world.console.see(f"{len(rows)} rows", "label")
    world.console.press("Save the rows as CSV", "push button")
    time.sleep(1.5)
    path = world.folder / "ids.csv"
    world.console.key("ctrl+a")
    world.console.type(str(path))
    world.console.key("Return")
    wait_for(path.exists, "the file")
    wait_for(lambda: path.read_bytes() == "".join(f"{line}\r\n" for line in ["distinct_id", *(row[0] for row in rows)]).encode(),
             "all rows in the file")


def sql_takes_part_in_going_back():
    before = "SELECT distinct_id FROM identities ORDER BY distinct_id"
    n = len(world.collector.request("/v1/sql", {"sql": before})["rows"])
    world.console.focus()
    world.console.key("ctrl+n")
    statement("SELECT 123456 AS number")
    world.console.key("ctrl+Return")
    world.console.see("1 row", "label")
    goto("Cohorts", "alt+6")
    world.console.key("alt+Left")
    wait_for(lambda: world.console.title() == "SQL", "SQL")
    world.console.see("123456")
    world.console.key("alt+Left", "alt+Left")
    world.console.see(f"{n} rows", "label")
    world.console.key("alt+Right", "alt+Right")
    world.console.see("1 row", "label")
    statement(before)
    world.console.key("ctrl+Return")
    world.console.see(f"{n} rows", "label")


def sql_is_saved():
    replace("Name of the statement", "all ids")
    world.console.key("ctrl+s")
    saved = wait_for(lambda: try_get("/v1/questions/all%20ids"), "the saved statement")
    assert saved["kind"] == "sql", saved
    world.console.press("Saved")
    world.console.see("all ids", part=False)
    world.console.focus()
    world.console.key("ctrl+shift+Delete")
    world.console.see("“all ids” was deleted")
    wait_for(lambda: try_get("/v1/questions/all%20ids") is None, "it to be deleted")
    undo()
    wait_for(lambda: try_get("/v1/questions/all%20ids"), "the saved statement to be back")


def file_can_be_read_and_not_changed():
    world.console.quit()
    copy = world.folder / "copy.db"
    events = world.collector.data / "events.db"
    world.collector.process.terminate()
    world.collector.process.wait(30)
    shutil.copy(events, copy)
    world.console = Console(copy, "--page", "people")
    world.console.see("people", "label", patience=30)
    replace("Find people", "ann")
    world.console.see("1 person", "label")
    world.console.click(world.console.see("1 person", "label"))
    world.console.key("Tab", "Tab", "Down", "Return")
    world.console.click(wait_for(lambda: next((node for node in world.console.walk() if node.get_role_name() == "label"
                                               and node.get_name() in ("a-77", "ann")), None), "ann"))
    delete = world.console.see("Delete this person", "push button", part=False)
    assert not delete.get_state_set().contains(world.console.atspi.StateType.SENSITIVE)
    goto("Cohorts", "alt+6")
    world.console.see("buyers", part=False)
    button = world.console.see("Import…", "push button", part=False)
    assert not button.get_state_set().contains(world.console.atspi.StateType.SENSITIVE)
    goto("SQL", "alt+0")
    statement("SELECT count (*) AS n FROM events")
    world.console.key("ctrl+Return")
    world.console.see("1 row", "label")


def console_ends():
    world.console.quit()
    world.display.stop()
    shutil.rmtree(world.folder, ignore_errors=True)
    shutil.rmtree(world.collector.data, ignore_errors=True)


def keep_picture(name):
    folder = harness.BUILD / "meson-logs"
    folder.mkdir(exist_ok=True)
    world.display.screenshot(folder / f"people-{name.replace(' ', '-')}.png")
    print("# shown: " + json.dumps(world.console.texts())[:3000])


if __name__ == "__main__":
    harness.under_a_session_bus()
    tests = [start, person_is_searched, event_is_shown_in_full, identity_is_a_story, person_is_merged_and_undone,
             merge_is_redone_from_elsewhere, suggested_pair_is_merged_as_chosen, person_is_deleted_with_a_receipt, cohort_is_built_by_keyboard,
             cohort_becomes_the_scope, list_is_imported, cohort_is_deleted_with_undo, sql_is_typed_and_run,
             sql_completes_names, sql_says_what_is_wrong, sql_is_stopped, sql_is_exported, sql_takes_part_in_going_back, sql_is_saved,
             file_can_be_read_and_not_changed, console_ends]
    sys.exit(run([(test.__name__.replace("_", " "), test) for test in tests], keep_picture))
