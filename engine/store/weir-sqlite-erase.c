/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-erase.h"

#include <string.h>

#include "weir-sqlite.h"
#include "weir-sqlite-timeline.h"

/*
 * What is a person's: its events, its ids, the edges that name one of them, the operations on its
 * properties, its places in saved cohorts, and events that were never stored (dead letters). Events
 * of others that mention one of its ids beside their own, as happens when an edge was refused, lose
 * the mention and stay. `secure_delete` is on, so that SQLite writes zeros over all of it.
 */

enum {
  DELETE_EVENT,
  COUNT_EVENT,
  COUNT_IDENTITY,
  DELETE_EDGES,
  COUNT_EDGES,
  SELECT_OTHERS,
  DELETE_OPS,
  DELETE_MEMBER,
  REMOVE_MENTION,
  KEEP_NUMBER,
  N_STATEMENTS
};

#define NAMES_PERSON                                                                \
  " WHERE json_valid (event) AND EXISTS (SELECT 1 FROM temp.erased WHERE text IN (" \
  " event ->> 'user_id', event ->> 'distinct_id', event ->> 'anonymous_id',"        \
  " event ->> 'device_id', event ->> 'previous_id'))"                               \
  " OR (NOT coalesce (json_valid (event), 0) AND EXISTS (SELECT 1 FROM temp.erased" \
  " WHERE instr (raw, CAST (text AS BLOB)) > 0))"

static const char *const sql[N_STATEMENTS] = {
  [DELETE_EVENT] = "DELETE FROM event WHERE seq = ?1",
  [COUNT_EVENT] = "SELECT 1 FROM event WHERE seq = ?1",
  [COUNT_IDENTITY] = "SELECT 1 FROM identity WHERE distinct_id = ?1",
  [DELETE_EDGES] = "DELETE FROM edge WHERE to_id = ?1 OR from_id = ?1",
  [COUNT_EDGES] = "SELECT count (*) FROM edge WHERE to_id = ?1"
                  " OR (from_id = ?1 AND to_id NOT IN (SELECT id FROM temp.erased))",
  [SELECT_OTHERS] = "SELECT from_id FROM edge WHERE to_id = ?1 AND from_id IS NOT NULL"
                    " UNION SELECT to_id FROM edge WHERE from_id = ?1",
  [DELETE_OPS] = "DELETE FROM property_op WHERE identity_id = ?1",
  [DELETE_MEMBER] = "DELETE FROM cohort_member WHERE distinct_id = ?1",
  [REMOVE_MENTION] =
      "UPDATE event SET other_ids = (SELECT json_group_object (key, value)"
      "  FROM json_each (event.other_ids) WHERE value NOT IN (SELECT text FROM temp.erased))"
      " WHERE seq = ?1 AND EXISTS (SELECT 1 FROM json_each (event.other_ids)"
      "  WHERE value IN (SELECT text FROM temp.erased))",
  [KEEP_NUMBER] = "UPDATE state SET last_identity = max (last_identity, ?1)",
};

struct _WeirSqliteErasure {
  sqlite3 *db;
  WeirSqliteIdentities *identities;
  guint32 person;
  sqlite3_stmt *statements[N_STATEMENTS];
  GArray *members;   /* of guint32 */
  GPtrArray *ids;    /* their texts */
  GArray *events;    /* of guint64 */
};

static gboolean
fail (WeirSqliteErasure  *self,
      GError            **error)
{
  return weir_sqlite_fail (self->db, "the store", "written", error);
}

/* Runs a statement on one number or, if @text is not %NULL, one text. Adds up what it returns. */
static gboolean
step (WeirSqliteErasure  *self,
      int                 which,
      gint64              number,
      const char         *text,
      guint64            *sum,
      GError            **error)
{
  sqlite3_stmt *statement = self->statements[which];
  int code;

  if (text != NULL)
    sqlite3_bind_text (statement, 1, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_int64 (statement, 1, number);
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW && sum != NULL)
    *sum += (guint64) sqlite3_column_int64 (statement, 0);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    fail (self, error);
  sqlite3_reset (statement);

  return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean
for_each_member (WeirSqliteErasure  *self,
                 int                 which,
                 guint64            *sum,
                 GError            **error)
{
  for (guint i = 0; i < self->members->len; i++)
    if (!step (self, which, g_array_index (self->members, guint32, i), NULL, sum, error))
      return FALSE;
  return TRUE;
}

static gboolean
for_each_event (WeirSqliteErasure  *self,
                int                 which,
                guint64            *sum,
                GError            **error)
{
  for (guint i = 0; i < self->events->len; i++)
    if (!step (self, which, (gint64) g_array_index (self->events, guint64, i), NULL, sum, error))
      return FALSE;
  return TRUE;
}

/* The ids in a table of their own, for what can only be found by them. */
static gboolean
write_ids (WeirSqliteErasure  *self,
           GError            **error)
{
  sqlite3_stmt *insert = NULL;
  gboolean ok;

  ok = weir_sqlite_run (
           self->db,
           "CREATE TEMP TABLE IF NOT EXISTS erased (text TEXT PRIMARY KEY, id INTEGER)"
           "  WITHOUT ROWID;"
           "DELETE FROM temp.erased",
           "the store",
           "written",
           error) &&
       (sqlite3_prepare_v2 (
            self->db, "INSERT INTO temp.erased VALUES (?1, ?2)", -1, &insert, NULL) == SQLITE_OK ||
        fail (self, error));
  for (guint i = 0; ok && i < self->ids->len; i++)
    {
      sqlite3_bind_text (insert, 1, g_ptr_array_index (self->ids, i), -1, SQLITE_STATIC);
      sqlite3_bind_int64 (insert, 2, g_array_index (self->members, guint32, i));
      ok = sqlite3_step (insert) == SQLITE_DONE || fail (self, error);
      sqlite3_reset (insert);
    }
  sqlite3_finalize (insert);

  return ok;
}

static gboolean
prepare (WeirSqliteErasure  *self,
         GError            **error)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v2 (self->db, sql[i], -1, &self->statements[i], NULL) != SQLITE_OK)
        return fail (self, error);
    }
  return TRUE;
}

static gboolean
gather (WeirSqliteErasure  *self,
        GError            **error)
{
  if (!weir_sqlite_identities_add_members (self->identities, self->person, self->members, error))
    return FALSE;
  for (guint i = 0; i < self->members->len; i++)
    {
      char *text = weir_sqlite_identities_dup_text (
          self->identities, g_array_index (self->members, guint32, i), NULL);

      g_ptr_array_add (self->ids, text != NULL ? text : g_strdup (""));
    }
  self->events = weir_sqlite_find_events (
      self->db, (const guint32 *) (gpointer) self->members->data, self->members->len, error);

  return self->events != NULL && write_ids (self, error) && prepare (self, error);
}

/* Identities of others with whom an edge was drawn: their events may mention this person. */
static GArray *
find_others (WeirSqliteErasure  *self,
             GError            **error)
{
  sqlite3_stmt *select = self->statements[SELECT_OTHERS];
  g_autoptr(GHashTable) own = g_hash_table_new (NULL, NULL);
  g_autoptr(GArray) others = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < self->members->len; i++)
    g_hash_table_add (own, GUINT_TO_POINTER (g_array_index (self->members, guint32, i)));
  for (guint i = 0; i < self->members->len; i++)
    {
      int code;

      sqlite3_bind_int64 (select, 1, g_array_index (self->members, guint32, i));
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          guint32 other = (guint32) sqlite3_column_int64 (select, 0);

          if (g_hash_table_add (own, GUINT_TO_POINTER (other)))
            g_array_append_val (others, other);
        }
      if (code != SQLITE_DONE)
        fail (self, error);
      sqlite3_reset (select);
      if (code != SQLITE_DONE)
        return NULL;
    }

  return g_steal_pointer (&others);
}

static gboolean
remove_mentions (WeirSqliteErasure  *self,
                 GError            **error)
{
  g_autoptr(GArray) others = find_others (self, error);
  g_autoptr(GArray) events = NULL;

  if (others == NULL || others->len == 0)
    return others != NULL;
  events = weir_sqlite_find_events (
      self->db, (const guint32 *) (gpointer) others->data, others->len, error);
  if (events == NULL)
    return FALSE;
  for (guint i = 0; i < events->len; i++)
    if (!step (self, REMOVE_MENTION, (gint64) g_array_index (events, guint64, i), NULL, NULL,
               error))
      return FALSE;

  return TRUE;
}

static gboolean
delete_identities (WeirSqliteErasure  *self,
                   GError            **error)
{
  guint32 last = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      guint32 identity = g_array_index (self->members, guint32, i);

      last = MAX (last, identity);
      if (!weir_sqlite_identities_delete (self->identities, identity, error))
        return FALSE;
    }
  for (guint i = 0; i < self->ids->len; i++)
    if (!step (self, DELETE_MEMBER, 0, g_ptr_array_index (self->ids, i), NULL, error))
      return FALSE;
  return step (self, KEEP_NUMBER, last, NULL, NULL, error) && weir_sqlite_person_table_drop (
      weir_sqlite_identities_get_persons (self->identities), self->person, error);
}

/**
 * weir_sqlite_find_events:
 * @db: any connection to the store
 * @identities: (array length=n_identities): whose events
 * @n_identities: how many
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable) (element-type guint64): seqs of all their events
 */
GArray *
weir_sqlite_find_events (sqlite3        *db,
                         const guint32  *identities,
                         guint           n_identities,
                         GError        **error)
{
  return weir_sqlite_timeline_find (db, identities, n_identities, 0, 0, G_MAXUINT, error);
}

/**
 * weir_sqlite_erasure_new:
 * @db: the store's writing connection
 * @identities: who is who
 * @person: number of the person
 * @error: return location for an error
 *
 * Finds everything there is of a person.
 *
 * Returns: (transfer full) (nullable): the erasure
 */
WeirSqliteErasure *
weir_sqlite_erasure_new (sqlite3               *db,
                         WeirSqliteIdentities  *identities,
                         guint32                person,
                         GError               **error)
{
  g_autoptr(WeirSqliteErasure) self = g_new0 (WeirSqliteErasure, 1);

  self->db = db;
  self->identities = identities;
  self->person = person;
  self->members = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->ids = g_ptr_array_new_with_free_func (g_free);

  return gather (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * weir_sqlite_erasure_free:
 * @self: (transfer full): an erasure
 */
void
weir_sqlite_erasure_free (WeirSqliteErasure *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_exec (self->db, "DROP TABLE IF EXISTS temp.erased", NULL, NULL, NULL);
  g_array_unref (self->members);
  g_ptr_array_unref (self->ids);
  g_clear_pointer (&self->events, g_array_unref);
  g_free (self);
}

/**
 * weir_sqlite_erasure_count:
 * @self: an erasure
 * @counts: (out): what is there now
 * @error: return location for an error
 *
 * Counts in the tables what is left of the person; before the deletion that is all of it.
 *
 * Returns: whether it could be read
 */
gboolean
weir_sqlite_erasure_count (WeirSqliteErasure  *self,
                           WeirErasureCounts  *counts,
                           GError            **error)
{
  *counts = (WeirErasureCounts) { 0 };
  for (guint i = 0; i < self->ids->len; i++)
    if (!step (self, COUNT_IDENTITY, 0, g_ptr_array_index (self->ids, i), &counts->distinct_ids,
               error))
      return FALSE;
  counts->dead_letters = (guint64) weir_sqlite_get_int64 (
      self->db, "SELECT count (*) FROM dead_letter" NAMES_PERSON);
  counts->edges = (guint64) weir_sqlite_get_int64 (
      self->db, "SELECT count (*) FROM edge WHERE from_text IN (SELECT text FROM temp.erased)"
                " AND to_id NOT IN (SELECT id FROM temp.erased)");

  return for_each_event (self, COUNT_EVENT, &counts->events, error) &&
         for_each_member (self, COUNT_EDGES, &counts->edges, error);
}

/**
 * weir_sqlite_erasure_run:
 * @self: an erasure
 * @error: return location for an error
 *
 * Deletes everything, in the transaction that is open.
 *
 * Returns: whether it was deleted
 */
gboolean
weir_sqlite_erasure_run (WeirSqliteErasure  *self,
                         GError            **error)
{
  return remove_mentions (self, error) && for_each_event (self, DELETE_EVENT, NULL, error) &&
         for_each_member (self, DELETE_EDGES, NULL, error) &&
         for_each_member (self, DELETE_OPS, NULL, error) &&
         weir_sqlite_run (self->db,
                          "DELETE FROM edge WHERE from_text IN (SELECT text FROM temp.erased);"
                          "DELETE FROM dead_letter" NAMES_PERSON,
                          "the store",
                          "written",
                          error) &&
         delete_identities (self, error);
}

/**
 * weir_sqlite_erasure_get_events:
 * @self: an erasure
 *
 * Returns: (transfer none) (element-type guint64): the seqs of the person's events
 */
GArray *
weir_sqlite_erasure_get_events (WeirSqliteErasure *self)
{
  return self->events;
}

/**
 * weir_sqlite_erasure_get_ids:
 * @self: an erasure
 *
 * Returns: (transfer none) (element-type utf8): the person's distinct ids
 */
GPtrArray *
weir_sqlite_erasure_get_ids (WeirSqliteErasure *self)
{
  return self->ids;
}
