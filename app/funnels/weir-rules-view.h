/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirRulesView:
 *
 * One funnel, counted by the rules of several programs, side by side; and the persons for whom that
 * makes a difference.
 */
#define WEIR_TYPE_RULES_VIEW (weir_rules_view_get_type ())
G_DECLARE_FINAL_TYPE (WeirRulesView, weir_rules_view, WEIR, RULES_VIEW, AdwBin)

/* Signals:
 *  ::opened (JsonObject *question, const char *title)   the reader wants to know who they are
 */
void  weir_rules_view_set_session (WeirRulesView  *self,
                                   WeirSession    *session);
void  weir_rules_view_ask         (WeirRulesView  *self,
                                   JsonObject     *question);

G_END_DECLS
