/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-person-properties.h"

#include <string.h>

#include "weir-json-members.h"

typedef struct {
  char *key;      /* JSON, with quotes; in one block with the value */
  char *value;
  guint32 key_length;
  guint32 value_length;
} Property;

struct _WeirPersonProperties {
  GArray *properties;   /* of Property, sorted by key */
  gsize n_bytes;
};

static void
clear_property (gpointer data)
{
  g_free (((Property *) data)->key);
}

static Property *
get (const WeirPersonProperties *self,
     guint                       i)
{
  return &g_array_index (self->properties, Property, i);
}

/* Finds where a key is, or where it belongs. */
static gboolean
find (const WeirPersonProperties *self,
      const char                 *key,
      gsize                       length,
      guint                      *position)
{
  guint low = 0;
  guint high = self->properties->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Property *property = get (self, middle);
      int order = memcmp (property->key, key, MIN (property->key_length, length));

      if (order == 0 && property->key_length == length)
        {
          *position = middle;
          return TRUE;
        }
      if (order < 0 || (order == 0 && property->key_length < length))
        low = middle + 1;
      else
        high = middle;
    }
  *position = low;

  return FALSE;
}

static Property
make_property (const char *key,
               gsize       key_length,
               const char *value,
               gsize       value_length)
{
  Property property = {
    .key = g_malloc (key_length + value_length + 2),
    .key_length = (guint32) key_length,
    .value_length = (guint32) value_length,
  };

  memcpy (property.key, key, key_length);
  property.key[key_length] = '\0';
  property.value = property.key + key_length + 1;
  memcpy (property.value, value, value_length);
  property.value[value_length] = '\0';

  return property;
}

static gboolean
has_room (const WeirPersonProperties *self,
          gsize                       n_bytes,
          guint                       n)
{
  return self->n_bytes + n_bytes <= WEIR_PERSON_MAX_BYTES &&
         self->properties->len + n <= WEIR_PERSON_MAX_PROPERTIES;
}

static gboolean
put (WeirPersonProperties *self,
     guint                 position,
     gboolean              is_there,
     const WeirPropertyOp *op,
     gboolean             *is_kept)
{
  Property property;

  if (is_there)
    {
      Property *old = get (self, position);

      if (old->value_length == op->value_length &&
          memcmp (old->value, op->value, op->value_length) == 0)
        return FALSE;
      *is_kept = op->value_length <= old->value_length ||
                 has_room (self, op->value_length - old->value_length, 0);
      if (!*is_kept)
        return FALSE;
      property = make_property (op->key, op->key_length, op->value, op->value_length);
      self->n_bytes += op->value_length;
      self->n_bytes -= old->value_length;
      g_free (old->key);
      *old = property;
      return TRUE;
    }

  *is_kept = has_room (self, op->key_length + op->value_length + 2, 1);
  if (!*is_kept)
    return FALSE;
  property = make_property (op->key, op->key_length, op->value, op->value_length);
  self->n_bytes += op->key_length + op->value_length + 2;
  g_array_insert_val (self->properties, position, property);

  return TRUE;
}

/**
 * weir_person_properties_new:
 *
 * Returns: (transfer full): no properties
 */
WeirPersonProperties *
weir_person_properties_new (void)
{
  WeirPersonProperties *self = g_new0 (WeirPersonProperties, 1);

  self->properties = g_array_new (FALSE, FALSE, sizeof (Property));
  g_array_set_clear_func (self->properties, clear_property);

  return self;
}

/**
 * weir_person_properties_new_from_json:
 * @json: (nullable): an object that weir_person_properties_append_json() made
 * @length: its length in bytes
 *
 * Returns: (transfer full): the properties
 */
WeirPersonProperties *
weir_person_properties_new_from_json (const char *json,
                                      gsize       length)
{
  WeirPersonProperties *self = weir_person_properties_new ();
  WeirJsonMembers members;

  if (json == NULL)
    return self;
  weir_json_members_init (&members, json, length);
  while (weir_json_members_next (&members))
    {
      Property property;

      if (members.key == NULL)
        break;
      property = make_property (
          members.key, members.key_length, members.value, members.value_length);
      self->n_bytes += members.key_length + members.value_length + 2;
      g_array_append_val (self->properties, property);
    }

  return self;
}

/**
 * weir_person_properties_free:
 * @self: (transfer full): properties
 */
void
weir_person_properties_free (WeirPersonProperties *self)
{
  g_array_unref (self->properties);
  g_free (self);
}

/**
 * weir_person_properties_apply:
 * @self: properties
 * @op: what to change
 * @is_kept: (out): %FALSE when there was no room for it, so that it never happened
 *
 * Applies one operation. A stored null counts as absent for set-once.
 *
 * Returns: whether anything is different now
 */
gboolean
weir_person_properties_apply (WeirPersonProperties *self,
                              const WeirPropertyOp *op,
                              gboolean             *is_kept)
{
  guint position;
  gboolean is_there = find (self, op->key, op->key_length, &position);

  *is_kept = TRUE;
  if (op->kind == WEIR_PROPERTY_UNSET)
    {
      if (!is_there)
        return FALSE;
      self->n_bytes -= get (self, position)->key_length + get (self, position)->value_length + 2;
      g_array_remove_index (self->properties, position);
      return TRUE;
    }
  if (op->kind == WEIR_PROPERTY_SET_ONCE && is_there &&
      g_strcmp0 (get (self, position)->value, "null") != 0)
    return FALSE;

  return put (self, position, is_there, op, is_kept);
}

/**
 * weir_person_properties_merge:
 * @self: properties of the person that stays
 * @source: properties of the person that joins
 *
 * Takes over what @self does not have. What @self has, a null included, stays.
 */
void
weir_person_properties_merge (WeirPersonProperties       *self,
                              const WeirPersonProperties *source)
{
  for (guint i = 0; i < source->properties->len; i++)
    {
      const Property *property = get (source, i);
      WeirPropertyOp op = {
        WEIR_PROPERTY_SET,
        property->key,
        property->key_length,
        property->value,
        property->value_length,
      };
      gboolean is_kept;
      guint position;

      if (!find (self, property->key, property->key_length, &position))
        put (self, position, FALSE, &op, &is_kept);
    }
}

/**
 * weir_person_properties_get_n:
 * @self: properties
 *
 * Returns: how many there are
 */
guint
weir_person_properties_get_n (const WeirPersonProperties *self)
{
  return self->properties->len;
}

/**
 * weir_person_properties_append_json:
 * @self: properties
 * @out: where to append
 *
 * Appends them as one JSON object; the same properties are always the same bytes.
 */
void
weir_person_properties_append_json (const WeirPersonProperties *self,
                                    GString                    *out)
{
  g_string_append_c (out, '{');
  for (guint i = 0; i < self->properties->len; i++)
    {
      const Property *property = get (self, i);

      if (i > 0)
        g_string_append_c (out, ',');
      g_string_append_len (out, property->key, property->key_length);
      g_string_append_c (out, ':');
      g_string_append_len (out, property->value, property->value_length);
    }
  g_string_append_c (out, '}');
}

static gboolean
is_named (const WeirEvent *event,
          const char      *name)
{
  return event->length[WEIR_EVENT_NAME] == strlen (name) &&
         memcmp (event->text[WEIR_EVENT_NAME], name, strlen (name)) == 0;
}

static void
walk_ops (const WeirJsonMembers *found,
          WeirPropertyOpKind     kind,
          WeirPropertyOpFunc     func,
          gpointer               user_data)
{
  WeirJsonMembers members;

  weir_json_members_init (&members, found->value, found->value_length);
  while (weir_json_members_next (&members))
    {
      WeirPropertyOp op = {
        kind, members.key, members.key_length, members.value, members.value_length,
      };

      if (kind == WEIR_PROPERTY_UNSET)
        {
          if (op.key == NULL)
            op.key = members.value, op.key_length = members.value_length;
          op.value = NULL;
          op.value_length = 0;
        }
      if (op.key != NULL && *op.key == '"')
        func (&op, user_data);
    }
}

/**
 * weir_property_ops_foreach:
 * @event: an event
 * @func: called for each operation, in the order in which they apply
 * @user_data: for @func
 *
 * Finds what an event changes of its person: `$set_once`, `$set` and `$unset` of its properties,
 * in this order. `$exception` and `$$heatmap` change nothing.
 */
void
weir_property_ops_foreach (const WeirEvent    *event,
                           WeirPropertyOpFunc  func,
                           gpointer            user_data)
{
  static const char *const names[] = { "\"$set_once\"", "\"$set\"", "\"$unset\"" };
  WeirJsonMembers found[G_N_ELEMENTS (names)] = { 0 };
  WeirJsonMembers members;

  if (event->text[WEIR_EVENT_PROPERTIES] == NULL || event->text[WEIR_EVENT_NAME] == NULL ||
      is_named (event, "$exception") || is_named (event, "$$heatmap"))
    return;

  weir_json_members_init (
      &members, event->text[WEIR_EVENT_PROPERTIES], event->length[WEIR_EVENT_PROPERTIES]);
  while (weir_json_members_next (&members))
    {
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (members.key != NULL && members.key_length == strlen (names[i]) &&
            memcmp (members.key, names[i], members.key_length) == 0)
          found[i] = members;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (found[i].value != NULL)
      walk_ops (&found[i], (WeirPropertyOpKind) i, func, user_data);
}
