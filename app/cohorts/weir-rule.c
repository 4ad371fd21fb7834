/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-rule.h"

#include <string.h>

#include "weir-conditions.h"
#include "weir-json.h"

/* The collector reads no deeper; deeper ones are kept as JSON. */
#define MAX_DEPTH 16

static const char *const behaviours[] = { "did", "did_not", "did_first", "stopped" };
static const char *const times_members[] = { "at_least", "at_most", "exactly" };

static WeirRule *read_rule (JsonNode *node,
                            guint     depth);

static const char *
get_period_member (WeirRuleKind kind)
{
  return kind == WEIR_RULE_STOPPED ? "for" : "within";
}

static WeirRule *
keep (JsonNode *node)
{
  WeirRule *self = weir_rule_new (WEIR_RULE_JSON);

  self->json = json_node_copy (node);
  return self;
}

/* What is left when the members that are known have been taken. */
static void
keep_rest (WeirRule   *self,
           JsonObject *object)
{
  if (json_object_get_size (object) > 0)
    self->rest = json_object_ref (object);
}

static gboolean
read_period (WeirRule   *self,
             JsonObject *object)
{
  const char *member = get_period_member (self->kind);
  const char *text = weir_json_get_text (object, member);
  char *end;

  if (!json_object_has_member (object, member))
    return TRUE;
  if (text == NULL || !g_ascii_isdigit (*text))
    return FALSE;
  self->amount = g_ascii_strtoll (text, &end, 10);
  if (self->amount <= 0 || *end == '\0' || end[1] != '\0' || strchr ("smhdw", *end) == NULL)
    return FALSE;
  self->unit = *end;
  json_object_remove_member (object, member);
  return TRUE;
}

static gboolean
read_times (WeirRule   *self,
            JsonObject *object)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (times_members); i++)
    {
      double number;

      if (!json_object_has_member (object, times_members[i]))
        continue;
      number = weir_json_get_number (object, times_members[i]);
      if (++n > 1 || number < 0 || number > 1000000 || number != (gint64) number)
        return FALSE;
      self->times = i;
      self->n_times = (gint64) number;
      self->says_times = TRUE;
      json_object_remove_member (object, times_members[i]);
    }
  return TRUE;
}

static gboolean
read_filter (WeirRule   *self,
             JsonObject *object)
{
  JsonObject *filter = weir_json_get_object (object, "filter");

  if (!json_object_has_member (object, "filter"))
    return TRUE;
  if (filter == NULL)
    return FALSE;
  self->filter = weir_json_object_to_text (filter, FALSE);
  json_object_remove_member (object, "filter");
  return TRUE;
}

static WeirRule *
read_behaviour (JsonNode     *node,
                WeirRuleKind  kind)
{
  g_autoptr(WeirRule) self = weir_rule_new (kind);
  g_autoptr(JsonObject) object = weir_json_object_copy (json_node_get_object (node));
  const char *event = weir_json_get_text (object, behaviours[kind]);

  if (event == NULL || !read_period (self, object) || !read_filter (self, object)
      || (kind == WEIR_RULE_DID && !read_times (self, object)))
    return keep (node);
  self->event = g_strdup (event);
  json_object_remove_member (object, behaviours[kind]);
  keep_rest (self, object);
  return g_steal_pointer (&self);
}

static WeirRule *
read_property (JsonNode *node)
{
  g_autoptr(WeirRule) self = weir_rule_new (WEIR_RULE_PROPERTY);
  g_autoptr(JsonObject) object = weir_json_object_copy (json_node_get_object (node));
  const char *property = weir_json_get_text (object, "property");
  const char *op = weir_json_get_text (object, "op");
  JsonNode *value = json_object_get_member (object, "value");

  if (property == NULL || op == NULL || !g_str_has_prefix (property, "person.")
      || (value == NULL && weir_operator_takes_value (op)))
    return keep (node);
  g_free (self->property);
  g_free (self->op);
  g_free (self->value);
  self->property = g_strdup (property + strlen ("person."));
  self->op = g_strdup (op);
  self->value = value != NULL ? json_to_string (value, FALSE) : g_strdup ("");
  json_object_remove_member (object, "property");
  json_object_remove_member (object, "op");
  json_object_remove_member (object, "value");
  keep_rest (self, object);
  return g_steal_pointer (&self);
}

static WeirRule *
read_cohort (JsonNode *node)
{
  g_autoptr(WeirRule) self = weir_rule_new (WEIR_RULE_COHORT);
  g_autoptr(JsonObject) object = weir_json_object_copy (json_node_get_object (node));
  const char *name = weir_json_get_text (object, "cohort");

  if (name == NULL)
    return keep (node);
  self->cohort = g_strdup (name);
  json_object_remove_member (object, "cohort");
  keep_rest (self, object);
  return g_steal_pointer (&self);
}

static gboolean
read_children (WeirRule  *self,
               JsonArray *array,
               guint      depth)
{
  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_ptr_array_add (self->children, read_rule (json_array_get_element (array, i), depth + 1));
  return TRUE;
}

static WeirRule *
read_not (JsonNode *node,
          guint     depth)
{
  g_autoptr(WeirRule) self = weir_rule_new (WEIR_RULE_GROUP);
  JsonObject *object = json_node_get_object (node);
  JsonObject *inner = weir_json_get_object (object, "not");
  gboolean is_single = inner != NULL && json_object_get_size (inner) == 1;

  self->mode = WEIR_GROUP_NONE;
  if (inner == NULL || json_object_get_size (object) > 1)
    return keep (node);
  if (is_single && read_children (self, weir_json_get_array (inner, "any"), depth + 1))
    return g_steal_pointer (&self);
  if (is_single && read_children (self, weir_json_get_array (inner, "all"), depth + 1))
    {
      self->mode = WEIR_GROUP_NOT_ALL;
      return g_steal_pointer (&self);
    }
  self->is_bare = TRUE;
  g_ptr_array_add (self->children,
                   read_rule (json_object_get_member (object, "not"), depth + 1));
  return g_steal_pointer (&self);
}

static WeirRule *
read_group (JsonNode      *node,
            WeirGroupMode  mode,
            guint          depth)
{
  g_autoptr(WeirRule) self = weir_rule_new (WEIR_RULE_GROUP);
  g_autoptr(JsonObject) object = weir_json_object_copy (json_node_get_object (node));
  const char *member = mode == WEIR_GROUP_ALL ? "all" : "any";

  self->mode = mode;
  if (!read_children (self, weir_json_get_array (object, member), depth))
    return keep (node);
  json_object_remove_member (object, member);
  keep_rest (self, object);
  return g_steal_pointer (&self);
}

static WeirRule *
read_rule (JsonNode *node,
           guint     depth)
{
  JsonObject *object;

  if (depth > MAX_DEPTH || !JSON_NODE_HOLDS_OBJECT (node))
    return keep (node);
  object = json_node_get_object (node);
  for (guint i = 0; i < G_N_ELEMENTS (behaviours); i++)
    {
      if (json_object_has_member (object, behaviours[i]))
        return read_behaviour (node, WEIR_RULE_DID + i);
    }
  if (json_object_has_member (object, "all"))
    return read_group (node, WEIR_GROUP_ALL, depth);
  if (json_object_has_member (object, "any"))
    return read_group (node, WEIR_GROUP_ANY, depth);
  if (json_object_has_member (object, "not"))
    return read_not (node, depth);
  if (json_object_has_member (object, "property"))
    return read_property (node);
  if (json_object_has_member (object, "cohort"))
    return read_cohort (node);
  return keep (node);
}

/**
 * weir_rule_new:
 * @kind: what it says
 *
 * Returns: (transfer full): a condition with nothing chosen yet
 */
WeirRule *
weir_rule_new (WeirRuleKind kind)
{
  WeirRule *self = g_new0 (WeirRule, 1);

  self->kind = kind;
  self->n_times = 1;
  self->unit = 'd';
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_rule_free);
  weir_rule_set_kind (self, kind);
  return self;
}

/**
 * weir_rule_new_from_node:
 * @node: a condition of the wire contract
 *
 * Reads a condition. What no sentence can show is kept as JSON.
 *
 * Returns: (transfer full): the condition
 */
WeirRule *
weir_rule_new_from_node (JsonNode *node)
{
  return read_rule (node, 0);
}

/**
 * weir_rule_new_root:
 * @node: (nullable): the `where` of a cohort
 *
 * Returns: (transfer full): a group, also where @node is a single condition
 */
WeirRule *
weir_rule_new_root (JsonNode *node)
{
  WeirRule *rule = node != NULL ? weir_rule_new_from_node (node) : weir_rule_new (WEIR_RULE_GROUP);
  WeirRule *root;

  if (rule->kind == WEIR_RULE_GROUP)
    return rule;
  root = weir_rule_new (WEIR_RULE_GROUP);
  root->is_bare = TRUE;
  g_ptr_array_add (root->children, rule);
  return root;
}

/**
 * weir_rule_free:
 * @self: (transfer full): a condition
 *
 * Frees it with all in it.
 */
void
weir_rule_free (WeirRule *self)
{
  g_free (self->event);
  g_free (self->filter);
  g_free (self->property);
  g_free (self->op);
  g_free (self->value);
  g_free (self->cohort);
  g_clear_pointer (&self->json, json_node_unref);
  g_clear_pointer (&self->rest, json_object_unref);
  g_ptr_array_unref (self->children);
  g_free (self);
}

static void
write_behaviour (WeirRule   *self,
                 JsonObject *object)
{
  json_object_set_string_member (object, behaviours[self->kind],
                                 self->event != NULL ? self->event : "");
  if (self->kind == WEIR_RULE_DID
      && (self->says_times || self->times != WEIR_TIMES_AT_LEAST || self->n_times != 1))
    json_object_set_int_member (object, times_members[self->times], self->n_times);
  if (self->amount > 0)
    {
      g_autofree char *period = g_strdup_printf ("%" G_GINT64_FORMAT "%c", self->amount,
                                                 self->unit);

      json_object_set_string_member (object, get_period_member (self->kind), period);
    }
  if (self->filter != NULL)
    {
      JsonNode *filter = json_from_string (self->filter, NULL);

      if (filter != NULL)
        json_object_set_member (object, "filter", filter);
    }
}

static void
write_property (WeirRule   *self,
                JsonObject *object)
{
  g_autofree char *property = g_strconcat ("person.", self->property, NULL);
  JsonNode *value = *self->value != '\0' ? json_from_string (self->value, NULL) : NULL;

  json_object_set_string_member (object, "property", property);
  json_object_set_string_member (object, "op", self->op);
  if (value != NULL)
    json_object_set_member (object, "value", value);
}

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* What is not complete yet says nothing. */
static JsonNode *
write_group (WeirRule   *self,
             JsonObject *object)
{
  JsonArray *array = json_array_new ();
  JsonObject *inner;

  for (guint i = 0; i < self->children->len; i++)
    {
      if (weir_rule_is_complete (self->children->pdata[i]))
        json_array_add_element (array, weir_rule_to_node (self->children->pdata[i]));
    }
  if (self->mode == WEIR_GROUP_ALL || self->mode == WEIR_GROUP_ANY)
    {
      json_object_set_array_member (object, self->mode == WEIR_GROUP_ALL ? "all" : "any", array);
      return take_object (object);
    }
  if (self->is_bare && self->mode == WEIR_GROUP_NONE && json_array_get_length (array) == 1)
    {
      json_object_set_member (object, "not", json_array_dup_element (array, 0));
      json_array_unref (array);
      return take_object (object);
    }
  inner = json_object_new ();
  json_object_set_array_member (inner, self->mode == WEIR_GROUP_NONE ? "any" : "all", array);
  json_object_set_object_member (object, "not", inner);
  return take_object (object);
}

/**
 * weir_rule_to_node:
 * @self: a condition that is complete
 *
 * Returns: (transfer full): the condition as the wire contract has it
 */
JsonNode *
weir_rule_to_node (WeirRule *self)
{
  JsonObject *object;

  if (self->kind == WEIR_RULE_JSON)
    return json_node_copy (self->json);
  object = self->rest != NULL ? weir_json_object_copy (self->rest) : json_object_new ();
  if (self->kind == WEIR_RULE_GROUP)
    return write_group (self, object);
  if (self->kind == WEIR_RULE_PROPERTY)
    write_property (self, object);
  else if (self->kind == WEIR_RULE_COHORT)
    json_object_set_string_member (object, "cohort", self->cohort);
  else
    write_behaviour (self, object);
  return take_object (object);
}

/**
 * weir_rule_root_to_node:
 * @self: what weir_rule_new_root() returned
 *
 * Returns: (transfer full) (nullable): the `where` of the wire contract; %NULL while nothing in it
 *   is complete
 */
JsonNode *
weir_rule_root_to_node (WeirRule *self)
{
  if (!weir_rule_is_complete (self))
    return NULL;
  if (self->is_bare && self->mode == WEIR_GROUP_ALL && self->children->len == 1)
    return weir_rule_to_node (self->children->pdata[0]);
  return weir_rule_to_node (self);
}

/**
 * weir_rule_set_kind:
 * @self: a condition
 * @kind: what it says from now on
 *
 * Changes what a condition says. What it named stays where the new kind can use it.
 */
void
weir_rule_set_kind (WeirRule     *self,
                    WeirRuleKind  kind)
{
  self->kind = kind;
  if (kind == WEIR_RULE_PROPERTY && self->op == NULL)
    {
      self->property = g_strdup ("");
      self->op = g_strdup ("=");
      self->value = g_strdup ("");
    }
  if (kind == WEIR_RULE_STOPPED && self->amount == 0)
    self->amount = 7;
}

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

/**
 * weir_rule_is_complete:
 * @self: a condition
 *
 * Returns: whether it can be asked
 */
gboolean
weir_rule_is_complete (WeirRule *self)
{
  switch (self->kind)
    {
    case WEIR_RULE_DID:
    case WEIR_RULE_DID_NOT:
    case WEIR_RULE_DID_FIRST:
    case WEIR_RULE_STOPPED:
      return is_set (self->event);
    case WEIR_RULE_PROPERTY:
      return is_set (self->property) && (!weir_operator_takes_value (self->op)
                                         || is_set (self->value));
    case WEIR_RULE_COHORT:
      return is_set (self->cohort);
    case WEIR_RULE_GROUP:
      for (guint i = 0; i < self->children->len; i++)
        {
          if (weir_rule_is_complete (self->children->pdata[i]))
            return TRUE;
        }
      return FALSE;
    case WEIR_RULE_JSON:
    default:
      return TRUE;
    }
}

static gboolean
add_condition (GVariantBuilder *builder,
               JsonNode        *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *property = weir_json_get_text (object, "property");
  const char *op = weir_json_get_text (object, "op");
  JsonNode *value = object != NULL ? json_object_get_member (object, "value") : NULL;
  g_autofree char *literal = value != NULL ? json_to_string (value, FALSE) : g_strdup ("");

  if (property == NULL || op == NULL || (value == NULL && weir_operator_takes_value (op)))
    return FALSE;
  g_variant_builder_add (builder, "(sss)", property, op, literal);
  return TRUE;
}

/**
 * weir_filter_to_conditions:
 * @filter: (nullable): a filter of the wire contract
 *
 * Returns: (transfer floating) (nullable): the same as a list of conditions, all of which hold;
 *   %NULL if it is no such list
 */
GVariant *
weir_filter_to_conditions (const char *filter)
{
  g_autoptr(JsonNode) node = filter != NULL ? json_from_string (filter, NULL) : NULL;
  JsonArray *all = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                   ? weir_json_get_array (json_node_get_object (node), "all") : NULL;
  GVariantBuilder builder;
  gboolean is_list = TRUE;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (WEIR_CONDITIONS_TYPE));
  if (all != NULL)
    {
      for (guint i = 0; i < json_array_get_length (all) && is_list; i++)
        is_list = add_condition (&builder, json_array_get_element (all, i));
    }
  else if (node != NULL)
    is_list = add_condition (&builder, node);
  if (is_list)
    return g_variant_builder_end (&builder);
  g_variant_builder_clear (&builder);
  return NULL;
}
