/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-heat-data.h"
#include "weir-marks.h"

G_BEGIN_DECLS

/**
 * WeirHeatMap:
 *
 * Cohorts down, periods across; the more came back, the stronger the colour. What can still grow is
 * hatched.
 */
#define WEIR_TYPE_HEAT_MAP (weir_heat_map_get_type ())
G_DECLARE_FINAL_TYPE (WeirHeatMap, weir_heat_map, WEIR, HEAT_MAP, WeirMarks)

GtkWidget *weir_heat_map_new         (void);
void       weir_heat_map_set_data    (WeirHeatMap   *self,
                                      WeirHeatData  *data);
void       weir_heat_map_set_counts  (WeirHeatMap   *self,
                                      gboolean       counts);
void       weir_heat_map_set_period  (WeirHeatMap   *self,
                                      const char    *period);
gboolean   weir_heat_map_get_cell    (WeirHeatMap   *self,
                                      guint          mark,
                                      guint         *row,
                                      guint         *column);

G_END_DECLS
