/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart.h"

G_BEGIN_DECLS

#define WEIR_TYPE_BAR_CHART (weir_bar_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeirBarChart, weir_bar_chart, WEIR, BAR_CHART, WeirChart)

WeirChart *weir_bar_chart_new (void);

G_END_DECLS
