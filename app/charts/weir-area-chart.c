/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-area-chart.h"

#include <math.h>

/* Series stacked on each other: how a whole divides into its parts. */
struct _WeirAreaChart
{
  WeirChart parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirAreaChart, weir_area_chart, WEIR_TYPE_CHART)

/* A line through @heights, in the direction of time or against it. */
static void
add_edge (WeirChart     *chart,
          cairo_t       *cr,
          WeirChartData *data,
          const double  *heights,
          gboolean       backwards,
          float          width,
          float          height)
{
  guint n = weir_chart_data_get_n_times (data);
  /* Where instants are closer than half a pixel, one of many is drawn. */
  guint stride = MAX (1, n / (2 * MAX (1, (guint) width)));

  for (guint i = 0; i < n; i += stride)
    {
      guint at = backwards ? n - 1 - i : i;

      cairo_line_to (cr,
                     weir_chart_map_time (chart, weir_chart_data_get_times (data)[at], width),
                     weir_chart_map_value (chart, heights[at], height));
    }
}

static void
weir_area_chart_snapshot_series (WeirChart   *chart,
                                 GtkSnapshot *snapshot,
                                 float        width,
                                 float        height)
{
  WeirChartData *data = weir_chart_get_data (chart);
  guint n = weir_chart_data_get_n_times (data);
  g_autofree double *below = g_new0 (double, n);
  g_autofree double *above = g_new0 (double, n);
  gboolean contrasty = weir_chart_is_contrasty (chart);
  cairo_t *cr;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, contrasty ? 2.5 : 1.5);
  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    {
      const double *values = weir_chart_data_get_values (data, i);
      GdkRGBA color;

      for (guint j = 0; j < n; j++)
        above[j] = below[j] + (isnan (values[j]) ? 0 : values[j]);

      weir_chart_get_color (chart, i, &color);
      cairo_new_path (cr);
      add_edge (chart, cr, data, above, FALSE, width, height);
      add_edge (chart, cr, data, below, TRUE, width, height);
      cairo_close_path (cr);
      cairo_set_source_rgba (cr, color.red, color.green, color.blue, contrasty ? .8 : .55);
      cairo_fill (cr);

      add_edge (chart, cr, data, above, FALSE, width, height);
      gdk_cairo_set_source_rgba (cr, &color);
      cairo_stroke (cr);
      memcpy (below, above, sizeof (double) * n);
    }
  cairo_destroy (cr);
}

static void
weir_area_chart_class_init (WeirAreaChartClass *klass)
{
  WEIR_CHART_CLASS (klass)->stacked = TRUE;
  WEIR_CHART_CLASS (klass)->snapshot_series = weir_area_chart_snapshot_series;
}

static void
weir_area_chart_init (WeirAreaChart *self)
{
}

/**
 * weir_area_chart_new:
 *
 * Returns: (transfer floating): a chart of stacked areas, without data
 */
WeirChart *
weir_area_chart_new (void)
{
  return g_object_new (WEIR_TYPE_AREA_CHART, NULL);
}
