/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-sql-result.h"

G_BEGIN_DECLS

/**
 * WeirSqlTable:
 *
 * The rows that a statement answered with. Cells and rows can be copied.
 */
#define WEIR_TYPE_SQL_TABLE (weir_sql_table_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlTable, weir_sql_table, WEIR, SQL_TABLE, GtkWidget)

/* Signals:
 *  ::copied (const char *what)
 */
WeirSqlTable   *weir_sql_table_new        (void);
void            weir_sql_table_set_result (WeirSqlTable   *self,
                                           WeirSqlResult  *result);
WeirSqlResult  *weir_sql_table_get_result (WeirSqlTable   *self);
gboolean        weir_sql_table_copy_rows  (WeirSqlTable   *self);

G_END_DECLS
