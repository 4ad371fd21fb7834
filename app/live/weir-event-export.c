/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-export.h"

#include <math.h>
#include <string.h>

#include "weir-event-json.h"
#include "weir-time.h"

/* What a client says of an event, by the names the wire contract has for it. */
static const struct {
  WeirEventText text;
  const char *member;
} members[] = {
  { WEIR_EVENT_NAME, "event" },
  { WEIR_EVENT_SOURCE, "source" },
  { WEIR_EVENT_USER_ID, "user_id" },
  { WEIR_EVENT_ANONYMOUS_ID, "anonymous_id" },
  { WEIR_EVENT_DEVICE_ID, "device_id" },
  { WEIR_EVENT_DISTINCT_ID, "distinct_id" },
  { WEIR_EVENT_PREVIOUS_ID, "previous_id" },
  { WEIR_EVENT_SESSION_ID, "session_id" },
};

static gboolean
is_loopback (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return host != NULL && (g_str_equal (host, "localhost") || g_str_equal (host, "::1")
                          || g_str_has_prefix (host, "127."));
}

static char *
make_curl (const char *url,
           const char *body)
{
  g_autofree char *address = g_strconcat (url, "/v1/events", NULL);
  g_autofree char *quoted_address = g_shell_quote (address);
  g_autofree char *quoted_body = g_shell_quote (body);

  /* Only this machine may post without a key. The key itself is not ours to give away. */
  return g_strdup_printf ("curl %s -H 'Content-Type: application/json'%s --data-raw %s",
                          quoted_address,
                          is_loopback (url)
                          ? "" : " -H \"Authorization: Bearer $WEIR_WRITE_KEY\"",
                          quoted_body);
}

/* The event as the stream sends it, on one line. */
static GString *
write_stored (const WeirEvent *event)
{
  GString *json = g_string_new (NULL);
  const char *properties;
  g_autoptr(GString) person = NULL;

  weir_event_append_json (event, NULL, "", json);
  if (event->text[WEIR_EVENT_PERSON] == NULL)
    return json;
  /* Inside a text its quotes would be escaped, so the first of these is the member itself. */
  properties = strstr (json->str, ",\"properties\":");
  g_assert (properties != NULL);
  person = g_string_new (",\"person\":");
  weir_json_append_string (person, event->text[WEIR_EVENT_PERSON],
                           event->length[WEIR_EVENT_PERSON]);
  g_string_insert_len (json, properties - json->str, person->str, (gssize) person->len);
  return json;
}

static void
break_line (GString *out,
            guint    depth)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < depth; i++)
    g_string_append (out, "  ");
}

/* Sets white space into JSON that has none. Numbers and texts stay as they were written. */
static char *
indent (const char *json)
{
  GString *out = g_string_new (NULL);
  gboolean in_text = FALSE;
  guint depth = 0;

  for (const char *p = json; *p != '\0'; p++)
    {
      gboolean closes = *p == '}' || *p == ']';

      if (!in_text && closes)
        depth--;
      if (!in_text && closes && p[-1] != '{' && p[-1] != '[')
        break_line (out, depth);
      g_string_append_c (out, *p);
      if (in_text && *p == '\\' && p[1] != '\0')
        g_string_append_c (out, *++p);
      else if (*p == '"')
        in_text = !in_text;
      else if (!in_text && (*p == '{' || *p == '['))
        {
          depth++;
          if (p[1] != '}' && p[1] != ']')
            break_line (out, depth);
        }
      else if (!in_text && *p == ',')
        break_line (out, depth);
      else if (!in_text && *p == ':')
        g_string_append_c (out, ' ');
    }
  return g_string_free (out, FALSE);
}

/**
 * weir_event_to_node:
 * @event: a stored event
 *
 * Returns: (transfer full): the event as the stream sends it, as a JSON object; an empty one when
 *   json-glib cannot read its properties after all
 */
JsonNode *
weir_event_to_node (const WeirEvent *event)
{
  g_autoptr(GString) json = write_stored (event);
  JsonNode *node = json_from_string (json->str, NULL);
  g_autoptr(JsonObject) object = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return node;
  g_clear_pointer (&node, json_node_unref);
  object = json_object_new ();
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return node;
}

/**
 * weir_event_to_json:
 * @event: a stored event
 *
 * Returns: (transfer full): the event as the stream sends it, on several lines
 */
char *
weir_event_to_json (const WeirEvent *event)
{
  g_autoptr(GString) json = write_stored (event);

  return indent (json->str);
}

/**
 * weir_event_to_curl:
 * @event: a stored event
 * @url: where the collector is
 *
 * Makes a command that sends what the client sent. Its message id is left out: with it, the
 * collector would know the event and drop it as a duplicate.
 *
 * Returns: (transfer full): a command line for a POSIX shell
 */
char *
weir_event_to_curl (const WeirEvent *event,
                    const char      *url)
{
  g_autoptr(GString) body = g_string_new ("{\"timestamp\":\"");
  char time[WEIR_TIME_TEXT_SIZE];

  g_string_append_len (body, time, (gssize) weir_time_format_rfc3339 (event->timestamp, time));
  g_string_append_c (body, '"');
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      WeirEventText which = members[i].text;

      /* The stream always names the id an event counts under; a client need not say it twice. */
      if (event->text[which] == NULL
          || (which == WEIR_EVENT_DISTINCT_ID
              && weir_event_get_identity (event) != WEIR_EVENT_DISTINCT_ID))
        continue;
      g_string_append_printf (body, ",\"%s\":", members[i].member);
      weir_json_append_string (body, event->text[which], event->length[which]);
    }
  if (!isnan (event->value))
    {
      g_string_append (body, ",\"value\":");
      weir_json_append_double (body, event->value);
    }
  if (event->text[WEIR_EVENT_PROPERTIES] != NULL)
    {
      g_string_append (body, ",\"properties\":");
      g_string_append_len (body, event->text[WEIR_EVENT_PROPERTIES],
                           event->length[WEIR_EVENT_PROPERTIES]);
    }
  g_string_append_c (body, '}');
  return make_curl (url, body->str);
}

/**
 * weir_event_sample_curl:
 * @url: where the collector is
 *
 * Returns: (transfer full): a command line that sends a first event
 */
char *
weir_event_sample_curl (const char *url)
{
  return make_curl (url, "{\"event\":\"hello\",\"distinct_id\":\"me\",\"value\":1}");
}
