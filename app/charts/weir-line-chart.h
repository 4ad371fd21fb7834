/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart.h"

G_BEGIN_DECLS

#define WEIR_TYPE_LINE_CHART (weir_line_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeirLineChart, weir_line_chart, WEIR, LINE_CHART, WeirChart)

WeirChart *weir_line_chart_new (void);

G_END_DECLS
