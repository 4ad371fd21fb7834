/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-questions-handler.h"

#include <string.h>

#include "weir-exchange-json.h"
#include "weir-sqlite-saved.h"

#define QUESTIONS      "/v1/questions/"
#define MAX_BODY_BYTES (1024 * 1024)

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer =
    weir_reader_pool_ask_finish (exchange->services->readers, result, &error);

  weir_exchange_reply_result (exchange, answer, error);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = weir_store_sink_run_finish (exchange->services->sink, result, &error);

  weir_exchange_reply_result (exchange, answer, error);
}

/* Called in the store's thread. */
static GBytes *
put_question (WeirStore  *store,
              gpointer    data,
              GError    **error)
{
  if (!weir_store_put_question (store, data, error))
    return NULL;
  return g_bytes_new_static ("{\"saved\":true}", strlen ("{\"saved\":true}"));
}

static GBytes *
remove_question (WeirStore  *store,
                 gpointer    data,
                 GError    **error)
{
  if (!weir_store_remove_question (store, data, error))
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
  WeirSavedQuestion *question = NULL;

  if (body != NULL && g_bytes_get_size (body) > MAX_BODY_BYTES)
    g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE, "The question is too long");
  else if (body != NULL)
    question = weir_saved_question_new_from_json (name, g_bytes_get_data (body, NULL),
                                                  g_bytes_get_size (body), &error);
  if (question == NULL)
    weir_exchange_reply_error (exchange, error);
  else
    change (exchange, put_question, question, (GDestroyNotify) weir_saved_question_free);
}

static void
ask (WeirExchange   *exchange,
     WeirReaderFunc  func,
     char           *text)
{
  weir_reader_pool_ask_async (exchange->services->readers, func, text, g_free,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}

/**
 * weir_questions_handler_list:
 * @exchange: (transfer full): `GET /v1/questions?kind=funnel`
 *
 * Lists the saved questions.
 */
void
weir_questions_handler_list (WeirExchange *exchange)
{
  const char *kind = weir_exchange_get_parameter (exchange, "kind");

  weir_exchange_offer_table (exchange, "questions", "name,kind,question,created,updated");
  ask (exchange, weir_sqlite_saved_list,
       kind != NULL && *kind != '\0' ? g_strdup (kind) : NULL);
}

/**
 * weir_questions_handler_run:
 * @exchange: (transfer full): `GET`, `PUT` or `DELETE` of `/v1/questions/NAME`
 *
 * Shows, saves or forgets a question.
 */
void
weir_questions_handler_run (WeirExchange *exchange)
{
  g_autofree char *name = weir_exchange_dup_name (exchange, QUESTIONS, WEIR_QUESTION_MAX_NAME);
  WeirMethods method = weir_exchange_get_method (exchange);

  if (name == NULL)
    weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                          "a question needs a name of at most 200 bytes: /v1/questions/NAME");
  else if (method == WEIR_METHOD_GET)
    ask (exchange, weir_sqlite_saved_get, g_steal_pointer (&name));
  else if (!weir_exchange_may_change (exchange))
    return;
  else if (method == WEIR_METHOD_PUT)
    put (exchange, name);
  else
    change (exchange, remove_question, g_steal_pointer (&name), g_free);
}
