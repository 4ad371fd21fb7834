/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-sqlite-person-table.h"

G_BEGIN_DECLS

/**
 * WeirSqliteIdentities:
 *
 * Which number each distinct id has, and which person each number belongs to: the writer's side of
 * the tables `identity`, `person` and `identity_change`. Works within the transaction of whoever
 * calls. Belongs to the writer's thread.
 */
typedef struct _WeirSqliteIdentities WeirSqliteIdentities;

WeirSqliteIdentities *weir_sqlite_identities_new         (sqlite3                 *db,
                                                          GError                 **error);
void                  weir_sqlite_identities_free        (WeirSqliteIdentities    *self);
gboolean              weir_sqlite_identities_reset       (WeirSqliteIdentities    *self,
                                                          GError                 **error);
WeirSqlitePersonTable *
                      weir_sqlite_identities_get_persons (WeirSqliteIdentities   *self);
guint32               weir_sqlite_identities_find        (WeirSqliteIdentities    *self,
                                                          const char              *text,
                                                          gsize                    length);
guint32               weir_sqlite_identities_resolve     (WeirSqliteIdentities    *self,
                                                          const WeirEvent         *event,
                                                          WeirEventText            which,
                                                          WeirPersonId            *person,
                                                          GError                 **error);
void                  weir_sqlite_identities_guess       (WeirSqliteIdentities    *self,
                                                          const WeirEvent         *event,
                                                          WeirEventText            which,
                                                          WeirPersonId            *person);
gboolean              weir_sqlite_identities_attach      (WeirSqliteIdentities    *self,
                                                          const char              *text,
                                                          gsize                    length,
                                                          guint32                  person,
                                                          const WeirEvent         *event,
                                                          guint32                 *identity,
                                                          GError                 **error);
guint32               weir_sqlite_identities_get_person  (WeirSqliteIdentities    *self,
                                                          guint32                  identity);
gboolean              weir_sqlite_identities_merge       (WeirSqliteIdentities    *self,
                                                          guint32                  from,
                                                          guint32                  to,
                                                          GError                 **error);
gboolean              weir_sqlite_identities_add_members (WeirSqliteIdentities    *self,
                                                          guint32                  person,
                                                          GArray                  *members,
                                                          GError                 **error);
gboolean              weir_sqlite_identities_put_person  (WeirSqliteIdentities    *self,
                                                          const WeirSqlitePerson  *row,
                                                          const char              *properties,
                                                          GError                 **error);
gboolean              weir_sqlite_identities_move        (WeirSqliteIdentities    *self,
                                                          guint32                  identity,
                                                          guint32                  person,
                                                          GError                 **error);
gboolean              weir_sqlite_identities_delete      (WeirSqliteIdentities    *self,
                                                          guint32                  identity,
                                                          GError                 **error);
char                 *weir_sqlite_identities_dup_text    (WeirSqliteIdentities    *self,
                                                          guint32                  identity,
                                                          gint64                  *first_seen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteIdentities, weir_sqlite_identities_free)

G_END_DECLS
