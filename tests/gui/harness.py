"""What the tests of the whole console share: a display, a real collector, the console, and a way to see and press what it
shows, through the same accessibility bus a screen reader uses. Needs /usr/bin/python3 with gi, Xvfb, openbox and xdotool."""

import atexit
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

BUILD = pathlib.Path(os.environ.get("WEIR_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
# Names GTK makes up for widgets that have none.
MADE_UP = ("Gtk", "Adw", "Weir")
# What GTK 4.8 and libadwaita make focusable without a way to name it.
ALLOWED_ROLES = ("scroll pane", "viewport", "filler")
PAGES = ("Overview", "Live", "Trends", "Funnels", "Retention", "Cohorts", "People", "Collector", "Alerts", "SQL")
PATIENCE = float(os.environ.get("WEIR_PATIENCE", "20"))


def under_a_session_bus():
    """Runs the calling script again under a session bus of its own; returns in that one. What the bus starts prints to where
    the bus prints, so that standard output is kept for us alone."""
    output = os.environ.get("WEIR_GUI_OUTPUT")
    if output is not None:
        sys.stdout = os.fdopen(int(output), "w")
        return
    output = os.dup(1)
    os.set_inheritable(output, True)
    os.environ["WEIR_GUI_OUTPUT"] = str(output)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execvp("dbus-run-session", ["dbus-run-session", "--", sys.executable, *sys.argv])


processes = []


def spawn(*arguments, **options):
    """Starts a process that does not outlive this one."""
    process = subprocess.Popen([str(argument) for argument in arguments], **options)
    processes.append(process)
    return process


@atexit.register
def stop_processes():
    for process in reversed(processes):
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for(condition, what, patience=PATIENCE):
    """Waits until condition() is true, and returns what it returned."""
    end = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s for {what}")
        time.sleep(0.05)


class Display:
    """A virtual display with a window manager."""

    def __init__(self, size="1280x860"):
        self.folder = tempfile.mkdtemp(prefix="weir-gui-")
        reader, writer = os.pipe()
        self.server = spawn("Xvfb", "-displayfd", writer, "-screen", "0", size + "x24", "-nolisten", "tcp",
                            pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            self.name = ":" + pipe.readline().strip()
        os.environ.update({
            "DISPLAY": self.name, "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "GDK_DEBUG": "gl-disable",
            "XDG_RUNTIME_DIR": self.folder, "XDG_DATA_HOME": self.folder + "/data", "XDG_CONFIG_HOME": self.folder + "/config",
            "GSETTINGS_BACKEND": "keyfile", "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), "NO_AT_BRIDGE": "0",
            "LC_ALL": os.environ.get("WEIR_LOCALE", "C.UTF-8"), "TZ": "UTC",
        })
        os.environ.pop("GTK_A11Y", None)
        os.environ.pop("WEIR_READ_TOKEN", None)
        self.manager = spawn("openbox", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3)

    def screenshot(self, path):
        subprocess.run(["import", "-window", "root", str(path)], check=True)

    def stop(self):
        for process in (self.manager, self.server):
            process.terminate()
            process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Collector:
    """A real collector on a data directory of its own."""

    def __init__(self, *arguments, data=None, listen="127.0.0.1:0"):
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="weir-data-"))
        self.arguments = arguments
        self.start(listen)

    def start(self, listen):
        self.process = spawn(BUILD / "collector" / "weir-collector", "--listen", listen, "--data-dir", self.data,
                             *self.arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.url = line.split()[-1]

    @property
    def token(self):
        return (self.data / "token").read_text().strip()

    def request(self, path, body=None, method=None, key=None):
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode() if body is not None else None,
                                         method=method,
                                         headers={"Authorization": "Bearer " + (key or self.token),
                                                  "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def send(self, *events):
        """Posts events as a device of this machine does: without a key. Returns the answer."""
        request = urllib.request.Request(self.url + "/v1/events", data=json.dumps(list(events)).encode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def post(self, *events):
        answer = self.send(*events)
        assert answer["accepted"] == len(events), answer

    def stats(self):
        """The next `stats` message."""
        request = urllib.request.Request(self.url + "/v1/stream?topics=stats", headers={"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=20) as stream:
            for line in stream:
                if line.startswith(b"data:"):
                    return json.loads(line[5:])
        raise AssertionError("the stream ended")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def restart(self):
        self.start(self.url.removeprefix("http://"))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        shutil.rmtree(self.data, ignore_errors=True)


class Console:
    """The console, seen through the accessibility bus."""

    def __init__(self, *arguments, before=()):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
        self.context = GLib.MainContext.default()
        self.atspi = Atspi
        Atspi.init()
        self.errors = tempfile.TemporaryFile("w+")
        self.process = spawn(*before, BUILD / "app" / "weir", *arguments, stdout=subprocess.DEVNULL, stderr=self.errors)
        self.root = wait_for(self.find_application, "the console on the accessibility bus")
        self.window = wait_for(self.find_window, "its window")

    def find_application(self):
        # Which applications there are is known from events, which nobody takes but here.
        context = self.context
        for _ in range(1000):
            if not context.iteration(False):
                break
        desktop = self.atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application is not None and application.get_process_id() == self.process.pid:
                # Cached names go stale: a button whose label changes says so for the label only.
                application.set_cache_mask(self.atspi.Cache.NONE)
                return application
        assert self.process.poll() is None, self.read_errors()
        return None

    def find_window(self):
        answer = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], capture_output=True,
                                text=True)
        return answer.stdout.split()[0] if answer.stdout.split() else None

    def read_errors(self):
        self.errors.seek(0)
        return self.errors.read()

    def is_shown(self, node):
        """GTK 4.8 does not tell the bus which page of a stack is the visible one; those never shown have no size."""
        component = node.get_component_iface()
        if component is None:
            return False
        extents = component.get_extents(self.atspi.CoordType.WINDOW)
        return extents.width > 0 and extents.height > 0

    def is_in_sight(self, row):
        """A list view keeps many rows above and below those that can be seen; looking into all of them takes seconds."""
        extents = row.get_component_iface().get_extents(self.atspi.CoordType.WINDOW)
        return extents.height > 0 and 0 <= extents.y <= self.height

    def walk(self, node=None):
        """All nodes, from the top, without the page that is not the current one."""
        stack = [node or self.root]
        title = self.title()
        frame = self.root.get_child_at_index(0)
        self.height = (frame.get_component_iface().get_extents(self.atspi.CoordType.WINDOW).height
                       if frame is not None else 10000)
        while stack:
            node = stack.pop()
            try:
                if not node.get_state_set().contains(self.atspi.StateType.VISIBLE) and node is not self.root:
                    continue
                role = node.get_role_name()
                if role == "panel" and node.get_name() in PAGES and node.get_name() != title:
                    continue
                if role == "table row" and not self.is_in_sight(node):
                    continue
                yield node
                for index in reversed(range(node.get_child_count())):
                    child = node.get_child_at_index(index)
                    if child is not None:
                        stack.append(child)
            except Exception:  # a node that vanished while it was looked at
                continue

    def title(self):
        for index in range(self.root.get_child_count()):
            frame = self.root.get_child_at_index(index)
            if frame is not None and frame.get_name() in PAGES:
                return frame.get_name()
        return None

    def find(self, name, role=None, part=False):
        for node in self.walk():
            try:
                have = node.get_name()
                if ((have == name or part and name in have) and (role is None or node.get_role_name() == role)
                        and self.is_shown(node)):
                    return node
            except Exception:
                continue
        return None

    def texts(self):
        """The names of all that is shown."""
        return [name for name in (self.name_of(node) for node in self.walk()) if name]

    @staticmethod
    def name_of(node):
        try:
            return node.get_name()
        except Exception:
            return ""

    def see(self, text, role=None, patience=PATIENCE, part=True):
        return wait_for(lambda: self.find(text, role, part), f"“{text}”", patience)

    def miss(self, text, patience=PATIENCE):
        wait_for(lambda: self.find(text, part=True) is None, f"no “{text}”", patience)

    def press(self, name, role=None, part=False):
        node = self.see(name, role, part=part)
        # A menu button is a button within a widget of the same name.
        node = next((inner for inner in self.walk(node)
                     if inner.get_role() == node.get_role() and self.name_of(inner) == self.name_of(node) and self.acts(inner)),
                    node)
        action = node.get_action_iface()
        if self.acts(node):
            assert action.do_action(0), f"cannot press {name}"
            time.sleep(0.4)  # a button that is activated shows itself pressed for a quarter of a second before it acts
        else:
            self.click(node)
        return node

    @staticmethod
    def acts(node):
        action = node.get_action_iface()
        return action is not None and action.get_n_actions() > 0

    def middle(self, node):
        """Where a node is on the screen."""
        extents = node.get_component_iface().get_extents(self.atspi.CoordType.WINDOW)
        answer = subprocess.run(["xdotool", "getwindowgeometry", "--shell", self.window], capture_output=True, text=True,
                                check=True)
        place = dict(line.split("=") for line in answer.stdout.split())
        return (int(place["X"]) + extents.x + extents.width // 2, int(place["Y"]) + extents.y + extents.height // 2)

    def click(self, node, button=1):
        x, y = self.middle(node)
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "sleep", "0.1", "click", str(button)], check=True)

    def key(self, *keys):
        subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True)

    def focus(self):
        subprocess.run(["xdotool", "windowfocus", "--sync", self.window], check=False)

    def type(self, text):
        subprocess.run(["xdotool", "type", "--delay", "12", text], check=True)

    def nameless(self):
        """Focusable widgets that a reader who hears the console could not tell from each other."""
        found = []
        focusable = self.atspi.StateType.FOCUSABLE
        for node in self.walk():
            try:
                if (node.get_state_set().contains(focusable) and node.get_role_name() not in ALLOWED_ROLES
                        and self.is_shown(node) and (not node.get_name() or node.get_name().startswith(MADE_UP))):
                    found.append(f"{node.get_role_name()} “{node.get_name()}” in “{node.get_parent().get_name()}”")
            except Exception:
                continue
        return found

    def wait_for_entry(self):
        """Until what is typed goes into an entry."""
        def entry():
            return next((node for node in self.walk() if node.get_role_name() in ("text", "entry")
                         and node.get_state_set().contains(self.atspi.StateType.FOCUSED)), None)
        return wait_for(entry, "an entry with the focus")

    def resize(self, width, height):
        subprocess.run(["xdotool", "windowsize", "--sync", self.window, str(width), str(height)], check=False)

    def quit(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        errors = self.read_errors()
        complaints = [line for line in errors.splitlines() if "CRITICAL" in line or "WARNING" in line and "portal" not in line]
        assert status == 0, f"exit status {status}\n{errors}"
        assert not complaints, "\n".join(complaints)


def run(tests, on_failure=None):
    """Runs the tests, in order, and prints TAP. Calls on_failure with the name of a test that failed."""
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            skipped = test()
            print(f"ok {number} {name}" + (f" # SKIP {skipped}" if skipped else ""), flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} {name}")
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
            if on_failure is not None:
                on_failure(name)
    return 1 if failed else 0
