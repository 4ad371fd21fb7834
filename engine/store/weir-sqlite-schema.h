/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* How the column `flags` of the table `event` is laid out. */
#define WEIR_SCHEMA_FLAG_ERROR      1
#define WEIR_SCHEMA_IDENTITY_SHIFT  1   /* two bits: 0 user, 1 distinct, 2 anonymous, 3 device id */

gboolean  weir_sqlite_schema_migrate    (sqlite3      *db,
                                         const char   *instance,
                                         GError      **error);
int       weir_sqlite_schema_get_version (void);

G_END_DECLS
