/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-relay-queue.h"

/* What waits of one batch: all events but those that were taken out. */
typedef struct {
  WeirEventBatch *batch;
  WeirPersonId *persons;
  WeirEventIter iter;
  guint n_done;
  gsize size;
} Item;

struct _WeirRelayQueue {
  GMutex mutex;
  GQueue items;
  gsize bytes;
  gsize max_bytes;
  guint64 n_dropped;
};

static void
item_free (Item *item)
{
  weir_event_batch_unref (item->batch);
  g_free (item->persons);
  g_free (item);
}

static guint
get_n_left (const Item *item)
{
  return weir_event_batch_get_n_events (item->batch) - item->n_done;
}

/* With the lock held. */
static void
remove_oldest (WeirRelayQueue *self)
{
  Item *item = g_queue_pop_head (&self->items);

  self->bytes -= item->size;
  item_free (item);
}

/**
 * weir_relay_queue_new:
 * @max_bytes: how much may wait
 *
 * Returns: (transfer full): an empty queue
 */
WeirRelayQueue *
weir_relay_queue_new (gsize max_bytes)
{
  WeirRelayQueue *self = g_new0 (WeirRelayQueue, 1);

  g_mutex_init (&self->mutex);
  g_queue_init (&self->items);
  self->max_bytes = max_bytes;
  return self;
}

/**
 * weir_relay_queue_free:
 * @self: (transfer full): a queue
 */
void
weir_relay_queue_free (WeirRelayQueue *self)
{
  g_queue_clear_full (&self->items, (GDestroyNotify) item_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_relay_queue_push:
 * @self: a queue
 * @batch: stored events
 * @persons: one for each; copied
 *
 * Puts a batch in. For it the oldest go, and are counted.
 */
void
weir_relay_queue_push (WeirRelayQueue     *self,
                       WeirEventBatch     *batch,
                       const WeirPersonId *persons)
{
  guint n_events = weir_event_batch_get_n_events (batch);
  Item *item;

  if (n_events == 0)
    return;

  item = g_new0 (Item, 1);
  item->batch = weir_event_batch_ref (batch);
  item->persons = g_memdup2 (persons, n_events * sizeof *persons);
  weir_event_iter_init (&item->iter, batch);
  weir_event_batch_get_data (batch, &item->size);
  item->size += sizeof *item + n_events * sizeof *persons;

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->items, item);
  self->bytes += item->size;
  while (self->bytes > self->max_bytes)
    {
      self->n_dropped += get_n_left (g_queue_peek_head (&self->items));
      remove_oldest (self);
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_relay_queue_clear:
 * @self: a queue
 *
 * Lets everything in it go, and counts it.
 */
void
weir_relay_queue_clear (WeirRelayQueue *self)
{
  Item *item;

  g_mutex_lock (&self->mutex);
  while ((item = g_queue_peek_head (&self->items)) != NULL)
    {
      self->n_dropped += get_n_left (item);
      remove_oldest (self);
    }
  g_mutex_unlock (&self->mutex);
}

/* Takes what still fits, at least one event. */
static void
take_events (Item       *item,
             GByteArray *records,
             GArray     *persons)
{
  WeirEvent event;

  while (get_n_left (item) > 0)
    {
      WeirEventIter next = item->iter;

      if (!weir_event_iter_next (&next, &event) ||
          (records->len > 0 &&
           records->len + (gsize) (next.next - item->iter.next) > WEIR_RELAY_MESSAGE_BYTES))
        return;
      g_byte_array_append (records, item->iter.next, (guint) (next.next - item->iter.next));
      g_array_append_val (persons, item->persons[item->n_done]);
      item->iter = next;
      item->n_done++;
    }
}

/**
 * weir_relay_queue_pop:
 * @self: a queue
 * @from: this collector, for the message
 * @n_events: (out): how many events there are in it
 *
 * Takes out as many of the oldest events as go into one message. Their seqs follow each other.
 *
 * Returns: (transfer full) (nullable): the message; %NULL when nothing waits
 */
GBytes *
weir_relay_queue_pop (WeirRelayQueue        *self,
                      const WeirRelayTeller *from,
                      guint                 *n_events)
{
  g_autoptr(GByteArray) records = g_byte_array_new ();
  g_autoptr(GArray) persons = g_array_new (FALSE, FALSE, sizeof (WeirPersonId));
  guint64 next_seq = 0;
  Item *item;

  g_mutex_lock (&self->mutex);
  while ((item = g_queue_peek_head (&self->items)) != NULL)
    {
      guint64 seq = weir_event_batch_get_first_seq (item->batch) + item->n_done;

      if (records->len > 0 && seq != next_seq)
        break;
      take_events (item, records, persons);
      if (get_n_left (item) > 0)
        break;
      next_seq = weir_event_batch_get_last_seq (item->batch) + 1;
      remove_oldest (self);
    }
  g_mutex_unlock (&self->mutex);

  *n_events = persons->len;
  if (persons->len == 0)
    return NULL;
  return weir_relay_message_write (from, records->data, records->len,
                                   (const WeirPersonId *) (gpointer) persons->data, persons->len);
}

/**
 * weir_relay_queue_get_bytes:
 * @self: a queue
 *
 * Returns: how much waits
 */
gsize
weir_relay_queue_get_bytes (WeirRelayQueue *self)
{
  gsize bytes;

  g_mutex_lock (&self->mutex);
  bytes = self->bytes;
  g_mutex_unlock (&self->mutex);

  return bytes;
}

/**
 * weir_relay_queue_get_n_dropped:
 * @self: a queue
 *
 * Returns: how many events went without being taken out
 */
guint64
weir_relay_queue_get_n_dropped (WeirRelayQueue *self)
{
  guint64 n_dropped;

  g_mutex_lock (&self->mutex);
  n_dropped = self->n_dropped;
  g_mutex_unlock (&self->mutex);

  return n_dropped;
}
