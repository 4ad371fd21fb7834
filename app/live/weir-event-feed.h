/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-ring.h"
#include "weir-seen-names.h"

G_BEGIN_DECLS

/**
 * WeirEventFeed:
 *
 * Stands between a stream and a ring: takes messages as they come, and brings them into the ring
 * once a frame. Holds a bounded number of them; what does not fit is counted, and the ring gets a
 * row that says so.
 */
#define WEIR_TYPE_EVENT_FEED (weir_event_feed_get_type ())
G_DECLARE_FINAL_TYPE (WeirEventFeed, weir_event_feed, WEIR, EVENT_FEED, GObject)

WeirEventFeed *weir_event_feed_new         (WeirEventRing  *ring,
                                            WeirSeenNames  *names);
void           weir_event_feed_push        (WeirEventFeed  *self,
                                            GBytes         *message);
void           weir_event_feed_push_earlier (WeirEventFeed *self,
                                             GBytes        *message);
void           weir_event_feed_push_gap    (WeirEventFeed  *self,
                                            guint64         n_missed);
void           weir_event_feed_set_held    (WeirEventFeed  *self,
                                            gboolean        held);
gboolean       weir_event_feed_flush       (WeirEventFeed  *self,
                                            gint64          now);
void           weir_event_feed_clear       (WeirEventFeed  *self);
guint          weir_event_feed_get_n_pending (WeirEventFeed *self);
guint64        weir_event_feed_get_n_missed (WeirEventFeed *self);
guint64        weir_event_feed_get_n_unreadable (WeirEventFeed *self);

G_END_DECLS
