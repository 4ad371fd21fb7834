/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-address.h"

G_BEGIN_DECLS

/* Order and types of what is inserted into the table `event`. */
#define WEIR_CLICKHOUSE_EVENT_COLUMNS \
  "collector, seq, name, time, received, source, identity, identity_kind, is_error, value," \
  " duration_ms, user_id, distinct_id, anonymous_id, device_id, previous_id, session_id," \
  " message_id, properties"

#define WEIR_CLICKHOUSE_EVENT_STRUCTURE \
  "collector LowCardinality(String), seq UInt64, name LowCardinality(String)," \
  " time DateTime64(6, ''UTC''), received DateTime64(6, ''UTC''), source LowCardinality(String)," \
  " identity UInt32, identity_kind UInt8, is_error UInt8, value Nullable(Float64)," \
  " duration_ms Nullable(Float64), user_id String, distinct_id String, anonymous_id String," \
  " device_id String, previous_id String, session_id String, message_id String, properties String"

WeirClickhouseClient *weir_clickhouse_schema_connect (WeirClickhouseAddress  *address,
                                                      gint64                  timeout,
                                                      GCancellable           *cancellable,
                                                      GError                **error);

G_END_DECLS
