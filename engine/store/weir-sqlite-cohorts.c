/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-cohorts.h"

#include <string.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sqlite.h"
#include "weir-time.h"

static gboolean
fail (sqlite3  *db,
      GError  **error)
{
  return weir_sqlite_fail (db, "the store", "written", error);
}

/* Runs a statement with texts and numbers bound in turn; the text may be %NULL. */
static gboolean
run (sqlite3       *db,
     const char    *sql,
     const char    *name,
     const char    *definition,
     gint64         number,
     GError       **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK;

  if (ok)
    {
      sqlite3_bind_text (statement, 1, name, -1, SQLITE_STATIC);
      if (sqlite3_bind_parameter_count (statement) >= 2)
        sqlite3_bind_text (statement, 2, definition, -1, SQLITE_STATIC);
      if (sqlite3_bind_parameter_count (statement) >= 3)
        sqlite3_bind_int64 (statement, 3, number);
      ok = sqlite3_step (statement) == SQLITE_DONE;
    }
  if (!ok)
    fail (db, error);
  sqlite3_finalize (statement);

  return ok;
}

static gboolean
insert_members (sqlite3                *db,
                const WeirSavedCohort  *cohort,
                GError                **error)
{
  sqlite3_stmt *insert = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (db,
                           "INSERT OR IGNORE INTO cohort_member (cohort_id, distinct_id)"
                           " SELECT id, ?2 FROM cohort WHERE name = ?1",
                           -1, &insert, NULL) == SQLITE_OK;
  for (guint i = 0; ok && cohort->distinct_ids != NULL && i < cohort->distinct_ids->len; i++)
    {
      sqlite3_bind_text (insert, 1, cohort->name, -1, SQLITE_STATIC);
      sqlite3_bind_text (
          insert, 2, g_ptr_array_index (cohort->distinct_ids, i), -1, SQLITE_STATIC);
      ok = sqlite3_step (insert) == SQLITE_DONE;
      sqlite3_reset (insert);
    }
  if (!ok)
    fail (db, error);
  sqlite3_finalize (insert);

  return ok;
}

static const char delete_members[] =
    "DELETE FROM cohort_member WHERE cohort_id = (SELECT id FROM cohort WHERE name = ?1)";

/**
 * weir_sqlite_cohorts_put:
 * @db: the store's writing connection
 * @cohort: what to save, in place of one of the same name
 * @now: microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: whether it is saved
 */
gboolean
weir_sqlite_cohorts_put (sqlite3                *db,
                         const WeirSavedCohort  *cohort,
                         gint64                  now,
                         GError                **error)
{
  gboolean ok =
      weir_sqlite_run (db, "BEGIN IMMEDIATE", "the store", "written", error) &&
      run (db, delete_members, cohort->name, NULL, 0, error) &&
      run (db,
           "INSERT INTO cohort (name, definition, created, updated) VALUES (?1, ?2, ?3, ?3)"
           " ON CONFLICT (name) DO UPDATE SET definition = ?2, updated = ?3",
           cohort->name, cohort->definition, now, error) &&
      insert_members (db, cohort, error) &&
      weir_sqlite_run (db, "COMMIT", "the store", "written", error);

  if (!ok && !sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}

static gboolean
not_found (const char  *name,
           GError     **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no cohort “%s”", name);
  return FALSE;
}

/**
 * weir_sqlite_cohorts_remove:
 * @db: the store's writing connection
 * @name: name of a cohort
 * @error: return location for an error
 *
 * Returns: whether it was there and is gone; %WEIR_ERROR_NOT_FOUND when it was not
 */
gboolean
weir_sqlite_cohorts_remove (sqlite3     *db,
                            const char  *name,
                            GError     **error)
{
  int n_before = sqlite3_total_changes (db);
  gboolean ok = weir_sqlite_run (db, "BEGIN IMMEDIATE", "the store", "written", error) &&
                run (db, delete_members, name, NULL, 0, error);

  n_before = sqlite3_total_changes (db);
  ok = ok && run (db, "DELETE FROM cohort WHERE name = ?1", name, NULL, 0, error) &&
       (sqlite3_total_changes (db) > n_before || not_found (name, error)) &&
       weir_sqlite_run (db, "COMMIT", "the store", "written", error);
  if (!ok && !sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}

/* The columns name, definition, created, updated and how many ids; a static cohort is shown with
 * its ids only by itself. */
static void
append_cohort (GString      *out,
               sqlite3_stmt *select)
{
  const char *definition = (const char *) sqlite3_column_text (select, 1);
  gboolean is_static = g_str_has_prefix (definition, "{\"distinct_ids\"");
  char created[WEIR_TIME_TEXT_SIZE], updated[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (sqlite3_column_int64 (select, 2), created);
  weir_time_format_rfc3339 (sqlite3_column_int64 (select, 3), updated);
  g_string_append (out, "{\"name\":");
  weir_json_append_string (out, (const char *) sqlite3_column_text (select, 0), -1);
  g_string_append_printf (out, ",\"static\":%s,\"created\":\"%s\",\"updated\":\"%s\"",
                          is_static ? "true" : "false", created, updated);
  if (is_static)
    g_string_append_printf (out, ",\"n_distinct_ids\":%" G_GINT64_FORMAT,
                            (gint64) sqlite3_column_int64 (select, 4));
  else
    {
      /* `{"where":…}` without its braces. */
      g_string_append_c (out, ',');
      g_string_append_len (out, definition + 1, (gssize) strlen (definition) - 2);
    }
  g_string_append_c (out, '}');
}

#define SELECT_COHORT \
  "SELECT name, definition, created, updated," \
  " (SELECT count (*) FROM cohort_member WHERE cohort_id = c.id) FROM cohort AS c"

/**
 * weir_sqlite_cohorts_list:
 * @reader: a reader that has begun
 * @question: unused
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): `{"cohorts":[…]}`, by name
 */
GBytes *
weir_sqlite_cohorts_list (WeirReader    *reader,
                          gpointer       question,
                          GCancellable  *cancellable,
                          GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GString) out = g_string_new ("{\"cohorts\":[");
  sqlite3_stmt *select = NULL;
  guint n_cohorts = 0;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, SELECT_COHORT " ORDER BY name", -1, &select, NULL) == SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          if (n_cohorts++ > 0)
            g_string_append_c (out, ',');
          append_cohort (out, select);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  g_string_append (out, "]}");

  return code == SQLITE_DONE ? g_string_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

/* Puts the ids of a static cohort into its object. */
static gboolean
append_ids (GString     *out,
            sqlite3     *db,
            const char  *name,
            GError     **error)
{
  sqlite3_stmt *select = NULL;
  guint n_ids = 0;
  int code = SQLITE_ERROR;

  g_string_truncate (out, out->len - 1);
  g_string_append (out, ",\"distinct_ids\":[");
  if (sqlite3_prepare_v2 (db,
                          "SELECT distinct_id FROM cohort_member WHERE cohort_id ="
                          " (SELECT id FROM cohort WHERE name = ?1) ORDER BY distinct_id",
                          -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, name, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          if (n_ids++ > 0)
            g_string_append_c (out, ',');
          weir_json_append_string (out, (const char *) sqlite3_column_text (select, 0),
                                   (gsize) sqlite3_column_bytes (select, 0));
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  g_string_append (out, "]}");

  return code == SQLITE_DONE;
}

/**
 * weir_sqlite_cohorts_get:
 * @reader: a reader that has begun
 * @question: the name
 * @cancellable: unused
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the cohort, or %NULL with %WEIR_ERROR_NOT_FOUND
 */
GBytes *
weir_sqlite_cohorts_get (WeirReader    *reader,
                         gpointer       question,
                         GCancellable  *cancellable,
                         GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GString) out = g_string_new (NULL);
  const char *name = question;
  sqlite3_stmt *select = NULL;
  gboolean is_static = FALSE;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, SELECT_COHORT " WHERE name = ?1", -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, name, -1, SQLITE_STATIC);
      code = sqlite3_step (select);
    }
  if (code == SQLITE_ROW)
    {
      append_cohort (out, select);
      is_static = g_str_has_prefix ((const char *) sqlite3_column_text (select, 1),
                                    "{\"distinct_ids\"");
    }
  else if (code == SQLITE_DONE)
    not_found (name, error);
  else
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  if (code != SQLITE_ROW || (is_static && !append_ids (out, db, name, error)))
    return NULL;

  return g_string_free_to_bytes (g_steal_pointer (&out));
}
