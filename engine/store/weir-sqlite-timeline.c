/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-timeline.h"

#include <stdlib.h>

#include "weir-error.h"
#include "weir-sqlite.h"
#include "weir-timeline-block.h"

/*
 * The events in the order of seq are cut into parts. Each part is kept twice: as a sorted list of
 * identity and seq, in blocks keyed by part and first identity (who did what), and by columns, in
 * blocks keyed by part and name (what happened when: see weir-event-column.c). New events wait in
 * memory until there are PART_ENTRIES of them, and are then written in the transaction that stores
 * them; whoever looks somebody up walks the few events behind the last part. Small parts are merged
 * into larger ones (a log-structured merge tree of three levels), so that a look-up reads one block
 * of each of some dozens of parts, however many events there are. A row-by-row index in random
 * order would cost four fifths of the rate of ingest.
 */

#define PART_ENTRIES 4096
#define N_LEVELS     3

/* Parts of a level are merged when they have so many entries together. */
static const guint level_entries[N_LEVELS] = { 32768, 262144, G_MAXUINT };

enum {
  INSERT_PART,
  DELETE_PART,
  INSERT_BLOCK,
  DELETE_BLOCKS,
  INSERT_COLUMN,
  SELECT_COLUMNS,
  DELETE_COLUMNS,
  SELECT_TAIL,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [INSERT_PART] = "INSERT INTO timeline_part (n_entries, first_seq, last_seq) VALUES (?1, ?2, ?3)",
  [DELETE_PART] = "DELETE FROM timeline_part WHERE id = ?1",
  [INSERT_BLOCK] = "INSERT INTO timeline (id, entries) VALUES (?1, ?2)",
  [DELETE_BLOCKS] = "DELETE FROM timeline WHERE id BETWEEN ?1 << 32 AND (?1 + 1 << 32) - 1",
  [INSERT_COLUMN] = "INSERT INTO event_column (id, min_time, max_time, rows, seqs)"
                    " VALUES (?1, ?2, ?3, ?4, ?5)",
  [SELECT_COLUMNS] = "SELECT id & 4294967295, rows, seqs FROM event_column"
                     " WHERE id BETWEEN ?1 << 32 AND (?1 + 1 << 32) - 1",
  [DELETE_COLUMNS] = "DELETE FROM event_column WHERE id BETWEEN ?1 << 32 AND (?1 + 1 << 32) - 1",
  [SELECT_TAIL] = "SELECT seq, name_id, time, identity_id FROM event WHERE seq > ?1",
};

typedef struct {
  gint64 id;
  gint64 first_seq;
  gint64 last_seq;
  guint n_entries;
} Part;

struct _WeirSqliteTimeline {
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  GArray *parts;       /* of Part, in the order of seq */
  GArray *pending;     /* of WeirColumnRow, in the order of seq */
};

static gboolean
fail (WeirSqliteTimeline  *self,
      GError             **error)
{
  return weir_sqlite_fail (self->db, "the store", "written", error);
}

static gboolean
step (WeirSqliteTimeline  *self,
      int                  which,
      GError             **error)
{
  gboolean ok = sqlite3_step (self->statements[which]) == SQLITE_DONE || fail (self, error);

  sqlite3_reset (self->statements[which]);
  return ok;
}

static gboolean
write_blocks (WeirSqliteTimeline       *self,
              gint64                    part,
              const WeirTimelineEntry  *entries,
              guint                     n_entries,
              GError                  **error)
{
  g_autoptr(GByteArray) block = g_byte_array_new ();
  guint done = 0;

  while (done < n_entries)
    {
      sqlite3_stmt *insert = self->statements[INSERT_BLOCK];
      guint32 first = weir_timeline_entry_get_identity (entries[done]);

      g_byte_array_set_size (block, 0);
      done += weir_timeline_block_write (entries + done, n_entries - done, block);
      sqlite3_bind_int64 (insert, 1, part << 32 | first);
      sqlite3_bind_blob (insert, 2, block->data, (int) block->len, SQLITE_STATIC);
      if (!step (self, INSERT_BLOCK, error))
        return FALSE;
    }
  return TRUE;
}

/* @rows are in the order of seq. */
static gboolean
write_timeline (WeirSqliteTimeline  *self,
                const Part          *part,
                GArray              *rows,
                GError             **error)
{
  g_autofree WeirTimelineEntry *entries = g_new (WeirTimelineEntry, rows->len);

  for (guint i = 0; i < rows->len; i++)
    {
      const WeirColumnRow *row = &g_array_index (rows, WeirColumnRow, i);

      entries[i] = weir_timeline_entry_new (row->identity,
                                            (guint32) (row->seq - (guint64) part->first_seq));
    }
  weir_timeline_sort (entries, rows->len);

  return write_blocks (self, part->id, entries, rows->len, error);
}

static gboolean
write_column (WeirSqliteTimeline   *self,
              const Part           *part,
              const WeirColumnRow  *rows,
              guint                 n_rows,
              GError              **error)
{
  sqlite3_stmt *insert = self->statements[INSERT_COLUMN];
  g_autoptr(GByteArray) block = g_byte_array_new ();
  g_autoptr(GByteArray) seqs = g_byte_array_new ();

  weir_column_write (rows, n_rows, (guint64) part->first_seq, block, seqs);
  sqlite3_bind_int64 (insert, 1, part->id << 32 | rows[0].name);
  sqlite3_bind_int64 (insert, 2, rows[0].time);
  sqlite3_bind_int64 (insert, 3, rows[n_rows - 1].time);
  sqlite3_bind_blob (insert, 4, block->data, (int) block->len, SQLITE_STATIC);
  sqlite3_bind_blob (insert, 5, seqs->data, (int) seqs->len, SQLITE_STATIC);

  return step (self, INSERT_COLUMN, error);
}

static gboolean
write_columns (WeirSqliteTimeline  *self,
               const Part          *part,
               GArray              *rows,
               GError             **error)
{
  const WeirColumnRow *all = (const WeirColumnRow *) rows->data;
  guint begin = 0;

  weir_column_sort ((WeirColumnRow *) rows->data, rows->len);
  for (guint end = 1; end <= rows->len; end++)
    {
      if (end < rows->len && all[end].name == all[begin].name)
        continue;
      if (!write_column (self, part, all + begin, end - begin, error))
        return FALSE;
      begin = end;
    }
  return TRUE;
}

/* Adds rows, which are in the order of seq, as a part behind the others. Reorders them. */
static gboolean
write_part (WeirSqliteTimeline  *self,
            GArray              *rows,
            gint64               first_seq,
            gint64               last_seq,
            GError             **error)
{
  sqlite3_stmt *insert = self->statements[INSERT_PART];
  Part part = { 0, first_seq, last_seq, rows->len };

  sqlite3_bind_int64 (insert, 1, part.n_entries);
  sqlite3_bind_int64 (insert, 2, part.first_seq);
  sqlite3_bind_int64 (insert, 3, part.last_seq);
  if (!step (self, INSERT_PART, error))
    return FALSE;
  part.id = sqlite3_last_insert_rowid (self->db);
  g_array_append_val (self->parts, part);

  return write_timeline (self, &part, rows, error) && write_columns (self, &part, rows, error);
}

static guint
get_level (guint n_entries)
{
  guint level = 0;

  while (n_entries >= level_entries[level])
    level++;
  return level;
}

static gboolean
delete_part (WeirSqliteTimeline  *self,
             gint64               id,
             GError             **error)
{
  sqlite3_bind_int64 (self->statements[DELETE_BLOCKS], 1, id);
  sqlite3_bind_int64 (self->statements[DELETE_COLUMNS], 1, id);
  sqlite3_bind_int64 (self->statements[DELETE_PART], 1, id);

  return step (self, DELETE_BLOCKS, error) && step (self, DELETE_COLUMNS, error) &&
         step (self, DELETE_PART, error);
}

static gboolean
read_columns (WeirSqliteTimeline  *self,
              const Part          *part,
              GArray              *rows,
              GError             **error)
{
  sqlite3_stmt *select = self->statements[SELECT_COLUMNS];
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  sqlite3_bind_int64 (select, 1, part->id);
  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW)
    ok = weir_column_read (sqlite3_column_blob (select, 1),
                           (gsize) sqlite3_column_bytes (select, 1),
                           sqlite3_column_blob (select, 2),
                           (gsize) sqlite3_column_bytes (select, 2),
                           (guint32) sqlite3_column_int64 (select, 0),
                           (guint64) part->first_seq,
                           rows);
  sqlite3_reset (select);
  if (!ok)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "a column of events is damaged");

  return ok && (code == SQLITE_DONE || fail (self, error));
}

static int
compare_seqs (gconstpointer a,
              gconstpointer b)
{
  guint64 left = ((const WeirColumnRow *) a)->seq, right = ((const WeirColumnRow *) b)->seq;

  return (left > right) - (left < right);
}

/* Rows of parts one after the other need only be put in order within each part: by counting, since
 * no seq comes twice. */
static void
sort_by_seq (GArray  *rows,
             guint    begin,
             gint64   first_seq,
             gint64   last_seq)
{
  gsize span = (gsize) (last_seq - first_seq) + 1;
  guint n_rows = rows->len - begin;
  WeirColumnRow *part = &g_array_index (rows, WeirColumnRow, begin);
  g_autofree WeirColumnRow *copy = NULL;
  g_autofree guint32 *places = NULL;
  guint next = 0;

  if (span > 16 * (gsize) n_rows)
    {
      qsort (part, n_rows, sizeof *part, compare_seqs);
      return;
    }
  copy = g_memdup2 (part, n_rows * sizeof *part);
  places = g_new0 (guint32, span);

  for (guint i = 0; i < n_rows; i++)
    places[copy[i].seq - (guint64) first_seq] = i + 1;
  for (gsize i = 0; i < span; i++)
    {
      if (places[i] > 0)
        part[next++] = copy[places[i] - 1];
    }
}

/* Makes one part of the last @n_parts. */
static gboolean
merge (WeirSqliteTimeline  *self,
       guint                n_parts,
       GError             **error)
{
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (WeirColumnRow));
  const Part *parts = &g_array_index (self->parts, Part, self->parts->len - n_parts);
  gint64 first_seq = parts[0].first_seq;
  gint64 last_seq = parts[n_parts - 1].last_seq;

  for (guint i = 0; i < n_parts; i++)
    {
      guint begin = rows->len;

      if (!read_columns (self, &parts[i], rows, error) ||
          !delete_part (self, parts[i].id, error))
        return FALSE;
      sort_by_seq (rows, begin, parts[i].first_seq, parts[i].last_seq);
    }
  g_array_set_size (self->parts, self->parts->len - n_parts);

  return write_part (self, rows, first_seq, last_seq, error);
}

static gboolean
merge_levels (WeirSqliteTimeline  *self,
              GError             **error)
{
  for (guint level = 0; level + 1 < N_LEVELS; level++)
    {
      guint n_parts = 0;
      guint n_entries = 0;

      while (n_parts < self->parts->len)
        {
          const Part *part = &g_array_index (self->parts, Part, self->parts->len - 1 - n_parts);

          if (get_level (part->n_entries) > level)
            break;
          n_entries += part->n_entries;
          n_parts++;
        }
      if (n_parts > 1 && n_entries >= level_entries[level] && !merge (self, n_parts, error))
        return FALSE;
    }
  return TRUE;
}

/* Parts behind which no event is left. */
static gboolean
drop_old_parts (WeirSqliteTimeline  *self,
                GError             **error)
{
  gint64 oldest = weir_sqlite_get_int64 (self->db, "SELECT min (seq) FROM event");

  while (self->parts->len > 0 && g_array_index (self->parts, Part, 0).last_seq < oldest)
    {
      if (!delete_part (self, g_array_index (self->parts, Part, 0).id, error))
        return FALSE;
      g_array_remove_index (self->parts, 0);
    }
  return TRUE;
}

static gboolean
write_pending (WeirSqliteTimeline  *self,
               GError             **error)
{
  g_autoptr(GArray) rows = g_steal_pointer (&self->pending);
  const WeirColumnRow *first = &g_array_index (rows, WeirColumnRow, 0);
  const WeirColumnRow *last = &g_array_index (rows, WeirColumnRow, rows->len - 1);

  self->pending = g_array_new (FALSE, FALSE, sizeof (WeirColumnRow));

  return write_part (self, rows, (gint64) first->seq, (gint64) last->seq, error) &&
         merge_levels (self, error) && drop_old_parts (self, error);
}

static gboolean
load_parts (WeirSqliteTimeline  *self,
            GError             **error)
{
  sqlite3_stmt *select = NULL;
  int code;

  g_array_set_size (self->parts, 0);
  g_array_set_size (self->pending, 0);
  if (sqlite3_prepare_v2 (self->db,
                          "SELECT id, first_seq, last_seq, n_entries FROM timeline_part"
                          " ORDER BY first_seq",
                          -1, &select, NULL) != SQLITE_OK)
    return fail (self, error);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      Part part = { sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1),
                    sqlite3_column_int64 (select, 2), (guint) sqlite3_column_int64 (select, 3) };

      g_array_append_val (self->parts, part);
    }
  sqlite3_finalize (select);

  return code == SQLITE_DONE || fail (self, error);
}

/* The events behind the last part. A file of an old version has no part at all: what is read then
 * is written as it comes. */
static gboolean
load_tail (WeirSqliteTimeline  *self,
           GError             **error)
{
  sqlite3_stmt *select = self->statements[SELECT_TAIL];
  guint n_parts = self->parts->len;
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  sqlite3_bind_int64 (
      select, 1, n_parts > 0 ? g_array_index (self->parts, Part, n_parts - 1).last_seq : 0);
  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      WeirColumnRow row = { .seq = (guint64) sqlite3_column_int64 (select, 0),
                            .name = (guint32) sqlite3_column_int64 (select, 1),
                            .time = sqlite3_column_int64 (select, 2),
                            .identity = (guint32) sqlite3_column_int64 (select, 3) };

      weir_sqlite_timeline_add (self, &row);
      if (self->pending->len >= level_entries[0])
        ok = write_pending (self, error);
    }
  sqlite3_reset (select);

  return ok && (code == SQLITE_DONE || fail (self, error));
}

static gboolean
prepare (WeirSqliteTimeline  *self,
         GError             **error)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (self->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i],
                              NULL) != SQLITE_OK)
        return fail (self, error);
    }
  return TRUE;
}

/**
 * weir_sqlite_timeline_new:
 * @db: the store's writing connection
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a timeline that knows what is stored
 */
WeirSqliteTimeline *
weir_sqlite_timeline_new (sqlite3  *db,
                          GError  **error)
{
  g_autoptr(WeirSqliteTimeline) self = g_new0 (WeirSqliteTimeline, 1);

  self->db = db;
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  self->pending = g_array_new (FALSE, FALSE, sizeof (WeirColumnRow));
  if (!prepare (self, error) || !weir_sqlite_timeline_reload (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_sqlite_timeline_free:
 * @self: (transfer full): a timeline
 */
void
weir_sqlite_timeline_free (WeirSqliteTimeline *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_array_unref (self->parts);
  g_array_unref (self->pending);
  g_free (self);
}

/**
 * weir_sqlite_timeline_add:
 * @self: a timeline
 * @row: an event that was just inserted, of a higher seq than all before
 */
void
weir_sqlite_timeline_add (WeirSqliteTimeline  *self,
                          const WeirColumnRow *row)
{
  g_array_append_vals (self->pending, row, 1);
}

/**
 * weir_sqlite_timeline_write:
 * @self: a timeline
 * @error: return location for an error
 *
 * Writes what waits, if it is enough to be worth it, in the transaction that is open.
 *
 * Returns: whether it was written
 */
gboolean
weir_sqlite_timeline_write (WeirSqliteTimeline  *self,
                            GError             **error)
{
  return self->pending->len < PART_ENTRIES || write_pending (self, error);
}

/* Leaves out the rows whose seqs are in the set. */
static void
remove_rows (GArray     *rows,
             GHashTable *seqs)
{
  guint kept = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const WeirColumnRow *row = &g_array_index (rows, WeirColumnRow, i);

      if (!g_hash_table_contains (seqs, &row->seq))
        g_array_index (rows, WeirColumnRow, kept++) = *row;
    }
  g_array_set_size (rows, kept);
}

static gboolean
rewrite_part (WeirSqliteTimeline  *self,
              Part                *part,
              GHashTable          *seqs,
              GError             **error)
{
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (WeirColumnRow));

  if (!read_columns (self, part, rows, error))
    return FALSE;
  sort_by_seq (rows, 0, part->first_seq, part->last_seq);
  remove_rows (rows, seqs);
  sqlite3_bind_int64 (self->statements[DELETE_BLOCKS], 1, part->id);
  sqlite3_bind_int64 (self->statements[DELETE_COLUMNS], 1, part->id);

  /* An empty part is still one: where it begins and ends says what is behind it. */
  return step (self, DELETE_BLOCKS, error) && step (self, DELETE_COLUMNS, error) &&
         (rows->len == 0 || (write_timeline (self, part, rows, error) &&
                             write_columns (self, part, rows, error)));
}

/**
 * weir_sqlite_timeline_forget:
 * @self: a timeline
 * @seqs: (array length=n_seqs): events that are deleted, in any order
 * @n_seqs: how many
 * @error: return location for an error
 *
 * Leaves no trace of them, in the transaction that is open. Each part that holds one of them is
 * written again, which takes some dozens of milliseconds.
 *
 * Returns: whether it was done
 */
gboolean
weir_sqlite_timeline_forget (WeirSqliteTimeline  *self,
                             const guint64       *seqs,
                             guint                n_seqs,
                             GError             **error)
{
  g_autoptr(GHashTable) set = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < n_seqs; i++)
    g_hash_table_add (set, (gpointer) &seqs[i]);
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);
      gboolean is_touched = FALSE;

      for (guint j = 0; j < n_seqs && !is_touched; j++)
        is_touched = (gint64) seqs[j] >= part->first_seq && (gint64) seqs[j] <= part->last_seq;
      if (is_touched && !rewrite_part (self, part, set, error))
        return FALSE;
    }
  remove_rows (self->pending, set);

  return TRUE;
}

/**
 * weir_sqlite_timeline_finish:
 * @self: a timeline
 * @error: return location for an error
 *
 * Writes what waits, however little it is, in a transaction of its own: before the file is closed,
 * so that who opens it elsewhere finds everything in place.
 *
 * Returns: whether it was written
 */
gboolean
weir_sqlite_timeline_finish (WeirSqliteTimeline  *self,
                             GError             **error)
{
  gboolean ok;

  if (self->pending->len == 0)
    return TRUE;
  ok = weir_sqlite_run (self->db, "BEGIN IMMEDIATE", "the store", "written", error) &&
       write_pending (self, error) &&
       weir_sqlite_run (self->db, "COMMIT", "the store", "written", error);
  if (!ok && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);

  return ok;
}

/**
 * weir_sqlite_timeline_reload:
 * @self: a timeline
 * @error: return location for an error
 *
 * Reads again what is stored, after a transaction was rolled back.
 *
 * Returns: whether it could be read
 */
gboolean
weir_sqlite_timeline_reload (WeirSqliteTimeline  *self,
                             GError             **error)
{
  gboolean ok = weir_sqlite_run (self->db, "BEGIN IMMEDIATE", "the store", "written", error) &&
                load_parts (self, error) && load_tail (self, error) &&
                weir_sqlite_run (self->db, "COMMIT", "the store", "written", error);

  if (!ok && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}
