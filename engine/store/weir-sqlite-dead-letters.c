/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-dead-letters.h"

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sqlite.h"
#include "weir-time.h"

#define MAX_DISCARDED "1000"

#define SELECT_LETTER \
  "SELECT id, seq, received, at, sink, code, reason, attempts, event, raw FROM dead_letter" \
  " WHERE discarded = 0"

enum { ID, SEQ, RECEIVED, AT, SINK, CODE, REASON, ATTEMPTS, EVENT, RAW };

static gboolean
not_found (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no such dead letter");
  return FALSE;
}

/**
 * weir_dead_letters_ask_free:
 * @self: (transfer full): a question
 */
void
weir_dead_letters_ask_free (WeirDeadLettersAsk *self)
{
  g_free (self->sink);
  g_free (self);
}

/**
 * weir_sqlite_dead_letters_add:
 * @db: the store's writing connection
 * @letter: what could not be delivered
 * @error: return location for an error
 *
 * Keeps a dead letter. One that is there already, by its sink and seq, stays as it is.
 *
 * Returns: whether it is kept
 */
gboolean
weir_sqlite_dead_letters_add (sqlite3               *db,
                              const WeirDeadLetter  *letter,
                              GError               **error)
{
  sqlite3_stmt *insert = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (db,
                           "INSERT OR IGNORE INTO dead_letter (seq, received, at, sink, code,"
                           " reason, attempts, event, raw)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                           -1, &insert, NULL) == SQLITE_OK;
  if (ok)
    {
      sqlite3_bind_int64 (insert, 1, (gint64) letter->seq);
      sqlite3_bind_int64 (insert, 2, letter->received);
      sqlite3_bind_int64 (insert, 3, letter->at);
      sqlite3_bind_text (insert, 4, letter->sink, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 5, letter->code, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 6, letter->reason, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (insert, 7, letter->attempts);
      sqlite3_bind_text (insert, 8, letter->event, -1, SQLITE_STATIC);
      if (letter->raw != NULL)
        sqlite3_bind_blob64 (insert, 9, letter->raw, letter->raw_size, SQLITE_STATIC);
      ok = sqlite3_step (insert) == SQLITE_DONE;
    }
  if (!ok)
    weir_sqlite_fail (db, "the store", "written", error);
  sqlite3_finalize (insert);

  return ok;
}

/* Runs a statement about one letter; a text may be bound too. */
static gboolean
change (sqlite3     *db,
        const char  *sql,
        gint64       id,
        const char  *text,
        GError     **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK;

  if (ok)
    {
      sqlite3_bind_int64 (statement, 1, id);
      if (text != NULL)
        sqlite3_bind_text (statement, 2, text, -1, SQLITE_STATIC);
      ok = sqlite3_step (statement) == SQLITE_DONE;
    }
  if (!ok)
    weir_sqlite_fail (db, "the store", "written", error);
  sqlite3_finalize (statement);

  return ok && (sqlite3_changes (db) > 0 || not_found (error));
}

/**
 * weir_sqlite_dead_letters_edit:
 * @db: the store's writing connection
 * @id: a letter
 * @event: the event as it is to be, valid
 * @error: return location for an error
 *
 * Returns: whether it was changed; %WEIR_ERROR_NOT_FOUND when it is not there
 */
gboolean
weir_sqlite_dead_letters_edit (sqlite3     *db,
                               gint64       id,
                               const char  *event,
                               GError     **error)
{
  return change (db,
                 "UPDATE dead_letter SET event = ?2, raw = NULL WHERE id = ?1 AND discarded = 0",
                 id, event, error);
}

/**
 * weir_sqlite_dead_letters_set:
 * @db: the store's writing connection
 * @id: a letter
 * @fate: what becomes of it
 * @error: return location for an error
 *
 * Returns: whether it was done; %WEIR_ERROR_NOT_FOUND when it is not there
 */
gboolean
weir_sqlite_dead_letters_set (sqlite3             *db,
                              gint64               id,
                              WeirDeadLetterFate   fate,
                              GError             **error)
{
  if (fate == WEIR_DEAD_LETTER_REPLAYED)
    return change (db, "DELETE FROM dead_letter WHERE id = ?1", id, NULL, error);
  if (fate == WEIR_DEAD_LETTER_WAITS)
    return change (db, "UPDATE dead_letter SET discarded = 0 WHERE id = ?1 AND discarded > 0", id,
                   NULL, error);

  /* The number says in which order they were discarded. */
  if (!change (db,
               "UPDATE dead_letter SET discarded = 1 + (SELECT max (discarded) FROM dead_letter)"
               " WHERE id = ?1 AND discarded = 0",
               id, NULL, error))
    return FALSE;
  return weir_sqlite_run (db,
                          "DELETE FROM dead_letter WHERE discarded > 0 AND discarded <="
                          " (SELECT max (discarded) FROM dead_letter) - " MAX_DISCARDED,
                          "the store", "written", error);
}

static void
append_text (GString      *out,
             const char   *member,
             sqlite3_stmt *select,
             int           column)
{
  g_string_append_printf (out, ",\"%s\":", member);
  weir_json_append_string (out, (const char *) sqlite3_column_text (select, column), -1);
}

static void
append_letter (GString      *out,
               sqlite3_stmt *select)
{
  const char *event = (const char *) sqlite3_column_text (select, EVENT);
  char at[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (sqlite3_column_int64 (select, AT), at);
  g_string_append_printf (out, "{\"id\":%" G_GINT64_FORMAT ",\"at\":\"%s\"",
                          (gint64) sqlite3_column_int64 (select, ID), at);
  append_text (out, "sink", select, SINK);
  append_text (out, "code", select, CODE);
  append_text (out, "reason", select, REASON);
  g_string_append_printf (out, ",\"attempts\":%d,\"event\":%s",
                          sqlite3_column_int (select, ATTEMPTS), event != NULL ? event : "null");
  if (sqlite3_column_type (select, RAW) != SQLITE_NULL)
    {
      g_autofree char *raw = g_base64_encode (sqlite3_column_blob (select, RAW),
                                              (gsize) sqlite3_column_bytes (select, RAW));

      g_string_append_printf (out, ",\"raw\":\"%s\"", raw);
    }
  g_string_append_c (out, '}');
}

static gint64
count_letters (sqlite3    *db,
               const char *sink)
{
  sqlite3_stmt *select = NULL;
  gint64 count = 0;

  if (sqlite3_prepare_v2 (db,
                          "SELECT count (*) FROM dead_letter"
                          " WHERE discarded = 0 AND (?1 IS NULL OR sink = ?1)",
                          -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, sink, -1, SQLITE_STATIC);
      if (sqlite3_step (select) == SQLITE_ROW)
        count = sqlite3_column_int64 (select, 0);
    }
  sqlite3_finalize (select);

  return count;
}

/**
 * weir_sqlite_dead_letters_list:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.DeadLettersAsk]
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): `{"total","dead_letters":[…],"cursor"}`
 */
GBytes *
weir_sqlite_dead_letters_list (WeirReader    *reader,
                               gpointer       question,
                               GCancellable  *cancellable,
                               GError       **error)
{
  const WeirDeadLettersAsk *ask = question;
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GString) out = g_string_new (NULL);
  sqlite3_stmt *select = NULL;
  gint64 last = 0;
  guint n_letters = 0;
  int code = SQLITE_ERROR;

  g_string_append_printf (out, "{\"total\":%" G_GINT64_FORMAT ",\"dead_letters\":[",
                          count_letters (db, ask->sink));
  if (sqlite3_prepare_v2 (db,
                          SELECT_LETTER " AND (?1 = 0 OR id < ?1) AND (?2 IS NULL OR sink = ?2)"
                                        " ORDER BY id DESC LIMIT ?3",
                          -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_int64 (select, 1, ask->before);
      sqlite3_bind_text (select, 2, ask->sink, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (select, 3, (gint64) ask->limit + 1);
      while ((code = sqlite3_step (select)) == SQLITE_ROW && n_letters < ask->limit)
        {
          if (n_letters++ > 0)
            g_string_append_c (out, ',');
          append_letter (out, select);
          last = sqlite3_column_int64 (select, ID);
        }
    }
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  if (code == SQLITE_ROW && last > 0)
    g_string_append_printf (out, "],\"cursor\":%" G_GINT64_FORMAT "}", last);
  else
    g_string_append (out, "],\"cursor\":null}");

  return code == SQLITE_DONE || code == SQLITE_ROW
    ? g_string_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

/**
 * weir_sqlite_dead_letters_get:
 * @reader: a reader that has begun
 * @question: (type gint64*): the id
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the letter as it is listed, or %NULL with
 *   %WEIR_ERROR_NOT_FOUND
 */
GBytes *
weir_sqlite_dead_letters_get (WeirReader    *reader,
                              gpointer       question,
                              GCancellable  *cancellable,
                              GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GString) out = g_string_new (NULL);
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, SELECT_LETTER " AND id = ?1", -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_int64 (select, 1, *(gint64 *) question);
      code = sqlite3_step (select);
    }
  if (code == SQLITE_ROW)
    append_letter (out, select);
  else if (code == SQLITE_DONE)
    not_found (error);
  else
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_ROW ? g_string_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

/**
 * weir_sqlite_dead_letters_count:
 * @reader: a reader that has begun
 * @question: unused
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full): `{"total":n}`
 */
GBytes *
weir_sqlite_dead_letters_count (WeirReader    *reader,
                                gpointer       question,
                                GCancellable  *cancellable,
                                GError       **error)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"total\":%" G_GINT64_FORMAT "}",
                          count_letters (weir_reader_get_db (reader), NULL));
  return g_string_free_to_bytes (out);
}
