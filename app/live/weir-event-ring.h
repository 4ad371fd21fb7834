/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-event.h"

G_BEGIN_DECLS

/**
 * WeirEventRing:
 *
 * The events a live table shows, as a list of [class@Weir.EventItem]. Holds records, not objects:
 * items are made for the rows that are on the screen.
 *
 * A list view is slow at rows that come and go at its visible edge, and fast at rows whose content
 * changes. So an item is not an event but a place, counted from the newest row: when events
 * come, each item on the screen shows another event, and the list only grows or shrinks at its far
 * end. While frozen, no place changes.
 */
#define WEIR_TYPE_EVENT_RING (weir_event_ring_get_type ())
G_DECLARE_FINAL_TYPE (WeirEventRing, weir_event_ring, WEIR, EVENT_RING, GObject)

#define WEIR_EVENT_RING_NO_ROW G_MAXUINT64

WeirEventRing *weir_event_ring_new              (guint             max_rows,
                                                 gsize             max_bytes);
gboolean       weir_event_ring_append           (WeirEventRing    *self,
                                                 const WeirEvent  *event);
gboolean       weir_event_ring_append_gap       (WeirEventRing    *self,
                                                 guint64           n_missed,
                                                 gint64            now);
gboolean       weir_event_ring_commit           (WeirEventRing    *self);
void           weir_event_ring_clear            (WeirEventRing    *self);
void           weir_event_ring_set_frozen       (WeirEventRing    *self,
                                                 gboolean          frozen);
gboolean       weir_event_ring_get_frozen       (WeirEventRing    *self);
void           weir_event_ring_set_newest_first (WeirEventRing    *self,
                                                 gboolean          newest_first);
gboolean       weir_event_ring_get_newest_first (WeirEventRing    *self);
void           weir_event_ring_set_n_near       (WeirEventRing    *self,
                                                 guint             n_near);
guint          weir_event_ring_get_n_rows       (WeirEventRing    *self);
guint          weir_event_ring_get_n_waiting    (WeirEventRing    *self);
gsize          weir_event_ring_get_n_bytes      (WeirEventRing    *self);
gboolean       weir_event_ring_read             (WeirEventRing    *self,
                                                 guint64           row,
                                                 WeirEvent        *event);

/* For items. */
guint64        weir_event_ring_get_row          (WeirEventRing    *self,
                                                 guint             place);
void           weir_event_ring_forget_item      (WeirEventRing    *self,
                                                 guint             place);

G_END_DECLS
