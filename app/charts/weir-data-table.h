/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WeirDataColumn:
 * @title: its heading
 * @is_number: whether its cells stand at the right, in figures of one width
 * @opens: whether its cells can be opened, to see who is behind them
 *
 * A column of a table.
 */
typedef struct {
  const char *title;
  gboolean is_number;
  gboolean opens;
} WeirDataColumn;

/**
 * WeirDataTable:
 *
 * The twin of a picture, as texts in rows. Cells that count people are buttons.
 */
#define WEIR_TYPE_DATA_TABLE (weir_data_table_get_type ())
G_DECLARE_FINAL_TYPE (WeirDataTable, weir_data_table, WEIR, DATA_TABLE, AdwBin)

/* Signals:
 *  ::opened (guint row, guint column)   the reader wants to know who is behind a cell
 */
GtkWidget  *weir_data_table_new         (void);
void        weir_data_table_set_title   (WeirDataTable         *self,
                                         const char            *title);
void        weir_data_table_set_columns (WeirDataTable         *self,
                                         const WeirDataColumn  *columns,
                                         guint                  n_columns);
void        weir_data_table_take_rows   (WeirDataTable         *self,
                                         GPtrArray             *rows);
guint       weir_data_table_get_n_rows  (WeirDataTable         *self);
const char *weir_data_table_get_text    (WeirDataTable         *self,
                                         guint                  row,
                                         guint                  column);
char       *weir_data_table_dup_csv     (WeirDataTable         *self);

G_END_DECLS
