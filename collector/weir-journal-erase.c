/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "weir-journal-file-private.h"
#include "weir-sqlite.h"

static gboolean
has_id (const WeirEvent *event,
        GHashTable      *ids)
{
  for (int i = WEIR_EVENT_USER_ID; i <= WEIR_EVENT_PREVIOUS_ID; i++)
    if (event->text[i] != NULL && g_hash_table_contains (ids, event->text[i]))
      return TRUE;
  return FALSE;
}

static GHashTable *
make_set (const GPtrArray *ids)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < ids->len; i++)
    g_hash_table_add (set, g_ptr_array_index (ids, i));
  return set;
}

/**
 * weir_journal_file_count_ids:
 * @self: the journal
 * @ids: (element-type utf8): ids
 * @until: a seq
 *
 * Returns: how many events up to @until that name one of the ids are kept
 */
guint64
weir_journal_file_count_ids (WeirJournalFile *self,
                             const GPtrArray *ids,
                             guint64          until)
{
  g_autoptr(GHashTable) set = make_set (ids);
  guint64 count = 0, after = 0;
  guint n_damaged = 0;

  while (after < until)
    {
      g_autoptr(WeirEventBatch) batch = weir_journal_file_read (self, after, &n_damaged, NULL);
      WeirEventIter iter;
      WeirEvent event;

      if (batch == NULL)
        break;
      weir_event_iter_init (&iter, batch);
      while (weir_event_iter_next (&iter, &event))
        count += event.seq <= until && has_id (&event, set);
      after = weir_event_batch_get_last_seq (batch);
    }

  return count;
}

/* A run of records that stay becomes a row of its own, since the seqs of a row have no holes. */
static gboolean
keep_run (WeirJournalFile  *self,
          const guint8     *from,
          const guint8     *to,
          guint64           last_seq,
          guint             n_events,
          gint64            received,
          GError          **error)
{
  return n_events == 0 || weir_journal_file_insert (self, last_seq, n_events, received, from,
                                                    (gsize) (to - from), error);
}

static gboolean
split_row (WeirJournalFile  *self,
           WeirEventBatch   *batch,
           GHashTable       *ids,
           GError          **error)
{
  WeirEventIter iter;
  WeirEvent event;
  const guint8 *from, *run;
  guint64 last_seq = 0;
  gint64 received = 0;
  guint n_events = 0;

  sqlite3_bind_int64 (self->drop, 1, (gint64) weir_event_batch_get_last_seq (batch));
  if (!weir_journal_file_step (self, self->drop, error))
    return FALSE;
  weir_event_iter_init (&iter, batch);
  for (from = run = iter.next; weir_event_iter_next (&iter, &event); from = iter.next)
    {
      if (has_id (&event, ids))
        {
          if (!keep_run (self, run, from, last_seq, n_events, received, error))
            return FALSE;
          run = iter.next;
          n_events = 0;
          continue;
        }
      if (n_events++ == 0)
        received = event.received;
      last_seq = event.seq;
    }
  return keep_run (self, run, from, last_seq, n_events, received, error);
}

static gboolean
names_any (WeirEventBatch *batch,
           GHashTable     *ids)
{
  WeirEventIter iter;
  WeirEvent event;

  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    if (has_id (&event, ids))
      return TRUE;
  return FALSE;
}

/* What waits for consumers beside the store stays, but for the events of the person. */
static gboolean
split_rows (WeirJournalFile  *self,
            const GPtrArray  *ids,
            guint64           until,
            GError          **error)
{
  g_autoptr(GHashTable) set = make_set (ids);
  guint64 after = 0;
  guint n_damaged = 0;
  gboolean ok = TRUE;

  while (ok && after < until)
    {
      g_autoptr(WeirEventBatch) batch = weir_journal_file_read (self, after, &n_damaged, NULL);

      if (batch == NULL)
        break;
      after = weir_event_batch_get_last_seq (batch);
      if (after > until || !names_any (batch, set))
        continue;
      ok = weir_sqlite_run (self->db, "BEGIN IMMEDIATE", "the journal", "rewritten", error) &&
           split_row (self, batch, set, error) &&
           weir_sqlite_run (self->db, "COMMIT", "the journal", "rewritten", error);
      if (!ok && !sqlite3_get_autocommit (self->db))
        sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
    }
  weir_journal_file_remeasure (self);

  return ok;
}

/**
 * weir_journal_file_purge:
 * @self: the journal
 * @ids: (element-type utf8): ids that are to be gone
 * @until: the store has what is up to this seq
 * @error: return location for an error
 *
 * Takes the events that name one of the ids out of the rows up to @until, drops damaged rows in
 * which one can be read, and rewrites the file without any unused space, so that what was deleted
 * from it is gone.
 *
 * Returns: whether it was done
 */
gboolean
weir_journal_file_purge (WeirJournalFile  *self,
                         const GPtrArray  *ids,
                         guint64           until,
                         GError          **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  if (!split_rows (self, ids, until, error))
    return FALSE;
  ok = sqlite3_prepare_v2 (self->db, "DELETE FROM damaged_record WHERE instr (data, ?1) > 0", -1,
                           &statement, NULL) == SQLITE_OK ||
       weir_sqlite_fail (self->db, "the journal", "written", error);
  for (guint i = 0; ok && i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);

      sqlite3_bind_blob (statement, 1, id, (int) strlen (id), SQLITE_STATIC);
      ok = weir_journal_file_step (self, statement, error);
    }
  sqlite3_finalize (statement);

  return ok && weir_sqlite_run (self->db, "VACUUM; PRAGMA wal_checkpoint (TRUNCATE)",
                                "the journal", "rewritten", error);
}
