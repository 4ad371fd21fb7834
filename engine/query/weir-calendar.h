/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirPeriod:
 *
 * Calendar periods, all by the clock on the wall of a time zone.
 */
typedef enum {
  WEIR_PERIOD_MINUTE,
  WEIR_PERIOD_HOUR,
  WEIR_PERIOD_DAY,
  WEIR_PERIOD_WEEK,
  WEIR_PERIOD_MONTH,
} WeirPeriod;

/**
 * WeirCalendar:
 *
 * A run of calendar periods that follow each other without a gap: bucket i is from boundary i until
 * boundary i + 1. Never computed by multiples of 86 400 s: a day may have 23 or 25 hours.
 * Immutable.
 */
typedef struct _WeirCalendar WeirCalendar;

gboolean      weir_period_parse               (const char          *text,
                                               WeirPeriod          *period);
WeirCalendar *weir_calendar_new               (GTimeZone           *time_zone,
                                               WeirPeriod           period,
                                               GDateWeekday         week_start,
                                               gint64               from,
                                               gint64               until,
                                               guint                max_buckets,
                                               GError             **error);
WeirCalendar *weir_calendar_new_from          (GTimeZone           *time_zone,
                                               WeirPeriod           period,
                                               GDateWeekday         week_start,
                                               gint64               from,
                                               guint                n_buckets,
                                               GError             **error);
WeirCalendar *weir_calendar_new_to            (GTimeZone           *time_zone,
                                               WeirPeriod           period,
                                               GDateWeekday         week_start,
                                               gint64               time,
                                               guint                n_buckets,
                                               GError             **error);
void          weir_calendar_free              (WeirCalendar        *self);
guint         weir_calendar_get_n_buckets     (const WeirCalendar  *self);
gint64        weir_calendar_get_start         (const WeirCalendar  *self,
                                               guint                bucket);
gint64        weir_calendar_get_end           (const WeirCalendar  *self,
                                               guint                bucket);
int           weir_calendar_find              (const WeirCalendar  *self,
                                               gint64               time);
char         *weir_calendar_format            (const WeirCalendar  *self,
                                               guint                bucket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirCalendar, weir_calendar_free)

G_END_DECLS
