/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-retention.h"

#include "weir-sqlite.h"

/*
 * Age is the age of what happened, not of its receipt: an event of last year is old on the day it
 * is sent in. Old events are found name by name along the index `event_by_name`, and deleted so
 * many at a time that a slice takes about SLICE_US: the number is halved when a slice was slow and
 * doubled when it was quick. Pages that become free are used again by new events; the file does not
 * shrink, and does not grow.
 */

#define PERIOD_US (1 * G_TIME_SPAN_SECOND)
#define SLICE_US  (15 * G_TIME_SPAN_MILLISECOND)
#define MIN_ROWS  16
#define MAX_ROWS  8192

struct _WeirSqliteRetention {
  sqlite3 *db;
  sqlite3_stmt *select;
  sqlite3_stmt *remove;
  gint64 keep;
  gint64 next_round;   /* monotonic */
  gint64 name_id;      /* whose turn it is; 0 between rounds */
  guint n_rows;
};

static gboolean
delete_rows (WeirSqliteRetention *self,
             GArray              *seqs)
{
  gboolean ok = weir_sqlite_run (self->db, "BEGIN IMMEDIATE", "the store", "written", NULL);

  for (guint i = 0; ok && i < seqs->len; i++)
    {
      sqlite3_bind_int64 (self->remove, 1, g_array_index (seqs, gint64, i));
      ok = sqlite3_step (self->remove) == SQLITE_DONE;
      sqlite3_reset (self->remove);
    }
  ok = ok && weir_sqlite_run (self->db, "COMMIT", "the store", "written", NULL);
  if (!ok && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);

  return ok;
}

/* Deletes some of the oldest events of one name. Returns how many, or -1 on failure. */
static int
delete_some (WeirSqliteRetention *self,
             gint64               before)
{
  g_autoptr(GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));

  sqlite3_bind_int64 (self->select, 1, self->name_id);
  sqlite3_bind_int64 (self->select, 2, before);
  sqlite3_bind_int64 (self->select, 3, self->n_rows);
  while (sqlite3_step (self->select) == SQLITE_ROW)
    {
      gint64 seq = sqlite3_column_int64 (self->select, 0);

      g_array_append_val (seqs, seq);
    }
  sqlite3_reset (self->select);

  if (seqs->len == 0)
    return 0;
  return delete_rows (self, seqs) ? (int) seqs->len : -1;
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
  sqlite3_prepare_v3 (
      db,
      "SELECT seq FROM event WHERE name_id = ?1 AND time < ?2 ORDER BY time LIMIT ?3",
      -1,
      SQLITE_PREPARE_PERSISTENT,
      &self->select,
      NULL);
  sqlite3_prepare_v3 (
      db, "DELETE FROM event WHERE seq = ?1", -1, SQLITE_PREPARE_PERSISTENT, &self->remove, NULL);

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
    self->name_id = weir_sqlite_get_int64 (self->db, "SELECT max (id) FROM event_name");
  if (self->name_id == 0)
    {
      self->next_round = start + PERIOD_US;
      return FALSE;
    }

  n_deleted = delete_some (self, now - self->keep);
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
