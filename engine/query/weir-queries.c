/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-queries.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-question-json.h"
#include "weir-time.h"

/**
 * weir_site_report_new:
 * @site_id: the site, as its events carry it in the property `site_id`
 * @date: (nullable): YYYY-MM-DD, in UTC; today when %NULL
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the question, or %NULL with %WEIR_ERROR_INVALID_REQUEST
 */
WeirSiteReport *
weir_site_report_new (const char  *site_id,
                      const char  *date,
                      GError     **error)
{
  g_autoptr(WeirSiteReport) self = g_new0 (WeirSiteReport, 1);
  g_autofree char *midnight = NULL;
  char today[WEIR_TIME_TEXT_SIZE];

  g_return_val_if_fail (site_id != NULL, NULL);

  if (date == NULL)
    {
      weir_time_format_rfc3339 (g_get_real_time (), today);
      today[strlen ("YYYY-MM-DD")] = '\0';
      date = today;
    }
  midnight = g_strconcat (date, "T00:00:00Z", NULL);
  if (!weir_time_parse_rfc3339 (midnight, strlen (midnight), &self->from))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "date must be YYYY-MM-DD");
      return NULL;
    }
  self->until = self->from + G_TIME_SPAN_DAY;
  self->site_id = g_strdup (site_id);
  self->date = g_strdup (date);

  return g_steal_pointer (&self);
}

/**
 * weir_site_report_free:
 * @self: (transfer full): the question
 */
void
weir_site_report_free (WeirSiteReport *self)
{
  g_free (self->site_id);
  g_free (self->date);
  g_free (self);
}

static gboolean
read_seq (JsonObject  *object,
          const char  *member,
          gint64       max,
          gint64      *value,
          GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    {
      *value = json_node_get_int (node);
      if (*value >= 0 && *value <= max)
        return TRUE;
    }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "%s must be a whole number from 0 to %" G_GINT64_FORMAT, member, max);
  return FALSE;
}

static gboolean
read_filter (WeirEventsQuery  *self,
             JsonObject       *object,
             GError          **error)
{
  JsonNode *node = json_object_get_member (object, "filter");
  g_autofree char *json = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  json = json_to_string (node, FALSE);
  self->filter = weir_filter_new_from_json (json, -1, error);

  return self->filter != NULL;
}

static gboolean
read_person (WeirEventsQuery  *self,
             JsonObject       *object,
             GError          **error)
{
  JsonNode *node = json_object_get_member (object, "person");

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "person must be a string");
      return FALSE;
    }
  self->person = json_node_dup_string (node);

  return TRUE;
}

static gboolean
read_order (WeirEventsQuery  *self,
            JsonObject       *object,
            GError          **error)
{
  JsonNode *node = json_object_get_member (object, "order");
  const char *order = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    order = json_node_get_string (node);
  self->is_oldest_first = g_strcmp0 (order, "oldest") == 0;
  if (!self->is_oldest_first && g_strcmp0 (order, "newest") != 0)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                         "order must be \"newest\" or \"oldest\"");
  else if (self->is_oldest_first && self->person != NULL)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                         "events of a person are to be had with the newest first only");
  else
    return TRUE;
  return FALSE;
}

/**
 * weir_events_query_new_from_json:
 * @json: the request's body
 * @length: its length in bytes, or -1
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the question, or %NULL with %WEIR_ERROR_INVALID_JSON or
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirEventsQuery *
weir_events_query_new_from_json (const char  *json,
                                 gssize       length,
                                 GError     **error)
{
  g_autoptr(WeirEventsQuery) self = g_new0 (WeirEventsQuery, 1);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gint64 limit = 100, before = 0, after = 0;
  JsonObject *object;
  JsonNode *root;

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
  if (!read_seq (object, "limit", WEIR_EVENTS_QUERY_MAX_LIMIT, &limit, error) ||
      !read_seq (object, "before", G_MAXINT64, &before, error) ||
      !read_seq (object, "after", G_MAXINT64, &after, error) ||
      !read_filter (self, object, error) || !read_person (self, object, error) ||
      !read_order (self, object, error) ||
      !weir_question_read_range (object, &self->range, error))
    return NULL;

  self->limit = (guint) limit;
  self->before = (guint64) before;
  self->after = (guint64) after;
  return g_steal_pointer (&self);
}

/**
 * weir_events_query_free:
 * @self: (transfer full): the question
 */
void
weir_events_query_free (WeirEventsQuery *self)
{
  g_clear_pointer (&self->filter, weir_filter_unref);
  g_free (self->person);
  g_free (self);
}
