/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "weir-catalog.h"

G_BEGIN_DECLS

/**
 * WeirRetentionControls:
 *
 * A question of retention in one line: who starts, what coming back is, by which period.
 */
#define WEIR_TYPE_RETENTION_CONTROLS (weir_retention_controls_get_type ())
G_DECLARE_FINAL_TYPE (WeirRetentionControls, weir_retention_controls, WEIR, RETENTION_CONTROLS,
                      GtkWidget)

/* Signals:
 *  ::changed   dup_question() is another one
 */
WeirRetentionControls  *weir_retention_controls_new          (void);
void                    weir_retention_controls_set_catalog  (WeirRetentionControls  *self,
                                                              WeirCatalog            *catalog);
void                    weir_retention_controls_set_question (WeirRetentionControls  *self,
                                                              JsonObject             *question);
JsonObject             *weir_retention_controls_dup_question (WeirRetentionControls  *self);
void                    weir_retention_controls_add          (WeirRetentionControls  *self,
                                                              const char             *label,
                                                              GtkWidget              *widget);

G_END_DECLS
