/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-term-editor.h"

G_BEGIN_DECLS

/**
 * WeirSeriesRow:
 *
 * A series of a trend that is being edited: which events, what of them is measured, its name.
 */
#define WEIR_TYPE_SERIES_ROW (weir_series_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirSeriesRow, weir_series_row, WEIR, SERIES_ROW, GtkBox)

/* Signals:
 *  ::changed   the series is another one
 *  ::removed   the reader does not want it
 */
WeirSeriesRow  *weir_series_row_new        (WeirCatalog    *catalog);
void            weir_series_row_set_number (WeirSeriesRow  *self,
                                            guint           number,
                                            gboolean        removable);
void            weir_series_row_set_series (WeirSeriesRow  *self,
                                            JsonObject     *series);
JsonObject     *weir_series_row_dup_series (WeirSeriesRow  *self);

G_END_DECLS
