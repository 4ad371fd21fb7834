/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-spoken-names.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static void
name_widget (GtkWidget  *widget,
             const char *name)
{
  if (widget != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

/**
 * weir_name_table_parts:
 * @table: a table
 * @label: what is in it
 *
 * Names a table, its line of headings, and its list of rows.
 */
void
weir_name_table_parts (GtkColumnView *table,
                       const char    *label)
{
  name_widget (GTK_WIDGET (table), label);
  name_widget (gtk_widget_get_first_child (GTK_WIDGET (table)), _("Columns"));
  name_widget (gtk_widget_get_last_child (GTK_WIDGET (table)), label);
}

/**
 * weir_name_table_row:
 * @cell: what a factory put into a cell, when it is bound
 * @name: what is in the row
 *
 * Names the row that a cell is in.
 */
void
weir_name_table_row (GtkWidget  *cell,
                     const char *name)
{
  GtkWidget *parent = gtk_widget_get_parent (cell);

  if (parent != NULL)
    name_widget (gtk_widget_get_parent (parent), name);
}

/* All but the list that opens. */
static void
name_parts (GtkWidget  *widget,
            const char *label)
{
  if (gtk_widget_get_focusable (widget))
    name_widget (widget, label);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (!GTK_IS_POPOVER (child))
        name_parts (child, label);
    }
}

/**
 * weir_name_drop_down:
 * @menu: a menu that has its items
 * @label: what is chosen with it
 *
 * Names a menu, the button in it, and what is chosen in that button.
 */
void
weir_name_drop_down (GtkDropDown *menu,
                     const char  *label)
{
  name_widget (GTK_WIDGET (menu), label);
  name_parts (GTK_WIDGET (menu), label);
}

/**
 * weir_name_lists:
 * @widget: preferences, or a part of them
 * @label: what they are about
 *
 * Names the lists that preferences are made of; those within a row are called as the row is.
 */
void
weir_name_lists (GtkWidget  *widget,
                 const char *label)
{
  GtkWidget *child;

  if (ADW_IS_PREFERENCES_ROW (widget))
    label = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));
  else if (GTK_IS_LIST_BOX (widget) || GTK_IS_LIST_VIEW (widget)
           || g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkListItemWidget"))
    name_widget (widget, label);
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    weir_name_lists (child, label);
}
