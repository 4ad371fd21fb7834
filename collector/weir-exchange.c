/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-exchange.h"

#include <glib-unix.h>
#include <poll.h>
#include <string.h>

#include "weir-body.h"
#include "weir-list-table.h"

static void
stop_watching (WeirExchange *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  if (self->worker_ends != 0)
    g_cancellable_disconnect (weir_http_worker_get_cancellable (self->worker), self->worker_ends);
  g_clear_object (&self->cancellable);
}

static void
weir_exchange_free (WeirExchange *self)
{
  stop_watching (self);
  g_clear_pointer (&self->entry.batch, weir_event_batch_unref);
  g_clear_error (&self->entry.error);
  g_clear_object (&self->message);
  g_clear_object (&self->connection);
  g_free (self->data);
  g_free (self);
}

static gboolean
has_origin (WeirExchange *self)
{
  return weir_request_stream_get_head (weir_connection_get_requests (self->connection))->has_origin;
}

/* A refused origin never comes this far. */
static void
set_cors_headers (WeirExchange *self)
{
  if (self->services->config->cors_origins[0] != NULL)
    weir_exchange_set_header (self, "Vary", "Origin");
  if (!has_origin (self))
    return;
  weir_exchange_set_header (self, "Access-Control-Allow-Origin",
                            weir_exchange_get_header (self, "Origin"));
  weir_exchange_set_header (self, "Access-Control-Expose-Headers", "Retry-After");
}

/* Sends what was set and ends the exchange. The client may be gone: then nobody hears it. */
static void
finish (WeirExchange *self,
        guint         status)
{
  weir_metrics_count_reply (self->services->metrics, status);

  if (!weir_connection_is_closed (self->connection))
    {
      soup_server_message_set_status (self->message, status, NULL);
      set_cors_headers (self);
      if (weir_http_worker_is_draining (self->worker))
        weir_exchange_set_header (self, "Connection", "close");
      if (self->held)
        soup_server_message_unpause (self->message);
    }
  weir_exchange_free (self);
}

/**
 * weir_exchange_new:
 * @worker: the worker that serves the request
 * @services: what it is served with
 * @message: a message whose body has been read
 * @connection: the connection it came on
 * @path: the path of its target
 * @query: (nullable): the decoded parameters of its target
 *
 * Begins to answer @message.
 *
 * Returns: (transfer full): a new exchange, which frees itself when it is answered
 */
WeirExchange *
weir_exchange_new (WeirHttpWorker    *worker,
                   WeirServices      *services,
                   SoupServerMessage *message,
                   WeirConnection    *connection,
                   const char        *path,
                   GHashTable        *query)
{
  WeirExchange *self;

  g_return_val_if_fail (SOUP_IS_SERVER_MESSAGE (message), NULL);
  g_return_val_if_fail (WEIR_IS_CONNECTION (connection), NULL);

  self = g_new0 (WeirExchange, 1);
  self->worker = worker;
  self->services = services;
  self->message = g_object_ref (message);
  self->connection = g_object_ref (connection);
  self->path = path;
  self->query = query;
  self->began = weir_request_stream_get_head_time (weir_connection_get_requests (connection));
  self->entry.user_data = self;
  return self;
}

/**
 * weir_exchange_get_header:
 * @self: the exchange
 * @name: the name of a request header
 *
 * Returns: (transfer none) (nullable): its value; not trusted
 */
const char *
weir_exchange_get_header (WeirExchange *self,
                          const char   *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  return soup_message_headers_get_one (soup_server_message_get_request_headers (self->message),
                                       name);
}

/**
 * weir_exchange_get_parameter:
 * @self: the exchange, while its handler runs
 * @name: the name of a parameter of the target
 *
 * Returns: (transfer none) (nullable): its decoded value; not trusted
 */
const char *
weir_exchange_get_parameter (WeirExchange *self,
                             const char   *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

/**
 * weir_exchange_dup_body:
 * @self: the exchange
 * @error: return location for a [error@Weir.Error]
 *
 * Takes the body out of the request and decompresses it.
 *
 * Returns: (transfer full): the body, or %NULL
 */
GBytes *
weir_exchange_dup_body (WeirExchange  *self,
                        GError       **error)
{
  g_autoptr(GBytes) wire = NULL;
  const WeirRequestHead *head;
  SoupMessageBody *body;

  g_return_val_if_fail (self != NULL, NULL);

  head = weir_request_stream_get_head (weir_connection_get_requests (self->connection));
  if (!head->has_length)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LENGTH_REQUIRED,
                           "Send a body with a Content-Length");
      return NULL;
    }

  /* The stream lets no shorter body through; libsoup before 3.7.1 would. */
  body = soup_server_message_get_request_body (self->message);
  if ((guint64) body->length != head->content_length)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "The body is not as long as its Content-Length says");
      return NULL;
    }

  wire = soup_message_body_flatten (body);
  soup_message_body_truncate (body);
  return weir_body_decode (wire, weir_exchange_get_header (self, "Content-Encoding"),
                           self->services->config->max_decoded_bytes, error);
}

/**
 * weir_exchange_prefers_csv:
 * @self: an exchange
 *
 * Returns: whether the client would rather have a table than JSON
 */
gboolean
weir_exchange_prefers_csv (WeirExchange *self)
{
  const char *accept = weir_exchange_get_header (self, "Accept");

  return accept != NULL && strstr (accept, WEIR_TYPE_CSV) != NULL &&
         strstr (accept, WEIR_TYPE_JSON) == NULL;
}

/**
 * weir_exchange_offer_table:
 * @self: an exchange
 * @list: the name of the list in the JSON it will be answered with
 * @columns: the members of what is listed, with commas between
 *
 * Lets the answer be a table when the client would rather have one. Both texts are static.
 */
void
weir_exchange_offer_table (WeirExchange *self,
                           const char   *list,
                           const char   *columns)
{
  if (!weir_exchange_prefers_csv (self))
    return;
  self->list = list;
  self->columns = columns;
}

/**
 * weir_exchange_hold:
 * @self: the exchange
 *
 * Lets the handler return without an answer; it comes later.
 */
void
weir_exchange_hold (WeirExchange *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->held);

  self->held = TRUE;
  self->path = NULL;
  self->query = NULL;
  soup_server_message_pause (self->message);
}

static gboolean
hung_up_cb (int          fd,
            GIOCondition condition,
            gpointer     user_data)
{
  WeirExchange *self = user_data;

  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
worker_ends_cb (GCancellable *worker,
                GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

/**
 * weir_exchange_hold_watched:
 * @self: the exchange
 *
 * Like [method@Weir.Exchange.hold], and watches whether the client still waits. The library does
 * not look at a socket whose answer is under way, so this does. Only the end of what the client
 * sends is looked for: a further request that it sent already may wait in the socket. A client that
 * closes its sending side alone is taken for gone.
 *
 * Returns: (transfer none): cancelled when the client is gone or the worker ends; until the answer
 */
GCancellable *
weir_exchange_hold_watched (WeirExchange *self)
{
  GSocket *socket;

  g_return_val_if_fail (self != NULL, NULL);

  weir_exchange_hold (self);
  self->cancellable = g_cancellable_new ();
  self->worker_ends = g_cancellable_connect (weir_http_worker_get_cancellable (self->worker),
                                             G_CALLBACK (worker_ends_cb),
                                             g_object_ref (self->cancellable), g_object_unref);
  socket = weir_connection_get_socket (self->connection);
  if (!g_socket_is_closed (socket))
    {
      self->watch = g_unix_fd_source_new (g_socket_get_fd (socket),
                                          (GIOCondition) (POLLRDHUP | POLLHUP | POLLERR));
      g_source_set_callback (self->watch, G_SOURCE_FUNC (hung_up_cb), self, NULL);
      g_source_attach (self->watch, g_main_context_get_thread_default ());
    }

  return self->cancellable;
}

/**
 * weir_exchange_set_header:
 * @self: the exchange
 * @name: the name of a response header
 * @value: its value
 *
 * Sets a header of the answer. Does nothing once the client is gone.
 */
void
weir_exchange_set_header (WeirExchange *self,
                          const char   *name,
                          const char   *value)
{
  g_return_if_fail (self != NULL);

  soup_message_headers_replace (soup_server_message_get_response_headers (self->message),
                                name, value);
}

/**
 * weir_exchange_reply:
 * @self: (transfer full): the exchange
 * @status: an HTTP status
 * @content_type: (nullable): the type of the body
 * @static_body: (nullable): a body that lives for ever
 *
 * Answers.
 */
void
weir_exchange_reply (WeirExchange *self,
                     guint         status,
                     const char   *content_type,
                     const char   *static_body)
{
  g_return_if_fail (self != NULL);

  if (static_body != NULL && !weir_connection_is_closed (self->connection))
    soup_server_message_set_response (self->message, content_type, SOUP_MEMORY_STATIC,
                                      static_body, strlen (static_body));
  finish (self, status);
}

/**
 * weir_exchange_reply_bytes:
 * @self: (transfer full): the exchange
 * @status: an HTTP status
 * @content_type: the type of the body
 * @body: the body
 *
 * Answers.
 */
void
weir_exchange_reply_bytes (WeirExchange *self,
                           guint         status,
                           const char   *content_type,
                           GBytes       *body)
{
  g_autoptr(GBytes) table = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (body != NULL);

  if (!weir_connection_is_closed (self->connection))
    {
      if (self->list != NULL && status == SOUP_STATUS_OK)
        table = weir_list_table_new (body, self->list, self->columns);
      weir_exchange_set_header (self, "Content-Type",
                                table != NULL ? WEIR_TYPE_CSV : content_type);
      soup_message_body_append_bytes (soup_server_message_get_response_body (self->message),
                                      table != NULL ? table : body);
    }
  finish (self, status);
}

static void
set_retry_after (WeirExchange *self)
{
  char text[16];
  guint seconds = self->services->journal != NULL
    ? weir_journal_get_retry_after (self->services->journal)
    : 30;

  g_snprintf (text, sizeof text, "%u", MAX (seconds, 1));
  weir_exchange_set_header (self, "Retry-After", text);
}

/**
 * weir_exchange_reply_error:
 * @self: (transfer full): the exchange
 * @error: what is wrong
 *
 * Answers with the status and the body that belong to @error.
 */
void
weir_exchange_reply_error (WeirExchange *self,
                           const GError *error)
{
  g_autoptr(GBytes) body = NULL;
  char *json;
  guint status;

  g_return_if_fail (self != NULL);
  g_return_if_fail (error != NULL);

  status = weir_error_get_status (error);
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE || status == 429)
    set_retry_after (self);
  if (status == SOUP_STATUS_UNAUTHORIZED)
    weir_exchange_set_header (self, "WWW-Authenticate", "Bearer realm=\"weir\"");
  if (status == SOUP_STATUS_LENGTH_REQUIRED)
    weir_exchange_set_header (self, "Connection", "close");

  json = weir_error_to_json (error);
  body = g_bytes_new_take (json, strlen (json));
  weir_exchange_reply_bytes (self, status, WEIR_TYPE_JSON, body);
}

/**
 * weir_exchange_steal:
 * @self: (transfer full): the exchange, while its handler runs
 * @cors_headers: (out) (nullable): header lines that the answer must have for browsers
 *
 * Takes the connection away from the server, to answer by other means. Nothing has been written
 * to it for this request.
 *
 * Returns: (transfer full): the connection
 */
GSocketConnection *
weir_exchange_steal (WeirExchange  *self,
                     char         **cors_headers)
{
  g_autoptr(GIOStream) taken = NULL;
  GSocketConnection *base;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (cors_headers != NULL, NULL);
  g_return_val_if_fail (!self->held, NULL);

  *cors_headers = has_origin (self)
    ? g_strdup_printf ("Access-Control-Allow-Origin: %s\r\nVary: Origin\r\n",
                       weir_exchange_get_header (self, "Origin"))
    : NULL;

  weir_metrics_count_reply (self->services->metrics, SOUP_STATUS_OK);
  taken = soup_server_message_steal_connection (self->message);
  base = weir_connection_steal_base (self->connection);
  weir_exchange_free (self);
  return base;
}
