/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"
#include "weir-event-codec.h"

G_BEGIN_DECLS

/* Events in one message, in bytes, unless a single one is larger; and the largest message there is,
 * which leaves room for that one and its frame. */
#define WEIR_RELAY_MESSAGE_BYTES (1024 * 1024)
#define WEIR_RELAY_MAX_BYTES     (2 * 1024 * 1024)

#define WEIR_RELAY_INSTANCE_LENGTH 23

/**
 * WeirRelayTeller:
 * @instance: a collector
 * @group: names the tables that it shares with others; empty when it does not
 * @run: a number that its process chose
 * @durability: what its 202 means, a #WeirDurability: less is safer
 *
 * Who tells. A part of messages as it is.
 */
typedef struct {
  char instance[WEIR_RELAY_INSTANCE_LENGTH + 1];
  char group[WEIR_RELAY_INSTANCE_LENGTH + 1];
  guint64 run;
  guint64 durability;
} WeirRelayTeller;

/**
 * WeirRelayMessage:
 * @from: the collector it comes from
 * @batch: (nullable): events in order; %NULL when the message only says that somebody is there
 * @persons: who each of them belongs to
 *
 * What collectors tell each other.
 */
typedef struct {
  WeirRelayTeller from;
  WeirEventBatch *batch;
  WeirPersonId *persons;
} WeirRelayMessage;

GBytes   *weir_relay_message_write      (const WeirRelayTeller   *from,
                                         const guint8            *records,
                                         gsize                    size,
                                         const WeirPersonId      *persons,
                                         guint                    n_events);
gboolean  weir_relay_message_is_own     (const guint8            *data,
                                         gsize                    size,
                                         const WeirRelayTeller   *self);
gboolean  weir_relay_message_read       (WeirRelayMessage        *self,
                                         const guint8            *data,
                                         gsize                    size,
                                         WeirEventCodec          *codec,
                                         GError                 **error);
gboolean  weir_relay_message_stands_for (const WeirRelayMessage  *self,
                                         const WeirRelayTeller   *own);
void      weir_relay_message_clear      (WeirRelayMessage        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirRelayMessage, weir_relay_message_clear)

G_END_DECLS
