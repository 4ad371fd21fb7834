/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-json.h"

#include <math.h>
#include <string.h>

#include "weir-time.h"

/**
 * weir_json_append_string:
 * @out: where to append
 * @text: UTF-8
 * @length: its length in bytes, or -1 when NUL-terminated
 *
 * Appends @text as a JSON string with its quotes. Never breaks a line.
 */
void
weir_json_append_string (GString    *out,
                         const char *text,
                         gsize       length)
{
  const char *run = text;
  const char *end;

  if (length == (gsize) -1)
    length = strlen (text);
  end = text + length;

  g_string_append_c (out, '"');
  for (const char *p = text; p < end; p++)
    {
      guchar c = (guchar) *p;

      if (G_LIKELY (c >= 0x20 && c != '"' && c != '\\'))
        continue;
      g_string_append_len (out, run, p - run);
      run = p + 1;
      switch (c)
        {
        case '"':
          g_string_append (out, "\\\"");
          break;
        case '\\':
          g_string_append (out, "\\\\");
          break;
        case '\n':
          g_string_append (out, "\\n");
          break;
        case '\t':
          g_string_append (out, "\\t");
          break;
        default:
          g_string_append_printf (out, "\\u%04x", c);
          break;
        }
    }
  g_string_append_len (out, run, end - run);
  g_string_append_c (out, '"');
}

/**
 * weir_json_append_double:
 * @out: where to append
 * @number: a number; what JSON cannot say becomes null
 *
 * Appends the shortest text that reads back as @number, whatever the locale.
 */
void
weir_json_append_double (GString *out,
                         double   number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    {
      g_string_append (out, "null");
      return;
    }
  if (number == floor (number) && fabs (number) < 1e15)
    {
      g_string_append_printf (out, "%" G_GINT64_FORMAT, (gint64) number);
      return;
    }
  g_ascii_formatd (text, sizeof text, "%.15g", number);
  if (g_ascii_strtod (text, NULL) != number)
    g_ascii_dtostr (text, sizeof text, number);
  g_string_append (out, text);
}

static void
append_text (GString         *out,
             const char      *member,
             const WeirEvent *event,
             WeirEventText    which)
{
  if (event->text[which] == NULL)
    return;
  g_string_append (out, member);
  weir_json_append_string (out, event->text[which], event->length[which]);
}

static void
append_time (GString    *out,
             const char *member,
             gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  g_string_append (out, member);
  g_string_append_len (out, text, weir_time_format_rfc3339 (micros, text));
  g_string_append_c (out, '"');
}

/* Everything but where it is, which comes first. */
static void
append_members (const WeirEvent    *event,
                const WeirPersonId *person,
                const char         *instance,
                GString            *out)
{
  WeirEventText identity = weir_event_get_identity (event);
  char person_text[WEIR_PERSON_ID_TEXT_SIZE];

  g_string_append (out, ",\"id\":");
  if (event->text[WEIR_EVENT_ID] != NULL)
    {
      weir_json_append_string (out, event->text[WEIR_EVENT_ID], event->length[WEIR_EVENT_ID]);
    }
  else
    {
      g_string_append_c (out, '"');
      weir_event_format_id (event, instance, out);
      g_string_append_c (out, '"');
    }
  append_text (out, ",\"event\":", event, WEIR_EVENT_NAME);
  append_time (out, ",\"timestamp\":\"", event->timestamp);
  append_time (out, ",\"received\":\"", event->received);
  append_text (out, ",\"source\":", event, WEIR_EVENT_SOURCE);
  if (identity != WEIR_EVENT_N_TEXTS)
    append_text (out, ",\"distinct_id\":", event, identity);
  if (person != NULL)
    {
      weir_person_id_format (person, person_text);
      g_string_append_printf (out, ",\"person\":\"%s\"", person_text);
    }
  append_text (out, ",\"user_id\":", event, WEIR_EVENT_USER_ID);
  append_text (out, ",\"anonymous_id\":", event, WEIR_EVENT_ANONYMOUS_ID);
  append_text (out, ",\"device_id\":", event, WEIR_EVENT_DEVICE_ID);
  append_text (out, ",\"previous_id\":", event, WEIR_EVENT_PREVIOUS_ID);
  append_text (out, ",\"session_id\":", event, WEIR_EVENT_SESSION_ID);
  if (!isnan (event->value))
    {
      g_string_append (out, ",\"value\":");
      weir_json_append_double (out, event->value);
    }
  g_string_append (out, ",\"properties\":");
  if (event->text[WEIR_EVENT_PROPERTIES] != NULL)
    g_string_append_len (out, event->text[WEIR_EVENT_PROPERTIES],
                         event->length[WEIR_EVENT_PROPERTIES]);
  else
    g_string_append (out, "{}");
  g_string_append_c (out, '}');
}

/**
 * weir_event_append_json:
 * @event: a stored event
 * @person: (nullable): who it belongs to
 * @instance: see [method@Weir.Event.format_id]
 * @out: where to append
 *
 * Appends the event as the one-line JSON object that the stream and the queries send.
 */
void
weir_event_append_json (const WeirEvent    *event,
                        const WeirPersonId *person,
                        const char         *instance,
                        GString            *out)
{
  g_string_append_printf (out, "{\"seq\":%" G_GUINT64_FORMAT, event->seq);
  append_members (event, person, instance, out);
}

/**
 * weir_event_append_foreign_json:
 * @event: an event that another collector stored
 * @person: (nullable): who it belongs to there
 * @instance: that of the other collector
 * @out: where to append
 *
 * Like [func@Weir.Event.append_json]. The seq counts at the other collector, so it has another
 * name here: what compares seqs would take it for one of this collector.
 */
void
weir_event_append_foreign_json (const WeirEvent    *event,
                                const WeirPersonId *person,
                                const char         *instance,
                                GString            *out)
{
  g_string_append (out, "{\"collector\":");
  weir_json_append_string (out, instance, -1);
  g_string_append_printf (out, ",\"collector_seq\":%" G_GUINT64_FORMAT, event->seq);
  append_members (event, person, instance, out);
}
