/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-trend-cell.h"

G_BEGIN_DECLS

#define WEIR_SUMMARY_HOUR   G_TIME_SPAN_HOUR
#define WEIR_SUMMARY_MINUTE G_TIME_SPAN_MINUTE

/* The columns of `summary_hour` and `summary_minute`, in the order in which cells are read. */
#define WEIR_SUMMARY_COLUMNS \
  "name_id, start, source_id, count, errors, value_n, value_hi, value_lo, value_min, value_max," \
  " duration_n, duration_hi, duration_lo, duration_min, duration_max"
#define WEIR_SUMMARY_SKETCHES ", value_sketch, duration_sketch"

/**
 * WeirSummaryCell:
 * @name_id: number of the name
 * @source_id: number of the source
 * @start: when it begins, microseconds since the epoch
 * @length: how long it is, microseconds
 * @count: how many events
 * @errors: how many of them are errors
 * @value: what is known of their values
 * @duration: what is known of their durations
 *
 * All that is known of the events of one name, source and minute or hour. Zero-initialized it is
 * empty.
 */
typedef struct {
  gint64 name_id;
  gint64 source_id;
  gint64 start;
  gint64 length;
  guint64 count;
  guint64 errors;
  WeirTrendCell value;
  WeirTrendCell duration;
} WeirSummaryCell;

gint64   weir_summary_floor       (gint64                  time,
                                   gint64                  length);
void     weir_summary_cell_clear  (WeirSummaryCell        *self);
void     weir_summary_cell_free   (WeirSummaryCell        *self);
void     weir_summary_cell_add    (WeirSummaryCell        *self,
                                   gboolean                is_error,
                                   double                  value,
                                   double                  duration);
void     weir_summary_cell_merge  (WeirSummaryCell        *self,
                                   const WeirSummaryCell  *other);
void     weir_summary_cell_bind   (const WeirSummaryCell  *self,
                                   sqlite3_stmt           *statement);
gboolean weir_summary_cell_read   (WeirSummaryCell        *self,
                                   sqlite3_stmt           *select,
                                   gboolean                has_sketches,
                                   GError                **error);

G_END_DECLS
