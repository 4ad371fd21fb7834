/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-ring.h"

#include <string.h>

struct _WeirLiveRing
{
  GMutex mutex;
  WeirLiveEntry **entries;   /* circular, oldest at first */
  guint first;
  guint n;
  guint capacity;            /* a power of two */
  gsize bytes;
  gsize max_bytes;
  gint64 max_age;
  guint64 floor;             /* everything after this is in the ring */
  guint64 last_seq;
};

static WeirLiveEntry *
entry_new (WeirEventBatch     *batch,
           const WeirPersonId *persons)
{
  WeirLiveEntry *self = g_atomic_rc_box_new0 (WeirLiveEntry);
  gsize persons_size = weir_event_batch_get_n_events (batch) * sizeof *persons;

  weir_event_batch_get_data (batch, &self->size);
  self->batch = weir_event_batch_ref (batch);
  self->time = g_get_monotonic_time ();
  if (persons != NULL)
    {
      self->persons = g_memdup2 (persons, persons_size);
      self->size += persons_size;
    }

  return self;
}

static void
entry_clear (gpointer data)
{
  WeirLiveEntry *self = data;

  weir_event_batch_unref (self->batch);
  g_free (self->persons);
}

static WeirLiveEntry *
get_entry (WeirLiveRing *self,
           guint         i)
{
  return self->entries[(self->first + i) & (self->capacity - 1)];
}

static void
grow (WeirLiveRing *self)
{
  WeirLiveEntry **entries = g_new (WeirLiveEntry *, 2 * self->capacity);

  for (guint i = 0; i < self->n; i++)
    entries[i] = get_entry (self, i);

  g_free (self->entries);
  self->entries = entries;
  self->first = 0;
  self->capacity *= 2;
}

static void
drop_oldest (WeirLiveRing *self)
{
  WeirLiveEntry *entry = get_entry (self, 0);

  self->floor = weir_event_batch_get_last_seq (entry->batch);
  self->bytes -= entry->size;
  self->first = (self->first + 1) & (self->capacity - 1);
  self->n--;
  weir_live_entry_unref (entry);
}

/**
 * weir_live_entry_unref:
 * @self: (transfer full): an entry
 *
 * Drops a reference.
 */
void
weir_live_entry_unref (WeirLiveEntry *self)
{
  g_atomic_rc_box_release_full (self, entry_clear);
}

/**
 * weir_live_ring_new:
 * @max_bytes: how much to keep; the newest batch is kept in any case
 * @max_age: how long to keep it, in microseconds
 * @last_seq: the last event that was stored before
 *
 * Returns: (transfer full): an empty ring
 */
WeirLiveRing *
weir_live_ring_new (gsize   max_bytes,
                    gint64  max_age,
                    guint64 last_seq)
{
  WeirLiveRing *self = g_new0 (WeirLiveRing, 1);

  g_mutex_init (&self->mutex);
  self->capacity = 64;
  self->entries = g_new (WeirLiveEntry *, self->capacity);
  self->max_bytes = max_bytes;
  self->max_age = max_age;
  self->floor = last_seq;
  self->last_seq = last_seq;

  return self;
}

/**
 * weir_live_ring_free:
 * @self: (transfer full): a ring
 *
 * Frees the ring.
 */
void
weir_live_ring_free (WeirLiveRing *self)
{
  g_return_if_fail (self != NULL);

  while (self->n > 0)
    drop_oldest (self);
  g_free (self->entries);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_live_ring_push:
 * @self: a ring
 * @batch: stored events, all after those that were pushed before
 * @persons: (nullable): one for each event; copied
 *
 * Adds a batch, and drops the oldest for it.
 */
void
weir_live_ring_push (WeirLiveRing       *self,
                     WeirEventBatch     *batch,
                     const WeirPersonId *persons)
{
  WeirLiveEntry *entry;

  g_return_if_fail (self != NULL);
  g_return_if_fail (batch != NULL);

  if (weir_event_batch_get_n_events (batch) == 0)
    return;

  entry = entry_new (batch, persons);
  g_mutex_lock (&self->mutex);
  if (self->n == self->capacity)
    grow (self);
  self->entries[(self->first + self->n) & (self->capacity - 1)] = entry;
  self->n++;
  self->bytes += entry->size;
  self->last_seq = weir_event_batch_get_last_seq (batch);
  while (self->bytes > self->max_bytes && self->n > 1)
    drop_oldest (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_live_ring_clear:
 * @self: a ring
 *
 * Drops everything.
 */
void
weir_live_ring_clear (WeirLiveRing *self)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  while (self->n > 0)
    drop_oldest (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_live_ring_expire:
 * @self: a ring
 *
 * Drops what is too old.
 */
void
weir_live_ring_expire (WeirLiveRing *self)
{
  gint64 oldest = g_get_monotonic_time () - self->max_age;

  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  while (self->n > 0 && get_entry (self, 0)->time < oldest)
    drop_oldest (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_live_ring_get_after:
 * @self: a ring
 * @seq: position of an event
 * @floor_seq: (out): the position from which on the ring has everything; above @seq when events
 *   between them are gone
 *
 * Finds the oldest batch that has events after @seq.
 *
 * Returns: (transfer full) (nullable): the batch, or %NULL when there is nothing newer
 */
WeirLiveEntry *
weir_live_ring_get_after (WeirLiveRing *self,
                          guint64       seq,
                          guint64      *floor_seq)
{
  WeirLiveEntry *found = NULL;
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  high = self->n;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (weir_event_batch_get_last_seq (get_entry (self, middle)->batch) > seq)
        high = middle;
      else
        low = middle + 1;
    }
  if (low < self->n)
    found = g_atomic_rc_box_acquire (get_entry (self, low));
  *floor_seq = self->floor;
  g_mutex_unlock (&self->mutex);

  return found;
}

/**
 * weir_live_ring_get_floor:
 * @self: a ring
 *
 * Returns: the position from which on the ring has everything
 */
guint64
weir_live_ring_get_floor (WeirLiveRing *self)
{
  guint64 floor_seq;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  floor_seq = self->floor;
  g_mutex_unlock (&self->mutex);

  return floor_seq;
}

/**
 * weir_live_ring_get_last_seq:
 * @self: a ring
 *
 * Returns: the position of the newest event
 */
guint64
weir_live_ring_get_last_seq (WeirLiveRing *self)
{
  guint64 last_seq;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  last_seq = self->last_seq;
  g_mutex_unlock (&self->mutex);

  return last_seq;
}

/**
 * weir_live_ring_get_bytes:
 * @self: a ring
 *
 * Returns: how much is kept
 */
gsize
weir_live_ring_get_bytes (WeirLiveRing *self)
{
  gsize bytes;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  bytes = self->bytes;
  g_mutex_unlock (&self->mutex);

  return bytes;
}
