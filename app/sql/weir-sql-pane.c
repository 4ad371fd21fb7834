/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-pane.h"

#include <glib/gi18n.h>

#include "weir-error.h"
#include "weir-json.h"
#include "weir-sql-result.h"

struct _WeirSqlPane
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *schema;
  GtkListBox *examples;
  GtkListBox *saved;
  GtkListBox *history_list;

  WeirPage *page;           /* not owned: it holds this widget */
  WeirSqlHistory *history;
  GCancellable *cancellable;
  guint dialect;
};

enum {
  INSERT,
  OPEN,
  DELETE,
  NAMES,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSqlPane, weir_sql_pane, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* How the collector's store is spoken to. The first that it understands is its. */
typedef enum {
  SQLITE,
  CLICKHOUSE,
  N_DIALECTS,
} Dialect;

static const char *const schema_sql[N_DIALECTS] = {
  [SQLITE] = "SELECT m.name AS name, c.name AS column, c.type AS type "
             "FROM store.sqlite_schema AS m, pragma_table_info (m.name) AS c "
             "WHERE m.type IN ('view', 'table') AND m.name NOT LIKE 'sqlite%' "
             "ORDER BY m.type DESC, m.name, c.cid",
  [CLICKHOUSE] = "SELECT c.table AS name, c.name AS column, c.type AS type "
                 "FROM system.columns AS c "
                 "WHERE c.database = currentDatabase() AND c.table IN ('event', 'events') "
                 "ORDER BY c.table DESC, c.position",
};

typedef struct {
  const char *title;
  const char *sql;
} Example;

static const Example clickhouse_examples[] = {
  { N_("Count events by name"),
    "-- How often each event happened, the most frequent first\n"
    "SELECT event, count() AS n, max(timestamp) AS latest\n"
    "FROM events\n"
    "GROUP BY event\n"
    "ORDER BY n DESC" },
  { N_("Look into properties"),
    "-- JSONExtract… reads a property\n"
    "SELECT JSONExtractString(properties, 'path') AS path, count() AS views,\n"
    "       uniqExact(distinct_id) AS ids\n"
    "FROM events\n"
    "WHERE event = 'page_view'\n"
    "GROUP BY path\n"
    "ORDER BY views DESC\n"
    "LIMIT 20" },
  { N_("Events by the hour"),
    "-- What came in the last day\n"
    "SELECT toStartOfHour(timestamp) AS hour, count() AS n, countIf(is_error = 1) AS errors\n"
    "FROM events\n"
    "WHERE timestamp > now() - INTERVAL 1 DAY\n"
    "GROUP BY hour\n"
    "ORDER BY hour" },
};

static const Example examples[] = {
  { N_("Count events by name"),
    "-- How often each event happened, the most frequent first\n"
    "SELECT event, count (*) AS n, max (timestamp) AS latest\n"
    "FROM events\n"
    "GROUP BY event\n"
    "ORDER BY n DESC" },
  { N_("Look into properties"),
    "-- ->> reads a property; 'text' is a text, \"name\" would be a name\n"
    "SELECT properties ->> '$.path' AS path, count (*) AS views,\n"
    "       count (DISTINCT person_id) AS people\n"
    "FROM events\n"
    "WHERE event = 'page_view'\n"
    "GROUP BY path\n"
    "ORDER BY views DESC\n"
    "LIMIT 20" },
  { N_("Join people with what they did"),
    "-- Who did most, with all their ids\n"
    "SELECT p.distinct_ids, p.identified, count (*) AS events,\n"
    "       sum (e.is_error) AS errors\n"
    "FROM persons AS p\n"
    "JOIN events AS e ON e.person_id = p.id\n"
    "GROUP BY p.id\n"
    "ORDER BY events DESC\n"
    "LIMIT 20" },
};

static void
clear (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static GtkWidget *
create_label (const char *text,
              const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_set_hexpand (label, TRUE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
add_row (GtkListBox *list,
         const char *title,
         const char *sql)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (box), create_label (title, NULL));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "sql", g_strdup (sql), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_list_box_append (list, row);
  return row;
}

static void
delete_cb (WeirSqlPane *self,
           GtkWidget   *button)
{
  g_signal_emit (self, signals[DELETE], 0, g_object_get_data (G_OBJECT (button), "name"));
}

static void
add_saved (WeirSqlPane *self,
           const char  *name,
           const char  *sql)
{
  GtkWidget *row = add_row (self->saved, name, sql);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_("Delete “%s”"), name);

  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (name), g_free);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_set_visible (button, !weir_page_is_offline (self->page));
  g_signal_connect_object (button, "clicked", G_CALLBACK (delete_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row))), button);
}

static void
add_placeholder (GtkListBox *list,
                 const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 12);
  gtk_list_box_set_placeholder (list, label);
}

static void
show_schema (WeirSqlPane   *self,
             WeirSqlResult *result)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_auto(GStrv) all = NULL;
  g_autofree char *view = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (result));

  clear (self->schema);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = weir_sql_result_dup_text (result, i, 0);
      g_autofree char *column = weir_sql_result_dup_text (result, i, 1);
      g_autofree char *type = weir_sql_result_dup_text (result, i, 2);
      GtkWidget *row;

      if (g_strcmp0 (name, view) != 0)
        {
          row = add_row (self->schema, name, name);
          gtk_widget_add_css_class (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row)),
                                    "heading");
          g_strv_builder_add (names, name);
          g_free (view);
          view = g_strdup (name);
        }
      row = add_row (self->schema, column, column);
      gtk_widget_set_margin_start (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row)), 12);
      if (*type != '\0')
        {
          GtkWidget *label = gtk_label_new (type);

          gtk_widget_add_css_class (label, "caption");
          gtk_widget_add_css_class (label, "dim-label");
          gtk_box_append (GTK_BOX (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row))), label);
        }
      g_strv_builder_add (names, column);
    }
  all = g_strv_builder_end (names);
  g_signal_emit (self, signals[NAMES], 0, all);
}

static void schema_cb (GObject      *object,
                       GAsyncResult *result,
                       gpointer      user_data);

static void
ask_schema (WeirSqlPane *self)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *body = NULL;

  json_object_set_string_member (question, "sql", schema_sql[self->dialect]);
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (client, "/v1/sql", body, self->cancellable, schema_cb,
                              g_object_ref (self));
}

static void
show_examples (WeirSqlPane   *self,
               const Example *shown,
               guint          n_shown)
{
  clear (self->examples);
  for (guint i = 0; i < n_shown; i++)
    add_row (self->examples, _(shown[i].title), shown[i].sql);
}

static void
schema_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirSqlPane) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(WeirSqlResult) rows = NULL;

  bytes = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  rows = bytes != NULL ? weir_sql_result_new (bytes, &error) : NULL;
  if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST) &&
      self->dialect + 1 < N_DIALECTS)
    {
      self->dialect++;
      ask_schema (self);
      return;
    }
  weir_page_set_trouble (self->page, self->schema, error);
  if (rows == NULL)
    return;
  show_schema (self, rows);
  if (self->dialect == CLICKHOUSE)
    show_examples (self, clickhouse_examples, G_N_ELEMENTS (clickhouse_examples));
  else
    show_examples (self, examples, G_N_ELEMENTS (examples));
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirSqlPane) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  JsonArray *questions;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  weir_page_set_trouble (self->page, self->saved, error);
  if (answer == NULL)
    return;
  clear (self->saved);
  questions = weir_json_get_array (answer, "questions");
  for (guint i = 0; i < weir_json_array_get_n (questions); i++)
    {
      JsonObject *saved = weir_json_array_get_object (questions, i);
      const char *sql = weir_json_get_text (weir_json_get_object (saved, "question"), "sql");

      if (sql != NULL && weir_json_get_text (saved, "name") != NULL)
        add_saved (self, weir_json_get_text (saved, "name"), sql);
    }
}

static void
show_history (WeirSqlPane *self)
{
  const char * const *statements = weir_sql_history_get_all (self->history);

  clear (self->history_list);
  for (guint i = 0; statements[i] != NULL; i++)
    {
      g_autofree char *line = g_strdelimit (g_strdup (statements[i]), "\r\n\t", ' ');
      GtkWidget *row = add_row (self->history_list, line, statements[i]);

      gtk_widget_set_tooltip_text (row, statements[i]);
    }
}

static void
insert_cb (WeirSqlPane   *self,
           GtkListBoxRow *row)
{
  g_signal_emit (self, signals[INSERT], 0, g_object_get_data (G_OBJECT (row), "sql"));
}

static void
open_cb (WeirSqlPane   *self,
         GtkListBoxRow *row)
{
  g_signal_emit (self, signals[OPEN], 0, g_object_get_data (G_OBJECT (row), "sql"),
                 g_object_get_data (G_OBJECT (row), "name"));
}

static void
forget_cb (WeirSqlPane *self)
{
  weir_sql_history_clear (self->history);
}

static void
weir_sql_pane_dispose (GObject *object)
{
  WeirSqlPane *self = WEIR_SQL_PANE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (weir_sql_pane_parent_class)->dispose (object);
}

static void
weir_sql_pane_class_init (WeirSqlPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_sql_pane_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[INSERT] =
    g_signal_new ("insert", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPEN] =
    g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[DELETE] =
    g_signal_new ("delete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[NAMES] =
    g_signal_new ("names", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-sql-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirSqlPane, box);
  gtk_widget_class_bind_template_child (widget_class, WeirSqlPane, schema);
  gtk_widget_class_bind_template_child (widget_class, WeirSqlPane, examples);
  gtk_widget_class_bind_template_child (widget_class, WeirSqlPane, saved);
  gtk_widget_class_bind_template_child (widget_class, WeirSqlPane, history_list);
  gtk_widget_class_bind_template_callback (widget_class, insert_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, forget_cb);
}

static void
weir_sql_pane_init (WeirSqlPane *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  show_examples (self, examples, G_N_ELEMENTS (examples));
  add_placeholder (self->saved, _("Statements that you save are here."));
  add_placeholder (self->history_list, _("What you run is kept here, on this computer only."));
}

/**
 * weir_sql_pane_attach:
 * @self: a pane
 * @page: the page it belongs to
 * @history: what was run
 *
 * Connects it. To be called once.
 */
void
weir_sql_pane_attach (WeirSqlPane    *self,
                      WeirPage       *page,
                      WeirSqlHistory *history)
{
  g_return_if_fail (WEIR_IS_SQL_PANE (self));

  self->page = page;
  self->history = g_object_ref (history);
  g_signal_connect_object (history, "changed", G_CALLBACK (show_history), self,
                           G_CONNECT_SWAPPED);
  show_history (self);
}

/**
 * weir_sql_pane_ask:
 * @self: a pane
 *
 * Asks the collector which tables there are, and what is saved.
 */
void
weir_sql_pane_ask (WeirSqlPane *self)
{
  g_return_if_fail (WEIR_IS_SQL_PANE (self));

  if (weir_session_get_client (weir_page_get_session (self->page)) == NULL)
    return;
  self->dialect = SQLITE;
  ask_schema (self);
  weir_sql_pane_ask_saved (self);
}

/**
 * weir_sql_pane_ask_saved:
 * @self: a pane
 *
 * Asks the collector which statements are saved.
 */
void
weir_sql_pane_ask_saved (WeirSqlPane *self)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));

  if (client != NULL)
    weir_api_client_get_async (client, "/v1/questions?kind=sql", self->cancellable, saved_cb,
                               g_object_ref (self));
}

/**
 * weir_sql_pane_dup_saved:
 * @self: a pane
 * @name: name of a saved statement
 *
 * Returns: (transfer full) (nullable): the statement, if it is known
 */
char *
weir_sql_pane_dup_saved (WeirSqlPane *self,
                         const char  *name)
{
  GtkListBoxRow *row;

  g_return_val_if_fail (WEIR_IS_SQL_PANE (self), NULL);

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->saved, i)) != NULL; i++)
    {
      if (g_strcmp0 (g_object_get_data (G_OBJECT (row), "name"), name) == 0)
        return g_strdup (g_object_get_data (G_OBJECT (row), "sql"));
    }
  return NULL;
}
