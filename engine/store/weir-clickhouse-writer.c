/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-writer.h"

#include <string.h>

#include "weir-clickhouse-schema.h"
#include "weir-clickhouse-select.h"

/*
 * Each event once. While this runs, a batch that is sent again has the same name, and the table
 * remembers names. What an earlier process had sent without hearing the answer is asked for once,
 * before the first insert: by their numbers, which are the collector's own. A statement of that
 * process may still run then, so it is waited for.
 *
 * Who an event belongs to was found out by the store of persons, which is ahead; its numbers are
 * read from the file. When somebody is deleted between that and the end of an insert, the rows are
 * deleted after it.
 *
 * Making the rows of a batch and packing them takes about as long as inserting them, so the next
 * draft may be made in another thread meanwhile; nothing it needs changes with an insert.
 */

#define TIMEOUT_US (150 * G_TIME_SPAN_SECOND)   /* above what a server waits for by itself */

struct _WeirClickhouseWriter {
  WeirClickhouseAddress *address;
  char *instance;
  WeirClickhouseDrafter *drafter;
  WeirClickhouseClient *client;   /* NULL while it is not known to be usable */
  gboolean is_settled;            /* what earlier processes did is known */
};

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
  self->instance = g_strdup (instance);
  self->drafter = weir_clickhouse_drafter_new (people, instance);
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
  weir_clickhouse_drafter_free (self->drafter);
  weir_clickhouse_address_unref (self->address);
  g_free (self->instance);
  g_free (self);
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
  GHashTable *present = user_data;

  for (guint i = 0; i < block->n_rows; i++)
    {
      guint64 seq = weir_clickhouse_column_get_uint64 (&block->columns[0], i);

      g_hash_table_add (present, g_memdup2 (&seq, sizeof seq));
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
  g_autoptr(GHashTable) present = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append_printf (sql, " AND seq > %" G_GUINT64_FORMAT, after);
  if (!weir_clickhouse_wait_for_inserts (self->client, self->instance, cancellable, error) ||
      !weir_clickhouse_select (self->client, sql->str, 1, take_seqs, present, cancellable, error))
    return FALSE;
  weir_clickhouse_drafter_set_present (self->drafter, g_steal_pointer (&present));
  return TRUE;
}

/**
 * weir_clickhouse_writer_begin:
 * @self: a writer
 * @after: events up to this seq are dealt with
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Connects, and finds out what is there already, unless that is known. Not while a draft is made.
 *
 * Returns: whether drafts can be made and written
 */
gboolean
weir_clickhouse_writer_begin (WeirClickhouseWriter  *self,
                              guint64                after,
                              GCancellable          *cancellable,
                              GError               **error)
{
  if (!weir_clickhouse_drafter_open (self->drafter, error) ||
      !open_client (self, cancellable, error))
    return FALSE;
  if (!self->is_settled)
    self->is_settled = settle (self, after, cancellable, error);
  return self->is_settled;
}

/**
 * weir_clickhouse_writer_draft:
 * @self: a writer that has begun
 * @events: (element-type WeirEventBatch): events, in order
 * @after: those up to this seq are dealt with, or in the draft before
 * @until: those up to this one are to be in this one, and it is known whose they are
 *
 * Makes rows of events, packed where they go over the network. One thread may do so at a time, also
 * while another one writes an earlier draft.
 *
 * Returns: (transfer full): what is to be written
 */
WeirClickhouseDraft *
weir_clickhouse_writer_draft (WeirClickhouseWriter *self,
                              GPtrArray            *events,
                              guint64               after,
                              guint64               until)
{
  WeirClickhouseDraft *draft = weir_clickhouse_drafter_make (self->drafter, events, after, until);

  if (!weir_clickhouse_address_is_library (self->address))
    weir_clickhouse_batch_pack (draft->batch);
  return draft;
}

/* Whoever was deleted since the draft was begun is not to come back with it. */
static gboolean
delete_gone (WeirClickhouseWriter       *self,
             const WeirClickhouseDraft  *draft,
             GError                    **error)
{
  g_autoptr(GString) numbers = g_string_new (NULL);
  g_autoptr(GString) sql = g_string_new ("ALTER TABLE event DELETE WHERE identity IN (0");

  if (!weir_clickhouse_drafter_find_gone (self->drafter, draft, numbers, error))
    return FALSE;
  if (numbers->len == 0)
    return TRUE;
  g_string_append_printf (sql, "%s) AND collector = ", numbers->str);
  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append (sql, " SETTINGS mutations_sync = 2");
  return weir_clickhouse_execute (self->client, sql->str, NULL, error);
}

static gboolean
insert (WeirClickhouseWriter    *self,
        WeirClickhouseDraft     *draft,
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
      weir_clickhouse_draft_add_refusals (draft, refusals);
    }
  written->letters = g_ptr_array_ref (draft->letters);
  written->n_inserted = draft->seqs->len - (refusals != NULL ? refusals->len : 0);
  written->n_stored = written->n_inserted + draft->n_present + draft->n_gone;
  return delete_gone (self, draft, error);
}

/**
 * weir_clickhouse_writer_write:
 * @self: a writer that has begun
 * @draft: what to insert
 * @note: (nullable): is told of failures
 * @note_data: for @note
 * @cancellable: (nullable): to give up; what was sent may arrive nevertheless, and is found then
 * @written: (out): what became of the events; to be cleared
 * @error: return location for an error
 *
 * Inserts events, as often as it takes while ClickHouse answers at all as one that can be used.
 *
 * Returns: whether all are dealt with; otherwise to be begun again, and this draft and later ones
 *   to be made anew
 */
gboolean
weir_clickhouse_writer_write (WeirClickhouseWriter    *self,
                              WeirClickhouseDraft     *draft,
                              WeirClickhouseNoteFunc   note,
                              gpointer                 note_data,
                              GCancellable            *cancellable,
                              WeirClickhouseWritten   *written,
                              GError                 **error)
{
  *written = (WeirClickhouseWritten) { .cursor = draft->until };
  if (insert (self, draft, note, note_data, cancellable, written, error))
    return TRUE;
  /* Another server may be there the next time, and some may have arrived. */
  self->is_settled = FALSE;
  g_clear_object (&self->client);
  return FALSE;
}

/**
 * weir_clickhouse_writer_set_refused:
 * @self: a writer
 * @refused: (nullable) (element-type guint64 WeirClickhouseRefusal): by seq, events whose identity
 *   cannot be known; must outlive the next draft, which makes letters of them
 */
void
weir_clickhouse_writer_set_refused (WeirClickhouseWriter *self,
                                    GHashTable           *refused)
{
  weir_clickhouse_drafter_set_refused (self->drafter, refused);
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
