/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-scan.h"

#include <string.h>

#include "weir-clickhouse-scan.h"
#include "weir-error.h"
#include "weir-event-column.h"
#include "weir-scan-judge.h"
#include "weir-sqlite.h"
#include "weir-sqlite-summary-read.h"

/*
 * Most questions look at nothing but name, time and identity: those are read from the columns
 * (weir-event-column.c), a block at a time, and for the newest few thousand events, which are in no
 * column yet, from the end of the table `event`. Others go name by name along the index
 * `event_by_name`, on two connections at once when there is much to read. Rows never come out of
 * SQLite one by one: an aggregate function takes them inside the virtual machine, which costs a
 * third less than stepping.
 *
 * What a filter looks at beyond time and name is read from the event's row and judged by the same
 * code that judges the live stream.
 */

#define MIN_PARTS_TO_SPLIT 4
#define MAX_WAITING        256     /* blocks of the second thread */

#define COLUMNS_INDEX  "e.time, e.identity_id"
#define COLUMNS_VALUES COLUMNS_INDEX ", e.value, e.duration, e.properties"
#define COLUMNS_TEXTS \
  COLUMNS_VALUES \
  ", e.flags, e.session_id, e.other_ids ->> 'distinct_id', e.other_ids ->> 'anonymous_id'," \
  " e.other_ids ->> 'device_id', (SELECT name FROM source WHERE id = e.source_id)," \
  " (SELECT distinct_id FROM identity WHERE id = e.identity_id)"

#define FROM_INDEX \
  " FROM event AS e INDEXED BY event_by_name WHERE name_id = ?1 AND time >= ?2 AND time < ?3" \
  " AND seq <= ?4"
#define FROM_NEW " FROM event AS e WHERE seq > ?1 AND seq <= ?2"

static const char *const sql_by_name[] = {
  [WEIR_SCAN_INDEX] = "SELECT weir_take (" COLUMNS_INDEX ")" FROM_INDEX,
  [WEIR_SCAN_VALUES] = "SELECT weir_take (" COLUMNS_VALUES ")" FROM_INDEX,
  [WEIR_SCAN_TEXTS] = "SELECT weir_take (" COLUMNS_TEXTS ")" FROM_INDEX,
};

static const char *const sql_new[] = {
  [WEIR_SCAN_INDEX] = "SELECT weir_take_new (e.name_id, " COLUMNS_INDEX ")" FROM_NEW,
  [WEIR_SCAN_VALUES] = "SELECT weir_take_new (e.name_id, " COLUMNS_VALUES ")" FROM_NEW,
  [WEIR_SCAN_TEXTS] = "SELECT weir_take_new (e.name_id, " COLUMNS_TEXTS ")" FROM_NEW,
};

typedef struct {
  gint64 id;
  gint64 last_seq;
} Part;

struct _WeirSqliteScan {
  WeirReader *reader;
  WeirAnswer *answer;
  WeirScanQuestion question;
  WeirScanJudge *judge;
  const WeirScanPlan *plan;      /* of the events that come */
  GArray *plans;                 /* of WeirScanPlan, in the order of their ids */
  WeirScanShape new_shape;
  gint64 last_seq;               /* of the moment that is read */
};

/* The part of one name's events that a second thread reads, on a connection of its own. */
typedef struct {
  WeirSqliteScan *scan;
  WeirReader *reader;
  WeirScanJudge *judge;
  const WeirScanPlan *plan;
  gint64 from;
  gint64 until;
  GAsyncQueue *blocks;           /* of Block; the last one is empty */
  GError *error;
} Half;

typedef struct {
  guint n_rows;
  WeirRow *rows;
  double *numbers;
} Block;

static void
add_rows (const WeirRows *rows,
          gpointer        user_data)
{
  WeirSqliteScan *self = user_data;

  weir_answer_add (self->answer, rows);
}

static WeirPeople *
get_people (WeirSqliteScan *self)
{
  return WEIR_PEOPLE (weir_reader_get_people (self->reader));
}

static void
take_step (sqlite3_context *context,
           int              n_values,
           sqlite3_value  **values)
{
  WeirSqliteScan *self = sqlite3_user_data (context);

  weir_scan_judge_take (self->judge, self->plan, self->plan->shape, values);
}

static void
take_half_step (sqlite3_context *context,
                int              n_values,
                sqlite3_value  **values)
{
  Half *half = sqlite3_user_data (context);

  weir_scan_judge_take (half->judge, half->plan, half->plan->shape, values);
}

static const WeirScanPlan *
find_plan (GArray *plans,
           gint64  name_id)
{
  guint low = 0, high = plans->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const WeirScanPlan *plan = &g_array_index (plans, WeirScanPlan, middle);

      if (plan->name_id == name_id)
        return plan;
      if (plan->name_id < name_id)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static void
take_new_step (sqlite3_context *context,
               int              n_values,
               sqlite3_value  **values)
{
  WeirSqliteScan *self = sqlite3_user_data (context);
  const WeirScanPlan *plan = find_plan (self->plans, sqlite3_value_int64 (values[0]));
  gint64 time = sqlite3_value_int64 (values[1]);

  if (plan != NULL && time >= plan->from && time < plan->until)
    weir_scan_judge_take (self->judge, plan, self->new_shape, values + 1);
}

static void
take_final (sqlite3_context *context)
{
  sqlite3_result_null (context);
}

static gboolean
add_function (sqlite3     *db,
              const char  *name,
              void       (*take) (sqlite3_context *, int, sqlite3_value **),
              gpointer     user_data,
              GError     **error)
{
  return sqlite3_create_function_v2 (db, name, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, user_data, NULL,
                                     take, take_final, NULL) == SQLITE_OK ||
         weir_sqlite_fail (db, "the store", "read", error);
}

/* Runs an aggregate whose function takes the rows. */
static gboolean
run_aggregate (sqlite3       *db,
               const char    *sql,
               const gint64  *parameters,
               guint          n_parameters,
               GError       **error)
{
  sqlite3_stmt *select = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &select, NULL) == SQLITE_OK;

  for (guint i = 0; ok && i < n_parameters; i++)
    sqlite3_bind_int64 (select, (int) i + 1, parameters[i]);
  ok = ok && sqlite3_step (select) == SQLITE_ROW && sqlite3_step (select) == SQLITE_DONE;
  if (!ok)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return ok;
}

static gboolean
run_name (WeirSqliteScan      *self,
          const WeirScanPlan  *plan,
          gint64               from,
          GError             **error)
{
  const gint64 parameters[] = { plan->name_id, from, plan->until, self->last_seq };

  self->plan = plan;
  return run_aggregate (weir_reader_get_db (self->reader), sql_by_name[plan->shape], parameters,
                        G_N_ELEMENTS (parameters), error);
}

static void
block_free (Block *block)
{
  g_free (block->rows);
  g_free (block->numbers);
  g_free (block);
}

/* Called in the second thread. */
static void
queue_rows (const WeirRows *rows,
            gpointer        user_data)
{
  Half *half = user_data;
  Block *block = g_new0 (Block, 1);

  /* The first thread adds what waits whenever it has a block of its own. */
  while (g_async_queue_length (half->blocks) > MAX_WAITING)
    g_usleep (200);
  block->n_rows = rows->n_rows;
  block->rows = g_memdup2 (rows->rows, rows->n_rows * sizeof *rows->rows);
  if (rows->numbers != NULL)
    block->numbers = g_memdup2 (rows->numbers, rows->n_rows * sizeof *rows->numbers);
  g_async_queue_push (half->blocks, block);
}

static gpointer
half_thread (gpointer data)
{
  Half *half = data;
  sqlite3 *db = weir_reader_get_db (half->reader);
  const gint64 parameters[] = { half->plan->name_id, half->from, half->until,
                                half->scan->last_seq };

  if (add_function (db, "weir_take", take_half_step, half, &half->error))
    run_aggregate (db, sql_by_name[half->plan->shape], parameters, G_N_ELEMENTS (parameters),
                   &half->error);
  weir_scan_judge_flush (half->judge);
  g_async_queue_push (half->blocks, g_new0 (Block, 1));

  return NULL;
}

/* Returns FALSE when it was the last one. */
static gboolean
add_block (WeirSqliteScan *self,
           Block          *block)
{
  WeirRows rows = { block->n_rows, block->rows, block->numbers, NULL };
  gboolean is_last = block->n_rows == 0;

  weir_answer_add (self->answer, &rows);
  block_free (block);

  return !is_last;
}

static void
add_rows_of_both (const WeirRows *rows,
                  gpointer        user_data)
{
  Half *half = user_data;
  Block *block;

  weir_answer_add (half->scan->answer, rows);
  while ((block = g_async_queue_try_pop (half->blocks)) != NULL)
    {
      if (block->n_rows > 0)
        add_block (half->scan, block);
      else
        {
          /* It is what the end waits for. */
          g_async_queue_push_front (half->blocks, block);
          return;
        }
    }
}

/* Where to cut the time of a name so that both sides have about as many events, or 0 when there are
 * too few to be worth it. */
static gint64
find_middle (WeirSqliteScan     *self,
             const WeirScanPlan *plan,
             GArray             *parts)
{
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *select = NULL;
  gint64 middle;

  if (sqlite3_prepare_v2 (weir_reader_get_db (self->reader),
                          "SELECT min_time FROM event_column WHERE id = ?1 AND max_time >= ?2"
                          " AND min_time < ?3",
                          -1, &select, NULL) != SQLITE_OK)
    return 0;
  for (guint i = 0; i < parts->len; i++)
    {
      sqlite3_bind_int64 (select, 1, g_array_index (parts, Part, i).id << 32 | plan->name_id);
      sqlite3_bind_int64 (select, 2, plan->from);
      sqlite3_bind_int64 (select, 3, plan->until);
      if (sqlite3_step (select) == SQLITE_ROW)
        {
          gint64 time = sqlite3_column_int64 (select, 0);

          g_array_append_val (times, time);
        }
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);

  if (times->len < MIN_PARTS_TO_SPLIT)
    return 0;
  middle = g_array_index (times, gint64, times->len / 2);
  return middle > plan->from && middle < plan->until ? middle : 0;
}

/* Two connections never begin at the same moment; they read the same when nothing was deleted in
 * between, since what is new is left out by its seq. */
static gboolean
is_same_moment (WeirReader *a,
                WeirReader *b)
{
  return weir_reader_get_kept_since (a) == weir_reader_get_kept_since (b) &&
         weir_reader_get_last_change (a) == weir_reader_get_last_change (b);
}

static gboolean
run_halves (WeirSqliteScan      *self,
            const WeirScanPlan  *plan,
            WeirReader          *second,
            gint64               middle,
            GError             **error)
{
  Half half = { self, second, NULL, plan, plan->from, middle, g_async_queue_new (), NULL };
  g_autoptr(WeirScanJudge) other = NULL;
  WeirScanJudge *own = self->judge;
  GThread *thread;
  gboolean ok;

  other = weir_scan_judge_new (&self->question, get_people (self), NULL, queue_rows, &half);
  half.judge = other;
  self->judge =
      weir_scan_judge_new (&self->question, get_people (self), NULL, add_rows_of_both, &half);
  thread = g_thread_new ("weir-reader-2", half_thread, &half);
  ok = run_name (self, plan, middle, error);
  weir_scan_judge_flush (self->judge);
  weir_scan_judge_free (self->judge);
  self->judge = own;
  if (!ok)
    weir_reader_interrupt (second);
  while (add_block (self, g_async_queue_pop (half.blocks)))
    ;
  g_thread_join (thread);
  g_async_queue_unref (half.blocks);
  if (half.error != NULL && ok)
    g_propagate_error (error, g_steal_pointer (&half.error));
  ok = ok && half.error == NULL && (error == NULL || *error == NULL);
  g_clear_error (&half.error);

  return ok;
}

static gboolean
run_rows (WeirSqliteScan      *self,
          const WeirScanPlan  *plan,
          GArray              *parts,
          GError             **error)
{
  /* Groups are numbered as they come, and persons' properties are asked of one connection. */
  gboolean may_split = !self->question.wants_groups && plan->shape != WEIR_SCAN_INDEX &&
                       (self->question.uses & WEIR_FILTER_USES_PERSON) == 0;
  gint64 middle = may_split ? find_middle (self, plan, parts) : 0;
  WeirReader *second = middle > 0 ? weir_reader_begin_second (self->reader) : NULL;
  gboolean ok;

  if (second != NULL && is_same_moment (self->reader, second))
    {
      ok = run_halves (self, plan, second, middle, error);
    }
  else
    {
      ok = run_name (self, plan, plan->from, error);
      weir_scan_judge_flush (self->judge);
    }
  if (second != NULL)
    weir_reader_end (second);

  return ok;
}

static gboolean
take_column (WeirSqliteScan      *self,
             const WeirScanPlan  *plan,
             sqlite3_stmt        *select,
             GError             **error)
{
  WeirColumnIter iter;

  if (!weir_column_iter_init (&iter, sqlite3_column_blob (select, 0),
                              (gsize) sqlite3_column_bytes (select, 0)))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "a column of events is damaged");
      return FALSE;
    }
  weir_scan_judge_take_column (self->judge, plan, iter);

  return TRUE;
}

static gboolean
run_columns (WeirSqliteScan      *self,
             const WeirScanPlan  *plan,
             GArray              *parts,
             GError             **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (db,
                           "SELECT rows FROM event_column WHERE id = ?1 AND max_time >= ?2"
                           " AND min_time < ?3",
                           -1, &select, NULL) == SQLITE_OK ||
       weir_sqlite_fail (db, "the store", "read", error);
  for (guint i = 0; ok && i < parts->len; i++)
    {
      int code;

      sqlite3_bind_int64 (select, 1, g_array_index (parts, Part, i).id << 32 | plan->name_id);
      sqlite3_bind_int64 (select, 2, plan->from);
      sqlite3_bind_int64 (select, 3, plan->until);
      code = sqlite3_step (select);
      if (code == SQLITE_ROW)
        ok = take_column (self, plan, select, error);
      else if (code != SQLITE_DONE)
        ok = weir_sqlite_fail (db, "the store", "read", error);
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);
  weir_scan_judge_flush (self->judge);

  return ok;
}

/* The parts there are, in the order of the stream. */
static GArray *
read_parts (WeirSqliteScan  *self,
            GError         **error)
{
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, "SELECT id, last_seq FROM timeline_part ORDER BY first_seq", -1,
                          &select, NULL) == SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          Part part = { sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1) };

          g_array_append_val (parts, part);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE ? g_steal_pointer (&parts) : NULL;
}

/* The names whose events matter. */
static gboolean
make_plans (WeirSqliteScan  *self,
            GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  g_array_set_size (self->plans, 0);
  if (sqlite3_prepare_v2 (db, "SELECT id, name FROM event_name ORDER BY id", -1, &select, NULL) ==
      SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          WeirScanPlan plan;

          if (weir_scan_plan_init (&plan, &self->question, sqlite3_column_int64 (select, 0),
                                   (const char *) sqlite3_column_text (select, 1)))
            g_array_append_val (self->plans, plan);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

static gboolean
prepare (WeirSqliteScan  *self,
         GError         **error)
{
  const WeirCondition *conditions;
  guint n_conditions;

  conditions = weir_answer_get_conditions (self->answer, &n_conditions);
  weir_scan_question_set (&self->question, conditions, n_conditions,
                          weir_reader_get_kept_since (self->reader));
  g_clear_pointer (&self->judge, weir_scan_judge_free);
  self->judge =
      weir_scan_judge_new (&self->question, get_people (self), self->answer, add_rows, self);

  return make_plans (self, error);
}

/**
 * weir_sqlite_scan_new:
 * @reader: a reader; must outlive the scan
 * @answer: what is to get the rows
 *
 * Returns: (transfer full): a scan
 */
WeirSqliteScan *
weir_sqlite_scan_new (WeirReader *reader,
                      WeirAnswer *answer)
{
  WeirSqliteScan *self = g_new0 (WeirSqliteScan, 1);

  self->reader = reader;
  self->answer = g_object_ref (answer);
  self->plans = g_array_new (FALSE, FALSE, sizeof (WeirScanPlan));
  g_array_set_clear_func (self->plans, (GDestroyNotify) weir_scan_plan_clear);

  return self;
}

/**
 * weir_sqlite_scan_free:
 * @self: (transfer full): a scan
 */
void
weir_sqlite_scan_free (WeirSqliteScan *self)
{
  g_clear_pointer (&self->judge, weir_scan_judge_free);
  weir_scan_question_clear (&self->question);
  g_array_unref (self->plans);
  g_object_unref (self->answer);
  g_free (self);
}

static gboolean
run_new (WeirSqliteScan  *self,
         gint64           after,
         gint64           until,
         WeirScanShape    shape,
         GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  const gint64 parameters[] = { after, until };
  gboolean ok;

  self->new_shape = shape;
  ok = add_function (db, "weir_take_new", take_new_step, self, error) &&
       run_aggregate (db, sql_new[shape], parameters, G_N_ELEMENTS (parameters), error);
  weir_scan_judge_flush (self->judge);

  return ok;
}

/* The events that are in no column yet. */
static gboolean
run_tail (WeirSqliteScan  *self,
          GArray          *parts,
          GError         **error)
{
  gint64 after = parts->len > 0 ? g_array_index (parts, Part, parts->len - 1).last_seq : 0;

  for (guint i = self->plans->len; i > 0; i--)
    {
      if (!g_array_index (self->plans, WeirScanPlan, i - 1).is_in_columns)
        g_array_remove_index (self->plans, i - 1);
    }

  return self->plans->len == 0 || run_new (self, after, self->last_seq, WEIR_SCAN_INDEX, error);
}

/* The events of the times that summaries left out, along the index. */
static gboolean
run_gaps (WeirSqliteScan  *self,
          GArray          *gaps,
          GError         **error)
{
  for (guint i = 0; i < self->plans->len; i++)
    {
      const WeirScanPlan *plan = &g_array_index (self->plans, WeirScanPlan, i);

      for (guint j = 0; j < gaps->len; j++)
        {
          const WeirSummarySpan *gap = &g_array_index (gaps, WeirSummarySpan, j);
          WeirScanPlan part = *plan;

          part.from = MAX (part.from, gap->from);
          part.until = MIN (part.until, gap->until);
          if (part.from < part.until && !run_name (self, &part, part.from, error))
            return FALSE;
        }
    }
  weir_scan_judge_flush (self->judge);

  return TRUE;
}

/**
 * weir_sqlite_scan_run:
 * @self: a scan; its reader has begun
 * @error: return location for an error
 *
 * Gives the answer all rows that there are.
 *
 * Returns: whether all could be read
 */
gboolean
weir_sqlite_scan_run (WeirSqliteScan  *self,
                      GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  g_autoptr(GArray) parts = NULL;
  g_autoptr(GArray) gaps = NULL;

  if (weir_reader_has_clickhouse (self->reader))
    return prepare (self, error) &&
           weir_clickhouse_scan (self->reader, self->judge, self->plans, 0,
                                 weir_reader_get_as_of (self->reader), error);
  if (!prepare (self, error) || (parts = read_parts (self, error)) == NULL ||
      !add_function (db, "weir_take", take_step, self, error))
    return FALSE;
  self->last_seq = weir_sqlite_get_int64 (db, "SELECT max (seq) FROM event");
  if (!weir_sqlite_summary_read (self->reader, self->answer, self->plans, &gaps, error))
    return FALSE;
  if (gaps != NULL)
    return run_gaps (self, gaps, error);
  for (guint i = 0; i < self->plans->len; i++)
    {
      const WeirScanPlan *plan = &g_array_index (self->plans, WeirScanPlan, i);

      if (!(plan->is_in_columns ? run_columns (self, plan, parts, error)
                                : run_rows (self, plan, parts, error)))
        return FALSE;
    }

  return run_tail (self, parts, error);
}

/**
 * weir_sqlite_scan_run_new:
 * @self: a scan; its reader has begun
 * @after: seq of the last event the answer knows of
 * @until: seq of the last event to give it
 * @error: return location for an error
 *
 * Gives the answer the rows of newer events. What it costs depends on how many those are, not on
 * how many are stored.
 *
 * Returns: whether all could be read
 */
gboolean
weir_sqlite_scan_run_new (WeirSqliteScan  *self,
                          guint64          after,
                          guint64          until,
                          GError         **error)
{
  WeirScanShape shape = WEIR_SCAN_INDEX;

  if (after >= until)
    return TRUE;
  if (!prepare (self, error))
    return FALSE;
  if (weir_reader_has_clickhouse (self->reader))
    return weir_clickhouse_scan (self->reader, self->judge, self->plans, after, until, error);
  for (guint i = 0; i < self->plans->len; i++)
    shape = MAX (shape, g_array_index (self->plans, WeirScanPlan, i).shape);

  return run_new (self, (gint64) after, (gint64) until, shape, error);
}
