/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-chart.h"

G_BEGIN_DECLS

/* How the pointer chooses in a chart over time: private to charts. */
int   weir_chart_brush_find    (WeirChart  *self,
                                double      x);
void  weir_chart_brush_attach  (WeirChart  *self);

G_END_DECLS
