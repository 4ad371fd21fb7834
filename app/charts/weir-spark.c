/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-spark.h"

#include <adwaita.h>
#include <math.h>

#include "weir-palette.h"
#include "weir-readout.h"

struct _WeirSpark
{
  GtkWidget parent_instance;

  double *values;
  guint n_values;
  guint color;
  gboolean has_color;
};

G_DEFINE_FINAL_TYPE (WeirSpark, weir_spark, GTK_TYPE_WIDGET)

static double
get_peak (WeirSpark *self)
{
  double peak = 0;

  for (guint i = 0; i < self->n_values; i++)
    {
      if (self->values[i] > peak)
        peak = self->values[i];
    }
  return peak;
}

static void
get_color (WeirSpark *self,
           GdkRGBA   *color)
{
  if (self->has_color)
    weir_palette_get_color (self->color,
                            adw_style_manager_get_dark (adw_style_manager_get_default ()),
                            color);
  else
    gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), color);
}

static void
add_line (WeirSpark *self,
          cairo_t   *cr,
          double     width,
          double     height,
          gboolean   closed)
{
  gboolean backwards = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double peak = get_peak (self);
  double x = 0;
  gboolean pen_down = FALSE;

  for (guint i = 0; i < self->n_values; i++)
    {
      double y;

      if (isnan (self->values[i]))
        continue;
      x = 1 + (width - 2) * i / (self->n_values - 1);
      if (backwards)
        x = width - x;
      y = height - 1.5 - (peak > 0 ? self->values[i] / peak : 0) * (height - 3);
      if (!pen_down && closed)
        cairo_move_to (cr, x, height);
      if (pen_down || closed)
        cairo_line_to (cr, x, y);
      else
        cairo_move_to (cr, x, y);
      pen_down = TRUE;
    }
  if (closed && pen_down)
    {
      cairo_line_to (cr, x, height);
      cairo_close_path (cr);
    }
}

static void
weir_spark_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  WeirSpark *self = WEIR_SPARK (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  GdkRGBA color;
  cairo_t *cr;

  if (self->n_values < 2)
    return;

  get_color (self, &color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * .15);
  add_line (self, cr, width, height, TRUE);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, weir_readout_is_contrasty () ? 2.5 : 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  add_line (self, cr, width, height, FALSE);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
weir_spark_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 40 : 16;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 80 : 20;
}

static void
weir_spark_finalize (GObject *object)
{
  g_free (WEIR_SPARK (object)->values);

  G_OBJECT_CLASS (weir_spark_parent_class)->finalize (object);
}

static void
weir_spark_class_init (WeirSparkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_spark_finalize;
  widget_class->snapshot = weir_spark_snapshot;
  widget_class->measure = weir_spark_measure;
  gtk_widget_class_set_css_name (widget_class, "spark");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
weir_spark_init (WeirSpark *self)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/**
 * weir_spark_new:
 *
 * Returns: (transfer floating): a spark without values
 */
GtkWidget *
weir_spark_new (void)
{
  return g_object_new (WEIR_TYPE_SPARK, NULL);
}

/**
 * weir_spark_set_label:
 * @self: a spark
 * @label: what it shows
 *
 * Names the spark, for assistive technology.
 */
void
weir_spark_set_label (WeirSpark  *self,
                      const char *label)
{
  g_return_if_fail (WEIR_IS_SPARK (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

/**
 * weir_spark_set_color:
 * @self: a spark
 * @color: index of a colour of the palette
 *
 * Gives the spark a colour; without one it has that of the text around it.
 */
void
weir_spark_set_color (WeirSpark *self,
                      guint      color)
{
  g_return_if_fail (WEIR_IS_SPARK (self));

  if (self->has_color && self->color == color)
    return;
  self->color = color;
  self->has_color = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * weir_spark_set_values:
 * @self: a spark
 * @values: (array length=n_values): what to show, oldest first; NAN for nothing; copied
 * @n_values: how many
 *
 * Replaces what the spark shows.
 */
void
weir_spark_set_values (WeirSpark    *self,
                       const double *values,
                       guint         n_values)
{
  g_return_if_fail (WEIR_IS_SPARK (self));

  g_free (self->values);
  self->values = g_memdup2 (values, sizeof (double) * n_values);
  self->n_values = n_values;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
