/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alerts-handler.h"

#include <math.h>
#include <string.h>

#include "weir-event-json.h"
#include "weir-exchange-json.h"
#include "weir-question-json.h"

#define ALERTS         "/v1/alerts/"
#define SNOOZE         "/snooze"
#define MAX_BODY_BYTES (128 * 1024)

/* A change that is on its way. */
typedef struct {
  char *name;
  WeirAlertRule *rule;
  gint64 snooze;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->name);
  g_clear_pointer (&change->rule, weir_alert_rule_unref);
  g_free (change);
}

static Change *
change_new (const char    *name,
            WeirAlertRule *rule,
            gint64         snooze)
{
  Change *change = g_new0 (Change, 1);

  change->name = g_strdup (name);
  change->rule = rule;
  change->snooze = snooze;
  return change;
}

static GBytes *
new_answer (gboolean    ok,
            const char *answer)
{
  return ok ? g_bytes_new_static (answer, strlen (answer)) : NULL;
}

static GBytes *
put (WeirServices  *services,
     gpointer       data,
     GError       **error)
{
  const Change *change = data;

  return new_answer (weir_alerts_put (services->alerts, change->name, change->rule, error),
                     "{\"saved\":true}");
}

static GBytes *
forget (WeirServices  *services,
        gpointer       data,
        GError       **error)
{
  const Change *change = data;

  return new_answer (weir_alerts_remove (services->alerts, change->name, error),
                     "{\"deleted\":true}");
}

static GBytes *
snooze (WeirServices  *services,
        gpointer       data,
        GError       **error)
{
  const Change *change = data;

  return new_answer (weir_alerts_snooze (services->alerts, change->name, change->snooze, error),
                     change->snooze > 0 ? "{\"snoozed\":true}" : "{\"snoozed\":false}");
}

static GBytes *
test (WeirServices  *services,
      gpointer       data,
      GError       **error)
{
  const Change *change = data;
  double value;
  GString *out;

  if (!weir_alerts_measure (services->alerts, change->rule, &value, error))
    return NULL;
  out = g_string_new ("{\"value\":");
  if (isfinite (value))
    weir_json_append_double (out, value);
  else
    g_string_append (out, "null");
  g_string_append_printf (out, ",\"would_fire\":%s}",
                          !isnan (value) && weir_alert_rule_compare (change->rule, value)
                            ? "true" : "false");
  return g_string_free_to_bytes (out);
}

/* The rule in the body, or NULL when the request was answered. */
static WeirAlertRule *
read_rule (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = weir_exchange_dup_object (exchange, MAX_BODY_BYTES, &error);
  WeirAlertRule *rule = NULL;

  if (body != NULL)
    rule = weir_alert_rule_new_from_json (
        json_object_get_member (json_node_get_object (body), "rule"), &error);
  if (rule == NULL)
    weir_exchange_reply_error (exchange, error);
  return rule;
}

static void
run_snooze (WeirExchange *exchange,
            const char   *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = weir_exchange_dup_object (exchange, MAX_BODY_BYTES, &error);
  gint64 micros = -1;

  if (body == NULL ||
      !weir_question_read_duration (json_node_get_object (body), "for", &micros, &error))
    weir_exchange_reply_error (exchange, error);
  else if (micros < 0 || micros > WEIR_ALERTS_MAX_SNOOZE)
    weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                          "the body must be {\"for\":\"1h\"}, at most 31d; 0s ends it");
  else
    weir_exchange_run_blocking (exchange, SOUP_STATUS_OK, snooze, change_new (name, NULL, micros),
                                change_free);
}

/**
 * weir_alerts_handler_list:
 * @exchange: (transfer full): `GET /v1/alerts`
 */
void
weir_alerts_handler_list (WeirExchange *exchange)
{
  GString *out = g_string_new (NULL);

  weir_exchange_offer_table (exchange, "alerts",
                             "name,state,value,since,checked,error,snoozed_until,rule");
  if (exchange->services->alerts != NULL)
    weir_alerts_append_list (exchange->services->alerts, out);
  else
    g_string_append (out, "{\"alerts\":[]}");
  weir_exchange_reply_json (exchange, SOUP_STATUS_OK, out);
}

/**
 * weir_alerts_handler_run:
 * @exchange: (transfer full): `PUT` or `DELETE` of `/v1/alerts/NAME`, or `POST` of its `/snooze`
 */
void
weir_alerts_handler_run (WeirExchange *exchange)
{
  gboolean is_snooze = weir_exchange_get_method (exchange) == WEIR_METHOD_POST;
  gboolean is_put = weir_exchange_get_method (exchange) == WEIR_METHOD_PUT;
  g_autofree char *name =
    weir_exchange_dup_name (exchange, ALERTS, WEIR_ALERTS_MAX_NAME + strlen (SNOOZE));
  WeirAlertRule *rule;

  if (name != NULL && is_snooze)
    {
      if (g_str_has_suffix (name, SNOOZE) && strlen (name) > strlen (SNOOZE))
        name[strlen (name) - strlen (SNOOZE)] = '\0';
      else
        g_clear_pointer (&name, g_free);
    }
  if (name == NULL || strlen (name) > WEIR_ALERTS_MAX_NAME)
    weir_exchange_refuse (exchange, is_snooze ? WEIR_ERROR_NOT_FOUND : WEIR_ERROR_INVALID_REQUEST,
                          "an alert needs a name of at most 200 bytes: /v1/alerts/NAME");
  else if (!weir_exchange_may_change (exchange))
    return;
  else if (is_snooze)
    run_snooze (exchange, name);
  else if (is_put)
    {
      rule = read_rule (exchange);
      if (rule != NULL)
        weir_exchange_run_blocking (exchange, SOUP_STATUS_OK, put, change_new (name, rule, 0),
                                    change_free);
    }
  else
    weir_exchange_run_blocking (exchange, SOUP_STATUS_OK, forget, change_new (name, NULL, 0),
                                change_free);
}

/**
 * weir_alerts_handler_history:
 * @exchange: (transfer full): `GET /v1/alerts/history?limit=100&before=ID`
 */
void
weir_alerts_handler_history (WeirExchange *exchange)
{
  guint64 limit, before;
  GString *out;

  if (weir_exchange_get_method (exchange) != WEIR_METHOD_GET)
    {
      weir_alerts_handler_run (exchange);   /* an alert may be called so */
      return;
    }
  if (!weir_exchange_read_number (exchange, "limit", WEIR_ALERTS_MAX_HISTORY, 100, &limit) ||
      !weir_exchange_read_number (exchange, "before", G_MAXINT64, 0, &before))
    return;
  weir_exchange_offer_table (exchange, "history", "id,name,state,at,value,threshold,rule");
  out = g_string_new (NULL);
  if (exchange->services->alerts != NULL)
    weir_alerts_append_history (exchange->services->alerts, before, (guint) limit, out);
  else
    g_string_append (out, "{\"history\":[],\"cursor\":null}");
  weir_exchange_reply_json (exchange, SOUP_STATUS_OK, out);
}

/**
 * weir_alerts_handler_test:
 * @exchange: (transfer full): `POST /v1/alerts/test` with `{"rule":{…}}`
 *
 * Measures what a rule is about, without saving it.
 */
void
weir_alerts_handler_test (WeirExchange *exchange)
{
  WeirAlertRule *rule;

  if (weir_exchange_get_method (exchange) != WEIR_METHOD_POST)
    {
      weir_alerts_handler_run (exchange);   /* an alert may be called so */
      return;
    }
  rule = weir_exchange_may_change (exchange) ? read_rule (exchange) : NULL;
  if (rule != NULL)
    weir_exchange_run_blocking (exchange, SOUP_STATUS_OK, test, change_new (NULL, rule, 0),
                                change_free);
}
