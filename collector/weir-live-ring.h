/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"

G_BEGIN_DECLS

/**
 * WeirLiveEntry:
 * @batch: stored events
 * @persons: who each of them belongs to
 *
 * One stored batch, shared and immutable.
 */
typedef struct {
  WeirEventBatch *batch;
  WeirPersonId *persons;
  gsize size;
  gint64 time;            /* monotonic, when it came */
} WeirLiveEntry;

void           weir_live_entry_unref       (WeirLiveEntry        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveEntry, weir_live_entry_unref)

/**
 * WeirLiveRing:
 *
 * The newest stored batches, bounded in bytes and age. Any thread may use it; what is taken out
 * stays valid when the ring moves on.
 */
typedef struct _WeirLiveRing WeirLiveRing;

WeirLiveRing  *weir_live_ring_new          (gsize                 max_bytes,
                                            gint64                max_age,
                                            guint64               last_seq);
void           weir_live_ring_free         (WeirLiveRing         *self);
void           weir_live_ring_push         (WeirLiveRing         *self,
                                            WeirEventBatch       *batch,
                                            const WeirPersonId   *persons);
void           weir_live_ring_clear        (WeirLiveRing         *self);
void           weir_live_ring_expire       (WeirLiveRing         *self);
WeirLiveEntry *weir_live_ring_get_after    (WeirLiveRing         *self,
                                            guint64               seq,
                                            guint64              *floor_seq);
guint64        weir_live_ring_get_floor    (WeirLiveRing         *self);
guint64        weir_live_ring_get_last_seq (WeirLiveRing         *self);
gsize          weir_live_ring_get_bytes    (WeirLiveRing         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveRing, weir_live_ring_free)

G_END_DECLS
