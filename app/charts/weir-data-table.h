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
 * WeirDataCell:
 * @text: what it says
 * @number: what it is sorted by; NAN for its text, or for nothing in a column of numbers
 *
 * A cell of a table.
 */
typedef struct {
  char *text;
  double number;
} WeirDataCell;

/**
 * WeirDataSource:
 * @get_n_rows: how many rows there are
 * @dup_text: what a cell says
 * @get_number: what it is sorted by, as in [struct@Weir.DataCell]
 * @free: frees the data
 *
 * What knows the rows of a table, and is asked about those that are looked at.
 */
typedef struct {
  guint    (*get_n_rows) (gpointer data);
  char *   (*dup_text)   (gpointer data, guint row, guint column);
  double   (*get_number) (gpointer data, guint row, guint column);
  void     (*free)       (gpointer data);
} WeirDataSource;

/**
 * WeirDataTable:
 *
 * The twin of a picture, as texts in rows, which its headings sort. Cells that count people are
 * buttons.
 */
#define WEIR_TYPE_DATA_TABLE (weir_data_table_get_type ())
G_DECLARE_FINAL_TYPE (WeirDataTable, weir_data_table, WEIR, DATA_TABLE, AdwBin)

/* Signals:
 *  ::opened (guint row, guint column)   the reader wants to know who is behind a cell
 */
GtkWidget  *weir_data_table_new         (void);
void        weir_data_table_set_title   (WeirDataTable         *self,
                                         const char            *title);
void        weir_data_table_set_scrolls (WeirDataTable         *self,
                                         gboolean               scrolls);
void        weir_data_table_set_columns (WeirDataTable         *self,
                                         const WeirDataColumn  *columns,
                                         guint                  n_columns);
void        weir_data_table_set_source  (WeirDataTable         *self,
                                         const WeirDataSource  *source,
                                         gpointer               data);
void        weir_data_table_take_cells  (WeirDataTable         *self,
                                         GArray                *cells);
guint       weir_data_table_get_n_rows  (WeirDataTable         *self);
char       *weir_data_table_dup_text    (WeirDataTable         *self,
                                         guint                  row,
                                         guint                  column);
char       *weir_data_table_dup_csv     (WeirDataTable         *self);

GArray     *weir_data_cells_new         (void);
void        weir_data_cells_add         (GArray                *cells,
                                         char                  *text,
                                         double                 number);

G_END_DECLS
