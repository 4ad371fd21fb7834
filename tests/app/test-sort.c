/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "weir-chart-table.h"
#include "weir-data-table.h"
#include "weir-ranking.h"
#include "weir-record-item.h"
#include "weir-row-list.h"
#include "weir-sql-table.h"
#include "weir-table-sort.h"

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static GtkWidget *
show (GtkWidget *child)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 600, 400);
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

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static GtkWidget *
get_heading (GtkColumnView *view,
             guint          index)
{
  GtkWidget *heading = gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (view)));

  for (; index > 0; index--)
    heading = gtk_widget_get_next_sibling (heading);
  return heading;
}

/* What Return does in a heading. */
static void
press_heading (GtkColumnView *view,
               guint          index)
{
  GtkWidget *heading = get_heading (view, index);
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (heading);

  g_assert_true (gtk_widget_get_focusable (heading));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);
      g_autoptr(GtkShortcut) shortcut = NULL;

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      shortcut = g_list_model_get_item (G_LIST_MODEL (controller), 0);
      g_assert_true (gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, heading,
                                                   NULL));
      settle ();
      return;
    }
  g_assert_not_reached ();
}

/* The numbers of the rows, in the order in which they are shown. */
static void
assert_order (GtkColumnView *view,
              const char    *order)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr(GString) found = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr(WeirRow) row = g_list_model_get_item (model, i);

      g_string_append_printf (found, "%u", weir_row_get_index (row));
    }
  g_assert_cmpstr (found->str, ==, order);
}

static void
add (GArray     *cells,
     const char *name,
     double      number)
{
  weir_data_cells_add (cells, g_strdup (name), NAN);
  weir_data_cells_add (cells, isnan (number) ? g_strdup ("") : g_strdup_printf ("%g %%", number),
                       number);
}

static void
test_data_table (void)
{
  const WeirDataColumn columns[] = { { "Name", FALSE, FALSE }, { "Share", TRUE, TRUE } };
  WeirDataTable *table = WEIR_DATA_TABLE (weir_data_table_new ());
  GtkWidget *window = show (GTK_WIDGET (table));
  GtkColumnView *view = GTK_COLUMN_VIEW (find (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW));
  GArray *cells = weir_data_cells_new ();

  add (cells, "beta", 9);
  add (cells, "alpha", 100);
  add (cells, "gamma", NAN);
  add (cells, "delta", 20);
  weir_data_table_set_columns (table, columns, 2);
  weir_data_table_take_cells (table, cells);
  assert_order (view, "0123");
  gtk_test_accessible_assert_property (get_heading (view, 1), GTK_ACCESSIBLE_PROPERTY_LABEL, "Share");
  press_heading (view, 1);
  assert_order (view, "2031");
  gtk_test_accessible_assert_property (get_heading (view, 1), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Share, ascending");
  press_heading (view, 1);
  assert_order (view, "1302");
  gtk_test_accessible_assert_property (get_heading (view, 1), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Share, descending");
  press_heading (view, 0);
  assert_order (view, "1032");
  gtk_test_accessible_assert_property (get_heading (view, 1), GTK_ACCESSIBLE_PROPERTY_LABEL, "Share");

  /* Others in their place are sorted anew, and the order stays. */
  cells = weir_data_cells_new ();
  add (cells, "z", 1);
  add (cells, "y", 2);
  add (cells, "x", 3);
  weir_data_table_take_cells (table, cells);
  settle ();
  assert_order (view, "210");
  close_window (window);
}

static void
take (gpointer  unused,
      guint     row,
      guint     column,
      guint    *place)
{
  *place = row * 10 + column;
}

static GtkWidget *
find_button (GtkWidget  *widget,
             const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, label);
  return found;
}

/* A number opens the people of its own row, wherever that is shown. */
static void
test_opens_its_row (void)
{
  const WeirDataColumn columns[] = { { "Name", FALSE, FALSE }, { "Share", TRUE, TRUE } };
  WeirDataTable *table = WEIR_DATA_TABLE (weir_data_table_new ());
  GtkWidget *window = show (GTK_WIDGET (table));
  GtkColumnView *view = GTK_COLUMN_VIEW (find (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW));
  GArray *cells = weir_data_cells_new ();
  guint opened = 0;

  add (cells, "b", 2);
  add (cells, "c", 3);
  add (cells, "a", 1);
  weir_data_table_set_columns (table, columns, 2);
  weir_data_table_take_cells (table, cells);
  g_signal_connect (table, "opened", G_CALLBACK (take), &opened);
  press_heading (view, 0);
  assert_order (view, "201");
  g_signal_emit_by_name (find_button (GTK_WIDGET (table), "1 %"), "clicked");
  g_assert_cmpuint (opened, ==, 21);
  g_signal_emit_by_name (find_button (GTK_WIDGET (table), "3 %"), "clicked");
  g_assert_cmpuint (opened, ==, 11);
  close_window (window);
}

static void
test_chart_table (void)
{
  const gint64 day = G_TIME_SPAN_DAY;
  /* As texts these would be in another order. */
  const gint64 times[] = { 1767225600000000, 1767225600000000 + 8 * day,
                           1767225600000000 + 40 * day };
  const double values[] = { 100, 9, NAN };
  g_autoptr(WeirChartData) data = weir_chart_data_new (times, 3, WEIR_UNIT_COUNT);
  WeirDataTable *table = WEIR_DATA_TABLE (weir_data_table_new ());
  GtkWidget *window = show (GTK_WIDGET (table));
  GtkColumnView *view = GTK_COLUMN_VIEW (find (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW));
  g_autofree char *newest = NULL;
  g_autofree char *expected = weir_chart_data_dup_time (data, 2);

  weir_chart_data_add_series (data, "visits", 0, values);
  weir_chart_table_fill (table, data);
  newest = weir_data_table_dup_text (table, 0, 0);
  g_assert_cmpstr (newest, ==, expected);
  press_heading (view, 0);
  assert_order (view, "210");
  press_heading (view, 0);
  assert_order (view, "012");
  press_heading (view, 1);
  assert_order (view, "012");
  press_heading (view, 1);
  assert_order (view, "210");
  close_window (window);
}

static void
test_sql_table (void)
{
  static const char text[] =
    "{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"},{\"name\":\"t\",\"type\":\"text\"}],"
    "\"rows\":[[10,\"b\"],[9,\"a\"],[null,\"c\"]]}";
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirSqlResult) result = weir_sql_result_new (bytes, &error);
  WeirSqlTable *table = weir_sql_table_new ();
  GtkWidget *window = show (GTK_WIDGET (table));
  GtkColumnView *view = GTK_COLUMN_VIEW (find (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW));
  static const guint orders[][3] = { { 2, 1, 0 }, { 0, 1, 2 } };

  g_assert_no_error (error);
  weir_sql_table_set_result (table, result);
  for (guint i = 0; i < 2; i++)
    {
      press_heading (view, 0);
      for (guint j = 0; j < 3; j++)
        {
          g_autoptr(WeirSqlRow) row =
            g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (view)), j);

          g_assert_cmpuint (weir_sql_row_get_index (row), ==, orders[i][j]);
        }
    }
  weir_sql_table_set_result (table, NULL);
  close_window (window);
}

static WeirRecordItem *
create_record (const char *text)
{
  g_autoptr(JsonNode) node = json_from_string (text, NULL);

  return weir_record_item_new (json_node_get_object (node));
}

static void
test_records (void)
{
  g_autoptr(WeirRecordItem) a =
    create_record ("{\"n\":10,\"t\":\"2026-01-02T00:00:00Z\",\"s\":\"b\",\"l\":{\"m\":1}}");
  g_autoptr(WeirRecordItem) b =
    create_record ("{\"n\":9,\"t\":\"2026-01-01T23:00:00-05:00\",\"s\":\"a\",\"l\":{\"m\":2}}");
  g_autoptr(WeirRecordItem) none = create_record ("{}");

  g_assert_cmpint (weir_record_item_compare (a, b, "n", WEIR_RECORD_COUNT), >, 0);
  g_assert_cmpint (weir_record_item_compare (a, b, "t", WEIR_RECORD_AGO), <, 0);
  g_assert_cmpint (weir_record_item_compare (a, b, "s", WEIR_RECORD_TEXT), >, 0);
  g_assert_cmpint (weir_record_item_compare (a, b, "l.m", WEIR_RECORD_NUMBER), <, 0);
  g_assert_cmpint (weir_record_item_compare (none, b, "n", WEIR_RECORD_COUNT), <, 0);
  g_assert_cmpint (weir_record_item_compare (none, none, "t", WEIR_RECORD_INSTANT), ==, 0);
}

static GtkWidget *
find_named (GtkWidget  *widget,
            const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_named (child, text);
  return found;
}

static void
press_ranking (WeirRanking *ranking,
               const char  *title,
               const char  *name)
{
  GtkWidget *label = find_named (GTK_WIDGET (ranking), title);
  GtkWidget *button = gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);

  g_signal_emit_by_name (button, "clicked");
  settle ();
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
}

static void
take_name (gpointer     unused,
           const char  *name,
           char       **place)
{
  g_free (*place);
  *place = g_strdup (name);
}

/* Each row opens what it names, so what a row says is what is asked. */
static void
assert_ranking (WeirRanking *ranking,
                const char  *order)
{
  GtkListBox *list = GTK_LIST_BOX (find (GTK_WIDGET (ranking), GTK_TYPE_LIST_BOX));
  g_autoptr(GString) found = g_string_new (NULL);
  g_autofree char *name = NULL;
  gulong id = g_signal_connect (ranking, "row-activated", G_CALLBACK (take_name), &name);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    {
      g_signal_emit_by_name (list, "row-activated", row);
      g_assert_nonnull (find_named (GTK_WIDGET (row), name));
      g_string_append (found, name);
    }
  g_assert_cmpstr (found->str, ==, order);
  g_signal_handler_disconnect (ranking, id);
}

static void
test_ranking (void)
{
  static const char * const titles[] = { "Count", "Average", NULL };
  WeirRankingRow rows[] = {
    { .name = "b", .color = G_MAXUINT, .cells = { "100", "" }, .values = { 100, NAN } },
    { .name = "c", .color = G_MAXUINT, .cells = { "9", "3" }, .values = { 9, 3 } },
    { .name = "a", .color = G_MAXUINT, .cells = { "9", "20" }, .values = { 9, 20 } },
  };
  WeirRanking *ranking = g_object_new (WEIR_TYPE_RANKING, NULL);
  GtkWidget *window = show (GTK_WIDGET (ranking));

  weir_ranking_set_columns (ranking, "Type", titles);
  weir_ranking_set_rows (ranking, rows, 3);
  assert_ranking (ranking, "bca");
  press_ranking (ranking, "Average", "Average, descending");
  assert_ranking (ranking, "acb");
  press_ranking (ranking, "Average", "Average, ascending");
  assert_ranking (ranking, "bca");
  press_ranking (ranking, "Type", "Type, ascending");
  assert_ranking (ranking, "abc");
  /* What is equal stays in the order in which it was told. */
  press_ranking (ranking, "Count", "Count, descending");
  assert_ranking (ranking, "bca");

  /* Numbers that change in place are sorted anew, and rows come and go at their places. */
  rows[0].values[0] = 1;
  weir_ranking_set_rows (ranking, rows, 3);
  assert_ranking (ranking, "cab");
  weir_ranking_set_rows (ranking, rows, 2);
  assert_ranking (ranking, "cb");
  rows[2].values[0] = 5;
  weir_ranking_set_rows (ranking, rows, 3);
  assert_ranking (ranking, "cab");
  close_window (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/sort/data-table", test_data_table);
  g_test_add_func ("/sort/opens-its-row", test_opens_its_row);
  g_test_add_func ("/sort/chart-table", test_chart_table);
  g_test_add_func ("/sort/sql-table", test_sql_table);
  g_test_add_func ("/sort/records", test_records);
  g_test_add_func ("/sort/ranking", test_ranking);
  return g_test_run ();
}
