/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirHeatData:
 *
 * What a heat map of retention shows: for each cohort its size, and how many of it came back in
 * each period. Reference counted; does not change once a chart has it.
 */
typedef struct _WeirHeatData WeirHeatData;

WeirHeatData *weir_heat_data_new            (guint                n_columns);
WeirHeatData *weir_heat_data_ref            (WeirHeatData        *self);
void          weir_heat_data_unref          (WeirHeatData        *self);
void          weir_heat_data_add_row        (WeirHeatData        *self,
                                             const char          *name,
                                             guint64              size,
                                             const double        *values,
                                             guint                incomplete);
guint         weir_heat_data_get_n_rows     (const WeirHeatData  *self);
guint         weir_heat_data_get_n_columns  (const WeirHeatData  *self);
const char   *weir_heat_data_get_name       (const WeirHeatData  *self,
                                             guint                row);
guint64       weir_heat_data_get_size       (const WeirHeatData  *self,
                                             guint                row);
double        weir_heat_data_get_value      (const WeirHeatData  *self,
                                             guint                row,
                                             guint                column);
double        weir_heat_data_get_ratio      (const WeirHeatData  *self,
                                             guint                row,
                                             guint                column);
gboolean      weir_heat_data_is_complete    (const WeirHeatData  *self,
                                             guint                row,
                                             guint                column);
guint64       weir_heat_data_get_total_size (const WeirHeatData  *self);
double        weir_heat_data_get_mean       (const WeirHeatData  *self,
                                             guint                column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirHeatData, weir_heat_data_unref)

G_END_DECLS
