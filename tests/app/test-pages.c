/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>

#include "sample-stats.h"
#include "weir-connect-dialog.h"
#include "weir-conditions.h"
#include "weir-live-page.h"
#include "weir-overview-page.h"
#include "weir-preferences-window.h"
#include "weir-settings.h"
#include "weir-window.h"

static const char * const all_pages[] = {
  "overview", "live", "trends", "funnels", "retention",
  "cohorts", "people", "collector", "alerts", "sql",
};

static void
settle (void)
{
  for (guint i = 0; i < 50 && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

/* Whether some label in @widget that can be seen says @text. */
static gboolean
says (GtkWidget  *widget,
      const char *text)
{
  if (!gtk_widget_get_child_visible (widget) || !gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (says (child, text))
        return TRUE;
    }
  return FALSE;
}

static void
show_sample (WeirOverviewPage *page,
             const Sample     *sample)
{
  g_autoptr(WeirStats) stats = sample_stats (sample);

  weir_overview_page_set_stats (page, stats);
  settle ();
}

static void
test_overview_says (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page = g_object_new (WEIR_TYPE_OVERVIEW_PAGE, NULL);

  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  show_sample (WEIR_OVERVIEW_PAGE (page), &(Sample) { .empty = TRUE });
  g_assert_true (says (page, "Waiting for the first event"));

  show_sample (WEIR_OVERVIEW_PAGE (page), &(Sample) { .lag = .1 });
  g_assert_true (says (page, "All is well"));
  g_assert_true (says (page, "61.5"));
  g_assert_true (says (page, "0.4 %"));
  g_assert_true (says (page, "82 ms"));
  g_assert_true (says (page, "page_view"));
  g_assert_true (says (page, "payments"));
  g_assert_true (says (page, "received 1204331"));
  g_assert_true (says (page, "= stored 1204102"));

  show_sample (WEIR_OVERVIEW_PAGE (page), &(Sample) { .recent_failure_ratio = .12,
                                                      .silent_seconds = 360 });
  g_assert_true (says (page, "2 things need attention"));
  g_assert_true (says (page, "payments fails 10 % of calls"));
  g_assert_true (says (page, "silent for 6 min"));
  g_assert_false (says (page, "All is well"));

  show_sample (WEIR_OVERVIEW_PAGE (page), &(Sample) { 0 });
  g_assert_true (says (page, "All is well"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

/* Names from outside are shown as they are, never as markup. */
static void
test_no_markup (void)
{
  static const char json[] =
    "{\"at\":\"2026-01-01T10:31:07Z\",\"ledger\":{\"received\":1,\"stored\":1,\"accepted\":1},"
    "\"types\":[{\"event\":\"<b>bold</b> & %s\",\"count\":1,\"history\":[1,1]}],"
    "\"history\":{\"events\":[1,1]},\"ready\":false,\"reason\":\"<i>disk</i>\"}";
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page = g_object_new (WEIR_TYPE_OVERVIEW_PAGE, NULL);
  g_autoptr(WeirStats) stats = weir_stats_new_from_json (json, -1, NULL);

  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  weir_overview_page_set_stats (WEIR_OVERVIEW_PAGE (page), stats);
  settle ();
  g_assert_true (says (page, "<b>bold</b> & %s"));
  g_assert_true (says (page, "<i>disk</i>"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static int
get_least_width (GtkWidget *widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* Tells which widgets ask for more than a telephone has. */
static void
tell_wide (GtkWidget *widget,
           guint      depth)
{
  if (get_least_width (widget) > 360)
    g_test_message ("%*s%s: %d", (int) depth * 2, "", G_OBJECT_TYPE_NAME (widget),
                    get_least_width (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tell_wide (child, depth + 1);
}

/* However long the names are that come from outside. */
static void
test_narrow (void)
{
  g_autofree char *name = g_strnfill (200, 'x');
  g_autofree char *json =
    g_strdup_printf ("{\"at\":\"2026-01-01T10:31:07Z\","
                     "\"ledger\":{\"received\":18446744073,\"stored\":18446744073},"
                     "\"types\":[{\"event\":\"%s\",\"count\":123456789,\"average\":-12345678.25,"
                     "\"errors\":123456789,\"history\":[1,1]}],\"history\":{\"events\":[1,1]},"
                     "\"dependencies\":[{\"name\":\"%s\",\"calls\":50,\"failures\":50,"
                     "\"error_rate\":1,\"p95\":123456,\"history\":[50],\"failure_history\":[50]}],"
                     "\"sources\":[{\"source\":\"%s\",\"count\":123456789}],"
                     "\"ready\":false,\"reason\":\"%s\"}", name, name, name, name);
  g_autoptr(WeirStats) stats = weir_stats_new_from_json (json, -1, NULL);
  g_autoptr(WeirSession) session = weir_session_new ();
  g_autoptr(GArray) conditions = weir_conditions_new ();
  g_autofree char *literal = weir_literal_from_string (name, 200);
  WeirWindow *window = weir_window_new (NULL, session, NULL);
  GtkWidget *overview = g_object_ref_sink (g_object_new (WEIR_TYPE_OVERVIEW_PAGE, NULL));

  weir_overview_page_set_stats (WEIR_OVERVIEW_PAGE (overview), stats);
  tell_wide (overview, 0);
  g_assert_cmpint (get_least_width (overview), <=, 360);

  weir_conditions_add (conditions, name, "=", literal);
  gtk_widget_activate_action_variant (GTK_WIDGET (window), "win.show-events",
                                      weir_conditions_to_variant (conditions));
  tell_wide (GTK_WIDGET (window), 0);
  g_assert_cmpint (get_least_width (GTK_WIDGET (window)), <=, 360);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (overview);
  settle ();
}

static void
test_pages_come_and_go (void)
{
  g_autoptr(GSettings) settings = weir_settings_new ();

  g_assert_nonnull (settings);
  for (guint i = 0; i < 50; i++)
    {
      WeirSession *session = weir_session_new ();
      WeirWindow *window = weir_window_new (NULL, session, settings);

      g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
      weir_window_show_page (window, all_pages[i % G_N_ELEMENTS (all_pages)]);
      g_assert_nonnull (window);
      gtk_window_present (GTK_WINDOW (window));
      settle ();
      gtk_window_destroy (GTK_WINDOW (window));
      settle ();
      g_assert_null (window);
      g_assert_finalize_object (session);
    }
}

/* A picture for who wants to look at it: WEIR_PICTURES names a folder. */
static void
keep_picture (GtkWidget  *widget,
              const char *name,
              const char *what)
{
  const char *folder = g_getenv ("WEIR_PICTURES");
  g_autoptr(GdkPaintable) paintable = NULL;
  g_autoptr(GskRenderer) renderer = NULL;
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree char *path = NULL;
  GtkSnapshot *snapshot;

  if (folder == NULL)
    return;
  paintable = gtk_widget_paintable_new (widget);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return;
  renderer = gsk_cairo_renderer_new ();
  gsk_renderer_realize (renderer, NULL, NULL);
  texture = gsk_renderer_render_texture (renderer, node, NULL);
  path = g_strdup_printf ("%s/%s-%s.png", folder, name, what);
  gdk_texture_save_to_png (texture, path);
  gsk_renderer_unrealize (renderer);
}

/* No page may complain, nor need more width than a telephone has. */
static void
show_all_pages (const char *what)
{
  g_autoptr(GSettings) settings = weir_settings_new ();
  g_autoptr(WeirSession) session = weir_session_new ();
  WeirWindow *window = weir_window_new (NULL, session, settings);

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (all_pages); i++)
    {
      weir_window_show_page (window, all_pages[i]);
      settle ();
      gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
      if (g_str_equal (what, "right-to-left"))
        g_assert_cmpint (get_least_width (GTK_WIDGET (window)), <=, 360);
      keep_picture (GTK_WIDGET (window), all_pages[i], what);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_right_to_left (void)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  show_all_pages ("right-to-left");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_large_text (void)
{
  int before;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &before, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * 3 / 2, NULL);
  show_all_pages ("large-text");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", before, NULL);
}

static void
test_pages_finalize (void)
{
  GType page_types[] = { WEIR_TYPE_OVERVIEW_PAGE, WEIR_TYPE_LIVE_PAGE };

  for (guint i = 0; i < G_N_ELEMENTS (page_types); i++)
    {
      GtkWidget *page = g_object_ref_sink (g_object_new (page_types[i], NULL));

      g_assert_finalize_object (page);
    }
}

static void
test_show_events (void)
{
  g_autoptr(GSettings) settings = weir_settings_new ();
  g_autoptr(WeirSession) session = weir_session_new ();
  g_autoptr(GArray) conditions = weir_conditions_new ();
  WeirWindow *window = weir_window_new (NULL, session, settings);

  gtk_window_present (GTK_WINDOW (window));
  weir_conditions_add (conditions, "event", "=", "\"purchase\"");
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (window), "win.show-events",
                                                     weir_conditions_to_variant (conditions)));
  settle ();
  g_assert_true (says (GTK_WIDGET (window), "event = purchase"));
  g_assert_true (says (GTK_WIDGET (window), "No event matches yet"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "live.clear-filter", NULL));
  settle ();
  g_assert_false (says (GTK_WIDGET (window), "event = purchase"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_dialogs (void)
{
  g_autoptr(GSettings) settings = weir_settings_new ();
  g_autoptr(WeirSession) session = weir_session_new ();
  GtkWidget *connect = weir_connect_dialog_new (NULL, session);
  GtkWidget *preferences = weir_preferences_window_new (NULL, settings);

  gtk_window_present (GTK_WINDOW (connect));
  gtk_window_present (GTK_WINDOW (preferences));
  settle ();
  g_object_add_weak_pointer (G_OBJECT (connect), (gpointer *) &connect);
  g_object_add_weak_pointer (G_OBJECT (preferences), (gpointer *) &preferences);
  gtk_window_destroy (GTK_WINDOW (connect));
  gtk_window_destroy (GTK_WINDOW (preferences));
  settle ();
  g_assert_null (connect);
  g_assert_null (preferences);
}

static void
test_addresses (void)
{
  g_assert_true (weir_connect_is_address ("http://127.0.0.1:8740"));
  g_assert_true (weir_connect_is_address ("https://weir.example.org/"));
  g_assert_true (weir_connect_is_address ("http://[::1]:8740"));
  g_assert_false (weir_connect_is_address (""));
  g_assert_false (weir_connect_is_address ("http://"));
  g_assert_false (weir_connect_is_address ("ftp://example.org"));
  g_assert_false (weir_connect_is_address ("http://a b"));
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/pages/overview-says", test_overview_says);
  g_test_add_func ("/pages/right-to-left", test_right_to_left);
  g_test_add_func ("/pages/large-text", test_large_text);
  g_test_add_func ("/pages/no-markup", test_no_markup);
  g_test_add_func ("/pages/narrow", test_narrow);
  g_test_add_func ("/pages/finalize", test_pages_finalize);
  g_test_add_func ("/pages/come-and-go", test_pages_come_and_go);
  g_test_add_func ("/pages/show-events", test_show_events);
  g_test_add_func ("/pages/dialogs", test_dialogs);
  g_test_add_func ("/pages/addresses", test_addresses);
  return g_test_run ();
}
