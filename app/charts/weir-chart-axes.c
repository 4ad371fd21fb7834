/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-axes.h"

#include <math.h>

#include "weir-readout.h"

#define GAP 6

static gboolean
is_right_to_left (WeirChart *chart)
{
  return gtk_widget_get_direction (GTK_WIDGET (chart)) == GTK_TEXT_DIR_RTL;
}

static PangoLayout *
create_tick (WeirChart *chart,
             double     value)
{
  WeirUnit unit = weir_chart_data_get_unit (weir_chart_get_data (chart));
  g_autofree char *text = weir_format_unit (unit, value);

  return weir_readout_create_label (GTK_WIDGET (chart), text);
}

static void
append_text (GtkSnapshot   *snapshot,
             PangoLayout   *layout,
             float          x,
             float          y,
             const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (roundf (x), roundf (y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
snapshot_values (WeirChart             *chart,
                 GtkSnapshot           *snapshot,
                 const graphene_rect_t *plot,
                 const GdkRGBA         *text_color,
                 const GdkRGBA         *grid_color)
{
  const WeirScale *scale = weir_chart_get_value_scale (chart);

  for (guint i = 0; i < scale->n_ticks; i++)
    {
      double value = weir_scale_get_tick (scale, i);
      float y = plot->origin.y + weir_chart_map_value (chart, value, plot->size.height);
      g_autoptr(PangoLayout) layout = create_tick (chart, value);
      int w, h;

      gtk_snapshot_append_color (snapshot, grid_color,
                                 &GRAPHENE_RECT_INIT (plot->origin.x, roundf (y),
                                                      plot->size.width, 1));
      pango_layout_get_pixel_size (layout, &w, &h);
      append_text (snapshot, layout,
                   is_right_to_left (chart) ? plot->size.width + GAP
                                            : plot->origin.x - GAP - (float) w,
                   y - (float) h / 2.f, text_color);
    }
}

static void
snapshot_times (WeirChart             *chart,
                GtkSnapshot           *snapshot,
                const graphene_rect_t *plot,
                const GdkRGBA         *color)
{
  const WeirScale *scale = weir_chart_get_time_scale (chart);

  for (guint i = 0; i < scale->n_ticks; i++)
    {
      double time = weir_scale_get_tick (scale, i);
      float x = plot->origin.x + weir_chart_map_time (chart, time, plot->size.width);
      g_autofree char *text = weir_format_tick ((gint64) time, scale->step);
      g_autoptr(PangoLayout) layout = weir_readout_create_label (GTK_WIDGET (chart), text);
      int w;

      pango_layout_get_pixel_size (layout, &w, NULL);
      x -= (float) w / 2.f;
      /* One that would not stand under its place is better left out. */
      if (x >= plot->origin.x - 4.f && x + (float) w <= plot->origin.x + plot->size.width + 4.f)
        append_text (snapshot, layout, x, plot->origin.y + plot->size.height + GAP, color);
    }
}

/**
 * weir_chart_axes_get_plot:
 * @chart: a chart with data
 * @plot: (out): the part of the widget that holds the series
 *
 * Finds what the axes leave: values stand at the side where lines begin, times below.
 */
void
weir_chart_axes_get_plot (WeirChart       *chart,
                          graphene_rect_t *plot)
{
  const WeirScale *scale = weir_chart_get_value_scale (chart);
  float width = (float) gtk_widget_get_width (GTK_WIDGET (chart));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (chart));
  int labels_width = 0, labels_height = 0;
  float top;

  for (guint i = 0; i < scale->n_ticks; i++)
    {
      g_autoptr(PangoLayout) layout = create_tick (chart, weir_scale_get_tick (scale, i));
      int w;

      pango_layout_get_pixel_size (layout, &w, &labels_height);
      labels_width = MAX (labels_width, w);
    }

  top = ceilf ((float) labels_height / 2.f);
  graphene_rect_init (plot,
                      is_right_to_left (chart) ? 0.f : (float) (labels_width + GAP),
                      top,
                      MAX (1.f, width - (float) (labels_width + GAP)),
                      MAX (1.f, height - top - (float) (labels_height + GAP)));
}

/**
 * weir_chart_axes_snapshot:
 * @chart: a chart with data
 * @snapshot: where to draw
 * @plot: the part of the widget that holds the series
 * @color: colour of the text around
 *
 * Draws the grid and what it means.
 */
void
weir_chart_axes_snapshot (WeirChart             *chart,
                          GtkSnapshot           *snapshot,
                          const graphene_rect_t *plot,
                          const GdkRGBA         *color)
{
  gboolean contrasty = weir_chart_is_contrasty (chart);
  GdkRGBA text_color = *color, grid_color = *color;

  text_color.alpha *= contrasty ? 1.f : .7f;
  grid_color.alpha *= contrasty ? .4f : .12f;
  snapshot_values (chart, snapshot, plot, &text_color, &grid_color);
  snapshot_times (chart, snapshot, plot, &text_color);
}

/**
 * weir_chart_is_contrasty:
 * @self: a chart
 *
 * Returns: whether the reader asked for high contrast
 */
gboolean
weir_chart_is_contrasty (WeirChart *self)
{
  return weir_readout_is_contrasty ();
}
