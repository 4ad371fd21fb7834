/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A connection belongs to the operation that is under way: its last callback frees it. The
 * stream only holds it as long as it is interested; after it has let go, or was told of the end,
 * callbacks find nobody to report to. So no late answer of an old connection reaches a new one.
 */

#include "config.h"

#include "weir-live-connection.h"

#include "weir-api-message.h"
#include "weir-error.h"
#include "weir-sse-parser.h"

#define STEADY_US (10 * G_USEC_PER_SEC)
#define MAX_MESSAGE_BYTES (4 * 1024 * 1024)
#define MAX_ERROR_BODY_BYTES (16 * 1024)
#define READ_SIZE (64 * 1024)

/* That of GTK's redraws: what is ready at once is served in turn. */
#define READ_PRIORITY (G_PRIORITY_HIGH_IDLE + 20)
#define STATUS_TOO_MANY_REQUESTS 429

struct _WeirLiveConnection
{
  const WeirLiveConnectionFuncs *funcs;   /* NULL once nobody is interested any more */
  gpointer user_data;

  GCancellable *cancellable;
  SoupMessage *message;
  GInputStream *input;
  WeirSseParser *parser;
  GSource *watchdog;
  guint read_timeout_ms;
  gint64 opened_at;
  gint64 last_activity;
  gboolean had_message;
  char buffer[READ_SIZE];
};

static void
weir_live_connection_free (WeirLiveConnection *self)
{
  g_assert (self->funcs == NULL);
  g_assert (self->watchdog == NULL);

  g_clear_pointer (&self->parser, weir_sse_parser_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->input);
  g_clear_object (&self->message);
  g_free (self);
}

/* Reports the end. The caller has the operation, and so the connection to free; or, from the
 * watchdog, the cancelled operation does it. */
static void
end (WeirLiveConnection *self,
     gboolean            final,
     gint64              retry_after,
     GError             *error)
{
  const WeirLiveConnectionFuncs *funcs = self->funcs;
  gpointer user_data = self->user_data;

  weir_live_connection_abandon (self);
  funcs->ended (final, retry_after, error, user_data);
}

static gboolean watchdog_cb (gpointer user_data);

static void
start_watchdog (WeirLiveConnection *self,
                guint               milliseconds)
{
  self->watchdog = g_timeout_source_new (milliseconds);
  g_source_set_callback (self->watchdog, watchdog_cb, self, NULL);
  g_source_attach (self->watchdog, g_main_context_get_thread_default ());
}

static gboolean
watchdog_cb (gpointer user_data)
{
  WeirLiveConnection *self = user_data;
  gint64 silence = (g_get_monotonic_time () - self->last_activity) / 1000;

  g_clear_pointer (&self->watchdog, g_source_unref);
  if (silence < self->read_timeout_ms)
    start_watchdog (self, self->read_timeout_ms - silence);
  else
    end (self,
         FALSE,
         -1,
         g_error_new_literal (WEIR_ERROR, WEIR_ERROR_TIMEOUT, "The collector has gone silent"));

  return G_SOURCE_REMOVE;
}

static void
message_cb (const char *event,
            const char *data,
            gsize       length,
            const char *last_event_id,
            gpointer    user_data)
{
  WeirLiveConnection *self = user_data;

  /* The receiver of an earlier message of this read may have let go. */
  if (self->funcs == NULL)
    return;

  self->had_message = TRUE;
  self->funcs->message (event, data, length, last_event_id, self->user_data);
}

/* Takes what was read; returns whether to go on. */
static gboolean
take_bytes (WeirLiveConnection *self,
            gsize               length)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  self->last_activity = g_get_monotonic_time ();
  ok = weir_sse_parser_push (self->parser, self->buffer, length, &error);
  if (self->funcs == NULL)
    return FALSE;

  if (!ok)
    {
      end (self, FALSE, -1, g_steal_pointer (&error));
      return FALSE;
    }

  self->funcs->moved (weir_sse_parser_get_last_event_id (self->parser),
                      weir_sse_parser_get_retry_ms (self->parser),
                      self->user_data);
  return self->funcs != NULL;
}

static void read_more (WeirLiveConnection *self);

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirLiveConnection *self = user_data;
  GError *error = NULL;
  gssize n;

  n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);
  if (self->funcs == NULL)
    {
      g_clear_error (&error);
    }
  else if (n > 0)
    {
      if (take_bytes (self, n))
        {
          read_more (self);
          return;
        }
    }
  else
    {
      if (n == 0)
        error = g_error_new_literal (WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                                     "The collector has closed the stream");
      end (self, FALSE, -1, error);
    }

  weir_live_connection_free (self);
}

/* As important as frames: a flood of messages may not take those of whoever shows them, and frames
 * that take longer than they last may not keep messages away for ever. What cannot be read in time
 * the collector drops, and says so in a `gap`. */
static void
read_more (WeirLiveConnection *self)
{
  g_input_stream_read_async (self->input,
                             self->buffer,
                             sizeof self->buffer,
                             READ_PRIORITY,
                             self->cancellable,
                             read_cb,
                             self);
}

static gboolean
status_is_final (guint status)
{
  return SOUP_STATUS_IS_CLIENT_ERROR (status) && status != SOUP_STATUS_REQUEST_TIMEOUT &&
         status != STATUS_TOO_MANY_REQUESTS;
}

static void
refusal_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirLiveConnection *self = user_data;
  gsize length = 0;

  /* What of the answer's body has arrived is good enough; it only explains the status. */
  g_input_stream_read_all_finish (G_INPUT_STREAM (object), result, &length, NULL);
  if (self->funcs != NULL)
    end (self,
         status_is_final (soup_message_get_status (self->message)),
         weir_api_message_get_retry_after (self->message),
         weir_api_message_new_error (self->message, self->buffer, length));

  weir_live_connection_free (self);
}

static gboolean
is_event_stream (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  return soup_message_get_status (message) == SOUP_STATUS_OK &&
         type != NULL && g_ascii_strcasecmp (type, "text/event-stream") == 0;
}

static void
take_answer (WeirLiveConnection *self)
{
  guint status = soup_message_get_status (self->message);

  self->last_activity = g_get_monotonic_time ();
  if (is_event_stream (self->message))
    {
      self->opened_at = self->last_activity;
      self->funcs->opened (self->user_data);

      /* Cancelled, if the receiver has let go: the callback then frees. */
      read_more (self);
    }
  else if (SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      end (self, TRUE, -1,
           status == SOUP_STATUS_NO_CONTENT
             ? g_error_new_literal (WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                                    "The collector asks not to connect again")
             : g_error_new_literal (WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                                    "The answer is not an event stream"));
      weir_live_connection_free (self);
    }
  else
    {
      g_input_stream_read_all_async (self->input,
                                     self->buffer,
                                     MAX_ERROR_BODY_BYTES,
                                     G_PRIORITY_DEFAULT,
                                     self->cancellable,
                                     refusal_cb,
                                     self);
    }
}

static void
send_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirLiveConnection *self = user_data;
  GError *error = NULL;

  self->input = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->input != NULL && self->funcs != NULL)
    {
      take_answer (self);
      return;
    }

  if (self->funcs != NULL)
    end (self, FALSE, -1, g_steal_pointer (&error));
  g_clear_error (&error);
  weir_live_connection_free (self);
}

/**
 * weir_live_connection_start:
 * @session: how to send
 * @message: the request
 * @last_event_id: (nullable): the id the stream is at
 * @read_timeout_ms: the longest silence, from the request on
 * @funcs: (not nullable): whom to report to; static
 * @user_data: for @funcs
 *
 * Sends the request. Nothing is reported from within this function.
 *
 * Returns: (transfer none): the connection, to be held until it has ended or is abandoned
 */
WeirLiveConnection *
weir_live_connection_start (SoupSession                   *session,
                            SoupMessage                   *message,
                            const char                    *last_event_id,
                            guint                          read_timeout_ms,
                            const WeirLiveConnectionFuncs *funcs,
                            gpointer                       user_data)
{
  WeirLiveConnection *self;

  g_return_val_if_fail (SOUP_IS_SESSION (session), NULL);
  g_return_val_if_fail (SOUP_IS_MESSAGE (message), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (WeirLiveConnection, 1);
  self->funcs = funcs;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->message = g_object_ref (message);
  self->parser = weir_sse_parser_new (MAX_MESSAGE_BYTES, message_cb, self);
  self->read_timeout_ms = read_timeout_ms;
  self->last_activity = g_get_monotonic_time ();
  if (last_event_id != NULL)
    weir_sse_parser_set_last_event_id (self->parser, last_event_id);

  start_watchdog (self, read_timeout_ms);
  soup_session_send_async (session,
                           message,
                           G_PRIORITY_DEFAULT,
                           self->cancellable,
                           send_cb,
                           self);

  return self;
}

/**
 * weir_live_connection_abandon:
 * @self: (transfer full): a connection that has not ended
 *
 * Lets go of the connection and closes it. Nothing is reported after this.
 */
void
weir_live_connection_abandon (WeirLiveConnection *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->funcs != NULL);

  self->funcs = NULL;
  if (self->watchdog != NULL)
    g_source_destroy (self->watchdog);
  g_clear_pointer (&self->watchdog, g_source_unref);
  g_cancellable_cancel (self->cancellable);
}

/**
 * weir_live_connection_is_steady:
 * @self: a connection
 *
 * Gets whether the connection has proved itself: it has brought a message, or was open for
 * ten seconds. The next attempt then need not wait longer than the first.
 *
 * Returns: whether it has
 */
gboolean
weir_live_connection_is_steady (WeirLiveConnection *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->had_message ||
         (self->opened_at > 0 && g_get_monotonic_time () - self->opened_at > STEADY_US);
}
