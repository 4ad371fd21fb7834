/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-script-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define PAUSE_US 20000

struct _TestScriptServer
{
  GSocketService *service;
  GThread *thread;
  GMainLoop *loop;
  GMainContext *context;
  char *url;
  GAsyncQueue *answers;    /* of GStrv */
  GAsyncQueue *requests;   /* of char* */
  int n_open;
};

static char *
read_head (GInputStream *input)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char c;

  while (strstr (head->str, "\r\n\r\n") == NULL)
    {
      if (g_input_stream_read (input, &c, 1, NULL, NULL) != 1)
        return NULL;
      g_string_append_c (head, c);
    }

  return g_string_free (g_steal_pointer (&head), FALSE);
}

static void
reset_connection (GSocketConnection *connection)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };
  GSocket *socket = g_socket_connection_get_socket (connection);

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void
play (GSocketConnection  *connection,
      char              **pieces)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char c;

  for (; *pieces != NULL; pieces++)
    {
      if (g_str_equal (*pieces, "!pause"))
        g_usleep (PAUSE_US);
      else if (g_str_equal (*pieces, "!reset"))
        reset_connection (connection);
      else if (g_str_equal (*pieces, "!hold"))
        g_input_stream_read (input, &c, 1, NULL, NULL);
      else if (!g_output_stream_write_all (output, *pieces, strlen (*pieces), NULL, NULL, NULL))
        return;
    }
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source_object,
        gpointer                user_data)
{
  TestScriptServer *self = user_data;
  g_autofree char *head = NULL;
  g_auto (GStrv) pieces = NULL;

  g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection), FALSE);
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  head = read_head (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  if (head != NULL)
    {
      g_atomic_int_inc (&self->n_open);
      pieces = g_async_queue_pop (self->answers);
      g_async_queue_push (self->requests, g_steal_pointer (&head));
      play (connection, pieces);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      g_atomic_int_add (&self->n_open, -1);
    }

  return TRUE;
}

static gpointer
thread_func (gpointer data)
{
  TestScriptServer *self = data;

  g_main_context_push_thread_default (self->context);
  g_socket_service_start (self->service);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

TestScriptServer *
test_script_server_new (void)
{
  TestScriptServer *self = g_new0 (TestScriptServer, 1);
  g_autoptr (GError) error = NULL;
  guint16 port;

  self->answers = g_async_queue_new_full ((GDestroyNotify) g_strfreev);
  self->requests = g_async_queue_new_full (g_free);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);

  g_main_context_push_thread_default (self->context);
  self->service = g_threaded_socket_service_new (-1);
  g_socket_service_stop (self->service);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_main_context_pop_thread_default (self->context);
  g_assert_no_error (error);

  g_signal_connect (self->service, "run", G_CALLBACK (run_cb), self);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", port);
  self->thread = g_thread_new ("script-server", thread_func, self);

  return self;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

/* Waits for the connections to end, so that what the client left open shows as a hang. */
void
test_script_server_free (TestScriptServer *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  test_wait_until (test_script_server_get_n_open (self) == 0);

  /* From within the loop: it may not have begun to run yet. */
  g_source_set_callback (source, quit_cb, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (self->thread);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_async_queue_unref (self->answers);
  g_async_queue_unref (self->requests);
  g_free (self->url);
  g_free (self);
}

const char *
test_script_server_get_url (TestScriptServer *self)
{
  return self->url;
}

void
test_script_server_add (TestScriptServer *self,
                        const char       *first_piece,
                        ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  va_list pieces;

  va_start (pieces, first_piece);
  for (const char *piece = first_piece; piece != NULL; piece = va_arg (pieces, const char *))
    g_strv_builder_add (builder, piece);
  va_end (pieces);

  g_async_queue_push (self->answers, g_strv_builder_end (builder));
}

/* The head of the oldest request not taken yet; waits for it. */
char *
test_script_server_pop_request (TestScriptServer *self)
{
  char *head = NULL;

  test_wait_until ((head = g_async_queue_try_pop (self->requests)) != NULL);

  return head;
}

guint
test_script_server_get_n_open (TestScriptServer *self)
{
  return g_atomic_int_get (&self->n_open);
}

gboolean
test_deadline_cb (gpointer where)
{
  g_error ("%s: what was waited for does not happen", (const char *) where);

  return G_SOURCE_REMOVE;
}
