/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"
#include "weir-filter.h"

G_BEGIN_DECLS

/**
 * WeirForwardRange:
 * @first: the first event
 * @n_events: how many
 *
 * Some of the events of a hand.
 */
typedef struct {
  guint first;
  guint n_events;
} WeirForwardRange;

/**
 * WeirForwardHand:
 *
 * The batch that a forwarder has in hand: the events that pass its filter, and which of them are
 * still to be sent. A range that is refused is halved until what is refused is one event. Belongs
 * to one thread.
 */
typedef struct _WeirForwardHand WeirForwardHand;

WeirForwardHand  *weir_forward_hand_new          (void);
void              weir_forward_hand_free         (WeirForwardHand   *self);
void              weir_forward_hand_clear        (WeirForwardHand   *self);
gboolean          weir_forward_hand_fill         (WeirForwardHand   *self,
                                                  WeirEventBatch    *batch,
                                                  guint64            until,
                                                  WeirFilter        *filter,
                                                  WeirEventCodec    *codec,
                                                  guint              max_events,
                                                  gsize              max_bytes);
void              weir_forward_hand_begin        (WeirForwardHand   *self,
                                                  guint64            cursor);
guint64           weir_forward_hand_get_until    (WeirForwardHand   *self);
guint             weir_forward_hand_get_n_events (WeirForwardHand   *self);
gint64            weir_forward_hand_get_received (WeirForwardHand   *self);
void              weir_forward_hand_get_event    (WeirForwardHand   *self,
                                                  guint              index,
                                                  WeirEvent         *event);
const guint8     *weir_forward_hand_get_record   (WeirForwardHand   *self,
                                                  guint              index,
                                                  gsize             *size);
void              weir_forward_hand_deal         (WeirForwardHand   *self);
gboolean          weir_forward_hand_next         (WeirForwardHand   *self,
                                                  WeirForwardRange  *range);
void              weir_forward_hand_pass         (WeirForwardHand   *self);
void              weir_forward_hand_split        (WeirForwardHand   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirForwardHand, weir_forward_hand_free)

G_END_DECLS
