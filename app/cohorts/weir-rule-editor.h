/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-catalog.h"
#include "weir-rule.h"

G_BEGIN_DECLS

/**
 * WeirRuleEditor:
 *
 * The conditions of a cohort as sentences, whose variable parts are controls, in groups.
 */
#define WEIR_TYPE_RULE_EDITOR (weir_rule_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirRuleEditor, weir_rule_editor, WEIR, RULE_EDITOR, GtkWidget)

/* Signals:
 *  ::changed   dup_where() is another one
 */
WeirRuleEditor  *weir_rule_editor_new         (void);
void             weir_rule_editor_set_catalog (WeirRuleEditor  *self,
                                               WeirCatalog     *catalog);
void             weir_rule_editor_set_where   (WeirRuleEditor  *self,
                                               JsonNode        *where);
JsonNode        *weir_rule_editor_dup_where   (WeirRuleEditor  *self);
void             weir_rule_editor_set_name    (WeirRuleEditor  *self,
                                               const char      *name);
gboolean         weir_rule_editor_has_gaps    (WeirRuleEditor  *self);
void             weir_rule_editor_add         (WeirRuleEditor  *self,
                                               WeirRuleKind     kind);

G_END_DECLS
