/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "weir-area-chart.h"
#include "weir-bar-chart.h"
#include "weir-chart-panel.h"
#include "weir-chart-table.h"
#include "weir-line-chart.h"
#include "weir-spark.h"

#define N 60
#define START G_GINT64_CONSTANT (1767263467000000)

static WeirChartData *
make_data (guint n_series)
{
  gint64 times[N];
  WeirChartData *data;

  for (guint i = 0; i < N; i++)
    times[i] = START + i * 10 * G_USEC_PER_SEC;
  data = weir_chart_data_new (times, N, WEIR_UNIT_RATE);
  for (guint i = 0; i < n_series; i++)
    {
      g_autofree char *name = g_strdup_printf ("type <%u>", i);
      double values[N];

      for (guint j = 0; j < N; j++)
        values[j] = j == 30 ? 40 : i + 1;
      weir_chart_data_add_series (data, name, i, values);
    }
  return data;
}

static GtkWidget *
show (GtkWidget *child,
      int        width,
      int        height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (child);
  return window;
}

static void
close_window (GtkWidget *window)
{
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* How many pixels of the top of the widget are close to @color. */
static guint
count_color_above (GtkWidget     *widget,
                   const GdkRGBA *color,
                   int            bottom)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr(GdkTexture) texture = NULL;
  GskRenderNode *node;
  g_autofree guchar *pixels = NULL;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  guint n = 0;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)),
                                         node, &GRAPHENE_RECT_INIT (0, 0, (float) width,
                                                                    (float) height));
  gsk_render_node_unref (node);
  pixels = g_malloc ((gsize) width * (gsize) height * 4);
  gdk_texture_download (texture, pixels, (gsize) width * 4);
  for (int i = 0; i < width * MIN (bottom, height); i++)
    {
      const guchar *p = pixels + i * 4;

      /* Edges are smoothed: a line hardly has a pixel of its exact colour. */
      n += fabs (p[2] / 255. - color->red) < .12 && fabs (p[1] / 255. - color->green) < .12
           && fabs (p[0] / 255. - color->blue) < .12;
    }
  return n;
}

static guint
count_color (GtkWidget     *widget,
             const GdkRGBA *color)
{
  return count_color_above (widget, color, G_MAXINT);
}

/* One of a million, and lower than a pixel wide: it is the one that is looked for. */
static void
test_lone_peak (gconstpointer type)
{
  const guint n = 1000000;
  g_autofree gint64 *times = g_new (gint64, n);
  g_autofree double *values = g_new (double, n);
  WeirChart *chart = g_object_new ((GType) type, NULL);
  GtkWidget *window = show (GTK_WIDGET (chart), 600, 300);

  for (guint i = 0; i < n; i++)
    {
      times[i] = START + i * G_USEC_PER_SEC;
      values[i] = 1;
    }
  for (guint i = 0; i < 3; i++)
    {
      const guint peaks[] = { 123457, 700001, n - 1 };
      g_autoptr(WeirChartData) data = NULL;
      GdkRGBA color;

      values[peaks[i]] = 100;
      data = weir_chart_data_new (times, n, WEIR_UNIT_COUNT);
      weir_chart_data_add_series (data, "a", 0, values);
      weir_chart_data_set_end (data, START + (gint64) n * G_USEC_PER_SEC);
      weir_chart_set_data (chart, data);
      gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
      weir_chart_get_color (chart, 0, &color);
      g_assert_cmpuint (count_color_above (GTK_WIDGET (chart), &color, 60), >, 3);
      values[peaks[i]] = 1;
    }
  close_window (window);
}

static void
test_keyboard (void)
{
  g_autoptr(WeirChartData) data = make_data (2);
  WeirChart *chart = weir_line_chart_new ();
  GtkWidget *window = show (GTK_WIDGET (chart), 500, 240);
  g_autofree char *readout = NULL;

  weir_chart_set_data (chart, data);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (chart)));
  g_assert_cmpint (weir_chart_get_cursor (chart), ==, -1);
  weir_chart_set_cursor (chart, 30);
  readout = weir_chart_dup_readout (chart, 30);
  g_assert_nonnull (strstr (readout, "10:36:07"));
  g_assert_nonnull (strstr (readout, "type <0> 40/s"));
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, readout);
  weir_chart_set_cursor (chart, 10000);
  g_assert_cmpint (weir_chart_get_cursor (chart), ==, -1);
  close_window (window);
}

static void
test_accessible (void)
{
  g_autoptr(WeirChartData) data = make_data (1);
  WeirChart *chart = g_object_ref_sink (weir_area_chart_new ());

  gtk_test_accessible_assert_role (chart, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (chart)));
  weir_chart_set_title (chart, "Events");
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL, "Events");
  weir_chart_set_data (chart, data);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Latest: 10:40:57 type <0> 1/s. Peak 40/s at 10:36:07.");
  g_assert_finalize_object (chart);
}

static void
test_draws (gconstpointer type)
{
  g_autoptr(WeirChartData) data = make_data (3);
  WeirChart *chart = g_object_new ((GType) type, NULL);
  GtkWidget *window = show (GTK_WIDGET (chart), 600, 300);
  GdkRGBA color;

  weir_chart_set_data (chart, data);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  for (guint i = 0; i < 3; i++)
    {
      weir_chart_get_color (chart, i, &color);
      g_assert_cmpuint (count_color (GTK_WIDGET (chart), &color), >, 100);
    }
  close_window (window);
}

/* Time runs as the reader reads. */
static void
test_right_to_left (void)
{
  g_autoptr(WeirChartData) data = make_data (1);
  WeirChart *chart = weir_line_chart_new ();
  GtkWidget *window;
  double first = (double) START, last = (double) (START + 590 * G_USEC_PER_SEC);

  gtk_widget_set_direction (GTK_WIDGET (chart), GTK_TEXT_DIR_RTL);
  window = show (GTK_WIDGET (chart), 500, 240);
  weir_chart_set_data (chart, data);
  g_assert_cmpfloat_with_epsilon (weir_chart_map_time (chart, first, 400), 400, .01);
  g_assert_cmpfloat_with_epsilon (weir_chart_map_time (chart, last, 400), 0, .01);
  gtk_widget_set_direction (GTK_WIDGET (chart), GTK_TEXT_DIR_LTR);
  g_assert_cmpfloat_with_epsilon (weir_chart_map_time (chart, first, 400), 0, .01);
  close_window (window);
}

/* However wide the chart is, points of days stand over dates. */
static void
test_days (void)
{
  gint64 times[8];
  const double values[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  g_autoptr(WeirChartData) data = NULL;
  WeirChart *chart = weir_line_chart_new ();
  GtkWidget *window = show (GTK_WIDGET (chart), 1400, 240);
  const WeirScale *scale;
  g_autofree char *readout = NULL;

  for (guint i = 0; i < 8; i++)
    times[i] = START + i * 21 * G_TIME_SPAN_HOUR;
  data = weir_chart_data_new (times, 8, WEIR_UNIT_COUNT);
  weir_chart_data_add_series (data, "size", 0, values);
  weir_chart_set_data (chart, data);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  scale = weir_chart_get_time_scale (chart);
  g_assert_cmpuint (scale->n_ticks, >=, 6);
  for (guint i = 0; i < scale->n_ticks; i++)
    {
      g_autofree char *text = weir_format_tick ((gint64) weir_scale_get_tick (scale, i),
                                                scale->step);

      g_assert_null (strchr (text, ':'));
    }
  readout = weir_chart_dup_readout (chart, 1);
  g_assert_nonnull (strstr (readout, "Fri 2 Jan 07:31"));
  close_window (window);
}

static void
test_no_data (void)
{
  g_autoptr(WeirChartData) empty = weir_chart_data_new (NULL, 0, WEIR_UNIT_COUNT);
  WeirChart *chart = weir_area_chart_new ();
  GtkWidget *window = show (GTK_WIDGET (chart), 300, 200);

  weir_chart_set_data (chart, empty);
  weir_chart_set_cursor (chart, 0);
  g_assert_cmpint (weir_chart_get_cursor (chart), ==, -1);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  close_window (window);
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_panel_has_a_table (void)
{
  g_autoptr(WeirChartData) data = make_data (3);
  g_autoptr(WeirChartData) other = make_data (2);
  WeirChartPanel *panel = g_object_new (WEIR_TYPE_CHART_PANEL, "title", "Events", NULL);
  GtkWidget *window, *button, *view;

  weir_chart_panel_set_chart (panel, weir_area_chart_new ());
  window = show (GTK_WIDGET (panel), 600, 400);
  weir_chart_panel_set_data (panel, data, 0, 0);
  button = find (GTK_WIDGET (panel), GTK_TYPE_TOGGLE_BUTTON);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Show as table");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  view = find (GTK_WIDGET (panel), GTK_TYPE_COLUMN_VIEW);
  g_assert_nonnull (view);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_column_view_get_columns (GTK_COLUMN_VIEW (view))),
                    ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model
                                                            (GTK_COLUMN_VIEW (view)))), ==, N);
  weir_chart_panel_set_data (panel, other, 0, 0);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_column_view_get_columns (GTK_COLUMN_VIEW (view))),
                    ==, 3);
  close_window (window);
}

static GtkWidget *
find_series (GtkWidget  *widget,
             const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_TOGGLE_BUTTON (widget) && GTK_IS_LABEL (gtk_button_get_child (GTK_BUTTON (widget)))
      && strstr (gtk_label_get_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (widget)))),
                 text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_series (child, text);
  return found;
}

static void
test_legend_hides (void)
{
  g_autoptr(WeirChartData) data = make_data (3);
  g_autoptr(WeirChartData) again = make_data (3);
  WeirChartPanel *panel = g_object_new (WEIR_TYPE_CHART_PANEL, "title", "Events", NULL);
  WeirChart *chart = weir_line_chart_new ();
  GtkWidget *window, *button, *last;

  weir_chart_panel_set_chart (panel, chart);
  window = show (GTK_WIDGET (panel), 600, 400);
  weir_chart_panel_set_data (panel, data, 0, 0);
  button = find_series (GTK_WIDGET (panel), "type <1>");
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_focusable (button));
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "type <1>");
  gtk_test_accessible_assert_state (button, GTK_ACCESSIBLE_STATE_PRESSED,
                                    GTK_ACCESSIBLE_TRISTATE_TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), FALSE);
  gtk_test_accessible_assert_state (button, GTK_ACCESSIBLE_STATE_PRESSED,
                                    GTK_ACCESSIBLE_TRISTATE_FALSE);
  g_assert_cmpuint (weir_chart_data_get_n_series (weir_chart_get_data (chart)), ==, 2);
  g_assert_cmpstr (weir_chart_data_get_name (weir_chart_get_data (chart), 1), ==, "type <2>");
  /* It looks as it did. */
  g_assert_cmpuint (weir_chart_data_get_style (weir_chart_get_data (chart), 1), ==, 2);

  /* Newer numbers of the same series. */
  weir_chart_panel_set_data (panel, again, 0, 0);
  g_assert_cmpuint (weir_chart_data_get_n_series (weir_chart_get_data (chart)), ==, 2);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_series (GTK_WIDGET (panel), "type <0>")),
                                FALSE);
  last = find_series (GTK_WIDGET (panel), "type <2>");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (last), FALSE);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (last)));
  g_assert_cmpuint (weir_chart_data_get_n_series (weir_chart_get_data (chart)), ==, 1);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_assert_cmpuint (weir_chart_data_get_n_series (weir_chart_get_data (chart)), ==, 2);
  close_window (window);
}

/* What still grows says so: at the cursor, to those who do not see it, and in the table. */
static void
test_running (gconstpointer type)
{
  g_autoptr(WeirChartData) data = make_data (1);
  g_autoptr(WeirChartData) settled = make_data (1);
  WeirChart *chart = g_object_new ((GType) type, NULL);
  WeirDataTable *table = g_object_ref_sink (WEIR_DATA_TABLE (weir_data_table_new ()));
  GtkWidget *window = show (GTK_WIDGET (chart), 600, 300);
  g_autofree char *readout = NULL;
  g_autofree char *before = NULL;
  g_autofree char *cell = NULL;
  guint n_settled, n_running;
  graphene_rect_t done, running;
  GdkRGBA color;

  weir_chart_data_set_end (settled, START + N * 10 * G_USEC_PER_SEC);
  weir_chart_set_data (chart, settled);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  weir_chart_get_color (chart, 0, &color);
  n_settled = count_color (GTK_WIDGET (chart), &color);
  g_assert_false (weir_chart_get_parts (chart, 0, 500, 200, &done, &running));

  weir_chart_data_set_end (data, START + N * 10 * G_USEC_PER_SEC);
  weir_chart_data_set_running (data);
  weir_chart_set_data (chart, data);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  n_running = count_color (GTK_WIDGET (chart), &color);
  g_assert_cmpuint (n_running, <, n_settled);
  g_assert_true (weir_chart_get_parts (chart, 0, 500, 200, &done, &running));
  g_assert_cmpfloat (done.size.width, >, running.size.width);

  readout = weir_chart_dup_readout (chart, N - 1);
  g_assert_nonnull (strstr (readout, "Still runs"));
  before = weir_chart_dup_readout (chart, N - 2);
  g_assert_null (strstr (before, "Still runs"));
  weir_chart_set_cursor (chart, N - 1);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, readout);
  weir_chart_table_fill (table, data);
  cell = weir_data_table_dup_text (table, 0, 1);
  g_assert_true (g_str_has_suffix (cell, "…"));
  g_object_unref (table);
  close_window (window);
}

static void
test_spark (void)
{
  const double values[] = { 1, NAN, 3, 2 };
  GtkWidget *spark = weir_spark_new ();
  GtkWidget *window = show (spark, 120, 40);

  weir_spark_set_label (WEIR_SPARK (spark), "Course");
  weir_spark_set_values (WEIR_SPARK (spark), values, G_N_ELEMENTS (values));
  gtk_test_accessible_assert_role (spark, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (spark, GTK_ACCESSIBLE_PROPERTY_LABEL, "Course");
  gtk_test_widget_wait_for_draw (spark);
  weir_spark_set_values (WEIR_SPARK (spark), NULL, 0);
  gtk_test_widget_wait_for_draw (spark);
  close_window (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/charts/keyboard", test_keyboard);
  g_test_add_func ("/charts/accessible", test_accessible);
  g_test_add_data_func ("/charts/draws/area", (gpointer) WEIR_TYPE_AREA_CHART, test_draws);
  g_test_add_data_func ("/charts/draws/line", (gpointer) WEIR_TYPE_LINE_CHART, test_draws);
  g_test_add_data_func ("/charts/lone-peak/line", (gpointer) WEIR_TYPE_LINE_CHART, test_lone_peak);
  g_test_add_data_func ("/charts/lone-peak/area", (gpointer) WEIR_TYPE_AREA_CHART, test_lone_peak);
  g_test_add_data_func ("/charts/lone-peak/bar", (gpointer) WEIR_TYPE_BAR_CHART, test_lone_peak);
  g_test_add_func ("/charts/right-to-left", test_right_to_left);
  g_test_add_func ("/charts/days", test_days);
  g_test_add_func ("/charts/no-data", test_no_data);
  g_test_add_func ("/charts/panel-has-a-table", test_panel_has_a_table);
  g_test_add_func ("/charts/legend-hides", test_legend_hides);
  g_test_add_data_func ("/charts/running/line", (gpointer) WEIR_TYPE_LINE_CHART, test_running);
  g_test_add_data_func ("/charts/running/area", (gpointer) WEIR_TYPE_AREA_CHART, test_running);
  g_test_add_data_func ("/charts/running/bar", (gpointer) WEIR_TYPE_BAR_CHART, test_running);
  g_test_add_func ("/charts/spark", test_spark);
  return g_test_run ();
}
