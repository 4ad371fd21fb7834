/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-brush.h"

#include <math.h>

#include "weir-chart-axes.h"

/* Less than this, in pixels, is a click. */
#define DRAG_THRESHOLD 5.

static void
drag_begin_cb (WeirChart *self,
               double     x,
               double     y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  weir_chart_set_cursor (self, weir_chart_brush_find (self, x));
}

static void
drag_update_cb (WeirChart      *self,
                double          dx,
                double          dy,
                GtkGestureDrag *drag)
{
  double x, y;
  gint64 from, to;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  if (fabs (dx) < DRAG_THRESHOLD && !weir_chart_get_range (self, &from, &to))
    return;
  weir_chart_set_anchor (self, weir_chart_brush_find (self, x));
  weir_chart_set_cursor (self, weir_chart_brush_find (self, x + dx));
}

static void
drag_end_cb (WeirChart *self,
             double     dx,
             double     dy)
{
  weir_chart_activate (self);
}

/**
 * weir_chart_brush_find:
 * @self: a chart
 * @x: a place, from the left
 *
 * Returns: the instant that is nearest, or in a stack of periods the one that holds the place; -1
 *   without data
 */
int
weir_chart_brush_find (WeirChart *self,
                       double     x)
{
  WeirChartData *data = weir_chart_get_data (self);
  graphene_rect_t plot;
  double time;
  guint index;

  if (data == NULL || weir_chart_data_get_n_times (data) == 0)
    return -1;

  weir_chart_axes_get_plot (self, &plot);
  x -= plot.origin.x;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = plot.size.width - x;
  time = weir_scale_invert (weir_chart_get_time_scale (self), x, plot.size.width);
  index = weir_chart_data_find_time (data, time);
  if (WEIR_CHART_GET_CLASS (self)->stacked && index > 0
      && weir_chart_data_get_end (data, index) > weir_chart_data_get_time (data, index)
      && time < (double) weir_chart_data_get_time (data, index))
    index--;
  return (int) index;
}

/**
 * weir_chart_brush_attach:
 * @self: a chart
 *
 * Lets the reader click an instant, and drag over a range.
 */
void
weir_chart_brush_attach (WeirChart *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
