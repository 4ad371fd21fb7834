/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-compare-window.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-compare-row.h"
#include "weir-json.h"
#include "weir-spoken-names.h"

#define N_EVENTS 50

/* One thing to compare: a question for both files. */
typedef struct
{
  char *title;
  char *path;
  char *body;               /* NULL: GET */
  JsonObject *answers[2];
  guint n_pending;
} Job;

struct _WeirCompareWindow
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  GtkStack *stack;
  AdwStatusPage *failed_page;
  GtkColumnView *table;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *first_column;
  GtkColumnViewColumn *second_column;
  GtkColumnViewColumn *change_column;
  GtkSpinner *spinner;

  WeirSession *sessions[2]; /* the window's, and the one of the file */
  GCancellable *cancellable;
  GListStore *rows;
  GQueue jobs;              /* of Job; the head is being asked */
  JsonObject *questions[2];
  JsonObject *cohorts[2];
  guint n_listing;
};

G_DEFINE_FINAL_TYPE (WeirCompareWindow, weir_compare_window, ADW_TYPE_WINDOW)

typedef struct
{
  WeirCompareWindow *self;
  JsonObject **place;
  guint side;
} Asking;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->title);
  g_free (job->path);
  g_free (job->body);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&job->answers[i], json_object_unref);
  g_free (job);
}

static void ask_next (WeirCompareWindow *self);

static void
add_row (WeirCompareWindow *self,
         WeirCompareRow    *row)
{
  g_list_store_append (self->rows, row);
  g_object_unref (row);
}

static double
get_step_count (JsonObject *answer,
                guint       index)
{
  JsonObject *step = weir_json_array_get_object (weir_json_get_array (answer, "steps"), index);

  return step != NULL ? weir_json_get_number (step, "count") : NAN;
}

static const char *
get_step_name (JsonObject *answer,
               guint       index)
{
  JsonObject *step = weir_json_array_get_object (weir_json_get_array (answer, "steps"), index);
  const char *name = weir_json_get_text (step, "name");

  return name != NULL ? name : weir_json_get_text (step, "event");
}

static void
show_funnel (WeirCompareWindow *self,
             const Job         *job)
{
  guint n = MAX (weir_json_array_get_n (weir_json_get_array (job->answers[0], "steps")),
                 weir_json_array_get_n (weir_json_get_array (job->answers[1], "steps")));

  add_row (self, weir_compare_row_new_heading (job->title));
  for (guint i = 0; i < n; i++)
    {
      const char *name = get_step_name (job->answers[job->answers[0] != NULL ? 0 : 1], i);

      add_row (self, weir_compare_row_new (name != NULL ? name : "",
                                           get_step_count (job->answers[0], i),
                                           get_step_count (job->answers[1], i),
                                           get_step_count (job->answers[0], 0),
                                           get_step_count (job->answers[1], 0)));
    }
}

static double
get_event_count (JsonObject *catalog,
                 const char *name)
{
  JsonArray *events = weir_json_get_array (catalog, "events");

  for (guint i = 0; i < weir_json_array_get_n (events); i++)
    {
      JsonObject *event = weir_json_array_get_object (events, i);

      if (g_strcmp0 (weir_json_get_text (event, "name"), name) == 0)
        return weir_json_get_number (event, "count");
    }
  return catalog != NULL ? 0 : NAN;
}

static void
show_events (WeirCompareWindow *self,
             const Job         *job)
{
  g_autoptr(GHashTable) shown = g_hash_table_new (g_str_hash, g_str_equal);

  add_row (self, weir_compare_row_new_heading (job->title));
  for (guint side = 0; side < 2; side++)
    {
      JsonArray *events = weir_json_get_array (job->answers[side], "events");

      for (guint i = 0; i < MIN (weir_json_array_get_n (events), N_EVENTS); i++)
        {
          const char *name = weir_json_get_text (weir_json_array_get_object (events, i), "name");

          if (name == NULL || !g_hash_table_add (shown, (gpointer) name))
            continue;
          add_row (self, weir_compare_row_new (name, get_event_count (job->answers[0], name),
                                               get_event_count (job->answers[1], name), NAN, NAN));
        }
    }
}

static void
show_job (WeirCompareWindow *self,
          const Job         *job)
{
  const char *kind;

  if (job->answers[0] == NULL && job->answers[1] == NULL)
    return;
  kind = weir_json_get_text (job->answers[job->answers[0] != NULL ? 0 : 1], "kind");
  if (g_strcmp0 (kind, "funnel") == 0)
    show_funnel (self, job);
  else if (g_strcmp0 (kind, "cohort") == 0)
    add_row (self, weir_compare_row_new (job->title,
                                         weir_json_get_number (job->answers[0], "size"),
                                         weir_json_get_number (job->answers[1], "size"), NAN, NAN));
  else
    show_events (self, job);
  gtk_stack_set_visible_child_name (self->stack, "table");
}

static JsonObject *
take_answer (GObject      *client,
             GAsyncResult *result,
             gboolean     *cancelled)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (client), result, &error);

  *cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  return bytes != NULL ? weir_json_parse_object (bytes, NULL) : NULL;
}

static Asking *
asking_new (WeirCompareWindow  *self,
            JsonObject        **place,
            guint               side)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->self = g_object_ref (self);
  asking->place = place;
  asking->side = side;
  return asking;
}

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->self);
  g_free (asking);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
job_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(Asking) asking = user_data;
  WeirCompareWindow *self = asking->self;
  gboolean cancelled;
  JsonObject *answer = take_answer (object, result, &cancelled);
  Job *job;

  if (cancelled)
    return;
  job = g_queue_peek_head (&self->jobs);
  job->answers[asking->side] = answer;
  if (--job->n_pending > 0)
    return;
  show_job (self, job);
  job_free (g_queue_pop_head (&self->jobs));
  ask_next (self);
}

static void
ask_next (WeirCompareWindow *self)
{
  Job *job = g_queue_peek_head (&self->jobs);

  if (job == NULL)
    {
      gtk_spinner_stop (self->spinner);
      if (g_list_model_get_n_items (G_LIST_MODEL (self->rows)) == 0)
        gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  for (guint side = 0; side < 2; side++)
    {
      WeirApiClient *client = weir_session_get_client (self->sessions[side]);

      if (client == NULL)
        continue;
      job->n_pending++;
      weir_api_client_send_async (client, job->body != NULL ? "POST" : "GET", job->path, job->body,
                                  self->cancellable, job_cb, asking_new (self, NULL, side));
    }
}

static void
add_job (WeirCompareWindow *self,
         const char        *title,
         const char        *path,
         char              *body)
{
  Job *job = g_new0 (Job, 1);

  job->title = g_strdup (title);
  job->path = g_strdup (path);
  job->body = body;
  g_queue_push_tail (&self->jobs, job);
}

static void
add_funnels (WeirCompareWindow *self,
             GHashTable        *known,
             JsonObject        *answer)
{
  JsonArray *questions = weir_json_get_array (answer, "questions");

  for (guint i = 0; i < weir_json_array_get_n (questions); i++)
    {
      JsonObject *entry = weir_json_array_get_object (questions, i);
      const char *name = weir_json_get_text (entry, "name");
      JsonObject *question = weir_json_get_object (entry, "question");

      if (name == NULL || question == NULL || !g_hash_table_add (known, (gpointer) name)
          || g_strcmp0 (weir_json_get_text (entry, "kind"), "funnel") != 0)
        continue;
      add_job (self, name, "/v1/query", weir_json_object_to_text (question, FALSE));
    }
}

/* Whatever is called so in each file: the name, not the definition, is what both share. */
static void
add_cohorts (WeirCompareWindow *self,
             GHashTable        *known,
             JsonObject        *answer)
{
  JsonArray *cohorts = weir_json_get_array (answer, "cohorts");

  for (guint i = 0; i < weir_json_array_get_n (cohorts); i++)
    {
      const char *name = weir_json_get_text (weir_json_array_get_object (cohorts, i), "name");
      g_autoptr(JsonObject) question = json_object_new ();
      JsonObject *where = json_object_new ();

      json_object_set_object_member (question, "where", where);
      if (name == NULL || !g_hash_table_add (known, (gpointer) name))
        continue;
      json_object_set_string_member (where, "cohort", name);
      json_object_set_string_member (question, "kind", "cohort");
      json_object_set_int_member (question, "limit", 1);
      add_job (self, name, "/v1/query", weir_json_object_to_text (question, FALSE));
    }
}

static void
plan (WeirCompareWindow *self)
{
  g_autoptr(GHashTable) funnels = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) cohorts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint side = 0; side < 2; side++)
    add_funnels (self, funnels, self->questions[side]);
  for (guint side = 0; side < 2; side++)
    add_cohorts (self, cohorts, self->cohorts[side]);
  add_job (self, _("Events"), "/v1/catalog", NULL);
  ask_next (self);
}

static void
list_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(Asking) asking = user_data;
  gboolean cancelled;
  JsonObject *answer = take_answer (object, result, &cancelled);

  if (cancelled)
    return;
  *asking->place = answer;
  if (--asking->self->n_listing == 0)
    plan (asking->self);
}

static void
list (WeirCompareWindow *self)
{
  for (guint side = 0; side < 2; side++)
    {
      WeirApiClient *client = weir_session_get_client (self->sessions[side]);

      if (client == NULL)
        continue;
      self->n_listing += 2;
      weir_api_client_get_async (client, "/v1/questions", self->cancellable, list_cb,
                                 asking_new (self, &self->questions[side], side));
      weir_api_client_get_async (client, "/v1/cohorts", self->cancellable, list_cb,
                                 asking_new (self, &self->cohorts[side], side));
    }
}

static void
state_cb (WeirCompareWindow *self)
{
  const GError *error = weir_session_get_error (self->sessions[1]);
  g_autofree char *message = NULL;

  if (weir_session_get_state (self->sessions[1]) != WEIR_SESSION_FAILED || error == NULL)
    return;
  message = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->failed_page, message);
  gtk_stack_set_visible_child_name (self->stack, "failed");
  gtk_spinner_stop (self->spinner);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_INT (user_data) == 0 ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  user_data)
{
  WeirCompareRow *row = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_list_item_get_child (item);
  int column = GPOINTER_TO_INT (user_data);
  g_autofree char *text = NULL;

  if (column == 0)
    text = g_strdup (weir_compare_row_get_title (row));
  else if (column < 3)
    text = weir_compare_row_dup_side (row, (guint) column - 1);
  else
    text = weir_compare_row_dup_change (row);
  gtk_label_set_text (GTK_LABEL (label), text);
  if (column == 0)
    weir_name_table_row (label, text);
  if (weir_compare_row_is_heading (row))
    gtk_widget_add_css_class (label, "heading");
  else
    gtk_widget_remove_css_class (label, "heading");
}

static void
set_up_column (GtkColumnViewColumn *column,
               int                  index)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (index));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GINT_TO_POINTER (index));
  gtk_column_view_column_set_factory (column, factory);
  g_object_unref (factory);
}

static void
weir_compare_window_dispose (GObject *object)
{
  WeirCompareWindow *self = WEIR_COMPARE_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->sessions[0]);
  g_clear_object (&self->sessions[1]);
  g_clear_object (&self->rows);
  g_queue_clear_full (&self->jobs, job_free);
  for (guint side = 0; side < 2; side++)
    {
      g_clear_pointer (&self->questions[side], json_object_unref);
      g_clear_pointer (&self->cohorts[side], json_object_unref);
    }

  G_OBJECT_CLASS (weir_compare_window_parent_class)->dispose (object);
}

static void
weir_compare_window_finalize (GObject *object)
{
  g_object_unref (WEIR_COMPARE_WINDOW (object)->cancellable);

  G_OBJECT_CLASS (weir_compare_window_parent_class)->finalize (object);
}

static void
weir_compare_window_class_init (WeirCompareWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_compare_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_compare_window_finalize;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-compare-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, failed_page);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, table);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, name_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, first_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, second_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, change_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, spinner);
}

static void
weir_compare_window_init (WeirCompareWindow *self)
{
  g_autoptr(GtkNoSelection) selection = NULL;

  self->cancellable = g_cancellable_new ();
  self->rows = g_list_store_new (WEIR_TYPE_COMPARE_ROW);
  g_queue_init (&self->jobs);
  gtk_widget_init_template (GTK_WIDGET (self));
  weir_name_table_parts (self->table, _("Differences"));
  set_up_column (self->name_column, 0);
  set_up_column (self->first_column, 1);
  set_up_column (self->second_column, 2);
  set_up_column (self->change_column, 3);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->rows)));
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (selection));
}

static char *
dup_session_name (WeirSession *session)
{
  const char *file = weir_session_get_file (session);
  const char *url = weir_session_get_url (session);

  return file != NULL ? g_path_get_basename (file) : g_strdup (url != NULL ? url : "");
}

/**
 * weir_compare_window_new:
 * @parent: the window with what to compare
 * @session: its collector or file
 * @path: another database file
 *
 * Starts a collector on the file, read-only, and compares.
 *
 * Returns: (transfer none): a window, to be presented
 */
GtkWidget *
weir_compare_window_new (GtkWindow   *parent,
                         WeirSession *session,
                         const char  *path)
{
  WeirCompareWindow *self = g_object_new (WEIR_TYPE_COMPARE_WINDOW, "transient-for", parent, NULL);
  g_autofree char *first = dup_session_name (session);
  g_autofree char *second = g_path_get_basename (path);
  g_autofree char *subtitle = NULL;

  /* Translators: the names of two files that are compared. */
  subtitle = g_strdup_printf (_("%s and %s, all events in each"), first, second);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_column_view_column_set_title (self->first_column, first);
  gtk_column_view_column_set_title (self->second_column, second);
  self->sessions[0] = g_object_ref (session);
  self->sessions[1] = weir_session_new ();
  g_signal_connect_object (self->sessions[1], "moved", G_CALLBACK (list), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sessions[1], "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  weir_session_open_file (self->sessions[1], path);
  return GTK_WIDGET (self);
}
