/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-filter-private.h"
#include "weir-json-load.h"

#define MAX_BYTES (64 * 1024)
#define MAX_DEPTH 32
#define MAX_NODES 500
#define MAX_OPERANDS 1000
#define MAX_PROPERTY_BYTES 512
#define MAX_PATTERN_BYTES 512

/* Before every pattern: where PCRE2 gives up. It can be lowered by the pattern, not raised. */
#define PATTERN_LIMITS "(*LIMIT_MATCH=20000)(*LIMIT_DEPTH=500)"

typedef struct
{
  const char *name;
  WeirFilterSubject subject;
  WeirEventText text;
} Subject;

static const Subject subjects[] = {
  { "event", WEIR_FILTER_SUBJECT_TEXT, WEIR_EVENT_NAME },
  { "source", WEIR_FILTER_SUBJECT_TEXT, WEIR_EVENT_SOURCE },
  { "value", WEIR_FILTER_SUBJECT_VALUE, 0 },
  { "distinct_id", WEIR_FILTER_SUBJECT_IDENTITY, 0 },
  { "user_id", WEIR_FILTER_SUBJECT_TEXT, WEIR_EVENT_USER_ID },
  { "anonymous_id", WEIR_FILTER_SUBJECT_TEXT, WEIR_EVENT_ANONYMOUS_ID },
  { "device_id", WEIR_FILTER_SUBJECT_TEXT, WEIR_EVENT_DEVICE_ID },
  { "session_id", WEIR_FILTER_SUBJECT_TEXT, WEIR_EVENT_SESSION_ID },
};

static const char *const operator_names[WEIR_FILTER_N_OPERATORS] = {
  "=", "!=", "<", "<=", ">", ">=", "contains", "not_contains", "matches", "in", "is_set",
  "is_not_set",
};

typedef struct
{
  guint n_nodes;
  GError **error;
} Reader;

static gboolean G_GNUC_PRINTF (2, 3)
fail (Reader     *reader,
      const char *format,
      ...)
{
  va_list args;

  va_start (args, format);
  if (reader->error != NULL && *reader->error == NULL)
    *reader->error = g_error_new_valist (WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, format, args);
  va_end (args);

  return FALSE;
}

static void
clear_operands (WeirFilterNode *node)
{
  for (guint i = 0; i < node->n_operands; i++)
    g_free ((char *) node->operands[i].text);
  g_clear_pointer (&node->operands, g_free);
  node->n_operands = 0;
}

static gboolean
read_operand (Reader    *reader,
              JsonNode  *json,
              WeirValue *value)
{
  GType type = json != NULL && JSON_NODE_HOLDS_VALUE (json) ? json_node_get_value_type (json)
                                                             : G_TYPE_INVALID;

  if (type == G_TYPE_STRING)
    {
      value->type = WEIR_VALUE_TEXT;
      value->text = json_node_dup_string (json);
      value->length = strlen (value->text);
    }
  else if (type == G_TYPE_BOOLEAN)
    {
      value->type = WEIR_VALUE_BOOLEAN;
      value->boolean = json_node_get_boolean (json);
    }
  else if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
    {
      value->type = WEIR_VALUE_NUMBER;
      value->number = json_node_get_double (json);
    }

  if (value->type == WEIR_VALUE_ABSENT ||
      (value->type == WEIR_VALUE_NUMBER && !isfinite (value->number)))
    return fail (reader, "A filter's value is a text, a number, true or false");

  return TRUE;
}

static gboolean
read_operands (Reader         *reader,
               WeirFilterNode *node,
               JsonNode       *json)
{
  JsonArray *array;

  if (node->op == WEIR_FILTER_IS_SET || node->op == WEIR_FILTER_IS_NOT_SET)
    return TRUE;

  if (node->op != WEIR_FILTER_IN)
    {
      node->operands = g_new0 (WeirValue, 1);
      node->n_operands = 1;
      return read_operand (reader, json, node->operands);
    }

  if (json == NULL || !JSON_NODE_HOLDS_ARRAY (json))
    return fail (reader, "The value of “in” is an array");

  array = json_node_get_array (json);
  if (json_array_get_length (array) > MAX_OPERANDS)
    return fail (reader, "“in” takes at most %d values", MAX_OPERANDS);

  node->operands = g_new0 (WeirValue, MAX (json_array_get_length (array), 1));
  node->n_operands = json_array_get_length (array);
  for (guint i = 0; i < node->n_operands; i++)
    {
      if (!read_operand (reader, json_array_get_element (array, i), &node->operands[i]))
        return FALSE;
    }

  return TRUE;
}

/* What an operator asks of its value, beyond being one. */
static gboolean
check_operand (Reader         *reader,
               WeirFilterNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pattern = NULL;
  const WeirValue *value = node->operands;

  switch (node->op)
    {
    case WEIR_FILTER_LESS:
    case WEIR_FILTER_LESS_OR_EQUAL:
    case WEIR_FILTER_GREATER:
    case WEIR_FILTER_GREATER_OR_EQUAL:
      if (value->type == WEIR_VALUE_BOOLEAN)
        return fail (reader, "“%s” compares numbers or texts", operator_names[node->op]);
      return TRUE;

    case WEIR_FILTER_CONTAINS:
    case WEIR_FILTER_NOT_CONTAINS:
      if (value->type != WEIR_VALUE_TEXT)
        return fail (reader, "The value of “%s” is a text", operator_names[node->op]);
      return TRUE;

    case WEIR_FILTER_MATCHES:
      if (value->type != WEIR_VALUE_TEXT || value->length > MAX_PATTERN_BYTES)
        return fail (reader, "The value of “matches” is a regular expression of at most %d bytes",
                     MAX_PATTERN_BYTES);
      pattern = g_strconcat (PATTERN_LIMITS, value->text, NULL);
      node->regex = g_regex_new (pattern, 0, 0, &error);
      if (node->regex == NULL)
        return fail (reader, "“%s” is not a regular expression", value->text);
      return TRUE;

    case WEIR_FILTER_EQUAL:
    case WEIR_FILTER_NOT_EQUAL:
    case WEIR_FILTER_IN:
    case WEIR_FILTER_IS_SET:
    case WEIR_FILTER_IS_NOT_SET:
    default:
      return TRUE;
    }
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

static WeirFilterNode *
read_test (Reader     *reader,
           JsonObject *object)
{
  g_autoptr (WeirFilterNode) node = NULL;
  const char *property = get_text (object, "property");
  const char *op = get_text (object, "op");
  guint i = 0;

  if (property == NULL || property[0] == '\0' || strlen (property) > MAX_PROPERTY_BYTES)
    {
      fail (reader, "A filter's “property” is a name of 1 to %d bytes", MAX_PROPERTY_BYTES);
      return NULL;
    }
  if (op == NULL)
    {
      fail (reader, "A filter needs an “op”");
      return NULL;
    }

  while (i < WEIR_FILTER_N_OPERATORS && !g_str_equal (op, operator_names[i]))
    i++;
  if (i == WEIR_FILTER_N_OPERATORS)
    {
      fail (reader, "A filter has no “op” of that name");
      return NULL;
    }

  node = g_new0 (WeirFilterNode, 1);
  node->kind = WEIR_FILTER_TEST;
  node->op = i;
  weir_filter_node_set_property (node, property);
  if (!read_operands (reader, node, json_object_get_member (object, "value")) ||
      !check_operand (reader, node))
    return NULL;

  return g_steal_pointer (&node);
}

static WeirFilterNode *
group_new (WeirFilterKind kind)
{
  WeirFilterNode *node = g_new0 (WeirFilterNode, 1);

  node->kind = kind;
  node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_filter_node_free);

  return node;
}

static WeirFilterNode *read_node (Reader   *reader,
                                  JsonNode *json,
                                  guint     depth);

static WeirFilterNode *
read_group (Reader         *reader,
            WeirFilterKind  kind,
            JsonNode       *json,
            guint           depth)
{
  g_autoptr (WeirFilterNode) node = group_new (kind);
  JsonArray *array;

  if (kind == WEIR_FILTER_NOT)
    {
      WeirFilterNode *child = read_node (reader, json, depth + 1);

      if (child == NULL)
        return NULL;
      g_ptr_array_add (node->children, child);
      return g_steal_pointer (&node);
    }

  if (!JSON_NODE_HOLDS_ARRAY (json))
    {
      fail (reader, "“all” and “any” hold an array of filters");
      return NULL;
    }

  array = json_node_get_array (json);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      WeirFilterNode *child = read_node (reader, json_array_get_element (array, i), depth + 1);

      if (child == NULL)
        return NULL;
      g_ptr_array_add (node->children, child);
    }

  return g_steal_pointer (&node);
}

static WeirFilterNode *
read_node (Reader   *reader,
           JsonNode *json,
           guint     depth)
{
  static const char *const groups[] = { "all", "any", "not" };
  JsonObject *object;

  if (depth > MAX_DEPTH || ++reader->n_nodes > MAX_NODES)
    {
      fail (reader, "A filter has at most %d parts, %d deep", MAX_NODES, MAX_DEPTH);
      return NULL;
    }
  if (json == NULL || !JSON_NODE_HOLDS_OBJECT (json))
    {
      fail (reader, "A filter is a JSON object");
      return NULL;
    }

  object = json_node_get_object (json);
  if (json_object_has_member (object, "property"))
    return read_test (reader, object);

  for (guint kind = 0; kind < G_N_ELEMENTS (groups); kind++)
    {
      JsonNode *member = json_object_get_member (object, groups[kind]);

      if (member != NULL)
        return read_group (reader, kind, member, depth);
    }

  if (json_object_get_size (object) > 0)
    {
      fail (reader, "A filter has “property”, “all”, “any” or “not”");
      return NULL;
    }

  /* The empty object asks for nothing, so everything passes. */
  return group_new (WEIR_FILTER_ALL);
}

/* json-glib descends as deep as the text does, on the stack; and it ends a text at a NUL, which
 * would make another filter of it. */
static gboolean
check_json (Reader     *reader,
            const char *json,
            gsize       length)
{
  gboolean in_text = FALSE;
  guint depth = 0;

  if (length > MAX_BYTES)
    return fail (reader, "A filter is at most %d bytes of JSON", MAX_BYTES);
  if (!g_utf8_validate_len (json, length, NULL))
    return fail (reader, "A filter is UTF-8");

  for (gsize i = 0; i < length; i++)
    {
      if (in_text && json[i] == '\\')
        {
          if (length - i > 5 && memcmp (json + i, "\\u0000", 6) == 0)
            return fail (reader, "A filter has no NUL");
          i++;
        }
      else if (json[i] == '"')
        in_text = !in_text;
      else if (!in_text && (json[i] == '[' || json[i] == '{') && ++depth > 3 * MAX_DEPTH)
        return fail (reader, "A filter is at most %d deep", MAX_DEPTH);
      else if (!in_text && (json[i] == ']' || json[i] == '}') && depth > 0)
        depth--;
    }

  return TRUE;
}

const char *
weir_filter_operator_get_name (WeirFilterOperator op)
{
  g_return_val_if_fail (op < WEIR_FILTER_N_OPERATORS, NULL);

  return operator_names[op];
}

void
weir_filter_node_set_property (WeirFilterNode *node,
                               const char     *property)
{
  g_return_if_fail (node != NULL && node->property == NULL);

  node->property = g_strdup (property);
  node->path = node->property;
  node->subject = WEIR_FILTER_SUBJECT_PROPERTY;

  if (g_str_has_prefix (property, "person.") && property[strlen ("person.")] != '\0')
    {
      node->subject = WEIR_FILTER_SUBJECT_PERSON;
      node->path = node->property + strlen ("person.");
    }

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      if (g_str_equal (property, subjects[i].name))
        {
          node->subject = subjects[i].subject;
          node->text = subjects[i].text;
        }
    }
}

void
weir_filter_node_free (WeirFilterNode *node)
{
  clear_operands (node);
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_clear_pointer (&node->regex, g_regex_unref);
  g_free (node->property);
  g_free (node);
}

WeirFilterNode *
weir_filter_node_new_from_json (const char  *json,
                                gsize        length,
                                GError     **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  Reader reader = { 0, error };

  if (!check_json (&reader, json, length))
    return NULL;

  if (!weir_json_load (parser, json, length))
    {
      fail (&reader, "The filter is not JSON");
      return NULL;
    }

  return read_node (&reader, json_parser_get_root (parser), 0);
}
