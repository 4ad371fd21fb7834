/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart.h"

G_BEGIN_DECLS

/**
 * WeirChartLines:
 *
 * What is drawn of the series of a chart: no more points than can be seen, kept for as long as
 * data, size and span stay. A frame that only moves the cursor must not look at a million points
 * again.
 */
typedef struct _WeirChartLines WeirChartLines;

WeirChartLines *weir_chart_lines_new    (void);
void            weir_chart_lines_free   (WeirChartLines        *self);
void            weir_chart_lines_update (WeirChartLines        *self,
                                         WeirChart             *chart,
                                         float                  width);
GArray         *weir_chart_lines_get    (const WeirChartLines  *self,
                                         guint                  series);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirChartLines, weir_chart_lines_free)

G_END_DECLS
