/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-term.h"

#include "weir-error.h"

/**
 * weir_event_term_parse:
 * @self: (out caller-allocates): the term, cleared
 * @object: a JSON object
 * @member: which member names the event; its `filter` is read too
 * @common: (nullable): what must hold for all events of the question
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it names no events
 */
gboolean
weir_event_term_parse (WeirEventTerm  *self,
                       JsonObject     *object,
                       const char     *member,
                       WeirFilter     *common,
                       GError        **error)
{
  g_autoptr(WeirFilter) own = NULL;
  g_autoptr(GError) local_error = NULL;

  if (!weir_question_read_event (object, member, &self->event, error) ||
      !weir_question_read_filter (object, "filter", &own, error))
    return FALSE;
  self->filter = weir_filter_new_both (common, own, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/**
 * weir_event_term_parse_member:
 * @self: (out caller-allocates): the term, cleared
 * @object: a JSON object
 * @member: a member that holds `{"event":…,"filter":…}`
 * @common: (nullable): what must hold for all events of the question
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when it names no events
 */
gboolean
weir_event_term_parse_member (WeirEventTerm  *self,
                              JsonObject     *object,
                              const char     *member,
                              WeirFilter     *common,
                              GError        **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "%s must be an object that names an event: {\"event\":\"a\"}", member);
      return FALSE;
    }
  if (weir_event_term_parse (self, json_node_get_object (node), "event", common, error))
    return TRUE;
  g_prefix_error (error, "%s: ", member);

  return FALSE;
}

/**
 * weir_event_term_clear:
 * @self: a term
 *
 * Frees what it holds.
 */
void
weir_event_term_clear (WeirEventTerm *self)
{
  g_clear_pointer (&self->event, g_free);
  g_clear_pointer (&self->filter, weir_filter_unref);
}

/**
 * weir_event_term_get_condition:
 * @self: a term
 * @from: start of the time range
 * @until: its end
 *
 * Returns: the condition that a store looks for, which borrows from @self
 */
WeirCondition
weir_event_term_get_condition (const WeirEventTerm *self,
                               gint64               from,
                               gint64               until)
{
  return (WeirCondition) {
    .event = self->event,
    .filter = self->filter,
    .from = from,
    .until = until,
  };
}

/**
 * weir_week_start_parse:
 * @object: a question as JSON
 * @week_start: (out): the day on which its weeks begin; Monday when it does not say
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when `week_start` is no weekday
 */
gboolean
weir_week_start_parse (JsonObject    *object,
                       GDateWeekday  *week_start,
                       GError       **error)
{
  static const char *const days[] = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL,
  };
  guint day = 0;

  if (!weir_question_read_choice (object, "week_start", days, &day, error))
    return FALSE;
  *week_start = G_DATE_MONDAY + day;

  return TRUE;
}
