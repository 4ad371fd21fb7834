/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-acceptor.h"
#include "weir-access.h"
#include "weir-alerts.h"
#include "weir-clickhouse-sink.h"
#include "weir-collector-config.h"
#include "weir-fault-drill.h"
#include "weir-forwarders.h"
#include "weir-journal.h"
#include "weir-live-hub.h"
#include "weir-live-questions.h"
#include "weir-metrics.h"
#include "weir-reader-pool.h"
#include "weir-relay.h"
#include "weir-rejection-ring.h"
#include "weir-request-stream.h"
#include "weir-sql-console.h"
#include "weir-store-sink.h"

G_BEGIN_DECLS

typedef struct _WeirRouter WeirRouter;

/**
 * WeirServices:
 * @journal: (nullable): %NULL when read-only
 * @sink: (nullable): %NULL when read-only
 * @clickhouse: (nullable): %NULL when events come to rest in a file
 * @forwarders: (nullable): %NULL when there are none
 * @relay: (nullable): %NULL when other collectors are not told of events
 * @alerts: (nullable): %NULL when read-only
 * @drill: (nullable): %NULL unless it was asked for
 * @started: when it was, microseconds since the epoch
 *
 * What requests are served with. Borrowed from [struct@Weir.Collector], complete before the first
 * connection is accepted and until the last one is gone; every part may be used from any thread.
 */
typedef struct {
  const WeirCollectorConfig *config;
  WeirAccess *access;
  WeirMetrics *metrics;
  WeirRequestRules *rules;
  WeirRouter *router;
  WeirAcceptor *acceptor;
  WeirJournal *journal;
  WeirStoreSink *sink;
  WeirClickhouseSink *clickhouse;
  WeirForwarders *forwarders;
  WeirLiveHub *hub;
  WeirLiveQuestions *questions;
  WeirReaderPool *readers;
  WeirSqlConsole *sql;
  WeirRejectionRing *rejections;
  WeirActivity *activity;
  WeirRelay *relay;
  WeirAlerts *alerts;
  WeirFaultDrill *drill;
  gint64 started;
  gint64 started_monotonic;
  WeirDoorTotals totals;
} WeirServices;

G_END_DECLS
