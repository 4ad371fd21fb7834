/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "weir-scale.h"

static void
test_round_ticks (void)
{
  static const struct {
    double low, high;
    guint n_steps;
    double step, max;
    guint n_ticks;
  } cases[] = {
    { 0, 100, 4, 25, 100, 5 },
    { 0, 97, 4, 25, 100, 5 },
    { 0, 101, 4, 50, 150, 4 },
    { 0, 0.07, 4, 0.02, 0.08, 5 },
    { 0, 1204331, 4, 500000, 1500000, 4 },
    { 0, 3, 4, 1, 3, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WeirScale scale;

      weir_scale_fit (&scale, cases[i].low, cases[i].high, cases[i].n_steps);
      g_assert_cmpfloat_with_epsilon (scale.step, cases[i].step, 1e-9);
      g_assert_cmpfloat_with_epsilon (scale.max, cases[i].max, 1e-9);
      g_assert_cmpuint (scale.n_ticks, ==, cases[i].n_ticks);
      g_assert_cmpfloat (scale.max, >=, cases[i].high);
    }
}

static void
test_nothing_to_span (void)
{
  static const double values[] = { 0, 5, -3, NAN, INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      WeirScale scale;

      weir_scale_fit (&scale, values[i], values[i], 4);
      g_assert_true (isfinite (scale.min) && isfinite (scale.max));
      g_assert_cmpfloat (scale.max, >, scale.min);
      g_assert_cmpuint (scale.n_ticks, >=, 2);
      g_assert_cmpuint (scale.n_ticks, <=, 6);
    }
}

static void
test_map_and_back (void)
{
  WeirScale scale;

  weir_scale_fit (&scale, 0, 200, 4);
  g_assert_cmpfloat_with_epsilon (weir_scale_map (&scale, 0, 400), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (weir_scale_map (&scale, 200, 400), 400, 1e-9);
  for (double x = 0; x <= 400; x += 13)
    g_assert_cmpfloat_with_epsilon (weir_scale_map (&scale, weir_scale_invert (&scale, x, 400),
                                                    400), x, 1e-9);
}

static void
test_time_ticks (void)
{
  const gint64 second = G_USEC_PER_SEC;
  const gint64 start = 1767225600 * second;    /* 2026-01-01 00:00:00 UTC */
  WeirScale scale;

  weir_scale_fit_time (&scale, start + 7 * second, start + 607 * second, 6, 0, 0);
  g_assert_cmpfloat (scale.step, ==, 120. * (double) second);
  g_assert_cmpfloat (scale.first, ==, (double) (start + 120 * second));
  g_assert_cmpuint (scale.n_ticks, ==, 5);

  /* In a zone half an hour off, whole hours of the clock are not whole hours of UTC. */
  weir_scale_fit_time (&scale, start, start + 6 * 3600 * second, 6, 0, 1800 * second);
  g_assert_cmpfloat (scale.step, ==, 3600. * (double) second);
  g_assert_cmpfloat (scale.first, ==, (double) (start + 1800 * second));

  /* Points of days have no use for hours. */
  weir_scale_fit_time (&scale, start, start + 3 * 86400 * second, 12, 86400 * second, 0);
  g_assert_cmpfloat (scale.step, ==, 86400. * (double) second);
  g_assert_cmpuint (scale.n_ticks, ==, 4);

  weir_scale_fit_time (&scale, start, start, 6, 0, 0);
  g_assert_cmpfloat (scale.max, >, scale.min);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scale/round-ticks", test_round_ticks);
  g_test_add_func ("/scale/nothing-to-span", test_nothing_to_span);
  g_test_add_func ("/scale/map-and-back", test_map_and_back);
  g_test_add_func ("/scale/time-ticks", test_time_ticks);
  return g_test_run ();
}
