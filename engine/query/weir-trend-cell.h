/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exact-sum.h"
#include "weir-identity-set.h"
#include "weir-sketch.h"
#include "weir-trend.h"

G_BEGIN_DECLS

/**
 * WeirTrendCell:
 * @key: of the cell in its table; 0 in a cell that stands alone
 * @count: how many events
 * @n_numbers: how many of them have a number
 * @sum: the sum of the numbers
 * @min: the least
 * @max: the greatest
 * @sketch: (nullable): how they are distributed
 * @persons: (nullable): whose events they are
 * @n_persons: how many persons those are, as far as @is_counted
 * @is_counted: whether @n_persons is up to date
 *
 * What is known of the events of one series, group and bucket. Zero-initialized it is empty.
 */
typedef struct {
  guint64 key;
  guint64 count;
  guint64 n_numbers;
  WeirExactSum sum;
  double min;
  double max;
  WeirSketch *sketch;
  WeirIdentitySet *persons;
  guint n_persons;
  gboolean is_counted;
} WeirTrendCell;

void    weir_trend_cell_clear   (WeirTrendCell        *self);
void    weir_trend_cell_free    (WeirTrendCell        *self);
void    weir_trend_cell_add     (WeirTrendCell        *self,
                                 WeirMeasure           measure,
                                 guint32               identity,
                                 double                number);
void    weir_trend_cell_add_rows (WeirTrendCell       *self,
                                  WeirMeasure          measure,
                                  const WeirRows      *rows);
void    weir_trend_cell_merge   (WeirTrendCell        *self,
                                 const WeirTrendCell  *other);
double  weir_trend_cell_get     (const WeirTrendCell  *self,
                                 WeirMeasure           measure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTrendCell, weir_trend_cell_free)

G_END_DECLS
