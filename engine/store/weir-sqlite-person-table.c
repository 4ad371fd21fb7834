/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-person-table.h"

#include <string.h>

#include "weir-error.h"
#include "weir-sqlite.h"

#define PERSON_CACHE 16384    /* a power of two */

enum {
  SELECT,
  INSERT,
  UPDATE,
  GROW,
  IDENTIFY,
  DELETE,
  SELECT_PROPERTIES,
  UPDATE_PROPERTIES,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [SELECT] = "SELECT uuid, first_seen, identified, n_identities FROM person WHERE id = ?1",
  [INSERT] = "INSERT INTO person (id, uuid, first_seen, identified, n_identities, properties)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
  [UPDATE] = "UPDATE person SET uuid = ?2, first_seen = ?3, identified = ?4, n_identities = ?5,"
             " properties = ?6 WHERE id = ?1",
  [GROW] = "UPDATE person SET first_seen = min (first_seen, ?2), identified = 1,"
           " n_identities = n_identities + 1 WHERE id = ?1",
  [IDENTIFY] = "UPDATE person SET identified = 1 WHERE id = ?1",
  [DELETE] = "DELETE FROM person WHERE id = ?1",
  [SELECT_PROPERTIES] = "SELECT properties FROM person WHERE id = ?1",
  [UPDATE_PROPERTIES] = "UPDATE person SET properties = ?2 WHERE id = ?1",
};

struct _WeirSqlitePersonTable {
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  WeirSqlitePerson *rows;   /* each in the slot that its number says */
};

static gboolean
fail (WeirSqlitePersonTable  *self,
      GError                **error)
{
  return weir_sqlite_fail (self->db, "the store", "written", error);
}

static gboolean
step (WeirSqlitePersonTable  *self,
      int                     which,
      GError                **error)
{
  sqlite3_stmt *statement = self->statements[which];
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, error);

  sqlite3_reset (statement);
  return ok;
}

static WeirSqlitePerson *
get_slot (WeirSqlitePersonTable *self,
          guint32                person)
{
  return &self->rows[person & (PERSON_CACHE - 1)];
}

static void
bind_person (sqlite3_stmt           *statement,
             const WeirSqlitePerson *row,
             const char             *properties,
             char                    uuid[WEIR_PERSON_ID_TEXT_SIZE])
{
  weir_person_id_format (&row->uuid, uuid);
  sqlite3_bind_int64 (statement, 1, row->id);
  sqlite3_bind_text (statement, 2, uuid, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, row->first_seen);
  sqlite3_bind_int (statement, 4, row->is_identified);
  sqlite3_bind_int64 (statement, 5, row->n_identities);
  sqlite3_bind_text (statement, 6, properties, -1, SQLITE_STATIC);
}

/**
 * weir_sqlite_person_table_new:
 * @db: the store's writing connection, of the newest schema
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the table
 */
WeirSqlitePersonTable *
weir_sqlite_person_table_new (sqlite3  *db,
                              GError  **error)
{
  g_autoptr(WeirSqlitePersonTable) self = g_new0 (WeirSqlitePersonTable, 1);

  self->db = db;
  self->rows = g_new0 (WeirSqlitePerson, PERSON_CACHE);
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (
              db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL) != SQLITE_OK)
        {
          fail (self, error);
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/**
 * weir_sqlite_person_table_free:
 * @self: (transfer full): the table
 */
void
weir_sqlite_person_table_free (WeirSqlitePersonTable *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_free (self->rows);
  g_free (self);
}

/**
 * weir_sqlite_person_table_reset:
 * @self: the table
 *
 * Forgets what was read: after a transaction was rolled back, or rows were changed elsewhere.
 */
void
weir_sqlite_person_table_reset (WeirSqlitePersonTable *self)
{
  memset (self->rows, 0, PERSON_CACHE * sizeof *self->rows);
}

/**
 * weir_sqlite_person_table_load:
 * @self: the table
 * @person: number of a person
 * @row: (out): what is known of it
 * @error: return location for an error
 *
 * Returns: whether there is such a person
 */
gboolean
weir_sqlite_person_table_load (WeirSqlitePersonTable  *self,
                             guint32                person,
                             WeirSqlitePerson      *row,
                             GError               **error)
{
  WeirSqlitePerson *slot = get_slot (self, person);
  sqlite3_stmt *select = self->statements[SELECT];
  gboolean is_there;
  int code;

  if (slot->id == person)
    {
      *row = *slot;
      return TRUE;
    }

  sqlite3_bind_int64 (select, 1, person);
  code = sqlite3_step (select);
  is_there = code == SQLITE_ROW &&
             weir_person_id_parse (&row->uuid, (const char *) sqlite3_column_text (select, 0));
  if (is_there)
    {
      row->id = person;
      row->first_seen = sqlite3_column_int64 (select, 1);
      row->is_identified = sqlite3_column_int (select, 2) != 0;
      row->n_identities = (guint32) sqlite3_column_int64 (select, 3);
      *slot = *row;
    }
  else if (code == SQLITE_ROW || code == SQLITE_DONE)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                   "the store has no person with the number %u", person);
    }
  else
    {
      fail (self, error);
    }
  sqlite3_reset (select);

  return is_there;
}

/**
 * weir_sqlite_person_table_insert:
 * @self: the table
 * @row: a person that has no row
 * @properties: (nullable): its properties
 * @error: return location for an error
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_person_table_insert (WeirSqlitePersonTable   *self,
                                 const WeirSqlitePerson  *row,
                                 const char              *properties,
                                 GError                 **error)
{
  char uuid[WEIR_PERSON_ID_TEXT_SIZE];

  bind_person (self->statements[INSERT], row, properties, uuid);
  *get_slot (self, row->id) = *row;

  return step (self, INSERT, error);
}

/**
 * weir_sqlite_person_table_update:
 * @self: the table
 * @row: a person that has one
 * @properties: (nullable): its properties
 * @error: return location for an error
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_person_table_update (WeirSqlitePersonTable   *self,
                                 const WeirSqlitePerson  *row,
                                 const char              *properties,
                                 GError                 **error)
{
  char uuid[WEIR_PERSON_ID_TEXT_SIZE];

  bind_person (self->statements[UPDATE], row, properties, uuid);
  *get_slot (self, row->id) = *row;

  return step (self, UPDATE, error);
}

/**
 * weir_sqlite_person_table_grow:
 * @self: the table
 * @person: number of a person
 * @first_seen: when the new identity was seen
 * @error: return location for an error
 *
 * Counts one identity more, which makes the person identified.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_person_table_grow (WeirSqlitePersonTable  *self,
                               guint32                 person,
                               gint64                  first_seen,
                               GError                **error)
{
  sqlite3_stmt *grow = self->statements[GROW];
  WeirSqlitePerson *slot = get_slot (self, person);

  if (slot->id == person)
    {
      slot->n_identities++;
      slot->first_seen = MIN (slot->first_seen, first_seen);
      slot->is_identified = TRUE;
    }
  sqlite3_bind_int64 (grow, 1, person);
  sqlite3_bind_int64 (grow, 2, first_seen);

  return step (self, GROW, error);
}

/**
 * weir_sqlite_person_table_identify:
 * @self: the table
 * @person: number of a person
 * @error: return location for an error
 *
 * Makes a person count as identified.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_person_table_identify (WeirSqlitePersonTable  *self,
                                 guint32                person,
                                 GError               **error)
{
  WeirSqlitePerson row;

  if (!weir_sqlite_person_table_load (self, person, &row, error))
    return FALSE;
  if (row.is_identified)
    return TRUE;
  get_slot (self, person)->is_identified = TRUE;
  sqlite3_bind_int64 (self->statements[IDENTIFY], 1, person);

  return step (self, IDENTIFY, error);
}

/**
 * weir_sqlite_person_table_drop:
 * @self: the table
 * @person: number of a person
 * @error: return location for an error
 *
 * Deletes the row of a person.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_person_table_drop (WeirSqlitePersonTable  *self,
                               guint32                 person,
                               GError                **error)
{
  WeirSqlitePerson *slot = get_slot (self, person);

  if (slot->id == person)
    slot->id = 0;
  sqlite3_bind_int64 (self->statements[DELETE], 1, person);

  return step (self, DELETE, error);
}

/**
 * weir_sqlite_person_table_dup_properties:
 * @self: the table
 * @person: number of a person
 *
 * Returns: (transfer full) (nullable): the properties as JSON, %NULL when there are none
 */
char *
weir_sqlite_person_table_dup_properties (WeirSqlitePersonTable *self,
                                       guint32               person)
{
  sqlite3_stmt *select = self->statements[SELECT_PROPERTIES];
  char *json = NULL;

  sqlite3_bind_int64 (select, 1, person);
  if (sqlite3_step (select) == SQLITE_ROW)
    json = g_strdup ((const char *) sqlite3_column_text (select, 0));
  sqlite3_reset (select);

  return json;
}

/**
 * weir_sqlite_person_table_set_properties:
 * @self: the table
 * @person: number of a person
 * @json: its properties
 * @length: their length in bytes
 * @error: return location for an error
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_person_table_set_properties (WeirSqlitePersonTable  *self,
                                         guint32                 person,
                                         const char             *json,
                                         gsize                   length,
                                         GError                **error)
{
  sqlite3_stmt *update = self->statements[UPDATE_PROPERTIES];

  sqlite3_bind_int64 (update, 1, person);
  sqlite3_bind_text (update, 2, json, (int) length, SQLITE_STATIC);

  return step (self, UPDATE_PROPERTIES, error);
}
