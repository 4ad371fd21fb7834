/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>

#include "weir-event-codec.h"
#include "weir-event-export.h"

static const char stored[] =
  "{\"seq\":1204331,\"id\":\"m-1\",\"event\":\"it's $HOME `x` \\\"q\\\"\","
  "\"timestamp\":\"2026-01-01T10:31:07.204Z\",\"received\":\"2026-01-01T10:31:07.300Z\","
  "\"source\":\"shop\",\"distinct_id\":\"u-1042\",\"person\":\"3f0c\",\"user_id\":\"u-1042\","
  "\"anonymous_id\":\"a-7\",\"value\":21.5,"
  "\"properties\":{\"note\":\"a'b\\nc\\\\d\",\"nested\":{\"n\":[1,2]}}}";

static void
decode (WeirEventCodec *codec,
        const char     *json,
        WeirEvent      *event)
{
  g_assert_true (weir_event_codec_decode_stored (codec, json, strlen (json), event, NULL));
}

static void
test_json (void)
{
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(JsonNode) expected = json_from_string (stored, NULL);
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *json = NULL;
  WeirEvent event;

  decode (codec, stored, &event);
  json = weir_event_to_json (&event);
  node = json_from_string (json, NULL);
  g_assert_true (json_node_equal (node, expected));
}

/* The command must survive a real shell: run it with an “curl” that prints its last argument. */
static JsonNode *
run_curl (const char *command)
{
  g_autofree char *script = g_strdup_printf ("curl () { for last; do :; done; "
                                             "printf '%%s' \"$last\"; }\n%s", command);
  g_autofree char *output = NULL;
  g_autoptr(GError) error = NULL;
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  JsonNode *node;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL,
                               &output, NULL, NULL, &error));
  g_assert_no_error (error);
  node = json_from_string (output, &error);
  g_assert_no_error (error);
  return node;
}

static void
test_curl_sends_the_same (void)
{
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(JsonNode) expected = json_from_string (stored, NULL);
  g_autoptr(JsonNode) sent = NULL;
  g_autofree char *command = NULL;
  JsonObject *object;
  WeirEvent event;

  decode (codec, stored, &event);
  command = weir_event_to_curl (&event, "http://127.0.0.1:8740");
  g_assert_nonnull (strstr (command, "http://127.0.0.1:8740/v1/events"));
  g_assert_null (strstr (command, "Authorization"));
  sent = run_curl (command);

  /* All the client said, and nothing the collector made. */
  object = json_node_get_object (expected);
  json_object_remove_member (object, "seq");
  json_object_remove_member (object, "id");
  json_object_remove_member (object, "received");
  json_object_remove_member (object, "person");
  json_object_remove_member (object, "distinct_id");
  g_assert_true (json_node_equal (sent, expected));
}

static void
test_curl_key (void)
{
  static const char json[] = "{\"seq\":1,\"event\":\"e\",\"distinct_id\":\"d\"}";
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(JsonNode) sent = NULL;
  g_autofree char *command = NULL;
  WeirEvent event;

  decode (codec, json, &event);
  command = weir_event_to_curl (&event, "https://weir.example.org");
  g_assert_nonnull (strstr (command, "Authorization: Bearer $WEIR_WRITE_KEY"));
  sent = run_curl (command);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (sent), "distinct_id"),
                   ==, "d");
}

static void
test_sample (void)
{
  g_autofree char *command = weir_event_sample_curl ("http://127.0.0.1:8740");
  g_autoptr(JsonNode) sent = run_curl (command);

  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (sent), "event"),
                   ==, "hello");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/json", test_json);
  g_test_add_func ("/export/curl-sends-the-same", test_curl_sends_the_same);
  g_test_add_func ("/export/curl-key", test_curl_key);
  g_test_add_func ("/export/sample", test_sample);
  return g_test_run ();
}
