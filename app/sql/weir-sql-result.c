/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-result.h"

#include <string.h>

#include "weir-json.h"

struct _WeirSqlRow
{
  GObject parent_instance;

  guint index;
};

struct _WeirSqlResult
{
  GObject parent_instance;

  JsonParser *parser;       /* keeps the answer */
  JsonArray *columns;       /* of the answer */
  JsonArray *rows;          /* of the answer */
  gboolean is_truncated;
  double elapsed;
};

static void weir_sql_result_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE (WeirSqlRow, weir_sql_row, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (WeirSqlResult, weir_sql_result, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      weir_sql_result_list_model_init))

static void
weir_sql_row_class_init (WeirSqlRowClass *klass)
{
}

static void
weir_sql_row_init (WeirSqlRow *self)
{
}

static GType
weir_sql_result_get_item_type (GListModel *model)
{
  return WEIR_TYPE_SQL_ROW;
}

static guint
weir_sql_result_get_n_items (GListModel *model)
{
  return weir_json_array_get_n (WEIR_SQL_RESULT (model)->rows);
}

static gpointer
weir_sql_result_get_item (GListModel *model,
                          guint       position)
{
  WeirSqlRow *row;

  if (position >= weir_sql_result_get_n_items (model))
    return NULL;
  row = g_object_new (WEIR_TYPE_SQL_ROW, NULL);
  row->index = position;
  return row;
}

static void
weir_sql_result_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = weir_sql_result_get_item_type;
  iface->get_n_items = weir_sql_result_get_n_items;
  iface->get_item = weir_sql_result_get_item;
}

static void
weir_sql_result_finalize (GObject *object)
{
  g_clear_object (&WEIR_SQL_RESULT (object)->parser);

  G_OBJECT_CLASS (weir_sql_result_parent_class)->finalize (object);
}

static void
weir_sql_result_class_init (WeirSqlResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_sql_result_finalize;
}

static void
weir_sql_result_init (WeirSqlResult *self)
{
}

static JsonNode *
get_cell (WeirSqlResult *self,
          guint          row,
          guint          column)
{
  JsonNode *node = row < weir_json_array_get_n (self->rows)
                   ? json_array_get_element (self->rows, row) : NULL;
  JsonArray *cells = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                  : NULL;

  return column < weir_json_array_get_n (cells) ? json_array_get_element (cells, column) : NULL;
}

/**
 * weir_sql_result_new:
 * @answer: what a collector answered
 * @error: set when it is no such answer
 *
 * Reads an answer. May be called on any thread.
 *
 * Returns: (transfer full) (nullable): the rows
 */
WeirSqlResult *
weir_sql_result_new (GBytes  *answer,
                     GError **error)
{
  g_autoptr(WeirSqlResult) self = g_object_new (WEIR_TYPE_SQL_RESULT, NULL);
  JsonNode *root;
  JsonObject *object;
  gsize length;
  const char *data = g_bytes_get_data (answer, &length);

  self->parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (self->parser, data != NULL ? data : "", (gssize) length, error))
    return NULL;
  root = json_parser_get_root (self->parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  self->columns = weir_json_get_array (object, "columns");
  self->rows = weir_json_get_array (object, "rows");
  self->is_truncated = weir_json_get_boolean (object, "truncated");
  self->elapsed = weir_json_get_number (object, "elapsed_ms");
  if (self->columns != NULL && self->rows != NULL)
    return g_steal_pointer (&self);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no rows in the answer");
  return NULL;
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;
  WeirSqlResult *self = weir_sql_result_new (task_data, &error);

  if (self != NULL)
    g_task_return_pointer (task, self, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * weir_sql_result_read_async:
 * @answer: what a collector answered
 * @cancellable: (nullable): to stop
 * @callback: called when it is read
 * @user_data: for @callback
 *
 * Reads an answer, on a thread of its own: a large one takes longer than a frame.
 */
void
weir_sql_result_read_async (GBytes              *answer,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, weir_sql_result_read_async);
  g_task_set_task_data (task, g_bytes_ref (answer), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, read_thread);
}

/**
 * weir_sql_result_read_finish:
 * @result: what the callback got
 * @error: set when it is no answer
 *
 * Returns: (transfer full) (nullable): the rows
 */
WeirSqlResult *
weir_sql_result_read_finish (GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weir_sql_result_get_n_columns:
 * @self: a result
 *
 * Returns: how many columns it has
 */
guint
weir_sql_result_get_n_columns (WeirSqlResult *self)
{
  g_return_val_if_fail (WEIR_IS_SQL_RESULT (self), 0);

  return weir_json_array_get_n (self->columns);
}

/**
 * weir_sql_result_get_name:
 * @self: a result
 * @column: index of a column
 *
 * Returns: (transfer none): what it is called
 */
const char *
weir_sql_result_get_name (WeirSqlResult *self,
                          guint          column)
{
  const char *name =
    weir_json_get_text (weir_json_array_get_object (self->columns, column), "name");

  return name != NULL ? name : "";
}

/**
 * weir_sql_result_is_number:
 * @self: a result
 * @column: index of a column
 *
 * Returns: whether it has numbers, which are aligned at their end
 */
gboolean
weir_sql_result_is_number (WeirSqlResult *self,
                           guint          column)
{
  const char *type =
    weir_json_get_text (weir_json_array_get_object (self->columns, column), "type");

  return g_strcmp0 (type, "integer") == 0 || g_strcmp0 (type, "real") == 0;
}

/**
 * weir_sql_result_is_truncated:
 * @self: a result
 *
 * Returns: whether there was more than was answered
 */
gboolean
weir_sql_result_is_truncated (WeirSqlResult *self)
{
  g_return_val_if_fail (WEIR_IS_SQL_RESULT (self), FALSE);

  return self->is_truncated;
}

/**
 * weir_sql_result_get_elapsed:
 * @self: a result
 *
 * Returns: how long it took the collector, in milliseconds
 */
double
weir_sql_result_get_elapsed (WeirSqlResult *self)
{
  g_return_val_if_fail (WEIR_IS_SQL_RESULT (self), 0);

  return self->elapsed;
}

/**
 * weir_sql_result_is_null:
 * @self: a result
 * @row: index of a row
 * @column: index of a column
 *
 * Returns: whether nothing is there
 */
gboolean
weir_sql_result_is_null (WeirSqlResult *self,
                         guint          row,
                         guint          column)
{
  JsonNode *node = get_cell (self, row, column);

  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/**
 * weir_sql_result_dup_text:
 * @self: a result
 * @row: index of a row
 * @column: index of a column
 *
 * Returns: (transfer full): the exact value; empty for null, base64 for a blob
 */
char *
weir_sql_result_dup_text (WeirSqlResult *self,
                          guint          row,
                          guint          column)
{
  JsonNode *node = get_cell (self, row, column);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup (weir_json_get_text (json_node_get_object (node), "base64"));
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  return json_to_string (node, FALSE);
}

/* Nothing, numbers, texts and what is none of these, in the order in which SQLite has them. */
static int
get_rank (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return 0;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return 3;
  return json_node_get_value_type (node) == G_TYPE_STRING ? 2 : 1;
}

static int
compare_numbers (JsonNode *a,
                 JsonNode *b)
{
  double x = json_node_get_double (a), y = json_node_get_double (b);

  if (json_node_get_value_type (a) == G_TYPE_INT64 && json_node_get_value_type (b) == G_TYPE_INT64)
    return (json_node_get_int (a) > json_node_get_int (b))
           - (json_node_get_int (a) < json_node_get_int (b));
  return (x > y) - (x < y);
}

/**
 * weir_sql_result_compare:
 * @self: a result
 * @row: index of a row
 * @other: index of another
 * @column: index of a column
 *
 * Compares two rows: numbers by their size, texts as the reader's language sorts them, nothing
 * before both.
 *
 * Returns: less than 0, 0 or more than 0
 */
int
weir_sql_result_compare (WeirSqlResult *self,
                         guint          row,
                         guint          other,
                         guint          column)
{
  JsonNode *a = get_cell (self, row, column), *b = get_cell (self, other, column);
  int rank = get_rank (a);

  if (rank != get_rank (b))
    return rank - get_rank (b);
  if (rank == 1)
    return compare_numbers (a, b);
  return rank == 2 ? g_utf8_collate (json_node_get_string (a), json_node_get_string (b)) : 0;
}

/* As in RFC 4180. */
static void
append_field (GString    *out,
              const char *text,
              char        separator)
{
  if (strchr (text, separator) == NULL && strpbrk (text, "\"\r\n") == NULL)
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

/**
 * weir_sql_result_append_line:
 * @self: a result
 * @row: index of a row
 * @separator: what is between two values
 * @out: where to append
 *
 * Appends a row as a line of a table, without its end.
 */
void
weir_sql_result_append_line (WeirSqlResult *self,
                             guint          row,
                             char           separator,
                             GString       *out)
{
  for (guint i = 0; i < weir_sql_result_get_n_columns (self); i++)
    {
      g_autofree char *text = weir_sql_result_dup_text (self, row, i);

      if (i > 0)
        g_string_append_c (out, separator);
      append_field (out, text, separator);
    }
}

/**
 * weir_sql_result_to_csv:
 * @self: a result
 *
 * Returns: (transfer full): all rows as a table (RFC 4180) whose first line names the columns
 */
GBytes *
weir_sql_result_to_csv (WeirSqlResult *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < weir_sql_result_get_n_columns (self); i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_field (out, weir_sql_result_get_name (self, i), ',');
    }
  g_string_append (out, "\r\n");
  for (guint i = 0; i < weir_json_array_get_n (self->rows); i++)
    {
      weir_sql_result_append_line (self, i, ',', out);
      g_string_append (out, "\r\n");
    }
  return g_string_free_to_bytes (out);
}

/**
 * weir_sql_result_to_json:
 * @self: a result
 *
 * Returns: (transfer full): all rows as an array of objects
 */
GBytes *
weir_sql_result_to_json (WeirSqlResult *self)
{
  g_autoptr(JsonArray) array = json_array_new ();
  g_autoptr(JsonNode) root = json_node_new (JSON_NODE_ARRAY);
  char *text;

  for (guint i = 0; i < weir_json_array_get_n (self->rows); i++)
    {
      JsonObject *object = json_object_new ();

      for (guint j = 0; j < weir_sql_result_get_n_columns (self); j++)
        {
          JsonNode *cell = get_cell (self, i, j);

          json_object_set_member (object, weir_sql_result_get_name (self, j),
                                  cell != NULL ? json_node_copy (cell)
                                               : json_node_new (JSON_NODE_NULL));
        }
      json_array_add_object_element (array, object);
    }
  json_node_set_array (root, array);
  text = json_to_string (root, TRUE);
  return g_bytes_new_take (text, strlen (text));
}

/**
 * weir_sql_row_get_index:
 * @self: a row
 *
 * Returns: which one it is
 */
guint
weir_sql_row_get_index (WeirSqlRow *self)
{
  g_return_val_if_fail (WEIR_IS_SQL_ROW (self), 0);

  return self->index;
}
