/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-reader.h"

G_BEGIN_DECLS

/* The table `event` of a reader whose events are in ClickHouse. */
gboolean  weir_clickhouse_table_add  (sqlite3     *db,
                                      WeirReader  *reader,
                                      GError     **error);

G_END_DECLS
