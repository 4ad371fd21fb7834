/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-trend-cell.h"

G_BEGIN_DECLS

/**
 * WeirTrendTable:
 *
 * The cells of a trend, by series, group and bucket. Only cells that have events take room. Buckets
 * have numbers that stay the same while the calendar grows or moves. Belongs to one thread.
 */
typedef struct _WeirTrendTable WeirTrendTable;

typedef void (*WeirTrendCellFunc) (WeirTrendCell *cell,
                                   guint          series,
                                   guint32        group,
                                   gint32         bucket,
                                   gpointer       user_data);

WeirTrendTable     *weir_trend_table_new          (const WeirTrendSpec  *spec,
                                                   GTimeZone            *time_zone,
                                                   WeirCalendar         *calendar);
void                weir_trend_table_free         (WeirTrendTable       *self);
void                weir_trend_table_clear        (WeirTrendTable       *self);
void                weir_trend_table_add          (WeirTrendTable       *self,
                                                   const WeirRows       *rows);
void                weir_trend_table_add_cell     (WeirTrendTable       *self,
                                                   guint                 series,
                                                   gint64                time,
                                                   const WeirTrendCell  *cell);
void                weir_trend_table_move         (WeirTrendTable       *self,
                                                   WeirCalendar         *calendar);
gboolean            weir_trend_table_get_buckets  (WeirTrendTable       *self,
                                                   gint64                from,
                                                   gint64                until,
                                                   gint32               *first,
                                                   guint                *n_buckets,
                                                   GError              **error);
char               *weir_trend_table_format       (WeirTrendTable       *self,
                                                   gint32                bucket);
void                weir_trend_table_foreach      (WeirTrendTable       *self,
                                                   WeirTrendCellFunc     func,
                                                   gpointer              user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTrendTable, weir_trend_table_free)

G_END_DECLS
