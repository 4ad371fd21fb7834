/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "weir-bar-chart.h"
#include "weir-chart-panel.h"
#include "weir-curve.h"
#include "weir-funnel-chart.h"
#include "weir-funnel-editor.h"
#include "weir-funnels-page.h"
#include "weir-heat-map.h"
#include "weir-histogram.h"
#include "weir-json.h"
#include "weir-line-chart.h"
#include "weir-picture.h"
#include "weir-retention-page.h"
#include "weir-step-row.h"
#include "weir-trends-page.h"

#define HOUR G_TIME_SPAN_HOUR
#define START G_GINT64_CONSTANT (1767225600000000)

static void
settle (void)
{
  for (guint i = 0; i < 100 && g_main_context_iteration (NULL, FALSE); i++)
    ;
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
  settle ();
}

static void
take_int (gpointer  unused,
          int       value,
          int      *place)
{
  *place = value;
}

/* The bindings of a class are those a key would find. */
static void
press (GtkWidget       *widget,
       guint            key,
       GdkModifierType  modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          g_autofree char *wanted = gtk_accelerator_name (key, modifiers);
          g_autofree char *have = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

          if (g_strcmp0 (wanted, have) != 0)
            continue;
          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                        gtk_shortcut_get_arguments (shortcut));
          return;
        }
    }
  g_assert_not_reached ();
}

static WeirFunnelData *
make_funnel (void)
{
  static const char * const steps[] = { "view", "cart <b>", "buy" };
  const guint64 counts[] = { 12480, 7737, 3172 };
  const double medians[] = { NAN, 130, 3840 };
  WeirFunnelData *data = weir_funnel_data_new (steps, 3);

  weir_funnel_data_add_group (data, NULL, 0, counts, medians, 0);
  return data;
}

static void
test_funnel_chart (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();
  GtkWidget *chart = weir_funnel_chart_new ();
  GtkWidget *window = show (chart, 700, 300);
  WeirMarks *marks = WEIR_MARKS (chart);
  const char *summary = "3172 of 12480 people reached buy (25.4 %).";
  g_autofree char *lost = NULL;
  int activated = -1;

  gtk_test_accessible_assert_role (chart, GTK_ACCESSIBLE_ROLE_IMG);
  weir_marks_set_title (marks, "Checkout");
  weir_funnel_chart_set_data (WEIR_FUNNEL_CHART (chart), data);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL, "Checkout");
  g_signal_connect (chart, "activated", G_CALLBACK (take_int), &activated);
  g_assert_true (gtk_widget_grab_focus (chart));
  press (chart, GDK_KEY_Right, 0);
  g_assert_cmpint (weir_marks_get_cursor (marks), ==, 0);
  press (chart, GDK_KEY_Right, 0);
  g_assert_cmpint (weir_marks_get_cursor (marks), ==, 2);
  press (chart, GDK_KEY_Up, 0);
  g_assert_cmpint (weir_marks_get_cursor (marks), ==, 3);
  lost = weir_marks_dup_readout (marks, 3);
  g_assert_cmpstr (lost, ==, "Lost before cart <b>\n4743 people\n38.0 % of the step before");
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, lost);
  press (chart, GDK_KEY_Return, 0);
  g_assert_cmpint (activated, ==, 3);
  press (chart, GDK_KEY_Escape, 0);
  g_assert_cmpint (weir_marks_get_cursor (marks), ==, -1);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary);
  close_window (window);
}

static void
test_heat_map (void)
{
  g_autoptr(WeirHeatData) data = weir_heat_data_new (3);
  GtkWidget *map = weir_heat_map_new ();
  GtkWidget *window = show (map, 600, 300);
  WeirMarks *marks = WEIR_MARKS (map);
  g_autofree char *text = NULL;
  g_autofree char *growing = NULL;
  guint row, column;

  weir_heat_data_add_row (data, "Mon", 1020, (double[]) { 1020, 214, 3 }, 2);
  weir_heat_map_set_period (WEIR_HEAT_MAP (map), "Day");
  weir_heat_map_set_data (WEIR_HEAT_MAP (map), data);
  gtk_test_accessible_assert_role (map, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_cmpuint (weir_marks_get_n_marks (marks), ==, 6);
  g_assert_false (weir_heat_map_get_cell (WEIR_HEAT_MAP (map), 1, &row, &column));
  g_assert_true (weir_heat_map_get_cell (WEIR_HEAT_MAP (map), 4, &row, &column));
  g_assert_cmpuint (row, ==, 0);
  g_assert_cmpuint (column, ==, 1);
  text = weir_marks_dup_readout (marks, 4);
  g_assert_cmpstr (text, ==, "Mon · Day 1\n214 of 1020 (21.0 %)");
  growing = weir_marks_dup_readout (marks, 5);
  g_assert_nonnull (strstr (growing, "this can grow"));
  press (map, GDK_KEY_Home, 0);
  press (map, GDK_KEY_Down, 0);
  press (map, GDK_KEY_Right, 0);
  g_assert_cmpint (weir_marks_get_cursor (marks), ==, 4);
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  gtk_test_widget_wait_for_draw (map);
  close_window (window);
}

/* Arrows go where they point, also where one reads from right to left. */
static void
test_right_to_left (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();
  GtkWidget *chart = weir_funnel_chart_new ();
  GtkWidget *window;

  gtk_widget_set_direction (chart, GTK_TEXT_DIR_RTL);
  window = show (chart, 700, 300);
  weir_funnel_chart_set_data (WEIR_FUNNEL_CHART (chart), data);
  press (chart, GDK_KEY_Home, 0);
  press (chart, GDK_KEY_Left, 0);
  g_assert_cmpint (weir_marks_get_cursor (WEIR_MARKS (chart)), ==, 2);
  gtk_test_widget_wait_for_draw (chart);
  close_window (window);
}

static void
test_histogram_and_curve (void)
{
  const WeirBin bins[] = { { 60, 120, 5 }, { 120, 300, 9 } };
  const double ratios[] = { 1, .4, .21 };
  GtkWidget *histogram = weir_histogram_new ();
  GtkWidget *curve = weir_curve_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *window;
  const char *summary = "Day 2: 21.0 % still come back.";
  g_autofree char *readout = NULL;

  gtk_box_append (GTK_BOX (box), histogram);
  gtk_box_append (GTK_BOX (box), curve);
  window = show (box, 400, 400);
  weir_histogram_set_bins (WEIR_HISTOGRAM (histogram), bins, 2);
  weir_curve_set_values (WEIR_CURVE (curve), "Day", ratios, 3);
  gtk_test_widget_wait_for_draw (box);
  gtk_test_accessible_assert_role (histogram, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (histogram, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Most often 2 m to 5 m: 9 people.");
  gtk_test_accessible_assert_property (curve, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary);
  readout = weir_marks_dup_readout (WEIR_MARKS (curve), 1);
  g_assert_cmpstr (readout, ==, "Day 1\n40.0 %");
  close_window (window);
}

static WeirChartData *
make_periods (guint n)
{
  g_autofree gint64 *times = g_new (gint64, n);
  g_autofree double *values = g_new (double, n);
  WeirChartData *data;

  for (guint i = 0; i < n; i++)
    {
      times[i] = START + i * HOUR;
      values[i] = i % 97;
    }
  data = weir_chart_data_new (times, n, WEIR_UNIT_COUNT);
  weir_chart_data_set_end (data, START + n * HOUR);
  weir_chart_data_add_series (data, "page_view", 0, values);
  return data;
}

static void
take_range (gpointer  unused,
            gint64    from,
            gint64    to,
            gint64   *place)
{
  place[0] = from;
  place[1] = to;
}

/* Shift and arrows choose periods, Enter takes them; without a range Enter opens a point. */
static void
test_brush (gconstpointer type)
{
  g_autoptr(WeirChartData) data = make_periods (24);
  WeirChart *chart = g_object_new ((GType) type, NULL);
  GtkWidget *window = show (GTK_WIDGET (chart), 600, 300);
  gint64 range[2] = { 0, 0 };
  int activated = -1;

  weir_chart_set_data (chart, data);
  g_signal_connect (chart, "range-chosen", G_CALLBACK (take_range), range);
  g_signal_connect (chart, "activated", G_CALLBACK (take_int), &activated);
  weir_chart_set_cursor (chart, 3);
  press (GTK_WIDGET (chart), GDK_KEY_Right, GDK_SHIFT_MASK);
  press (GTK_WIDGET (chart), GDK_KEY_Right, GDK_SHIFT_MASK);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  press (GTK_WIDGET (chart), GDK_KEY_Return, 0);
  g_assert_cmpint (range[0], ==, START + 3 * HOUR);
  g_assert_cmpint (range[1], ==, START + 6 * HOUR);
  g_assert_cmpint (activated, ==, -1);
  press (GTK_WIDGET (chart), GDK_KEY_Return, 0);
  g_assert_cmpint (activated, ==, 5);
  press (GTK_WIDGET (chart), GDK_KEY_Left, GDK_SHIFT_MASK);
  press (GTK_WIDGET (chart), GDK_KEY_Escape, 0);
  g_assert_false (weir_chart_get_range (chart, &range[0], &range[1]));
  close_window (window);
}

/* Instants that are no periods cannot be brushed. */
static void
test_no_periods (void)
{
  const gint64 times[] = { START, START + HOUR };
  const double values[] = { 1, 2 };
  g_autoptr(WeirChartData) data = weir_chart_data_new (times, 2, WEIR_UNIT_RATE);
  WeirChart *chart = weir_line_chart_new ();
  GtkWidget *window = show (GTK_WIDGET (chart), 600, 300);
  gint64 from, to;

  weir_chart_data_add_series (data, "a", 0, values);
  weir_chart_set_data (chart, data);
  weir_chart_set_cursor (chart, 0);
  press (GTK_WIDGET (chart), GDK_KEY_Right, GDK_SHIFT_MASK);
  g_assert_false (weir_chart_get_range (chart, &from, &to));
  close_window (window);
}

static GtkWidget *
wrap (GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), child);
  return scroller;
}

static WeirHeatData *
make_matrix (guint n)
{
  WeirHeatData *data = weir_heat_data_new (n);
  g_autofree double *values = g_new (double, n);

  for (guint i = 0; i < n; i++)
    values[i] = 100 - i;
  for (guint i = 0; i < n; i++)
    weir_heat_data_add_row (data, "Mon 30 Nov", 100, values, n);
  return data;
}

/* A picture wider than its panel, in a panel that is lower on its page: the keyboard brings the
 * cell into sight, beside names and below the heading. */
static void
test_heat_map_scrolls (gconstpointer direction)
{
  g_autoptr(WeirHeatData) data = make_matrix (30);
  GtkWidget *map = weir_heat_map_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *inner = wrap (map), *outer = wrap (box), *window;
  WeirMarks *marks = WEIR_MARKS (map);
  graphene_rect_t visible, cell;
  graphene_size_t pinned;

  gtk_widget_set_default_direction (GPOINTER_TO_INT (direction));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (inner), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_box_append (GTK_BOX (box), gtk_label_new ("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"));
  gtk_box_append (GTK_BOX (box), inner);
  weir_heat_map_set_data (WEIR_HEAT_MAP (map), data);
  window = show (outer, 360, 300);
  for (guint i = 0; i < 2; i++)
    {
      press (map, i == 0 ? GDK_KEY_End : GDK_KEY_Home, 0);
      press (map, GDK_KEY_Up, 0);
      press (map, GDK_KEY_Down, 0);
      gtk_test_widget_wait_for_draw (map);
      weir_marks_get_visible (marks, &visible);
      g_assert_cmpfloat (visible.size.width, <=, 360);
      g_assert_cmpfloat (visible.size.height, <=, 300);
      WEIR_MARKS_GET_CLASS (marks)->get_pinned (marks, &pinned);
      visible.size.width -= pinned.width;
      visible.size.height -= pinned.height;
      visible.origin.y += pinned.height;
      if (!weir_marks_is_mirrored (marks))
        visible.origin.x += pinned.width;
      WEIR_MARKS_GET_CLASS (marks)->get_bounds (marks, (guint) weir_marks_get_cursor (marks), &cell);
      g_assert_true (graphene_rect_contains_rect (&visible, &cell));
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  close_window (window);
}

/* How much of what a widget showed last is of a strong blue. */
static guint
count_blue (GtkWidget *widget)
{
  g_autoptr(GdkPaintable) live = gtk_widget_paintable_new (widget);
  g_autoptr(GdkPaintable) still = gdk_paintable_get_current_image (live);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autofree guint32 *pixels = g_new0 (guint32, (gsize) width * (gsize) height);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  guint n = 0;

  gdk_paintable_snapshot (still, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  for (gsize i = 0; i < (gsize) width * (gsize) height; i++)
    n += (pixels[i] & 0xff) > (pixels[i] >> 16 & 0xff) + 80;
  return n;
}

/* What makes room above it moves it into sight without scrolling. */
static void
test_heat_map_moves (void)
{
  g_autoptr(WeirHeatData) data = make_matrix (10);
  GtkWidget *map = weir_heat_map_new ();
  GtkWidget *above = gtk_label_new ("above");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *window;

  gtk_widget_set_size_request (above, -1, 900);
  gtk_box_append (GTK_BOX (box), above);
  gtk_box_append (GTK_BOX (box), map);
  weir_heat_map_set_data (WEIR_HEAT_MAP (map), data);
  window = show (wrap (box), 360, 300);
  gtk_test_widget_wait_for_draw (map);
  g_assert_cmpuint (count_blue (map), ==, 0);
  gtk_widget_set_size_request (above, -1, 20);
  gtk_test_widget_wait_for_draw (map);
  gtk_test_widget_wait_for_draw (map);
  g_assert_cmpuint (count_blue (map), >, 500);
  close_window (window);
}

/* A million points make a picture with as many strokes as it has columns. */
static void
test_million (gconstpointer type)
{
  g_autoptr(WeirChartData) data = make_periods (1000000);
  WeirChart *chart = g_object_new ((GType) type, NULL);
  GtkWidget *window = show (GTK_WIDGET (chart), 600, 300);

  weir_chart_set_data (chart, data);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  weir_chart_set_cursor (chart, 500000);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (chart));
  close_window (window);
}

static void
test_export (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();
  GtkWidget *chart = weir_funnel_chart_new ();
  GtkWidget *window = show (chart, 700, 300);
  g_autoptr(GBytes) png = NULL;
  g_autoptr(GBytes) svg = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  g_autoptr(GError) error = NULL;
  const char *text;
  gsize length;

  weir_funnel_chart_set_data (WEIR_FUNNEL_CHART (chart), data);
  gtk_test_widget_wait_for_draw (chart);
  png = weir_picture_to_png (chart, "Checkout", NULL);
  texture = gdk_texture_new_from_bytes (png, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 2 * (gtk_widget_get_width (chart) + 32));
  svg = weir_picture_to_svg (chart, "Checkout", NULL);
  text = g_bytes_get_data (svg, &length);
  g_assert_nonnull (g_strstr_len (text, (gssize) length, "<svg"));
  g_assert_nonnull (g_strstr_len (text, (gssize) length, "</svg>"));
  close_window (window);
}

static guint
count_rows (GtkWidget *widget,
            GType      type)
{
  guint n = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_rows (child, type);
  return n;
}

static GtkWidget *
find_row (GtkWidget *widget,
          guint     *index)
{
  GtkWidget *found = NULL;

  if (WEIR_IS_STEP_ROW (widget) && (*index)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, index);
  return found;
}

/* What goes in comes out; steps change places by the keyboard. */
static void
test_editor (void)
{
  static const char text[] =
    "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},"
    "{\"event\":\"b\",\"filter\":{\"property\":\"plan\",\"op\":\"=\",\"value\":\"pro\"},\"name\":\"Bee\"},"
    "{\"event\":\"c\"}],\"window\":\"36h\",\"order\":\"strict\","
    "\"exclusions\":[{\"event\":\"x\",\"from\":2}],\"breakdown\":\"plan\"}";
  g_autoptr(WeirSession) session = weir_session_new ();
  g_autoptr(WeirCatalog) catalog = weir_catalog_new (session);
  WeirFunnelEditor *editor = weir_funnel_editor_new ();
  GtkWidget *window;
  g_autoptr(JsonNode) node = json_from_string (text, NULL);
  g_autoptr(JsonObject) question = NULL;
  g_autoptr(JsonObject) moved = NULL;
  g_autofree char *back = NULL;
  guint index = 2;

  weir_funnel_editor_set_catalog (editor, catalog);
  g_assert_null (weir_funnel_editor_dup_question (editor));
  g_assert_cmpuint (count_rows (GTK_WIDGET (editor), WEIR_TYPE_STEP_ROW), ==, 2);
  window = show (GTK_WIDGET (editor), 360, 900);
  weir_funnel_editor_set_question (editor, json_node_get_object (node));
  question = weir_funnel_editor_dup_question (editor);
  back = weir_json_object_to_text (question, FALSE);
  g_assert_cmpstr (back, ==, text);
  press (find_row (GTK_WIDGET (editor), &index), GDK_KEY_Up, GDK_ALT_MASK);
  moved = weir_funnel_editor_dup_question (editor);
  g_assert_cmpstr (weir_json_get_text (weir_json_array_get_object
                                       (weir_json_get_array (moved, "steps"), 1), "event"), ==, "c");
  close_window (window);
}

static int
get_least_width (GtkWidget *widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* Fifty times made, attached and destroyed: nothing stays, and a telephone is wide enough. */
static void
test_pages (gconstpointer type)
{
  g_autoptr(WeirSession) session = weir_session_new ();
  g_autoptr(WeirCatalog) catalog = weir_catalog_new (session);
  g_autoptr(WeirScope) scope = weir_scope_new ();

  for (guint i = 0; i < 50; i++)
    {
      GtkWidget *page = g_object_ref_sink (g_object_new ((GType) type, NULL));

      weir_page_attach (WEIR_PAGE (page), session, scope, catalog, NULL);
      g_assert_cmpint (get_least_width (page), <=, 360);
      g_assert_finalize_object (page);
    }
}

/* “Back” finds the question that was there. */
static void
test_state (void)
{
  g_autoptr(WeirSession) session = weir_session_new ();
  g_autoptr(WeirCatalog) catalog = weir_catalog_new (session);
  g_autoptr(WeirScope) scope = weir_scope_new ();
  WeirPage *page = g_object_ref_sink (g_object_new (WEIR_TYPE_FUNNELS_PAGE, NULL));
  g_autoptr(JsonNode) node = json_from_string ("{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}]}",
                                               NULL);
  g_autoptr(GVariant) state = NULL;
  JsonObject *question;

  weir_page_attach (page, session, scope, catalog, NULL);
  weir_question_page_start (WEIR_QUESTION_PAGE (page), json_node_dup_object (node));
  state = g_variant_ref_sink (weir_page_save (page));
  weir_question_page_start (WEIR_QUESTION_PAGE (page), NULL);
  g_assert_null (weir_question_page_get_question (WEIR_QUESTION_PAGE (page)));
  weir_page_restore (page, state);
  question = weir_question_page_get_question (WEIR_QUESTION_PAGE (page));
  g_assert_cmpuint (weir_json_array_get_n (weir_json_get_array (question, "steps")), ==, 2);
  g_assert_finalize_object (page);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/insight/funnel-chart", test_funnel_chart);
  g_test_add_func ("/insight/heat-map", test_heat_map);
  g_test_add_func ("/insight/heat-map-moves", test_heat_map_moves);
  g_test_add_data_func ("/insight/heat-map-scrolls/left-to-right",
                        GINT_TO_POINTER (GTK_TEXT_DIR_LTR), test_heat_map_scrolls);
  g_test_add_data_func ("/insight/heat-map-scrolls/right-to-left",
                        GINT_TO_POINTER (GTK_TEXT_DIR_RTL), test_heat_map_scrolls);
  g_test_add_func ("/insight/right-to-left", test_right_to_left);
  g_test_add_func ("/insight/histogram-and-curve", test_histogram_and_curve);
  g_test_add_data_func ("/insight/brush/line", (gpointer) WEIR_TYPE_LINE_CHART, test_brush);
  g_test_add_data_func ("/insight/brush/bars", (gpointer) WEIR_TYPE_BAR_CHART, test_brush);
  g_test_add_func ("/insight/no-periods", test_no_periods);
  g_test_add_data_func ("/insight/million/line", (gpointer) WEIR_TYPE_LINE_CHART, test_million);
  g_test_add_data_func ("/insight/million/bars", (gpointer) WEIR_TYPE_BAR_CHART, test_million);
  g_test_add_func ("/insight/export", test_export);
  g_test_add_func ("/insight/editor", test_editor);
  g_test_add_data_func ("/insight/pages/trends", (gpointer) WEIR_TYPE_TRENDS_PAGE, test_pages);
  g_test_add_data_func ("/insight/pages/funnels", (gpointer) WEIR_TYPE_FUNNELS_PAGE, test_pages);
  g_test_add_data_func ("/insight/pages/retention", (gpointer) WEIR_TYPE_RETENTION_PAGE, test_pages);
  g_test_add_func ("/insight/state", test_state);
  return g_test_run ();
}
