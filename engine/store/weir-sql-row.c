/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-row.h"

#include <math.h>
#include <string.h>

#include "weir-csv.h"
#include "weir-event-json.h"

#define MAX_ROW_BYTES (4 * 1024 * 1024)

/* What text a cell holds: never trusted to be UTF-8, or to be without NUL. */
static void
append_text (WeirSqlRow    *self,
             sqlite3_value *value,
             GString       *out)
{
  const char *text = (const char *) sqlite3_value_text (value);
  g_autofree char *valid = NULL;

  if (text == NULL)
    return;
  valid = g_utf8_make_valid (text, sqlite3_value_bytes (value));
  if (self->wants_csv)
    weir_csv_append_text (out, valid);
  else
    weir_json_append_string (out, valid, strlen (valid));
}

static void
append_blob (WeirSqlRow    *self,
             sqlite3_value *value,
             GString       *out)
{
  gconstpointer data = sqlite3_value_blob (value);
  g_autofree char *text =
      g_base64_encode (data, data != NULL ? (gsize) sqlite3_value_bytes (value) : 0);

  if (self->wants_csv)
    g_string_append (out, text);
  else
    g_string_append_printf (out, "{\"base64\":\"%s\"}", text);
}

static void
append_cell (WeirSqlRow    *self,
             sqlite3_value *value,
             int            type,
             GString       *out)
{
  switch (type)
    {
    case SQLITE_INTEGER:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, (gint64) sqlite3_value_int64 (value));
      break;
    case SQLITE_FLOAT:
      if (isfinite (sqlite3_value_double (value)))
        weir_json_append_double (out, sqlite3_value_double (value));
      else if (!self->wants_csv)
        g_string_append (out, "null");
      break;
    case SQLITE_TEXT:
      append_text (self, value, out);
      break;
    case SQLITE_BLOB:
      append_blob (self, value, out);
      break;
    case SQLITE_NULL:
    default:
      if (!self->wants_csv)
        g_string_append (out, "null");
      break;
    }
}

static void
make_row (sqlite3_context *context,
          int              n_values,
          sqlite3_value  **values)
{
  WeirSqlRow *self = sqlite3_user_data (context);
  GString *out = g_string_new (self->wants_csv ? NULL : "[");
  gsize length;

  for (int i = 0; i < n_values && i < WEIR_SQL_MAX_COLUMNS && out->len <= MAX_ROW_BYTES; i++)
    {
      int type = sqlite3_value_type (values[i]);

      self->types[i] |= 1u << type;
      if (i > 0)
        g_string_append_c (out, ',');
      append_cell (self, values[i], type, out);
    }
  g_string_append (out, self->wants_csv ? "\r\n" : "]");

  length = out->len;
  if (length > MAX_ROW_BYTES)
    {
      g_string_free (out, TRUE);
      sqlite3_result_error (context, "a row of the answer is larger than 4 MiB", -1);
      return;
    }
  sqlite3_result_text (context, g_string_free (out, FALSE), (int) length, g_free);
}

/**
 * weir_sql_row_register:
 * @self: a row maker that lives as long as @db
 * @db: a connection
 *
 * Makes `weir_row ()` known. Whatever the types of its columns are, the row comes through libgda
 * as one text, exactly.
 *
 * Returns: whether it is known
 */
gboolean
weir_sql_row_register (WeirSqlRow *self,
                       sqlite3    *db)
{
  return sqlite3_create_function_v2 (db, "weir_row", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, self,
                                     make_row, NULL, NULL, NULL) == SQLITE_OK;
}

/**
 * weir_sql_row_get_type:
 * @self: a row maker
 * @column: a column
 *
 * Returns: (transfer none): the type of what was in the column
 */
const char *
weir_sql_row_get_type (WeirSqlRow *self,
                       guint       column)
{
  g_return_val_if_fail (column < WEIR_SQL_MAX_COLUMNS, NULL);

  switch (self->types[column] & ~(1u << SQLITE_NULL))
    {
    case 0:
      return "null";
    case 1u << SQLITE_INTEGER:
      return "integer";
    case 1u << SQLITE_FLOAT:
      return "real";
    case 1u << SQLITE_TEXT:
      return "text";
    case 1u << SQLITE_BLOB:
      return "blob";
    default:
      return "mixed";
    }
}
