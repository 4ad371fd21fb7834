/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-event-item.h"

G_BEGIN_DECLS

/**
 * WeirEventCell:
 *
 * One cell of a live table: text on one line; in the event column with the colour of the type.
 * Follows its item by itself.
 */
#define WEIR_TYPE_EVENT_CELL (weir_event_cell_get_type ())
G_DECLARE_FINAL_TYPE (WeirEventCell, weir_event_cell, WEIR, EVENT_CELL, GtkWidget)

GtkWidget       *weir_event_cell_new        (WeirEventColumn  column);
WeirEventColumn  weir_event_cell_get_column (WeirEventCell   *self);
WeirEventItem   *weir_event_cell_get_item   (WeirEventCell   *self);
void             weir_event_cell_set_item   (WeirEventCell   *self,
                                             WeirEventItem   *item);
gboolean         weir_event_cell_describe   (WeirEventCell   *self,
                                             const char     **property,
                                             char           **literal);

G_END_DECLS
