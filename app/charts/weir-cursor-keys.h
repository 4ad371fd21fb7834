/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What @move gets: columns, rows (%G_MININT32 and %G_MAXINT32 columns for the ends), and whether
 * Shift is held. */
#define WEIR_CURSOR_MOVE "(iib)"

void weir_cursor_keys_add (GtkWidgetClass  *widget_class,
                           GtkShortcutFunc  move,
                           GtkShortcutFunc  enter,
                           GtkShortcutFunc  escape);

G_END_DECLS
