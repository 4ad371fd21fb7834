/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-curve.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-readout.h"

#define MIN_WIDTH      160
#define NATURAL_HEIGHT 130
#define AXIS_WIDTH     44.f
#define DOT            5.f
#define N_LINES        4

struct _WeirCurve
{
  WeirMarks parent_instance;

  char *period;
  double *ratios;
  guint n_ratios;
};

G_DEFINE_FINAL_TYPE (WeirCurve, weir_curve, WEIR_TYPE_MARKS)

static float
get_line (WeirCurve *self)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (GTK_WIDGET (self), "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return ceilf ((float) height * 1.25f);
}

/* What the labels leave. */
static void
get_plot (WeirCurve       *self,
          graphene_rect_t *plot)
{
  float line = get_line (self);
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));

  graphene_rect_init (plot, weir_marks_is_mirrored (WEIR_MARKS (self)) ? 0 : AXIS_WIDTH, line / 2,
                      MAX (1, width - AXIS_WIDTH), MAX (1, height - line * 2));
}

static void
get_point (WeirCurve        *self,
           guint             index,
           graphene_point_t *point)
{
  graphene_rect_t plot;

  get_plot (self, &plot);
  weir_curve_get_point (self->ratios, self->n_ratios, index, plot.size.width, plot.size.height,
                        weir_marks_is_mirrored (WEIR_MARKS (self)), point);
  point->x += plot.origin.x;
  point->y += plot.origin.y;
}

static void
snapshot_axes (WeirCurve             *self,
               GtkSnapshot           *snapshot,
               const graphene_rect_t *plot,
               const GdkRGBA         *color)
{
  gboolean mirrored = weir_marks_is_mirrored (WEIR_MARKS (self));
  GdkRGBA grid = *color;
  float line = get_line (self);
  guint stride = MAX (1, (guint) ceilf ((float) self->n_ratios * 28.f / plot->size.width));

  grid.alpha *= weir_readout_is_contrasty () ? .4f : .14f;
  for (guint i = 0; i <= N_LINES; i += 2)
    {
      g_autofree char *text = weir_format_ratio (i / (double) N_LINES);
      float y = plot->origin.y + plot->size.height * (1 - (float) i / N_LINES);

      gtk_snapshot_append_color (snapshot, &grid,
                                 &GRAPHENE_RECT_INIT (plot->origin.x, roundf (y),
                                                      plot->size.width, 1));
      weir_readout_append_label (GTK_WIDGET (self), snapshot,
                                 &GRAPHENE_RECT_INIT (mirrored ? plot->size.width + 6 : 0,
                                                      y - line / 2, AXIS_WIDTH - 6, line),
                                 text, mirrored ? 0 : 1, color);
    }
  for (guint i = 0; i < self->n_ratios; i += stride)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      graphene_point_t point;

      get_point (self, i, &point);
      weir_readout_append_label (GTK_WIDGET (self), snapshot,
                                 &GRAPHENE_RECT_INIT (point.x - 14,
                                                      plot->origin.y + plot->size.height + 4,
                                                      28, line), number, .5f, color);
    }
}

static void
weir_curve_snapshot_marks (WeirMarks   *marks,
                           GtkSnapshot *snapshot,
                           float        width,
                           float        height)
{
  WeirCurve *self = WEIR_CURVE (marks);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA accent = { .2f, .5f, .9f, 1 }, color;
  graphene_rect_t plot;
  gboolean pen_down = FALSE;
  cairo_t *cr;

  gtk_style_context_lookup_color (style, "accent_bg_color", &accent);
  gtk_style_context_get_color (style, &color);
  get_plot (self, &plot);
  snapshot_axes (self, snapshot, &plot, &color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_set_line_width (cr, weir_readout_is_contrasty () ? 3 : 2);
  for (guint i = 0; i < self->n_ratios; i++)
    {
      graphene_point_t point;

      if (isnan (self->ratios[i]))
        {
          pen_down = FALSE;
          continue;
        }
      get_point (self, i, &point);
      if (pen_down)
        cairo_line_to (cr, point.x, point.y);
      else
        cairo_move_to (cr, point.x, point.y);
      pen_down = TRUE;
    }
  cairo_stroke (cr);
  for (guint i = 0; i < self->n_ratios && self->n_ratios <= 60; i++)
    {
      graphene_point_t point;

      get_point (self, i, &point);
      if (!isnan (self->ratios[i]))
        cairo_arc (cr, point.x, point.y, DOT / 2, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

static guint
weir_curve_get_n_marks (WeirMarks *marks)
{
  return WEIR_CURVE (marks)->n_ratios;
}

static gboolean
weir_curve_get_bounds (WeirMarks       *marks,
                       guint            mark,
                       graphene_rect_t *bounds)
{
  WeirCurve *self = WEIR_CURVE (marks);
  graphene_point_t point;

  get_point (self, mark, &point);
  graphene_rect_init (bounds, point.x - DOT, point.y - DOT, 2 * DOT, 2 * DOT);
  return !isnan (self->ratios[mark]);
}

/* The nearest period, wherever in its height the pointer is. */
static int
weir_curve_find (WeirMarks *marks,
                 float      x,
                 float      y)
{
  WeirCurve *self = WEIR_CURVE (marks);
  float nearest = INFINITY;
  int found = -1;

  for (guint i = 0; i < self->n_ratios; i++)
    {
      graphene_point_t point;

      get_point (self, i, &point);
      if (isnan (self->ratios[i]) || fabsf (point.x - x) >= nearest)
        continue;
      nearest = fabsf (point.x - x);
      found = (int) i;
    }
  return found;
}

static char *
weir_curve_dup_readout (WeirMarks *marks,
                        guint      mark)
{
  WeirCurve *self = WEIR_CURVE (marks);
  g_autofree char *ratio = weir_format_share (self->ratios[mark]);

  return g_strdup_printf ("%s %u\n%s", self->period, mark, ratio);
}

static char *
weir_curve_dup_summary (WeirMarks *marks)
{
  WeirCurve *self = WEIR_CURVE (marks);
  guint last = self->n_ratios;
  g_autofree char *ratio = NULL;

  while (last > 1 && isnan (self->ratios[last - 1]))
    last--;
  ratio = weir_format_share (self->ratios[last - 1]);
  /* Translators: a curve in a sentence: such as “Day 7: 21.0 % still come back.” */
  return g_strdup_printf (_("%s %u: %s still come back."), self->period, last - 1, ratio);
}

static void
weir_curve_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : NATURAL_HEIGHT;
}

static void
weir_curve_finalize (GObject *object)
{
  WeirCurve *self = WEIR_CURVE (object);

  g_free (self->period);
  g_free (self->ratios);

  G_OBJECT_CLASS (weir_curve_parent_class)->finalize (object);
}

static void
weir_curve_class_init (WeirCurveClass *klass)
{
  WeirMarksClass *marks_class = WEIR_MARKS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_curve_finalize;
  GTK_WIDGET_CLASS (klass)->measure = weir_curve_measure;
  marks_class->snapshot_marks = weir_curve_snapshot_marks;
  marks_class->get_n_marks = weir_curve_get_n_marks;
  marks_class->get_bounds = weir_curve_get_bounds;
  marks_class->find = weir_curve_find;
  marks_class->dup_readout = weir_curve_dup_readout;
  marks_class->dup_summary = weir_curve_dup_summary;
}

static void
weir_curve_init (WeirCurve *self)
{
}

/**
 * weir_curve_new:
 *
 * Returns: (transfer floating): a curve without values
 */
GtkWidget *
weir_curve_new (void)
{
  return g_object_new (WEIR_TYPE_CURVE, NULL);
}

/**
 * weir_curve_set_values:
 * @self: a curve
 * @period: what a period is called, such as “Day”
 * @ratios: (array length=n_ratios): from 0 to 1, NAN where there is none; copied
 * @n_ratios: how many
 *
 * Replaces the picture.
 */
void
weir_curve_set_values (WeirCurve    *self,
                       const char   *period,
                       const double *ratios,
                       guint         n_ratios)
{
  g_return_if_fail (WEIR_IS_CURVE (self));

  g_free (self->period);
  self->period = g_strdup (period);
  g_free (self->ratios);
  self->ratios = g_memdup2 (ratios, sizeof (double) * n_ratios);
  self->n_ratios = n_ratios;
  weir_marks_changed (WEIR_MARKS (self));
}

/**
 * weir_curve_get_point:
 * @ratios: (array length=n_ratios): from 0 to 1
 * @n_ratios: how many
 * @index: one of them
 * @width: of the plot
 * @height: of the plot
 * @mirrored: whether periods go from right to left
 * @point: (out): where it is; at the bottom when there is no ratio
 *
 * Finds a point. Half a period is left free at both ends.
 */
void
weir_curve_get_point (const double     *ratios,
                      guint             n_ratios,
                      guint             index,
                      float             width,
                      float             height,
                      gboolean          mirrored,
                      graphene_point_t *point)
{
  double ratio = isnan (ratios[index]) ? 0 : CLAMP (ratios[index], 0, 1);
  float x = width * ((float) index + .5f) / (float) n_ratios;

  graphene_point_init (point, mirrored ? width - x : x, height * (1 - (float) ratio));
}
