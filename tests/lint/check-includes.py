#!/usr/bin/python3
"""The walls between the rooms: what each folder may include. Prints TAP. Usage: check-includes.py SOURCE_ROOT"""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
ENGINE = {"engine", "engine/model", "engine/identity", "engine/query", "engine/store", "engine/api"}

APP_ENGINE = {"engine", "engine/model", "engine/query", "engine/api"}
# Pages know what pages share, but not each other; all may show events as the live table does.
APP_PAGES = {f"app/{name}" for name in ("alerts", "cohorts", "collector", "compare", "funnels", "live", "pages", "people", "retention",
                                        "sql", "trends")}

# Which rooms' headers each room may include, beside its own. The longest matching path decides.
ROOMS = {
    "engine": {"engine/model"},
    "engine/model": {"engine"},
    "engine/identity": {"engine", "engine/model"},
    "engine/query": {"engine", "engine/model", "engine/identity"},
    # Of engine/api what posts, for ClickHouse.
    "engine/store": {"engine", "engine/model", "engine/identity", "engine/query", "engine/api"},
    "engine/api": {"engine", "engine/model", "engine/query"},
    "collector": ENGINE | {"collector/protocols", "collector/transfer"},
    "collector/protocols": ENGINE | {"collector"},
    "collector/fleet": {"engine", "engine/model"},
    "collector/transfer": ENGINE | {"collector"},
    "app": APP_ENGINE | APP_PAGES | {"app/charts", "app/widgets"},
    "app/charts": {"engine", "engine/model", "app", "app/widgets"},
    "app/widgets": {"engine", "engine/model", "engine/query", "engine/api", "app", "app/charts", "app/live"},
} | {room: APP_ENGINE | {"app", "app/pages", "app/charts", "app/widgets", "app/live"} for room in APP_PAGES}

# Which rooms may include a library; no others may.
LIBRARIES = {
    r"gtk/|adwaita|gdk/|gsk/": {"app"},
    r"libsoup/": {"engine/api", "collector", "collector/protocols"},
    r"sqlite3\.h": {"engine/store", "collector"},
    r"libgda": {"engine/store", "collector/transfer"},
    r"simdjson": {"engine/model"},
    r"hiredis/": {"collector"},
    r"json-glib/": {"engine", "collector", "app"},
}

CHARTS_KNOW_NOT = ("weir-session", "weir-api", "weir-live-stream", "weir-store")


def room_of(path):
    for parent in path.relative_to(ROOT).parents:
        if str(parent) in ROOMS:
            return str(parent)
    return None


def main():
    files = [path for top in ("engine", "collector", "app") for path in (ROOT / top).rglob("*")
             if path.suffix in (".c", ".h", ".cc")]
    homes = {path.name: room_of(path) for path in files if path.suffix == ".h"}
    faults = []
    for path in sorted(files):
        room = room_of(path)
        for line_number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not match:
                continue
            name = match[2]
            place = f"{path.relative_to(ROOT)}:{line_number}"
            home = homes.get(pathlib.Path(name).name)
            if match[1] == '"' and home and home != room and home not in ROOMS[room]:
                faults.append(f"{place}: {room} may not include {name} of {home}")
            if room == "app/charts" and name.startswith(CHARTS_KNOW_NOT):
                faults.append(f"{place}: charts know neither network nor store")
            for pattern, rooms in LIBRARIES.items():
                if re.match(pattern, name) and not any(room == r or room.startswith(r + "/") for r in rooms):
                    faults.append(f"{place}: {room} may not include {name}")
    print("1..2")
    print(f"{'ok' if len(files) > 50 else 'not ok'} 1 - read {len(files)} files")
    print(f"{'not ok' if faults else 'ok'} 2 - every include keeps to the walls")
    for fault in faults:
        print("#", fault)
    return 1 if faults else 0


sys.exit(main())
