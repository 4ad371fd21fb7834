/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"
#include "weir-sql-question.h"

G_BEGIN_DECLS

/* Somebody's SQL, asked of ClickHouse for reading only. */
gboolean  weir_clickhouse_sql_check (const char             *sql,
                                     gsize                  *length,
                                     GError                **error);
GBytes   *weir_clickhouse_sql_run   (WeirClickhouseClient   *client,
                                     const WeirSqlQuestion  *question,
                                     GCancellable           *cancellable,
                                     GError                **error);

G_END_DECLS
