/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-transfer-event.h"

#include <math.h>
#include <string.h>

#include "weir-event-json.h"
#include "weir-time.h"

static void
append_text (GString         *out,
             const char      *member,
             const WeirEvent *event,
             WeirEventText    which)
{
  if (event->text[which] == NULL)
    return;
  g_string_append_printf (out, ",\"%s\":", member);
  weir_json_append_string (out, event->text[which], event->length[which]);
}

static void
append_ids (GString         *out,
            const WeirEvent *event)
{
  append_text (out, "user_id", event, WEIR_EVENT_USER_ID);
  append_text (out, "distinct_id", event, WEIR_EVENT_DISTINCT_ID);
  append_text (out, "anonymous_id", event, WEIR_EVENT_ANONYMOUS_ID);
  append_text (out, "device_id", event, WEIR_EVENT_DEVICE_ID);
  append_text (out, "previous_id", event, WEIR_EVENT_PREVIOUS_ID);
  append_text (out, "session_id", event, WEIR_EVENT_SESSION_ID);
}

/**
 * weir_transfer_append_time:
 * @out: where to append
 * @micros: microseconds since the epoch
 *
 * Appends a time in quotes.
 */
void
weir_transfer_append_time (GString *out,
                           gint64   micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  g_string_append_c (out, '"');
  g_string_append_len (out, text, (gssize) weir_time_format_rfc3339 (micros, text));
  g_string_append_c (out, '"');
}

/**
 * weir_transfer_append_event:
 * @out: where to append
 * @event: an event
 * @instance: (nullable): of a stored event what its collector makes ids of, see
 *   [method@Weir.Event.format_id]
 *
 * Appends an event as `POST /v1/events` takes it, on one line. That of a stored one also has its
 * seq, its person and its receipt time, which are not looked at when it is taken in again.
 */
void
weir_transfer_append_event (GString         *out,
                            const WeirEvent *event,
                            const char      *instance)
{
  g_string_append (out, "{\"event\":");
  weir_json_append_string (out, event->text[WEIR_EVENT_NAME], event->length[WEIR_EVENT_NAME]);
  append_text (out, "id", event, WEIR_EVENT_ID);
  if (event->text[WEIR_EVENT_ID] == NULL && instance != NULL)
    {
      g_string_append (out, ",\"id\":\"");
      weir_event_format_id (event, instance, out);
      g_string_append_c (out, '"');
    }
  if (event->flags & WEIR_EVENT_HAS_TIME || instance != NULL)
    {
      g_string_append (out, ",\"timestamp\":");
      weir_transfer_append_time (out, event->timestamp);
    }
  append_ids (out, event);
  append_text (out, "source", event, WEIR_EVENT_SOURCE);
  if (!isnan (event->value))
    {
      g_string_append (out, ",\"value\":");
      weir_json_append_double (out, event->value);
    }
  if (event->text[WEIR_EVENT_PROPERTIES] != NULL)
    {
      g_string_append (out, ",\"properties\":");
      g_string_append_len (out, event->text[WEIR_EVENT_PROPERTIES],
                           event->length[WEIR_EVENT_PROPERTIES]);
    }
  if (instance != NULL)
    {
      append_text (out, "person", event, WEIR_EVENT_PERSON);
      g_string_append (out, ",\"received\":");
      weir_transfer_append_time (out, event->received);
      g_string_append_printf (out, ",\"seq\":%" G_GUINT64_FORMAT, event->seq);
    }
  g_string_append (out, "}\n");
}

/**
 * weir_transfer_make_id:
 * @name: what is imported
 * @position: where in it, different for each row
 * @data: the row
 * @length: its length in bytes
 *
 * Makes a message id for a row that has none: the same each time, another for each row.
 *
 * Returns: (transfer full): a UUID of version 8
 */
char *
weir_transfer_make_id (const char *name,
                       guint64     position,
                       const char *data,
                       gsize       length)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *place = g_strdup_printf ("\n%" G_GUINT64_FORMAT "\n", position);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) name, (gssize) strlen (name));
  g_checksum_update (checksum, (const guchar *) place, (gssize) strlen (place));
  g_checksum_update (checksum, (const guchar *) data, (gssize) length);
  g_checksum_get_digest (checksum, digest, &size);
  digest[6] = (digest[6] & 0x0f) | 0x80;
  digest[8] = (digest[8] & 0x3f) | 0x80;

  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          digest[0], digest[1], digest[2], digest[3], digest[4], digest[5],
                          digest[6], digest[7], digest[8], digest[9], digest[10], digest[11],
                          digest[12], digest[13], digest[14], digest[15]);
}
