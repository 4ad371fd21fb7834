/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-store.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sqlite.h"
#include "weir-sqlite-catch-up.h"
#include "weir-sqlite-dead-letters.h"
#include "weir-sqlite-recall.h"
#include "weir-sqlite-schema.h"
#include "weir-sqlite-shared.h"
#include "weir-sqlite-store-private.h"
#include "weir-store-private.h"

/*
 * One connection, which alone writes and checkpoints: SQLite up to 3.51.2 can corrupt a WAL
 * database when two do. Readers open the file read-only. A checkpoint is made here, between
 * transactions, when the WAL has grown to CHECKPOINT_PAGES or nothing else is to be done.
 */

#define NAME_CACHE       4096
#define CHECKPOINT_PAGES 8192

enum {
  INSERT_EVENT,
  UPDATE_STATE,
  SELECT_NAME,
  INSERT_NAME,
  SELECT_SOURCE,
  INSERT_SOURCE,
  N_STATEMENTS
};

G_STATIC_ASSERT (N_STATEMENTS == WEIR_SQLITE_STORE_STATEMENTS);

static const char *const sql[N_STATEMENTS] = {
  [INSERT_EVENT] =
      "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
  [UPDATE_STATE] = "UPDATE state SET stored = ?1, dead_lettered = ?2, cursor = ?3, elsewhere = ?4",
  [SELECT_NAME] = "SELECT id FROM event_name WHERE name = ?1",
  [INSERT_NAME] = "INSERT INTO event_name (name) VALUES (?1)",
  [SELECT_SOURCE] = "SELECT id FROM source WHERE name = ?1",
  [INSERT_SOURCE] = "INSERT INTO source (name) VALUES (?1)",
};

G_DEFINE_TYPE (WeirSqliteStore, weir_sqlite_store, WEIR_TYPE_STORE)

static gboolean
fail (WeirSqliteStore  *self,
      const char       *doing,
      GError          **error)
{
  return weir_sqlite_fail (self->db, "the store", doing, error);
}

/* Runs a statement that returns no rows. */
static gboolean
step (WeirSqliteStore  *self,
      int               which,
      GError          **error)
{
  sqlite3_stmt *statement = self->statements[which];
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, "written", error);

  sqlite3_reset (statement);
  return ok;
}

static void
bind_text (sqlite3_stmt    *statement,
           int              column,
           const WeirEvent *event,
           WeirEventText    which)
{
  if (event->text[which] != NULL)
    sqlite3_bind_text (
        statement, column, event->text[which], (int) event->length[which], SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, column);
}

static void
bind_number (sqlite3_stmt *statement,
             int           column,
             double        number)
{
  if (isnan (number))
    sqlite3_bind_null (statement, column);
  else
    sqlite3_bind_double (statement, column, number);
}

/* The number of a name or a source, 0 when it is new. */
static gint64
find_number (WeirSqliteStore *self,
             const WeirEvent *event,
             WeirEventText    which)
{
  WeirIdCache *cache = which == WEIR_EVENT_NAME ? self->names : self->sources;
  sqlite3_stmt *select =
      self->statements[which == WEIR_EVENT_NAME ? SELECT_NAME : SELECT_SOURCE];
  const WeirIdCacheValue *known;
  WeirIdCacheValue value = { 0 };

  known = weir_id_cache_lookup (cache, event->text[which], event->length[which]);
  if (known != NULL)
    return known->id;

  bind_text (select, 1, event, which);
  if (sqlite3_step (select) == SQLITE_ROW)
    value.id = sqlite3_column_int64 (select, 0);
  sqlite3_reset (select);
  if (value.id != 0)
    weir_id_cache_insert (cache, event->text[which], event->length[which], &value);

  return value.id;
}

/* The same, made when it is new. */
static gint64
intern (WeirSqliteStore  *self,
        const WeirEvent  *event,
        WeirEventText     which,
        GError          **error)
{
  WeirIdCache *cache = which == WEIR_EVENT_NAME ? self->names : self->sources;
  int insert = which == WEIR_EVENT_NAME ? INSERT_NAME : INSERT_SOURCE;
  WeirIdCacheValue value = { .id = find_number (self, event, which) };

  if (value.id != 0)
    return value.id;
  bind_text (self->statements[insert], 1, event, which);
  if (!step (self, insert, error))
    return 0;
  value.id = sqlite3_last_insert_rowid (self->db);
  weir_id_cache_insert (cache, event->text[which], event->length[which], &value);

  return value.id;
}

/* Whether a name or a source has a number. */
gboolean
weir_sqlite_store_knows (WeirSqliteStore *self,
                         const WeirEvent *event,
                         WeirEventText    which)
{
  return find_number (self, event, which) != 0;
}

/* The ids an event carries beside the one it counts under; nearly always none. */
static void
bind_other_ids (WeirSqliteStore *self,
                sqlite3_stmt    *statement,
                int              column,
                const WeirEvent *event,
                WeirEventText    identity)
{
  static const char *const members[] = {
    [WEIR_EVENT_DISTINCT_ID] = "{\"distinct_id\":",
    [WEIR_EVENT_ANONYMOUS_ID] = "{\"anonymous_id\":",
    [WEIR_EVENT_DEVICE_ID] = "{\"device_id\":",
    [WEIR_EVENT_PREVIOUS_ID] = "{\"previous_id\":",
  };

  g_string_truncate (self->json, 0);
  for (int i = WEIR_EVENT_DISTINCT_ID; i <= WEIR_EVENT_PREVIOUS_ID; i++)
    {
      if (event->text[i] == NULL || i == (int) identity)
        continue;
      g_string_append (self->json, members[i]);
      if (self->json->len > strlen (members[i]))
        self->json->str[self->json->len - strlen (members[i])] = ',';
      weir_json_append_string (self->json, event->text[i], event->length[i]);
    }
  if (self->json->len == 0)
    {
      sqlite3_bind_null (statement, column);
      return;
    }
  g_string_append_c (self->json, '}');
  sqlite3_bind_text (statement, column, self->json->str, (int) self->json->len, SQLITE_STATIC);
}

/* What an event says about its person; nearly always nothing. */
static gboolean
apply_statements (WeirSqliteStore            *self,
                  const WeirEvent            *event,
                  guint32                     identity,
                  const WeirSqliteEdgeDraft  *draft,
                  WeirPersonId               *person,
                  GError                    **error)
{
  WeirSqlitePerson row;

  if (event->flags & WEIR_EVENT_SETS_PERSON || draft != NULL)
    {
      if (draft != NULL && !weir_sqlite_edges_finish (self->edges, event, draft, error))
        return FALSE;
      if (!weir_sqlite_properties_apply (self->properties, event, identity, error))
        return FALSE;
    }
  if (draft == NULL)
    return TRUE;

  identity = weir_sqlite_identities_get_person (self->identities, identity);
  if (!weir_sqlite_person_table_load (
          weir_sqlite_identities_get_persons (self->identities), identity, &row, error))
    return FALSE;
  *person = row.uuid;

  return TRUE;
}

/* The row of an event, and what is added up of it. */
static int
insert_row (WeirSqliteStore  *self,
            const WeirEvent  *event,
            WeirEventText     identity,
            guint32           identity_id,
            gint64            name_id,
            gint64            source_id,
            GError          **error)
{
  sqlite3_stmt *insert = self->statements[INSERT_EVENT];
  WeirColumnRow row = { event->timestamp, event->seq, (guint32) name_id, identity_id };
  int code;

  sqlite3_bind_int64 (insert, 1, (gint64) event->seq);
  sqlite3_bind_int64 (insert, 2, name_id);
  sqlite3_bind_int64 (insert, 3, event->timestamp);
  sqlite3_bind_int64 (insert, 4, identity_id);
  sqlite3_bind_int64 (insert, 5, event->received);
  sqlite3_bind_int64 (insert, 6, source_id);
  sqlite3_bind_int64 (insert, 7, (event->flags & WEIR_EVENT_IS_ERROR ? WEIR_SCHEMA_FLAG_ERROR : 0) |
                                 (identity - WEIR_EVENT_USER_ID) << WEIR_SCHEMA_IDENTITY_SHIFT);
  bind_number (insert, 8, event->value);
  bind_number (insert, 9, event->duration);
  bind_text (insert, 10, event, WEIR_EVENT_ID);
  bind_text (insert, 11, event, WEIR_EVENT_SESSION_ID);
  bind_other_ids (self, insert, 12, event, identity);
  bind_text (insert, 13, event, WEIR_EVENT_PROPERTIES);
  code = sqlite3_step (insert);
  if (code != SQLITE_DONE)
    fail (self, "written", error);
  sqlite3_reset (insert);
  if (code != SQLITE_DONE)
    return code & 0xff;
  weir_sqlite_timeline_add (self->timeline, &row);
  weir_sqlite_summary_add (self->summary, name_id, source_id, event);

  return SQLITE_OK;
}

static int
settle (WeirSqliteStore  *self,
        const WeirEvent  *event,
        WeirEventText     identity,
        WeirPersonId     *person,
        GError          **error)
{
  gint64 name_id, source_id;
  WeirSqliteEdgeDraft draft;
  gboolean is_statement;
  guint32 identity_id;
  int code;

  name_id = intern (self, event, WEIR_EVENT_NAME, error);
  source_id = intern (self, event, WEIR_EVENT_SOURCE, error);
  if (name_id == 0 || source_id == 0)
    return SQLITE_ERROR;
  is_statement = weir_sqlite_edges_begin (self->edges, event, &draft);
  identity_id = weir_sqlite_identities_resolve (self->identities, event, identity, person, error);
  if (identity_id == 0)
    return SQLITE_ERROR;

  if (!self->is_elsewhere)
    {
      code = insert_row (self, event, identity, identity_id, name_id, source_id, error);
      if (code != SQLITE_OK)
        return code;
    }

  return apply_statements (
             self, event, identity_id, is_statement ? &draft : NULL, person, error)
             ? SQLITE_OK
             : SQLITE_ERROR;
}

/* Lets an event decide who is who, in the transaction that is open. */
gboolean
weir_sqlite_store_settle (WeirSqliteStore  *self,
                          const WeirEvent  *event,
                          WeirEventText     which,
                          WeirPersonId     *person,
                          GError          **error)
{
  return settle (self, event, which, person, error) == SQLITE_OK;
}

static int
insert_event (WeirSqliteStore  *self,
              const WeirEvent  *event,
              WeirPersonId     *person,
              GError          **error)
{
  WeirEventText identity = weir_event_get_identity (event);

  if (identity == WEIR_EVENT_N_TEXTS || event->text[WEIR_EVENT_NAME] == NULL ||
      event->text[WEIR_EVENT_SOURCE] == NULL)
    return SQLITE_CONSTRAINT;
  if (self->is_elsewhere)
    weir_sqlite_recent_ids_add (self->recent_ids, event);
  if (!self->is_shared)
    return settle (self, event, identity, person, error);

  /* Whose it is for good the log says, which is behind. */
  weir_sqlite_identities_guess (self->identities, event, identity, person);
  return SQLITE_OK;
}

/* An event that the store will never take must not stop those behind it. */
static gboolean
bury (WeirSqliteStore  *self,
      const WeirEvent  *event,
      const char       *reason,
      GError          **error)
{
  gsize size = weir_event_get_record_size (event);
  g_autofree guint8 *record = g_malloc (size);
  WeirDeadLetter letter = { event->seq, event->received, g_get_real_time (), WEIR_SINK_STORE,
                            "refused", reason, 1, NULL, record, size };

  g_string_truncate (self->json, 0);
  weir_event_append_json (event, NULL, self->instance, self->json);
  letter.event = self->json->str;
  weir_event_write_record (event, record);
  return weir_sqlite_dead_letters_add (self->db, &letter, error);
}

static gboolean
write_event (WeirSqliteStore  *self,
             const WeirEvent  *event,
             WeirPersonId     *person,
             WeirStoreCounts  *counts,
             GError          **error)
{
  g_autoptr(GError) local = NULL;
  int code = insert_event (self, event, person, &local);

  if (code == SQLITE_OK)
    {
      counts->stored += !self->is_elsewhere;
    }
  else if (code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG)
    {
      if (!bury (self, event, local != NULL ? local->message : "the event has no identity", error))
        return FALSE;
      counts->dead_lettered++;
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  counts->taken = event->seq;
  if (!self->is_elsewhere)
    counts->cursor = event->seq;

  return TRUE;
}

static gboolean
write_batches (WeirSqliteStore  *self,
               WeirEventBatch  **batches,
               guint             n_batches,
               WeirPersonId     *persons,
               WeirStoreCounts  *counts,
               GError          **error)
{
  sqlite3_stmt *update = self->statements[UPDATE_STATE];

  for (guint i = 0; i < n_batches; i++)
    {
      WeirEventIter iter;
      WeirEvent event;

      weir_event_iter_init (&iter, batches[i]);
      for (; weir_event_iter_next (&iter, &event); persons++)
        {
          if (event.seq > counts->taken && !write_event (self, &event, persons, counts, error))
            return FALSE;
        }
    }

  if ((self->recent_ids != NULL &&
       !weir_sqlite_recent_ids_write (self->recent_ids, counts->taken, error)) ||
      !weir_sqlite_timeline_write (self->timeline, error) ||
      !weir_sqlite_summary_write (self->summary, error))
    return FALSE;
  sqlite3_bind_int64 (update, 1, (gint64) counts->stored);
  sqlite3_bind_int64 (update, 2, (gint64) counts->dead_lettered);
  sqlite3_bind_int64 (update, 3, (gint64) counts->taken);
  if (self->is_elsewhere)
    sqlite3_bind_int64 (update, 4, (gint64) counts->cursor);
  else
    sqlite3_bind_null (update, 4);
  return step (self, UPDATE_STATE, error);
}

static void
roll_back (WeirSqliteStore *self)
{
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  weir_id_cache_clear (self->names);
  weir_id_cache_clear (self->sources);
  self->is_stale = TRUE;
  weir_sqlite_edges_reset (self->edges);
  weir_sqlite_summary_reset (self->summary);
  if (self->recent_ids != NULL)
    weir_sqlite_recent_ids_reset (self->recent_ids);
}

/* What was read before a transaction failed may not be so; it is read again before the next. */
gboolean
weir_sqlite_store_begin (WeirSqliteStore  *self,
                         GError          **error)
{
  if (self->is_stale && (!weir_sqlite_identities_reset (self->identities, error) ||
                         !weir_sqlite_timeline_reload (self->timeline, error)))
    return FALSE;
  self->is_stale = FALSE;

  return weir_sqlite_run (self->db, "BEGIN IMMEDIATE", "the store", "written", error);
}

static gboolean
weir_sqlite_store_write (WeirStore       *store,
                         WeirEventBatch **batches,
                         guint            n_batches,
                         WeirPersonId    *persons,
                         GError         **error)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);
  WeirStoreCounts counts;

  weir_store_get_counts (store, &counts);
  if (!weir_sqlite_store_begin (self, error))
    return FALSE;
  if (!write_batches (self, batches, n_batches, persons, &counts, error) ||
      !weir_sqlite_run (self->db, "COMMIT", "the store", "written", error))
    {
      roll_back (self);
      return FALSE;
    }
  weir_store_set_counts (store, &counts);

  return TRUE;
}

static int
wal_hook (void       *data,
          sqlite3    *db,
          const char *name,
          int         n_pages)
{
  WEIR_SQLITE_STORE (data)->wal_pages = n_pages;
  return SQLITE_OK;
}

static void
checkpoint (WeirSqliteStore *self,
            gboolean         idle)
{
  int n_log = 0, n_done = 0;
  int mode = SQLITE_CHECKPOINT_PASSIVE;

  if (self->wal_pages < (idle ? 1 : CHECKPOINT_PAGES))
    return;
  /* A reader that stays keeps the WAL growing; once it is gone the file is cut back. */
  if (self->wal_pages > CHECKPOINT_PAGES * 4)
    mode = SQLITE_CHECKPOINT_TRUNCATE;
  if (sqlite3_wal_checkpoint_v2 (self->db, NULL, mode, &n_log, &n_done) == SQLITE_OK &&
      n_log == n_done)
    self->wal_pages = 0;
  else if (idle)
    self->wal_pages = 0;   /* a reader is in the way; the next commit says how large it is */
}

static gboolean
weir_sqlite_store_maintain (WeirStore *store,
                            gint64     now,
                            gboolean   idle)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);
  gboolean more = self->retention != NULL && weir_sqlite_retention_step (self->retention, now);

  checkpoint (self, idle && !more);
  return more;
}

static gboolean
prepare (WeirSqliteStore  *self,
         GError          **error)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (self->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i],
                              NULL) != SQLITE_OK)
        return fail (self, "read", error);
    }
  return TRUE;
}

static gboolean
open_identities (WeirSqliteStore  *self,
                 GError          **error)
{
  self->identities = weir_sqlite_identities_new (self->db, error);
  if (self->identities == NULL)
    return FALSE;
  self->edges = weir_sqlite_edges_new (self->db, self->identities, self->rules, error);
  self->properties = weir_sqlite_properties_new (self->db, self->identities, error);

  return self->edges != NULL && self->properties != NULL &&
         weir_sqlite_catch_up (self->db, self->edges, self->properties, error);
}

/* A file that has events keeps to being their place, and one that has none to not being it. */
static gboolean
check_place (WeirSqliteStore  *self,
             GError          **error)
{
  gboolean was_elsewhere =
      weir_sqlite_get_int64 (self->db, "SELECT elsewhere IS NOT NULL FROM state") != 0;

  if (was_elsewhere == self->is_elsewhere ||
      weir_sqlite_get_int64 (self->db, "SELECT cursor FROM state") == 0)
    return TRUE;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                       was_elsewhere
                         ? "the events of this data directory are in ClickHouse; start with the "
                           "store it was begun with"
                         : "the events of this data directory are in SQLite; begin another one, "
                           "and import them");
  return FALSE;
}

static gboolean
open_once (WeirSqliteStore  *self,
           GError          **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

  if (sqlite3_open_v2 (self->path, &self->db, flags, NULL) != SQLITE_OK)
    return fail (self, "opened", error);
  sqlite3_extended_result_codes (self->db, TRUE);
  sqlite3_busy_timeout (self->db, 5000);

  return weir_sqlite_run (
             self->db,
             "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;"
             "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON",
             "the store",
             "opened",
             error) &&
         weir_sqlite_schema_migrate (self->db, self->instance, error) &&
         check_place (self, error) && prepare (self, error) &&
         (self->timeline = weir_sqlite_timeline_new (self->db, error)) != NULL &&
         (self->summary = weir_sqlite_summary_new (self->db, error)) != NULL &&
         (!self->is_elsewhere ||
          (self->recent_ids = weir_sqlite_recent_ids_new (self->db, error)) != NULL) &&
         open_identities (self, error);
}

static void
weir_sqlite_store_close (WeirStore *store)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);

  g_clear_pointer (&self->retention, weir_sqlite_retention_free);
  if (self->timeline != NULL && !self->is_stale)
    weir_sqlite_timeline_finish (self->timeline, NULL);
  g_clear_pointer (&self->timeline, weir_sqlite_timeline_free);
  g_clear_pointer (&self->summary, weir_sqlite_summary_free);
  g_clear_pointer (&self->recent_ids, weir_sqlite_recent_ids_free);
  for (guint i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->properties, weir_sqlite_properties_free);
  g_clear_pointer (&self->edges, weir_sqlite_edges_free);
  g_clear_pointer (&self->identities, weir_sqlite_identities_free);
  if (self->db != NULL)
    checkpoint (self, TRUE);
  g_clear_pointer (&self->db, sqlite3_close);
}

static gboolean
weir_sqlite_store_open (WeirStore  *store,
                        GError    **error)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);
  g_autoptr(GError) local = NULL;
  WeirStoreCounts counts;
  gboolean ok = open_once (self, &local);

  if (!ok && g_error_matches (local, WEIR_ERROR, WEIR_ERROR_CORRUPT))
    {
      weir_sqlite_store_close (store);
      g_critical ("%s; it is kept as %s.corrupt-*", local->message, self->path);
      g_clear_error (&local);
      ok = weir_sqlite_move_aside (self->path, &local) && open_once (self, &local);
    }
  if (!ok)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      weir_sqlite_store_close (store);
      return FALSE;
    }

  sqlite3_wal_hook (self->db, wal_hook, self);
  if (self->keep > 0 && !self->is_elsewhere)
    self->retention = weir_sqlite_retention_new (self->db, self->keep);
  counts.stored = (guint64) weir_sqlite_get_int64 (self->db, "SELECT stored FROM state");
  counts.dead_lettered =
      (guint64) weir_sqlite_get_int64 (self->db, "SELECT dead_lettered FROM state");
  counts.taken = (guint64) weir_sqlite_get_int64 (self->db, "SELECT cursor FROM state");
  counts.cursor = self->is_elsewhere
                    ? (guint64) weir_sqlite_get_int64 (self->db, "SELECT elsewhere FROM state")
                    : counts.taken;
  weir_store_set_counts (store, &counts);

  return TRUE;
}

static gboolean
weir_sqlite_store_foreach_message_id (WeirStore        *store,
                                      guint             max,
                                      WeirStoreIdFunc   func,
                                      gpointer          user_data,
                                      GError          **error)
{
  return weir_sqlite_recall_message_ids (
      WEIR_SQLITE_STORE (store)->db, max, func, user_data, error);
}

static gboolean
weir_sqlite_store_foreach_since (WeirStore        *store,
                                 gint64            received,
                                 guint             max,
                                 WeirStoreIdFunc   func,
                                 gpointer          user_data,
                                 GError          **error)
{
  return weir_sqlite_recall_since (
      WEIR_SQLITE_STORE (store)->db, received, max, func, user_data, error);
}

/* Ends what begin() began; rolls back unless @ok. */
gboolean
weir_sqlite_store_end (WeirSqliteStore  *self,
                       gboolean          ok,
                       GError          **error)
{
  if (ok && (!self->has_place || weir_sqlite_shared_put_place (self, error)) &&
      weir_sqlite_run (self->db, "COMMIT", "the store", "written", error))
    {
      self->has_place = FALSE;
      return TRUE;
    }
  roll_back (self);
  return FALSE;
}

static void
weir_sqlite_store_finalize (GObject *object)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (object);

  weir_sqlite_store_close (WEIR_STORE (self));
  weir_id_cache_free (self->names);
  weir_id_cache_free (self->sources);
  g_string_free (self->json, TRUE);
  weir_shared_place_clear (&self->place);
  g_free (self->path);
  g_free (self->instance);

  G_OBJECT_CLASS (weir_sqlite_store_parent_class)->finalize (object);
}

static void
weir_sqlite_store_class_init (WeirSqliteStoreClass *klass)
{
  WeirStoreClass *store_class = WEIR_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_sqlite_store_finalize;
  store_class->open = weir_sqlite_store_open;
  store_class->write = weir_sqlite_store_write;
  store_class->maintain = weir_sqlite_store_maintain;
  store_class->foreach_message_id = weir_sqlite_store_foreach_message_id;
  store_class->foreach_since = weir_sqlite_store_foreach_since;
  weir_sqlite_store_install_people (store_class);
  weir_sqlite_store_install_saved (store_class);
  store_class->close = weir_sqlite_store_close;
}

static void
weir_sqlite_store_init (WeirSqliteStore *self)
{
  self->names = weir_id_cache_new (NAME_CACHE);
  self->sources = weir_id_cache_new (NAME_CACHE);
  self->json = g_string_new (NULL);
}

/* Not for others than the store's own files. */
sqlite3 *
weir_sqlite_store_get_db (WeirSqliteStore *self)
{
  return self->db;
}

/**
 * weir_sqlite_store_new:
 * @path: the file
 * @instance: name of the data directory, see [method@Weir.Event.format_id]
 * @keep: age in microseconds after which events are deleted, by the time they happened; 0 for never
 *
 * Makes a store in one SQLite file. Nothing is opened yet.
 *
 * Returns: (transfer full): a store
 */
WeirStore *
weir_sqlite_store_new (const char *path,
                       const char *instance,
                       gint64      keep)
{
  return WEIR_STORE (
      weir_sqlite_store_init_with (g_object_new (WEIR_TYPE_SQLITE_STORE, NULL), path, instance,
                                   keep));
}

/* For kinds of it. */
WeirSqliteStore *
weir_sqlite_store_init_with (WeirSqliteStore *self,
                             const char      *path,
                             const char      *instance,
                             gint64           keep)
{
  self->path = g_strdup (path);
  self->instance = g_strdup (instance);
  self->keep = keep;

  return self;
}

/* Says how far ClickHouse is, in the transaction that is open. */
gboolean
weir_sqlite_store_put_counts (WeirSqliteStore        *self,
                              const WeirStoreCounts  *counts,
                              GError                **error)
{
  sqlite3_stmt *update = self->statements[UPDATE_STATE];

  sqlite3_bind_int64 (update, 1, (gint64) counts->stored);
  sqlite3_bind_int64 (update, 2, (gint64) counts->dead_lettered);
  sqlite3_bind_int64 (update, 3, (gint64) counts->taken);
  sqlite3_bind_int64 (update, 4, (gint64) counts->cursor);
  return step (self, UPDATE_STATE, error);
}

/**
 * weir_sqlite_store_set_identity_rules:
 * @self: a store that is not open
 * @rules: by which rules ids become persons
 */
void
weir_sqlite_store_set_identity_rules (WeirSqliteStore   *self,
                                      WeirIdentityRules  rules)
{
  g_return_if_fail (WEIR_IS_SQLITE_STORE (self));
  g_return_if_fail (self->db == NULL);

  self->rules = rules;
}
