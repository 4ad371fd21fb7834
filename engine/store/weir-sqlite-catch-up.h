/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-sqlite-edges.h"
#include "weir-sqlite-properties.h"

G_BEGIN_DECLS

/* What events said before the store listened. */
gboolean  weir_sqlite_catch_up  (sqlite3               *db,
                                 WeirSqliteEdges       *edges,
                                 WeirSqliteProperties  *properties,
                                 GError               **error);

G_END_DECLS
