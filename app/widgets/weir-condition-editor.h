/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-conditions.h"
#include "weir-seen-names.h"

G_BEGIN_DECLS

/**
 * WeirConditionEditor:
 *
 * A popover in which a condition is made or changed, with names that have been seen to pick from.
 */
#define WEIR_TYPE_CONDITION_EDITOR (weir_condition_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirConditionEditor, weir_condition_editor,
                      WEIR, CONDITION_EDITOR, GtkPopover)

/* Signals:
 *  ::done (const char *property, const char *op, const char *value)
 */
void  weir_condition_editor_set_names (WeirConditionEditor  *self,
                                       WeirSeenNames        *names);
void  weir_condition_editor_edit      (WeirConditionEditor  *self,
                                       const WeirCondition  *condition);

G_END_DECLS
