/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* Makes sure that deleted texts are in no part of the file, used or not. */
gboolean  weir_sqlite_scrub  (sqlite3          *db,
                              const char       *path,
                              const GPtrArray  *texts,
                              GError          **error);

G_END_DECLS
