/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-connection.h"

struct _WeirConnection {
  GIOStream parent_instance;

  GSocketConnection *base;
  WeirRequestStream *requests;
  GSocketAddress *address;
  GList link;
  gboolean is_local;
  gboolean is_closed;

  WeirConnectionFunc closed;
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (WeirConnection, weir_connection, G_TYPE_IO_STREAM)

static G_DEFINE_QUARK (weir-connection, weir_connection)

static GInputStream *
weir_connection_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (WEIR_CONNECTION (stream)->requests);
}

static GOutputStream *
weir_connection_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (WEIR_CONNECTION (stream)->base));
}

/* The server is done with the connection, because it closes or because it was taken away. */
static void
leave_server (WeirConnection *self)
{
  if (self->is_closed)
    return;

  self->is_closed = TRUE;
  g_object_set_qdata (G_OBJECT (self->address), weir_connection_quark (), NULL);
  self->closed (self, self->user_data);
}

static gboolean
weir_connection_close (GIOStream     *stream,
                       GCancellable  *cancellable,
                       GError       **error)
{
  WeirConnection *self = WEIR_CONNECTION (stream);

  if (self->is_closed)
    return TRUE;
  leave_server (self);
  return g_io_stream_close (G_IO_STREAM (self->base), cancellable, error);
}

static void
weir_connection_finalize (GObject *object)
{
  WeirConnection *self = WEIR_CONNECTION (object);

  g_assert (self->is_closed);   /* GIOStream closes when it is disposed of */
  g_clear_object (&self->base);
  g_clear_object (&self->requests);
  g_clear_object (&self->address);

  G_OBJECT_CLASS (weir_connection_parent_class)->finalize (object);
}

static void
weir_connection_class_init (WeirConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = weir_connection_finalize;
  stream_class->get_input_stream = weir_connection_get_input_stream;
  stream_class->get_output_stream = weir_connection_get_output_stream;
  stream_class->close_fn = weir_connection_close;
}

static void
weir_connection_init (WeirConnection *self)
{
  self->link.data = self;
}

/* The library wants internet addresses; a client on a Unix socket is shown as 127.0.0.1. */
static void
find_address (WeirConnection *self)
{
  g_autoptr(GSocketAddress) remote = g_socket_connection_get_remote_address (self->base, NULL);
  GInetAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (remote))
    {
      self->is_local = remote != NULL ||
                       g_socket_get_family (g_socket_connection_get_socket (self->base)) ==
                       G_SOCKET_FAMILY_UNIX;
      self->address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
      return;
    }

  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  self->is_local = g_inet_address_get_is_loopback (inet);
  self->address = g_steal_pointer (&remote);
}

/**
 * weir_connection_new:
 * @base: an accepted connection
 * @rules: what is let in
 * @totals: what all connections have in common; must outlive the connection
 * @closed: called once, when the connection is closed or taken out of the server
 * @user_data: for @closed
 *
 * Wraps @base for the HTTP library.
 *
 * Returns: (transfer full): a new connection
 */
WeirConnection *
weir_connection_new (GSocketConnection  *base,
                     WeirRequestRules   *rules,
                     WeirDoorTotals     *totals,
                     WeirConnectionFunc  closed,
                     gpointer            user_data)
{
  WeirConnection *self;

  g_return_val_if_fail (G_IS_SOCKET_CONNECTION (base), NULL);
  g_return_val_if_fail (closed != NULL, NULL);

  self = g_object_new (WEIR_TYPE_CONNECTION, NULL);
  self->base = g_object_ref (base);
  self->requests = weir_request_stream_new (g_socket_connection_get_socket (base), rules, totals);
  self->closed = closed;
  self->user_data = user_data;
  find_address (self);
  g_object_set_qdata (G_OBJECT (self->address), weir_connection_quark (), self);
  return self;
}

/**
 * weir_connection_get_address:
 * @self: the connection
 *
 * Returns: (transfer none): the client's address, of the internet family always
 */
GSocketAddress *
weir_connection_get_address (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), NULL);

  return self->address;
}

/**
 * weir_connection_from_address:
 * @address: what [method@Weir.Connection.get_address] returned
 *
 * Finds the connection of a message of the HTTP library, which tells no more of it than the
 * address it was given.
 *
 * Returns: (transfer none) (nullable): the connection, or %NULL once it is closed
 */
WeirConnection *
weir_connection_from_address (GSocketAddress *address)
{
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), NULL);

  return g_object_get_qdata (G_OBJECT (address), weir_connection_quark ());
}

/**
 * weir_connection_is_local:
 * @self: the connection
 *
 * Returns: whether the client is on this machine: loopback or a Unix socket
 */
gboolean
weir_connection_is_local (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), FALSE);

  return self->is_local;
}

/**
 * weir_connection_is_closed:
 * @self: the connection
 *
 * Returns: whether the server is done with it; its messages must not be touched then
 */
gboolean
weir_connection_is_closed (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), TRUE);

  return self->is_closed;
}

/**
 * weir_connection_get_requests:
 * @self: the connection
 *
 * Returns: (transfer none): its reading side
 */
WeirRequestStream *
weir_connection_get_requests (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), NULL);

  return self->requests;
}

/**
 * weir_connection_get_socket:
 * @self: the connection
 *
 * Returns: (transfer none): its socket
 */
GSocket *
weir_connection_get_socket (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), NULL);

  return g_socket_connection_get_socket (self->base);
}

/**
 * weir_connection_get_link:
 * @self: the connection
 *
 * Returns: (transfer none): a list link for the worker's use, with @self as its data
 */
GList *
weir_connection_get_link (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), NULL);

  return &self->link;
}

/**
 * weir_connection_steal_base:
 * @self: the connection
 *
 * Takes the socket away from the server, which afterwards closes nothing. What the client has
 * sent beyond its request is lost.
 *
 * Returns: (transfer full): the connection underneath
 */
GSocketConnection *
weir_connection_steal_base (WeirConnection *self)
{
  g_return_val_if_fail (WEIR_IS_CONNECTION (self), NULL);

  leave_server (self);
  return g_object_ref (self->base);
}
