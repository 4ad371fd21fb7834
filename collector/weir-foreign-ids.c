/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-foreign-ids.h"

#include "weir-dedup-window.h"

/* The journal's thread asks for each event that it commits, so it is not kept from that for long:
 * so many are added at once, in some ten microseconds. */
#define CHUNK 128

struct _WeirForeignIds {
  guint64 seed;
  GMutex mutex;              /* over the window */
  WeirDedupWindow *window;
};

/**
 * weir_foreign_ids_new:
 * @capacity: how many message ids to remember, at least 1
 * @seed: the journal's, see [method@Weir.Event.hash_id]; that of others is another
 *
 * Returns: (transfer full): no ids
 */
WeirForeignIds *
weir_foreign_ids_new (guint   capacity,
                      guint64 seed)
{
  WeirForeignIds *self = g_new0 (WeirForeignIds, 1);

  self->seed = seed;
  self->window = weir_dedup_window_new (capacity);
  g_mutex_init (&self->mutex);

  return self;
}

/**
 * weir_foreign_ids_free:
 * @self: (transfer full): ids
 */
void
weir_foreign_ids_free (WeirForeignIds *self)
{
  weir_dedup_window_free (self->window);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
add_hashes (WeirForeignIds *self,
            guint64         hashes[][2],
            guint           n_hashes)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < n_hashes; i++)
    weir_dedup_window_add (self->window, hashes[i]);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_foreign_ids_add:
 * @self: ids
 * @batch: events that another collector has for good
 *
 * Remembers the message ids of those that have one, and forgets the oldest for them.
 */
void
weir_foreign_ids_add (WeirForeignIds *self,
                      WeirEventBatch *batch)
{
  guint64 hashes[CHUNK][2];
  guint n_hashes = 0;
  WeirEventIter iter;
  WeirEvent event;

  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    {
      weir_event_hash_id (&event, self->seed);
      if (event.id_hash[0] == 0)
        continue;
      hashes[n_hashes][0] = event.id_hash[0];
      hashes[n_hashes][1] = event.id_hash[1];
      if (++n_hashes < CHUNK)
        continue;
      add_hashes (self, hashes, n_hashes);
      n_hashes = 0;
    }
  add_hashes (self, hashes, n_hashes);
}

/**
 * weir_foreign_ids_has:
 * @self: ids
 * @hash: hash of a message id, with the seed of this collector
 *
 * Returns: whether another collector has the event
 */
gboolean
weir_foreign_ids_has (WeirForeignIds *self,
                      const guint64   hash[2])
{
  gboolean has;

  g_mutex_lock (&self->mutex);
  has = weir_dedup_window_has (self->window, hash);
  g_mutex_unlock (&self->mutex);

  return has;
}

/**
 * weir_foreign_ids_get_count:
 * @self: ids
 *
 * Returns: how many it remembers
 */
guint
weir_foreign_ids_get_count (WeirForeignIds *self)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = weir_dedup_window_get_count (self->window);
  g_mutex_unlock (&self->mutex);

  return count;
}
