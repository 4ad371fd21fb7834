/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-csv.h"

#include <math.h>

#include "weir-csv.h"
#include "weir-event-json.h"
#include "weir-time.h"

static void
append_time (GString *out,
             gint64   micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  g_string_append_len (out, text, weir_time_format_rfc3339 (micros, text));
  g_string_append_c (out, ',');
}

static void
append_text (GString    *out,
             const char *text)
{
  weir_csv_append_text (out, text);
  g_string_append_c (out, ',');
}

/**
 * weir_event_append_csv:
 * @event: a stored event
 * @person: who it belongs to
 * @instance: see [method@Weir.Event.format_id]
 * @out: where to append
 *
 * Appends the event as a line of CSV (RFC 4180) with the members of its JSON as columns; what it
 * does not have is empty.
 */
void
weir_event_append_csv (const WeirEvent    *event,
                       const WeirPersonId *person,
                       const char         *instance,
                       GString            *out)
{
  static const WeirEventText last[] = {
    WEIR_EVENT_USER_ID,     WEIR_EVENT_ANONYMOUS_ID, WEIR_EVENT_DEVICE_ID,
    WEIR_EVENT_PREVIOUS_ID, WEIR_EVENT_SESSION_ID,
  };
  WeirEventText identity = weir_event_get_identity (event);
  g_autoptr(GString) id = g_string_new (NULL);
  char person_text[WEIR_PERSON_ID_TEXT_SIZE];

  weir_event_format_id (event, instance, id);
  weir_person_id_format (person, person_text);
  g_string_append_printf (out, "%" G_GUINT64_FORMAT ",", event->seq);
  append_text (out, id->str);
  append_text (out, event->text[WEIR_EVENT_NAME]);
  append_time (out, event->timestamp);
  append_time (out, event->received);
  append_text (out, event->text[WEIR_EVENT_SOURCE]);
  append_text (out, identity != WEIR_EVENT_N_TEXTS ? event->text[identity] : NULL);
  append_text (out, person_text);
  for (guint i = 0; i < G_N_ELEMENTS (last); i++)
    append_text (out, event->text[last[i]]);
  if (!isnan (event->value))
    weir_json_append_double (out, event->value);
  g_string_append_c (out, ',');
  weir_csv_append_text (out, event->text[WEIR_EVENT_PROPERTIES]);
  g_string_append (out, "\r\n");
}
