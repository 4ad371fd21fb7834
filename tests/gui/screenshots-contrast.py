#!/usr/bin/python3
"""Takes pictures of every page as readers see it who asked for high contrast: screenshots-contrast.py [FOLDER]."""

import os
import pathlib
import subprocess
import sys
import time

import harness
from harness import BUILD, PAGES, Collector, Console, Display

FUNNEL = {"kind": "funnel", "window": "7d", "steps": [{"event": "page_view"}, {"event": "add_to_cart"}, {"event": "purchase"}]}


def main():
    harness.under_a_session_bus()
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    display = Display("1700x1100")
    collector = Collector()
    subprocess.run([str(part) for part in (BUILD / "collector" / "weir-fleet", "--url", collector.url, "--backfill", "10d",
                    "--rate", 20, "--seconds", 1)], check=True, stdout=subprocess.DEVNULL, timeout=300)
    collector.request("/v1/questions/Checkout", {"question": FUNNEL}, "PUT")
    os.environ["ADW_DEBUG_HIGH_CONTRAST"] = "1"
    console = Console("--url", collector.url, "--token-file", collector.data / "token", "--page", "overview")

    def page(name):
        console.focus()
        console.key("alt+" + str((PAGES.index(name) + 1) % 10))
        harness.wait_for(lambda: console.title() == name, name)

    def style(name):
        subprocess.run(["gsettings", "--schemadir", str(BUILD / "data"), "set", "io.github.weirproject.Weir", "style", name],
                       check=True)

    def take(name):
        time.sleep(1)
        subprocess.run(["import", "-window", console.window, str(folder / f"{name}.png")], check=True)
        print(folder / f"{name}.png", flush=True)

    page("Trends")
    console.press("Count all events")
    page("Retention")
    console.press("Begin with any event")
    page("Funnels")
    console.press("Checkout", "list item")
    for look in ("light", "dark"):
        style(look)
        for name in PAGES:
            page(name)
            take(f"{name.lower()}-contrast-{look}")
    console.quit()
    collector.stop()
    display.stop()


if __name__ == "__main__":
    sys.exit(main())
