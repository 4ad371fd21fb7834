/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-address.h"

struct _WeirClickhouseAddress {
  gatomicrefcount ref_count;
  char *url;        /* holds the password */
  char *library;
  char *folder;
};

static WeirClickhouseAddress *
address_new (const char *url,
             const char *library,
             const char *folder)
{
  WeirClickhouseAddress *self = g_new0 (WeirClickhouseAddress, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->url = g_strdup (url);
  self->library = g_strdup (library);
  self->folder = g_strdup (folder);
  return self;
}

/**
 * weir_clickhouse_address_new_url:
 * @url: `http://user:password@host:8123/database`
 * @error: return location for a %WEIR_ERROR_CONFIGURATION
 *
 * Returns: (transfer full) (nullable): the address of a server
 */
WeirClickhouseAddress *
weir_clickhouse_address_new_url (const char  *url,
                                 GError     **error)
{
  g_autoptr(WeirClickhouseClient) client =
    weir_clickhouse_client_new (url, G_TIME_SPAN_SECOND, error);

  return client != NULL ? address_new (url, NULL, NULL) : NULL;
}

/**
 * weir_clickhouse_address_new_library:
 * @library: file of the library libchdb
 * @folder: where its tables are
 *
 * Returns: (transfer full): the address of ClickHouse in this process
 */
WeirClickhouseAddress *
weir_clickhouse_address_new_library (const char *library,
                                     const char *folder)
{
  return address_new (NULL, library, folder);
}

/**
 * weir_clickhouse_address_ref:
 * @self: an address
 *
 * Returns: (transfer full): @self
 */
WeirClickhouseAddress *
weir_clickhouse_address_ref (WeirClickhouseAddress *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * weir_clickhouse_address_unref:
 * @self: (transfer full): an address
 */
void
weir_clickhouse_address_unref (WeirClickhouseAddress *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->url);
  g_free (self->library);
  g_free (self->folder);
  g_free (self);
}

/**
 * weir_clickhouse_address_is_library:
 * @self: an address
 *
 * Returns: whether ClickHouse is in this process
 */
gboolean
weir_clickhouse_address_is_library (WeirClickhouseAddress *self)
{
  return self->url == NULL;
}

/**
 * weir_clickhouse_address_connect:
 * @self: an address
 * @timeout: how long a request may take, in microseconds
 * @error: return location for an error
 *
 * Makes a client with a main context of its own, so that it can be asked and waited for in any
 * thread, one at a time. A server is not asked anything yet.
 *
 * Returns: (transfer full) (nullable): the client
 */
WeirClickhouseClient *
weir_clickhouse_address_connect (WeirClickhouseAddress  *self,
                                 gint64                  timeout,
                                 GError                **error)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  WeirClickhouseClient *client;

  g_main_context_push_thread_default (context);
  client = self->url != NULL
             ? weir_clickhouse_client_new (self->url, timeout, error)
             : weir_clickhouse_client_new_embedded (self->library, self->folder, error);
  g_main_context_pop_thread_default (context);

  return client;
}
