/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-chart-data.h"
#include "weir-data-table.h"

G_BEGIN_DECLS

/* What a collector answers to a trend, for charts and tables. */
const char    *weir_trend_choose_interval  (double          seconds);
gint64         weir_trend_get_next         (gint64          time,
                                            const char     *interval,
                                            const char     *timezone);
gint64         weir_trend_read_time        (const char     *text,
                                            const char     *timezone);
WeirChartData *weir_trend_result_read      (JsonObject     *answer,
                                            const char     *interval,
                                            const char     *timezone,
                                            JsonObject     *before,
                                            gint64          now);
void           weir_trend_result_fill      (JsonObject     *answer,
                                            JsonObject     *before,
                                            WeirDataTable  *table);
gboolean       weir_trend_result_get_range (JsonObject     *answer,
                                            const char     *interval,
                                            const char     *timezone,
                                            gint64         *from,
                                            gint64         *to);

G_END_DECLS
