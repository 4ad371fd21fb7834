/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-redis-connection.h"

#include <string.h>

#include "weir-error.h"

/*
 * hiredis writes commands and reads replies; the socket is GIO's. Its own asynchronous connection
 * would keep whatever a server sends, has no time limits, and looks for the end of a connection
 * only when it reads.
 */

/* A server that says nothing for so long is gone: it is asked more often than that. */
#define SILENCE_SECONDS 10
#define READ_BYTES      (64 * 1024)

struct _WeirRedisConnection {
  int ref_count;              /* the owner's, and one for each operation under way */
  const WeirRedisFuncs *funcs;
  gpointer user_data;
  WeirRedisAddress *address;
  gsize max_reply;
  GCancellable *cancellable;
  GSocketConnection *stream;
  redisReader *reader;
  GByteArray *out;            /* what is still to be written, but for what is being written */
  GByteArray *writing;
  guint n_login;              /* replies that are missing until we are in */
  gboolean asked_auth;        /* the first of them is about the password */
  gboolean is_down;
  char buffer[READ_BYTES];
};

static WeirRedisConnection *
connection_ref (WeirRedisConnection *self)
{
  self->ref_count++;
  return self;
}

static void
connection_unref (WeirRedisConnection *self)
{
  if (--self->ref_count > 0)
    return;

  g_object_unref (self->cancellable);
  g_clear_object (&self->stream);
  redisReaderFree (self->reader);
  g_byte_array_unref (self->out);
  g_clear_pointer (&self->writing, g_byte_array_unref);
  weir_redis_address_free (self->address);
  g_free (self);
}

/**
 * weir_redis_connection_fail:
 * @self: a connection
 * @error: what is wrong with it
 *
 * Ends it as if the server had, and tells so.
 */
void
weir_redis_connection_fail (WeirRedisConnection *self,
                            const GError        *error)
{
  if (self->is_down)
    return;
  self->is_down = TRUE;
  g_cancellable_cancel (self->cancellable);
  self->funcs->down (error, self->user_data);
}

static void
fail (WeirRedisConnection *self,
      const char          *format,
      ...) G_GNUC_PRINTF (2, 3);

static void
fail (WeirRedisConnection *self,
      const char          *format,
      ...)
{
  g_autoptr(GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, format, args);
  va_end (args);
  weir_redis_connection_fail (self, error);
}

static void write_more (WeirRedisConnection *self);

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirRedisConnection *self = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    weir_redis_connection_fail (self, error);
  g_clear_pointer (&self->writing, g_byte_array_unref);
  write_more (self);
  connection_unref (self);
}

static void
write_more (WeirRedisConnection *self)
{
  if (self->is_down || self->stream == NULL || self->writing != NULL || self->out->len == 0)
    return;

  self->writing = g_steal_pointer (&self->out);
  self->out = g_byte_array_new ();
  g_output_stream_write_all_async (
    g_io_stream_get_output_stream (G_IO_STREAM (self->stream)), self->writing->data,
    self->writing->len, G_PRIORITY_DEFAULT, self->cancellable, written_cb, connection_ref (self));
}

/**
 * weir_redis_connection_send:
 * @self: a connection
 * @n_words: how many words the command has
 * @words: the words
 * @lengths: their lengths in bytes
 *
 * Sends a command. Whoever sends sees to it that not too much waits.
 */
void
weir_redis_connection_send (WeirRedisConnection *self,
                            int                  n_words,
                            const char         **words,
                            const gsize         *lengths)
{
  char *command = NULL;
  int length;

  if (self->is_down)
    return;
  length = redisFormatCommandArgv (&command, n_words, words, lengths);
  g_return_if_fail (length > 0);
  g_byte_array_append (self->out, (const guint8 *) command, (guint) length);
  redisFreeCommand (command);
  write_more (self);
}

static void
send_login (WeirRedisConnection *self)
{
  const WeirRedisAddress *address = self->address;
  char number[16];
  const char *auth[] = { "AUTH", address->user, address->password };
  const char *select[] = { "SELECT", number };
  const char *ping[] = { "PING" };

  if (address->password != NULL && address->user == NULL)
    auth[1] = address->password;
  if (address->password != NULL)
    {
      gsize lengths[] = { 4, strlen (auth[1]), strlen (address->password) };

      self->asked_auth = TRUE;
      self->n_login++;
      weir_redis_connection_send (self, address->user != NULL ? 3 : 2, auth, lengths);
    }
  if (address->database > 0)
    {
      gsize lengths[] = { 6, (gsize) g_snprintf (number, sizeof number, "%u", address->database) };

      self->n_login++;
      weir_redis_connection_send (self, 2, select, lengths);
    }
  self->n_login++;
  weir_redis_connection_send (self, 1, ping, (gsize[]) { 4 });
}

/* Never the server's words about the password: some of them repeat it. */
static void
take_login (WeirRedisConnection *self,
            const redisReply    *reply)
{
  gboolean is_auth = self->asked_auth;

  self->asked_auth = FALSE;
  if (reply->type == REDIS_REPLY_ERROR && is_auth)
    fail (self, "Redis refuses the password (%.*s)", (int) MIN (strcspn (reply->str, " "), 20),
          reply->str);
  else if (reply->type == REDIS_REPLY_ERROR)
    fail (self, "Redis: %.120s", reply->str);
  else if (--self->n_login == 0)
    self->funcs->up (self->user_data);
}

static void
take_replies (WeirRedisConnection *self)
{
  while (!self->is_down)
    {
      redisReply *reply = NULL;

      if (redisReaderGetReply (self->reader, (void **) &reply) != REDIS_OK)
        {
          fail (self, "Redis: %s", self->reader->errstr);
          return;
        }
      if (reply == NULL)
        break;
      if (self->n_login > 0)
        take_login (self, reply);
      else
        self->funcs->reply (reply, self->user_data);
      freeReplyObject (reply);
    }
  if (!self->is_down && self->reader->len - self->reader->pos > self->max_reply)
    {
      g_autoptr(GError) error = g_error_new (WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
                                             "a message is larger than %" G_GSIZE_FORMAT " bytes",
                                             self->max_reply);

      weir_redis_connection_fail (self, error);
    }
}

static void read_more (WeirRedisConnection *self);

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirRedisConnection *self = user_data;
  g_autoptr(GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    weir_redis_connection_fail (self, error);
  else if (n == 0)
    fail (self, "Redis has closed the connection");
  else if (!self->is_down)
    {
      redisReaderFeed (self->reader, self->buffer, (size_t) n);
      take_replies (self);
      read_more (self);
    }
  connection_unref (self);
}

static void
read_more (WeirRedisConnection *self)
{
  if (!self->is_down)
    g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->stream)),
                               self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                               self->cancellable, read_cb, connection_ref (self));
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  WeirRedisConnection *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) stream =
    g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (stream == NULL)
    weir_redis_connection_fail (self, error);
  else if (!self->is_down)
    {
      self->stream = g_steal_pointer (&stream);
      send_login (self);
      read_more (self);
    }
  connection_unref (self);
}

/**
 * weir_redis_connection_new:
 * @address: where the server is
 * @max_reply: the largest reply, in bytes; a larger one ends the connection
 * @funcs: what is told; static
 * @user_data: for @funcs
 *
 * Begins to connect.
 *
 * Returns: (transfer full): a connection, to be closed
 */
WeirRedisConnection *
weir_redis_connection_new (const WeirRedisAddress *address,
                           gsize                   max_reply,
                           const WeirRedisFuncs   *funcs,
                           gpointer                user_data)
{
  WeirRedisConnection *self = g_new0 (WeirRedisConnection, 1);
  g_autoptr(GSocketClient) client = g_socket_client_new ();

  self->ref_count = 1;
  self->address = weir_redis_address_copy (address);
  self->max_reply = max_reply;
  self->funcs = funcs;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->reader = redisReaderCreate ();
  self->out = g_byte_array_new ();
  g_socket_client_set_timeout (client, SILENCE_SECONDS);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, self->address->host, self->address->port,
                                         self->cancellable, connected_cb, connection_ref (self));

  return self;
}

/**
 * weir_redis_connection_close:
 * @self: (transfer full): a connection
 *
 * Ends it; nothing is told any more.
 */
void
weir_redis_connection_close (WeirRedisConnection *self)
{
  self->is_down = TRUE;
  g_cancellable_cancel (self->cancellable);
  connection_unref (self);
}
