/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-saved-cohort.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-question.h"

#define MAX_ID 1000

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

/* The definition must be one that a question can ask. */
static gboolean
read_where (WeirSavedCohort  *self,
            JsonNode         *where,
            GError          **error)
{
  g_autofree char *text = json_to_string (where, FALSE);
  g_autofree char *json = g_strdup_printf ("{\"kind\":\"cohort\",\"where\":%s}", text);
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, error);

  if (question == NULL)
    return FALSE;
  self->definition = g_strdup_printf ("{\"where\":%s}", text);

  return TRUE;
}

static gboolean
read_ids (WeirSavedCohort  *self,
          JsonNode         *ids,
          GError          **error)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (ids))
    return refuse (error, "distinct_ids must be an array of strings");
  array = json_node_get_array (ids);
  if (json_array_get_length (array) > WEIR_COHORT_MAX_IDS)
    return refuse (error, "a static cohort has at most 1 000 000 distinct_ids");

  self->distinct_ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autofree char *id = NULL;

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return refuse (error, "distinct_ids must be an array of strings");
      id = g_strstrip (json_node_dup_string (node));
      if (strlen (id) > MAX_ID)
        return refuse (error, "a distinct id is longer than 1 000 bytes");
      if (*id != '\0')
        g_ptr_array_add (self->distinct_ids, g_steal_pointer (&id));
    }
  self->definition = g_strdup ("{\"distinct_ids\":[]}");

  return TRUE;
}

static gboolean
read_definition (WeirSavedCohort  *self,
                 JsonObject       *object,
                 GError          **error)
{
  JsonNode *where = json_object_get_member (object, "where");
  JsonNode *ids = json_object_get_member (object, "distinct_ids");

  if ((where != NULL) == (ids != NULL))
    return refuse (error, "a cohort is {\"where\":…} or {\"distinct_ids\":[…]}");

  return where != NULL ? read_where (self, where, error) : read_ids (self, ids, error);
}

/**
 * weir_saved_cohort_new_from_json:
 * @name: what it is to be called
 * @json: the request's body
 * @length: its length in bytes
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a cohort, or %NULL with %WEIR_ERROR_INVALID_JSON or
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirSavedCohort *
weir_saved_cohort_new_from_json (const char  *name,
                                 const char  *json,
                                 gsize        length,
                                 GError     **error)
{
  g_autoptr(WeirSavedCohort) self = g_new0 (WeirSavedCohort, 1);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (strlen (name) > WEIR_COHORT_MAX_NAME)
    {
      refuse (error, "the name of a cohort has at most 200 bytes");
      return NULL;
    }
  if (length == 0 || !weir_json_load (parser, json, (gssize) length))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "the cohort is not readable as JSON");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      refuse (error, "the cohort must be an object");
      return NULL;
    }
  self->name = g_strdup (name);
  if (!read_definition (self, json_node_get_object (root), error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_saved_cohort_free:
 * @self: (transfer full): a cohort
 */
void
weir_saved_cohort_free (WeirSavedCohort *self)
{
  g_free (self->name);
  g_free (self->definition);
  g_clear_pointer (&self->distinct_ids, g_ptr_array_unref);
  g_free (self);
}
