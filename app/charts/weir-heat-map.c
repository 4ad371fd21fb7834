/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-heat-map.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-heat-layout.h"
#include "weir-readout.h"

#define MAX_NAME_WIDTH 160.f

struct _WeirHeatMap
{
  WeirMarks parent_instance;

  WeirHeatData *data;
  gboolean counts;
  char *period;          /* what a column is called, such as “Day” */
  float name_width;
  float number_width;
  float line;
};

G_DEFINE_FINAL_TYPE (WeirHeatMap, weir_heat_map, WEIR_TYPE_MARKS)

/* The mean row comes first, and has no persons; then cell by cell. */
static guint
get_n_marks (WeirHeatMap *self)
{
  return self->data != NULL ? (weir_heat_data_get_n_rows (self->data) + 1)
                              * weir_heat_data_get_n_columns (self->data) : 0;
}

static void
get_place (WeirHeatMap *self,
           guint        mark,
           int         *row,
           int         *column)
{
  guint n = weir_heat_data_get_n_columns (self->data);

  *row = (int) (mark / n) - 1;
  *column = (int) (mark % n);
}

static void
get_layout (WeirHeatMap    *self,
            float           width,
            WeirHeatLayout *layout)
{
  weir_heat_layout_init (layout, weir_heat_data_get_n_rows (self->data),
                         weir_heat_data_get_n_columns (self->data), width,
                         self->name_width, self->number_width, self->line,
                         weir_marks_is_mirrored (WEIR_MARKS (self)));
}

static void
get_current_layout (WeirHeatMap    *self,
                    WeirHeatLayout *layout)
{
  graphene_rect_t visible;
  float end;

  get_layout (self, (float) gtk_widget_get_width (GTK_WIDGET (self)), layout);
  weir_marks_get_visible (WEIR_MARKS (self), &visible);
  end = visible.origin.x + visible.size.width;
  weir_heat_layout_pin (layout, layout->mirrored ? layout->width - end : visible.origin.x,
                        visible.origin.y);
}

static char *
dup_cell_text (WeirHeatMap *self,
               int          row,
               int          column)
{
  double ratio, value;

  if (row == WEIR_HEAT_MEAN)
    {
      ratio = weir_heat_data_get_mean (self->data, (guint) column);
      return isnan (ratio) ? g_strdup ("") : weir_format_share (ratio);
    }
  value = weir_heat_data_get_value (self->data, (guint) row, (guint) column);
  ratio = weir_heat_data_get_ratio (self->data, (guint) row, (guint) column);
  if (isnan (value))
    return g_strdup ("");
  if (self->counts)
    return weir_format_exact ((guint64) value);
  return isnan (ratio) ? g_strdup ("–") : weir_format_share (ratio);
}

static float
get_text_width (WeirHeatMap *self,
                const char  *text,
                float       *height)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (GTK_WIDGET (self), text);
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  if (height != NULL)
    *height = (float) h;
  return (float) w;
}

static void
update_sizes (WeirHeatMap *self)
{
  g_autofree char *total = NULL;

  self->name_width = get_text_width (self, _("Mean"), &self->line);
  if (self->data == NULL)
    return;
  for (guint i = 0; i < weir_heat_data_get_n_rows (self->data); i++)
    self->name_width = MAX (self->name_width,
                            get_text_width (self, weir_heat_data_get_name (self->data, i), NULL));
  self->name_width = MIN (self->name_width, MAX_NAME_WIDTH);
  total = weir_format_exact (weir_heat_data_get_total_size (self->data));
  self->number_width = MAX (get_text_width (self, total, NULL),
                            get_text_width (self, "100.0 %", NULL));
}

static double
get_linear (double channel)
{
  return channel <= .04045 ? channel / 12.92 : pow ((channel + .055) / 1.055, 2.4);
}

/* Black or white on a cell, whichever has more contrast with what is seen there. */
static void
get_ink (WeirHeatMap   *self,
         const GdkRGBA *fill,
         GdkRGBA       *ink)
{
  GdkRGBA surface = { 1, 1, 1, 1 };
  double a = fill->alpha, luminance;

  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                  "window_bg_color", &surface);
  luminance = .2126 * get_linear (fill->red * a + surface.red * (1 - a))
              + .7152 * get_linear (fill->green * a + surface.green * (1 - a))
              + .0722 * get_linear (fill->blue * a + surface.blue * (1 - a));
  *ink = luminance > .179 ? (GdkRGBA) { 0, 0, 0, 1 } : (GdkRGBA) { 1, 1, 1, 1 };
}

static void
snapshot_cell (WeirHeatMap          *self,
               GtkSnapshot          *snapshot,
               const WeirHeatLayout *layout,
               int                   row,
               int                   column,
               const GdkRGBA        *accent,
               const GdkRGBA        *color)
{
  double ratio = row == WEIR_HEAT_MEAN
                 ? weir_heat_data_get_mean (self->data, (guint) column)
                 : weir_heat_data_get_ratio (self->data, (guint) row, (guint) column);
  g_autofree char *text = dup_cell_text (self, row, column);
  GdkRGBA fill = *accent, ink = *color;
  graphene_rect_t area;

  weir_heat_layout_get_cell (layout, row, column, &area);
  if (!isnan (ratio) && row != WEIR_HEAT_MEAN)
    {
      fill.alpha = (float) (.06 + .94 * CLAMP (ratio, 0, 1));
      gtk_snapshot_append_color (snapshot, &fill, &area);
      if (weir_readout_is_contrasty ())
        weir_readout_append_outline (snapshot, &area, 0, 1, color);
      get_ink (self, &fill, &ink);
    }
  if (row != WEIR_HEAT_MEAN && *text != '\0'
      && !weir_heat_data_is_complete (self->data, (guint) row, (guint) column))
    {
      GdkRGBA line = ink;

      line.alpha *= .3f;
      weir_readout_append_hatch (snapshot, &area, &line);
    }
  weir_readout_append_label (GTK_WIDGET (self), snapshot, &area, text, .5f, &ink);
}

static void
snapshot_label (WeirHeatMap          *self,
                GtkSnapshot          *snapshot,
                const WeirHeatLayout *layout,
                int                   row,
                int                   column,
                const char           *text,
                const GdkRGBA        *color)
{
  float align = column == WEIR_HEAT_NAMES ? (layout->mirrored ? 1.f : 0.f) : .5f;
  graphene_rect_t area;

  weir_heat_layout_get_cell (layout, row, column, &area);
  weir_readout_append_label (GTK_WIDGET (self), snapshot, &area, text, align, color);
}

static void
snapshot_row_head (WeirHeatMap          *self,
                   GtkSnapshot          *snapshot,
                   const WeirHeatLayout *layout,
                   int                   row,
                   const GdkRGBA        *color)
{
  guint64 size = row == WEIR_HEAT_MEAN ? weir_heat_data_get_total_size (self->data)
                                       : weir_heat_data_get_size (self->data, (guint) row);
  g_autofree char *number = weir_format_exact (size);

  snapshot_label (self, snapshot, layout, row, WEIR_HEAT_NAMES,
                  row == WEIR_HEAT_MEAN ? _("Mean")
                                        : weir_heat_data_get_name (self->data, (guint) row),
                  color);
  snapshot_label (self, snapshot, layout, row, WEIR_HEAT_SIZES, number, color);
}

static void
snapshot_heading (WeirHeatMap          *self,
                  GtkSnapshot          *snapshot,
                  const WeirHeatLayout *layout,
                  const GdkRGBA        *color)
{
  graphene_rect_t part;

  weir_heat_layout_get_part (layout, TRUE, FALSE, &part);
  gtk_snapshot_push_clip (snapshot, &part);
  for (int column = 0; column < (int) layout->n_columns; column++)
    {
      g_autofree char *number = g_strdup_printf ("%d", column);

      snapshot_label (self, snapshot, layout, WEIR_HEAT_HEADING, column, number, color);
    }
  gtk_snapshot_pop (snapshot);
  snapshot_label (self, snapshot, layout, WEIR_HEAT_HEADING, WEIR_HEAT_SIZES, _("People"), color);
  if (self->period != NULL)
    snapshot_label (self, snapshot, layout, WEIR_HEAT_HEADING, WEIR_HEAT_NAMES, self->period,
                    color);
}

/* Only what is seen of them: a large matrix has more cells than a frame has time for. */
static void
snapshot_cells (WeirHeatMap          *self,
                GtkSnapshot          *snapshot,
                const WeirHeatLayout *layout,
                const GdkRGBA        *accent,
                const GdkRGBA        *color)
{
  graphene_rect_t part, visible, cell;

  weir_marks_get_visible (WEIR_MARKS (self), &visible);
  weir_heat_layout_get_part (layout, FALSE, FALSE, &part);
  if (!graphene_rect_intersection (&part, &visible, &part))
    return;
  gtk_snapshot_push_clip (snapshot, &part);
  for (int row = WEIR_HEAT_MEAN; row < (int) layout->n_rows; row++)
    {
      for (int column = 0; column < (int) layout->n_columns; column++)
        {
          weir_heat_layout_get_cell (layout, row, column, &cell);
          if (graphene_rect_intersection (&cell, &part, NULL))
            snapshot_cell (self, snapshot, layout, row, column, accent, color);
        }
    }
  gtk_snapshot_pop (snapshot);
}

static void
weir_heat_map_snapshot_marks (WeirMarks   *marks,
                              GtkSnapshot *snapshot,
                              float        width,
                              float        height)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  gboolean contrasty = weir_readout_is_contrasty ();
  GdkRGBA accent = { .2f, .5f, .9f, 1 }, color, weak;
  WeirHeatLayout layout;
  graphene_rect_t part;

  gtk_style_context_lookup_color (style, "accent_bg_color", &accent);
  gtk_style_context_get_color (style, &color);
  weak = color;
  weak.alpha *= contrasty ? 1.f : .7f;
  get_current_layout (self, &layout);
  snapshot_heading (self, snapshot, &layout, &weak);
  weir_heat_layout_get_part (&layout, FALSE, TRUE, &part);
  gtk_snapshot_push_clip (snapshot, &part);
  for (int row = WEIR_HEAT_MEAN; row < (int) layout.n_rows; row++)
    snapshot_row_head (self, snapshot, &layout, row, &color);
  gtk_snapshot_pop (snapshot);
  snapshot_cells (self, snapshot, &layout, &accent, &color);
}

static void
weir_heat_map_get_pinned (WeirMarks       *marks,
                          graphene_size_t *size)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  WeirHeatLayout layout;

  get_current_layout (self, &layout);
  graphene_size_init (size, weir_heat_layout_get_head_width (&layout), layout.row_height);
}

static guint
weir_heat_map_get_n_marks (WeirMarks *marks)
{
  return get_n_marks (WEIR_HEAT_MAP (marks));
}

static gboolean
weir_heat_map_get_bounds (WeirMarks       *marks,
                          guint            mark,
                          graphene_rect_t *bounds)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  WeirHeatLayout layout;
  int row, column;

  get_place (self, mark, &row, &column);
  get_current_layout (self, &layout);
  weir_heat_layout_get_cell (&layout, row, column, bounds);
  return TRUE;
}

static int
weir_heat_map_find (WeirMarks *marks,
                    float      x,
                    float      y)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  WeirHeatLayout layout;
  int row, column;

  if (self->data == NULL)
    return -1;
  get_current_layout (self, &layout);
  if (!weir_heat_layout_find (&layout, x, y, &row, &column))
    return -1;
  /* The size of a cohort is its first value. */
  return (row + 1) * (int) layout.n_columns + MAX (column, 0);
}

static int
weir_heat_map_move (WeirMarks *marks,
                    guint      mark,
                    int        columns,
                    int        rows)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  int n_columns = (int) weir_heat_data_get_n_columns (self->data);
  int row, column;

  get_place (self, mark, &row, &column);
  column = CLAMP (column + (weir_marks_is_mirrored (marks) ? -columns : columns), 0, n_columns - 1);
  row = CLAMP (row + rows, WEIR_HEAT_MEAN, (int) weir_heat_data_get_n_rows (self->data) - 1);
  return (row + 1) * n_columns + column;
}

static void
append_value (WeirHeatMap *self,
              GString     *text,
              guint        row,
              guint        column)
{
  double value = weir_heat_data_get_value (self->data, row, column);
  double ratio = weir_heat_data_get_ratio (self->data, row, column);
  g_autofree char *count = isnan (value) ? NULL : weir_format_exact ((guint64) value);
  g_autofree char *size = weir_format_exact (weir_heat_data_get_size (self->data, row));
  g_autofree char *share = isnan (ratio) ? g_strdup ("–") : weir_format_share (ratio);

  if (count == NULL)
    {
      g_string_append (text, _("Has not begun"));
      return;
    }
  /* Translators: how many of how many came back: “214 of 1,020 (21.0 %)”. */
  g_string_append_printf (text, _("%s of %s (%s)"), count, size, share);
  if (!weir_heat_data_is_complete (self->data, row, column))
    {
      g_string_append_c (text, '\n');
      g_string_append (text, _("Still runs: this can grow"));
    }
}

static char *
weir_heat_map_dup_readout (WeirMarks *marks,
                           guint      mark)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  GString *text = g_string_new (NULL);
  int row, column;

  get_place (self, mark, &row, &column);
  g_string_append (text, row == WEIR_HEAT_MEAN ? _("Mean of all that are over, weighted by size")
                                               : weir_heat_data_get_name (self->data, (guint) row));
  if (self->period != NULL)
    g_string_append_printf (text, " · %s %d", self->period, column);
  g_string_append_c (text, '\n');
  if (row == WEIR_HEAT_MEAN)
    {
      g_autofree char *mean = dup_cell_text (self, row, column);

      g_string_append (text, *mean != '\0' ? mean : _("Has not begun"));
    }
  else
    append_value (self, text, (guint) row, (guint) column);
  return g_string_free (text, FALSE);
}

static char *
weir_heat_map_dup_summary (WeirMarks *marks)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (marks);
  guint n = weir_heat_data_get_n_rows (self->data);
  guint column = MIN (1, weir_heat_data_get_n_columns (self->data) - 1);
  double mean = weir_heat_data_get_mean (self->data, column);
  g_autofree char *ratio = isnan (mean) ? g_strdup ("–") : weir_format_share (mean);
  g_autofree char *total = weir_format_exact (weir_heat_data_get_total_size (self->data));

  /* Translators: retention in a sentence: number of cohorts, of people, ratio after one period. */
  return g_strdup_printf (ngettext ("%u cohort, %s people. Came back in period 1: %s.",
                                    "%u cohorts, %s people. Came back in period 1: %s.", n),
                          n, total, ratio);
}

static GtkSizeRequestMode
weir_heat_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
weir_heat_map_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (widget);
  WeirHeatLayout layout;

  *minimum = *natural = 0;
  if (self->data == NULL)
    return;
  update_sizes (self);
  get_layout (self, 0, &layout);
  *minimum = *natural = (int) ceilf (orientation == GTK_ORIENTATION_HORIZONTAL
                                     ? weir_heat_layout_get_width (&layout)
                                     : weir_heat_layout_get_height (&layout));
}

static void
weir_heat_map_finalize (GObject *object)
{
  WeirHeatMap *self = WEIR_HEAT_MAP (object);

  g_clear_pointer (&self->data, weir_heat_data_unref);
  g_free (self->period);

  G_OBJECT_CLASS (weir_heat_map_parent_class)->finalize (object);
}

static void
weir_heat_map_class_init (WeirHeatMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WeirMarksClass *marks_class = WEIR_MARKS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_heat_map_finalize;
  widget_class->get_request_mode = weir_heat_map_get_request_mode;
  widget_class->measure = weir_heat_map_measure;
  marks_class->snapshot_marks = weir_heat_map_snapshot_marks;
  marks_class->get_pinned = weir_heat_map_get_pinned;
  marks_class->get_n_marks = weir_heat_map_get_n_marks;
  marks_class->get_bounds = weir_heat_map_get_bounds;
  marks_class->find = weir_heat_map_find;
  marks_class->move = weir_heat_map_move;
  marks_class->dup_readout = weir_heat_map_dup_readout;
  marks_class->dup_summary = weir_heat_map_dup_summary;
}

static void
weir_heat_map_init (WeirHeatMap *self)
{
}

/**
 * weir_heat_map_new:
 *
 * Returns: (transfer floating): a heat map without data
 */
GtkWidget *
weir_heat_map_new (void)
{
  return g_object_new (WEIR_TYPE_HEAT_MAP, NULL);
}

/**
 * weir_heat_map_set_data:
 * @self: a heat map
 * @data: (nullable): what to show from now on
 *
 * Replaces the picture.
 */
void
weir_heat_map_set_data (WeirHeatMap  *self,
                        WeirHeatData *data)
{
  g_return_if_fail (WEIR_IS_HEAT_MAP (self));

  if (data != NULL)
    weir_heat_data_ref (data);
  g_clear_pointer (&self->data, weir_heat_data_unref);
  self->data = data;
  update_sizes (self);
  weir_marks_changed (WEIR_MARKS (self));
}

/**
 * weir_heat_map_set_counts:
 * @self: a heat map
 * @counts: whether cells say how many, rather than which part
 *
 * Chooses what cells say.
 */
void
weir_heat_map_set_counts (WeirHeatMap *self,
                          gboolean     counts)
{
  g_return_if_fail (WEIR_IS_HEAT_MAP (self));

  self->counts = counts;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * weir_heat_map_set_period:
 * @self: a heat map
 * @period: what a column is called, such as “Day”
 *
 * Names the columns.
 */
void
weir_heat_map_set_period (WeirHeatMap *self,
                          const char  *period)
{
  g_return_if_fail (WEIR_IS_HEAT_MAP (self));

  g_free (self->period);
  self->period = g_strdup (period);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * weir_heat_map_get_cell:
 * @self: a heat map with data
 * @mark: a mark of it
 * @row: (out): its cohort
 * @column: (out): its period
 *
 * Returns: whether it counts persons: it is none of the means, and its period has begun
 */
gboolean
weir_heat_map_get_cell (WeirHeatMap *self,
                        guint        mark,
                        guint       *row,
                        guint       *column)
{
  int at, period;

  get_place (self, mark, &at, &period);
  if (at < 0)
    return FALSE;
  *row = (guint) at;
  *column = (guint) period;
  return !isnan (weir_heat_data_get_value (self->data, *row, *column));
}
