/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * WeirSqliteRetention:
 *
 * Deletes what is older than the store is to keep, a little at a time, so that it is never in the
 * way.
 */
typedef struct _WeirSqliteRetention WeirSqliteRetention;

WeirSqliteRetention *weir_sqlite_retention_new  (sqlite3              *db,
                                                 gint64                keep);
void                 weir_sqlite_retention_free (WeirSqliteRetention  *self);
gboolean             weir_sqlite_retention_step (WeirSqliteRetention  *self,
                                                 gint64                now);

G_END_DECLS
