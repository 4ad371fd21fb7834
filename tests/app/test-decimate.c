/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "weir-decimate.h"

#define N 100000

static double xs[N];
static double ys[N];

static void
test_keeps_peaks (void)
{
  g_autoptr(GArray) points = NULL;
  gboolean high = FALSE, low = FALSE;

  for (guint i = 0; i < N; i++)
    {
      xs[i] = i;
      ys[i] = sin (i / 500.);
    }
  ys[31337] = 9;
  ys[70001] = -9;
  points = weir_decimate (xs, ys, N, 0, N - 1, 300);
  g_assert_cmpuint (points->len, <=, 2 * 301);
  for (guint i = 0; i < points->len; i++)
    {
      const WeirPoint *point = &g_array_index (points, WeirPoint, i);

      high |= point->x == 31337 && point->y == 9;
      low |= point->x == 70001 && point->y == -9;
      if (i > 0)
        g_assert_cmpfloat (point->x, >=, g_array_index (points, WeirPoint, i - 1).x);
    }
  g_assert_true (high);
  g_assert_true (low);
}

static void
test_few_points_stay (void)
{
  static const double x[] = { 0, 10, 20, 30 };
  static const double y[] = { 1, 5, 2, 4 };
  g_autoptr(GArray) points = weir_decimate (x, y, 4, 0, 30, 200);

  g_assert_cmpuint (points->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpfloat (g_array_index (points, WeirPoint, i).x, ==, x[i]);
      g_assert_cmpfloat (g_array_index (points, WeirPoint, i).y, ==, y[i]);
    }
}

static void
test_gaps_stay (void)
{
  static const double x[] = { 0, 1, 2, 3, 4, 5 };
  const double y[] = { NAN, 1, NAN, NAN, 2, 3 };
  g_autoptr(GArray) points = weir_decimate (x, y, 6, 0, 5, 100);

  g_assert_cmpuint (points->len, ==, 4);
  g_assert_cmpfloat (g_array_index (points, WeirPoint, 0).y, ==, 1);
  g_assert_true (isnan (g_array_index (points, WeirPoint, 1).y));
  g_assert_cmpfloat (g_array_index (points, WeirPoint, 2).y, ==, 2);
  g_assert_cmpfloat (g_array_index (points, WeirPoint, 3).y, ==, 3);
}

static void
test_outside_is_left_out (void)
{
  static const double x[] = { 0, 10, 20, 30, 40, 50 };
  static const double y[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr(GArray) points = weir_decimate (x, y, 6, 22, 28, 100);

  /* The neighbours, so that the line crosses the picture. */
  g_assert_cmpuint (points->len, ==, 2);
  g_assert_cmpfloat (g_array_index (points, WeirPoint, 0).x, ==, 20);
  g_assert_cmpfloat (g_array_index (points, WeirPoint, 1).x, ==, 30);
}

static void
test_empty (void)
{
  g_autoptr(GArray) points = weir_decimate (NULL, NULL, 0, 0, 1, 10);

  g_assert_cmpuint (points->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimate/keeps-peaks", test_keeps_peaks);
  g_test_add_func ("/decimate/few-points-stay", test_few_points_stay);
  g_test_add_func ("/decimate/gaps-stay", test_gaps_stay);
  g_test_add_func ("/decimate/outside-is-left-out", test_outside_is_left_out);
  g_test_add_func ("/decimate/empty", test_empty);
  return g_test_run ();
}
