/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-line-chart.h"

#include <math.h>

#include "weir-chart-lines.h"
#include "weir-decimate.h"

/* One line for each series, over each other: how they compare. */
struct _WeirLineChart
{
  WeirChart parent_instance;

  WeirChartLines *lines;
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

static void
stroke_part (WeirChart             *chart,
             cairo_t               *cr,
             GArray                *points,
             const graphene_rect_t *part,
             float                  width,
             float                  height)
{
  cairo_save (cr);
  cairo_rectangle (cr, part->origin.x, part->origin.y, part->size.width, part->size.height);
  cairo_clip (cr);
  add_line (chart, cr, points, width, height);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
weir_line_chart_snapshot_series (WeirChart   *chart,
                                 GtkSnapshot *snapshot,
                                 float        width,
                                 float        height)
{
  static const double dashes[][2] = { { 1, 0 }, { 6, 3 }, { 2, 3 }, { 10, 4 } };
  static const double running_dash[] = { .1, 5 };
  WeirChartData *data = weir_chart_get_data (chart);
  WeirLineChart *self = WEIR_LINE_CHART (chart);
  gboolean contrasty = weir_chart_is_contrasty (chart);
  cairo_t *cr;

  weir_chart_lines_update (self->lines, chart, width);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, contrasty ? 3 : 2);
  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    {
      GArray *points = weir_chart_lines_get (self->lines, i);
      guint style = weir_chart_data_get_style (data, i) % G_N_ELEMENTS (dashes);
      graphene_rect_t settled, running;
      gboolean runs = weir_chart_get_parts (chart, i, width, height, &settled, &running);
      GdkRGBA color;

      weir_chart_get_color (chart, i, &color);
      gdk_cairo_set_source_rgba (cr, &color);
      /* Lines also differ in their dashes, for those who cannot tell colours apart. */
      cairo_set_dash (cr, dashes[style], style == 0 ? 0 : 2, 0);
      stroke_part (chart, cr, points, &settled, width, height);
      cairo_set_dash (cr, running_dash, 2, 0);
      if (runs)
        stroke_part (chart, cr, points, &running, width, height);
    }
  cairo_destroy (cr);
}

static void
weir_line_chart_finalize (GObject *object)
{
  weir_chart_lines_free (WEIR_LINE_CHART (object)->lines);

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
  self->lines = weir_chart_lines_new ();
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
