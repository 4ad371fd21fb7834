/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-term-editor.h"

G_BEGIN_DECLS

/**
 * WeirExclusionRow:
 *
 * What takes a person out of a funnel: which events, between which steps.
 */
#define WEIR_TYPE_EXCLUSION_ROW (weir_exclusion_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirExclusionRow, weir_exclusion_row, WEIR, EXCLUSION_ROW, GtkBox)

/* Signals:
 *  ::changed   it is another one
 *  ::removed   the reader does not want it
 */
WeirExclusionRow  *weir_exclusion_row_new         (WeirCatalog       *catalog);
void               weir_exclusion_row_set_n_steps (WeirExclusionRow  *self,
                                                   guint              n_steps);
void               weir_exclusion_row_set         (WeirExclusionRow  *self,
                                                   JsonObject        *exclusion);
JsonObject        *weir_exclusion_row_dup         (WeirExclusionRow  *self,
                                                   guint              n_steps);

G_END_DECLS
