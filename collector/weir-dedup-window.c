/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-dedup-window.h"

#include <string.h>

/*
 * A ring of hashes in order of arrival, and a hash table over it with linear probing. The table
 * holds places in the ring (plus one, so that zero is free), four bytes each, at most half full: 24
 * bytes a message id in all. What bits a place does not need are some of the hash, so that others
 * are mostly passed over without a look at the ring, which is far away in memory. Removal shifts
 * the entries behind it back (Knuth, TAOCP volume 3, 6.4, algorithm R), so that there are never
 * tombstones to clean.
 */

typedef struct {
  guint64 word[2];
} Hash;

struct _WeirDedupWindow {
  Hash *ring;
  guint capacity;
  guint count;
  guint head;      /* where the next one goes */
  guint32 *table;
  guint32 mask;
  guint32 place_mask;   /* of an entry of the table; the other bits are of the hash */
};

static guint32
get_place (const WeirDedupWindow *self,
           guint32                entry)
{
  return (entry & self->place_mask) - 1;
}

static guint32
get_tag (const WeirDedupWindow *self,
         const guint64          hash[2])
{
  return (guint32) (hash[1] >> 32) & ~self->place_mask;
}

static guint32
find (WeirDedupWindow *self,
      const guint64    hash[2])
{
  guint32 slot = (guint32) hash[1] & self->mask;
  guint32 tag = get_tag (self, hash);

  for (; self->table[slot] != 0; slot = (slot + 1) & self->mask)
    {
      guint32 entry = self->table[slot];
      const Hash *other = &self->ring[get_place (self, entry)];

      if ((entry & ~self->place_mask) == tag && other->word[0] == hash[0] &&
          other->word[1] == hash[1])
        break;
    }
  return slot;
}

static void
remove_slot (WeirDedupWindow *self,
             guint32          hole)
{
  guint32 slot = hole;

  for (;;)
    {
      guint32 home;

      slot = (slot + 1) & self->mask;
      if (self->table[slot] == 0)
        break;
      home = (guint32) self->ring[get_place (self, self->table[slot])].word[1] & self->mask;
      /* It may fill the hole unless its home lies between the hole and itself. */
      if (((slot - home) & self->mask) < ((slot - hole) & self->mask))
        continue;
      self->table[hole] = self->table[slot];
      hole = slot;
    }
  self->table[hole] = 0;
}

/**
 * weir_dedup_window_new:
 * @capacity: how many message ids to remember, at least 1
 *
 * Returns: (transfer full): an empty window
 */
WeirDedupWindow *
weir_dedup_window_new (guint capacity)
{
  WeirDedupWindow *self;
  guint32 size = 16;

  g_return_val_if_fail (capacity > 0 && capacity <= 1 << 28, NULL);

  while (size < capacity * 2)
    size *= 2;
  self = g_new0 (WeirDedupWindow, 1);
  self->capacity = capacity;
  self->ring = g_new (Hash, capacity);
  self->table = g_new0 (guint32, size);
  self->mask = size - 1;
  self->place_mask = 1;
  while (self->place_mask < capacity)
    self->place_mask = self->place_mask * 2 + 1;

  return self;
}

/**
 * weir_dedup_window_free:
 * @self: (transfer full): a window
 */
void
weir_dedup_window_free (WeirDedupWindow *self)
{
  g_free (self->ring);
  g_free (self->table);
  g_free (self);
}

/**
 * weir_dedup_window_add:
 * @self: a window
 * @hash: hash of a message id
 *
 * Remembers a message id, and forgets the oldest one when the window is full.
 *
 * Returns: %FALSE when it was known already
 */
gboolean
weir_dedup_window_add (WeirDedupWindow *self,
                       const guint64    hash[2])
{
  guint32 slot = find (self, hash);

  if (self->table[slot] != 0)
    return FALSE;

  if (self->count == self->capacity)
    {
      remove_slot (self, find (self, self->ring[self->head].word));
      self->count--;
      slot = find (self, hash);
    }
  memcpy (self->ring[self->head].word, hash, sizeof (Hash));
  self->table[slot] = (self->head + 1) | get_tag (self, hash);
  self->head = (self->head + 1) % self->capacity;
  self->count++;

  return TRUE;
}

/**
 * weir_dedup_window_has:
 * @self: a window
 * @hash: hash of a message id
 *
 * Returns: whether it is remembered
 */
gboolean
weir_dedup_window_has (WeirDedupWindow *self,
                       const guint64    hash[2])
{
  return self->table[find (self, hash)] != 0;
}

/**
 * weir_dedup_window_forget:
 * @self: a window
 * @n_last: how many of the ids added last
 *
 * Forgets ids whose events were not kept after all: their retries must be accepted.
 */
void
weir_dedup_window_forget (WeirDedupWindow *self,
                          guint            n_last)
{
  for (; n_last > 0 && self->count > 0; n_last--, self->count--)
    {
      self->head = (self->head + self->capacity - 1) % self->capacity;
      remove_slot (self, find (self, self->ring[self->head].word));
    }
}

/**
 * weir_dedup_window_get_count:
 * @self: a window
 *
 * Returns: how many ids it remembers
 */
guint
weir_dedup_window_get_count (WeirDedupWindow *self)
{
  return self->count;
}
