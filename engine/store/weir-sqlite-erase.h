/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-sqlite-identities.h"
#include "weir-store.h"

G_BEGIN_DECLS

/**
 * WeirSqliteErasure:
 *
 * The deletion of one person with everything that is known of it, and the proof that it is gone.
 * Belongs to the writer's thread.
 */
typedef struct _WeirSqliteErasure WeirSqliteErasure;

WeirSqliteErasure *weir_sqlite_erasure_new     (sqlite3               *db,
                                                WeirSqliteIdentities  *identities,
                                                guint32                person,
                                                GError               **error);
void               weir_sqlite_erasure_free    (WeirSqliteErasure     *self);
gboolean           weir_sqlite_erasure_count   (WeirSqliteErasure     *self,
                                                WeirErasureCounts     *counts,
                                                GError               **error);
gboolean           weir_sqlite_erasure_run     (WeirSqliteErasure     *self,
                                                GError               **error);
GArray            *weir_sqlite_erasure_get_events (WeirSqliteErasure  *self);
GPtrArray         *weir_sqlite_erasure_get_ids (WeirSqliteErasure     *self);

GArray            *weir_sqlite_find_events     (sqlite3               *db,
                                                const guint32         *identities,
                                                guint                  n_identities,
                                                GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteErasure, weir_sqlite_erasure_free)

G_END_DECLS
