/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-data-table.h"
#include "weir-funnel-data.h"
#include "weir-histogram.h"

G_BEGIN_DECLS

/* What a collector answers to a funnel, for charts and tables. */
WeirFunnelData *weir_funnel_result_read       (JsonObject      *answer);
JsonObject     *weir_funnel_result_get_group  (JsonObject      *answer,
                                               guint            group);
GArray         *weir_funnel_result_read_bins  (JsonObject      *answer);
void            weir_funnel_result_fill       (WeirFunnelData  *data,
                                               WeirDataTable   *table);
guint64         weir_funnel_result_get_total  (WeirFunnelData  *data,
                                               guint            step);
guint64         weir_funnel_result_get_excluded (WeirFunnelData *data);

/* Columns of the table. */
enum {
  WEIR_FUNNEL_COLUMN_STEP,
  WEIR_FUNNEL_COLUMN_PEOPLE,
  WEIR_FUNNEL_COLUMN_OF_PREVIOUS,
  WEIR_FUNNEL_COLUMN_OF_FIRST,
  WEIR_FUNNEL_COLUMN_MEDIAN,
  WEIR_FUNNEL_COLUMN_DROPPED,
};

G_END_DECLS
