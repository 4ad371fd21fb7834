/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-json-load.h"
#include "weir-protocol.h"

#include <json-glib/json-glib.h>

#include "weir-event-json.h"

/* The dialect of web sites: one event `{site_id,event_type,path,user_id,timestamp}`, answered with
 * `{"success":true,…}`, or with the fields that are wrong. The details of a refusal are kept in
 * the exchange's data.
 */

#define MAX_BODY_BYTES (256 * 1024)

static void
add_detail (GString    *details,
            const char *field,
            const char *message)
{
  g_string_append_printf (details, "%s{\"field\":\"%s\",\"message\":", details->len > 0 ? "," : "",
                          field);
  weir_json_append_string (details, message, -1);
  g_string_append_c (details, '}');
}

/* Takes a text out of the body; numbers pass for user ids, as JavaScript clients send them. */
static char *
dup_text (JsonObject *object,
          const char *name,
          gboolean    is_required,
          GString    *details)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
    {
      if (json_node_get_value_type (node) == G_TYPE_STRING)
        text = g_strstrip (json_node_dup_string (node));
      else if (json_node_get_value_type (node) == G_TYPE_INT64 && !is_required)
        text = json_to_string (node, FALSE);
    }
  if (text != NULL && *text != '\0')
    return g_steal_pointer (&text);

  if (is_required || (text == NULL && node != NULL && !JSON_NODE_HOLDS_NULL (node)))
    {
      message = g_strdup_printf ("%s %s", name, node == NULL ? "is required"
                                                             : "must be a non-empty string");
      add_detail (details, name, message);
    }
  return NULL;
}

static void
append_member (GString    *out,
               const char *name,
               const char *text)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  g_string_append_printf (out, "\"%s\":", name);
  weir_json_append_string (out, text, -1);
}

static void
check_timestamp (JsonObject *object,
                 GString    *out,
                 GString    *details)
{
  JsonNode *node = json_object_get_member (object, "timestamp");
  g_autofree char *json = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    {
      add_detail (details, "timestamp", "timestamp must be a date");
      return;
    }
  json = json_to_string (node, FALSE);
  g_string_append_printf (out, ",\"timestamp\":%s", json);
}

static GString *
translate_object (JsonObject *object,
                  GString    *details)
{
  g_autofree char *site_id = dup_text (object, "site_id", TRUE, details);
  g_autofree char *event_type = dup_text (object, "event_type", TRUE, details);
  g_autofree char *path = dup_text (object, "path", FALSE, details);
  g_autofree char *user_id = dup_text (object, "user_id", FALSE, details);
  g_autofree char *anonymous_id = user_id == NULL ? g_uuid_string_random () : NULL;
  g_autoptr(GString) out = g_string_new ("{");

  if (details->len > 0)
    return NULL;

  append_member (out, "event", event_type);
  append_member (out, user_id != NULL ? "user_id" : "anonymous_id",
                 user_id != NULL ? user_id : anonymous_id);
  check_timestamp (object, out, details);
  g_string_append (out, ",\"properties\":{");
  append_member (out, "site_id", site_id);
  if (path != NULL)
    append_member (out, "path", path);
  g_string_append (out, "}}");
  return details->len == 0 ? g_steal_pointer (&out) : NULL;
}

static GBytes *
event_translate (WeirExchange  *exchange,
                 GBytes        *body,
                 GError       **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GString) details = g_string_new (NULL);
  gsize size = g_bytes_get_size (body);
  GString *out = NULL;
  JsonNode *root;

  if (size > 0 &&
      weir_json_load (parser, g_bytes_get_data (body, NULL), (gssize) size) &&
      (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    out = translate_object (json_node_get_object (root), details);
  else
    add_detail (details, "body", "The body must be a JSON object");

  if (out != NULL)
    return g_string_free_to_bytes (out);

  exchange->data = g_strdup_printf ("[%s]", details->str);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "Validation failed");
  return NULL;
}

static void
reply_invalid (WeirExchange *exchange,
               const char   *details)
{
  g_autoptr(GBytes) body = NULL;
  GString *text = g_string_new ("{\"success\":false,\"error\":\"Validation failed\",\"details\":");

  g_string_append (text, details);
  g_string_append_c (text, '}');
  body = g_string_free_to_bytes (text);
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_BAD_REQUEST, WEIR_TYPE_JSON, body);
}

/* The codec may refuse what passed here, for instance a name that is too long. */
static char *
event_dup_rejections (GArray *rejections)
{
  static const struct {
    const char *code;
    const char *field;
  } fields[] = {
    { "invalid_event", "event_type" },
    { "missing_event", "event_type" },
    { "invalid_id", "user_id" },
    { "invalid_timestamp", "timestamp" },
  };
  g_autoptr(GString) details = g_string_new (NULL);

  for (guint i = 0; i < rejections->len; i++)
    {
      const WeirRejection *rejection = &g_array_index (rejections, WeirRejection, i);
      const char *field = "body";

      for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
        if (g_str_equal (rejection->code, fields[j].code))
          field = fields[j].field;
      add_detail (details, field, rejection->message);
    }
  return g_strdup_printf ("[%s]", details->str);
}

static void
event_reply (WeirExchange *exchange)
{
  if (exchange->entry.n_rejected > 0)
    reply_invalid (exchange, exchange->data);
  else
    weir_exchange_reply (exchange, SOUP_STATUS_ACCEPTED, WEIR_TYPE_JSON,
                         "{\"success\":true,\"message\":\"Event accepted\"}");
}

static void
event_reply_error (WeirExchange *exchange,
                   const GError *error)
{
  if (exchange->data != NULL && g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST))
    reply_invalid (exchange, exchange->data);
  else
    weir_exchange_reply_error (exchange, error);
}

const WeirProtocol weir_event_protocol = {
  .name = "event",
  .max_bytes = MAX_BODY_BYTES,
  .translate = event_translate,
  .dup_rejections = event_dup_rejections,
  .reply = event_reply,
  .reply_error = event_reply_error,
};
