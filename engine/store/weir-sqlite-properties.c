/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-properties.h"

#include <string.h>

#include "weir-person-properties.h"
#include "weir-sqlite.h"

/*
 * The log is not every operation ever made, but what is left when those are dropped that no replay
 * can tell from having never been: of one identity and one property the last $set or $unset, which
 * hides all before it whoever the person was; the first $set_once after it; and the last $set_once
 * that found the property absent. It grows with identities and properties, not with events.
 */

enum {
  KIND_HARD,
  KIND_FIRST_ONCE,
  KIND_LAST_ONCE,
};

enum {
  PUT,
  PUT_FIRST,
  FORGET_ONCE,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [PUT] = "INSERT OR REPLACE INTO property_op VALUES (?1, ?2, ?3, ?4, ?5)",
  [PUT_FIRST] = "INSERT OR IGNORE INTO property_op VALUES (?1, ?2, ?3, ?4, ?5)",
  [FORGET_ONCE] = "DELETE FROM property_op WHERE identity_id = ?1 AND key = ?2 AND kind > 0",
};

struct _WeirSqliteProperties {
  sqlite3 *db;
  WeirSqliteIdentities *identities;
  WeirSqlitePersonTable *persons;
  sqlite3_stmt *statements[N_STATEMENTS];
  GString *json;
};

typedef struct {
  WeirSqliteProperties *self;
  const WeirEvent *event;
  guint32 identity;
  guint32 person;
  WeirPersonProperties *properties;
  gboolean is_changed;
  gboolean failed;
  GError **error;
} Change;

static gboolean
step (Change *change,
      int     which)
{
  sqlite3_stmt *statement = change->self->statements[which];
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE;

  if (!ok && !change->failed)
    weir_sqlite_fail (change->self->db, "the store", "written", change->error);
  change->failed |= !ok;
  sqlite3_reset (statement);

  return ok;
}

static gboolean
put (Change               *change,
     int                   which,
     const WeirPropertyOp *op,
     int                   kind)
{
  sqlite3_stmt *statement = change->self->statements[which];

  sqlite3_bind_int64 (statement, 1, change->identity);
  sqlite3_bind_text (statement, 2, op->key, (int) op->key_length, SQLITE_STATIC);
  if (which == FORGET_ONCE)
    return step (change, which);

  sqlite3_bind_int (statement, 3, kind);
  sqlite3_bind_int64 (statement, 4, (gint64) change->event->seq);
  if (op->value != NULL)
    sqlite3_bind_text (statement, 5, op->value, (int) op->value_length, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, 5);
  return step (change, which);
}

static void
apply_op (const WeirPropertyOp *op,
          gpointer              user_data)
{
  Change *change = user_data;
  gboolean is_kept, is_different;

  if (change->failed)
    return;
  if (change->properties == NULL)
    {
      g_autofree char *json = weir_sqlite_person_table_dup_properties (change->self->persons,
                                                                     change->person);

      change->properties =
          weir_person_properties_new_from_json (json, json != NULL ? strlen (json) : 0);
    }
  is_different = weir_person_properties_apply (change->properties, op, &is_kept);
  change->is_changed |= is_different;
  if (!is_kept)
    return;

  if (op->kind != WEIR_PROPERTY_SET_ONCE)
    {
      if (put (change, PUT, op, KIND_HARD))
        put (change, FORGET_ONCE, op, 0);
    }
  else if (put (change, PUT_FIRST, op, KIND_FIRST_ONCE) && is_different &&
           sqlite3_changes (change->self->db) == 0)
    {
      put (change, PUT, op, KIND_LAST_ONCE);
    }
}

/**
 * weir_sqlite_properties_new:
 * @db: the store's writing connection, of the newest schema
 * @identities: who is who; must outlive this
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the properties
 */
WeirSqliteProperties *
weir_sqlite_properties_new (sqlite3               *db,
                            WeirSqliteIdentities  *identities,
                            GError               **error)
{
  g_autoptr(WeirSqliteProperties) self = g_new0 (WeirSqliteProperties, 1);

  self->db = db;
  self->identities = identities;
  self->persons = weir_sqlite_identities_get_persons (identities);
  self->json = g_string_new (NULL);
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (
              db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL) != SQLITE_OK)
        {
          weir_sqlite_fail (db, "the store", "read", error);
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/**
 * weir_sqlite_properties_free:
 * @self: (transfer full): the properties
 */
void
weir_sqlite_properties_free (WeirSqliteProperties *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_string_free (self->json, TRUE);
  g_free (self);
}

/**
 * weir_sqlite_properties_apply:
 * @self: the properties
 * @event: an event that is stored
 * @identity: the identity it came with
 * @error: return location for an error
 *
 * Lets `$set_once`, `$set` and `$unset` of an event have their effect on its person.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_properties_apply (WeirSqliteProperties  *self,
                              const WeirEvent       *event,
                              guint32                identity,
                              GError               **error)
{
  Change change = {
    .self = self,
    .event = event,
    .identity = identity,
    .person = weir_sqlite_identities_get_person (self->identities, identity),
    .error = error,
  };

  weir_property_ops_foreach (event, apply_op, &change);
  if (!change.failed && change.is_changed)
    {
      g_string_truncate (self->json, 0);
      weir_person_properties_append_json (change.properties, self->json);
      change.failed =
          !weir_sqlite_person_table_set_properties (
              self->persons, change.person, self->json->str, self->json->len, error) ||
          !weir_sqlite_identities_move (self->identities, identity, change.person, error);
    }
  g_clear_pointer (&change.properties, weir_person_properties_free);

  return !change.failed;
}
