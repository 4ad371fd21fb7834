/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-people.h"

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sqlite.h"

/*
 * Who is who is read once, from the partial index of those that were moved, and then follows the
 * rows of `identity_change`. Old rows of it may be gone; then everything is read again.
 */

#define MAX_LISTED_IDS 1000

enum {
  SELECT_MOVED,
  SELECT_DELETED,
  SELECT_CHANGES,
  SELECT_PERSONS,
  SELECT_PROPERTIES,
  SELECT_UUID,
  SELECT_IDS,
  SELECT_COHORT,
  SELECT_MEMBERS,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [SELECT_MOVED] = "SELECT id, person_id FROM identity WHERE person_id <> id",
  [SELECT_DELETED] = "SELECT identity_id, 0 FROM identity_change WHERE person_id IS NULL",
  [SELECT_CHANGES] = "SELECT id, identity_id, person_id FROM identity_change WHERE id > ?1",
  [SELECT_PERSONS] = "SELECT id, properties FROM person",
  [SELECT_PROPERTIES] = "SELECT coalesce (properties, '{}') FROM person WHERE id = ?1",
  [SELECT_UUID] = "SELECT uuid FROM person WHERE id = ?1",
  [SELECT_IDS] = "SELECT distinct_id FROM identity WHERE id = ?1"
                 " UNION ALL SELECT distinct_id FROM identity"
                 " WHERE person_id = ?1 AND person_id <> id LIMIT ?2",
  [SELECT_COHORT] = "SELECT definition FROM cohort WHERE name = ?1",
  [SELECT_MEMBERS] = "SELECT i.id FROM cohort_member AS m JOIN cohort AS c ON c.id = m.cohort_id"
                     " JOIN identity AS i ON i.distinct_id = m.distinct_id WHERE c.name = ?1",
};

struct _WeirSqlitePeople {
  WeirPeople parent_instance;

  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  WeirPersonMap *map;
  gint64 position;       /* of the last row of identity_change that the map knows; -1 at first */
};

G_DEFINE_FINAL_TYPE (WeirSqlitePeople, weir_sqlite_people, WEIR_TYPE_PEOPLE)

static sqlite3_stmt *
get_statement (WeirSqlitePeople  *self,
               int                which,
               GError           **error)
{
  if (self->db == NULL)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "the store was closed");
      return NULL;
    }
  if (self->statements[which] == NULL &&
      sqlite3_prepare_v3 (self->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                          &self->statements[which], NULL) != SQLITE_OK)
    weir_sqlite_fail (self->db, "the store", "read", error);

  return self->statements[which];
}

/* Ends a loop over rows. */
static gboolean
finish (WeirSqlitePeople  *self,
        sqlite3_stmt      *statement,
        int                code,
        GError           **error)
{
  gboolean ok = code == SQLITE_DONE || weir_sqlite_fail (self->db, "the store", "read", error);

  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return ok;
}

static void
update_n_identities (WeirSqlitePeople *self)
{
  weir_person_map_set_n_identities (
      self->map, (guint32) weir_sqlite_get_int64 (self->db, "SELECT max (id) FROM identity"));
}

static gboolean
load_rows (WeirSqlitePeople  *self,
           int                which,
           GError           **error)
{
  sqlite3_stmt *select = get_statement (self, which, error);
  int code;

  if (select == NULL)
    return FALSE;
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    weir_person_map_set (self->map,
                         (guint32) sqlite3_column_int64 (select, 0),
                         (guint32) sqlite3_column_int64 (select, 1));

  return finish (self, select, code, error);
}

static gboolean
load (WeirSqlitePeople  *self,
      GError           **error)
{
  weir_person_map_clear (self->map);
  update_n_identities (self);
  if (!load_rows (self, SELECT_MOVED, error) || !load_rows (self, SELECT_DELETED, error))
    return FALSE;
  self->position = weir_sqlite_get_int64 (self->db, "SELECT max (id) FROM identity_change");

  return TRUE;
}

static void
apply (WeirSqlitePeople *self,
       guint32           identity,
       guint32           person,
       GArray           *changes)
{
  WeirPersonChange change = { identity, weir_person_map_get (self->map, identity), person };

  weir_person_map_set (self->map, identity, person);
  if (changes != NULL)
    g_array_append_val (changes, change);
}

static gboolean
catch_up (WeirSqlitePeople  *self,
          GArray            *changes,
          GError           **error)
{
  sqlite3_stmt *select = get_statement (self, SELECT_CHANGES, error);
  int code;

  if (select == NULL)
    return FALSE;
  update_n_identities (self);
  sqlite3_bind_int64 (select, 1, self->position);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      apply (self,
             (guint32) sqlite3_column_int64 (select, 1),
             (guint32) sqlite3_column_int64 (select, 2),
             changes);
      self->position = sqlite3_column_int64 (select, 0);
    }

  return finish (self, select, code, error);
}

static const WeirPersonMap *
weir_sqlite_people_get_map (WeirPeople *people)
{
  return WEIR_SQLITE_PEOPLE (people)->map;
}

static gboolean
weir_sqlite_people_foreach_person (WeirPeople      *people,
                                   WeirPersonFunc   func,
                                   gpointer         user_data,
                                   GError         **error)
{
  WeirSqlitePeople *self = WEIR_SQLITE_PEOPLE (people);
  sqlite3_stmt *select = get_statement (self, SELECT_PERSONS, error);
  int code;

  if (select == NULL)
    return FALSE;
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      const char *properties = (const char *) sqlite3_column_text (select, 1);

      func ((guint32) sqlite3_column_int64 (select, 0),
            properties != NULL ? properties : "{}",
            properties != NULL ? (gsize) sqlite3_column_bytes (select, 1) : 2,
            user_data);
    }

  return finish (self, select, code, error);
}

static char *
dup_text (WeirSqlitePeople *self,
          int               which,
          guint32           person)
{
  sqlite3_stmt *select = get_statement (self, which, NULL);
  char *text = NULL;

  if (select == NULL)
    return NULL;
  sqlite3_bind_int64 (select, 1, person);
  if (sqlite3_step (select) == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (select, 0));
  sqlite3_reset (select);

  return text;
}

static char *
weir_sqlite_people_dup_properties (WeirPeople *people,
                                   guint32     person)
{
  return dup_text (WEIR_SQLITE_PEOPLE (people), SELECT_PROPERTIES, person);
}

static void
weir_sqlite_people_append_person (WeirPeople *people,
                                  guint32     person,
                                  GString    *out)
{
  WeirSqlitePeople *self = WEIR_SQLITE_PEOPLE (people);
  g_autofree char *uuid = dup_text (self, SELECT_UUID, person);
  sqlite3_stmt *select = get_statement (self, SELECT_IDS, NULL);
  guint n_ids = 0;

  if (uuid == NULL || select == NULL)
    return;
  g_string_append_printf (out, "{\"id\":\"%s\",\"distinct_ids\":[", uuid);
  sqlite3_bind_int64 (select, 1, person);
  sqlite3_bind_int64 (select, 2, MAX_LISTED_IDS);
  while (sqlite3_step (select) == SQLITE_ROW)
    {
      if (n_ids++ > 0)
        g_string_append_c (out, ',');
      weir_json_append_string (out, (const char *) sqlite3_column_text (select, 0),
                               (gsize) sqlite3_column_bytes (select, 0));
    }
  sqlite3_reset (select);
  g_string_append (out, "]}");
}

static char *
weir_sqlite_people_dup_cohort (WeirPeople  *people,
                               const char  *name,
                               GError     **error)
{
  WeirSqlitePeople *self = WEIR_SQLITE_PEOPLE (people);
  sqlite3_stmt *select = get_statement (self, SELECT_COHORT, error);
  char *definition = NULL;

  if (select == NULL)
    return NULL;
  sqlite3_bind_text (select, 1, name, -1, SQLITE_TRANSIENT);
  if (sqlite3_step (select) == SQLITE_ROW)
    definition = g_strdup ((const char *) sqlite3_column_text (select, 0));
  sqlite3_reset (select);
  if (definition == NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "there is no cohort “%s”", name);

  return definition;
}

static gboolean
weir_sqlite_people_foreach_member (WeirPeople        *people,
                                   const char        *name,
                                   WeirIdentityFunc   func,
                                   gpointer           user_data,
                                   GError           **error)
{
  WeirSqlitePeople *self = WEIR_SQLITE_PEOPLE (people);
  sqlite3_stmt *select = get_statement (self, SELECT_MEMBERS, error);
  int code;

  if (select == NULL)
    return FALSE;
  sqlite3_bind_text (select, 1, name, -1, SQLITE_TRANSIENT);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    func ((guint32) sqlite3_column_int64 (select, 0), user_data);

  return finish (self, select, code, error);
}

static void
weir_sqlite_people_finalize (GObject *object)
{
  WeirSqlitePeople *self = WEIR_SQLITE_PEOPLE (object);

  weir_sqlite_people_detach (self);
  weir_person_map_free (self->map);

  G_OBJECT_CLASS (weir_sqlite_people_parent_class)->finalize (object);
}

static void
weir_sqlite_people_class_init (WeirSqlitePeopleClass *klass)
{
  WeirPeopleClass *people_class = WEIR_PEOPLE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_sqlite_people_finalize;
  people_class->get_map = weir_sqlite_people_get_map;
  people_class->foreach_person = weir_sqlite_people_foreach_person;
  people_class->dup_properties = weir_sqlite_people_dup_properties;
  people_class->append_person = weir_sqlite_people_append_person;
  people_class->dup_cohort = weir_sqlite_people_dup_cohort;
  people_class->foreach_member = weir_sqlite_people_foreach_member;
}

static void
weir_sqlite_people_init (WeirSqlitePeople *self)
{
  self->map = weir_person_map_new ();
  self->position = -1;
}

/**
 * weir_sqlite_people_new:
 * @db: a reading connection, which must outlive the people or be detached
 *
 * Returns: (transfer full): the persons of the store, of whom nothing is read yet
 */
WeirSqlitePeople *
weir_sqlite_people_new (sqlite3 *db)
{
  WeirSqlitePeople *self = g_object_new (WEIR_TYPE_SQLITE_PEOPLE, NULL);

  self->db = db;

  return self;
}

/**
 * weir_sqlite_people_detach:
 * @self: people
 *
 * Lets go of the connection, before it is closed.
 */
void
weir_sqlite_people_detach (WeirSqlitePeople *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  self->db = NULL;
}

/**
 * weir_sqlite_people_refresh:
 * @self: people
 * @changes: (nullable) (element-type Weir.PersonChange): what changed since the last time is
 *   appended
 * @error: return location for an error
 *
 * Brings who is who to the moment of the transaction that has begun. When what changed is no longer
 * known, or nothing was known before, @changes gets one element of zeros.
 *
 * Returns: whether the store could be read
 */
gboolean
weir_sqlite_people_refresh (WeirSqlitePeople  *self,
                            GArray            *changes,
                            GError           **error)
{
  static const WeirPersonChange everything = { 0, 0, 0 };
  gboolean is_known =
      self->position >= 0 &&
      weir_sqlite_get_int64 (
          self->db, "SELECT coalesce ((SELECT min (id) FROM identity_change), 0)") <=
          self->position + 1;

  if (is_known)
    return catch_up (self, changes, error);
  if (changes != NULL)
    g_array_append_val (changes, everything);

  return load (self, error);
}
