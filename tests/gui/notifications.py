#!/usr/bin/python3
"""Shows no notifications, but takes them as a desktop would and writes each as a line of JSON: notifications.py FILE"""

import json
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

INTERFACE = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


def main():
    out = open(sys.argv[1], "a", buffering=1, encoding="utf-8")
    last = [0]

    def call(connection, sender, path, interface, method, parameters, invocation):
        if method == "Notify":
            last[0] += 1
            out.write(json.dumps({"id": last[0], "title": parameters[3], "body": parameters[4], "actions": parameters[5]}) + "\n")
            invocation.return_value(GLib.Variant("(u)", (last[0],)))
        elif method == "CloseNotification":
            out.write(json.dumps({"closed": parameters[0]}) + "\n")
            invocation.return_value(None)
        else:
            invocation.return_value(GLib.Variant("(as)", (["actions", "body"],)))

    def acquired(connection, name):
        connection.register_object("/org/freedesktop/Notifications", node.interfaces[0], call, None, None)

    node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
    Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, acquired, None, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
