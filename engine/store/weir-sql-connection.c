/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-connection.h"

#include <libgda/libgda.h>
#include <string.h>

#include "weir-csv.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-sql-guard.h"
#include "weir-sql-row.h"
#include "weir-sqlite.h"

/*
 * libgda opens an empty database in memory, and the store's file is attached to it read-only: a
 * file that libgda opens itself is opened for writing, whatever its read-only option says.
 *
 * The question never passes libgda's parser, which rewrites what it understands and takes `##x` for
 * a parameter. SQLite compiles it, under the guard, as a temporary view, and libgda reads the view:
 * so `WITH … SELECT`, `VALUES` and leading comments work. Each row comes as one text, for the
 * columns of libgda have one type each and its integers 32 bits.
 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdaDataModel, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdaDataModelIter, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdaStatement, g_object_unref)

#define MAX_ANSWER_BYTES (32 * 1024 * 1024)

struct _WeirSqlConnection {
  GdaConnection *connection;
  GdaSqlParser *parser;
  sqlite3 *db;               /* what is behind it */
  WeirSqlGuard guard;
  WeirSqlRow row;
};

/* The connection that libgda opens in this thread, so that the handle finds its way to it. */
static GPrivate opening;

static int
opened (sqlite3                    *db,
        const char                **message,
        const sqlite3_api_routines *api)
{
  WeirSqlConnection *self = g_private_get (&opening);

  if (self != NULL)
    self->db = db;
  return SQLITE_OK;
}

static gboolean
open_connection (WeirSqlConnection  *self,
                 GError            **error)
{
  g_autoptr(GError) why = NULL;

  gda_init ();
  g_private_set (&opening, self);
  sqlite3_auto_extension ((void (*) (void)) opened);
  self->connection = gda_connection_open_from_string ("SQLite", "DB_NAME=:memory:", NULL,
                                                      GDA_CONNECTION_OPTIONS_NONE, &why);
  sqlite3_cancel_auto_extension ((void (*) (void)) opened);
  g_private_set (&opening, NULL);

  if (self->connection == NULL || self->db == NULL)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "SQL cannot be answered: %s",
                   why != NULL ? why->message : "libgda has a SQLite of its own");
      return FALSE;
    }
  self->parser = gda_connection_create_parser (self->connection);
  if (self->parser == NULL)
    self->parser = gda_sql_parser_new ();
  return TRUE;
}

static gboolean
attach_store (WeirSqlConnection  *self,
              const char         *path,
              gboolean            immutable,
              GError            **error)
{
  g_autofree char *uri = weir_sqlite_dup_uri (path, immutable);
  char *sql = sqlite3_mprintf ("ATTACH %Q AS store", uri);
  gboolean ok;

  /* Without it the name would be taken for that of a new file. */
  if (!sqlite3_compileoption_used ("USE_URI"))
    {
      sqlite3_free (sql);
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "SQL cannot be answered: this SQLite opens no file by its URI");
      return FALSE;
    }
  ok = weir_sqlite_run (self->db, sql, "the store", "read", error) &&
       weir_sqlite_run (self->db,
                        "PRAGMA store.wal_autocheckpoint = 0; PRAGMA store.cache_size = -4096;"
                        "PRAGMA temp_store = FILE; PRAGMA query_only = 1;"
                        "SELECT 1 FROM store.state",
                        "the store", "read", error);
  sqlite3_free (sql);
  sqlite3_busy_timeout (self->db, 2000);

  return ok;
}

/**
 * weir_sql_connection_new:
 * @path: a store's file
 * @immutable: nobody writes the file; it may lie where we may not write either
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a connection
 */
WeirSqlConnection *
weir_sql_connection_new (const char  *path,
                         gboolean     immutable,
                         GError     **error)
{
  g_autoptr(WeirSqlConnection) self = g_new0 (WeirSqlConnection, 1);

  if (!open_connection (self, error) || !attach_store (self, path, immutable, error))
    return NULL;
  if (!weir_sql_row_register (&self->row, self->db))
    {
      weir_sqlite_fail (self->db, "the store", "read", error);
      return NULL;
    }
  weir_sql_guard_attach (&self->guard, self->db);

  return g_steal_pointer (&self);
}

/**
 * weir_sql_connection_free:
 * @self: (transfer full): a connection
 */
void
weir_sql_connection_free (WeirSqlConnection *self)
{
  g_clear_object (&self->parser);
  if (self->connection != NULL)
    gda_connection_close_no_warning (self->connection);
  g_clear_object (&self->connection);
  weir_sql_guard_end (&self->guard);
  g_free (self);
}

/* Whatever went wrong while the question was compiled or run. */
static gboolean
fail (WeirSqlConnection  *self,
      const char         *message,
      GError            **error)
{
  switch (sqlite3_errcode (self->db) & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_NOMEM:
      if (!self->guard.is_stopped)
        return weir_sqlite_fail (self->db, "the store", "read", error);
      break;
    default:
      break;
    }

  if (self->guard.is_stopped)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_TIMEOUT,
                         "the question took longer than 10 s and was stopped");
  else
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                         self->guard.refused != NULL ? self->guard.refused : message);
  return FALSE;
}

static gboolean
refuse (const char  *message,
        GError     **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

static char *
quote_columns (sqlite3_stmt *statement)
{
  g_autoptr(GString) names = g_string_new (NULL);

  for (int i = 0; i < sqlite3_column_count (statement); i++)
    g_string_append_printf (names, "%sc%d", i > 0 ? ", " : "", i);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static GPtrArray *
dup_column_names (sqlite3_stmt *statement)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < sqlite3_column_count (statement); i++)
    g_ptr_array_add (names, g_utf8_make_valid (sqlite3_column_name (statement, i), -1));
  return names;
}

/* Whether nothing but white space and comments is left. */
static gboolean
is_only_one (WeirSqlConnection  *self,
             const char         *tail,
             GError            **error)
{
  sqlite3_stmt *next = NULL;
  const char *end = tail;
  int code = SQLITE_OK;

  while (code == SQLITE_OK && next == NULL && *end != '\0')
    {
      tail = end;
      code = sqlite3_prepare_v2 (self->db, tail, -1, &next, &end);
      if (end == tail)
        break;
    }
  sqlite3_finalize (next);

  return (code == SQLITE_OK && next == NULL) || refuse ("only one statement can be asked", error);
}

static gboolean
check_statement (WeirSqlConnection  *self,
                 sqlite3_stmt       *statement,
                 const char         *tail,
                 GError            **error)
{
  if (statement == NULL)
    return refuse ("the SQL holds no statement", error);
  if (sqlite3_stmt_isexplain (statement) || !self->guard.is_select ||
      !sqlite3_stmt_readonly (statement))
    return refuse ("only SELECT, WITH … SELECT and VALUES are answered; tables are described by "
                   "SELECT * FROM pragma_table_info ('events')", error);
  return is_only_one (self, tail, error);
}

/* Our own statement around the question: nothing but the question is under the guard, which has
 * let it pass by itself. */
static gboolean
make_view (WeirSqlConnection  *self,
           const char         *columns,
           const char         *sql,
           gsize               length,
           GError            **error)
{
  g_autofree char *create =
      g_strdup_printf ("CREATE TEMP VIEW weir_answer (%s) AS %.*s", columns, (int) length, sql);
  gboolean ok;

  self->guard.is_ours = TRUE;
  ok = sqlite3_exec (self->db, "PRAGMA query_only = 0", NULL, NULL, NULL) == SQLITE_OK &&
       (sqlite3_exec (self->db, create, NULL, NULL, NULL) == SQLITE_OK ||
        fail (self, sqlite3_errmsg (self->db), error));
  sqlite3_exec (self->db, "PRAGMA query_only = 1", NULL, NULL, NULL);
  self->guard.is_ours = FALSE;

  return ok;
}

static void
drop_view (WeirSqlConnection *self)
{
  self->guard.is_ours = TRUE;
  sqlite3_exec (self->db,
                "PRAGMA query_only = 0; DROP VIEW IF EXISTS temp.weir_answer;"
                "PRAGMA query_only = 1",
                NULL, NULL, NULL);
  self->guard.is_ours = FALSE;
}

/* Compiles the question. Returns the names of its columns, and a view to read it from. */
static GPtrArray *
prepare (WeirSqlConnection  *self,
         const char         *sql,
         char              **columns,
         GError            **error)
{
  sqlite3_stmt *statement = NULL;
  g_autoptr(GPtrArray) names = NULL;
  const char *tail = sql;
  gsize length;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, &tail) != SQLITE_OK)
    {
      fail (self, sqlite3_errmsg (self->db), error);
      return NULL;
    }
  if (check_statement (self, statement, tail, error))
    {
      names = dup_column_names (statement);
      *columns = quote_columns (statement);
    }
  sqlite3_finalize (statement);
  if (names == NULL)
    return NULL;

  length = (gsize) (tail - sql);
  if (length > 0 && sql[length - 1] == ';')
    length--;
  return make_view (self, *columns, sql, length, error) ? g_steal_pointer (&names) : NULL;
}

static GdaDataModel *
execute (WeirSqlConnection  *self,
         const char         *columns,
         guint               limit,
         GError            **error)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT weir_row (%s) AS r FROM weir_answer LIMIT %u", columns, limit + 1);
  GType types[] = { G_TYPE_STRING, G_TYPE_NONE };
  g_autoptr(GdaStatement) statement = NULL;
  g_autoptr(GError) why = NULL;
  GdaDataModel *model = NULL;

  self->guard.is_checked = TRUE;
  statement = gda_sql_parser_parse_string (self->parser, sql, NULL, &why);
  if (statement != NULL)
    model = gda_connection_statement_execute_select_full (
        self->connection, statement, NULL, GDA_STATEMENT_MODEL_CURSOR_FORWARD, types, &why);
  if (model == NULL)
    fail (self, why != NULL ? why->message : "the question failed", error);

  return model;
}

/* Why there are no more rows: the end, or a failure that libgda notes in the model. */
static gboolean
is_at_end (WeirSqlConnection  *self,
           GdaDataModel       *model,
           GError            **error)
{
  GError **exceptions = gda_data_model_get_exceptions (model);

  if (self->guard.is_stopped)
    return fail (self, "", error);
  if (exceptions != NULL && exceptions[0] != NULL)
    return fail (self, exceptions[0]->message, error);
  return TRUE;
}

static gboolean
read_rows (WeirSqlConnection      *self,
           GdaDataModel           *model,
           const WeirSqlQuestion  *question,
           GString                *rows,
           gboolean               *is_truncated,
           GError                **error)
{
  g_autoptr(GdaDataModelIter) iter = gda_data_model_create_iter (model);
  guint n_rows = 0;

  while (gda_data_model_iter_move_next (iter))
    {
      g_autoptr(GError) why = NULL;
      const GValue *value = gda_data_model_iter_get_value_at_e (iter, 0, &why);

      if (value == NULL || !G_VALUE_HOLDS_STRING (value))
        return fail (self, why != NULL ? why->message : "a row cannot be read", error);
      *is_truncated = n_rows >= question->limit || rows->len >= MAX_ANSWER_BYTES;
      if (*is_truncated)
        return TRUE;
      if (n_rows++ > 0 && !question->wants_csv)
        g_string_append_c (rows, ',');
      g_string_append (rows, g_value_get_string (value));
    }

  return is_at_end (self, model, error);
}

static GBytes *
make_table (GPtrArray *names,
            GString   *rows)
{
  g_autoptr(GString) out = g_string_sized_new (rows->len + 1024);

  for (guint i = 0; i < names->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      weir_csv_append_text (out, g_ptr_array_index (names, i));
    }
  g_string_append (out, "\r\n");
  g_string_append_len (out, rows->str, (gssize) rows->len);

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
make_json (WeirSqlConnection *self,
           GPtrArray         *names,
           GString           *rows,
           gboolean           is_truncated,
           gint64             start)
{
  g_autoptr(GString) out = g_string_sized_new (rows->len + 1024);

  g_string_append (out, "{\"columns\":[");
  for (guint i = 0; i < names->len; i++)
    {
      g_string_append (out, i > 0 ? ",{\"name\":" : "{\"name\":");
      weir_json_append_string (out, g_ptr_array_index (names, i), -1);
      g_string_append_printf (out, ",\"type\":\"%s\"}", weir_sql_row_get_type (&self->row, i));
    }
  g_string_append (out, "],\"rows\":[");
  g_string_append_len (out, rows->str, (gssize) rows->len);
  g_string_append_printf (out, "],\"truncated\":%s,\"elapsed_ms\":%.1f}",
                          is_truncated ? "true" : "false",
                          (double) (g_get_monotonic_time () - start) / 1000);

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
answer (WeirSqlConnection      *self,
        const WeirSqlQuestion  *question,
        GError                **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autofree char *columns = NULL;
  g_autoptr(GPtrArray) names = prepare (self, question->sql, &columns, error);
  g_autoptr(GString) rows = g_string_new (NULL);
  g_autoptr(GdaDataModel) model = NULL;
  gboolean is_truncated = FALSE;

  if (names == NULL || (model = execute (self, columns, question->limit, error)) == NULL ||
      !read_rows (self, model, question, rows, &is_truncated, error))
    return NULL;

  return question->wants_csv ? make_table (names, rows)
                             : make_json (self, names, rows, is_truncated, start);
}

/**
 * weir_sql_connection_run:
 * @self: a connection
 * @question: what to answer
 * @cancellable: (nullable): stops it
 * @error: return location for an error
 *
 * Answers a question, within 10 s and with 32 MiB or a little more at most.
 *
 * Returns: (transfer full) (nullable): `{columns:[{name,type}],rows:[[…]],truncated,elapsed_ms}` or
 *   a table; %NULL with %WEIR_ERROR_INVALID_REQUEST and SQLite's message, or %WEIR_ERROR_TIMEOUT
 */
GBytes *
weir_sql_connection_run (WeirSqlConnection      *self,
                         const WeirSqlQuestion  *question,
                         GCancellable           *cancellable,
                         GError                **error)
{
  GBytes *bytes;

  memset (&self->row, 0, sizeof self->row);
  self->row.wants_csv = question->wants_csv;
  weir_sql_guard_begin (&self->guard, cancellable);
  bytes = answer (self, question, error);
  weir_sql_guard_end (&self->guard);
  drop_view (self);

  return bytes;
}
