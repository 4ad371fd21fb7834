/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-catalog-query.h"

#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-question-json.h"

#define MAX_EVENT_BYTES 800

/**
 * weir_catalog_query_new:
 * @event: (nullable): tell of the properties of this event alone
 *
 * Returns: (transfer full): a question
 */
WeirCatalogQuery *
weir_catalog_query_new (const char *event)
{
  WeirCatalogQuery *self = g_new0 (WeirCatalogQuery, 1);

  self->event = g_strdup (event);
  self->limit = 50;

  return self;
}

/**
 * weir_catalog_query_new_from_json:
 * @json: the request's body
 * @length: its length in bytes, or -1
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the question, or %NULL with %WEIR_ERROR_INVALID_JSON or
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirCatalogQuery *
weir_catalog_query_new_from_json (const char  *json,
                                  gssize       length,
                                  GError     **error)
{
  g_autoptr(WeirCatalogQuery) self = weir_catalog_query_new (NULL);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;

  if (!weir_json_load (parser, json, length) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON,
                           "the body must be an object");
      return NULL;
    }
  if (!weir_question_read_text (json_node_get_object (root), "event", MAX_EVENT_BYTES,
                                &self->event, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_catalog_query_free:
 * @self: (transfer full): a question
 */
void
weir_catalog_query_free (WeirCatalogQuery *self)
{
  g_free (self->event);
  g_free (self->property);
  g_free (self->prefix);
  g_free (self);
}
