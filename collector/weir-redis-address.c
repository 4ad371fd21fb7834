/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-redis-address.h"

#include <string.h>

#include "weir-error.h"

#define DEFAULT_PORT 6379
#define MAX_DATABASE 65535

static gboolean
fail (GError     **error,
      const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, message);
  return FALSE;
}

/* The path is `/`, or `/N`, or nothing. */
static gboolean
read_database (WeirRedisAddress  *self,
               const char        *path,
               GError           **error)
{
  guint64 number;

  if (*path == '/')
    path++;
  if (*path == '\0')
    return TRUE;
  if (!g_ascii_string_to_unsigned (path, 10, 0, MAX_DATABASE, &number, NULL))
    return fail (error, "what follows the slash is the number of a database");
  self->database = (guint) number;
  return TRUE;
}

static gboolean
read_uri (WeirRedisAddress  *self,
          GUri              *uri,
          GError           **error)
{
  const char *user = g_uri_get_user (uri);
  const char *password = g_uri_get_password (uri);

  if (g_str_equal (g_uri_get_scheme (uri), "rediss"))
    return fail (error, "Redis over TLS is not spoken here: use a tunnel, or a private network");
  if (!g_str_equal (g_uri_get_scheme (uri), "redis") || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL)
    return fail (error, "it is not redis://[[user]:password@]host[:port][/database]");
  if (user != NULL && *user != '\0' && (password == NULL || *password == '\0'))
    return fail (error, "a user needs a password");

  self->host = g_strdup (g_uri_get_host (uri));
  self->port = g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri) : DEFAULT_PORT;
  self->user = user != NULL && *user != '\0' ? g_strdup (user) : NULL;
  self->password = password != NULL && *password != '\0' ? g_strdup (password) : NULL;
  return read_database (self, g_uri_get_path (uri), error);
}

/**
 * weir_redis_address_new:
 * @url: `redis://[[user]:password@]host[:port][/database]`
 * @error: return location for a %WEIR_ERROR_CONFIGURATION, which does not repeat the address
 *
 * Returns: (transfer full) (nullable): the address
 */
WeirRedisAddress *
weir_redis_address_new (const char  *url,
                        GError     **error)
{
  g_autoptr(WeirRedisAddress) self = g_new0 (WeirRedisAddress, 1);
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);
  gboolean is_ipv6;

  if (uri == NULL)
    {
      fail (error, "it is not redis://[[user]:password@]host[:port][/database]");
      return NULL;
    }
  if (!read_uri (self, uri, error))
    return NULL;
  is_ipv6 = strchr (self->host, ':') != NULL;
  self->shown = g_strdup_printf ("redis://%s%s%s:%u/%u", is_ipv6 ? "[" : "", self->host,
                                 is_ipv6 ? "]" : "", self->port, self->database);
  return g_steal_pointer (&self);
}

/**
 * weir_redis_address_copy:
 * @self: an address
 *
 * Returns: (transfer full): a copy
 */
WeirRedisAddress *
weir_redis_address_copy (const WeirRedisAddress *self)
{
  WeirRedisAddress *copy = g_memdup2 (self, sizeof *self);

  copy->host = g_strdup (self->host);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);
  copy->shown = g_strdup (self->shown);
  return copy;
}

/**
 * weir_redis_address_free:
 * @self: (transfer full): an address
 */
void
weir_redis_address_free (WeirRedisAddress *self)
{
  g_free (self->host);
  g_free (self->user);
  g_free (self->password);
  g_free (self->shown);
  g_free (self);
}
