/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-relay-message.h"

G_BEGIN_DECLS

/**
 * WeirRelayQueue:
 *
 * Stored batches that wait to be told to others, bounded in bytes: when there are too many, the
 * oldest go. Any thread may put in; one takes out.
 */
typedef struct _WeirRelayQueue WeirRelayQueue;

WeirRelayQueue *weir_relay_queue_new           (gsize                max_bytes);
void            weir_relay_queue_free          (WeirRelayQueue      *self);
void            weir_relay_queue_push          (WeirRelayQueue      *self,
                                                WeirEventBatch      *batch,
                                                const WeirPersonId  *persons);
void            weir_relay_queue_clear         (WeirRelayQueue      *self);
GBytes         *weir_relay_queue_pop           (WeirRelayQueue      *self,
                                                const WeirRelayTeller *from,
                                                guint               *n_events);
gsize           weir_relay_queue_get_bytes     (WeirRelayQueue      *self);
guint64         weir_relay_queue_get_n_dropped (WeirRelayQueue      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRelayQueue, weir_relay_queue_free)

G_END_DECLS
