/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>

#include "weir-area-chart.h"
#include "weir-bar-chart.h"
#include "weir-chart-panel.h"
#include "weir-curve.h"
#include "weir-funnel-chart.h"
#include "weir-heat-map.h"
#include "weir-histogram.h"
#include "weir-line-chart.h"
#include "weir-picture.h"

#define START G_GINT64_CONSTANT (1767225600000000)
#define PATIENCE (60 * G_USEC_PER_SEC)

typedef GtkWidget * (*Create) (void);

static WeirChartData *
make_data (void)
{
  const gint64 times[] = { START, START + G_TIME_SPAN_DAY, START + 2 * G_TIME_SPAN_DAY };
  const double values[] = { 3, 7, 5 };
  WeirChartData *data = weir_chart_data_new (times, 3, WEIR_UNIT_COUNT);

  weir_chart_data_add_series (data, "visits <all>", 0, values);
  weir_chart_data_set_end (data, START + 3 * G_TIME_SPAN_DAY);
  return data;
}

static GtkWidget *
create_chart (WeirChart *chart)
{
  g_autoptr(WeirChartData) data = make_data ();

  weir_chart_set_data (chart, data);
  return GTK_WIDGET (chart);
}

static GtkWidget *
create_line (void)
{
  return create_chart (weir_line_chart_new ());
}

static GtkWidget *
create_area (void)
{
  return create_chart (weir_area_chart_new ());
}

static GtkWidget *
create_bar (void)
{
  return create_chart (weir_bar_chart_new ());
}

static GtkWidget *
create_funnel (void)
{
  static const char * const steps[] = { "visit", "buy" };
  g_autoptr(WeirFunnelData) data = weir_funnel_data_new (steps, 2);
  GtkWidget *chart = weir_funnel_chart_new ();

  weir_funnel_data_add_group (data, NULL, 0, (guint64[]) { 100, 40 }, (double[]) { NAN, 60 }, 0);
  weir_funnel_chart_set_data (WEIR_FUNNEL_CHART (chart), data);
  return chart;
}

static GtkWidget *
create_heat_map (void)
{
  g_autoptr(WeirHeatData) data = weir_heat_data_new (3);
  GtkWidget *map = weir_heat_map_new ();

  weir_heat_data_add_row (data, "Mon 5 Jan", 100, (double[]) { 100, 50, 10 }, 2);
  weir_heat_map_set_data (WEIR_HEAT_MAP (map), data);
  return map;
}

static GtkWidget *
create_histogram (void)
{
  static const WeirBin bins[] = { { 0, 60, 5 }, { 60, INFINITY, 2 } };
  GtkWidget *histogram = weir_histogram_new ();

  weir_histogram_set_bins (WEIR_HISTOGRAM (histogram), bins, 2);
  return histogram;
}

static GtkWidget *
create_curve (void)
{
  GtkWidget *curve = weir_curve_new ();

  weir_curve_set_values (WEIR_CURVE (curve), "Day", (double[]) { 1, .5, .4 }, 3);
  return curve;
}

static GtkWidget *
show (GtkWidget *child)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 640, 400);
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

static gboolean
has (const char *data,
     gsize       length,
     const char *text)
{
  return memmem (data, length, text, strlen (text)) != NULL;
}

/* A page with letters on it, one for each kind of chart. */
static void
test_print (gconstpointer create)
{
  GtkWidget *chart = ((Create) create) ();
  GtkWidget *window = show (chart);
  g_autoptr(GtkPrintOperation) operation = weir_picture_create_print (chart, "A title", NULL);
  g_autofree char *folder = g_dir_make_tmp ("weir-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "chart.pdf", NULL);
  g_autofree char *data = NULL;
  g_autoptr(GError) error = NULL;
  GtkPrintOperationResult result;
  gsize length;

  gtk_print_operation_set_allow_async (operation, FALSE);
  gtk_print_operation_set_export_filename (operation, path);
  result = gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT,
                                    GTK_WINDOW (window), &error);
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, GTK_PRINT_OPERATION_RESULT_APPLY);
  g_assert_true (g_file_get_contents (path, &data, &length, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (data, "%PDF-"));
  g_assert_true (has (data, length, "%%EOF"));
  g_assert_true (has (data, length, "/Count 1"));
  /* An empty page has no letters. */
  g_assert_true (has (data, length, "/Type /Font"));
  g_assert_cmpuint (length, >, 2000);
  g_unlink (path);
  g_rmdir (folder);
  close_window (window);
}

static GtkWidget *
create_panel (void)
{
  g_autoptr(WeirChartData) data = make_data ();
  WeirChartPanel *panel = g_object_new (WEIR_TYPE_CHART_PANEL, "title", "Visits: all/day", NULL);

  weir_chart_panel_set_chart (panel, weir_bar_chart_new ());
  weir_chart_panel_set_data (panel, data, 0, 0);
  return GTK_WIDGET (panel);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GdkTexture **texture = user_data;

  *texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (object), result, NULL);
  g_assert_nonnull (*texture);
}

static gboolean
has_color (GdkTexture    *texture,
           const GdkRGBA *color)
{
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autofree guchar *pixels = g_malloc ((gsize) width * (gsize) height * 4);
  int n = 0;

  gdk_texture_download (texture, pixels, (gsize) width * 4);
  for (int i = 0; i < width * height; i++)
    n += fabs (pixels[i * 4 + 2] / 255. - color->red) < .02
         && fabs (pixels[i * 4 + 1] / 255. - color->green) < .02
         && fabs (pixels[i * 4] / 255. - color->blue) < .02;
  return n > 1000;
}

static WeirChart *
find_chart (GtkWidget *widget)
{
  WeirChart *found = WEIR_IS_CHART (widget) ? WEIR_CHART (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_chart (child);
  return found;
}

static void
test_copy (void)
{
  GtkWidget *panel = create_panel ();
  GtkWidget *window = show (panel);
  g_autoptr(GdkTexture) texture = NULL;
  gint64 end = g_get_monotonic_time () + PATIENCE;
  GdkRGBA color;

  g_assert_true (gtk_widget_activate_action (panel, "chart.copy", NULL));
  gdk_clipboard_read_texture_async (gtk_widget_get_clipboard (panel), NULL, read_cb, &texture);
  while (texture == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (texture);
  weir_chart_get_color (find_chart (panel), 0, &color);
  g_assert_true (has_color (texture, &color));
  close_window (window);
}

static GtkWidget *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window))
        return window;
    }
  return NULL;
}

static void
take_notice (gpointer    unused,
             const char *message,
             char      **notice)
{
  g_free (*notice);
  *notice = g_strdup (message);
}

/* Chooses an item of the menu, saves where the dialog proposes, in @folder, and reads the file. */
static GBytes *
save (GtkWidget  *panel,
      const char *action,
      const char *folder,
      const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GFile) place = g_file_new_for_path (folder);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autofree char *notice = NULL;
  g_autoptr(GError) error = NULL;
  gint64 end = g_get_monotonic_time () + PATIENCE;
  gulong id = g_signal_connect (panel, "notice", G_CALLBACK (take_notice), &notice);
  GtkWidget *dialog;
  GBytes *bytes;

  g_assert_true (gtk_widget_activate_action (panel, action, NULL));
  dialog = find_dialog ();
  g_assert_nonnull (dialog);
  gtk_test_widget_wait_for_draw (dialog);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), place, NULL);
  while (g_get_monotonic_time () < end)
    {
      g_autoptr(GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (chosen != NULL && g_file_equal (chosen, file))
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  while (notice == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (panel, id);
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, "was saved"));
  g_assert_nonnull (strstr (notice, name));
  bytes = g_file_load_bytes (file, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  g_unlink (path);
  return bytes;
}

static void
test_save (void)
{
  static const GMarkupParser nothing = { NULL };
  static const char table[] = "time,visits <all>\r\n2026-01-01T00:00:00Z,3\r\n"
                              "2026-01-02T00:00:00Z,7\r\n2026-01-03T00:00:00Z,5\r\n";
  GtkWidget *panel = create_panel ();
  GtkWidget *window = show (panel);
  g_autofree char *folder = g_dir_make_tmp ("weir-save-XXXXXX", NULL);
  g_autoptr(GBytes) png = save (panel, "chart.save-png", folder, "Visits- all-day.png");
  g_autoptr(GBytes) svg = save (panel, "chart.save-svg", folder, "Visits- all-day.svg");
  g_autoptr(GBytes) csv = save (panel, "chart.save-csv", folder, "Visits- all-day.csv");
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&nothing, 0, NULL, NULL);
  g_autoptr(GdkTexture) texture = NULL;
  g_autoptr(GError) error = NULL;
  const char *data;
  GdkRGBA color;
  gsize length;

  texture = gdk_texture_new_from_bytes (png, &error);
  g_assert_no_error (error);
  weir_chart_get_color (find_chart (panel), 0, &color);
  g_assert_true (has_color (texture, &color));

  data = g_bytes_get_data (svg, &length);
  g_assert_true (g_markup_parse_context_parse (context, data, (gssize) length, &error));
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
  g_assert_true (has (data, length, "<svg"));
  g_assert_true (has (data, length, "<path"));

  data = g_bytes_get_data (csv, &length);
  g_assert_cmpmem (data, length, table, strlen (table));
  g_rmdir (folder);
  close_window (window);
}

/* A picture that is wider than its panel leaves the window whole. */
static void
test_scrolled (void)
{
  g_autoptr(WeirHeatData) data = weir_heat_data_new (30);
  g_autofree double *values = g_new (double, 30);
  GtkWidget *map = weir_heat_map_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *window;
  GtkAdjustment *across;
  g_autoptr(GdkTexture) before = NULL;
  g_autoptr(GdkTexture) after = NULL;
  gsize size;
  g_autofree guchar *a = NULL;
  g_autofree guchar *b = NULL;

  for (guint i = 0; i < 30; i++)
    values[i] = 100 - i;
  weir_heat_data_add_row (data, "Mon 5 Jan", 100, values, 30);
  weir_heat_map_set_data (WEIR_HEAT_MAP (map), data);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), map);
  window = show (scroller);
  before = weir_picture_to_texture (map, "Retention", NULL, 2);
  g_assert_cmpint (gdk_texture_get_width (before), >, 2000);
  across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_adjustment_set_value (across, 300);
  gtk_test_widget_wait_for_draw (map);
  after = weir_picture_to_texture (map, "Retention", NULL, 2);
  size = (gsize) gdk_texture_get_width (before) * 4;
  a = g_malloc (size * (gsize) gdk_texture_get_height (before));
  b = g_malloc (size * (gsize) gdk_texture_get_height (before));
  gdk_texture_download (before, a, size);
  gdk_texture_download (after, b, size);
  g_assert_cmpmem (a, size * (gsize) gdk_texture_get_height (before),
                   b, size * (gsize) gdk_texture_get_height (after));
  close_window (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_data_func ("/pictures/print/line", create_line, test_print);
  g_test_add_data_func ("/pictures/print/area", create_area, test_print);
  g_test_add_data_func ("/pictures/print/bar", create_bar, test_print);
  g_test_add_data_func ("/pictures/print/funnel", create_funnel, test_print);
  g_test_add_data_func ("/pictures/print/heat-map", create_heat_map, test_print);
  g_test_add_data_func ("/pictures/print/histogram", create_histogram, test_print);
  g_test_add_data_func ("/pictures/print/curve", create_curve, test_print);
  g_test_add_func ("/pictures/copy", test_copy);
  g_test_add_func ("/pictures/save", test_save);
  g_test_add_func ("/pictures/scrolled", test_scrolled);
  return g_test_run ();
}
