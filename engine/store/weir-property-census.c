/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-property-census.h"

#include <string.h>

#include "weir-event-json.h"

#define MAX_PROPERTIES    2000
#define MAX_DEPTH         4
#define MAX_EVENTS        100
#define MAX_EXAMPLE_BYTES 200

typedef enum {
  KIND_NULL,
  KIND_TEXT,
  KIND_NUMBER,
  KIND_BOOLEAN,
  KIND_OBJECT,
  KIND_ARRAY,
} Kind;

static const char *const kind_names[] = {
  [KIND_NULL] = "null",       [KIND_TEXT] = "text",     [KIND_NUMBER] = "number",
  [KIND_BOOLEAN] = "boolean", [KIND_OBJECT] = "object", [KIND_ARRAY] = "array",
};

typedef struct {
  char *name;
  guint kinds;           /* bits */
  guint count;
  GHashTable *events;    /* set of interned names */
  char *example;         /* JSON */
} Property;

struct _WeirPropertyCensus {
  GHashTable *properties;   /* path → Property */
};

static void
property_free (gpointer data)
{
  Property *property = data;

  g_free (property->name);
  g_hash_table_unref (property->events);
  g_free (property->example);
  g_free (property);
}

static Kind
get_kind (JsonNode *node)
{
  GType type;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return KIND_OBJECT;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return KIND_ARRAY;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return KIND_NULL;
  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return KIND_TEXT;
  return type == G_TYPE_BOOLEAN ? KIND_BOOLEAN : KIND_NUMBER;
}

static Property *
ensure_property (WeirPropertyCensus *self,
                 const char         *path)
{
  Property *property = g_hash_table_lookup (self->properties, path);

  if (property != NULL || g_hash_table_size (self->properties) >= MAX_PROPERTIES)
    return property;
  property = g_new0 (Property, 1);
  property->name = g_strdup (path);
  property->events = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (self->properties, property->name, property);

  return property;
}

static void
add_value (WeirPropertyCensus *self,
           const char         *event,
           const char         *path,
           JsonNode           *node)
{
  Property *property = ensure_property (self, path);
  Kind kind = get_kind (node);

  if (property == NULL)
    return;
  property->kinds |= 1u << kind;
  property->count++;
  if (event != NULL && g_hash_table_size (property->events) < MAX_EVENTS &&
      !g_hash_table_contains (property->events, event))
    g_hash_table_add (property->events, g_strdup (event));
  if (property->example == NULL && kind != KIND_NULL && kind != KIND_OBJECT)
    {
      g_autofree char *example = json_to_string (node, FALSE);

      if (strlen (example) <= MAX_EXAMPLE_BYTES)
        property->example = g_steal_pointer (&example);
    }
}

static void
add_object (WeirPropertyCensus *self,
            const char         *event,
            const char         *prefix,
            guint               depth,
            JsonObject         *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autofree char *path = prefix != NULL ? g_strconcat (prefix, ".", name, NULL)
                                             : g_strdup (name);

      add_value (self, event, path, node);
      if (JSON_NODE_HOLDS_OBJECT (node) && depth < MAX_DEPTH)
        add_object (self, event, path, depth + 1, json_node_get_object (node));
    }
}

static const char *
get_type_name (guint kinds)
{
  guint others = kinds & ~(1u << KIND_NULL);

  if (others == 0)
    return kind_names[KIND_NULL];
  if ((others & (others - 1)) != 0)
    return "mixed";
  return kind_names[g_bit_nth_lsf (others, -1)];
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (a, b);
}

static void
append_property (const Property *property,
                 GString        *out)
{
  g_autoptr(GList) events = g_list_sort (g_hash_table_get_keys (property->events), compare_texts);

  g_string_append (out, "{\"name\":");
  weir_json_append_string (out, property->name, -1);
  g_string_append_printf (out, ",\"type\":\"%s\",\"count\":%u", get_type_name (property->kinds),
                          property->count);
  if (events != NULL)
    g_string_append (out, ",\"events\":[");
  for (GList *l = events; l != NULL; l = l->next)
    {
      weir_json_append_string (out, l->data, -1);
      g_string_append_c (out, l->next != NULL ? ',' : ']');
    }
  g_string_append_printf (out, ",\"example\":%s}",
                          property->example != NULL ? property->example : "null");
}

/**
 * weir_property_census_new:
 *
 * Returns: (transfer full): a census of nothing
 */
WeirPropertyCensus *
weir_property_census_new (void)
{
  WeirPropertyCensus *self = g_new0 (WeirPropertyCensus, 1);

  self->properties = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, property_free);

  return self;
}

/**
 * weir_property_census_free:
 * @self: (transfer full): a census
 */
void
weir_property_census_free (WeirPropertyCensus *self)
{
  g_hash_table_unref (self->properties);
  g_free (self);
}

/**
 * weir_property_census_add:
 * @self: a census
 * @event: (nullable): name of the event they belong to
 * @properties: properties
 *
 * Counts properties, and what is inside of them, down to four levels.
 */
void
weir_property_census_add (WeirPropertyCensus *self,
                          const char         *event,
                          JsonObject         *properties)
{
  add_object (self, event, NULL, 1, properties);
}

/**
 * weir_property_census_append:
 * @self: a census
 * @out: where to
 *
 * Appends a JSON array of what was found, by name.
 */
void
weir_property_census_append (WeirPropertyCensus *self,
                             GString            *out)
{
  g_autoptr(GList) names = g_list_sort (g_hash_table_get_keys (self->properties), compare_texts);

  g_string_append_c (out, '[');
  for (GList *l = names; l != NULL; l = l->next)
    {
      if (l != names)
        g_string_append_c (out, ',');
      append_property (g_hash_table_lookup (self->properties, l->data), out);
    }
  g_string_append_c (out, ']');
}
