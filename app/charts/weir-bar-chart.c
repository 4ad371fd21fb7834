/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-bar-chart.h"

#include <math.h>

/* A bar for each period, its series on each other. */
struct _WeirBarChart
{
  WeirChart parent_instance;
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
      GdkRGBA color;

      if (isnan (value) || value <= 0)
        continue;
      low = weir_chart_map_value (chart, below, height);
      high = weir_chart_map_value (chart, below + value, height);
      below += value;
      weir_chart_get_color (chart, i, &color);
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT (left, high, right - left,
                                                      MAX (.5f, low - high - (contrasty ? 1 : 0))));
    }
}

static void
weir_bar_chart_snapshot_series (WeirChart   *chart,
                                GtkSnapshot *snapshot,
                                float        width,
                                float        height)
{
  WeirChartData *data = weir_chart_get_data (chart);
  guint n = weir_chart_data_get_n_times (data);
  float drawn = -1;

  for (guint i = 0; i < n; i++)
    {
      double from = (double) weir_chart_data_get_time (data, i);
      double to = (double) weir_chart_data_get_end (data, i);
      float a = weir_chart_map_time (chart, from, width);
      float b = weir_chart_map_time (chart, to, width);
      float left = MIN (a, b), right = MAX (a, b);
      float gap = MIN (2.f, (right - left) * .2f);

      /* Of periods narrower than a pixel one is drawn for each pixel: the frame must not wait for a
       * million of them. */
      if (floorf (a) == drawn)
        continue;
      if (right - left < 1.f)
        {
          drawn = floorf (a);
          right = left + 1.f;
          gap = 0;
        }
      snapshot_period (chart, snapshot, i, left + gap, right - gap, height);
    }
}

static void
weir_bar_chart_class_init (WeirBarChartClass *klass)
{
  WEIR_CHART_CLASS (klass)->stacked = TRUE;
  WEIR_CHART_CLASS (klass)->snapshot_series = weir_bar_chart_snapshot_series;
}

static void
weir_bar_chart_init (WeirBarChart *self)
{
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
