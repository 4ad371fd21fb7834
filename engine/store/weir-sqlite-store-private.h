/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-id-cache.h"
#include "weir-shared-entry.h"
#include "weir-sqlite-edges.h"
#include "weir-sqlite-identities.h"
#include "weir-sqlite-properties.h"
#include "weir-sqlite-recent-ids.h"
#include "weir-sqlite-retention.h"
#include "weir-sqlite-store.h"
#include "weir-sqlite-summary.h"
#include "weir-sqlite-timeline.h"

G_BEGIN_DECLS

#define WEIR_SQLITE_STORE_STATEMENTS 6

/**
 * WeirSqliteStore:
 * @is_elsewhere: the file holds persons and what is saved, and no events
 * @is_shared: who is who is decided by a log that collectors share
 * @ordinal: how many of its entries have had their effect
 * @place: the last of them
 * @has_place: the transaction that is open says how far it is
 * @is_stale: a transaction was rolled back: what was read is to be read again
 *
 * For the files of the store, and for kinds of it.
 */
struct _WeirSqliteStore {
  WeirStore parent_instance;

  char *path;
  char *instance;
  gint64 keep;
  gboolean is_elsewhere;
  sqlite3 *db;
  sqlite3_stmt *statements[WEIR_SQLITE_STORE_STATEMENTS];
  WeirIdCache *names;
  WeirIdCache *sources;
  WeirIdentityRules rules;
  WeirSqliteIdentities *identities;
  WeirSqliteEdges *edges;
  WeirSqliteProperties *properties;
  GString *json;
  int wal_pages;
  WeirSqliteRetention *retention;
  WeirSqliteTimeline *timeline;
  WeirSqliteSummary *summary;
  WeirSqliteRecentIds *recent_ids;   /* NULL where events are in the file */
  gboolean is_shared;
  gint64 ordinal;
  WeirSharedPlace place;
  gboolean has_place;
  gboolean is_stale;
};

sqlite3          *weir_sqlite_store_get_db        (WeirSqliteStore        *self);
gboolean          weir_sqlite_store_begin         (WeirSqliteStore        *self,
                                                   GError                **error);
gboolean          weir_sqlite_store_end           (WeirSqliteStore        *self,
                                                   gboolean                ok,
                                                   GError                **error);
gboolean          weir_sqlite_store_knows         (WeirSqliteStore        *self,
                                                   const WeirEvent        *event,
                                                   WeirEventText           which);
gboolean          weir_sqlite_store_settle        (WeirSqliteStore        *self,
                                                   const WeirEvent        *event,
                                                   WeirEventText           which,
                                                   WeirPersonId           *person,
                                                   GError                **error);
void              weir_sqlite_store_install_people (WeirStoreClass        *store_class);
void              weir_sqlite_store_install_saved (WeirStoreClass         *store_class);
WeirSqliteStore  *weir_sqlite_store_init_with     (WeirSqliteStore        *self,
                                                   const char             *path,
                                                   const char             *instance,
                                                   gint64                  keep);
gboolean          weir_sqlite_store_put_counts    (WeirSqliteStore        *self,
                                                   const WeirStoreCounts  *counts,
                                                   GError                **error);

G_END_DECLS
