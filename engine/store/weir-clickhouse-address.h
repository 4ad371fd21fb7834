/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseAddress:
 *
 * Where ClickHouse is: a server, or the library and the folder of its tables. Immutable; may cross
 * threads.
 */
typedef struct _WeirClickhouseAddress WeirClickhouseAddress;

WeirClickhouseAddress *weir_clickhouse_address_new_url     (const char             *url,
                                                            GError                **error);
WeirClickhouseAddress *weir_clickhouse_address_new_library (const char             *library,
                                                            const char             *folder);
WeirClickhouseAddress *weir_clickhouse_address_ref         (WeirClickhouseAddress  *self);
void                   weir_clickhouse_address_unref       (WeirClickhouseAddress  *self);
gboolean               weir_clickhouse_address_is_library  (WeirClickhouseAddress  *self);
WeirClickhouseClient  *weir_clickhouse_address_connect     (WeirClickhouseAddress  *self,
                                                            gint64                  timeout,
                                                            GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirClickhouseAddress, weir_clickhouse_address_unref)

G_END_DECLS
