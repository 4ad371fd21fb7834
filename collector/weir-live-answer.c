/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-answer.h"

#include <string.h>

#include "weir-answer.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sqlite-scan.h"
#include "weir-sse-encoder.h"

/*
 * An answer is read from the whole store once, and then only told what is new. It is made anew when
 * it could not follow: when what changed about persons is no longer known, when events were deleted
 * by age, when a saved cohort is another, or when the answer itself says so, since it looks at
 * properties of persons and these changed. Making anew costs what a query costs, so it is done at
 * most for a tenth of the time.
 */

#define REMAKE_SHARE 10

/* Rows of other collectors have no place among ours, so nobody can follow them. */
#define SHARED_US    (2 * G_TIME_SPAN_SECOND)

struct _WeirLiveAnswer {
  gatomicrefcount references;
  char *id;
  WeirQuestion *question;

  WeirAnswer *answer;        /* NULL when it has to be made */
  WeirSqliteScan *scan;
  guint64 as_of;
  gint64 kept_since;
  gint64 cohorts_version;
  gboolean is_relative;      /* the clock alone changes it */
  gint64 remake_after;       /* monotonic */
  GString *message;

  gint64 last_heard;         /* monotonic; atomic by the lock */
  gboolean wants_resend;
  GMutex mutex;
};

/**
 * weir_live_answer_new:
 * @id: what it is called on the stream
 * @question: what to answer
 *
 * Returns: (transfer full): an answer that knows nothing yet
 */
WeirLiveAnswer *
weir_live_answer_new (const char   *id,
                      WeirQuestion *question)
{
  WeirLiveAnswer *self = g_new0 (WeirLiveAnswer, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->id = g_strdup (id);
  self->question = g_object_ref (question);
  self->message = g_string_new (NULL);
  self->last_heard = g_get_monotonic_time ();

  return self;
}

/**
 * weir_live_answer_ref:
 * @self: an answer
 *
 * Returns: (transfer full): @self
 */
WeirLiveAnswer *
weir_live_answer_ref (WeirLiveAnswer *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

/**
 * weir_live_answer_unref:
 * @self: (transfer full): an answer
 */
void
weir_live_answer_unref (WeirLiveAnswer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_clear_pointer (&self->scan, weir_sqlite_scan_free);
  g_clear_object (&self->answer);
  g_object_unref (self->question);
  g_string_free (self->message, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self->id);
  g_free (self);
}

/**
 * weir_live_answer_get_id:
 * @self: an answer
 *
 * Returns: (transfer none): what it is called on the stream
 */
const char *
weir_live_answer_get_id (WeirLiveAnswer *self)
{
  return self->id;
}

static void
forget (WeirLiveAnswer *self)
{
  g_clear_pointer (&self->scan, weir_sqlite_scan_free);
  g_clear_object (&self->answer);
}

static gboolean
remake (WeirLiveAnswer  *self,
        WeirReader      *reader,
        gint64           now,
        GError         **error)
{
  gint64 start = g_get_monotonic_time ();

  self->answer =
      weir_question_answer (self->question, WEIR_PEOPLE (weir_reader_get_people (reader)), now,
                            error);
  if (self->answer == NULL)
    return FALSE;
  /* Retention marks what is incomplete, cohorts may say “within”. */
  self->is_relative = weir_question_get_range (self->question)->last > 0 ||
                      g_str_equal (weir_question_get_kind (self->question), "retention") ||
                      g_str_equal (weir_question_get_kind (self->question), "cohort");
  self->scan = weir_sqlite_scan_new (reader, self->answer);
  if (!weir_sqlite_scan_run (self->scan, error))
    return FALSE;
  self->remake_after = g_get_monotonic_time () +
                       (g_get_monotonic_time () - start) * REMAKE_SHARE;
  if (weir_reader_is_shared (reader))
    self->remake_after = MAX (self->remake_after, start + SHARED_US);

  return TRUE;
}

static gboolean
may_remake (WeirLiveAnswer *self)
{
  return g_get_monotonic_time () >= self->remake_after;
}

static gboolean
follow (WeirLiveAnswer  *self,
        WeirReader      *reader,
        GArray          *changes,
        guint64          as_of,
        gint64           now,
        GError         **error)
{
  weir_answer_change (self->answer, (const WeirPersonChange *) changes->data, changes->len);
  weir_answer_advance (self->answer, now);
  if (weir_answer_needs_reload (self->answer))
    {
      forget (self);
      return may_remake (self) ? remake (self, reader, now, error) : TRUE;
    }

  return weir_sqlite_scan_run_new (self->scan, self->as_of, as_of, error);
}

/* Whether what changed is more than an answer can follow. */
static gboolean
must_remake (WeirLiveAnswer *self,
             WeirReader     *reader,
             GArray         *changes)
{
  if (self->answer == NULL || weir_reader_get_kept_since (reader) != self->kept_since ||
      weir_reader_get_cohorts_version (reader) != self->cohorts_version)
    return TRUE;
  return changes->len > 0 && g_array_index (changes, WeirPersonChange, 0).identity == 0;
}

static gboolean
write_result (WeirLiveAnswer  *self,
              guint64          as_of,
              GString         *message,
              GError         **error)
{
  g_string_append_printf (message,
                          "{\"id\":\"%s\",\"result\":{\"kind\":\"%s\",\"as_of\":%" G_GUINT64_FORMAT
                          ",",
                          self->id, weir_question_get_kind (self->question), as_of);
  if (!weir_answer_write (self->answer, message, error))
    return FALSE;
  g_string_append (message, "}}");

  return TRUE;
}

/* Returns whether it is another message than the last one. */
static gboolean
take_message (WeirLiveAnswer *self,
              GString        *message)
{
  gboolean is_new = !g_string_equal (message, self->message);

  g_string_assign (self->message, message->str);

  return is_new;
}

/**
 * weir_live_answer_update:
 * @self: an answer
 * @reader: a reader that has begun
 * @changes: (element-type Weir.PersonChange): who is somebody else since the last update
 * @now: microseconds since the epoch
 *
 * Brings the answer to the reader's moment.
 *
 * Returns: whether there is something new to send
 */
gboolean
weir_live_answer_update (WeirLiveAnswer *self,
                         WeirReader     *reader,
                         GArray         *changes,
                         gint64          now)
{
  guint64 as_of = weir_reader_get_as_of (reader);
  g_autoptr(GString) message = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  gboolean ok;

  if (self->answer != NULL && weir_reader_is_shared (reader))
    {
      if (!may_remake (self))
        return FALSE;
      forget (self);
    }
  else if (must_remake (self, reader, changes))
    forget (self);
  else if (as_of == self->as_of && changes->len == 0 &&
           !self->is_relative)
    return FALSE;
  if (self->answer == NULL && !may_remake (self))
    return FALSE;

  self->kept_since = weir_reader_get_kept_since (reader);
  self->cohorts_version = weir_reader_get_cohorts_version (reader);
  if (self->answer == NULL)
    ok = remake (self, reader, now, &error);
  else
    ok = follow (self, reader, changes, as_of, now, &error);
  self->as_of = as_of;
  if (ok && self->answer == NULL)
    return FALSE;
  if (ok && write_result (self, as_of, message, &error))
    return take_message (self, message);

  forget (self);
  return weir_live_answer_fail (self, error);
}

/**
 * weir_live_answer_is_current:
 * @self: an answer that was updated
 *
 * Returns: whether its message is of the moment of the last update; else it waits for its turn to
 *   be made anew
 */
gboolean
weir_live_answer_is_current (WeirLiveAnswer *self)
{
  return self->answer != NULL;
}

/**
 * weir_live_answer_fail:
 * @self: an answer
 * @error: why it could not be brought up to date
 *
 * Makes the message one that says so.
 *
 * Returns: whether there is something new to send
 */
gboolean
weir_live_answer_fail (WeirLiveAnswer *self,
                       const GError   *error)
{
  g_autoptr(GString) message = g_string_new (NULL);
  g_autofree char *json = weir_error_to_json (error);

  /* The shape of errors is an object with one member, `error`. */
  g_string_append_printf (message, "{\"id\":\"%s\",%s", self->id, json + 1);

  return take_message (self, message);
}

/**
 * weir_live_answer_dup_message:
 * @self: an answer
 *
 * Returns: (transfer full): the newest answer as a message of the stream
 */
GBytes *
weir_live_answer_dup_message (WeirLiveAnswer *self)
{
  g_autoptr(GString) out = g_string_new (NULL);

  weir_sse_append_message (out, "query", NULL, self->message->str, self->message->len);

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/**
 * weir_live_answer_note_heard:
 * @n_clients: how many clients listen
 * @self: an answer
 *
 * Any thread may call.
 */
void
weir_live_answer_note_heard (guint    n_clients,
                             gpointer self)
{
  WeirLiveAnswer *answer = self;

  if (n_clients == 0)
    return;
  g_mutex_lock (&answer->mutex);
  answer->last_heard = g_get_monotonic_time ();
  g_mutex_unlock (&answer->mutex);
}

/**
 * weir_live_answer_get_last_heard:
 * @self: an answer
 *
 * Returns: when somebody was last known to listen, monotonic microseconds
 */
gint64
weir_live_answer_get_last_heard (WeirLiveAnswer *self)
{
  gint64 last_heard;

  g_mutex_lock (&self->mutex);
  last_heard = self->last_heard;
  g_mutex_unlock (&self->mutex);

  return last_heard;
}

/**
 * weir_live_answer_ask_resend:
 * @self: an answer
 *
 * Has the newest answer sent again, though it be the same. Any thread may call.
 */
void
weir_live_answer_ask_resend (WeirLiveAnswer *self)
{
  g_mutex_lock (&self->mutex);
  self->wants_resend = TRUE;
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_live_answer_take_resend:
 * @self: an answer
 *
 * Returns: whether somebody has asked for it since the last time
 */
gboolean
weir_live_answer_take_resend (WeirLiveAnswer *self)
{
  gboolean wants_resend;

  g_mutex_lock (&self->mutex);
  wants_resend = self->wants_resend;
  self->wants_resend = FALSE;
  g_mutex_unlock (&self->mutex);

  return wants_resend && self->message->len > 0;
}
