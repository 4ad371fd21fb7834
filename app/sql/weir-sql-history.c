/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-history.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

struct _WeirSqlHistory
{
  GObject parent_instance;

  char *path;
  GPtrArray *statements;    /* newest first, ends with NULL */
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSqlHistory, weir_sql_history, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* A history that cannot be read is none: it only saves typing. */
static void
load (WeirSqlHistory *self)
{
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonArray *array;

  if (g_file_get_contents (self->path, &text, NULL, NULL))
    node = json_from_string (text, NULL);
  array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL
                    && i < MIN (json_array_get_length (array), WEIR_SQL_HISTORY_LENGTH); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING)
        g_ptr_array_add (self->statements, json_node_dup_string (element));
    }
  g_ptr_array_add (self->statements, NULL);
}

static void
save (WeirSqlHistory *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr(JsonArray) array = json_array_new ();
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; self->statements->pdata[i] != NULL; i++)
    json_array_add_string_element (array, self->statements->pdata[i]);
  json_node_set_array (node, array);
  text = json_to_string (node, FALSE);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &error))
    g_message ("The history was not saved: %s", error->message);
  else if (g_chmod (self->path, 0600) != 0)
    g_message ("The history may be read by others");
}

static void
weir_sql_history_finalize (GObject *object)
{
  WeirSqlHistory *self = WEIR_SQL_HISTORY (object);

  g_free (self->path);
  g_ptr_array_unref (self->statements);

  G_OBJECT_CLASS (weir_sql_history_parent_class)->finalize (object);
}

static void
weir_sql_history_class_init (WeirSqlHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_sql_history_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_sql_history_init (WeirSqlHistory *self)
{
  self->statements = g_ptr_array_new_with_free_func (g_free);
}

/**
 * weir_sql_history_new:
 * @path: (nullable): the file it is in; %NULL for the usual one
 *
 * Returns: (transfer full): the history
 */
WeirSqlHistory *
weir_sql_history_new (const char *path)
{
  WeirSqlHistory *self = g_object_new (WEIR_TYPE_SQL_HISTORY, NULL);

  self->path = path != NULL ? g_strdup (path)
                            : g_build_filename (g_get_user_data_dir (), "weir", "sql-history.json",
                                                NULL);
  load (self);
  return self;
}

/**
 * weir_sql_history_add:
 * @self: a history
 * @sql: a statement that was run
 *
 * Puts a statement in front. One that is there already moves.
 */
void
weir_sql_history_add (WeirSqlHistory *self,
                      const char     *sql)
{
  g_return_if_fail (WEIR_IS_SQL_HISTORY (self));

  if (self->statements->pdata[0] != NULL && g_str_equal (self->statements->pdata[0], sql))
    return;
  for (guint i = 0; self->statements->pdata[i] != NULL; i++)
    {
      if (g_str_equal (self->statements->pdata[i], sql))
        {
          g_ptr_array_remove_index (self->statements, i);
          break;
        }
    }
  g_ptr_array_insert (self->statements, 0, g_strdup (sql));
  if (self->statements->len - 1 > WEIR_SQL_HISTORY_LENGTH)
    g_ptr_array_remove_index (self->statements, self->statements->len - 2);
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * weir_sql_history_clear:
 * @self: a history
 *
 * Forgets all statements.
 */
void
weir_sql_history_clear (WeirSqlHistory *self)
{
  g_return_if_fail (WEIR_IS_SQL_HISTORY (self));

  g_ptr_array_set_size (self->statements, 0);
  g_ptr_array_add (self->statements, NULL);
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * weir_sql_history_get_all:
 * @self: a history
 *
 * Returns: (transfer none) (array zero-terminated=1): the statements, newest first
 */
const char * const *
weir_sql_history_get_all (WeirSqlHistory *self)
{
  g_return_val_if_fail (WEIR_IS_SQL_HISTORY (self), NULL);

  return (const char * const *) self->statements->pdata;
}
