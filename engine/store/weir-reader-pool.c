/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-reader-pool.h"

/* How long a question waits for events that were accepted before it and are not stored yet. */
#define PROMISE_US       (250 * G_TIME_SPAN_MILLISECOND)
#define LOOK_US          2000

/* ClickHouse gets what comes once a second. */
#define CLICKHOUSE_PROMISE_US (1500 * G_TIME_SPAN_MILLISECOND)

struct _WeirReaderPool {
  char *path;
  gboolean is_immutable;
  WeirClickhouseAddress *clickhouse;
  GAsyncQueue *tasks;
  GPtrArray *threads;
  WeirReaderSeqFunc promise;
  gpointer promise_data;
};

typedef struct {
  WeirReaderFunc func;
  gpointer question;
  GDestroyNotify question_free;
  guint64 after;           /* it must see this event, if the store is not too far behind */
  gint64 patience;         /* until when it waits for it, monotonic */
} Question;

/* The queue takes no NULL: this stands for the end. */
static char end_of_tasks;

static void
question_free (Question *question)
{
  if (question->question_free != NULL)
    question->question_free (question->question);
  g_free (question);
}

/* Begins at a moment that includes what was accepted before the question, if that comes soon. */
static gboolean
begin (WeirReader     *reader,
       const Question *question,
       GCancellable   *cancellable,
       GError        **error)
{
  while (weir_reader_begin (reader, cancellable, error))
    {
      if (question->after == 0 || weir_reader_get_as_of (reader) >= question->after ||
          g_get_monotonic_time () >= question->patience)
        return TRUE;
      weir_reader_end (reader);
      g_usleep (LOOK_US);
    }
  return FALSE;
}

static void
answer (WeirReader *reader,
        GTask      *task)
{
  Question *question = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  GBytes *bytes = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (begin (reader, question, cancellable, &error))
    bytes = question->func (reader, question->question, cancellable, &error);
  weir_reader_end (reader);

  if (g_task_return_error_if_cancelled (task))
    g_clear_error (&error);
  else if (bytes != NULL)
    g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
  g_clear_pointer (&bytes, g_bytes_unref);
}

static gpointer
reader_thread (gpointer data)
{
  WeirReaderPool *self = data;
  g_autoptr(WeirReader) reader = weir_reader_new (self->path, self->is_immutable);
  gpointer item;

  weir_reader_set_clickhouse (reader, self->clickhouse);
  while ((item = g_async_queue_pop (self->tasks)) != &end_of_tasks)
    {
      g_autoptr(GTask) task = item;

      answer (reader, task);
    }

  return NULL;
}

/**
 * weir_reader_pool_new:
 * @path: a store's file; opened when the first question comes
 * @n_threads: how many questions may run at once
 * @immutable: nobody writes the file; it may lie where we may not write either
 * @clickhouse: (nullable): where the events are, if not in the file
 *
 * Returns: (transfer full): a pool
 */
WeirReaderPool *
weir_reader_pool_new (const char *path,
                      guint       n_threads,
                      gboolean    immutable,
                      WeirClickhouseAddress *clickhouse)
{
  WeirReaderPool *self = g_new0 (WeirReaderPool, 1);

  self->path = g_canonicalize_filename (path, NULL);
  self->is_immutable = immutable;
  if (clickhouse != NULL)
    self->clickhouse = weir_clickhouse_address_ref (clickhouse);
  self->tasks = g_async_queue_new ();
  self->threads = g_ptr_array_new ();
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (self->threads, g_thread_new ("weir-reader", reader_thread, self));

  return self;
}

/**
 * weir_reader_pool_set_promise:
 * @self: a pool that was not asked yet
 * @func: says the last event that its sender was told is safe
 * @user_data: for @func
 *
 * Has each question wait, a quarter of a second at most (a second and a half for ClickHouse),
 * until the store has what was accepted before it was asked: who sends an event and then asks
 * sees it.
 */
void
weir_reader_pool_set_promise (WeirReaderPool    *self,
                              WeirReaderSeqFunc  func,
                              gpointer           user_data)
{
  self->promise = func;
  self->promise_data = user_data;
}

/**
 * weir_reader_pool_free:
 * @self: (transfer full): a pool
 *
 * Waits for the questions that were asked.
 */
void
weir_reader_pool_free (WeirReaderPool *self)
{
  for (guint i = 0; i < self->threads->len; i++)
    g_async_queue_push (self->tasks, &end_of_tasks);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_unref (self->threads);
  g_async_queue_unref (self->tasks);
  g_clear_pointer (&self->clickhouse, weir_clickhouse_address_unref);
  g_free (self->path);
  g_free (self);
}

/**
 * weir_reader_pool_ask_async:
 * @self: a pool
 * @func: answers the question, in one of the pool's threads
 * @question: (transfer full): what to ask
 * @question_destroy: frees @question
 * @cancellable: (nullable): stops the question
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 */
void
weir_reader_pool_ask_async (WeirReaderPool      *self,
                            WeirReaderFunc       func,
                            gpointer             question,
                            GDestroyNotify       question_destroy,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *task_data = g_new0 (Question, 1);

  task_data->func = func;
  task_data->question = question;
  task_data->question_free = question_destroy;
  if (self->promise != NULL)
    task_data->after = self->promise (self->promise_data);
  task_data->patience = g_get_monotonic_time () +
                        (self->clickhouse != NULL ? CLICKHOUSE_PROMISE_US : PROMISE_US);
  g_task_set_source_tag (task, weir_reader_pool_ask_async);
  g_task_set_task_data (task, task_data, (GDestroyNotify) question_free);
  g_async_queue_push (self->tasks, g_steal_pointer (&task));
}

/**
 * weir_reader_pool_ask_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the answer
 */
GBytes *
weir_reader_pool_ask_finish (WeirReaderPool  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
