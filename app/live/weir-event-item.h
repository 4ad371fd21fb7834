/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-ring.h"

G_BEGIN_DECLS

/**
 * WeirEventColumn:
 *
 * The columns of a live table.
 */
typedef enum {
  WEIR_COLUMN_TIME,
  WEIR_COLUMN_EVENT,
  WEIR_COLUMN_SOURCE,
  WEIR_COLUMN_PERSON,
  WEIR_COLUMN_VALUE,
  WEIR_COLUMN_PROPERTIES,
} WeirEventColumn;

#define WEIR_N_COLUMNS (WEIR_COLUMN_PROPERTIES + 1)

/**
 * WeirEventItem:
 *
 * A place in a [class@Weir.EventRing]. The event there changes while the ring follows; `::changed`
 * says so.
 */
#define WEIR_TYPE_EVENT_ITEM (weir_event_item_get_type ())
G_DECLARE_FINAL_TYPE (WeirEventItem, weir_event_item, WEIR, EVENT_ITEM, GObject)

WeirEventItem *weir_event_item_new         (WeirEventRing    *ring,
                                            guint             place);
void           weir_event_item_changed     (WeirEventItem    *self);
guint64        weir_event_item_get_row     (WeirEventItem    *self);
gboolean       weir_event_item_is_at_rest  (WeirEventItem    *self);
gboolean       weir_event_item_read        (WeirEventItem    *self,
                                            WeirEvent        *event);
void           weir_event_append_cell      (const WeirEvent  *event,
                                            WeirEventColumn   column,
                                            GString          *out);

G_END_DECLS
