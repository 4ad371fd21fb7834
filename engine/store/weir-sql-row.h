/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "weir-sql-guard.h"

G_BEGIN_DECLS

/**
 * WeirSqlRow:
 * @wants_csv: whether rows become lines of a table instead of JSON arrays
 * @types: which types of SQLite were seen in each column, as bits
 *
 * What the function `weir_row (…)` needs, which makes one text of all columns of a row.
 */
typedef struct {
  gboolean wants_csv;
  guint types[WEIR_SQL_MAX_COLUMNS];
} WeirSqlRow;

gboolean    weir_sql_row_register (WeirSqlRow  *self,
                                   sqlite3     *db);
const char *weir_sql_row_get_type (WeirSqlRow  *self,
                                   guint        column);

G_END_DECLS
