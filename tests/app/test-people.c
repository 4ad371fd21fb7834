/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>

#include "weir-cohorts-page.h"
#include "weir-edge-text.h"
#include "weir-identity-story.h"
#include "weir-people-page.h"
#include "weir-receipt-window.h"
#include "weir-rule-editor.h"
#include "weir-rule-row.h"
#include "weir-sql-page.h"
#include "weir-sql-table.h"
#include "weir-suggestions.h"
#include "weir-timeline.h"

static void
settle (void)
{
  for (guint i = 0; i < 50 && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

static JsonObject *
read_object (const char *json)
{
  g_autoptr(JsonNode) node = json_from_string (json, NULL);

  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

static gboolean
says (GtkWidget  *widget,
      const char *text)
{
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

static GtkWidget *
find_button (GtkWidget  *widget,
             const char *label)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* A choice, by what a reader who hears it would call it. */
static GtkWidget *
find_named (GtkWidget  *widget,
            const char *name)
{
  if (GTK_IS_CHECK_BUTTON (widget))
    {
      g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                                   GTK_ACCESSIBLE_PROPERTY_LABEL,
                                                                   name);

      if (other == NULL)
        return widget;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_named (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
assert_row (WeirTimeline     *timeline,
            guint             position,
            WeirTimelineKind  kind,
            const char       *title)
{
  g_autoptr(WeirTimelineRow) row = g_list_model_get_item (G_LIST_MODEL (timeline), position);

  g_assert_nonnull (row);
  g_assert_cmpint (weir_timeline_row_get_kind (row), ==, kind);
  g_assert_cmpstr (weir_timeline_row_get_title (row), ==, title);
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint      *places)
{
  places[0] = position;
  places[1] = removed;
  places[2] = added;
}

#define EVENT(seq, name, time, more) \
  "{\"seq\":" #seq ",\"event\":\"" name "\",\"timestamp\":\"" time "\",\"received\":\"" time "\"," \
  "\"source\":\"s\",\"distinct_id\":\"u\",\"user_id\":\"u\",\"properties\":{" more "}}"

static void
test_timeline (void)
{
  g_autoptr(WeirTimeline) timeline = weir_timeline_new ();
  g_autoptr(JsonObject) newest = read_object (
    "{\"events\":[" EVENT (4, "d", "2021-03-02T10:40:00Z", "\"error\":\"boom\"") ","
    EVENT (3, "c", "2021-03-02T10:00:00Z", "\"plan\":\"pro\"") "]}");
  g_autoptr(JsonObject) older = read_object (
    "{\"events\":[" EVENT (3, "c", "2021-03-02T10:00:00Z", "") ","
    EVENT (2, "b", "2021-03-02T09:31:00Z", "") "," EVENT (1, "a", "2021-03-01T23:00:00Z", "") "]}");
  g_autoptr(WeirTimelineRow) error = NULL;
  guint places[3] = { 99, 99, 99 };

  g_assert_cmpuint (weir_timeline_add (timeline, json_object_get_array_member (newest, "events")),
                    ==, 2);
  assert_row (timeline, 0, WEIR_TIMELINE_DAY, "Tuesday, 2 March 2021");
  assert_row (timeline, 1, WEIR_TIMELINE_EVENT, "d");
  assert_row (timeline, 2, WEIR_TIMELINE_GAP, "40 min without events");
  assert_row (timeline, 3, WEIR_TIMELINE_EVENT, "c");
  error = g_list_model_get_item (G_LIST_MODEL (timeline), 1);
  g_assert_true (weir_timeline_row_is_error (error));
  g_assert_nonnull (strstr (weir_timeline_row_get_detail (error), "boom"));

  /* Older events are added below; what was there keeps its place, and comes once. */
  g_signal_connect (timeline, "items-changed", G_CALLBACK (items_changed_cb), places);
  g_assert_cmpuint (weir_timeline_add (timeline, json_object_get_array_member (older, "events")),
                    ==, 2);
  g_assert_cmpuint (places[0], ==, 4);
  g_assert_cmpuint (places[1], ==, 0);
  assert_row (timeline, 4, WEIR_TIMELINE_EVENT, "b");
  assert_row (timeline, 6, WEIR_TIMELINE_DAY, "Monday, 1 March 2021");
  assert_row (timeline, 7, WEIR_TIMELINE_EVENT, "a");
  g_assert_cmpuint (weir_timeline_get_n_events (timeline), ==, 4);
  weir_timeline_clear (timeline);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (timeline)), ==, 0);
}

static const char edges[] =
  "{\"edges\":["
  "{\"seq\":1,\"kind\":\"identify\",\"from\":\"a-77\",\"to\":\"u-1042\",\"time\":\"2021-03-02T10:02:00Z\","
  "\"verdict\":\"linked\",\"reason\":null,\"voided\":false},"
  "{\"seq\":2,\"kind\":\"alias\",\"from\":\"<b>\",\"to\":\"%s\",\"time\":\"2021-03-02T10:03:00Z\","
  "\"verdict\":\"refused\",\"reason\":\"already_identified\",\"voided\":false},"
  "{\"seq\":3,\"kind\":\"manual\",\"from\":\"x\",\"to\":\"y\",\"time\":\"2021-03-02T10:04:00Z\","
  "\"verdict\":\"merged\",\"reason\":null,\"voided\":true},"
  "{\"seq\":4,\"kind\":\"from-the-future\",\"from\":\"x\",\"verdict\":\"linked\"}]}";

static void
test_edges (void)
{
  g_autoptr(JsonObject) answer = read_object (edges);
  JsonArray *array = json_object_get_array_member (answer, "edges");
  JsonObject *linked = json_array_get_object_element (array, 0);
  JsonObject *refused = json_array_get_object_element (array, 1);
  JsonObject *voided = json_array_get_object_element (array, 2);
  g_autofree char *first = weir_edge_dup_sentence (linked);
  g_autofree char *second = weir_edge_dup_sentence (refused);
  g_autofree char *last = weir_edge_dup_sentence (json_array_get_object_element (array, 3));

  g_assert_cmpstr (first, ==, "a-77 became u-1042 by identify");
  g_assert_cmpstr (second, ==, "Alias said that <b> is %s, and was refused");
  g_assert_cmpstr (last, ==, "x became ?");
  g_assert_true (weir_edge_can_be_undone (linked));
  g_assert_null (weir_edge_get_refusal (linked));
  g_assert_false (weir_edge_can_be_undone (refused));
  g_assert_nonnull (strstr (weir_edge_get_refusal (refused), "identified as someone else"));
  g_assert_true (weir_edge_is_voided (voided));
  g_assert_false (weir_edge_can_be_undone (voided));
}

static void
test_story (void)
{
  GtkWidget *story = g_object_ref_sink (g_object_new (WEIR_TYPE_IDENTITY_STORY, NULL));
  g_autoptr(JsonObject) answer = read_object (edges);
  GtkWidget *undo, *redo;

  weir_identity_story_show_edges (WEIR_IDENTITY_STORY (story),
                                  json_object_get_array_member (answer, "edges"), TRUE);
  g_assert_true (says (story, "a-77 became u-1042 by identify"));
  g_assert_true (says (story, "Taken back"));
  undo = find_button (story, "Undo");
  redo = find_button (story, "Redo");
  g_assert_nonnull (undo);
  g_assert_nonnull (redo);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (undo), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Undo: a-77 became u-1042 by identify");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (redo), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Redo: x and y were merged by hand");
  g_assert_finalize_object (story);
}

static void
test_suggestions (void)
{
  GtkWidget *widget = g_object_ref_sink (g_object_new (WEIR_TYPE_SUGGESTIONS, NULL));
  g_autoptr(JsonObject) answer = read_object (
    "{\"total\":2,\"suggestions\":[{\"persons\":[{\"id\":\"p1\",\"distinct_ids\":[\"a-77\"]},"
    "{\"id\":\"p2\",\"distinct_ids\":[\"u-1042\"],\"identified\":true}],"
    "\"evidence\":[{\"kind\":\"device_id\",\"device_id\":\"tablet-3\"}]},"
    "{\"persons\":[{\"id\":\"p1\",\"distinct_ids\":[\"a\"]},{\"id\":\"p3\",\"distinct_ids\":[\"b\"]}],"
    "\"evidence\":[{\"kind\":\"network\",\"ip\":\"10.0.0.7\",\"user_agent\":\"Lynx\"}]}]}");
  g_autoptr(JsonObject) none = read_object ("{\"total\":0,\"suggestions\":[]}");
  GtkWidget *merge;

  weir_suggestions_show (WEIR_SUGGESTIONS (widget), answer);
  g_assert_true (says (widget, "2 pairs may be one person"));
  g_assert_true (says (widget, "Both used the device tablet-3"));
  g_assert_true (says (widget, "Both came from 10.0.0.7 with Lynx within half an hour"));
  merge = find_button (widget, "Merge");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (merge), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Merge a-77 and u-1042");
  /* Who is identified stays, unless the reader says so. */
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (find_named (widget,
                                                                            "u-1042 stays"))));
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (find_named (widget,
                                                                             "a-77 stays"))));
  weir_suggestions_show (WEIR_SUGGESTIONS (widget), none);
  g_assert_null (find_button (widget, "Merge"));
  g_assert_finalize_object (widget);
}

static void
test_receipt (void)
{
  g_autoptr(JsonObject) receipt = read_object (
    "{\"person\":\"p\",\"deleted\":{\"before\":{\"events\":12,\"distinct_ids\":2,\"edges\":1,"
    "\"dead_letters\":0,\"journal\":3},\"after\":{\"events\":0,\"distinct_ids\":0,\"edges\":0,"
    "\"dead_letters\":0,\"journal\":0}},\"verified\":true,\"as_of\":7}");
  GtkWidget *window = GTK_WIDGET (weir_receipt_window_new (NULL, "u-1042", receipt));

  gtk_window_present (GTK_WINDOW (window));
  settle ();
  g_assert_true (says (window, "u-1042 was deleted"));
  g_assert_true (says (window, "12"));
  g_assert_true (says (window, "Verified"));
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_null (window);
}

static void
count_cb (GtkWidget *widget,
          guint     *n)
{
  (*n)++;
}

/* Conditions are added and removed while their controls have the focus, and nothing is lost. */
static void
test_rule_editor (void)
{
  GtkWidget *window = gtk_window_new ();
  WeirRuleEditor *editor = weir_rule_editor_new ();
  g_autoptr(JsonNode) where =
    json_from_string ("{\"all\":[{\"did\":\"a\",\"at_least\":2,\"x\":[1]},{\"any\":[{\"hopped\":1}]}]}",
                      NULL);
  g_autoptr(JsonNode) same = NULL;
  g_autoptr(JsonNode) more = NULL;
  guint n_changes = 0;

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (editor));
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (editor, "changed", G_CALLBACK (count_cb), &n_changes);
  weir_rule_editor_set_where (editor, where);
  settle ();
  g_assert_cmpuint (n_changes, ==, 0);
  same = weir_rule_editor_dup_where (editor);
  g_assert_true (json_node_equal (where, same));
  g_assert_true (says (GTK_WIDGET (editor), "hopped"));

  weir_rule_editor_add (editor, WEIR_RULE_DID);
  settle ();
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_true (weir_rule_editor_has_gaps (editor));
  more = weir_rule_editor_dup_where (editor);
  g_assert_true (json_node_equal (where, more));
  g_signal_emit_by_name (find_button (GTK_WIDGET (editor), "Add group"), "clicked");
  settle ();
  g_assert_cmpuint (n_changes, ==, 2);
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_rule_row (void)
{
  g_autoptr(WeirRule) rule = weir_rule_new (WEIR_RULE_DID);
  WeirRuleRow *row = g_object_ref_sink (weir_rule_row_new (rule, NULL, NULL));

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Condition");
  g_assert_finalize_object (row);
}

static void
test_sql_table (void)
{
  static const char json[] =
    "{\"columns\":[{\"name\":\"a\",\"type\":\"integer\"},{\"name\":\"b\",\"type\":\"text\"}],"
    "\"rows\":[[1,\"x\"],[2,null]],\"truncated\":false,\"elapsed_ms\":1}";
  g_autoptr(GBytes) bytes = g_bytes_new_static (json, sizeof json - 1);
  g_autoptr(WeirSqlResult) result = weir_sql_result_new (bytes, NULL);
  GtkWidget *window = gtk_window_new ();
  WeirSqlTable *table = weir_sql_table_new ();

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (table));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_false (weir_sql_table_copy_rows (table));
  for (guint i = 0; i < 20; i++)
    {
      weir_sql_table_set_result (table, i % 2 == 0 ? result : NULL);
      settle ();
    }
  weir_sql_table_set_result (table, result);
  settle ();
  g_assert_true (weir_sql_table_copy_rows (table));
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

static void
test_pages_come_and_go (void)
{
  GType types[] = { WEIR_TYPE_PEOPLE_PAGE, WEIR_TYPE_COHORTS_PAGE, WEIR_TYPE_SQL_PAGE };

  for (guint i = 0; i < 50 * G_N_ELEMENTS (types); i++)
    {
      g_autoptr(WeirSession) session = weir_session_new ();
      g_autoptr(WeirScope) scope = weir_scope_new ();
      g_autoptr(WeirCatalog) catalog = weir_catalog_new (session);
      GtkWidget *page = g_object_ref_sink (g_object_new (types[i % G_N_ELEMENTS (types)], NULL));

      weir_page_attach (WEIR_PAGE (page), session, scope, catalog, NULL);
      g_assert_cmpint (get_least_width (page), <=, 360);
      g_assert_finalize_object (page);
    }
}

/* The application loads it; how wide things are depends on it. */
static void
load_style (void)
{
  g_autoptr(GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/weir/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  load_style ();
  g_test_add_func ("/people/timeline", test_timeline);
  g_test_add_func ("/people/edges", test_edges);
  g_test_add_func ("/people/story", test_story);
  g_test_add_func ("/people/suggestions", test_suggestions);
  g_test_add_func ("/people/receipt", test_receipt);
  g_test_add_func ("/people/rule-editor", test_rule_editor);
  g_test_add_func ("/people/rule-row", test_rule_row);
  g_test_add_func ("/people/sql-table", test_sql_table);
  g_test_add_func ("/people/pages-come-and-go", test_pages_come_and_go);
  return g_test_run ();
}
