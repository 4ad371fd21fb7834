/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-store.h"
#include "weir-journal.h"
#include "weir-sharing.h"
#include "weir-store-sink.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseSink:
 *
 * Carries events from the journal to ClickHouse, behind the store that finds out whose they are:
 * one thread, large batches, at most one a second while it keeps up. The journal keeps what is not
 * there yet; live streams do not wait for it.
 */
typedef struct _WeirClickhouseSink WeirClickhouseSink;

WeirClickhouseSink *weir_clickhouse_sink_new        (WeirJournal            *journal,
                                                     WeirClickhouseStore    *store,
                                                     WeirStoreSink          *people,
                                                     WeirClickhouseWriter   *writer);
void                weir_clickhouse_sink_set_sharing (WeirClickhouseSink *self,
                                                     WeirSharing            *sharing);
WeirSharing        *weir_clickhouse_sink_get_sharing (WeirClickhouseSink *self);
void                weir_clickhouse_sink_poke       (gpointer                sink);
void                weir_clickhouse_sink_start      (WeirClickhouseSink     *self);
void                weir_clickhouse_sink_stop       (WeirClickhouseSink     *self,
                                                     gint64                  deadline);
void                weir_clickhouse_sink_free       (WeirClickhouseSink     *self);
void                weir_clickhouse_sink_get_status (gpointer                sink,
                                                     WeirStoreSinkStatus    *status);

G_END_DECLS
