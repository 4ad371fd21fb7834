/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "weir-chart-axes.h"
#include "weir-chart-brush.h"
#include "weir-cursor-keys.h"
#include "weir-describer.h"
#include "weir-palette.h"
#include "weir-readout.h"

#define MIN_WIDTH       120
#define MIN_HEIGHT      80
#define NATURAL_HEIGHT  200
#define N_VALUE_STEPS   4

typedef struct
{
  char *title;
  WeirChartData *data;
  WeirScale time_scale;
  WeirScale value_scale;
  gint64 from;
  gint64 to;
  int cursor;
  int anchor;          /* the other end of the range that is being chosen, or -1 */
  WeirDescriber *describer;
} WeirChartPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirChart, weir_chart, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};

enum {
  CURSOR_MOVED,
  ACTIVATED,
  RANGE_CHOSEN,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static WeirChartPrivate *
get_private (WeirChart *self)
{
  return weir_chart_get_instance_private (self);
}

static gboolean
is_right_to_left (WeirChart *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static void
snapshot_cursor (WeirChart             *self,
                 GtkSnapshot           *snapshot,
                 const graphene_rect_t *plot,
                 const GdkRGBA         *color)
{
  WeirChartPrivate *priv = get_private (self);
  g_autofree char *text = NULL;
  double time;
  float x;

  if (priv->cursor < 0)
    return;

  time = (double) weir_chart_data_get_time (priv->data, (guint) priv->cursor);
  x = plot->origin.x + weir_chart_map_time (self, time, plot->size.width);
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (roundf (x), plot->origin.y,
                                                  1, plot->size.height));
  text = weir_chart_dup_readout (self, (guint) priv->cursor);
  weir_readout_snapshot (GTK_WIDGET (self), snapshot, plot, text,
                         &GRAPHENE_RECT_INIT (x, plot->origin.y, 1, 0), color);
}

/* The range that is being chosen, as a band behind the series. */
static void
snapshot_band (WeirChart             *self,
               GtkSnapshot           *snapshot,
               const graphene_rect_t *plot)
{
  GdkRGBA color = { .2f, .5f, .9f, 1 };
  gint64 from, to;
  float a, b;

  if (!weir_chart_get_range (self, &from, &to))
    return;
  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                  "accent_bg_color", &color);
  color.alpha = weir_chart_is_contrasty (self) ? .5f : .25f;
  a = weir_chart_map_time (self, (double) from, plot->size.width);
  b = weir_chart_map_time (self, (double) to, plot->size.width);
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (plot->origin.x + MIN (a, b), plot->origin.y,
                                                  MAX (1.f, fabsf (b - a)), plot->size.height));
}

static void
weir_chart_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  WeirChart *self = WEIR_CHART (widget);
  WeirChartPrivate *priv = get_private (self);
  GdkRGBA color;
  graphene_rect_t plot;

  if (priv->data == NULL || weir_chart_data_get_n_times (priv->data) == 0)
    return;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  weir_chart_axes_get_plot (self, &plot);
  weir_chart_axes_snapshot (self, snapshot, &plot, &color);
  snapshot_band (self, snapshot, &plot);

  gtk_snapshot_push_clip (snapshot, &plot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &plot.origin);
  WEIR_CHART_GET_CLASS (self)->snapshot_series (self, snapshot,
                                                plot.size.width, plot.size.height);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);

  snapshot_cursor (self, snapshot, &plot, &color);
}

static void
weir_chart_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : NATURAL_HEIGHT;
}

/* What a reader who cannot see the picture should know: where it stands and where it was highest.
 * */
static char *
describe (GtkWidget *widget)
{
  WeirChart *self = WEIR_CHART (widget);
  WeirChartPrivate *priv = get_private (self);
  gboolean stacked = WEIR_CHART_GET_CLASS (self)->stacked;
  g_autofree char *peak = NULL;
  g_autofree char *peak_time = NULL;
  g_autofree char *latest = NULL;
  guint n, at;

  if (priv->data == NULL || (n = weir_chart_data_get_n_times (priv->data)) == 0)
    return g_strdup (_("Nothing to show yet"));
  if (priv->cursor >= 0)
    return weir_chart_dup_readout (self, (guint) priv->cursor);

  peak = weir_format_unit (weir_chart_data_get_unit (priv->data),
                           weir_chart_data_get_peak (priv->data, stacked, &at));
  peak_time = weir_chart_data_dup_time (priv->data, at);
  latest = weir_chart_dup_readout (self, n - 1);
  g_strdelimit (latest, "\n", ' ');
  /* Translators: description of a chart: latest point; highest value, time of the highest value. */
  return g_strdup_printf (_("Latest: %s. Peak %s at %s."), latest, peak, peak_time);
}

static void
update_scales (WeirChart *self)
{
  WeirChartPrivate *priv = get_private (self);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  gint64 from = priv->from, to = priv->to, spacing;
  guint n, n_steps;

  if (priv->data == NULL || (n = weir_chart_data_get_n_times (priv->data)) == 0)
    return;
  if (to <= from)
    {
      from = weir_chart_data_get_time (priv->data, 0);
      to = weir_chart_data_get_end (priv->data, n - 1);
    }

  /* Points of days have no use for hours. */
  spacing = weir_chart_data_get_spacing (priv->data);
  n_steps = (guint) CLAMP (gtk_widget_get_width (GTK_WIDGET (self)) / 80, 2, 12);
  weir_scale_fit_time (&priv->time_scale, from, to, n_steps,
                       spacing >= 20 * G_TIME_SPAN_HOUR ? G_TIME_SPAN_DAY : 0,
                       g_date_time_get_utc_offset (now));
  weir_scale_fit (&priv->value_scale, 0,
                  weir_chart_data_get_peak (priv->data,
                                            WEIR_CHART_GET_CLASS (self)->stacked, NULL),
                  N_VALUE_STEPS);
}

static void
weir_chart_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  update_scales (WEIR_CHART (widget));
}

static void
weir_chart_motion_cb (WeirChart *self,
                      double     x,
                      double     y)
{
  weir_chart_set_cursor (self, weir_chart_brush_find (self, x));
}

static void
weir_chart_leave_cb (WeirChart *self)
{
  weir_chart_set_anchor (self, -1);
  weir_chart_set_cursor (self, -1);
}

/* With Shift the range grows from where the cursor was. */
static gboolean
weir_chart_move_cb (GtkWidget *widget,
                    GVariant  *args,
                    gpointer   user_data)
{
  WeirChart *self = WEIR_CHART (widget);
  WeirChartPrivate *priv = get_private (self);
  int step, rows, last;
  gboolean extends;

  g_variant_get (args, WEIR_CURSOR_MOVE, &step, &rows, &extends);
  if (rows != 0 || priv->data == NULL || weir_chart_data_get_n_times (priv->data) == 0)
    return FALSE;
  if (!extends)
    weir_chart_set_anchor (self, -1);
  else if (priv->anchor < 0)
    weir_chart_set_anchor (self, priv->cursor);

  last = (int) weir_chart_data_get_n_times (priv->data) - 1;
  if (step == G_MININT32 || step == G_MAXINT32)
    weir_chart_set_cursor (self, step < 0 ? 0 : last);
  else if (priv->cursor < 0)
    weir_chart_set_cursor (self, last);
  else
    weir_chart_set_cursor (self,
                           CLAMP (priv->cursor + (is_right_to_left (self) ? -step : step),
                                  0, last));
  return TRUE;
}

static gboolean
weir_chart_enter_cb (GtkWidget *widget,
                     GVariant  *args,
                     gpointer   user_data)
{
  return weir_chart_activate (WEIR_CHART (widget));
}

static gboolean
weir_chart_escape_cb (GtkWidget *widget,
                      GVariant  *args,
                      gpointer   user_data)
{
  WeirChart *self = WEIR_CHART (widget);

  if (get_private (self)->anchor >= 0)
    {
      weir_chart_set_anchor (self, -1);
      return TRUE;
    }
  if (get_private (self)->cursor < 0)
    return FALSE;
  weir_chart_set_cursor (self, -1);
  return TRUE;
}

static void
weir_chart_css_changed (GtkWidget         *widget,
                        GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (weir_chart_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
weir_chart_finalize (GObject *object)
{
  WeirChartPrivate *priv = get_private (WEIR_CHART (object));

  weir_describer_free (priv->describer);
  g_clear_pointer (&priv->data, weir_chart_data_unref);
  g_clear_pointer (&priv->title, g_free);

  G_OBJECT_CLASS (weir_chart_parent_class)->finalize (object);
}

static void
weir_chart_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, weir_chart_get_title (WEIR_CHART (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_chart_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_TITLE:
      weir_chart_set_title (WEIR_CHART (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_chart_class_init (WeirChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = weir_chart_finalize;
  object_class->get_property = weir_chart_get_property;
  object_class->set_property = weir_chart_set_property;
  widget_class->snapshot = weir_chart_snapshot;
  widget_class->measure = weir_chart_measure;
  widget_class->size_allocate = weir_chart_size_allocate;
  widget_class->css_changed = weir_chart_css_changed;

  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CURSOR_MOVED] =
    g_signal_new ("cursor-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ACTIVATED] =
    g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[RANGE_CHOSEN] =
    g_signal_new ("range-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);

  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  weir_cursor_keys_add (widget_class, weir_chart_move_cb, weir_chart_enter_cb,
                        weir_chart_escape_cb);
}

static void
weir_chart_init (WeirChart *self)
{
  WeirChartPrivate *priv = get_private (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  AdwStyleManager *style = adw_style_manager_get_default ();

  priv->cursor = priv->anchor = -1;
  priv->describer = weir_describer_new (GTK_WIDGET (self), describe);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (weir_chart_motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (weir_chart_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (weir_chart_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  weir_chart_brush_attach (self);

  g_signal_connect_object (style, "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/**
 * weir_chart_set_title:
 * @self: a chart
 * @title: (nullable): what the chart shows
 *
 * Names the chart, for assistive technology.
 */
void
weir_chart_set_title (WeirChart  *self,
                      const char *title)
{
  WeirChartPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_CHART (self));

  if (g_strcmp0 (priv->title, title) == 0)
    return;
  g_free (priv->title);
  priv->title = g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "",
                                  -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

/**
 * weir_chart_get_title:
 * @self: a chart
 *
 * Returns: (nullable) (transfer none): what the chart shows
 */
const char *
weir_chart_get_title (WeirChart *self)
{
  g_return_val_if_fail (WEIR_IS_CHART (self), NULL);

  return get_private (self)->title;
}

/**
 * weir_chart_set_data:
 * @self: a chart
 * @data: (nullable): what to show from now on
 *
 * Replaces the picture. The cursor stays at its instant.
 */
void
weir_chart_set_data (WeirChart     *self,
                     WeirChartData *data)
{
  WeirChartPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_CHART (self));

  if (data != NULL)
    weir_chart_data_ref (data);
  g_clear_pointer (&priv->data, weir_chart_data_unref);
  priv->data = data;
  if (data == NULL || priv->cursor >= (int) weir_chart_data_get_n_times (data))
    priv->cursor = -1;
  if (data == NULL || priv->anchor >= (int) weir_chart_data_get_n_times (data))
    priv->anchor = -1;

  update_scales (self);
  weir_describer_update (priv->describer, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * weir_chart_get_data:
 * @self: a chart
 *
 * Returns: (nullable) (transfer none): what it shows
 */
WeirChartData *
weir_chart_get_data (WeirChart *self)
{
  g_return_val_if_fail (WEIR_IS_CHART (self), NULL);

  return get_private (self)->data;
}

/**
 * weir_chart_set_span:
 * @self: a chart
 * @from: first instant of the axis, microseconds since the epoch
 * @to: last instant of the axis
 *
 * Fixes what the time axis spans. Without it, or when @to is not after @from, that is what the
 * data spans.
 */
void
weir_chart_set_span (WeirChart *self,
                     gint64     from,
                     gint64     to)
{
  WeirChartPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_CHART (self));

  priv->from = from;
  priv->to = to;
  update_scales (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * weir_chart_get_cursor:
 * @self: a chart
 *
 * Returns: the instant under the cursor, or -1
 */
int
weir_chart_get_cursor (WeirChart *self)
{
  g_return_val_if_fail (WEIR_IS_CHART (self), -1);

  return get_private (self)->cursor;
}

/**
 * weir_chart_set_cursor:
 * @self: a chart
 * @index: an instant of the data, or -1 for none
 *
 * Moves the cursor, and says what is there.
 */
void
weir_chart_set_cursor (WeirChart *self,
                       int        index)
{
  WeirChartPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_CHART (self));

  if (priv->data == NULL || index >= (int) weir_chart_data_get_n_times (priv->data))
    index = -1;
  if (priv->cursor == index)
    return;
  priv->cursor = index;
  weir_describer_update (priv->describer, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0, index);
}

/**
 * weir_chart_set_anchor:
 * @self: a chart
 * @index: an instant of the data, or -1 for none
 *
 * Begins to choose a range, which goes from here to the cursor. Only where periods are shown.
 */
void
weir_chart_set_anchor (WeirChart *self,
                       int        index)
{
  WeirChartPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_CHART (self));

  if (priv->data == NULL || index >= (int) weir_chart_data_get_n_times (priv->data)
      || (index >= 0 && weir_chart_data_get_end (priv->data, (guint) index)
                        <= weir_chart_data_get_time (priv->data, (guint) index)))
    index = -1;
  if (priv->anchor == index)
    return;
  priv->anchor = index;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * weir_chart_get_range:
 * @self: a chart
 * @from: (out): where it begins, microseconds since the epoch
 * @to: (out): the first moment after it
 *
 * Returns: whether a range is being chosen
 */
gboolean
weir_chart_get_range (WeirChart *self,
                      gint64    *from,
                      gint64    *to)
{
  WeirChartPrivate *priv = get_private (self);
  guint first, last;

  g_return_val_if_fail (WEIR_IS_CHART (self), FALSE);

  if (priv->data == NULL || priv->anchor < 0 || priv->cursor < 0)
    return FALSE;
  first = (guint) MIN (priv->anchor, priv->cursor);
  last = (guint) MAX (priv->anchor, priv->cursor);
  *from = weir_chart_data_get_time (priv->data, first);
  *to = weir_chart_data_get_end (priv->data, last);
  return TRUE;
}

/**
 * weir_chart_activate:
 * @self: a chart
 *
 * Takes the range that is being chosen; else opens what is at the cursor.
 *
 * Returns: whether there was something
 */
gboolean
weir_chart_activate (WeirChart *self)
{
  gint64 from, to;
  int cursor;

  g_return_val_if_fail (WEIR_IS_CHART (self), FALSE);

  cursor = get_private (self)->cursor;
  if (weir_chart_get_range (self, &from, &to))
    {
      weir_chart_set_anchor (self, -1);
      g_signal_emit (self, signals[RANGE_CHOSEN], 0, from, to);
      return TRUE;
    }
  if (cursor < 0)
    return FALSE;
  g_signal_emit (self, signals[ACTIVATED], 0, cursor);
  return TRUE;
}

/**
 * weir_chart_dup_readout:
 * @self: a chart with data
 * @index: an instant of the data
 *
 * Returns: (transfer full): the instant and what each series has there, one line for each
 */
char *
weir_chart_dup_readout (WeirChart *self,
                        guint      index)
{
  WeirChartPrivate *priv = get_private (self);
  g_autoptr(GString) text = NULL;
  g_autofree char *time = NULL;
  gboolean is_running = FALSE;

  g_return_val_if_fail (WEIR_IS_CHART (self), NULL);
  g_return_val_if_fail (priv->data != NULL, NULL);

  time = weir_chart_data_dup_time (priv->data, index);
  text = g_string_new (time);
  for (guint i = weir_chart_data_get_n_series (priv->data); i > 0; i--)
    {
      g_autofree char *number = weir_chart_data_dup_value (priv->data, i - 1, index);

      g_string_append_printf (text, "\n%s %s",
                              weir_chart_data_get_name (priv->data, i - 1), number);
      is_running |= weir_chart_data_is_running (priv->data, i - 1, index);
    }
  if (is_running)
    {
      g_string_append_c (text, '\n');
      g_string_append (text, _("Still runs: this can grow"));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * weir_chart_get_time_scale:
 * @self: a chart
 *
 * Returns: (transfer none): the scale of its time axis
 */
const WeirScale *
weir_chart_get_time_scale (WeirChart *self)
{
  g_return_val_if_fail (WEIR_IS_CHART (self), NULL);

  return &get_private (self)->time_scale;
}

/**
 * weir_chart_get_value_scale:
 * @self: a chart
 *
 * Returns: (transfer none): the scale of its value axis
 */
const WeirScale *
weir_chart_get_value_scale (WeirChart *self)
{
  g_return_val_if_fail (WEIR_IS_CHART (self), NULL);

  return &get_private (self)->value_scale;
}

/**
 * weir_chart_map_time:
 * @self: a chart
 * @time: an instant
 * @width: width of the plot
 *
 * Returns: where the instant is, from the left; time runs the way the reader reads
 */
float
weir_chart_map_time (WeirChart *self,
                     double     time,
                     float      width)
{
  float x = (float) weir_scale_map (&get_private (self)->time_scale, time, width);

  return is_right_to_left (self) ? width - x : x;
}

/**
 * weir_chart_map_value:
 * @self: a chart
 * @value: a value
 * @height: height of the plot
 *
 * Returns: where the value is, from the top
 */
float
weir_chart_map_value (WeirChart *self,
                      double     value,
                      float      height)
{
  return height - (float) weir_scale_map (&get_private (self)->value_scale, value, height);
}

/**
 * weir_chart_get_parts:
 * @self: a chart with data
 * @series: which series
 * @width: width of the plot
 * @height: height of the plot
 * @settled: (out): where its numbers do not change any more
 * @running: (out): from its last period that is over to one that still runs
 *
 * Divides the plot into what can be drawn as it is, and what is to be drawn as not yet all.
 *
 * Returns: whether there is something that still runs
 */
gboolean
weir_chart_get_parts (WeirChart       *self,
                      guint            series,
                      float            width,
                      float            height,
                      graphene_rect_t *settled,
                      graphene_rect_t *running)
{
  WeirChartData *data = get_private (self)->data;
  guint n = weir_chart_data_get_n_times (data);
  float x;

  graphene_rect_init (settled, 0, 0, width, height);
  graphene_rect_init (running, 0, 0, 0, height);
  if (n == 0 || !weir_chart_data_is_running (data, series, n - 1))
    return FALSE;
  x = n > 1 ? weir_chart_map_time (self, (double) weir_chart_data_get_time (data, n - 2), width)
            : is_right_to_left (self) ? width : 0;
  x = CLAMP (x, 0, width);
  if (is_right_to_left (self))
    {
      graphene_rect_init (settled, x, 0, width - x, height);
      graphene_rect_init (running, 0, 0, x, height);
    }
  else
    {
      graphene_rect_init (settled, 0, 0, x, height);
      graphene_rect_init (running, x, 0, width - x, height);
    }
  return TRUE;
}

/**
 * weir_chart_get_color:
 * @self: a chart with data
 * @series: which series
 * @color: (out): its colour on the surface the chart lies on
 *
 * Looks up the colour of a series.
 */
void
weir_chart_get_color (WeirChart *self,
                      guint      series,
                      GdkRGBA   *color)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  weir_palette_get_color (weir_chart_data_get_color (get_private (self)->data, series),
                          adw_style_manager_get_dark (style), color);
}
