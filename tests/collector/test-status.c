/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-collector.h"

/* How a real collector says it is, what it logged and what it refused. */

static JsonNode *
get_json (TestCollector *collector,
          const char    *path)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, path);
  JsonNode *node;

  g_test_message ("%s", reply->body);
  g_assert_cmpint (reply->status, ==, 200);
  node = json_from_string (reply->body, NULL);
  g_assert_nonnull (node);
  return node;
}

static void
post_events (TestCollector *collector,
             const char    *body)
{
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, body, -1);

  g_assert_cmpint (reply->status, ==, 202);
}

static void
wait_stored (TestCollector *collector,
             double         n)
{
  while (test_collector_get_metric (collector, "weir_events_stored_total") < n)
    g_usleep (10000);
}

static void
test_status (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--keep 90d --durability os");
  g_autoptr(JsonNode) node = NULL;
  JsonObject *status, *store, *ledger, *sink, *stream;
  int fd;

  post_events (collector, "[{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":\"2026-11-01T00:00:00Z\"},"
                          "{\"event\":\"b\",\"user_id\":\"u\"},{}]");
  wait_stored (collector, 2);
  fd = test_collector_connect (collector);
  {
    g_autofree char *request = g_strdup_printf ("GET /v1/stream?topics=events,identity&token=%s HTTP/1.1\r\n"
                                                "Host: localhost\r\n\r\n", collector->token);
    char first;

    test_socket_send (fd, request, -1);
    g_assert_cmpint (recv (fd, &first, 1, 0), ==, 1);
  }
  node = get_json (collector, "/v1/status");
  status = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (status, "durability"), ==, "os");
  g_assert_false (json_object_get_boolean_member (status, "read_only"));
  g_assert_true (json_object_get_boolean_member (status, "ready"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (status, "reasons")), ==, 0);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (status, "listen"), 0), ==,
                   collector->url);

  store = json_object_get_object_member (status, "store");
  g_assert_cmpint (json_object_get_int_member (store, "events"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (store, "oldest"), ==, "2026-11-01T00:00:00.000Z");
  g_assert_cmpstr (json_object_get_string_member (store, "keep"), ==, "90d");
  g_assert_cmpint (json_object_get_int_member (store, "bytes"), >, 0);
  ledger = json_object_get_object_member (status, "ledger");
  g_assert_cmpint (json_object_get_int_member (ledger, "received"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (ledger, "stored"), ==, 2);
  sink = json_array_get_object_element (json_object_get_array_member (status, "sinks"), 0);
  g_assert_cmpstr (json_object_get_string_member (sink, "state"), ==, "ok");
  g_assert_cmpint (json_object_get_int_member (sink, "cursor"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (sink, "batches"), >=, 1);
  g_assert_true (json_object_get_null_member (sink, "last_error"));
  stream = json_array_get_object_element (json_object_get_array_member (status, "streams"), 0);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (stream, "peer"), "127.0.0.1:"));
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (stream, "topics"), 1), ==,
                   "identity");
  close (fd);
}

static void
test_read_only (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) reader = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *file = g_build_filename (collector->data_dir, "events.db", NULL);
  g_autofree char *options = g_strdup_printf ("--read-only %s", file);

  post_events (collector, "{\"event\":\"a\",\"user_id\":\"u\"}");
  wait_stored (collector, 1);
  test_collector_stop (collector);
  reader = test_collector_new (options);
  node = get_json (reader, "/v1/status");
  g_assert_true (json_object_get_boolean_member (json_node_get_object (node), "read_only"));
  g_assert_cmpint (json_object_get_int_member (
      json_object_get_object_member (json_node_get_object (node), "store"), "events"), ==, 1);
}

static void
test_log (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--listen 0.0.0.0:0");
  g_autoptr(JsonNode) all = get_json (collector, "/v1/log");
  g_autoptr(JsonNode) one = get_json (collector, "/v1/log?limit=1");
  g_autoptr(JsonNode) warnings = get_json (collector, "/v1/log?level=warning");
  g_autoptr(JsonNode) none = NULL;
  g_autoptr(TestReply) refused = test_collector_get (collector, "/v1/log?level=loud");
  g_autoptr(TestReply) stranger = test_collector_ask (collector, "GET /v1/log HTTP/1.1\r\nHost: localhost\r\n\r\n", -1);
  g_autofree char *path = NULL;
  JsonObject *object = json_node_get_object (all);
  JsonArray *lines = json_object_get_array_member (object, "lines");
  JsonObject *line;
  gint64 last = json_object_get_int_member (object, "last");

  g_assert_cmpint (last, >, 0);
  line = json_array_get_object_element (lines, json_array_get_length (lines) - 1);
  g_assert_cmpint (json_object_get_int_member (line, "seq"), ==, last);
  g_assert_cmpstr (json_object_get_string_member (line, "level"), ==, "message");
  g_assert_nonnull (strstr (json_object_get_string_member (line, "message"), "there are no write keys"));
  lines = json_object_get_array_member (json_node_get_object (one), "lines");
  g_assert_cmpuint (json_array_get_length (lines), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (lines, 0), "seq"), ==, last);
  lines = json_object_get_array_member (json_node_get_object (warnings), "lines");
  g_assert_cmpuint (json_array_get_length (lines), ==, 0);
  path = g_strdup_printf ("/v1/log?after=%" G_GINT64_FORMAT, last);
  none = get_json (collector, path);
  lines = json_object_get_array_member (json_node_get_object (none), "lines");
  g_assert_cmpuint (json_array_get_length (lines), ==, 0);
  test_assert_error (refused, 400, "invalid_request");
  test_assert_error (stranger, 401, "unauthorized");
}

static void
test_rejected (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *filler = g_strnfill (600, 'x');
  g_autofree char *body = g_strdup_printf ("[{\"event\":\"a\",\"user_id\":\"u\"},"
                                           "{\"event\":\"né\",\"note\":\"%s\"},\n"
                                           "{\"user_id\":\"u\"}]", filler);
  g_autoptr(JsonNode) two = NULL;
  g_autoptr(JsonNode) one = NULL;
  g_autoptr(JsonNode) none = NULL;
  g_autoptr(TestReply) person = NULL;
  g_autoptr(TestReply) deleted = NULL;
  g_autofree char *path = NULL;
  g_auto(GStrv) parts = NULL;
  JsonArray *array;
  JsonObject *entry;

  post_events (collector, body);
  two = get_json (collector, "/v1/rejected");
  array = json_object_get_array_member (json_node_get_object (two), "rejected");
  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  entry = json_array_get_object_element (array, 0);
  g_assert_cmpstr (json_object_get_string_member (entry, "code"), ==, "missing_event");
  g_assert_cmpstr (json_object_get_string_member (entry, "source"), ==, "local");
  g_assert_cmpint (json_object_get_int_member (entry, "index"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (entry, "excerpt"), ==, "{\"user_id\":\"u\"}");
  entry = json_array_get_object_element (array, 1);
  g_assert_cmpstr (json_object_get_string_member (entry, "code"), ==, "missing_id");
  g_assert_true (g_str_has_prefix (json_object_get_string_member (entry, "excerpt"),
                                   "{\"event\":\"né\",\"note\":\"xx"));
  g_assert_cmpuint (strlen (json_object_get_string_member (entry, "excerpt")), ==, 500);
  one = get_json (collector, "/v1/rejected?limit=1");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (one), "rejected")), ==,
                    1);

  /* They may tell of a person that is deleted. */
  wait_stored (collector, 1);
  person = test_collector_get (collector, "/v1/persons?distinct_id=u");
  parts = g_strsplit (person->body, "\"", 5);
  path = g_strdup_printf ("/v1/persons/%s", parts[3]);
  deleted = test_collector_request (collector, "DELETE", path, NULL);
  g_assert_cmpint (deleted->status, ==, 200);
  none = get_json (collector, "/v1/rejected");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (none), "rejected")),
                    ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/status/status", test_status);
  g_test_add_func ("/collector/status/read-only", test_read_only);
  g_test_add_func ("/collector/status/log", test_log);
  g_test_add_func ("/collector/status/rejected", test_rejected);
  return g_test_run ();
}
