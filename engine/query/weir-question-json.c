/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-question-json.h"

#include <string.h>

#include "weir-error.h"
#include "weir-time.h"

#define refuse(error, ...) weir_error_set (error, WEIR_ERROR_INVALID_REQUEST, __VA_ARGS__)

/* A member that is there and not null. */
static JsonNode *
get_member (JsonObject *object,
            const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/**
 * weir_question_read_text:
 * @object: a JSON object
 * @member: name of the member
 * @max_length: most bytes it may have
 * @text: (inout) (transfer full): the text
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is something else or too long
 */
gboolean
weir_question_read_text (JsonObject  *object,
                         const char  *member,
                         gsize        max_length,
                         char       **text,
                         GError     **error)
{
  JsonNode *node = get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (!is_text (node))
    return refuse (error, "%s must be a string", member);
  if (strlen (json_node_get_string (node)) > max_length)
    return refuse (error, "%s is longer than %" G_GSIZE_FORMAT " bytes", member, max_length);
  g_free (*text);
  *text = json_node_dup_string (node);

  return TRUE;
}

/**
 * weir_question_read_integer:
 * @object: a JSON object
 * @member: name of the member
 * @min: least value
 * @max: greatest value
 * @number: (inout): the number
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is something else or out of bounds
 */
gboolean
weir_question_read_integer (JsonObject  *object,
                            const char  *member,
                            gint64       min,
                            gint64       max,
                            gint64      *number,
                            GError     **error)
{
  JsonNode *node = get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 &&
      json_node_get_int (node) >= min && json_node_get_int (node) <= max)
    {
      *number = json_node_get_int (node);
      return TRUE;
    }

  return refuse (error,
                 "%s must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 member,
                 min,
                 max);
}

/**
 * weir_question_read_choice:
 * @object: a JSON object
 * @member: name of the member
 * @choices: (array zero-terminated=1): what it may be
 * @choice: (inout): index of the choice
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is none of them
 */
gboolean
weir_question_read_choice (JsonObject  *object,
                           const char  *member,
                           const char  *const *choices,
                           guint       *choice,
                           GError     **error)
{
  JsonNode *node = get_member (object, member);
  g_autofree char *list = NULL;

  if (node == NULL)
    return TRUE;
  for (guint i = 0; is_text (node) && choices[i] != NULL; i++)
    {
      if (!g_str_equal (json_node_get_string (node), choices[i]))
        continue;
      *choice = i;
      return TRUE;
    }
  list = g_strjoinv (", ", (char **) choices);

  return refuse (error, "%s must be one of %s", member, list);
}

/**
 * weir_question_read_duration:
 * @object: a JSON object
 * @member: name of the member
 * @micros: (inout): microseconds
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is no length of time
 */
gboolean
weir_question_read_duration (JsonObject  *object,
                             const char  *member,
                             gint64      *micros,
                             GError     **error)
{
  JsonNode *node = get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (!is_text (node))
    return refuse (error, "%s must be a duration, for instance 7d", member);

  return weir_duration_parse (json_node_get_string (node), micros, error);
}

/**
 * weir_question_read_filter:
 * @object: a JSON object
 * @member: name of the member
 * @filter: (inout) (transfer full): the filter
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is no filter
 */
gboolean
weir_question_read_filter (JsonObject  *object,
                           const char  *member,
                           WeirFilter **filter,
                           GError     **error)
{
  JsonNode *node = get_member (object, member);
  g_autofree char *json = NULL;
  WeirFilter *read;

  if (node == NULL)
    return TRUE;
  json = json_to_string (node, FALSE);
  read = weir_filter_new_from_json (json, -1, error);
  if (read == NULL)
    return FALSE;
  g_clear_pointer (filter, weir_filter_unref);
  *filter = read;

  return TRUE;
}

/**
 * weir_question_read_event:
 * @object: a JSON object
 * @member: name of the member
 * @event: (out) (transfer full) (nullable): name of the event, %NULL for any event (`*`)
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is absent or empty
 */
gboolean
weir_question_read_event (JsonObject  *object,
                          const char  *member,
                          char       **event,
                          GError     **error)
{
  g_autofree char *name = NULL;

  if (!weir_question_read_text (object, member, 1000, &name, error))
    return FALSE;
  if (name == NULL || *name == '\0')
    return refuse (error, "%s must name an event, or be “*” for any", member);
  *event = g_str_equal (name, "*") ? NULL : g_steal_pointer (&name);

  return TRUE;
}

static gboolean
read_moment (JsonObject  *object,
             const char  *member,
             gint64      *micros,
             GError     **error)
{
  g_autofree char *text = NULL;

  if (!weir_question_read_text (object, member, 100, &text, error))
    return FALSE;
  if (text != NULL && !weir_time_parse_rfc3339 (text, strlen (text), micros))
    return refuse (error, "range.%s must be a time like 2026-01-31T00:00:00Z", member);

  return TRUE;
}

/**
 * weir_question_read_range:
 * @object: a question as JSON
 * @range: (out): its range; all time when it has none
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is no range
 */
gboolean
weir_question_read_range (JsonObject  *object,
                          WeirRange   *range,
                          GError     **error)
{
  JsonNode *node = get_member (object, "range");
  JsonObject *members;

  *range = (WeirRange) { G_MININT64, G_MAXINT64, 0 };
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, "range must be {\"from\":…,\"to\":…} or {\"last\":\"7d\"}");

  members = json_node_get_object (node);
  if (!read_moment (members, "from", &range->from, error) ||
      !read_moment (members, "to", &range->until, error) ||
      !weir_question_read_duration (members, "last", &range->last, error))
    return FALSE;
  if (get_member (members, "last") != NULL &&
      (range->last <= 0 || range->from != G_MININT64 || range->until != G_MAXINT64))
    return refuse (error, "range.last must be longer than 0s and stand alone");
  if (range->from > range->until)
    return refuse (error, "range.from must not be after range.to");

  return TRUE;
}

/**
 * weir_question_read_time_zone:
 * @object: a question as JSON
 * @time_zone: (out) (transfer full): its time zone; UTC when it has none
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when the system knows no such time zone
 */
gboolean
weir_question_read_time_zone (JsonObject  *object,
                              GTimeZone  **time_zone,
                              GError     **error)
{
  g_autofree char *name = NULL;

  if (!weir_question_read_text (object, "timezone", 100, &name, error))
    return FALSE;
  /* Names are files for the C library; nobody needs to know which of ours can be read. */
  if (name != NULL && (*name == '/' || *name == '.' || strstr (name, "..") != NULL))
    return refuse (error, "unknown time zone");
  *time_zone = name != NULL ? g_time_zone_new_identifier (name) : g_time_zone_new_utc ();
  if (*time_zone == NULL)
    return refuse (error, "unknown time zone “%s”", name);

  return TRUE;
}

/**
 * weir_question_read_objects:
 * @object: a JSON object
 * @member: name of the member
 * @min: fewest elements; 0 means it may be absent
 * @max: most elements
 * @array: (out) (transfer none) (nullable): an array of nothing but objects
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it is something else
 */
gboolean
weir_question_read_objects (JsonObject  *object,
                            const char  *member,
                            guint        min,
                            guint        max,
                            JsonArray  **array,
                            GError     **error)
{
  JsonNode *node = get_member (object, member);
  guint length;

  *array = NULL;
  if (node == NULL && min == 0)
    return TRUE;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return refuse (error, "%s must be an array", member);
  length = json_array_get_length (json_node_get_array (node));
  if (length < min || length > max)
    return refuse (error, "%s must have %u to %u elements", member, min, max);
  for (guint i = 0; i < length; i++)
    {
      if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (json_node_get_array (node), i)))
        return refuse (error, "%s[%u] must be an object", member, i);
    }
  *array = json_node_get_array (node);

  return TRUE;
}

/**
 * weir_range_resolve:
 * @range: a range
 * @now: the moment a relative range ends at
 * @from: (out): start, inclusive
 * @until: (out): end, exclusive
 *
 * Says which time a range is about.
 */
void
weir_range_resolve (const WeirRange *range,
                    gint64           now,
                    gint64          *from,
                    gint64          *until)
{
  *from = range->last > 0 ? now - range->last : range->from;
  *until = range->last > 0 ? now : range->until;
}

/**
 * weir_question_read_boolean:
 * @object: a question or a part of it
 * @member: a member that may be absent
 * @value: (inout): its value; stays what it is when it is absent
 * @error: return location for an error
 *
 * Returns: whether it is true or false
 */
gboolean
weir_question_read_boolean (JsonObject  *object,
                            const char  *member,
                            gboolean    *value,
                            GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "%s must be true or false", member);
      return FALSE;
    }
  *value = json_node_get_boolean (node);

  return TRUE;
}
