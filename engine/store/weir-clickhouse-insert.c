/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-insert.h"

#include "weir-clickhouse-select.h"
#include "weir-error.h"
#include "weir-retry.h"

/*
 * A batch goes as a whole, or in halves of halves once something in it is refused, one request
 * after the other. What is sent again has the same bytes, the same rows in it, and the same token;
 * only the number of the attempt in the query id is another, since a server refuses a query id that
 * still runs.
 */

/* As often is tried what nobody knows the meaning of, before a row is thought to be the reason. */
#define UNKNOWN_TRIES 3

/* Merging parts takes its time. */
#define CROWDED_PAUSE (5 * G_TIME_SPAN_SECOND)

/* How long an insert of before may run, and how often to look whether it does. */
#define RUNNING_US (60 * G_TIME_SPAN_SECOND)
#define LOOK_US    (200 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  guint first;
  guint n_rows;
  guint n_unknown;
} Range;

typedef struct {
  WeirClickhouseBatch *batch;
  GArray *ranges;     /* of Range: what is to be sent, the next one last */
  GArray *refusals;   /* of WeirClickhouseRefusal */
  guint n_attempts;
  guint n_failures;   /* in a row */
  WeirClickhouseNoteFunc note;
  gpointer note_data;
  GSource *timer;
} Insert;

static void send_next (GTask *task);

static void
refusal_clear (gpointer data)
{
  g_free (((WeirClickhouseRefusal *) data)->message);
}

static void
insert_free (gpointer data)
{
  Insert *self = data;

  weir_clickhouse_batch_unref (self->batch);
  g_array_unref (self->ranges);
  g_clear_pointer (&self->refusals, g_array_unref);
  g_free (self);
}

static void
stop (GTask      *task,
      WeirError   code,
      const char *message)
{
  g_task_return_new_error (task, WEIR_ERROR, code, "ClickHouse: %s", message);
  g_object_unref (task);
}

static gboolean
timer_cb (gpointer user_data)
{
  GTask *task = user_data;
  Insert *self = g_task_get_task_data (task);

  g_clear_pointer (&self->timer, g_source_unref);
  send_next (task);
  return G_SOURCE_REMOVE;
}

/* Also ends when it is given up, and the next step sees that. */
static void
wait (GTask  *task,
      gint64  pause)
{
  Insert *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->timer = g_timeout_source_new ((guint) (pause / 1000));
  g_source_set_callback (self->timer, timer_cb, task, NULL);
  if (cancellable != NULL)
    {
      g_autoptr(GSource) child = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (child);
      g_source_add_child_source (self->timer, child);
    }
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
try_again (GTask                     *task,
           const WeirClickhouseReply *reply)
{
  Insert *self = g_task_get_task_data (task);
  gint64 pause = weir_retry_choose_pause (++self->n_failures, reply->retry_after,
                                          g_random_double ());

  if (reply->verdict == WEIR_CLICKHOUSE_CROWDED)
    pause = MAX (pause, CROWDED_PAUSE);
  if (self->note != NULL)
    self->note (reply->message, pause, self->note_data);
  else if (self->n_failures == 1)
    g_warning ("ClickHouse: %s; it is tried again", reply->message);
  wait (task, pause);
}

/* Halves the next range, or gives up its one row. */
static void
split (Insert                    *self,
       const WeirClickhouseReply *reply)
{
  Range *last = &g_array_index (self->ranges, Range, self->ranges->len - 1);
  Range half = { last->first, last->n_rows / 2, 0 };

  if (last->n_rows == 1)
    {
      WeirClickhouseRefusal refusal = { last->first, reply->code, g_strdup (reply->message) };

      g_array_append_val (self->refusals, refusal);
      g_array_set_size (self->ranges, self->ranges->len - 1);
      return;
    }
  last->first += half.n_rows;
  last->n_rows -= half.n_rows;
  last->n_unknown = 0;
  g_array_append_val (self->ranges, half);
}

static void
take_reply (GTask                     *task,
            const WeirClickhouseReply *reply)
{
  Insert *self = g_task_get_task_data (task);
  Range *last = &g_array_index (self->ranges, Range, self->ranges->len - 1);

  switch (reply->verdict)
    {
    case WEIR_CLICKHOUSE_DONE:
      self->n_failures = 0;
      g_array_set_size (self->ranges, self->ranges->len - 1);
      send_next (task);
      return;

    case WEIR_CLICKHOUSE_SPLIT:
      split (self, reply);
      send_next (task);
      return;

    case WEIR_CLICKHOUSE_STOP:
      stop (task, WEIR_ERROR_CONFIGURATION, reply->message);
      return;

    case WEIR_CLICKHOUSE_UNKNOWN:
      if (++last->n_unknown < UNKNOWN_TRIES)
        {
          try_again (task, reply);
          return;
        }
      split (self, reply);
      send_next (task);
      return;

    case WEIR_CLICKHOUSE_AGAIN:
    case WEIR_CLICKHOUSE_CROWDED:
    default:
      try_again (task, reply);
      return;
    }
}

static void
replied_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  g_auto(WeirClickhouseReply) reply = { 0 };

  weir_clickhouse_client_ask_finish (WEIR_CLICKHOUSE_CLIENT (source), result, &reply);
  if (g_task_return_error_if_cancelled (task))
    g_object_unref (task);
  else
    take_reply (task, &reply);
}

static char **
make_parameters (WeirClickhouseClient *client,
                 const char           *token)
{
  const WeirClickhouseServer *server = weir_clickhouse_client_get_server (client);
  g_autoptr(GStrvBuilder) parameters = g_strv_builder_new ();

  /* Our batches are large; a server that gathers them again answers late or too early. */
  if (server->has_async_insert)
    g_strv_builder_add_many (parameters, "async_insert", "0", NULL);
  if (server->has_token)
    g_strv_builder_add_many (parameters, "insert_deduplication_token", token, NULL);
  return g_strv_builder_end (parameters);
}

static void
send_next (GTask *task)
{
  WeirClickhouseClient *client = g_task_get_source_object (task);
  Insert *self = g_task_get_task_data (task);
  g_autofree char *token = NULL;
  g_autofree char *query_id = NULL;
  g_auto(GStrv) parameters = NULL;
  g_autoptr(GBytes) rows = NULL;
  g_autoptr(GBytes) packed = NULL;
  const Range *range;
  WeirClickhouseAsk ask = { 0 };

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (self->ranges->len == 0)
    {
      g_task_return_pointer (task, g_steal_pointer (&self->refusals),
                             (GDestroyNotify) g_array_unref);
      g_object_unref (task);
      return;
    }
  range = &g_array_index (self->ranges, Range, self->ranges->len - 1);
  token = weir_clickhouse_batch_dup_token (self->batch, range->first, range->n_rows);
  query_id = g_strdup_printf ("%s-try-%u-%08x", token, ++self->n_attempts, g_random_int ());
  parameters = make_parameters (client, token);
  packed = weir_clickhouse_batch_dup_packed (self->batch, range->first, range->n_rows);
  if (packed == NULL)
    rows = weir_clickhouse_batch_cut (self->batch, range->first, range->n_rows);
  ask.sql = weir_clickhouse_batch_get_sql (self->batch);
  ask.rows = rows;
  ask.packed = packed;
  ask.structure = weir_clickhouse_batch_get_structure (self->batch);
  ask.parameters = parameters;
  ask.query_id = query_id;
  weir_clickhouse_client_ask_async (client, &ask, g_task_get_cancellable (task), replied_cb, task);
}

/**
 * weir_clickhouse_insert_async:
 * @client: a client
 * @batch: what to insert
 * @note: (nullable): is told of failures, instead of the log
 * @note_data: for @note
 * @cancellable: (nullable): to give up; otherwise it is tried until it is done
 * @callback: called in the thread-default context
 * @user_data: for @callback
 *
 * Inserts rows, as often as it takes. A server that deduplicates (a replicated table, or one with a
 * `non_replicated_deduplication_window`) has each once; another may have a batch twice whose answer
 * was lost.
 */
void
weir_clickhouse_insert_async (WeirClickhouseClient *client,
                              WeirClickhouseBatch  *batch,
                              WeirClickhouseNoteFunc note,
                              gpointer              note_data,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);
  Insert *self = g_new0 (Insert, 1);
  Range all = { 0, weir_clickhouse_batch_get_n_rows (batch), 0 };

  g_task_set_source_tag (task, weir_clickhouse_insert_async);
  self->batch = weir_clickhouse_batch_ref (batch);
  self->note = note;
  self->note_data = note_data;
  self->ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  self->refusals = g_array_new (FALSE, FALSE, sizeof (WeirClickhouseRefusal));
  g_array_set_clear_func (self->refusals, refusal_clear);
  if (all.n_rows > 0)
    g_array_append_val (self->ranges, all);
  g_task_set_task_data (task, self, insert_free);
  send_next (task);
}

/**
 * weir_clickhouse_insert_finish:
 * @client: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type Weir.ClickhouseRefusal) (nullable): the rows that are
 *   refused, usually none; all others are there. %NULL when it was given up, and then some may be
 *   there: %WEIR_ERROR_CONFIGURATION when trying again is of no use
 */
GArray *
weir_clickhouse_insert_finish (WeirClickhouseClient  *client,
                               GAsyncResult          *result,
                               GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * weir_clickhouse_insert:
 * @client: a client, whose context nobody else runs
 * @batch: what to insert
 * @note: (nullable): is told of failures, instead of the log
 * @note_data: for @note
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Like [func@Weir.clickhouse_insert_async], and waits until it is done.
 *
 * Returns: (transfer full) (element-type Weir.ClickhouseRefusal) (nullable): see
 *   [func@Weir.clickhouse_insert_finish]
 */
GArray *
weir_clickhouse_insert (WeirClickhouseClient    *client,
                        WeirClickhouseBatch     *batch,
                        WeirClickhouseNoteFunc   note,
                        gpointer                 note_data,
                        GCancellable            *cancellable,
                        GError                 **error)
{
  GMainContext *context = weir_clickhouse_client_get_context (client);
  g_autoptr(GAsyncResult) result = NULL;

  g_main_context_push_thread_default (context);
  weir_clickhouse_insert_async (client, batch, note, note_data, cancellable, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return weir_clickhouse_insert_finish (client, result, error);
}

/**
 * weir_clickhouse_wait_for_inserts:
 * @client: a client that can be waited for
 * @instance: name of a data directory
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Waits until no insert of the data directory runs any more.
 *
 * Returns: whether none does
 */
gboolean
weir_clickhouse_wait_for_inserts (WeirClickhouseClient  *client,
                                  const char            *instance,
                                  GCancellable          *cancellable,
                                  GError               **error)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT count() FROM system.processes WHERE startsWith(query_id, 'weir-%s-')", instance);
  gint64 deadline = g_get_monotonic_time () + RUNNING_US;
  guint64 n_running = 1;

  while (n_running > 0)
    {
      if (!weir_clickhouse_select_number (client, sql, &n_running, cancellable, error))
        return FALSE;
      if (n_running > 0 && g_get_monotonic_time () > deadline)
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                               "ClickHouse still runs an insert of before");
          return FALSE;
        }
      if (n_running > 0)
        g_usleep (LOOK_US);
    }
  return TRUE;
}
