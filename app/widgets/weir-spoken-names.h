/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Names for what GTK 4.8 puts into its widgets without one, though it can have the focus. */
void  weir_name_table_parts  (GtkColumnView  *table,
                              const char     *label);
void  weir_name_table_row    (GtkWidget      *cell,
                              const char     *name);
void  weir_name_drop_down    (GtkDropDown    *menu,
                              const char     *label);
void  weir_name_lists        (GtkWidget      *widget,
                              const char     *label);

G_END_DECLS
