/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Double-double addition: TwoSum (Knuth, TAOCP volume 2, 4.2.2) and the sum of two such pairs as in
 * Joldes, Muller, Popescu, “Tight and rigorous error bounds for basic building blocks of
 * double-word arithmetic”, ACM TOMS 44 (2017), algorithms 4 and 6. Each addition errs by less than
 * 2⁻¹⁰⁴ of the sum; whole numbers and decimals of similar size are summed without any error. */

#include "config.h"

#include "weir-exact-sum.h"

#include <math.h>

static inline double
two_sum (double  a,
         double  b,
         double *error)
{
  double sum = a + b;
  double part = sum - a;

  *error = (a - (sum - part)) + (b - part);

  return sum;
}

static inline double
fast_two_sum (double  a,
              double  b,
              double *error)
{
  double sum = a + b;

  *error = b - (sum - a);

  return sum;
}

/**
 * weir_exact_sum_add:
 * @self: a sum
 * @number: what to add
 */
void
weir_exact_sum_add (WeirExactSum *self,
                    double        number)
{
  double error, sum;

  sum = two_sum (self->hi, number, &error);
  /* Beyond the greatest double there is nothing to be exact about. */
  if (!isfinite (sum))
    {
      self->hi = sum;
      self->lo = 0;
      return;
    }
  self->hi = fast_two_sum (sum, self->lo + error, &self->lo);
}

/**
 * weir_exact_sum_merge:
 * @self: a sum
 * @other: another
 *
 * Adds the numbers of @other.
 */
void
weir_exact_sum_merge (WeirExactSum       *self,
                      const WeirExactSum *other)
{
  double sum, error, low, low_error;

  sum = two_sum (self->hi, other->hi, &error);
  if (!isfinite (sum))
    {
      self->hi = sum;
      self->lo = 0;
      return;
    }
  low = two_sum (self->lo, other->lo, &low_error);
  sum = fast_two_sum (sum, error + low, &error);
  self->hi = fast_two_sum (sum, low_error + error, &self->lo);
}

/**
 * weir_exact_sum_get:
 * @self: a sum
 *
 * Returns: the sum, rounded once; not finite when it is beyond the greatest double
 */
double
weir_exact_sum_get (const WeirExactSum *self)
{
  return self->hi + self->lo;
}
