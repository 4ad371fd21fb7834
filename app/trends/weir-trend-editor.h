/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

#include "weir-catalog.h"

G_BEGIN_DECLS

/**
 * WeirTrendEditor:
 *
 * A trend that is being put together: up to ten series, the interval, a breakdown.
 */
#define WEIR_TYPE_TREND_EDITOR (weir_trend_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirTrendEditor, weir_trend_editor, WEIR, TREND_EDITOR, GtkBox)

/* Signals:
 *  ::changed   dup_question() is another one
 */
WeirTrendEditor  *weir_trend_editor_new          (void);
void              weir_trend_editor_set_catalog  (WeirTrendEditor  *self,
                                                  WeirCatalog      *catalog);
void              weir_trend_editor_set_question (WeirTrendEditor  *self,
                                                  JsonObject       *question);
JsonObject       *weir_trend_editor_dup_question (WeirTrendEditor  *self);
void              weir_trend_editor_start        (WeirTrendEditor  *self);

G_END_DECLS
