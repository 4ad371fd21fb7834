/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "weir-format.h"

#define assert_text(text, expected) \
  G_STMT_START { \
    g_autofree char *owned = (text); \
    g_assert_cmpstr (owned, ==, expected); \
  } G_STMT_END

static void
test_short (void)
{
  assert_text (weir_format_short (0), "0");
  assert_text (weir_format_short (0.4), "0.4");
  assert_text (weir_format_short (12.34), "12.3");
  assert_text (weir_format_short (313.1), "313.1");
  assert_text (weir_format_short (1240), "1240");
  assert_text (weir_format_short (18204), "18200");
  assert_text (weir_format_short (120430), "120.4 k");
  assert_text (weir_format_short (1204331), "1.204 M");
  assert_text (weir_format_short (2e9), "2 G");
  assert_text (weir_format_short (NAN), "–");
}

static void
test_exact (void)
{
  assert_text (weir_format_exact (0), "0");
  assert_text (weir_format_exact (G_MAXUINT64), "18446744073709551615");
}

static void
test_value (void)
{
  assert_text (weir_format_value (21.5), "21.50");
  assert_text (weir_format_value (3), "3");
  assert_text (weir_format_value (-0.125), "-0.125");
  assert_text (weir_format_value (0.00001), "1e-05");
  assert_text (weir_format_value (1e300), "1e+300");
  assert_text (weir_format_value (NAN), "–");
}

static void
test_ratio (void)
{
  assert_text (weir_format_ratio (0), "0 %");
  assert_text (weir_format_ratio (0.004), "0.4 %");
  assert_text (weir_format_ratio (0.00001), "< 0.1 %");
  assert_text (weir_format_ratio (0.12), "12 %");
  assert_text (weir_format_ratio (1), "100 %");
  assert_text (weir_format_ratio (NAN), "–");
}

static void
test_duration (void)
{
  assert_text (weir_format_duration (0.4), "0.4 ms");
  assert_text (weir_format_duration (82.3), "82.3 ms");
  assert_text (weir_format_duration (340.7), "341 ms");
  assert_text (weir_format_duration (1200), "1.2 s");
  assert_text (weir_format_duration (45000), "45 s");
  assert_text (weir_format_duration (6 * 60000), "6 min");
  assert_text (weir_format_duration (3 * 3600000.), "3 h");
  assert_text (weir_format_duration (NAN), "–");
}

static void
test_time (void)
{
  g_autoptr(GString) text = g_string_new (NULL);

  weir_format_append_time (text, G_GINT64_CONSTANT (1767263467204000));
  g_assert_cmpstr (text->str, ==, "10:31:07.204");
  g_string_truncate (text, 0);
  weir_format_append_time (text, -1000);
  g_assert_cmpstr (text->str, ==, "23:59:59.999");
  assert_text (weir_format_clock (G_GINT64_CONSTANT (1767263467204000), FALSE), "10:31");
}

static void
test_tick (void)
{
  const gint64 midnight = G_GINT64_CONSTANT (1767225600000000);
  const gint64 hour = G_TIME_SPAN_HOUR;

  assert_text (weir_format_tick (midnight, 24. * (double) hour), "1 Jan");
  assert_text (weir_format_tick (midnight, 3. * (double) hour), "1 Jan");
  assert_text (weir_format_tick (midnight + 3 * hour, 3. * (double) hour), "03:00");
  /* The clocks were changed in between. */
  assert_text (weir_format_tick (midnight - hour, 24. * (double) hour), "1 Jan");
  assert_text (weir_format_tick (midnight + hour, 24. * (double) hour), "1 Jan");
}

static void
test_ago (void)
{
  const gint64 now = G_GINT64_CONSTANT (1767263467204000);
  const gint64 second = G_USEC_PER_SEC;

  assert_text (weir_format_ago (now, now), "just now");
  assert_text (weir_format_ago (now + second, now), "just now");
  assert_text (weir_format_ago (now - second, now), "1 second ago");
  assert_text (weir_format_ago (now - 59 * second, now), "59 seconds ago");
  assert_text (weir_format_ago (now - 120 * second, now), "2 minutes ago");
  assert_text (weir_format_ago (now - 7200 * second, now), "2 hours ago");
  assert_text (weir_format_ago (now - 86400 * second, now), "1 day ago");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/short", test_short);
  g_test_add_func ("/format/exact", test_exact);
  g_test_add_func ("/format/value", test_value);
  g_test_add_func ("/format/ratio", test_ratio);
  g_test_add_func ("/format/duration", test_duration);
  g_test_add_func ("/format/time", test_time);
  g_test_add_func ("/format/tick", test_tick);
  g_test_add_func ("/format/ago", test_ago);
  return g_test_run ();
}
