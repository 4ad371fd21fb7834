/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-schema.h"

#include "weir-error.h"
#include "weir-sqlite.h"
#include "weir-sqlite-summary.h"

#define WITH_SUMMARIES 5   /* version of the schema that has them */

/*
 * The tables are laid out for the writer: no index on the hot path whose order is random. `event`
 * grows at its end; `event_by_name` grows at the end of each name's run, and covers what funnels,
 * trends and retention read (name, time, identity). Names, sources and identities are numbers with
 * a table of their own, so that a row is small. The views are for people: whoever opens the file
 * with any SQLite tool finds `events`, `persons` and `identities`. `events` joins only the name, so
 * that a query for one name goes along the index; the other columns are subqueries, which cost
 * nothing unless asked for.
 *
 * A change of layout is a new script at the end of the list, never an edit of an old one, together
 * with a test that opens a file of the version before.
 */
static const char *const migrations[] = {
  "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), instance TEXT NOT NULL,"
  "  stored INTEGER NOT NULL, dead_lettered INTEGER NOT NULL, cursor INTEGER NOT NULL);"
  "CREATE TABLE event_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
  "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
  "CREATE TABLE person (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, first_seen INTEGER NOT NULL);"
  "CREATE TABLE identity (id INTEGER PRIMARY KEY, distinct_id TEXT NOT NULL UNIQUE,"
  "  person_id INTEGER NOT NULL, first_seen INTEGER NOT NULL);"
  "CREATE TABLE event (seq INTEGER PRIMARY KEY, name_id INTEGER NOT NULL, time INTEGER NOT NULL,"
  "  identity_id INTEGER NOT NULL, received INTEGER NOT NULL, source_id INTEGER NOT NULL,"
  "  flags INTEGER NOT NULL, value REAL, duration REAL, message_id TEXT, session_id TEXT,"
  "  other_ids TEXT, properties TEXT);"
  "CREATE INDEX event_by_name ON event (name_id, time, identity_id);"
  "CREATE TABLE dead_letter (seq INTEGER PRIMARY KEY, received INTEGER NOT NULL, reason TEXT NOT "
  "NULL,"
  "  event TEXT NOT NULL);"

  "CREATE VIEW events AS SELECT e.seq,"
  "  coalesce (e.message_id, (SELECT instance FROM state) || '-' || printf ('%012x', e.seq)) AS id,"
  "  n.name AS event,"
  "  strftime ('%Y-%m-%dT%H:%M:%S', e.time / 1000000, 'unixepoch') ||"
  "    printf ('.%06dZ', e.time % 1000000) AS timestamp,"
  "  strftime ('%Y-%m-%dT%H:%M:%S', e.received / 1000000, 'unixepoch') ||"
  "    printf ('.%06dZ', e.received % 1000000) AS received,"
  "  (SELECT name FROM source WHERE id = e.source_id) AS source,"
  "  (SELECT distinct_id FROM identity WHERE id = e.identity_id) AS distinct_id,"
  "  CASE e.flags >> 1 & 3 WHEN 0 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
  "    END AS user_id,"
  "  CASE e.flags >> 1 & 3 WHEN 2 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
  "    ELSE e.other_ids ->> 'anonymous_id' END AS anonymous_id,"
  "  CASE e.flags >> 1 & 3 WHEN 3 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
  "    ELSE e.other_ids ->> 'device_id' END AS device_id,"
  "  e.session_id,"
  "  (SELECT p.uuid FROM identity AS i JOIN person AS p ON p.id = i.person_id WHERE i.id = "
  "e.identity_id)"
  "    AS person_id,"
  "  e.value, e.duration AS duration_ms, e.flags & 1 AS is_error,"
  "  coalesce (e.properties, '{}') AS properties, e.time AS time_us"
  " FROM event AS e JOIN event_name AS n ON n.id = e.name_id;"

  "CREATE VIEW persons AS SELECT p.uuid AS id,"
  "  strftime ('%Y-%m-%dT%H:%M:%fZ', p.first_seen / 1000000.0, 'unixepoch') AS first_seen,"
  "  (SELECT json_group_array (i.distinct_id) FROM identity AS i WHERE i.person_id = p.id) AS "
  "distinct_ids"
  " FROM person AS p;"
  "CREATE INDEX identity_by_person ON identity (person_id);"

  "CREATE VIEW identities AS SELECT i.distinct_id, p.uuid AS person_id,"
  "  strftime ('%Y-%m-%dT%H:%M:%fZ', i.first_seen / 1000000.0, 'unixepoch') AS first_seen"
  " FROM identity AS i LEFT JOIN person AS p ON p.id = i.person_id;",

  /* Persons that are more than one identity. A person's number is that of one of its identities,
   * and no identity's number is used twice, so who was not moved needs no row anywhere else.
   * `identity_change` lets a reader that knows who was who catch up: each row says whose an
   * identity became (NULL: it was deleted; the same as before: the person's properties changed). */
  "DROP VIEW events; DROP VIEW persons; DROP VIEW identities; DROP INDEX identity_by_person;"
  "ALTER TABLE person RENAME TO person_1;"
  "CREATE TABLE person (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, first_seen INTEGER NOT NULL,"
  "  identified INTEGER NOT NULL DEFAULT 0, n_identities INTEGER NOT NULL DEFAULT 1,"
  "  properties TEXT);"
  "INSERT INTO person (id, uuid, first_seen) SELECT i.id, p.uuid, p.first_seen"
  "  FROM identity AS i JOIN person_1 AS p ON p.id = i.person_id;"
  "DROP TABLE person_1;"
  "CREATE UNIQUE INDEX person_by_uuid ON person (uuid);"
  "UPDATE identity SET person_id = id;"
  "ALTER TABLE identity ADD COLUMN first_seq INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX identity_by_person ON identity (person_id) WHERE person_id <> id;"
  "CREATE TABLE identity_change (id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  identity_id INTEGER NOT NULL, person_id INTEGER);"
  "ALTER TABLE state ADD COLUMN kept_since INTEGER NOT NULL DEFAULT 0;"

  "CREATE VIEW events AS SELECT e.seq,"
  "  coalesce (e.message_id, (SELECT instance FROM state) || '-' || printf ('%012x', e.seq)) AS id,"
  "  n.name AS event,"
  "  strftime ('%Y-%m-%dT%H:%M:%S', e.time / 1000000, 'unixepoch') ||"
  "    printf ('.%06dZ', e.time % 1000000) AS timestamp,"
  "  strftime ('%Y-%m-%dT%H:%M:%S', e.received / 1000000, 'unixepoch') ||"
  "    printf ('.%06dZ', e.received % 1000000) AS received,"
  "  (SELECT name FROM source WHERE id = e.source_id) AS source,"
  "  (SELECT distinct_id FROM identity WHERE id = e.identity_id) AS distinct_id,"
  "  CASE e.flags >> 1 & 3 WHEN 0 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
  "    END AS user_id,"
  "  CASE e.flags >> 1 & 3 WHEN 2 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
  "    ELSE e.other_ids ->> 'anonymous_id' END AS anonymous_id,"
  "  CASE e.flags >> 1 & 3 WHEN 3 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
  "    ELSE e.other_ids ->> 'device_id' END AS device_id,"
  "  e.session_id,"
  "  (SELECT p.uuid FROM identity AS i JOIN person AS p ON p.id = i.person_id"
  "    WHERE i.id = e.identity_id) AS person_id,"
  "  e.value, e.duration AS duration_ms, e.flags & 1 AS is_error,"
  "  coalesce (e.properties, '{}') AS properties, e.time AS time_us"
  " FROM event AS e JOIN event_name AS n ON n.id = e.name_id;"

  "CREATE VIEW persons AS SELECT p.uuid AS id,"
  "  strftime ('%Y-%m-%dT%H:%M:%fZ', p.first_seen / 1000000.0, 'unixepoch') AS first_seen,"
  "  p.identified, coalesce (p.properties, '{}') AS properties,"
  "  (SELECT json_group_array (distinct_id) FROM (SELECT distinct_id FROM identity"
  "    WHERE id = p.id UNION ALL SELECT distinct_id FROM identity"
  "    WHERE person_id = p.id AND person_id <> id)) AS distinct_ids"
  " FROM person AS p;"

  "CREATE VIEW identities AS SELECT i.distinct_id, p.uuid AS person_id,"
  "  strftime ('%Y-%m-%dT%H:%M:%fZ', i.first_seen / 1000000.0, 'unixepoch') AS first_seen"
  " FROM identity AS i LEFT JOIN person AS p ON p.id = i.person_id;",

  /* Saved cohorts; and who did something where in the stream: `timeline` holds, for runs of events
   * in the order of seq, sorted lists of identity and seq, so that nobody's history is scattered
   * over an index in random order. See weir-sqlite-timeline.c. */
  "CREATE TABLE cohort (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
  "  definition TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL);"
  "CREATE TABLE cohort_member (cohort_id INTEGER NOT NULL, distinct_id TEXT NOT NULL,"
  "  PRIMARY KEY (cohort_id, distinct_id)) WITHOUT ROWID;"
  "CREATE TABLE timeline_part (id INTEGER PRIMARY KEY, n_entries INTEGER NOT NULL,"
  "  first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL);"
  "CREATE TABLE timeline (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);"
  "CREATE INDEX identity_deleted ON identity_change (identity_id) WHERE person_id IS NULL;"
  "CREATE TABLE event_column (id INTEGER PRIMARY KEY, min_time INTEGER NOT NULL,"
  "  max_time INTEGER NOT NULL, rows BLOB NOT NULL, seqs BLOB NOT NULL);",

  /* Why persons are who they are: `edge` is the log of statements with what became of each, and
   * `property_op` of each identity and property the operations that a replay needs (kind 0: the
   * last $set or $unset; 1: the first $set_once after it; 2: the last that had an effect). */
  "CREATE TABLE edge (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
  "  from_id INTEGER, to_id INTEGER NOT NULL, from_text TEXT, event_seq INTEGER NOT NULL,"
  "  time INTEGER NOT NULL, known INTEGER NOT NULL, verdict INTEGER NOT NULL,"
  "  reason INTEGER NOT NULL, voided INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX edge_by_to ON edge (to_id, from_id, from_text);"
  "CREATE INDEX edge_by_from ON edge (from_id) WHERE from_id IS NOT NULL;"
  "CREATE TABLE property_op (identity_id INTEGER NOT NULL, key TEXT NOT NULL,"
  "  kind INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT,"
  "  PRIMARY KEY (identity_id, key, kind)) WITHOUT ROWID;"
  "ALTER TABLE state ADD COLUMN last_identity INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE state ADD COLUMN resolved INTEGER NOT NULL DEFAULT 0;"
  "CREATE VIEW edges AS SELECT e.seq,"
  "  CASE e.kind WHEN 0 THEN 'identify' WHEN 1 THEN 'event' WHEN 2 THEN 'alias'"
  "    WHEN 3 THEN 'merge' ELSE 'manual' END AS kind,"
  "  coalesce (e.from_text, (SELECT distinct_id FROM identity WHERE id = e.from_id)) AS from_id,"
  "  (SELECT distinct_id FROM identity WHERE id = e.to_id) AS to_id, e.event_seq,"
  "  CASE e.verdict WHEN 0 THEN 'linked' WHEN 1 THEN 'merged' WHEN 2 THEN 'redundant'"
  "    ELSE 'refused' END AS verdict,"
  "  CASE e.reason WHEN 1 THEN 'already_identified' WHEN 2 THEN 'illegal_id'"
  "    WHEN 3 THEN 'anonymous_id_taken' WHEN 4 THEN 'voided' END AS reason, e.voided"
  " FROM edge AS e;",

  /* What happened, added up: of each name and source one cell an hour, and from
   * state.minutes_since on one a minute. See weir-sqlite-summary.c. */
  "CREATE TABLE summary_hour (name_id INTEGER NOT NULL, start INTEGER NOT NULL,"
  "  source_id INTEGER NOT NULL, count INTEGER NOT NULL, errors INTEGER NOT NULL,"
  "  value_n INTEGER NOT NULL, value_hi REAL, value_lo REAL, value_min REAL, value_max REAL,"
  "  duration_n INTEGER NOT NULL, duration_hi REAL, duration_lo REAL, duration_min REAL,"
  "  duration_max REAL, value_sketch BLOB, duration_sketch BLOB,"
  "  PRIMARY KEY (name_id, start, source_id)) WITHOUT ROWID;"
  "CREATE TABLE summary_minute (name_id INTEGER NOT NULL, start INTEGER NOT NULL,"
  "  source_id INTEGER NOT NULL, count INTEGER NOT NULL, errors INTEGER NOT NULL,"
  "  value_n INTEGER NOT NULL, value_hi REAL, value_lo REAL, value_min REAL, value_max REAL,"
  "  duration_n INTEGER NOT NULL, duration_hi REAL, duration_lo REAL, duration_min REAL,"
  "  duration_max REAL, value_sketch BLOB, duration_sketch BLOB,"
  "  PRIMARY KEY (name_id, start, source_id)) WITHOUT ROWID;"
  "ALTER TABLE state ADD COLUMN minutes_since INTEGER NOT NULL DEFAULT 0;"
  "CREATE VIEW summaries AS SELECT n.name AS event,"
  "  (SELECT name FROM source WHERE id = h.source_id) AS source,"
  "  strftime ('%Y-%m-%dT%H:%M:%SZ', h.start / 1000000, 'unixepoch') AS hour,"
  "  h.count, h.errors,"
  "  h.value_n AS values_n, h.value_hi + h.value_lo AS value_sum, h.value_min, h.value_max,"
  "  h.duration_n AS durations_n, h.duration_hi + h.duration_lo AS duration_ms_sum,"
  "  h.duration_min AS duration_ms_min, h.duration_max AS duration_ms_max"
  " FROM summary_hour AS h JOIN event_name AS n ON n.id = h.name_id;",

  /* Questions that somebody wants to ask again. */
  "CREATE TABLE question (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
  "  kind TEXT NOT NULL, definition TEXT NOT NULL, created INTEGER NOT NULL,"
  "  updated INTEGER NOT NULL);",

  /* Dead letters of any sink, to be looked at, edited and sent again. */
  "ALTER TABLE dead_letter RENAME TO dead_letter_6;"
  "CREATE TABLE dead_letter (id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL,"
  "  received INTEGER NOT NULL, at INTEGER NOT NULL, sink TEXT NOT NULL, code TEXT NOT NULL,"
  "  reason TEXT NOT NULL, attempts INTEGER NOT NULL, event TEXT, raw BLOB,"
  "  discarded INTEGER NOT NULL DEFAULT 0, UNIQUE (sink, seq));"
  "INSERT INTO dead_letter (seq, received, at, sink, code, reason, attempts, event)"
  "  SELECT seq, received, received, 'store', 'refused', reason, 1, event FROM dead_letter_6"
  "  ORDER BY seq;"
  "DROP TABLE dead_letter_6;",

  /* How far ClickHouse is, where it has the events and this file the persons. */
  "ALTER TABLE state ADD COLUMN elsewhere INTEGER;"
  "CREATE TABLE recent_id (seq INTEGER PRIMARY KEY, hashes BLOB NOT NULL);",

  /* Who is who, shared with other collectors: which of them this is, and how far it has read the
   * log they share. Where that decides, positions in the stream are positions in the log, and
   * `edge_origin` knows the event. `shared_erasure` is what is still to be deleted elsewhere. */
  "CREATE TABLE IF NOT EXISTS shared (id INTEGER PRIMARY KEY CHECK (id = 1),"
  "  number INTEGER NOT NULL, ordinal INTEGER NOT NULL DEFAULT 0,"
  "  stamp INTEGER NOT NULL DEFAULT 0, collector TEXT NOT NULL DEFAULT '',"
  "  seq INTEGER NOT NULL DEFAULT 0, n INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE IF NOT EXISTS edge_origin (edge INTEGER PRIMARY KEY, seq INTEGER NOT NULL);"
  "CREATE TABLE IF NOT EXISTS shared_erasure (identity INTEGER PRIMARY KEY, text TEXT NOT NULL,"
  "  stamp INTEGER NOT NULL);",
};

static gboolean
is_empty (sqlite3 *db)
{
  return weir_sqlite_get_int64 (db, "SELECT count (*) FROM sqlite_schema") == 0;
}

static gboolean
check_version (sqlite3  *db,
               gint64    version,
               GError  **error)
{
  if (version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error (error,
                   WEIR_ERROR,
                   WEIR_ERROR_CONFIGURATION,
                   "the database was written by a newer version of Weir (schema %" G_GINT64_FORMAT
                   ")",
                   version);
      return FALSE;
    }
  if (weir_sqlite_get_int64 (db, "PRAGMA application_id") != 0x57454952 && !is_empty (db))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                           "the database file belongs to another program");
      return FALSE;
    }
  return TRUE;
}

/* What a script alone cannot do. */
static gboolean
finish (sqlite3  *db,
        gint64    version,
        GError  **error)
{
  return version != WITH_SUMMARIES || weir_sqlite_summary_build (db, error);
}

static gboolean
set_instance (sqlite3     *db,
              const char  *instance,
              GError     **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (
           db,
           "INSERT OR IGNORE INTO state (id, instance, stored, dead_lettered, cursor)"
           " VALUES (1, ?1, 0, 0, 0)",
           -1, &statement, NULL) ==
           SQLITE_OK &&
       sqlite3_bind_text (statement, 1, instance, -1, SQLITE_STATIC) == SQLITE_OK &&
       sqlite3_step (statement) == SQLITE_DONE;
  if (!ok)
    weir_sqlite_fail (db, "the store", "written", error);
  sqlite3_finalize (statement);

  return ok;
}

/**
 * weir_sqlite_schema_migrate:
 * @db: the store's writing connection
 * @instance: name of the data directory, for a new file
 * @error: return location for an error
 *
 * Brings the file to the newest schema, one version at a time, each in one transaction.
 *
 * Returns: whether the file is of the newest schema now; %WEIR_ERROR_CONFIGURATION when it is not
 * ours or newer than we know
 */
gboolean
weir_sqlite_schema_migrate (sqlite3     *db,
                            const char  *instance,
                            GError     **error)
{
  gint64 version = weir_sqlite_get_int64 (db, "PRAGMA user_version");

  if (!check_version (db, version, error))
    return FALSE;

  for (; version < (gint64) G_N_ELEMENTS (migrations); version++)
    {
      g_autofree char *script = g_strdup_printf (
          "BEGIN IMMEDIATE; %s PRAGMA application_id = 0x57454952; PRAGMA user_version = %d;",
          migrations[version], (int) version + 1);

      if (!weir_sqlite_run (db, script, "the store", "brought up to date", error) ||
          !finish (db, version + 1, error) || !set_instance (db, instance, error) ||
          !weir_sqlite_run (db, "COMMIT", "the store", "brought up to date", error))
        {
          sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * weir_sqlite_schema_get_version:
 *
 * Returns: the newest schema version
 */
int
weir_sqlite_schema_get_version (void)
{
  return (int) G_N_ELEMENTS (migrations);
}
