/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"

G_BEGIN_DECLS

/**
 * WeirChdb:
 *
 * ClickHouse in this process: the library libchdb, found at run time. There is one in a process,
 * because the library knows only one folder at a time. Any thread may use it.
 */
typedef struct _WeirChdb WeirChdb;

WeirChdb *weir_chdb_open   (const char               *library,
                            const char               *folder,
                            GError                  **error);
void      weir_chdb_unref  (WeirChdb                 *self);
void      weir_chdb_ask    (WeirChdb                 *self,
                            const WeirClickhouseAsk  *ask,
                            GCancellable             *cancellable,
                            WeirClickhouseReply      *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirChdb, weir_chdb_unref)

G_END_DECLS
