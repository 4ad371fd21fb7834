/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-guard.h"

#include <string.h>

#define DEADLINE_US    (10 * G_TIME_SPAN_SECOND)
#define PROGRESS_STEPS 10000
#define MAX_CELL_BYTES (4 * 1024 * 1024)

/* Pragmas that only tell, also as tables: `SELECT name FROM pragma_table_info ('events')`. */
static const char *const pragmas[] = {
  "collation_list", "compile_options", "foreign_key_list", "function_list",
  "index_info", "index_list", "index_xinfo", "table_info",
  "table_list", "table_xinfo", NULL
};

/* Functions that reach outside of the question. Those of the shell (readfile, writefile, edit) are
 * not in the library; they are here for a library that has them. */
static const char *const dangerous[] = {
  "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_log", NULL
};

static gboolean
may_read (WeirSqlGuard *self,
          const char   *table,
          const char   *column,
          const char   *schema)
{
  /* Nothing but the number of rows is looked at. */
  if (schema == NULL)
    return column == NULL || *column == '\0';
  if (g_str_equal (schema, "store"))
    return TRUE;
  if (g_str_equal (schema, "temp"))
    return g_str_equal (table, "weir_answer");

  /* The main database is empty; what is read from it is a function that looks like a table. */
  return g_str_equal (table, "json_each") || g_str_equal (table, "json_tree") ||
         (g_str_has_prefix (table, "pragma_") &&
          g_strv_contains (pragmas, table + strlen ("pragma_")));
}

static gboolean
is_allowed (WeirSqlGuard *self,
            int           action,
            const char   *first,
            const char   *second,
            const char   *schema)
{
  switch (action)
    {
    case SQLITE_SELECT:
      self->is_select = TRUE;
      return TRUE;
    case SQLITE_RECURSIVE:
      return TRUE;
    case SQLITE_READ:
      return may_read (self, first, second, schema);
    case SQLITE_FUNCTION:
      return second != NULL && !g_strv_contains (dangerous, second) &&
             (self->is_checked || !g_str_equal (second, "weir_row"));
    case SQLITE_PRAGMA:
      return g_strv_contains (pragmas, first);
    default:
      return FALSE;
    }
}

static int
authorize (void       *data,
           int         action,
           const char *first,
           const char *second,
           const char *schema,
           const char *inside)
{
  WeirSqlGuard *self = data;

  if (self->is_ours || is_allowed (self, action, first, second, schema))
    return SQLITE_OK;
  if (self->refused != NULL)
    return SQLITE_DENY;

  if (action == SQLITE_READ)
    self->refused = g_strdup_printf ("“%s” cannot be read here", first);
  else if (action == SQLITE_FUNCTION)
    self->refused = g_strdup_printf ("the function “%s” cannot be used here", second);
  else if (action == SQLITE_PRAGMA)
    self->refused = g_strdup_printf ("PRAGMA %s cannot be used here", first);
  else
    self->refused = g_strdup ("only reading is allowed here: SELECT, WITH … SELECT or VALUES");
  return SQLITE_DENY;
}

static int
progress (void *data)
{
  WeirSqlGuard *self = data;

  if (g_cancellable_is_cancelled (self->cancellable) ||
      (self->deadline > 0 && g_get_monotonic_time () > self->deadline))
    self->is_stopped = TRUE;
  return self->is_stopped;
}

/* A function that looks like a table declares its columns when it is first used, which the
 * authorizer would take for the making of a table. Those that were not used here cannot be. */
static void
declare_tables (sqlite3 *db)
{
  static const char *const tables[] = { "json_each", "json_tree" };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM %s ('[]')", tables[i]);

      sqlite3_exec (db, sql, NULL, NULL, NULL);
    }
  for (guint i = 0; pragmas[i] != NULL; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM pragma_%s", pragmas[i]);

      sqlite3_exec (db, sql, NULL, NULL, NULL);
    }
}

/**
 * weir_sql_guard_attach:
 * @self: a guard that lives as long as @db
 * @db: a connection
 *
 * Begins to watch over @db.
 */
void
weir_sql_guard_attach (WeirSqlGuard *self,
                       sqlite3      *db)
{
  declare_tables (db);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES);
  sqlite3_limit (db, SQLITE_LIMIT_COLUMN, WEIR_SQL_MAX_COLUMNS);
  sqlite3_limit (db, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit (db, SQLITE_LIMIT_COMPOUND_SELECT, 100);
  sqlite3_limit (db, SQLITE_LIMIT_VDBE_OP, 100000);
  sqlite3_limit (db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
  sqlite3_limit (db, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 1);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_set_authorizer (db, authorize, self);
  sqlite3_progress_handler (db, PROGRESS_STEPS, progress, self);
}

/**
 * weir_sql_guard_begin:
 * @self: a guard
 * @cancellable: (nullable): stops the question
 *
 * A question begins; its time runs.
 */
void
weir_sql_guard_begin (WeirSqlGuard *self,
                      GCancellable *cancellable)
{
  self->cancellable = cancellable;
  self->deadline = g_get_monotonic_time () + DEADLINE_US;
  self->is_select = self->is_checked = self->is_stopped = FALSE;
  g_clear_pointer (&self->refused, g_free);
}

/**
 * weir_sql_guard_end:
 * @self: a guard
 *
 * The question is over.
 */
void
weir_sql_guard_end (WeirSqlGuard *self)
{
  self->cancellable = NULL;
  self->deadline = 0;
  self->is_stopped = FALSE;
  g_clear_pointer (&self->refused, g_free);
}
