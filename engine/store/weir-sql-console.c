/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-console.h"

#include "weir-clickhouse-sql.h"
#include "weir-error.h"
#include "weir-sql-connection.h"

#define MAX_WAITING 8
#define TIMEOUT_US  (15 * G_TIME_SPAN_SECOND)

struct _WeirSqlConsole {
  char *path;
  gboolean is_immutable;
  GAsyncQueue *tasks;
  GThread *thread;
  WeirSqlConnection *connection;   /* the thread's; opened when the first question comes */
  WeirClickhouseAddress *clickhouse;
  WeirClickhouseClient *client;    /* the same, when the events are there */
};

/* The queue takes no NULL: this stands for the end. */
static char end_of_tasks;

static GBytes *
run (WeirSqlConsole         *self,
     const WeirSqlQuestion  *question,
     GCancellable           *cancellable,
     GError                **error)
{
  if (self->clickhouse != NULL)
    {
      if (self->client == NULL)
        self->client = weir_clickhouse_address_connect (self->clickhouse, TIMEOUT_US, error);
      return self->client != NULL
               ? weir_clickhouse_sql_run (self->client, question, cancellable, error) : NULL;
    }
  if (self->connection == NULL)
    self->connection = weir_sql_connection_new (self->path, self->is_immutable, error);
  return self->connection != NULL
           ? weir_sql_connection_run (self->connection, question, cancellable, error) : NULL;
}

static void
answer (WeirSqlConsole *self,
        GTask          *task)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  bytes = run (self, g_task_get_task_data (task), g_task_get_cancellable (task), &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (bytes != NULL)
    g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gpointer
console_thread (gpointer data)
{
  WeirSqlConsole *self = data;
  gpointer item;

  while ((item = g_async_queue_pop (self->tasks)) != &end_of_tasks)
    {
      g_autoptr(GTask) task = item;

      answer (self, task);
    }
  g_clear_pointer (&self->connection, weir_sql_connection_free);
  g_clear_object (&self->client);

  return NULL;
}

/**
 * weir_sql_console_new:
 * @path: a store's file; opened when the first question comes
 * @immutable: nobody writes the file; it may lie where we may not write either
 * @clickhouse: (nullable): where the events are, if not in the file; it is asked then
 *
 * Returns: (transfer full): a console
 */
WeirSqlConsole *
weir_sql_console_new (const char            *path,
                      gboolean               immutable,
                      WeirClickhouseAddress *clickhouse)
{
  WeirSqlConsole *self = g_new0 (WeirSqlConsole, 1);

  self->path = g_canonicalize_filename (path, NULL);
  self->is_immutable = immutable;
  if (clickhouse != NULL)
    self->clickhouse = weir_clickhouse_address_ref (clickhouse);
  self->tasks = g_async_queue_new ();
  self->thread = g_thread_new ("weir-sql", console_thread, self);

  return self;
}

/**
 * weir_sql_console_free:
 * @self: (transfer full): a console
 *
 * Waits for the questions that were asked; cancel them first.
 */
void
weir_sql_console_free (WeirSqlConsole *self)
{
  g_async_queue_push (self->tasks, &end_of_tasks);
  g_thread_join (self->thread);
  g_async_queue_unref (self->tasks);
  g_clear_pointer (&self->clickhouse, weir_clickhouse_address_unref);
  g_free (self->path);
  g_free (self);
}

/* Questions that nobody waits for any more take no place from others. */
static gboolean
has_room (WeirSqlConsole *self)
{
  gint length;

  g_async_queue_lock (self->tasks);
  for (length = g_async_queue_length_unlocked (self->tasks); length > 0; length--)
    {
      GTask *task = g_async_queue_try_pop_unlocked (self->tasks);

      if (g_task_return_error_if_cancelled (task))
        g_object_unref (task);
      else
        g_async_queue_push_unlocked (self->tasks, task);
    }
  length = g_async_queue_length_unlocked (self->tasks);
  g_async_queue_unlock (self->tasks);

  return length < MAX_WAITING;
}

/**
 * weir_sql_console_ask_async:
 * @self: a console
 * @question: (transfer full): what to answer
 * @cancellable: (nullable): stops it
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Asks. When too many questions wait already, the error is %WEIR_ERROR_QUEUE_FULL.
 */
void
weir_sql_console_ask_async (WeirSqlConsole      *self,
                            WeirSqlQuestion     *question,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, weir_sql_console_ask_async);
  g_task_set_task_data (task, question, (GDestroyNotify) weir_sql_question_free);
  if (has_room (self))
    g_async_queue_push (self->tasks, g_steal_pointer (&task));
  else
    g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_QUEUE_FULL,
                             "too many questions in SQL are waiting");
}

/**
 * weir_sql_console_ask_finish:
 * @self: a console
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the answer
 */
GBytes *
weir_sql_console_ask_finish (WeirSqlConsole  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
