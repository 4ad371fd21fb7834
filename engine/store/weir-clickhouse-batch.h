/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirClickhouseBatch:
 *
 * Rows for one INSERT. The same once it has its rows: a batch that is sent again must be the same
 * byte for byte, so that a server that deduplicates knows it. May cross threads, one at a time.
 */
typedef struct _WeirClickhouseBatch WeirClickhouseBatch;

WeirClickhouseBatch *weir_clickhouse_batch_new        (const char                 *id,
                                                       const char                 *sql);
void                 weir_clickhouse_batch_set_structure (WeirClickhouseBatch     *self,
                                                       const char                 *structure);
WeirClickhouseBatch *weir_clickhouse_batch_ref        (WeirClickhouseBatch        *self);
void                 weir_clickhouse_batch_unref      (WeirClickhouseBatch        *self);
void                 weir_clickhouse_batch_add        (WeirClickhouseBatch        *self,
                                                       gconstpointer               row,
                                                       gsize                       size);
const char          *weir_clickhouse_batch_get_id     (const WeirClickhouseBatch  *self);
const char          *weir_clickhouse_batch_get_sql    (const WeirClickhouseBatch  *self);
const char          *weir_clickhouse_batch_get_structure (const WeirClickhouseBatch *self);
guint                weir_clickhouse_batch_get_n_rows (const WeirClickhouseBatch  *self);
void                 weir_clickhouse_batch_pack       (WeirClickhouseBatch        *self);
GBytes              *weir_clickhouse_batch_cut        (WeirClickhouseBatch        *self,
                                                       guint                       first,
                                                       guint                       n_rows);
GBytes              *weir_clickhouse_batch_dup_packed (const WeirClickhouseBatch  *self,
                                                       guint                       first,
                                                       guint                       n_rows);
char                *weir_clickhouse_batch_dup_token  (const WeirClickhouseBatch  *self,
                                                       guint                       first,
                                                       guint                       n_rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirClickhouseBatch, weir_clickhouse_batch_unref)

G_END_DECLS
