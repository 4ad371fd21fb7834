/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-export.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "weir-error.h"
#include "weir-reader.h"
#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"

#define PROGRESS_STEPS 20000
#define COPY_PAGES     1024

/* Events of one store's file, in the order of seq. */
static const char events_sql[] =
  "SELECT e.seq, e.time, e.received, e.flags, e.value, e.duration, n.name, s.name, i.distinct_id,"
  " p.uuid, e.message_id, e.session_id, e.properties, e.other_ids ->> 'distinct_id',"
  " e.other_ids ->> 'anonymous_id', e.other_ids ->> 'device_id', e.other_ids ->> 'previous_id',"
  " p.properties"
  " FROM event AS e JOIN event_name AS n ON n.id = e.name_id"
  " JOIN source AS s ON s.id = e.source_id JOIN identity AS i ON i.id = e.identity_id"
  " LEFT JOIN person AS p ON p.id = i.person_id WHERE e.time >= ?1 AND e.seq > ?2 ORDER BY e.seq";

static int
progress_cb (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

/* A reader is made for questions and stops them after half a minute, so that the write-ahead log
 * can shrink. An export is one moment of the store from its beginning to its end. */
static WeirReader *
begin (const WeirExportOptions  *options,
       GCancellable             *cancellable,
       GError                  **error)
{
  g_autoptr(WeirReader) reader = weir_reader_new (options->file, !options->is_written);

  if (!g_file_test (options->file, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s: there is no such file",
                   options->file);
      return NULL;
    }
  if (!weir_reader_begin (reader, NULL, error))
    {
      g_prefix_error (error, "%s: ", options->file);
      return NULL;
    }
  sqlite3_progress_handler (weir_reader_get_db (reader), PROGRESS_STEPS, progress_cb, cancellable);
  return g_steal_pointer (&reader);
}

static void
read_text (sqlite3_stmt  *statement,
           int            column,
           WeirEvent     *event,
           WeirEventText  which)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  weir_event_set_text (event, which, text, (gsize) sqlite3_column_bytes (statement, column));
}

static void
read_event (sqlite3_stmt *statement,
            WeirEvent    *event)
{
  gint64 flags = sqlite3_column_int64 (statement, 3);

  weir_event_init (event);
  event->seq = (guint64) sqlite3_column_int64 (statement, 0);
  event->timestamp = sqlite3_column_int64 (statement, 1);
  event->received = sqlite3_column_int64 (statement, 2);
  if (sqlite3_column_type (statement, 4) != SQLITE_NULL)
    event->value = sqlite3_column_double (statement, 4);
  if (sqlite3_column_type (statement, 5) != SQLITE_NULL)
    event->duration = sqlite3_column_double (statement, 5);
  read_text (statement, 6, event, WEIR_EVENT_NAME);
  read_text (statement, 7, event, WEIR_EVENT_SOURCE);
  read_text (statement, 9, event, WEIR_EVENT_PERSON);
  read_text (statement, 10, event, WEIR_EVENT_ID);
  read_text (statement, 11, event, WEIR_EVENT_SESSION_ID);
  read_text (statement, 12, event, WEIR_EVENT_PROPERTIES);
  read_text (statement, 13, event, WEIR_EVENT_DISTINCT_ID);
  read_text (statement, 14, event, WEIR_EVENT_ANONYMOUS_ID);
  read_text (statement, 15, event, WEIR_EVENT_DEVICE_ID);
  read_text (statement, 16, event, WEIR_EVENT_PREVIOUS_ID);
  read_text (statement, 8, event,
             (WeirEventText) (WEIR_EVENT_USER_ID + (flags >> WEIR_SCHEMA_IDENTITY_SHIFT & 3)));
}

static char *
dup_instance (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  char *instance = NULL;

  if (sqlite3_prepare_v2 (db, "SELECT instance FROM state", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    instance = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return instance != NULL ? instance : g_strdup ("");
}

typedef struct {
  const WeirExportOptions *options;
  WeirExportWriter *writer;
  WeirEventCodec *codec;
  WeirEventCodec *person_codec;
  char *instance;
  guint64 last_seq;
} Run;

static gboolean
take (Run           *run,
      sqlite3_stmt  *select,
      GCancellable  *cancellable,
      GError       **error)
{
  const char *properties = (const char *) sqlite3_column_text (select, 17);
  WeirEvent event;

  read_event (select, &event);
  if (run->options->filter != NULL &&
      !weir_filter_matches_person (run->options->filter, &event, run->codec, properties,
                                   (gsize) sqlite3_column_bytes (select, 17), run->person_codec))
    return TRUE;
  return weir_export_writer_take (run->writer, &event, run->instance, cancellable, error);
}

static gboolean
read_events (Run                   *run,
             sqlite3_stmt          *select,
             WeirTransferProgress  *progress,
             GCancellable          *cancellable,
             GError               **error)
{
  int code;

  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      if (!take (run, select, cancellable, error))
        return FALSE;
      weir_transfer_progress_show (progress, weir_export_writer_get_count (run->writer),
                                   (guint64) sqlite3_column_int64 (select, 0), run->last_seq);
    }
  if (code == SQLITE_DONE)
    return TRUE;
  return g_cancellable_set_error_if_cancelled (cancellable, error)
           ? FALSE : weir_sqlite_fail (sqlite3_db_handle (select), "the store", "read", error);
}

/**
 * weir_export_file_run:
 * @options: what was asked for, with a file
 * @writer: where the events go
 * @progress: where it is told
 * @cancellable: stops it
 * @error: return location for an error
 *
 * Exports the events of a store's file, as they are at this moment. Never writes to it.
 *
 * Returns: whether all were written
 */
gboolean
weir_export_file_run (const WeirExportOptions  *options,
                      WeirExportWriter         *writer,
                      WeirTransferProgress     *progress,
                      GCancellable             *cancellable,
                      GError                  **error)
{
  g_autoptr(WeirReader) reader = begin (options, cancellable, error);
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(WeirEventCodec) person_codec = weir_event_codec_new ();
  g_autofree char *instance = NULL;
  Run run = { options, writer, codec, person_codec, NULL, 0 };
  sqlite3_stmt *select = NULL;
  sqlite3 *db;
  gboolean ok;

  if (reader == NULL)
    return FALSE;
  db = weir_reader_get_db (reader);
  run.instance = instance = dup_instance (db);
  run.last_seq = (guint64) weir_sqlite_get_int64 (db, "SELECT max (seq) FROM event");
  ok = sqlite3_prepare_v2 (db, events_sql, -1, &select, NULL) == SQLITE_OK ||
       weir_sqlite_fail (db, "the store", "read", error);
  if (ok)
    {
      sqlite3_bind_int64 (select, 1, weir_reader_get_kept_since (reader));
      sqlite3_bind_int64 (select, 2, (gint64) options->after);
      ok = read_events (&run, select, progress, cancellable, error);
    }
  sqlite3_finalize (select);
  weir_reader_end (reader);
  return ok;
}

static gboolean
copy_pages (sqlite3               *from,
            sqlite3               *to,
            WeirTransferProgress  *progress,
            guint64                n_events,
            GCancellable          *cancellable,
            GError               **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");
  int code = SQLITE_OK;

  if (backup == NULL)
    return weir_sqlite_fail (to, "the copy", "written", error);
  while (code == SQLITE_OK && !g_cancellable_is_cancelled (cancellable))
    {
      guint64 total, done;

      code = sqlite3_backup_step (backup, COPY_PAGES);
      total = (guint64) sqlite3_backup_pagecount (backup);
      done = total - (guint64) sqlite3_backup_remaining (backup);
      weir_transfer_progress_show (progress, total > 0 ? n_events * done / total : 0, done, total);
    }
  sqlite3_backup_finish (backup);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return code == SQLITE_DONE || weir_sqlite_fail (to, "the copy", "written", error);
}

/**
 * weir_export_file_copy:
 * @options: what was asked for, with a file and an output
 * @progress: where it is told
 * @n_events: (out): how many events are in the copy
 * @cancellable: stops it
 * @error: return location for an error
 *
 * Copies a store's file, as it is at this moment, log and all.
 *
 * Returns: whether there is a copy
 */
gboolean
weir_export_file_copy (const WeirExportOptions  *options,
                       WeirTransferProgress     *progress,
                       guint64                  *n_events,
                       GCancellable             *cancellable,
                       GError                  **error)
{
  g_autoptr(WeirReader) reader = begin (options, cancellable, error);
  g_autofree char *partial = NULL;
  sqlite3 *to = NULL;
  gboolean ok;
  int fd = -1;

  if (reader == NULL)
    return FALSE;
  partial = weir_export_begin_file (options, &fd, error);
  if (partial == NULL)
    return FALSE;
  *n_events = (guint64) weir_sqlite_get_int64 (weir_reader_get_db (reader),
                                               "SELECT count (*) FROM event");
  ok = sqlite3_open_v2 (partial, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ||
       weir_sqlite_fail (to, "the copy", "written", error);
  /* Whatever becomes of it before it is complete, it has another name until then. */
  ok = ok && weir_sqlite_run (to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", "the copy",
                              "written", error) &&
       copy_pages (weir_reader_get_db (reader), to, progress, *n_events, cancellable, error);
  sqlite3_close (to);
  weir_reader_end (reader);
  ok = ok && weir_export_end_file (options, partial, fd, error);
  if (!ok)
    g_unlink (partial);
  close (fd);
  return ok;
}
