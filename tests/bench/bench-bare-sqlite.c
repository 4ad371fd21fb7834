/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-bare-sqlite SOURCE.db DEST.db FROM N: what a bare sqlite3 loop needs for the same rows: reads N rows
 * of the table `event` behind seq FROM of SOURCE into memory, then times inserting them into DEST, whose
 * tables are there already, with one prepared statement in transactions of 20 000. Prints rows a second.
 */

#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>

#define N_COLUMNS   13
#define TRANSACTION 20000

typedef struct {
  sqlite3_value *columns[N_COLUMNS];
} Row;

static void
run (sqlite3    *db,
     const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static sqlite3 *
open_file (const char *path,
           int         flags)
{
  sqlite3 *db;

  if (sqlite3_open_v2 (path, &db, flags, NULL) != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (db));
  return db;
}

static sqlite3_stmt *
prepare (sqlite3    *db,
         const char *sql)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  return statement;
}

static GArray *
read_rows (sqlite3 *db,
           gint64   from,
           gint64   n_rows)
{
  sqlite3_stmt *select = prepare (db, "SELECT * FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2");
  GArray *rows = g_array_sized_new (FALSE, FALSE, sizeof (Row), (guint) n_rows);

  sqlite3_bind_int64 (select, 1, from);
  sqlite3_bind_int64 (select, 2, n_rows);
  while (sqlite3_step (select) == SQLITE_ROW)
    {
      Row row;

      for (int i = 0; i < N_COLUMNS; i++)
        row.columns[i] = sqlite3_value_dup (sqlite3_column_value (select, i));
      g_array_append_val (rows, row);
    }
  sqlite3_finalize (select);

  return rows;
}

static void
insert_rows (sqlite3 *db,
             GArray  *rows)
{
  sqlite3_stmt *insert = prepare (db, "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");

  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = &g_array_index (rows, Row, i);

      if (i % TRANSACTION == 0)
        run (db, "BEGIN");
      for (int j = 0; j < N_COLUMNS; j++)
        sqlite3_bind_value (insert, j + 1, row->columns[j]);
      if (sqlite3_step (insert) != SQLITE_DONE)
        g_error ("%s", sqlite3_errmsg (db));
      sqlite3_reset (insert);
      if (i % TRANSACTION == TRANSACTION - 1 || i == rows->len - 1)
        run (db, "COMMIT");
    }
  sqlite3_finalize (insert);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GArray) rows = NULL;
  sqlite3 *source, *dest;
  gint64 start;

  if (argc != 5)
    return 64;
  source = open_file (argv[1], SQLITE_OPEN_READONLY);
  rows = read_rows (source, g_ascii_strtoll (argv[3], NULL, 10), g_ascii_strtoll (argv[4], NULL, 10));
  sqlite3_close (source);

  /* The settings of the store's own connection. */
  dest = open_file (argv[2], SQLITE_OPEN_READWRITE);
  run (dest, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192;"
             "PRAGMA cache_size = -16384");
  start = g_get_monotonic_time ();
  insert_rows (dest, rows);
  printf ("%.0f\n", (double) rows->len * G_USEC_PER_SEC / (double) (g_get_monotonic_time () - start));
  sqlite3_close (dest);

  return 0;
}
