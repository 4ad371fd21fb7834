/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "weir-chart-axes.h"
#include "weir-palette.h"

#define MIN_WIDTH       120
#define MIN_HEIGHT      80
#define NATURAL_HEIGHT  200
#define N_VALUE_STEPS   4
/* A description that changed each second would talk over everything else. */
#define DESCRIPTION_SECONDS 5

typedef struct
{
  char *title;
  WeirChartData *data;
  WeirScale time_scale;
  WeirScale value_scale;
  gint64 from;
  gint64 to;
  int cursor;
  gint64 described_at;
} WeirChartPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirChart, weir_chart, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};

enum {
  CURSOR_MOVED,
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
snapshot_readout (WeirChart             *self,
                  GtkSnapshot           *snapshot,
                  const graphene_rect_t *plot,
                  float                  x,
                  const GdkRGBA         *text_color)
{
  WeirChartPrivate *priv = get_private (self);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  g_autofree char *text = weir_chart_dup_readout (self, (guint) priv->cursor);
  g_autoptr(PangoLayout) layout = weir_chart_axes_create_label (self, text);
  GdkRGBA background = { 1, 1, 1, 1 };
  graphene_rect_t box;
  GskRoundedRect rounded;
  float left;
  int w, h;

  gtk_style_context_lookup_color (style, "popover_bg_color", &background);
  pango_layout_get_pixel_size (layout, &w, &h);
  left = x + 8.f;
  if (left + (float) w + 12.f > plot->origin.x + plot->size.width)
    left = MAX (plot->origin.x, x - 8.f - (float) w - 12.f);

  graphene_rect_init (&box, roundf (left), plot->origin.y, (float) w + 12.f, (float) h + 8.f);
  gsk_rounded_rect_init_from_rect (&rounded, &box, 6.f);
  gtk_snapshot_append_outset_shadow (snapshot, &rounded, &(GdkRGBA) { 0, 0, 0, .25f }, 0, 1, 0, 3);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, &background, &box);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (box.origin.x + 6.f, box.origin.y + 4.f));
  gtk_snapshot_append_layout (snapshot, layout, text_color);
  gtk_snapshot_restore (snapshot);
}

static void
snapshot_cursor (WeirChart             *self,
                 GtkSnapshot           *snapshot,
                 const graphene_rect_t *plot,
                 const GdkRGBA         *color)
{
  WeirChartPrivate *priv = get_private (self);
  double time;
  float x;

  if (priv->cursor < 0)
    return;

  time = (double) weir_chart_data_get_time (priv->data, (guint) priv->cursor);
  x = plot->origin.x + weir_chart_map_time (self, time, plot->size.width);
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (roundf (x), plot->origin.y,
                                                  1, plot->size.height));
  snapshot_readout (self, snapshot, plot, x, color);
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
describe (WeirChart *self)
{
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
  peak_time = weir_format_clock (weir_chart_data_get_time (priv->data, at), TRUE);
  latest = weir_chart_dup_readout (self, n - 1);
  g_strdelimit (latest, "\n", ' ');
  /* Translators: description of a chart: latest point; highest value, time of the highest value. */
  return g_strdup_printf (_("Latest: %s. Peak %s at %s."), latest, peak, peak_time);
}

static void
update_description (WeirChart *self,
                    gboolean   now)
{
  WeirChartPrivate *priv = get_private (self);
  gint64 time = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (!now && time - priv->described_at < DESCRIPTION_SECONDS * G_USEC_PER_SEC)
    return;
  priv->described_at = time;
  text = describe (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
update_scales (WeirChart *self)
{
  WeirChartPrivate *priv = get_private (self);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  gint64 from = priv->from, to = priv->to;
  guint n, n_steps;

  if (priv->data == NULL || (n = weir_chart_data_get_n_times (priv->data)) == 0)
    return;
  if (to <= from)
    {
      from = weir_chart_data_get_time (priv->data, 0);
      to = weir_chart_data_get_time (priv->data, n - 1);
    }

  n_steps = (guint) CLAMP (gtk_widget_get_width (GTK_WIDGET (self)) / 80, 2, 12);
  weir_scale_fit_time (&priv->time_scale, from, to, n_steps, g_date_time_get_utc_offset (now));
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

static int
find_nearest (WeirChart *self,
              double     x)
{
  WeirChartPrivate *priv = get_private (self);
  graphene_rect_t plot;
  double time, distance = INFINITY;
  int nearest = -1;

  if (priv->data == NULL)
    return -1;

  weir_chart_axes_get_plot (self, &plot);
  x -= plot.origin.x;
  if (is_right_to_left (self))
    x = plot.size.width - x;
  time = weir_scale_invert (&priv->time_scale, x, plot.size.width);
  for (guint i = 0; i < weir_chart_data_get_n_times (priv->data); i++)
    {
      double here = fabs (weir_chart_data_get_times (priv->data)[i] - time);

      if (here < distance)
        {
          distance = here;
          nearest = (int) i;
        }
    }
  return nearest;
}

static void
weir_chart_motion_cb (WeirChart *self,
                      double     x,
                      double     y)
{
  weir_chart_set_cursor (self, find_nearest (self, x));
}

static void
weir_chart_leave_cb (WeirChart *self)
{
  weir_chart_set_cursor (self, -1);
}

static gboolean
weir_chart_move_cb (GtkWidget *widget,
                    GVariant  *args,
                    gpointer   user_data)
{
  WeirChart *self = WEIR_CHART (widget);
  WeirChartPrivate *priv = get_private (self);
  int step = g_variant_get_int32 (args);
  int last;

  if (priv->data == NULL || weir_chart_data_get_n_times (priv->data) == 0)
    return FALSE;

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
weir_chart_escape_cb (GtkWidget *widget,
                      GVariant  *args,
                      gpointer   user_data)
{
  WeirChart *self = WEIR_CHART (widget);

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
  static const struct {
    guint key;
    guint keypad_key;
    int step;
  } moves[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, G_MININT32 },
    { GDK_KEY_End, GDK_KEY_KP_End, G_MAXINT32 },
  };
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

  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      gtk_widget_class_add_binding (widget_class, moves[i].key, 0,
                                    weir_chart_move_cb, "i", moves[i].step);
      gtk_widget_class_add_binding (widget_class, moves[i].keypad_key, 0,
                                    weir_chart_move_cb, "i", moves[i].step);
    }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, weir_chart_escape_cb, NULL);
}

static void
weir_chart_init (WeirChart *self)
{
  WeirChartPrivate *priv = get_private (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  AdwStyleManager *style = adw_style_manager_get_default ();

  priv->cursor = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (weir_chart_motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (weir_chart_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (weir_chart_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);

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

  update_scales (self);
  update_description (self, FALSE);
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
  update_description (self, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0, index);
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
  WeirUnit unit;

  g_return_val_if_fail (WEIR_IS_CHART (self), NULL);
  g_return_val_if_fail (priv->data != NULL, NULL);

  unit = weir_chart_data_get_unit (priv->data);
  time = weir_format_clock (weir_chart_data_get_time (priv->data, index), TRUE);
  text = g_string_new (time);
  for (guint i = weir_chart_data_get_n_series (priv->data); i > 0; i--)
    {
      double value = weir_chart_data_get_values (priv->data, i - 1)[index];
      g_autofree char *number = weir_format_unit (unit, value);

      g_string_append_printf (text, "\n%s %s",
                              weir_chart_data_get_name (priv->data, i - 1), number);
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

/**
 * weir_chart_is_contrasty:
 * @self: a chart
 *
 * Returns: whether the reader asked for high contrast
 */
gboolean
weir_chart_is_contrasty (WeirChart *self)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}
