/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"
#include "weir-store.h"

G_BEGIN_DECLS

/* What a collector knows of the newest events, read again when it starts. */
gboolean  weir_clickhouse_recall_since       (WeirClickhouseClient  *client,
                                              const char            *instance,
                                              guint64                last,
                                              gint64                 received,
                                              guint                  max,
                                              WeirStoreIdFunc        func,
                                              gpointer               user_data,
                                              GError               **error);

G_END_DECLS
