/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-subscriber.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "weir-event-json.h"
#include "weir-time.h"

/* Small enough that a client that does not read costs the kernel little, large enough for a
 * distant one. */
#define SEND_BUFFER_BYTES (256 * 1024)
#define USER_TIMEOUT_MS 45000

/* A client has nothing to say after its request. */
#define MAX_READ_BYTES (64 * 1024)

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
be_gone (WeirLiveSubscriber *self)
{
  if (self->is_gone)
    return;

  self->is_gone = TRUE;
  clear_source (&self->input_source);
  clear_source (&self->output_source);
  self->gone (self, self->user_data);
}

static GPollableOutputStream *
get_output (WeirLiveSubscriber *self)
{
  return G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->connection));
}

static GPollableInputStream *
get_input (WeirLiveSubscriber *self)
{
  return G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->connection));
}

static void
take_written (WeirLiveSubscriber *self,
              gsize               n)
{
  GBytes *bytes = g_queue_peek_head (&self->queue);

  self->last_progress = g_get_monotonic_time ();
  self->n_queued -= n;
  self->offset += n;
  if (self->offset == g_bytes_get_size (bytes))
    {
      g_bytes_unref (g_queue_pop_head (&self->queue));
      self->offset = 0;
    }
}

static gboolean output_cb (GObject  *stream,
                           gpointer  user_data);

static void
wait_for_room (WeirLiveSubscriber *self)
{
  if (self->output_source != NULL)
    return;

  self->output_source = g_pollable_output_stream_create_source (get_output (self), NULL);
  g_source_set_callback (self->output_source, G_SOURCE_FUNC (output_cb), self, NULL);
  g_source_attach (self->output_source, g_main_context_get_thread_default ());
}

/* Writes as much as goes without waiting. */
static void
flush (WeirLiveSubscriber *self)
{
  while (!g_queue_is_empty (&self->queue))
    {
      g_autoptr (GError) error = NULL;
      gsize size;
      const char *data = g_bytes_get_data (g_queue_peek_head (&self->queue), &size);
      gssize n = g_pollable_output_stream_write_nonblocking (get_output (self),
                                                             data + self->offset,
                                                             size - self->offset,
                                                             NULL,
                                                             &error);

      if (n >= 0)
        {
          take_written (self, n);
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          wait_for_room (self);
          return;
        }
      else
        {
          be_gone (self);
          return;
        }
    }

  clear_source (&self->output_source);
  if (self->is_closing)
    be_gone (self);
}

static gboolean
output_cb (GObject  *stream,
           gpointer  user_data)
{
  WeirLiveSubscriber *self = user_data;

  g_assert (!self->is_gone);

  flush (self);

  return self->output_source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* The only news from this side is that the client has gone. */
static gboolean
input_cb (GObject  *stream,
          gpointer  user_data)
{
  WeirLiveSubscriber *self = user_data;
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  gssize n;

  g_assert (!self->is_gone);

  n = g_pollable_input_stream_read_nonblocking (get_input (self),
                                                buffer, sizeof buffer,
                                                NULL,
                                                &error);
  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;

  self->n_read += MAX (n, 0);
  if (n > 0 && self->n_read <= MAX_READ_BYTES)
    return G_SOURCE_CONTINUE;

  be_gone (self);

  return G_SOURCE_REMOVE;
}

static void
set_socket_options (GIOStream *connection)
{
  GSocket *socket;

  if (!G_IS_SOCKET_CONNECTION (connection))
    return;

  /* What the HTTP server had set for requests does not hold for a stream that may be idle. */
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection));
  g_socket_set_timeout (socket, 0);
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES, NULL);
  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_UNIX)
    return;

  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS, NULL);
}

/**
 * weir_live_subscriber_new:
 * @connection: (transfer full): a connection with pollable streams
 * @topics: what the client wants
 * @gone: told when the connection is of no more use
 * @user_data: for @gone
 *
 * Takes over a connection. Its sources run in the thread's default main context.
 *
 * Returns: (transfer full): a subscriber
 */
WeirLiveSubscriber *
weir_live_subscriber_new (GIOStream                  *connection,
                          WeirTopics                  topics,
                          WeirLiveSubscriberGoneFunc  gone,
                          gpointer                    user_data)
{
  WeirLiveSubscriber *self = g_new0 (WeirLiveSubscriber, 1);

  self->connection = connection;
  self->topics = topics;
  self->gone = gone;
  self->user_data = user_data;
  g_queue_init (&self->queue);
  self->last_progress = g_get_monotonic_time ();
  self->last_write = self->last_progress;
  self->last_position = self->last_progress;

  set_socket_options (connection);
  self->input_source = g_pollable_input_stream_create_source (get_input (self), NULL);
  g_source_set_callback (self->input_source, G_SOURCE_FUNC (input_cb), self, NULL);
  g_source_attach (self->input_source, g_main_context_get_thread_default ());

  return self;
}

/**
 * weir_live_subscriber_free:
 * @self: (transfer full): a subscriber
 *
 * Closes the connection; what is still queued is lost.
 */
void
weir_live_subscriber_free (WeirLiveSubscriber *self)
{
  clear_source (&self->input_source);
  clear_source (&self->output_source);
  g_io_stream_close (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_strfreev (self->queries);
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  g_free (self);
}

/**
 * weir_live_subscriber_push:
 * @self: a subscriber
 * @bytes: what to send; a reference is kept until it is sent
 *
 * Queues bytes, and writes what goes at once. How much may be queued is the caller's care.
 */
void
weir_live_subscriber_push (WeirLiveSubscriber *self,
                           GBytes             *bytes)
{
  gsize size = g_bytes_get_size (bytes);

  if (self->is_gone || self->is_closing || size == 0)
    return;

  if (g_queue_is_empty (&self->queue))
    self->last_progress = g_get_monotonic_time ();
  self->last_write = g_get_monotonic_time ();
  g_queue_push_tail (&self->queue, g_bytes_ref (bytes));
  self->n_queued += size;
  if (self->output_source == NULL)
    flush (self);
}

/**
 * weir_live_subscriber_push_text:
 * @self: a subscriber
 * @text: what to send; copied
 * @length: its length in bytes, or -1 when NUL-terminated
 *
 * Queues text for this subscriber alone.
 */
void
weir_live_subscriber_push_text (WeirLiveSubscriber *self,
                                const char         *text,
                                gssize              length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);

  weir_live_subscriber_push (self, bytes);
}

/**
 * weir_live_subscriber_finish:
 * @self: a subscriber
 *
 * Ends the connection when all that is queued has been sent.
 */
void
weir_live_subscriber_finish (WeirLiveSubscriber *self)
{
  self->is_closing = TRUE;
  if (g_queue_is_empty (&self->queue))
    be_gone (self);
}

/**
 * weir_live_subscriber_abort:
 * @self: a subscriber
 *
 * Gives the connection up.
 */
void
weir_live_subscriber_abort (WeirLiveSubscriber *self)
{
  be_gone (self);
}

/**
 * weir_live_subscriber_is_stalled:
 * @self: a subscriber
 * @limit: microseconds
 *
 * Gets whether bytes wait and none has gone out for @limit.
 *
 * Returns: whether the client has stopped reading
 */
gboolean
weir_live_subscriber_is_stalled (WeirLiveSubscriber *self,
                                 gint64              limit)
{
  return self->n_queued > 0 && g_get_monotonic_time () - self->last_progress > limit;
}

static void
append_peer (WeirLiveSubscriber *subscriber,
             GString            *out)
{
  g_autoptr (GSocketAddress) address = G_IS_SOCKET_CONNECTION (subscriber->connection)
    ? g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (subscriber->connection), NULL)
    : NULL;
  g_autofree char *text = NULL;

  if (G_IS_INET_SOCKET_ADDRESS (address))
    text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  weir_json_append_string (out, text != NULL ? text : "unix", -1);
}

static void
append_topics (WeirLiveSubscriber *subscriber,
               GString            *out)
{
  static const char *const names[] = {
    "events", "stats", "dashboard", "identity", "queries", "alerts"
  };
  gboolean is_first = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (subscriber->topics & (1 << i))
      {
        g_string_append_printf (out, is_first ? "\"%s\"" : ",\"%s\"", names[i]);
        is_first = FALSE;
      }
}

/**
 * weir_live_subscriber_append_json:
 * @self: a subscriber
 * @out: gets a JSON object that says who it is and how it does
 */
void
weir_live_subscriber_append_json (WeirLiveSubscriber *self,
                                  GString            *out)
{
  char since[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (self->since, since);
  g_string_append_printf (out, "{\"id\":%" G_GUINT64_FORMAT ",\"peer\":", self->id);
  append_peer (self, out);
  g_string_append (out, ",\"topics\":[");
  append_topics (self, out);
  g_string_append_printf (
      out,
      "],\"since\":\"%s\",\"sent\":%" G_GUINT64_FORMAT ",\"missed\":%" G_GUINT64_FORMAT
      ",\"queued_bytes\":%" G_GSIZE_FORMAT "}",
      since, self->n_sent, self->n_told_missed + self->n_missed + self->n_missed_notices,
      self->n_queued);
}
