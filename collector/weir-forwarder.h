/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-forward-config.h"
#include "weir-store-sink.h"

G_BEGIN_DECLS

/**
 * WeirForwarder:
 *
 * Sends events on to one destination, batch by batch, one request at a time. Everything but the
 * status belongs to the thread of the forwarders.
 */
typedef struct _WeirForwarder WeirForwarder;

/**
 * WeirForwarderStatus:
 * @state: `ok`, `waiting` or `failed`
 * @n_sent: events that have arrived, since start
 * @n_requests: requests, since start
 * @n_batches: batches that are done with, since start
 * @n_dead_lettered: events that were refused for good, since start
 * @last_events: events of the newest batch
 * @oldest: receipt time of the oldest event in hand, or 0
 * @retry_at: when it tries again, microseconds since the epoch, or 0
 * @last_error: the newest failure since start, also when it is over
 *
 * How a forwarder is.
 */
typedef struct {
  const char *state;
  guint64 n_sent;
  guint64 n_requests;
  guint64 n_batches;
  guint64 n_dead_lettered;
  guint last_events;
  gint64 oldest;
  gint64 retry_at;
  char last_error[300];
} WeirForwarderStatus;

WeirForwarder *weir_forwarder_new          (const WeirForwardConfig *config,
                                            WeirJournal             *journal);
void           weir_forwarder_free         (WeirForwarder           *self);
const char    *weir_forwarder_get_name     (WeirForwarder           *self);
WeirConsumer  *weir_forwarder_get_consumer (WeirForwarder           *self);
void           weir_forwarder_start        (WeirForwarder           *self,
                                            WeirStoreSink           *sink);
void           weir_forwarder_drain        (WeirForwarder           *self);
void           weir_forwarder_abort        (WeirForwarder           *self);
gboolean       weir_forwarder_is_drained   (WeirForwarder           *self);
gboolean       weir_forwarder_is_busy      (WeirForwarder           *self);
void           weir_forwarder_close        (WeirForwarder           *self);
void           weir_forwarder_send_again   (WeirForwarder           *self,
                                            GTask                   *task);
void           weir_forwarder_get_status   (WeirForwarder           *self,
                                            WeirForwarderStatus     *status);

G_END_DECLS
