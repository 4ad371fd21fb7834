/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-chart-data.h"

G_BEGIN_DECLS

/**
 * WeirChartLegend:
 *
 * What the colours of a chart mean. Each series is a button that hides it and shows it again; one
 * of them is always shown.
 */
#define WEIR_TYPE_CHART_LEGEND (weir_chart_legend_get_type ())
G_DECLARE_FINAL_TYPE (WeirChartLegend, weir_chart_legend, WEIR, CHART_LEGEND, GtkWidget)

/* Signals:
 *  ::changed ()    other series are shown
 */
void            weir_chart_legend_set_data   (WeirChartLegend *self,
                                              WeirChartData   *data);
WeirChartData  *weir_chart_legend_dup_shown  (WeirChartLegend *self);

G_END_DECLS
