/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-saved.h"

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sqlite.h"
#include "weir-time.h"

#define SELECT_QUESTION "SELECT name, kind, definition, created, updated FROM question"

static gboolean
not_found (const char  *name,
           GError     **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no question “%s”", name);
  return FALSE;
}

static gboolean
has_room (sqlite3     *db,
          const char  *name,
          GError     **error)
{
  sqlite3_stmt *select = NULL;
  gint64 n_others = 0;

  if (sqlite3_prepare_v2 (db, "SELECT count (*) FROM question WHERE name <> ?1", -1, &select,
                          NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, name, -1, SQLITE_STATIC);
      if (sqlite3_step (select) == SQLITE_ROW)
        n_others = sqlite3_column_int64 (select, 0);
    }
  sqlite3_finalize (select);
  if (n_others < WEIR_QUESTION_MAX_SAVED)
    return TRUE;

  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                       "at most 1 000 questions can be saved; delete one first");
  return FALSE;
}

/**
 * weir_sqlite_saved_put:
 * @db: the store's writing connection
 * @question: what to save, in place of one of the same name
 * @now: microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: whether it is saved; %WEIR_ERROR_INVALID_REQUEST when there are too many
 */
gboolean
weir_sqlite_saved_put (sqlite3                  *db,
                       const WeirSavedQuestion  *question,
                       gint64                    now,
                       GError                  **error)
{
  sqlite3_stmt *insert = NULL;
  gboolean ok;

  if (!has_room (db, question->name, error))
    return FALSE;
  ok = sqlite3_prepare_v2 (db,
                           "INSERT INTO question (name, kind, definition, created, updated)"
                           " VALUES (?1, ?2, ?3, ?4, ?4)"
                           " ON CONFLICT (name) DO UPDATE"
                           " SET kind = ?2, definition = ?3, updated = ?4",
                           -1, &insert, NULL) == SQLITE_OK;
  if (ok)
    {
      sqlite3_bind_text (insert, 1, question->name, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 2, question->kind, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 3, question->definition, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (insert, 4, now);
      ok = sqlite3_step (insert) == SQLITE_DONE;
    }
  if (!ok)
    weir_sqlite_fail (db, "the store", "written", error);
  sqlite3_finalize (insert);

  return ok;
}

/**
 * weir_sqlite_saved_remove:
 * @db: the store's writing connection
 * @name: name of a question
 * @error: return location for an error
 *
 * Returns: whether it was there and is gone; %WEIR_ERROR_NOT_FOUND when it was not
 */
gboolean
weir_sqlite_saved_remove (sqlite3     *db,
                          const char  *name,
                          GError     **error)
{
  sqlite3_stmt *remove = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (db, "DELETE FROM question WHERE name = ?1", -1, &remove, NULL) ==
       SQLITE_OK;
  if (ok)
    {
      sqlite3_bind_text (remove, 1, name, -1, SQLITE_STATIC);
      ok = sqlite3_step (remove) == SQLITE_DONE;
    }
  if (!ok)
    weir_sqlite_fail (db, "the store", "written", error);
  sqlite3_finalize (remove);

  return ok && (sqlite3_changes (db) > 0 || not_found (name, error));
}

static void
append_question (GString      *out,
                 sqlite3_stmt *select)
{
  char created[WEIR_TIME_TEXT_SIZE], updated[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (sqlite3_column_int64 (select, 3), created);
  weir_time_format_rfc3339 (sqlite3_column_int64 (select, 4), updated);
  g_string_append (out, "{\"name\":");
  weir_json_append_string (out, (const char *) sqlite3_column_text (select, 0), -1);
  g_string_append (out, ",\"kind\":");
  weir_json_append_string (out, (const char *) sqlite3_column_text (select, 1), -1);
  g_string_append_printf (out, ",\"question\":%s,\"created\":\"%s\",\"updated\":\"%s\"}",
                          (const char *) sqlite3_column_text (select, 2), created, updated);
}

/**
 * weir_sqlite_saved_list:
 * @reader: a reader that has begun
 * @question: (nullable): the kind of those to list, or %NULL for all
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): `{"questions":[…]}`, by name
 */
GBytes *
weir_sqlite_saved_list (WeirReader    *reader,
                        gpointer       question,
                        GCancellable  *cancellable,
                        GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GString) out = g_string_new ("{\"questions\":[");
  sqlite3_stmt *select = NULL;
  guint n_questions = 0;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, SELECT_QUESTION " WHERE ?1 IS NULL OR kind = ?1 ORDER BY name", -1,
                          &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, question, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          if (n_questions++ > 0)
            g_string_append_c (out, ',');
          append_question (out, select);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  g_string_append (out, "]}");

  return code == SQLITE_DONE ? g_string_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

/**
 * weir_sqlite_saved_get:
 * @reader: a reader that has begun
 * @question: the name
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the question as it is listed, or %NULL with
 *   %WEIR_ERROR_NOT_FOUND
 */
GBytes *
weir_sqlite_saved_get (WeirReader    *reader,
                       gpointer       question,
                       GCancellable  *cancellable,
                       GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GString) out = g_string_new (NULL);
  const char *name = question;
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, SELECT_QUESTION " WHERE name = ?1", -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, name, -1, SQLITE_STATIC);
      code = sqlite3_step (select);
    }
  if (code == SQLITE_ROW)
    append_question (out, select);
  else if (code == SQLITE_DONE)
    not_found (name, error);
  else
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_ROW ? g_string_free_to_bytes (g_steal_pointer (&out)) : NULL;
}
