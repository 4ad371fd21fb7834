/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "sample-stats.h"

static void
test_all_of_it (void)
{
  g_autoptr(WeirStats) stats = sample_stats (&(Sample) { .lag = .1 });

  g_assert_cmpint (stats->at, ==, SAMPLE_AT);
  g_assert_cmpuint (stats->seq, ==, 1204331);
  g_assert_cmpfloat (stats->received_rate, ==, 61.5);
  g_assert_cmpuint (stats->ledger.received, ==, 1204331);
  g_assert_cmpuint (stats->ledger.accepted, ==, 1204114);
  g_assert_cmpuint (stats->ledger.rejected, ==, 16);
  g_assert_cmpfloat_with_epsilon (stats->lag, .1, 1e-9);
  g_assert_true (stats->ready);
  g_assert_null (stats->reason);
  g_assert_cmpuint (stats->latency.count, ==, 900);
  g_assert_cmpfloat (stats->latency.p95, ==, 82);
  g_assert_cmpuint (stats->events.n_values, ==, 60);
  g_assert_cmpuint (stats->types->len, ==, 10);
  g_assert_cmpstr (weir_stats_get_type (stats, 0)->name, ==, "page_view");
  g_assert_cmpfloat (weir_stats_get_type (stats, 0)->average, ==, 21.5);
  g_assert_true (isnan (weir_stats_get_type (stats, 1)->average));
  g_assert_null (weir_stats_get_type (stats, 10));
  g_assert_cmpuint (stats->n_other_types, ==, 2);
  g_assert_cmpstr (weir_stats_get_dependency (stats, 0)->name, ==, "payments");
  g_assert_cmpfloat (weir_stats_get_dependency (stats, 0)->latency.p95, ==, 1200);
  g_assert_true (isnan (weir_stats_get_dependency (stats, 1)->latency.p99));
  g_assert_cmpstr (weir_stats_get_source (stats, 1)->name, ==, "kiosk-berlin");
}

static void
test_slots (void)
{
  g_autoptr(WeirStats) stats = sample_stats (&(Sample) { 0 });
  const gint64 second = G_USEC_PER_SEC;

  /* The last slot has run for seven of its ten seconds. */
  g_assert_cmpint (weir_stats_get_slot_end (stats, 60, 59), ==, SAMPLE_AT);
  g_assert_cmpint (weir_stats_get_slot_end (stats, 60, 58), ==, SAMPLE_AT - 7 * second);
  g_assert_cmpint (weir_stats_get_slot_end (stats, 60, 57), ==, SAMPLE_AT - 17 * second);
  g_assert_cmpfloat (weir_stats_get_slot_rate (stats, &stats->events, 58), ==, 61);
  g_assert_cmpfloat_with_epsilon (weir_stats_get_slot_rate (stats, &stats->events, 59),
                                  610 / 7., 1e-9);
  stats->slot_elapsed = .2;
  g_assert_cmpfloat (weir_stats_get_slot_rate (stats, &stats->events, 59), ==, 61);
}

/* An older or newer collector, or one that went mad, can still be watched. */
static void
test_strange_messages (void)
{
  static const char * const strange[] = {
    "{}",
    "{\"at\":7,\"seq\":\"x\",\"rates\":[],\"ledger\":null,\"types\":{},\"history\":[1]}",
    "{\"ledger\":{\"received\":-5,\"stored\":1e300},\"ready\":\"yes\",\"reason\":4}",
    "{\"types\":[1,null,{},{\"event\":5},{\"event\":\"ok\",\"history\":[null,\"x\",1]}]}",
    "{\"dependencies\":[{\"name\":\"d\",\"history\":{}}],\"sources\":[{\"source\":\"s\","
    "\"last_seen\":\"yesterday\"}]}",
    "{\"slot_seconds\":0,\"slot_elapsed_seconds\":-1,\"window_seconds\":\"long\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(WeirStats) stats = weir_stats_new_from_json (strange[i], -1, &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (stats->slot, >, 0);
      g_assert_cmpfloat (stats->window, >, 0);
      g_assert_cmpuint (stats->ledger.received, ==, 0);
    }
}

static void
test_not_an_object (void)
{
  static const char * const bad[] = { "", "[]", "null", "{", "7" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (weir_stats_new_from_json (bad[i], -1, &error));
      g_assert_nonnull (error);
    }
}

static void
test_bounded (void)
{
  g_autoptr(GString) json = g_string_new ("{\"history\":{\"events\":[0");
  g_autoptr(WeirStats) stats = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (json, ",1");
  g_string_append (json, "]},\"types\":[{\"event\":\"e\"}");
  for (guint i = 0; i < 100000; i++)
    g_string_append (json, ",{\"event\":\"e\"}");
  g_string_append (json, "]}");
  stats = weir_stats_new_from_json (json->str, (gssize) json->len, NULL);
  g_assert_nonnull (stats);
  g_assert_cmpuint (stats->events.n_values, <=, WEIR_STATS_MAX_SLOTS);
  g_assert_cmpuint (stats->types->len, <=, 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/all-of-it", test_all_of_it);
  g_test_add_func ("/stats/slots", test_slots);
  g_test_add_func ("/stats/strange-messages", test_strange_messages);
  g_test_add_func ("/stats/not-an-object", test_not_an_object);
  g_test_add_func ("/stats/bounded", test_bounded);
  return g_test_run ();
}
