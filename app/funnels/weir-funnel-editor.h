/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

#include "weir-catalog.h"

G_BEGIN_DECLS

/**
 * WeirFunnelEditor:
 *
 * A funnel that is being put together: its steps, its window and order, exclusions, breakdown.
 */
#define WEIR_TYPE_FUNNEL_EDITOR (weir_funnel_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirFunnelEditor, weir_funnel_editor, WEIR, FUNNEL_EDITOR, GtkBox)

/* Signals:
 *  ::changed   dup_question() is another one
 */
WeirFunnelEditor  *weir_funnel_editor_new          (void);
void               weir_funnel_editor_set_catalog  (WeirFunnelEditor  *self,
                                                    WeirCatalog       *catalog);
void               weir_funnel_editor_set_question (WeirFunnelEditor  *self,
                                                    JsonObject        *question);
JsonObject        *weir_funnel_editor_dup_question (WeirFunnelEditor  *self);
void               weir_funnel_editor_start        (WeirFunnelEditor  *self);

G_END_DECLS
