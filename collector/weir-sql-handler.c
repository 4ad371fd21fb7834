/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-handler.h"

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer =
    weir_sql_console_ask_finish (exchange->services->sql, result, &error);

  if (answer == NULL)
    weir_exchange_reply_error (exchange, error);
  else
    weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK,
                               exchange->wants_csv ? WEIR_TYPE_CSV : WEIR_TYPE_JSON, answer);
}

/**
 * weir_sql_handler_run:
 * @exchange: (transfer full): `POST /v1/sql`
 *
 * Has a question in SQL answered.
 */
void
weir_sql_handler_run (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = weir_exchange_dup_body (exchange, &error);
  WeirSqlQuestion *question = NULL;

  if (body != NULL)
    question = weir_sql_question_new_from_json (g_bytes_get_data (body, NULL),
                                                (gssize) g_bytes_get_size (body), &error);
  if (question == NULL)
    {
      weir_exchange_reply_error (exchange, error);
      return;
    }
  question->wants_csv = exchange->wants_csv = weir_exchange_prefers_csv (exchange);
  weir_sql_console_ask_async (exchange->services->sql, question,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}
