/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-relay-link.h"

#include "weir-error.h"
#include "weir-retry.h"

struct _WeirRelayLink {
  const WeirRedisFuncs *funcs;
  gpointer user_data;
  WeirRedisAddress *address;
  gsize max_reply;
  WeirRedisConnection *connection;   /* NULL while it waits */
  GSource *retry;
  guint n_failures;
  gboolean is_up;
};

static void
up_cb (gpointer user_data)
{
  WeirRelayLink *self = user_data;

  self->n_failures = 0;
  self->is_up = TRUE;
  self->funcs->up (self->user_data);
}

static void
reply_cb (const redisReply *reply,
          gpointer          user_data)
{
  WeirRelayLink *self = user_data;

  self->funcs->reply (reply, self->user_data);
}

static gboolean
retry_cb (gpointer user_data)
{
  WeirRelayLink *self = user_data;

  g_clear_pointer (&self->retry, g_source_unref);
  weir_relay_link_start (self);
  return G_SOURCE_REMOVE;
}

static void
down_cb (const GError *error,
         gpointer      user_data)
{
  WeirRelayLink *self = user_data;
  gint64 pause = weir_retry_choose_pause (++self->n_failures, 0, g_random_double ());

  self->is_up = FALSE;
  g_clear_pointer (&self->connection, weir_redis_connection_close);
  self->retry = g_timeout_source_new ((guint) (pause / G_TIME_SPAN_MILLISECOND));
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_attach (self->retry, g_main_context_get_thread_default ());
  self->funcs->down (error, self->user_data);
}

static const WeirRedisFuncs own_funcs = { up_cb, reply_cb, down_cb };

/**
 * weir_relay_link_new:
 * @address: where the server is
 * @max_reply: the largest reply, in bytes
 * @funcs: told each time; static
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a link that was not started
 */
WeirRelayLink *
weir_relay_link_new (const WeirRedisAddress *address,
                     gsize                   max_reply,
                     const WeirRedisFuncs   *funcs,
                     gpointer                user_data)
{
  WeirRelayLink *self = g_new0 (WeirRelayLink, 1);

  self->address = weir_redis_address_copy (address);
  self->max_reply = max_reply;
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

/**
 * weir_relay_link_free:
 * @self: (transfer full): a link
 *
 * Closes and frees it; nothing is told any more.
 */
void
weir_relay_link_free (WeirRelayLink *self)
{
  if (self->retry != NULL)
    g_source_destroy (self->retry);
  g_clear_pointer (&self->retry, g_source_unref);
  g_clear_pointer (&self->connection, weir_redis_connection_close);
  weir_redis_address_free (self->address);
  g_free (self);
}

/**
 * weir_relay_link_start:
 * @self: a link without a connection
 *
 * Connects, in the thread-default main context.
 */
void
weir_relay_link_start (WeirRelayLink *self)
{
  g_return_if_fail (self->connection == NULL);

  self->connection = weir_redis_connection_new (self->address, self->max_reply, &own_funcs, self);
}

/**
 * weir_relay_link_is_up:
 * @self: a link
 *
 * Returns: whether commands may be sent
 */
gboolean
weir_relay_link_is_up (WeirRelayLink *self)
{
  return self->is_up;
}

/**
 * weir_relay_link_send:
 * @self: a link that is up
 * @n_words: how many words the command has
 * @words: the words
 * @lengths: their lengths in bytes
 *
 * Sends a command.
 */
void
weir_relay_link_send (WeirRelayLink *self,
                      int            n_words,
                      const char   **words,
                      const gsize   *lengths)
{
  g_return_if_fail (self->is_up);

  weir_redis_connection_send (self->connection, n_words, words, lengths);
}

/**
 * weir_relay_link_refuse:
 * @self: a link that is up
 * @message: what the server said
 *
 * Breaks the connection, as what the server said makes it useless for now.
 */
void
weir_relay_link_refuse (WeirRelayLink *self,
                        const char    *message)
{
  g_autoptr(GError) error = NULL;

  if (self->connection == NULL)
    return;
  g_set_error (&error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "Redis: %.120s", message);
  weir_redis_connection_fail (self->connection, error);
}
