/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-retention.h"

#include "weir-sqlite.h"
#include "weir-summary-cell.h"

/*
 * Age is the age of what happened, not of its receipt: an event of last year is old on the day it
 * is sent in. Old events are found name by name along the index `event_by_name`, and deleted so
 * many at a time that a slice takes about SLICE_US: the number is halved when a slice was slow and
 * doubled when it was quick. Pages that become free are used again by new events; the file does not
 * shrink, and does not grow.
 *
 * state.kept_since says, in the transaction that deletes the first of them, that no event before it
 * counts any more: a reader never sees half of what is deleted. It moves on in steps, since each of
 * them makes answers that are kept be made anew.
 */

#define PERIOD_US (1 * G_TIME_SPAN_SECOND)
#define SLICE_US  (15 * G_TIME_SPAN_MILLISECOND)
#define MIN_ROWS  16
#define MAX_ROWS  8192
#define N_STEPS   100

struct _WeirSqliteRetention {
  sqlite3 *db;
  sqlite3_stmt *select;
  sqlite3_stmt *remove;
  sqlite3_stmt *set_kept_since;
  sqlite3_stmt *remove_hours;
  sqlite3_stmt *remove_minutes;
  gint64 keep;
  gint64 before;       /* of this round */
  gint64 next_round;   /* monotonic */
  gint64 name_id;      /* whose turn it is; 0 between rounds */
  guint n_rows;
};

static gboolean
run (sqlite3_stmt *statement,
     gint64        first,
     gint64        second)
{
  gboolean ok;

  sqlite3_bind_int64 (statement, 1, first);
  if (sqlite3_bind_parameter_count (statement) > 1)
    sqlite3_bind_int64 (statement, 2, second);
  ok = sqlite3_step (statement) == SQLITE_DONE;
  sqlite3_reset (statement);

  return ok;
}

/* What is added up of times that no longer count goes with the events. */
static gboolean
remove_cells (WeirSqliteRetention *self)
{
  return run (self->remove_hours, self->name_id, self->before - WEIR_SUMMARY_HOUR) &&
         run (self->remove_minutes, self->name_id, self->before - WEIR_SUMMARY_MINUTE);
}

static gboolean
delete_rows (WeirSqliteRetention *self,
             GArray              *seqs)
{
  gboolean ok = weir_sqlite_run (self->db, "BEGIN IMMEDIATE", "the store", "written", NULL) &&
                run (self->set_kept_since, self->before, 0);

  for (guint i = 0; ok && i < seqs->len; i++)
    ok = run (self->remove, g_array_index (seqs, gint64, i), 0);
  ok = ok && remove_cells (self) &&
       weir_sqlite_run (self->db, "COMMIT", "the store", "written", NULL);
  if (!ok && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);

  return ok;
}

/* Deletes some of the oldest events of one name. Returns how many, or -1 on failure. */
static int
delete_some (WeirSqliteRetention *self)
{
  g_autoptr(GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));

  sqlite3_bind_int64 (self->select, 1, self->name_id);
  sqlite3_bind_int64 (self->select, 2, self->before);
  sqlite3_bind_int64 (self->select, 3, self->n_rows);
  while (sqlite3_step (self->select) == SQLITE_ROW)
    {
      gint64 seq = sqlite3_column_int64 (self->select, 0);

      g_array_append_val (seqs, seq);
    }
  sqlite3_reset (self->select);

  /* The hour in which an earlier round ended. */
  if (seqs->len == 0)
    return remove_cells (self) ? 0 : -1;
  return delete_rows (self, seqs) ? (int) seqs->len : -1;
}

static void
prepare (WeirSqliteRetention  *self,
         const char           *sql,
         sqlite3_stmt        **statement)
{
  sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}

/* Starts with the last name, and does not go on in time until it is through with all. */
static void
begin_round (WeirSqliteRetention *self,
             gint64               now)
{
  gint64 step = CLAMP (self->keep / N_STEPS, G_TIME_SPAN_SECOND, G_TIME_SPAN_HOUR);

  self->name_id = weir_sqlite_get_int64 (self->db, "SELECT max (id) FROM event_name");
  self->before = MAX (weir_summary_floor (now - self->keep, step),
                      weir_sqlite_get_int64 (self->db, "SELECT kept_since FROM state"));
}

/**
 * weir_sqlite_retention_new:
 * @db: the store's writing connection
 * @keep: age in microseconds
 *
 * Returns: (transfer full): a retention
 */
WeirSqliteRetention *
weir_sqlite_retention_new (sqlite3 *db,
                           gint64   keep)
{
  WeirSqliteRetention *self = g_new0 (WeirSqliteRetention, 1);

  self->db = db;
  self->keep = keep;
  self->n_rows = 1024;
  prepare (self,
           "SELECT seq FROM event WHERE name_id = ?1 AND time < ?2 ORDER BY time LIMIT ?3",
           &self->select);
  prepare (self, "DELETE FROM event WHERE seq = ?1", &self->remove);
  prepare (self, "UPDATE state SET kept_since = ?1 WHERE kept_since < ?1", &self->set_kept_since);
  prepare (self, "DELETE FROM summary_hour WHERE name_id = ?1 AND start <= ?2",
           &self->remove_hours);
  prepare (self, "DELETE FROM summary_minute WHERE name_id = ?1 AND start <= ?2",
           &self->remove_minutes);

  return self;
}

/**
 * weir_sqlite_retention_free:
 * @self: (transfer full): a retention
 */
void
weir_sqlite_retention_free (WeirSqliteRetention *self)
{
  sqlite3_finalize (self->select);
  sqlite3_finalize (self->remove);
  sqlite3_finalize (self->set_kept_since);
  sqlite3_finalize (self->remove_hours);
  sqlite3_finalize (self->remove_minutes);
  g_free (self);
}

/**
 * weir_sqlite_retention_step:
 * @self: a retention
 * @now: the wall clock, microseconds since the epoch
 *
 * Deletes one slice, between two transactions of the store's thread.
 *
 * Returns: whether there is more to delete at once
 */
gboolean
weir_sqlite_retention_step (WeirSqliteRetention *self,
                            gint64               now)
{
  gint64 start = g_get_monotonic_time ();
  gint64 spent;
  int n_deleted;

  if (start < self->next_round)
    return FALSE;
  if (self->name_id == 0)
    begin_round (self, now);
  if (self->name_id == 0)
    {
      self->next_round = start + PERIOD_US;
      return FALSE;
    }

  n_deleted = delete_some (self);
  spent = g_get_monotonic_time () - start;
  if (spent > SLICE_US)
    self->n_rows = MAX (self->n_rows / 2, MIN_ROWS);
  else if (n_deleted == (int) self->n_rows && spent < SLICE_US / 2)
    self->n_rows = MIN (self->n_rows * 2, MAX_ROWS);
  if (n_deleted > 0)
    return TRUE;

  self->name_id--;
  if (n_deleted < 0)
    self->name_id = 0;
  if (self->name_id == 0)
    self->next_round = start + PERIOD_US;
  return self->name_id > 0;
}
