/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-line-chart.h"

#include <math.h>

#include "weir-decimate.h"

/* One line for each series, over each other: how they compare. */
struct _WeirLineChart
{
  WeirChart parent_instance;

  /* What is drawn of each series, for as long as data, size and span stay. */
  GPtrArray *lines;
  WeirChartData *data;
  WeirScale scale;
  guint n_columns;
};

G_DEFINE_FINAL_TYPE (WeirLineChart, weir_line_chart, WEIR_TYPE_CHART)

static void
add_line (WeirChart *chart,
          cairo_t   *cr,
          GArray    *points,
          float      width,
          float      height)
{
  gboolean pen_down = FALSE;

  for (guint i = 0; i < points->len; i++)
    {
      const WeirPoint *point = &g_array_index (points, WeirPoint, i);
      float x, y;

      if (isnan (point->y))
        {
          pen_down = FALSE;
          continue;
        }
      x = weir_chart_map_time (chart, point->x, width);
      y = weir_chart_map_value (chart, point->y, height);
      if (pen_down)
        {
          cairo_line_to (cr, x, y);
          continue;
        }
      /* A point between two gaps would be nothing without a length. */
      cairo_move_to (cr, x - .1, y);
      cairo_line_to (cr, x, y);
      pen_down = TRUE;
    }
}

/* A frame that only moves the cursor must not look at a million points again. */
static void
update_lines (WeirLineChart *self,
              guint          n_columns)
{
  WeirChart *chart = WEIR_CHART (self);
  WeirChartData *data = weir_chart_get_data (chart);
  const WeirScale *scale = weir_chart_get_time_scale (chart);

  if (self->data == data && self->n_columns == n_columns
      && self->scale.min == scale->min && self->scale.max == scale->max)
    return;
  g_clear_pointer (&self->data, weir_chart_data_unref);
  self->data = weir_chart_data_ref (data);
  self->scale = *scale;
  self->n_columns = n_columns;
  g_ptr_array_set_size (self->lines, 0);
  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    g_ptr_array_add (self->lines,
                     weir_decimate (weir_chart_data_get_times (data),
                                    weir_chart_data_get_values (data, i),
                                    weir_chart_data_get_n_times (data),
                                    scale->min, scale->max, n_columns));
}

static void
weir_line_chart_snapshot_series (WeirChart   *chart,
                                 GtkSnapshot *snapshot,
                                 float        width,
                                 float        height)
{
  static const double dashes[][2] = { { 1, 0 }, { 6, 3 }, { 2, 3 }, { 10, 4 } };
  WeirChartData *data = weir_chart_get_data (chart);
  WeirLineChart *self = WEIR_LINE_CHART (chart);
  gboolean contrasty = weir_chart_is_contrasty (chart);
  cairo_t *cr;

  update_lines (self, MAX (1, (guint) width));

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, contrasty ? 3 : 2);
  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    {
      GdkRGBA color;

      weir_chart_get_color (chart, i, &color);
      gdk_cairo_set_source_rgba (cr, &color);
      /* Lines also differ in their dashes, for those who cannot tell colours apart. */
      cairo_set_dash (cr, dashes[i % G_N_ELEMENTS (dashes)],
                      i % G_N_ELEMENTS (dashes) == 0 ? 0 : 2, 0);
      add_line (chart, cr, g_ptr_array_index (self->lines, i), width, height);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
}

static void
weir_line_chart_finalize (GObject *object)
{
  WeirLineChart *self = WEIR_LINE_CHART (object);

  g_clear_pointer (&self->data, weir_chart_data_unref);
  g_ptr_array_unref (self->lines);

  G_OBJECT_CLASS (weir_line_chart_parent_class)->finalize (object);
}

static void
weir_line_chart_class_init (WeirLineChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_line_chart_finalize;
  WEIR_CHART_CLASS (klass)->snapshot_series = weir_line_chart_snapshot_series;
}

static void
weir_line_chart_init (WeirLineChart *self)
{
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
}

/**
 * weir_line_chart_new:
 *
 * Returns: (transfer floating): a chart of lines, without data
 */
WeirChart *
weir_line_chart_new (void)
{
  return g_object_new (WEIR_TYPE_LINE_CHART, NULL);
}
