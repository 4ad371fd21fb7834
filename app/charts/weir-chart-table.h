/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart-data.h"
#include "weir-data-table.h"

G_BEGIN_DECLS

/* What a chart over time shows, as a table: newest first. */
void weir_chart_table_fill (WeirDataTable *table,
                            WeirChartData *data);

G_END_DECLS
