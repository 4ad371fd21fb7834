/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-drafter.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-clickhouse-row.h"
#include "weir-clickhouse-schema.h"
#include "weir-id-cache.h"
#include "weir-sqlite.h"

#define IDENTITIES 131072

#define INSERT "INSERT INTO event (" WEIR_CLICKHOUSE_EVENT_COLUMNS ") FORMAT RowBinary"

struct _WeirClickhouseDrafter {
  char *people;
  char *instance;
  sqlite3 *db;                 /* with locks of its own: also asked who was deleted, meanwhile */
  sqlite3_stmt *find_identity;
  WeirIdCache *identities;
  gint64 last_deleted;         /* of identity_change, when the cache was filled */
  GHashTable *present;         /* of seqs that are stored and in no draft yet; NULL for none */
  GHashTable *refused;         /* seq → WeirClickhouseRefusal: without an identity for good */
  GByteArray *row;
};

/**
 * weir_clickhouse_drafter_new:
 * @people: the file of the store of persons
 * @instance: name of the data directory
 *
 * Returns: (transfer full): a drafter, not open yet
 */
WeirClickhouseDrafter *
weir_clickhouse_drafter_new (const char *people,
                             const char *instance)
{
  WeirClickhouseDrafter *self = g_new0 (WeirClickhouseDrafter, 1);

  self->people = g_strdup (people);
  self->instance = g_strdup (instance);
  self->identities = weir_id_cache_new (IDENTITIES);
  self->row = g_byte_array_new ();
  return self;
}

/**
 * weir_clickhouse_drafter_free:
 * @self: (transfer full): a drafter
 */
void
weir_clickhouse_drafter_free (WeirClickhouseDrafter *self)
{
  sqlite3_finalize (self->find_identity);
  sqlite3_close (self->db);
  weir_id_cache_free (self->identities);
  g_clear_pointer (&self->present, g_hash_table_unref);
  g_byte_array_unref (self->row);
  g_free (self->people);
  g_free (self->instance);
  g_free (self);
}

/**
 * weir_clickhouse_drafter_open:
 * @self: a drafter
 * @error: return location for an error
 *
 * Opens the store of persons, which is there by now.
 *
 * Returns: whether it is open
 */
gboolean
weir_clickhouse_drafter_open (WeirClickhouseDrafter  *self,
                              GError                **error)
{
  g_autofree char *uri = weir_sqlite_dup_uri (self->people, FALSE);

  if (self->db != NULL)
    return TRUE;
  if (sqlite3_open_v2 (uri, &self->db,
                       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_FULLMUTEX,
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

/**
 * weir_clickhouse_drafter_set_present:
 * @self: a drafter
 * @present: (transfer full) (nullable) (element-type guint64): seqs that are stored already; taken
 *   out as they are met
 */
void
weir_clickhouse_drafter_set_present (WeirClickhouseDrafter *self,
                                     GHashTable            *present)
{
  g_clear_pointer (&self->present, g_hash_table_unref);
  self->present = present;
}

/**
 * weir_clickhouse_drafter_set_refused:
 * @self: a drafter
 * @refused: (nullable) (element-type guint64 WeirClickhouseRefusal): by seq, events whose identity
 *   cannot be known; must outlive the next draft, which makes letters of them
 */
void
weir_clickhouse_drafter_set_refused (WeirClickhouseDrafter *self,
                                     GHashTable            *refused)
{
  self->refused = refused;
}

/* Returns 0 when the identity was deleted. */
static guint32
find_identity (WeirClickhouseDrafter *self,
               const char            *text,
               gsize                  length)
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
make_row (WeirClickhouseDrafter *self,
          const WeirEvent       *event,
          WeirEventText          which,
          guint32                identity)
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
letter_free (gpointer data)
{
  WeirClickhouseLetter *letter = data;

  weir_event_batch_unref (letter->batch);
  g_free (letter->message);
  g_free (letter);
}

static void
add_letter (WeirClickhouseDraft         *draft,
            WeirEventBatch              *batch,
            const WeirEvent             *event,
            const WeirClickhouseRefusal *refusal)
{
  WeirClickhouseLetter *letter = g_new0 (WeirClickhouseLetter, 1);

  letter->batch = weir_event_batch_ref (batch);
  letter->event = *event;
  letter->code = refusal->code;
  letter->message = g_strdup (refusal->message);
  g_ptr_array_add (draft->letters, letter);
}

static void
add_event (WeirClickhouseDrafter *self,
           WeirClickhouseDraft   *draft,
           WeirEventBatch        *batch,
           const WeirEvent       *event)
{
  const WeirClickhouseRefusal *refusal =
    self->refused != NULL ? g_hash_table_lookup (self->refused, &event->seq) : NULL;
  WeirEventText which = weir_event_get_identity (event);
  guint32 identity;

  /* The store of persons has put it aside. */
  if (which == WEIR_EVENT_N_TEXTS || event->text[WEIR_EVENT_NAME] == NULL ||
      event->text[WEIR_EVENT_SOURCE] == NULL)
    return;
  if (self->present != NULL && g_hash_table_remove (self->present, &event->seq))
    {
      draft->n_present++;
      return;
    }
  if (refusal != NULL)
    {
      add_letter (draft, batch, event, refusal);
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

static WeirClickhouseDraft *
draft_new (WeirClickhouseDrafter *self,
           GPtrArray             *events,
           guint64                after,
           guint64                until)
{
  WeirClickhouseDraft *draft = g_new0 (WeirClickhouseDraft, 1);
  g_autofree char *id = g_strdup_printf ("weir-%s-%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
                                         self->instance, after, until);

  draft->events = g_ptr_array_ref (events);
  draft->after = after;
  draft->until = until;
  draft->batch = weir_clickhouse_batch_new (id, INSERT);
  weir_clickhouse_batch_set_structure (draft->batch, WEIR_CLICKHOUSE_EVENT_STRUCTURE);
  draft->seqs = g_array_new (FALSE, FALSE, sizeof (guint64));
  draft->letters = g_ptr_array_new_with_free_func (letter_free);
  draft->last_deleted = self->last_deleted;
  return draft;
}

/* Before anything is looked up, so that who is deleted while it is made is found afterwards. */
static void
forget_deleted (WeirClickhouseDrafter *self)
{
  gint64 last = weir_sqlite_get_int64 (
    self->db, "SELECT max (id) FROM identity_change WHERE person_id IS NULL");

  if (last == self->last_deleted)
    return;
  weir_id_cache_clear (self->identities);
  self->last_deleted = last;
}

/**
 * weir_clickhouse_drafter_make:
 * @self: an open drafter
 * @events: (element-type WeirEventBatch): events, in order
 * @after: those up to this seq are dealt with
 * @until: those up to this one are to be, and it is known whose they are
 *
 * Returns: (transfer full): what is to be inserted
 */
WeirClickhouseDraft *
weir_clickhouse_drafter_make (WeirClickhouseDrafter *self,
                              GPtrArray             *events,
                              guint64                after,
                              guint64                until)
{
  WeirClickhouseDraft *draft;

  forget_deleted (self);
  if (self->present != NULL && g_hash_table_size (self->present) == 0)
    g_clear_pointer (&self->present, g_hash_table_unref);
  draft = draft_new (self, events, after, until);
  for (guint i = 0; i < events->len; i++)
    {
      WeirEventBatch *batch = g_ptr_array_index (events, i);
      WeirEventIter iter;
      WeirEvent event;

      weir_event_iter_init (&iter, batch);
      while (weir_event_iter_next (&iter, &event))
        if (event.seq > after && event.seq <= until)
          add_event (self, draft, batch, &event);
    }
  return draft;
}

/**
 * weir_clickhouse_drafter_find_gone:
 * @self: an open drafter
 * @draft: what it has made
 * @numbers: gets the numbers of identities, each behind a comma
 * @error: return location for an error
 *
 * Finds who was deleted since a draft was begun. May be called while the next one is made.
 *
 * Returns: whether it could be found out
 */
gboolean
weir_clickhouse_drafter_find_gone (WeirClickhouseDrafter      *self,
                                   const WeirClickhouseDraft  *draft,
                                   GString                    *numbers,
                                   GError                    **error)
{
  sqlite3_stmt *select = NULL;
  int rc;

  if (sqlite3_prepare_v2 (self->db,
                          "SELECT identity_id FROM identity_change"
                          " WHERE person_id IS NULL AND id > ?1",
                          -1, &select, NULL) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_bind_int64 (select, 1, draft->last_deleted);
  while ((rc = sqlite3_step (select)) == SQLITE_ROW)
    g_string_append_printf (numbers, ",%" G_GINT64_FORMAT,
                            (gint64) sqlite3_column_int64 (select, 0));
  sqlite3_finalize (select);
  return rc == SQLITE_DONE || weir_sqlite_fail (self->db, "the store", "read", error);
}

/**
 * weir_clickhouse_draft_add_refusals:
 * @self: a draft that was inserted
 * @refusals: (element-type WeirClickhouseRefusal): rows that were refused
 *
 * Makes letters of their events.
 */
void
weir_clickhouse_draft_add_refusals (WeirClickhouseDraft *self,
                                    const GArray        *refusals)
{
  for (guint i = 0; i < refusals->len; i++)
    {
      const WeirClickhouseRefusal *refusal = &g_array_index (refusals, WeirClickhouseRefusal, i);
      guint64 seq = g_array_index (self->seqs, guint64, refusal->row);

      for (guint j = 0; j < self->events->len; j++)
        {
          WeirEventBatch *batch = g_ptr_array_index (self->events, j);
          WeirEventIter iter;
          WeirEvent event;

          weir_event_iter_init (&iter, batch);
          while (weir_event_iter_next (&iter, &event))
            if (event.seq == seq)
              add_letter (self, batch, &event, refusal);
        }
    }
}

/**
 * weir_clickhouse_draft_free:
 * @self: (transfer full): a draft
 */
void
weir_clickhouse_draft_free (WeirClickhouseDraft *self)
{
  g_ptr_array_unref (self->events);
  weir_clickhouse_batch_unref (self->batch);
  g_array_unref (self->seqs);
  g_ptr_array_unref (self->letters);
  g_free (self);
}
