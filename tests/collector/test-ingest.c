/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "test-collector.h"

/* Against a real collector: who may send and read, how bodies are encoded, and the dialects. */

#define EVENT "{\"event\":\"a\",\"user_id\":\"u\"}"

static GByteArray *
gzip (const char *text,
      gsize       length)
{
  GByteArray *out = g_byte_array_new ();
  z_stream stream = { 0 };

  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  g_byte_array_set_size (out, (guint) deflateBound (&stream, length));
  stream.next_in = (Bytef *) text;
  stream.avail_in = (uInt) length;
  stream.next_out = out->data;
  stream.avail_out = out->len;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size (out, (guint) stream.total_out);
  deflateEnd (&stream);
  return out;
}

static GByteArray *
zstd (const char *text,
      gsize       length)
{
  GByteArray *out = g_byte_array_new ();
  gsize size;

  g_byte_array_set_size (out, (guint) ZSTD_compressBound (length));
  size = ZSTD_compress (out->data, out->len, text, length, 19);
  g_assert_false (ZSTD_isError (size));
  g_byte_array_set_size (out, (guint) size);
  return out;
}

static TestReply *
post_encoded (TestCollector *collector,
              const char    *encoding,
              gconstpointer  data,
              gsize          length)
{
  g_autofree char *header = g_strdup_printf ("Content-Encoding: %s\r\n", encoding);

  return test_collector_post (collector, "/v1/events", header, data, (gssize) length);
}

static void
assert_accepted (TestReply *reply,
                 guint      accepted)
{
  g_autofree char *expected =
    g_strdup_printf ("{\"accepted\":%u,\"duplicates\":0,\"rejected\":[]}", accepted);

  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->body, ==, expected);
  g_assert_cmpint (reply->status, ==, 202);
  g_assert_cmpstr (test_reply_get_header (reply, "Content-Type"), ==, "application/json");
}

static void
assert_json (const char *json,
             const char *expected)
{
  g_autoptr(JsonNode) node = json_from_string (json, NULL);
  g_autoptr(JsonNode) other = json_from_string (expected, NULL);

  g_test_message ("%s", json);
  g_assert_nonnull (node);
  g_assert_nonnull (other);
  g_assert_true (json_node_equal (node, other));
}

/* The stored events, newest first, once there are @n. */
static JsonNode *
wait_for_events (TestCollector *collector,
                 guint          n)
{
  for (;;)
    {
      g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);
      g_autoptr(TestReply) reply =
        test_collector_post (collector, "/v1/query", headers, "{\"kind\":\"events\"}", -1);
      g_autoptr(JsonNode) root = NULL;
      JsonArray *events;

      g_assert_nonnull (reply);
      g_assert_cmpint (reply->status, ==, 200);
      root = json_from_string (reply->body, NULL);
      events = json_object_get_array_member (json_node_get_object (root), "events");
      if (json_array_get_length (events) >= n)
        {
          g_assert_cmpuint (json_array_get_length (events), ==, n);
          return g_steal_pointer (&root);
        }
      g_usleep (20000);
    }
}

static JsonObject *
get_event (JsonNode *root,
           guint     index)
{
  return json_array_get_object_element (
    json_object_get_array_member (json_node_get_object (root), "events"), index);
}

static void
test_forms (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  static const struct {
    const char *body;
    guint accepted;
  } vectors[] = {
    { EVENT, 1 },
    { "[" EVENT "," EVENT "]", 2 },
    { "{\"events\":[" EVENT "," EVENT "," EVENT "]}", 3 },
    { EVENT "\n" EVENT "\r\n" EVENT "\n\n", 3 },
    { "[]", 0 },
  };
  static const char *const types[] = {
    "", "Content-Type: application/json\r\n", "Content-Type: application/x-ndjson\r\n",
    "Content-Type: text/plain;charset=UTF-8\r\n",
    "Content-Type: application/x-www-form-urlencoded\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    for (guint j = 0; j < G_N_ELEMENTS (types); j++)
      {
        g_autoptr(TestReply) reply =
          test_collector_post (collector, "/v1/events", types[j], vectors[i].body, -1);

        assert_accepted (reply, vectors[i].accepted);
      }
}

static void
test_rejections (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) partly = NULL;
  g_autoptr(TestReply) all = NULL;
  g_autoptr(TestReply) duplicate = NULL;
  static const char *const unreadable[] = {
    "", " ", "x", "{", "[1,2", "\"text\"", "17", "\xff\xfe",
  };

  partly = test_collector_post (collector, "/v1/events", NULL,
                                "[" EVENT ",{\"user_id\":\"u\"},{\"event\":\"b\"}," EVENT "]", -1);
  g_assert_cmpint (partly->status, ==, 202);
  g_assert_true (g_str_has_prefix (partly->body,
                                   "{\"accepted\":2,\"duplicates\":0,\"rejected\":["
                                   "{\"index\":1,\"code\":\"missing_event\",\"message\":\""));
  g_assert_nonnull (strstr (partly->body, "{\"index\":2,\"code\":\"missing_id\",\"message\":\""));

  all = test_collector_post (collector, "/v1/events", NULL, "{\"user_id\":\"u\"}", -1);
  g_assert_cmpint (all->status, ==, 202);
  g_assert_true (g_str_has_prefix (all->body, "{\"accepted\":0,\"duplicates\":0,\"rejected\":[{"));

  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&duplicate, test_reply_free);
      duplicate = test_collector_post (collector, "/v1/events", NULL,
                                       "{\"event\":\"a\",\"id\":\"m1\",\"user_id\":\"u\"}", -1);
    }
  g_assert_cmpstr (duplicate->body, ==, "{\"accepted\":0,\"duplicates\":1,\"rejected\":[]}");

  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    {
      g_autoptr(TestReply) reply =
        test_collector_post (collector, "/v1/events", NULL, unreadable[i], -1);

      g_assert_cmpint (reply->status, ==, 400);
      g_assert_true (g_str_has_prefix (reply->body, "{\"error\":{\"code\":\"invalid_"));
    }
}

static void
test_encodings (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(GByteArray) zipped = gzip (EVENT, strlen (EVENT));
  g_autoptr(GByteArray) other = gzip ("\n" EVENT "\n", strlen ("\n" EVENT "\n"));
  g_autoptr(GByteArray) packed = zstd (EVENT, strlen (EVENT));
  g_autoptr(GByteArray) second = zstd ("\n" EVENT, strlen ("\n" EVENT));
  g_autoptr(TestReply) one = post_encoded (collector, "gzip", zipped->data, zipped->len);
  g_autoptr(TestReply) old_name = post_encoded (collector, "X-Gzip", zipped->data, zipped->len);
  g_autoptr(TestReply) frame = post_encoded (collector, "zstd", packed->data, packed->len);
  g_autoptr(TestReply) plain = post_encoded (collector, "identity", EVENT, strlen (EVENT));
  g_autoptr(TestReply) unknown = post_encoded (collector, "br", EVENT, strlen (EVENT));
  g_autoptr(TestReply) list = post_encoded (collector, "gzip, gzip", zipped->data, zipped->len);
  g_autoptr(TestReply) members = NULL;
  g_autoptr(TestReply) frames = NULL;

  assert_accepted (one, 1);
  assert_accepted (old_name, 1);
  assert_accepted (frame, 1);
  assert_accepted (plain, 1);
  test_assert_error (unknown, 415, "unsupported_encoding");
  test_assert_error (list, 415, "unsupported_encoding");

  g_byte_array_append (zipped, other->data, other->len);
  members = post_encoded (collector, "gzip", zipped->data, zipped->len);
  assert_accepted (members, 2);

  g_byte_array_append (packed, second->data, second->len);
  frames = post_encoded (collector, "zstd", packed->data, packed->len);
  assert_accepted (frames, 2);
}

/* Cut at every byte, and with anything behind, a compressed body is no body. */
static void
test_damaged_encodings (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(GByteArray) zipped = gzip (EVENT, strlen (EVENT));
  g_autoptr(GByteArray) packed = zstd (EVENT, strlen (EVENT));

  for (guint n = 0; n < zipped->len; n++)
    {
      g_autoptr(TestReply) reply = post_encoded (collector, "gzip", zipped->data, n);

      test_assert_error (reply, 400, "invalid_encoding");
    }
  for (guint n = 0; n < packed->len; n++)
    {
      g_autoptr(TestReply) reply = post_encoded (collector, "zstd", packed->data, n);

      test_assert_error (reply, 400, "invalid_encoding");
    }

  g_byte_array_append (zipped, (const guint8 *) "rest", 4);
  g_byte_array_append (packed, (const guint8 *) "rest", 4);
  for (guint i = 0; i < 2; i++)
    {
      GByteArray *body = i == 0 ? zipped : packed;
      g_autoptr(TestReply) reply =
        post_encoded (collector, i == 0 ? "gzip" : "zstd", body->data, body->len);

      test_assert_error (reply, 400, "invalid_encoding");
    }
}

static guint64
get_peak_kib (TestCollector *collector)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", collector->pid);
  g_autofree char *text = NULL;
  const char *at;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, "VmHWM:");
  g_assert_nonnull (at);
  return g_ascii_strtoull (strpbrk (at, "0123456789"), NULL, 10);
}

/* AddressSanitizer keeps what was freed, up to 256 MiB; here what is held at one time is measured. */
static TestCollector *
start_without_quarantine (const char *options)
{
  g_autofree char *before = g_strdup (g_getenv ("ASAN_OPTIONS"));
  g_autofree char *without =
    g_strconcat (before != NULL ? before : "", ":quarantine_size_mb=1", NULL);
  TestCollector *collector;

  g_setenv ("ASAN_OPTIONS", without, TRUE);
  collector = test_collector_new (options);
  if (before != NULL)
    g_setenv ("ASAN_OPTIONS", before, TRUE);
  else
    g_unsetenv ("ASAN_OPTIONS");
  return collector;
}

/* 300 MiB of spaces in 300 KiB, and several times over. */
static void
test_bombs (void)
{
  g_autoptr(TestCollector) collector = start_without_quarantine ("--max-decoded-bytes 4M");
  gsize size = 300 * 1024 * 1024;
  g_autofree char *spaces = g_strnfill (size, ' ');
  g_autoptr(GByteArray) zipped = gzip (spaces, size);
  g_autoptr(GByteArray) packed = zstd (spaces, size);
  g_autoptr(GByteArray) exact = gzip (spaces, 4 * 1024 * 1024);
  g_autoptr(GByteArray) more = gzip (spaces, 4 * 1024 * 1024 + 1);
  g_autoptr(TestReply) exact_reply = NULL;
  g_autoptr(TestReply) more_reply = NULL;

  for (guint i = 0; i < 8; i++)
    {
      GByteArray *bomb = i % 2 ? zipped : packed;
      g_autoptr(TestReply) reply =
        post_encoded (collector, i % 2 ? "gzip" : "zstd", bomb->data, bomb->len);

      test_assert_error (reply, 413, "too_large");
    }

  /* Exactly the cap is read (and found to hold no event), one byte more is not. */
  exact_reply = post_encoded (collector, "gzip", exact->data, exact->len);
  test_assert_error (exact_reply, 400, "invalid_json");
  more_reply = post_encoded (collector, "gzip", more->data, more->len);
  test_assert_error (more_reply, 413, "too_large");
  g_assert_cmpuint (get_peak_kib (collector), <, 200 * 1024);
}

static char *
write_config (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("weir-config-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_write_keys (void)
{
  g_autofree char *config = write_config ("[collector]\nrequire-key=yes\n"
                                          "[keys]\nshop=key-1\nfleet=key-2\n");
  g_autofree char *options = g_strdup_printf ("--config %s", config);
  g_autoptr(TestCollector) collector = test_collector_new (options);
  static const struct {
    const char *header;
    const char *body;
    int status;
  } vectors[] = {
    { "", EVENT, 401 },
    { "Authorization: Bearer key-3\r\n", EVENT, 401 },
    { "Authorization: Bearer \r\n", EVENT, 401 },
    { "Authorization: Bearer key-1x\r\n", EVENT, 401 },
    { "Authorization: Basic a2V5LTE=\r\n", EVENT, 401 },          /* no colon */
    { "Authorization: Basic !!!\r\n", EVENT, 401 },
    { "", "{\"api_key\":\"key-3\",\"events\":[" EVENT "]}", 401 },
    { "", "{\"api_key\":17,\"events\":[" EVENT "]}", 401 },
    { "", "[" EVENT "]", 401 },
    { "", "{", 401 },
    { "Authorization: Bearer key-1\r\n", EVENT, 202 },
    { "Authorization: bearer key-2\r\n", EVENT, 202 },
    { "Authorization: Basic a2V5LTE6\r\n", EVENT, 202 },          /* key-1: */
    { "", "{\"api_key\":\"key-2\",\"events\":[" EVENT "]}", 202 },
    { "Authorization: Bearer key-1\r\n",
      "{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"own\"}", 202 },
  };
  static const char *const sources[] = { "own", "fleet", "shop", "fleet", "shop" };
  g_autoptr(JsonNode) root = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(TestReply) reply =
        test_collector_post (collector, "/v1/events", vectors[i].header, vectors[i].body, -1);

      g_test_message ("%s %s", vectors[i].header, vectors[i].body);
      g_assert_cmpint (reply->status, ==, vectors[i].status);
      if (reply->status == 401)
        {
          test_assert_error (reply, 401, "unauthorized");
          g_assert_nonnull (test_reply_get_header (reply, "WWW-Authenticate"));
        }
    }

  root = wait_for_events (collector, G_N_ELEMENTS (sources));
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_assert_cmpstr (json_object_get_string_member (get_event (root, i), "source"), ==, sources[i]);
  unlink (config);
}

/* On the same machine no key is needed, but a wrong one is a mistake. */
static void
test_local_writes (void)
{
  g_autofree char *config = write_config ("[keys]\nshop=key-1\n");
  g_autofree char *options = g_strdup_printf ("--config %s", config);
  g_autoptr(TestCollector) with_keys = test_collector_new (options);
  g_autoptr(TestCollector) without = test_collector_new (NULL);
  g_autoptr(TestReply) none = test_collector_post (with_keys, "/v1/events", NULL, EVENT, -1);
  g_autoptr(TestReply) wrong = test_collector_post (with_keys, "/v1/events",
                                                    "Authorization: Bearer x\r\n", EVENT, -1);
  g_autoptr(TestReply) any = test_collector_post (without, "/v1/events",
                                                  "Authorization: Bearer x\r\n", EVENT, -1);

  assert_accepted (none, 1);
  test_assert_error (wrong, 401, "unauthorized");
  assert_accepted (any, 1);
  unlink (config);
}

static void
test_read_token (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  static const char *const paths[] = { "/metrics", "/v1/stream", "/dashboard-stream",
                                       "/api/stats?site_id=a" };
  g_autoptr(TestReply) in_query = NULL;
  g_autoptr(TestReply) post = NULL;
  g_autofree char *path = NULL;

  g_assert_cmpuint (strlen (collector->token), ==, 64);
  g_assert_cmpuint (strspn (collector->token, "0123456789abcdef"), ==, 64);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *bare =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[i]);
      g_autofree char *wrong =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n"
                         "Authorization: Bearer %.63s\r\n\r\n", paths[i], collector->token);
      g_autoptr(TestReply) none = test_collector_ask (collector, bare, -1);
      g_autoptr(TestReply) short_token = test_collector_ask (collector, wrong, -1);

      test_assert_error (none, 401, "unauthorized");
      g_assert_cmpstr (test_reply_get_header (none, "WWW-Authenticate"), ==,
                       "Bearer realm=\"weir\"");
      test_assert_error (short_token, 401, "unauthorized");
    }

  /* As a parameter it would end up in logs; only streams, which browsers open, take it so. */
  path = g_strdup_printf ("GET /metrics?token=%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          collector->token);
  in_query = test_collector_ask (collector, path, -1);
  test_assert_error (in_query, 401, "unauthorized");
  post = test_collector_post (collector, "/v1/query", NULL, "{\"kind\":\"events\"}", -1);
  test_assert_error (post, 401, "unauthorized");
}

static void
test_cors (void)
{
  g_autoptr(TestCollector) collector =
    test_collector_new ("--cors-origins https://a.example --cors-origins http://b.example:81");
  g_autoptr(TestReply) preflight = NULL;
  g_autoptr(TestReply) post = NULL;
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) none = NULL;

  preflight = test_collector_ask (collector,
                                  "OPTIONS /v1/events HTTP/1.1\r\nHost: localhost\r\n"
                                  "Origin: https://a.example\r\n"
                                  "Access-Control-Request-Method: POST\r\n"
                                  "Access-Control-Request-Private-Network: true\r\n"
                                  "Access-Control-Request-Headers: authorization\r\n\r\n", -1);
  g_assert_cmpint (preflight->status, ==, 204);
  g_assert_cmpstr (test_reply_get_header (preflight, "Access-Control-Allow-Origin"), ==,
                   "https://a.example");
  g_assert_nonnull (strstr (test_reply_get_header (preflight, "Access-Control-Allow-Methods"),
                            "POST"));
  g_assert_nonnull (strstr (test_reply_get_header (preflight, "Access-Control-Allow-Headers"),
                            "Authorization"));
  g_assert_cmpstr (test_reply_get_header (preflight, "Access-Control-Allow-Private-Network"), ==,
                   "true");
  g_assert_cmpstr (test_reply_get_header (preflight, "Vary"), ==, "Origin");

  post = test_collector_post (collector, "/v1/events", "Origin: http://b.example:81\r\n",
                              EVENT, -1);
  assert_accepted (post, 1);
  g_assert_cmpstr (test_reply_get_header (post, "Access-Control-Allow-Origin"), ==,
                   "http://b.example:81");

  refused = test_collector_post (collector, "/v1/events", "Origin: http://b.example\r\n",
                                 EVENT, -1);
  test_assert_error (refused, 403, "forbidden");
  g_assert_null (test_reply_get_header (refused, "Access-Control-Allow-Origin"));

  none = test_collector_post (collector, "/v1/events", NULL, EVENT, -1);
  assert_accepted (none, 1);
  g_assert_null (test_reply_get_header (none, "Access-Control-Allow-Origin"));
  g_assert_cmpstr (test_reply_get_header (none, "Vary"), ==, "Origin");
}

static void
test_device_dialect (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  static const char body[] =
    "{\"events\":[{\"device_id\":\"d1\",\"event_type\":\"temperature\",\"value_float\":21.5,"
    "\"value_string\":\"warm\",\"metadata\":{\"fw\":\"1.2\",\"n\":[1,2]}},"
    "{\"device_id\":\"d2\",\"event_type\":\"door\",\"value_float\":null,\"value_string\":null,"
    "\"metadata\":null}]}";
  static const char *const paths[] = { "/ingest", "/compat/ingest", "/compat/ingest/ingest" };
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(TestReply) partly = NULL;
  g_autoptr(TestReply) broken = NULL;
  g_autoptr(TestReply) shape = NULL;
  g_autoptr(TestReply) odd = NULL;
  g_autoptr(TestReply) shown = NULL;
  g_autoptr(JsonNode) later = NULL;
  g_autofree char *header = NULL;
  g_autofree char *text = NULL;
  g_autofree char *properties = NULL;
  JsonObject *event;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(TestReply) reply = test_collector_post (collector, paths[i], NULL, body, -1);

      g_assert_cmpint (reply->status, ==, 202);
      assert_json (reply->body, "{\"status\":\"queued\",\"event_count\":2}");
    }

  root = wait_for_events (collector, 6);
  event = get_event (root, 5);
  g_assert_cmpstr (json_object_get_string_member (event, "event"), ==, "temperature");
  g_assert_cmpstr (json_object_get_string_member (event, "device_id"), ==, "d1");
  g_assert_cmpstr (json_object_get_string_member (event, "distinct_id"), ==, "d1");
  g_assert_cmpfloat (json_object_get_double_member (event, "value"), ==, 21.5);
  properties = json_to_string (json_object_get_member (event, "properties"), FALSE);
  assert_json (properties, "{\"fw\":\"1.2\",\"n\":[1,2],\"value_string\":\"warm\"}");
  event = get_event (root, 4);
  g_assert_false (json_object_has_member (event, "value"));

  partly = test_collector_post (collector, "/ingest", NULL,
                                "{\"events\":[{\"device_id\":\"d1\",\"event_type\":\"x\"},"
                                "{},7]}", -1);
  g_assert_cmpint (partly->status, ==, 202);
  g_assert_nonnull (strstr (partly->body, "\"event_count\":1"));
  g_assert_nonnull (strstr (partly->body, "\"index\":2"));
  /* Numbers stay as they are, also those that no double holds; one bad event costs only itself. */
  odd = test_collector_post (collector, "/ingest", NULL,
                             "{\"events\":[{\"device_id\":\"d\",\"event_type\":\"x\",\"metadata\":"
                             "{\"a\":18446744073709551615,\"value_string\":1,\"b\":null}, "
                             "\"value_string\":\"v\"},"
                             "{\"device_id\":\"d\",\"event_type\":\"x\",\"value_float\":NaN},"
                             "{\"device_id\":\"d\",\"event_type\":},"
                             "{\"device_id\":\"d\",\"event_type\":\"x\",\"metadata\":[1]},]}", -1);
  g_assert_cmpint (odd->status, ==, 202);
  assert_json (odd->body,
               "{\"status\":\"queued\",\"event_count\":2,\"rejected\":["
               "{\"index\":1,\"code\":\"invalid_json\",\"message\":\"the event is not valid JSON\"},"
               "{\"index\":2,\"code\":\"invalid_json\",\"message\":\"the event is not valid JSON\"},"
               "{\"index\":4,\"code\":\"invalid_json\",\"message\":\"the event is not valid JSON\"}]}");
  later = wait_for_events (collector, 9);
  text = json_to_string (later, FALSE);
  g_assert_nonnull (strstr (text, "\"properties\":{\"metadata\":[1]}"));
  header = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);
  shown = test_collector_post (collector, "/v1/sql", header,
                               "{\"sql\":\"SELECT properties FROM events ORDER BY seq DESC LIMIT 2\"}",
                               -1);
  g_assert_nonnull (strstr (shown->body, "{\\\"a\\\":18446744073709551615,\\\"b\\\":null,"
                                         "\\\"value_string\\\":\\\"v\\\"}"));

  broken = test_collector_post (collector, "/ingest", NULL, "{\"events\":[", -1);
  test_assert_error (broken, 400, "invalid_json");
  shape = test_collector_post (collector, "/ingest", NULL, "[1]", -1);
  test_assert_error (shape, 400, "invalid_request");
}

static void
test_site_dialect (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(TestReply) stats = NULL;
  g_autoptr(TestReply) no_site = NULL;
  g_autoptr(TestReply) too_long = NULL;
  g_autofree char *long_name = NULL;
  g_autofree char *long_body = NULL;
  g_autofree char *properties = NULL;
  JsonObject *event;
  static const struct {
    const char *body;
    int status;
    const char *part;
  } vectors[] = {
    { "{\"site_id\":\"s2\",\"event_type\":\"click\"}", 202, "{\"success\":true,\"message\":\"" },
    { "{\"site_id\":\"s1\",\"event_type\":\"page_view\",\"path\":\"/a\",\"user_id\":\"u1\","
      "\"timestamp\":\"2026-03-01T10:00:00Z\"}", 202, "{\"success\":true,\"message\":\"" },
    { "{\"site_id\":\"s1\",\"event_type\":\"page_view\",\"path\":\"/a\",\"user_id\":42,"
      "\"timestamp\":\"2026-03-01T11:00:00Z\"}", 202, "{\"success\":true,\"message\":\"" },
    { "{\"site_id\":\"s1\",\"event_type\":\"page_view\",\"path\":\"/b\","
      "\"timestamp\":\"2026-03-01T12:00:00Z\"}", 202, "{\"success\":true,\"message\":\"" },
    { "{\"event_type\":\"page_view\",\"path\":\"/a\"}", 400,
      "{\"success\":false,\"error\":\"Validation failed\",\"details\":["
      "{\"field\":\"site_id\",\"message\":\"" },
    { "{\"site_id\":\"s1\",\"path\":\"/a\"}", 400, "{\"field\":\"event_type\"" },
    { "{\"site_id\":\"s1\",\"event_type\":\"v\",\"path\":[]}", 400, "{\"field\":\"path\"" },
    { "{\"site_id\":1,\"event_type\":\"v\",\"path\":\"/\"}", 400, "{\"field\":\"site_id\"" },
    { "{\"site_id\":\" \",\"event_type\":\"v\",\"path\":\"/\"}", 400, "{\"field\":\"site_id\"" },
    { "{\"site_id\":\"s\",\"event_type\":\"v\",\"path\":\"/\",\"user_id\":{}}", 400,
      "{\"field\":\"user_id\"" },
    { "{\"site_id\":\"s\",\"event_type\":\"v\",\"path\":\"/\",\"timestamp\":[]}", 400,
      "{\"field\":\"timestamp\"" },
    { "{\"site_id\":\"s\",\"event_type\":\"v\",\"timestamp\":\"soon\"}", 400,
      "\"details\":[{\"field\":\"timestamp\",\"message\":\"" },
    { "{\"site_id\":\"s\",\"event_type\":\"v\",\"timestamp\":1e300}", 400,
      "\"details\":[{\"field\":\"timestamp\",\"message\":\"" },
    { "[]", 400, "{\"field\":\"body\"" },
    { "{", 400, "{\"success\":false,\"error\":\"Validation failed\",\"details\":[" },
    { "", 400, "{\"success\":false" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(TestReply) reply =
        test_collector_post (collector, i % 2 ? "/compat/event" : "/api/event", NULL,
                             vectors[i].body, -1);

      g_test_message ("%s %s", vectors[i].body, reply->body);
      g_assert_cmpint (reply->status, ==, vectors[i].status);
      g_assert_nonnull (strstr (reply->body, vectors[i].part));
    }

  long_name = g_strnfill (201, 'v');
  long_body = g_strdup_printf ("{\"site_id\":\"s1\",\"event_type\":\"%s\"}", long_name);
  too_long = test_collector_post (collector, "/api/event", NULL, long_body, -1);
  g_assert_cmpint (too_long->status, ==, 400);
  assert_json (too_long->body,
               "{\"success\":false,\"error\":\"Validation failed\",\"details\":["
               "{\"field\":\"event_type\","
               "\"message\":\"the event name is longer than 200 characters\"}]}");

  root = wait_for_events (collector, 4);
  event = get_event (root, 2);
  g_assert_cmpstr (json_object_get_string_member (event, "event"), ==, "page_view");
  g_assert_cmpstr (json_object_get_string_member (event, "user_id"), ==, "u1");
  properties = json_to_string (json_object_get_member (event, "properties"), FALSE);
  assert_json (properties, "{\"site_id\":\"s1\",\"path\":\"/a\"}");
  g_assert_true (json_object_has_member (get_event (root, 0), "anonymous_id"));

  /* Who sent no user id is a view, but no user. */
  stats = test_collector_get (collector, "/api/stats?site_id=s1&date=2026-03-01");
  g_assert_cmpint (stats->status, ==, 200);
  assert_json (stats->body, "{\"site_id\":\"s1\",\"date\":\"2026-03-01\",\"total_views\":3,"
                            "\"unique_users\":2,\"top_paths\":[{\"path\":\"/a\",\"views\":2},"
                            "{\"path\":\"/b\",\"views\":1}]}");
  no_site = test_collector_get (collector, "/api/stats?date=2026-03-01");
  g_assert_cmpint (no_site->status, ==, 400);
  assert_json (no_site->body,
               "{\"success\":false,\"error\":\"site_id query parameter is required\"}");
}

static void
test_questions (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);
  static const struct {
    const char *body;
    int status;
    const char *part;
  } vectors[] = {
    { "{\"kind\":\"events\",\"limit\":1}", 200, "\"events\":[" },
    { "{\"kind\":\"wish\"}", 400, "unknown kind" },
    { "{\"kind\":7}", 400, "invalid_request" },
    { "{}", 400, "invalid_request" },
    { "[]", 400, "invalid_json" },
    { "", 400, "invalid_json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(TestReply) reply =
        test_collector_post (collector, "/v1/query", headers, vectors[i].body, -1);

      g_test_message ("%s %s", vectors[i].body, reply->body);
      g_assert_cmpint (reply->status, ==, vectors[i].status);
      g_assert_nonnull (strstr (reply->body, vectors[i].part));
      g_assert_cmpstr (test_reply_get_header (reply, "Cache-Control"), ==, "no-store");
    }
}

/* What happened before 1970 is found like anything else. */
static void
test_before_epoch (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) reply =
    test_collector_post (collector, "/v1/events", NULL,
                         "[{\"event\":\"old\",\"user_id\":\"u\",\"timestamp\":\"1969-12-31T23:59:59Z\"},"
                         "{\"event\":\"old\",\"user_id\":\"u\",\"timestamp\":\"0001-01-01T00:00:00Z\"},"
                         "{\"event\":\"old\",\"user_id\":\"v\",\"timestamp\":\"1970-01-01T12:00:00Z\"}]", -1);
  g_autoptr(JsonNode) root = NULL;
  static const struct {
    const char *question;
    const char *part;
  } vectors[] = {
    { "{\"kind\":\"trend\",\"interval\":\"day\",\"series\":[{\"event\":\"old\"}],"
      "\"range\":{\"from\":\"1969-12-30T00:00:00Z\",\"to\":\"1970-01-02T00:00:00Z\"}}",
      "\"values\":[0,1,1]" },
    { "{\"kind\":\"trend\",\"interval\":\"hour\",\"series\":[{\"event\":\"old\",\"measure\":\"persons\"}],"
      "\"range\":{\"from\":\"0001-01-01T00:00:00Z\",\"to\":\"0001-01-01T02:00:00Z\"}}",
      "\"values\":[1,0]" },
    { "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"old\"},{\"event\":\"old\"}],\"window\":\"7d\"}",
      "\"count\":2" },
    { "{\"kind\":\"cohort\",\"where\":{\"did\":\"old\",\"exactly\":2}}", "\"size\":1" },
    { "{\"kind\":\"catalog\"}", "\"count\":3,\"first_seen\":\"0001-01-01T00:00:00.000Z\"" },
  };

  assert_accepted (reply, 3);
  root = wait_for_events (collector, 3);
  g_assert_cmpstr (json_object_get_string_member (get_event (root, 1), "timestamp"), ==,
                   "0001-01-01T00:00:00.000Z");
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(TestReply) answer =
        test_collector_request (collector, "POST", "/v1/query", vectors[i].question);

      g_test_message ("%s %s", vectors[i].question, answer->body);
      g_assert_cmpint (answer->status, ==, 200);
      g_assert_nonnull (strstr (answer->body, vectors[i].part));
    }
}

/* received = accepted + duplicate + rejected; accepted = stored + queued + dead-lettered. */
static void
test_metrics (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) reply =
    test_collector_post (collector, "/v1/events", NULL,
                         "[" EVENT ",{\"event\":\"a\",\"id\":\"1\",\"user_id\":\"u\"},"
                         "{\"event\":\"a\",\"id\":\"1\",\"user_id\":\"u\"},{}]", -1);
  g_autoptr(TestReply) metrics = NULL;

  g_assert_cmpint (reply->status, ==, 202);
  while (test_collector_get_metric (collector, "weir_events_stored_total") < 2)
    g_usleep (20000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_received_total"), ==, 4);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_accepted_total"), ==, 2);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_duplicate_total"), ==, 1);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_rejected_total"), ==, 1);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_dead_lettered_total"), ==,
                     0);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_queue_events"), ==, 0);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_ack_seconds_count"), ==, 1);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_sse_clients"), ==, 0);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_journal_bytes"), >=, 0);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_journal_oldest_seconds"), ==, 0);

  metrics = test_collector_get (collector, "/metrics");
  g_assert_true (g_str_has_prefix (test_reply_get_header (metrics, "Content-Type"), "text/plain"));
  g_assert_nonnull (strstr (metrics->body, "\nweir_ack_seconds_bucket{le=\"+Inf\"} 1\n"));
  g_assert_nonnull (strstr (metrics->body, "\nweir_ack_seconds_bucket{le=\"0.0005\"} "));
  g_assert_nonnull (strstr (metrics->body, "\nweir_ack_seconds_bucket{le=\"0.1\"} "));
  g_assert_true (g_str_has_suffix (metrics->body, "\n"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/ingest/forms", test_forms);
  g_test_add_func ("/collector/ingest/rejections", test_rejections);
  g_test_add_func ("/collector/ingest/encodings", test_encodings);
  g_test_add_func ("/collector/ingest/damaged-encodings", test_damaged_encodings);
  g_test_add_func ("/collector/ingest/bombs", test_bombs);
  g_test_add_func ("/collector/ingest/write-keys", test_write_keys);
  g_test_add_func ("/collector/ingest/local-writes", test_local_writes);
  g_test_add_func ("/collector/ingest/read-token", test_read_token);
  g_test_add_func ("/collector/ingest/cors", test_cors);
  g_test_add_func ("/collector/ingest/device-dialect", test_device_dialect);
  g_test_add_func ("/collector/ingest/site-dialect", test_site_dialect);
  g_test_add_func ("/collector/ingest/questions", test_questions);
  g_test_add_func ("/collector/ingest/before-epoch", test_before_epoch);
  g_test_add_func ("/collector/ingest/metrics", test_metrics);

  return g_test_run ();
}
