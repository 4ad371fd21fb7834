/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-chart.h"
#include "weir-data-table.h"

G_BEGIN_DECLS

/**
 * WeirChartPanel:
 *
 * A picture with its title, its legend, a button that shows it as a table, and a menu that takes it
 * elsewhere: to the clipboard, into a file, onto paper.
 */
#define WEIR_TYPE_CHART_PANEL (weir_chart_panel_get_type ())
G_DECLARE_FINAL_TYPE (WeirChartPanel, weir_chart_panel, WEIR, CHART_PANEL, GtkWidget)

/* Signals:
 *  ::notice (const char *message)   something to tell the reader
 *  ::save-csv                       the numbers are wanted as CSV; without a handler the panel
 *                                   saves what it shows
 */
void       weir_chart_panel_set_chart   (WeirChartPanel  *self,
                                         WeirChart       *chart);
void       weir_chart_panel_set_data    (WeirChartPanel  *self,
                                         WeirChartData   *data,
                                         gint64           from,
                                         gint64           to);
void       weir_chart_panel_set_picture (WeirChartPanel  *self,
                                         GtkWidget       *picture,
                                         WeirDataTable   *twin);
void       weir_chart_panel_set_scrolled_picture (WeirChartPanel *self,
                                         GtkWidget       *picture,
                                         WeirDataTable   *twin);
void       weir_chart_panel_set_legend  (WeirChartPanel  *self,
                                         const char      *markup);

G_END_DECLS
