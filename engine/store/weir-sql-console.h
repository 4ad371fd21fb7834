/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-clickhouse-address.h"
#include "weir-sql-question.h"

G_BEGIN_DECLS

/**
 * WeirSqlConsole:
 *
 * A thread that answers questions in SQL, one at a time, apart from the readers of a
 * [struct@Weir.ReaderPool]: whatever somebody asks here, those go on.
 */
typedef struct _WeirSqlConsole WeirSqlConsole;

WeirSqlConsole *weir_sql_console_new        (const char           *path,
                                             gboolean              immutable,
                                             WeirClickhouseAddress *clickhouse);
void            weir_sql_console_free       (WeirSqlConsole       *self);
void            weir_sql_console_ask_async  (WeirSqlConsole       *self,
                                             WeirSqlQuestion      *question,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
GBytes         *weir_sql_console_ask_finish (WeirSqlConsole       *self,
                                             GAsyncResult         *result,
                                             GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqlConsole, weir_sql_console_free)

G_END_DECLS
