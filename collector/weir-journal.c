/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal.h"

#include <string.h>

#include "weir-journal-group.h"
#include "weir-journal-private.h"
#include "weir-journal-recall.h"

/*
 * The journal stands between the 202 and everything else. One thread owns the file and the dedup
 * window:
 *
 *   requests --push--> [waiting list] --group--> dedup, number, COMMIT --> replies
 *                                                       |
 *                                                       +--> [recent batches] --wait_next--> sink
 *
 * Group commit: while one commit waits for the disk the next group gathers, so that the group grows
 * with the load and a lone request waits for nobody. Where the last group had many requests, more
 * are on their way, and the next one is given GATHER_US more to come together: one fsync then
 * answers two to three times as many (README.md has the figures). Dedup happens here and not in the
 * ingest threads because a message id may only be remembered together with the commit that keeps
 * its event: if the commit fails the id is forgotten, and the retry is accepted.
 *
 * The recent batches are the journal's rows in memory. A sink that keeps up never reads the disk;
 * when it falls behind, the oldest batches are dropped from memory and read back from the file, by
 * this thread, because there is exactly one connection.
 *
 * Consumers beside the store (weir-journal-consumers.c) keep rows that the store has. When these
 * take more than max_backlog_bytes the oldest are deleted all the same: a destination that is gone
 * costs its own events, never new ones.
 */

#define GROUP_BYTES       (2 * 1024 * 1024)
#define RECENT_BYTES      (16 * 1024 * 1024)
#define DELETE_BYTES      (8 * 1024 * 1024)
#define READ_ROWS         256
#define GATHER_US         500
#define BUSY_ENTRIES      6
#define IDLE_US           (300 * G_TIME_SPAN_MILLISECOND)
#define PROBE_US          (500 * G_TIME_SPAN_MILLISECOND)

G_DEFINE_FINAL_TYPE (WeirJournal, weir_journal, G_TYPE_OBJECT)

static gboolean
is_for_file (WeirJournal      *self,
             WeirJournalGroup *group)
{
  return self->options.durability != WEIR_DURABILITY_MEMORY || group->batch == NULL;
}

static gboolean
commit (WeirJournal       *self,
        WeirJournalGroup  *group,
        GError           **error)
{
  if (weir_fault_drill_spoils_commit (self->options.drill, error))
    return FALSE;
  return !is_for_file (self, group) ||
         weir_journal_file_commit (self->file, group->batch, group->received, &group->ledger,
                                   self->sources, group->letters, group->places, group->last_seq,
                                   group->delete_until, error);
}

static void
set_health (WeirJournal  *self,
            const GError *error)
{
  if (self->is_healthy && error != NULL)
    g_warning ("not accepting events: %s", error->message);
  else if (!self->is_healthy && error == NULL)
    g_message ("accepting events again");
  self->is_healthy = error == NULL;
  self->failure =
      error != NULL && error->domain == WEIR_ERROR ? error->code : WEIR_ERROR_UNAVAILABLE;
  g_strlcpy (self->reason, error != NULL ? error->message : "", sizeof self->reason);
}

/* Called locked. In memory-only mode there is no other copy: only what the store has may go. */
static void
trim_recent (WeirJournal *self)
{
  guint64 dropped;

  if (self->options.durability != WEIR_DURABILITY_MEMORY)
    {
      weir_recent_batches_trim (self->recent, RECENT_BYTES, G_MAXUINT64);
      return;
    }
  dropped = weir_recent_batches_trim (self->recent, RECENT_BYTES / 2, self->cursor);
  self->deleted = MAX (self->deleted, dropped);
}

/* Called locked, after it was tried to commit. */
static void
settle_places (WeirJournal      *self,
               WeirJournalGroup *group,
               gboolean          is_kept)
{
  if (group->places == NULL)
    return;
  g_clear_pointer (&group->places, g_array_unref);
  weir_consumer_set_settle (self->consumers, is_kept);
  self->places_settled = group->places_wanted;
  if (is_kept)
    self->places_written = group->places_wanted;
  g_cond_broadcast (&self->news);
}

/* Called locked, after a commit. */
static void
publish (WeirJournal      *self,
         WeirJournalGroup *group)
{
  self->ledger = group->ledger;
  self->last_seq = group->last_seq;
  self->deleted = MAX (self->deleted, group->delete_until);
  self->file_bytes = weir_journal_file_get_bytes (self->file);
  self->n_commits++;

  if (group->batch != NULL)
    {
      weir_recent_batches_push (self->recent, g_steal_pointer (&group->batch), group->received);
      trim_recent (self);
      g_cond_broadcast (&self->news);
    }
}

static void
run_group (WeirJournal      *self,
           WeirJournalGroup *group)
{
  g_autoptr(GError) error = NULL;
  gboolean is_written;

  if (group->first != NULL)
    weir_journal_group_assemble (group, self->window);
  if (group->evict_bytes > 0)
    group->delete_until = MAX (group->delete_until,
                               weir_journal_file_find_oldest (self->file, group->evict_bytes,
                                                              group->evict_until));
  is_written = is_for_file (self, group);
  if (!commit (self, group, &error))
    weir_dedup_window_forget (self->window, group->n_remembered);
  weir_journal_group_settle (group, error == NULL, is_written);

  g_mutex_lock (&self->mutex);
  set_health (self, error);
  settle_places (self, group, error == NULL && is_written);
  if (error == NULL)
    publish (self, group);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&group->batch, weir_event_batch_unref);
  weir_journal_group_reply (group, error);
}

/* Called locked: how far rows may be deleted with this commit. */
static void
choose_delete (WeirJournal      *self,
               WeirJournalGroup *group,
               gboolean          idle)
{
  guint64 floor = weir_consumer_set_get_floor (self->consumers, self->cursor);

  if (self->options.durability == WEIR_DURABILITY_MEMORY)
    return;
  if (floor > self->deleted && (idle || self->file_bytes >= DELETE_BYTES))
    group->delete_until = floor;
  if (self->file_bytes > self->options.max_backlog_bytes &&
      self->cursor > MAX (floor, self->deleted))
    {
      group->evict_bytes = self->file_bytes - self->options.max_backlog_bytes * 15 / 16;
      group->evict_until = self->cursor;
    }
}

/* Called locked: places go with what is written anyway, alone when somebody waits for it or when
 * there is nothing else to do. */
static void
take_places (WeirJournal      *self,
             WeirJournalGroup *group,
             gboolean          idle)
{
  gboolean is_urgent = self->places_wanted > self->places_settled;

  if (!idle && !is_urgent && group->first == NULL)
    return;
  if (self->options.durability == WEIR_DURABILITY_MEMORY && group->first != NULL)
    return;
  group->places = weir_consumer_set_copy_places (self->consumers);
  group->places_wanted = self->places_wanted;
}

/* Called locked: takes entries up to the size of a group. */
static void
take_group (WeirJournal      *self,
            WeirJournalGroup *group,
            gboolean          idle)
{
  WeirJournalEntry **last = &self->waiting;
  gsize size = 0;

  memset (group, 0, sizeof *group);
  group->ledger = self->ledger;
  group->sources = self->sources;
  group->replayed = self->replayed;
  group->others = self->others;
  group->last_seq = self->last_seq;
  choose_delete (self, group, idle);

  while (*last != NULL && size < GROUP_BYTES)
    {
      size += weir_journal_entry_get_size (*last);
      last = &(*last)->next;
      group->n_entries++;
    }
  group->first = self->waiting;   /* NULL when none wait */
  take_places (self, group, idle);
  if (group->first == NULL)
    return;

  self->waiting = *last;
  *last = NULL;
  if (self->waiting == NULL)
    self->waiting_last = &self->waiting;
  self->waiting_bytes -= size;
}

/* Called locked; unlocks while it reads. */
static void
serve_read (WeirJournal *self)
{
  WeirJournalRead *read = g_queue_pop_head (&self->reads);
  guint64 after = read->after;
  g_autoptr(GError) error = NULL;
  WeirEventBatch *batch = NULL;
  gsize size, bytes = 0;
  guint n_damaged = 0;

  g_mutex_unlock (&self->mutex);
  while (bytes < read->max_bytes && read->batches->len < READ_ROWS &&
         (batch = weir_journal_file_read (self->file, after, &n_damaged, &error)) != NULL)
    {
      g_ptr_array_add (read->batches, batch);
      after = weir_event_batch_get_last_seq (batch);
      weir_event_batch_get_data (batch, &size);
      bytes += size;
    }
  if (error != NULL)
    g_warning ("%s", error->message);
  g_mutex_lock (&self->mutex);

  self->ledger.dead_lettered += n_damaged;
  self->file_bytes = weir_journal_file_get_bytes (self->file);
  if (read->batches->len == 0 && error == NULL)
    {
      guint64 first = weir_recent_batches_get_first_seq (self->recent);

      self->gap_from = read->after;
      self->gap_until = first > 0 ? first - 1 : self->last_seq;
    }
  read->is_done = TRUE;
  g_cond_broadcast (&self->news);
}

/* Called locked; unlocks while it works. */
static void
serve_purge (WeirJournal *self)
{
  guint64 cursor = self->cursor;
  guint64 floor = weir_consumer_set_get_floor (self->consumers, cursor);
  WeirLedger ledger = self->ledger;
  guint64 last_seq = self->last_seq;
  GError *error = NULL;
  gboolean is_done;

  g_mutex_unlock (&self->mutex);
  self->purged[0] = weir_journal_file_count_ids (self->file, self->purge_ids, cursor);
  is_done = weir_journal_file_commit (self->file, NULL, 0, &ledger, self->sources, NULL, NULL,
                                      last_seq, floor, &error);
  weir_source_ledger_settle (self->sources, TRUE, is_done);
  is_done = is_done && weir_journal_file_purge (self->file, self->purge_ids, cursor,
                                                &error);
  self->purged[1] = weir_journal_file_count_ids (self->file, self->purge_ids, cursor);
  g_mutex_lock (&self->mutex);

  if (is_done)
    self->deleted = MAX (self->deleted, floor);
  self->file_bytes = weir_journal_file_get_bytes (self->file);
  self->purge_error = error;
  self->purge_ids = NULL;
  g_cond_broadcast (&self->news);
}

/* Called locked. Returns whether it was a deadline that ended the wait. */
static gboolean
wait_for_work (WeirJournal *self)
{
  gint64 deadline = g_get_monotonic_time () + IDLE_US;

  while (self->waiting == NULL && g_queue_is_empty (&self->reads) && self->purge_ids == NULL &&
         self->places_wanted == self->places_settled && !self->is_stopping)
    if (!g_cond_wait_until (&self->work, &self->mutex, deadline))
      return TRUE;
  return FALSE;
}

/* Called locked. A journal that failed tries again by itself, so that readiness comes back. */
static gboolean
needs_commit (WeirJournal      *self,
              WeirJournalGroup *group,
              gboolean          idle)
{
  return group->first != NULL || group->delete_until > 0 || group->evict_bytes > 0 ||
         group->places != NULL || (idle && !self->is_healthy);
}

static gpointer
journal_thread (gpointer data)
{
  WeirJournal *self = data;

  g_mutex_lock (&self->mutex);
  for (;;)
    {
      gboolean idle = wait_for_work (self);
      WeirJournalGroup group;

      if (self->waiting != NULL && self->is_busy && !self->is_stopping)
        {
          g_mutex_unlock (&self->mutex);
          g_usleep (GATHER_US);
          g_mutex_lock (&self->mutex);
        }
      if (!g_queue_is_empty (&self->reads))
        serve_read (self);
      if (self->purge_ids != NULL)
        serve_purge (self);
      if (self->is_stopping && self->waiting == NULL)
        break;

      take_group (self, &group, idle);
      self->is_busy = group.n_entries >= BUSY_ENTRIES;
      g_mutex_unlock (&self->mutex);
      if (needs_commit (self, &group, idle))
        run_group (self, &group);
      else if (idle)
        weir_journal_file_shrink (self->file);
      g_mutex_lock (&self->mutex);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static void
weir_journal_finalize (GObject *object)
{
  WeirJournal *self = WEIR_JOURNAL (object);

  g_assert (self->thread == NULL);

  weir_recent_batches_free (self->recent);
  weir_consumer_set_free (self->consumers);
  g_clear_pointer (&self->file, weir_journal_file_close);
  g_clear_pointer (&self->window, weir_dedup_window_free);
  weir_source_ledger_free (self->sources);
  g_hash_table_unref (self->replayed);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->work);
  g_cond_clear (&self->news);

  G_OBJECT_CLASS (weir_journal_parent_class)->finalize (object);
}

static void
weir_journal_class_init (WeirJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_journal_finalize;
}

static void
weir_journal_init (WeirJournal *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->work);
  g_cond_init (&self->news);
  self->recent = weir_recent_batches_new ();
  self->consumers = weir_consumer_set_new ();
  g_queue_init (&self->reads);
  self->sources = weir_source_ledger_new ();
  self->replayed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->waiting_last = &self->waiting;
  self->is_healthy = TRUE;
}

/**
 * weir_journal_open:
 * @path: the journal's file
 * @options: what it promises and how much it may hold
 * @error: return location for an error
 *
 * Opens the journal. It does nothing yet.
 *
 * Returns: (transfer full) (nullable): the journal
 */
WeirJournal *
weir_journal_open (const char                *path,
                   const WeirJournalOptions  *options,
                   GError                   **error)
{
  g_autoptr(WeirJournal) self = g_object_new (WEIR_TYPE_JOURNAL, NULL);

  self->options = *options;
  self->window = weir_dedup_window_new (MAX (options->dedup_window, 1));
  self->file = weir_journal_file_open (path, options->durability == WEIR_DURABILITY_FSYNC, error);
  if (self->file == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

/* A consumer that was not there before begins with what comes from now on. */
static gboolean
load_places (WeirJournal  *self,
             GError      **error)
{
  g_autoptr(GArray) places = NULL;
  guint64 gone;

  for (guint i = 0; i < weir_consumer_set_get_n (self->consumers); i++)
    weir_consumer_set_get (self->consumers, i)->place.cursor = self->last_seq;
  places = weir_journal_file_load_places (self->file, &gone, error);
  if (places == NULL)
    return FALSE;
  self->deleted = MIN (gone, self->last_seq);
  for (guint i = 0; i < places->len; i++)
    {
      const WeirConsumerPlace *place = &g_array_index (places, WeirConsumerPlace, i);
      WeirConsumer *consumer = weir_consumer_set_find (self->consumers, place->name);

      if (consumer == NULL)
        {
          g_message ("there is no forwarder “%s” any more; its place is forgotten", place->name);
          if (!weir_journal_file_forget_place (self->file, place->name, error))
            return FALSE;
          continue;
        }
      consumer->place.cursor = MIN (place->cursor, self->last_seq);
      consumer->place.frozen = MIN (place->frozen, self->last_seq);
      consumer->place.evicted = place->evicted;
    }
  if (weir_consumer_set_get_n (self->consumers) > 0)
    weir_consumer_set_touch (self->consumers);

  return TRUE;
}

/**
 * weir_journal_start:
 * @self: a journal
 * @store: the open store
 * @error: return location for an error
 *
 * Loads the dedup window from what the store and the journal hold, and starts the journal's thread.
 *
 * Returns: whether it runs
 */
gboolean
weir_journal_start (WeirJournal  *self,
                    WeirStore    *store,
                    GError      **error)
{
  WeirStoreCounts counts;
  guint n_damaged = 0;

  g_return_val_if_fail (WEIR_IS_JOURNAL (self), FALSE);
  g_return_val_if_fail (self->thread == NULL, FALSE);

  weir_store_get_counts (store, &counts);
  weir_journal_file_get_ledger (self->file, &self->ledger, &self->last_seq);
  if (!weir_journal_recall_ids (self->file, store, self->window, self->options.dedup_window,
                                &n_damaged, error))
    return FALSE;
  self->ledger.dead_lettered += n_damaged;
  if (!weir_journal_recall_letters (self->file, store, error) ||
      !weir_journal_file_load_sources (self->file, self->sources, error))
    return FALSE;
  self->last_seq = MAX (self->last_seq, counts.cursor);
  weir_journal_reconcile (self->file, &counts, &self->ledger);
  weir_source_ledger_reconcile (self->sources, &self->ledger);

  self->stored = counts.stored;
  self->sink_dead_lettered = counts.dead_lettered;
  self->cursor = counts.cursor;
  self->file_bytes = weir_journal_file_get_bytes (self->file);
  if (!load_places (self, error))
    return FALSE;
  self->thread = g_thread_new ("weir-journal", journal_thread, self);

  return TRUE;
}

/**
 * weir_journal_stop:
 * @self: a journal whose sinks have ended
 *
 * Commits what waits, answers it, deletes what the store has and ends the thread.
 */
void
weir_journal_stop (WeirJournal *self)
{
  WeirJournalGroup group;

  g_return_if_fail (WEIR_IS_JOURNAL (self));

  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  g_cond_broadcast (&self->work);
  g_cond_broadcast (&self->news);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));

  g_mutex_lock (&self->mutex);
  take_group (self, &group, TRUE);
  g_mutex_unlock (&self->mutex);
  run_group (self, &group);
}

static gboolean
refuse (WeirJournal  *self,
        GError      **error)
{
  if (!self->is_healthy)
    g_set_error_literal (error, WEIR_ERROR, self->failure, self->reason);
  else if (self->is_stopping)
    g_set_error_literal (
        error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "the collector is shutting down");
  else if (self->waiting_bytes > self->options.max_queue_bytes ||
           (self->options.durability == WEIR_DURABILITY_MEMORY &&
            weir_recent_batches_get_bytes (self->recent) > RECENT_BYTES))
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_QUEUE_FULL, "the queue is full");
  else if (self->file_bytes + self->waiting_bytes > self->options.max_bytes)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_QUEUE_FULL,
                         "the journal has reached its size limit (journal-max-bytes)");
  else
    return FALSE;

  return TRUE;
}

/**
 * weir_journal_push:
 * @self: a journal
 * @entry: a request; kept until its `done` is called
 * @error: return location for an error
 *
 * Hands a request over for durability. Never blocks on the disk. May be called from any thread.
 *
 * Returns: whether it was taken; errors are %WEIR_ERROR_QUEUE_FULL, %WEIR_ERROR_DISK_FULL and
 *   %WEIR_ERROR_UNAVAILABLE, and then `done` will not be called
 */
gboolean
weir_journal_push (WeirJournal       *self,
                   WeirJournalEntry  *entry,
                   GError           **error)
{
  gboolean is_refused;

  g_return_val_if_fail (WEIR_IS_JOURNAL (self), FALSE);
  g_return_val_if_fail (entry->batch != NULL && entry->reply_queue != NULL, FALSE);

  entry->next = NULL;
  g_mutex_lock (&self->mutex);
  is_refused = refuse (self, error);
  if (!is_refused)
    {
      if (self->waiting == NULL)
        g_cond_signal (&self->work);
      *self->waiting_last = entry;
      self->waiting_last = &entry->next;
      self->waiting_bytes += weir_journal_entry_get_size (entry);
    }
  g_mutex_unlock (&self->mutex);

  return !is_refused;
}

/* Finds the batch behind @after in memory. Returns FALSE when it may be in the file only. */
gboolean
weir_journal_find_recent (WeirJournal     *self,
                          guint64          after,
                          WeirEventBatch **batch,
                          gint64          *received)
{
  *batch = NULL;
  if (after >= self->gap_from)
    after = MAX (after, self->gap_until);
  if (weir_recent_batches_get_first_seq (self->recent) > after + 1)
    return FALSE;
  *batch = weir_recent_batches_find (self->recent, after, received);
  return *batch != NULL || self->last_seq <= after;
}

/* Lets the journal's thread read, and waits for it. Returns whether it did. */
gboolean
weir_journal_read_back (WeirJournal     *self,
                        WeirJournalRead *read)
{
  g_queue_push_tail (&self->reads, read);
  g_cond_signal (&self->work);
  while (!read->is_done && (!self->is_stopping || !g_queue_remove (&self->reads, read)))
    g_cond_wait (&self->news, &self->mutex);
  return read->is_done;
}

/* Called locked. */
static WeirEventBatch *
find_recent (WeirJournal *self,
             guint64      after,
             gboolean    *is_on_disk)
{
  guint64 done = after;
  WeirEventBatch *batch;
  gint64 received;

  /* Where there is no file, what is still to be carried on from the store is nowhere else. */
  if (self->options.durability == WEIR_DURABILITY_MEMORY)
    done = MIN (after, self->cursor);
  weir_recent_batches_drop (self->recent, weir_consumer_set_get_floor (self->consumers, done));
  *is_on_disk = !weir_journal_find_recent (self, after, &batch, &received);
  if (batch == NULL)
    return NULL;
  if (self->handed_out == 0)
    self->handed_out = received;
  return weir_event_batch_ref (batch);
}

/* Called locked: lets the journal's thread read, and waits for it. */
static WeirEventBatch *
read_back (WeirJournal *self,
           guint64      after)
{
  g_autoptr(GPtrArray) batches = g_ptr_array_new ();
  WeirJournalRead read = { .after = after, .max_bytes = 1, .batches = batches };
  WeirEventBatch *batch;
  WeirEventIter iter;
  WeirEvent event;

  if (!weir_journal_read_back (self, &read) || batches->len == 0)
    return NULL;
  batch = g_ptr_array_index (batches, 0);
  weir_event_iter_init (&iter, batch);
  if (weir_event_iter_next (&iter, &event))
    self->handed_out = event.received;
  return batch;
}

/**
 * weir_journal_wait_next:
 * @self: a journal
 * @after: the caller has everything up to this seq
 * @deadline: monotonic time until which to wait
 *
 * Gets the batch behind @after, from memory or from the file. For the one sink's thread.
 *
 * Returns: (transfer full) (nullable): a batch, or %NULL when there was none until @deadline, or
 * the journal is stopping
 */
WeirEventBatch *
weir_journal_wait_next (WeirJournal *self,
                        guint64      after,
                        gint64       deadline)
{
  WeirEventBatch *batch = NULL;

  g_mutex_lock (&self->mutex);
  while (batch == NULL)
    {
      gboolean is_on_disk;

      batch = find_recent (self, after, &is_on_disk);
      if (batch == NULL && is_on_disk)
        {
          batch = read_back (self, after);
          if (batch == NULL && self->gap_until <= after && !self->is_stopping)
            g_cond_wait_until (&self->news, &self->mutex, g_get_monotonic_time () + PROBE_US);
          break;
        }
      if (batch == NULL &&
          (self->is_stopping || self->is_woken ||
           !g_cond_wait_until (&self->news, &self->mutex, deadline)))
        break;
    }
  if (batch == NULL)
    self->is_woken = FALSE;
  g_mutex_unlock (&self->mutex);

  return batch;
}

/**
 * weir_journal_wake:
 * @self: a journal
 *
 * Lets the sink not wait for what is not there, once: there is other work for it. Any thread may.
 */
void
weir_journal_wake (WeirJournal *self)
{
  g_return_if_fail (WEIR_IS_JOURNAL (self));

  g_mutex_lock (&self->mutex);
  self->is_woken = TRUE;
  g_cond_broadcast (&self->news);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_journal_purge:
 * @self: a journal
 * @ids: (element-type utf8): ids of a person that was deleted
 * @n_before: (out): how many of its events the journal held
 * @n_after: (out): how many it holds now
 * @error: return location for an error
 *
 * Deletes all that the store has from the journal, and makes sure that the ids are in no part of
 * its file and in nothing that is kept in memory. Blocks; for the one sink's thread.
 *
 * Returns: whether it was done
 */
gboolean
weir_journal_purge (WeirJournal  *self,
                    GPtrArray    *ids,
                    guint64      *n_before,
                    guint64      *n_after,
                    GError      **error)
{
  GError *local = NULL;

  g_return_val_if_fail (WEIR_IS_JOURNAL (self), FALSE);

  g_mutex_lock (&self->mutex);
  weir_recent_batches_drop (self->recent, self->cursor);
  if (self->options.durability == WEIR_DURABILITY_MEMORY)
    self->deleted = MAX (self->deleted, self->cursor);
  self->purge_ids = ids;
  g_cond_signal (&self->work);
  while (self->purge_ids != NULL && !self->is_stopping)
    g_cond_wait (&self->news, &self->mutex);
  if (self->purge_ids != NULL)
    g_set_error_literal (&local, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                         "the collector is shutting down");
  else
    local = g_steal_pointer (&self->purge_error);
  self->purge_ids = NULL;
  *n_before = self->purged[0];
  *n_after = self->purged[1];
  g_mutex_unlock (&self->mutex);
  if (local != NULL)
    g_propagate_error (error, local);

  return local == NULL;
}

/**
 * weir_journal_advance:
 * @self: a journal
 * @counts: what the store holds durably
 *
 * Says how far the store is; what it has will be deleted from the journal.
 */
void
weir_journal_advance (WeirJournal           *self,
                      const WeirStoreCounts *counts)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->mutex);
  weir_drain_rate_note (&self->drain, counts->stored - self->stored, now);
  self->stored = counts->stored;
  self->sink_dead_lettered = counts->dead_lettered;
  self->cursor = counts->cursor;
  self->handed_out = 0;
  if (self->options.durability == WEIR_DURABILITY_MEMORY)
    trim_recent (self);
  g_mutex_unlock (&self->mutex);
}
