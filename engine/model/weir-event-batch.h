/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/**
 * WeirEventBatch:
 *
 * A sealed run of events, as records one after the other in one block of memory. This is also
 * the form the journal keeps on disk, so that nothing is parsed twice. Immutable once made, may
 * cross threads.
 */
typedef struct _WeirEventBatch WeirEventBatch;

WeirEventBatch *weir_event_batch_new_take     (guint8                *data,
                                               gsize                  size,
                                               guint                  n_events,
                                               guint64                first_seq);
WeirEventBatch *weir_event_batch_new_checked  (const guint8          *data,
                                               gsize                  size,
                                               GError               **error);
WeirEventBatch *weir_event_batch_ref          (WeirEventBatch        *self);
void            weir_event_batch_unref        (WeirEventBatch        *self);
guint           weir_event_batch_get_n_events (const WeirEventBatch  *self);
guint64         weir_event_batch_get_first_seq (const WeirEventBatch *self);
guint64         weir_event_batch_get_last_seq (const WeirEventBatch  *self);
const guint8   *weir_event_batch_get_data     (const WeirEventBatch  *self,
                                               gsize                 *size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEventBatch, weir_event_batch_unref)

/**
 * WeirEventIter:
 *
 * Walks the events of a batch, in order. On the stack; needs no clean-up.
 */
typedef struct {
  const guint8 *next;
  const guint8 *end;
} WeirEventIter;

void            weir_event_iter_init          (WeirEventIter         *self,
                                               const WeirEventBatch  *batch);
gboolean        weir_event_iter_next          (WeirEventIter         *self,
                                               WeirEvent             *event);

/**
 * WeirEventBuilder:
 *
 * Collects events into a batch. Belongs to one thread; can be used again after each
 * [method@Weir.EventBuilder.end].
 */
typedef struct _WeirEventBuilder WeirEventBuilder;

WeirEventBuilder *weir_event_builder_new      (void);
void              weir_event_builder_free     (WeirEventBuilder      *self);
void              weir_event_builder_add      (WeirEventBuilder      *self,
                                               const WeirEvent       *event);
guint             weir_event_builder_get_n_events (const WeirEventBuilder *self);
WeirEventBatch   *weir_event_builder_end      (WeirEventBuilder      *self,
                                               guint64                first_seq);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEventBuilder, weir_event_builder_free)

G_END_DECLS
