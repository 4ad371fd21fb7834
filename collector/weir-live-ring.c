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
  guint64 floor;             /* position: everything after this is in the ring */
  guint64 floor_seq;         /* the last own seq up to there, and its position */
  guint64 floor_seq_position;
  guint64 last_position;
  guint64 last_seq;          /* own */
  guint64 n_foreign;         /* events of others since the start, those that never came too */
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
  g_free (self->origin);
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

  self->floor = entry->end;
  self->floor_seq = entry->own_seq;
  if (entry->origin == NULL)
    self->floor_seq_position = entry->end;
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
  self->floor = self->floor_seq = self->floor_seq_position = last_seq;
  self->last_position = self->last_seq = last_seq;

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

/* With the lock held. */
static void
add_entry (WeirLiveRing  *self,
           WeirLiveEntry *entry)
{
  if (self->n == self->capacity)
    grow (self);
  self->entries[(self->first + self->n) & (self->capacity - 1)] = entry;
  self->n++;
  self->bytes += entry->size;
  self->last_position = entry->end;
  while (self->bytes > self->max_bytes && self->n > 1)
    drop_oldest (self);
}

/* With the lock held. The index of the first entry that ends after @position. */
static guint
find_entry (WeirLiveRing *self,
            guint64       position)
{
  guint low = 0;
  guint high = self->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_entry (self, middle)->end > position)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * weir_live_ring_push:
 * @self: a ring
 * @batch: events this collector stored, all after those that were pushed before
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
  self->last_seq = entry->own_seq = weir_event_batch_get_last_seq (batch);
  entry->offset = self->n_foreign;
  entry->start = self->last_position;
  entry->end = self->last_seq + self->n_foreign;
  add_entry (self, entry);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_live_ring_push_foreign:
 * @self: a ring
 * @batch: events another collector stored
 * @persons: (nullable): one for each event; copied
 * @origin: its instance
 * @n_missed: how many of its events before these got lost on the way
 *
 * Adds a batch of another collector, and drops the oldest for it.
 */
void
weir_live_ring_push_foreign (WeirLiveRing       *self,
                             WeirEventBatch     *batch,
                             const WeirPersonId *persons,
                             const char         *origin,
                             guint               n_missed)
{
  WeirLiveEntry *entry;

  g_return_if_fail (self != NULL);
  g_return_if_fail (batch != NULL);
  g_return_if_fail (origin != NULL);

  if (weir_event_batch_get_n_events (batch) == 0)
    return;

  entry = entry_new (batch, persons);
  entry->origin = g_strdup (origin);
  entry->n_missed = n_missed;
  g_mutex_lock (&self->mutex);
  entry->start = self->last_position + n_missed;
  entry->end = entry->start + weir_event_batch_get_n_events (batch);
  entry->offset = entry->start + 1 - weir_event_batch_get_first_seq (batch);
  entry->own_seq = self->last_seq;
  self->n_foreign += entry->end - self->last_position;
  add_entry (self, entry);
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
 * @position: position of an event
 * @floor: (out): the position from which on the ring has everything; above @position when events
 *   between them are gone
 *
 * Finds the oldest batch that has events after @position.
 *
 * Returns: (transfer full) (nullable): the batch, or %NULL when there is nothing newer
 */
WeirLiveEntry *
weir_live_ring_get_after (WeirLiveRing *self,
                          guint64       position,
                          guint64      *floor)
{
  WeirLiveEntry *found = NULL;
  guint index;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  index = find_entry (self, position);
  if (index < self->n)
    found = g_atomic_rc_box_acquire (get_entry (self, index));
  *floor = self->floor;
  g_mutex_unlock (&self->mutex);

  return found;
}

/**
 * weir_live_ring_find_seq:
 * @self: a ring
 * @seq: a seq of this collector
 * @position: (out): where that event is, before what others sent after it
 *
 * Returns: %FALSE when the ring does not know
 */
gboolean
weir_live_ring_find_seq (WeirLiveRing *self,
                         guint64       seq,
                         guint64      *position)
{
  guint low = 0;
  guint high;
  gboolean is_known;

  g_return_val_if_fail (self != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  high = self->n;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_entry (self, middle)->own_seq >= seq)
        high = middle;
      else
        low = middle + 1;
    }
  is_known = seq >= self->floor_seq && (seq == self->floor_seq || low < self->n);
  if (is_known)
    *position = seq == self->floor_seq ? self->floor_seq_position
                                       : seq + get_entry (self, low)->offset;
  g_mutex_unlock (&self->mutex);

  return is_known;
}

/**
 * weir_live_ring_get_own_seq:
 * @self: a ring
 * @position: a position
 * @is_own: (out): whether the event there is one of this collector
 *
 * Returns: the last seq of this collector up to there; 0 when the ring no longer knows
 */
guint64
weir_live_ring_get_own_seq (WeirLiveRing *self,
                            guint64       position,
                            gboolean     *is_own)
{
  const WeirLiveEntry *entry;
  guint64 seq = 0;
  guint index;

  g_return_val_if_fail (self != NULL, 0);

  *is_own = FALSE;
  g_mutex_lock (&self->mutex);
  index = find_entry (self, position);
  entry = index < self->n ? get_entry (self, index) : NULL;
  if (position < self->floor)
    {
      /* Only without others is a position a seq for ever. */
      *is_own = self->n_foreign == 0;
      seq = *is_own ? position : 0;
    }
  else if (entry != NULL && entry->origin == NULL && position > entry->start)
    {
      *is_own = TRUE;
      seq = position - entry->offset;
    }
  else if (index > 0)
    {
      entry = get_entry (self, index - 1);
      *is_own = entry->origin == NULL && position == entry->end;
      seq = entry->own_seq;
    }
  else
    {
      *is_own = position == self->floor_seq_position;
      seq = self->floor_seq;
    }
  g_mutex_unlock (&self->mutex);

  return seq;
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
 * weir_live_ring_get_last_position:
 * @self: a ring
 *
 * Returns: the position of the newest event
 */
guint64
weir_live_ring_get_last_position (WeirLiveRing *self)
{
  guint64 last_position;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  last_position = self->last_position;
  g_mutex_unlock (&self->mutex);

  return last_position;
}

/**
 * weir_live_ring_get_last_seq:
 * @self: a ring
 *
 * Returns: the seq of the newest event of this collector
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
