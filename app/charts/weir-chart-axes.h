/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart.h"

G_BEGIN_DECLS

/* The axes of a chart: private to charts. */
void  weir_chart_axes_get_plot  (WeirChart              *chart,
                                 graphene_rect_t        *plot);
void  weir_chart_axes_snapshot  (WeirChart              *chart,
                                 GtkSnapshot            *snapshot,
                                 const graphene_rect_t  *plot,
                                 const GdkRGBA          *color);

G_END_DECLS
