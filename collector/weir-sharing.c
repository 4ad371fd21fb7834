/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sharing.h"

#include "weir-error.h"
#include "weir-identity-commands.h"
#include "weir-sqlite-shared.h"

/*
 * An event's row carries the number of its identity, so the row waits until the log has given one.
 * What is news in a batch is added to the log; then the log is read and applied until all of it is
 * behind us, and whatever others have said before it too. That is when the rows are made.
 *
 * What was added by a process that was killed, or without hearing that it was, is asked for before
 * anything more is added.
 */

#define LOOK_US   (20 * G_TIME_SPAN_MILLISECOND)
#define MAX_WORDS 256

/* Finding what is news keeps the thread of the store from other work. */
#define STEP_EVENTS 32768

struct _WeirSharing {
  WeirSharingParts parts;
  WeirSharedLog *log;
  char *instance;
  WeirSharedPlace place;    /* what was applied; written in the store's thread, while we wait */
  gboolean is_settled;      /* what was said before is known */
  GHashTable *present;      /* of seqs that are in the log already */
  GHashTable *refused;      /* seq → WeirClickhouseRefusal: what it does not take */
  guint64 told;             /* the news up to this seq is in the log */
  gboolean has_erasure;     /* events of somebody who was deleted may still be there */
  gboolean has_group;       /* the relay knows who shares the tables */
  guint64 last_word;

  GMutex mutex;
  GQueue words;             /* of Word */
  gboolean is_closed;
};

/* A command of somebody, and what became of it. */
typedef struct {
  WeirSharedEntry *entry;
  guint64 after;            /* not before everything up to this seq is there */
  GTask *task;
  gboolean is_applied;
  gint64 edge;
  gboolean has_erasure;
  WeirIdentityErasure erasure;
  GError *error;
} Word;

/* What the store's thread is asked to do. */
typedef struct {
  WeirSharing *sharing;
  GPtrArray *batches;
  guint64 after;
  guint64 until;
  GPtrArray *entries;
  Word *word;
  GArray *identities;
  GPtrArray *ids;
  gint64 stamp;
} Job;

static void
word_free (Word *word)
{
  weir_shared_entry_free (word->entry);
  g_clear_object (&word->task);
  g_clear_error (&word->error);
  g_free (word);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Word, word_free)

static void
refusal_free (gpointer data)
{
  WeirClickhouseRefusal *refusal = data;

  g_free (refusal->message);
  g_free (refusal);
}

static GBytes *
done (void)
{
  return g_bytes_new_static ("", 0);
}

static gboolean
run (WeirSharing    *self,
     WeirStoreFunc   func,
     Job            *job,
     GError        **error)
{
  g_autoptr(GBytes) answer = NULL;

  job->sharing = self;
  answer = weir_store_sink_run_now (self->parts.people, func, job, error);

  return answer != NULL;
}

/**
 * weir_sharing_new:
 * @parts: what it works with
 * @log: (transfer full): the log
 *
 * Before the store's thread runs.
 *
 * Returns: (transfer full): what shares
 */
WeirSharing *
weir_sharing_new (const WeirSharingParts *parts,
                  WeirSharedLog          *log)
{
  WeirSharing *self = g_new0 (WeirSharing, 1);

  self->parts = *parts;
  self->log = log;
  self->instance = g_strdup (weir_journal_get_instance (parts->journal));
  self->present = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->refused = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, refusal_free);
  self->has_erasure = TRUE;
  weir_sqlite_shared_get_place (WEIR_SQLITE_STORE (parts->store), &self->place);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->words);

  return self;
}

/**
 * weir_sharing_free:
 * @self: (transfer full): what shares; nothing uses it any more
 */
void
weir_sharing_free (WeirSharing *self)
{
  g_queue_clear_full (&self->words, (GDestroyNotify) word_free);
  weir_shared_log_free (self->log);
  weir_shared_place_clear (&self->place);
  g_hash_table_unref (self->present);
  g_hash_table_unref (self->refused);
  g_mutex_clear (&self->mutex);
  g_free (self->instance);
  g_free (self);
}

/* In the store's thread. */
static GBytes *
find_news (WeirStore  *store,
           gpointer    data,
           GError    **error)
{
  Job *job = data;
  WeirSharing *self = job->sharing;

  job->entries = weir_sqlite_shared_find_news (WEIR_SQLITE_STORE (store), job->batches, job->after,
                                               job->until, self->present, self->refused, error);
  return job->entries != NULL ? done () : NULL;
}

/* Somebody was deleted here: nothing may keep it, as where nothing is shared. */
static void
forget_person (WeirSharing              *self,
               const WeirErasureReceipt *receipt,
               WeirIdentityErasure      *erasure)
{
  WeirIdentityTraces traces = { self->parts.journal, self->parts.hub, self->parts.rejections,
                                self->parts.relay };
  g_autoptr(GError) error = NULL;

  self->has_erasure = TRUE;
  if (!weir_identity_erase_traces (&traces, receipt, erasure, &error))
    g_warning ("a person that was deleted may still be in the journal: %s", error->message);
}

static void
take_outcome (const WeirSharedOutcome *outcome,
              gpointer                 user_data)
{
  Job *job = user_data;
  Word *word = job->word;
  const WeirSharedPlace *place = &outcome->entry->place;
  WeirIdentityErasure erasure = { 0 };

  if (outcome->receipt != NULL)
    forget_person (job->sharing, outcome->receipt, &erasure);
  if (word == NULL || place->n != word->entry->place.n ||
      !g_str_equal (place->collector, job->sharing->instance))
    return;
  word->is_applied = TRUE;
  word->edge = outcome->edge;
  word->has_erasure = outcome->receipt != NULL;
  word->erasure = erasure;
  if (outcome->error != NULL)
    word->error = g_error_copy (outcome->error);
}

/* In the store's thread. */
static GBytes *
apply (WeirStore  *store,
       gpointer    data,
       GError    **error)
{
  Job *job = data;
  gboolean ok = weir_sqlite_shared_apply (WEIR_SQLITE_STORE (store), job->entries, take_outcome,
                                          job, error);

  weir_sqlite_shared_get_place (WEIR_SQLITE_STORE (store), &job->sharing->place);
  return ok ? done () : NULL;
}

/* Reads and applies once; @until is 0 while there is more. */
static gboolean
read_on (WeirSharing   *self,
         Word          *word,
         gint64        *until,
         GCancellable  *cancellable,
         GError       **error)
{
  g_autoptr(GPtrArray) entries =
    weir_shared_log_read (self->log, &self->place, until, cancellable, error);
  Job job = { .entries = entries, .word = word };

  return entries != NULL && (entries->len == 0 || run (self, apply, &job, error));
}

/* Until what was added before @added has had its effect here. */
static gboolean
reach (WeirSharing   *self,
       Word          *word,
       gint64         added,
       GCancellable  *cancellable,
       GError       **error)
{
  gint64 until = 0;

  while (until < added)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !read_on (self, word, &until, cancellable, error))
        return FALSE;
      if (until > 0 && until < added)
        g_usleep (LOOK_US);
    }
  return TRUE;
}

/* What is in the log is not said again, so it is to have had its effect like what is said. */
static gboolean
settle (WeirSharing   *self,
        guint64        after,
        GCancellable  *cancellable,
        GError       **error)
{
  GHashTable *present;
  gint64 added;

  if (self->is_settled)
    return TRUE;
  present = weir_shared_log_find_own (self->log, after, &added, cancellable, error);
  if (present == NULL)
    return FALSE;
  g_hash_table_unref (self->present);
  self->present = present;
  self->is_settled = reach (self, NULL, added, cancellable, error);
  return self->is_settled;
}

/* Says news once. What is refused is left out the next time, and what it would have told may be
 * told by another event. */
static gboolean
say_news (WeirSharing             *self,
          GPtrArray               *news,
          WeirClickhouseNoteFunc   note,
          gpointer                 note_data,
          GCancellable            *cancellable,
          gint64                  *added,
          GError                 **error)
{
  g_autoptr(GArray) refusals = weir_shared_log_add (self->log, news, note, note_data, cancellable,
                                                    added, error);

  if (refusals == NULL)
    return FALSE;
  for (guint i = 0; i < refusals->len; i++)
    {
      const WeirClickhouseRefusal *refusal = &g_array_index (refusals, WeirClickhouseRefusal, i);
      const WeirSharedEntry *entry = g_ptr_array_index (news, refusal->row);
      WeirClickhouseRefusal *copy = g_memdup2 (refusal, sizeof *refusal);

      copy->message = g_strdup (refusal->message);
      g_hash_table_insert (self->refused, g_memdup2 (&entry->place.seq, sizeof (guint64)), copy);
    }
  for (guint i = 0; i < news->len; i++)
    {
      const WeirSharedEntry *entry = g_ptr_array_index (news, i);

      if (!g_hash_table_contains (self->refused, &entry->place.seq))
        g_hash_table_add (self->present, g_memdup2 (&entry->place.seq, sizeof (guint64)));
    }
  return TRUE;
}

static gboolean
tell (WeirSharing             *self,
      GPtrArray               *batches,
      guint64                  after,
      guint64                  until,
      WeirClickhouseNoteFunc   note,
      gpointer                 note_data,
      GCancellable            *cancellable,
      GError                 **error)
{
  guint n_refused;

  if (!settle (self, after, cancellable, error))
    return FALSE;
  do
    {
      Job job = { .batches = batches, .after = MAX (after, self->told), .until = until };
      g_autoptr(GPtrArray) news = NULL;
      gint64 added;

      n_refused = g_hash_table_size (self->refused);
      if (!run (self, find_news, &job, error))
        return FALSE;
      news = job.entries;
      if (news->len > 0 &&
          (!say_news (self, news, note, note_data, cancellable, &added, error) ||
           !reach (self, NULL, added, cancellable, error)))
        return FALSE;
    }
  while (g_hash_table_size (self->refused) > n_refused);
  return TRUE;
}

static gboolean
is_up_to (gpointer key,
          gpointer value,
          gpointer user_data)
{
  return *(guint64 *) key <= *(guint64 *) user_data;
}

/**
 * weir_sharing_tell:
 * @self: what shares
 * @batches: (element-type WeirEventBatch): events, in order
 * @after: those up to this seq are stored
 * @until: those up to this one are to be
 * @note: (nullable): is told of failures
 * @note_data: for @note
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Tells the log what is news in events, and waits until it has had its effect here.
 *
 * Returns: whether it is known whose the events are; otherwise to be called again
 */
gboolean
weir_sharing_tell (WeirSharing             *self,
                   GPtrArray               *batches,
                   guint64                  after,
                   guint64                  until,
                   WeirClickhouseNoteFunc   note,
                   gpointer                 note_data,
                   GCancellable            *cancellable,
                   GError                 **error)
{
  g_hash_table_foreach_remove (self->refused, is_up_to, &after);
  g_hash_table_foreach_remove (self->present, is_up_to, &after);
  for (guint64 next = MAX (after, self->told); next < until;)
    {
      next = MIN (next + STEP_EVENTS, until);
      if (!tell (self, batches, after, next, note, note_data, cancellable, error))
        {
          self->is_settled = FALSE;
          return FALSE;
        }
      self->told = next;
    }
  return TRUE;
}

/**
 * weir_sharing_get_refused:
 * @self: what shares
 *
 * Returns: (transfer none) (element-type guint64 WeirClickhouseRefusal): the events of the last
 *   batch that the log refuses for good, by seq
 */
GHashTable *
weir_sharing_get_refused (WeirSharing *self)
{
  return self->refused;
}

/* In the store's thread. */
static GBytes *
read_erasure (WeirStore  *store,
              gpointer    data,
              GError    **error)
{
  Job *job = data;

  return weir_sqlite_shared_read_erasure (WEIR_SQLITE_STORE (store), job->identities, job->ids,
                                          &job->stamp, error) ? done () : NULL;
}

/* In the store's thread. */
static GBytes *
forget_erasure (WeirStore  *store,
                gpointer    data,
                GError    **error)
{
  Job *job = data;

  return weir_sqlite_shared_forget_erasure (WEIR_SQLITE_STORE (store), job->identities, error)
           ? done () : NULL;
}

/* Deletes events of who was deleted. Each collector does, since rows of its own may have come
 * after another has done it. */
static gboolean
erase (WeirSharing  *self,
       Word         *word,
       GError      **error)
{
  while (self->has_erasure)
    {
      g_autoptr(GArray) identities = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
      Job job = { .identities = identities, .ids = ids };
      guint64 n_before, n_after;

      if (!run (self, read_erasure, &job, error))
        return FALSE;
      self->has_erasure = identities->len > 0;
      if (!self->has_erasure)
        break;
      if (!weir_shared_log_erase (self->log, identities, ids, job.stamp, &n_before, &n_after,
                                  error) ||
          !run (self, forget_erasure, &job, error))
        return FALSE;
      if (word != NULL)
        {
          word->erasure.before.events += n_before;
          word->erasure.after.events += n_after;
        }
    }
  return TRUE;
}

/* Once: what collectors of other tables tell does not stand for events of these. */
static gboolean
introduce (WeirSharing   *self,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autofree char *group = NULL;

  if (self->has_group || self->parts.relay == NULL)
    return TRUE;
  group = weir_shared_log_find_group (self->log, cancellable, error);
  if (group == NULL)
    return FALSE;
  self->has_group = *group != '\0';
  weir_relay_set_group (self->parts.relay, group);
  return TRUE;
}

/**
 * weir_sharing_follow:
 * @self: what shares
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Lets what others have said meanwhile have its effect here.
 *
 * Returns: whether that could be read and applied
 */
gboolean
weir_sharing_follow (WeirSharing   *self,
                     GCancellable  *cancellable,
                     GError       **error)
{
  gint64 until = 0;

  while (until == 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !read_on (self, NULL, &until, cancellable, error))
        return FALSE;
    }
  return introduce (self, cancellable, error) && erase (self, NULL, error);
}

static Word *
pop_word (WeirSharing *self,
          guint64      cursor)
{
  Word *word;

  g_mutex_lock (&self->mutex);
  word = g_queue_peek_head (&self->words);
  if (word != NULL && word->after <= cursor)
    g_queue_pop_head (&self->words);
  else
    word = NULL;
  g_mutex_unlock (&self->mutex);

  return word;
}

static GBytes *
format_answer (WeirSharing *self,
               Word        *word)
{
  WeirPersonId person = { 0 };
  WeirStoreCounts counts;

  if (word->entry->person != NULL)
    weir_person_id_parse (&person, word->entry->person);
  switch (word->entry->kind)
    {
    case WEIR_SHARED_MERGE:
      return weir_identity_format_merge (&person, word->edge);

    case WEIR_SHARED_DELETE:
      weir_store_get_counts (WEIR_STORE (self->parts.store), &counts);
      return weir_identity_format_erasure (&person, &word->erasure, counts.cursor);

    case WEIR_SHARED_NEWS:
    case WEIR_SHARED_VOID:
    case WEIR_SHARED_RESTORE:
    default:
      return weir_identity_format_voided (word->edge, word->entry->kind == WEIR_SHARED_VOID);
    }
}

static void
answer (WeirSharing *self,
        Word        *word)
{
  if (word->error != NULL)
    g_task_return_error (word->task, g_steal_pointer (&word->error));
  else
    g_task_return_pointer (word->task, format_answer (self, word),
                           (GDestroyNotify) g_bytes_unref);
}

/* A command is not tried again: somebody waits for the answer. */
typedef struct {
  WeirClickhouseNoteFunc note;
  gpointer note_data;
  GCancellable *cancellable;
  char *message;
} Attempt;

static void
give_up (const char *message,
         gint64      pause,
         gpointer    user_data)
{
  Attempt *attempt = user_data;

  if (attempt->note != NULL)
    attempt->note (message, pause, attempt->note_data);
  if (attempt->message == NULL)
    attempt->message = g_strdup (message);
  g_cancellable_cancel (attempt->cancellable);
}

static GArray *
add_word (WeirSharing             *self,
          Word                    *word,
          WeirClickhouseNoteFunc   note,
          gpointer                 note_data,
          gint64                  *added,
          GError                 **error)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) local = NULL;
  Attempt attempt = { note, note_data, cancellable, NULL };
  GArray *refusals;

  g_ptr_array_add (entries, word->entry);
  refusals = weir_shared_log_add (self->log, entries, give_up, &attempt, cancellable, added,
                                  &local);
  if (attempt.message != NULL && refusals == NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                 "ClickHouse: %s; it may be done nevertheless", attempt.message);
  else if (refusals == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  g_free (attempt.message);

  return refusals;
}

static gboolean
run_word (WeirSharing             *self,
          Word                    *word,
          WeirClickhouseNoteFunc   note,
          gpointer                 note_data,
          GCancellable            *cancellable,
          GError                 **error)
{
  g_autoptr(GArray) refusals = NULL;
  gint64 added;

  word->entry->place.seq = word->after;
  word->entry->place.n = self->last_word = MAX (self->last_word + 1, (guint64) g_get_real_time ());
  refusals = add_word (self, word, note, note_data, &added, error);
  if (refusals == NULL || !reach (self, word, added, cancellable, error))
    return FALSE;
  if (!word->is_applied && word->error == NULL)
    g_set_error_literal (&word->error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                         "ClickHouse does not take this");
  return !word->has_erasure || erase (self, word, error);
}

/**
 * weir_sharing_run_words:
 * @self: what shares
 * @cursor: events up to this seq are there
 * @note: (nullable): is told of failures
 * @note_data: for @note
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Has commands go the way of the log that wait for no more events, and answers them.
 *
 * Returns: whether all went; one that did not was answered with the error, and may have its effect
 *   nevertheless
 */
gboolean
weir_sharing_run_words (WeirSharing             *self,
                        guint64                  cursor,
                        WeirClickhouseNoteFunc   note,
                        gpointer                 note_data,
                        GCancellable            *cancellable,
                        GError                 **error)
{
  for (;;)
    {
      g_autoptr(Word) word = pop_word (self, cursor);
      g_autoptr(GError) local = NULL;

      if (word == NULL)
        return TRUE;
      if (run_word (self, word, note, note_data, cancellable, &local))
        {
          answer (self, word);
          continue;
        }
      g_task_return_error (word->task, g_error_copy (local));
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
}

/**
 * weir_sharing_refuse:
 * @self: what shares
 * @error: why
 * @for_good: whether no more commands are to be taken
 *
 * Ends the commands that wait. Any thread may.
 */
void
weir_sharing_refuse (WeirSharing  *self,
                     const GError *error,
                     gboolean      for_good)
{
  Word *word;

  g_mutex_lock (&self->mutex);
  self->is_closed |= for_good;
  g_mutex_unlock (&self->mutex);
  while ((word = pop_word (self, G_MAXUINT64)) != NULL)
    {
      g_task_return_error (word->task, g_error_copy (error));
      word_free (word);
    }
}

/**
 * weir_sharing_say_async:
 * @self: what shares
 * @entry: (transfer full): a command
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Has a command take its effect in all collectors, behind everything that was accepted here before.
 * Any thread may ask.
 */
void
weir_sharing_say_async (WeirSharing         *self,
                        WeirSharedEntry     *entry,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  Word *word = g_new0 (Word, 1);
  gboolean is_taken;

  word->entry = entry;
  word->after = weir_journal_get_last_seq (self->parts.journal);
  word->task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (word->task, weir_sharing_say_async);
  entry->event.timestamp = entry->event.received = g_get_real_time ();

  g_mutex_lock (&self->mutex);
  is_taken = !self->is_closed && self->words.length < MAX_WORDS;
  if (is_taken)
    g_queue_push_tail (&self->words, word);
  g_mutex_unlock (&self->mutex);
  if (is_taken)
    return;
  g_task_return_new_error (word->task, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "the store takes no commands now");
  word_free (word);
}

/**
 * weir_sharing_say_finish:
 * @self: what shares
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what became of the command, as JSON; or %NULL with its error
 */
GBytes *
weir_sharing_say_finish (WeirSharing   *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
