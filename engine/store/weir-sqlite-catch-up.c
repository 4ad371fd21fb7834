/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-catch-up.h"

#include "weir-sqlite.h"

/*
 * Files of schema 1 and 2 hold events whose statements about ids and properties nobody has read.
 * They are read once, in the order in which they came, when such a file is first opened.
 */

static const char select_events[] =
    "SELECT e.seq, n.name, e.time, i.distinct_id, e.flags >> 1 & 3, i.id,"
    " e.other_ids ->> 'anonymous_id', e.other_ids ->> 'previous_id', e.properties"
    " FROM event AS e JOIN event_name AS n ON n.id = e.name_id"
    " JOIN identity AS i ON i.id = e.identity_id"
    " WHERE (e.other_ids IS NOT NULL OR n.name IN ('$identify', '$alias', '$merge')"
    " OR e.properties LIKE '%\"$set%' OR e.properties LIKE '%\"$unset%')"
    " ORDER BY e.seq";

static void
read_text (sqlite3_stmt  *select,
           int            column,
           WeirEvent     *event,
           WeirEventText  which)
{
  const char *text = (const char *) sqlite3_column_text (select, column);

  if (text != NULL)
    weir_event_set_text (event, which, text, (gsize) sqlite3_column_bytes (select, column));
}

/* Only what was seen in an event before this one was known then. */
static gboolean
was_known (sqlite3_stmt *first_seq,
           guint32       identity,
           guint64       seq)
{
  gboolean known;

  if (identity == 0)
    return FALSE;
  sqlite3_bind_int64 (first_seq, 1, identity);
  known = sqlite3_step (first_seq) == SQLITE_ROW &&
          (guint64) sqlite3_column_int64 (first_seq, 0) < seq;
  sqlite3_reset (first_seq);

  return known;
}

typedef struct {
  sqlite3_stmt *select;
  sqlite3_stmt *first_seq;
  sqlite3_stmt *mention;
} Statements;

static gboolean
apply (Statements            *statements,
       WeirSqliteEdges       *edges,
       WeirSqliteProperties  *properties,
       GError               **error)
{
  sqlite3_stmt *select = statements->select;
  WeirSqliteEdgeDraft draft;
  WeirEvent event;

  weir_event_init (&event);
  event.seq = (guint64) sqlite3_column_int64 (select, 0);
  event.timestamp = sqlite3_column_int64 (select, 2);
  read_text (select, 1, &event, WEIR_EVENT_NAME);
  read_text (select, 3, &event,
             (WeirEventText) (WEIR_EVENT_USER_ID + sqlite3_column_int (select, 4)));
  read_text (select, 6, &event, WEIR_EVENT_ANONYMOUS_ID);
  read_text (select, 7, &event, WEIR_EVENT_PREVIOUS_ID);
  read_text (select, 8, &event, WEIR_EVENT_PROPERTIES);

  if (weir_sqlite_edges_begin (edges, &event, &draft))
    {
      draft.from_existed = was_known (statements->first_seq, draft.from, event.seq);
      draft.to_existed = was_known (statements->first_seq, draft.to, event.seq);
      if (!weir_sqlite_edges_finish (edges, &event, &draft, error))
        return FALSE;
      sqlite3_bind_int64 (statements->mention, 1, draft.from);
      sqlite3_bind_int64 (statements->mention, 2, (gint64) event.seq);
      sqlite3_step (statements->mention);
      sqlite3_reset (statements->mention);
    }
  return weir_sqlite_properties_apply (
      properties, &event, (guint32) sqlite3_column_int64 (select, 5), error);
}

static gboolean
prepare (sqlite3    *db,
         Statements *statements)
{
  return sqlite3_prepare_v2 (db, select_events, -1, &statements->select, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2 (db, "SELECT first_seq FROM identity WHERE id = ?1", -1,
                             &statements->first_seq, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2 (
             db, "UPDATE identity SET first_seq = ?2 WHERE id = ?1 AND first_seq > ?2", -1,
             &statements->mention, NULL) == SQLITE_OK;
}

static gboolean
apply_all (sqlite3               *db,
           WeirSqliteEdges       *edges,
           WeirSqliteProperties  *properties,
           GError               **error)
{
  Statements statements = { 0 };
  gboolean ok = prepare (db, &statements);
  int code = SQLITE_ERROR;

  while (ok && (code = sqlite3_step (statements.select)) == SQLITE_ROW)
    {
      if (!apply (&statements, edges, properties, error))
        break;
    }
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    weir_sqlite_fail (db, "the store", "brought up to date", error);
  sqlite3_finalize (statements.select);
  sqlite3_finalize (statements.first_seq);
  sqlite3_finalize (statements.mention);

  return code == SQLITE_DONE;
}

/**
 * weir_sqlite_catch_up:
 * @db: the store's writing connection
 * @edges: the log of statements
 * @properties: the log of properties
 * @error: return location for an error
 *
 * Lets the statements in stored events have their effect, once for each file. Reads the events of
 * a file that an older version wrote, which takes a second for some million of them.
 *
 * Returns: whether the file is up to date
 */
gboolean
weir_sqlite_catch_up (sqlite3               *db,
                      WeirSqliteEdges       *edges,
                      WeirSqliteProperties  *properties,
                      GError               **error)
{
  gboolean ok;

  if (weir_sqlite_get_int64 (db, "SELECT resolved FROM state") != 0)
    return TRUE;

  ok = weir_sqlite_run (
           db,
           "BEGIN IMMEDIATE;"
           "CREATE TEMP TABLE first_event AS SELECT identity_id, min (seq) AS seq FROM event"
           "  GROUP BY identity_id;"
           "UPDATE identity SET first_seq = f.seq FROM temp.first_event AS f"
           "  WHERE f.identity_id = identity.id AND first_seq = 0;"
           "DROP TABLE temp.first_event",
           "the store",
           "brought up to date",
           error) &&
       apply_all (db, edges, properties, error) &&
       weir_sqlite_run (
           db, "UPDATE state SET resolved = 1; COMMIT", "the store", "brought up to date", error);
  if (!ok && !sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  weir_sqlite_edges_reset (edges);

  return ok;
}
