/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirCellMenu:
 *
 * A small menu at a value: only this, not this, copy, details.
 */
#define WEIR_TYPE_CELL_MENU (weir_cell_menu_get_type ())
G_DECLARE_FINAL_TYPE (WeirCellMenu, weir_cell_menu, WEIR, CELL_MENU, GtkWidget)

/* Signals:
 *  ::narrow (const char *property, const char *literal, gboolean only)
 *  ::details
 *  ::closed
 */
GtkWidget *weir_cell_menu_new    (void);
void       weir_cell_menu_popup  (WeirCellMenu        *self,
                                  const GdkRectangle  *at,
                                  const char          *property,
                                  const char          *literal,
                                  gboolean             with_details,
                                  gboolean             take_focus);
void       weir_cell_menu_popdown (WeirCellMenu       *self);
gboolean   weir_cell_menu_is_open (WeirCellMenu       *self);

G_END_DECLS
