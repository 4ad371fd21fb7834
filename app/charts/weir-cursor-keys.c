/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cursor-keys.h"

/**
 * weir_cursor_keys_add:
 * @widget_class: a class of pictures with a cursor
 * @move: moves the cursor; its arguments are a %WEIR_CURSOR_MOVE
 * @enter: opens what is at the cursor
 * @escape: takes the cursor away
 *
 * Gives all pictures the same keys.
 */
void
weir_cursor_keys_add (GtkWidgetClass  *widget_class,
                      GtkShortcutFunc  move,
                      GtkShortcutFunc  enter,
                      GtkShortcutFunc  escape)
{
  static const struct {
    guint keys[2];
    int columns;
    int rows;
  } moves[] = {
    { { GDK_KEY_Left, GDK_KEY_KP_Left }, -1, 0 },
    { { GDK_KEY_Right, GDK_KEY_KP_Right }, 1, 0 },
    { { GDK_KEY_Up, GDK_KEY_KP_Up }, 0, -1 },
    { { GDK_KEY_Down, GDK_KEY_KP_Down }, 0, 1 },
    { { GDK_KEY_Home, GDK_KEY_KP_Home }, G_MININT32, 0 },
    { { GDK_KEY_End, GDK_KEY_KP_End }, G_MAXINT32, 0 },
  };
  static const guint enter_keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (moves); i++)
    {
      guint key = moves[i / 2].keys[i % 2];
      int columns = moves[i / 2].columns, rows = moves[i / 2].rows;

      gtk_widget_class_add_binding (widget_class, key, 0, move, WEIR_CURSOR_MOVE,
                                    columns, rows, FALSE);
      gtk_widget_class_add_binding (widget_class, key, GDK_SHIFT_MASK, move, WEIR_CURSOR_MOVE,
                                    columns, rows, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (enter_keys); i++)
    gtk_widget_class_add_binding (widget_class, enter_keys[i], 0, enter, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape, NULL);
}
