/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-identity-rules.h"
#include "weir-store.h"

G_BEGIN_DECLS

#define WEIR_TYPE_SQLITE_STORE (weir_sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqliteStore, weir_sqlite_store, WEIR, SQLITE_STORE, WeirStore)

/* @keep: age in microseconds after which events are deleted, 0 for never. */
WeirStore  *weir_sqlite_store_new  (const char  *path,
                                    const char  *instance,
                                    gint64       keep);
void        weir_sqlite_store_set_identity_rules (WeirSqliteStore   *self,
                                                  WeirIdentityRules  rules);

G_END_DECLS
