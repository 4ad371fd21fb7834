/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-sqlite-identities.h"

G_BEGIN_DECLS

/**
 * WeirSqliteProperties:
 *
 * Lets events change what is known of persons, and keeps the log of it that a replay needs: the
 * writer's side of the table `property_op`. Works within the transaction of whoever calls.
 */
typedef struct _WeirSqliteProperties WeirSqliteProperties;

WeirSqliteProperties *weir_sqlite_properties_new   (sqlite3               *db,
                                                    WeirSqliteIdentities  *identities,
                                                    GError               **error);
void                  weir_sqlite_properties_free  (WeirSqliteProperties  *self);
gboolean              weir_sqlite_properties_apply (WeirSqliteProperties  *self,
                                                    const WeirEvent       *event,
                                                    guint32                identity,
                                                    GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteProperties, weir_sqlite_properties_free)

G_END_DECLS
