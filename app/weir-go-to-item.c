/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-go-to-item.h"

struct _WeirGoToItem
{
  GObject parent_instance;

  char *group;
  char *title;
  char *folded;
  char *detail;
  char *action;
  GVariant *target;
};

G_DEFINE_FINAL_TYPE (WeirGoToItem, weir_go_to_item, G_TYPE_OBJECT)

static void
weir_go_to_item_finalize (GObject *object)
{
  WeirGoToItem *self = WEIR_GO_TO_ITEM (object);

  g_free (self->group);
  g_free (self->title);
  g_free (self->folded);
  g_free (self->detail);
  g_free (self->action);
  g_clear_pointer (&self->target, g_variant_unref);

  G_OBJECT_CLASS (weir_go_to_item_parent_class)->finalize (object);
}

static void
weir_go_to_item_class_init (WeirGoToItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_go_to_item_finalize;
}

static void
weir_go_to_item_init (WeirGoToItem *self)
{
}

/**
 * weir_go_to_item_new:
 * @group: what kind of thing it is
 * @title: what a reader calls it
 * @detail: (nullable): what else to know, such as its shortcut
 * @action: the action that goes there or does it
 * @target: (nullable): the target of the action; a floating one is taken
 *
 * Returns: (transfer full): an item
 */
WeirGoToItem *
weir_go_to_item_new (const char *group,
                     const char *title,
                     const char *detail,
                     const char *action,
                     GVariant   *target)
{
  WeirGoToItem *self = g_object_new (WEIR_TYPE_GO_TO_ITEM, NULL);

  self->group = g_strdup (group);
  self->title = g_strdup (title);
  self->folded = g_utf8_casefold (title, -1);
  self->detail = g_strdup (detail);
  self->action = g_strdup (action);
  self->target = target != NULL ? g_variant_ref_sink (target) : NULL;
  return self;
}

/**
 * weir_go_to_item_get_group:
 * @self: an item
 *
 * Returns: (transfer none): what kind of thing it is
 */
const char *
weir_go_to_item_get_group (WeirGoToItem *self)
{
  return self->group;
}

/**
 * weir_go_to_item_get_title:
 * @self: an item
 *
 * Returns: (transfer none): what a reader calls it
 */
const char *
weir_go_to_item_get_title (WeirGoToItem *self)
{
  return self->title;
}

/**
 * weir_go_to_item_get_detail:
 * @self: an item
 *
 * Returns: (transfer none) (nullable): what else to know
 */
const char *
weir_go_to_item_get_detail (WeirGoToItem *self)
{
  return self->detail;
}

/**
 * weir_go_to_item_get_action:
 * @self: an item
 *
 * Returns: (transfer none): the action that goes there or does it
 */
const char *
weir_go_to_item_get_action (WeirGoToItem *self)
{
  return self->action;
}

/**
 * weir_go_to_item_get_target:
 * @self: an item
 *
 * Returns: (transfer none) (nullable): the target of the action
 */
GVariant *
weir_go_to_item_get_target (WeirGoToItem *self)
{
  return self->target;
}

/**
 * weir_go_to_item_matches:
 * @self: an item
 * @folded: what is looked for, case-folded; several words may be anywhere in the title
 *
 * Returns: whether it is meant
 */
gboolean
weir_go_to_item_matches (WeirGoToItem *self,
                         const char   *folded)
{
  g_auto(GStrv) words = g_strsplit (folded, " ", 8);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (strstr (self->folded, words[i]) == NULL)
        return FALSE;
    }
  return TRUE;
}
