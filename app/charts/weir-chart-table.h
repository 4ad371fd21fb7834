/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-chart-data.h"

G_BEGIN_DECLS

/**
 * WeirChartTable:
 *
 * The twin of a chart: the same data as numbers, the newest first.
 */
#define WEIR_TYPE_CHART_TABLE (weir_chart_table_get_type ())
G_DECLARE_FINAL_TYPE (WeirChartTable, weir_chart_table, WEIR, CHART_TABLE, AdwBin)

GtkWidget *weir_chart_table_new       (void);
void       weir_chart_table_set_title (WeirChartTable  *self,
                                       const char      *title);
void       weir_chart_table_set_data  (WeirChartTable  *self,
                                       WeirChartData   *data);

G_END_DECLS
