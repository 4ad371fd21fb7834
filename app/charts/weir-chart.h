/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-chart-data.h"
#include "weir-scale.h"

G_BEGIN_DECLS

#define WEIR_TYPE_CHART (weir_chart_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirChart, weir_chart, WEIR, CHART, GtkWidget)

/**
 * WeirChartClass:
 * @stacked: whether series lie on each other, so that the axis must reach their sum
 * @snapshot_series: draws the series; (0, 0) is the top left corner of the plot
 *
 * A picture of [struct@Weir.ChartData] over time: axes, a cursor for pointer and keyboard, and a
 * description for those who do not see it. Subclasses draw the series.
 */
struct _WeirChartClass {
  GtkWidgetClass parent_class;

  gboolean stacked;
  void (*snapshot_series) (WeirChart *self, GtkSnapshot *snapshot, float width, float height);
};

/* Signals:
 *  ::cursor-moved (int index)              -1 for none
 *  ::activated (int index)                 the reader wants to know more of an instant
 *  ::range-chosen (gint64 from, gint64 to) the reader wants to see a part of the time only
 */
void             weir_chart_set_title     (WeirChart         *self,
                                           const char        *title);
const char      *weir_chart_get_title     (WeirChart         *self);
void             weir_chart_set_data      (WeirChart         *self,
                                           WeirChartData     *data);
WeirChartData   *weir_chart_get_data      (WeirChart         *self);
void             weir_chart_set_span      (WeirChart         *self,
                                           gint64             from,
                                           gint64             to);
int              weir_chart_get_cursor    (WeirChart         *self);
void             weir_chart_set_cursor    (WeirChart         *self,
                                           int                index);
void             weir_chart_set_anchor    (WeirChart         *self,
                                           int                index);
gboolean         weir_chart_get_range     (WeirChart         *self,
                                           gint64            *from,
                                           gint64            *to);
gboolean         weir_chart_activate      (WeirChart         *self);
char            *weir_chart_dup_readout   (WeirChart         *self,
                                           guint              index);

/* For subclasses. */
const WeirScale *weir_chart_get_time_scale  (WeirChart       *self);
const WeirScale *weir_chart_get_value_scale (WeirChart       *self);
float            weir_chart_map_time        (WeirChart       *self,
                                             double           time,
                                             float            width);
float            weir_chart_map_value       (WeirChart       *self,
                                             double           value,
                                             float            height);
gboolean         weir_chart_get_parts       (WeirChart       *self,
                                             guint            series,
                                             float            width,
                                             float            height,
                                             graphene_rect_t *settled,
                                             graphene_rect_t *running);
void             weir_chart_get_color       (WeirChart       *self,
                                             guint            series,
                                             GdkRGBA         *color);
gboolean         weir_chart_is_contrasty    (WeirChart       *self);

G_END_DECLS
