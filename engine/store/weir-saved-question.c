/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-saved-question.h"

#include <string.h>

#include "weir-catalog-query.h"
#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-persons-query.h"
#include "weir-queries.h"
#include "weir-question.h"
#include "weir-sql-question.h"

typedef gpointer (*ParseFunc) (const char *json, gssize length, GError **error);

/* The kinds that are no answers made of rows of events. */
static const struct {
  const char *kind;
  ParseFunc parse;
  GDestroyNotify free;
} kinds[] = {
  { "events", (ParseFunc) weir_events_query_new_from_json,
    (GDestroyNotify) weir_events_query_free },
  { "catalog", (ParseFunc) weir_catalog_query_new_from_json,
    (GDestroyNotify) weir_catalog_query_free },
  { "persons", (ParseFunc) weir_persons_query_new_from_json,
    (GDestroyNotify) weir_persons_query_free },
  { "sql", (ParseFunc) weir_sql_question_new_from_json,
    (GDestroyNotify) weir_sql_question_free },
  { "stats", NULL, NULL },
};

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

/* What is saved must be a question that can be asked. */
static gboolean
check (const char  *kind,
       const char  *json,
       GError     **error)
{
  g_autoptr(WeirQuestion) question = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gpointer parsed;

      if (!g_str_equal (kind, kinds[i].kind))
        continue;
      if (kinds[i].parse == NULL)
        return TRUE;
      parsed = kinds[i].parse (json, -1, error);
      if (parsed != NULL)
        kinds[i].free (parsed);
      return parsed != NULL;
    }

  question = weir_question_new_from_json (json, -1, error);
  return question != NULL;
}

static gboolean
read_question (WeirSavedQuestion  *self,
               JsonObject         *body,
               GError            **error)
{
  JsonNode *node = json_object_get_member (body, "question");
  JsonNode *kind = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, "the body must be {\"question\":{\"kind\":…}}");
  kind = json_object_get_member (json_node_get_object (node), "kind");
  if (kind == NULL || !JSON_NODE_HOLDS_VALUE (kind) ||
      json_node_get_value_type (kind) != G_TYPE_STRING)
    return refuse (error, "the question has no kind");

  self->kind = json_node_dup_string (kind);
  self->definition = json_to_string (node, FALSE);
  if (strlen (self->definition) > WEIR_QUESTION_MAX_BYTES)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
                           "a saved question has at most 64 KiB");
      return FALSE;
    }
  return check (self->kind, self->definition, error);
}

/**
 * weir_saved_question_new_from_json:
 * @name: what it is to be called
 * @json: the request's body, `{"question":{…}}`
 * @length: its length in bytes
 * @error: return location for an error
 *
 * Reads a question that is to be saved, of any kind that can be asked, or `sql`.
 *
 * Returns: (transfer full) (nullable): a question, or %NULL with %WEIR_ERROR_INVALID_JSON,
 *   %WEIR_ERROR_INVALID_REQUEST or %WEIR_ERROR_TOO_LARGE
 */
WeirSavedQuestion *
weir_saved_question_new_from_json (const char  *name,
                                   const char  *json,
                                   gsize        length,
                                   GError     **error)
{
  g_autoptr(WeirSavedQuestion) self = g_new0 (WeirSavedQuestion, 1);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (strlen (name) > WEIR_QUESTION_MAX_NAME)
    {
      refuse (error, "the name of a question has at most 200 bytes");
      return NULL;
    }
  if (length == 0 || !weir_json_load (parser, json, (gssize) length))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "the question is not readable as JSON");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      refuse (error, "the body must be {\"question\":{\"kind\":…}}");
      return NULL;
    }
  self->name = g_strdup (name);
  if (!read_question (self, json_node_get_object (root), error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_saved_question_free:
 * @self: (transfer full): a question
 */
void
weir_saved_question_free (WeirSavedQuestion *self)
{
  g_free (self->name);
  g_free (self->kind);
  g_free (self->definition);
  g_free (self);
}
