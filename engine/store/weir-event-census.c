/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-census.h"

#include <string.h>

#include "weir-clickhouse-scan.h"
#include "weir-clickhouse-select.h"
#include "weir-error.h"
#include "weir-event-column.h"
#include "weir-sqlite.h"

/*
 * How many events there are of each name, exactly, without looking at them: of most columns of
 * events the number of rows at their head is enough. Those that hold events of persons who were
 * deleted, or events on both sides of a boundary in time, are counted row by row. The newest few
 * thousand events are in no column yet.
 */

static const char sql_names[] = "SELECT id, name FROM event_name ORDER BY id";
static const char sql_columns[] = "SELECT id, min_time, max_time FROM event_column";
static const char sql_rows[] = "SELECT rows FROM event_column WHERE id = ?1";
static const char sql_tail[] =
    "SELECT name_id, time, identity_id FROM event"
    " WHERE seq > (SELECT coalesce (max (last_seq), 0) FROM timeline_part)";

typedef struct {
  sqlite3 *db;
  const WeirPersonMap *map;
  gint64 kept_since;
  gint64 recent_since;
  GArray *tallies;        /* of WeirEventTally, by id */
  sqlite3_stmt *rows;
  sqlite3_blob *head;
} Census;

static void
tally_clear (gpointer data)
{
  g_clear_pointer (&((WeirEventTally *) data)->name, g_free);
}

static sqlite3_stmt *
prepare (Census      *self,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    weir_sqlite_fail (self->db, "the store", "read", error);
  return statement;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 left = ((const WeirEventTally *) a)->id, right = ((const WeirEventTally *) b)->id;

  return (left > right) - (left < right);
}

static WeirEventTally *
find_tally (Census *self,
            gint64  id)
{
  WeirEventTally key = { .id = id };
  guint index;

  if (!g_array_binary_search (self->tallies, &key, compare_ids, &index))
    return NULL;
  return &g_array_index (self->tallies, WeirEventTally, index);
}

static void
count (WeirEventTally *tally,
       guint64         n_events,
       guint64         n_recent,
       gint64          first,
       gint64          last)
{
  tally->first = tally->count > 0 ? MIN (tally->first, first) : first;
  tally->last = tally->count > 0 ? MAX (tally->last, last) : last;
  tally->count += n_events;
  tally->recent += n_recent;
}

static void
count_event (Census  *self,
             gint64   name_id,
             gint64   time,
             guint32  identity)
{
  WeirEventTally *tally = find_tally (self, name_id);

  if (tally != NULL && time >= self->kept_since && weir_person_map_get (self->map, identity) != 0)
    count (tally, 1, time >= self->recent_since, time, time);
}

static gboolean
read_names (Census  *self,
            GError **error)
{
  sqlite3_stmt *select = prepare (self, sql_names, error);
  int code = SQLITE_ERROR;

  while (select != NULL && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      WeirEventTally tally = { .id = sqlite3_column_int64 (select, 0),
                               .name = g_strdup ((const char *) sqlite3_column_text (select, 1)) };

      g_array_append_val (self->tallies, tally);
    }
  if (select != NULL && code != SQLITE_DONE)
    weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

static gboolean
fail_damaged (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "a column of events is damaged");
  return FALSE;
}

static gboolean
count_rows (Census  *self,
            gint64   id,
            GError **error)
{
  WeirColumnIter iter;
  guint32 identity;
  gint64 time;
  gboolean ok;

  sqlite3_bind_int64 (self->rows, 1, id);
  ok = sqlite3_step (self->rows) == SQLITE_ROW &&
       weir_column_iter_init (&iter, sqlite3_column_blob (self->rows, 0),
                              (gsize) sqlite3_column_bytes (self->rows, 0));
  while (ok && weir_column_iter_next (&iter, &time, &identity))
    count_event (self, id & G_MAXUINT32, time, GUINT32_FROM_LE (identity));
  sqlite3_reset (self->rows);

  return ok || fail_damaged (error);
}

/* Reads the head alone, not the megabytes behind it. */
static gboolean
count_head (Census  *self,
            gint64   id,
            gint64   first,
            gint64   last,
            GError **error)
{
  WeirEventTally *tally = find_tally (self, id & G_MAXUINT32);
  guint32 n_rows;
  int code;

  code = self->head != NULL
             ? sqlite3_blob_reopen (self->head, id)
             : sqlite3_blob_open (self->db, "main", "event_column", "rows", id, 0, &self->head);
  if (code != SQLITE_OK || sqlite3_blob_read (self->head, &n_rows, sizeof n_rows, 0) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  n_rows = GUINT32_FROM_LE (n_rows);
  if (tally != NULL && n_rows > 0)
    count (tally, n_rows, first >= self->recent_since ? n_rows : 0, first, last);

  return TRUE;
}

static gboolean
count_columns (Census  *self,
               GError **error)
{
  sqlite3_stmt *select = prepare (self, sql_columns, error);
  gboolean has_deleted = weir_person_map_has_deleted (self->map);
  gboolean ok = select != NULL;
  int code = SQLITE_DONE;

  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (select, 0);
      gint64 first = sqlite3_column_int64 (select, 1);
      gint64 last = sqlite3_column_int64 (select, 2);

      if (last < self->kept_since)
        continue;
      if (has_deleted || first < self->kept_since ||
          (first < self->recent_since && last >= self->recent_since))
        ok = count_rows (self, id, error);
      else
        ok = count_head (self, id, first, last, error);
    }
  if (ok && code != SQLITE_DONE)
    ok = weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_finalize (select);

  return ok;
}

static gboolean
count_tail (Census  *self,
            GError **error)
{
  sqlite3_stmt *select = prepare (self, sql_tail, error);
  int code = SQLITE_ERROR;

  while (select != NULL && (code = sqlite3_step (select)) == SQLITE_ROW)
    count_event (self, sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1),
                 (guint32) sqlite3_column_int64 (select, 2));
  if (select != NULL && code != SQLITE_DONE)
    weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

static gboolean
take_counts (const WeirClickhouseBlock  *block,
             gpointer                    user_data,
             GError                    **error)
{
  Census *self = user_data;
  const WeirClickhouseColumn *columns = block->columns;

  for (guint i = 0; i < block->n_rows; i++)
    for (guint j = 0; j < self->tallies->len; j++)
      {
        WeirEventTally *tally = &g_array_index (self->tallies, WeirEventTally, j);

        if (g_str_equal (tally->name, columns[0].texts[i]))
          count (tally, weir_clickhouse_column_get_uint64 (&columns[1], i),
                 weir_clickhouse_column_get_uint64 (&columns[2], i),
                 weir_clickhouse_column_get_int64 (&columns[3], i),
                 weir_clickhouse_column_get_int64 (&columns[4], i));
      }
  return TRUE;
}

static gboolean
count_elsewhere (Census      *self,
                 WeirReader  *reader,
                 GError     **error)
{
  WeirClickhouseClient *client = weir_reader_get_clickhouse (reader, error);
  g_autoptr(GString) sql = g_string_new ("SELECT CAST(name AS String), count(), countIf(time >= ");

  g_string_append_printf (sql, "fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT "), 'UTC')),"
                          " toUnixTimestamp64Micro(min(time)), toUnixTimestamp64Micro(max(time))"
                          " FROM event WHERE ", self->recent_since);
  weir_clickhouse_append_scope (sql, reader, weir_reader_get_as_of (reader));
  g_string_append_printf (sql, " AND time >="
                          " fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT "), 'UTC')"
                          " GROUP BY name", self->kept_since);
  return client != NULL && weir_clickhouse_select (client, sql->str, 5, take_counts, self,
                                                   weir_reader_get_cancellable (reader), error);
}

/**
 * weir_event_census_run:
 * @reader: a reader that has begun
 * @recent_since: from when on events are counted as recent, microseconds since the epoch
 * @error: return location for an error
 *
 * Counts the events of each name. Costs some microseconds for each name in each part of the
 * timeline, some nanoseconds an event once a person was deleted.
 *
 * Returns: (transfer full) (nullable) (element-type Weir.EventTally): the names there are, by
 *   number, also those without events
 */
GArray *
weir_event_census_run (WeirReader  *reader,
                       gint64       recent_since,
                       GError     **error)
{
  g_autoptr(GArray) tallies = g_array_new (FALSE, FALSE, sizeof (WeirEventTally));
  WeirPeople *people = WEIR_PEOPLE (weir_reader_get_people (reader));
  Census self = { weir_reader_get_db (reader), weir_people_get_map (people),
                  weir_reader_get_kept_since (reader), recent_since, tallies, NULL, NULL };
  gboolean ok;

  g_array_set_clear_func (tallies, tally_clear);
  if (weir_reader_has_clickhouse (reader))
    return read_names (&self, error) && count_elsewhere (&self, reader, error)
             ? g_steal_pointer (&tallies) : NULL;
  self.rows = prepare (&self, sql_rows, error);
  ok = self.rows != NULL && read_names (&self, error) && count_columns (&self, error) &&
       count_tail (&self, error);
  sqlite3_finalize (self.rows);
  sqlite3_blob_close (self.head);

  return ok ? g_steal_pointer (&tallies) : NULL;
}
