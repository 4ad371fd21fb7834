/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-data-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "weir-sqlite.h"

struct _WeirDataDir {
  int lock_fd;
};

static gboolean
fail_with_errno (GError     **error,
                 const char  *path)
{
  int reason = errno;

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "%s: %s", path, g_strerror (reason));
  return FALSE;
}

/* The lock goes with the process, however it ends; the number in the file is for people. */
static gboolean
take_lock (int          fd,
           const char  *path,
           GError     **error)
{
  char pid[32] = "";

  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    {
      g_snprintf (pid, sizeof pid, "%d\n", (int) getpid ());
      if (ftruncate (fd, 0) != 0 || write (fd, pid, strlen (pid)) < 0)
        g_debug ("%s: %s", path, g_strerror (errno));   /* a full disk is no reason not to start */
      return TRUE;
    }

  if (errno != EWOULDBLOCK)
    return fail_with_errno (error, path);
  if (pread (fd, pid, sizeof pid - 1, 0) < 0)
    pid[0] = '\0';
  g_strchomp (pid);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
               "%s is in use by another collector (process %s)", path, pid);
  return FALSE;
}

/**
 * weir_data_dir_make:
 * @path: a directory
 * @error: return location for a [error@Weir.Error]
 *
 * Makes the directory, for its owner only, unless it exists.
 *
 * Returns: whether there is such a directory
 */
gboolean
weir_data_dir_make (const char  *path,
                    GError     **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  if (g_mkdir_with_parents (path, 0700) != 0)
    return fail_with_errno (error, path);
  return TRUE;
}

/**
 * weir_data_dir_dup_keys:
 * @path: a data directory
 *
 * Returns: (transfer full): the file of the write keys that were made
 */
char *
weir_data_dir_dup_keys (const char *path)
{
  return g_build_filename (path, "keys.json", NULL);
}

/**
 * weir_data_dir_dup_alerts:
 * @path: a data directory
 *
 * Returns: (transfer full): the file of the alerts
 */
char *
weir_data_dir_dup_alerts (const char *path)
{
  return g_build_filename (path, "alerts.json", NULL);
}

/* The new name is in the directory, which is a file of its own. */
static void
sync_directory (const char *file)
{
  g_autofree char *directory = g_path_get_dirname (file);
  int fd = g_open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("%s: %s", directory, g_strerror (errno));
  close (fd);
}

/**
 * weir_data_dir_write:
 * @file: a file in a data directory
 * @text: what it is to hold
 * @length: its length in bytes, or -1
 * @error: return location for an error
 *
 * Replaces a file as a whole; when this returns %TRUE that survives a power cut. Only the owner may
 * read it. Blocks.
 *
 * Returns: whether it was done; %WEIR_ERROR_DISK_FULL or %WEIR_ERROR_UNAVAILABLE otherwise
 */
gboolean
weir_data_dir_write (const char  *file,
                     const char  *text,
                     gssize       length,
                     GError     **error)
{
  g_autoptr(GError) local = NULL;

  if (!g_file_set_contents_full (file, text, length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local))
    {
      g_set_error_literal (error, WEIR_ERROR,
                           g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                             ? WEIR_ERROR_DISK_FULL : WEIR_ERROR_UNAVAILABLE,
                           local->message);
      return FALSE;
    }
  sync_directory (file);
  return TRUE;
}

/**
 * weir_data_dir_open:
 * @path: a directory; made if it does not exist
 * @error: return location for a [error@Weir.Error]
 *
 * Takes the data directory for this process.
 *
 * Returns: (transfer full): the directory, or %NULL if it cannot be used or is in use
 */
WeirDataDir *
weir_data_dir_open (const char  *path,
                    GError     **error)
{
  g_autofree char *lock = NULL;
  WeirDataDir *self;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  if (!weir_data_dir_make (path, error))
    return NULL;

  lock = g_build_filename (path, "lock", NULL);
  fd = g_open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      fail_with_errno (error, lock);
      return NULL;
    }
  if (!take_lock (fd, path, error))
    {
      close (fd);
      return NULL;
    }

  self = g_new0 (WeirDataDir, 1);
  self->lock_fd = fd;
  return self;
}

/**
 * weir_data_dir_free:
 * @self: (transfer full): a data directory
 *
 * Lets go of it.
 */
void
weir_data_dir_free (WeirDataDir *self)
{
  g_return_if_fail (self != NULL);

  close (self->lock_fd);
  g_free (self);
}

/**
 * weir_data_dir_dup_journal:
 * @path: a data directory
 *
 * Returns: (transfer full): the journal's file
 */
char *
weir_data_dir_dup_journal (const char *path)
{
  return g_build_filename (path, "journal.db", NULL);
}

/**
 * weir_data_dir_dup_store:
 * @path: a data directory
 *
 * Returns: (transfer full): the store's file
 */
char *
weir_data_dir_dup_store (const char *path)
{
  return g_build_filename (path, "events.db", NULL);
}

/**
 * weir_data_dir_dup_clickhouse:
 * @path: a data directory
 *
 * Returns: (transfer full): the folder of ClickHouse's tables, when it runs in this process
 */
char *
weir_data_dir_dup_clickhouse (const char *path)
{
  return g_build_filename (path, "clickhouse", NULL);
}

typedef struct {
  const char *name;
  const char *path;
  const char *count_sql;
  const char *what;
} File;

static gboolean
check_pages (sqlite3    *db,
             const File *file,
             GString    *report)
{
  sqlite3_stmt *statement = NULL;
  const char *finding = NULL;
  gboolean sound = TRUE;
  int result;

  result = sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &statement, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    finding = (const char *) sqlite3_column_text (statement, 0);

  if (g_strcmp0 (finding, "ok") == 0)
    g_string_append_printf (report, "sound, %" G_GINT64_FORMAT " %s\n",
                            weir_sqlite_get_int64 (db, file->count_sql), file->what);
  else if (result == SQLITE_BUSY)
    g_string_append (report, "in use by a running collector\n");
  else
    {
      sound = FALSE;
      g_string_append_printf (report, "damaged: %s\n",
                              finding != NULL ? finding : sqlite3_errmsg (db));
    }
  sqlite3_finalize (statement);
  return sound;
}

/* Never writes: the collector that owns the files may be running. A file without a log is opened as
 * immutable, so that nothing is made beside it either.
 */
static gboolean
check_file (const File *file,
            GString    *report)
{
  g_autofree char *escaped = g_uri_escape_string (file->path, "/", TRUE);
  g_autofree char *log = g_strconcat (file->path, "-wal", NULL);
  g_autofree char *uri = NULL;
  GStatBuf info;
  sqlite3 *db = NULL;
  gboolean sound;

  g_string_append_printf (report, "%s: %s: ", file->name, file->path);
  if (!g_file_test (file->path, G_FILE_TEST_EXISTS))
    {
      g_string_append (report, "not there yet\n");
      return TRUE;
    }

  uri = g_strdup_printf ("file:%s?%s", escaped,
                         g_stat (log, &info) == 0 && info.st_size > 0 ? "mode=ro" : "immutable=1");
  sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
  sqlite3_busy_timeout (db, 500);
  sound = check_pages (db, file, report);
  sqlite3_close (db);
  return sound;
}

static gboolean
check_store (const char *path,
             GString    *report)
{
  File file = { "store", path, "SELECT stored FROM state", "events stored" };

  return check_file (&file, report);
}

/**
 * weir_data_dir_check:
 * @path: a data directory
 * @report: where to say what was found, a line for each file
 *
 * Looks whether journal and store are sound, without changing them.
 *
 * Returns: whether they are
 */
gboolean
weir_data_dir_check (const char *path,
                     GString    *report)
{
  g_autofree char *journal = NULL;
  g_autofree char *store = NULL;
  gboolean sound;
  File file = { "journal", NULL, "SELECT total (n_events) FROM record", "events waiting" };

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (report != NULL, FALSE);

  journal = weir_data_dir_dup_journal (path);
  store = weir_data_dir_dup_store (path);
  file.path = journal;
  sound = check_file (&file, report);
  return check_store (store, report) && sound;
}

/**
 * weir_data_dir_check_store:
 * @file: a database file
 * @report: where to say what was found
 *
 * Looks whether @file is a sound store, without changing it.
 *
 * Returns: whether it is
 */
gboolean
weir_data_dir_check_store (const char *file,
                           GString    *report)
{
  g_return_val_if_fail (file != NULL, FALSE);
  g_return_val_if_fail (report != NULL, FALSE);

  if (!g_file_test (file, G_FILE_TEST_IS_REGULAR))
    {
      g_string_append_printf (report, "store: %s: there is no such file\n", file);
      return FALSE;
    }
  return check_store (file, report);
}
