/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-question.h"

#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-question-json.h"

#define MAX_SQL_BYTES (64 * 1024)
#define DEFAULT_LIMIT 1000

/**
 * weir_sql_question_new_from_json:
 * @json: the body of a request, `{"sql":"SELECT …","limit":n}`
 * @length: its length in bytes, or -1
 * @error: return location for an error
 *
 * Reads a question. What its SQL does is judged where it runs.
 *
 * Returns: (transfer full) (nullable): the question, or %NULL with %WEIR_ERROR_INVALID_JSON or
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirSqlQuestion *
weir_sql_question_new_from_json (const char  *json,
                                 gssize       length,
                                 GError     **error)
{
  g_autoptr(WeirSqlQuestion) self = g_new0 (WeirSqlQuestion, 1);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  gint64 limit = DEFAULT_LIMIT;

  if (json == NULL || !weir_json_load (parser, json, length) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON,
                           "the body must be {\"sql\":\"SELECT …\",\"limit\":n}");
      return NULL;
    }
  if (!weir_question_read_text (json_node_get_object (root), "sql", MAX_SQL_BYTES, &self->sql,
                                error) ||
      !weir_question_read_integer (json_node_get_object (root), "limit", 0, WEIR_SQL_MAX_LIMIT,
                                   &limit, error))
    return NULL;
  if (self->sql == NULL)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "“sql” is required");
      return NULL;
    }
  self->limit = (guint) limit;

  return g_steal_pointer (&self);
}

/**
 * weir_sql_question_free:
 * @self: (transfer full): a question
 */
void
weir_sql_question_free (WeirSqlQuestion *self)
{
  g_free (self->sql);
  g_free (self);
}
