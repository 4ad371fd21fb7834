/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-group.h"

#include <string.h>

/* Nearly always all events of a request have one source, so it is counted in runs. */
typedef struct {
  WeirSourceLedger *sources;
  WeirSourceCounts counts;
  const char *name;
  gsize length;
} Run;

static void
end_run (Run *run)
{
  if (run->name != NULL)
    weir_source_ledger_count (run->sources, run->name, run->length, &run->counts);
  run->counts = (WeirSourceCounts) { 0 };
}

static void
count_event (Run             *run,
             const WeirEvent *event,
             gboolean         is_known)
{
  const char *name = event->text[WEIR_EVENT_SOURCE];
  gsize length = event->length[WEIR_EVENT_SOURCE];

  if (name == NULL)
    {
      name = "local";
      length = strlen (name);
    }
  if (run->name == NULL || run->length != length || memcmp (run->name, name, length) != 0)
    {
      end_run (run);
      run->name = name;
      run->length = length;
    }
  run->counts.received++;
  run->counts.accepted += !is_known;
  run->counts.duplicate += is_known;
  run->counts.last_seen = MAX (run->counts.last_seen, event->received);
}

/* What cannot be read has no source of its own. */
static void
count_rejected (WeirJournalGroup       *group,
                const WeirJournalEntry *entry)
{
  guint n_others = entry->n_received - MIN (entry->n_received, entry->accepted + entry->duplicates);
  const char *name = entry->source != NULL ? entry->source : "local";

  if (n_others > 0)
    weir_source_ledger_count (group->sources, name, strlen (name),
                              &(WeirSourceCounts) { .received = n_others,
                                                    .rejected = entry->n_rejected,
                                                    .last_seen = g_get_real_time () });
}

/* Sends a dead letter again: it was accepted once, so it only changes its place. Its message id is
 * known, as its own. Two requests for the same letter send it once. */
static guint8 *
take_letter (WeirJournalGroup *group,
             WeirDedupWindow  *window,
             WeirJournalEntry *entry,
             guint8           *out)
{
  gsize size;
  const guint8 *record = weir_event_batch_get_data (entry->batch, &size);
  WeirEvent event;

  entry->accepted = entry->duplicates = 0;
  if (weir_event_read_record (&event, record, size) != size ||
      !g_hash_table_add (group->replayed, g_memdup2 (&entry->letter, sizeof entry->letter)))
    {
      entry->duplicates++;
      return out;
    }
  if (event.id_hash[0] != 0 && weir_dedup_window_add (window, event.id_hash))
    group->n_remembered++;
  if (group->letters == NULL)
    group->letters = g_array_new (FALSE, FALSE, sizeof entry->letter);
  g_array_append_val (group->letters, entry->letter);
  memcpy (out, record, size);
  weir_event_number_record (out, ++group->last_seq);
  if (group->received == 0)
    group->received = event.received;
  group->ledger.dead_lettered--;
  entry->accepted++;
  return out + size;
}

/* Whether it was taken before, here or by another collector. */
static gboolean
is_duplicate (WeirJournalGroup *group,
              WeirDedupWindow  *window,
              const WeirEvent  *event)
{
  if (event->id_hash[0] == 0)
    return FALSE;
  if (group->others != NULL && weir_foreign_ids_has (group->others, event->id_hash))
    return TRUE;
  if (!weir_dedup_window_add (window, event->id_hash))
    return TRUE;
  group->n_remembered++;
  return FALSE;
}

/* Copies the entry's new events behind @out, numbering them. */
static guint8 *
take_events (WeirJournalGroup *group,
             WeirDedupWindow  *window,
             WeirJournalEntry *entry,
             guint8           *out)
{
  Run run = { .sources = group->sources };
  WeirEventIter iter;
  WeirEvent event;
  const guint8 *from;

  entry->accepted = entry->duplicates = 0;
  weir_event_iter_init (&iter, entry->batch);
  for (from = iter.next; weir_event_iter_next (&iter, &event); from = iter.next)
    {
      gsize size = (gsize) (iter.next - from);

      if (is_duplicate (group, window, &event))
        {
          entry->duplicates++;
          count_event (&run, &event, TRUE);
          continue;
        }
      memcpy (out, from, size);
      weir_event_number_record (out, ++group->last_seq);
      if (group->received == 0)
        group->received = event.received;
      entry->accepted++;
      count_event (&run, &event, FALSE);
      out += size;
    }
  end_run (&run);

  return out;
}

/**
 * weir_journal_entry_get_size:
 * @entry: an entry
 *
 * Returns: bytes of records it holds
 */
gsize
weir_journal_entry_get_size (const WeirJournalEntry *entry)
{
  gsize size;

  weir_event_batch_get_data (entry->batch, &size);
  return size;
}

/**
 * weir_journal_group_assemble:
 * @group: a group with entries
 * @window: the message ids that are known
 *
 * Leaves out duplicates, numbers the other events, copies them into one batch and counts them all.
 */
void
weir_journal_group_assemble (WeirJournalGroup *group,
                             WeirDedupWindow  *window)
{
  guint64 first_seq = group->last_seq + 1;
  g_autofree guint8 *data = NULL;
  guint8 *end;
  gsize size = 0;

  for (WeirJournalEntry *entry = group->first; entry != NULL; entry = entry->next)
    size += weir_journal_entry_get_size (entry);
  data = end = g_malloc (MAX (size, 1));

  for (WeirJournalEntry *entry = group->first; entry != NULL; entry = entry->next)
    {
      if (entry->letter != 0)
        {
          end = take_letter (group, window, entry, end);
          continue;
        }
      end = take_events (group, window, entry, end);
      count_rejected (group, entry);
      group->ledger.received += entry->n_received;
      group->ledger.rejected += entry->n_rejected;
      group->ledger.duplicate += entry->duplicates;
      group->ledger.accepted += entry->accepted;
    }

  if (group->last_seq >= first_seq)
    {
      size = (gsize) (end - data);
      group->batch = weir_event_batch_new_take (
          g_steal_pointer (&data), size, (guint) (group->last_seq - first_seq + 1), first_seq);
    }
}

/**
 * weir_journal_group_settle:
 * @group: a group whose outcome is known
 * @is_kept: whether it was kept
 * @is_written: whether the file has it, if so
 *
 * Lets the counts by source and the letters follow.
 */
void
weir_journal_group_settle (WeirJournalGroup *group,
                           gboolean          is_kept,
                           gboolean          is_written)
{
  for (guint i = 0; !is_kept && group->letters != NULL && i < group->letters->len; i++)
    g_hash_table_remove (group->replayed, &g_array_index (group->letters, gint64, i));
  g_clear_pointer (&group->letters, g_array_unref);
  weir_source_ledger_settle (group->sources, is_kept, is_kept && is_written);
}

/**
 * weir_journal_group_reply:
 * @group: a group whose outcome is known
 * @error: (nullable): why nothing of it was kept
 *
 * Sends every entry back to whoever waits for it.
 */
void
weir_journal_group_reply (WeirJournalGroup *group,
                          const GError     *error)
{
  WeirJournalEntry *next;

  for (WeirJournalEntry *entry = group->first; entry != NULL; entry = next)
    {
      next = entry->next;
      if (error != NULL)
        {
          entry->accepted = entry->duplicates = 0;
          entry->error = g_error_copy (error);
        }
      weir_reply_queue_push (entry->reply_queue, entry);
    }
}
