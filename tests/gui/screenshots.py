#!/usr/bin/python3
"""Takes pictures of every page, for a look at them: screenshots.py [FOLDER], by default build/screenshots."""

import pathlib
import subprocess
import sys
import time

import harness
from harness import BUILD, Collector, Console, Display

FLEET_SECONDS = 45


def main():
    harness.under_a_session_bus()
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    display = Display("1700x1100")
    collector = Collector()
    desktop = harness.spawn("/usr/bin/python3", pathlib.Path(__file__).with_name("notifications.py"), "/dev/null")
    token = ("--token-file", collector.data / "token")
    console = Console("--url", collector.url, *token, "--page", "overview")

    def take(name):
        time.sleep(0.8)
        subprocess.run(["import", "-window", console.window, str(folder / f"{name}.png")], check=True)
        print(folder / f"{name}.png", flush=True)

    def take_all(name):
        """Popovers and dialogs are windows of their own."""
        time.sleep(0.8)
        display.screenshot(folder / f"{name}.png")
        subprocess.run(["mogrify", "-crop", "1300x880+200+110", "+repage", str(folder / f"{name}.png")], check=True)
        print(folder / f"{name}.png", flush=True)

    def page(name):
        console.focus()
        console.key("alt+" + str((harness.PAGES.index(name) + 1) % 10))
        harness.wait_for(lambda: console.title() == name, name)

    def style(number):
        console.focus()
        console.key("ctrl+comma")
        console.see("Style")
        time.sleep(0.5)
        pathlib.Path(display.folder, "config/glib-2.0/settings").mkdir(parents=True, exist_ok=True)
        console.key("Escape")
        subprocess.run(["gsettings", "--schemadir", str(BUILD / "data"), "set", "io.github.weirproject.Weir", "style", number],
                       check=True)

    console.see("Waiting for the first event")
    take("overview-empty")
    page("Live")
    console.see("No events yet")
    take("live-empty")
    for name in ("Collector", "Alerts"):
        page(name)
        take(f"{name.lower()}-empty")
    console.key("ctrl+g")
    take_all("guide")
    console.press("Web page")
    take_all("guide-web-page")
    console.press("Device")
    take_all("guide-device")
    console.key("Escape")

    fleet = harness.spawn(BUILD / "collector" / "weir-fleet", "--url", collector.url, "--rate", 400, "--seconds", FLEET_SECONDS,
                          stdout=subprocess.DEVNULL)
    collector.request("/v1/alerts/Slow%20calls", {"rule": {"kind": "latency", "percentile": "p95", "op": ">", "threshold": 50,
                                                          "within": "5m", "for": "0s"}}, "PUT")
    collector.request("/v1/alerts/Kiosk%20silent", {"rule": {"kind": "silence", "source": "kiosk-berlin", "for": "5m"}}, "PUT")
    page("Overview")
    time.sleep(FLEET_SECONDS - 15)
    take("overview")
    console.key("ctrl+k")
    console.wait_for_entry()
    console.type("p")
    take_all("go-to")
    console.key("Escape")
    page("Collector")
    take("collector")
    page("Alerts")
    take("alerts")
    console.press("New alert…")
    take_all("alert-editor")
    console.key("Escape")
    page("Overview")
    console.press("Show as table")
    take("overview-table")
    console.press("Show as table")
    page("Live")
    take("live")
    fleet.wait()
    console.press("Pause")
    console.press("Pause")
    console.click(console.see("api_call", part=False))
    take_all("live-menu")
    console.press("Details")
    take("live-details")
    console.press("Close details")
    console.key("ctrl+j")
    time.sleep(0.3)
    console.key("ctrl+f")
    take_all("live-filter-editor")
    console.type("purchase")
    console.key("Return")
    take("live-filtered")
    console.key("ctrl+shift+f")
    console.key("ctrl+l")
    take_all("connect")
    console.key("Escape")
    console.key("ctrl+i")
    take_all("connection")
    console.key("Escape")

    long_name = "a_type_whose_name_is_far_longer_than_anyone_would_want_it_to_be_" * 3
    collector.post(*[{"event": long_name[:190], "user_id": "person-" + "x" * 90, "source": "source-" + "y" * 60,
                      "value": -123456789.125, "properties": {"dependency": "dependency-" + "z" * 70, "error": "e" * 300,
                                                              "duration_ms": 123456.7, "text": "lorem ipsum " * 40}}
                     for _ in range(30)])
    take("live-long")
    page("Overview")
    take("overview-long")
    for width, height in ((1600, 1000), (640, 480), (360, 640)):
        console.resize(width, height)
        take(f"overview-{width}x{height}")
        for name in ("Live", "Collector", "Alerts"):
            page(name)
            take(f"{name.lower()}-{width}x{height}")
        page("Overview")
    console.resize(1240, 820)
    style("dark")
    take("overview-dark")
    for name in ("Live", "Collector", "Alerts"):
        page(name)
        take(f"{name.lower()}-dark")
    collector.kill()
    console.see("reconnecting in")
    page("Overview")
    take("overview-lost-dark")
    console.quit()
    collector.stop()
    desktop.terminate()
    display.stop()


if __name__ == "__main__":
    sys.exit(main())
