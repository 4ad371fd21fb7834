/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-table-sort.h"

#include <glib/gi18n.h>
#include <math.h>

/* A table that takes longer than a part of a frame to sort is sorted in steps. */
#define MANY_ROWS 2000

typedef struct {
  WeirTableCompare compare;
  gpointer owner;
  guint index;
} Column;

/* GTK 4.8 does not tell by what a table is sorted. Two items that are no rows find out: the first
 * column that is asked about them is the one, and the sign of the answer its direction. */
static struct {
  GObject *items[2];
  int column;
} probe;

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  Column *column = user_data;

  if (a == probe.items[0])
    {
      probe.column = (int) column->index;
      return -1;
    }
  return column->compare (column->owner, (gpointer) a, (gpointer) b, column->index);
}

/**
 * weir_table_sort_column:
 * @column: a column
 * @compare: compares two rows in it
 * @owner: passed to @compare; the table does not outlive it
 * @index: passed to @compare; its place in the table
 *
 * Lets a column sort its table.
 */
void
weir_table_sort_column (GtkColumnViewColumn *column,
                        WeirTableCompare     compare,
                        gpointer             owner,
                        guint                index)
{
  Column *data = g_new (Column, 1);
  g_autoptr(GtkSorter) sorter = NULL;

  *data = (Column) { compare, owner, index };
  sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, data, g_free));
  gtk_column_view_column_set_sorter (column, sorter);
}

/**
 * weir_table_sort_get:
 * @view: a table whose columns sort it
 * @column: (out): which one does
 * @direction: (out): from its least or from its greatest
 *
 * Returns: whether the table is sorted
 */
gboolean
weir_table_sort_get (GtkColumnView *view,
                     guint         *column,
                     GtkSortType   *direction)
{
  GtkOrdering order;

  for (guint i = 0; i < 2 && probe.items[i] == NULL; i++)
    probe.items[i] = g_object_new (G_TYPE_OBJECT, NULL);
  probe.column = -1;
  order = gtk_sorter_compare (gtk_column_view_get_sorter (view), probe.items[0], probe.items[1]);
  if (probe.column < 0)
    return FALSE;
  *column = (guint) probe.column;
  *direction = order == GTK_ORDERING_SMALLER ? GTK_SORT_ASCENDING : GTK_SORT_DESCENDING;
  return TRUE;
}

/* The line of headings is the first child of the table, and its children are the headings. */
static GtkWidget *
get_heading (GtkColumnView *view,
             guint          index)
{
  GtkWidget *heading = gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (view)));

  for (; index > 0 && heading != NULL; index--)
    heading = gtk_widget_get_next_sibling (heading);
  return heading;
}

static void
name_headings (GtkColumnView *view)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  GtkSortType direction = GTK_SORT_ASCENDING;
  guint sorted = G_MAXUINT;

  weir_table_sort_get (view, &sorted, &direction);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const char *title = gtk_column_view_column_get_title (column);
      GtkWidget *heading = get_heading (view, i);
      g_autofree char *name = weir_table_sort_describe (title, i == sorted, direction);

      if (heading == NULL)
        continue;
      gtk_accessible_update_property (GTK_ACCESSIBLE (heading),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
    }
}

static gboolean
activate_cb (GtkWidget *heading,
             GVariant  *args,
             gpointer   user_data)
{
  GtkColumnView *view = user_data;
  g_autoptr(GtkColumnViewColumn) column = NULL;
  GtkSortType direction = GTK_SORT_DESCENDING;
  guint index = 0, sorted = G_MAXUINT;

  while (get_heading (view, index) != heading)
    index++;
  column = g_list_model_get_item (gtk_column_view_get_columns (view), index);
  weir_table_sort_get (view, &sorted, &direction);
  gtk_column_view_sort_by_column (view, column,
                                  sorted == index && direction == GTK_SORT_ASCENDING
                                  ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  return TRUE;
}

/* GTK 4.8 lets the pointer alone press a heading. */
static void
add_keys (GtkColumnView *view,
          GtkWidget     *heading)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcutTrigger *trigger = gtk_shortcut_trigger_parse_string ("Return|KP_Enter|space");
  GtkShortcutAction *action = gtk_callback_action_new (activate_cb, view, NULL);

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (trigger, action));
  gtk_widget_add_controller (heading, controller);
  gtk_widget_set_focusable (heading, TRUE);
}

/**
 * weir_table_sort_headings:
 * @view: a table that has its columns
 *
 * Lets the keyboard press its headings, and names them. To be called whenever there are others.
 */
void
weir_table_sort_headings (GtkColumnView *view)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (view);
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      GtkWidget *heading = get_heading (view, i);

      if (heading != NULL && !gtk_widget_get_focusable (heading))
        add_keys (view, heading);
    }
  g_signal_handlers_disconnect_by_func (sorter, name_headings, view);
  g_signal_connect_object (sorter, "changed", G_CALLBACK (name_headings), view, G_CONNECT_SWAPPED);
  name_headings (view);
}

static void
rows_changed_cb (GtkSortListModel *model,
                 guint             position,
                 guint             removed,
                 guint             added,
                 GListModel       *rows)
{
  gtk_sort_list_model_set_incremental (model, g_list_model_get_n_items (rows) > MANY_ROWS);
}

/**
 * weir_table_sort_model:
 * @view: a table
 * @rows: its rows
 *
 * Returns: (transfer full): the rows in the order that the headings ask for, or in their own
 */
GtkSortListModel *
weir_table_sort_model (GtkColumnView *view,
                       GListModel    *rows)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (view);
  GtkSortListModel *model = gtk_sort_list_model_new (g_object_ref (rows), g_object_ref (sorter));

  rows_changed_cb (model, 0, 0, 0, rows);
  g_signal_connect_object (rows, "items-changed", G_CALLBACK (rows_changed_cb), model,
                           G_CONNECT_SWAPPED);
  return model;
}

/**
 * weir_table_sort_numbers:
 * @a: a number, or NAN for none
 * @b: another
 *
 * Compares numbers. None is less than any, so that the greatest are not behind empty cells.
 *
 * Returns: less than 0, 0 or more than 0
 */
int
weir_table_sort_numbers (double a,
                         double b)
{
  if (isnan (a) || isnan (b))
    return (isnan (b) ? 1 : 0) - (isnan (a) ? 1 : 0);
  return (a > b) - (a < b);
}

/**
 * weir_table_sort_describe:
 * @title: the title of a column
 * @is_sorted: whether the table is sorted by it
 * @direction: in which direction, if it is
 *
 * Returns: what to call its heading, for assistive technology
 */
char *
weir_table_sort_describe (const char  *title,
                          gboolean     is_sorted,
                          GtkSortType  direction)
{
  if (!is_sorted)
    return g_strdup (title);
  if (direction == GTK_SORT_ASCENDING)
    /* Translators: the heading of a column by which a table is sorted. */
    return g_strdup_printf (_("%s, ascending"), title);
  /* Translators: the heading of a column by which a table is sorted. */
  return g_strdup_printf (_("%s, descending"), title);
}
