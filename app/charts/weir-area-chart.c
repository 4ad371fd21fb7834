/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-area-chart.h"

#include "weir-chart-lines.h"
#include "weir-decimate.h"

/* Series stacked on each other: how a whole divides into its parts. */
struct _WeirAreaChart
{
  WeirChart parent_instance;

  WeirChartLines *lines;
};

G_DEFINE_FINAL_TYPE (WeirAreaChart, weir_area_chart, WEIR_TYPE_CHART)

/* A line through @points, in the direction of time or against it. */
static void
add_edge (WeirChart *chart,
          cairo_t   *cr,
          GArray    *points,
          gboolean   backwards,
          float      width,
          float      height)
{
  for (guint i = 0; i < points->len; i++)
    {
      const WeirPoint *point =
        &g_array_index (points, WeirPoint, backwards ? points->len - 1 - i : i);

      cairo_line_to (cr, weir_chart_map_time (chart, point->x, width),
                     weir_chart_map_value (chart, point->y, height));
    }
}

/* What is below the lowest series. */
static GArray *
create_floor (GArray *points)
{
  GArray *floor = g_array_new (FALSE, FALSE, sizeof (WeirPoint));

  if (points->len > 0)
    {
      WeirPoint ends[] = { { g_array_index (points, WeirPoint, 0).x, 0 },
                           { g_array_index (points, WeirPoint, points->len - 1).x, 0 } };

      g_array_append_vals (floor, ends, 2);
    }
  return floor;
}

static void
draw_part (WeirChart             *chart,
           cairo_t               *cr,
           GArray                *above,
           GArray                *below,
           const graphene_rect_t *part,
           const GdkRGBA         *color,
           double                 alpha,
           float                  width,
           float                  height)
{
  cairo_save (cr);
  cairo_rectangle (cr, part->origin.x, part->origin.y, part->size.width, part->size.height);
  cairo_clip (cr);
  add_edge (chart, cr, above, FALSE, width, height);
  add_edge (chart, cr, below, TRUE, width, height);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, alpha);
  cairo_fill (cr);
  add_edge (chart, cr, above, FALSE, width, height);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
weir_area_chart_snapshot_series (WeirChart   *chart,
                                 GtkSnapshot *snapshot,
                                 float        width,
                                 float        height)
{
  static const double running_dash[] = { 1, 4 };
  WeirChartData *data = weir_chart_get_data (chart);
  WeirChartLines *lines = WEIR_AREA_CHART (chart)->lines;
  gboolean contrasty = weir_chart_is_contrasty (chart);
  double alpha = contrasty ? .8 : .55;
  g_autoptr(GArray) below = NULL;
  cairo_t *cr;

  weir_chart_lines_update (lines, chart, width);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, contrasty ? 2.5 : 1.5);
  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    {
      GArray *above = weir_chart_lines_get (lines, i);
      graphene_rect_t settled, running;
      gboolean runs = weir_chart_get_parts (chart, i, width, height, &settled, &running);
      GdkRGBA color;

      if (below == NULL)
        below = create_floor (above);
      weir_chart_get_color (chart, i, &color);
      cairo_set_dash (cr, NULL, 0, 0);
      draw_part (chart, cr, above, below, &settled, &color, alpha, width, height);
      cairo_set_dash (cr, running_dash, 2, 0);
      if (runs)
        draw_part (chart, cr, above, below, &running, &color, alpha / 2, width, height);
      g_array_unref (below);
      below = g_array_ref (above);
    }
  cairo_destroy (cr);
}

static void
weir_area_chart_finalize (GObject *object)
{
  weir_chart_lines_free (WEIR_AREA_CHART (object)->lines);

  G_OBJECT_CLASS (weir_area_chart_parent_class)->finalize (object);
}

static void
weir_area_chart_class_init (WeirAreaChartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_area_chart_finalize;
  WEIR_CHART_CLASS (klass)->stacked = TRUE;
  WEIR_CHART_CLASS (klass)->snapshot_series = weir_area_chart_snapshot_series;
}

static void
weir_area_chart_init (WeirAreaChart *self)
{
  self->lines = weir_chart_lines_new ();
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
