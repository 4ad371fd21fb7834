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
 * @origin: (nullable): which other collector stored them; %NULL for this one
 * @offset: what the seq of an event and its position in the ring differ by, modulo 2^64
 * @start: the position before its first event
 * @end: the position of its last event
 * @own_seq: the last seq of this collector up to there
 * @n_missed: events of the other collector before these that never came; they have positions too
 *
 * One stored batch, shared and immutable.
 */
typedef struct {
  WeirEventBatch *batch;
  WeirPersonId *persons;
  char *origin;
  guint64 offset;
  guint64 start;
  guint64 end;
  guint64 own_seq;
  guint n_missed;
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
 *
 * An event has a position: its seq, plus the number of events of other collectors that came before
 * it. So positions are seqs where there are no others.
 */
typedef struct _WeirLiveRing WeirLiveRing;

WeirLiveRing  *weir_live_ring_new          (gsize                 max_bytes,
                                            gint64                max_age,
                                            guint64               last_seq);
void           weir_live_ring_free         (WeirLiveRing         *self);
void           weir_live_ring_push         (WeirLiveRing         *self,
                                            WeirEventBatch       *batch,
                                            const WeirPersonId   *persons);
void           weir_live_ring_push_foreign (WeirLiveRing         *self,
                                            WeirEventBatch       *batch,
                                            const WeirPersonId   *persons,
                                            const char           *origin,
                                            guint                 n_missed);
void           weir_live_ring_clear        (WeirLiveRing         *self);
void           weir_live_ring_expire       (WeirLiveRing         *self);
WeirLiveEntry *weir_live_ring_get_after    (WeirLiveRing         *self,
                                            guint64               position,
                                            guint64              *floor);
gboolean       weir_live_ring_find_seq     (WeirLiveRing         *self,
                                            guint64               seq,
                                            guint64              *position);
guint64        weir_live_ring_get_own_seq  (WeirLiveRing         *self,
                                            guint64               position,
                                            gboolean             *is_own);
guint64        weir_live_ring_get_floor    (WeirLiveRing         *self);
guint64        weir_live_ring_get_last_position (WeirLiveRing    *self);
guint64        weir_live_ring_get_last_seq (WeirLiveRing         *self);
gsize          weir_live_ring_get_bytes    (WeirLiveRing         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveRing, weir_live_ring_free)

G_END_DECLS
