/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "weir-sketch.h"

static const double quantiles[] = { 0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1 };

typedef double (*Distribution) (guint i);

static double
uniform (guint i)
{
  return g_test_rand_double_range (1, 1000);
}

static double
log_normal (guint i)
{
  double u = g_test_rand_double () + 1e-9;
  double v = g_test_rand_double ();

  return exp (3 + 2 * sqrt (-2 * log (u)) * cos (2 * G_PI * v));
}

static double
both_signs (guint i)
{
  return i % 7 == 0 ? 0 : g_test_rand_double_range (-500, 500);
}

static double
equal (guint i)
{
  return 42;
}

static double
two_ends (guint i)
{
  return i % 2 == 0 ? 1e-9 : 1e20;
}

static const Distribution distributions[] = { uniform, log_normal, both_signs, equal, two_ends };

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
test_error (gconstpointer data)
{
  Distribution distribution = distributions[GPOINTER_TO_UINT (data)];
  g_autoptr (WeirSketch) sketch = weir_sketch_new ();
  guint sizes[] = { 1, 2, 100, 50000 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autofree double *values = g_new (double, sizes[s]);

      weir_sketch_clear (sketch);
      for (guint i = 0; i < sizes[s]; i++)
        {
          values[i] = distribution (i);
          weir_sketch_add (sketch, values[i]);
        }
      qsort (values, sizes[s], sizeof *values, compare);
      g_assert_cmpuint (weir_sketch_get_count (sketch), ==, sizes[s]);

      for (guint q = 0; q < G_N_ELEMENTS (quantiles); q++)
        {
          double truth = values[(guint) (quantiles[q] * (sizes[s] - 1))];

          g_assert_cmpfloat_with_epsilon (weir_sketch_get_quantile (sketch, quantiles[q]),
                                          truth,
                                          fabs (truth) * 0.01 + 1e-12);
        }
    }
}

/* Nothing is lost in a merge: the quantiles are equal to the last bit. */
static void
test_merge (void)
{
  for (guint d = 0; d < G_N_ELEMENTS (distributions); d++)
    {
      g_autoptr (WeirSketch) whole = weir_sketch_new ();
      g_autoptr (WeirSketch) merged = weir_sketch_new ();
      WeirSketch *parts[5];

      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        parts[i] = weir_sketch_new ();
      for (guint i = 0; i < 5000; i++)
        {
          double value = distributions[d] (i);

          weir_sketch_add (whole, value);
          weir_sketch_add (parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))], value);
        }
      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        {
          weir_sketch_merge (merged, parts[i]);
          weir_sketch_free (parts[i]);
        }

      g_assert_cmpuint (weir_sketch_get_count (merged), ==, 5000);
      for (guint q = 0; q <= 1000; q++)
        g_assert_cmpfloat (weir_sketch_get_quantile (merged, q / 1000.0), ==,
                           weir_sketch_get_quantile (whole, q / 1000.0));
    }
}

static void
test_odd_values (void)
{
  g_autoptr (WeirSketch) sketch = weir_sketch_new ();

  g_assert_true (isnan (weir_sketch_get_quantile (sketch, 0.5)));
  weir_sketch_add (sketch, NAN);
  g_assert_cmpuint (weir_sketch_get_count (sketch), ==, 0);

  weir_sketch_add (sketch, INFINITY);
  weir_sketch_add (sketch, -INFINITY);
  weir_sketch_add (sketch, 1e300);
  weir_sketch_add (sketch, 1e-300);
  weir_sketch_add (sketch, -0.0);
  for (guint i = 0; i < 100; i++)
    weir_sketch_add (sketch, 5);
  g_assert_cmpuint (weir_sketch_get_count (sketch), ==, 105);

  /* The absurd ones are kept in bounds and cost the others nothing. */
  g_assert_cmpfloat_with_epsilon (weir_sketch_get_quantile (sketch, 0), -1e23, 1e21);
  g_assert_cmpfloat_with_epsilon (weir_sketch_get_quantile (sketch, 1), 1e23, 1e21);
  g_assert_cmpfloat_with_epsilon (weir_sketch_get_quantile (sketch, 0.5), 5, 0.05);
  g_assert_cmpfloat (weir_sketch_get_quantile (sketch, 2.0 / 104), ==, 0);
  g_assert_cmpfloat_with_epsilon (weir_sketch_get_quantile (sketch, 7), 1e23, 1e21);

  weir_sketch_clear (sketch);
  g_assert_true (isnan (weir_sketch_get_quantile (sketch, 0.5)));
}

static void
test_write (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (WeirSketch) sketch = weir_sketch_new ();
  g_autoptr (WeirSketch) copy = weir_sketch_new ();
  g_autoptr (GByteArray) blob = g_byte_array_new ();

  weir_sketch_add (copy, 1);
  weir_sketch_write (sketch, blob);
  g_assert_cmpuint (blob->len, ==, 4);
  g_assert_true (weir_sketch_read (copy, blob->data, blob->len));
  g_assert_cmpuint (weir_sketch_get_count (copy), ==, 0);

  weir_sketch_add (sketch, INFINITY);
  weir_sketch_add (sketch, -INFINITY);
  weir_sketch_add (sketch, 1.0000001e-12);
  weir_sketch_add (sketch, 0);
  for (guint i = 0; i < 3000; i++)
    weir_sketch_add (sketch, exp (g_rand_double_range (random, -3, 6)) * (i % 3 == 0 ? -1 : 1));
  g_byte_array_set_size (blob, 0);
  weir_sketch_write (sketch, blob);
  g_assert_cmpuint (blob->len, <, 2400);
  g_assert_true (weir_sketch_read (copy, blob->data, blob->len));
  g_assert_cmpuint (weir_sketch_get_count (copy), ==, 3004);
  for (guint q = 0; q <= 1000; q++)
    g_assert_cmpfloat (weir_sketch_get_quantile (copy, q / 1000.0), ==,
                       weir_sketch_get_quantile (sketch, q / 1000.0));

  /* Cut short it is refused, whatever the place, and so is more than there should be. */
  for (guint i = 0; i < blob->len; i++)
    {
      g_autofree guint8 *part = g_memdup2 (blob->data, i);

      g_assert_false (weir_sketch_read (copy, part, i));
      g_assert_cmpuint (weir_sketch_get_count (copy), ==, 0);
    }
  g_byte_array_append (blob, (const guint8 *) "", 1);
  g_assert_false (weir_sketch_read (copy, blob->data, blob->len));
}

/* Whatever it is, it is read or refused. */
static void
test_read_anything (void)
{
  static const guint8 far[] = { 1, 0, 1, 0xff, 0xff, 0x7f, 1, 0 };
  static const guint8 many[] = { 1, 0, 0xff, 0xff, 0x7f, 1, 1, 0 };
  static const guint8 more[] = { 1, 0, 1, 5, 2, 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  g_autoptr (WeirSketch) sketch = weir_sketch_new ();
  guint8 bytes[24];

  g_assert_false (weir_sketch_read (sketch, far, sizeof far));
  g_assert_false (weir_sketch_read (sketch, many, sizeof many));
  g_assert_false (weir_sketch_read (sketch, more, sizeof more));
  for (guint i = 0; i < 100000; i++)
    {
      gsize length = (gsize) g_rand_int_range (random, 0, sizeof bytes);

      for (gsize j = 0; j < length; j++)
        bytes[j] = (guint8) g_rand_int_range (random, 0, i % 2 == 0 ? 256 : 6);
      if (weir_sketch_read (sketch, bytes, length))
        weir_sketch_get_quantile (sketch, 0.5);
      else
        g_assert_cmpuint (weir_sketch_get_count (sketch), ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (distributions); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/sketch/error/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_error);
    }
  g_test_add_func ("/engine/sketch/merge", test_merge);
  g_test_add_func ("/engine/sketch/odd-values", test_odd_values);
  g_test_add_func ("/engine/sketch/write", test_write);
  g_test_add_func ("/engine/sketch/read-anything", test_read_anything);

  return g_test_run ();
}
