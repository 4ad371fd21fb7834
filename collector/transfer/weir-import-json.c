/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-json.h"

#include "weir-event-json.h"
#include "weir-json-load.h"
#include "weir-transfer-event.h"

/**
 * weir_import_json_load:
 * @parser: a parser
 * @line: a text; not trusted
 * @length: its length in bytes
 *
 * Returns: (transfer none) (nullable): the object that it is, until the parser's next
 */
JsonObject *
weir_import_json_load (JsonParser *parser,
                       const char *line,
                       gsize       length)
{
  JsonNode *root;

  if (length == 0 || length > G_MAXINT || !weir_json_load (parser, line, (gssize) length))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

/**
 * weir_import_json_dup_text:
 * @object: an object
 * @name: name of a member
 *
 * Takes an id or another short text. Whole numbers stand for their digits.
 *
 * Returns: (transfer full) (nullable): the text, without white space around it; %NULL when there is
 *   none
 */
char *
weir_import_json_dup_text (JsonObject *object,
                           const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *text = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    text = g_strstrip (json_node_dup_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    text = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static void
append_name (GString    *out,
             const char *name)
{
  g_string_append_c (out, out->len == 0 ? '{' : ',');
  weir_json_append_string (out, name, -1);
  g_string_append_c (out, ':');
}

/**
 * weir_import_json_append:
 * @out: an object that is not ended, or nothing
 * @name: name of a member
 * @text: (nullable): its value, or nothing is appended
 */
void
weir_import_json_append (GString    *out,
                         const char *name,
                         const char *text)
{
  if (text == NULL)
    return;
  append_name (out, name);
  weir_json_append_string (out, text, -1);
}

/**
 * weir_import_json_append_time:
 * @out: an object that is not ended, or nothing
 * @micros: microseconds since the epoch
 *
 * Appends the member `timestamp`.
 */
void
weir_import_json_append_time (GString *out,
                              gint64   micros)
{
  append_name (out, "timestamp");
  weir_transfer_append_time (out, micros);
}

/**
 * weir_import_json_append_node:
 * @out: an object that is not ended, or nothing
 * @name: name of a member
 * @object: its value
 */
void
weir_import_json_append_node (GString    *out,
                              const char *name,
                              JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;

  json_node_init_object (node, object);
  text = json_to_string (node, FALSE);
  append_name (out, name);
  g_string_append (out, text);
}
