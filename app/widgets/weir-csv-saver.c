/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-csv-saver.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-persons-saver.h"

typedef struct
{
  GtkFileChooserNative *chooser;
  WeirSession *session;     /* NULL when @bytes is what is saved */
  JsonObject *question;
  GBytes *bytes;
  GFile *file;
  GObject *owner;
  WeirCsvSavedFunc saved;
} Saving;

static void
saving_free (Saving *saving)
{
  g_clear_object (&saving->chooser);
  g_clear_object (&saving->session);
  g_clear_pointer (&saving->question, json_object_unref);
  g_clear_pointer (&saving->bytes, g_bytes_unref);
  g_clear_object (&saving->file);
  g_clear_object (&saving->owner);
  g_free (saving);
}

static void
finish (Saving       *saving,
        const GError *error)
{
  g_autofree char *name = g_file_get_basename (saving->file);
  g_autofree char *text = NULL;

  if (error != NULL)
    text = g_strdup_printf (_("“%s” was not saved: %s"), name, error->message);
  else
    text = g_strdup_printf (_("“%s” was saved"), name);
  saving->saved (saving->owner, text);
  saving_free (saving);
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (object), result, NULL, &error);
  finish (user_data, error);
}

static void
write_bytes (Saving *saving,
             GBytes *bytes)
{
  g_file_replace_contents_bytes_async (saving->file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                       written_cb, saving);
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Saving *saving = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  bytes = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (bytes == NULL)
    finish (saving, error);
  else
    write_bytes (saving, bytes);
}

static void
ask (Saving *saving)
{
  WeirApiClient *client = weir_session_get_client (saving->session);
  g_autoptr(JsonObject) question = weir_json_object_copy (saving->question);
  g_autofree char *body = NULL;

  if (client == NULL)
    {
      g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                                                     _("there is no connection"));

      finish (saving, error);
      return;
    }
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_request_async (client, "POST", "/v1/query", body, "text/csv", NULL,
                                 answered_cb, saving);
}

/* A list of persons has pages, of which one answer would be the first alone. */
static gboolean
has_pages (JsonObject *question)
{
  const char *kind = weir_json_get_text (question, "kind");

  return kind != NULL && (g_str_has_suffix (kind, "persons") || g_str_equal (kind, "cohort"));
}

static void
pages_saved_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  Saving *saving = user_data;
  g_autoptr(GError) error = NULL;

  if (weir_persons_saver_finish (result, &error)
      || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (saving, error);
  else
    saving_free (saving);
}

static void
chosen_cb (Saving *saving,
           int     response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    saving->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (saving->chooser));
  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (saving->chooser));
  if (saving->file == NULL)
    saving_free (saving);
  else if (saving->bytes != NULL)
    write_bytes (saving, saving->bytes);
  else if (has_pages (saving->question))
    weir_persons_saver_save_async (
      gtk_native_dialog_get_transient_for (GTK_NATIVE_DIALOG (saving->chooser)),
      saving->session, saving->question, saving->file, pages_saved_cb, saving);
  else
    ask (saving);
}

static void
choose (GtkWidget  *widget,
        Saving     *saving,
        const char *name)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  saving->chooser =
    gtk_file_chooser_native_new (_("Save"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                 GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (saving->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (saving->chooser), name);
  g_signal_connect_swapped (saving->chooser, "response", G_CALLBACK (chosen_cb), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (saving->chooser));
}

/**
 * weir_csv_save_question:
 * @widget: where this is asked for
 * @session: whom to ask
 * @question: a question whose answer can be had as CSV
 * @name: what to call the file, unless the reader calls it something else
 * @saved: called with what to tell the reader, unless they changed their mind
 * @user_data: (closure): an object, for @saved
 *
 * Lets the reader choose a file, asks the question anew, and saves the answer as a table. Of a list
 * of persons all pages are saved.
 */
void
weir_csv_save_question (GtkWidget        *widget,
                        WeirSession      *session,
                        JsonObject       *question,
                        const char       *name,
                        WeirCsvSavedFunc  saved,
                        gpointer          user_data)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->session = g_object_ref (session);
  saving->question = json_object_ref (question);
  saving->saved = saved;
  saving->owner = g_object_ref (user_data);
  choose (widget, saving, name);
}

/**
 * weir_save_bytes:
 * @widget: where this is asked for
 * @bytes: what to save
 * @name: what to call the file, unless the reader calls it something else
 * @saved: called with what to tell the reader, unless they changed their mind
 * @user_data: (closure): an object, for @saved
 *
 * Lets the reader choose a file and saves something there.
 */
void
weir_save_bytes (GtkWidget        *widget,
                 GBytes           *bytes,
                 const char       *name,
                 WeirCsvSavedFunc  saved,
                 gpointer          user_data)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->bytes = g_bytes_ref (bytes);
  saving->saved = saved;
  saving->owner = g_object_ref (user_data);
  choose (widget, saving, name);
}
