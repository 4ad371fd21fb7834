/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-store.h"

G_BEGIN_DECLS

/**
 * WeirSqliteRecentIds:
 *
 * Which message ids came lately, as hashes, where events themselves are in another place that may
 * be out of reach when a collector starts. Works within the transaction of whoever calls. Belongs
 * to the writer's thread.
 */
typedef struct _WeirSqliteRecentIds WeirSqliteRecentIds;

WeirSqliteRecentIds *weir_sqlite_recent_ids_new     (sqlite3              *db,
                                                     GError              **error);
void                 weir_sqlite_recent_ids_free    (WeirSqliteRecentIds  *self);
void                 weir_sqlite_recent_ids_add     (WeirSqliteRecentIds  *self,
                                                     const WeirEvent      *event);
gboolean             weir_sqlite_recent_ids_write   (WeirSqliteRecentIds  *self,
                                                     guint64               last_seq,
                                                     GError              **error);
void                 weir_sqlite_recent_ids_reset   (WeirSqliteRecentIds  *self);
gboolean             weir_sqlite_recent_ids_foreach (WeirSqliteRecentIds  *self,
                                                     WeirStoreIdFunc       func,
                                                     gpointer              user_data,
                                                     GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteRecentIds, weir_sqlite_recent_ids_free)

G_END_DECLS
