/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-event-codec.h"

G_BEGIN_DECLS

/**
 * WeirTimelineKind:
 *
 * What a row of a timeline is.
 */
typedef enum {
  WEIR_TIMELINE_EVENT,
  WEIR_TIMELINE_DAY,
  WEIR_TIMELINE_GAP,
} WeirTimelineKind;

/**
 * WeirTimelineRow:
 *
 * A row of a timeline; it does not change.
 */
#define WEIR_TYPE_TIMELINE_ROW (weir_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirTimelineRow, weir_timeline_row, WEIR, TIMELINE_ROW, GObject)

WeirTimelineRow   *weir_timeline_row_new_event  (const WeirEvent   *event,
                                                 const char        *json);
WeirTimelineRow   *weir_timeline_row_new_day    (gint64             micros,
                                                 gint64             now);
WeirTimelineRow   *weir_timeline_row_new_gap    (gint64             from,
                                                 gint64             to);
WeirTimelineKind   weir_timeline_row_get_kind   (WeirTimelineRow   *self);
const char        *weir_timeline_row_get_title  (WeirTimelineRow   *self);
const char        *weir_timeline_row_get_detail (WeirTimelineRow   *self);
const char        *weir_timeline_row_get_json   (WeirTimelineRow   *self);
gint64             weir_timeline_row_get_time   (WeirTimelineRow   *self);
guint64            weir_timeline_row_get_seq    (WeirTimelineRow   *self);
gboolean           weir_timeline_row_is_error   (WeirTimelineRow   *self);
gboolean           weir_timeline_row_equal      (WeirTimelineRow   *self,
                                                 WeirTimelineRow   *other);
char              *weir_format_day              (gint64             micros,
                                                 gint64             now);

G_END_DECLS
