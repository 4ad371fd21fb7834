/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirJsonEntry:
 *
 * A member of a JSON object, or an element of an array, as a row of a tree.
 */
#define WEIR_TYPE_JSON_ENTRY (weir_json_entry_get_type ())
G_DECLARE_FINAL_TYPE (WeirJsonEntry, weir_json_entry, WEIR, JSON_ENTRY, GObject)

WeirJsonEntry *weir_json_entry_new          (const char     *name,
                                             const char     *path,
                                             JsonNode       *node);
const char    *weir_json_entry_get_name     (WeirJsonEntry  *self);
const char    *weir_json_entry_get_path     (WeirJsonEntry  *self);
char          *weir_json_entry_dup_text     (WeirJsonEntry  *self);
char          *weir_json_entry_dup_literal  (WeirJsonEntry  *self);
GListModel    *weir_json_entry_get_children (WeirJsonEntry  *self);

G_END_DECLS
