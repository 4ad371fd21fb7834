/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-stream-client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

/* Both ends of a TCP connection over loopback: returned the server's, in @fd the client's. */
GSocketConnection *
test_connection_new_pair (int *fd,
                          int  receive_buffer)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;
  char native[128];
  guint16 port;

  port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_assert_no_error (error);

  *fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (*fd, >=, 0);
  if (receive_buffer > 0)
    setsockopt (*fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);

  address = g_inet_socket_address_new (loopback, port);
  g_assert_true (g_socket_address_to_native (address, native, sizeof native, NULL));
  g_assert_cmpint (connect (*fd,
                            (struct sockaddr *) (gpointer) native,
                            g_socket_address_get_native_size (address)), ==, 0);
  connection = g_socket_listener_accept (listener, NULL, NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_close (listener);

  return connection;
}

static void
message_cb (const char *event,
            const char *data,
            gsize       length,
            const char *last_event_id,
            gpointer    user_data)
{
  TestStreamClient *self = user_data;
  TestMessage message = { event, data, last_event_id };

  self->n_messages++;
  if (self->func != NULL)
    self->func (&message, self->user_data);
  else
    g_string_append_printf (self->log, "%s|%s|%s>", event, data, last_event_id);
}

TestStreamClient *
test_stream_client_new (int fd)
{
  TestStreamClient *self = g_new0 (TestStreamClient, 1);

  self->fd = fd;
  self->head = g_string_new (NULL);
  self->log = g_string_new (NULL);
  self->parser = weir_sse_parser_new (4 * 1024 * 1024, message_cb, self);

  return self;
}

void
test_stream_client_free (TestStreamClient *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_string_free (self->head, TRUE);
  g_string_free (self->log, TRUE);
  weir_sse_parser_free (self->parser);
  g_free (self);
}

static void
take (TestStreamClient *self,
      const char       *bytes,
      gsize             length)
{
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < length; i++)
    {
      self->n_comments += self->last_byte == '\n' && bytes[i] == ':';
      self->last_byte = bytes[i];
    }

  /* The head of the answer ends with an empty line. */
  while (length > 0 && !g_str_has_suffix (self->head->str, "\r\n\r\n"))
    {
      g_string_append_c (self->head, *bytes++);
      length--;
    }

  weir_sse_parser_push (self->parser, bytes, length, &error);
  g_assert_no_error (error);
}

/* Reads once. Returns whether there was something. */
gboolean
test_stream_client_read (TestStreamClient *self,
                         int               timeout_ms)
{
  struct pollfd pollfd = { .fd = self->fd, .events = POLLIN };
  char buffer[65536];
  gssize n;

  if (self->is_closed || poll (&pollfd, 1, timeout_ms) != 1)
    return FALSE;

  n = read (self->fd, buffer, sizeof buffer);
  if (n <= 0)
    {
      self->is_closed = TRUE;
      return FALSE;
    }

  take (self, buffer, n);

  return TRUE;
}

void
test_stream_client_read_until (TestStreamClient *self,
                               const char       *text)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (strstr (self->log->str, text) == NULL)
    {
      if (!test_stream_client_read (self, 1000) &&
          (self->is_closed || g_get_monotonic_time () > deadline))
        g_error ("“%s” has not come; %s%s", text, self->log->str, self->is_closed ? "closed" : "");
    }
}

void
test_stream_client_read_n (TestStreamClient *self,
                           guint             n_messages)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (self->n_messages < n_messages)
    {
      if (!test_stream_client_read (self, 1000) &&
          (self->is_closed || g_get_monotonic_time () > deadline))
        g_error ("%u messages have come, not %u", self->n_messages, n_messages);
    }
}

void
test_stream_client_read_to_end (TestStreamClient *self)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (!self->is_closed)
    {
      test_stream_client_read (self, 1000);
      if (g_get_monotonic_time () > deadline)
        g_error ("The connection is not closed");
    }
}

const char *
test_stream_client_get_id (TestStreamClient *self)
{
  return weir_sse_parser_get_last_event_id (self->parser);
}
