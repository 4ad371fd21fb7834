#!/usr/bin/python3
"""Takes pictures of every page when its collector stumbles and when it is gone, of the newer pages in dark and narrow windows,
and with long names: screenshots-trouble.py [FOLDER], by default build/screenshots."""

import pathlib
import subprocess
import sys
import time
import urllib.parse

import harness
from harness import BUILD, Collector, Console, Display
from proxy import Proxy

FUNNEL = {"kind": "funnel", "window": "7d", "steps": [{"event": "page_view"}, {"event": "add_to_cart"}, {"event": "purchase"}]}
NEWER = ("Cohorts", "People", "Collector", "Alerts", "SQL")
SIZES = ((640, 480), (360, 640))
LONG = "a name that is very much longer than any window is wide, " * 4
EMOJI = "🛒🎉👩‍👩‍👧‍👦 " * 20
ARABIC = "اسم طويل جدا لا يتسع له أي مكان في النافذة " * 4


class Album:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.display = Display("1700x1100")
        self.collector = Collector()

    def seed(self):
        subprocess.run([str(part) for part in (BUILD / "collector" / "weir-fleet", "--url", self.collector.url, "--backfill", "8d",
                        "--rate", 20, "--seconds", 1)], check=True, stdout=subprocess.DEVNULL, timeout=300)
        self.collector.request("/v1/questions/Checkout", {"question": FUNNEL}, "PUT")
        self.collector.request("/v1/cohorts/buyers", {"where": {"all": [{"did": "purchase"}]}}, "PUT")
        self.collector.request("/v1/alerts/Failures", {"rule": {"kind": "error_rate", "op": ">", "threshold": 0.0001,
                                                                "within": "5m", "for": "0s"}}, "PUT")
        for name in (LONG, EMOJI, ARABIC):
            self.put_names(name.encode()[:190].decode(errors="ignore"))

    def put_names(self, name):
        escaped = urllib.parse.quote(name, safe="")
        self.collector.request("/v1/questions/" + escaped, {"question": FUNNEL}, "PUT")
        self.collector.request("/v1/questions/" + urllib.parse.quote("sql " + name[:60], safe=""), {"question": {
            "kind": "sql", "sql": "SELECT 1"}}, "PUT")
        self.collector.request("/v1/cohorts/" + escaped, {"where": {"all": [{"did": name}]}}, "PUT")
        self.collector.request("/v1/alerts/" + escaped, {"rule": {"kind": "silence", "source": name[:60], "for": "5m"}}, "PUT")
        self.collector.post({"event": name, "user_id": name, "source": name[:60], "properties": {"path": name}})

    def open(self, url):
        self.console = Console("--url", url, "--token-file", self.collector.data / "token", "--page", "funnels")

    def take(self, name, pause=1.0):
        time.sleep(pause)
        path = self.folder / f"{name}.png"
        subprocess.run(["import", "-window", self.console.window, str(path)], check=True)
        print(path, flush=True)

    def page(self, title):
        self.console.focus()
        self.console.key("alt+" + str((harness.PAGES.index(title) + 1) % 10))
        harness.wait_for(lambda: self.console.title() == title, title)

    def style(self, name):
        subprocess.run(["gsettings", "--schemadir", str(BUILD / "data"), "set", "io.github.weirproject.Weir", "style", name],
                       check=True)


def fill(album):
    console = album.console
    console.click(console.see("Checkout", "list item", part=False))
    console.see("get to the end", patience=30)
    album.page("Trends")
    console.press("Count all events")
    album.page("Retention")
    console.press("Begin with any event")
    album.page("Cohorts")
    console.click(console.see("buyers", "label", part=False))
    album.page("People")
    console.key("Tab", "Tab", "Tab", "Down", "Return")
    album.page("SQL")
    console.click(console.see("SQL statement", part=False))
    console.type("SELECT event, count (*) AS n FROM events GROUP BY event ORDER BY n DESC")
    console.key("Escape", "ctrl+Return")


def troubles(album, proxy):
    proxy.fault(r"^/v1/(?!stream)", 503)
    for title in harness.PAGES:
        album.page(title)
        album.console.key("F5")
        album.take(f"{title.lower()}-error")
    proxy.heal()
    album.console.key("F5")
    album.collector.kill()
    album.console.see("The connection to the collector is lost", patience=60)
    for title in harness.PAGES:
        album.page(title)
        album.take(f"{title.lower()}-lost")
    album.page("Overview")
    for width, height in SIZES:
        album.console.resize(width, height)
        album.take(f"overview-lost-{width}x{height}")
    album.console.resize(1240, 820)
    album.collector.restart()
    album.console.see("Connection: Connected", patience=60)


def newer_pages(album):
    for style in ("light", "dark"):
        album.style(style)
        for title in NEWER:
            album.page(title)
            album.take(f"{title.lower()}-long-{style}")
    album.style("light")
    for width, height in SIZES:
        album.console.resize(width, height)
        for title in NEWER:
            album.page(title)
            album.take(f"{title.lower()}-long-{width}x{height}")
    album.page("Overview")
    album.take("overview-360x640")
    album.console.resize(1240, 820)


def compare(album):
    file = pathlib.Path(album.display.folder) / ("before " + LONG[:60].replace(",", "") + ".db")
    subprocess.run(["sqlite3", "-readonly", album.collector.data / "events.db", f".backup '{file}'"], check=True)
    subprocess.run([BUILD / "app" / "weir", "--compare", file], check=True, timeout=30)
    album.console.see("Last 7 days of each", "label", patience=60)
    time.sleep(4)
    window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Compare$"], capture_output=True, text=True,
                            check=True).stdout.split()[0]
    for style in ("light", "dark"):
        album.style(style)
        for width, height in ((860, 640), (360, 640)):
            subprocess.run(["xdotool", "windowsize", "--sync", window, str(width), str(height)], check=False)
            time.sleep(1)
            path = album.folder / f"compare-{style}-{width}x{height}.png"
            subprocess.run(["import", "-window", window, str(path)], check=True)
            print(path, flush=True)
    album.console.key("Escape")


def main():
    harness.under_a_session_bus()
    album = Album(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "screenshots")
    desktop = harness.spawn("/usr/bin/python3", pathlib.Path(__file__).with_name("notifications.py"), "/dev/null")
    album.seed()
    proxy = Proxy(album.collector.url)
    album.open(proxy.url)
    try:
        fill(album)
        troubles(album, proxy)
        newer_pages(album)
        compare(album)
    except Exception:
        print(album.console.process.poll(), album.console.read_errors())
        raise
    album.console.quit()
    proxy.stop()
    album.collector.stop()
    desktop.terminate()
    album.display.stop()


if __name__ == "__main__":
    sys.exit(main())
