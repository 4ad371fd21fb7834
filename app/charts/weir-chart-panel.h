/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-chart.h"

G_BEGIN_DECLS

/**
 * WeirChartPanel:
 *
 * A chart with its title, its legend, and a button that shows it as a table.
 */
#define WEIR_TYPE_CHART_PANEL (weir_chart_panel_get_type ())
G_DECLARE_FINAL_TYPE (WeirChartPanel, weir_chart_panel, WEIR, CHART_PANEL, GtkWidget)

void       weir_chart_panel_set_chart  (WeirChartPanel  *self,
                                        WeirChart       *chart);
void       weir_chart_panel_set_data   (WeirChartPanel  *self,
                                        WeirChartData   *data,
                                        gint64           from,
                                        gint64           to);

G_END_DECLS
