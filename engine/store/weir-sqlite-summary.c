/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-summary.h"

#include <math.h>
#include <string.h>

#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"

/*
 * While a transaction's events are inserted, they are added up in memory, and what came of it is
 * merged into the tables before the transaction ends: a table is never behind the events.
 *
 * Every event is in a cell of `summary_hour`. Cells of a minute are only kept for what is newer
 * than state.minutes_since, which follows two days behind the clock of receipt and never goes back:
 * what is older when it comes, as when years are sent in at once, is added to hours alone. A reader
 * takes events where it needs minutes that there are not.
 */

#define MINUTES_KEPT (2 * G_TIME_SPAN_DAY)
#define N_RECENT     256      /* a power of two */
#define BUILD_CELLS  8192

enum {
  SELECT_HOUR,
  SELECT_MINUTE,
  PUT_HOUR,
  PUT_MINUTE,
  DELETE_HOUR,
  DELETE_MINUTE,
  SELECT_MINUTES,
  SELECT_EVENTS,
  SELECT_EVENT,
  SET_SINCE,
  PRUNE,
  N_STATEMENTS
};

#define SELECT_CELL(table) \
  "SELECT " WEIR_SUMMARY_COLUMNS WEIR_SUMMARY_SKETCHES " FROM " table \
  " WHERE name_id = ?1 AND start = ?2 AND source_id = ?3"
#define PUT_CELL(table) \
  "INSERT OR REPLACE INTO " table " (" WEIR_SUMMARY_COLUMNS WEIR_SUMMARY_SKETCHES ") VALUES" \
  " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"

static const char *const sql[N_STATEMENTS] = {
  [SELECT_HOUR] = SELECT_CELL ("summary_hour"),
  [SELECT_MINUTE] = SELECT_CELL ("summary_minute"),
  [PUT_HOUR] = PUT_CELL ("summary_hour"),
  [PUT_MINUTE] = PUT_CELL ("summary_minute"),
  [DELETE_HOUR] = "DELETE FROM summary_hour WHERE name_id = ?1 AND start = ?2",
  [DELETE_MINUTE] = "DELETE FROM summary_minute WHERE name_id = ?1 AND start = ?2",
  [SELECT_MINUTES] = "SELECT " WEIR_SUMMARY_COLUMNS WEIR_SUMMARY_SKETCHES " FROM summary_minute"
                     " WHERE name_id = ?1 AND start >= ?2 AND start < ?3",
  [SELECT_EVENTS] = "SELECT source_id, time, flags, value, duration FROM event"
                    " INDEXED BY event_by_name WHERE name_id = ?1 AND time >= ?2 AND time < ?3",
  [SELECT_EVENT] = "SELECT name_id, time FROM event WHERE seq = ?1",
  [SET_SINCE] = "UPDATE state SET minutes_since = ?1",
  [PRUNE] = "DELETE FROM summary_minute WHERE name_id IN (SELECT id FROM event_name)"
            " AND start < ?1",
};

struct _WeirSqliteSummary {
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  gint64 minutes_since;
  gint64 received;             /* when the last event was; 0 when there was none */
  GHashTable *cells;           /* of the transaction */
  WeirSummaryCell *recent[N_RECENT];
  GHashTable *touched;         /* cells of which only name, start and length count */
};

static guint
hash_cell (gconstpointer cell)
{
  const WeirSummaryCell *one = cell;
  guint64 key = (guint64) one->start * 31 + (guint64) one->name_id * 1000003 +
                (guint64) one->source_id * 257;

  return (guint) (key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32);
}

static gboolean
cells_equal (gconstpointer a,
             gconstpointer b)
{
  const WeirSummaryCell *one = a;
  const WeirSummaryCell *two = b;

  return one->start == two->start && one->name_id == two->name_id &&
         one->source_id == two->source_id && one->length == two->length;
}

static int
compare_cells (gconstpointer a,
               gconstpointer b)
{
  const WeirSummaryCell *one = *(const WeirSummaryCell *const *) a;
  const WeirSummaryCell *two = *(const WeirSummaryCell *const *) b;

  if (one->name_id != two->name_id)
    return one->name_id < two->name_id ? -1 : 1;
  if (one->source_id != two->source_id)
    return one->source_id < two->source_id ? -1 : 1;
  return (one->start > two->start) - (one->start < two->start);
}

static gboolean
fail (WeirSqliteSummary  *self,
      GError            **error)
{
  return weir_sqlite_fail (self->db, "the store", "written", error);
}

/* Runs a statement that returns no rows. */
static gboolean
step (WeirSqliteSummary  *self,
      int                 which,
      gint64              first,
      gint64              second,
      GError            **error)
{
  sqlite3_stmt *statement = self->statements[which];
  gboolean ok;

  sqlite3_bind_int64 (statement, 1, first);
  if (sqlite3_bind_parameter_count (statement) > 1)
    sqlite3_bind_int64 (statement, 2, second);
  ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, error);
  sqlite3_reset (statement);

  return ok;
}

static void
drop_cells (WeirSqliteSummary *self)
{
  self->received = 0;
  memset (self->recent, 0, sizeof self->recent);
  g_hash_table_remove_all (self->cells);
}

/* How long the cells of a time are in memory. */
static gint64
get_length (WeirSqliteSummary *self,
            gint64             time)
{
  return time < self->minutes_since ? WEIR_SUMMARY_HOUR : WEIR_SUMMARY_MINUTE;
}

static WeirSummaryCell *
find_cell (WeirSqliteSummary *self,
           gint64             name_id,
           gint64             source_id,
           gint64             time)
{
  WeirSummaryCell wanted = { .name_id = name_id, .source_id = source_id };
  WeirSummaryCell *cell;

  wanted.length = get_length (self, time);
  wanted.start = weir_summary_floor (time, wanted.length);
  cell = g_hash_table_lookup (self->cells, &wanted);
  if (cell == NULL)
    {
      cell = g_memdup2 (&wanted, sizeof wanted);
      g_hash_table_add (self->cells, cell);
    }
  self->recent[name_id & (N_RECENT - 1)] = cell;

  return cell;
}

/* Merges @cell into the cell of a table that begins at @start. */
static gboolean
put_cell (WeirSqliteSummary      *self,
          gboolean                is_hour,
          gint64                  start,
          const WeirSummaryCell  *cell,
          GError                **error)
{
  sqlite3_stmt *select = self->statements[is_hour ? SELECT_HOUR : SELECT_MINUTE];
  sqlite3_stmt *put = self->statements[is_hour ? PUT_HOUR : PUT_MINUTE];
  WeirSummaryCell whole = { 0 };
  gboolean ok = TRUE;
  int code;

  sqlite3_bind_int64 (select, 1, cell->name_id);
  sqlite3_bind_int64 (select, 2, start);
  sqlite3_bind_int64 (select, 3, cell->source_id);
  code = sqlite3_step (select);
  if (code == SQLITE_ROW)
    ok = weir_summary_cell_read (&whole, select, TRUE, error);
  else if (code != SQLITE_DONE)
    ok = fail (self, error);
  sqlite3_reset (select);

  if (ok)
    {
      whole.name_id = cell->name_id;
      whole.source_id = cell->source_id;
      whole.start = start;
      weir_summary_cell_merge (&whole, cell);
      weir_summary_cell_bind (&whole, put);
      ok = sqlite3_step (put) == SQLITE_DONE || fail (self, error);
      sqlite3_reset (put);
    }
  weir_summary_cell_clear (&whole);

  return ok;
}

static GPtrArray *
sort_cells (WeirSqliteSummary *self)
{
  GPtrArray *sorted = g_ptr_array_sized_new (g_hash_table_size (self->cells));
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    g_ptr_array_add (sorted, cell);
  g_ptr_array_sort (sorted, compare_cells);

  return sorted;
}

/* Writes the hours of the cells, and their minutes where those are kept. */
static gboolean
put_cells (WeirSqliteSummary  *self,
           GError            **error)
{
  g_autoptr(GPtrArray) sorted = sort_cells (self);
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < sorted->len;)
    {
      const WeirSummaryCell *first = g_ptr_array_index (sorted, i);
      gint64 start = weir_summary_floor (first->start, WEIR_SUMMARY_HOUR);
      WeirSummaryCell hour = { .name_id = first->name_id, .source_id = first->source_id };

      for (; ok && i < sorted->len; i++)
        {
          const WeirSummaryCell *cell = g_ptr_array_index (sorted, i);

          if (cell->name_id != hour.name_id || cell->source_id != hour.source_id ||
              cell->start >= start + WEIR_SUMMARY_HOUR)
            break;
          weir_summary_cell_merge (&hour, cell);
          ok = start < self->minutes_since || put_cell (self, FALSE, cell->start, cell, error);
        }
      ok = ok && put_cell (self, TRUE, start, &hour, error);
      weir_summary_cell_clear (&hour);
    }

  return ok;
}

/* Lets state.minutes_since follow the clock. */
static gboolean
advance (WeirSqliteSummary  *self,
         GError            **error)
{
  gint64 since = weir_summary_floor (self->received - MINUTES_KEPT, WEIR_SUMMARY_HOUR);

  if (since <= self->minutes_since)
    return TRUE;
  self->minutes_since = since;

  return step (self, SET_SINCE, since, 0, error) && step (self, PRUNE, since, 0, error);
}

static double
get_number (sqlite3_stmt *select,
            int           column)
{
  return sqlite3_column_type (select, column) == SQLITE_NULL
             ? NAN
             : sqlite3_column_double (select, column);
}

static void
add_numbers (WeirSqliteSummary *self,
             gint64             name_id,
             gint64             source_id,
             gint64             time,
             gboolean           is_error,
             double             value,
             double             duration)
{
  WeirSummaryCell *cell = self->recent[name_id & (N_RECENT - 1)];

  if (cell == NULL || cell->name_id != name_id || cell->source_id != source_id ||
      time < cell->start || time >= cell->start + cell->length)
    cell = find_cell (self, name_id, source_id, time);
  weir_summary_cell_add (cell, is_error, value, duration);
}

/* Adds the event of a row of which @column is the source, followed by time, flags, value and
 * duration. */
static void
add_row (WeirSqliteSummary *self,
         gint64             name_id,
         sqlite3_stmt      *select,
         int                column)
{
  add_numbers (self, name_id, sqlite3_column_int64 (select, column),
               sqlite3_column_int64 (select, column + 1),
               sqlite3_column_int64 (select, column + 2) & WEIR_SCHEMA_FLAG_ERROR,
               get_number (select, column + 3), get_number (select, column + 4));
}

/* Makes the hour anew from its minutes. */
static gboolean
sum_up_hour (WeirSqliteSummary  *self,
             gint64              name_id,
             gint64              start,
             GError            **error)
{
  sqlite3_stmt *select = self->statements[SELECT_MINUTES];
  WeirSummaryCell minute = { 0 };
  gboolean ok = step (self, DELETE_HOUR, name_id, start, error);
  int code = SQLITE_DONE;

  sqlite3_bind_int64 (select, 1, name_id);
  sqlite3_bind_int64 (select, 2, start);
  sqlite3_bind_int64 (select, 3, start + WEIR_SUMMARY_HOUR);
  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW)
    ok = weir_summary_cell_read (&minute, select, TRUE, error) &&
         put_cell (self, TRUE, start, &minute, error);
  if (ok && code != SQLITE_DONE)
    ok = fail (self, error);
  sqlite3_reset (select);
  weir_summary_cell_clear (&minute);

  return ok;
}

/* Makes a cell anew from the events there are: a minute, or an hour without minutes. */
static gboolean
recount (WeirSqliteSummary      *self,
         const WeirSummaryCell  *cell,
         GError                **error)
{
  gboolean is_hour = cell->length == WEIR_SUMMARY_HOUR;
  sqlite3_stmt *select = self->statements[SELECT_EVENTS];
  GHashTableIter iter;
  gpointer part;
  gboolean ok;
  int code;

  sqlite3_bind_int64 (select, 1, cell->name_id);
  sqlite3_bind_int64 (select, 2, cell->start);
  sqlite3_bind_int64 (select, 3, cell->start + cell->length);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    add_row (self, cell->name_id, select, 0);
  ok = code == SQLITE_DONE || fail (self, error);
  sqlite3_reset (select);

  ok = ok && step (self, is_hour ? DELETE_HOUR : DELETE_MINUTE, cell->name_id, cell->start, error);
  g_hash_table_iter_init (&iter, self->cells);
  while (ok && g_hash_table_iter_next (&iter, &part, NULL))
    ok = put_cell (self, is_hour, cell->start, part, error);
  drop_cells (self);

  return ok;
}

static void
touch (WeirSqliteSummary *self,
       gint64             name_id,
       gint64             time)
{
  WeirSummaryCell *cell = g_new0 (WeirSummaryCell, 1);

  cell->name_id = name_id;
  cell->length = get_length (self, time);
  cell->start = weir_summary_floor (time, cell->length);
  g_hash_table_add (self->touched, cell);
}

static gboolean
prepare (WeirSqliteSummary  *self,
         GError            **error)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (self->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i],
                              NULL) != SQLITE_OK)
        return weir_sqlite_fail (self->db, "the store", "read", error);
    }
  return TRUE;
}

/**
 * weir_sqlite_summary_new:
 * @db: the store's writing connection
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the keeper of the tables
 */
WeirSqliteSummary *
weir_sqlite_summary_new (sqlite3  *db,
                         GError  **error)
{
  g_autoptr(WeirSqliteSummary) self = g_new0 (WeirSqliteSummary, 1);

  self->db = db;
  self->cells = g_hash_table_new_full (hash_cell, cells_equal,
                                       (GDestroyNotify) weir_summary_cell_free, NULL);
  self->touched = g_hash_table_new_full (hash_cell, cells_equal, g_free, NULL);
  self->minutes_since = weir_sqlite_get_int64 (db, "SELECT minutes_since FROM state");

  return prepare (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * weir_sqlite_summary_free:
 * @self: (transfer full): a keeper
 */
void
weir_sqlite_summary_free (WeirSqliteSummary *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_hash_table_unref (self->cells);
  g_hash_table_unref (self->touched);
  g_free (self);
}

/**
 * weir_sqlite_summary_build:
 * @db: the store's writing connection, in a transaction
 * @error: return location for an error
 *
 * Fills the tables, which are empty, from all events there are. They are read once, in the order of
 * the stream, and some thousand cells are held in memory at a time.
 *
 * Returns: whether it was done
 */
gboolean
weir_sqlite_summary_build (sqlite3  *db,
                           GError  **error)
{
  g_autoptr(WeirSqliteSummary) self = weir_sqlite_summary_new (db, error);
  sqlite3_stmt *select = NULL;
  gboolean ok;
  int code = SQLITE_DONE;

  if (self == NULL)
    return FALSE;
  self->received =
      weir_sqlite_get_int64 (db, "SELECT received FROM event ORDER BY seq DESC LIMIT 1");
  ok = advance (self, error) &&
       (sqlite3_prepare_v2 (db,
                            "SELECT name_id, source_id, time, flags, value, duration FROM event",
                            -1, &select, NULL) == SQLITE_OK ||
        fail (self, error));
  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      add_row (self, sqlite3_column_int64 (select, 0), select, 1);
      if (g_hash_table_size (self->cells) >= BUILD_CELLS)
        {
          ok = put_cells (self, error);
          drop_cells (self);
        }
    }
  if (ok && code != SQLITE_DONE)
    ok = fail (self, error);
  sqlite3_finalize (select);

  return ok && put_cells (self, error);
}

/**
 * weir_sqlite_summary_reset:
 * @self: a keeper
 *
 * Drops what was collected; to be called when a transaction was rolled back.
 */
void
weir_sqlite_summary_reset (WeirSqliteSummary *self)
{
  drop_cells (self);
  g_hash_table_remove_all (self->touched);
  self->minutes_since = weir_sqlite_get_int64 (self->db, "SELECT minutes_since FROM state");
}

/**
 * weir_sqlite_summary_add:
 * @self: a keeper
 * @name_id: number of the event's name
 * @source_id: number of its source
 * @event: the event
 *
 * Collects an event that was inserted.
 */
void
weir_sqlite_summary_add (WeirSqliteSummary *self,
                         gint64             name_id,
                         gint64             source_id,
                         const WeirEvent   *event)
{
  self->received = event->received;
  add_numbers (self, name_id, source_id, event->timestamp, event->flags & WEIR_EVENT_IS_ERROR,
               event->value, event->duration);
}

/**
 * weir_sqlite_summary_write:
 * @self: a keeper
 * @error: return location for an error
 *
 * Writes what was collected, in the transaction that is open.
 *
 * Returns: whether it was written; if not, the transaction is to be rolled back
 */
gboolean
weir_sqlite_summary_write (WeirSqliteSummary  *self,
                           GError            **error)
{
  gboolean ok = advance (self, error) && put_cells (self, error);

  drop_cells (self);
  return ok;
}

/**
 * weir_sqlite_summary_touch:
 * @self: a keeper
 * @seqs: (element-type guint64): events that are about to be deleted
 * @error: return location for an error
 *
 * Remembers which cells the events are in, for [method@Weir.SqliteSummary.recompute].
 *
 * Returns: whether they could be read
 */
gboolean
weir_sqlite_summary_touch (WeirSqliteSummary  *self,
                           GArray             *seqs,
                           GError            **error)
{
  sqlite3_stmt *select = self->statements[SELECT_EVENT];
  int code = SQLITE_DONE;

  for (guint i = 0; i < seqs->len && (code == SQLITE_ROW || code == SQLITE_DONE); i++)
    {
      sqlite3_bind_int64 (select, 1, (gint64) g_array_index (seqs, guint64, i));
      code = sqlite3_step (select);
      if (code == SQLITE_ROW)
        touch (self, sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1));
      else if (code != SQLITE_DONE)
        fail (self, error);
      sqlite3_reset (select);
    }

  return code == SQLITE_ROW || code == SQLITE_DONE;
}

/**
 * weir_sqlite_summary_recompute:
 * @self: a keeper
 * @error: return location for an error
 *
 * Makes the cells that were touched anew from the events that are left, in the transaction that is
 * open: what was deleted leaves no trace in an extreme, a sum or a sketch.
 *
 * Returns: whether it was done; if not, the transaction is to be rolled back
 */
gboolean
weir_sqlite_summary_recompute (WeirSqliteSummary  *self,
                               GError            **error)
{
  g_autoptr(GHashTable) hours = g_hash_table_new_full (hash_cell, cells_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;
  gboolean ok = TRUE;

  drop_cells (self);
  g_hash_table_iter_init (&iter, self->touched);
  while (ok && g_hash_table_iter_next (&iter, &key, NULL))
    {
      const WeirSummaryCell *cell = key;

      ok = recount (self, cell, error);
      if (cell->length == WEIR_SUMMARY_MINUTE)
        {
          WeirSummaryCell *hour = g_memdup2 (cell, sizeof *cell);

          hour->start = weir_summary_floor (cell->start, WEIR_SUMMARY_HOUR);
          g_hash_table_add (hours, hour);
        }
    }
  g_hash_table_iter_init (&iter, hours);
  while (ok && g_hash_table_iter_next (&iter, &key, NULL))
    ok = sum_up_hour (self, ((const WeirSummaryCell *) key)->name_id,
                      ((const WeirSummaryCell *) key)->start, error);
  g_hash_table_remove_all (self->touched);

  return ok;
}
