/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohorts-handler.h"

#include <string.h>

#include "weir-sqlite-cohorts.h"

#define COHORTS "/v1/cohorts/"

static void
reply (WeirExchange *exchange,
       GBytes       *answer,
       const GError *error)
{
  if (answer != NULL)
    weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, answer);
  else
    weir_exchange_reply_error (exchange, error);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer =
    weir_reader_pool_ask_finish (exchange->services->readers, result, &error);

  reply (exchange, answer, error);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = weir_store_sink_run_finish (exchange->services->sink, result, &error);

  reply (exchange, answer, error);
}

/* Called in the store's thread. */
static GBytes *
put_cohort (WeirStore  *store,
            gpointer    data,
            GError    **error)
{
  const WeirSavedCohort *cohort = data;

  if (!weir_store_put_cohort (store, cohort, error))
    return NULL;
  return g_bytes_new_static ("{\"saved\":true}", strlen ("{\"saved\":true}"));
}

static GBytes *
remove_cohort (WeirStore  *store,
               gpointer    data,
               GError    **error)
{
  if (!weir_store_remove_cohort (store, data, error))
    return NULL;
  return g_bytes_new_static ("{\"deleted\":true}", strlen ("{\"deleted\":true}"));
}

static void
change (WeirExchange   *exchange,
        WeirStoreFunc   func,
        gpointer        data,
        GDestroyNotify  destroy)
{
  weir_exchange_hold (exchange);
  weir_store_sink_run_async (exchange->services->sink, func, data, destroy, NULL, done_cb,
                             exchange);
}

static void
put (WeirExchange *exchange,
     const char   *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = weir_exchange_dup_body (exchange, &error);
  WeirSavedCohort *cohort = NULL;

  if (body != NULL)
    cohort = weir_saved_cohort_new_from_json (name, g_bytes_get_data (body, NULL),
                                              g_bytes_get_size (body), &error);
  if (cohort == NULL)
    weir_exchange_reply_error (exchange, error);
  else
    change (exchange, put_cohort, cohort, (GDestroyNotify) weir_saved_cohort_free);
}

static void
ask (WeirExchange   *exchange,
     WeirReaderFunc  func,
     char           *name)
{
  weir_reader_pool_ask_async (exchange->services->readers, func, name, g_free,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}

/**
 * weir_cohorts_handler_list:
 * @exchange: (transfer full): `GET /v1/cohorts`
 */
void
weir_cohorts_handler_list (WeirExchange *exchange)
{
  weir_exchange_offer_table (exchange, "cohorts",
                             "name,static,n_distinct_ids,created,updated,where");
  ask (exchange, weir_sqlite_cohorts_list, NULL);
}

/**
 * weir_cohorts_handler_run:
 * @exchange: (transfer full): `GET`, `PUT` or `DELETE` of `/v1/cohorts/NAME`
 *
 * Shows, saves or forgets a cohort.
 */
void
weir_cohorts_handler_run (WeirExchange *exchange)
{
  const char *method = soup_server_message_get_method (exchange->message);
  const char *escaped = exchange->path + strlen (COHORTS);
  g_autofree char *name = g_uri_unescape_string (escaped, NULL);
  g_autoptr(GError) error = NULL;

  if (name == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL))
    {
      g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "a cohort needs a name: /v1/cohorts/NAME");
      weir_exchange_reply_error (exchange, error);
    }
  else if (g_str_equal (method, "PUT") || g_str_equal (method, "DELETE"))
    {
      if (exchange->services->sink == NULL)
        {
          g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_METHOD_NOT_ALLOWED,
                               "this collector serves a file for reading only; nothing can be "
                               "changed");
          weir_exchange_reply_error (exchange, error);
        }
      else if (g_str_equal (method, "PUT"))
        put (exchange, name);
      else
        change (exchange, remove_cohort, g_steal_pointer (&name), g_free);
    }
  else
    {
      ask (exchange, weir_sqlite_cohorts_get, g_steal_pointer (&name));
    }
}
