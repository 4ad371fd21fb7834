/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "sample-stats.h"
#include "weir-conditions.h"
#include "weir-health.h"
#include "weir-ledger-bar.h"

/* Checks that @sample raises exactly the concern @key, and returns it. */
static WeirConcern *
check_one (const Sample *sample,
           const char   *key)
{
  g_autoptr(WeirStats) stats = sample_stats (sample);
  g_autoptr(GPtrArray) concerns = weir_health_check (stats);
  WeirConcern *concern;

  g_assert_cmpuint (concerns->len, ==, 1);
  concern = g_ptr_array_steal_index (concerns, 0);
  g_assert_cmpstr (concern->key, ==, key);
  return concern;
}

static void
assert_leads_to (const WeirConcern *concern,
                 const char        *property,
                 const char        *value)
{
  g_autoptr(GArray) conditions = weir_conditions_from_variant (concern->conditions);
  const WeirCondition *condition = &g_array_index (conditions, WeirCondition, 0);

  g_assert_cmpstr (condition->property, ==, property);
  g_assert_cmpstr (condition->value, ==, value);
}

static void
test_well (void)
{
  g_autoptr(WeirStats) stats = sample_stats (&(Sample) { .lag = .3 });
  g_autoptr(GPtrArray) concerns = weir_health_check (stats);

  g_assert_cmpuint (concerns->len, ==, 0);
}

static void
test_empty_message (void)
{
  g_autoptr(WeirStats) stats = weir_stats_new_from_json ("{}", -1, NULL);
  g_autoptr(GPtrArray) concerns = weir_health_check (stats);

  g_assert_cmpuint (concerns->len, ==, 0);
}

static void
test_errors (void)
{
  g_autoptr(WeirConcern) concern = check_one (&(Sample) { .recent_error_ratio = .05 }, "errors");

  g_assert_cmpstr (concern->text, ==,
                   "Errors are at 4.3 % of events in the last minute; usual is 0.33 %");
  assert_leads_to (concern, WEIR_PROPERTY_ERRORS, "");
}

/* A little more than usual is chance, not a concern. */
static void
test_noise_is_no_concern (void)
{
  g_autoptr(WeirStats) stats = sample_stats (&(Sample) { .recent_error_ratio = .006,
                                                         .recent_p95 = 95 });
  g_autoptr(GPtrArray) concerns = weir_health_check (stats);

  g_assert_cmpuint (concerns->len, ==, 0);
}

static void
test_dependency (void)
{
  g_autoptr(WeirConcern) concern = check_one (&(Sample) { .recent_failure_ratio = .12 },
                                              "dependency:payments");

  g_assert_cmpstr (concern->text, ==, "payments fails 10 % of calls since 10:30");
  assert_leads_to (concern, "dependency", "\"payments\"");
}

static void
test_latency (void)
{
  g_autoptr(WeirConcern) concern = check_one (&(Sample) { .recent_p95 = 400 }, "latency");

  g_assert_cmpstr (concern->text, ==,
                   "Latency is up: 95 % within 400 ms in the last minute; usual is 82 ms");
  assert_leads_to (concern, "duration_ms", "164");
}

static void
test_silent_source (void)
{
  g_autoptr(WeirConcern) concern = check_one (&(Sample) { .silent_seconds = 383 },
                                              "source:kiosk-berlin");

  g_assert_cmpstr (concern->text, ==, "Source “kiosk-berlin” silent for 6 min");
  assert_leads_to (concern, "source", "\"kiosk-berlin\"");
}

static void
test_collector (void)
{
  g_autoptr(WeirConcern) ready = check_one (&(Sample) { .not_ready = "disk full" }, "ready");
  g_autoptr(WeirConcern) lag = check_one (&(Sample) { .lag = 42 }, "lag");
  g_autoptr(WeirConcern) dead = check_one (&(Sample) { .dead_lettered = 3 }, "dead-letters");

  g_assert_cmpstr (ready->text, ==, "The collector does not accept events: disk full");
  g_assert_nonnull (strstr (lag->text, "42 s"));
  g_assert_nonnull (strstr (dead->text, "3 events"));
}

static void
test_ledger_sums (void)
{
  g_autoptr(WeirStats) stats = sample_stats (&(Sample) { .dead_lettered = 5 });

  g_assert_true (weir_ledger_sums (&stats->ledger));
  stats->ledger.stored++;
  g_assert_false (weir_ledger_sums (&stats->ledger));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/health/well", test_well);
  g_test_add_func ("/health/empty-message", test_empty_message);
  g_test_add_func ("/health/errors", test_errors);
  g_test_add_func ("/health/noise-is-no-concern", test_noise_is_no_concern);
  g_test_add_func ("/health/dependency", test_dependency);
  g_test_add_func ("/health/latency", test_latency);
  g_test_add_func ("/health/silent-source", test_silent_source);
  g_test_add_func ("/health/collector", test_collector);
  g_test_add_func ("/health/ledger-sums", test_ledger_sums);
  return g_test_run ();
}
