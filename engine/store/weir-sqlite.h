/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

gboolean  weir_sqlite_fail        (sqlite3       *db,
                                   const char    *subject,
                                   const char    *doing,
                                   GError       **error);
gboolean  weir_sqlite_run         (sqlite3       *db,
                                   const char    *sql,
                                   const char    *subject,
                                   const char    *doing,
                                   GError       **error);
gint64    weir_sqlite_get_int64   (sqlite3       *db,
                                   const char    *sql);
gboolean  weir_sqlite_find_person (sqlite3       *db,
                                   const char    *person,
                                   guint32       *number,
                                   GError       **error);
GArray   *weir_sqlite_dup_identities (sqlite3    *db,
                                   const char    *person,
                                   GError       **error);
char     *weir_sqlite_dup_uri     (const char    *path,
                                   gboolean       immutable);
gboolean  weir_sqlite_move_aside  (const char    *path,
                                   GError       **error);

G_END_DECLS
