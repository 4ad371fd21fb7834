/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-identity-rules.h"
#include "weir-store.h"

G_BEGIN_DECLS

/* Can be derived from within this room: its members are in weir-sqlite-store-private.h. */
#define WEIR_TYPE_SQLITE_STORE (weir_sqlite_store_get_type ())
#define WEIR_SQLITE_STORE(object) \
  (G_TYPE_CHECK_INSTANCE_CAST ((object), WEIR_TYPE_SQLITE_STORE, WeirSqliteStore))
#define WEIR_IS_SQLITE_STORE(object) \
  (G_TYPE_CHECK_INSTANCE_TYPE ((object), WEIR_TYPE_SQLITE_STORE))

typedef struct _WeirSqliteStore WeirSqliteStore;
typedef struct {
  WeirStoreClass parent_class;
} WeirSqliteStoreClass;

GType       weir_sqlite_store_get_type (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteStore, g_object_unref)

/* @keep: age in microseconds after which events are deleted, 0 for never. */
WeirStore  *weir_sqlite_store_new  (const char  *path,
                                    const char  *instance,
                                    gint64       keep);
void        weir_sqlite_store_set_identity_rules (WeirSqliteStore   *self,
                                                  WeirIdentityRules  rules);

G_END_DECLS
