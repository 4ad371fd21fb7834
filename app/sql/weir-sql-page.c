/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-page.h"

#include <glib/gi18n.h>

#include "weir-csv-saver.h"
#include "weir-fold-layout.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-removal.h"
#include "weir-sql-editor.h"
#include "weir-sql-history.h"
#include "weir-sql-pane.h"
#include "weir-sql-table.h"

#define MAX_ROWS    100000
#define PROGRESS_MS 200

/* Of the state that “back” comes back to: name and statement, unless that is very long. */
#define STATE_TYPE      "(ss)"
#define MAX_STATE_BYTES (64 * 1024)

struct _WeirSqlPage
{
  WeirPage parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *main_box;
  GtkPaned *paned;
  WeirSqlEditor *editor;
  GtkWidget *run_button;
  GtkWidget *stop_button;
  GtkSpinner *spinner;
  GtkEditable *name_entry;
  GtkWidget *save_button;
  GtkWidget *csv_button;
  GtkWidget *json_button;
  GtkRevealer *trouble;
  GtkLabel *trouble_label;
  GtkStack *stack;
  WeirSqlTable *table;
  GtkLabel *status;
  GtkWidget *pane_box;
  WeirSqlPane *pane;

  WeirSqlHistory *history;
  GCancellable *cancellable;  /* of the statement that runs */
  WeirApiClient *asked;       /* of the collector that is shown */
  char *to_open;              /* a saved statement, once it is known */
  guint progress_id;
};

G_DEFINE_FINAL_TYPE (WeirSqlPage, weir_sql_page, WEIR_TYPE_PAGE)

static WeirApiClient *
get_client (WeirSqlPage *self)
{
  return weir_session_get_client (weir_page_get_session (WEIR_PAGE (self)));
}

static char *
dup_name (WeirSqlPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->name_entry)));
}

static void
update (WeirSqlPage *self)
{
  g_autofree char *sql = g_strstrip (weir_sql_editor_dup_text (self->editor));
  g_autofree char *name = dup_name (self);
  gboolean offline = weir_page_get_session (WEIR_PAGE (self)) != NULL
                     && weir_page_is_offline (WEIR_PAGE (self));
  gboolean is_running = self->cancellable != NULL;
  gboolean has_result = weir_sql_table_get_result (self->table) != NULL;

  gtk_widget_set_sensitive (self->run_button, *sql != '\0' && !is_running);
  gtk_widget_set_visible (self->stop_button, is_running);
  gtk_widget_set_sensitive (self->save_button, !offline && *sql != '\0' && *name != '\0');
  gtk_widget_set_tooltip_text (self->save_button,
                               offline ? _("A file is shown: nothing in it can be changed")
                               : *name == '\0' ? _("Give the statement a name to save it") : NULL);
  gtk_widget_set_sensitive (self->csv_button, has_result);
  gtk_widget_set_sensitive (self->json_button, has_result);
}

static gboolean
progress_cb (gpointer user_data)
{
  WeirSqlPage *self = user_data;

  self->progress_id = 0;
  gtk_spinner_start (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->stack), "stale");
  gtk_label_set_text (self->status, _("Running; at most 10 s"));
  return G_SOURCE_REMOVE;
}

static void
end (WeirSqlPage *self)
{
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->progress_id, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->stack), "stale");
  update (self);
}

static void
show_error (WeirSqlPage  *self,
            const GError *error)
{
  gtk_label_set_text (self->trouble_label, error->message);
  gtk_revealer_set_reveal_child (self->trouble, TRUE);
  gtk_label_set_text (self->status, "");
  /* The rows are of another statement. */
  gtk_widget_add_css_class (GTK_WIDGET (self->stack), "stale");
  weir_sql_editor_mark_error (self->editor, error->message);
}

static void
show_result (WeirSqlPage   *self,
             WeirSqlResult *result)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (result));
  g_autofree char *number = weir_format_exact (n);
  g_autofree char *took = weir_format_duration (weir_sql_result_get_elapsed (result));
  g_autofree char *rows = NULL;
  g_autofree char *text = NULL;

  if (weir_sql_result_is_truncated (result))
    rows = g_strdup_printf (ngettext ("Truncated: the first %s row",
                                      "Truncated: the first %s rows", n), number);
  else
    rows = g_strdup_printf (ngettext ("%s row", "%s rows", n), number);
  /* Translators: “12 rows · 3 ms”. */
  text = g_strdup_printf (_("%s · %s"), rows, took);
  gtk_label_set_text (self->status, text);
  weir_sql_table_set_result (self->table, result);
  update (self);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "table" : "none");
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirSqlPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirSqlResult) rows = weir_sql_result_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  end (self);
  if (rows != NULL)
    show_result (self, rows);
  else
    show_error (self, error);
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirSqlPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes != NULL)
    {
      weir_sql_result_read_async (bytes, self->cancellable, read_cb, g_object_ref (self));
      return;
    }
  end (self);
  show_error (self, error);
}

static void
run_cb (WeirSqlPage *self)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *sql = weir_sql_editor_dup_text (self->editor);
  g_autofree char *stripped = g_strstrip (g_strdup (sql));
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *body = NULL;

  if (client == NULL || *stripped == '\0' || self->cancellable != NULL)
    return;
  weir_sql_history_add (self->history, stripped);
  weir_page_went (WEIR_PAGE (self));
  json_object_set_string_member (question, "sql", sql);
  json_object_set_int_member (question, "limit", MAX_ROWS);
  body = weir_json_object_to_text (question, FALSE);
  gtk_revealer_set_reveal_child (self->trouble, FALSE);
  self->cancellable = g_cancellable_new ();
  self->progress_id = g_timeout_add (PROGRESS_MS, progress_cb, self);
  update (self);
  weir_api_client_post_async (client, "/v1/sql", body, self->cancellable, answered_cb,
                              g_object_ref (self));
}

static void
stop_cb (WeirSqlPage *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  end (self);
  gtk_label_set_text (self->status, _("Stopped"));
}

static void
notice_cb (gpointer    user_data,
           const char *message)
{
  weir_page_notice (user_data, message);
}

static void
copied_cb (WeirSqlPage *self,
           const char  *what)
{
  weir_page_notice (WEIR_PAGE (self), what);
}

static void
export_csv_cb (WeirSqlPage *self)
{
  g_autoptr(GBytes) bytes = weir_sql_result_to_csv (weir_sql_table_get_result (self->table));

  weir_save_bytes (GTK_WIDGET (self), bytes, _("rows.csv"), notice_cb, self);
}

static void
export_json_cb (WeirSqlPage *self)
{
  g_autoptr(GBytes) bytes = weir_sql_result_to_json (weir_sql_table_get_result (self->table));

  weir_save_bytes (GTK_WIDGET (self), bytes, _("rows.json"), notice_cb, self);
}

static char *
dup_path (const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strconcat ("/v1/questions/", escaped, NULL);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirSqlPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (bytes != NULL)
    weir_page_notice (WEIR_PAGE (self), _("The statement was saved"));
  else
    weir_page_notice_error (WEIR_PAGE (self), error);
  weir_sql_pane_ask_saved (self->pane);
}

static char *
dup_body (const char *sql)
{
  g_autoptr(JsonObject) object = json_object_new ();
  JsonObject *question = json_object_new ();

  json_object_set_string_member (question, "kind", "sql");
  json_object_set_string_member (question, "sql", sql);
  json_object_set_object_member (object, "question", question);
  return weir_json_object_to_text (object, FALSE);
}

static void
save_cb (WeirSqlPage *self)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *name = dup_name (self);
  g_autofree char *path = dup_path (name);
  g_autofree char *sql = weir_sql_editor_dup_text (self->editor);
  g_autofree char *body = dup_body (sql);

  if (client != NULL && *name != '\0' && gtk_widget_get_sensitive (self->save_button))
    weir_api_client_send_async (client, "PUT", path, body, NULL, saved_cb, g_object_ref (self));
}

static void
delete_cb (WeirSqlPage *self,
           const char  *name)
{
  g_autofree char *path = dup_path (name);
  g_autofree char *sql = weir_sql_pane_dup_saved (self->pane, name);
  g_autofree char *body = dup_body (sql);
  g_autofree char *text = g_strdup_printf (_("“%s” was deleted"), name);

  weir_removal_start (WEIR_PAGE (self), path, &(WeirRestoration) { "PUT", path, body }, text,
                      (WeirRemovedFunc) weir_sql_pane_ask_saved, self->pane);
}

static void
insert_cb (WeirSqlPage *self,
           const char  *name)
{
  adw_leaflet_set_visible_child (self->leaflet, self->main_box);
  weir_sql_editor_insert (self->editor, name);
}

static void
open_cb (WeirSqlPage *self,
         const char  *sql,
         const char  *name)
{
  weir_sql_editor_set_text (self->editor, sql);
  gtk_editable_set_text (self->name_entry, name != NULL ? name : "");
  adw_leaflet_set_visible_child (self->leaflet, self->main_box);
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
  weir_page_went (WEIR_PAGE (self));
}

static void
names_cb (WeirSqlPage *self,
          GStrv        names)
{
  weir_sql_editor_set_names (self->editor, (const char * const *) names);
}

static void
example_cb (WeirSqlPage *self)
{
  open_cb (self, "SELECT event, count (*) AS n\nFROM events\nGROUP BY event\nORDER BY n DESC",
           NULL);
  run_cb (self);
}

static void
question_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirSqlPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  const char *sql;

  if (answer == NULL)
    {
      weir_page_notice_error (WEIR_PAGE (self), error);
      return;
    }
  sql = weir_json_get_text (weir_json_get_object (answer, "question"), "sql");
  if (sql == NULL)
    return;
  open_cb (self, sql, weir_json_get_text (answer, "name"));
  run_cb (self);
}

static void
open_saved (WeirSqlPage *self)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *path = NULL;

  if (client == NULL || self->to_open == NULL)
    return;
  path = dup_path (self->to_open);
  g_clear_pointer (&self->to_open, g_free);
  weir_api_client_get_async (client, path, NULL, question_cb, g_object_ref (self));
}

static void
show_pane_cb (WeirSqlPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->pane_box);
}

static void
back_cb (WeirSqlPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->main_box);
}

static void
weir_sql_page_set_up (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);

  weir_sql_pane_attach (self->pane, page, self->history);
  update (self);
}

static void
weir_sql_page_refresh (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);
  WeirApiClient *client = get_client (self);

  /* A statement says itself which events it is about. */
  if (client == NULL || client == self->asked)
    return;
  stop_cb (self);
  if (self->asked != NULL)
    {
      weir_sql_table_set_result (self->table, NULL);
      gtk_stack_set_visible_child_name (self->stack, "empty");
      gtk_label_set_text (self->status, "");
    }
  g_set_object (&self->asked, client);
  weir_sql_pane_ask (self->pane);
  open_saved (self);
  update (self);
}

/* A statement is run when it is told to be, not again by itself. */
static void
weir_sql_page_again (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);

  weir_sql_page_refresh (page);
  weir_sql_pane_ask (self->pane);
}

static void
weir_sql_page_begin (WeirPage *page)
{
  open_cb (WEIR_SQL_PAGE (page), "", NULL);
}

/* A statement without a name is asked for one. */
static void
weir_sql_page_keep (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);

  if (gtk_widget_get_sensitive (self->save_button))
    save_cb (self);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->name_entry));
}

static void
weir_sql_page_duplicate (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);
  g_autofree char *name = dup_name (self);
  g_autofree char *copy = NULL;

  if (*name == '\0')
    return;
  /* Translators: the name of a copy of what has the name %s. */
  copy = g_strdup_printf (_("%s, copy"), name);
  gtk_editable_set_text (self->name_entry, copy);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_entry));
}

static void
weir_sql_page_discard (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);
  g_autofree char *name = dup_name (self);
  g_autofree char *saved = weir_sql_pane_dup_saved (self->pane, name);

  if (saved != NULL && !weir_page_is_offline (page))
    delete_cb (self, name);
}

/* A statement that waits to be known is not one yet. */
static GVariant *
weir_sql_page_save (WeirPage *page)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);
  g_autofree char *name = dup_name (self);
  g_autofree char *sql = weir_sql_editor_dup_text (self->editor);

  return strlen (sql) <= MAX_STATE_BYTES ? g_variant_new (STATE_TYPE, name, sql) : NULL;
}

/* What was there is run again, since only its rows are where the reader was. */
static void
restore_statement (WeirSqlPage *self,
                   GVariant    *state)
{
  g_autofree char *before = weir_sql_editor_dup_text (self->editor);
  const char *name, *sql;

  g_variant_get (state, "(&s&s)", &name, &sql);
  gtk_editable_set_text (self->name_entry, name);
  if (g_str_equal (sql, before))
    return;
  stop_cb (self);
  weir_sql_editor_set_text (self->editor, sql);
  run_cb (self);
}

static void
weir_sql_page_restore (WeirPage *page,
                       GVariant *state)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (page);

  if (g_variant_is_of_type (state, G_VARIANT_TYPE (STATE_TYPE)))
    restore_statement (self, state);
  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_STRING))
    return;
  g_free (self->to_open);
  self->to_open = g_variant_dup_string (state, NULL);
  if (self->asked != NULL)
    open_saved (self);
}

static void
weir_sql_page_dispose (GObject *object)
{
  WeirSqlPage *self = WEIR_SQL_PAGE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->progress_id, g_source_remove);
  g_clear_object (&self->asked);
  g_clear_object (&self->history);
  g_clear_pointer (&self->to_open, g_free);

  G_OBJECT_CLASS (weir_sql_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (WEIR_TYPE_FOLD_LAYOUT);
  g_type_ensure (WEIR_TYPE_SQL_EDITOR);
  g_type_ensure (WEIR_TYPE_SQL_PANE);
  g_type_ensure (WEIR_TYPE_SQL_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-sql-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WeirSqlPage, child)
  BIND (leaflet);
  BIND (main_box);
  BIND (paned);
  BIND (editor);
  BIND (run_button);
  BIND (stop_button);
  BIND (spinner);
  BIND (name_entry);
  BIND (save_button);
  BIND (csv_button);
  BIND (json_button);
  BIND (trouble);
  BIND (trouble_label);
  BIND (stack);
  BIND (table);
  BIND (status);
  BIND (pane_box);
  BIND (pane);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, copied_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_csv_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_json_cb);
  gtk_widget_class_bind_template_callback (widget_class, insert_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
  gtk_widget_class_bind_template_callback (widget_class, names_cb);
  gtk_widget_class_bind_template_callback (widget_class, example_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_pane_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
}

static void
weir_sql_page_class_init (WeirSqlPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WeirPageClass *page_class = WEIR_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_sql_page_dispose;
  page_class->set_up = weir_sql_page_set_up;
  page_class->refresh = weir_sql_page_refresh;
  page_class->again = weir_sql_page_again;
  page_class->begin = weir_sql_page_begin;
  page_class->keep = weir_sql_page_keep;
  page_class->duplicate = weir_sql_page_duplicate;
  page_class->discard = weir_sql_page_discard;
  page_class->run = (void (*) (WeirPage *)) run_cb;
  page_class->save = weir_sql_page_save;
  page_class->restore = weir_sql_page_restore;
  bind_template (widget_class);
}

static void
weir_sql_page_init (WeirSqlPage *self)
{
  self->history = weir_sql_history_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}
