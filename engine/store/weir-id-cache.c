/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-id-cache.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/*
 * Two generations of one open-addressing table each. New entries go into the young one; when that
 * is half full it becomes the old one, and the old one is emptied. A hit in the old generation
 * moves the entry to the young one, so what is used stays. There is no list to keep and nothing to
 * count per use.
 *
 * Keys are 128-bit hashes with a random seed, not the texts: 48 bytes an entry whatever the length.
 * That two texts meet in one hash is as likely as that a random UUID repeats, and nobody can
 * arrange it without the seed.
 */

typedef struct {
  guint64 hash[2];
  WeirIdCacheValue value;
} Entry;

typedef struct {
  Entry *entries;
  guint count;
} Generation;

struct _WeirIdCache {
  Generation generations[2];
  guint young;
  guint size;      /* of each table; a power of two */
  guint64 seed;
};

static Entry *
find (WeirIdCache   *self,
      guint          generation,
      const guint64  hash[2])
{
  Entry *entries = self->generations[generation].entries;
  guint slot = (guint) hash[1] & (self->size - 1);

  while (entries[slot].hash[0] != 0 &&
         (entries[slot].hash[0] != hash[0] || entries[slot].hash[1] != hash[1]))
    slot = (slot + 1) & (self->size - 1);

  return &entries[slot];
}

static void
empty (WeirIdCache *self,
       guint        generation)
{
  /* What was never written to takes no memory yet, and must not begin to. */
  if (self->generations[generation].count > 0)
    memset (self->generations[generation].entries, 0, self->size * sizeof (Entry));
  self->generations[generation].count = 0;
}

static Entry *
add (WeirIdCache            *self,
     const guint64           hash[2],
     const WeirIdCacheValue *value)
{
  Entry *entry;

  if (self->generations[self->young].count >= self->size / 2)
    {
      self->young = !self->young;
      empty (self, self->young);
    }
  entry = find (self, self->young, hash);
  if (entry->hash[0] == 0)
    self->generations[self->young].count++;
  memcpy (entry->hash, hash, sizeof entry->hash);
  entry->value = *value;

  return entry;
}

static void
hash_text (WeirIdCache *self,
           const char  *text,
           gsize        length,
           guint64      hash[2])
{
  XXH128_hash_t h = XXH3_128bits_withSeed (text, length, self->seed);

  hash[0] = h.low64 | 1;   /* zero means an empty slot */
  hash[1] = h.high64;
}

/**
 * weir_id_cache_new:
 * @capacity: how many texts to remember at least, rounded up to a power of two
 *
 * Returns: (transfer full): an empty cache
 */
WeirIdCache *
weir_id_cache_new (guint capacity)
{
  WeirIdCache *self = g_new0 (WeirIdCache, 1);

  self->size = 16;
  while (self->size < capacity * 2)
    self->size *= 2;
  for (guint i = 0; i < 2; i++)
    self->generations[i].entries = g_new0 (Entry, self->size);
  self->seed = ((guint64) g_random_int () << 32) | g_random_int ();

  return self;
}

/**
 * weir_id_cache_free:
 * @self: (transfer full): a cache
 */
void
weir_id_cache_free (WeirIdCache *self)
{
  g_free (self->generations[0].entries);
  g_free (self->generations[1].entries);
  g_free (self);
}

/**
 * weir_id_cache_lookup:
 * @self: a cache
 * @text: a text
 * @length: its length in bytes
 *
 * Returns: (transfer none) (nullable): what is known of @text, until the next call
 */
const WeirIdCacheValue *
weir_id_cache_lookup (WeirIdCache *self,
                      const char  *text,
                      gsize        length)
{
  guint64 hash[2];
  Entry *entry;

  hash_text (self, text, length, hash);
  entry = find (self, self->young, hash);
  if (entry->hash[0] != 0)
    return &entry->value;

  entry = find (self, !self->young, hash);
  if (entry->hash[0] != 0)
    {
      WeirIdCacheValue value = entry->value;

      return &add (self, hash, &value)->value;
    }
  return NULL;
}

/**
 * weir_id_cache_insert:
 * @self: a cache
 * @text: a text
 * @length: its length in bytes
 * @value: what to remember of it
 */
void
weir_id_cache_insert (WeirIdCache            *self,
                      const char             *text,
                      gsize                   length,
                      const WeirIdCacheValue *value)
{
  guint64 hash[2];

  hash_text (self, text, length, hash);
  add (self, hash, value);
}

/**
 * weir_id_cache_clear:
 * @self: a cache
 *
 * Forgets everything; needed after a transaction that made numbers was rolled back.
 */
void
weir_id_cache_clear (WeirIdCache *self)
{
  empty (self, 0);
  empty (self, 1);
}
