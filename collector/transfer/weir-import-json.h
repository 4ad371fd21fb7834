/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the readers of other programs' JSON share. */
JsonObject *weir_import_json_load         (JsonParser  *parser,
                                           const char  *line,
                                           gsize        length);
char       *weir_import_json_dup_text     (JsonObject  *object,
                                           const char  *name);
void        weir_import_json_append       (GString     *out,
                                           const char  *name,
                                           const char  *text);
void        weir_import_json_append_time  (GString     *out,
                                           gint64       micros);
void        weir_import_json_append_node  (GString     *out,
                                           const char  *name,
                                           JsonObject  *object);

G_END_DECLS
