/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-sink.h"

#include "weir-error.h"
#include "weir-retry.h"

/*
 * ClickHouse wants few large inserts. So what comes is gathered for a second, and the first event
 * after a quiet time goes at once. A backlog goes in batches of BATCH_EVENTS, one after the other,
 * the next one made while one is inserted. Nothing here is ahead of the store of persons, whose
 * numbers the rows carry.
 */

#define PERIOD_US    G_TIME_SPAN_SECOND
#define GATHER_US    (20 * G_TIME_SPAN_MILLISECOND)
#define BATCH_EVENTS 262144
#define BATCH_BYTES  (64 * 1024 * 1024)
#define READ_BYTES   (1024 * 1024)
#define FORGET_US    (10 * G_TIME_SPAN_SECOND)

/* When nothing has come for so long, nothing is left to wait for, also if seqs are missing. */
#define QUIET_US      (2 * G_TIME_SPAN_SECOND)

struct _WeirClickhouseSink {
  WeirJournal *journal;
  WeirClickhouseStore *store;
  WeirStoreSink *people;
  WeirClickhouseWriter *writer;
  WeirSharing *sharing;     /* NULL where who is who is this collector's own */
  GThread *thread;
  GMainContext *context;
  GCancellable *cancellable;
  GThread *ahead;           /* makes the next draft; NULL for none */
  guint64 ahead_after;
  guint64 ahead_until;
  gint64 next_insert;       /* monotonic */
  gint64 next_forget;
  gint64 next_follow;
  gint64 last_event;
  guint n_failures;         /* in a row */

  GMutex mutex;
  GCond wake;
  gboolean is_poked;
  gboolean is_stopping;
  gboolean is_done;
  gint64 stop_deadline;
  WeirStoreSinkStatus status;
};

/* What the store's thread is asked to do. */
typedef struct {
  WeirClickhouseSink *sink;
  const WeirClickhouseWritten *written;
  gint64 before;
  gboolean is_due;
} Note;

static void
set_failed (WeirClickhouseSink *self,
            const char         *message,
            gint64              pause)
{
  g_autoptr(GError) error = g_error_new_literal (WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, message);

  g_mutex_lock (&self->mutex);
  if (self->status.healthy)
    g_warning ("not storing events: %s; the journal keeps them", message);
  self->status.healthy = FALSE;
  g_strlcpy (self->status.reason, message, sizeof self->status.reason);
  g_strlcpy (self->status.last_error, message, sizeof self->status.last_error);
  self->status.retry_at = g_get_real_time () + pause;
  g_mutex_unlock (&self->mutex);
  weir_store_sink_refuse_stored (self->people, error);
  if (self->sharing != NULL)
    weir_sharing_refuse (self->sharing, error, FALSE);
}

/* Called locked. */
static void
set_healthy (WeirClickhouseSink *self)
{
  if (!self->status.healthy)
    g_message ("storing events again");
  self->status.healthy = TRUE;
  self->status.reason[0] = '\0';
  self->status.retry_at = 0;
}

static void
set_well (WeirClickhouseSink          *self,
          const WeirClickhouseWritten *written)
{
  g_mutex_lock (&self->mutex);
  set_healthy (self);
  self->status.n_stored += written->n_stored;
  self->status.n_batches += written->n_inserted > 0;
  self->status.last_events = (guint) written->n_inserted;
  g_mutex_unlock (&self->mutex);
}

static void
note_failure (const char *message,
              gint64      pause,
              gpointer    user_data)
{
  g_autofree char *text = g_strconcat ("ClickHouse: ", message, NULL);

  set_failed (user_data, text, pause);
}

/* Until the deadline, or the end. */
static void
wait_until (WeirClickhouseSink *self,
            gint64              deadline)
{
  g_mutex_lock (&self->mutex);
  while (!self->is_stopping && g_cond_wait_until (&self->wake, &self->mutex, deadline))
    ;
  g_mutex_unlock (&self->mutex);
}

/* The same, or until there are events. */
static void
wait_for_poke (WeirClickhouseSink *self,
               gint64              deadline)
{
  g_mutex_lock (&self->mutex);
  while (!self->is_stopping && !self->is_poked &&
         g_cond_wait_until (&self->wake, &self->mutex, deadline))
    ;
  self->is_poked = FALSE;
  g_mutex_unlock (&self->mutex);
}

static gboolean
is_stopping (WeirClickhouseSink *self)
{
  gboolean stopping;

  g_mutex_lock (&self->mutex);
  stopping = self->is_stopping;
  g_mutex_unlock (&self->mutex);

  return stopping;
}

/* Has something done in the thread of the store, and waits for it. */
static gboolean
run_in_store (WeirClickhouseSink  *self,
              WeirStoreFunc        func,
              Note                *note,
              GError             **error)
{
  g_autoptr(GBytes) done = weir_store_sink_run_now (self->people, func, note, error);

  return done != NULL;
}

/* In the store's thread, so that counts never go back. */
static GBytes *
note_written (WeirStore  *store,
              gpointer    data,
              GError    **error)
{
  Note *note = data;
  WeirStoreCounts counts;

  if (!weir_clickhouse_store_note (WEIR_CLICKHOUSE_STORE (store), note->written, error))
    return NULL;
  weir_store_get_counts (store, &counts);
  weir_journal_advance (note->sink->journal, &counts);
  return g_bytes_new_static ("", 0);
}

static GBytes *
move_kept_since (WeirStore  *store,
                 gpointer    data,
                 GError    **error)
{
  Note *note = data;
  g_autoptr(GError) local = NULL;

  note->is_due = weir_clickhouse_store_move_kept_since (WEIR_CLICKHOUSE_STORE (store),
                                                        g_get_real_time (), &note->before, &local);
  if (local == NULL)
    return g_bytes_new_static ("", 0);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* Reads what follows, as much as a batch may hold. */
static GPtrArray *
read_batches (WeirClickhouseSink *self,
              guint64             after,
              guint64             until,
              guint64            *last)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  gsize bytes = 0;

  *last = after;
  while (*last < until && *last - after < BATCH_EVENTS && bytes < BATCH_BYTES)
    {
      g_autoptr(GPtrArray) some = weir_journal_read (self->journal, NULL, *last, READ_BYTES);
      guint64 before = *last;

      for (guint i = 0; i < some->len; i++)
        {
          WeirEventBatch *batch = g_ptr_array_index (some, i);
          gsize size;

          weir_event_batch_get_data (batch, &size);
          bytes += size;
          *last = MIN (weir_event_batch_get_last_seq (batch), until);
          g_ptr_array_add (batches, weir_event_batch_ref (batch));
        }
      if (*last == before)
        break;
    }
  return batches;
}

static void
pause_after (WeirClickhouseSink *self,
             const GError       *error)
{
  gint64 pause = weir_retry_choose_pause (++self->n_failures, 0, g_random_double ());

  set_failed (self, error->message, pause);
  wait_until (self, g_get_monotonic_time () + pause);
}

/* What follows @after, up to @until; NULL when nothing can be had now. */
static WeirClickhouseDraft *
make_draft (WeirClickhouseSink *self,
            guint64             after,
            guint64             until)
{
  guint64 last;
  g_autoptr(GPtrArray) batches = read_batches (self, after, until, &last);

  return last > after ? weir_clickhouse_writer_draft (self->writer, batches, after, last) : NULL;
}

static gpointer
ahead_thread (gpointer data)
{
  WeirClickhouseSink *self = data;

  return make_draft (self, self->ahead_after, self->ahead_until);
}

/* A backlog has its next draft made while this one is inserted. */
static void
begin_ahead (WeirClickhouseSink *self,
             guint64             after,
             guint64             until)
{
  if (self->sharing != NULL || until - after < BATCH_EVENTS)
    return;
  self->ahead_after = after;
  self->ahead_until = until;
  self->ahead = g_thread_new ("weir-draft", ahead_thread, self);
}

static WeirClickhouseDraft *
end_ahead (WeirClickhouseSink *self)
{
  return self->ahead != NULL ? g_thread_join (g_steal_pointer (&self->ahead)) : NULL;
}

static void
drop_ahead (WeirClickhouseSink *self)
{
  g_autoptr(WeirClickhouseDraft) draft = end_ahead (self);
}

/* Returns NULL without an error when nothing is there under these numbers, or not now. */
static WeirClickhouseDraft *
get_draft (WeirClickhouseSink     *self,
           const WeirStoreCounts  *counts,
           GError                **error)
{
  WeirClickhouseDraft *draft = end_ahead (self);
  g_autoptr(GPtrArray) batches = NULL;
  guint64 last;

  if (draft != NULL)
    return draft;
  batches = read_batches (self, counts->cursor, counts->taken, &last);
  if (last == counts->cursor ||
      (self->sharing != NULL &&
       !weir_sharing_tell (self->sharing, batches, counts->cursor, last, note_failure, self,
                           self->cancellable, error)) ||
      !weir_clickhouse_writer_begin (self->writer, counts->cursor, self->cancellable, error))
    return NULL;
  return weir_clickhouse_writer_draft (self->writer, batches, counts->cursor, last);
}

/* Inserts a draft, and has it noted. */
static gboolean
write_draft (WeirClickhouseSink   *self,
             WeirClickhouseDraft  *draft,
             GError              **error)
{
  g_auto(WeirClickhouseWritten) written = { 0 };
  Note note = { self, &written, 0, FALSE };

  if (!weir_clickhouse_writer_write (self->writer, draft, note_failure, self, self->cancellable,
                                     &written, error))
    return FALSE;
  if (!run_in_store (self, note_written, &note, error))
    {
      weir_clickhouse_writer_doubt (self->writer);
      return FALSE;
    }
  set_well (self, &written);
  return TRUE;
}

static void
carry (WeirClickhouseSink    *self,
       const WeirStoreCounts *counts)
{
  g_autoptr(WeirClickhouseDraft) draft = NULL;
  g_autoptr(GError) error = NULL;

  draft = get_draft (self, counts, &error);
  if (draft == NULL && error == NULL)
    {
      wait_until (self, g_get_monotonic_time () + PERIOD_US);
      return;
    }
  self->next_insert = g_get_monotonic_time () + PERIOD_US;
  if (draft != NULL)
    {
      begin_ahead (self, draft->until, counts->taken);
      if (write_draft (self, draft, &error))
        {
          self->n_failures = 0;
          return;
        }
      drop_ahead (self);
    }
  if (!g_cancellable_is_cancelled (self->cancellable))
    pause_after (self, error);
}

static void
forget_old (WeirClickhouseSink *self)
{
  Note note = { self, NULL, 0, FALSE };
  g_autoptr(GError) error = NULL;

  self->next_forget = g_get_monotonic_time () + FORGET_US;
  if (!run_in_store (self, move_kept_since, &note, &error) ||
      (note.is_due && !weir_clickhouse_writer_forget (self->writer, note.before, &error)))
    g_warning ("old events are not deleted now: %s", error->message);
}

/* Lets others' news have its effect here, and people's commands go to all. */
static void
share (WeirClickhouseSink    *self,
       const WeirStoreCounts *counts)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;
  gboolean is_quiet;

  if (counts->taken > counts->cursor)
    self->last_event = now;
  is_quiet = now - self->last_event > QUIET_US;
  if (now >= self->next_follow)
    {
      self->next_follow = now + PERIOD_US;
      if (weir_sharing_follow (self->sharing, self->cancellable, &error) &&
          counts->taken == counts->cursor)
        {
          g_mutex_lock (&self->mutex);
          set_healthy (self);
          g_mutex_unlock (&self->mutex);
        }
    }
  if (error == NULL)
    weir_sharing_run_words (self->sharing, is_quiet ? G_MAXUINT64 : counts->cursor, note_failure,
                            self, self->cancellable, &error);
  if (error != NULL && !g_cancellable_is_cancelled (self->cancellable))
    pause_after (self, error);
}

/* Waits until there is something to carry and it is time for it. */
static void
wait_for_events (WeirClickhouseSink *self,
                 WeirStoreCounts    *counts)
{
  gint64 now = g_get_monotonic_time ();

  weir_store_get_counts (WEIR_STORE (self->store), counts);
  if (counts->taken == counts->cursor)
    {
      wait_for_poke (self, now + PERIOD_US);
      weir_store_get_counts (WEIR_STORE (self->store), counts);
      if (counts->taken == counts->cursor)
        return;
      if (self->next_insert < now)
        wait_until (self, now + GATHER_US);
    }
  while (!is_stopping (self) && g_get_monotonic_time () < self->next_insert &&
         counts->taken - counts->cursor < BATCH_EVENTS)
    {
      wait_for_poke (self, self->next_insert);
      weir_store_get_counts (WEIR_STORE (self->store), counts);
    }
}

static gboolean
may_go_on (WeirClickhouseSink    *self,
           const WeirStoreCounts *counts)
{
  gboolean go_on;

  g_mutex_lock (&self->mutex);
  go_on = !self->is_stopping ||
          (counts->cursor < weir_journal_get_last_seq (self->journal) && self->status.healthy &&
           g_get_monotonic_time () < self->stop_deadline);
  g_mutex_unlock (&self->mutex);

  return go_on;
}

static gpointer
sink_thread (gpointer data)
{
  WeirClickhouseSink *self = data;
  WeirStoreCounts counts;

  g_main_context_push_thread_default (self->context);
  weir_store_get_counts (WEIR_STORE (self->store), &counts);
  while (may_go_on (self, &counts))
    {
      wait_for_events (self, &counts);
      if (counts.taken > counts.cursor)
        carry (self, &counts);
      weir_store_get_counts (WEIR_STORE (self->store), &counts);
      if (self->sharing != NULL && !is_stopping (self))
        share (self, &counts);
      if (g_get_monotonic_time () >= self->next_forget && !is_stopping (self))
        forget_old (self);
      weir_store_get_counts (WEIR_STORE (self->store), &counts);
    }
  g_main_context_pop_thread_default (self->context);
  drop_ahead (self);
  g_mutex_lock (&self->mutex);
  self->is_done = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/**
 * weir_clickhouse_sink_new:
 * @journal: where events come from
 * @store: what notes how far it is; open
 * @people: the sink of that store
 * @writer: (transfer full): what inserts them
 *
 * All but @writer must outlive the sink.
 *
 * Returns: (transfer full): a sink that does not run yet
 */
WeirClickhouseSink *
weir_clickhouse_sink_new (WeirJournal          *journal,
                          WeirClickhouseStore  *store,
                          WeirStoreSink        *people,
                          WeirClickhouseWriter *writer)
{
  WeirClickhouseSink *self = g_new0 (WeirClickhouseSink, 1);

  self->journal = journal;
  self->store = store;
  self->people = people;
  self->writer = writer;
  self->context = g_main_context_new ();
  self->cancellable = g_cancellable_new ();
  self->status.healthy = TRUE;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);

  return self;
}

/**
 * weir_clickhouse_sink_set_sharing:
 * @self: a sink that does not run yet
 * @sharing: (transfer full): what shares who is who with other collectors
 */
void
weir_clickhouse_sink_set_sharing (WeirClickhouseSink *self,
                                  WeirSharing        *sharing)
{
  g_return_if_fail (self->thread == NULL && self->sharing == NULL);

  self->sharing = sharing;
  weir_clickhouse_writer_set_refused (self->writer, weir_sharing_get_refused (sharing));
}

/**
 * weir_clickhouse_sink_get_sharing:
 * @self: a sink
 *
 * Returns: (transfer none) (nullable): what shares who is who; %NULL where nothing does
 */
WeirSharing *
weir_clickhouse_sink_get_sharing (WeirClickhouseSink *self)
{
  return self->sharing;
}

/**
 * weir_clickhouse_sink_start:
 * @self: a sink
 *
 * Starts its thread.
 */
void
weir_clickhouse_sink_start (WeirClickhouseSink *self)
{
  g_return_if_fail (self->thread == NULL);

  self->thread = g_thread_new ("weir-clickhouse", sink_thread, self);
}

/**
 * weir_clickhouse_sink_poke:
 * @sink: a sink
 *
 * Tells that the store of persons has something new. Any thread may.
 */
void
weir_clickhouse_sink_poke (gpointer sink)
{
  WeirClickhouseSink *self = sink;

  g_mutex_lock (&self->mutex);
  self->is_poked = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_clickhouse_sink_stop:
 * @self: a sink
 * @deadline: monotonic time, in microseconds
 *
 * Carries what waits, at most until @deadline, then ends the thread. To be called before the sink
 * of the store of persons is stopped.
 */
void
weir_clickhouse_sink_stop (WeirClickhouseSink *self,
                           gint64              deadline)
{
  g_autoptr(GError) error = g_error_new_literal (WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                                                 "the collector is shutting down");
  gboolean give_up;

  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  self->stop_deadline = deadline;
  g_cond_broadcast (&self->wake);
  /* One that does not answer is not waited for. */
  while (!self->is_done && self->status.healthy &&
         g_cond_wait_until (&self->wake, &self->mutex, deadline))
    ;
  give_up = !self->is_done;
  g_mutex_unlock (&self->mutex);
  if (give_up)
    g_cancellable_cancel (self->cancellable);
  g_thread_join (g_steal_pointer (&self->thread));
  if (self->sharing != NULL)
    weir_sharing_refuse (self->sharing, error, TRUE);
}

/**
 * weir_clickhouse_sink_free:
 * @self: (transfer full): a sink that does not run
 */
void
weir_clickhouse_sink_free (WeirClickhouseSink *self)
{
  g_return_if_fail (self->thread == NULL);

  weir_clickhouse_writer_free (self->writer);
  g_clear_pointer (&self->sharing, weir_sharing_free);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self);
}

/**
 * weir_clickhouse_sink_get_status:
 * @sink: a sink
 * @status: (out): how it is
 *
 * May be called from any thread.
 */
void
weir_clickhouse_sink_get_status (gpointer             sink,
                                 WeirStoreSinkStatus *status)
{
  WeirClickhouseSink *self = sink;
  WeirJournalStatus journal;

  weir_journal_get_status (self->journal, &journal);
  g_mutex_lock (&self->mutex);
  *status = self->status;
  g_mutex_unlock (&self->mutex);
  status->lag = journal.oldest > 0 ? MAX (g_get_real_time () - journal.oldest, 0) : 0;
}
