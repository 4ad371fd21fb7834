/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-json-load.h"
#include "weir-protocol.h"

#include <json-glib/json-glib.h>

#include "weir-event-json.h"

/* The dialect of device fleets: `{"events":[{device_id,event_type,value_float,value_string,
 * metadata}]}`, answered with `{"status":"queued","event_count":n}`. Events are stamped by the
 * collector. What the dialect does not know is left out; what is wrong with a single event is the
 * codec's to say, so every event has its place in the native form, even an empty one.
 */

#define MAX_BODY_BYTES (8 * 1024 * 1024)

static void
append_node (GString    *out,
             const char *name,
             JsonNode   *node)
{
  g_autofree char *json = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  if (out->len > 0 && out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  weir_json_append_string (out, name, -1);
  g_string_append_c (out, ':');
  json = json_to_string (node, FALSE);
  g_string_append (out, json);
}

static void
append_properties (GString    *out,
                   JsonObject *event)
{
  JsonNode *metadata = json_object_get_member (event, "metadata");
  JsonNode *value_string = json_object_get_member (event, "value_string");

  g_string_append (out, ",\"properties\":{");
  if (metadata != NULL && JSON_NODE_HOLDS_OBJECT (metadata))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *node;

      json_object_iter_init_ordered (&iter, json_node_get_object (metadata));
      while (json_object_iter_next_ordered (&iter, &name, &node))
        if (value_string == NULL || !g_str_equal (name, "value_string"))
          append_node (out, name, node);
    }
  else
    {
      append_node (out, "metadata", metadata);
    }
  append_node (out, "value_string", value_string);
  g_string_append_c (out, '}');
}

static void
append_event (GString  *out,
              JsonNode *node)
{
  JsonObject *event;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_string_append (out, "null");
      return;
    }

  event = json_node_get_object (node);
  g_string_append_c (out, '{');
  append_node (out, "event", json_object_get_member (event, "event_type"));
  append_node (out, "device_id", json_object_get_member (event, "device_id"));
  append_node (out, "value", json_object_get_member (event, "value_float"));
  append_node (out, "id", json_object_get_member (event, "id"));
  if (out->str[out->len - 1] == '{')
    g_string_append (out, "\"value\":null");
  append_properties (out, event);
  g_string_append_c (out, '}');
}

static JsonArray *
find_events (JsonNode *root)
{
  JsonNode *events = NULL;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    events = json_object_get_member (json_node_get_object (root), "events");
  return events != NULL && JSON_NODE_HOLDS_ARRAY (events) ? json_node_get_array (events) : NULL;
}

static GBytes *
ingest_translate (WeirExchange  *exchange,
                  GBytes        *body,
                  GError       **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gsize size = g_bytes_get_size (body);
  JsonArray *events;
  GString *out;

  if (size == 0 ||
      !weir_json_load (parser, g_bytes_get_data (body, NULL), (gssize) size))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "The body is not JSON");
      return NULL;
    }

  events = find_events (json_parser_get_root (parser));
  if (events == NULL)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "The body has no array “events”");
      return NULL;
    }

  out = g_string_sized_new (size + size / 4);
  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_event (out, json_array_get_element (events, i));
    }
  g_string_append_c (out, ']');
  return g_string_free_to_bytes (out);
}

static void
ingest_reply (WeirExchange *exchange)
{
  g_autoptr(GBytes) body = NULL;
  GString *text = g_string_sized_new (64);

  g_string_append_printf (text, "{\"status\":\"queued\",\"event_count\":%u",
                          exchange->entry.accepted + exchange->entry.duplicates);
  if (exchange->data != NULL)
    g_string_append_printf (text, ",\"rejected\":%s", exchange->data);
  g_string_append_c (text, '}');
  body = g_string_free_to_bytes (text);
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_ACCEPTED, WEIR_TYPE_JSON, body);
}

const WeirProtocol weir_ingest_protocol = {
  .name = "ingest",
  .max_bytes = MAX_BODY_BYTES,
  .translate = ingest_translate,
  .reply = ingest_reply,
};
