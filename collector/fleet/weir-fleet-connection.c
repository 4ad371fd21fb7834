/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fleet-connection.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MAX (1024 * 1024)

struct _WeirFleetConnection {
  GSocketAddress *address;
  char *host;
  char *path;
  char *key;
  WeirFleetAnswerFunc func;
  gpointer user_data;

  WeirFleetPoller *poller;
  GSocket *socket;
  int fd;
  gboolean is_blocked;   /* waits for room to write */
  GString *head;
  GBytes *body;
  gsize n_sent;        /* of head and body together */
  GString *answer;
  gint64 started;
};

static void
close_socket (WeirFleetConnection *self)
{
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}

static void
finish (WeirFleetConnection *self,
        WeirFleetAnswer     *answer)
{
  g_autoptr(GBytes) body = g_steal_pointer (&self->body);

  answer->elapsed = g_get_monotonic_time () - self->started;
  g_string_truncate (self->answer, 0);
  self->func (self, answer, self->user_data);
}

static void
fail (WeirFleetConnection *self)
{
  WeirFleetAnswer answer = { 0 };

  close_socket (self);
  if (self->body != NULL)
    finish (self, &answer);
}

static guint
find_number (const char *text,
             const char *member)
{
  const char *found = text != NULL ? strstr (text, member) : NULL;

  return found != NULL ? (guint) g_ascii_strtoull (found + strlen (member), NULL, 10) : 0;
}

static const char *
find_header (const char *head,
             const char *end,
             const char *name)
{
  gsize length = strlen (name);

  for (const char *line = strstr (head, "\r\n"); line != NULL && line < end;
       line = strstr (line + 2, "\r\n"))
    {
      if (g_ascii_strncasecmp (line + 2, name, length) == 0)
        return line + 2 + length;
    }
  return NULL;
}

/* Whether a whole answer is there; then it is read and reported. */
static gboolean
read_answer (WeirFleetConnection *self)
{
  char *text = self->answer->str;
  char *end = strstr (text, "\r\n\r\n");
  const char *length, *retry_after, *connection;
  WeirFleetAnswer answer = { 0 };
  gboolean closes;

  if (end == NULL)
    return FALSE;
  length = find_header (text, end, "content-length:");
  if (length == NULL ||
      self->answer->len < (gsize) (end + 4 - text) + g_ascii_strtoull (length, NULL, 10))
    return FALSE;

  answer.status = (guint) g_ascii_strtoull (text + strlen ("HTTP/1.1 "), NULL, 10);
  retry_after = find_header (text, end, "retry-after:");
  if (retry_after != NULL)
    answer.retry_after = (guint) g_ascii_strtoull (retry_after, NULL, 10);
  if (answer.status == 202)
    {
      answer.accepted = find_number (end, "\"accepted\":");
      answer.duplicates = find_number (end, "\"duplicates\":");
    }
  connection = find_header (text, end, "connection:");
  closes = connection != NULL && g_ascii_strncasecmp (connection, " close", 6) == 0;
  if (closes)
    close_socket (self);
  finish (self, &answer);

  return TRUE;
}

static void
receive (WeirFleetConnection *self)
{
  char buffer[16384];
  ssize_t n = recv (self->fd, buffer, sizeof buffer, 0);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0 || self->answer->len + (gsize) n > ANSWER_MAX)
    {
      fail (self);
      return;
    }
  g_string_append_len (self->answer, buffer, n);
  read_answer (self);
}

/* Sends what is left of head and body. Returns 0, or the errno that stopped it. */
static int
send_rest (WeirFleetConnection *self)
{
  gsize body_size;
  const char *body = g_bytes_get_data (self->body, &body_size);

  while (self->n_sent < self->head->len + body_size)
    {
      gsize from_head = MIN (self->n_sent, self->head->len);
      gsize from_body = self->n_sent - from_head;
      struct iovec vectors[2] = {
        { self->head->str + from_head, self->head->len - from_head },
        { (char *) body + from_body, body_size - from_body },
      };
      struct msghdr message = { .msg_iov = vectors, .msg_iovlen = G_N_ELEMENTS (vectors) };
      ssize_t n = sendmsg (self->fd, &message, MSG_NOSIGNAL);

      if (n < 0 && errno != EINTR)
        return errno;
      self->n_sent += (gsize) MAX (n, 0);
    }
  return 0;
}

static void
flush (WeirFleetConnection *self)
{
  int failure = send_rest (self);
  gboolean is_blocked = failure == EAGAIN;

  if (failure != 0 && !is_blocked)
    {
      fail (self);
      return;
    }
  if (is_blocked != self->is_blocked)
    weir_fleet_poller_modify (self->poller, self->fd, self, is_blocked);
  self->is_blocked = is_blocked;
}

static gboolean
open_socket (WeirFleetConnection  *self,
             GError              **error)
{
  gboolean is_local = g_socket_address_get_family (self->address) == G_SOCKET_FAMILY_UNIX;

  self->socket = g_socket_new (g_socket_address_get_family (self->address), G_SOCKET_TYPE_STREAM,
                               is_local ? G_SOCKET_PROTOCOL_DEFAULT : G_SOCKET_PROTOCOL_TCP, error);
  /* Connecting to a near collector takes no time that matters, and an error comes at once. */
  if (self->socket == NULL || !g_socket_connect (self->socket, self->address, NULL, error))
    {
      g_clear_object (&self->socket);
      return FALSE;
    }
  g_socket_set_blocking (self->socket, FALSE);
  if (!is_local)
    g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);

  self->fd = g_socket_get_fd (self->socket);
  self->is_blocked = FALSE;
  weir_fleet_poller_add (self->poller, self->fd, self);

  return TRUE;
}

/**
 * weir_fleet_connection_ready:
 * @data: a connection
 * @can_read: whether there is something to read, or the connection has ended
 * @can_write: whether there is room to write
 *
 * The function for the poller.
 */
void
weir_fleet_connection_ready (gpointer data,
                             gboolean can_read,
                             gboolean can_write)
{
  WeirFleetConnection *self = data;

  if (can_read)
    receive (self);
  if (can_write && self->socket != NULL && self->body != NULL)
    flush (self);
}

/**
 * weir_fleet_connection_new:
 * @poller: watches the connection; must outlive it
 * @address: where the collector is
 * @host: for the `Host` header
 * @path: what to post to
 * @key: (nullable): a write key
 * @func: called with each answer, or when the connection fails; it may post again at once
 * @user_data: for @func
 *
 * Returns: (transfer full): a connection that is not open yet
 */
WeirFleetConnection *
weir_fleet_connection_new (WeirFleetPoller     *poller,
                           GSocketAddress      *address,
                           const char          *host,
                           const char          *path,
                           const char          *key,
                           WeirFleetAnswerFunc  func,
                           gpointer             user_data)
{
  WeirFleetConnection *self = g_new0 (WeirFleetConnection, 1);

  self->poller = poller;
  self->address = g_object_ref (address);
  self->host = g_strdup (host);
  self->path = g_strdup (path);
  self->key = g_strdup (key);
  self->func = func;
  self->user_data = user_data;
  self->head = g_string_new (NULL);
  self->answer = g_string_new (NULL);

  return self;
}

/**
 * weir_fleet_connection_free:
 * @self: (transfer full): a connection
 */
void
weir_fleet_connection_free (WeirFleetConnection *self)
{
  close_socket (self);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_object_unref (self->address);
  g_string_free (self->head, TRUE);
  g_string_free (self->answer, TRUE);
  g_free (self->host);
  g_free (self->path);
  g_free (self->key);
  g_free (self);
}

static gboolean
fail_later (gpointer data)
{
  fail (data);
  return G_SOURCE_REMOVE;
}

/**
 * weir_fleet_connection_post:
 * @self: a connection that is not busy
 * @body: JSON
 *
 * Posts one request, opening the connection first where needed.
 */
void
weir_fleet_connection_post (WeirFleetConnection *self,
                            GBytes              *body)
{
  g_return_if_fail (self->body == NULL);

  self->body = g_bytes_ref (body);
  self->n_sent = 0;
  self->started = g_get_monotonic_time ();
  g_string_printf (self->head,
                   "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                   "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                   self->path,
                   self->host,
                   g_bytes_get_size (body));
  if (self->key != NULL)
    g_string_append_printf (self->head, "Authorization: Bearer %s\r\n", self->key);
  g_string_append (self->head, "\r\n");

  if (self->socket == NULL && !open_socket (self, NULL))
    g_timeout_add (100, fail_later, self);
  else
    flush (self);
}

/**
 * weir_fleet_connection_is_busy:
 * @self: a connection
 *
 * Returns: whether it waits for an answer
 */
gboolean
weir_fleet_connection_is_busy (WeirFleetConnection *self)
{
  return self->body != NULL;
}
