/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-feed.h"
#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirLiveSource:
 *
 * Brings the events of a session into a feed: first the latest that are stored already, then each
 * as it is stored. Active only while someone looks.
 */
#define WEIR_TYPE_LIVE_SOURCE (weir_live_source_get_type ())
G_DECLARE_FINAL_TYPE (WeirLiveSource, weir_live_source, WEIR, LIVE_SOURCE, GObject)

/* Signals:
 *  ::arrived   the feed has something to flush, or get_error() has changed
 *  ::reset     another collector or another filter: what is shown so far no longer holds
 */
WeirLiveSource *weir_live_source_new        (WeirSession     *session,
                                             WeirEventFeed   *feed);
void            weir_live_source_set_active (WeirLiveSource  *self,
                                             gboolean         active);
void            weir_live_source_set_filter (WeirLiveSource  *self,
                                             const char      *filter);
gboolean        weir_live_source_is_loading (WeirLiveSource  *self);
const GError   *weir_live_source_get_error  (WeirLiveSource  *self);

G_END_DECLS
