/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "weir-error.h"

/**
 * weir_sqlite_fail:
 * @db: a connection whose last call failed
 * @subject: what it holds, for the message
 * @doing: what could not be done, as a participle
 * @error: return location for an error
 *
 * Turns the last failure of SQLite into ours. This is the only place where the two meet.
 *
 * Returns: %FALSE
 */
gboolean
weir_sqlite_fail (sqlite3     *db,
                  const char  *subject,
                  const char  *doing,
                  GError     **error)
{
  int code = sqlite3_extended_errcode (db);
  WeirError kind;

  switch (code & 0xff)
    {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
      kind = WEIR_ERROR_DISK_FULL;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      kind = WEIR_ERROR_CORRUPT;
      break;
    case SQLITE_INTERRUPT:
      kind = WEIR_ERROR_TIMEOUT;
      break;
    default:
      kind = WEIR_ERROR_UNAVAILABLE;
      break;
    }

  if (kind == WEIR_ERROR_TIMEOUT)
    g_set_error_literal (error, WEIR_ERROR, kind, "the question took too long and was stopped");
  else if ((code & 0xff) == SQLITE_BUSY)
    g_set_error (error, WEIR_ERROR, kind, "%s is in use by another program", subject);
  else
    g_set_error (error, WEIR_ERROR, kind, "%s cannot be %s: %s (%d)", subject, doing,
                 sqlite3_errmsg (db), code);

  return FALSE;
}

/**
 * weir_sqlite_run:
 * @db: a connection
 * @sql: statements without parameters, never made from anybody's input
 * @subject: see weir_sqlite_fail()
 * @doing: see weir_sqlite_fail()
 * @error: return location for an error
 *
 * Returns: whether they ran
 */
gboolean
weir_sqlite_run (sqlite3     *db,
                 const char  *sql,
                 const char  *subject,
                 const char  *doing,
                 GError     **error)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK ||
         weir_sqlite_fail (db, subject, doing, error);
}

/**
 * weir_sqlite_get_int64:
 * @db: a connection
 * @sql: a query without parameters
 *
 * Returns: the first column of its first row, 0 when there is none
 */
gint64
weir_sqlite_get_int64 (sqlite3    *db,
                       const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 value = 0;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return value;
}

/**
 * weir_sqlite_find_person:
 * @db: a connection to a store
 * @person: a person's public id
 * @number: (out): the person's number
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_NOT_FOUND when there is no such person
 */
gboolean
weir_sqlite_find_person (sqlite3     *db,
                         const char  *person,
                         guint32     *number,
                         GError     **error)
{
  sqlite3_stmt *select = NULL;

  *number = 0;
  if (sqlite3_prepare_v2 (db, "SELECT id FROM person WHERE uuid = ?1", -1, &select, NULL) ==
      SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, person, -1, SQLITE_STATIC);
      if (sqlite3_step (select) == SQLITE_ROW)
        *number = (guint32) sqlite3_column_int64 (select, 0);
    }
  sqlite3_finalize (select);
  if (*number == 0)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no such person");

  return *number != 0;
}

/**
 * weir_sqlite_dup_identities:
 * @db: a connection to a store
 * @person: a person's public id
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable) (element-type guint32): the numbers of the identities that
 *   are this person, none when there is no such person
 */
GArray *
weir_sqlite_dup_identities (sqlite3     *db,
                            const char  *person,
                            GError     **error)
{
  g_autoptr(GArray) identities = g_array_new (FALSE, FALSE, sizeof (guint32));
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db,
                          "SELECT i.id FROM person AS p JOIN identity AS i ON i.id = p.id"
                          " WHERE p.uuid = ?1"
                          " UNION ALL SELECT i.id FROM person AS p JOIN identity AS i"
                          " ON i.person_id = p.id AND i.person_id <> i.id WHERE p.uuid = ?1",
                          -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, person, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          guint32 identity = (guint32) sqlite3_column_int64 (select, 0);

          g_array_append_val (identities, identity);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE ? g_steal_pointer (&identities) : NULL;
}

/**
 * weir_sqlite_dup_uri:
 * @path: an absolute path of a store's file
 * @immutable: nobody writes the file
 *
 * Says how to open a file for reading only. A file that nobody writes and whose log is empty, or
 * missing, is opened as immutable, which needs no right to write beside it.
 *
 * Returns: (transfer full): a URI
 */
char *
weir_sqlite_dup_uri (const char *path,
                     gboolean    immutable)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", TRUE);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  gboolean has_log = g_stat (wal, &info) == 0 && info.st_size > 0;

  return g_strdup_printf ("file:%s?%s", escaped,
                          immutable && !has_log ? "immutable=1" : "mode=ro");
}

/**
 * weir_sqlite_move_aside:
 * @path: a database that cannot be read
 * @error: return location for an error
 *
 * Keeps a damaged file for whoever wants to look into it, as `PATH.corrupt-SECONDS`, and makes way
 * for a new one.
 *
 * Returns: whether the way is free
 */
gboolean
weir_sqlite_move_aside (const char  *path,
                        GError     **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to =
          g_strdup_printf ("%s.corrupt-%" G_GINT64_FORMAT "%s", path, now, suffixes[i]);

      if (g_file_test (from, G_FILE_TEST_EXISTS) && g_rename (from, to) != 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                       "%s cannot be moved aside: %s", from, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}
