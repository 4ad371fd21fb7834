/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-store.h"

G_BEGIN_DECLS

/* What a collector reads back when it starts, to fill its memory. */
gboolean  weir_sqlite_recall_message_ids  (sqlite3          *db,
                                           guint             max,
                                           WeirStoreIdFunc   func,
                                           gpointer          user_data,
                                           GError          **error);
gboolean  weir_sqlite_recall_since        (sqlite3          *db,
                                           gint64            received,
                                           guint             max,
                                           WeirStoreIdFunc   func,
                                           gpointer          user_data,
                                           GError          **error);

G_END_DECLS
