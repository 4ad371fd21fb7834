/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trend-filter.h"

#include "weir-conditions.h"
#include "weir-json.h"

/* What a series counts, as conditions. */
static GArray *
read_series (JsonObject *series)
{
  GArray *conditions = weir_conditions_new ();
  const char *event = weir_json_get_text (series, "event");
  JsonNode *filter = json_object_get_member (series, "filter");
  g_autofree char *text = filter != NULL ? json_to_string (filter, FALSE) : NULL;
  g_autoptr(GArray) own = weir_conditions_from_filter (text);

  if (event != NULL && !g_str_equal (event, "*"))
    {
      g_autofree char *literal = weir_literal_from_string (event, strlen (event));

      weir_conditions_add (conditions, "event", "=", literal);
    }
  for (guint i = 0; i < own->len; i++)
    {
      const WeirCondition *condition = &g_array_index (own, WeirCondition, i);

      weir_conditions_add (conditions, condition->property, condition->op, condition->value);
    }
  return conditions;
}

static void
add_all (GArray *conditions,
         GArray *more)
{
  for (guint i = 0; i < more->len; i++)
    {
      const WeirCondition *condition = &g_array_index (more, WeirCondition, i);

      weir_conditions_add (conditions, condition->property, condition->op, condition->value);
    }
}

/* Nothing but names: one chip says them all. */
static gboolean
add_names (GArray    *conditions,
           JsonArray *series)
{
  g_autoptr(JsonArray) names = json_array_new ();
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  g_autofree char *literal = NULL;

  for (guint i = 0; i < weir_json_array_get_n (series); i++)
    {
      JsonObject *one = weir_json_array_get_object (series, i);

      if (json_object_has_member (one, "filter"))
        return FALSE;
      json_array_add_string_element (names, weir_json_get_text (one, "event"));
    }
  json_node_set_array (node, names);
  literal = json_to_string (node, FALSE);
  weir_conditions_add (conditions, "event", "in", literal);
  return TRUE;
}

/**
 * weir_trend_filter_add:
 * @conditions: (element-type WeirCondition): conditions
 * @series: (nullable): the series of a trend
 *
 * Adds what lets exactly the events through that one of the series counts.
 */
void
weir_trend_filter_add (GArray    *conditions,
                       JsonArray *series)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr(GString) any = g_string_new ("{\"any\":[");

  for (guint i = 0; i < weir_json_array_get_n (series); i++)
    {
      GArray *part = read_series (weir_json_array_get_object (series, i));

      g_ptr_array_add (parts, part);
      /* It counts everything. */
      if (part->len == 0)
        return;
    }
  if (parts->len == 0)
    return;
  if (parts->len == 1)
    {
      add_all (conditions, g_ptr_array_index (parts, 0));
      return;
    }
  if (add_names (conditions, series))
    return;
  for (guint i = 0; i < parts->len; i++)
    {
      g_autofree char *filter = weir_conditions_to_filter (g_ptr_array_index (parts, i));

      g_string_append_printf (any, "%s%s", i > 0 ? "," : "", filter);
    }
  g_string_append (any, "]}");
  weir_conditions_add (conditions, WEIR_PROPERTY_FILTER, "=", any->str);
}
