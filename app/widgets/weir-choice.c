/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-choice.h"

static void
name_parts (GtkWidget  *widget,
            const char *label)
{
  if (gtk_widget_get_focusable (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (!GTK_IS_POPOVER (child))
        name_parts (child, label);
    }
}

/**
 * weir_choice_set_label:
 * @drop_down: a drop-down that has its items
 * @label: what is chosen
 *
 * Names a drop-down for assistive technology. In GTK 4.8 it is its parts that have the focus: the
 * button, and what is chosen in the button.
 */
void
weir_choice_set_label (GtkWidget  *drop_down,
                       const char *label)
{
  g_return_if_fail (GTK_IS_DROP_DOWN (drop_down));

  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  name_parts (drop_down, label);
}
