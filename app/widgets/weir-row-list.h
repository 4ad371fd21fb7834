/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirRowList:
 *
 * A list model of rows that are nothing but their number. A row becomes an object when somebody
 * looks at it: what is in it is known elsewhere.
 */
#define WEIR_TYPE_ROW_LIST (weir_row_list_get_type ())
G_DECLARE_FINAL_TYPE (WeirRowList, weir_row_list, WEIR, ROW_LIST, GObject)

/* An item of such a list. */
#define WEIR_TYPE_ROW (weir_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirRow, weir_row, WEIR, ROW, GObject)

WeirRowList *weir_row_list_new        (void);
void         weir_row_list_set_n_rows (WeirRowList *self,
                                       guint        n_rows);
guint        weir_row_get_index       (WeirRow     *self);

G_END_DECLS
