/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirJsonEditor:
 *
 * A window in which an object is changed as text. It says where the text is no JSON.
 */
#define WEIR_TYPE_JSON_EDITOR (weir_json_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirJsonEditor, weir_json_editor, WEIR, JSON_EDITOR, AdwWindow)

/* Signals:
 *  ::edited (JsonObject *object)   the reader is done; the window closes
 */
WeirJsonEditor  *weir_json_editor_new  (GtkWindow   *parent,
                                        const char  *title,
                                        JsonObject  *object);

G_END_DECLS
