/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-export.h"

#include <string.h>

#include "weir-event-json.h"

/* What the collector made, which a client does not send. */
static const char * const made_by_collector[] = { "seq", "id", "received", "person" };

/* The properties come from elsewhere: what json-glib cannot read after all is left out. */
static JsonNode *
parse (const char *json)
{
  JsonNode *node = json_from_string (json, NULL);
  g_autoptr(JsonObject) object = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return node;
  g_clear_pointer (&node, json_node_unref);
  object = json_object_new ();
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return node;
}

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

/**
 * weir_event_to_node:
 * @event: a stored event
 *
 * Returns: (transfer full): the event as the stream sends it, as a JSON object
 */
JsonNode *
weir_event_to_node (const WeirEvent *event)
{
  g_autoptr(GString) json = g_string_new (NULL);
  JsonNode *node;

  weir_event_append_json (event, NULL, "", json);
  node = parse (json->str);
  if (event->text[WEIR_EVENT_PERSON] != NULL)
    json_object_set_string_member (json_node_get_object (node), "person",
                                   event->text[WEIR_EVENT_PERSON]);
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
  g_autoptr(JsonNode) node = weir_event_to_node (event);

  return json_to_string (node, TRUE);
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
  g_autoptr(JsonNode) node = weir_event_to_node (event);
  JsonObject *object = json_node_get_object (node);
  WeirEventText identity = weir_event_get_identity (event);
  g_autofree char *body = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (made_by_collector); i++)
    json_object_remove_member (object, made_by_collector[i]);
  /* The stream always names the id an event counts under; a client need not say it twice. */
  if (identity != WEIR_EVENT_DISTINCT_ID)
    json_object_remove_member (object, "distinct_id");
  if (event->text[WEIR_EVENT_PROPERTIES] == NULL)
    json_object_remove_member (object, "properties");

  body = json_to_string (node, FALSE);
  return make_curl (url, body);
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
