/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-persons-query.h"

#include <stdio.h>

#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-question-json.h"

#define MAX_SEARCH_BYTES 512

static gboolean
read_cursor (WeirPersonsQuery  *self,
             JsonObject        *object,
             GError           **error)
{
  g_autofree char *cursor = NULL;
  char rest;

  if (!weir_question_read_text (object, "cursor", 64, &cursor, error))
    return FALSE;
  if (cursor == NULL)
    return TRUE;
  if (sscanf (cursor, "%u-%u%c", &self->rank, &self->person, &rest) != 2)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "\"cursor\" is not one that an answer gave");
      return FALSE;
    }
  return TRUE;
}

/**
 * weir_persons_query_new_from_json:
 * @json: the request's body
 * @length: its length in bytes, or -1
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the question, or %NULL with %WEIR_ERROR_INVALID_JSON or
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirPersonsQuery *
weir_persons_query_new_from_json (const char  *json,
                                  gssize       length,
                                  GError     **error)
{
  g_autoptr(WeirPersonsQuery) self = g_new0 (WeirPersonsQuery, 1);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonObject *object;
  JsonNode *root;
  gint64 limit = 50;

  if (!weir_json_load (parser, json, length))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "the body is not readable as JSON");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "the body must be an object");
      return NULL;
    }
  object = json_node_get_object (root);
  if (!weir_question_read_text (object, "search", MAX_SEARCH_BYTES, &self->search, error) ||
      !weir_question_read_integer (
          object, "limit", 0, WEIR_PERSONS_QUERY_MAX_LIMIT, &limit, error) ||
      !read_cursor (self, object, error))
    return NULL;
  self->limit = (guint) limit;

  return g_steal_pointer (&self);
}

/**
 * weir_persons_query_free:
 * @self: (transfer full): a question
 */
void
weir_persons_query_free (WeirPersonsQuery *self)
{
  g_free (self->search);
  g_free (self);
}
