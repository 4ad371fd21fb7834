/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"

G_BEGIN_DECLS

gboolean  weir_clickhouse_count_events     (WeirClickhouseClient  *client,
                                            const char            *instance,
                                            GArray                *identities,
                                            guint64               *n_events,
                                            GError               **error);
gboolean  weir_clickhouse_erase_events     (WeirClickhouseClient  *client,
                                            const char            *instance,
                                            GArray                *identities,
                                            GPtrArray             *ids,
                                            GError               **error);
gboolean  weir_clickhouse_erase_properties (WeirClickhouseClient  *client,
                                            GPtrArray             *ids,
                                            gint64                 stamp,
                                            GError               **error);

G_END_DECLS
