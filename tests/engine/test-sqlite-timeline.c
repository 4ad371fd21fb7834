/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>

#include "weir-sqlite-timeline.h"
#include "weir-timeline-block.h"

/* The timeline beside what a query over all events says. The tables are those of the schema, as far
 * as the timeline knows them. */

typedef struct {
  sqlite3 *db;
  WeirSqliteTimeline *timeline;
  gint64 last_seq;
} Fixture;

static void
run (Fixture    *fixture,
     const char *sql)
{
  g_assert_cmpint (sqlite3_exec (fixture->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
open_timeline (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->timeline = weir_sqlite_timeline_new (fixture->db, &error);
  g_assert_no_error (error);
}

static void
setup (Fixture       *fixture,
       gconstpointer  data)
{
  g_assert_cmpint (sqlite3_open (":memory:", &fixture->db), ==, SQLITE_OK);
  run (fixture,
       "CREATE TABLE event (seq INTEGER PRIMARY KEY, name_id INTEGER NOT NULL,"
       "  time INTEGER NOT NULL, identity_id INTEGER NOT NULL);"
       "CREATE TABLE timeline_part (id INTEGER PRIMARY KEY, n_entries INTEGER NOT NULL,"
       "  first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL);"
       "CREATE TABLE timeline (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);"
       "CREATE TABLE event_column (id INTEGER PRIMARY KEY, min_time INTEGER NOT NULL,"
       "  max_time INTEGER NOT NULL, rows BLOB NOT NULL, seqs BLOB NOT NULL);");
  open_timeline (fixture);
}

static void
teardown (Fixture       *fixture,
          gconstpointer  data)
{
  weir_sqlite_timeline_free (fixture->timeline);
  sqlite3_close (fixture->db);
}

/* One transaction of so many events by identities from 1 to @n_identities, some more than others. */
static void
store (Fixture *fixture,
       guint    n_events,
       guint    n_identities,
       gboolean roll_back)
{
  g_autoptr(GError) error = NULL;
  gint64 last_seq = fixture->last_seq;
  sqlite3_stmt *insert = NULL;

  run (fixture, "BEGIN");
  sqlite3_prepare_v2 (fixture->db, "INSERT INTO event VALUES (?1, ?2, ?3, ?4)", -1, &insert, NULL);
  for (guint i = 0; i < n_events; i++)
    {
      double share = g_test_rand_double ();
      WeirColumnRow row;
      guint32 identity = 1 + (guint32) (share * share * share * n_identities);

      last_seq += 1 + ((guint) (g_test_rand_int_range (0, 16) == 0));
      sqlite3_bind_int64 (insert, 1, last_seq);
      row.seq = (guint64) last_seq;
      row.name = (guint32) g_test_rand_int_range (1, 12);
      row.identity = identity;
      row.time = last_seq * 1000 - g_test_rand_int_range (0, i % 100 == 0 ? 10000000 : 2000);
      sqlite3_bind_int64 (insert, 2, row.name);
      sqlite3_bind_int64 (insert, 3, row.time);
      sqlite3_bind_int64 (insert, 4, row.identity);
      g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
      sqlite3_reset (insert);
      weir_sqlite_timeline_add (fixture->timeline, &row);
    }
  sqlite3_finalize (insert);
  g_assert_true (weir_sqlite_timeline_write (fixture->timeline, &error));
  run (fixture, roll_back ? "ROLLBACK" : "COMMIT");
  if (roll_back)
    g_assert_true (weir_sqlite_timeline_reload (fixture->timeline, &error));
  else
    fixture->last_seq = last_seq;
  g_assert_no_error (error);
}

/* What a query over all events says. */
static GArray *
find_naively (Fixture *fixture,
              guint32  first,
              guint32  last,
              gint64   after,
              gint64   before,
              guint    max)
{
  GArray *seqs = g_array_new (FALSE, FALSE, sizeof (guint64));
  sqlite3_stmt *select = NULL;

  sqlite3_prepare_v2 (fixture->db,
                      "SELECT seq FROM event WHERE identity_id BETWEEN ?1 AND ?2 AND seq > ?3"
                      " AND seq < ?4 ORDER BY seq DESC LIMIT ?5",
                      -1, &select, NULL);
  sqlite3_bind_int64 (select, 1, first);
  sqlite3_bind_int64 (select, 2, last);
  sqlite3_bind_int64 (select, 3, after);
  sqlite3_bind_int64 (select, 4, before > 0 ? before : G_MAXINT64);
  sqlite3_bind_int64 (select, 5, max);
  while (sqlite3_step (select) == SQLITE_ROW)
    {
      guint64 seq = (guint64) sqlite3_column_int64 (select, 0);

      g_array_append_val (seqs, seq);
    }
  sqlite3_finalize (select);

  return seqs;
}

static guint
compare (Fixture *fixture,
         guint32  first,
         guint32  last,
         gint64   after,
         gint64   before,
         guint    max)
{
  g_autoptr(GArray) identities = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr(GArray) expected = find_naively (fixture, first, last, after, before, max);
  g_autoptr(GArray) found = NULL;
  g_autoptr(GError) error = NULL;

  for (guint32 identity = first; identity <= last; identity++)
    g_array_append_val (identities, identity);
  found = weir_sqlite_timeline_find (fixture->db, (const guint32 *) identities->data,
                                     identities->len, (guint64) after, (guint64) before, max,
                                     &error);
  g_assert_no_error (error);
  g_assert_cmpmem (found->data, found->len * sizeof (guint64),
                   expected->data, expected->len * sizeof (guint64));

  return found->len;
}

/* The rows of one name, from its columns and from the table behind them. */
static GArray *
read_rows (Fixture *fixture,
           guint32  name)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (WeirColumnRow));
  sqlite3_stmt *select = NULL;

  sqlite3_prepare_v2 (fixture->db,
                      "SELECT c.rows, c.seqs, p.first_seq FROM timeline_part AS p"
                      " JOIN event_column AS c ON c.id = (p.id << 32 | ?1) ORDER BY p.first_seq",
                      -1, &select, NULL);
  sqlite3_bind_int64 (select, 1, name);
  while (sqlite3_step (select) == SQLITE_ROW)
    g_assert_true (weir_column_read (sqlite3_column_blob (select, 0),
                                     (gsize) sqlite3_column_bytes (select, 0),
                                     sqlite3_column_blob (select, 1),
                                     (gsize) sqlite3_column_bytes (select, 1), name,
                                     (guint64) sqlite3_column_int64 (select, 2), rows));
  sqlite3_finalize (select);

  return rows;
}

static int
compare_seqs (gconstpointer a,
              gconstpointer b)
{
  guint64 left = ((const WeirColumnRow *) a)->seq, right = ((const WeirColumnRow *) b)->seq;

  return (left > right) - (left < right);
}

static void
compare_columns (Fixture *fixture)
{
  for (guint32 name = 1; name < 12; name++)
    {
      g_autoptr(GArray) rows = read_rows (fixture, name);
      sqlite3_stmt *select = NULL;
      guint n_rows = 0;

      g_array_sort (rows, compare_seqs);
      weir_column_sort ((WeirColumnRow *) rows->data, rows->len);
      sqlite3_prepare_v2 (fixture->db,
                          "SELECT seq, time, identity_id FROM event WHERE name_id = ?1 AND"
                          " seq <= (SELECT max (last_seq) FROM timeline_part) ORDER BY time, seq",
                          -1, &select, NULL);
      sqlite3_bind_int64 (select, 1, name);
      while (sqlite3_step (select) == SQLITE_ROW)
        {
          const WeirColumnRow *row = &g_array_index (rows, WeirColumnRow, n_rows);

          g_assert_cmpuint (n_rows++, <, rows->len);
          g_assert_cmpint ((gint64) row->seq, ==, sqlite3_column_int64 (select, 0));
          g_assert_cmpint (row->time, ==, sqlite3_column_int64 (select, 1));
          g_assert_cmpint (row->identity, ==, sqlite3_column_int64 (select, 2));
        }
      g_assert_cmpuint (n_rows, ==, rows->len);
      g_assert_cmpuint (n_rows, >, 0);
      sqlite3_finalize (select);
    }
}

static void
compare_some (Fixture *fixture,
              guint    n_identities)
{
  guint n_found = 0;

  for (guint i = 0; i < 40; i++)
    {
      guint32 identity = (guint32) g_test_rand_int_range (1, (gint32) n_identities + 1);
      gint64 before = g_test_rand_int_range (0, (gint32) fixture->last_seq + 1);

      n_found += compare (fixture, identity, identity, 0, 0, 50);
      n_found += compare (fixture, identity, identity + 2, 0, before, 10);
      n_found += compare (fixture, identity, identity, before, 0, G_MAXUINT);
    }
  n_found += compare (fixture, 1, 300, 0, 0, 5000);
  n_found += compare (fixture, 1, 1, 0, 0, G_MAXUINT);
  g_assert_cmpuint (n_found, >, 100);
}

static void
test_find (Fixture       *fixture,
           gconstpointer  data)
{
  for (guint i = 0; i < 60; i++)
    {
      store (fixture, (guint) g_test_rand_int_range (1, 30001), 5000, i % 7 == 3);
      if (i % 10 == 0)
        compare_some (fixture, 5000);
    }
  compare_some (fixture, 5000);
  compare_columns (fixture);
}

static void
test_open_again (Fixture       *fixture,
                 gconstpointer  data)
{
  for (guint i = 0; i < 30; i++)
    {
      store (fixture, (guint) g_test_rand_int_range (1, 3001), 100, FALSE);
      weir_sqlite_timeline_free (fixture->timeline);
      open_timeline (fixture);
    }
  compare_some (fixture, 100);
}

/* A file of an old version has events and no timeline. */
static void
test_catch_up (Fixture       *fixture,
               gconstpointer  data)
{
  store (fixture, 200000, 1000, FALSE);
  run (fixture, "DELETE FROM timeline; DELETE FROM timeline_part; DELETE FROM event_column");
  weir_sqlite_timeline_free (fixture->timeline);
  open_timeline (fixture);
  compare_some (fixture, 1000);
  compare_columns (fixture);
}

static void
test_forget (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GArray) seqs = NULL;
  g_autoptr(GError) error = NULL;

  store (fixture, 60000, 1000, FALSE);
  store (fixture, 3000, 1000, FALSE);
  seqs = find_naively (fixture, 7, 7, 0, 0, G_MAXUINT);
  g_assert_cmpuint (seqs->len, >, 10);
  run (fixture, "BEGIN; DELETE FROM event WHERE identity_id = 7");
  weir_sqlite_timeline_forget (fixture->timeline, (const guint64 *) (gpointer) seqs->data,
                               seqs->len, &error);
  g_assert_no_error (error);
  run (fixture, "COMMIT");
  g_assert_cmpuint (compare (fixture, 7, 7, 0, 0, G_MAXUINT), ==, 0);
  compare_some (fixture, 1000);
  compare_columns (fixture);
}

static void
test_drop (Fixture       *fixture,
           gconstpointer  data)
{
  sqlite3_stmt *count = NULL;

  store (fixture, 100000, 1000, FALSE);
  store (fixture, 100000, 1000, FALSE);
  run (fixture, "DELETE FROM event");
  store (fixture, 5000, 1000, FALSE);
  sqlite3_prepare_v2 (fixture->db, "SELECT count (*) FROM timeline_part", -1, &count, NULL);
  g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (count, 0), ==, 1);
  sqlite3_finalize (count);
  compare (fixture, 1, 1, 0, 0, G_MAXUINT);
}

/* Times of every length, with what is behind them in the block, come back as they were. */
static void
test_column_times (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      WeirColumnRow rows[64];
      guint n_rows = (guint) g_test_rand_int_range (1, G_N_ELEMENTS (rows) + 1);
      gint32 max_bits = g_test_rand_int_range (1, 58);
      g_autoptr(GByteArray) block = g_byte_array_new ();
      g_autoptr(GByteArray) seqs = g_byte_array_new ();
      g_autofree guint8 *exact = NULL;
      WeirColumnIter iter;
      guint32 identity = 0;
      gint64 time = g_test_rand_int_range (-1000, 1000);

      for (guint i = 0; i < n_rows; i++)
        {
          guint64 random = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();

          time += (gint64) (random >> (64 - g_test_rand_int_range (1, max_bits + 1)));
          rows[i] = (WeirColumnRow) { time, i, 1, (guint32) g_test_rand_int () };
        }
      weir_column_write (rows, n_rows, 0, block, seqs);
      /* A copy without room behind it, so that reading too far is seen. */
      exact = g_memdup2 (block->data, block->len);
      g_assert_true (weir_column_iter_init (&iter, exact, block->len));
      for (guint i = 0; i < n_rows; i++)
        {
          g_assert_true (weir_column_iter_next (&iter, &time, &identity));
          g_assert_cmpint (time, ==, rows[i].time);
          g_assert_cmpuint (identity, ==, rows[i].identity);
        }
      g_assert_false (weir_column_iter_next (&iter, &time, &identity));
    }
}

/* Nor may a damaged column. */
static void
test_damaged_column (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      guint8 data[96];
      gsize size = (gsize) g_test_rand_int_range (0, sizeof data);
      WeirColumnIter iter;
      guint32 identity;
      gint64 time;
      guint n_rows = 0;

      for (gsize i = 0; i < size; i++)
        data[i] = (guint8) (i > 0 && i < 4 ? 0 : g_test_rand_int_range (0, i == 0 ? 20 : 256));
      if (weir_column_iter_init (&iter, data, size))
        while (weir_column_iter_next (&iter, &time, &identity))
          n_rows++;
      g_assert_cmpuint (n_rows, <=, size);
    }
}

static void
ignore_entry (WeirTimelineEntry entry,
              gpointer          user_data)
{
  (*(guint *) user_data)++;
}

/* A damaged block must cost no more than its own length. */
static void
test_damaged_block (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      guint8 data[64];
      gsize size = (gsize) g_test_rand_int_range (0, sizeof data);
      guint n_entries = 0;

      for (gsize i = 0; i < size; i++)
        data[i] = (guint8) g_test_rand_int ();
      weir_timeline_block_read (data, size, 0, G_MAXUINT32, ignore_entry, &n_entries);
      g_assert_cmpuint (n_entries, <=, size);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sqlite-timeline/find", Fixture, NULL, setup, test_find, teardown);
  g_test_add ("/sqlite-timeline/open-again", Fixture, NULL, setup, test_open_again, teardown);
  g_test_add ("/sqlite-timeline/catch-up", Fixture, NULL, setup, test_catch_up, teardown);
  g_test_add ("/sqlite-timeline/forget", Fixture, NULL, setup, test_forget, teardown);
  g_test_add ("/sqlite-timeline/drop", Fixture, NULL, setup, test_drop, teardown);
  g_test_add_func ("/sqlite-timeline/damaged-block", test_damaged_block);

  g_test_add_func ("/sqlite-timeline/damaged-column", test_damaged_column);
  g_test_add_func ("/sqlite-timeline/column-times", test_column_times);

  return g_test_run ();
}
