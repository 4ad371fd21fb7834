/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-term-editor.h"

G_BEGIN_DECLS

/**
 * WeirStepRow:
 *
 * A step of a funnel that is being edited: which events, what it is called. Its grip is dragged,
 * and Alt+Up and Alt+Down do the same.
 */
#define WEIR_TYPE_STEP_ROW (weir_step_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirStepRow, weir_step_row, WEIR, STEP_ROW, GtkBox)

/* Signals:
 *  ::changed                      the step is another one
 *  ::moved (int by)               the reader wants it elsewhere
 *  ::dropped (WeirStepRow *row)   another row was dropped on this one
 *  ::removed                      the reader does not want it
 */
WeirStepRow  *weir_step_row_new        (WeirCatalog  *catalog);
void          weir_step_row_set_number (WeirStepRow  *self,
                                        guint         number,
                                        gboolean      removable);
void          weir_step_row_set_step   (WeirStepRow  *self,
                                        JsonObject   *step);
JsonObject   *weir_step_row_dup_step   (WeirStepRow  *self);

G_END_DECLS
