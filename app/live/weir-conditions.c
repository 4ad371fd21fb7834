/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-conditions.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "weir-event-json.h"

/* What makes an event an error, in terms of the wire contract: `error` is true, a text or an
 * object, or `level` or `status` say so. */
#define ERRORS_FILTER \
  "{\"any\":[" \
  "{\"all\":[{\"property\":\"error\",\"op\":\"is_set\"}," \
  "{\"property\":\"error\",\"op\":\"!=\",\"value\":false}," \
  "{\"property\":\"error\",\"op\":\"!=\",\"value\":\"\"}," \
  "{\"not\":{\"any\":[{\"property\":\"error\",\"op\":\"<\",\"value\":0}," \
  "{\"property\":\"error\",\"op\":\">=\",\"value\":0}]}}]}," \
  "{\"property\":\"level\",\"op\":\"in\",\"value\":[\"error\",\"fatal\"]}," \
  "{\"property\":\"status\",\"op\":\">=\",\"value\":500}]}"

static void
condition_clear (gpointer data)
{
  WeirCondition *condition = data;

  g_free (condition->property);
  g_free (condition->op);
  g_free (condition->value);
}

static void
append_condition (const WeirCondition *condition,
                  GString             *out)
{
  if (g_str_equal (condition->property, WEIR_PROPERTY_ERRORS))
    {
      g_string_append (out, ERRORS_FILTER);
      return;
    }
  if (g_str_equal (condition->property, WEIR_PROPERTY_FILTER))
    {
      g_string_append (out, condition->value);
      return;
    }
  g_string_append (out, "{\"property\":");
  weir_json_append_string (out, condition->property, strlen (condition->property));
  g_string_append (out, ",\"op\":");
  weir_json_append_string (out, condition->op, strlen (condition->op));
  if (weir_operator_takes_value (condition->op))
    g_string_append_printf (out, ",\"value\":%s", condition->value);
  g_string_append_c (out, '}');
}

static gboolean
is_number (const char *text)
{
  g_autoptr(JsonNode) node = NULL;

  if (!g_ascii_isdigit (*text) && *text != '-')
    return FALSE;
  node = json_from_string (text, NULL);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) != G_TYPE_STRING;
}

static void
append_literal (GString    *out,
                const char *text)
{
  gsize length = strlen (text);

  if (is_number (text) || g_str_equal (text, "true") || g_str_equal (text, "false"))
    g_string_append (out, text);
  else if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
    weir_json_append_string (out, text + 1, length - 2);
  else
    weir_json_append_string (out, text, length);
}

/**
 * weir_conditions_new:
 *
 * Returns: (transfer full) (element-type WeirCondition): no conditions
 */
GArray *
weir_conditions_new (void)
{
  GArray *conditions = g_array_new (FALSE, FALSE, sizeof (WeirCondition));

  g_array_set_clear_func (conditions, condition_clear);
  return conditions;
}

/**
 * weir_conditions_from_variant:
 * @variant: of the type %WEIR_CONDITIONS_TYPE
 *
 * Returns: (transfer full) (element-type WeirCondition): the conditions in @variant
 */
GArray *
weir_conditions_from_variant (GVariant *variant)
{
  GArray *conditions = weir_conditions_new ();
  GVariantIter iter;
  const char *property, *op, *value;

  g_return_val_if_fail (g_variant_is_of_type (variant, G_VARIANT_TYPE (WEIR_CONDITIONS_TYPE)),
                        conditions);

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &property, &op, &value))
    weir_conditions_add (conditions, property, op, value);
  return conditions;
}

static gboolean
is_errors_filter (JsonNode *node)
{
  g_autoptr(JsonNode) errors = json_from_string (ERRORS_FILTER, NULL);

  return json_node_equal (node, errors);
}

/* One condition, if it is one that a chip can say. */
static gboolean
add_simple (GArray     *conditions,
            JsonObject *object)
{
  JsonNode *property = json_object_get_member (object, "property");
  JsonNode *op = json_object_get_member (object, "op");
  JsonNode *value = json_object_get_member (object, "value");
  g_autofree char *literal = NULL;

  if (property == NULL || json_node_get_string (property) == NULL
      || op == NULL || json_node_get_string (op) == NULL)
    return FALSE;
  literal = value != NULL ? json_to_string (value, FALSE) : g_strdup ("");
  weir_conditions_add (conditions, json_node_get_string (property), json_node_get_string (op),
                       literal);
  return TRUE;
}

static void
add_node (GArray   *conditions,
          JsonNode *node)
{
  g_autofree char *text = NULL;

  if (is_errors_filter (node))
    weir_conditions_add (conditions, WEIR_PROPERTY_ERRORS, "is_set", "");
  else if (!JSON_NODE_HOLDS_OBJECT (node) || !add_simple (conditions, json_node_get_object (node)))
    {
      text = json_to_string (node, FALSE);
      weir_conditions_add (conditions, WEIR_PROPERTY_FILTER, "=", text);
    }
}

/**
 * weir_conditions_from_filter:
 * @filter: (nullable): a `filter` of the wire contract
 *
 * Reads back what [func@Weir.conditions_to_filter] wrote. What chips cannot say is kept as it is.
 *
 * Returns: (transfer full) (element-type WeirCondition): the conditions in @filter
 */
GArray *
weir_conditions_from_filter (const char *filter)
{
  GArray *conditions = weir_conditions_new ();
  g_autoptr(JsonNode) node = filter != NULL ? json_from_string (filter, NULL) : NULL;
  JsonNode *all = NULL;

  if (node == NULL)
    return conditions;
  if (JSON_NODE_HOLDS_OBJECT (node))
    all = json_object_get_member (json_node_get_object (node), "all");
  if (all == NULL || !JSON_NODE_HOLDS_ARRAY (all))
    {
      add_node (conditions, node);
      return conditions;
    }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (all)); i++)
    add_node (conditions, json_array_get_element (json_node_get_array (all), i));
  return conditions;
}

/**
 * weir_conditions_to_variant:
 * @conditions: (element-type WeirCondition): conditions
 *
 * Returns: (transfer floating): the same as a variant
 */
GVariant *
weir_conditions_to_variant (GArray *conditions)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (WEIR_CONDITIONS_TYPE));
  for (guint i = 0; i < conditions->len; i++)
    {
      const WeirCondition *condition = &g_array_index (conditions, WeirCondition, i);

      g_variant_builder_add (&builder, "(sss)",
                             condition->property, condition->op, condition->value);
    }
  return g_variant_builder_end (&builder);
}

/**
 * weir_conditions_to_filter:
 * @conditions: (element-type WeirCondition): conditions
 *
 * Returns: (transfer full) (nullable): the `filter` of the wire contract that all of them make, or
 *   %NULL when there are none
 */
char *
weir_conditions_to_filter (GArray *conditions)
{
  g_autoptr(GString) filter = NULL;

  if (conditions->len == 0)
    return NULL;

  filter = g_string_new (conditions->len > 1 ? "{\"all\":[" : "");
  for (guint i = 0; i < conditions->len; i++)
    {
      if (i > 0)
        g_string_append_c (filter, ',');
      append_condition (&g_array_index (conditions, WeirCondition, i), filter);
    }
  if (conditions->len > 1)
    g_string_append (filter, "]}");
  return g_string_free (g_steal_pointer (&filter), FALSE);
}

/**
 * weir_conditions_add:
 * @conditions: (element-type WeirCondition): conditions
 * @property: what to look at
 * @op: how to compare
 * @value: with what, as JSON
 *
 * Adds a condition, unless it is there.
 */
void
weir_conditions_add (GArray     *conditions,
                     const char *property,
                     const char *op,
                     const char *value)
{
  WeirCondition condition;

  for (guint i = 0; i < conditions->len; i++)
    {
      const WeirCondition *other = &g_array_index (conditions, WeirCondition, i);

      if (g_str_equal (other->property, property) && g_str_equal (other->op, op)
          && g_str_equal (other->value, value))
        return;
    }
  condition.property = g_strdup (property);
  condition.op = g_strdup (op);
  condition.value = g_strdup (value);
  g_array_append_val (conditions, condition);
}

/**
 * weir_conditions_narrow:
 * @conditions: (element-type WeirCondition): conditions
 * @property: what to look at
 * @value: a value it has, as JSON
 * @only: whether to see only that, or everything but that
 *
 * “Only this” and “Not this”. “Only” replaces what was asked to equal something else: both would
 * leave nothing.
 */
void
weir_conditions_narrow (GArray     *conditions,
                        const char *property,
                        const char *value,
                        gboolean    only)
{
  for (guint i = conditions->len; i > 0; i--)
    {
      const WeirCondition *condition = &g_array_index (conditions, WeirCondition, i - 1);
      gboolean is_equal = g_str_equal (condition->op, "=");
      gboolean is_opposite = g_str_equal (condition->op, only ? "!=" : "=")
                             && g_str_equal (condition->value, value);

      if (g_str_equal (condition->property, property) && ((only && is_equal) || is_opposite))
        g_array_remove_index (conditions, i - 1);
    }
  weir_conditions_add (conditions, property, only ? "=" : "!=", value);
}

/**
 * weir_operator_takes_value:
 * @op: an operator of the wire contract
 *
 * Returns: whether it compares with something
 */
gboolean
weir_operator_takes_value (const char *op)
{
  return !g_str_equal (op, "is_set") && !g_str_equal (op, "is_not_set");
}

/**
 * weir_operator_get_label:
 * @op: an operator of the wire contract
 *
 * Returns: (transfer none): what a reader calls it
 */
const char *
weir_operator_get_label (const char *op)
{
  static const struct {
    const char *op;
    const char *label;
  } labels[] = {
    { "=", "=" },
    { "!=", "≠" },
    { "<", "<" },
    { "<=", "≤" },
    { ">", ">" },
    { ">=", "≥" },
    { "contains", N_("contains") },
    { "not_contains", N_("does not contain") },
    { "matches", N_("matches") },
    { "in", N_("is one of") },
    { "is_set", N_("is set") },
    { "is_not_set", N_("is not set") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      if (g_str_equal (labels[i].op, op))
        return _(labels[i].label);
    }
  return op;
}

/**
 * weir_condition_dup_label:
 * @property: what to look at
 * @op: how to compare
 * @value: with what, as JSON
 *
 * Returns: (transfer full): the condition as a reader would say it
 */
char *
weir_condition_dup_label (const char *property,
                          const char *op,
                          const char *value)
{
  g_autofree char *text = NULL;

  if (g_str_equal (property, WEIR_PROPERTY_ERRORS))
    return g_strdup (_("errors only"));
  if (g_str_equal (property, WEIR_PROPERTY_FILTER))
    return g_strdup (_("a filter of several parts"));
  if (!weir_operator_takes_value (op))
    /* Translators: a condition such as “plan is set”. */
    return g_strdup_printf (_("%s %s"), property, weir_operator_get_label (op));
  text = weir_literal_to_text (value);
  /* Translators: a condition such as “plan = pro”. */
  return g_strdup_printf (_("%s %s %s"), property, weir_operator_get_label (op), text);
}

/**
 * weir_literal_from_text:
 * @op: the operator it is for
 * @text: what a person typed
 *
 * Reads what was typed as a value: numbers, `true` and `false` are what they look like, unless in
 * double quotes or where only text can be meant; anything else is text. After “is one of” commas
 * separate values.
 *
 * Returns: (transfer full): the value as JSON
 */
char *
weir_literal_from_text (const char *op,
                        const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);

  if (g_str_equal (op, "in"))
    {
      g_auto(GStrv) parts = g_strsplit (text, ",", 64);
      gboolean first = TRUE;

      g_string_append_c (out, '[');
      for (guint i = 0; parts[i] != NULL; i++)
        {
          if (*g_strstrip (parts[i]) == '\0')
            continue;
          if (!first)
            g_string_append_c (out, ',');
          first = FALSE;
          append_literal (out, parts[i]);
        }
      g_string_append_c (out, ']');
    }
  else if (g_str_equal (op, "contains") || g_str_equal (op, "not_contains")
           || g_str_equal (op, "matches"))
    weir_json_append_string (out, text, strlen (text));
  else if (weir_operator_takes_value (op))
    append_literal (out, text);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * weir_literal_from_string:
 * @text: some text
 * @length: its length in bytes
 *
 * Returns: (transfer full): the text as a JSON string
 */
char *
weir_literal_from_string (const char *text,
                          gsize       length)
{
  GString *out = g_string_new (NULL);

  weir_json_append_string (out, text, length);
  return g_string_free (out, FALSE);
}

/**
 * weir_literal_from_number:
 * @number: a number
 *
 * Returns: (transfer full): the number as JSON
 */
char *
weir_literal_from_number (double number)
{
  GString *out = g_string_new (NULL);

  weir_json_append_double (out, number);
  return g_string_free (out, FALSE);
}

/**
 * weir_literal_to_text:
 * @literal: a value as JSON
 *
 * Returns: (transfer full): the value as a person would type it
 */
char *
weir_literal_to_text (const char *literal)
{
  g_autoptr(JsonNode) node = json_from_string (literal, NULL);
  g_autoptr(GString) out = NULL;
  JsonArray *array;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);

      /* Text that would be read as something else keeps its quotes. */
      if (is_number (text) || g_str_equal (text, "true") || g_str_equal (text, "false"))
        return g_strdup (literal);
      return g_strdup (text);
    }
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return g_strdup (literal);

  out = g_string_new (NULL);
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *element = json_to_string (json_array_get_element (array, i), FALSE);
      g_autofree char *text = weir_literal_to_text (element);

      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", text);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
