/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-statement.h"

#include <string.h>

static gboolean
is_named (const WeirEvent *event,
          const char      *name,
          gsize            length)
{
  return event->length[WEIR_EVENT_NAME] == length &&
         memcmp (event->text[WEIR_EVENT_NAME], name, length) == 0;
}

static gboolean
fill (WeirStatement     *self,
      WeirStatementKind  kind,
      const WeirEvent   *event,
      WeirEventText      from,
      WeirEventText      to)
{
  if (to == WEIR_EVENT_N_TEXTS || event->text[from] == NULL || event->text[to] == NULL)
    return FALSE;
  if (event->length[from] == event->length[to] &&
      memcmp (event->text[from], event->text[to], event->length[to]) == 0)
    return FALSE;

  self->kind = kind;
  self->from = event->text[from];
  self->from_length = event->length[from];
  self->to = event->text[to];
  self->to_length = event->length[to];

  return TRUE;
}

/* One of the names that speak of ids; other names with a dollar sign are ordinary. */
static gboolean
read_named (WeirStatement   *self,
            const WeirEvent *event,
            gboolean        *is_named_so)
{
  WeirEventText identity = weir_event_get_identity (event);

  *is_named_so = TRUE;
  if (is_named (event, "$identify", 9))
    return (identity == WEIR_EVENT_USER_ID || identity == WEIR_EVENT_DISTINCT_ID) &&
           fill (self, WEIR_STATEMENT_IDENTIFY, event, WEIR_EVENT_ANONYMOUS_ID, identity);
  if (is_named (event, "$alias", 6))
    return fill (self, WEIR_STATEMENT_ALIAS, event, WEIR_EVENT_PREVIOUS_ID, identity);
  if (is_named (event, "$merge", 6))
    return fill (self, WEIR_STATEMENT_MERGE, event, WEIR_EVENT_PREVIOUS_ID, identity);

  *is_named_so = FALSE;
  return FALSE;
}

/**
 * weir_statement_read:
 * @self: (out): the statement
 * @event: a valid event
 *
 * Reads what an event says about who is who. An id that is said to be itself says nothing.
 *
 * Returns: whether it says anything
 */
gboolean
weir_statement_read (WeirStatement   *self,
                     const WeirEvent *event)
{
  gboolean is_named_so;

  if (event->text[WEIR_EVENT_NAME] == NULL)
    return FALSE;
  if (event->text[WEIR_EVENT_NAME][0] == '$' && event->length[WEIR_EVENT_NAME] <= 9)
    {
      gboolean says = read_named (self, event, &is_named_so);

      if (is_named_so)
        return says;
    }
  if (event->text[WEIR_EVENT_ANONYMOUS_ID] == NULL || event->text[WEIR_EVENT_USER_ID] == NULL)
    return FALSE;

  return fill (
      self, WEIR_STATEMENT_EVENT, event, WEIR_EVENT_ANONYMOUS_ID, WEIR_EVENT_USER_ID);
}

/**
 * weir_statement_kind_is_forced:
 * @kind: a kind of statement
 *
 * Returns: whether such statements also merge persons who are identified
 */
gboolean
weir_statement_kind_is_forced (WeirStatementKind kind)
{
  return kind == WEIR_STATEMENT_MERGE || kind == WEIR_STATEMENT_MANUAL;
}

/**
 * weir_statement_kind_get_name:
 * @kind: a kind of statement
 *
 * Returns: (transfer none): its name in the API
 */
const char *
weir_statement_kind_get_name (WeirStatementKind kind)
{
  static const char *const names[] = { "identify", "event", "alias", "merge", "manual" };

  return (guint) kind < G_N_ELEMENTS (names) ? names[kind] : "unknown";
}
