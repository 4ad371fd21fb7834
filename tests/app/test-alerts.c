/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What alerts say: rules and what became of them, in words and with units.
 */

#include "config.h"

#include "weir-alert-kind.h"
#include "weir-json.h"

static JsonObject *
read_object (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(GError) error = NULL;
  JsonObject *object = weir_json_parse_object (bytes, &error);

  g_assert_no_error (error);
  return object;
}

static void
check_change (const char *change,
              const char *expected)
{
  g_autoptr(JsonObject) object = read_object (change);
  g_autofree char *text = weir_alert_kind_describe_change (object);

  g_assert_cmpstr (text, ==, expected);
}

#define RATE "{\"kind\":\"error_rate\",\"event\":\"checkout\",\"op\":\">\",\"threshold\":0.05,\"for\":\"2m\"}"
#define LATENCY "{\"kind\":\"latency\",\"percentile\":\"p95\",\"op\":\">\",\"threshold\":500}"
#define SILENCE "{\"kind\":\"silence\",\"source\":\"kiosk\",\"for\":\"5m\"}"
#define LETTERS "{\"kind\":\"dead_letters\",\"op\":\">=\",\"threshold\":3,\"for\":\"0s\"}"

static void
test_changes (void)
{
  check_change ("{\"state\":\"firing\",\"value\":0.12,\"threshold\":0.05,\"rule\":" RATE "}",
                "Began to fire at 12 %. Rule: Error rate of checkout > 5 % for 2m");
  check_change ("{\"state\":\"resolved\",\"value\":0.012,\"threshold\":0.05,\"rule\":" RATE "}",
                "All is well again, at 1.2 %. Rule: Error rate of checkout > 5 % for 2m");
  check_change ("{\"state\":\"firing\",\"value\":1200,\"threshold\":500,\"rule\":" LATENCY "}",
                "Began to fire at 1.2 s. Rule: Latency > 500 ms");
  check_change ("{\"state\":\"firing\",\"value\":330,\"threshold\":300,\"rule\":" SILENCE "}",
                "Began to fire at 5.5 min. Rule: Nothing from kiosk for 5m");
  check_change ("{\"state\":\"resolved\",\"value\":null,\"rule\":" LETTERS "}",
                "All is well again. Rule: Dead letters >= 3");
}

/* A limit is said as it was set, a value as it is read. */
static void
test_limits (void)
{
  g_autoptr(JsonObject) rule = read_object ("{\"kind\":\"error_rate\",\"op\":\">\","
                                            "\"threshold\":0.0001,\"for\":\"0s\"}");
  g_autofree char *text = weir_alert_kind_describe_rule (rule);
  g_autofree char *value = weir_alert_kind_dup_value (rule, 0.0001);

  g_assert_cmpstr (text, ==, "Error rate > 0.01 %");
  g_assert_cmpstr (value, ==, "< 0.1 %");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alerts/changes", test_changes);
  g_test_add_func ("/alerts/limits", test_limits);
  return g_test_run ();
}
