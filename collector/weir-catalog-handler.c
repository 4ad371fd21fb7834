/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-catalog-handler.h"

#include <string.h>

#include "weir-sqlite-catalog.h"

#define MAX_TEXT_BYTES 1000

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer =
    weir_reader_pool_ask_finish (exchange->services->readers, result, &error);

  if (answer == NULL)
    weir_exchange_reply_error (exchange, error);
  else
    weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK,
                               exchange->wants_csv ? WEIR_TYPE_CSV : WEIR_TYPE_JSON, answer);
}

static void
ask (WeirExchange     *exchange,
     WeirReaderFunc    func,
     WeirCatalogQuery *query)
{
  weir_reader_pool_ask_async (exchange->services->readers, func, query,
                              (GDestroyNotify) weir_catalog_query_free,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}

static void
refuse (WeirExchange *exchange,
        const char   *message)
{
  g_autoptr(GError) error =
      g_error_new_literal (WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);

  weir_exchange_reply_error (exchange, error);
}

/* A parameter that is absent or blank is none. */
static const char *
get_text (WeirExchange *exchange,
          const char   *name)
{
  const char *text = weir_exchange_get_parameter (exchange, name);

  return text != NULL && *text != '\0' ? text : NULL;
}

/**
 * weir_catalog_handler_run:
 * @exchange: (transfer full): `GET /v1/catalog?event=NAME`
 *
 * Tells what there is to ask about.
 */
void
weir_catalog_handler_run (WeirExchange *exchange)
{
  weir_exchange_offer_table (exchange, "events", WEIR_CATALOG_COLUMNS);
  ask (exchange, weir_catalog_run, weir_catalog_query_new (get_text (exchange, "event")));
}

/**
 * weir_catalog_handler_run_values:
 * @exchange: (transfer full): `GET /v1/catalog/values?property=P&prefix=…&event=NAME&limit=50`
 *
 * Tells which values a property has.
 */
void
weir_catalog_handler_run_values (WeirExchange *exchange)
{
  const char *property = get_text (exchange, "property");
  const char *limit = get_text (exchange, "limit");
  guint64 n_values = 50;
  WeirCatalogQuery *query;

  if (property == NULL || strlen (property) > MAX_TEXT_BYTES)
    {
      refuse (exchange, "“property” is required, of at most 1000 bytes");
      return;
    }
  if (limit != NULL &&
      !g_ascii_string_to_unsigned (limit, 10, 0, WEIR_CATALOG_MAX_LIMIT, &n_values, NULL))
    {
      refuse (exchange, "“limit” must be a whole number, at most 1000");
      return;
    }
  query = weir_catalog_query_new (get_text (exchange, "event"));
  query->property = g_strdup (property);
  query->prefix = g_strdup (get_text (exchange, "prefix"));
  query->limit = (guint) n_values;
  query->wants_csv = exchange->wants_csv = weir_exchange_prefers_csv (exchange);
  ask (exchange, weir_catalog_run_values, query);
}
