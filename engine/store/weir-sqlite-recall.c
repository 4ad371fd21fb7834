/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-recall.h"

#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"

static void
read_text (sqlite3_stmt  *statement,
           int            column,
           WeirEvent     *event,
           WeirEventText  which)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  weir_event_set_text (event, which, text, (gsize) sqlite3_column_bytes (statement, column));
}

/**
 * weir_sqlite_recall_message_ids:
 * @db: the store's connection
 * @max: look at so many of the newest events
 * @func: (scope call): called with events of which only source and message id are set, oldest first
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether they could be read
 */
gboolean
weir_sqlite_recall_message_ids (sqlite3          *db,
                                guint             max,
                                WeirStoreIdFunc   func,
                                gpointer          user_data,
                                GError          **error)
{
  sqlite3_stmt *statement = NULL;
  gint64 last = weir_sqlite_get_int64 (db, "SELECT max (seq) FROM event");
  int code;

  code = sqlite3_prepare_v2 (
      db,
      "SELECT s.name, e.message_id FROM event AS e JOIN source AS s ON s.id = e.source_id"
      " WHERE e.seq > ?1 AND e.message_id IS NOT NULL ORDER BY e.seq",
      -1,
      &statement,
      NULL);
  if (code == SQLITE_OK)
    sqlite3_bind_int64 (statement, 1, last - MIN ((gint64) max, last));
  while (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      WeirEvent event;

      weir_event_init (&event);
      read_text (statement, 0, &event, WEIR_EVENT_SOURCE);
      read_text (statement, 1, &event, WEIR_EVENT_ID);
      func (&event, user_data);
      code = SQLITE_OK;
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (statement);

  return code == SQLITE_DONE;
}

/* Receipt times rise with seq, so the first seq to look at is found by halving. */
static gint64
find_first_since (sqlite3 *db,
                  gint64   received,
                  gint64   low,
                  gint64   high)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, "SELECT received FROM event WHERE seq >= ?1 ORDER BY seq LIMIT 1", -1,
                          &statement, NULL) != SQLITE_OK)
    return high;
  while (low < high)
    {
      gint64 middle = low + (high - low) / 2;

      sqlite3_bind_int64 (statement, 1, middle);
      if (sqlite3_step (statement) == SQLITE_ROW && sqlite3_column_int64 (statement, 0) < received)
        low = middle + 1;
      else
        high = middle;
      sqlite3_reset (statement);
    }
  sqlite3_finalize (statement);

  return low;
}

/**
 * weir_sqlite_recall_since:
 * @db: the store's connection
 * @received: receipt time, microseconds since the epoch
 * @max: at most so many of the newest events
 * @func: (scope call): called with name, source, dependency, value, duration, flags and times,
 * oldest first
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether they could be read
 */
gboolean
weir_sqlite_recall_since (sqlite3          *db,
                          gint64            received,
                          guint             max,
                          WeirStoreIdFunc   func,
                          gpointer          user_data,
                          GError          **error)
{
  sqlite3_stmt *statement = NULL;
  gint64 last = weir_sqlite_get_int64 (db, "SELECT max (seq) FROM event");
  int code;

  code = sqlite3_prepare_v2 (
      db,
      "SELECT e.seq, e.time, e.received, e.flags, e.value, e.duration, n.name, s.name,"
      " CASE WHEN instr (e.properties, '\"dependency\"')"
      "   THEN e.properties ->> '$.dependency' END"
      " FROM event AS e JOIN event_name AS n ON n.id = e.name_id"
      " JOIN source AS s ON s.id = e.source_id WHERE e.seq >= ?1 ORDER BY e.seq",
      -1,
      &statement,
      NULL);
  if (code == SQLITE_OK)
    sqlite3_bind_int64 (
        statement,
        1,
        find_first_since (db, received, last - MIN ((gint64) max, last) + 1, last + 1));
  while (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      WeirEvent event;

      weir_event_init (&event);
      event.seq = (guint64) sqlite3_column_int64 (statement, 0);
      event.timestamp = sqlite3_column_int64 (statement, 1);
      event.received = sqlite3_column_int64 (statement, 2);
      if (sqlite3_column_int64 (statement, 3) & WEIR_SCHEMA_FLAG_ERROR)
        event.flags = WEIR_EVENT_IS_ERROR;
      if (sqlite3_column_type (statement, 4) != SQLITE_NULL)
        event.value = sqlite3_column_double (statement, 4);
      if (sqlite3_column_type (statement, 5) != SQLITE_NULL)
        event.duration = sqlite3_column_double (statement, 5);
      read_text (statement, 6, &event, WEIR_EVENT_NAME);
      read_text (statement, 7, &event, WEIR_EVENT_SOURCE);
      read_text (statement, 8, &event, WEIR_EVENT_DEPENDENCY);
      func (&event, user_data);
      code = SQLITE_OK;
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (statement);

  return code == SQLITE_DONE;
}
