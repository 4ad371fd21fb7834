/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-histogram.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-readout.h"

#define MIN_WIDTH      160
#define NATURAL_WIDTH  360
#define NATURAL_HEIGHT 140
#define MAX_BAR        72.f
#define GAP            2.f

struct _WeirHistogram
{
  WeirMarks parent_instance;

  WeirBin *bins;
  guint n_bins;
};

G_DEFINE_FINAL_TYPE (WeirHistogram, weir_histogram, WEIR_TYPE_MARKS)

static float
get_line (WeirHistogram *self)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (GTK_WIDGET (self), "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return ceilf ((float) height * 1.25f);
}

static void
get_bar (WeirHistogram   *self,
         guint            bin,
         graphene_rect_t *bar)
{
  float line = get_line (self);

  weir_histogram_get_bar (self->bins, self->n_bins, bin,
                          (float) gtk_widget_get_width (GTK_WIDGET (self)),
                          (float) gtk_widget_get_height (GTK_WIDGET (self)) - 2 * line,
                          weir_marks_is_mirrored (WEIR_MARKS (self)), bar);
  bar->origin.y += line;
}

static void
weir_histogram_snapshot_marks (WeirMarks   *marks,
                               GtkSnapshot *snapshot,
                               float        width,
                               float        height)
{
  WeirHistogram *self = WEIR_HISTOGRAM (marks);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA accent = { .2f, .5f, .9f, 1 }, color;
  float line = get_line (self);

  gtk_style_context_lookup_color (style, "accent_bg_color", &accent);
  gtk_style_context_get_color (style, &color);
  for (guint i = 0; i < self->n_bins; i++)
    {
      g_autofree char *count = weir_format_short ((double) self->bins[i].count);
      g_autofree char *from = weir_format_span (self->bins[i].from);
      graphene_rect_t bar;

      get_bar (self, i, &bar);
      gtk_snapshot_append_color (snapshot, &accent, &bar);
      weir_readout_append_label (GTK_WIDGET (self), snapshot,
                                 &GRAPHENE_RECT_INIT (bar.origin.x, bar.origin.y - line,
                                                      bar.size.width, line), count, .5f, &color);
      weir_readout_append_label (GTK_WIDGET (self), snapshot,
                                 &GRAPHENE_RECT_INIT (bar.origin.x, height - line,
                                                      bar.size.width, line),
                                 from, weir_marks_is_mirrored (marks) ? 1 : 0, &color);
    }
}

static guint
weir_histogram_get_n_marks (WeirMarks *marks)
{
  return WEIR_HISTOGRAM (marks)->n_bins;
}

static gboolean
weir_histogram_get_bounds (WeirMarks       *marks,
                           guint            mark,
                           graphene_rect_t *bounds)
{
  get_bar (WEIR_HISTOGRAM (marks), mark, bounds);
  return TRUE;
}

/* Anywhere above or below a bar, which may be low. */
static int
weir_histogram_find (WeirMarks *marks,
                     float      x,
                     float      y)
{
  WeirHistogram *self = WEIR_HISTOGRAM (marks);
  graphene_rect_t bar;

  for (guint i = 0; i < self->n_bins; i++)
    {
      get_bar (self, i, &bar);
      if (x >= bar.origin.x && x < bar.origin.x + bar.size.width + GAP)
        return (int) i;
    }
  return -1;
}

static char *
weir_histogram_dup_readout (WeirMarks *marks,
                            guint      mark)
{
  WeirHistogram *self = WEIR_HISTOGRAM (marks);
  const WeirBin *bin = &self->bins[mark];
  g_autofree char *label = weir_bin_dup_label (bin);
  g_autofree char *count = weir_format_exact (bin->count);
  g_autofree char *people = g_strdup_printf (ngettext ("%s person", "%s people",
                                                       (gulong) bin->count), count);

  return g_strdup_printf ("%s\n%s", label, people);
}

static char *
weir_histogram_dup_summary (WeirMarks *marks)
{
  WeirHistogram *self = WEIR_HISTOGRAM (marks);
  const WeirBin *most = &self->bins[0];
  g_autofree char *label = NULL;
  g_autofree char *count = NULL;

  for (guint i = 1; i < self->n_bins; i++)
    {
      if (self->bins[i].count > most->count)
        most = &self->bins[i];
    }
  label = weir_bin_dup_label (most);
  count = weir_format_exact (most->count);
  /* Translators: a histogram in a sentence: a span of durations, and how many it took that. */
  return g_strdup_printf (_("Most often %s: %s people."), label, count);
}

static void
weir_histogram_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : NATURAL_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
weir_histogram_finalize (GObject *object)
{
  g_free (WEIR_HISTOGRAM (object)->bins);

  G_OBJECT_CLASS (weir_histogram_parent_class)->finalize (object);
}

static void
weir_histogram_class_init (WeirHistogramClass *klass)
{
  WeirMarksClass *marks_class = WEIR_MARKS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_histogram_finalize;
  GTK_WIDGET_CLASS (klass)->measure = weir_histogram_measure;
  marks_class->snapshot_marks = weir_histogram_snapshot_marks;
  marks_class->get_n_marks = weir_histogram_get_n_marks;
  marks_class->get_bounds = weir_histogram_get_bounds;
  marks_class->find = weir_histogram_find;
  marks_class->dup_readout = weir_histogram_dup_readout;
  marks_class->dup_summary = weir_histogram_dup_summary;
}

static void
weir_histogram_init (WeirHistogram *self)
{
}

/**
 * weir_histogram_new:
 *
 * Returns: (transfer floating): a histogram without bars
 */
GtkWidget *
weir_histogram_new (void)
{
  return g_object_new (WEIR_TYPE_HISTOGRAM, NULL);
}

/**
 * weir_histogram_set_bins:
 * @self: a histogram
 * @bins: (array length=n_bins): its bars, the shortest durations first; copied
 * @n_bins: how many
 *
 * Replaces the picture.
 */
void
weir_histogram_set_bins (WeirHistogram *self,
                         const WeirBin *bins,
                         guint          n_bins)
{
  g_return_if_fail (WEIR_IS_HISTOGRAM (self));

  g_free (self->bins);
  self->bins = g_memdup2 (bins, sizeof (WeirBin) * n_bins);
  self->n_bins = n_bins;
  weir_marks_changed (WEIR_MARKS (self));
}

/**
 * weir_bin_dup_label:
 * @bin: a bar
 *
 * Returns: (transfer full): the durations in it, as a reader would say them
 */
char *
weir_bin_dup_label (const WeirBin *bin)
{
  g_autofree char *from = weir_format_span (bin->from);
  g_autofree char *to = NULL;

  if (isinf (bin->to))
    /* Translators: a duration without an upper end. */
    return g_strdup_printf (_("%s or more"), from);
  to = weir_format_span (bin->to);
  /* Translators: the ends of a span of durations. */
  return g_strdup_printf (_("%s to %s"), from, to);
}

/**
 * weir_histogram_get_bar:
 * @bins: (array length=n_bins): bars
 * @n_bins: how many
 * @bin: one of them
 * @width: of the picture
 * @height: of its highest bar
 * @mirrored: whether durations go from right to left
 * @bar: (out): where the bar is
 *
 * Finds a bar.
 */
void
weir_histogram_get_bar (const WeirBin   *bins,
                        guint            n_bins,
                        guint            bin,
                        float            width,
                        float            height,
                        gboolean         mirrored,
                        graphene_rect_t *bar)
{
  float extent = MIN (MAX_BAR, width / (float) MAX (1, n_bins));
  float x = extent * (float) bin, high;
  guint64 peak = 1;

  for (guint i = 0; i < n_bins; i++)
    peak = MAX (peak, bins[i].count);
  high = MAX (0, height) * (float) ((double) bins[bin].count / (double) peak);
  if (mirrored)
    x = width - x - extent;
  graphene_rect_init (bar, x, MAX (0, height) - high, MAX (1, extent - GAP), high);
}
