/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-table.h"

#include <libgda/libgda.h>
#include <stdio.h>
#include <string.h>

#include "weir-csv.h"
#include "weir-error.h"
#include "weir-transfer-event.h"

/*
 * A table, read page by page along its key, so that memory is bounded whatever the provider does,
 * and a place is the key of the last row. Everything is asked for as text: that is exact, where
 * libgda's integers have 32 bits and its times lose their zone.
 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdaDataModel, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdaSet, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdaStatement, g_object_unref)

#define GROUP     "place"
#define PAGE_ROWS 1000

/* How the database's own number of a row is called where it is asked for. */
#define ROW_NUMBER "weir_row_number"

typedef struct {
  WeirImportSource parent;
  char *name;
  WeirImportMapping *mapping;
  GdaConnection *connection;
  GdaSqlParser *parser;
  char *from;              /* SQL: what is read */
  const char *columns;     /* SQL: what of it */
  char *quoted_key;        /* SQL: its key */
  guint n_columns;
  guint key_column;
  gboolean is_key_whole;   /* it is a whole number */
  gboolean is_key_place;   /* it is where PostgreSQL keeps the row */
  GType *types;            /* that all columns are asked for */
  GdaDataModel *page;
  int page_row;            /* of the page, the next one */
  char *last_key;          /* of the row before the next; NULL at the beginning */
  guint64 n_rows;          /* up to there */
  const char **values;
  GString *text;           /* of a bad row */
} WeirImportTable;

static void
table_free (WeirImportSource *source)
{
  WeirImportTable *self = (WeirImportTable *) source;

  g_clear_object (&self->page);
  g_clear_object (&self->parser);
  if (self->connection != NULL)
    gda_connection_close_no_warning (self->connection);
  g_clear_object (&self->connection);
  g_free (self->name);
  g_free (self->from);
  g_free (self->quoted_key);
  g_free (self->types);
  g_free (self->last_key);
  g_free (self->values);
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* What a database says may span lines, of which the first says it. */
static gboolean
fail (GError     **error,
      const char  *what,
      GError      *why)
{
  g_autofree char *text = g_strdup (why != NULL ? why->message : "libgda does not say why");

  text[strcspn (text, "\r\n")] = '\0';
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s: %s", what, text);
  return FALSE;
}

static GdaDataModel *
select_rows (WeirImportTable  *self,
             const char       *sql,
             GType            *types,
             GError          **error)
{
  g_autoptr(GdaStatement) statement = NULL;
  g_autoptr(GdaSet) parameters = NULL;
  g_autoptr(GError) why = NULL;
  GdaDataModel *model = NULL;

  statement = gda_sql_parser_parse_string (self->parser, sql, NULL, &why);
  if (statement != NULL && gda_statement_get_parameters (statement, &parameters, &why))
    {
      if (parameters != NULL && self->is_key_whole)
        gda_set_set_holder_value (parameters, &why, "last",
                                  g_ascii_strtoll (self->last_key, NULL, 10));
      else if (parameters != NULL)
        gda_set_set_holder_value (parameters, &why, "last", self->last_key);
      if (why == NULL)
        model = gda_connection_statement_execute_select_full (
          self->connection, statement, parameters, GDA_STATEMENT_MODEL_RANDOM_ACCESS, types, &why);
    }
  if (model == NULL)
    fail (error, "the table cannot be read", why);
  return model;
}

static const char *
get_text (GdaDataModel  *model,
          guint          column,
          int            row,
          GError       **error)
{
  g_autoptr(GError) why = NULL;
  const GValue *value = gda_data_model_get_value_at (model, (int) column, row, &why);

  if (value == NULL)
    fail (error, "a row cannot be read", why);
  return value != NULL && G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;
}

/* One row more than is used, so that a key that is there twice is seen across pages too.
 *
 * Rows come in the order of their places by themselves when they are asked for by place; to be
 * asked to sort them makes PostgreSQL read the rest of the table for each page. */
static gboolean
read_page (WeirImportTable  *self,
           GError          **error)
{
  g_autofree char *where =
    self->last_key != NULL ? g_strdup_printf (" WHERE %s > ##last::%s", self->quoted_key,
                                              self->is_key_whole ? "gint64" : "string") : NULL;
  g_autofree char *sql =
    g_strdup_printf ("SELECT %s FROM %s%s%s%s LIMIT %d", self->columns, self->from,
                     where != NULL ? where : "", self->is_key_place ? "" : " ORDER BY ",
                     self->is_key_place ? "" : self->quoted_key, PAGE_ROWS + 1);

  g_clear_object (&self->page);
  self->page_row = 0;
  self->page = select_rows (self, sql, self->types, error);
  return self->page != NULL;
}

static gboolean
fail_twice (const char  *key,
            GError     **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "two rows have the key “%s”; name another column with --key, or make one: "
               "--query 'SELECT row_number () OVER (ORDER BY …) AS id, * FROM …'", key);
  return FALSE;
}

/* A place is `(page,number)`. */
static gboolean
is_place_behind (const char *place,
                 const char *other)
{
  guint page, number, other_page, other_number;

  return sscanf (place, "(%u,%u)", &page, &number) == 2 &&
         other != NULL && sscanf (other, "(%u,%u)", &other_page, &other_number) == 2 &&
         (page > other_page || (page == other_page && number > other_number));
}

static gboolean
take_key (WeirImportTable  *self,
          GError          **error)
{
  g_autoptr(GError) why = NULL;
  const char *key = get_text (self->page, self->key_column, self->page_row, &why);

  if (why != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  if (key == NULL)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                           "the key is empty in a row; name another column with --key");
      return FALSE;
    }
  if (g_strcmp0 (key, self->last_key) == 0)
    return fail_twice (key, error);
  if (self->is_key_place && !is_place_behind (key, self->last_key))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                           "the rows come in no order; name a column with --key");
      return FALSE;
    }
  g_free (self->last_key);
  self->last_key = g_strdup (key);
  return TRUE;
}

static gboolean
load_row (WeirImportTable  *self,
          GError          **error)
{
  g_autoptr(GError) why = NULL;

  for (guint i = 0; i < self->n_columns; i++)
    {
      self->values[i] = get_text (self->page, i, self->page_row, &why);
      if (why != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
    }
  return TRUE;
}

static WeirImportNext
refuse (WeirImportTable *self,
        WeirImportRow   *row,
        const char      *reason)
{
  g_string_truncate (self->text, 0);
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (i > 0)
        g_string_append_c (self->text, ',');
      weir_csv_append_text (self->text, self->values[i]);
    }
  row->data = self->text->str;
  row->length = self->text->len;
  row->reason = reason;
  return WEIR_IMPORT_BAD_ROW;
}

static WeirImportNext
translate (WeirImportTable *self,
           WeirImportRow   *row)
{
  const char *reason = NULL;

  row->number = ++self->n_rows;
  g_free (row->made_id);
  row->made_id = weir_transfer_make_id (self->name, 0, self->last_key, strlen (self->last_key));
  g_string_truncate (row->json, 0);
  for (guint i = 0; i < self->n_columns && reason == NULL; i++)
    if (self->values[i] != NULL && !g_utf8_validate (self->values[i], -1, NULL))
      reason = "the row is not valid UTF-8";
  if (reason == NULL)
    reason = weir_import_mapping_translate (self->mapping, self->values, self->name, row->made_id,
                                            row->json);
  if (reason != NULL)
    return refuse (self, row, reason);
  row->data = row->json->str;
  row->length = row->json->len;
  return WEIR_IMPORT_EVENT;
}

/* The last row of a full page is only looked at: it is the first of the next. */
static gboolean
is_page_behind (WeirImportTable *self)
{
  return self->page == NULL || (self->page_row == PAGE_ROWS &&
                                gda_data_model_get_n_rows (self->page) > PAGE_ROWS);
}

static gboolean
check_next_key (WeirImportTable  *self,
                GError          **error)
{
  const char *next;

  if (self->page == NULL)
    return TRUE;
  next = get_text (self->page, self->key_column, self->page_row, NULL);
  return g_strcmp0 (next, self->last_key) != 0 || fail_twice (next, error);
}

static WeirImportNext
table_next (WeirImportSource  *source,
            WeirImportRow     *row,
            GCancellable      *cancellable,
            GError           **error)
{
  WeirImportTable *self = (WeirImportTable *) source;

  if (is_page_behind (self) && (!check_next_key (self, error) || !read_page (self, error)))
    return WEIR_IMPORT_FAILED;
  if (self->page_row >= gda_data_model_get_n_rows (self->page))
    return WEIR_IMPORT_END;
  if (!take_key (self, error) || !load_row (self, error))
    return WEIR_IMPORT_FAILED;
  self->page_row++;
  return translate (self, row);
}

static void
table_save_place (WeirImportSource *source,
                  GKeyFile         *state)
{
  WeirImportTable *self = (WeirImportTable *) source;

  g_key_file_set_uint64 (state, GROUP, "rows", self->n_rows);
  if (self->last_key != NULL)
    g_key_file_set_string (state, GROUP, "key", self->last_key);
}

static gboolean
table_restore_place (WeirImportSource  *source,
                     GKeyFile          *state,
                     GCancellable      *cancellable,
                     GError           **error)
{
  WeirImportTable *self = (WeirImportTable *) source;

  if (state == NULL || !g_key_file_has_key (state, GROUP, "key", NULL))
    return TRUE;
  g_free (self->last_key);
  self->last_key = g_key_file_get_string (state, GROUP, "key", NULL);
  self->n_rows = g_key_file_get_uint64 (state, GROUP, "rows", NULL);
  return TRUE;
}

static void
table_get_progress (WeirImportSource *source,
                    guint64          *done,
                    guint64          *total)
{
  *done = *total = 0;
}

static gboolean
open_connection (WeirImportTable          *self,
                 const WeirImportOptions  *options,
                 GError                  **error)
{
  g_autoptr(GError) why = NULL;

  gda_init ();
  self->connection = gda_connection_open_from_string (NULL, options->from, NULL,
                                                      GDA_CONNECTION_OPTIONS_READ_ONLY, &why);
  if (self->connection == NULL)
    return fail (error, "the database cannot be opened", why);
  self->parser = gda_connection_create_parser (self->connection);
  if (self->parser == NULL)
    self->parser = gda_sql_parser_new ();
  return TRUE;
}

static char *
quote (WeirImportTable *self,
       const char      *name)
{
  return gda_sql_identifier_quote (name, self->connection, NULL, FALSE, TRUE);
}

static void
set_from (WeirImportTable          *self,
          const WeirImportOptions  *options)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_auto(GStrv) parts = NULL;
  g_autofree char *query = g_strdup (options->query);

  if (query != NULL)
    {
      g_strchomp (query);
      if (g_str_has_suffix (query, ";"))
        query[strlen (query) - 1] = '\0';
      self->from = g_strdup_printf ("(%s) AS weir_rows", query);
      return;
    }
  parts = g_strsplit (options->table, ".", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *part = quote (self, parts[i]);

      g_string_append_printf (out, "%s%s", i > 0 ? "." : "", part);
    }
  self->from = g_strdup (out->str);
}

static gboolean
is_whole_type (GType type)
{
  return type == G_TYPE_INT || type == G_TYPE_UINT || type == G_TYPE_INT64 || type == G_TYPE_LONG ||
         type == GDA_TYPE_SHORT || type == G_TYPE_CHAR;
}

static WeirColumnType
get_column_type (GType type)
{
  if (type == G_TYPE_BOOLEAN)
    return WEIR_COLUMN_BOOLEAN;
  return is_whole_type (type) || type == G_TYPE_DOUBLE || type == G_TYPE_FLOAT ||
         type == GDA_TYPE_NUMERIC || type == GDA_TYPE_NULL ? WEIR_COLUMN_ANY : WEIR_COLUMN_TEXT;
}

/* Databases number the rows of their tables for themselves; that number is good for as long as the
 * table is only added to. */
static gboolean
use_row_number (WeirImportTable         *self,
                const WeirImportOptions *options)
{
  const char *provider = gda_connection_get_provider_name (self->connection);

  if (options->key != NULL || options->table == NULL)
    return FALSE;
  if (g_strcmp0 (provider, "PostgreSQL") == 0)
    {
      self->columns = "ctid AS " ROW_NUMBER ", *";
      self->quoted_key = g_strdup ("ctid");
      self->is_key_place = TRUE;
      self->last_key = g_strdup ("(0,0)");   /* before all rows */
    }
  else if (g_strcmp0 (provider, "SQLite") == 0)
    {
      self->columns = "rowid AS " ROW_NUMBER ", *";
      self->quoted_key = g_strdup ("rowid");
      self->is_key_whole = TRUE;
    }
  return self->quoted_key != NULL;
}

static GdaDataModel *
describe (WeirImportTable  *self,
          GError          **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s LIMIT 1", self->columns, self->from);

  return select_rows (self, sql, NULL, error);
}

static gboolean
has_column (GdaDataModel *model,
            const char   *name)
{
  for (int i = 0; i < gda_data_model_get_n_columns (model); i++)
    {
      const char *other = gda_column_get_name (gda_data_model_describe_column (model, i));

      if (other != NULL && g_ascii_strcasecmp (other, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
take_columns (WeirImportTable  *self,
              GdaDataModel     *model,
              const char       *key,
              GError          **error)
{
  g_autofree const char **names = NULL;
  gboolean is_ours = self->quoted_key != NULL;

  self->n_columns = (guint) gda_data_model_get_n_columns (model);
  names = g_new0 (const char *, self->n_columns + 1);
  self->values = g_new0 (const char *, self->n_columns + 1);
  self->types = g_new (GType, self->n_columns + 1);
  self->key_column = self->n_columns;
  for (guint i = 0; i < self->n_columns; i++)
    {
      GdaColumn *column = gda_data_model_describe_column (model, (int) i);

      names[i] = gda_column_get_name (column);
      self->types[i] = G_TYPE_STRING;
      if (names[i] == NULL)
        names[i] = "";
      if (g_ascii_strcasecmp (names[i], key) == 0)
        {
          self->key_column = i;
          if (!is_ours)
            {
              self->is_key_whole = is_whole_type (gda_column_get_g_type (column));
              self->quoted_key = quote (self, names[i]);
            }
        }
    }
  self->types[self->n_columns] = G_TYPE_NONE;
  if (self->quoted_key == NULL)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "there is no column “%s” to put the rows in order; name one with --key that is "
                   "another in each row", key);
      return FALSE;
    }
  if (!weir_import_mapping_begin (self->mapping, names, self->n_columns, error))
    return FALSE;
  for (guint i = 0; i < self->n_columns; i++)
    weir_import_mapping_set_type (
      self->mapping, i,
      get_column_type (gda_column_get_g_type (gda_data_model_describe_column (model, (int) i))));
  return TRUE;
}

/**
 * weir_import_table_new:
 * @options: the database and what of it
 * @mapping: the columns, borrowed for as long as the source lives
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a source
 */
WeirImportSource *
weir_import_table_new (const WeirImportOptions  *options,
                       WeirImportMapping        *mapping,
                       GError                  **error)
{
  WeirImportTable *self = g_new0 (WeirImportTable, 1);
  g_autoptr(WeirImportSource) source = &self->parent;
  g_autoptr(GdaDataModel) model = NULL;
  const char *key = options->key != NULL ? options->key : "id";

  self->parent.next = table_next;
  self->parent.save_place = table_save_place;
  self->parent.restore_place = table_restore_place;
  self->parent.get_progress = table_get_progress;
  self->parent.free = table_free;
  self->name = g_strdup (options->name);
  self->mapping = mapping;
  self->text = g_string_new (NULL);
  if (!open_connection (self, options, error))
    return NULL;
  self->columns = "*";
  set_from (self, options);
  model = describe (self, error);
  if (model != NULL && !has_column (model, key) && use_row_number (self, options))
    {
      key = ROW_NUMBER;
      weir_import_mapping_skip (mapping, key);
      g_object_unref (model);
      model = describe (self, error);
    }
  if (model == NULL || !take_columns (self, model, key, error))
    return NULL;
  return g_steal_pointer (&source);
}
