/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-collector.h"

/* Against a real collector: how a request becomes a stream, and how the stream ends. What is in the
 * stream is the live hub's own test.
 */

#define EVENT "{\"event\":\"a\",\"user_id\":\"u\"}"

static int
open_stream (TestCollector *collector,
             const char    *path,
             const char    *headers)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path,
                                              headers);
  int fd = test_collector_connect (collector);

  test_socket_send (fd, request, -1);
  return fd;
}

/* Reads until @part was seen. */
static char *
read_until (int         fd,
            const char *part)
{
  g_autoptr(GString) text = g_string_new (NULL);

  while (strstr (text->str, part) == NULL)
    {
      char buffer[4096];
      gssize n = recv (fd, buffer, sizeof buffer, 0);

      g_assert_cmpint (n, >, 0);
      g_string_append_len (text, buffer, n);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
wait_for_metric (TestCollector *collector,
                 const char    *name,
                 double         value)
{
  while (test_collector_get_metric (collector, name) != value)
    g_usleep (20000);
}

static void
post_event (TestCollector *collector,
            const char    *body)
{
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, body, -1);

  g_assert_cmpint (reply->status, ==, 202);
}

static void
test_events (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *path = g_strdup_printf ("/v1/stream?topics=events&token=%s", collector->token);
  g_autofree char *header = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);
  int by_parameter = open_stream (collector, path, "");
  int by_header = open_stream (collector, "/v1/stream?event=b", header);
  g_autofree char *head = read_until (by_parameter, "\r\n\r\n");
  g_autofree char *other_head = read_until (by_header, "\r\n\r\n");
  g_autofree char *text = NULL;
  g_autofree char *filtered = NULL;

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strcasestr (head, "\r\nContent-Type: text/event-stream"));
  g_assert_null (strcasestr (head, "\r\nAccess-Control-Allow-Origin"));
  wait_for_metric (collector, "weir_sse_clients", 2);
  wait_for_metric (collector, "weir_connections", 3);

  post_event (collector, EVENT);
  post_event (collector, "{\"event\":\"b\",\"user_id\":\"u\"}");
  text = read_until (by_parameter, "\"event\":\"b\"");
  g_assert_nonnull (strstr (text, "\"event\":\"a\""));
  filtered = read_until (by_header, "\"event\":\"b\"");
  g_assert_null (strstr (filtered, "\"event\":\"a\""));

  close (by_parameter);
  close (by_header);
  wait_for_metric (collector, "weir_connections", 1);
  wait_for_metric (collector, "weir_sse_clients", 0);
}

static void
test_filters (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *header = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);
  int fd = open_stream (collector,
                        "/v1/stream?topics=events&event=a&filter=%7B%22property%22%3A%22plan%22%2C"
                        "%22op%22%3A%22%3D%22%2C%22value%22%3A%22pro%22%7D", header);
  g_autofree char *head = read_until (fd, "\r\n\r\n");
  g_autofree char *text = NULL;
  static const char *const wrong[] = {
    "/v1/stream?topics=events,wishes",
    "/v1/stream?filter=%7B",
    "/v1/stream?event=a&filter=%7B%7D%5D%7D",
    "/v1/stream?filter=17",
    "/v1/stream?filter=%7B%22property%22%3A%22person.plan%22%2C%22op%22%3A%22is_not_set%22%7D",
  };

  wait_for_metric (collector, "weir_sse_clients", 1);
  post_event (collector, "{\"event\":\"b\",\"user_id\":\"u\",\"properties\":{\"plan\":\"pro\"}}");
  post_event (collector, "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"plan\":\"free\"}}");
  post_event (collector, "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"plan\":\"pro\"}}");
  text = read_until (fd, "\"plan\":\"pro\"");
  g_assert_null (strstr (text, "\"event\":\"b\""));
  g_assert_null (strstr (text, "\"plan\":\"free\""));
  close (fd);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(TestReply) reply = test_collector_get (collector, wrong[i]);

      g_assert_cmpint (reply->status, ==, 400);
      g_assert_true (g_str_has_prefix (reply->body, "{\"error\":{\"code\":\"invalid_"));
    }
}

static void
test_dashboard (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *path = g_strdup_printf ("/dashboard-stream?token=%s", collector->token);
  g_autofree char *text = NULL;
  int fd;

  post_event (collector, "{\"event\":\"a\",\"user_id\":\"u\",\"value\":4}");
  fd = open_stream (collector, path, "");
  text = read_until (fd, "\"avg_value\":4");
  g_assert_nonnull (strstr (text, "event: update\n"));
  g_assert_nonnull (strstr (text, "\"event_type\":\"a\",\"event_count\":1"));
  close (fd);
}

static void
test_head (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *request =
    g_strdup_printf ("HEAD /v1/stream?token=%s HTTP/1.1\r\nHost: localhost\r\n"
                     "Connection: close\r\n\r\n", collector->token);
  int fd = test_collector_connect (collector);
  g_autofree char *head = NULL;

  test_socket_send (fd, request, -1);
  head = read_until (fd, "\r\n\r\n");
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (head, "\r\nContent-Type: text/event-stream\r\n"));
  g_assert_true (test_socket_is_closed (fd));
  close (fd);
}

static void
test_cors (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--cors-origins https://a.example");
  g_autofree char *path = g_strdup_printf ("/v1/stream?token=%s", collector->token);
  int fd = open_stream (collector, path, "Origin: https://a.example\r\n");
  g_autofree char *head = read_until (fd, "\r\n\r\n");

  g_assert_nonnull (strstr (head, "\r\nAccess-Control-Allow-Origin: https://a.example\r\n"));
  g_assert_nonnull (strstr (head, "\r\nVary: Origin\r\n"));
  close (fd);
}

/* Streams come and go while requests run on the same threads. */
static void
test_many (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *path = g_strdup_printf ("/v1/stream?token=%s", collector->token);
  int fds[50];

  for (guint round = 0; round < 4; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          fds[i] = open_stream (collector, path, "");
          if (i % 5 == 0)
            post_event (collector, EVENT);
        }
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          if (i % 2)
            {
              g_autofree char *head = read_until (fds[i], "\r\n\r\n");

              g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
            }
          close (fds[i]);
        }
    }
  wait_for_metric (collector, "weir_connections", 1);
  wait_for_metric (collector, "weir_events_stored_total", 40);
}

static void
test_shutdown (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *path = g_strdup_printf ("/v1/stream?topics=events&token=%s", collector->token);
  int fd = open_stream (collector, path, "");
  g_autofree char *head = read_until (fd, "\r\n\r\n");
  g_autofree char *text = NULL;
  g_autofree char *goodbye = NULL;

  wait_for_metric (collector, "weir_sse_clients", 1);
  post_event (collector, EVENT);
  text = read_until (fd, "\"event\":\"a\"");

  /* Clients are asked to come back, then the stream ends. */
  g_subprocess_send_signal (collector->process, SIGTERM);
  goodbye = read_until (fd, "retry: ");
  for (;;)
    {
      char buffer[1024];

      if (recv (fd, buffer, sizeof buffer, 0) <= 0)
        break;
    }
  close (fd);
  test_collector_wait (collector);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/stream-handler/events", test_events);
  g_test_add_func ("/collector/stream-handler/filters", test_filters);
  g_test_add_func ("/collector/stream-handler/dashboard", test_dashboard);
  g_test_add_func ("/collector/stream-handler/head", test_head);
  g_test_add_func ("/collector/stream-handler/cors", test_cors);
  g_test_add_func ("/collector/stream-handler/many", test_many);
  g_test_add_func ("/collector/stream-handler/shutdown", test_shutdown);

  return g_test_run ();
}
