/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json-entry.h"

#include <glib/gi18n.h>

#include "weir-conditions.h"

/* Elements of longer arrays are not shown one by one. */
#define MAX_CHILDREN 1000

struct _WeirJsonEntry
{
  GObject parent_instance;

  char *name;
  char *path;      /* what a filter calls it; NULL inside arrays */
  JsonNode *node;
};

G_DEFINE_FINAL_TYPE (WeirJsonEntry, weir_json_entry, G_TYPE_OBJECT)

static void
weir_json_entry_finalize (GObject *object)
{
  WeirJsonEntry *self = WEIR_JSON_ENTRY (object);

  g_free (self->name);
  g_free (self->path);
  json_node_unref (self->node);

  G_OBJECT_CLASS (weir_json_entry_parent_class)->finalize (object);
}

static void
weir_json_entry_class_init (WeirJsonEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_json_entry_finalize;
}

static void
weir_json_entry_init (WeirJsonEntry *self)
{
}

static void
append (GListStore *store,
        const char *name,
        const char *path,
        JsonNode   *node)
{
  g_autoptr(WeirJsonEntry) entry = weir_json_entry_new (name, path, node);

  g_list_store_append (store, entry);
}

static void
append_members (WeirJsonEntry *self,
                GListStore    *store)
{
  JsonObject *object = json_node_get_object (self->node);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *path = NULL;

      /* A path cannot say a name with a dot in it. */
      if (self->path != NULL && strchr (name, '.') == NULL)
        path = *self->path != '\0' ? g_strconcat (self->path, ".", name, NULL) : g_strdup (name);
      append (store, name, path, node);
    }
}

static void
append_elements (WeirJsonEntry *self,
                 GListStore    *store)
{
  JsonArray *array = json_node_get_array (self->node);

  for (guint i = 0; i < MIN (json_array_get_length (array), MAX_CHILDREN); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      append (store, name, NULL, json_array_get_element (array, i));
    }
}

/**
 * weir_json_entry_new:
 * @name: its name
 * @path: (nullable): its path as a filter calls it; empty for the object that holds properties
 * @node: its value
 *
 * Returns: (transfer full): an entry
 */
WeirJsonEntry *
weir_json_entry_new (const char *name,
                     const char *path,
                     JsonNode   *node)
{
  WeirJsonEntry *self = g_object_new (WEIR_TYPE_JSON_ENTRY, NULL);

  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->node = json_node_ref (node);
  return self;
}

/**
 * weir_json_entry_get_name:
 * @self: an entry
 *
 * Returns: (transfer none): its name
 */
const char *
weir_json_entry_get_name (WeirJsonEntry *self)
{
  g_return_val_if_fail (WEIR_IS_JSON_ENTRY (self), NULL);

  return self->name;
}

/**
 * weir_json_entry_get_path:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): what a filter calls it, if it can
 */
const char *
weir_json_entry_get_path (WeirJsonEntry *self)
{
  g_return_val_if_fail (WEIR_IS_JSON_ENTRY (self), NULL);

  return self->path;
}

/**
 * weir_json_entry_dup_text:
 * @self: an entry
 *
 * Returns: (transfer full): its value for a reader: text without quotes, how much is in it for
 *   arrays and objects
 */
char *
weir_json_entry_dup_text (WeirJsonEntry *self)
{
  guint n;

  g_return_val_if_fail (WEIR_IS_JSON_ENTRY (self), NULL);

  if (JSON_NODE_HOLDS_OBJECT (self->node))
    {
      n = json_object_get_size (json_node_get_object (self->node));
      return g_strdup_printf (ngettext ("%u member", "%u members", n), n);
    }
  if (JSON_NODE_HOLDS_ARRAY (self->node))
    {
      n = json_array_get_length (json_node_get_array (self->node));
      return g_strdup_printf (ngettext ("%u element", "%u elements", n), n);
    }
  if (JSON_NODE_HOLDS_VALUE (self->node)
      && json_node_get_value_type (self->node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (self->node));
  return weir_json_entry_dup_literal (self);
}

/**
 * weir_json_entry_dup_literal:
 * @self: an entry
 *
 * Returns: (transfer full): its value as JSON
 */
char *
weir_json_entry_dup_literal (WeirJsonEntry *self)
{
  g_return_val_if_fail (WEIR_IS_JSON_ENTRY (self), NULL);

  /* json-glib writes seventeen digits of every number. */
  if (JSON_NODE_HOLDS_VALUE (self->node)
      && json_node_get_value_type (self->node) == G_TYPE_DOUBLE)
    return weir_literal_from_number (json_node_get_double (self->node));
  return json_to_string (self->node, FALSE);
}

/**
 * weir_json_entry_get_children:
 * @self: an entry
 *
 * Returns: (transfer full) (nullable): what is in it, or %NULL when it is no array or object
 */
GListModel *
weir_json_entry_get_children (WeirJsonEntry *self)
{
  GListStore *store;

  g_return_val_if_fail (WEIR_IS_JSON_ENTRY (self), NULL);

  if (!JSON_NODE_HOLDS_OBJECT (self->node) && !JSON_NODE_HOLDS_ARRAY (self->node))
    return NULL;
  store = g_list_store_new (WEIR_TYPE_JSON_ENTRY);
  if (JSON_NODE_HOLDS_OBJECT (self->node))
    append_members (self, store);
  else
    append_elements (self, store);
  return G_LIST_MODEL (store);
}
