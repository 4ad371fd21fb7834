/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "weir-error.h"

#define BACKLOG          1024
#define ACCEPTS_PER_WAKE 64
#define PAUSE_MS         100
#define USER_TIMEOUT_MS  30000

/* Counts live on as long as the last connection, which may be in another thread's hands. */
typedef struct {
  guint n_open;
  GMutex lock;
  GHashTable *per_address;   /* address → count; only when there is a cap */
} Counts;

typedef struct {
  Counts *counts;
  char *address;
} Slot;

typedef struct {
  WeirAcceptor *acceptor;
  GSocket *socket;
  GSource *source;
  char *url;
  char *path;    /* of a Unix socket, to be removed */
} Listener;

struct _WeirAcceptor {
  GPtrArray *listeners;
  Counts *counts;
  guint max_connections;
  guint max_per_address;
  WeirAcceptFunc func;
  gpointer user_data;

  int reserve_fd;
  GSource *resume;
  gint64 next_warning;
  guint64 n_accepted;
  guint64 n_refused;
};

static G_DEFINE_QUARK (weir-acceptor-slot, slot)

static void
counts_clear (gpointer data)
{
  Counts *counts = data;

  g_mutex_clear (&counts->lock);
  g_clear_pointer (&counts->per_address, g_hash_table_unref);
}

static guint
counts_add (Counts     *counts,
            const char *address,
            int         delta)
{
  guint count;

  g_mutex_lock (&counts->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (counts->per_address, address));
  count = (guint) ((int) count + delta);
  if (count == 0)
    g_hash_table_remove (counts->per_address, address);
  else
    g_hash_table_insert (counts->per_address, g_strdup (address), GUINT_TO_POINTER (count));
  g_mutex_unlock (&counts->lock);
  return count;
}

/* Runs in whichever thread drops the connection last. */
static void
slot_free (gpointer data)
{
  Slot *slot = data;

  g_atomic_int_add ((int *) &slot->counts->n_open, -1);
  if (slot->address != NULL)
    counts_add (slot->counts, slot->address, -1);
  g_atomic_rc_box_release_full (slot->counts, counts_clear);
  g_free (slot->address);
  g_free (slot);
}

static void
listener_free (gpointer data)
{
  Listener *listener = data;

  if (listener->source != NULL)
    g_source_destroy (listener->source);
  g_clear_pointer (&listener->source, g_source_unref);
  g_socket_close (listener->socket, NULL);
  g_clear_object (&listener->socket);
  if (listener->path != NULL)
    (void) g_unlink (listener->path);
  g_free (listener->path);
  g_free (listener->url);
  g_free (listener);
}

/* Nothing is read, so the answer may be lost in a reset; a client over the cap cannot complain. */
static void
turn_away (WeirAcceptor *self,
           int           fd)
{
  static const char answer[] =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 2\r\n"
    "Content-Length: 75\r\nConnection: close\r\n\r\n"
    "{\"error\":{\"code\":\"unavailable\",\"message\":\"There are too many connections\"}}";

  __atomic_fetch_add (&self->n_refused, 1, __ATOMIC_RELAXED);
  (void) !send (fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  (void) shutdown (fd, SHUT_WR);
}

static char *
find_peer (GSocket *socket)
{
  g_autoptr(GSocketAddress) address = g_socket_get_remote_address (socket, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return g_inet_address_to_string (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
hand_over (WeirAcceptor *self,
           GSocket      *socket)
{
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *peer = NULL;
  Slot *slot;

  if ((guint) g_atomic_int_get ((int *) &self->counts->n_open) >= self->max_connections)
    {
      turn_away (self, g_socket_get_fd (socket));
      return;
    }

  if (self->max_per_address > 0)
    {
      peer = find_peer (socket);
      if (peer != NULL && counts_add (self->counts, peer, 1) > self->max_per_address)
        {
          counts_add (self->counts, peer, -1);
          turn_away (self, g_socket_get_fd (socket));
          return;
        }
    }

  slot = g_new0 (Slot, 1);
  slot->counts = g_atomic_rc_box_acquire (self->counts);
  slot->address = g_steal_pointer (&peer);
  g_atomic_int_inc ((int *) &self->counts->n_open);
  __atomic_fetch_add (&self->n_accepted, 1, __ATOMIC_RELAXED);

  connection = g_socket_connection_factory_create_connection (socket);
  g_object_set_qdata_full (G_OBJECT (connection), slot_quark (), slot, slot_free);
  self->func (connection, self->user_data);
}

static gboolean listener_accept_cb (GSocket      *socket,
                                    GIOCondition  condition,
                                    gpointer      user_data);

static void
listener_watch (Listener *listener)
{
  if (listener->source != NULL)
    return;
  listener->source = g_socket_create_source (listener->socket, G_IO_IN, NULL);
  g_source_set_callback (listener->source, G_SOURCE_FUNC (listener_accept_cb), listener, NULL);
  g_source_attach (listener->source, NULL);
}

static void
listener_unwatch (Listener *listener)
{
  if (listener->source != NULL)
    g_source_destroy (listener->source);
  g_clear_pointer (&listener->source, g_source_unref);
}

static GSocket *
accept_one (GSocket *listener)
{
  int fd = accept4 (g_socket_get_fd (listener), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  GSocket *client;

  if (fd < 0)
    return NULL;
  client = g_socket_new_from_fd (fd, NULL);
  if (client == NULL)
    {
      close (fd);
      errno = ECONNABORTED;   /* the client was gone before it could be looked at */
    }
  return client;
}

static gboolean
resume_cb (gpointer user_data)
{
  WeirAcceptor *self = user_data;

  g_clear_pointer (&self->resume, g_source_unref);
  if (self->reserve_fd < 0)
    self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  for (guint i = 0; i < self->listeners->len; i++)
    listener_watch (g_ptr_array_index (self->listeners, i));
  return G_SOURCE_REMOVE;
}

/* A listening socket stays readable while its queue cannot be emptied, and polling it would eat
 * the processor: look away for a moment. The reserve descriptor lets one waiting client go with
 * an answer instead of a hanging connection.
 */
static void
pause_accepting (WeirAcceptor *self,
                 GSocket      *socket,
                 int           reason)
{
  if (self->reserve_fd >= 0)
    {
      int fd;

      close (self->reserve_fd);
      fd = accept4 (g_socket_get_fd (socket), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd >= 0)
        {
          turn_away (self, fd);
          close (fd);
        }
      self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    }

  for (guint i = 0; i < self->listeners->len; i++)
    listener_unwatch (g_ptr_array_index (self->listeners, i));
  if (self->resume == NULL)
    {
      self->resume = g_timeout_source_new (PAUSE_MS);
      g_source_set_callback (self->resume, resume_cb, self, NULL);
      g_source_attach (self->resume, NULL);
    }

  if (g_get_monotonic_time () >= self->next_warning)
    {
      g_warning ("cannot accept connections: %s", g_strerror (reason));
      self->next_warning = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
    }
}

static gboolean
listener_accept_cb (GSocket      *socket,
                    GIOCondition  condition,
                    gpointer      user_data)
{
  Listener *listener = user_data;
  WeirAcceptor *self = listener->acceptor;

  for (guint i = 0; i < ACCEPTS_PER_WAKE; i++)
    {
      g_autoptr(GSocket) client = accept_one (socket);
      int reason = errno;

      if (client != NULL)
        hand_over (self, client);
      else if (reason == EAGAIN || reason == EWOULDBLOCK)
        break;
      else if (reason != EINTR && reason != ECONNABORTED && reason != EPROTO)
        {
          pause_accepting (self, socket, reason);
          return G_SOURCE_REMOVE;
        }
    }

  return G_SOURCE_CONTINUE;
}

/* Accepted sockets inherit these from the one that listens. */
static void
set_tcp_options (GSocket *socket)
{
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, 60, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, 15, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS, NULL);
}

/* A socket file that nobody listens on any more is left from a crash. */
static gboolean
clear_stale_path (GSocketAddress  *address,
                  const char      *path,
                  GError         **error)
{
  g_autoptr(GSocket) probe = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  probe = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                        error);
  if (probe == NULL)
    return FALSE;
  if (g_socket_connect (probe, address, NULL, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "somebody listens on %s", path);
      return FALSE;
    }
  (void) g_unlink (path);
  return TRUE;
}

static char *
describe_address (GSocketAddress *address)
{
  g_autofree char *host = NULL;
  GInetAddress *inet;
  guint port;

  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    return g_strconcat ("unix:", g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address)),
                        NULL);

  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  host = g_inet_address_to_string (inet);
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  return g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6
    ? g_strdup_printf ("http://[%s]:%u", host, port)
    : g_strdup_printf ("http://%s:%u", host, port);
}

static gboolean
bind_socket (GSocket         *socket,
             GSocketAddress  *address,
             GError         **error)
{
  mode_t mask;
  gboolean bound;

  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, TRUE, NULL);
  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    {
      set_tcp_options (socket);
      return g_socket_bind (socket, address, TRUE, error);
    }

  mask = umask (0177);
  bound = g_socket_bind (socket, address, TRUE, error);
  umask (mask);
  return bound;
}

/**
 * weir_acceptor_new:
 * @max_connections: open connections at which further ones are turned away with 503
 * @max_per_address: the same for one client address, or 0 for no such cap
 * @func: called with each connection
 * @user_data: for @func
 *
 * Makes an acceptor that does not listen yet.
 *
 * Returns: (transfer full): a new acceptor
 */
WeirAcceptor *
weir_acceptor_new (guint          max_connections,
                   guint          max_per_address,
                   WeirAcceptFunc func,
                   gpointer       user_data)
{
  WeirAcceptor *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (WeirAcceptor, 1);
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  self->counts = g_atomic_rc_box_new0 (Counts);
  g_mutex_init (&self->counts->lock);
  self->counts->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->max_connections = max_connections;
  self->max_per_address = max_per_address;
  self->func = func;
  self->user_data = user_data;
  self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  return self;
}

/**
 * weir_acceptor_free:
 * @self: the acceptor
 *
 * Stops listening. Connections that are open stay so.
 */
void
weir_acceptor_free (WeirAcceptor *self)
{
  g_return_if_fail (self != NULL);

  weir_acceptor_stop (self);
  g_ptr_array_unref (self->listeners);
  if (self->reserve_fd >= 0)
    close (self->reserve_fd);
  g_atomic_rc_box_release_full (self->counts, counts_clear);
  g_free (self);
}

/**
 * weir_acceptor_parse_address:
 * @address: `ADDR:PORT`, `[V6]:PORT`, `localhost:PORT` or `unix:PATH`
 * @error: return location for a [error@Weir.Error]
 *
 * Reads an address to listen on.
 *
 * Returns: (transfer full): the address, or %NULL
 */
GSocketAddress *
weir_acceptor_parse_address (const char  *address,
                             GError     **error)
{
  g_autofree char *host = NULL;
  const char *colon;
  guint64 port;

  g_return_val_if_fail (address != NULL, NULL);

  if (g_str_has_prefix (address, "unix:"))
    {
      const char *path = address + strlen ("unix:");

      if (*path != '\0' && strlen (path) < 108)
        return g_unix_socket_address_new (path);
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                   "“%s” is no path for a Unix socket (at most 107 bytes)", path);
      return NULL;
    }

  colon = strrchr (address, ':');
  if (colon != NULL && colon > address &&
      g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      if (*address == '[' && colon[-1] == ']')
        host = g_strndup (address + 1, (gsize) (colon - address - 2));
      else
        host = g_strndup (address, (gsize) (colon - address));
      if (g_str_equal (host, "localhost"))
        return g_inet_socket_address_new_from_string ("127.0.0.1", (guint) port);
      if (g_hostname_is_ip_address (host) && (strchr (host, ':') == NULL) == (*address != '['))
        return g_inet_socket_address_new_from_string (host, (guint) port);
    }

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
               "“%s” is not an address to listen on (ADDR:PORT, [V6]:PORT or unix:PATH)", address);
  return NULL;
}

/**
 * weir_acceptor_listen:
 * @self: the acceptor
 * @address: as for [func@Weir.Acceptor.parse_address]
 * @error: return location for an error
 *
 * Binds and listens; nothing is accepted before [method@Weir.Acceptor.start].
 *
 * Returns: whether it listens
 */
gboolean
weir_acceptor_listen (WeirAcceptor  *self,
                      const char    *address,
                      GError       **error)
{
  g_autoptr(GSocketAddress) parsed = NULL;
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GSocket) socket = NULL;
  const char *path = NULL;
  Listener *listener;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  parsed = weir_acceptor_parse_address (address, error);
  if (parsed == NULL)
    return FALSE;
  if (G_IS_UNIX_SOCKET_ADDRESS (parsed))
    path = g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (parsed));

  socket = g_socket_new (g_socket_address_get_family (parsed), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_DEFAULT, error);
  if (socket == NULL || (path != NULL && !clear_stale_path (parsed, path, error)))
    return FALSE;

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!bind_socket (socket, parsed, error) || !g_socket_listen (socket, error))
    {
      g_prefix_error (error, "cannot listen on %s: ", address);
      return FALSE;
    }

  bound = g_socket_get_local_address (socket, NULL);
  listener = g_new0 (Listener, 1);
  listener->acceptor = self;
  listener->socket = g_steal_pointer (&socket);
  listener->url = describe_address (bound != NULL ? bound : parsed);
  listener->path = g_strdup (path);
  g_ptr_array_add (self->listeners, listener);
  return TRUE;
}

/**
 * weir_acceptor_dup_urls:
 * @self: the acceptor
 *
 * Returns: (transfer full): where it listens, with the ports that were picked; `unix:PATH`
 *   for Unix sockets
 */
char **
weir_acceptor_dup_urls (WeirAcceptor *self)
{
  g_autoptr(GStrvBuilder) urls = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->listeners->len; i++)
    g_strv_builder_add (urls, ((Listener *) g_ptr_array_index (self->listeners, i))->url);
  return g_strv_builder_end (urls);
}

/**
 * weir_acceptor_start:
 * @self: the acceptor
 *
 * Begins to accept, on the default main context.
 */
void
weir_acceptor_start (WeirAcceptor *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->listeners->len; i++)
    listener_watch (g_ptr_array_index (self->listeners, i));
}

/**
 * weir_acceptor_stop:
 * @self: the acceptor
 *
 * Stops listening for good.
 */
void
weir_acceptor_stop (WeirAcceptor *self)
{
  g_return_if_fail (self != NULL);

  if (self->resume != NULL)
    g_source_destroy (self->resume);
  g_clear_pointer (&self->resume, g_source_unref);
  g_ptr_array_set_size (self->listeners, 0);
}

/**
 * weir_acceptor_get_n_connections:
 * @self: the acceptor
 *
 * Returns: connections open now, streams included; from any thread
 */
guint
weir_acceptor_get_n_connections (WeirAcceptor *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint) g_atomic_int_get ((int *) &self->counts->n_open);
}

/**
 * weir_acceptor_get_n_accepted:
 * @self: the acceptor
 *
 * Returns: connections accepted since start
 */
guint64
weir_acceptor_get_n_accepted (WeirAcceptor *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return __atomic_load_n (&self->n_accepted, __ATOMIC_RELAXED);
}

/**
 * weir_acceptor_get_n_refused:
 * @self: the acceptor
 *
 * Returns: connections turned away since start
 */
guint64
weir_acceptor_get_n_refused (WeirAcceptor *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return __atomic_load_n (&self->n_refused, __ATOMIC_RELAXED);
}
