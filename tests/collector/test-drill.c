/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "test-collector.h"

/* Faults that are had on purpose show what real ones do, and lose nothing. */

static void
assert_answer (TestCollector *collector,
               const char    *method,
               const char    *path,
               const char    *body,
               int            status,
               const char    *text)
{
  g_autoptr(TestReply) reply = test_collector_request (collector, method, path, body);

  g_test_message ("%s %s", method, path);
  test_assert_reply (reply, status, text);
}

static TestReply *
post_event (TestCollector *collector)
{
  return test_collector_post (collector, "/v1/events", NULL, "{\"event\":\"a\",\"user_id\":\"u\"}", -1);
}

static void
wait_ready (TestCollector *collector,
            int            status,
            const char    *text)
{
  for (;;)
    {
      g_autoptr(TestReply) reply = test_collector_get (collector, "/readyz");

      if (reply->status == status && strstr (reply->body, text) != NULL)
        return;
      g_usleep (20000);
    }
}

static void
test_off (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);

  assert_answer (collector, "GET", "/v1/drill", NULL, 404, "--fault-drill");
  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"store-down\"}", 404, "not_found");
}

static void
test_store_down (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--fault-drill");
  g_autoptr(TestReply) accepted = NULL;

  assert_answer (collector, "GET", "/v1/drill", NULL, 200, "{\"fault\":null,");
  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"rain\"}", 400, "invalid_request");
  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"store-down\",\"seconds\":301}", 400, "invalid_request");
  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"store-down\",\"seconds\":300}", 201,
                 "{\"fault\":\"store-down\",\"seconds\":300,\"started\":\"2");
  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"disk-full\"}", 400, "under way");
  accepted = post_event (collector);
  g_assert_cmpint (accepted->status, ==, 202);
  wait_ready (collector, 503, "\"part\":\"store\",\"reason\":\"the store is down (fault drill)\"");
  assert_answer (collector, "GET", "/v1/status", NULL, 200, "\"state\":\"waiting\"");
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_stored_total"), ==, 0);

  assert_answer (collector, "DELETE", "/v1/drill", NULL, 200, "{\"ended\":true}");
  wait_ready (collector, 200, "ready");
  while (test_collector_get_metric (collector, "weir_events_stored_total") < 1)
    g_usleep (10000);
}

static void
test_disk_full (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--fault-drill=yes");
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) accepted = NULL;

  /* It ends by itself. */
  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"disk-full\",\"seconds\":2}", 201,
                 "\"fault\":\"disk-full\"");
  refused = post_event (collector);
  test_assert_error (refused, 503, "disk_full");
  g_assert_nonnull (test_reply_get_header (refused, "Retry-After"));
  wait_ready (collector, 503, "the disk is full (fault drill)");
  wait_ready (collector, 200, "ready");
  accepted = post_event (collector);
  g_assert_cmpint (accepted->status, ==, 202);
  while (test_collector_get_metric (collector, "weir_events_stored_total") < 1)
    g_usleep (10000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_accepted_total"), ==, 1);
}

/* Slow ones are slow, and lose nothing, also when the collector is killed. */
static void
test_slow (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--fault-drill");
  g_autoptr(TestCollector) again = NULL;
  g_autoptr(TestReply) late = NULL;
  g_autoptr(TestReply) waiting = NULL;

  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"slow-journal\"}", 201, "slow-journal");
  late = post_event (collector);
  g_assert_cmpint (late->status, ==, 202);
  assert_answer (collector, "DELETE", "/v1/drill", NULL, 200, "ended");

  assert_answer (collector, "POST", "/v1/drill", "{\"fault\":\"slow-store\"}", 201, "slow-store");
  waiting = post_event (collector);
  g_assert_cmpint (waiting->status, ==, 202);
  test_collector_kill (collector);
  again = test_collector_new_in (collector->data_dir, NULL, -1, 0);
  while (test_collector_get_metric (again, "weir_events_stored_total") < 2)
    g_usleep (10000);
  test_collector_stop (again);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/drill/off", test_off);
  g_test_add_func ("/collector/drill/store-down", test_store_down);
  g_test_add_func ("/collector/drill/disk-full", test_disk_full);
  g_test_add_func ("/collector/drill/slow", test_slow);
  return g_test_run ();
}
