/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-store-sink.h"

#include <string.h>

#include "weir-error.h"

/*
 * One thread: take what is durable, write it, tell the others. While the store is quick a
 * transaction holds what gathered in a few milliseconds; when it is not, transactions grow to
 * TRANSACTION_EVENTS and cost less each. Nothing here holds more than one transaction's worth of
 * batches: what waits, waits in the journal.
 */

#define TRANSACTION_EVENTS  20000
#define TRANSACTION_BYTES   (8 * 1024 * 1024)
#define GATHER_US           (20 * G_TIME_SPAN_MILLISECOND)
#define IDLE_US             (500 * G_TIME_SPAN_MILLISECOND)
#define DRILL_US            (2 * G_TIME_SPAN_SECOND)
#define RETRY_MAX_US        (5 * G_TIME_SPAN_SECOND)

struct _WeirStoreSink {
  WeirJournal *journal;
  WeirStore *store;
  WeirActivity *activity;
  WeirLiveHub *hub;
  WeirLiveQuestions *questions;
  WeirStoreCommands *commands;
  WeirStoreCommands *stored_commands;   /* wait until events have come to rest */
  WeirStoreCommands *now_commands;      /* wait for nothing */
  WeirStoreSinkStatusFunc get_next_status;
  void (*poke_next) (gpointer sink);
  gpointer next;                        /* NULL where events come to rest in the store itself */
  WeirFaultDrill *drill;   /* NULL for none */
  WeirRelay *relay;        /* NULL when no other collector is told */
  GThread *thread;
  GPtrArray *batches;      /* of WeirEventBatch: the transaction being gathered */
  guint n_events;
  gsize n_bytes;
  WeirPersonId *persons;
  guint n_persons;

  GMutex mutex;
  GCond stopped;           /* wakes a thread that waits to try again */
  gboolean is_stopping;
  gint64 stop_deadline;
  gboolean is_healthy;
  char reason[160];
  guint64 n_stored;
  guint64 n_batches;
  guint last_events;
  char last_error[160];
  gint64 retry_at;
};

static gboolean
is_stopping (WeirStoreSink *self)
{
  gboolean stopping;

  g_mutex_lock (&self->mutex);
  stopping = self->is_stopping;
  g_mutex_unlock (&self->mutex);

  return stopping;
}

static void
set_health (WeirStoreSink *self,
            const GError  *error)
{
  g_mutex_lock (&self->mutex);
  if (self->is_healthy && error != NULL)
    g_warning ("not storing events: %s; the journal keeps them", error->message);
  else if (!self->is_healthy && error == NULL)
    g_message ("storing events again");
  self->is_healthy = error == NULL;
  g_strlcpy (self->reason, error != NULL ? error->message : "", sizeof self->reason);
  if (error != NULL)
    g_strlcpy (self->last_error, error->message, sizeof self->last_error);
  self->retry_at = 0;
  g_mutex_unlock (&self->mutex);
}

static void
add_batch (WeirStoreSink  *self,
           WeirEventBatch *batch)
{
  gsize size;

  weir_event_batch_get_data (batch, &size);
  self->n_events += weir_event_batch_get_n_events (batch);
  self->n_bytes += size;
  g_ptr_array_add (self->batches, batch);
}

/* Waits for a first batch, then gathers what follows within a few milliseconds. */
static void
gather (WeirStoreSink *self,
        guint64        after,
        gint64         wait_us)
{
  gint64 now = g_get_monotonic_time ();
  gint64 deadline = now + wait_us;

  while (self->n_events < TRANSACTION_EVENTS && self->n_bytes < TRANSACTION_BYTES)
    {
      WeirEventBatch *batch = weir_journal_wait_next (self->journal, after, deadline);

      if (batch == NULL)
        return;
      if (self->batches->len == 0)
        deadline = g_get_monotonic_time () + GATHER_US;
      after = weir_event_batch_get_last_seq (batch);
      add_batch (self, batch);
    }
}

static void
reserve_persons (WeirStoreSink *self)
{
  if (self->n_persons >= self->n_events)
    return;
  self->n_persons = MAX (self->n_events, 1024);
  self->persons = g_renew (WeirPersonId, self->persons, self->n_persons);
}

/* Lets a slow store be had on purpose, but not at the end. */
static void
wait_for_drill (WeirStoreSink *self)
{
  gint64 until = g_get_monotonic_time () + DRILL_US;

  g_mutex_lock (&self->mutex);
  while (!self->is_stopping && weir_fault_drill_has (self->drill, WEIR_FAULT_SLOW_STORE) &&
         g_get_monotonic_time () < until)
    g_cond_wait_until (&self->stopped, &self->mutex,
                       MIN (until, g_get_monotonic_time () + DRILL_US / 10));
  g_mutex_unlock (&self->mutex);
}

static gboolean
write_once (WeirStoreSink  *self,
            GError        **error)
{
  wait_for_drill (self);
  if (weir_fault_drill_has (self->drill, WEIR_FAULT_STORE_DOWN))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "the store is down (fault drill)");
      return FALSE;
    }
  return weir_store_write (self->store, (WeirEventBatch **) self->batches->pdata,
                           self->batches->len, self->persons, error);
}

/* Tries until the store takes the transaction. Returns FALSE when told to stop first. */
static gboolean
store_batches (WeirStoreSink *self)
{
  gint64 wait_us = 50 * G_TIME_SPAN_MILLISECOND;

  reserve_persons (self);
  for (;;)
    {
      g_autoptr(GError) error = NULL;
      gboolean give_up;

      if (write_once (self, &error))
        {
          set_health (self, NULL);
          return TRUE;
        }
      set_health (self, error);
      weir_store_commands_refuse (self->commands, error, FALSE);
      weir_store_commands_refuse (self->stored_commands, error, FALSE);
      weir_store_commands_refuse (self->now_commands, error, FALSE);

      g_mutex_lock (&self->mutex);
      self->retry_at = g_get_real_time () + wait_us;
      if (!self->is_stopping)
        g_cond_wait_until (&self->stopped, &self->mutex, g_get_monotonic_time () + wait_us);
      give_up = self->is_stopping;
      g_mutex_unlock (&self->mutex);
      if (give_up)
        return FALSE;
      wait_us = MIN (wait_us * 2, RETRY_MAX_US);
    }
}

/* Tells the stream who became who. */
static void
publish_notices (WeirStoreSink *self)
{
  g_autoptr(GPtrArray) notices = weir_store_steal_notices (self->store);

  if (notices != NULL)
    weir_live_hub_publish_notices (self->hub, notices);
}

static void
publish (WeirStoreSink *self)
{
  WeirPersonId *persons = self->persons;

  for (guint i = 0; i < self->batches->len; i++)
    {
      WeirEventBatch *batch = g_ptr_array_index (self->batches, i);

      weir_activity_add (self->activity, batch);
      weir_live_hub_publish (self->hub, batch, persons);
      if (self->relay != NULL)
        weir_relay_publish (self->relay, batch, persons);
      persons += weir_event_batch_get_n_events (batch);
    }
  publish_notices (self);
  weir_live_questions_poke (self->questions);
}

static void
run_commands (WeirStoreSink *self)
{
  WeirStoreCounts counts;
  gboolean is_idle = self->batches->len == 0;
  gboolean any;

  /* Where nothing was to be had nothing is left to wait for, also if seqs are missing. */
  any = weir_store_commands_run (self->now_commands, self->store, G_MAXUINT64);
  weir_store_get_counts (self->store, &counts);
  any |= weir_store_commands_run (self->commands, self->store,
                                  is_idle ? G_MAXUINT64 : counts.taken);
  any |= weir_store_commands_run (
    self->stored_commands, self->store,
    is_idle && counts.cursor == counts.taken ? G_MAXUINT64 : counts.cursor);
  if (any)
    {
      publish_notices (self);
      weir_live_questions_poke (self->questions);
    }
}

static gboolean
may_go_on (WeirStoreSink *self)
{
  gboolean go_on;

  g_mutex_lock (&self->mutex);
  go_on = !self->is_stopping || g_get_monotonic_time () < self->stop_deadline;
  g_mutex_unlock (&self->mutex);

  return go_on;
}

static gpointer
sink_thread (gpointer data)
{
  WeirStoreSink *self = data;
  gboolean more = FALSE;

  while (may_go_on (self))
    {
      gboolean stopping = is_stopping (self);
      WeirStoreCounts counts;

      weir_store_get_counts (self->store, &counts);
      gather (self, counts.taken, more || stopping ? 0 : IDLE_US);
      if (self->batches->len == 0 && stopping)
        break;
      if (self->batches->len > 0)
        {
          if (!store_batches (self))
            break;
          publish (self);
          if (self->next != NULL)
            self->poke_next (self->next);
          weir_store_get_counts (self->store, &counts);
          weir_journal_advance (self->journal, &counts);
          g_mutex_lock (&self->mutex);
          self->n_stored += self->n_events;
          self->n_batches++;
          self->last_events = self->n_events;
          g_mutex_unlock (&self->mutex);
        }
      run_commands (self);
      more = weir_store_maintain (self->store, g_get_real_time (), self->batches->len == 0);
      g_ptr_array_set_size (self->batches, 0);
      self->n_events = 0;
      self->n_bytes = 0;
    }

  return NULL;
}

/**
 * weir_store_sink_new:
 * @journal: where events come from
 * @store: where they go; open
 * @activity: told of what was stored
 * @hub: told of what was stored
 * @questions: told that something was stored
 *
 * All of them must outlive the sink.
 *
 * Returns: (transfer full): a sink that does not run yet
 */
WeirStoreSink *
weir_store_sink_new (WeirJournal       *journal,
                     WeirStore         *store,
                     WeirActivity      *activity,
                     WeirLiveHub       *hub,
                     WeirLiveQuestions *questions)
{
  WeirStoreSink *self = g_new0 (WeirStoreSink, 1);

  self->journal = journal;
  self->store = store;
  self->activity = activity;
  self->hub = hub;
  self->questions = questions;
  self->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  self->commands = weir_store_commands_new ();
  self->stored_commands = weir_store_commands_new ();
  self->now_commands = weir_store_commands_new ();
  self->is_healthy = TRUE;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->stopped);

  return self;
}

/**
 * weir_store_sink_set_drill:
 * @self: a sink that does not run yet
 * @drill: (nullable): faults that are to be had on purpose; must outlive the sink
 */
void
weir_store_sink_set_drill (WeirStoreSink  *self,
                           WeirFaultDrill *drill)
{
  self->drill = drill;
}

/**
 * weir_store_sink_set_relay:
 * @self: a sink that does not run yet
 * @relay: tells other collectors of what was stored; must outlive the thread
 */
void
weir_store_sink_set_relay (WeirStoreSink *self,
                           WeirRelay     *relay)
{
  self->relay = relay;
}

/**
 * weir_store_sink_start:
 * @self: a sink
 *
 * Starts its thread.
 */
void
weir_store_sink_start (WeirStoreSink *self)
{
  g_return_if_fail (self->thread == NULL);

  self->thread = g_thread_new ("weir-store", sink_thread, self);
}

/**
 * weir_store_sink_stop:
 * @self: a sink
 * @deadline: monotonic time, in microseconds
 *
 * Stores what is queued, at most until @deadline, then ends the thread. What is left stays in the
 * journal.
 */
void
weir_store_sink_stop (WeirStoreSink *self,
                      gint64         deadline)
{
  g_autoptr(GError) error = NULL;

  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  self->stop_deadline = deadline;
  g_cond_broadcast (&self->stopped);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));

  g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                       "the collector is shutting down");
  weir_store_commands_refuse (self->commands, error, TRUE);
  weir_store_commands_refuse (self->stored_commands, error, TRUE);
  weir_store_commands_refuse (self->now_commands, error, TRUE);
}

/**
 * weir_store_sink_free:
 * @self: (transfer full): a sink that does not run
 */
void
weir_store_sink_free (WeirStoreSink *self)
{
  g_return_if_fail (self->thread == NULL);

  g_ptr_array_unref (self->batches);
  weir_store_commands_free (self->commands);
  weir_store_commands_free (self->stored_commands);
  weir_store_commands_free (self->now_commands);
  g_free (self->persons);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->stopped);
  g_free (self);
}

/**
 * weir_store_sink_run_async:
 * @self: a sink
 * @func: what to do with the store
 * @data: for @func; taken
 * @data_destroy: (nullable): frees @data
 * @cancellable: (nullable): to give up before it is done
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Has something done in the sink's thread between two transactions, once the store has everything
 * that was accepted before. Any thread may ask.
 */
void
weir_store_sink_run_async (WeirStoreSink       *self,
                           WeirStoreFunc        func,
                           gpointer             data,
                           GDestroyNotify       data_destroy,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, weir_store_sink_run_async);
  if (weir_store_commands_push (self->commands, weir_journal_get_last_seq (self->journal), func,
                                data, data_destroy, task))
    weir_journal_wake (self->journal);
}

/**
 * weir_store_sink_run_stored_async:
 * @self: a sink
 * @func: what to do with the store
 * @data: for @func; taken
 * @data_destroy: (nullable): frees @data
 * @cancellable: (nullable): to give up before it is done
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Like [method@Weir.StoreSink.run_async], once everything that was accepted before has come to rest
 * for good; where that is another place than the store's file, it may be refused meanwhile.
 */
void
weir_store_sink_run_stored_async (WeirStoreSink       *self,
                                  WeirStoreFunc        func,
                                  gpointer             data,
                                  GDestroyNotify       data_destroy,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, weir_store_sink_run_stored_async);
  if (weir_store_commands_push (self->stored_commands, weir_journal_get_last_seq (self->journal),
                                func, data, data_destroy, task))
    weir_journal_wake (self->journal);
}

/**
 * weir_store_sink_run_now_async:
 * @self: a sink
 * @func: what to do with the store
 * @data: for @func; borrowed until @callback
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Like [method@Weir.StoreSink.run_async], without waiting for any event.
 */
void
weir_store_sink_run_now_async (WeirStoreSink       *self,
                               WeirStoreFunc        func,
                               gpointer             data,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, weir_store_sink_run_now_async);
  if (weir_store_commands_push (self->now_commands, 0, func, data, NULL, task))
    weir_journal_wake (self->journal);
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * weir_store_sink_run_now:
 * @self: a sink
 * @func: what to do with the store
 * @data: for @func
 * @error: return location for an error
 *
 * Like [method@Weir.StoreSink.run_now_async], and waits until it is done. The calling thread has a
 * thread-default context of its own.
 *
 * Returns: (transfer full) (nullable): see [method@Weir.StoreSink.run_finish]
 */
GBytes *
weir_store_sink_run_now (WeirStoreSink  *self,
                         WeirStoreFunc   func,
                         gpointer        data,
                         GError        **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  weir_store_sink_run_now_async (self, func, data, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  return weir_store_sink_run_finish (self, result, error);
}

/**
 * weir_store_sink_refuse_stored:
 * @self: a sink
 * @error: why events do not come to rest
 *
 * Ends what waits for that.
 */
void
weir_store_sink_refuse_stored (WeirStoreSink *self,
                               const GError  *error)
{
  weir_store_commands_refuse (self->stored_commands, error, FALSE);
}

/**
 * weir_store_sink_set_next:
 * @self: a sink that does not run yet
 * @get_status: (scope notified): says how @sink is
 * @poke: called in the sink's thread after each write
 * @sink: who carries events from here to where they come to rest; must outlive the thread
 */
void
weir_store_sink_set_next (WeirStoreSink           *self,
                          WeirStoreSinkStatusFunc  get_status,
                          void                   (*poke) (gpointer sink),
                          gpointer                 sink)
{
  self->get_next_status = get_status;
  self->poke_next = poke;
  self->next = sink;
}

/**
 * weir_store_sink_run_finish:
 * @self: a sink
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what the function returned, or %NULL with its error, or
 *   %WEIR_ERROR_UNAVAILABLE when the store cannot be written or is closing
 */
GBytes *
weir_store_sink_run_finish (WeirStoreSink  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weir_store_sink_get_status:
 * @self: a sink
 * @status: (out): how it is
 *
 * May be called from any thread.
 */
void
weir_store_sink_get_status (WeirStoreSink       *self,
                            WeirStoreSinkStatus *status)
{
  WeirJournalStatus journal;

  if (self->next != NULL)
    {
      gboolean is_healthy;

      self->get_next_status (self->next, status);
      g_mutex_lock (&self->mutex);
      is_healthy = self->is_healthy;
      g_mutex_unlock (&self->mutex);
      if (is_healthy)
        return;
    }
  weir_journal_get_status (self->journal, &journal);
  g_mutex_lock (&self->mutex);
  status->healthy = self->is_healthy;
  g_strlcpy (status->reason, self->reason, sizeof status->reason);
  status->n_stored = self->n_stored;
  status->n_batches = self->n_batches;
  status->last_events = self->last_events;
  g_strlcpy (status->last_error, self->last_error, sizeof status->last_error);
  status->retry_at = self->retry_at;
  g_mutex_unlock (&self->mutex);
  status->lag = journal.oldest > 0 ? MAX (g_get_real_time () - journal.oldest, 0) : 0;
}
