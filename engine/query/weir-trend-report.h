/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-trend-table.h"

G_BEGIN_DECLS

/**
 * WeirTrendReport:
 *
 * A trend laid out to be written: which groups are shown, and one line of cells for each.
 */
typedef struct _WeirTrendReport WeirTrendReport;

WeirTrendReport *weir_trend_report_new        (WeirAnswer        *answer,
                                               WeirTrendTable    *table,
                                               GError           **error);
void             weir_trend_report_free       (WeirTrendReport   *self);
void             weir_trend_report_write      (WeirTrendReport   *self,
                                               GString           *out);
void             weir_trend_report_write_csv  (WeirTrendReport   *self,
                                               GString           *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTrendReport, weir_trend_report_free)

G_END_DECLS
