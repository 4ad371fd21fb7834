/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirExactSum:
 * @hi: the sum, rounded to a double
 * @lo: what rounding lost
 *
 * A sum of doubles that is carried with 106 bits, so that the same numbers give the same sum in
 * whatever order and through whatever partial sums they come; all zero is an empty sum.
 */
typedef struct {
  double hi;
  double lo;
} WeirExactSum;

void    weir_exact_sum_add    (WeirExactSum        *self,
                               double               number);
void    weir_exact_sum_merge  (WeirExactSum        *self,
                               const WeirExactSum  *other);
double  weir_exact_sum_get    (const WeirExactSum  *self);

G_END_DECLS
