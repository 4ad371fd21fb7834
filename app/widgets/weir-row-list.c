/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-row-list.h"

struct _WeirRow
{
  GObject parent_instance;

  guint index;
};

struct _WeirRowList
{
  GObject parent_instance;

  guint n_rows;
};

static void weir_row_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE (WeirRow, weir_row, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (WeirRowList, weir_row_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, weir_row_list_model_init))

static void
weir_row_class_init (WeirRowClass *klass)
{
}

static void
weir_row_init (WeirRow *self)
{
}

static GType
weir_row_list_get_item_type (GListModel *model)
{
  return WEIR_TYPE_ROW;
}

static guint
weir_row_list_get_n_items (GListModel *model)
{
  return WEIR_ROW_LIST (model)->n_rows;
}

static gpointer
weir_row_list_get_item (GListModel *model,
                        guint       position)
{
  WeirRow *row;

  if (position >= WEIR_ROW_LIST (model)->n_rows)
    return NULL;
  row = g_object_new (WEIR_TYPE_ROW, NULL);
  row->index = position;
  return row;
}

static void
weir_row_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = weir_row_list_get_item_type;
  iface->get_n_items = weir_row_list_get_n_items;
  iface->get_item = weir_row_list_get_item;
}

static void
weir_row_list_class_init (WeirRowListClass *klass)
{
}

static void
weir_row_list_init (WeirRowList *self)
{
}

/**
 * weir_row_list_new:
 *
 * Returns: (transfer full): a list without rows
 */
WeirRowList *
weir_row_list_new (void)
{
  return g_object_new (WEIR_TYPE_ROW_LIST, NULL);
}

/**
 * weir_row_list_set_n_rows:
 * @self: a list
 * @n_rows: how many rows there are from now on
 *
 * Adds rows to the end, or takes some away there.
 */
void
weir_row_list_set_n_rows (WeirRowList *self,
                          guint        n_rows)
{
  guint have;

  g_return_if_fail (WEIR_IS_ROW_LIST (self));

  have = self->n_rows;
  self->n_rows = n_rows;
  if (n_rows > have)
    g_list_model_items_changed (G_LIST_MODEL (self), have, 0, n_rows - have);
  else if (n_rows < have)
    g_list_model_items_changed (G_LIST_MODEL (self), n_rows, have - n_rows, 0);
}

/**
 * weir_row_get_index:
 * @self: a row
 *
 * Returns: its number, from 0 on, in whatever order it is shown
 */
guint
weir_row_get_index (WeirRow *self)
{
  g_return_val_if_fail (WEIR_IS_ROW (self), 0);

  return self->index;
}
