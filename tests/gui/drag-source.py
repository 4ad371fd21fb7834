#!/usr/bin/python3
"""A window from which a file can be dragged, as from a file manager: drag-source.py FILE"""

import sys

import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk

Gtk.init()
window = Gtk.Window(title="Drag source", default_width=200, default_height=100)
label = Gtk.Label(label="a file", hexpand=True, vexpand=True)
source = Gtk.DragSource()
uri = Gio.File.new_for_path(sys.argv[1]).get_uri()
source.set_content(Gdk.ContentProvider.new_for_bytes("text/uri-list", GLib.Bytes.new((uri + "\r\n").encode())))
label.add_controller(source)
window.set_child(label)
window.present()
GLib.MainLoop().run()
