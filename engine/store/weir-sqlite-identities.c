/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-identities.h"

#include <string.h>

#include "weir-error.h"
#include "weir-id-cache.h"
#include "weir-person-map.h"
#include "weir-person-properties.h"
#include "weir-sqlite.h"

/*
 * The cache of distinct ids holds what a merge cannot change: the number of the id, and the public
 * id that a person of this id alone has. Who the number belongs to is looked up in `map`, four
 * bytes an identity for all that were ever moved. A person of one identity that was never anything
 * else needs no more than these two, so that an event without links costs what it did before there
 * were any. For the others (`is_linked`) the row of the person is kept in a small cache.
 *
 * When two persons become one, the rows of the smaller are rewritten, whichever of them is to stay:
 * its public id and properties are put into the row that is left. Each identity is moved at most
 * log2 (n) times, however the merges come.
 */

#define IDENTITY_CACHE 131072

enum {
  SELECT_IDENTITY,
  INSERT_IDENTITY,
  SELECT_TEXT,
  DELETE_IDENTITY,
  MOVE_IDENTITY,
  INSERT_CHANGE,
  SELECT_MEMBERS,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [SELECT_IDENTITY] = "SELECT id FROM identity WHERE distinct_id = ?1",
  [INSERT_IDENTITY] = "INSERT INTO identity (id, distinct_id, person_id, first_seen, first_seq)"
                      " VALUES (?1, ?2, ?3, ?4, ?5)",
  [SELECT_TEXT] = "SELECT distinct_id, first_seen FROM identity WHERE id = ?1",
  [DELETE_IDENTITY] = "DELETE FROM identity WHERE id = ?1",
  [MOVE_IDENTITY] = "UPDATE identity SET person_id = ?2 WHERE id = ?1",
  [INSERT_CHANGE] = "INSERT INTO identity_change (identity_id, person_id) VALUES (?1, ?2)",
  [SELECT_MEMBERS] = "SELECT id FROM identity WHERE person_id = ?1 AND person_id <> id",
};

struct _WeirSqliteIdentities {
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  WeirIdCache *ids;
  WeirPersonMap *map;
  GByteArray *is_linked;    /* a bit for each number of a person that is not just its identity */
  WeirSqlitePersonTable *persons;
  guint32 next_identity;    /* numbers are never given twice, so they are counted here */
};

static gboolean
fail (WeirSqliteIdentities  *self,
      GError               **error)
{
  return weir_sqlite_fail (self->db, "the store", "written", error);
}

static gboolean
step (WeirSqliteIdentities  *self,
      int                    which,
      GError               **error)
{
  sqlite3_stmt *statement = self->statements[which];
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, error);

  sqlite3_reset (statement);
  return ok;
}

static void
set_linked (WeirSqliteIdentities *self,
            guint32               person)
{
  guint byte = person / 8;

  if (byte >= self->is_linked->len)
    {
      guint length = self->is_linked->len;
      guint wanted = MAX (byte + 1, length * 2);

      g_byte_array_set_size (self->is_linked, wanted);
      memset (self->is_linked->data + length, 0, wanted - length);
    }
  self->is_linked->data[byte] |= (guint8) (1 << person % 8);
}

static gboolean
is_linked (WeirSqliteIdentities *self,
           guint32               person)
{
  guint byte = person / 8;

  return byte < self->is_linked->len && (self->is_linked->data[byte] >> person % 8 & 1) != 0;
}


static gboolean
add_change (WeirSqliteIdentities  *self,
            guint32                identity,
            guint32                person,
            GError               **error)
{
  sqlite3_stmt *insert = self->statements[INSERT_CHANGE];

  sqlite3_bind_int64 (insert, 1, identity);
  if (person != 0)
    sqlite3_bind_int64 (insert, 2, person);
  else
    sqlite3_bind_null (insert, 2);
  return step (self, INSERT_CHANGE, error);
}

static gboolean
add_identity (WeirSqliteIdentities  *self,
              const char            *text,
              gsize                  length,
              guint32                person,
              const WeirEvent       *event,
              WeirIdCacheValue      *value,
              GError               **error)
{
  sqlite3_stmt *insert = self->statements[INSERT_IDENTITY];

  if (self->next_identity >= G_MAXUINT32 - 1)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "the store has no numbers left for new ids");
      return FALSE;
    }
  value->id = self->next_identity++;
  weir_person_id_from_distinct_id (&value->person, text, length);
  sqlite3_bind_int64 (insert, 1, value->id);
  sqlite3_bind_text (insert, 2, text, (int) length, SQLITE_STATIC);
  sqlite3_bind_int64 (insert, 3, person != 0 ? person : value->id);
  sqlite3_bind_int64 (insert, 4, event->timestamp);
  sqlite3_bind_int64 (insert, 5, (gint64) event->seq);
  if (!step (self, INSERT_IDENTITY, error))
    return FALSE;
  weir_id_cache_insert (self->ids, text, length, value);

  return TRUE;
}

static const WeirIdCacheValue *
look_up (WeirSqliteIdentities *self,
         const char           *text,
         gsize                 length)
{
  const WeirIdCacheValue *known = weir_id_cache_lookup (self->ids, text, length);
  sqlite3_stmt *select = self->statements[SELECT_IDENTITY];
  WeirIdCacheValue value = { 0 };

  if (known != NULL)
    return known;

  sqlite3_bind_text (select, 1, text, (int) length, SQLITE_STATIC);
  if (sqlite3_step (select) == SQLITE_ROW)
    value.id = sqlite3_column_int64 (select, 0);
  sqlite3_reset (select);
  if (value.id == 0)
    return NULL;
  weir_person_id_from_distinct_id (&value.person, text, length);
  weir_id_cache_insert (self->ids, text, length, &value);

  return weir_id_cache_lookup (self->ids, text, length);
}

static gboolean
load_map (WeirSqliteIdentities  *self,
          GError               **error)
{
  sqlite3_stmt *select = NULL;
  int code;

  weir_person_map_clear (self->map);
  g_byte_array_set_size (self->is_linked, 0);
  if (sqlite3_prepare_v2 (self->db,
                          "SELECT id, person_id FROM identity WHERE person_id <> id", -1,
                          &select, NULL) != SQLITE_OK)
    return fail (self, error);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      guint32 identity = (guint32) sqlite3_column_int64 (select, 0);
      guint32 person = (guint32) sqlite3_column_int64 (select, 1);

      weir_person_map_set (self->map, identity, person);
      set_linked (self, person);
    }
  sqlite3_finalize (select);

  return code == SQLITE_DONE || fail (self, error);
}

/**
 * weir_sqlite_identities_new:
 * @db: the store's writing connection, of the newest schema
 * @error: return location for an error
 *
 * Reads who is who.
 *
 * Returns: (transfer full) (nullable): the identities
 */
WeirSqliteIdentities *
weir_sqlite_identities_new (sqlite3  *db,
                            GError  **error)
{
  g_autoptr(WeirSqliteIdentities) self = g_new0 (WeirSqliteIdentities, 1);

  self->db = db;
  self->ids = weir_id_cache_new (IDENTITY_CACHE);
  self->map = weir_person_map_new ();
  self->is_linked = g_byte_array_new ();
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (
              db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL) != SQLITE_OK)
        {
          fail (self, error);
          return NULL;
        }
    }
  self->persons = weir_sqlite_person_table_new (db, error);
  if (self->persons == NULL || !weir_sqlite_identities_reset (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_sqlite_identities_free:
 * @self: (transfer full): the identities
 */
void
weir_sqlite_identities_free (WeirSqliteIdentities *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  weir_id_cache_free (self->ids);
  weir_person_map_free (self->map);
  g_byte_array_unref (self->is_linked);
  g_clear_pointer (&self->persons, weir_sqlite_person_table_free);
  g_free (self);
}

/**
 * weir_sqlite_identities_reset:
 * @self: the identities
 * @error: return location for an error
 *
 * Forgets everything and reads it anew: after a transaction was rolled back, or identities were
 * deleted.
 *
 * Returns: whether it could be read
 */
gboolean
weir_sqlite_identities_reset (WeirSqliteIdentities  *self,
                              GError               **error)
{
  weir_id_cache_clear (self->ids);
  weir_sqlite_person_table_reset (self->persons);
  self->next_identity =
      1 + (guint32) weir_sqlite_get_int64 (self->db,
                                           "SELECT max (last_identity, coalesce ("
                                           " (SELECT max (id) FROM identity), 0)) FROM state");

  return load_map (self, error);
}

/**
 * weir_sqlite_identities_get_persons:
 * @self: the identities
 *
 * Returns: (transfer none): the rows of their persons
 */
WeirSqlitePersonTable *
weir_sqlite_identities_get_persons (WeirSqliteIdentities *self)
{
  return self->persons;
}

/**
 * weir_sqlite_identities_find:
 * @self: the identities
 * @text: a distinct id
 * @length: its length in bytes
 *
 * Returns: its number, or 0 when nobody was seen under it
 */
guint32
weir_sqlite_identities_find (WeirSqliteIdentities *self,
                             const char           *text,
                             gsize                 length)
{
  const WeirIdCacheValue *known = look_up (self, text, length);

  return known != NULL ? (guint32) known->id : 0;
}

/**
 * weir_sqlite_identities_resolve:
 * @self: the identities
 * @event: an event
 * @which: which of its ids it counts under
 * @person: (out): the public id of who it belongs to
 * @error: return location for an error
 *
 * Finds who an event belongs to. An id that is new becomes a person of its own.
 *
 * Returns: the number of the identity, or 0 on failure
 */
guint32
weir_sqlite_identities_resolve (WeirSqliteIdentities  *self,
                                const WeirEvent       *event,
                                WeirEventText          which,
                                WeirPersonId          *person,
                                GError               **error)
{
  const WeirIdCacheValue *known = look_up (self, event->text[which], event->length[which]);
  WeirIdCacheValue value;
  WeirSqlitePerson row;
  guint32 number;

  if (known == NULL)
    {
      if (!add_identity (self, event->text[which], event->length[which], 0, event, &value, error))
        return 0;
      row = (WeirSqlitePerson) {
        .id = (guint32) value.id,
        .n_identities = 1,
        .first_seen = event->timestamp,
        .uuid = value.person,
      };
      *person = value.person;
      return weir_sqlite_person_table_insert (self->persons, &row, NULL, error)
                 ? (guint32) value.id
                 : 0;
    }

  number = weir_person_map_get (self->map, (guint32) known->id);
  if (number == (guint32) known->id && !is_linked (self, number))
    {
      *person = known->person;
      return number;
    }
  value = *known;
  if (!weir_sqlite_person_table_load (self->persons, number, &row, error))
    return 0;
  *person = row.uuid;

  return (guint32) value.id;
}

/**
 * weir_sqlite_identities_guess:
 * @self: the identities
 * @event: an event
 * @which: which of its ids it counts under
 * @person: (out): the public id of who it belongs to, as far as is known; of an id that is new, of
 *   who that will be unless it joins somebody
 *
 * Finds who an event belongs to, and changes nothing.
 */
void
weir_sqlite_identities_guess (WeirSqliteIdentities *self,
                              const WeirEvent      *event,
                              WeirEventText         which,
                              WeirPersonId         *person)
{
  const WeirIdCacheValue *known = look_up (self, event->text[which], event->length[which]);
  WeirSqlitePerson row;
  guint32 number;

  if (known == NULL)
    {
      weir_person_id_from_distinct_id (person, event->text[which], event->length[which]);
      return;
    }
  *person = known->person;
  number = weir_person_map_get (self->map, (guint32) known->id);
  if ((number != (guint32) known->id || is_linked (self, number)) &&
      weir_sqlite_person_table_load (self->persons, number, &row, NULL))
    *person = row.uuid;
}

/**
 * weir_sqlite_identities_attach:
 * @self: the identities
 * @text: a distinct id that is new
 * @length: its length in bytes
 * @person: the person that it joins
 * @event: the event that says so
 * @identity: (out): its number
 * @error: return location for an error
 *
 * Makes an identity that was never a person of its own.
 *
 * Returns: whether it was made
 */
gboolean
weir_sqlite_identities_attach (WeirSqliteIdentities  *self,
                               const char            *text,
                               gsize                  length,
                               guint32                person,
                               const WeirEvent       *event,
                               guint32               *identity,
                               GError               **error)
{
  WeirIdCacheValue value;

  if (!add_identity (self, text, length, person, event, &value, error) ||
      !add_change (self, (guint32) value.id, person, error) ||
      !weir_sqlite_person_table_grow (self->persons, person, event->timestamp, error))
    return FALSE;

  *identity = (guint32) value.id;
  weir_person_map_set (self->map, *identity, person);
  set_linked (self, person);

  return TRUE;
}

/**
 * weir_sqlite_identities_get_person:
 * @self: the identities
 * @identity: an identity
 *
 * Returns: the number of its person
 */
guint32
weir_sqlite_identities_get_person (WeirSqliteIdentities *self,
                                   guint32               identity)
{
  return weir_person_map_get (self->map, identity);
}

/* The properties of two persons as those of one: the target's win. */
static char *
merge_properties (const char *from,
                  const char *to)
{
  g_autoptr(WeirPersonProperties) source = NULL;
  g_autoptr(WeirPersonProperties) target = NULL;
  GString *json;

  if (from == NULL || to == NULL)
    return g_strdup (from != NULL ? from : to);

  source = weir_person_properties_new_from_json (from, strlen (from));
  target = weir_person_properties_new_from_json (to, strlen (to));
  weir_person_properties_merge (target, source);
  json = g_string_new (NULL);
  weir_person_properties_append_json (target, json);

  return g_string_free (json, FALSE);
}

/**
 * weir_sqlite_identities_merge:
 * @self: the identities
 * @from: number of the person that joins
 * @to: number of the person that stays
 * @error: return location for an error
 *
 * Makes two persons one, with the public id of @to and properties of both, @to's first. Either
 * number may be left.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_identities_merge (WeirSqliteIdentities  *self,
                              guint32                from,
                              guint32                to,
                              GError               **error)
{
  g_autoptr(GArray) members = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree char *from_json = weir_sqlite_person_table_dup_properties (self->persons, from);
  g_autofree char *to_json = weir_sqlite_person_table_dup_properties (self->persons, to);
  g_autofree char *properties = merge_properties (from_json, to_json);
  WeirSqlitePerson source, target, row;
  guint32 gone;

  if (!weir_sqlite_person_table_load (self->persons, from, &source, error) ||
      !weir_sqlite_person_table_load (self->persons, to, &target, error))
    return FALSE;

  row = target;
  row.id = source.n_identities > target.n_identities ? from : to;
  row.n_identities = source.n_identities + target.n_identities;
  row.first_seen = MIN (source.first_seen, target.first_seen);
  row.is_identified = TRUE;
  gone = row.id == from ? to : from;

  if (!weir_sqlite_identities_add_members (self, gone, members, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!weir_sqlite_identities_move (self, g_array_index (members, guint32, i), row.id, error))
      return FALSE;
  if (!weir_sqlite_person_table_drop (self->persons, gone, error) ||
      !weir_sqlite_person_table_update (self->persons, &row, properties, error))
    return FALSE;
  set_linked (self, row.id);

  return properties == NULL || add_change (self, row.id, row.id, error);
}

/**
 * weir_sqlite_identities_add_members:
 * @self: the identities
 * @person: number of a person
 * @members: (element-type guint32): where to add its identities
 * @error: return location for an error
 *
 * Returns: whether they could be read
 */
gboolean
weir_sqlite_identities_add_members (WeirSqliteIdentities  *self,
                                    guint32                person,
                                    GArray                *members,
                                    GError               **error)
{
  sqlite3_stmt *select = self->statements[SELECT_MEMBERS];
  int code;

  g_array_append_val (members, person);
  sqlite3_bind_int64 (select, 1, person);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      guint32 identity = (guint32) sqlite3_column_int64 (select, 0);

      g_array_append_val (members, identity);
    }
  if (code != SQLITE_DONE)
    fail (self, error);
  sqlite3_reset (select);

  return code == SQLITE_DONE;
}

/**
 * weir_sqlite_identities_put_person:
 * @self: the identities
 * @row: a person that has no row
 * @properties: (nullable): its properties
 * @error: return location for an error
 *
 * Adds a person whose identities come from elsewhere.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_identities_put_person (WeirSqliteIdentities    *self,
                                   const WeirSqlitePerson  *row,
                                   const char              *properties,
                                   GError                 **error)
{
  set_linked (self, row->id);

  return weir_sqlite_person_table_insert (self->persons, row, properties, error);
}

/**
 * weir_sqlite_identities_move:
 * @self: the identities
 * @identity: an identity
 * @person: whose it is from now on; the same as before to say that the person has changed
 * @error: return location for an error
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_identities_move (WeirSqliteIdentities  *self,
                             guint32                identity,
                             guint32                person,
                             GError               **error)
{
  sqlite3_stmt *update = self->statements[MOVE_IDENTITY];

  if (weir_person_map_get (self->map, identity) != person)
    {
      sqlite3_bind_int64 (update, 1, identity);
      sqlite3_bind_int64 (update, 2, person);
      if (!step (self, MOVE_IDENTITY, error))
        return FALSE;
      weir_person_map_set (self->map, identity, person);
    }

  return add_change (self, identity, person, error);
}

/**
 * weir_sqlite_identities_delete:
 * @self: the identities
 * @identity: an identity
 * @error: return location for an error
 *
 * Deletes an identity, and says so to readers. Needs
 * [method@Weir.SqliteIdentities.reset] when all are deleted.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_identities_delete (WeirSqliteIdentities  *self,
                               guint32                identity,
                               GError               **error)
{
  sqlite3_bind_int64 (self->statements[DELETE_IDENTITY], 1, identity);

  return step (self, DELETE_IDENTITY, error) && add_change (self, identity, 0, error);
}

/**
 * weir_sqlite_identities_dup_text:
 * @self: the identities
 * @identity: an identity
 * @first_seen: (out) (nullable): when it was first seen
 *
 * Returns: (transfer full) (nullable): the distinct id, %NULL when there is no such identity
 */
char *
weir_sqlite_identities_dup_text (WeirSqliteIdentities *self,
                                 guint32               identity,
                                 gint64               *first_seen)
{
  sqlite3_stmt *select = self->statements[SELECT_TEXT];
  char *text = NULL;

  sqlite3_bind_int64 (select, 1, identity);
  if (sqlite3_step (select) == SQLITE_ROW)
    {
      text = g_strdup ((const char *) sqlite3_column_text (select, 0));
      if (first_seen != NULL)
        *first_seen = sqlite3_column_int64 (select, 1);
    }
  sqlite3_reset (select);

  return text;
}
