/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-sql-question.h"

G_BEGIN_DECLS

/**
 * WeirSqlConnection:
 *
 * A connection of libgda that anybody's SQL can be given to: it reads one store's file and can do
 * nothing else. Belongs to one thread.
 */
typedef struct _WeirSqlConnection WeirSqlConnection;

WeirSqlConnection *weir_sql_connection_new  (const char             *path,
                                             gboolean                immutable,
                                             GError                **error);
void               weir_sql_connection_free (WeirSqlConnection      *self);
GBytes            *weir_sql_connection_run  (WeirSqlConnection      *self,
                                             const WeirSqlQuestion  *question,
                                             GCancellable           *cancellable,
                                             GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqlConnection, weir_sql_connection_free)

G_END_DECLS
