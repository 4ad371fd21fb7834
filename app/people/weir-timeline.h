/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "weir-timeline-row.h"

G_BEGIN_DECLS

/* As long without an event is a pause between two sessions, in microseconds. */
#define WEIR_SESSION_GAP (30 * 60 * G_USEC_PER_SEC)

/**
 * WeirTimeline:
 *
 * What a person did, newest first, as rows: days as headings, an event each, and the pauses between
 * sessions. A #GListModel of [class@Weir.TimelineRow].
 */
#define WEIR_TYPE_TIMELINE (weir_timeline_get_type ())
G_DECLARE_FINAL_TYPE (WeirTimeline, weir_timeline, WEIR, TIMELINE, GObject)

WeirTimeline  *weir_timeline_new          (void);
void           weir_timeline_clear        (WeirTimeline  *self);
guint          weir_timeline_add          (WeirTimeline  *self,
                                           JsonArray     *events);
guint          weir_timeline_get_n_events (WeirTimeline  *self);

G_END_DECLS
