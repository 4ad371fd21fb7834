/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-recent-batches.h"

#define MIN_COMPACT 1024

typedef struct {
  WeirEventBatch *batch;
  gint64 received;
  gsize size;
} Recent;

struct _WeirRecentBatches {
  GArray *items;   /* of Recent, in the order of seq; those before first are gone */
  guint first;
  gsize bytes;
};

static Recent *
get_item (WeirRecentBatches *self,
          guint              index)
{
  return &g_array_index (self->items, Recent, index);
}

static gboolean
is_empty (WeirRecentBatches *self)
{
  return self->first == self->items->len;
}

static void
drop_first (WeirRecentBatches *self)
{
  Recent *first = get_item (self, self->first++);

  self->bytes -= first->size;
  weir_event_batch_unref (first->batch);
  if (is_empty (self))
    {
      g_array_set_size (self->items, 0);
      self->first = 0;
    }
  else if (self->first >= MIN_COMPACT && self->first > self->items->len / 2)
    {
      g_array_remove_range (self->items, 0, self->first);
      self->first = 0;
    }
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

  self->items = g_array_new (FALSE, FALSE, sizeof (Recent));
  return self;
}

/**
 * weir_recent_batches_free:
 * @self: (transfer full): the list
 */
void
weir_recent_batches_free (WeirRecentBatches *self)
{
  while (!is_empty (self))
    drop_first (self);
  g_array_unref (self->items);
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
  Recent recent = { .batch = batch, .received = received };

  weir_event_batch_get_data (batch, &recent.size);
  self->bytes += recent.size;
  g_array_append_val (self->items, recent);
}

/**
 * weir_recent_batches_trim:
 * @self: the list
 * @max_bytes: how much may stay
 * @until: batches that end behind this seq stay in any case
 *
 * Drops the oldest batches.
 *
 * Returns: seq of the last event that was dropped, 0 when none was
 */
guint64
weir_recent_batches_trim (WeirRecentBatches *self,
                          gsize              max_bytes,
                          guint64            until)
{
  guint64 dropped = 0;

  while (self->bytes > max_bytes)
    {
      guint64 last = weir_event_batch_get_last_seq (get_item (self, self->first)->batch);

      if (last > until)
        break;
      dropped = last;
      drop_first (self);
    }
  return dropped;
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
  while (!is_empty (self) &&
         weir_event_batch_get_last_seq (get_item (self, self->first)->batch) <= until)
    drop_first (self);
}

/**
 * weir_recent_batches_find:
 * @self: the list
 * @after: a seq
 * @received: (out) (optional): receipt time of the batch, microseconds since the epoch
 *
 * Finds the oldest batch with an event behind @after.
 *
 * Returns: (transfer none) (nullable): that batch
 */
WeirEventBatch *
weir_recent_batches_find (WeirRecentBatches *self,
                          guint64            after,
                          gint64            *received)
{
  guint low = self->first, high = self->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (weir_event_batch_get_last_seq (get_item (self, middle)->batch) > after)
        high = middle;
      else
        low = middle + 1;
    }
  if (low == self->items->len)
    return NULL;
  if (received != NULL)
    *received = get_item (self, low)->received;
  return get_item (self, low)->batch;
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
  return is_empty (self) ? 0
                         : weir_event_batch_get_first_seq (get_item (self, self->first)->batch);
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
