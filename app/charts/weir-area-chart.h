/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart.h"

G_BEGIN_DECLS

#define WEIR_TYPE_AREA_CHART (weir_area_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeirAreaChart, weir_area_chart, WEIR, AREA_CHART, WeirChart)

WeirChart *weir_area_chart_new (void);

G_END_DECLS
