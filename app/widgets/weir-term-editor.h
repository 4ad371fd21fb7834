/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "weir-catalog.h"

G_BEGIN_DECLS

/**
 * WeirTermEditor:
 *
 * Which events: a name, and what else must hold of them.
 */
#define WEIR_TYPE_TERM_EDITOR (weir_term_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirTermEditor, weir_term_editor, WEIR, TERM_EDITOR, GtkBox)

/* Signals:
 *  ::changed   the reader wants other events
 */
WeirTermEditor  *weir_term_editor_new       (WeirCatalog     *catalog,
                                             const char      *label);
void             weir_term_editor_set_label (WeirTermEditor  *self,
                                             const char      *label);
void             weir_term_editor_set_term  (WeirTermEditor  *self,
                                             JsonObject      *term);
gboolean         weir_term_editor_write     (WeirTermEditor  *self,
                                             JsonObject      *term);
const char      *weir_term_editor_get_event (WeirTermEditor  *self);
void             weir_term_editor_add       (WeirTermEditor  *self,
                                             GtkWidget       *widget);

G_END_DECLS
