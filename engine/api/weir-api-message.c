/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-api-message.h"

#include <json-glib/json-glib.h>

#include "weir-error.h"
#include "weir-json-load.h"

#define MAX_RETRY_AFTER_SECONDS 3600
#define MAX_MESSAGE_CHARS 500

/* The token is for the collector it was given for, not for where that one sends us. */
static void
restarted_cb (SoupMessage *message,
              GUri        *first_uri)
{
  GUri *uri = soup_message_get_uri (message);

  if (g_strcmp0 (g_uri_get_scheme (uri), g_uri_get_scheme (first_uri)) != 0 ||
      g_strcmp0 (g_uri_get_host (uri), g_uri_get_host (first_uri)) != 0 ||
      g_uri_get_port (uri) != g_uri_get_port (first_uri))
    soup_message_headers_remove (soup_message_get_request_headers (message), "Authorization");
}

static void
uri_closure_free (gpointer  data,
                  GClosure *closure)
{
  g_uri_unref (data);
}

static WeirError
code_from_name (const char *name,
                guint       status)
{
  for (guint code = 0; code <= WEIR_ERROR_CONFIGURATION; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (WEIR_ERROR, code, "");

      if (name != NULL ? g_str_equal (name, weir_error_get_name (error))
                       : weir_error_get_status (error) == status)
        return code;
    }

  if (name != NULL)
    return code_from_name (NULL, status);

  return status < 500 ? WEIR_ERROR_INVALID_REQUEST : WEIR_ERROR_UNAVAILABLE;
}

/* The `error` object of the wire contract, or %NULL when the body is something else. */
static JsonObject *
get_error_object (JsonParser *parser,
                  const char *body,
                  gsize       length)
{
  JsonNode *root;
  JsonNode *member;

  if (body == NULL || length == 0 || !weir_json_load (parser, body, length))
    return NULL;

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;

  member = json_object_get_member (json_node_get_object (root), "error");
  if (member == NULL || !JSON_NODE_HOLDS_OBJECT (member))
    return NULL;

  return json_node_get_object (member);
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

/**
 * weir_api_message_new:
 * @method: HTTP method
 * @url: where the collector is, such as `http://127.0.0.1:8740`
 * @path: path with its query, from `/`
 * @token: (nullable): the read token
 * @error: return location for an error
 *
 * Makes a request to a collector. The token is not sent on to another host by a redirect.
 *
 * Returns: (transfer full): the request, or %NULL with %WEIR_ERROR_INVALID_REQUEST when @url is
 *   no URL
 */
SoupMessage *
weir_api_message_new (const char  *method,
                      const char  *url,
                      const char  *path,
                      const char  *token,
                      GError     **error)
{
  g_autoptr (GString) text = g_string_new (url);
  g_autoptr (SoupMessage) message = NULL;

  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (path != NULL && path[0] == '/', NULL);

  while (text->len > 0 && text->str[text->len - 1] == '/')
    g_string_truncate (text, text->len - 1);
  g_string_append (text, path);

  message = soup_message_new (method, text->str);
  if (message == NULL)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "“%s” is not a URL", url);
      return NULL;
    }

  if (token != NULL && token[0] != '\0')
    {
      g_autofree char *value = g_strconcat ("Bearer ", token, NULL);

      soup_message_headers_replace (soup_message_get_request_headers (message),
                                    "Authorization",
                                    value);
    }

  /* A 401 is an answer, not a reason to look for other credentials. */
  soup_message_add_flags (message, SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  g_signal_connect_data (message,
                         "restarted",
                         G_CALLBACK (restarted_cb),
                         g_uri_ref (soup_message_get_uri (message)),
                         uri_closure_free,
                         0);

  return g_steal_pointer (&message);
}

/**
 * weir_api_message_get_retry_after:
 * @message: a request that was answered
 *
 * Gets what the answer said in `Retry-After`, as seconds or as a date.
 *
 * Returns: milliseconds, at most an hour; or -1
 */
gint64
weir_api_message_get_retry_after (SoupMessage *message)
{
  SoupMessageHeaders *headers;
  const char *text;
  guint64 seconds;

  g_return_val_if_fail (SOUP_IS_MESSAGE (message), -1);

  headers = soup_message_get_response_headers (message);
  text = soup_message_headers_get_one (headers, "Retry-After");
  if (text == NULL)
    return -1;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &seconds, NULL))
    {
      g_autoptr (GDateTime) date = soup_date_time_new_from_http_string (text);
      gint64 now = g_get_real_time () / G_USEC_PER_SEC;

      if (date == NULL)
        return -1;
      seconds = MAX (g_date_time_to_unix (date) - now, 0);
    }

  return MIN (seconds, MAX_RETRY_AFTER_SECONDS) * 1000;
}

/**
 * weir_api_message_new_error:
 * @message: a request that was answered, not with success
 * @body: (nullable) (array length=length): the answer's body
 * @length: its length in bytes
 *
 * Makes the error of the wire contract out of an answer, or one that names the status when
 * the answer comes from something that is no collector.
 *
 * Returns: (transfer full): an error in the domain WEIR_ERROR
 */
GError *
weir_api_message_new_error (SoupMessage *message,
                            const char  *body,
                            gsize        length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *shortened = NULL;
  JsonObject *object;
  const char *text;
  guint status;

  g_return_val_if_fail (SOUP_IS_MESSAGE (message), NULL);

  status = soup_message_get_status (message);
  object = get_error_object (parser, body, length);
  text = get_text (object, "message");
  if (text == NULL)
    return g_error_new (WEIR_ERROR, code_from_name (NULL, status),
                        "The collector answered %u %s", status,
                        soup_status_get_phrase (status));

  shortened = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_MESSAGE_CHARS));
  return g_error_new_literal (WEIR_ERROR,
                              code_from_name (get_text (object, "code"), status),
                              shortened);
}
