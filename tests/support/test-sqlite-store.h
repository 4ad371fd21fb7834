/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-address.h"
#include "weir-question.h"
#include "weir-reader.h"
#include "weir-store.h"

G_BEGIN_DECLS

/* A real store in a real file, for the vectors: the same steps as TestMemoryStore. Belongs to one
 * thread; a bad event ends the program. */
typedef struct _TestSqliteStore TestSqliteStore;

TestSqliteStore *test_sqlite_store_new            (void);
/* One that is closed before each question, as a file that was copied. */
TestSqliteStore *test_sqlite_store_new_offline    (void);
/* One whose events come to rest in ClickHouse, with each call before it returns. */
TestSqliteStore *test_sqlite_store_new_clickhouse (WeirClickhouseAddress *address);
/* A file with events that calls itself as the other does. */
TestSqliteStore *test_sqlite_store_new_like       (TestSqliteStore  *other);
/* ClickHouse in this process, or NULL when its library is not there. */
WeirClickhouseAddress *test_clickhouse_address_dup_embedded (void);
WeirReader      *test_sqlite_store_new_reader     (TestSqliteStore  *self);
void             test_sqlite_store_free           (TestSqliteStore  *self);
const char      *test_sqlite_store_get_path       (TestSqliteStore  *self);
WeirStore       *test_sqlite_store_get_store      (TestSqliteStore  *self);
void             test_sqlite_store_add            (TestSqliteStore  *self,
                                                   const char       *json);
void             test_sqlite_store_merge          (TestSqliteStore  *self,
                                                   const char       *into,
                                                   const char       *other);
void             test_sqlite_store_set_properties (TestSqliteStore  *self,
                                                   const char       *distinct_id,
                                                   const char       *json);
void             test_sqlite_store_save_cohort    (TestSqliteStore  *self,
                                                   const char       *name,
                                                   const char       *json);
gboolean         test_sqlite_store_ask            (TestSqliteStore  *self,
                                                   WeirQuestion     *question,
                                                   gint64            now,
                                                   GString          *json,
                                                   GString          *csv,
                                                   GError          **error);

G_END_DECLS
