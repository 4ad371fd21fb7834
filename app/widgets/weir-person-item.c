/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-person-item.h"

#include <glib/gi18n.h>

#include "weir-json.h"

/* So many of the other ids are named below the first. */
#define N_OTHERS 3

struct _WeirPersonItem
{
  GObject parent_instance;

  JsonObject *person;
  char *others;
};

G_DEFINE_FINAL_TYPE (WeirPersonItem, weir_person_item, G_TYPE_OBJECT)

static const char *
get_id_at (JsonArray *ids,
           guint      index)
{
  JsonNode *node = json_array_get_element (ids, index);
  const char *id = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  return id != NULL ? id : "";
}

static gboolean
looks_made_up (const char *id)
{
  return g_uuid_string_is_valid (id) || g_str_has_prefix (id, "$device:")
         || g_str_has_prefix (id, "anonymous");
}

static char *
list_others (JsonObject *person)
{
  JsonArray *ids = weir_json_get_array (person, "distinct_ids");
  const char *name = weir_person_choose_name (person);
  g_autoptr(GPtrArray) others = g_ptr_array_new ();
  g_autofree char *text = NULL;
  guint n = weir_json_array_get_n (ids), n_left = 0;

  for (guint i = 0; i < n; i++)
    {
      if (g_str_equal (get_id_at (ids, i), name))
        continue;
      if (others->len < N_OTHERS)
        g_ptr_array_add (others, (gpointer) get_id_at (ids, i));
      else
        n_left++;
    }
  g_ptr_array_add (others, NULL);
  text = g_strjoinv (", ", (char **) others->pdata);
  if (n_left == 0)
    return g_steal_pointer (&text);
  /* Translators: ids of a person, and how many more there are. */
  return g_strdup_printf (ngettext ("%s and %u more", "%s and %u more", n_left), text, n_left);
}

static void
weir_person_item_finalize (GObject *object)
{
  WeirPersonItem *self = WEIR_PERSON_ITEM (object);

  json_object_unref (self->person);
  g_free (self->others);

  G_OBJECT_CLASS (weir_person_item_parent_class)->finalize (object);
}

static void
weir_person_item_class_init (WeirPersonItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_person_item_finalize;
}

static void
weir_person_item_init (WeirPersonItem *self)
{
}

/**
 * weir_person_item_new:
 * @person: a person of the wire contract
 *
 * Returns: (transfer full): an item
 */
WeirPersonItem *
weir_person_item_new (JsonObject *person)
{
  WeirPersonItem *self = g_object_new (WEIR_TYPE_PERSON_ITEM, NULL);

  self->person = json_object_ref (person);
  self->others = list_others (person);
  return self;
}

/**
 * weir_person_item_get_id:
 * @self: an item
 *
 * Returns: (transfer none): the person's id
 */
const char *
weir_person_item_get_id (WeirPersonItem *self)
{
  const char *id = weir_json_get_text (self->person, "id");

  return id != NULL ? id : "";
}

/**
 * weir_person_item_get_label:
 * @self: an item
 *
 * Returns: (transfer none): what to call the person
 */
const char *
weir_person_item_get_label (WeirPersonItem *self)
{
  return weir_person_choose_name (self->person);
}

/**
 * weir_person_item_get_others:
 * @self: an item
 *
 * Returns: (transfer none): its other ids, as many as fit a line
 */
const char *
weir_person_item_get_others (WeirPersonItem *self)
{
  return self->others;
}

/**
 * weir_person_item_get_object:
 * @self: an item
 *
 * Returns: (transfer none): the person as the collector told it
 */
JsonObject *
weir_person_item_get_object (WeirPersonItem *self)
{
  return self->person;
}

/**
 * weir_person_choose_name:
 * @person: a person of the wire contract
 *
 * Chooses what to call a person: the first of its ids that does not look as if a program had made
 * it up, else the first one.
 *
 * Returns: (transfer none): an id
 */
const char *
weir_person_choose_name (JsonObject *person)
{
  JsonArray *ids = weir_json_get_array (person, "distinct_ids");
  guint n = weir_json_array_get_n (ids);
  const char *id = weir_json_get_text (person, "id");

  for (guint i = 0; i < n; i++)
    {
      if (!looks_made_up (get_id_at (ids, i)))
        return get_id_at (ids, i);
    }
  if (n > 0)
    return get_id_at (ids, 0);
  return id != NULL ? id : "";
}
