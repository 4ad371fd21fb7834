/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-event-item.h"

G_BEGIN_DECLS

/* What the columns of a live table are called, how wide they are, and how that is remembered. */
const char *weir_event_column_get_id    (WeirEventColumn        column);
const char *weir_event_column_get_title (WeirEventColumn        column);
int         weir_event_column_get_width (WeirEventColumn        column);
void        weir_live_columns_load      (GtkColumnViewColumn  **columns,
                                         GSettings             *settings);
void        weir_live_columns_save      (GtkColumnViewColumn  **columns,
                                         GSettings             *settings);

G_END_DECLS
