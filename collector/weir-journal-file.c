/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-file.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "weir-error.h"
#include "weir-journal-file-private.h"
#include "weir-sqlite.h"

/*
 * Layout: `record` is the queue, keyed by the last seq of each row; `ledger` is one row that
 * changes in the same transaction as the queue, so that the counts can never disagree with it;
 * `identity` names this data directory. Rows that the store has are deleted together with a later
 * commit, which costs no fsync of its own.
 *
 * 16 KiB pages: of 4, 16 and 64 KiB they gave the best of both loads on 2 cores, 284 MB/s in groups
 * of 250 kB and 4 361 commits/s in groups of 8 kB, each with its fsync (README.md).
 */

#define SCHEMA_VERSION 3
#define SHRINK_BYTES   (64 * 1024 * 1024)

/* The ledger by source; 0 is all that are more than a thousand. */
#define CREATE_SOURCES \
  "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, received INTEGER NOT NULL," \
  "  accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL," \
  "  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL);" \
  "CREATE TABLE replayed (letter INTEGER PRIMARY KEY);"

/* How far those have come that read the journal beside the store. */
#define CREATE_CONSUMERS \
  "CREATE TABLE consumer (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL," \
  "  frozen INTEGER NOT NULL, evicted INTEGER NOT NULL) WITHOUT ROWID;"

static gboolean
fail (WeirJournalFile  *self,
      const char       *doing,
      GError          **error)
{
  return weir_sqlite_fail (self->db, "the journal", doing, error);
}

static gboolean
run (WeirJournalFile  *self,
     const char       *sql,
     const char       *doing,
     GError          **error)
{
  return weir_sqlite_run (self->db, sql, "the journal", doing, error);
}

/* Runs a prepared statement, and makes it ready to be used again. */
gboolean
weir_journal_file_step (WeirJournalFile  *self,
                        sqlite3_stmt     *statement,
                        GError          **error)
{
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, "written", error);

  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return ok;
}

/* The first four groups of a UUID of version 8; the fifth will be a seq. */
static char *
make_instance (void)
{
  guint32 a = g_random_int (), b = g_random_int ();

  return g_strdup_printf ("%08x-%04x-8%03x-%04x", a, b >> 16, b & 0xfff,
                          0x8000 | (g_random_int () & 0x3fff));
}

static gboolean
create_schema (WeirJournalFile  *self,
               GError          **error)
{
  g_autofree char *instance = make_instance ();
  g_autofree char *identity = NULL;
  gint64 version = weir_sqlite_get_int64 (self->db, "PRAGMA user_version");

  if (version > SCHEMA_VERSION)
    {
      g_set_error (error,
                   WEIR_ERROR,
                   WEIR_ERROR_CONFIGURATION,
                   "the journal was written by a newer version of Weir (%" G_GINT64_FORMAT ")",
                   version);
      return FALSE;
    }
  if (version == SCHEMA_VERSION)
    return TRUE;
  if (version == 1 && !run (self,
                            "BEGIN IMMEDIATE;" CREATE_SOURCES "PRAGMA user_version = 2; COMMIT",
                            "brought up to date", error))
    return FALSE;
  if (version > 0)
    return run (self, "BEGIN IMMEDIATE;" CREATE_CONSUMERS "PRAGMA user_version = 3; COMMIT",
                "brought up to date", error);

  identity = g_strdup_printf ("INSERT INTO identity VALUES (1, '%s', %" G_GINT64_FORMAT ")",
                              instance,
                              (gint64) (((guint64) g_random_int () << 32 | g_random_int ()) >> 1));
  return run (
             self,
             "BEGIN IMMEDIATE;"
             "CREATE TABLE record (seq INTEGER PRIMARY KEY, n_events INTEGER NOT NULL,"
             "  received INTEGER NOT NULL, checksum INTEGER NOT NULL, data BLOB NOT NULL);"
             "CREATE TABLE damaged_record (seq INTEGER PRIMARY KEY, n_events INTEGER NOT NULL,"
             "  received INTEGER NOT NULL, checksum INTEGER NOT NULL, data BLOB NOT NULL);"
             "CREATE TABLE ledger (id INTEGER PRIMARY KEY CHECK (id = 1), received INTEGER NOT "
             "NULL,"
             "  accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL,"
             "  dead_lettered INTEGER NOT NULL, last_seq INTEGER NOT NULL);"
             "INSERT INTO ledger VALUES (1, 0, 0, 0, 0, 0, 0);"
             "CREATE TABLE identity (id INTEGER PRIMARY KEY CHECK (id = 1), instance TEXT NOT NULL,"
             "  hash_seed INTEGER NOT NULL);" CREATE_SOURCES CREATE_CONSUMERS,
             "created",
             error) &&
         run (self, identity, "created", error) &&
         run (self,
              "PRAGMA application_id = 0x57454952; PRAGMA user_version = 3; COMMIT",
              "created",
              error);
}

static gboolean
prepare (WeirJournalFile  *self,
         GError          **error)
{
  const struct {
    sqlite3_stmt **statement;
    const char *sql;
  } statements[] = {
    { &self->insert, "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5)" },
    { &self->remove, "DELETE FROM record WHERE seq <= ?1" },
    { &self->drop, "DELETE FROM record WHERE seq = ?1" },
    { &self->update,
      "UPDATE ledger SET received = ?1, accepted = ?2, duplicate = ?3, rejected = ?4,"
      " dead_lettered = ?5, last_seq = ?6" },
    { &self->select,
      "SELECT seq, n_events, received, checksum, data FROM record WHERE seq > ?1"
      " ORDER BY seq LIMIT 1" },
    { &self->measure, "SELECT total (length (data)), count (*) FROM record WHERE seq <= ?1" },
    { &self->count, "INSERT OR REPLACE INTO source VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" },
    { &self->replay, "INSERT OR IGNORE INTO replayed VALUES (?1)" },
    { &self->place, "INSERT OR REPLACE INTO consumer VALUES (?1, ?2, ?3, ?4)" },
    { &self->damage, "INSERT OR REPLACE INTO damaged_record SELECT * FROM record WHERE seq = ?1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      if (sqlite3_prepare_v3 (self->db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                              statements[i].statement, NULL) != SQLITE_OK)
        return fail (self, "read", error);
    }
  return TRUE;
}

/* What deleting up to @until will take away. */
static void
measure (WeirJournalFile *self,
         guint64          until,
         guint64         *bytes,
         guint           *n_rows)
{
  sqlite3_bind_int64 (self->measure, 1, (gint64) until);
  sqlite3_step (self->measure);
  *bytes = (guint64) sqlite3_column_int64 (self->measure, 0);
  *n_rows = (guint) sqlite3_column_int64 (self->measure, 1);
  sqlite3_reset (self->measure);
}

static gboolean
load_identity (WeirJournalFile  *self,
               GError          **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (self->db, "SELECT instance, hash_seed FROM identity", -1, &statement,
                           NULL) == SQLITE_OK &&
       sqlite3_step (statement) == SQLITE_ROW;
  if (ok)
    {
      self->instance = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      self->hash_seed = (guint64) sqlite3_column_int64 (statement, 1);
    }
  else
    {
      fail (self, "read", error);
    }
  sqlite3_finalize (statement);

  return ok;
}

/* Counts anew what there is. */
void
weir_journal_file_remeasure (WeirJournalFile *self)
{
  measure (self, G_MAXINT64, &self->bytes, &self->n_rows);
}

static WeirJournalFile *
open_once (const char  *path,
           gboolean     sync,
           GError     **error)
{
  g_autoptr(WeirJournalFile) self = g_new0 (WeirJournalFile, 1);
  gboolean is_open;

  is_open = sqlite3_open_v2 (path, &self->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                             NULL) == SQLITE_OK;
  /* Exclusive: nobody else may open the journal, and SQLite needs no shared memory for it. */
  if (!is_open ||
      !run (self,
            "PRAGMA page_size = 16384; PRAGMA locking_mode = EXCLUSIVE;"
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1000;"
            "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192",
            "opened",
            error) ||
      !run (
          self, sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF", "opened", error) ||
      !create_schema (self, error) || !prepare (self, error) || !load_identity (self, error))
    {
      if (!is_open)
        fail (self, "opened", error);
      return NULL;
    }
  weir_journal_file_remeasure (self);

  return g_steal_pointer (&self);
}

/**
 * weir_journal_file_open:
 * @path: the file
 * @sync: whether a commit is to be on stable storage when it returns
 * @error: return location for an error
 *
 * Opens the journal, or makes a new one. A file that is no longer a database is moved aside, not
 * deleted.
 *
 * Returns: (transfer full) (nullable): the journal
 */
WeirJournalFile *
weir_journal_file_open (const char  *path,
                        gboolean     sync,
                        GError     **error)
{
  g_autoptr(GError) local = NULL;
  WeirJournalFile *self = open_once (path, sync, &local);

  if (self == NULL && g_error_matches (local, WEIR_ERROR, WEIR_ERROR_CORRUPT))
    {
      g_critical ("%s; it is kept as %s.corrupt-*", local->message, path);
      g_clear_error (&local);
      if (!weir_sqlite_move_aside (path, error))
        return NULL;
      self = open_once (path, sync, &local);
    }
  if (self == NULL)
    g_propagate_error (error, g_steal_pointer (&local));

  return self;
}

/**
 * weir_journal_file_close:
 * @self: (transfer full): the journal
 */
void
weir_journal_file_close (WeirJournalFile *self)
{
  sqlite3_finalize (self->insert);
  sqlite3_finalize (self->remove);
  sqlite3_finalize (self->drop);
  sqlite3_finalize (self->update);
  sqlite3_finalize (self->select);
  sqlite3_finalize (self->measure);
  sqlite3_finalize (self->damage);
  sqlite3_finalize (self->count);
  sqlite3_finalize (self->replay);
  sqlite3_finalize (self->place);
  sqlite3_close (self->db);
  g_free (self->instance);
  g_free (self);
}

/**
 * weir_journal_file_get_instance:
 * @self: the journal
 *
 * Returns: (transfer none): the name of this data directory, see [method@Weir.Event.format_id]
 */
const char *
weir_journal_file_get_instance (WeirJournalFile *self)
{
  return self->instance;
}

/**
 * weir_journal_file_get_hash_seed:
 * @self: the journal
 *
 * Returns: the secret seed of message id hashes
 */
guint64
weir_journal_file_get_hash_seed (WeirJournalFile *self)
{
  return self->hash_seed;
}

/**
 * weir_journal_file_get_bytes:
 * @self: the journal
 *
 * Returns: bytes of records that are kept
 */
guint64
weir_journal_file_get_bytes (WeirJournalFile *self)
{
  return self->bytes;
}

/**
 * weir_journal_file_get_n_rows:
 * @self: the journal
 *
 * Returns: how many groups are kept
 */
guint
weir_journal_file_get_n_rows (WeirJournalFile *self)
{
  return self->n_rows;
}

/**
 * weir_journal_file_get_ledger:
 * @self: the journal
 * @ledger: (out): the counts as of the last commit
 * @last_seq: (out): the last seq that was given out
 */
void
weir_journal_file_get_ledger (WeirJournalFile *self,
                              WeirLedger      *ledger,
                              guint64         *last_seq)
{
  ledger->received = (guint64) weir_sqlite_get_int64 (self->db, "SELECT received FROM ledger");
  ledger->accepted = (guint64) weir_sqlite_get_int64 (self->db, "SELECT accepted FROM ledger");
  ledger->duplicate = (guint64) weir_sqlite_get_int64 (self->db, "SELECT duplicate FROM ledger");
  ledger->rejected = (guint64) weir_sqlite_get_int64 (self->db, "SELECT rejected FROM ledger");
  ledger->dead_lettered =
      (guint64) weir_sqlite_get_int64 (self->db, "SELECT dead_lettered FROM ledger");
  *last_seq = (guint64) weir_sqlite_get_int64 (self->db, "SELECT last_seq FROM ledger");
}

/**
 * weir_journal_file_count_after:
 * @self: the journal
 * @after: a seq
 *
 * Returns: how many events are kept behind @after
 */
guint64
weir_journal_file_count_after (WeirJournalFile *self,
                               guint64          after)
{
  sqlite3_stmt *statement = NULL;
  guint64 count = 0;

  if (sqlite3_prepare_v2 (
          self->db, "SELECT total (n_events) FROM record WHERE seq > ?1", -1, &statement, NULL) ==
          SQLITE_OK &&
      sqlite3_bind_int64 (statement, 1, (gint64) after) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    count = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return count;
}

/**
 * weir_journal_file_load_sources:
 * @self: the journal
 * @sources: an empty ledger by source
 * @error: return location for an error
 *
 * Reads what is known of each source.
 *
 * Returns: whether it could be read
 */
gboolean
weir_journal_file_load_sources (WeirJournalFile   *self,
                                WeirSourceLedger  *sources,
                                GError           **error)
{
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (self->db, "SELECT * FROM source ORDER BY id", -1, &select, NULL) ==
      SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          WeirSourceCounts counts = {
            .received = (guint64) sqlite3_column_int64 (select, 2),
            .accepted = (guint64) sqlite3_column_int64 (select, 3),
            .duplicate = (guint64) sqlite3_column_int64 (select, 4),
            .rejected = (guint64) sqlite3_column_int64 (select, 5),
            .first_seen = sqlite3_column_int64 (select, 6),
            .last_seen = sqlite3_column_int64 (select, 7),
          };

          weir_source_ledger_load (sources, (const char *) sqlite3_column_text (select, 1),
                                   &counts);
        }
    }
  if (code != SQLITE_DONE)
    fail (self, "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

static gboolean
write_sources (WeirJournalFile   *self,
               WeirSourceLedger  *sources,
               GError           **error)
{
  const GPtrArray *dirty = weir_source_ledger_get_dirty (sources);

  for (guint i = 0; i < dirty->len; i++)
    {
      const WeirSourceRow *row = g_ptr_array_index (dirty, i);

      sqlite3_bind_int64 (self->count, 1, row->id);
      sqlite3_bind_text (self->count, 2, row->name, (int) row->length, SQLITE_STATIC);
      sqlite3_bind_int64 (self->count, 3, (gint64) row->next.received);
      sqlite3_bind_int64 (self->count, 4, (gint64) row->next.accepted);
      sqlite3_bind_int64 (self->count, 5, (gint64) row->next.duplicate);
      sqlite3_bind_int64 (self->count, 6, (gint64) row->next.rejected);
      sqlite3_bind_int64 (self->count, 7, row->next.first_seen);
      sqlite3_bind_int64 (self->count, 8, row->next.last_seen);
      if (!weir_journal_file_step (self, self->count, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_letters (WeirJournalFile  *self,
               const GArray     *letters,
               GError          **error)
{
  for (guint i = 0; letters != NULL && i < letters->len; i++)
    {
      sqlite3_bind_int64 (self->replay, 1, g_array_index (letters, gint64, i));
      if (!weir_journal_file_step (self, self->replay, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_places (WeirJournalFile  *self,
              const GArray     *places,
              GError          **error)
{
  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const WeirConsumerPlace *place = &g_array_index (places, WeirConsumerPlace, i);

      sqlite3_bind_text (self->place, 1, place->name, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (self->place, 2, (gint64) place->cursor);
      sqlite3_bind_int64 (self->place, 3, (gint64) place->frozen);
      sqlite3_bind_int64 (self->place, 4, (gint64) place->evicted);
      if (!weir_journal_file_step (self, self->place, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds a row. */
gboolean
weir_journal_file_insert (WeirJournalFile  *self,
                          guint64           last_seq,
                          guint             n_events,
                          gint64            received,
                          const guint8     *data,
                          gsize             size,
                          GError          **error)
{
  sqlite3_bind_int64 (self->insert, 1, (gint64) last_seq);
  sqlite3_bind_int64 (self->insert, 2, n_events);
  sqlite3_bind_int64 (self->insert, 3, received);
  sqlite3_bind_int64 (self->insert, 4, (gint64) XXH3_64bits (data, size));
  sqlite3_bind_blob64 (self->insert, 5, data, size, SQLITE_STATIC);
  return weir_journal_file_step (self, self->insert, error);
}

static gboolean
write_all (WeirJournalFile   *self,
           WeirEventBatch    *batch,
           gint64             received,
           const WeirLedger  *ledger,
           WeirSourceLedger  *sources,
           const GArray      *letters,
           const GArray      *places,
           guint64            last_seq,
           guint64            delete_until,
           GError           **error)
{
  if (batch != NULL)
    {
      gsize size;
      const guint8 *data = weir_event_batch_get_data (batch, &size);

      if (!weir_journal_file_insert (self, weir_event_batch_get_last_seq (batch),
                                     weir_event_batch_get_n_events (batch), received, data, size,
                                     error))
        return FALSE;
    }
  if (delete_until > 0)
    {
      sqlite3_bind_int64 (self->remove, 1, (gint64) delete_until);
      if (!weir_journal_file_step (self, self->remove, error))
        return FALSE;
    }

  if (!write_sources (self, sources, error) || !write_letters (self, letters, error) ||
      !write_places (self, places, error))
    return FALSE;
  sqlite3_bind_int64 (self->update, 1, (gint64) ledger->received);
  sqlite3_bind_int64 (self->update, 2, (gint64) ledger->accepted);
  sqlite3_bind_int64 (self->update, 3, (gint64) ledger->duplicate);
  sqlite3_bind_int64 (self->update, 4, (gint64) ledger->rejected);
  sqlite3_bind_int64 (self->update, 5, (gint64) ledger->dead_lettered);
  sqlite3_bind_int64 (self->update, 6, (gint64) last_seq);
  return weir_journal_file_step (self, self->update, error);
}

/**
 * weir_journal_file_commit:
 * @self: the journal
 * @batch: (nullable): numbered events to keep
 * @received: receipt time of the first of them
 * @ledger: the counts including this commit
 * @sources: the same by source; what is dirty is written
 * @letters: (nullable) (element-type gint64): the dead letters that are sent again with @batch
 * @places: (nullable) (element-type Weir.ConsumerPlace): how far consumers have come
 * @last_seq: the last seq given out
 * @delete_until: nothing up to this seq is wanted; 0 to delete nothing now
 * @error: return location for an error
 *
 * Does one group commit. When it returns %TRUE everything is as durable as the journal was opened
 * for; when it returns %FALSE nothing has changed.
 *
 * Returns: whether it was done; errors are %WEIR_ERROR_DISK_FULL, %WEIR_ERROR_CORRUPT or
 *   %WEIR_ERROR_UNAVAILABLE
 */
gboolean
weir_journal_file_commit (WeirJournalFile   *self,
                          WeirEventBatch    *batch,
                          gint64             received,
                          const WeirLedger  *ledger,
                          WeirSourceLedger  *sources,
                          const GArray      *letters,
                          const GArray      *places,
                          guint64            last_seq,
                          guint64            delete_until,
                          GError           **error)
{
  guint64 freed_bytes = 0;
  guint freed_rows = 0;

  if (delete_until > 0)
    measure (self, delete_until, &freed_bytes, &freed_rows);
  if (!run (self, "BEGIN IMMEDIATE", "written", error))
    return FALSE;
  if (!write_all (self, batch, received, ledger, sources, letters, places, last_seq, delete_until,
                  error) ||
      !run (self, "COMMIT", "written", error))
    {
      /* A failed COMMIT may or may not have ended the transaction. */
      if (!sqlite3_get_autocommit (self->db))
        sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }

  if (batch != NULL)
    {
      gsize size;

      weir_event_batch_get_data (batch, &size);
      self->bytes += size;
      self->n_rows++;
    }
  self->bytes -= freed_bytes;
  self->n_rows -= freed_rows;
  return TRUE;
}

static gboolean
set_aside (WeirJournalFile  *self,
           guint64           seq,
           GError          **error)
{
  gboolean ok;

  if (!run (self, "BEGIN IMMEDIATE", "written", error))
    return FALSE;
  sqlite3_bind_int64 (self->damage, 1, (gint64) seq);
  ok = weir_journal_file_step (self, self->damage, error) && sqlite3_changes (self->db) == 1;
  if (ok)
    {
      sqlite3_bind_int64 (self->drop, 1, (gint64) seq);
      ok = weir_journal_file_step (self, self->drop, error) &&
           run (self, "COMMIT", "written", error);
    }
  if (!ok && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);

  return ok;
}

/**
 * weir_journal_file_read:
 * @self: the journal
 * @after: a seq
 * @n_damaged: (inout): increased by the events of rows that cannot be read; they are set aside in
 *   the table `damaged_record`
 * @error: return location for an error
 *
 * Reads the first sound group behind @after.
 *
 * Returns: (transfer full) (nullable): a batch, or %NULL at the end or with @error set
 */
WeirEventBatch *
weir_journal_file_read (WeirJournalFile  *self,
                        guint64           after,
                        guint            *n_damaged,
                        GError          **error)
{
  for (;;)
    {
      g_autoptr(WeirEventBatch) batch = NULL;
      guint64 seq;
      guint n_events;
      int code;

      sqlite3_bind_int64 (self->select, 1, (gint64) after);
      code = sqlite3_step (self->select);
      if (code != SQLITE_ROW)
        {
          if (code != SQLITE_DONE)
            fail (self, "read", error);
          sqlite3_reset (self->select);
          return NULL;
        }

      seq = (guint64) sqlite3_column_int64 (self->select, 0);
      n_events = (guint) sqlite3_column_int64 (self->select, 1);
      if ((guint64) sqlite3_column_int64 (self->select, 3) ==
          XXH3_64bits (sqlite3_column_blob (self->select, 4),
                       sqlite3_column_bytes (self->select, 4)))
        batch = weir_event_batch_new_checked (sqlite3_column_blob (self->select, 4),
                                              sqlite3_column_bytes (self->select, 4), NULL);
      sqlite3_reset (self->select);
      if (batch != NULL)
        return g_steal_pointer (&batch);

      g_critical ("the journal row up to seq %" G_GUINT64_FORMAT
                  " (%u events) is damaged; it is set aside",
                  seq,
                  n_events);
      if (!set_aside (self, seq, error))
        return NULL;
      *n_damaged += n_events;
      weir_journal_file_remeasure (self);
      after = seq;
    }
}

/**
 * weir_journal_file_hand_over:
 * @self: the journal, before its thread runs
 * @damaged: takes a row that could not be read
 * @replayed: takes a dead letter that is on its way again
 * @user_data: for both
 * @error: return location for an error
 *
 * Gives what was set aside, and what the store may not know of yet, to the store; then forgets it.
 * What is given twice because the process ended in between must be known by its number.
 *
 * Returns: whether it was done
 */
gboolean
weir_journal_file_hand_over (WeirJournalFile   *self,
                             WeirDamagedFunc    damaged,
                             WeirReplayedFunc   replayed,
                             gpointer           user_data,
                             GError           **error)
{
  sqlite3_stmt *select = NULL;
  gboolean ok = TRUE;

  if (sqlite3_prepare_v2 (self->db, "SELECT letter FROM replayed", -1, &select, NULL) != SQLITE_OK)
    return fail (self, "read", error);
  while (ok && sqlite3_step (select) == SQLITE_ROW)
    ok = replayed (sqlite3_column_int64 (select, 0), user_data, error);
  sqlite3_finalize (select);

  select = NULL;
  if (ok && sqlite3_prepare_v2 (self->db,
                                "SELECT seq, n_events, received, data FROM damaged_record", -1,
                                &select, NULL) != SQLITE_OK)
    ok = fail (self, "read", error);
  while (ok && sqlite3_step (select) == SQLITE_ROW)
    ok = damaged ((guint64) sqlite3_column_int64 (select, 0),
                  (guint) sqlite3_column_int64 (select, 1), sqlite3_column_int64 (select, 2),
                  sqlite3_column_blob (select, 3), (gsize) sqlite3_column_bytes (select, 3),
                  user_data, error);
  sqlite3_finalize (select);

  return ok && run (self, "DELETE FROM replayed; DELETE FROM damaged_record", "written", error);
}

/**
 * weir_journal_file_shrink:
 * @self: the journal
 *
 * Gives the room of a backlog back to the file system, once the journal is empty again.
 */
void
weir_journal_file_shrink (WeirJournalFile *self)
{
  if (self->n_rows > 0 ||
      weir_sqlite_get_int64 (self->db, "PRAGMA freelist_count") * 16384 < SHRINK_BYTES)
    return;
  sqlite3_exec (self->db, "VACUUM; PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL);
}
