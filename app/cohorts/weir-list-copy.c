/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-list-copy.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-session.h"

typedef struct
{
  WeirApiClient *client;
  char *from;               /* paths */
  char *to;
  gboolean moves;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_object_unref (copy->client);
  g_free (copy->from);
  g_free (copy->to);
  g_free (copy);
}

static char *
dup_path (const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strconcat ("/v1/cohorts/", escaped, NULL);
}

static void
removed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);

  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
put_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Copy *copy = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);

  if (answer == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!copy->moves)
    g_task_return_boolean (task, TRUE);
  else
    weir_api_client_send_async (copy->client, "DELETE", copy->from, NULL,
                                g_task_get_cancellable (task), removed_cb,
                                g_object_ref (task));
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Copy *copy = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) list = weir_answer_finish (object, result, &error);
  JsonArray *ids = weir_json_get_array (list, "distinct_ids");
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *text = NULL;

  if (list == NULL || ids == NULL)
    {
      if (error == NULL)
        g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("It is not a list"));
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  json_object_set_array_member (body, "distinct_ids", json_array_ref (ids));
  text = weir_json_object_to_text (body, FALSE);
  weir_api_client_send_async (copy->client, "PUT", copy->to, text, g_task_get_cancellable (task),
                              put_cb, g_object_ref (task));
}

/**
 * weir_list_copy_async:
 * @client: whom to ask
 * @from: name of a list of ids
 * @to: another name, which nothing has yet
 * @moves: whether the old name goes, once the new one is there
 * @cancellable: (nullable): stops it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Copies a list.
 */
void
weir_list_copy_async (WeirApiClient       *client,
                      const char          *from,
                      const char          *to,
                      gboolean             moves,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Copy *copy = g_new0 (Copy, 1);

  g_task_set_source_tag (task, weir_list_copy_async);
  copy->client = g_object_ref (client);
  copy->from = dup_path (from);
  copy->to = dup_path (to);
  copy->moves = moves;
  g_task_set_task_data (task, copy, copy_free);
  weir_api_client_get_async (client, copy->from, cancellable, read_cb, g_object_ref (task));
}

/**
 * weir_list_copy_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether the list is there under its new name
 */
gboolean
weir_list_copy_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
