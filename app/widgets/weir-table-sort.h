/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirTableCompare:
 * @owner: whose table it is
 * @a: an item of the table
 * @b: another
 * @column: the column by which they are compared
 *
 * Returns: less than 0, 0 or more than 0
 */
typedef int (*WeirTableCompare) (gpointer owner,
                                 gpointer a,
                                 gpointer b,
                                 guint    column);

/* Tables that are sorted by their headings, with the pointer and with the keyboard. */
void              weir_table_sort_column   (GtkColumnViewColumn  *column,
                                            WeirTableCompare      compare,
                                            gpointer              owner,
                                            guint                 index);
void              weir_table_sort_headings (GtkColumnView        *view);
GtkSortListModel *weir_table_sort_model    (GtkColumnView        *view,
                                            GListModel           *rows);
gboolean          weir_table_sort_get      (GtkColumnView        *view,
                                            guint                *column,
                                            GtkSortType          *direction);
int               weir_table_sort_numbers  (double                a,
                                            double                b);
char             *weir_table_sort_describe (const char           *title,
                                            gboolean              is_sorted,
                                            GtkSortType           direction);

G_END_DECLS
