/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-seen-names.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_PROPERTIES 400
#define MAX_VALUES     100
#define MAX_LENGTH     200

/* Properties larger than this are not looked into. */
#define MAX_BYTES 4096

struct _WeirSeenNames
{
  GObject parent_instance;

  GHashTable *properties;    /* name → set of values */
};

G_DEFINE_FINAL_TYPE (WeirSeenNames, weir_seen_names, G_TYPE_OBJECT)

static void
weir_seen_names_finalize (GObject *object)
{
  g_hash_table_unref (WEIR_SEEN_NAMES (object)->properties);

  G_OBJECT_CLASS (weir_seen_names_parent_class)->finalize (object);
}

static void
weir_seen_names_class_init (WeirSeenNamesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_seen_names_finalize;
}

static void
weir_seen_names_init (WeirSeenNames *self)
{
  self->properties = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_hash_table_unref);
  weir_seen_names_add (self, "event", NULL);
  weir_seen_names_add (self, "source", NULL);
  weir_seen_names_add (self, "value", NULL);
}

static void
add_property (JsonObject *object,
              const char *member,
              JsonNode   *node,
              gpointer    user_data)
{
  const char *value = NULL;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    value = json_node_get_string (node);
  weir_seen_names_add (user_data, member, value);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_utf8_collate (*(const char * const *) a, *(const char * const *) b);
}

/**
 * weir_seen_names_new:
 *
 * Returns: (transfer full): names every event has, and no others yet
 */
WeirSeenNames *
weir_seen_names_new (void)
{
  return g_object_new (WEIR_TYPE_SEEN_NAMES, NULL);
}

/**
 * weir_seen_names_add_event:
 * @self: names
 * @event: an event
 *
 * Takes note of the names in an event. Not cheap: for some events, not for all.
 */
void
weir_seen_names_add_event (WeirSeenNames   *self,
                           const WeirEvent *event)
{
  const char *properties = event->text[WEIR_EVENT_PROPERTIES];
  g_autoptr(JsonParser) parser = NULL;
  JsonNode *root;

  g_return_if_fail (WEIR_IS_SEEN_NAMES (self));

  weir_seen_names_add (self, "event", event->text[WEIR_EVENT_NAME]);
  weir_seen_names_add (self, "source", event->text[WEIR_EVENT_SOURCE]);
  if (properties == NULL || event->length[WEIR_EVENT_PROPERTIES] > MAX_BYTES)
    return;

  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, properties,
                                   (gssize) event->length[WEIR_EVENT_PROPERTIES], NULL))
    return;
  root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    json_object_foreach_member (json_node_get_object (root), add_property, self);
}

/**
 * weir_seen_names_add:
 * @self: names
 * @property: name of a property, or “event” or “source”
 * @value: (nullable): a value it had
 *
 * Takes note of a name.
 */
void
weir_seen_names_add (WeirSeenNames *self,
                     const char    *property,
                     const char    *value)
{
  GHashTable *values;

  g_return_if_fail (WEIR_IS_SEEN_NAMES (self));
  g_return_if_fail (property != NULL);

  values = g_hash_table_lookup (self->properties, property);
  if (values == NULL)
    {
      if (g_hash_table_size (self->properties) >= MAX_PROPERTIES || strlen (property) > MAX_LENGTH)
        return;
      values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (self->properties, g_strdup (property), values);
    }
  if (value != NULL && *value != '\0'
      && g_hash_table_size (values) < MAX_VALUES && strlen (value) <= MAX_LENGTH
      && !g_hash_table_contains (values, value))
    g_hash_table_add (values, g_strdup (value));
}

/**
 * weir_seen_names_find:
 * @self: names
 * @property: (nullable): whose values to look for; %NULL looks for properties
 * @part: what the name should contain, in any case; may be empty
 * @n_most: how many names to return at most
 *
 * Returns: (transfer full): the names, sorted
 */
char **
weir_seen_names_find (WeirSeenNames *self,
                      const char    *property,
                      const char    *part,
                      guint          n_most)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new ();
  g_autofree char *wanted = NULL;
  GHashTable *table;
  GHashTableIter iter;
  gpointer name;
  char **names;

  g_return_val_if_fail (WEIR_IS_SEEN_NAMES (self), NULL);
  g_return_val_if_fail (part != NULL, NULL);

  wanted = g_utf8_casefold (part, -1);
  table = property != NULL ? g_hash_table_lookup (self->properties, property) : self->properties;
  if (table != NULL)
    {
      g_hash_table_iter_init (&iter, table);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        {
          g_autofree char *folded = g_utf8_casefold (name, -1);

          if (strstr (folded, wanted) != NULL)
            g_ptr_array_add (found, name);
        }
    }
  g_ptr_array_sort (found, compare_names);

  names = g_new0 (char *, MIN (found->len, n_most) + 1);
  for (guint i = 0; i < found->len && i < n_most; i++)
    names[i] = g_strdup (g_ptr_array_index (found, i));
  return names;
}
