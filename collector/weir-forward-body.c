/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-body.h"

#include <math.h>
#include <string.h>

#include "weir-event-json.h"
#include "weir-time.h"

/* What Power BI takes of a text, in its own characters of 16 bits. */
#define POWERBI_TEXT 4000

/* A push address of a streaming data set has its key in it and takes an array. */
static gboolean
wants_rows (const WeirForwardConfig *config)
{
  return config->format == WEIR_FORWARD_POWERBI && strstr (config->url, "key=") == NULL;
}

static gboolean
is_array (const WeirForwardConfig *config)
{
  return config->format == WEIR_FORWARD_JSON_ARRAY || config->format == WEIR_FORWARD_POWERBI;
}

/* How many bytes of a text fit. */
static gsize
clip (const char *text,
      gsize       length)
{
  const char *at = text, *end = text + length;
  guint n_units = 0;

  if (length <= POWERBI_TEXT)
    return length;
  while (at < end)
    {
      n_units += g_utf8_get_char (at) > 0xffff ? 2 : 1;
      if (n_units > POWERBI_TEXT)
        break;
      at = g_utf8_next_char (at);
    }
  return (gsize) (at - text);
}

static void
add_text (WeirForwardBody *self,
          const char      *member,
          const WeirEvent *event,
          WeirEventText    which)
{
  gsize length = event->length[which];

  if (event->text[which] == NULL)
    return;
  if (self->config->format == WEIR_FORWARD_POWERBI)
    length = clip (event->text[which], length);
  g_string_append_printf (self->text, ",\"%s\":", member);
  weir_json_append_string (self->text, event->text[which], length);
}

/* ClickHouse takes a point and a space in every version, a T and a Z not. */
static void
add_time (WeirForwardBody *self,
          const char      *member,
          gint64           micros)
{
  char text[WEIR_TIME_TEXT_SIZE];
  gsize length = weir_time_format_rfc3339 (micros, text);

  if (self->config->format == WEIR_FORWARD_CLICKHOUSE)
    {
      *strchr (text, 'T') = ' ';
      length--;
    }
  g_string_append_printf (self->text, ",\"%s\":\"%.*s\"", member, (int) length, text);
}

/* For destinations with columns: no member holds an object, and what is absent is left out. */
static void
add_row (WeirForwardBody *self,
         const WeirEvent *event)
{
  WeirEventText identity = weir_event_get_identity (event);

  g_string_append_printf (self->text, "{\"seq\":%" G_GUINT64_FORMAT, event->seq);
  if (event->text[WEIR_EVENT_ID] != NULL)
    {
      add_text (self, "id", event, WEIR_EVENT_ID);
    }
  else
    {
      g_string_append (self->text, ",\"id\":\"");
      weir_event_format_id (event, self->instance, self->text);
      g_string_append_c (self->text, '"');
    }
  add_text (self, "event", event, WEIR_EVENT_NAME);
  add_time (self, "timestamp", event->timestamp);
  add_time (self, "received", event->received);
  add_text (self, "source", event, WEIR_EVENT_SOURCE);
  if (identity != WEIR_EVENT_N_TEXTS)
    add_text (self, "distinct_id", event, identity);
  add_text (self, "user_id", event, WEIR_EVENT_USER_ID);
  add_text (self, "anonymous_id", event, WEIR_EVENT_ANONYMOUS_ID);
  add_text (self, "device_id", event, WEIR_EVENT_DEVICE_ID);
  add_text (self, "previous_id", event, WEIR_EVENT_PREVIOUS_ID);
  add_text (self, "session_id", event, WEIR_EVENT_SESSION_ID);
  if (!isnan (event->value))
    {
      g_string_append (self->text, ",\"value\":");
      weir_json_append_double (self->text, event->value);
    }
  add_text (self, "properties", event, WEIR_EVENT_PROPERTIES);
  g_string_append_c (self->text, '}');
}

/**
 * weir_forward_body_begin:
 * @self: (out caller-allocates): a body
 * @config: whom it is for; must outlive @self
 * @instance: see [method@Weir.Event.format_id]; must outlive @self
 *
 * Begins a body, to be ended with [method@Weir.ForwardBody.end].
 */
void
weir_forward_body_begin (WeirForwardBody         *self,
                         const WeirForwardConfig *config,
                         const char              *instance)
{
  self->config = config;
  self->instance = instance;
  self->text = g_string_new (wants_rows (config) ? "{\"rows\":[" : is_array (config) ? "[" : "");
  self->has_events = FALSE;
}

/**
 * weir_forward_body_add:
 * @self: a body
 * @event: an event from the journal
 *
 * Adds an event as the destination wants it.
 */
void
weir_forward_body_add (WeirForwardBody *self,
                       const WeirEvent *event)
{
  if (self->has_events && is_array (self->config))
    g_string_append_c (self->text, ',');
  self->has_events = TRUE;
  if (self->config->format == WEIR_FORWARD_JSON_ARRAY ||
      self->config->format == WEIR_FORWARD_NDJSON)
    weir_event_append_json (event, NULL, self->instance, self->text);
  else
    add_row (self, event);
  if (!is_array (self->config))
    g_string_append_c (self->text, '\n');
}

/**
 * weir_forward_body_end:
 * @self: a body
 *
 * Returns: (transfer full): what to send
 */
GBytes *
weir_forward_body_end (WeirForwardBody *self)
{
  if (is_array (self->config))
    g_string_append (self->text, wants_rows (self->config) ? "]}" : "]");
  return g_string_free_to_bytes (g_steal_pointer (&self->text));
}

/**
 * weir_forward_get_type:
 * @format: a format
 *
 * Returns: the media type of its bodies
 */
const char *
weir_forward_get_type (WeirForwardFormat format)
{
  return format == WEIR_FORWARD_JSON_ARRAY || format == WEIR_FORWARD_POWERBI
    ? "application/json" : "application/x-ndjson";
}
