/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-bar-chart.h"

#include <math.h>

#include "weir-readout.h"

/* A bar for each period, its series on each other. */
struct _WeirBarChart
{
  WeirChart parent_instance;

  /* Which periods are drawn, for as long as data, size and span stay. */
  GArray *shown;
  WeirChartData *data;
  WeirScale scale;
  float width;
};

G_DEFINE_FINAL_TYPE (WeirBarChart, weir_bar_chart, WEIR_TYPE_CHART)

static void
snapshot_period (WeirChart   *chart,
                 GtkSnapshot *snapshot,
                 guint        index,
                 float        left,
                 float        right,
                 float        height)
{
  WeirChartData *data = weir_chart_get_data (chart);
  gboolean contrasty = weir_chart_is_contrasty (chart);
  double below = 0;

  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    {
      double value = weir_chart_data_get_values (data, i)[index];
      float low, high;
      graphene_rect_t bar;
      GdkRGBA color;

      if (isnan (value) || value <= 0)
        continue;
      low = weir_chart_map_value (chart, below, height);
      high = weir_chart_map_value (chart, below + value, height);
      below += value;
      weir_chart_get_color (chart, i, &color);
      graphene_rect_init (&bar, left, high, right - left,
                          MAX (.5f, low - high - (contrasty ? 1 : 0)));
      if (weir_chart_data_is_running (data, i, index))
        {
          weir_readout_append_hatch (snapshot, &bar, &color);
          weir_readout_append_outline (snapshot, &bar, 0, 1, &color);
          color.alpha *= .45f;
        }
      gtk_snapshot_append_color (snapshot, &color, &bar);
    }
}

/* Of periods narrower than a pixel the highest of each pixel is drawn: no peak is lost, and the
 * frame does not wait for a million of them. */
static void
update_shown (WeirBarChart *self,
              float         width)
{
  WeirChart *chart = WEIR_CHART (self);
  WeirChartData *data = weir_chart_get_data (chart);
  const WeirScale *scale = weir_chart_get_time_scale (chart);
  guint n = weir_chart_data_get_n_times (data);
  double column = -1, highest = 0;

  if (self->data == data && self->width == width
      && self->scale.min == scale->min && self->scale.max == scale->max)
    return;
  weir_chart_data_ref (data);
  g_clear_pointer (&self->data, weir_chart_data_unref);
  self->data = data;
  self->scale = *scale;
  self->width = width;
  g_array_set_size (self->shown, 0);
  for (guint i = 0; i < n; i++)
    {
      double at = floor (weir_scale_map (scale, weir_chart_data_get_times (data)[i], width));
      double total = weir_chart_data_get_total (data, i);

      if (self->shown->len == 0 || at != column)
        g_array_append_val (self->shown, i);
      else if (total > highest)
        g_array_index (self->shown, guint, self->shown->len - 1) = i;
      else
        continue;
      column = at;
      highest = total;
    }
}

static void
weir_bar_chart_snapshot_series (WeirChart   *chart,
                                GtkSnapshot *snapshot,
                                float        width,
                                float        height)
{
  WeirBarChart *self = WEIR_BAR_CHART (chart);
  WeirChartData *data = weir_chart_get_data (chart);

  update_shown (self, width);
  for (guint i = 0; i < self->shown->len; i++)
    {
      guint index = g_array_index (self->shown, guint, i);
      double from = (double) weir_chart_data_get_time (data, index);
      double to = (double) weir_chart_data_get_end (data, index);
      float a = weir_chart_map_time (chart, from, width);
      float b = weir_chart_map_time (chart, to, width);
      float left = MIN (a, b), right = MAX (a, b);
      float gap = MIN (2.f, (right - left) * .2f);

      if (right - left < 1.f)
        {
          left = floorf (left);
          right = left + 1.f;
          gap = 0;
        }
      snapshot_period (chart, snapshot, index, left + gap, right - gap, height);
    }
}

static void
weir_bar_chart_finalize (GObject *object)
{
  WeirBarChart *self = WEIR_BAR_CHART (object);

  g_clear_pointer (&self->data, weir_chart_data_unref);
  g_array_unref (self->shown);

  G_OBJECT_CLASS (weir_bar_chart_parent_class)->finalize (object);
}

static void
weir_bar_chart_class_init (WeirBarChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_bar_chart_finalize;
  WEIR_CHART_CLASS (klass)->stacked = TRUE;
  WEIR_CHART_CLASS (klass)->snapshot_series = weir_bar_chart_snapshot_series;
}

static void
weir_bar_chart_init (WeirBarChart *self)
{
  self->shown = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * weir_bar_chart_new:
 *
 * Returns: (transfer floating): a chart of bars, without data
 */
WeirChart *
weir_bar_chart_new (void)
{
  return g_object_new (WEIR_TYPE_BAR_CHART, NULL);
}
