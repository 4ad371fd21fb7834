#!/usr/bin/python3
"""Takes pictures of trends, funnels and retention, for a look at them: screenshots-insight.py [FOLDER]."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.parse

import harness
from harness import BUILD, Collector, Console, Display

FUNNEL = {"kind": "funnel", "window": "7d",
          "steps": [{"event": "page_view", "name": "Seen"}, {"event": "add_to_cart"}, {"event": "purchase"}]}


class Album:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.display = Display("1700x1100")
        self.collector = Collector()
        self.console = None

    def open(self, page):
        self.console = Console("--url", self.collector.url, "--token-file", self.collector.data / "token", "--page", page)

    def take(self, name, pause=1.0):
        time.sleep(pause)
        path = self.folder / f"{name}.png"
        subprocess.run(["import", "-window", self.console.window, str(path)], check=True)
        print(path, flush=True)

    def page(self, title, number):
        self.console.focus()
        self.console.key(f"alt+{number}")
        harness.wait_for(lambda: self.console.title() == title, title)

    def style(self, name):
        subprocess.run(["gsettings", "--schemadir", str(BUILD / "data"), "set", "io.github.weirproject.Weir", "style", name],
                       check=True)

    def put(self, name, question):
        path = "/v1/questions/" + urllib.parse.quote(name, safe="")
        request = harness.urllib.request.Request(self.collector.url + path, method="PUT",
                                                 data=json.dumps({"question": question}).encode(),
                                                 headers={"Authorization": "Bearer " + self.collector.token})
        harness.urllib.request.urlopen(request, timeout=20).read()

    def close(self):
        self.console.quit()
        self.collector.stop()
        self.display.stop()


def sizes(album, name):
    for width, height in ((1600, 1000), (640, 480), (360, 640)):
        album.console.resize(width, height)
        album.take(f"{name}-{width}x{height}")
    album.console.resize(1240, 820)


def funnels(album):
    console = album.console
    album.page("Funnels", 4)
    album.take("funnels-empty")
    album.put("Checkout", FUNNEL)
    album.put("Checkout by plan, which has a name far longer than the list is wide", {**FUNNEL, "breakdown": "plan"})
    console.key("alt+3")
    console.key("alt+4")
    console.press("Checkout", "list item")
    console.see("get to the end", patience=30)
    album.take("funnels", 2)
    sizes(album, "funnels")
    console.press("Edit funnel")
    album.take("funnels-edit")
    sizes(album, "funnels-edit")
    console.press("Compare rules")
    album.take("funnels-rules", 3)
    console.press("2  add_to_cart, Dropped", part=True)
    album.take("funnels-people", 2)
    console.press("Checkout by plan", "list item", part=True)
    album.take("funnels-breakdown", 3)
    album.style("dark")
    album.take("funnels-dark")
    album.style("light")


def retention(album):
    console = album.console
    album.page("Retention", 5)
    album.take("retention-empty")
    console.press("Begin with any event")
    console.see("Who came back, by cohort", patience=30)
    album.take("retention", 2)
    sizes(album, "retention")
    album.style("dark")
    album.take("retention-dark")
    album.style("light")


def trends(album):
    console = album.console
    album.page("Trends", 3)
    album.take("trends-empty")
    album.put("By type", {"kind": "trend", "series": [{"event": name} for name in ("page_view", "api_call", "purchase")]})
    console.press("Count all events")
    console.see("Totals of the series", patience=30)
    album.take("trends", 2)
    console.press("Compare with the time before")
    album.take("trends-compare", 2)
    album.page("People", 7)
    album.page("Trends", 3)
    console.click(next(node for node in console.walk() if node.get_name() == "Saved trends" and "button" in node.get_role_name()))
    time.sleep(1)
    album.display.screenshot(album.folder / "trends-saved.png")
    console.key("Return")
    time.sleep(1)
    album.take("trends-series", 2)
    sizes(album, "trends")
    console.press("Close side pane")
    album.style("dark")
    album.take("trends-dark", 2)
    album.style("light")


def main():
    harness.under_a_session_bus()
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "screenshots"
    album = Album(folder)
    subprocess.run([str(part) for part in (BUILD / "collector" / "weir-fleet", "--url", album.collector.url, "--backfill", "30d",
                    "--rate", 20, "--seconds", 1)], check=True, stdout=subprocess.DEVNULL, timeout=300)
    album.open("overview")
    try:
        trends(album)
        retention(album)
        funnels(album)
    except Exception:
        print(album.console.process.poll(), album.console.read_errors())
        raise
    album.close()


if __name__ == "__main__":
    sys.exit(main())
