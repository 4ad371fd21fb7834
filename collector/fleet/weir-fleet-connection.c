/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fleet-connection.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/uio.h>

#define ANSWER_MAX (1024 * 1024)

typedef struct {
  GSource parent;
  WeirFleetConnection *connection;
  gpointer tag;
} ConnectionSource;

struct _WeirFleetConnection {
  GSocketAddress *address;
  char *host;
  char *path;
  char *key;
  WeirFleetAnswerFunc func;
  gpointer user_data;

  GSocket *socket;
  GSource *source;
  GString *head;
  GBytes *body;
  gsize n_sent;        /* of head and body together */
  GString *answer;
  gint64 started;
};

static void
close_socket (WeirFleetConnection *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
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
  g_autoptr(GError) error = NULL;
  gssize n = g_socket_receive (self->socket, buffer, sizeof buffer, NULL, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return;
  if (n <= 0 || self->answer->len + (gsize) n > ANSWER_MAX)
    {
      fail (self);
      return;
    }
  g_string_append_len (self->answer, buffer, n);
  read_answer (self);
}

/* Sends what is left of head and body. Returns FALSE when the socket can take no more. */
static gboolean
send_rest (WeirFleetConnection  *self,
           GError              **error)
{
  gsize body_size;
  const char *body = g_bytes_get_data (self->body, &body_size);

  while (self->n_sent < self->head->len + body_size)
    {
      GOutputVector vectors[2];
      guint n_vectors = 0;
      gsize from_body = self->n_sent > self->head->len ? self->n_sent - self->head->len : 0;
      gssize n;

      if (self->n_sent < self->head->len)
        vectors[n_vectors++] =
            (GOutputVector){ self->head->str + self->n_sent, self->head->len - self->n_sent };
      vectors[n_vectors++] = (GOutputVector) { body + from_body, body_size - from_body };
      n = g_socket_send_message (
          self->socket, NULL, vectors, (int) n_vectors, NULL, 0, 0, NULL, error);
      if (n < 0)
        return FALSE;
      self->n_sent += (gsize) n;
    }
  return TRUE;
}

static void
watch (WeirFleetConnection *self,
       GIOCondition         condition)
{
  ConnectionSource *source = (ConnectionSource *) self->source;

  g_source_modify_unix_fd (self->source, source->tag, condition | G_IO_ERR | G_IO_HUP);
}

static void
flush (WeirFleetConnection *self)
{
  g_autoptr(GError) error = NULL;

  if (send_rest (self, &error))
    watch (self, G_IO_IN);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    watch (self, G_IO_IN | G_IO_OUT);
  else
    fail (self);
}

static gboolean
connection_source_dispatch (GSource     *source,
                            GSourceFunc  callback,
                            gpointer     user_data)
{
  WeirFleetConnection *self = ((ConnectionSource *) source)->connection;
  GIOCondition condition = g_source_query_unix_fd (source, ((ConnectionSource *) source)->tag);

  if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
    receive (self);
  if (self->source == source && self->body != NULL && condition & G_IO_OUT)
    flush (self);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs connection_source_funcs = { .dispatch = connection_source_dispatch };

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

  self->source = g_source_new (&connection_source_funcs, sizeof (ConnectionSource));
  ((ConnectionSource *) self->source)->connection = self;
  ((ConnectionSource *) self->source)->tag = g_source_add_unix_fd (
      self->source, g_socket_get_fd (self->socket), G_IO_IN | G_IO_ERR | G_IO_HUP);
  g_source_attach (self->source, NULL);

  return TRUE;
}

/**
 * weir_fleet_connection_new:
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
weir_fleet_connection_new (GSocketAddress      *address,
                           const char          *host,
                           const char          *path,
                           const char          *key,
                           WeirFleetAnswerFunc  func,
                           gpointer             user_data)
{
  WeirFleetConnection *self = g_new0 (WeirFleetConnection, 1);

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
