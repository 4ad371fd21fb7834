/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-persons-saver.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "weir-format.h"
#include "weir-json.h"

/* The most persons that a page may have: of the kind `persons`, and of the others. */
#define SEARCH_LENGTH 1000
#define PAGE_LENGTH   10000
/* What is saved sooner than this needs no window. */
#define PATIENCE_MS   400

typedef struct
{
  WeirApiClient *client;
  JsonObject *question;
  GFile *file;
  GOutputStream *stream;
  char *cursor;
  GString *text;            /* of the page that is being written */
  guint64 n_saved;
  guint64 total;
  gboolean is_search;
  GtkWindow *parent;
  AdwMessageDialog *dialog;
  GtkProgressBar *progress;
  guint dialog_id;
} Saving;

static void ask_page (GTask *task);

static void
close_dialog (Saving *saving)
{
  AdwMessageDialog *dialog = saving->dialog;

  g_clear_handle_id (&saving->dialog_id, g_source_remove);
  saving->dialog = NULL;
  if (dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
saving_free (Saving *saving)
{
  close_dialog (saving);
  g_clear_object (&saving->client);
  g_clear_pointer (&saving->question, json_object_unref);
  g_clear_object (&saving->file);
  g_clear_object (&saving->stream);
  g_clear_object (&saving->parent);
  g_free (saving->cursor);
  g_string_free (saving->text, TRUE);
  g_free (saving);
}

static void
update_progress (Saving *saving)
{
  g_autofree char *saved = weir_format_exact (saving->n_saved);
  g_autofree char *total = weir_format_exact (saving->total);
  g_autofree char *text = NULL;

  if (saving->dialog == NULL || saving->total == 0)
    return;
  /* Translators: “20,000 of 57,103 people”. */
  text = g_strdup_printf (ngettext ("%s of %s person", "%s of %s people", (gulong) saving->total),
                          saved, total);
  adw_message_dialog_set_body (saving->dialog, text);
  gtk_progress_bar_set_fraction (saving->progress,
                                 (double) saving->n_saved / (double) saving->total);
}

static void
response_cb (GTask *task)
{
  Saving *saving = g_task_get_task_data (task);

  saving->dialog = NULL;
  g_cancellable_cancel (g_task_get_cancellable (task));
}

static gboolean
dialog_cb (gpointer user_data)
{
  GTask *task = user_data;
  Saving *saving = g_task_get_task_data (task);

  saving->dialog_id = 0;
  saving->dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (saving->parent, _("Saving people"),
                                                               NULL));
  saving->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (saving->progress),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"),
                                  -1);
  adw_message_dialog_set_extra_child (saving->dialog, GTK_WIDGET (saving->progress));
  adw_message_dialog_add_response (saving->dialog, "cancel", _("_Cancel"));
  g_signal_connect_swapped (saving->dialog, "response", G_CALLBACK (response_cb), task);
  update_progress (saving);
  gtk_window_present (GTK_WINDOW (saving->dialog));
  return G_SOURCE_REMOVE;
}

static void
closed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  close_dialog (g_task_get_task_data (task));
  if (g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The file that was there stays: what is not whole is not put in its place. */
static void
give_up (GTask  *task,
         GError *error)
{
  Saving *saving = g_task_get_task_data (task);
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();

  close_dialog (saving);
  g_cancellable_cancel (cancelled);
  if (saving->stream != NULL)
    g_output_stream_close (saving->stream, cancelled, NULL);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  Saving *saving = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    {
      give_up (task, error);
      return;
    }
  update_progress (saving);
  if (saving->cursor != NULL)
    ask_page (task);
  else
    g_output_stream_close_async (saving->stream, G_PRIORITY_DEFAULT,
                                 g_task_get_cancellable (task), closed_cb, task);
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Saving *saving = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  JsonArray *persons;

  if (answer == NULL)
    {
      give_up (task, error);
      return;
    }
  persons = weir_json_get_array (answer, "persons");
  saving->total = MAX (weir_json_get_count (answer, "total"),
                       weir_json_get_count (answer, "size"));
  saving->n_saved += weir_json_array_get_n (persons);
  g_free (saving->cursor);
  saving->cursor = g_strdup (weir_json_get_text (answer, "cursor"));
  g_string_truncate (saving->text, 0);
  weir_persons_append_csv (persons, saving->is_search, saving->text);
  g_output_stream_write_all_async (saving->stream, saving->text->str, saving->text->len,
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   written_cb, task);
}

static void
ask_page (GTask *task)
{
  Saving *saving = g_task_get_task_data (task);
  g_autoptr(JsonObject) question = weir_json_object_copy (saving->question);
  g_autofree char *body = NULL;

  json_object_set_int_member (question, "limit", saving->is_search ? SEARCH_LENGTH : PAGE_LENGTH);
  if (saving->cursor != NULL)
    json_object_set_string_member (question, "cursor", saving->cursor);
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (saving->client, "/v1/query", body, g_task_get_cancellable (task),
                              page_cb, task);
}

static void
head_written_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    ask_page (user_data);
  else
    give_up (user_data, error);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  Saving *saving = g_task_get_task_data (task);
  const char *head = saving->is_search
                     ? "id,distinct_ids,n_distinct_ids,identified,properties,first_seen,"
                       "last_seen\r\n"
                     : "person,distinct_id\r\n";
  GError *error = NULL;

  saving->stream = G_OUTPUT_STREAM (g_file_replace_finish (G_FILE (object), result, &error));
  if (saving->stream != NULL)
    g_output_stream_write_all_async (saving->stream, head, strlen (head), G_PRIORITY_DEFAULT,
                                     g_task_get_cancellable (task), head_written_cb, task);
  else
    give_up (task, error);
}

/* As in RFC 4180. */
static void
append_field (GString    *out,
              const char *text)
{
  if (text == NULL || strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (out, text != NULL ? text : "");
      return;
    }
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

static void
append_member (GString    *out,
               JsonObject *person,
               const char *member,
               gboolean    is_first)
{
  JsonNode *node = json_object_get_member (person, member);
  g_autofree char *text = NULL;

  if (!is_first)
    g_string_append_c (out, ',');
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_dup_string (node);
  else
    text = json_to_string (node, FALSE);
  append_field (out, text);
}

/**
 * weir_persons_append_csv:
 * @persons: (nullable): persons as a collector answers them
 * @with_members: whether all that is known of them is written, a line each; else a line for each id
 * @out: where to append
 *
 * Writes persons as the collector does it for one page.
 */
void
weir_persons_append_csv (JsonArray *persons,
                         gboolean   with_members,
                         GString   *out)
{
  static const char *const members[] = {
    "id", "distinct_ids", "n_distinct_ids", "identified", "properties", "first_seen", "last_seen",
  };

  for (guint i = 0; i < weir_json_array_get_n (persons); i++)
    {
      JsonObject *person = weir_json_array_get_object (persons, i);
      JsonArray *ids = weir_json_get_array (person, "distinct_ids");

      if (person == NULL)
        continue;
      for (guint j = 0; with_members && j < G_N_ELEMENTS (members); j++)
        append_member (out, person, members[j], j == 0);
      if (with_members)
        g_string_append (out, "\r\n");
      for (guint j = 0; !with_members && j < weir_json_array_get_n (ids); j++)
        {
          append_field (out, weir_json_get_text (person, "id"));
          g_string_append_c (out, ',');
          append_field (out, json_array_get_string_element (ids, j));
          g_string_append (out, "\r\n");
        }
    }
}

/**
 * weir_persons_saver_save_async:
 * @parent: (nullable): the window that this is for
 * @session: whom to ask
 * @question: a question that answers with `persons`
 * @file: where to save them
 * @callback: called when they are saved
 * @user_data: for @callback
 *
 * Asks for all pages of a list of persons, and writes them as a table. A window tells how far it is
 * where that takes longer, and can stop it; then the file stays as it was.
 */
void
weir_persons_saver_save_async (GtkWindow           *parent,
                               WeirSession         *session,
                               JsonObject          *question,
                               GFile               *file,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Saving *saving = g_new0 (Saving, 1);
  WeirApiClient *client = weir_session_get_client (session);

  g_task_set_source_tag (task, weir_persons_saver_save_async);
  saving->client = client != NULL ? g_object_ref (client) : NULL;
  saving->question = json_object_ref (question);
  saving->file = g_object_ref (file);
  saving->parent = parent != NULL ? g_object_ref (parent) : NULL;
  saving->text = g_string_new (NULL);
  saving->is_search = g_strcmp0 (weir_json_get_text (question, "kind"), "persons") == 0;
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  if (client == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                               _("there is no connection"));
      g_object_unref (task);
      return;
    }
  saving->dialog_id = g_timeout_add (PATIENCE_MS, dialog_cb, task);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT, cancellable,
                        opened_cb, task);
}

/**
 * weir_persons_saver_finish:
 * @result: what the callback got
 * @error: set when they could not be saved
 *
 * Returns: whether all persons are in the file
 */
gboolean
weir_persons_saver_finish (GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
