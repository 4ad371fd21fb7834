/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-router.h"

#include <string.h>

struct _WeirRouter {
  GHashTable *exact;     /* path → WeirRoute */
  GPtrArray *prefixes;   /* of WeirRoute, the longest first */
};

static const struct {
  WeirMethods method;
  const char *names;
} method_names[] = {
  { WEIR_METHOD_GET, "GET, HEAD, " },
  { WEIR_METHOD_POST, "POST, " },
  { WEIR_METHOD_PUT, "PUT, " },
  { WEIR_METHOD_DELETE, "DELETE, " },
};

/* The library's names are compared by what they say: its macros for them are not thread-safe. */
static WeirMethods
find_method (const char *name)
{
  if (g_str_equal (name, "POST"))
    return WEIR_METHOD_POST;
  if (g_str_equal (name, "GET") || g_str_equal (name, "HEAD"))
    return WEIR_METHOD_GET;
  if (g_str_equal (name, "PUT"))
    return WEIR_METHOD_PUT;
  if (g_str_equal (name, "DELETE"))
    return WEIR_METHOD_DELETE;
  return 0;
}

static const WeirRoute *
find_route (WeirRouter *self,
            const char *path)
{
  const WeirRoute *route = g_hash_table_lookup (self->exact, path);

  for (guint i = 0; route == NULL && i < self->prefixes->len; i++)
    {
      const WeirRoute *candidate = g_ptr_array_index (self->prefixes, i);

      if (g_str_has_prefix (path, candidate->path))
        route = candidate;
    }
  return route;
}

static void
set_allow (WeirExchange *exchange,
           const char   *name,
           WeirMethods   methods)
{
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (method_names); i++)
    if (methods & method_names[i].method)
      g_string_append (names, method_names[i].names);
  g_string_append (names, "OPTIONS");
  weir_exchange_set_header (exchange, name, names->str);
}

static void
reply_options (WeirExchange *exchange)
{
  WeirMethods methods = exchange->route != NULL ? exchange->route->methods : 0;

  set_allow (exchange, "Allow", methods);
  if (weir_exchange_get_header (exchange, "Origin") != NULL)
    {
      set_allow (exchange, "Access-Control-Allow-Methods", methods);
      weir_exchange_set_header (exchange, "Access-Control-Allow-Headers",
                                "Authorization, Content-Type, Content-Encoding, Last-Event-ID");
      weir_exchange_set_header (exchange, "Access-Control-Max-Age", "86400");
      if (weir_exchange_get_header (exchange, "Access-Control-Request-Private-Network") != NULL)
        weir_exchange_set_header (exchange, "Access-Control-Allow-Private-Network", "true");
    }
  weir_exchange_reply (exchange, SOUP_STATUS_NO_CONTENT, NULL, NULL);
}

static void
refuse (WeirExchange *exchange,
        WeirError     code,
        const char   *message)
{
  g_autoptr(GError) error = g_error_new_literal (WEIR_ERROR, code, message);

  weir_exchange_reply_error (exchange, error);
}

/* A client on this machine needs no key, but one that shows a key must show a known one, so that
 * a typing error does not go unnoticed until the collector moves to another machine.
 */
static gboolean
check_write (WeirExchange *exchange)
{
  WeirAccess *access = exchange->services->access;
  g_autofree char *key = NULL;

  exchange->may_write = weir_connection_is_local (exchange->connection) &&
                        !exchange->services->config->require_key;
  if (!weir_access_has_keys (access))
    return TRUE;

  key = weir_access_dup_credential (weir_exchange_get_header (exchange, "Authorization"));
  if (key == NULL)
    return TRUE;   /* the body may hold one */
  exchange->source = weir_access_find_source (access, key);
  exchange->may_write = exchange->source != NULL;
  return exchange->may_write;
}

static gboolean
check_read (WeirExchange *exchange)
{
  g_autofree char *token =
    weir_access_dup_credential (weir_exchange_get_header (exchange, "Authorization"));

  if (token == NULL && exchange->route->access == WEIR_ROUTE_STREAM)
    token = g_strdup (weir_exchange_get_parameter (exchange, "token"));
  if (!weir_access_may_read (exchange->services->access, token))
    return FALSE;

  weir_exchange_set_header (exchange, "Cache-Control", "no-store");
  weir_exchange_set_header (exchange, "X-Content-Type-Options", "nosniff");
  return TRUE;
}

static gboolean
check_access (WeirExchange *exchange)
{
  switch (exchange->route->access)
    {
    case WEIR_ROUTE_WRITE:
      if (check_write (exchange))
        return TRUE;
      refuse (exchange, WEIR_ERROR_UNAUTHORIZED, "The write key is not known");
      return FALSE;

    case WEIR_ROUTE_READ:
    case WEIR_ROUTE_STREAM:
      if (check_read (exchange))
        return TRUE;
      refuse (exchange, WEIR_ERROR_UNAUTHORIZED, "Reading needs the read token");
      return FALSE;

    case WEIR_ROUTE_OPEN:
    default:
      return TRUE;
    }
}

static int
compare_length (gconstpointer a,
                gconstpointer b)
{
  const WeirRoute *first = *(const WeirRoute *const *) a;
  const WeirRoute *second = *(const WeirRoute *const *) b;

  return (int) strlen (second->path) - (int) strlen (first->path);
}

/**
 * weir_router_new:
 *
 * Returns: (transfer full): a router without routes
 */
WeirRouter *
weir_router_new (void)
{
  WeirRouter *self = g_new0 (WeirRouter, 1);

  self->exact = g_hash_table_new (g_str_hash, g_str_equal);
  self->prefixes = g_ptr_array_new ();
  return self;
}

/**
 * weir_router_free:
 * @self: (transfer full): a router
 *
 * Frees @self.
 */
void
weir_router_free (WeirRouter *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->exact);
  g_ptr_array_unref (self->prefixes);
  g_free (self);
}

/**
 * weir_router_add:
 * @self: a router
 * @routes: (array length=n_routes): routes that live as long as the router
 * @n_routes: how many
 *
 * Adds routes, while the program starts.
 */
void
weir_router_add (WeirRouter      *self,
                 const WeirRoute *routes,
                 guint            n_routes)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < n_routes; i++)
    {
      if (g_str_has_suffix (routes[i].path, "/"))
        g_ptr_array_add (self->prefixes, (gpointer) &routes[i]);
      else
        g_hash_table_insert (self->exact, (gpointer) routes[i].path, (gpointer) &routes[i]);
    }
  g_ptr_array_sort (self->prefixes, compare_length);
}

/**
 * weir_router_route:
 * @self: a router
 * @exchange: (transfer full): a request
 *
 * Sees to it that @exchange is answered, by the handler of its path or with an error.
 */
void
weir_router_route (WeirRouter   *self,
                   WeirExchange *exchange)
{
  const char *name;
  WeirMethods method;

  g_return_if_fail (self != NULL);
  g_return_if_fail (exchange != NULL);

  name = soup_server_message_get_method (exchange->message);
  method = find_method (name);

  /* The library would serve ranges by itself. */
  if (method == WEIR_METHOD_GET)
    soup_message_headers_remove (soup_server_message_get_request_headers (exchange->message),
                                 "Range");

  exchange->route = find_route (self, exchange->path);
  if (g_str_equal (name, "OPTIONS") &&
      (exchange->route != NULL || soup_server_message_is_options_ping (exchange->message)))
    {
      reply_options (exchange);
    }
  else if (exchange->route == NULL)
    {
      refuse (exchange, WEIR_ERROR_NOT_FOUND, "There is nothing at this path");
    }
  else if ((exchange->route->methods & method) == 0)
    {
      set_allow (exchange, "Allow", exchange->route->methods);
      refuse (exchange, WEIR_ERROR_METHOD_NOT_ALLOWED, "This cannot be done at this path");
    }
  else if (check_access (exchange))
    {
      exchange->route->func (exchange);
    }
}
