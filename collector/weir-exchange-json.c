/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-exchange-json.h"

#include <string.h>

#include "weir-json-load.h"

/* The lock is held by nobody when it is taken: it is there for the thread sanitizer, which does not
 * see how the library hands things from thread to thread. */
typedef struct {
  GMutex mutex;
  WeirServices *services;
  WeirExchange *exchange;
  guint status;
  WeirBlockingFunc func;
  gpointer data;
  GDestroyNotify data_destroy;
} Blocking;

static void
blocking_free (gpointer data)
{
  Blocking *blocking = data;

  blocking->data_destroy (blocking->data);
  g_mutex_clear (&blocking->mutex);
  g_free (blocking);
}

static void
blocking_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Blocking *blocking = task_data;
  GError *error = NULL;
  GBytes *answer;

  g_mutex_lock (&blocking->mutex);
  answer = blocking->func (blocking->services, blocking->data, &error);
  g_mutex_unlock (&blocking->mutex);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
blocking_done_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  Blocking *blocking = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = g_task_propagate_pointer (G_TASK (result), &error);

  g_mutex_lock (&blocking->mutex);
  g_mutex_unlock (&blocking->mutex);
  if (answer != NULL)
    weir_exchange_reply_bytes (blocking->exchange, blocking->status, WEIR_TYPE_JSON, answer);
  else
    weir_exchange_reply_error (blocking->exchange, error);
}

/**
 * weir_exchange_run_blocking:
 * @self: (transfer full): an exchange
 * @status: the HTTP status of the answer when all is well
 * @func: what to do
 * @data: for @func; taken
 * @data_destroy: frees @data
 *
 * Has something done that waits for the disk, and answers with what it returns.
 */
void
weir_exchange_run_blocking (WeirExchange     *self,
                            guint             status,
                            WeirBlockingFunc  func,
                            gpointer          data,
                            GDestroyNotify    data_destroy)
{
  Blocking *blocking = g_new0 (Blocking, 1);
  g_autoptr(GTask) task = g_task_new (NULL, NULL, blocking_done_cb, NULL);

  g_mutex_init (&blocking->mutex);
  g_mutex_lock (&blocking->mutex);
  blocking->services = self->services;
  blocking->exchange = self;
  blocking->status = status;
  blocking->func = func;
  blocking->data = data;
  blocking->data_destroy = data_destroy;
  g_mutex_unlock (&blocking->mutex);
  weir_exchange_hold (self);
  g_task_set_source_tag (task, weir_exchange_run_blocking);
  g_task_set_task_data (task, blocking, blocking_free);
  g_task_run_in_thread (task, blocking_thread);
}

/**
 * weir_exchange_get_method:
 * @self: an exchange that the router let through
 *
 * Returns: what is to be done; `HEAD` is %WEIR_METHOD_GET
 */
WeirMethods
weir_exchange_get_method (WeirExchange *self)
{
  const char *name = soup_server_message_get_method (self->message);

  if (g_str_equal (name, "POST"))
    return WEIR_METHOD_POST;
  if (g_str_equal (name, "PUT"))
    return WEIR_METHOD_PUT;
  return g_str_equal (name, "DELETE") ? WEIR_METHOD_DELETE : WEIR_METHOD_GET;
}

/**
 * weir_exchange_may_change:
 * @self: an exchange
 *
 * Answers with an error where the collector only reads.
 *
 * Returns: whether something may be changed; if not, @self was answered
 */
gboolean
weir_exchange_may_change (WeirExchange *self)
{
  if (self->services->sink != NULL)
    return TRUE;
  weir_exchange_refuse (self, WEIR_ERROR_METHOD_NOT_ALLOWED,
                        "this collector serves a file for reading only; nothing can be changed");
  return FALSE;
}

/**
 * weir_exchange_dup_name:
 * @self: an exchange, while its handler runs
 * @prefix: what the path begins with, `/v1/questions/`
 * @max_bytes: how long a name may be
 *
 * Returns: (transfer full) (nullable): the unescaped rest of the path, or %NULL when it is no name
 */
char *
weir_exchange_dup_name (WeirExchange *self,
                        const char   *prefix,
                        gsize         max_bytes)
{
  g_autofree char *name = g_uri_unescape_string (self->path + strlen (prefix), NULL);

  if (name == NULL || *name == '\0' || strlen (name) > max_bytes ||
      !g_utf8_validate (name, -1, NULL))
    return NULL;
  return g_steal_pointer (&name);
}

/**
 * weir_exchange_read_number:
 * @self: an exchange, while its handler runs
 * @name: name of a parameter
 * @max: the largest number it may be
 * @fallback: what it is when it is absent
 * @number: (out): what it is
 *
 * Returns: whether it is a number; if not, @self was answered
 */
gboolean
weir_exchange_read_number (WeirExchange *self,
                           const char   *name,
                           guint64       max,
                           guint64       fallback,
                           guint64      *number)
{
  const char *text = weir_exchange_get_parameter (self, name);
  g_autofree char *message = NULL;

  *number = fallback;
  if (text == NULL || *text == '\0' ||
      g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL))
    return TRUE;
  message = g_strdup_printf ("“%s” must be a whole number, at most %" G_GUINT64_FORMAT, name, max);
  weir_exchange_refuse (self, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

/**
 * weir_exchange_dup_object:
 * @self: an exchange
 * @max_bytes: how long the body may be
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the body, which is an object, or %NULL
 */
JsonNode *
weir_exchange_dup_object (WeirExchange  *self,
                          gsize          max_bytes,
                          GError       **error)
{
  g_autoptr(GBytes) body = weir_exchange_dup_body (self, error);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  gsize size = 0;
  const char *json = body != NULL ? g_bytes_get_data (body, &size) : NULL;

  if (body == NULL)
    return NULL;
  if (size > max_bytes)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
                   "here a body may have %" G_GSIZE_FORMAT " bytes", max_bytes);
      return NULL;
    }
  if (size == 0 || !weir_json_load (parser, json, (gssize) size) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON,
                           "the body must be a JSON object");
      return NULL;
    }
  return json_node_ref (root);
}

/**
 * weir_exchange_refuse:
 * @self: (transfer full): an exchange
 * @code: what is wrong
 * @message: the same for people
 *
 * Answers with an error.
 */
void
weir_exchange_refuse (WeirExchange *self,
                      WeirError     code,
                      const char   *message)
{
  g_autoptr(GError) error = g_error_new_literal (WEIR_ERROR, code, message);

  weir_exchange_reply_error (self, error);
}

/**
 * weir_exchange_reply_json:
 * @self: (transfer full): an exchange
 * @status: an HTTP status
 * @json: (transfer full): the body
 *
 * Answers.
 */
void
weir_exchange_reply_json (WeirExchange *self,
                          guint         status,
                          GString      *json)
{
  g_autoptr(GBytes) body = g_string_free_to_bytes (json);

  weir_exchange_reply_bytes (self, status, WEIR_TYPE_JSON, body);
}

/**
 * weir_exchange_reply_result:
 * @self: (transfer full): an exchange
 * @answer: (nullable): JSON, or %NULL when there is none
 * @error: (nullable): why there is none
 *
 * Answers with what an asynchronous call ended with.
 */
void
weir_exchange_reply_result (WeirExchange *self,
                            GBytes       *answer,
                            const GError *error)
{
  if (answer != NULL)
    weir_exchange_reply_bytes (self, SOUP_STATUS_OK, WEIR_TYPE_JSON, answer);
  else
    weir_exchange_reply_error (self, error);
}
