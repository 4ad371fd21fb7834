/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-compare-window.h"

#include <glib/gi18n.h>

#include "weir-compare-plan.h"
#include "weir-compare-range.h"
#include "weir-compare-row.h"
#include "weir-compare-rows.h"
#include "weir-json.h"
#include "weir-spoken-names.h"
#include "weir-trouble-bar.h"

/* What a heading of a column may be long, and a name at least is. */
#define HEADING_CHARS 24
#define NAME_CHARS    16

struct _WeirCompareWindow
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  WeirCompareRange *range;
  WeirTroubleBar *trouble;
  GtkStack *stack;
  AdwStatusPage *failed_page;
  GtkColumnView *table;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *first_column;
  GtkColumnViewColumn *second_column;
  GtkColumnViewColumn *change_column;
  GtkSpinner *spinner;

  WeirSession *sessions[2]; /* the window's, and the one of the file */
  char *names[2];
  GCancellable *cancellable;
  GListStore *rows;
  GQueue jobs;              /* of WeirCompareJob; the head is being asked */
  JsonObject *questions[2];
  JsonObject *cohorts[2];
  JsonObject *catalogs[2];
  GError *error;            /* the first of those that came in place of answers */
  guint n_listing;
  gboolean is_stale;        /* what is shown is of another time */
};

G_DEFINE_FINAL_TYPE (WeirCompareWindow, weir_compare_window, ADW_TYPE_WINDOW)

typedef struct
{
  WeirCompareWindow *self;
  JsonObject **place;
  guint side;
} Asking;

static void ask_next (WeirCompareWindow *self);

/* What is shown stays, dimmed, until the first answer of another time is there. */
static void
set_stale (WeirCompareWindow *self,
           gboolean           stale)
{
  self->is_stale = stale;
  if (stale)
    gtk_widget_add_css_class (GTK_WIDGET (self->table), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->table), "stale");
}

static void
clear_stale (WeirCompareWindow *self)
{
  if (self->is_stale)
    g_list_store_remove_all (self->rows);
  set_stale (self, FALSE);
}

static void
add_heading (WeirCompareWindow *self,
             const char        *heading)
{
  g_autoptr(WeirCompareRow) row = heading != NULL ? weir_compare_row_new_heading (heading) : NULL;

  if (row != NULL)
    g_list_store_append (self->rows, row);
}

static void
show_job (WeirCompareWindow    *self,
          const WeirCompareJob *job)
{
  if (job->answers[0] == NULL && job->answers[1] == NULL)
    return;
  clear_stale (self);
  add_heading (self, job->heading);
  weir_compare_rows_add_answers (self->rows, job->title, job->question, job->answers);
  gtk_stack_set_visible_child_name (self->stack, "table");
}

static void
show_trouble (WeirCompareWindow *self)
{
  g_autofree char *text = NULL;

  if (self->error != NULL)
    /* Translators: an error follows. */
    text = g_strdup_printf (_("Not everything could be compared: %s"), self->error->message);
  weir_trouble_bar_set_text (self->trouble, text);
}

/* Returns whether the answer, which may be missing, is still wanted. */
static gboolean
take_answer (GObject       *client,
             GAsyncResult  *result,
             Asking        *asking,
             JsonObject   **answer)
{
  WeirCompareWindow *self = asking->self;
  g_autoptr(GError) error = NULL;

  *answer = weir_answer_finish (client, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  if (error != NULL && self->error == NULL)
    {
      self->error = g_steal_pointer (&error);
      g_prefix_error (&self->error, "%s: ", self->names[asking->side]);
    }
  return TRUE;
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
  JsonObject *answer;
  WeirCompareJob *job;

  if (!take_answer (object, result, asking, &answer))
    return;
  job = g_queue_peek_head (&self->jobs);
  job->answers[asking->side] = answer;
  if (--job->n_pending > 0)
    return;
  show_job (self, job);
  weir_compare_job_free (g_queue_pop_head (&self->jobs));
  ask_next (self);
}

static void
end (WeirCompareWindow *self)
{
  gtk_spinner_stop (self->spinner);
  if (weir_compare_range_is_all (self->range)
      && (self->catalogs[0] != NULL || self->catalogs[1] != NULL))
    {
      clear_stale (self);
      add_heading (self, _("Events"));
      weir_compare_rows_add_catalogs (self->rows, self->catalogs);
      gtk_stack_set_visible_child_name (self->stack, "table");
    }
  show_trouble (self);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->rows)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
ask_next (WeirCompareWindow *self)
{
  WeirCompareJob *job = g_queue_peek_head (&self->jobs);

  if (job == NULL)
    {
      end (self);
      return;
    }
  for (guint side = 0; side < 2; side++)
    {
      WeirApiClient *client = weir_session_get_client (self->sessions[side]);
      g_autofree char *body = NULL;

      if (client == NULL)
        continue;
      body = weir_compare_job_dup_body (job, self->range, side);
      job->n_pending++;
      weir_api_client_post_async (client, "/v1/query", body, self->cancellable, job_cb,
                                  asking_new (self, NULL, side));
    }
}

static void
plan (WeirCompareWindow *self)
{
  for (guint side = 0; side < 2; side++)
    weir_compare_range_set_latest (self->range, side,
                                   weir_compare_rows_find_latest (self->catalogs[side]));
  weir_compare_plan_questions (&self->jobs, self->questions);
  weir_compare_plan_cohorts (&self->jobs, self->cohorts);
  /* Of all there is, the catalogs tell already. */
  if (!weir_compare_range_is_all (self->range))
    weir_compare_plan_events (&self->jobs, self->catalogs);
  ask_next (self);
}

static void
list_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(Asking) asking = user_data;
  JsonObject *answer;

  if (!take_answer (object, result, asking, &answer))
    return;
  g_clear_pointer (asking->place, json_object_unref);
  *asking->place = answer;
  if (--asking->self->n_listing == 0)
    plan (asking->self);
}

/* Begins anew: what is asked is dropped. */
static void
forget (WeirCompareWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_queue_clear_full (&self->jobs, weir_compare_job_free);
  g_clear_error (&self->error);
  self->n_listing = 0;
  weir_trouble_bar_set_text (self->trouble, NULL);
}

static void
list (WeirCompareWindow *self)
{
  static const char * const paths[] = { "/v1/questions", "/v1/cohorts", "/v1/catalog" };

  forget (self);
  set_stale (self, g_list_model_get_n_items (G_LIST_MODEL (self->rows)) > 0);
  gtk_spinner_start (self->spinner);
  for (guint side = 0; side < 2; side++)
    {
      WeirApiClient *client = weir_session_get_client (self->sessions[side]);
      JsonObject **places[] = { &self->questions[side], &self->cohorts[side],
                                &self->catalogs[side] };

      for (guint i = 0; client != NULL && i < G_N_ELEMENTS (paths); i++)
        {
          self->n_listing++;
          weir_api_client_get_async (client, paths[i], self->cancellable, list_cb,
                                     asking_new (self, places[i], side));
        }
    }
}

/* A collector of a file that has gone is started again. */
static void
again_cb (WeirCompareWindow *self)
{
  if (weir_session_get_state (self->sessions[1]) == WEIR_SESSION_FAILED
      || !weir_session_owns_collector (self->sessions[1]))
    {
      weir_trouble_bar_set_text (self->trouble, NULL);
      if (g_list_model_get_n_items (G_LIST_MODEL (self->rows)) == 0)
        gtk_stack_set_visible_child_name (self->stack, "waiting");
      weir_session_retry (self->sessions[1]);
    }
  else
    list (self);
}

static void
again_action_cb (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  again_cb (WEIR_COMPARE_WINDOW (widget));
}

static void
range_cb (WeirCompareWindow *self)
{
  if (weir_session_get_client (self->sessions[1]) != NULL)
    list (self);
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
  gtk_label_set_width_chars (GTK_LABEL (label), GPOINTER_TO_INT (user_data) == 0 ? NAME_CHARS : -1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

/* Such as “purchase, 20 (50 %), 10 (25 %), -25.0 points”. */
static void
name_row (GtkWidget      *label,
          WeirCompareRow *row)
{
  g_autofree char *first = weir_compare_row_dup_side (row, 0);
  g_autofree char *second = weir_compare_row_dup_side (row, 1);
  g_autofree char *change = weir_compare_row_dup_change (row);
  g_autofree char *name = NULL;

  if (weir_compare_row_is_heading (row))
    name = g_strdup (weir_compare_row_get_title (row));
  else
    name = g_strjoin (", ", weir_compare_row_get_title (row), first, second,
                      *change != '\0' ? change : NULL, NULL);
  weir_name_table_row (label, name);
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
  gtk_widget_set_tooltip_text (label, column == 0 && *text != '\0' ? text : NULL);
  if (column == 0)
    name_row (label, row);
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
  g_queue_clear_full (&self->jobs, weir_compare_job_free);
  for (guint side = 0; side < 2; side++)
    {
      g_clear_pointer (&self->questions[side], json_object_unref);
      g_clear_pointer (&self->cohorts[side], json_object_unref);
      g_clear_pointer (&self->catalogs[side], json_object_unref);
      g_clear_pointer (&self->names[side], g_free);
    }
  g_clear_error (&self->error);

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

  gtk_widget_class_install_action (widget_class, "compare.again", NULL, again_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "compare.again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK,
                                       "compare.again", NULL);
  g_type_ensure (WEIR_TYPE_COMPARE_RANGE);
  g_type_ensure (WEIR_TYPE_TROUBLE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-compare-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, range);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, trouble);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, failed_page);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, table);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, name_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, first_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, second_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, change_column);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareWindow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, range_cb);
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

/* Headings of a column view are never cut short, however long. */
static void
set_heading (GtkColumnViewColumn *column,
             const char          *name)
{
  glong length = g_utf8_strlen (name, -1);
  g_autofree char *head = NULL;
  g_autofree char *tail = NULL;
  g_autofree char *text = NULL;

  if (length > HEADING_CHARS)
    {
      head = g_utf8_substring (name, 0, HEADING_CHARS / 2);
      tail = g_utf8_substring (name, length - HEADING_CHARS / 2 + 1, length);
      text = g_strconcat (head, "…", tail, NULL);
    }
  gtk_column_view_column_set_title (column, text != NULL ? text : name);
}

static char *
dup_session_name (WeirSession *session)
{
  const char *file = weir_session_get_file (session);
  const char *url = weir_session_get_url (session);

  return file != NULL ? g_filename_display_basename (file) : g_strdup (url != NULL ? url : "");
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
  g_autofree char *subtitle = NULL;

  self->names[0] = dup_session_name (session);
  self->names[1] = g_filename_display_basename (path);
  /* Translators: the names of two files that are compared. */
  subtitle = g_strdup_printf (_("%s and %s"), self->names[0], self->names[1]);
  adw_window_title_set_subtitle (self->title, subtitle);
  set_heading (self->first_column, self->names[0]);
  set_heading (self->second_column, self->names[1]);
  weir_compare_range_set_names (self->range, self->names[0], self->names[1]);
  self->sessions[0] = g_object_ref (session);
  self->sessions[1] = weir_session_new ();
  g_signal_connect_object (self->sessions[1], "moved", G_CALLBACK (list), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sessions[1], "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  weir_session_open_file (self->sessions[1], path);
  return GTK_WIDGET (self);
}
