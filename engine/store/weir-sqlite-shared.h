/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-shared-entry.h"
#include "weir-sqlite-store.h"

G_BEGIN_DECLS

/* A collector's numbers begin at its own number, shifted by this; 2 047 of them stay below 2^53. */
#define WEIR_SHARED_SEQ_BITS   42
#define WEIR_SHARED_MAX_NUMBER 2047

/**
 * WeirSharedOutcome:
 * @entry: a command
 * @edge: number of the edge it made
 * @receipt: (nullable): what a deletion did
 * @error: (nullable): why it had no effect
 *
 * What became of a command. Borrowed for the call.
 */
typedef struct {
  const WeirSharedEntry *entry;
  gint64 edge;
  const WeirErasureReceipt *receipt;
  const GError *error;
} WeirSharedOutcome;

typedef void (*WeirSharedOutcomeFunc) (const WeirSharedOutcome *outcome,
                                       gpointer                 user_data);

GPtrArray *weir_sqlite_shared_find_news      (WeirSqliteStore        *store,
                                              GPtrArray              *batches,
                                              guint64                 after,
                                              guint64                 until,
                                              GHashTable             *present,
                                              GHashTable             *refused,
                                              GError                **error);
gboolean   weir_sqlite_shared_apply          (WeirSqliteStore        *store,
                                              GPtrArray              *entries,
                                              WeirSharedOutcomeFunc   func,
                                              gpointer                user_data,
                                              GError                **error);
void       weir_sqlite_shared_get_place      (WeirSqliteStore        *store,
                                              WeirSharedPlace        *place);
gboolean   weir_sqlite_shared_read_erasure   (WeirSqliteStore        *store,
                                              GArray                 *identities,
                                              GPtrArray              *ids,
                                              gint64                 *stamp,
                                              GError                **error);
gboolean   weir_sqlite_shared_forget_erasure (WeirSqliteStore        *store,
                                              GArray                 *identities,
                                              GError                **error);

/* For the store's own files, in the transaction that is open. */
gboolean   weir_sqlite_shared_put_place      (WeirSqliteStore        *store,
                                              GError                **error);
gboolean   weir_sqlite_shared_note_erasure   (WeirSqliteStore        *store,
                                              GError                **error);

G_END_DECLS
