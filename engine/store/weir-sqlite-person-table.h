/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-event.h"

G_BEGIN_DECLS

/**
 * WeirSqlitePerson:
 * @id: number of the person, which is that of one of its identities
 * @n_identities: how many it has
 * @first_seen: when the first of them was, microseconds since the epoch
 * @is_identified: whether it is more than anonymous
 * @uuid: its public id
 *
 * A row of `person`, without the properties.
 */
typedef struct {
  guint32 id;
  guint32 n_identities;
  gint64 first_seen;
  gboolean is_identified;
  WeirPersonId uuid;
} WeirSqlitePerson;

/**
 * WeirSqlitePersonTable:
 *
 * The rows of the table `person`, with a small cache of those that were asked for. Belongs to the
 * writer's thread.
 */
typedef struct _WeirSqlitePersonTable WeirSqlitePersonTable;

WeirSqlitePersonTable *weir_sqlite_person_table_new            (sqlite3                 *db,
                                                                GError                 **error);
void                   weir_sqlite_person_table_free           (WeirSqlitePersonTable   *self);
void                   weir_sqlite_person_table_reset          (WeirSqlitePersonTable   *self);
gboolean               weir_sqlite_person_table_load           (WeirSqlitePersonTable   *self,
                                                                guint32                  person,
                                                                WeirSqlitePerson        *row,
                                                                GError                 **error);
gboolean               weir_sqlite_person_table_insert         (WeirSqlitePersonTable   *self,
                                                                const WeirSqlitePerson  *row,
                                                                const char              *properties,
                                                                GError                 **error);
gboolean               weir_sqlite_person_table_update         (WeirSqlitePersonTable   *self,
                                                                const WeirSqlitePerson  *row,
                                                                const char              *properties,
                                                                GError                 **error);
gboolean               weir_sqlite_person_table_grow           (WeirSqlitePersonTable   *self,
                                                                guint32                  person,
                                                                gint64                   first_seen,
                                                                GError                 **error);
gboolean               weir_sqlite_person_table_identify       (WeirSqlitePersonTable   *self,
                                                                guint32                  person,
                                                                GError                 **error);
gboolean               weir_sqlite_person_table_drop           (WeirSqlitePersonTable   *self,
                                                                guint32                  person,
                                                                GError                 **error);
char                  *weir_sqlite_person_table_dup_properties (WeirSqlitePersonTable   *self,
                                                                guint32                  person);
gboolean               weir_sqlite_person_table_set_properties (WeirSqlitePersonTable   *self,
                                                                guint32                  person,
                                                                const char              *json,
                                                                gsize                    length,
                                                                GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqlitePersonTable, weir_sqlite_person_table_free)

G_END_DECLS
