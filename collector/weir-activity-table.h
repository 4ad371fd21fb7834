/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-activity.h"
#include "weir-sketch.h"

G_BEGIN_DECLS

/**
 * WeirActivityCell:
 * @slot: number of the slot since the epoch that the other members are about
 *
 * Counts of one name in one slot.
 */
typedef struct {
  gint32 slot;
  guint32 count;
  guint32 errors;
  guint32 n_values;
  double sum;
} WeirActivityCell;

/**
 * WeirActivitySeries:
 * @name: UTF-8, NUL-terminated
 * @last_seen: newest receipt time, microseconds since the epoch
 * @cells: one for each slot of the window, at slot number modulo their count
 * @sketches: (nullable): latencies, where there were any; valid as long as the cell is
 *
 * What is known of one name. The cells are reset when their turn comes again, so nothing has to
 * run when time passes.
 */
typedef struct {
  char *name;
  gsize length;
  guint64 hash;
  gint64 last_seen;
  WeirActivityCell cells[WEIR_ACTIVITY_N_SLOTS];
  WeirSketch *sketches[WEIR_ACTIVITY_N_SLOTS];
} WeirActivitySeries;

WeirActivitySeries     *weir_activity_series_new        (const char               *name,
                                                         gsize                     length,
                                                         guint64                   hash);
void                    weir_activity_series_free       (WeirActivitySeries       *self);
WeirActivityCell       *weir_activity_series_begin      (WeirActivitySeries       *self,
                                                         gint32                    slot);
void                    weir_activity_series_add_latency (WeirActivitySeries      *self,
                                                         gint32                    slot,
                                                         double                    milliseconds);
const WeirActivityCell *weir_activity_series_get        (const WeirActivitySeries *self,
                                                         gint32                    slot);
const WeirSketch       *weir_activity_series_get_sketch (const WeirActivitySeries *self,
                                                         gint32                    slot);

/**
 * WeirActivityTable:
 *
 * Names and their series: a hash table with room for a fixed number of them. Names that were not
 * seen for a whole window make room for new ones; when there is no room left, new names share
 * the series “(other)”.
 */
typedef struct {
  WeirActivitySeries **series;
  WeirActivitySeries *other;
  WeirActivitySeries *last;      /* the one found last: often the next one, too */
  guint n_series;
  guint max_series;
  guint16 *index;                /* position in series + 1, by hash; 0 is free */
  guint mask;
  guint64 seed;
  gint32 swept;                  /* slot in which room was last looked for */
} WeirActivityTable;

void                    weir_activity_table_init        (WeirActivityTable        *self,
                                                         guint                     max_series);
void                    weir_activity_table_clear       (WeirActivityTable        *self);
WeirActivitySeries     *weir_activity_table_find        (WeirActivityTable        *self,
                                                         const char               *name,
                                                         gsize                     length,
                                                         gint32                    slot);

WeirActivitySeries     *weir_activity_table_lookup      (WeirActivityTable        *self,
                                                         const char               *name,
                                                         gsize                     length);

G_END_DECLS
