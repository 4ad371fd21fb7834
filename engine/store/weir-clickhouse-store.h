/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-address.h"
#include "weir-clickhouse-writer.h"
#include "weir-sqlite-store.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseStore:
 *
 * A store whose events come to rest in ClickHouse. Who is who, what is saved and how far it is stay
 * in a file of SQLite. Writing finds out whose events are; a [struct@Weir.ClickhouseWriter] inserts
 * them later, and what it did is noted here.
 */
#define WEIR_TYPE_CLICKHOUSE_STORE (weir_clickhouse_store_get_type ())
G_DECLARE_FINAL_TYPE (WeirClickhouseStore, weir_clickhouse_store, WEIR, CLICKHOUSE_STORE,
                      WeirSqliteStore)

WeirStore  *weir_clickhouse_store_new   (const char                   *path,
                                         const char                   *instance,
                                         gint64                        keep,
                                         WeirClickhouseAddress        *address);
void        weir_clickhouse_store_set_shared (WeirClickhouseStore     *self);
gboolean    weir_clickhouse_store_note  (WeirClickhouseStore          *self,
                                         const WeirClickhouseWritten  *written,
                                         GError                      **error);
gboolean    weir_clickhouse_store_move_kept_since (WeirClickhouseStore *self,
                                         gint64                        now,
                                         gint64                       *before,
                                         GError                      **error);

G_END_DECLS
