/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirUnit:
 *
 * What a number counts, so that one function can write it.
 */
typedef enum {
  WEIR_UNIT_COUNT,
  WEIR_UNIT_RATE,      /* a second */
  WEIR_UNIT_RATIO,     /* 0 to 1, written as per cent */
  WEIR_UNIT_DURATION,  /* milliseconds */
} WeirUnit;

char     *weir_format_exact        (guint64       number);
char     *weir_format_short        (double        number);
char     *weir_format_value        (double        number);
char     *weir_format_ratio        (double        ratio);
char     *weir_format_share        (double        ratio);
char     *weir_format_duration     (double        milliseconds);
char     *weir_format_span         (double        seconds);
char     *weir_format_unit         (WeirUnit      unit,
                                    double        number);
void      weir_format_append_time  (GString      *out,
                                    gint64        micros);
char     *weir_format_clock        (gint64        micros,
                                    gboolean      seconds);
char     *weir_format_tick         (gint64        micros,
                                    double        step);
char     *weir_format_period       (gint64        micros,
                                    double        length);
char     *weir_format_ago          (gint64        micros,
                                    gint64        now);
char     *weir_format_instant      (gint64        micros,
                                    gint64        now);

G_END_DECLS
