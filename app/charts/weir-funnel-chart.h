/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel-layout.h"
#include "weir-marks.h"

G_BEGIN_DECLS

/**
 * WeirFunnelChart:
 *
 * How many get from step to step: a bar for each step and group, whose upper part is those who got
 * lost.
 */
#define WEIR_TYPE_FUNNEL_CHART (weir_funnel_chart_get_type ())
G_DECLARE_FINAL_TYPE (WeirFunnelChart, weir_funnel_chart, WEIR, FUNNEL_CHART, WeirMarks)

GtkWidget      *weir_funnel_chart_new      (void);
void            weir_funnel_chart_set_data (WeirFunnelChart  *self,
                                            WeirFunnelData   *data);
WeirFunnelPart  weir_funnel_chart_get_mark (WeirFunnelChart  *self,
                                            guint             mark,
                                            guint            *step,
                                            guint            *group);

G_END_DECLS
