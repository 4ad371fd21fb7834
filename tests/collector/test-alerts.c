/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-collector.h"
#include "weir-alert.h"
#include "weir-error.h"

/* When alerts fire, by clocks that the test turns; and those of a real collector. */

#define S G_TIME_SPAN_SECOND

static WeirAlert *
new_alert (const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string (json, NULL);
  WeirAlertRule *rule = weir_alert_rule_new_from_json (node, &error);

  g_assert_no_error (error);
  return weir_alert_new ("a", rule, 0, 0);
}

/* What changes at each second, of values one a second. */
static void
assert_story (const char   *rule,
              const double *values,
              guint         n_values,
              const char   *expected)
{
  WeirAlert *alert = new_alert (rule);
  g_autoptr(GString) changes = g_string_new (NULL);

  for (guint i = 0; i < n_values; i++)
    g_string_append_c (changes, ".FR"[weir_alert_judge (alert, values[i], 0, i * S)]);
  g_assert_cmpstr (changes->str, ==, expected);
  weir_alert_free (alert);
}

static void
test_states (void)
{
  static const double values[] = { 1, 3, 3, 3, 3, 1, 3, 1, 1, 1, NAN, 3, 3, 3 };

  assert_story ("{\"kind\":\"lag\",\"op\":\">\",\"threshold\":2}", values, G_N_ELEMENTS (values), ".F...RFR...F..");
  assert_story ("{\"kind\":\"lag\",\"op\":\">\",\"threshold\":2,\"for\":\"2s\"}", values, G_N_ELEMENTS (values),
                "...F.....R...F");
  assert_story ("{\"kind\":\"lag\",\"op\":\"<=\",\"threshold\":1}", values, G_N_ELEMENTS (values), "FR...FRF..R...");
}

/* What a silence is told of, one second after the other. */
static void
test_silence (void)
{
  WeirAlert *alert = new_alert ("{\"kind\":\"silence\",\"source\":\"kiosk\",\"for\":\"5s\"}");
  const gint64 last_seen[] = { 7, 7, 7, 7, 7, 7, 7, 9, 9, 9, 9, 9, 9, 9 };
  g_autoptr(GString) changes = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (last_seen); i++)
    {
      weir_alert_hear (alert, last_seen[i], i * S);
      alert->checked = 1;
      g_string_append_c (changes, ".FR"[weir_alert_judge (alert, (double) (i * S - alert->silent_since) / S, 0,
                                                          i * S)]);
    }
  g_assert_cmpstr (changes->str, ==, ".....F.R....F.");

  /* After a restart it goes on firing until something is heard. */
  alert->checked = 0;
  alert->was_heard = FALSE;
  alert->silent_since = 100 * S;
  weir_alert_hear (alert, 9, 100 * S);
  alert->checked = 1;
  g_assert_cmpint (weir_alert_judge (alert, 0, 0, 100 * S), ==, WEIR_ALERT_NOTHING);
  g_assert_cmpint (alert->state, ==, WEIR_ALERT_FIRING);
  weir_alert_hear (alert, 11, 101 * S);
  g_assert_cmpint (weir_alert_judge (alert, 0, 0, 101 * S), ==, WEIR_ALERT_RESOLVED);
  weir_alert_free (alert);
}

static void
test_snooze (void)
{
  WeirAlert *alert = new_alert ("{\"kind\":\"lag\",\"op\":\">\",\"threshold\":2}");

  weir_alert_snooze (alert, 10 * S, 1000 * S, 0);
  g_assert_true (weir_alert_is_snoozed (alert, 9 * S));
  g_assert_cmpint (alert->snoozed_until, ==, 1010 * S);
  g_assert_false (weir_alert_is_snoozed (alert, 10 * S));
  weir_alert_snooze (alert, 10 * S, 0, 0);
  weir_alert_snooze (alert, 0, 0, 0);
  g_assert_false (weir_alert_is_snoozed (alert, 0));
  weir_alert_free (alert);
}

static void
test_rules (void)
{
  static const char *const bad[] = {
    "[]", "{}", "{\"kind\":\"rain\"}", "{\"kind\":\"lag\"}", "{\"kind\":\"lag\",\"op\":\">\"}",
    "{\"kind\":\"lag\",\"op\":\"=\",\"threshold\":1}", "{\"kind\":\"lag\",\"op\":\">\",\"threshold\":\"1\"}",
    "{\"kind\":\"lag\",\"op\":\">\",\"threshold\":1,\"for\":\"1y\"}",
    "{\"kind\":\"lag\",\"op\":\">\",\"threshold\":1,\"for\":\"40d\"}",
    "{\"kind\":\"error_rate\",\"op\":\">\",\"threshold\":1,\"within\":\"1h\"}",
    "{\"kind\":\"error_rate\",\"op\":\">\",\"threshold\":1,\"event\":\"a\",\"source\":\"b\"}",
    "{\"kind\":\"latency\",\"op\":\">\",\"threshold\":1,\"percentile\":\"p42\"}",
    "{\"kind\":\"lag\",\"op\":\">\",\"threshold\":1,\"event\":\"a\"}",
    "{\"kind\":\"silence\",\"for\":\"5m\"}", "{\"kind\":\"silence\",\"source\":\"kiosk\"}",
    "{\"kind\":\"trend\",\"op\":\">\",\"threshold\":1}",
    "{\"kind\":\"trend\",\"op\":\">\",\"threshold\":1,\"question\":{\"kind\":\"events\"}}",
    "{\"kind\":\"trend\",\"op\":\">\",\"threshold\":1,\"within\":\"1d\",\"question\":{\"kind\":\"trend\",\"series\":"
    "[{\"event\":\"a\",\"measure\":\"persons\"}]}}",
    "{\"kind\":\"trend\",\"op\":\">\",\"threshold\":1,\"question\":{\"kind\":\"trend\",\"series\":[{\"event\":\"a\"},"
    "{\"event\":\"b\"}]}}",
    "{\"kind\":\"funnel_step\",\"op\":\"<\",\"threshold\":1,\"step\":3,\"question\":{\"kind\":\"funnel\",\"steps\":"
    "[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"1d\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = json_from_string (bad[i], NULL);

      g_assert_null (weir_alert_rule_new_from_json (node, &error));
      g_test_message ("%s: %s", bad[i], error != NULL ? error->message : NULL);
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
    }
}

static void
post_events (TestCollector *collector,
             const char    *body,
             double         n_stored)
{
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, body, -1);

  g_assert_cmpint (reply->status, ==, 202);
  while (test_collector_get_metric (collector, "weir_events_stored_total") < n_stored)
    g_usleep (10000);
}

static void
put (TestCollector *collector,
     const char    *name,
     const char    *rule)
{
  g_autofree char *path = g_strdup_printf ("/v1/alerts/%s", name);
  g_autofree char *body = g_strdup_printf ("{\"rule\":%s}", rule);
  g_autoptr(TestReply) reply = test_collector_request (collector, "PUT", path, body);

  test_assert_reply (reply, 200, "{\"saved\":true}");
}

static char *
dup_state (TestCollector *collector,
           const char    *name)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, "/v1/alerts");
  g_autoptr(JsonNode) node = json_from_string (reply->body, NULL);
  JsonArray *alerts = json_object_get_array_member (json_node_get_object (node), "alerts");

  for (guint i = 0; i < json_array_get_length (alerts); i++)
    {
      JsonObject *alert = json_array_get_object_element (alerts, i);

      if (g_str_equal (json_object_get_string_member (alert, "name"), name))
        return g_strdup (json_object_get_string_member (alert, "state"));
    }
  return g_strdup ("none");
}

static void
wait_state (TestCollector *collector,
            const char    *name,
            const char    *expected)
{
  for (;;)
    {
      g_autofree char *state = dup_state (collector, name);

      if (g_str_equal (state, expected))
        return;
      g_usleep (100000);
    }
}

static guint
count_history (TestCollector *collector)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, "/v1/alerts/history");
  g_autoptr(JsonNode) node = json_from_string (reply->body, NULL);

  g_test_message ("%s", reply->body);
  return json_array_get_length (json_object_get_array_member (json_node_get_object (node), "history"));
}

static int
listen_to_alerts (TestCollector *collector)
{
  g_autofree char *request = g_strdup_printf ("GET /v1/stream?topics=alerts&token=%s HTTP/1.1\r\nHost:"
                                              " localhost\r\n\r\n",
                                              collector->token);
  int fd = test_collector_connect (collector);
  char first;

  test_socket_send (fd, request, -1);
  g_assert_cmpint (recv (fd, &first, 1, 0), ==, 1);
  return fd;
}

static void
wait_text (int         fd,
           const char *text)
{
  g_autoptr(GString) all = g_string_new (NULL);

  while (strstr (all->str, text) == NULL)
    {
      char bytes[4096];
      gssize n = recv (fd, bytes, sizeof bytes, 0);

      g_assert_cmpint (n, >, 0);
      g_string_append_len (all, bytes, n);
    }
}

/* Fires, outlives kill -9, does not fire again, and is resolved. */
static void
test_fire (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) again = NULL;
  g_autoptr(TestReply) page = NULL;
  g_autofree char *state = NULL;
  g_autoptr(GString) good = g_string_new ("[{\"event\":\"a\",\"user_id\":\"u\"}");
  int fd = listen_to_alerts (collector);

  put (collector, "errors", "{\"kind\":\"error_rate\",\"op\":\">\",\"threshold\":0.5,\"within\":\"10m\"}");
  put (collector, "quiet", "{\"kind\":\"silence\",\"source\":\"kiosk\",\"for\":\"5s\"}");
  post_events (collector, "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"level\":\"error\"}}", 1);
  wait_text (fd, "event: alert\ndata: {\"name\":\"errors\",\"state\":\"firing\"");
  wait_state (collector, "quiet", "firing");
  g_assert_cmpuint (count_history (collector), ==, 2);
  close (fd);

  test_collector_kill (collector);
  again = test_collector_new_in (collector->data_dir, NULL, -1, 0);
  state = dup_state (again, "errors");
  g_assert_cmpstr (state, ==, "firing");
  fd = listen_to_alerts (again);
  for (guint i = 0; i < 9; i++)
    g_string_append (good, ",{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"kiosk\"}");
  g_string_append_c (good, ']');
  post_events (again, good->str, 11);
  wait_text (fd, "event: alert\ndata: {\"name\":\"errors\",\"state\":\"resolved\"");
  wait_state (again, "errors", "ok");
  wait_state (again, "quiet", "ok");
  g_assert_cmpuint (count_history (again), ==, 4);
  page = test_collector_get (again, "/v1/alerts/history?limit=1&before=4");
  test_assert_reply (page, 200, "{\"history\":[{\"id\":3,");
  test_assert_reply (page, 200, "}],\"cursor\":3}");
  close (fd);
  test_collector_stop (again);
}

/* What each kind measures. */
static void
test_measure (void)
{
  static const struct {
    const char *rule;
    const char *expected;
  } cases[] = {
    { "{\"kind\":\"error_rate\",\"op\":\">\",\"threshold\":0.2}", "{\"value\":0.25,\"would_fire\":true}" },
    { "{\"kind\":\"error_rate\",\"source\":\"kiosk\",\"op\":\">\",\"threshold\":0.2}",
      "{\"value\":0.5,\"would_fire\":true}" },
    { "{\"kind\":\"error_rate\",\"event\":\"b\",\"op\":\">\",\"threshold\":0}", "{\"value\":0,\"would_fire\":false}" },
    { "{\"kind\":\"error_rate\",\"event\":\"none\",\"op\":\"<\",\"threshold\":1}",
      "{\"value\":null,\"would_fire\":false}" },
    { "{\"kind\":\"latency\",\"event\":\"b\",\"op\":\">=\",\"threshold\":1000}", "\"would_fire\":false" },
    { "{\"kind\":\"latency\",\"source\":\"shop\",\"op\":\">\",\"threshold\":10}", "\"would_fire\":true" },
    { "{\"kind\":\"latency\",\"op\":\">\",\"threshold\":10,\"percentile\":\"p50\"}", "\"would_fire\":true" },
    { "{\"kind\":\"silence\",\"source\":\"kiosk\",\"for\":\"1h\"}", "\"would_fire\":false" },
    { "{\"kind\":\"silence\",\"source\":\"none\",\"for\":\"1h\"}", "{\"value\":null,\"would_fire\":false}" },
    { "{\"kind\":\"lag\",\"op\":\">\",\"threshold\":10}", "\"would_fire\":false" },
    { "{\"kind\":\"dead_letters\",\"op\":\">\",\"threshold\":0}", "{\"value\":0,\"would_fire\":false}" },
    { "{\"kind\":\"trend\",\"op\":\">=\",\"threshold\":3,\"within\":\"10m\",\"question\":{\"kind\":\"trend\","
      "\"series\":"
      "[{\"event\":\"a\"}]}}", "{\"value\":3,\"would_fire\":true}" },
    { "{\"kind\":\"trend\",\"op\":\">\",\"threshold\":1,\"within\":\"1h\",\"question\":{\"kind\":\"trend\",\"series\":"
      "[{\"event\":\"a\",\"measure\":\"persons\"}]}}", "{\"value\":2,\"would_fire\":true}" },
    { "{\"kind\":\"trend\",\"op\":\">\",\"threshold\":1,\"within\":\"2d\",\"question\":{\"kind\":\"trend\",\"series\":"
      "[{\"event\":\"*\"}]}}", "{\"value\":4,\"would_fire\":true}" },
    { "{\"kind\":\"funnel_step\",\"op\":\"<\",\"threshold\":0.6,\"step\":2,\"question\":{\"kind\":\"funnel\",\"steps\":"
      "[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"1d\"}}", "{\"value\":0.5,\"would_fire\":true}" },
    { "{\"kind\":\"funnel_step\",\"measure\":\"count\",\"op\":\"<\",\"threshold\":2,\"step\":1,\"question\":{\"kind\":"
      "\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"1d\"}}",
                "{\"value\":2,\"would_fire\":false}" },
  };
  g_autoptr(TestCollector) collector = test_collector_new (NULL);

  post_events (collector,
               "[{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"kiosk\",\"properties\":{\"level\":\"error\"}},"
               "{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"kiosk\"},{\"event\":\"a\",\"user_id\":\"v\"}]", 3);
  post_events (collector, "{\"event\":\"b\",\"user_id\":\"u\",\"source\":\"shop\",\"properties\":"
                          "{\"duration_ms\":40}}", 4);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"rule\":%s}", cases[i].rule);
      g_autoptr(TestReply) reply = test_collector_request (collector, "POST", "/v1/alerts/test", body);

      g_test_message ("%s", cases[i].rule);
      test_assert_reply (reply, 200, cases[i].expected);
    }
}

static void
test_manage (void)
{
  static const char lag[] = "{\"kind\":\"lag\",\"op\":\">\",\"threshold\":10}";
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) listed = NULL;
  g_autoptr(TestReply) snoozed = NULL;
  g_autoptr(TestReply) shown = NULL;
  g_autoptr(TestReply) woken = NULL;
  g_autoptr(TestReply) none = NULL;
  g_autoptr(TestReply) deleted = NULL;
  g_autoptr(TestReply) gone = NULL;
  g_autoptr(TestReply) bad = NULL;
  g_autoptr(TestReply) stranger = NULL;

  put (collector, "test", lag);
  put (collector, "b%20c", lag);
  listed = test_collector_get (collector, "/v1/alerts");
  test_assert_reply (listed, 200, "{\"alerts\":[{\"name\":\"b c\",\"rule\":{\"kind\":\"lag\",");
  snoozed = test_collector_request (collector, "POST", "/v1/alerts/b%20c/snooze", "{\"for\":\"1h\"}");
  test_assert_reply (snoozed, 200, "{\"snoozed\":true}");
  shown = test_collector_get (collector, "/v1/alerts");
  test_assert_reply (shown, 200, "\"snoozed_until\":\"2");
  woken = test_collector_request (collector, "POST", "/v1/alerts/b%20c/snooze", "{\"for\":\"0s\"}");
  test_assert_reply (woken, 200, "{\"snoozed\":false}");
  none = test_collector_request (collector, "POST", "/v1/alerts/none/snooze", "{\"for\":\"1h\"}");
  test_assert_error (none, 404, "not_found");
  deleted = test_collector_request (collector, "DELETE", "/v1/alerts/test", NULL);
  test_assert_reply (deleted, 200, "{\"deleted\":true}");
  gone = test_collector_request (collector, "DELETE", "/v1/alerts/test", NULL);
  test_assert_error (gone, 404, "not_found");
  bad = test_collector_request (collector, "PUT", "/v1/alerts/a", "{\"rule\":{\"kind\":\"lag\"}}");
  test_assert_error (bad, 400, "invalid_request");
  stranger = test_collector_ask (collector, "GET /v1/alerts HTTP/1.1\r\nHost: localhost\r\n\r\n", -1);
  test_assert_error (stranger, 401, "unauthorized");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/alerts/states", test_states);
  g_test_add_func ("/collector/alerts/silence", test_silence);
  g_test_add_func ("/collector/alerts/snooze", test_snooze);
  g_test_add_func ("/collector/alerts/rules", test_rules);
  g_test_add_func ("/collector/alerts/manage", test_manage);
  g_test_add_func ("/collector/alerts/measure", test_measure);
  g_test_add_func ("/collector/alerts/fire", test_fire);
  return g_test_run ();
}
