/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-catalog.h"
#include "weir-scope.h"

G_BEGIN_DECLS

/**
 * WeirScopeBar:
 *
 * Says what the window speaks of, and changes it: range, conditions, source, cohort.
 */
#define WEIR_TYPE_SCOPE_BAR (weir_scope_bar_get_type ())
G_DECLARE_FINAL_TYPE (WeirScopeBar, weir_scope_bar, WEIR, SCOPE_BAR, GtkWidget)

void  weir_scope_bar_set_scope   (WeirScopeBar  *self,
                                  WeirScope     *scope,
                                  WeirCatalog   *catalog);
void  weir_scope_bar_open_range  (WeirScopeBar  *self);
void  weir_scope_bar_open_filter (WeirScopeBar  *self);

G_END_DECLS
