/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-identity-rules.h"
#include "weir-sqlite-identities.h"

G_BEGIN_DECLS

/* Works out persons anew from the log, as far as one edge that has changed can reach. */
gboolean  weir_sqlite_replay  (sqlite3               *db,
                               WeirSqliteIdentities  *identities,
                               WeirIdentityRules      rules,
                               gint64                 changed,
                               const guint32          seeds[2],
                               GError               **error);

G_END_DECLS
