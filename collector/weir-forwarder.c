/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forwarder.h"

#include "weir-error.h"
#include "weir-forward-body.h"
#include "weir-forward-hand.h"
#include "weir-forward-letters.h"
#include "weir-forward-request.h"
#include "weir-retry.h"

/*
 * One step after the other, each begun by run ():
 *
 *   gather -> freeze -> send a range -> … -> keep the letters -> pass
 *
 * Freezing writes down where the batch ends before its first byte is sent. When the process ends
 * before the batch is passed, the next one sends the same events under the same name, and a
 * receiver that looks at names counts them once. The place moves on when the whole batch is done,
 * not with each of its parts, because else the parts would be others the next time.
 */

#define TICK_US    (250 * G_TIME_SPAN_MILLISECOND)
#define AGAIN_US   G_TIME_SPAN_SECOND
#define SCAN_BYTES (8 * 1024 * 1024)

/* Commits wait for a read of the file, so it is a short one. */
#define READ_BYTES (256 * 1024)

struct _WeirForwarder {
  const WeirForwardConfig *config;
  WeirJournal *journal;
  WeirStoreSink *sink;
  WeirConsumer *consumer;
  SoupSession *session;
  WeirEventCodec *codec;
  GCancellable *cancellable;
  GSource *timer;

  WeirForwardHand *hand;
  WeirForwardLetters *letters;   /* of what is in hand */
  gboolean has_hand;
  gboolean is_busy;              /* a request or the store is under way */
  gboolean is_draining;
  gboolean is_drained;
  gint64 waiting_since;          /* monotonic; 0 when nothing waits for others */
  WeirForwardRate rate;
  gint64 retry_at;               /* monotonic */
  guint n_failures;              /* in a row */
  guint n_refusals;              /* the same of single events */
  GQueue again;                  /* of GTask: letters that are to be sent again */

  GMutex mutex;                  /* guards the status */
  WeirForwarderStatus status;
};

static void run (WeirForwarder *self);

static gboolean
timer_cb (gpointer user_data)
{
  WeirForwarder *self = user_data;

  g_clear_pointer (&self->timer, g_source_unref);
  run (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (WeirForwarder *self,
          gint64         at)
{
  gint64 now = g_get_monotonic_time ();

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->timer = g_timeout_source_new ((guint) (MAX (at - now + 999, 0) / 1000));
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
set_failed (WeirForwarder *self,
            const char    *state,
            const char    *message,
            gint64         pause)
{
  self->retry_at = g_get_monotonic_time () + pause;
  g_mutex_lock (&self->mutex);
  if (g_str_equal (self->status.state, "ok") ||
      !g_str_equal (self->status.last_error, message))
    g_warning ("forwarder “%s”: %s; the journal keeps its events", self->config->name, message);
  self->status.state = state;
  self->status.retry_at = g_get_real_time () + pause;
  g_strlcpy (self->status.last_error, message, sizeof self->status.last_error);
  g_mutex_unlock (&self->mutex);
}

static void
set_well (WeirForwarder *self)
{
  self->n_failures = 0;
  self->n_refusals = 0;
  self->retry_at = 0;
  g_mutex_lock (&self->mutex);
  if (!g_str_equal (self->status.state, "ok"))
    g_message ("forwarder “%s”: sending events again", self->config->name);
  self->status.state = "ok";
  self->status.retry_at = 0;
  g_mutex_unlock (&self->mutex);
}

static void
put_down (WeirForwarder *self)
{
  weir_forward_hand_clear (self->hand);
  if (weir_forward_letters_get_n (self->letters) > 0)
    {
      weir_forward_letters_unref (self->letters);
      self->letters = weir_forward_letters_new (self->config->name,
                                                weir_journal_get_instance (self->journal));
    }
  self->has_hand = FALSE;
  g_mutex_lock (&self->mutex);
  self->status.oldest = 0;
  g_mutex_unlock (&self->mutex);
}

/* Whether it is time for a batch that nobody froze before. */
static gboolean
is_due (WeirForwarder            *self,
        const WeirConsumerStatus *place)
{
  gint64 now = g_get_monotonic_time ();

  if (self->is_draining || place->last_seq - place->cursor >= self->config->batch)
    return TRUE;
  if (self->waiting_since == 0)
    self->waiting_since = now;
  return now - self->waiting_since >= self->config->interval;
}

/* Takes events into the hand. Returns whether it looked at any. */
static gboolean
fill (WeirForwarder *self,
      guint64        until,
      gboolean       is_frozen)
{
  const WeirForwardConfig *config = self->config;
  guint max_events = is_frozen ? G_MAXUINT : config->batch;
  gsize max_bytes = is_frozen ? G_MAXSIZE : config->batch_bytes;
  guint64 after = weir_forward_hand_get_until (self->hand);
  gsize scanned = 0;
  gboolean has_room = TRUE;

  while (has_room && (is_frozen || scanned < SCAN_BYTES))
    {
      guint64 at = weir_forward_hand_get_until (self->hand);
      g_autoptr(GPtrArray) batches =
        weir_journal_read (self->journal, self->consumer, at, READ_BYTES);

      for (guint i = 0; has_room && i < batches->len; i++)
        {
          WeirEventBatch *batch = g_ptr_array_index (batches, i);
          gsize size;

          weir_event_batch_get_data (batch, &size);
          scanned += size;
          has_room = weir_forward_hand_fill (self->hand, batch, until, config->filter, self->codec,
                                             max_events, max_bytes);
        }
      if (weir_forward_hand_get_until (self->hand) == at)
        break;
    }
  if (is_frozen && !has_room)
    weir_forward_hand_begin (self->hand, until);   /* the rest of the batch is gone */
  return weir_forward_hand_get_until (self->hand) > after;
}

static void
take_up (WeirForwarder *self)
{
  weir_forward_hand_deal (self->hand);
  self->has_hand = TRUE;
  g_mutex_lock (&self->mutex);
  self->status.oldest = weir_forward_hand_get_received (self->hand);
  g_mutex_unlock (&self->mutex);
}

/* Gets the next batch. Returns whether there is something in hand now; else when to look again. */
static gboolean
gather (WeirForwarder *self,
        gint64        *again_at)
{
  WeirConsumerStatus place;
  gboolean is_frozen;
  gint64 now = g_get_monotonic_time ();

  weir_journal_get_consumer_status (self->journal, self->consumer, &place);
  is_frozen = place.frozen > place.cursor;
  *again_at = 0;
  if (place.last_seq == place.cursor || (!is_frozen && !is_due (self, &place)))
    {
      if (place.last_seq == place.cursor)
        self->waiting_since = 0;
      *again_at = self->is_draining ? 0 : now + MIN (TICK_US, self->config->interval);
      return FALSE;
    }

  self->waiting_since = 0;
  weir_forward_hand_begin (self->hand, place.cursor);
  if (!fill (self, is_frozen ? place.frozen : place.last_seq, is_frozen))
    {
      put_down (self);
      *again_at = self->is_draining ? 0 : now + TICK_US;
      return FALSE;
    }
  if (weir_forward_hand_get_n_events (self->hand) == 0)
    {
      weir_journal_pass (self->journal, self->consumer, weir_forward_hand_get_until (self->hand));
      put_down (self);
      *again_at = now;
      return FALSE;
    }
  if (!weir_journal_freeze (self->journal, self->consumer,
                            weir_forward_hand_get_until (self->hand)))
    {
      put_down (self);
      *again_at = self->is_draining ? 0 : now + AGAIN_US;
      return FALSE;
    }
  take_up (self);
  return TRUE;
}

/* The batch is done with, and its letters are kept. */
static void
pass (WeirForwarder *self)
{
  guint n_letters = weir_forward_letters_get_n (self->letters);

  weir_journal_pass (self->journal, self->consumer, weir_forward_hand_get_until (self->hand));
  g_mutex_lock (&self->mutex);
  self->status.n_batches++;
  self->status.n_dead_lettered += n_letters;
  self->status.last_events = weir_forward_hand_get_n_events (self->hand);
  g_mutex_unlock (&self->mutex);
  put_down (self);
}

static void
letters_kept_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  WeirForwarder *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) done = weir_store_sink_run_finish (self->sink, result, &error);

  self->is_busy = FALSE;
  if (done != NULL)
    pass (self);
  else
    set_failed (self, "waiting", error->message, AGAIN_US);
  run (self);
}

static void
finish_hand (WeirForwarder *self)
{
  if (weir_forward_letters_get_n (self->letters) == 0)
    {
      pass (self);
      schedule (self, 0);
      return;
    }
  self->is_busy = TRUE;
  weir_store_sink_run_async (self->sink, weir_forward_letters_keep,
                             weir_forward_letters_ref (self->letters),
                             (GDestroyNotify) weir_forward_letters_unref, self->cancellable,
                             letters_kept_cb, self);
}

/* One event that is refused is put aside. A destination that refuses one after the other is more
 * likely wrong than they are, so then each waits as a failure does. */
static void
refuse_one (WeirForwarder          *self,
            const WeirForwardRange *range,
            const WeirHttpReply    *reply)
{
  WeirEvent event;
  gsize size;
  const guint8 *record = weir_forward_hand_get_record (self->hand, range->first, &size);

  weir_forward_hand_get_event (self->hand, range->first, &event);
  weir_forward_letters_add (self->letters, &event, record, size, reply->status, reply->message);
  weir_forward_hand_pass (self->hand);
  if (++self->n_refusals < WEIR_RETRY_BREAKER)
    {
      g_mutex_lock (&self->mutex);
      g_strlcpy (self->status.last_error, reply->message, sizeof self->status.last_error);
      g_mutex_unlock (&self->mutex);
      return;
    }
  set_failed (self, "waiting", reply->message,
              weir_forward_choose_pause (WEIR_FORWARD_SPLIT, self->n_refusals, reply->retry_after,
                                         g_random_double ()));
}

static void
take_reply (WeirForwarder       *self,
            const WeirHttpReply *reply)
{
  WeirForwardVerdict verdict = weir_forward_judge_reply (self->config, reply);
  WeirForwardRange range = { 0 };

  weir_forward_hand_next (self->hand, &range);
  switch (verdict)
    {
    case WEIR_FORWARD_DONE:
      weir_forward_hand_pass (self->hand);
      g_mutex_lock (&self->mutex);
      self->status.n_sent += range.n_events;
      g_mutex_unlock (&self->mutex);
      set_well (self);
      break;

    case WEIR_FORWARD_SPLIT:
      if (range.n_events > 1)
        weir_forward_hand_split (self->hand);
      else
        refuse_one (self, &range, reply);
      break;

    case WEIR_FORWARD_AGAIN:
    case WEIR_FORWARD_BLOCKED:
    default:
      self->n_failures++;
      set_failed (self, verdict == WEIR_FORWARD_BLOCKED ? "failed" : "waiting", reply->message,
                  weir_forward_choose_pause (verdict, self->n_failures, reply->retry_after,
                                             g_random_double ()));
      break;
    }
}

static void
replied_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirForwarder *self = user_data;
  g_auto(WeirHttpReply) reply = { 0 };

  weir_http_post_finish (result, &reply);
  self->is_busy = FALSE;
  if (!g_cancellable_is_cancelled (self->cancellable))
    take_reply (self, &reply);
  run (self);
}

static void
note_request (WeirForwarder *self,
              guint          n_events)
{
  self->is_busy = TRUE;
  weir_forward_rate_note (&self->rate, n_events, g_get_monotonic_time ());
  g_mutex_lock (&self->mutex);
  self->status.n_requests++;
  g_mutex_unlock (&self->mutex);
}

static void
send_range (WeirForwarder          *self,
            const WeirForwardRange *range)
{
  const char *instance = weir_journal_get_instance (self->journal);
  g_autofree char *batch_id = NULL;
  g_autoptr(GBytes) bytes = NULL;
  WeirForwardBody body;
  WeirEvent event;
  guint64 first = 0, last = 0;

  weir_forward_body_begin (&body, self->config, instance);
  for (guint i = 0; i < range->n_events; i++)
    {
      weir_forward_hand_get_event (self->hand, range->first + i, &event);
      first = i == 0 ? event.seq : first;
      last = event.seq;
      weir_forward_body_add (&body, &event);
    }
  bytes = weir_forward_body_end (&body);
  batch_id = g_strdup_printf ("%s-%s-%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, instance,
                              self->config->name, first, last);
  note_request (self, range->n_events);
  weir_forward_send_async (self->session, self->config, batch_id, bytes, self->cancellable,
                           replied_cb, self);
}

static void
sent_again_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  WeirForwarder *self = g_object_get_data (G_OBJECT (task), "forwarder");
  g_auto(WeirHttpReply) reply = { 0 };

  weir_http_post_finish (result, &reply);
  self->is_busy = FALSE;
  if (weir_forward_judge_reply (self->config, &reply) == WEIR_FORWARD_DONE)
    {
      g_mutex_lock (&self->mutex);
      self->status.n_sent++;
      g_mutex_unlock (&self->mutex);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "the forwarder “%s”: %s",
                               self->config->name, reply.message);
    }
  run (self);
}

/* A letter goes alone, between the batches. */
static void
send_letter (WeirForwarder *self,
             GTask         *task)
{
  const char *instance = weir_journal_get_instance (self->journal);
  WeirEventBatch *batch = g_task_get_task_data (task);
  g_autofree char *batch_id = g_uuid_string_random ();
  g_autoptr(GBytes) bytes = NULL;
  WeirForwardBody body;
  WeirEventIter iter;
  WeirEvent event;

  weir_forward_body_begin (&body, self->config, instance);
  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    weir_forward_body_add (&body, &event);
  bytes = weir_forward_body_end (&body);
  g_object_set_data (G_OBJECT (task), "forwarder", self);
  note_request (self, weir_event_batch_get_n_events (batch));
  weir_forward_send_async (self->session, self->config, batch_id, bytes, self->cancellable,
                           sent_again_cb, task);
}

/* Does what is to be done now, or says when. */
static void
run (WeirForwarder *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 ready_at = MAX (self->retry_at, self->rate.ready_at);
  WeirForwardRange range;
  GTask *task;

  if (self->is_busy || self->is_drained)
    return;
  if (g_cancellable_is_cancelled (self->cancellable) ||
      (self->is_draining && self->retry_at > now))
    {
      self->is_drained = TRUE;   /* what is left stays in the journal */
      return;
    }
  if (ready_at <= now && (task = g_queue_pop_head (&self->again)) != NULL)
    {
      send_letter (self, task);
      return;
    }
  if (!self->has_hand && !gather (self, &ready_at))
    {
      self->is_drained = self->is_draining && ready_at == 0;
      if (!self->is_drained)
        schedule (self, MAX (ready_at, self->is_draining ? 0 : self->retry_at));
      return;
    }
  ready_at = MAX (self->retry_at, self->rate.ready_at);
  if (ready_at > now)
    schedule (self, ready_at);
  else if (weir_forward_hand_next (self->hand, &range))
    send_range (self, &range);
  else
    finish_hand (self);
}

/**
 * weir_forwarder_new:
 * @config: what is wanted of it; must outlive the forwarder
 * @journal: where events come from, not started yet; must outlive the forwarder
 *
 * Returns: (transfer full): a forwarder that does nothing yet
 */
WeirForwarder *
weir_forwarder_new (const WeirForwardConfig *config,
                    WeirJournal             *journal)
{
  WeirForwarder *self = g_new0 (WeirForwarder, 1);

  self->config = config;
  self->journal = journal;
  self->consumer = weir_journal_add_consumer (journal, config->name);
  self->hand = weir_forward_hand_new ();
  self->letters = weir_forward_letters_new (config->name, weir_journal_get_instance (journal));
  self->codec = weir_event_codec_new ();
  self->cancellable = g_cancellable_new ();
  self->rate = config->rate;
  self->status.state = "ok";
  g_queue_init (&self->again);
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * weir_forwarder_free:
 * @self: (transfer full): a forwarder that was closed, or never started
 */
void
weir_forwarder_free (WeirForwarder *self)
{
  g_return_if_fail (self->session == NULL);

  weir_forward_hand_free (self->hand);
  weir_forward_letters_unref (self->letters);
  weir_event_codec_free (self->codec);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_forwarder_get_name:
 * @self: a forwarder
 *
 * Returns: (transfer none): its name
 */
const char *
weir_forwarder_get_name (WeirForwarder *self)
{
  return self->config->name;
}

/**
 * weir_forwarder_get_consumer:
 * @self: a forwarder
 *
 * Returns: (transfer none): its place in the journal
 */
WeirConsumer *
weir_forwarder_get_consumer (WeirForwarder *self)
{
  return self->consumer;
}

/**
 * weir_forwarder_start:
 * @self: a forwarder
 * @sink: has letters kept; must outlive the forwarder
 *
 * Starts sending, in the thread-default context.
 */
void
weir_forwarder_start (WeirForwarder *self,
                      WeirStoreSink *sink)
{
  self->sink = sink;
  self->session = weir_http_session_new (self->config->timeout);
  run (self);
}

/**
 * weir_forwarder_drain:
 * @self: a forwarder
 *
 * Has it send what there is without waiting for more, and then stop. If the destination does not
 * take it, it stops at once.
 */
void
weir_forwarder_drain (WeirForwarder *self)
{
  self->is_draining = TRUE;
  run (self);
}

/**
 * weir_forwarder_abort:
 * @self: a forwarder
 *
 * Has it stop as soon as it can.
 */
void
weir_forwarder_abort (WeirForwarder *self)
{
  g_cancellable_cancel (self->cancellable);
  run (self);
}

/**
 * weir_forwarder_is_drained:
 * @self: a forwarder
 *
 * Returns: whether it has stopped
 */
gboolean
weir_forwarder_is_drained (WeirForwarder *self)
{
  return self->is_drained;
}

/**
 * weir_forwarder_is_busy:
 * @self: a forwarder
 *
 * Returns: whether something is under way that will call it back
 */
gboolean
weir_forwarder_is_busy (WeirForwarder *self)
{
  return self->is_busy;
}

/**
 * weir_forwarder_close:
 * @self: a forwarder that has stopped
 *
 * Lets go of what belongs to its thread.
 */
void
weir_forwarder_close (WeirForwarder *self)
{
  GTask *task;

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  while ((task = g_queue_pop_head (&self->again)) != NULL)
    {
      g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                               "the collector is shutting down");
      g_object_unref (task);
    }
  g_clear_object (&self->session);
}

/**
 * weir_forwarder_send_again:
 * @self: a forwarder, in its thread
 * @task: (transfer full): whose data is a [struct@Weir.EventBatch] of one event
 *
 * Sends an event that was refused before, and tells the task whether it arrived.
 */
void
weir_forwarder_send_again (WeirForwarder *self,
                           GTask         *task)
{
  if (self->is_draining || self->retry_at > g_get_monotonic_time ())
    {
      g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                               "the forwarder “%s” does not reach its destination now",
                               self->config->name);
      g_object_unref (task);
      return;
    }
  g_queue_push_tail (&self->again, task);
  run (self);
}

/**
 * weir_forwarder_get_status:
 * @self: a forwarder
 * @status: (out): how it is
 *
 * May be called from any thread.
 */
void
weir_forwarder_get_status (WeirForwarder       *self,
                           WeirForwarderStatus *status)
{
  g_mutex_lock (&self->mutex);
  *status = self->status;
  g_mutex_unlock (&self->mutex);
}
