/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Members of what a collector answered. What it did not say, or said in another type, counts as not
 * said: none of these complains. */
JsonObject  *weir_json_parse_object   (GBytes       *bytes,
                                       GError      **error);
JsonObject  *weir_json_get_object     (JsonObject   *object,
                                       const char   *member);
JsonArray   *weir_json_get_array      (JsonObject   *object,
                                       const char   *member);
const char  *weir_json_get_text       (JsonObject   *object,
                                       const char   *member);
double       weir_json_get_number     (JsonObject   *object,
                                       const char   *member);
guint64      weir_json_get_count      (JsonObject   *object,
                                       const char   *member);
gboolean     weir_json_get_boolean    (JsonObject   *object,
                                       const char   *member);
gint64       weir_json_get_time       (JsonObject   *object,
                                       const char   *member);
double       weir_json_node_to_number (JsonNode     *node,
                                       double        fallback);
JsonObject  *weir_json_array_get_object (JsonArray  *array,
                                       guint         index);
guint        weir_json_array_get_n    (JsonArray    *array);
char        *weir_json_object_to_text (JsonObject   *object,
                                       gboolean      pretty);
JsonObject  *weir_json_object_copy    (JsonObject   *object);

G_END_DECLS
