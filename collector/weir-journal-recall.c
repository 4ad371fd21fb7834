/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-recall.h"

#include "weir-error.h"
#include "weir-event-json.h"

typedef struct {
  WeirStore *store;
  const char *instance;
} Hand;

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

  if (hashed.id_hash[0] == 0)
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

static gboolean
forget_replayed (gint64    letter,
                 gpointer  user_data,
                 GError  **error)
{
  const Hand *hand = user_data;
  g_autoptr(GError) local = NULL;

  if (weir_store_set_dead_letter (hand->store, letter, WEIR_DEAD_LETTER_REPLAYED, &local) ||
      g_error_matches (local, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
keep_letter (const Hand       *hand,
             WeirDeadLetter   *letter,
             const WeirEvent  *event,
             GError          **error)
{
  g_autoptr(GString) json = g_string_new (NULL);

  if (event != NULL)
    {
      weir_event_append_json (event, NULL, hand->instance, json);
      letter->received = event->received;
      if (g_utf8_validate (json->str, (gssize) json->len, NULL))
        letter->event = json->str;
    }
  return weir_store_add_dead_letter (hand->store, letter, error);
}

/* A row whose sum is wrong is often sound but for a byte: its events are shown as they are, to be
 * judged by somebody. Where a record ends is not known behind the first that is not sound. */
static gboolean
keep_damaged (guint64        last_seq,
              guint          n_events,
              gint64         received,
              const guint8  *data,
              gsize          size,
              gpointer       user_data,
              GError       **error)
{
  gsize offset = 0;

  for (guint i = 0; i < n_events; i++)
    {
      WeirEvent event;
      gsize record = offset < size ? weir_event_read_record (&event, data + offset, size - offset)
                                   : 0;
      WeirDeadLetter letter = {
        .seq = last_seq - n_events + 1 + i,
        .received = received,
        .at = g_get_real_time (),
        .sink = WEIR_SINK_JOURNAL,
        .code = "damaged",
        .reason = "the row of the journal that held it was damaged",
        .attempts = 1,
      };

      if (record > 0)
        {
          letter.raw = data + offset;
          letter.raw_size = record;
        }
      else if (offset < size)
        {
          letter.raw = data + offset;   /* all the rest, once */
          letter.raw_size = size - offset;
          offset = size;
        }
      if (!keep_letter (user_data, &letter, record > 0 ? &event : NULL, error))
        return FALSE;
      offset += record;
    }
  return TRUE;
}

/**
 * weir_journal_recall_letters:
 * @file: the journal's file
 * @store: the open store
 * @error: return location for an error
 *
 * Makes dead letters of the rows that could not be read, and forgets those that were sent again
 * just before the process ended.
 *
 * Returns: whether it was done
 */
gboolean
weir_journal_recall_letters (WeirJournalFile  *file,
                             WeirStore        *store,
                             GError          **error)
{
  Hand hand = { store, weir_journal_file_get_instance (file) };

  return weir_journal_file_hand_over (file, keep_damaged, forget_replayed, &hand, error);
}

/**
 * weir_journal_reconcile:
 * @file: the journal's file
 * @counts: what the store holds
 * @ledger: (inout): the counts of the file
 *
 * The two files are separate and either may be lost or restored from a copy. What is stored was
 * accepted, and what was accepted but is in neither file was lost and must not count as queued.
 */
void
weir_journal_reconcile (WeirJournalFile        *file,
                        const WeirStoreCounts  *counts,
                        WeirLedger             *ledger)
{
  guint64 queued = weir_journal_file_count_after (file, counts->cursor);
  guint64 known = counts->stored + counts->dead_lettered + ledger->dead_lettered + queued;

  if (known == ledger->accepted)
    return;
  g_warning ("journal and store disagree: %" G_GUINT64_FORMAT " events accepted, %" G_GUINT64_FORMAT
             " found; counting on from what was found", ledger->accepted, known);
  ledger->received += known - ledger->accepted;
  ledger->accepted = known;
}
