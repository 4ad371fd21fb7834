/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-list-table.h"

#include <json-glib/json-glib.h>

#include "weir-csv.h"
#include "weir-event-json.h"
#include "weir-json-load.h"

/* A text as it is, nothing for null, all else as JSON. */
static void
append_cell (GString  *out,
             JsonNode *node)
{
  g_autofree char *json = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      weir_csv_append_text (out, json_node_get_string (node));
      return;
    }
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      weir_json_append_double (out, json_node_get_double (node));
      return;
    }
  json = json_to_string (node, FALSE);
  weir_csv_append_text (out, json);
}

static void
append_row (GString     *out,
            JsonObject  *object,
            char       **columns)
{
  for (guint i = 0; columns[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_cell (out, json_object_get_member (object, columns[i]));
    }
  g_string_append (out, "\r\n");
}

/**
 * weir_list_table_new:
 * @json: an answer, an object
 * @member: the name of the list in it, an array of objects
 * @columns: the names of their members, with commas between
 *
 * Writes a list as CSV (RFC 4180), a line for each object after the one that names the columns.
 *
 * Returns: (transfer full) (nullable): the table, or %NULL when the answer has no such list
 */
GBytes *
weir_list_table_new (GBytes     *json,
                     const char *member,
                     const char *columns)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_auto(GStrv) names = g_strsplit (columns, ",", -1);
  g_autoptr(GString) out = g_string_new (columns);
  gsize size;
  const char *text = g_bytes_get_data (json, &size);
  JsonNode *root, *list;
  JsonArray *array;

  if (!weir_json_load (parser, text, (gssize) size))
    return NULL;
  root = json_parser_get_root (parser);
  list = JSON_NODE_HOLDS_OBJECT (root)
             ? json_object_get_member (json_node_get_object (root), member)
             : NULL;
  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
    return NULL;

  g_string_append (out, "\r\n");
  array = json_node_get_array (list);
  for (guint i = 0; i < json_array_get_length (array); i++)
    append_row (out, json_array_get_object_element (array, i), names);
  return g_string_free_to_bytes (g_steal_pointer (&out));
}
