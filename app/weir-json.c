/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json.h"

#include <math.h>

#include "weir-error.h"
#include "weir-time.h"

static JsonNode *
lookup (JsonObject *object,
        const char *member)
{
  return object != NULL ? json_object_get_member (object, member) : NULL;
}

/**
 * weir_json_parse_object:
 * @bytes: an answer
 * @error: return location for an error
 *
 * Reads an answer that must be an object.
 *
 * Returns: (transfer full): the object, or %NULL with an error
 */
JsonObject *
weir_json_parse_object (GBytes  *bytes,
                        GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  JsonNode *root;

  if (!json_parser_load_from_data (parser, data != NULL ? data : "", (gssize) length, error))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON,
                           "the answer is not an object");
      return NULL;
    }
  return json_node_dup_object (root);
}

/**
 * weir_json_get_object:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: (transfer none) (nullable): the member, if it is an object
 */
JsonObject *
weir_json_get_object (JsonObject *object,
                      const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * weir_json_get_array:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: (transfer none) (nullable): the member, if it is an array
 */
JsonArray *
weir_json_get_array (JsonObject *object,
                     const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * weir_json_get_text:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: (transfer none) (nullable): the member, if it is text
 */
const char *
weir_json_get_text (JsonObject *object,
                    const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/**
 * weir_json_get_number:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: the member, or NAN if it is no number
 */
double
weir_json_get_number (JsonObject *object,
                      const char *member)
{
  return weir_json_node_to_number (lookup (object, member), NAN);
}

/**
 * weir_json_get_count:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: the member, or 0 if it is no whole number that can be counted to
 */
guint64
weir_json_get_count (JsonObject *object,
                     const char *member)
{
  double number = weir_json_get_number (object, member);

  /* Doubles hold every count up to 2^53; larger ones do not come from a collector. */
  return number >= 0 && number < 9007199254740992. ? (guint64) number : 0;
}

/**
 * weir_json_get_boolean:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: whether the member is there and true
 */
gboolean
weir_json_get_boolean (JsonObject *object,
                       const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/**
 * weir_json_get_time:
 * @object: (nullable): an object
 * @member: name of a member
 *
 * Returns: the member in microseconds since the epoch, or 0 if it is no instant
 */
gint64
weir_json_get_time (JsonObject *object,
                    const char *member)
{
  const char *text = weir_json_get_text (object, member);
  gint64 micros;

  return text != NULL && weir_time_parse_rfc3339 (text, strlen (text), &micros) ? micros : 0;
}

/**
 * weir_json_node_to_number:
 * @node: (nullable): a node
 * @fallback: what to return when it is no number
 *
 * Returns: the number
 */
double
weir_json_node_to_number (JsonNode *node,
                          double    fallback)
{
  GType type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  type = json_node_get_value_type (node);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : fallback;
}

/**
 * weir_json_array_get_object:
 * @array: (nullable): an array
 * @index: a place in it
 *
 * Returns: (transfer none) (nullable): the element, if it is there and an object
 */
JsonObject *
weir_json_array_get_object (JsonArray *array,
                            guint      index)
{
  JsonNode *node;

  if (index >= weir_json_array_get_n (array))
    return NULL;
  node = json_array_get_element (array, index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * weir_json_array_get_n:
 * @array: (nullable): an array
 *
 * Returns: how many elements it has
 */
guint
weir_json_array_get_n (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/**
 * weir_json_object_to_text:
 * @object: an object
 * @pretty: whether people read it
 *
 * Returns: (transfer full): the object as JSON
 */
char *
weir_json_object_to_text (JsonObject *object,
                          gboolean    pretty)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, pretty);
}

/**
 * weir_json_object_copy:
 * @object: an object
 *
 * Returns: (transfer full): a copy that can be changed without changing @object
 */
JsonObject *
weir_json_object_copy (JsonObject *object)
{
  g_autofree char *text = weir_json_object_to_text (object, FALSE);
  g_autoptr(JsonNode) node = json_from_string (text, NULL);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node)
                                                       : json_object_new ();
}
