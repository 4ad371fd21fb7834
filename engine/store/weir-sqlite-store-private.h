/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-sqlite-store.h"

G_BEGIN_DECLS

sqlite3  *weir_sqlite_store_get_db        (WeirSqliteStore  *self);
void      weir_sqlite_store_install_saved (WeirStoreClass   *store_class);

G_END_DECLS
