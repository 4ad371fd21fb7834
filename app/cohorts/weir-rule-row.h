/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-catalog.h"
#include "weir-rule.h"

G_BEGIN_DECLS

/**
 * WeirRuleRow:
 *
 * One condition as a sentence. It changes the rule it shows, which has to live as long.
 */
#define WEIR_TYPE_RULE_ROW (weir_rule_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirRuleRow, weir_rule_row, WEIR, RULE_ROW, GtkWidget)

/* Signals:
 *  ::changed        the rule says something else
 *  ::kind-changed   the rule is of another kind: it needs another row
 *  ::removed        the reader wants it gone
 */
WeirRuleRow  *weir_rule_row_new       (WeirRule      *rule,
                                       WeirCatalog   *catalog,
                                       const char    *without_cohort);
WeirRule     *weir_rule_row_get_rule  (WeirRuleRow   *self);
gboolean      weir_rule_row_focus_cb  (gpointer       user_data);

G_END_DECLS
