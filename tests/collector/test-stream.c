/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* From the socket an event comes in by to the sockets it goes out by, through a real collector. */

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/resource.h>

#include "test-collector.h"
#include "test-stream-client.h"
#include "weir-live-stream.h"

static void
post_events (TestCollector *collector,
             guint          first,
             guint          n)
{
  g_autoptr (GString) body = g_string_new ("[");
  g_autoptr (TestReply) reply = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (body,
                            "%s{\"event\":\"%s\",\"user_id\":\"u%u\",\"value\":%u,"
                            "\"properties\":{\"n\":%u,\"text\":\"é\\n\"}}",
                            i > 0 ? "," : "",
                            (first + i) % 3 == 0 ? "purchase" : "view",
                            (first + i) % 5, first + i, first + i);
  g_string_append_c (body, ']');
  reply = test_collector_post (collector, "/v1/events", NULL, body->str, body->len);
  g_assert_cmpint (reply->status, ==, 202);
}

static TestStreamClient *
listen_to (TestCollector *collector,
           const char    *path,
           const char    *headers)
{
  int fd = test_collector_connect (collector);
  g_autofree char *token = g_strstrip (g_strdup (collector->token));
  g_autofree char *request = NULL;

  request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n%s\r\n",
                             path, collector->port, token, headers != NULL ? headers : "");
  test_socket_send (fd, request, -1);

  return test_stream_client_new (fd);
}

/* Reads until the answer has begun: what is posted from now on is live. */
static void
wait_for_start (TestStreamClient *client)
{
  while (test_stream_client_get_id (client)[0] == '\0')
    g_assert_true (test_stream_client_read (client, 60000));
  g_assert_true (g_str_has_prefix (client->head->str, "HTTP/1.1 200 "));
}

static void
wait_for_position (TestStreamClient *client,
                   guint64           seq)
{
  g_autofree char *suffix = g_strdup_printf ("-%" G_GUINT64_FORMAT, seq);

  while (!g_str_has_suffix (test_stream_client_get_id (client), suffix))
    g_assert_true (test_stream_client_read (client, 60000));
}

static void
test_through (void)
{
  g_autoptr (TestCollector) collector = test_collector_new (NULL);
  g_autoptr (TestStreamClient) client = listen_to (collector, "/v1/stream?topics=events", NULL);

  wait_for_start (client);
  g_assert_nonnull (strstr (client->head->str, "\r\nContent-Type: text/event-stream\r\n"));
  post_events (collector, 1, 1);
  test_stream_client_read_n (client, 1);
  g_assert_true (g_str_has_prefix (client->log->str, "event|{\"seq\":1,\"id\":\""));
  g_assert_nonnull (strstr (client->log->str, "\"event\":\"view\""));
  g_assert_nonnull (strstr (client->log->str, "\"distinct_id\":\"u1\""));
  g_assert_nonnull (strstr (client->log->str, "\"person\":\""));
  g_assert_nonnull (strstr (client->log->str, "\"properties\":{\"n\":1,\"text\":\"é\\n\"}"));

  post_events (collector, 2, 1000);
  wait_for_position (client, 1001);
  g_assert_cmpuint (client->n_messages, ==, 1001);
}

static void
check_refused (TestCollector *collector,
               const char    *request_line,
               int            status)
{
  g_autofree char *request = g_strdup_printf ("%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                                              request_line, collector->port);
  g_autoptr (TestReply) reply = test_collector_ask (collector, request, -1);

  g_assert_cmpint (reply->status, ==, status);
}

static void
test_token (void)
{
  g_autoptr (TestCollector) collector = test_collector_new (NULL);
  g_autofree char *token = g_strstrip (g_strdup (collector->token));
  g_autofree char *request = NULL;
  g_autofree char *bad_filter = NULL;
  g_autofree char *bad_topic = NULL;
  g_autoptr (TestStreamClient) client = NULL;
  int fd = test_collector_connect (collector);

  check_refused (collector, "GET /v1/stream", 401);
  check_refused (collector, "GET /v1/stream?token=guess", 401);
  bad_filter = g_strdup_printf ("GET /v1/stream?filter=%%7B%%22property%%22%%3A1%%7D&token=%s", token);
  check_refused (collector, bad_filter, 400);
  bad_topic = g_strdup_printf ("GET /v1/stream?topics=nothing&token=%s", token);
  check_refused (collector, bad_topic, 400);

  request = g_strdup_printf ("GET /v1/stream?topics=events&token=%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                             token, collector->port);
  test_socket_send (fd, request, -1);
  client = test_stream_client_new (fd);
  wait_for_start (client);
}

static void
test_filter (void)
{
  g_autoptr (TestCollector) collector = test_collector_new (NULL);
  g_autoptr (TestStreamClient) purchases = NULL;
  g_autoptr (TestStreamClient) large = NULL;

  purchases = listen_to (collector, "/v1/stream?topics=events&event=purchase", NULL);
  large = listen_to (collector,
                     "/v1/stream?topics=events&filter=%7B%22property%22%3A%22n%22%2C%22op%22%3A%22%3E%22%2C"
                     "%22value%22%3A95%7D", NULL);
  wait_for_start (purchases);
  wait_for_start (large);
  post_events (collector, 1, 100);
  test_stream_client_read_n (purchases, 33);
  g_assert_null (strstr (purchases->log->str, "\"event\":\"view\""));
  g_assert_true (g_str_has_suffix (test_stream_client_get_id (purchases), "-99"));
  test_stream_client_read_n (large, 5);
  g_assert_true (g_str_has_suffix (test_stream_client_get_id (large), "-100"));
}

static JsonNode *
parse_first (TestStreamClient *client,
             const char       *event)
{
  g_autofree char *start = g_strconcat (event, "|", NULL);
  const char *data;

  test_stream_client_read_until (client, start);
  data = strstr (client->log->str, start) + strlen (start);

  {
    g_autofree char *json = g_strndup (data, strrchr (data, '|') - data);
    g_autoptr (GError) error = NULL;
    JsonNode *node = json_from_string (json, &error);

    g_assert_no_error (error);
    return node;
  }
}

static void
test_stats (void)
{
  g_autoptr (TestCollector) collector = test_collector_new (NULL);
  g_autoptr (TestStreamClient) events = listen_to (collector, "/v1/stream?topics=events", NULL);
  g_autoptr (TestStreamClient) stats = NULL;
  g_autoptr (TestStreamClient) dashboard = NULL;
  g_autoptr (JsonNode) stats_node = NULL;
  g_autoptr (JsonNode) update_node = NULL;
  JsonObject *object;
  JsonObject *ledger;

  wait_for_start (events);
  post_events (collector, 1, 30);
  wait_for_position (events, 30);

  /* The second one: the first may have been sampled before. */
  stats = listen_to (collector, "/v1/stream?topics=stats", NULL);
  test_stream_client_read_n (stats, 2);
  g_string_erase (stats->log, 0, strstr (stats->log->str, ">stats|") + 1 - stats->log->str);
  stats_node = parse_first (stats, "stats");
  object = json_node_get_object (stats_node);
  ledger = json_object_get_object_member (object, "ledger");
  g_assert_cmpint (json_object_get_int_member (object, "seq"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (object, "count"), ==, 30);
  g_assert_true (json_object_get_boolean_member (object, "ready"));
  g_assert_cmpint (json_object_get_int_member (ledger, "received"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (ledger, "accepted"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (ledger, "stored"), ==, 30);

  dashboard = listen_to (collector, "/dashboard-stream", NULL);
  update_node = parse_first (dashboard, "update");
  object = json_node_get_object (update_node);
  object = json_array_get_object_element (json_object_get_array_member (object, "aggregations"), 0);
  g_assert_cmpstr (json_object_get_string_member (object, "event_type"), ==, "view");
  g_assert_cmpint (json_object_get_int_member (object, "event_count"), ==, 20);
}

/* The collector dies, and the client goes on where it was: nothing lost, nothing twice. */
static void
test_kill (void)
{
  g_autoptr (TestCollector) first = test_collector_new (NULL);
  g_autoptr (TestStreamClient) before = listen_to (first, "/v1/stream?topics=events", NULL);
  g_autofree char *data_dir = g_strdup (first->data_dir);
  g_autofree char *current = NULL;
  g_autofree char *old = NULL;
  TestCollector *second;
  TestStreamClient *resumed;
  TestStreamClient *late;

  wait_for_start (before);
  old = g_strdup_printf ("Last-Event-ID: %s\r\n", test_stream_client_get_id (before));
  post_events (first, 1, 50);
  wait_for_position (before, 50);
  test_collector_kill (first);
  test_stream_client_read_to_end (before);
  current = g_strdup_printf ("Last-Event-ID: %s\r\n", test_stream_client_get_id (before));

  second = test_collector_new_in (data_dir, NULL, -1, 0);
  resumed = listen_to (second, "/v1/stream?topics=events", current);
  late = listen_to (second, "/v1/stream?topics=events", old);
  test_stream_client_read_n (late, 1);
  g_assert_true (g_str_has_prefix (late->log->str, "reset|{}|"));

  post_events (second, 51, 10);
  test_stream_client_read_n (resumed, 10);
  g_assert_true (g_str_has_prefix (resumed->log->str, "event|{\"seq\":51,"));
  g_assert_true (g_str_has_suffix (test_stream_client_get_id (resumed), "-60"));
  g_assert_null (strstr (resumed->log->str, "reset"));
  wait_for_position (late, 60);
  g_assert_cmpuint (late->n_messages, ==, 11);

  test_stream_client_free (resumed);
  test_stream_client_free (late);
  test_collector_stop (second);
  g_free (g_steal_pointer (&second->data_dir));
  second->data_dir = g_strdup ("/nonexistent");
  test_collector_free (second);
}

static void
test_terminate (void)
{
  g_autoptr (TestCollector) collector = test_collector_new (NULL);
  g_autoptr (TestStreamClient) client = listen_to (collector, "/v1/stream?topics=events", NULL);

  wait_for_start (client);
  test_collector_stop (collector);
  test_stream_client_read_to_end (client);
  g_assert_cmpint (weir_sse_parser_get_retry_ms (client->parser), >=, 3000);
  g_assert_cmpint (weir_sse_parser_get_retry_ms (client->parser), <, 9000);
}

static void
wait_for_metric (TestCollector *collector,
                 const char    *name,
                 double         value)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (test_collector_get_metric (collector, name) != value)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (10000);
    }
}

static void
test_many (void)
{
  g_autoptr (TestCollector) collector = NULL;
  g_autoptr (GPtrArray) clients = NULL;
  struct rlimit limit;
  guint n_fds;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = MIN (limit.rlim_max, 4096);
  setrlimit (RLIMIT_NOFILE, &limit);

  collector = test_collector_new (NULL);
  post_events (collector, 1, 1);
  n_fds = test_collector_count_fds (collector);
  clients = g_ptr_array_new_with_free_func ((GDestroyNotify) test_stream_client_free);
  for (guint i = 0; i < 500; i++)
    {
      TestStreamClient *client = listen_to (collector, "/v1/stream?topics=events", NULL);

      g_ptr_array_add (clients, client);
      wait_for_start (client);
    }
  wait_for_metric (collector, "weir_sse_clients", 500);

  post_events (collector, 2, 100);
  for (guint i = 0; i < clients->len; i++)
    {
      TestStreamClient *client = g_ptr_array_index (clients, i);

      wait_for_position (client, 101);
      g_assert_cmpuint (client->n_messages, >=, 100);
      g_assert_null (strstr (client->log->str, "gap|"));
    }

  /* They go without a word, and leave nothing behind. */
  g_ptr_array_set_size (clients, 0);
  wait_for_metric (collector, "weir_sse_clients", 0);
  for (guint i = 0; i < 1000 && test_collector_count_fds (collector) > n_fds + 8; i++)
    g_usleep (10000);
  g_assert_cmpuint (test_collector_count_fds (collector), <=, n_fds + 8);
}

static void
count_message_cb (WeirLiveStream *stream,
                  const char     *event,
                  GBytes         *data,
                  const char     *id,
                  guint          *n_events)
{
  *n_events += g_str_equal (event, "event");
}

static gboolean
give_up_cb (gpointer user_data)
{
  g_error ("What was waited for does not happen");

  return G_SOURCE_REMOVE;
}

/* The console's own client. */
static void
test_live_stream (void)
{
  g_autoptr (TestCollector) collector = test_collector_new (NULL);
  g_autofree char *token = g_strstrip (g_strdup (collector->token));
  g_autoptr (WeirLiveStream) stream = weir_live_stream_new (collector->url, token);
  guint deadline = g_timeout_add_seconds (60, give_up_cb, NULL);
  guint n_events = 0;

  g_signal_connect (stream, "message", G_CALLBACK (count_message_cb), &n_events);
  weir_live_stream_set_topics (stream, "events,stats");
  weir_live_stream_start (stream);
  while (weir_live_stream_get_last_event_id (stream) == NULL)
    g_main_context_iteration (NULL, TRUE);

  post_events (collector, 1, 500);
  while (n_events < 500)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_suffix (weir_live_stream_get_last_event_id (stream), "-500"));

  /* A new filter goes on from there. */
  weir_live_stream_set_filter (stream, "{\"property\":\"event\",\"op\":\"=\",\"value\":\"purchase\"}");
  post_events (collector, 501, 30);
  while (n_events < 510)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_suffix (weir_live_stream_get_last_event_id (stream), "-528"));

  weir_live_stream_stop (stream);
  g_source_remove (deadline);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/stream/through", test_through);
  g_test_add_func ("/collector/stream/token", test_token);
  g_test_add_func ("/collector/stream/filter", test_filter);
  g_test_add_func ("/collector/stream/stats", test_stats);
  g_test_add_func ("/collector/stream/kill", test_kill);
  g_test_add_func ("/collector/stream/terminate", test_terminate);
  g_test_add_func ("/collector/stream/many", test_many);
  g_test_add_func ("/collector/stream/live-stream", test_live_stream);

  return g_test_run ();
}
