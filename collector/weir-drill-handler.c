/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-drill-handler.h"

#include "weir-exchange-json.h"
#include "weir-question-json.h"

#define MAX_BODY_BYTES  4096
#define DEFAULT_SECONDS 30

static void
show (WeirExchange *exchange,
      guint         status)
{
  GString *out = g_string_new (NULL);

  weir_fault_drill_append_json (exchange->services->drill, out);
  weir_exchange_reply_json (exchange, status, out);
}

static void
begin (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = weir_exchange_dup_object (exchange, MAX_BODY_BYTES, &error);
  JsonObject *object = body != NULL ? json_node_get_object (body) : NULL;
  g_autofree char *fault = NULL;
  gint64 seconds = DEFAULT_SECONDS;

  if (object == NULL || !weir_question_read_text (object, "fault", 100, &fault, &error) ||
      !weir_question_read_integer (object, "seconds", 1, WEIR_FAULT_MAX_SECONDS, &seconds,
                                   &error) ||
      !weir_fault_drill_begin (exchange->services->drill, fault != NULL ? fault : "",
                               (guint) seconds, &error))
    weir_exchange_reply_error (exchange, error);
  else
    show (exchange, SOUP_STATUS_CREATED);
}

/**
 * weir_drill_handler_run:
 * @exchange: (transfer full): `GET`, `POST` or `DELETE` of `/v1/drill`
 *
 * Shows, begins or ends a fault that is had on purpose.
 */
void
weir_drill_handler_run (WeirExchange *exchange)
{
  WeirMethods method = weir_exchange_get_method (exchange);

  if (method != WEIR_METHOD_GET && !weir_exchange_may_change (exchange))
    return;
  if (exchange->services->drill == NULL)
    weir_exchange_refuse (exchange, WEIR_ERROR_NOT_FOUND,
                          "fault drills are off; start the collector with --fault-drill");
  else if (method == WEIR_METHOD_GET)
    show (exchange, SOUP_STATUS_OK);
  else if (method == WEIR_METHOD_POST)
    begin (exchange);
  else
    {
      weir_fault_drill_end (exchange->services->drill);
      weir_exchange_reply (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, "{\"ended\":true}");
    }
}
