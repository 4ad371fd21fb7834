/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-chart-data.h"
#include "weir-data-table.h"
#include "weir-heat-data.h"

G_BEGIN_DECLS

/* What a collector answers to retention, for charts and tables. */
WeirHeatData  *weir_retention_result_read  (JsonObject     *answer,
                                            const char     *period,
                                            guint           n_periods);
void           weir_retention_result_fill  (WeirHeatData   *data,
                                            WeirDataTable  *table,
                                            gboolean        counts);

G_END_DECLS
