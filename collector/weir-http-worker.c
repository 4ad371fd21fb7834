/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-http-worker.h"

#include <libsoup/soup.h>
#include <sys/socket.h>
#include <unistd.h>

#include "weir-router.h"

struct _WeirHttpWorker {
  WeirServices *services;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GAsyncQueue *inbox;      /* of Message */

  /* Everything below belongs to the thread. */
  SoupServer *server;
  GSocketAddress *local_address;
  int silent_fd;
  GQueue connections;
  GSource *tick;
  gint64 drain_deadline;   /* 0: not draining */

  WeirReplyQueue *replies;
  WeirEventCodec *codec;
  WeirEventBuilder *builder;
  GArray *rejections;
  GCancellable *cancellable;
};

/* What other threads tell the worker: take this connection, or drain until then. */
typedef struct {
  GSocketConnection *connection;
  gint64 deadline;
} Message;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_clear_object (&message->connection);
  g_free (message);
}

static void
connection_closed_cb (WeirConnection *connection,
                      gpointer        user_data)
{
  WeirHttpWorker *self = user_data;

  g_queue_unlink (&self->connections, weir_connection_get_link (connection));
  if (self->drain_deadline != 0 && self->connections.length == 0)
    g_main_loop_quit (self->loop);
}

static void
add_connection (WeirHttpWorker    *self,
                GSocketConnection *base)
{
  g_autoptr(WeirConnection) connection = NULL;

  if (self->drain_deadline != 0)
    return;

  connection = weir_connection_new (base, self->services->rules,
                                    &self->services->totals, connection_closed_cb, self);
  g_queue_push_tail_link (&self->connections, weir_connection_get_link (connection));
  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (connection), self->local_address,
                                    weir_connection_get_address (connection), NULL))
    g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  WeirHttpWorker *self = user_data;
  WeirConnection *connection =
    weir_connection_from_address (soup_server_message_get_remote_address (message));

  if (connection == NULL)
    return;
  weir_router_route (self->services->router,
                     weir_exchange_new (self, self->services, message, connection, path, query));
}

static gboolean
tick_cb (gpointer user_data)
{
  WeirHttpWorker *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (GList *l = self->connections.head; l != NULL; l = l->next)
    weir_request_stream_check_deadline (weir_connection_get_requests (l->data), now);
  if (self->drain_deadline != 0 && now >= self->drain_deadline)
    g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
start_tick (WeirHttpWorker *self,
            guint           milliseconds)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  self->tick = g_timeout_source_new (milliseconds);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, self->context);
}

static void
drain (WeirHttpWorker *self,
       gint64          deadline)
{
  self->drain_deadline = deadline;
  for (GList *l = self->connections.head; l != NULL; l = l->next)
    weir_request_stream_drain (weir_connection_get_requests (l->data));
  start_tick (self, 50);
  if (self->connections.length == 0)
    g_main_loop_quit (self->loop);
}

static gboolean
inbox_cb (gpointer user_data)
{
  WeirHttpWorker *self = user_data;
  Message *message;

  while ((message = g_async_queue_try_pop (self->inbox)) != NULL)
    {
      if (message->connection != NULL)
        add_connection (self, message->connection);
      else
        drain (self, message->deadline);
      message_free (message);
    }
  return G_SOURCE_REMOVE;
}

/* The library keeps connections alive only while its server has a listener. This one is one end
 * of a pair whose other end nobody ever writes to: there is no address to reach it at.
 */
static void
add_silent_listener (WeirHttpWorker *self)
{
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GError) error = NULL;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    g_error ("socketpair: %m");
  self->silent_fd = pair[1];
  socket = g_socket_new_from_fd (pair[0], &error);
  if (socket == NULL || !soup_server_listen_socket (self->server, socket, 0, &error))
    g_error ("cannot start a worker: %s", error->message);
}

static gpointer
worker_thread (gpointer data)
{
  WeirHttpWorker *self = data;

  g_main_context_push_thread_default (self->context);

  self->server = soup_server_new ("raw-paths", TRUE, "server-header", NULL, NULL);
  self->local_address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  add_silent_listener (self);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  soup_server_add_handler (self->server, "*", request_cb, self, NULL);
  start_tick (self, 1000);

  g_main_loop_run (self->loop);

  /* What could not be answered until the deadline is cut off. */
  g_cancellable_cancel (self->cancellable);
  soup_server_disconnect (self->server);
  g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_clear_object (&self->server);
  g_clear_object (&self->local_address);
  close (self->silent_fd);

  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static void
tell (WeirHttpWorker    *self,
      GSocketConnection *connection,
      gint64             deadline)
{
  Message *message = g_new0 (Message, 1);

  message->connection = connection != NULL ? g_object_ref (connection) : NULL;
  message->deadline = deadline;
  g_async_queue_push (self->inbox, message);
  g_main_context_invoke (self->context, inbox_cb, self);
}

/**
 * weir_http_worker_new:
 * @services: what requests are served with; must outlive the worker
 * @index: its number, for the name of the thread
 *
 * Starts a worker.
 *
 * Returns: (transfer full): a new worker
 */
WeirHttpWorker *
weir_http_worker_new (WeirServices *services,
                      guint         index)
{
  g_autofree char *name = g_strdup_printf ("weir-http-%u", index);
  WeirHttpWorker *self;

  g_return_val_if_fail (services != NULL, NULL);

  self = g_new0 (WeirHttpWorker, 1);
  self->services = services;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->inbox = g_async_queue_new_full (message_free);
  self->replies = weir_reply_queue_new (self->context);
  self->codec = weir_event_codec_new ();
  self->builder = weir_event_builder_new ();
  self->rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_new (name, worker_thread, self);
  return self;
}

/**
 * weir_http_worker_free:
 * @self: (transfer full): a worker that was joined, when neither the journal nor the readers work
 *   for it any more
 *
 * Frees @self, and what came too late for an answer.
 */
void
weir_http_worker_free (WeirHttpWorker *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->thread == NULL);

  while (g_main_context_iteration (self->context, FALSE))
    continue;
  weir_reply_queue_free (self->replies);
  weir_event_codec_free (self->codec);
  weir_event_builder_free (self->builder);
  g_array_unref (self->rejections);
  g_clear_object (&self->cancellable);
  g_async_queue_unref (self->inbox);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * weir_http_worker_add:
 * @self: a worker
 * @connection: an accepted connection
 *
 * Serves @connection. From any thread.
 */
void
weir_http_worker_add (WeirHttpWorker    *self,
                      GSocketConnection *connection)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (G_IS_SOCKET_CONNECTION (connection));

  tell (self, connection, 0);
}

/**
 * weir_http_worker_drain:
 * @self: a worker
 * @deadline: when to give up, in microseconds of the monotonic clock
 *
 * Answers the requests under way, takes no new ones, then ends the thread. From any thread;
 * returns at once.
 */
void
weir_http_worker_drain (WeirHttpWorker *self,
                        gint64          deadline)
{
  g_return_if_fail (self != NULL);

  tell (self, NULL, MAX (deadline, 1));
}

/**
 * weir_http_worker_join:
 * @self: a worker that drains
 *
 * Waits until its thread has ended. The worker must be kept until nobody works for it any more.
 */
void
weir_http_worker_join (WeirHttpWorker *self)
{
  g_return_if_fail (self != NULL);

  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * weir_http_worker_is_draining:
 * @self: a worker
 *
 * Returns: whether connections end after their answer
 */
gboolean
weir_http_worker_is_draining (WeirHttpWorker *self)
{
  return self->drain_deadline != 0;
}

/**
 * weir_http_worker_get_replies:
 * @self: a worker
 *
 * Returns: (transfer none): the queue that brings journal entries back to it
 */
WeirReplyQueue *
weir_http_worker_get_replies (WeirHttpWorker *self)
{
  return self->replies;
}

/**
 * weir_http_worker_get_codec:
 * @self: a worker
 *
 * Returns: (transfer none): its codec
 */
WeirEventCodec *
weir_http_worker_get_codec (WeirHttpWorker *self)
{
  return self->codec;
}

/**
 * weir_http_worker_get_builder:
 * @self: a worker
 *
 * Returns: (transfer none): its builder
 */
WeirEventBuilder *
weir_http_worker_get_builder (WeirHttpWorker *self)
{
  return self->builder;
}

/**
 * weir_http_worker_get_rejections:
 * @self: a worker
 *
 * Returns: (transfer none) (element-type WeirRejection): scratch space for rejections
 */
GArray *
weir_http_worker_get_rejections (WeirHttpWorker *self)
{
  return self->rejections;
}

/**
 * weir_http_worker_get_cancellable:
 * @self: a worker
 *
 * Returns: (transfer none): cancelled when the worker ends
 */
GCancellable *
weir_http_worker_get_cancellable (WeirHttpWorker *self)
{
  return self->cancellable;
}
