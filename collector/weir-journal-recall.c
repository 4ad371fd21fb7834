/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-recall.h"

typedef struct {
  WeirDedupWindow *window;
  guint64 seed;
} Recall;

static void
remember_id (const WeirEvent *event,
             gpointer         user_data)
{
  const Recall *recall = user_data;
  WeirEvent hashed = *event;

  weir_event_hash_id (&hashed, recall->seed);
  weir_dedup_window_add (recall->window, hashed.id_hash);
}

/* Message ids of rows that the store does not have yet. */
static gboolean
remember_backlog (WeirJournalFile  *file,
                  WeirDedupWindow  *window,
                  guint64           after,
                  guint            *n_damaged,
                  GError          **error)
{
  GError *local = NULL;
  WeirEventBatch *batch;

  while ((batch = weir_journal_file_read (file, after, n_damaged, &local)) != NULL)
    {
      WeirEventIter iter;
      WeirEvent event;

      weir_event_iter_init (&iter, batch);
      while (weir_event_iter_next (&iter, &event))
        {
          if (event.id_hash[0] != 0)
            weir_dedup_window_add (window, event.id_hash);
        }
      after = weir_event_batch_get_last_seq (batch);
      weir_event_batch_unref (batch);
    }
  if (local != NULL)
    g_propagate_error (error, local);

  return local == NULL;
}

/**
 * weir_journal_recall_ids:
 * @file: the journal's file
 * @store: the open store
 * @window: what is to remember
 * @max: how many of the store's newest events to look at
 * @n_damaged: (inout): increased by the events of rows that cannot be read
 * @error: return location for an error
 *
 * Remembers the message ids of what is stored and of what waits in the journal.
 *
 * Returns: whether they could be read
 */
gboolean
weir_journal_recall_ids (WeirJournalFile  *file,
                         WeirStore        *store,
                         WeirDedupWindow  *window,
                         guint             max,
                         guint            *n_damaged,
                         GError          **error)
{
  Recall recall = { window, weir_journal_file_get_hash_seed (file) };
  WeirStoreCounts counts;

  weir_store_get_counts (store, &counts);
  return weir_store_foreach_message_id (store, max, remember_id, &recall, error) &&
         remember_backlog (file, window, counts.cursor, n_damaged, error);
}
