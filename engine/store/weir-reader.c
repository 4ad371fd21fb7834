/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-reader.h"

#include "weir-clickhouse-table.h"
#include "weir-error.h"
#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"

/* A question that runs longer than this is stopped: it would only keep the write-ahead log from
 * shrinking. */
#define DEADLINE_US    (30 * G_TIME_SPAN_SECOND)
#define PROGRESS_STEPS 20000

struct _WeirReader {
  char *path;
  gboolean is_immutable;
  sqlite3 *db;
  WeirSqlitePeople *people;
  GCancellable *cancellable;
  gint64 deadline;
  gint is_interrupted;       /* atomic */
  WeirReader *second;
  gboolean has_no_summaries;
  WeirClickhouseAddress *address;   /* NULL when the file has the events */
  WeirClickhouseClient *client;
  char *instance;
  gboolean is_shared;
};

static int
progress (gpointer data)
{
  WeirReader *self = data;

  return g_atomic_int_get (&self->is_interrupted) ||
         g_cancellable_is_cancelled (self->cancellable) ||
         (self->deadline > 0 && g_get_monotonic_time () > self->deadline);
}

static gboolean
check_version (WeirReader  *self,
               GError     **error)
{
  gint64 version = weir_sqlite_get_int64 (self->db, "PRAGMA user_version");

  if (version == weir_sqlite_schema_get_version ())
    return TRUE;
  g_set_error (error,
               WEIR_ERROR,
               WEIR_ERROR_CONFIGURATION,
               version > weir_sqlite_schema_get_version ()
                   ? "the file was written by a newer version of Weir (schema %d)"
                   : "the file was written by an older version of Weir (schema %d); start a "
                     "collector on a copy of it once, which brings it up to date",
               (int) version);
  return FALSE;
}

/* Copying the file alone while a collector writes leaves out what is only in its log. */
static gboolean
is_store (WeirReader  *self,
          GError     **error)
{
  if (sqlite3_table_column_metadata (
          self->db, NULL, "state", "cursor", NULL, NULL, NULL, NULL, NULL) != SQLITE_ERROR)
    return TRUE;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                       "there are no events of Weir in the file; if it was copied while a "
                       "collector ran, copy the file that ends with -wal too");
  return FALSE;
}

/* Events that are elsewhere can only be read by who knows where. */
static gboolean
check_place (WeirReader  *self,
             GError     **error)
{
  self->is_shared = weir_sqlite_get_int64 (self->db, "SELECT number FROM shared WHERE id = 1") != 0;
  if (self->address != NULL)
    return weir_clickhouse_table_add (self->db, self, error);
  if (weir_sqlite_get_int64 (self->db, "SELECT elsewhere IS NOT NULL FROM state") == 0)
    return TRUE;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                       "the events of this file are in ClickHouse; it holds the persons alone");
  return FALSE;
}

static gboolean
open_file (WeirReader  *self,
           GError     **error)
{
  g_autofree char *uri = weir_sqlite_dup_uri (self->path, self->is_immutable);

  if (self->db != NULL)
    return TRUE;
  if (sqlite3_open_v2 (
          uri, &self->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) !=
          SQLITE_OK ||
      !is_store (self, error) ||
      /* First, since it drops what is temporary. */
      sqlite3_exec (self->db, "PRAGMA temp_store = MEMORY; SELECT 1 FROM state", NULL, NULL,
                    NULL) != SQLITE_OK ||
      !check_version (self, error) || !check_place (self, error) ||
      sqlite3_exec (self->db,
                    "PRAGMA query_only = 1; PRAGMA wal_autocheckpoint = 0;"
                    "PRAGMA cache_size = -4096",
                    NULL, NULL, NULL) != SQLITE_OK)
    {
      if (error != NULL && *error == NULL)
        weir_sqlite_fail (self->db, "the store", "read", error);
      g_clear_pointer (&self->db, sqlite3_close);
      return FALSE;
    }
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_busy_timeout (self->db, 2000);
  sqlite3_progress_handler (self->db, PROGRESS_STEPS, progress, self);
  self->people = weir_sqlite_people_new (self->db);

  return TRUE;
}

/**
 * weir_reader_new:
 * @path: a store's file; opened when it is first needed
 * @immutable: nobody writes the file; it may lie where we may not write either
 *
 * Returns: (transfer full): a reader
 */
WeirReader *
weir_reader_new (const char *path,
                 gboolean    immutable)
{
  WeirReader *self = g_new0 (WeirReader, 1);

  self->path = g_canonicalize_filename (path, NULL);
  self->is_immutable = immutable;

  return self;
}

/**
 * weir_reader_free:
 * @self: (transfer full): a reader
 */
void
weir_reader_free (WeirReader *self)
{
  g_clear_pointer (&self->second, weir_reader_free);
  if (self->people != NULL)
    weir_sqlite_people_detach (self->people);
  g_clear_object (&self->people);
  g_clear_pointer (&self->db, sqlite3_close);
  g_clear_object (&self->client);
  g_clear_pointer (&self->address, weir_clickhouse_address_unref);
  g_free (self->instance);
  g_free (self->path);
  g_free (self);
}

/**
 * weir_reader_set_clickhouse:
 * @self: a reader that has not begun yet
 * @address: (nullable): where the events are, if not in the file
 */
void
weir_reader_set_clickhouse (WeirReader            *self,
                            WeirClickhouseAddress *address)
{
  g_return_if_fail (self->db == NULL);

  if (address != NULL)
    self->address = weir_clickhouse_address_ref (address);
}

/**
 * weir_reader_has_clickhouse:
 * @self: a reader
 *
 * Returns: whether the events are in ClickHouse
 */
gboolean
weir_reader_has_clickhouse (WeirReader *self)
{
  return self->address != NULL;
}

/**
 * weir_reader_get_clickhouse:
 * @self: a reader whose events are in ClickHouse
 * @error: return location for an error
 *
 * Returns: (transfer none) (nullable): what to ask for them
 */
WeirClickhouseClient *
weir_reader_get_clickhouse (WeirReader  *self,
                            GError     **error)
{
  if (self->client == NULL)
    self->client = weir_clickhouse_address_connect (self->address, DEADLINE_US, error);
  return self->client;
}

/**
 * weir_reader_is_shared:
 * @self: a reader that has begun
 *
 * Returns: whether what it reads is of several collectors, whose seqs have no order among each
 *   other
 */
gboolean
weir_reader_is_shared (WeirReader *self)
{
  return self->is_shared;
}

/**
 * weir_reader_get_instance:
 * @self: a reader that has begun
 *
 * Returns: (transfer none): name of the data directory
 */
const char *
weir_reader_get_instance (WeirReader *self)
{
  if (self->instance == NULL)
    {
      sqlite3_stmt *select = NULL;

      if (sqlite3_prepare_v2 (self->db, "SELECT instance FROM state", -1, &select, NULL) ==
              SQLITE_OK &&
          sqlite3_step (select) == SQLITE_ROW)
        self->instance = g_strdup ((const char *) sqlite3_column_text (select, 0));
      sqlite3_finalize (select);
    }
  return self->instance != NULL ? self->instance : "";
}

/**
 * weir_reader_get_cancellable:
 * @self: a reader
 *
 * Returns: (transfer none) (nullable): what stops the question it works on
 */
GCancellable *
weir_reader_get_cancellable (WeirReader *self)
{
  return self->cancellable;
}

/**
 * weir_reader_begin:
 * @self: a reader
 * @cancellable: (nullable): interrupts what is read until the end
 * @error: return location for an error
 *
 * Begins to read one moment of the store: everything read until [method@Weir.Reader.end] is of that
 * moment. It must end within 30 s, for the sake of the write-ahead log.
 *
 * Returns: whether the store can be read
 */
gboolean
weir_reader_begin (WeirReader    *self,
                   GCancellable  *cancellable,
                   GError       **error)
{
  return weir_reader_begin_with_changes (self, cancellable, NULL, error);
}

/**
 * weir_reader_begin_with_changes:
 * @self: a reader
 * @cancellable: (nullable): interrupts what is read until the end
 * @changes: (nullable) (element-type Weir.PersonChange): see
 *   [method@Weir.SqlitePeople.refresh]
 * @error: return location for an error
 *
 * Like [method@Weir.Reader.begin], and tells who is somebody else since the last time.
 *
 * Returns: whether the store can be read
 */
gboolean
weir_reader_begin_with_changes (WeirReader    *self,
                                GCancellable  *cancellable,
                                GArray        *changes,
                                GError       **error)
{
  self->cancellable = cancellable;
  self->deadline = g_get_monotonic_time () + DEADLINE_US;

  if (!open_file (self, error))
    return FALSE;
  if (!weir_sqlite_run (self->db, "BEGIN", "the store", "read", error))
    return FALSE;
  if (weir_sqlite_people_refresh (self->people, changes, error))
    return TRUE;
  weir_reader_end (self);

  return FALSE;
}

/**
 * weir_reader_begin_second:
 * @self: a reader that has begun
 *
 * Begins to read on a second connection, for another thread. It knows no people. Its moment is a
 * little later than that of @self.
 *
 * Returns: (transfer none) (nullable): another reader, which is to end before @self does; %NULL
 *   when it could not begin
 */
WeirReader *
weir_reader_begin_second (WeirReader *self)
{
  WeirReader *second;

  if (self->second == NULL)
    self->second = weir_reader_new (self->path, self->is_immutable);
  second = self->second;
  second->cancellable = self->cancellable;
  second->deadline = self->deadline;
  g_atomic_int_set (&second->is_interrupted, FALSE);
  if (open_file (second, NULL) &&
      sqlite3_exec (second->db, "BEGIN; SELECT 1 FROM state", NULL, NULL, NULL) == SQLITE_OK)
    return second;
  weir_reader_end (second);

  return NULL;
}

/**
 * weir_reader_interrupt:
 * @self: a reader that has begun
 *
 * Stops what it reads. Any thread may call.
 */
void
weir_reader_interrupt (WeirReader *self)
{
  g_atomic_int_set (&self->is_interrupted, TRUE);
}

/**
 * weir_reader_get_last_change:
 * @self: a reader that has begun
 *
 * Returns: a number that grows whenever somebody becomes somebody else or is deleted
 */
gint64
weir_reader_get_last_change (WeirReader *self)
{
  return weir_sqlite_get_int64 (self->db, "SELECT max (id) FROM identity_change");
}

/**
 * weir_reader_end:
 * @self: a reader
 *
 * Ends what was begun.
 */
void
weir_reader_end (WeirReader *self)
{
  self->deadline = 0;
  self->cancellable = NULL;
  if (self->db != NULL && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
}

/**
 * weir_reader_get_db:
 * @self: a reader that has begun
 *
 * Returns: (transfer none): its connection
 */
sqlite3 *
weir_reader_get_db (WeirReader *self)
{
  return self->db;
}

/**
 * weir_reader_get_people:
 * @self: a reader that has begun
 *
 * Returns: (transfer none): the persons as of this moment
 */
WeirSqlitePeople *
weir_reader_get_people (WeirReader *self)
{
  return self->people;
}

/**
 * weir_reader_get_as_of:
 * @self: a reader that has begun
 *
 * Returns: the seq of the last event that the moment includes
 */
guint64
weir_reader_get_as_of (WeirReader *self)
{
  return (guint64) weir_sqlite_get_int64 (
      self->db, self->address != NULL ? "SELECT elsewhere FROM state" : "SELECT cursor FROM state");
}

/**
 * weir_reader_get_kept_since:
 * @self: a reader that has begun
 *
 * Returns: events that happened before count as deleted, even if they are not yet; microseconds
 *   since the epoch, %G_MININT64 when none are
 */
gint64
weir_reader_get_kept_since (WeirReader *self)
{
  gint64 kept_since = weir_sqlite_get_int64 (self->db, "SELECT kept_since FROM state");

  /* Nothing was ever deleted by age: what happened before the epoch is there, too. */
  return kept_since != 0 ? kept_since : G_MININT64;
}

/**
 * weir_reader_get_cohorts_version:
 * @self: a reader that has begun
 *
 * Returns: a number that changes whenever a saved cohort does
 */
gint64
weir_reader_get_cohorts_version (WeirReader *self)
{
  return weir_sqlite_get_int64 (self->db,
                                "SELECT coalesce (max (updated), 0) * 31 + count (*) FROM cohort");
}

/**
 * weir_reader_set_uses_summaries:
 * @self: a reader
 * @uses_summaries: whether to read what is added up already; %FALSE makes every answer be added up
 *   from events, which gives the same
 */
void
weir_reader_set_uses_summaries (WeirReader *self,
                                gboolean    uses_summaries)
{
  self->has_no_summaries = !uses_summaries;
}

/**
 * weir_reader_get_uses_summaries:
 * @self: a reader
 *
 * Returns: whether it reads what is added up already
 */
gboolean
weir_reader_get_uses_summaries (WeirReader *self)
{
  return !self->has_no_summaries;
}
