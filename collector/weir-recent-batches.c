/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-recent-batches.h"

typedef struct {
  WeirEventBatch *batch;
  gint64 received;
  gsize size;
} Recent;

struct _WeirRecentBatches {
  GQueue queue;   /* of Recent */
  gsize bytes;
};

static void
drop_first (WeirRecentBatches *self)
{
  g_autofree Recent *first = g_queue_pop_head (&self->queue);

  self->bytes -= first->size;
  weir_event_batch_unref (first->batch);
}

/**
 * weir_recent_batches_new:
 *
 * Returns: (transfer full): an empty list
 */
WeirRecentBatches *
weir_recent_batches_new (void)
{
  WeirRecentBatches *self = g_new0 (WeirRecentBatches, 1);

  g_queue_init (&self->queue);
  return self;
}

/**
 * weir_recent_batches_free:
 * @self: (transfer full): the list
 */
void
weir_recent_batches_free (WeirRecentBatches *self)
{
  while (!g_queue_is_empty (&self->queue))
    drop_first (self);
  g_free (self);
}

/**
 * weir_recent_batches_push:
 * @self: the list
 * @batch: (transfer full): the newest batch
 * @received: receipt time of its first event, microseconds since the epoch
 */
void
weir_recent_batches_push (WeirRecentBatches *self,
                          WeirEventBatch    *batch,
                          gint64             received)
{
  Recent *recent = g_new0 (Recent, 1);

  recent->batch = batch;
  recent->received = received;
  weir_event_batch_get_data (batch, &recent->size);
  self->bytes += recent->size;
  g_queue_push_tail (&self->queue, recent);
}

/**
 * weir_recent_batches_trim:
 * @self: the list
 * @max_bytes: how much may stay
 *
 * Drops the oldest batches.
 */
void
weir_recent_batches_trim (WeirRecentBatches *self,
                          gsize              max_bytes)
{
  while (self->bytes > max_bytes)
    drop_first (self);
}

/**
 * weir_recent_batches_drop:
 * @self: the list
 * @until: a seq
 *
 * Drops the batches that end at or before @until.
 */
void
weir_recent_batches_drop (WeirRecentBatches *self,
                          guint64            until)
{
  for (;;)
    {
      const Recent *first = g_queue_peek_head (&self->queue);

      if (first == NULL || weir_event_batch_get_last_seq (first->batch) > until)
        break;
      drop_first (self);
    }
}

/**
 * weir_recent_batches_ref_first:
 * @self: a list with batches in it
 *
 * Returns: (transfer full): the oldest batch
 */
WeirEventBatch *
weir_recent_batches_ref_first (WeirRecentBatches *self)
{
  const Recent *first = g_queue_peek_head (&self->queue);

  return weir_event_batch_ref (first->batch);
}

/**
 * weir_recent_batches_get_received:
 * @self: the list
 *
 * Returns: receipt time of the oldest event, 0 when there is none
 */
gint64
weir_recent_batches_get_received (WeirRecentBatches *self)
{
  const Recent *first = g_queue_peek_head (&self->queue);

  return first != NULL ? first->received : 0;
}

/**
 * weir_recent_batches_get_first_seq:
 * @self: the list
 *
 * Returns: seq of the oldest event, 0 when there is none
 */
guint64
weir_recent_batches_get_first_seq (WeirRecentBatches *self)
{
  const Recent *first = g_queue_peek_head (&self->queue);

  return first != NULL ? weir_event_batch_get_first_seq (first->batch) : 0;
}

/**
 * weir_recent_batches_get_last_seq:
 * @self: the list
 *
 * Returns: last seq of the oldest batch, 0 when there is none
 */
guint64
weir_recent_batches_get_last_seq (WeirRecentBatches *self)
{
  const Recent *first = g_queue_peek_head (&self->queue);

  return first != NULL ? weir_event_batch_get_last_seq (first->batch) : 0;
}

/**
 * weir_recent_batches_get_bytes:
 * @self: the list
 *
 * Returns: bytes of records it holds
 */
gsize
weir_recent_batches_get_bytes (WeirRecentBatches *self)
{
  return self->bytes;
}
