/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A moment as it is typed: “2026-01-31 12:00”, in the time zone of this computer. */
gboolean  weir_moment_read   (GtkEditable  *entry,
                              gint64       *micros);
void      weir_moment_write  (GtkEditable  *entry,
                              gint64        micros);

G_END_DECLS
