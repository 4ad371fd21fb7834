/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-journal.h"
#include "weir-live-hub.h"
#include "weir-store-commands.h"
#include "weir-live-questions.h"
#include "weir-relay.h"

G_BEGIN_DECLS

/**
 * WeirStoreSink:
 *
 * The journal's most important consumer: one thread that takes what is durable, writes it to the
 * store, then tells activity and hub. Retries by itself when the store fails; the journal keeps
 * what is not stored yet.
 */
typedef struct _WeirStoreSink WeirStoreSink;

typedef struct {
  gboolean healthy;
  char reason[160];
  gint64 lag;        /* age of the oldest event not yet stored, in microseconds; 0 when none */
  guint64 n_stored;  /* since start */
  guint64 n_batches; /* transactions since start */
  guint last_events; /* in the last of them */
  char last_error[160];   /* the newest failure since start, also when it is over */
  gint64 retry_at;   /* when it tries again, microseconds since the epoch; 0 when it need not */
} WeirStoreSinkStatus;

WeirStoreSink *weir_store_sink_new        (WeirJournal          *journal,
                                           WeirStore            *store,
                                           WeirActivity         *activity,
                                           WeirLiveHub          *hub,
                                           WeirLiveQuestions    *questions);
void           weir_store_sink_set_drill  (WeirStoreSink        *self,
                                           WeirFaultDrill       *drill);
void           weir_store_sink_set_relay  (WeirStoreSink        *self,
                                           WeirRelay            *relay);
void           weir_store_sink_start      (WeirStoreSink        *self);
/* Writes what is queued, at most until @deadline (monotonic microseconds), then ends the thread. */
void           weir_store_sink_stop       (WeirStoreSink        *self,
                                           gint64                deadline);
void           weir_store_sink_free       (WeirStoreSink        *self);
/* Has @func called in the sink's thread between two transactions, once the store has everything
 * that was accepted before. */
void           weir_store_sink_run_async  (WeirStoreSink        *self,
                                           WeirStoreFunc         func,
                                           gpointer              data,
                                           GDestroyNotify        data_destroy,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* The same, not before everything accepted before has come to rest; it may be refused while that is
 * in the way. */
void           weir_store_sink_run_stored_async (WeirStoreSink  *self,
                                           WeirStoreFunc         func,
                                           gpointer              data,
                                           GDestroyNotify        data_destroy,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* The same, without waiting for any event; @data is borrowed. */
void           weir_store_sink_run_now_async (WeirStoreSink     *self,
                                           WeirStoreFunc         func,
                                           gpointer              data,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* The same, and waits for it, with the thread's own main context. */
GBytes        *weir_store_sink_run_now    (WeirStoreSink        *self,
                                           WeirStoreFunc         func,
                                           gpointer              data,
                                           GError              **error);
/* Who carries events further says how that goes. */
typedef void (*WeirStoreSinkStatusFunc)   (gpointer              sink,
                                           WeirStoreSinkStatus  *status);
void           weir_store_sink_set_next   (WeirStoreSink        *self,
                                           WeirStoreSinkStatusFunc get_status,
                                           void                (*poke) (gpointer sink),
                                           gpointer              sink);
void           weir_store_sink_refuse_stored (WeirStoreSink     *self,
                                           const GError         *error);
GBytes        *weir_store_sink_run_finish (WeirStoreSink        *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void           weir_store_sink_get_status (WeirStoreSink        *self,
                                           WeirStoreSinkStatus  *status);

G_END_DECLS
