/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-format.h"

G_BEGIN_DECLS

/**
 * WeirChartData:
 *
 * What a chart shows: instants, and series with one number for each. Reference counted; does not
 * change once a chart has it.
 */
typedef struct _WeirChartData WeirChartData;

WeirChartData *weir_chart_data_new            (const gint64         *times,
                                               guint                 n_times,
                                               WeirUnit              unit);
WeirChartData *weir_chart_data_ref            (WeirChartData        *self);
void           weir_chart_data_unref          (WeirChartData        *self);
void           weir_chart_data_add_series     (WeirChartData        *self,
                                               const char           *name,
                                               guint                 color,
                                               const double         *values);
void           weir_chart_data_settle_last    (WeirChartData        *self);
void           weir_chart_data_set_running    (WeirChartData        *self);
gboolean       weir_chart_data_is_running     (const WeirChartData  *self,
                                               guint                 series,
                                               guint                 index);
WeirChartData *weir_chart_data_copy_without   (const WeirChartData  *self,
                                               GHashTable           *names);
void           weir_chart_data_set_end        (WeirChartData        *self,
                                               gint64                end);
gint64         weir_chart_data_get_end        (const WeirChartData  *self,
                                               guint                 index);
gint64         weir_chart_data_get_spacing    (const WeirChartData  *self);
char          *weir_chart_data_dup_time       (const WeirChartData  *self,
                                               guint                 index);
guint          weir_chart_data_find_time      (const WeirChartData  *self,
                                               double                time);
char          *weir_chart_data_dup_csv        (const WeirChartData  *self);
WeirUnit       weir_chart_data_get_unit       (const WeirChartData  *self);
guint          weir_chart_data_get_n_times    (const WeirChartData  *self);
guint          weir_chart_data_get_n_series   (const WeirChartData  *self);
gint64         weir_chart_data_get_time       (const WeirChartData  *self,
                                               guint                 index);
const double  *weir_chart_data_get_times      (const WeirChartData  *self);
const char    *weir_chart_data_get_name       (const WeirChartData  *self,
                                               guint                 series);
guint          weir_chart_data_get_color      (const WeirChartData  *self,
                                               guint                 series);
guint          weir_chart_data_get_style      (const WeirChartData  *self,
                                               guint                 series);
char          *weir_chart_data_dup_value      (const WeirChartData  *self,
                                               guint                 series,
                                               guint                 index);
const double  *weir_chart_data_get_values     (const WeirChartData  *self,
                                               guint                 series);
double         weir_chart_data_get_total      (const WeirChartData  *self,
                                               guint                 index);
double         weir_chart_data_get_peak       (WeirChartData        *self,
                                               gboolean              stacked,
                                               guint                *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirChartData, weir_chart_data_unref)

G_END_DECLS
