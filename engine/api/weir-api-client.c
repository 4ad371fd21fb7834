/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-api-client.h"

#include "weir-api-message.h"
#include "weir-error.h"

/* A question over a large file may take long before its first byte. */
#define IDLE_TIMEOUT_SECONDS 180
#define MAX_ANSWER_BYTES (64 * 1024 * 1024)
#define READ_SIZE (64 * 1024)

struct _WeirApiClient
{
  GObject parent_instance;

  char *url;
  char *token;
  SoupSession *session;
};

G_DEFINE_FINAL_TYPE (WeirApiClient, weir_api_client, G_TYPE_OBJECT)

typedef struct
{
  SoupMessage *message;
  GInputStream *input;
  GByteArray *body;
  GFileProgressCallback progress;
  gpointer progress_data;
  goffset n_sent;
  goffset n_to_send;
} Request;

static void
request_free (Request *request)
{
  if (request->message != NULL)
    g_signal_handlers_disconnect_by_data (request->message, request);
  g_clear_object (&request->message);
  g_clear_object (&request->input);
  g_clear_pointer (&request->body, g_byte_array_unref);
  g_free (request);
}

static void
request_return (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  guint status = soup_message_get_status (request->message);

  if (!SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      g_task_return_error (task,
                           weir_api_message_new_error (request->message,
                                                       (const char *) request->body->data,
                                                       request->body->len));
      return;
    }

  g_task_return_pointer (task,
                         g_byte_array_free_to_bytes (g_steal_pointer (&request->body)),
                         (GDestroyNotify) g_bytes_unref);
}

static void request_read (GTask *task);

static void
request_read_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) bytes = NULL;
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (g_bytes_get_size (bytes) == 0)
    {
      request_return (task);
      return;
    }

  if (request->body->len + g_bytes_get_size (bytes) > MAX_ANSWER_BYTES)
    {
      g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
                               "The answer is over %d bytes", MAX_ANSWER_BYTES);
      return;
    }

  g_byte_array_append (request->body,
                       g_bytes_get_data (bytes, NULL),
                       g_bytes_get_size (bytes));
  request_read (g_steal_pointer (&task));
}

static void
request_read (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (request->input,
                                   READ_SIZE,
                                   G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task),
                                   request_read_cb,
                                   task);
}

static void
request_send_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  request->input = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (request->input == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  request->body = g_byte_array_new ();
  request_read (g_steal_pointer (&task));
}

static void
weir_api_client_dispose (GObject *object)
{
  WeirApiClient *self = WEIR_API_CLIENT (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_api_client_parent_class)->dispose (object);
}

static void
weir_api_client_finalize (GObject *object)
{
  WeirApiClient *self = WEIR_API_CLIENT (object);

  g_free (self->url);
  g_free (self->token);

  G_OBJECT_CLASS (weir_api_client_parent_class)->finalize (object);
}

static void
weir_api_client_class_init (WeirApiClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_api_client_dispose;
  object_class->finalize = weir_api_client_finalize;
}

static void
weir_api_client_init (WeirApiClient *self)
{
  self->session = soup_session_new ();
  soup_session_set_timeout (self->session, IDLE_TIMEOUT_SECONDS);
  soup_session_set_user_agent (self->session, "weir/" WEIR_VERSION);
}

/**
 * weir_api_client_new:
 * @url: where the collector is, such as `http://127.0.0.1:8740`
 * @token: (nullable): the read token
 *
 * Makes a client. Nothing is sent yet; a bad URL shows with the first request.
 *
 * Returns: (transfer full): a client
 */
WeirApiClient *
weir_api_client_new (const char *url,
                     const char *token)
{
  WeirApiClient *self;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (WEIR_TYPE_API_CLIENT, NULL);
  self->url = g_strdup (url);
  self->token = g_strdup (token);

  return self;
}

/**
 * weir_api_client_get_url:
 * @self: a client
 *
 * Gets where the collector is.
 *
 * Returns: the URL as it was given
 */
const char *
weir_api_client_get_url (WeirApiClient *self)
{
  g_return_val_if_fail (WEIR_IS_API_CLIENT (self), NULL);

  return self->url;
}

/**
 * weir_api_client_get_token:
 * @self: a client
 *
 * Gets the read token. It is a secret: not for logs.
 *
 * Returns: (nullable): the token
 */
const char *
weir_api_client_get_token (WeirApiClient *self)
{
  g_return_val_if_fail (WEIR_IS_API_CLIENT (self), NULL);

  return self->token;
}

/**
 * weir_api_client_get_async:
 * @self: a client
 * @path: path with its query, from `/`
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the answer is there
 * @user_data: for @callback
 *
 * Asks with GET.
 */
void
weir_api_client_get_async (WeirApiClient       *self,
                           const char          *path,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  weir_api_client_send_async (self, "GET", path, NULL, cancellable, callback, user_data);
}

/**
 * weir_api_client_post_async:
 * @self: a client
 * @path: path with its query, from `/`
 * @json: the body
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the answer is there
 * @user_data: for @callback
 *
 * Sends JSON with POST.
 */
void
weir_api_client_post_async (WeirApiClient       *self,
                            const char          *path,
                            const char          *json,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  weir_api_client_send_async (self, "POST", path, json, cancellable, callback, user_data);
}

/**
 * weir_api_client_send_async:
 * @self: a client
 * @method: HTTP method
 * @path: path with its query, from `/`
 * @json: (nullable): the body
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the answer is there
 * @user_data: for @callback
 *
 * Sends a request with any method.
 */
void
weir_api_client_send_async (WeirApiClient       *self,
                            const char          *method,
                            const char          *path,
                            const char          *json,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  weir_api_client_request_async (self, method, path, json, NULL, cancellable, callback, user_data);
}

static void
wrote_cb (SoupMessage *message,
          guint        length,
          Request     *request)
{
  request->n_sent += length;
  request->progress (request->n_sent, request->n_to_send, request->progress_data);
}

/* Returns NULL when the task has returned an error. */
static Request *
prepare (GTask      *task,
         const char *method,
         const char *path,
         const char *json)
{
  WeirApiClient *self = g_task_get_source_object (task);
  Request *request = g_new0 (Request, 1);
  g_autoptr (GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;
  GError *error = NULL;

  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  request->message = weir_api_message_new (method, self->url, path, self->token, &error);
  if (request->message == NULL)
    {
      g_task_return_error (task, error);
      return NULL;
    }
  if (body != NULL)
    {
      soup_message_set_request_body_from_bytes (request->message, "application/json", body);
      request->n_to_send = (goffset) g_bytes_get_size (body);
    }
  return request;
}

static void
send_request (GTask *task)
{
  WeirApiClient *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);

  soup_session_send_async (self->session,
                           request->message,
                           G_PRIORITY_DEFAULT,
                           g_task_get_cancellable (task),
                           request_send_cb,
                           g_object_ref (task));
}

/**
 * weir_api_client_request_async:
 * @self: a client
 * @method: HTTP method
 * @path: path with its query, from `/`
 * @json: (nullable): the body
 * @accept: (nullable): the media type the answer should have, such as `text/csv`; %NULL for JSON
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the answer is there
 * @user_data: for @callback
 *
 * Sends a request with any method, and says what the answer should look like.
 */
void
weir_api_client_request_async (WeirApiClient       *self,
                               const char          *method,
                               const char          *path,
                               const char          *json,
                               const char          *accept,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (WEIR_IS_API_CLIENT (self));
  g_return_if_fail (method != NULL);
  g_return_if_fail (path != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weir_api_client_request_async);
  request = prepare (task, method, path, json);
  if (request == NULL)
    return;
  if (accept != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (request->message),
                                  "Accept", accept);
  send_request (task);
}

/**
 * weir_api_client_upload_async:
 * @self: a client
 * @method: HTTP method
 * @path: path with its query, from `/`
 * @json: the body
 * @progress: (scope call): called with the bytes that are sent, and how many there are
 * @progress_data: for @progress; must live until @callback is called
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the answer is there
 * @user_data: for @callback
 *
 * Sends a large body, and tells how far it is.
 */
void
weir_api_client_upload_async (WeirApiClient         *self,
                              const char            *method,
                              const char            *path,
                              const char            *json,
                              GFileProgressCallback  progress,
                              gpointer               progress_data,
                              GCancellable          *cancellable,
                              GAsyncReadyCallback    callback,
                              gpointer               user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (WEIR_IS_API_CLIENT (self));
  g_return_if_fail (json != NULL);
  g_return_if_fail (progress != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weir_api_client_upload_async);
  request = prepare (task, method, path, json);
  if (request == NULL)
    return;
  request->progress = progress;
  request->progress_data = progress_data;
  g_signal_connect (request->message, "wrote-body-data", G_CALLBACK (wrote_cb), request);
  send_request (task);
}

/**
 * weir_api_client_request_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Takes the answer to any of the requests. An answer that is not 2xx is an error in the domain
 * WEIR_ERROR with the collector's words; a connection that fails is an error of GIO.
 *
 * Returns: (transfer full): the body, not empty-checked, not parsed; or %NULL
 */
GBytes *
weir_api_client_request_finish (WeirApiClient  *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_return_val_if_fail (WEIR_IS_API_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
