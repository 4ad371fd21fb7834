/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-chart.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-palette.h"
#include "weir-readout.h"

#define MIN_WIDTH     160
#define NATURAL_WIDTH 480
#define LINE_FACTOR   1.25f

struct _WeirFunnelChart
{
  WeirMarks parent_instance;

  WeirFunnelData *data;
};

G_DEFINE_FINAL_TYPE (WeirFunnelChart, weir_funnel_chart, WEIR_TYPE_MARKS)

static float
get_line (WeirFunnelChart *self)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (GTK_WIDGET (self), "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return ceilf ((float) height * LINE_FACTOR);
}

static void
get_layout (WeirFunnelChart  *self,
            WeirFunnelLayout *layout)
{
  weir_funnel_layout_init (layout, self->data,
                           (float) gtk_widget_get_width (GTK_WIDGET (self)),
                           (float) gtk_widget_get_height (GTK_WIDGET (self)),
                           get_line (self), weir_marks_is_mirrored (WEIR_MARKS (self)));
}

/* Everybody has the accent; groups have colours of their own. */
static void
get_color (WeirFunnelChart *self,
           guint            group,
           GdkRGBA         *color)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  weir_palette_get_color (weir_funnel_data_get_color (self->data, group),
                          adw_style_manager_get_dark (style), color);
  if (weir_funnel_data_get_group (self->data, group) == NULL)
    gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                    "accent_bg_color", color);
}

static void
snapshot_bar (WeirFunnelChart        *self,
              GtkSnapshot            *snapshot,
              const WeirFunnelLayout *layout,
              guint                   step,
              guint                   group,
              gboolean                contrasty)
{
  GdkRGBA color, faint, line;
  graphene_rect_t reached, dropped;

  get_color (self, group, &color);
  faint = line = color;
  faint.alpha = contrasty ? .25f : .12f;
  line.alpha = contrasty ? 1.f : .35f;
  weir_funnel_layout_get_part (layout, self->data, step, group, WEIR_FUNNEL_REACHED, &reached);
  weir_funnel_layout_get_part (layout, self->data, step, group, WEIR_FUNNEL_DROPPED, &dropped);
  gtk_snapshot_append_color (snapshot, &color, &reached);
  gtk_snapshot_append_color (snapshot, &faint, &dropped);
  weir_readout_append_hatch (snapshot, &dropped, &line);
}

static char *
dup_share (WeirFunnelChart *self,
           guint            step)
{
  guint64 first = 0, before = 0, here = 0;

  /* Groups sum to the whole: each person is in one. */
  for (guint i = 0; i < weir_funnel_data_get_n_groups (self->data); i++)
    {
      first += weir_funnel_data_get_count (self->data, i, 0);
      before += weir_funnel_data_get_count (self->data, i, step > 0 ? step - 1 : 0);
      here += weir_funnel_data_get_count (self->data, i, step);
    }
  if (step == 0 || before == 0 || first == 0)
    return weir_format_exact (here);
  else
    {
      g_autofree char *count = weir_format_exact (here);
      g_autofree char *ratio = weir_format_share ((double) here / (double) before);

      /* Translators: at a step of a funnel: how many persons, and which part of the step before. */
      return g_strdup_printf (_("%s · %s"), count, ratio);
    }
}

static void
snapshot_texts (WeirFunnelChart        *self,
                GtkSnapshot            *snapshot,
                const WeirFunnelLayout *layout,
                guint                   step,
                const GdkRGBA          *strong,
                const GdkRGBA          *weak)
{
  GtkWidget *widget = GTK_WIDGET (self);
  float align = layout->mirrored ? 1 : 0;
  g_autofree char *share = dup_share (self, step);
  double median = weir_funnel_data_get_n_groups (self->data) == 1
                  ? weir_funnel_data_get_median (self->data, 0, step) : NAN;
  g_autofree char *name = g_strdup_printf ("%u  %s", step + 1,
                                           weir_funnel_data_get_step (self->data, step));
  g_autofree char *duration = isnan (median) ? g_strdup ("") : weir_format_span (median);
  graphene_rect_t area;

  weir_funnel_layout_get_step (layout, step, &area);
  if (layout->stacked)
    {
      float half = area.size.width / 2;

      weir_readout_append_label (widget, snapshot,
                                 &GRAPHENE_RECT_INIT (area.origin.x, area.origin.y,
                                                      area.size.width, layout->line),
                                 name, align, strong);
      area.origin.y += area.size.height - layout->line - 14;
      weir_readout_append_label (widget, snapshot,
                                 &GRAPHENE_RECT_INIT (layout->mirrored ? half : 0, area.origin.y,
                                                      half, layout->line), share, align, strong);
      weir_readout_append_label (widget, snapshot,
                                 &GRAPHENE_RECT_INIT (layout->mirrored ? 0 : half, area.origin.y,
                                                      half, layout->line),
                                 duration, 1 - align, weak);
      return;
    }
  weir_readout_append_label (widget, snapshot,
                             &GRAPHENE_RECT_INIT (area.origin.x, area.origin.y,
                                                  area.size.width, layout->line),
                             duration, align, weak);
  area.origin.y += area.size.height - layout->line * 2;
  weir_readout_append_label (widget, snapshot,
                             &GRAPHENE_RECT_INIT (area.origin.x, area.origin.y,
                                                  area.size.width, layout->line),
                             name, align, strong);
  weir_readout_append_label (widget, snapshot,
                             &GRAPHENE_RECT_INIT (area.origin.x, area.origin.y + layout->line,
                                                  area.size.width, layout->line),
                             share, align, strong);
}

static void
weir_funnel_chart_snapshot_marks (WeirMarks   *marks,
                                  GtkSnapshot *snapshot,
                                  float        width,
                                  float        height)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (marks);
  gboolean contrasty = weir_readout_is_contrasty ();
  WeirFunnelLayout layout;
  GdkRGBA strong, weak;

  get_layout (self, &layout);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &strong);
  weak = strong;
  weak.alpha *= contrasty ? 1.f : .7f;
  for (guint step = 0; step < layout.n_steps; step++)
    {
      for (guint group = 0; group < layout.n_groups; group++)
        snapshot_bar (self, snapshot, &layout, step, group, contrasty);
      snapshot_texts (self, snapshot, &layout, step, &strong, &weak);
    }
}

static guint
weir_funnel_chart_get_n_marks (WeirMarks *marks)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (marks);

  if (self->data == NULL)
    return 0;
  return weir_funnel_data_get_n_steps (self->data) * weir_funnel_data_get_n_groups (self->data) * 2;
}

static gboolean
weir_funnel_chart_get_bounds (WeirMarks       *marks,
                              guint            mark,
                              graphene_rect_t *bounds)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (marks);
  WeirFunnelLayout layout;
  WeirFunnelPart part;
  guint step, group;

  part = weir_funnel_chart_get_mark (self, mark, &step, &group);
  get_layout (self, &layout);
  weir_funnel_layout_get_part (&layout, self->data, step, group, part, bounds);
  return step > 0 || part == WEIR_FUNNEL_REACHED;
}

/* Across: from step to step. Down: from those who got lost to those who did not, group by group. */
static int
weir_funnel_chart_move (WeirMarks *marks,
                        guint      mark,
                        int        columns,
                        int        rows)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (marks);
  guint n_groups = weir_funnel_data_get_n_groups (self->data);
  guint step, group;
  WeirFunnelPart part = weir_funnel_chart_get_mark (self, mark, &step, &group);
  int next_step = (int) step + (weir_marks_is_mirrored (marks) ? -columns : columns);
  int row = (int) (group * 2) + (part == WEIR_FUNNEL_DROPPED ? 0 : 1) + rows;

  next_step = CLAMP (next_step, 0, (int) weir_funnel_data_get_n_steps (self->data) - 1);
  row = CLAMP (row, 0, (int) n_groups * 2 - 1);
  if (next_step == 0)
    row |= 1;
  return (next_step * (int) n_groups + row / 2) * 2
         + (row % 2 == 0 ? WEIR_FUNNEL_DROPPED : WEIR_FUNNEL_REACHED);
}

static void
append_heading (WeirFunnelChart *self,
                GString         *text,
                guint            step,
                guint            group,
                WeirFunnelPart   part)
{
  const char *name = weir_funnel_data_get_step (self->data, step);
  const char *group_name = weir_funnel_data_get_group (self->data, group);

  if (part == WEIR_FUNNEL_DROPPED)
    /* Translators: %s is the name of a step of a funnel; those who did not get to it. */
    g_string_append_printf (text, _("Lost before %s"), name);
  else
    g_string_append (text, name);
  if (group_name != NULL)
    g_string_append_printf (text, " · %s", group_name);
}

static char *
weir_funnel_chart_dup_readout (WeirMarks *marks,
                               guint      mark)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (marks);
  GString *text = g_string_new (NULL);
  guint step, group;
  WeirFunnelPart part = weir_funnel_chart_get_mark (self, mark, &step, &group);
  gboolean dropped = part == WEIR_FUNNEL_DROPPED;
  guint64 count = dropped ? weir_funnel_data_get_dropped (self->data, group, step)
                          : weir_funnel_data_get_count (self->data, group, step);
  double of_previous = weir_funnel_data_get_of_previous (self->data, group, step);
  double median = weir_funnel_data_get_median (self->data, group, step);
  g_autofree char *number = weir_format_exact (count);
  g_autofree char *previous = weir_format_share (dropped ? 1 - of_previous : of_previous);
  g_autofree char *first = weir_format_share (weir_funnel_data_get_of_first (self->data, group,
                                                                            step));

  append_heading (self, text, step, group, part);
  g_string_append_c (text, '\n');
  g_string_append_printf (text, ngettext ("%s person", "%s people", (gulong) count), number);
  if (step == 0)
    return g_string_free (text, FALSE);
  g_string_append_c (text, '\n');
  if (dropped)
    g_string_append_printf (text, _("%s of the step before"), previous);
  else
    /* Translators: two ratios, of the step before and of the first step of a funnel. */
    g_string_append_printf (text, _("%s of the step before, %s of the first"), previous, first);
  if (!dropped && !isnan (median))
    {
      g_autofree char *duration = weir_format_span (median);

      g_string_append_c (text, '\n');
      g_string_append_printf (text, _("Half of them within %s"), duration);
    }
  return g_string_free (text, FALSE);
}

static char *
weir_funnel_chart_dup_summary (WeirMarks *marks)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (marks);
  guint last = weir_funnel_data_get_n_steps (self->data) - 1;
  guint64 began = 0, ended = 0;
  g_autofree char *first = NULL;
  g_autofree char *final = NULL;
  g_autofree char *ratio = NULL;

  for (guint i = 0; i < weir_funnel_data_get_n_groups (self->data); i++)
    {
      began += weir_funnel_data_get_count (self->data, i, 0);
      ended += weir_funnel_data_get_count (self->data, i, last);
    }
  first = weir_format_exact (began);
  final = weir_format_exact (ended);
  ratio = weir_format_share (began > 0 ? (double) ended / (double) began : 0);
  /* Translators: a funnel in a sentence: how many of how many reached which step, and the ratio. */
  return g_strdup_printf (_("%1$s of %2$s people reached %3$s (%4$s)."), final, first,
                          weir_funnel_data_get_step (self->data, last), ratio);
}

static GtkSizeRequestMode
weir_funnel_chart_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
weir_funnel_chart_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  WeirFunnelChart *self = WEIR_FUNNEL_CHART (widget);

  *minimum = MIN_WIDTH;
  *natural = NATURAL_WIDTH;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  *minimum = *natural = 0;
  if (self->data != NULL)
    *minimum = *natural =
      (int) ceilf (weir_funnel_layout_get_height (weir_funnel_data_get_n_steps (self->data),
                                                  weir_funnel_data_get_n_groups (self->data),
                                                  for_size > 0 ? (float) for_size : NATURAL_WIDTH,
                                                  get_line (self)));
}

static void
weir_funnel_chart_finalize (GObject *object)
{
  g_clear_pointer (&WEIR_FUNNEL_CHART (object)->data, weir_funnel_data_unref);

  G_OBJECT_CLASS (weir_funnel_chart_parent_class)->finalize (object);
}

static void
weir_funnel_chart_class_init (WeirFunnelChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WeirMarksClass *marks_class = WEIR_MARKS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_funnel_chart_finalize;
  widget_class->get_request_mode = weir_funnel_chart_get_request_mode;
  widget_class->measure = weir_funnel_chart_measure;
  marks_class->snapshot_marks = weir_funnel_chart_snapshot_marks;
  marks_class->get_n_marks = weir_funnel_chart_get_n_marks;
  marks_class->get_bounds = weir_funnel_chart_get_bounds;
  marks_class->move = weir_funnel_chart_move;
  marks_class->dup_readout = weir_funnel_chart_dup_readout;
  marks_class->dup_summary = weir_funnel_chart_dup_summary;
}

static void
weir_funnel_chart_init (WeirFunnelChart *self)
{
}

/**
 * weir_funnel_chart_new:
 *
 * Returns: (transfer floating): a chart without data
 */
GtkWidget *
weir_funnel_chart_new (void)
{
  return g_object_new (WEIR_TYPE_FUNNEL_CHART, NULL);
}

/**
 * weir_funnel_chart_set_data:
 * @self: a chart
 * @data: (nullable): what to show from now on
 *
 * Replaces the picture.
 */
void
weir_funnel_chart_set_data (WeirFunnelChart *self,
                            WeirFunnelData  *data)
{
  g_return_if_fail (WEIR_IS_FUNNEL_CHART (self));

  if (data != NULL)
    weir_funnel_data_ref (data);
  g_clear_pointer (&self->data, weir_funnel_data_unref);
  self->data = data;
  weir_marks_changed (WEIR_MARKS (self));
}

/**
 * weir_funnel_chart_get_mark:
 * @self: a chart with data
 * @mark: a mark of it
 * @step: (out): its step, from 0 on
 * @group: (out): its group
 *
 * Returns: which part of the bar it is
 */
WeirFunnelPart
weir_funnel_chart_get_mark (WeirFunnelChart *self,
                            guint            mark,
                            guint           *step,
                            guint           *group)
{
  guint n_groups = weir_funnel_data_get_n_groups (self->data);

  *step = mark / 2 / n_groups;
  *group = mark / 2 % n_groups;
  return mark % 2 == 0 ? WEIR_FUNNEL_REACHED : WEIR_FUNNEL_DROPPED;
}
