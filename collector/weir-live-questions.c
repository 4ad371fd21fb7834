/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-questions.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weir-error.h"
#include "weir-live-answer.h"
#include "weir-reader.h"

/*
 * Rounds begin at least ROUND_US apart; the first after a quiet time begins at once. In a round all
 * questions are brought to the same moment of the store.
 */

#define NICE          5
#define ROUND_US      G_USEC_PER_SEC
#define ASK_US        (15 * G_USEC_PER_SEC)
#define FORGET_US     (60 * G_USEC_PER_SEC)
#define MAX_QUESTIONS 64

struct _WeirLiveQuestions {
  WeirLiveHub *hub;
  WeirReader *reader;
  GThread *thread;

  GMutex mutex;
  GCond wake;
  GHashTable *answers;      /* id → WeirLiveAnswer */
  gboolean is_poked;
  gboolean is_stopping;
};

/* The answers as they are now; more may be added while they are worked on. */
static GPtrArray *
ref_answers (WeirLiveQuestions *self)
{
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_live_answer_unref);
  GHashTableIter iter;
  gpointer answer;

  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->answers);
  while (g_hash_table_iter_next (&iter, NULL, &answer))
    g_ptr_array_add (answers, weir_live_answer_ref (answer));
  g_mutex_unlock (&self->mutex);

  return answers;
}

static void
send (WeirLiveQuestions *self,
      WeirLiveAnswer    *answer)
{
  g_autoptr(GBytes) message = weir_live_answer_dup_message (answer);

  weir_live_hub_send_query (self->hub, weir_live_answer_get_id (answer), message,
                            weir_live_answer_note_heard, weir_live_answer_ref (answer),
                            (GDestroyNotify) weir_live_answer_unref);
}

static void
report (WeirLiveQuestions *self,
        GPtrArray         *answers,
        const GError      *error)
{
  for (guint i = 0; i < answers->len; i++)
    {
      WeirLiveAnswer *answer = g_ptr_array_index (answers, i);

      if (weir_live_answer_fail (answer, error))
        send (self, answer);
    }
}

/* Brings all answers to one moment. */
static void
run_round (WeirLiveQuestions *self,
           GPtrArray         *answers)
{
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (WeirPersonChange));
  g_autoptr(GError) error = NULL;
  gint64 now = g_get_real_time ();

  if (!weir_reader_begin_with_changes (self->reader, NULL, changes, &error))
    {
      report (self, answers, error);
      return;
    }
  for (guint i = 0; i < answers->len; i++)
    {
      WeirLiveAnswer *answer = g_ptr_array_index (answers, i);

      gboolean is_asked = weir_live_answer_take_resend (answer);

      if (weir_live_answer_update (answer, self->reader, changes, now) || is_asked)
        send (self, answer);
    }
  weir_reader_end (self->reader);
}

/* Forgets what nobody listens to. */
static void
forget_unheard (WeirLiveQuestions *self,
                GPtrArray         *answers)
{
  gint64 limit = g_get_monotonic_time () - FORGET_US;

  for (guint i = 0; i < answers->len; i++)
    {
      WeirLiveAnswer *answer = g_ptr_array_index (answers, i);

      weir_live_hub_send_query (self->hub, weir_live_answer_get_id (answer), NULL,
                                weir_live_answer_note_heard, weir_live_answer_ref (answer),
                                (GDestroyNotify) weir_live_answer_unref);
      if (weir_live_answer_get_last_heard (answer) >= limit)
        continue;
      g_mutex_lock (&self->mutex);
      g_hash_table_remove (self->answers, weir_live_answer_get_id (answer));
      g_mutex_unlock (&self->mutex);
    }
}

/* Waits until there is something to do. */
static gboolean
wait_for_work (WeirLiveQuestions *self,
               gint64             earliest)
{
  gboolean go_on;

  g_mutex_lock (&self->mutex);
  while (!self->is_stopping && (!self->is_poked || g_hash_table_size (self->answers) == 0))
    {
      /* Relative ranges move on by themselves. */
      if (g_hash_table_size (self->answers) == 0)
        g_cond_wait (&self->wake, &self->mutex);
      else if (!g_cond_wait_until (&self->wake, &self->mutex, g_get_monotonic_time () + ROUND_US))
        break;
    }
  while (!self->is_stopping && g_get_monotonic_time () < earliest)
    g_cond_wait_until (&self->wake, &self->mutex, earliest);
  self->is_poked = FALSE;
  go_on = !self->is_stopping;
  g_mutex_unlock (&self->mutex);

  return go_on;
}

static gpointer
questions_thread (gpointer data)
{
  WeirLiveQuestions *self = data;
  gint64 last_round = 0;
  gint64 last_asked = 0;

  /* Showing what happens may not slow down taking it in. */
  if (setpriority (PRIO_PROCESS, (id_t) gettid (), NICE) < 0)
    g_debug ("the live questions run with the priority of the others");

  while (wait_for_work (self, last_round + ROUND_US))
    {
      g_autoptr(GPtrArray) answers = ref_answers (self);

      last_round = g_get_monotonic_time ();
      run_round (self, answers);
      if (last_round - last_asked < ASK_US)
        continue;
      last_asked = last_round;
      forget_unheard (self, answers);
    }

  return NULL;
}

/**
 * weir_live_questions_new:
 * @path: the store's file
 * @immutable: nobody writes the file
 * @clickhouse: (nullable): where the events are, if not in the file
 * @hub: where answers are sent; must outlive the questions
 *
 * Returns: (transfer full): no questions yet; its thread runs
 */
WeirLiveQuestions *
weir_live_questions_new (const char  *path,
                         gboolean     immutable,
                         WeirClickhouseAddress *clickhouse,
                         WeirLiveHub *hub)
{
  WeirLiveQuestions *self = g_new0 (WeirLiveQuestions, 1);

  self->hub = hub;
  self->reader = weir_reader_new (path, immutable);
  weir_reader_set_clickhouse (self->reader, clickhouse);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) weir_live_answer_unref);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("weir-live-questions", questions_thread, self);

  return self;
}

/**
 * weir_live_questions_free:
 * @self: (transfer full): the questions
 *
 * Waits for the round that runs, if one does.
 */
void
weir_live_questions_free (WeirLiveQuestions *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);

  g_hash_table_unref (self->answers);
  weir_reader_free (self->reader);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self);
}

/**
 * weir_live_questions_add:
 * @self: the questions
 * @question: what to keep answered
 * @json: the question as it was asked; the same text is the same question
 * @length: its length in bytes
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the id to subscribe to; it is kept for a minute without a
 *   subscriber. %NULL with %WEIR_ERROR_RATE_LIMITED when there are too many
 */
char *
weir_live_questions_add (WeirLiveQuestions  *self,
                         WeirQuestion       *question,
                         const char         *json,
                         gsize               length,
                         GError            **error)
{
  g_autofree char *digest =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) json, length);
  WeirLiveAnswer *answer;
  gboolean ok = TRUE;

  digest[32] = '\0';
  g_mutex_lock (&self->mutex);
  answer = g_hash_table_lookup (self->answers, digest);
  if (answer != NULL)
    {
      weir_live_answer_note_heard (1, answer);
    }
  else if (g_hash_table_size (self->answers) >= MAX_QUESTIONS)
    {
      ok = FALSE;
    }
  else
    {
      answer = weir_live_answer_new (digest, question);
      g_hash_table_insert (self->answers, (char *) weir_live_answer_get_id (answer), answer);
      self->is_poked = TRUE;
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->mutex);

  if (ok)
    return g_steal_pointer (&digest);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_RATE_LIMITED,
               "%d questions are kept live already; one is forgotten a minute after its last "
               "subscriber left", MAX_QUESTIONS);
  return NULL;
}

/**
 * weir_live_questions_has:
 * @self: the questions
 * @id: an id
 *
 * Returns: whether a question of this id is kept answered
 */
gboolean
weir_live_questions_has (WeirLiveQuestions *self,
                         const char        *id)
{
  gboolean is_known;

  g_mutex_lock (&self->mutex);
  is_known = g_hash_table_contains (self->answers, id);
  g_mutex_unlock (&self->mutex);

  return is_known;
}

/**
 * weir_live_questions_resend:
 * @self: the questions
 * @id: id of a question that somebody just subscribed to
 *
 * Sends the newest answer again.
 */
void
weir_live_questions_resend (WeirLiveQuestions *self,
                            const char        *id)
{
  WeirLiveAnswer *answer;

  g_mutex_lock (&self->mutex);
  answer = g_hash_table_lookup (self->answers, id);
  if (answer != NULL)
    {
      weir_live_answer_note_heard (1, answer);
      weir_live_answer_ask_resend (answer);
      self->is_poked = TRUE;
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_live_questions_poke:
 * @self: the questions
 *
 * Tells that the store has something new.
 */
void
weir_live_questions_poke (WeirLiveQuestions *self)
{
  g_mutex_lock (&self->mutex);
  self->is_poked = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}
