/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-writer.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-clickhouse-row.h"
#include "weir-clickhouse-schema.h"
#include "weir-clickhouse-select.h"
#include "weir-error.h"
#include "weir-id-cache.h"
#include "weir-sqlite.h"

/*
 * Each event once. While this runs, a batch that is sent again has the same name, and the table
 * remembers names. What an earlier process had sent without hearing the answer is asked for once,
 * before the first insert: by their numbers, which are the collector's own. A statement of that
 * process may still run then, so it is waited for.
 *
 * Who an event belongs to was found out by the store of persons, which is ahead; its numbers are
 * read from the file. When somebody is deleted between that and the end of an insert, the rows are
 * deleted after it.
 */

#define TIMEOUT_US    (150 * G_TIME_SPAN_SECOND)   /* above what a server waits for by itself */
#define IDENTITIES    131072

#define INSERT "INSERT INTO event (" WEIR_CLICKHOUSE_EVENT_COLUMNS ") FORMAT RowBinary"

struct _WeirClickhouseWriter {
  WeirClickhouseAddress *address;
  char *people;
  char *instance;
  WeirClickhouseClient *client;   /* NULL while it is not known to be usable */
  sqlite3 *db;
  sqlite3_stmt *find_identity;
  WeirIdCache *identities;
  gint64 last_deleted;            /* of identity_change, when the cache was filled */
  gboolean is_settled;            /* what earlier processes did is known */
  GHashTable *present;            /* of seqs that are there already; NULL for none */
  guint64 last_present;           /* the highest of them */
  GHashTable *refused;            /* seq → WeirClickhouseRefusal: without an identity for good */
  GByteArray *row;
};

/* One batch being made. */
typedef struct {
  WeirClickhouseBatch *batch;
  GArray *seqs;                   /* of guint64, by row */
  guint64 n_present;
  guint64 n_gone;                 /* of persons who were deleted meanwhile */
  GPtrArray *letters;
} Draft;

/**
 * weir_clickhouse_writer_new:
 * @address: where ClickHouse is
 * @people: the file of the store of persons
 * @instance: name of the data directory
 *
 * Returns: (transfer full): a writer that has not connected yet
 */
WeirClickhouseWriter *
weir_clickhouse_writer_new (WeirClickhouseAddress *address,
                            const char            *people,
                            const char            *instance)
{
  WeirClickhouseWriter *self = g_new0 (WeirClickhouseWriter, 1);

  self->address = weir_clickhouse_address_ref (address);
  self->people = g_strdup (people);
  self->instance = g_strdup (instance);
  self->identities = weir_id_cache_new (IDENTITIES);
  self->row = g_byte_array_new ();
  return self;
}

/**
 * weir_clickhouse_writer_free:
 * @self: (transfer full): a writer
 */
void
weir_clickhouse_writer_free (WeirClickhouseWriter *self)
{
  g_clear_object (&self->client);
  sqlite3_finalize (self->find_identity);
  sqlite3_close (self->db);
  weir_id_cache_free (self->identities);
  g_clear_pointer (&self->present, g_hash_table_unref);
  g_byte_array_unref (self->row);
  weir_clickhouse_address_unref (self->address);
  g_free (self->people);
  g_free (self->instance);
  g_free (self);
}

static void
letter_free (gpointer data)
{
  WeirClickhouseLetter *letter = data;

  weir_event_batch_unref (letter->batch);
  g_free (letter->message);
  g_free (letter);
}

/**
 * weir_clickhouse_written_clear:
 * @self: what became of events
 */
void
weir_clickhouse_written_clear (WeirClickhouseWritten *self)
{
  g_clear_pointer (&self->letters, g_ptr_array_unref);
}

static gboolean
open_people (WeirClickhouseWriter  *self,
             GError               **error)
{
  g_autofree char *uri = weir_sqlite_dup_uri (self->people, FALSE);

  if (self->db != NULL)
    return TRUE;
  if (sqlite3_open_v2 (uri, &self->db,
                       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                       NULL) == SQLITE_OK &&
      sqlite3_prepare_v3 (self->db, "SELECT id FROM identity WHERE distinct_id = ?1", -1,
                          SQLITE_PREPARE_PERSISTENT, &self->find_identity, NULL) == SQLITE_OK)
    {
      sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      sqlite3_busy_timeout (self->db, 5000);
      return TRUE;
    }
  weir_sqlite_fail (self->db, "the store", "read", error);
  g_clear_pointer (&self->find_identity, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
  return FALSE;
}

static gboolean
open_client (WeirClickhouseWriter  *self,
             GCancellable          *cancellable,
             GError               **error)
{
  if (self->client == NULL)
    self->client = weir_clickhouse_schema_connect (self->address, TIMEOUT_US, cancellable, error);
  return self->client != NULL;
}

static gboolean
take_seqs (const WeirClickhouseBlock  *block,
           gpointer                    user_data,
           GError                    **error)
{
  WeirClickhouseWriter *self = user_data;

  for (guint i = 0; i < block->n_rows; i++)
    {
      guint64 seq = weir_clickhouse_column_get_uint64 (&block->columns[0], i);

      self->last_present = MAX (self->last_present, seq);
      g_hash_table_add (self->present, g_memdup2 (&seq, sizeof seq));
    }
  return TRUE;
}

/* Finds out what earlier processes have inserted without knowing it. */
static gboolean
settle (WeirClickhouseWriter  *self,
        guint64                after,
        GCancellable          *cancellable,
        GError               **error)
{
  g_autoptr(GString) sql = g_string_new ("SELECT seq FROM event WHERE collector = ");

  if (self->is_settled)
    return TRUE;
  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append_printf (sql, " AND seq > %" G_GUINT64_FORMAT, after);
  g_clear_pointer (&self->present, g_hash_table_unref);
  self->present = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->last_present = 0;
  self->is_settled =
    weir_clickhouse_wait_for_inserts (self->client, self->instance, cancellable, error) &&
    weir_clickhouse_select (self->client, sql->str, 1, take_seqs, self, cancellable, error);
  return self->is_settled;
}

static gint64
get_last_deleted (WeirClickhouseWriter *self)
{
  return weir_sqlite_get_int64 (self->db,
                                "SELECT max (id) FROM identity_change WHERE person_id IS NULL");
}

/* Returns 0 when the identity was deleted. */
static guint32
find_identity (WeirClickhouseWriter *self,
               const char           *text,
               gsize                 length)
{
  const WeirIdCacheValue *known = weir_id_cache_lookup (self->identities, text, length);
  WeirIdCacheValue value = { 0 };

  if (known != NULL)
    return (guint32) known->id;
  sqlite3_bind_text (self->find_identity, 1, text, (int) length, SQLITE_STATIC);
  if (sqlite3_step (self->find_identity) == SQLITE_ROW)
    value.id = sqlite3_column_int64 (self->find_identity, 0);
  sqlite3_reset (self->find_identity);
  if (value.id != 0)
    weir_id_cache_insert (self->identities, text, length, &value);
  return (guint32) value.id;
}

static void
append_number (GByteArray *row,
               double      number)
{
  guint8 is_null = isnan (number);

  weir_clickhouse_row_append (row, &is_null, 1);
  if (!is_null)
    weir_clickhouse_row_append (row, &number, sizeof number);
}

/* In the order of WEIR_CLICKHOUSE_EVENT_COLUMNS. */
static void
make_row (WeirClickhouseWriter *self,
          const WeirEvent      *event,
          WeirEventText         which,
          guint32               identity)
{
  static const WeirEventText rest[] = { WEIR_EVENT_USER_ID, WEIR_EVENT_DISTINCT_ID,
                                        WEIR_EVENT_ANONYMOUS_ID, WEIR_EVENT_DEVICE_ID,
                                        WEIR_EVENT_PREVIOUS_ID, WEIR_EVENT_SESSION_ID,
                                        WEIR_EVENT_ID, WEIR_EVENT_PROPERTIES };
  guint8 kind = (guint8) (which - WEIR_EVENT_USER_ID);
  guint8 is_error = (event->flags & WEIR_EVENT_IS_ERROR) != 0;
  GByteArray *row = self->row;

  g_byte_array_set_size (row, 0);
  weir_clickhouse_row_append_text (row, self->instance, strlen (self->instance));
  weir_clickhouse_row_append (row, &event->seq, sizeof event->seq);
  weir_clickhouse_row_append_event_text (row, event, WEIR_EVENT_NAME);
  weir_clickhouse_row_append (row, &event->timestamp, sizeof event->timestamp);
  weir_clickhouse_row_append (row, &event->received, sizeof event->received);
  weir_clickhouse_row_append_event_text (row, event, WEIR_EVENT_SOURCE);
  weir_clickhouse_row_append (row, &identity, sizeof identity);
  weir_clickhouse_row_append (row, &kind, 1);
  weir_clickhouse_row_append (row, &is_error, 1);
  append_number (row, event->value);
  append_number (row, event->duration);
  for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
    weir_clickhouse_row_append_event_text (row, event, rest[i]);
}

static void
add_letter (GPtrArray                   *letters,
            WeirEventBatch              *batch,
            const WeirEvent             *event,
            const WeirClickhouseRefusal *refusal)
{
  WeirClickhouseLetter *letter = g_new0 (WeirClickhouseLetter, 1);

  letter->batch = weir_event_batch_ref (batch);
  letter->event = *event;
  letter->code = refusal->code;
  letter->message = g_strdup (refusal->message);
  g_ptr_array_add (letters, letter);
}

static void
add_event (WeirClickhouseWriter *self,
           Draft                *draft,
           WeirEventBatch       *batch,
           const WeirEvent      *event)
{
  const WeirClickhouseRefusal *refusal =
    self->refused != NULL ? g_hash_table_lookup (self->refused, &event->seq) : NULL;
  WeirEventText which = weir_event_get_identity (event);
  guint32 identity;

  /* The store of persons has put it aside. */
  if (which == WEIR_EVENT_N_TEXTS || event->text[WEIR_EVENT_NAME] == NULL ||
      event->text[WEIR_EVENT_SOURCE] == NULL)
    return;
  if (self->present != NULL && g_hash_table_contains (self->present, &event->seq))
    {
      draft->n_present++;
      return;
    }
  if (refusal != NULL)
    {
      add_letter (draft->letters, batch, event, refusal);
      return;
    }
  identity = find_identity (self, event->text[which], event->length[which]);
  if (identity == 0)
    {
      draft->n_gone++;
      return;
    }
  make_row (self, event, which, identity);
  weir_clickhouse_batch_add (draft->batch, self->row->data, self->row->len);
  g_array_append_val (draft->seqs, event->seq);
}

static void
fill (WeirClickhouseWriter *self,
      Draft                *draft,
      GPtrArray            *batches,
      guint64               after,
      guint64               until)
{
  g_autofree char *id = g_strdup_printf ("weir-%s-%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
                                         self->instance, after, until);

  draft->batch = weir_clickhouse_batch_new (id, INSERT);
  weir_clickhouse_batch_set_structure (draft->batch, WEIR_CLICKHOUSE_EVENT_STRUCTURE);
  draft->seqs = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < batches->len; i++)
    {
      WeirEventBatch *batch = g_ptr_array_index (batches, i);
      WeirEventIter iter;
      WeirEvent event;

      weir_event_iter_init (&iter, batch);
      while (weir_event_iter_next (&iter, &event))
        if (event.seq > after && event.seq <= until)
          add_event (self, draft, batch, &event);
    }
}

/* Whoever was deleted since the draft was begun is not to come back with it. */
static gboolean
delete_gone (WeirClickhouseWriter  *self,
             GError               **error)
{
  g_autoptr(GString) sql = g_string_new ("ALTER TABLE event DELETE WHERE identity IN (0");
  sqlite3_stmt *select = NULL;

  if (get_last_deleted (self) == self->last_deleted)
    return TRUE;
  if (sqlite3_prepare_v2 (self->db,
                          "SELECT identity_id FROM identity_change"
                          " WHERE person_id IS NULL AND id > ?1",
                          -1, &select, NULL) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_bind_int64 (select, 1, self->last_deleted);
  while (sqlite3_step (select) == SQLITE_ROW)
    g_string_append_printf (sql, ",%" G_GINT64_FORMAT, (gint64) sqlite3_column_int64 (select, 0));
  sqlite3_finalize (select);
  g_string_append (sql, ") AND collector = ");
  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append (sql, " SETTINGS mutations_sync = 2");
  return weir_clickhouse_execute (self->client, sql->str, NULL, error);
}

static void
add_letters (GPtrArray    *letters,
             GPtrArray    *batches,
             const Draft  *draft,
             const GArray *refusals)
{
  for (guint i = 0; i < refusals->len; i++)
    {
      const WeirClickhouseRefusal *refusal = &g_array_index (refusals, WeirClickhouseRefusal, i);
      guint64 seq = g_array_index (draft->seqs, guint64, refusal->row);

      for (guint j = 0; j < batches->len; j++)
        {
          WeirEventBatch *batch = g_ptr_array_index (batches, j);
          WeirEventIter iter;
          WeirEvent event;

          weir_event_iter_init (&iter, batch);
          while (weir_event_iter_next (&iter, &event))
            if (event.seq == seq)
              add_letter (letters, batch, &event, refusal);
        }
    }
}

static gboolean
insert (WeirClickhouseWriter    *self,
        Draft                   *draft,
        GPtrArray               *batches,
        WeirClickhouseNoteFunc   note,
        gpointer                 note_data,
        GCancellable            *cancellable,
        WeirClickhouseWritten   *written,
        GError                 **error)
{
  g_autoptr(GArray) refusals = NULL;

  if (draft->seqs->len > 0)
    {
      refusals = weir_clickhouse_insert (self->client, draft->batch, note, note_data, cancellable,
                                         error);
      if (refusals == NULL)
        return FALSE;
      add_letters (written->letters, batches, draft, refusals);
    }
  written->n_inserted = draft->seqs->len - (refusals != NULL ? refusals->len : 0);
  written->n_stored = written->n_inserted + draft->n_present + draft->n_gone;
  return delete_gone (self, error);
}

/**
 * weir_clickhouse_writer_write:
 * @self: a writer
 * @batches: (element-type WeirEventBatch): events, in order
 * @after: those up to this seq are dealt with
 * @until: those up to this one are to be, and it is known whose they are
 * @note: (nullable): is told of failures
 * @note_data: for @note
 * @cancellable: (nullable): to give up; what was sent may arrive nevertheless, and is found then
 * @written: (out): what became of them; to be cleared
 * @error: return location for an error
 *
 * Inserts events, as often as it takes while ClickHouse answers at all as one that can be used.
 *
 * Returns: whether all are dealt with; otherwise to be called again with the same @after
 */
gboolean
weir_clickhouse_writer_write (WeirClickhouseWriter    *self,
                              GPtrArray               *batches,
                              guint64                  after,
                              guint64                  until,
                              WeirClickhouseNoteFunc   note,
                              gpointer                 note_data,
                              GCancellable            *cancellable,
                              WeirClickhouseWritten   *written,
                              GError                 **error)
{
  Draft draft = { 0 };
  gboolean ok;

  *written = (WeirClickhouseWritten) { .cursor = until };
  if (!open_people (self, error) || !open_client (self, cancellable, error) ||
      !settle (self, after, cancellable, error))
    return FALSE;
  written->letters = g_ptr_array_new_with_free_func (letter_free);
  if (get_last_deleted (self) != self->last_deleted)
    {
      weir_id_cache_clear (self->identities);
      self->last_deleted = get_last_deleted (self);
    }
  draft.letters = written->letters;
  fill (self, &draft, batches, after, until);
  ok = insert (self, &draft, batches, note, note_data, cancellable, written, error);
  weir_clickhouse_batch_unref (draft.batch);
  g_array_unref (draft.seqs);
  if (!ok)
    {
      /* Another server may be there the next time, and some may have arrived. */
      self->is_settled = FALSE;
      g_clear_object (&self->client);
    }
  else if (until >= self->last_present)
    {
      g_clear_pointer (&self->present, g_hash_table_unref);
    }
  return ok;
}

/**
 * weir_clickhouse_writer_set_refused:
 * @self: a writer
 * @refused: (nullable) (element-type guint64 WeirClickhouseRefusal): by seq, events whose identity
 *   cannot be known; must outlive the next write, which makes letters of them
 */
void
weir_clickhouse_writer_set_refused (WeirClickhouseWriter *self,
                                    GHashTable           *refused)
{
  self->refused = refused;
}

/**
 * weir_clickhouse_writer_doubt:
 * @self: a writer
 *
 * Has it ask again what is there already, before the next insert: what it wrote was not noted.
 */
void
weir_clickhouse_writer_doubt (WeirClickhouseWriter *self)
{
  self->is_settled = FALSE;
}

/**
 * weir_clickhouse_writer_forget:
 * @self: a writer
 * @before: microseconds since the epoch
 * @error: return location for an error
 *
 * Deletes what happened before. Rows are marked at once; the space is free when parts are merged.
 *
 * Returns: whether it was done; the next call does what this one did not
 */
gboolean
weir_clickhouse_writer_forget (WeirClickhouseWriter  *self,
                               gint64                 before,
                               GError               **error)
{
  g_autoptr(GString) sql = g_string_new ("DELETE FROM event WHERE collector = ");

  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append_printf (sql, " AND time < fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT
                          "), 'UTC')", before);
  return open_client (self, NULL, error) &&
         weir_clickhouse_execute (self->client, sql->str, NULL, error);
}
