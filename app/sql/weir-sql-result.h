/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirSqlResult:
 *
 * The rows that a statement answered with: a #GListModel over the answer as it came. A row becomes
 * an object when somebody looks at it, and is none any more afterwards.
 */
#define WEIR_TYPE_SQL_RESULT (weir_sql_result_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlResult, weir_sql_result, WEIR, SQL_RESULT, GObject)

/* An item of a result. */
#define WEIR_TYPE_SQL_ROW (weir_sql_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlRow, weir_sql_row, WEIR, SQL_ROW, GObject)

WeirSqlResult  *weir_sql_result_new          (GBytes               *answer,
                                              GError              **error);
void            weir_sql_result_read_async   (GBytes               *answer,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
WeirSqlResult  *weir_sql_result_read_finish  (GAsyncResult         *result,
                                              GError              **error);
guint           weir_sql_result_get_n_columns (WeirSqlResult       *self);
const char     *weir_sql_result_get_name     (WeirSqlResult        *self,
                                              guint                 column);
gboolean        weir_sql_result_is_number    (WeirSqlResult        *self,
                                              guint                 column);
gboolean        weir_sql_result_is_truncated (WeirSqlResult        *self);
double          weir_sql_result_get_elapsed  (WeirSqlResult        *self);
char           *weir_sql_result_dup_text     (WeirSqlResult        *self,
                                              guint                 row,
                                              guint                 column);
gboolean        weir_sql_result_is_null      (WeirSqlResult        *self,
                                              guint                 row,
                                              guint                 column);
int             weir_sql_result_compare      (WeirSqlResult        *self,
                                              guint                 row,
                                              guint                 other,
                                              guint                 column);
void            weir_sql_result_append_line  (WeirSqlResult        *self,
                                              guint                 row,
                                              char                  separator,
                                              GString              *out);
GBytes         *weir_sql_result_to_csv       (WeirSqlResult        *self);
GBytes         *weir_sql_result_to_json      (WeirSqlResult        *self);
guint           weir_sql_row_get_index       (WeirSqlRow           *self);

G_END_DECLS
