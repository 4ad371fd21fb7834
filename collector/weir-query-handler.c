/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-query-handler.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-catalog-handler.h"
#include "weir-json-load.h"
#include "weir-queries.h"
#include "weir-sqlite-ask.h"
#include "weir-sqlite-catalog.h"
#include "weir-sqlite-person-search.h"
#include "weir-sqlite-questions.h"

#define MAX_QUESTION_BYTES (1024 * 1024)

/* The kinds of question that are no answers made of rows of events. */
static const struct {
  const char *kind;
  gpointer (*parse) (const char *json, gssize length, GError **error);
  GDestroyNotify free;
  WeirReaderFunc run;
  glong wants_csv;       /* where the question says so; -1 where a table is made of the answer */
} kinds[] = {
  { "events", (gpointer (*) (const char *, gssize, GError **)) weir_events_query_new_from_json,
    (GDestroyNotify) weir_events_query_free, weir_events_query_run,
    G_STRUCT_OFFSET (WeirEventsQuery, wants_csv) },
  { "catalog", (gpointer (*) (const char *, gssize, GError **)) weir_catalog_query_new_from_json,
    (GDestroyNotify) weir_catalog_query_free, weir_catalog_run, -1 },
  { "persons", (gpointer (*) (const char *, gssize, GError **)) weir_persons_query_new_from_json,
    (GDestroyNotify) weir_persons_query_free, weir_persons_query_run,
    G_STRUCT_OFFSET (WeirPersonsQuery, wants_csv) },
};

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
ask (WeirExchange   *exchange,
     WeirReaderFunc  func,
     gpointer        question,
     GDestroyNotify  question_free)
{
  weir_reader_pool_ask_async (exchange->services->readers, func, question, question_free,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}

static void
ask_question (WeirExchange *exchange,
              GBytes       *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (
      g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), &error);

  if (question == NULL)
    {
      weir_exchange_reply_error (exchange, error);
      return;
    }
  exchange->wants_csv = weir_exchange_prefers_csv (exchange);
  ask (exchange, weir_ask_run, weir_ask_new (question, exchange->wants_csv),
       (GDestroyNotify) weir_ask_free);
}

static void
stats_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer =
    weir_live_hub_ask_stats_finish (exchange->services->hub, result, &error);

  if (answer == NULL)
    weir_exchange_reply_error (exchange, error);
  else
    weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, answer);
}

static char *
dup_kind (GBytes  *body,
          GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gsize size = g_bytes_get_size (body);
  JsonNode *root = NULL;
  JsonNode *kind = NULL;

  if (size > MAX_QUESTION_BYTES)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE, "The question is too long");
      return NULL;
    }
  if (size == 0 ||
      !weir_json_load (parser, g_bytes_get_data (body, NULL), (gssize) size) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON,
                           "The question is not a JSON object");
      return NULL;
    }

  kind = json_object_get_member (json_node_get_object (root), "kind");
  if (kind != NULL && JSON_NODE_HOLDS_VALUE (kind) &&
      json_node_get_value_type (kind) == G_TYPE_STRING)
    return json_node_dup_string (kind);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "The question has no kind");
  return NULL;
}

/**
 * weir_query_handler_run:
 * @exchange: (transfer full): `POST /v1/query`
 *
 * Has a question answered by the readers of the store.
 */
void
weir_query_handler_run (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = weir_exchange_dup_body (exchange, &error);
  g_autofree char *kind = body != NULL ? dup_kind (body, &error) : NULL;

  if (kind == NULL)
    {
      weir_exchange_reply_error (exchange, error);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kind, kinds[i].kind))
      {
        gpointer question = kinds[i].parse (g_bytes_get_data (body, NULL),
                                            (gssize) g_bytes_get_size (body), &error);

        if (question == NULL)
          {
            weir_exchange_reply_error (exchange, error);
            return;
          }
        if (kinds[i].wants_csv >= 0)
          exchange->wants_csv = G_STRUCT_MEMBER (gboolean, question, kinds[i].wants_csv) =
              weir_exchange_prefers_csv (exchange);
        else
          weir_exchange_offer_table (exchange, "events", WEIR_CATALOG_COLUMNS);
        ask (exchange, kinds[i].run, question, kinds[i].free);
        return;
      }

  if (g_str_equal (kind, "stats"))
    weir_live_hub_ask_stats_async (exchange->services->hub, weir_exchange_hold_watched (exchange),
                                   stats_cb, exchange);
  else
    ask_question (exchange, body);
}

/**
 * weir_query_handler_run_live:
 * @exchange: (transfer full): `POST /v1/live`
 *
 * Keeps a question answered on the stream, and answers with the id to subscribe to.
 */
void
weir_query_handler_run_live (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = weir_exchange_dup_body (exchange, &error);
  g_autofree char *kind = body != NULL ? dup_kind (body, &error) : NULL;
  g_autoptr(WeirQuestion) question = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autofree char *id = NULL;
  gsize size = 0;
  const char *json = kind != NULL ? g_bytes_get_data (body, &size) : NULL;

  if (json != NULL)
    question = weir_question_new_from_json (json, (gssize) size, &error);
  if (question != NULL)
    id = weir_live_questions_add (exchange->services->questions, question, json, size, &error);
  if (id == NULL)
    {
      weir_exchange_reply_error (exchange, error);
      return;
    }
  answer = g_bytes_new_take (g_strdup_printf ("{\"id\":\"%s\"}", id),
                             strlen (id) + strlen ("{\"id\":\"\"}"));
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, answer);
}

/**
 * weir_query_handler_run_site_report:
 * @exchange: (transfer full): `GET /api/stats`
 *
 * Answers with the page views of one site on one day.
 */
void
weir_query_handler_run_site_report (WeirExchange *exchange)
{
  const char *site_id = weir_exchange_get_parameter (exchange, "site_id");
  const char *date = weir_exchange_get_parameter (exchange, "date");
  g_autoptr(GError) error = NULL;
  WeirSiteReport *report;

  if (site_id == NULL || *site_id == '\0')
    {
      weir_exchange_reply (exchange, SOUP_STATUS_BAD_REQUEST, WEIR_TYPE_JSON,
                           "{\"success\":false,\"error\":\"site_id query parameter is required\"}");
      return;
    }

  report = weir_site_report_new (site_id, date != NULL && *date != '\0' ? date : NULL, &error);
  if (report == NULL)
    weir_exchange_reply_error (exchange, error);
  else
    ask (exchange, weir_site_report_run, report, (GDestroyNotify) weir_site_report_free);
}
