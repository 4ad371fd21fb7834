/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-collector.h"

/* Against a real collector: what the HTTP library it uses (libsoup 3.2) does wrong by itself, as
 * measured, and what a browser, a proxy or an attacker can send.
 */

#define EVENT      "{\"event\":\"a\",\"user_id\":\"u\"}"
#define HOST       "Host: localhost\r\n"
#define POST       "POST /v1/events HTTP/1.1\r\n"
#define GET_HEALTH "GET /healthz HTTP/1.1\r\n" HOST "\r\n"

static void
assert_refused (TestCollector *collector,
                const char    *request,
                int            status)
{
  int fd = test_collector_connect (collector);
  g_autofree char *escaped = g_strescape (request, NULL);
  g_autoptr(TestReply) reply = NULL;

  g_test_message ("%.200s", escaped);
  test_socket_send (fd, request, -1);
  reply = test_socket_receive (fd);
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, status);
  g_assert_cmpstr (test_reply_get_header (reply, "Connection"), ==, "close");
  g_assert_true (g_str_has_prefix (reply->body, "{\"error\":{\"code\":\""));
  g_assert_true (test_socket_is_closed (fd));
  close (fd);
}

static void
assert_alive (TestCollector *collector)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, "/healthz");

  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_cmpstr (reply->body, ==, "{\"status\":\"ok\"}");
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
test_methods (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) found = test_collector_get (collector, "/healthz");
  g_autoptr(TestReply) ready = test_collector_get (collector, "/readyz");
  g_autoptr(TestReply) missing = test_collector_get (collector, "/nothing");
  g_autoptr(TestReply) below = test_collector_get (collector, "/v1/events/x");
  g_autoptr(TestReply) wrong = test_collector_get (collector, "/v1/events");
  g_autoptr(TestReply) put = NULL;
  g_autoptr(TestReply) star = NULL;
  g_autoptr(TestReply) options = NULL;

  g_assert_cmpint (found->status, ==, 200);
  g_assert_cmpstr (test_reply_get_header (found, "Content-Type"), ==, "application/json");
  g_assert_cmpint (ready->status, ==, 200);
  test_assert_error (missing, 404, "not_found");
  test_assert_error (below, 404, "not_found");
  test_assert_error (wrong, 405, "method_not_allowed");
  g_assert_cmpstr (test_reply_get_header (wrong, "Allow"), ==, "POST, OPTIONS");

  put = test_collector_ask (collector,
                            "PUT /healthz HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx", -1);
  test_assert_error (put, 405, "method_not_allowed");
  g_assert_cmpstr (test_reply_get_header (put, "Allow"), ==, "GET, HEAD, OPTIONS");

  star = test_collector_ask (collector, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", -1);
  g_assert_cmpint (star->status, ==, 204);
  options = test_collector_ask (collector, "OPTIONS /v1/events HTTP/1.1\r\n" HOST "\r\n", -1);
  g_assert_cmpint (options->status, ==, 204);
  g_assert_cmpstr (test_reply_get_header (options, "Allow"), ==, "POST, OPTIONS");
  g_assert_null (test_reply_get_header (options, "Access-Control-Allow-Origin"));
}

/* The answer to HEAD has the length of the body it does not have. */
static void
test_head (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  int fd = test_collector_connect (collector);
  char buffer[1024] = "";
  gssize n;

  test_socket_send (fd, "HEAD /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", -1);
  n = recv (fd, buffer, sizeof buffer - 1, MSG_WAITALL);
  g_assert_cmpint (n, >, 0);
  g_assert_true (g_str_has_prefix (buffer, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (buffer, "\r\nContent-Length: 15\r\n"));
  g_assert_true (g_str_has_suffix (buffer, "\r\n\r\n"));
  close (fd);
}

/* L12: no ranges. */
static void
test_range (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) reply =
    test_collector_ask (collector, "GET /healthz HTTP/1.1\r\n" HOST "Range: bytes=0-1\r\n\r\n", -1);

  g_assert_cmpint (reply->status, ==, 200);
  g_assert_cmpstr (reply->body, ==, "{\"status\":\"ok\"}");
}

static void
test_http_1_0 (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  int fd = test_collector_connect (collector);
  g_autoptr(TestReply) reply = NULL;

  test_socket_send (fd, "GET /healthz HTTP/1.0\r\n\r\n", -1);
  reply = test_socket_receive (fd);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_true (test_socket_is_closed (fd));
  close (fd);
}

static void
test_keep_alive (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  int fd = test_collector_connect (collector);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr(TestReply) reply = NULL;

      test_socket_send (fd, i % 2 ? "\r\n" GET_HEALTH : GET_HEALTH, -1);
      reply = test_socket_receive (fd);
      g_assert_nonnull (reply);
      g_assert_cmpint (reply->status, ==, 200);
    }
  close (fd);
}

static void
test_pipelining (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  static const char requests[] =
    POST HOST "Content-Length: 27\r\n\r\n" EVENT
    GET_HEALTH
    "GET /nothing HTTP/1.1\r\n" HOST "\r\n"
    POST HOST "Content-Length: 1\r\n\r\nx"
    GET_HEALTH
    "BROKEN\r\n\r\n"
    GET_HEALTH;
  static const int expected[] = { 202, 200, 404, 400, 200, 400 };

  /* At once, and cut at every byte: the answers are the same, and end with the broken one. */
  for (guint whole = 0; whole < 2; whole++)
    {
      int fd = test_collector_connect (collector);

      for (gsize i = 0; !whole && i < strlen (requests); i++)
        test_socket_send (fd, requests + i, 1);
      if (whole)
        test_socket_send (fd, requests, -1);
      for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
        {
          g_autoptr(TestReply) reply = test_socket_receive (fd);

          g_assert_nonnull (reply);
          g_assert_cmpint (reply->status, ==, expected[i]);
        }
      g_assert_true (test_socket_is_closed (fd));
      close (fd);
    }
}

static void
test_hostile_heads (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  static const struct {
    const char *request;
    int status;
  } vectors[] = {
    { POST HOST "Content-Length: 7\r\nContent-Length: 3\r\n\r\n{}     ", 400 },
    { POST HOST "Content-Length: -5\r\n\r\n", 400 },
    { POST HOST "Content-Length: +2\r\n\r\n{}", 400 },
    { POST HOST "Content-Length : 2\r\n\r\n{}", 400 },
    { POST HOST "Content-Length:\r\n 2\r\n\r\n{}", 400 },
    { "GET /healthz HTTP/1.1\r\n" HOST HOST "\r\n", 400 },
    { "GET /healthz HTTP/1.1\r\n\r\n", 400 },
    { "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421 },
    { "GET /healthz HTTP/1.1\r\n" HOST "Origin: https://evil.example\r\n\r\n", 403 },
    { "GET https://localhost/healthz HTTP/1.1\r\n" HOST "\r\n", 400 },
    { "GET /healthz HTTP/1.1\n" HOST "\r\n", 400 },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400 },
    { "\x16\x03\x01\x02\n", 400 },
    { POST HOST "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"eve", 411 },
    { POST HOST "Content-Length: 99999999\r\n\r\n", 413 },
    { POST HOST "\r\n", 411 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    assert_refused (collector, vectors[i].request, vectors[i].status);
  assert_alive (collector);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_received_total"), ==, 0);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_requests_refused_total"), ==,
                     G_N_ELEMENTS (vectors) - 1);   /* the last one has a sound head */
}

/* L10: the second request hides in the body of the first (CVE-2026-1760). */
static void
test_smuggling (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);

  assert_refused (collector,
                  POST HOST "Content-Length: 6\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET_HEALTH, 400);
  assert_refused (collector,
                  POST HOST "Transfer-Encoding: chunked\r\n"
                  "Content-Length: 6\r\n\r\n0\r\n\r\n" GET_HEALTH, 400);
  assert_refused (collector,
                  "GET /healthz HTTP/1.1\r\n" HOST "X: y\r\n Transfer-Encoding: chunked\r\n\r\n"
                  "0\r\n\r\n" GET_HEALTH, 400);
}

/* The answer arrives although the client goes on sending: no reset. */
static void
test_large_heads (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(GString) request = g_string_new ("GET /healthz HTTP/1.1\r\n" HOST "X-Large: ");

  for (guint i = 0; i < 200 * 1024; i++)
    g_string_append_c (request, 'x');
  g_string_append (request, "\r\n\r\n");
  assert_refused (collector, request->str, 431);

  g_string_assign (request, "GET /healthz HTTP/1.1\r\n" HOST);
  for (guint i = 0; i < 101; i++)
    g_string_append (request, "X: y\r\n");
  g_string_append (request, "\r\n");
  assert_refused (collector, request->str, 431);
}

/* L5: refused by its announcement, before the body is sent. */
static void
test_body_limit (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--max-body-bytes 2000");
  g_autofree char *body = g_strnfill (3000, ' ');
  g_autofree char *request = NULL;
  g_autoptr(TestReply) reply = NULL;
  int fd;

  memcpy (body, EVENT, strlen (EVENT));
  request = g_strdup_printf (POST HOST "Content-Length: 3000\r\n\r\n%s", body);
  assert_refused (collector, request, 413);
  assert_refused (collector, POST HOST "Content-Length: 2001\r\n"
                             "Expect: 100-continue\r\n\r\n", 413);

  reply = test_collector_post (collector, "/v1/events", NULL, body, 2000);
  g_assert_cmpint (reply->status, ==, 202);
  g_clear_pointer (&reply, test_reply_free);

  fd = test_collector_connect (collector);
  test_socket_send (fd, POST HOST "Content-Length: 27\r\n"
                        "Expect: 100-continue\r\n\r\n", -1);
  reply = test_socket_receive (fd);
  g_assert_cmpint (reply->status, ==, 100);
  g_clear_pointer (&reply, test_reply_free);
  test_socket_send (fd, EVENT, -1);
  reply = test_socket_receive (fd);
  g_assert_cmpint (reply->status, ==, 202);
  close (fd);
}

/* L9: half a body is no body, even if what came is valid by itself. */
static void
test_cut_bodies (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);

  for (guint i = 0; i < 20; i++)
    {
      int fd = test_collector_connect (collector);

      test_socket_send (fd, POST HOST "Content-Length: 100\r\n\r\n" EVENT "\n",
                        -1);
      if (i % 2)
        shutdown (fd, SHUT_WR);
      g_assert_true (i % 2 == 0 || test_socket_is_closed (fd));
      close (fd);
    }
  wait_for_metric (collector, "weir_connections", 1);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_received_total"), ==, 0);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_body_bytes"), ==, 0);
}

/* A client may be gone before its answer. */
static void
test_gone_clients (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);

  for (guint i = 0; i < 200; i++)
    {
      struct linger hard = { .l_onoff = 1 };
      int fd = test_collector_connect (collector);

      if (i % 2)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      test_socket_send (fd, POST HOST "Content-Length: 27\r\n\r\n" EVENT, -1);
      close (fd);
    }
  wait_for_metric (collector, "weir_connections", 1);
  assert_alive (collector);
}

/* The library leaks connections that end between two requests, with their descriptors. */
static void
test_ended_connections (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  guint before;

  assert_alive (collector);
  wait_for_metric (collector, "weir_connections", 1);
  before = test_collector_count_fds (collector);
  for (guint i = 0; i < 100; i++)
    {
      int fd = test_collector_connect (collector);
      g_autoptr(TestReply) reply = NULL;

      test_socket_send (fd, GET_HEALTH, -1);
      reply = test_socket_receive (fd);
      g_assert_cmpint (reply->status, ==, 200);
      if (i % 3 == 1)
        test_socket_send (fd, "GET /hea", -1);
      if (i % 3 == 2)
        test_socket_send (fd, "BROKEN\r\n\r\n", -1);
      close (fd);
    }
  wait_for_metric (collector, "weir_connections", 1);
  while (test_collector_count_fds (collector) > before + 2)
    g_usleep (20000);
}

/* L1: the library's listener dies for ever when descriptors run out. */
static void
test_no_descriptors (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  struct rlimit limit;
  int fds[60];

  assert_alive (collector);
  wait_for_metric (collector, "weir_connections", 1);
  g_assert_cmpint (prlimit (collector->pid, RLIMIT_NOFILE, NULL, &limit), ==, 0);
  limit.rlim_cur = test_collector_count_fds (collector) + 10;
  g_assert_cmpint (prlimit (collector->pid, RLIMIT_NOFILE, &limit, NULL), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = test_collector_connect (collector);
  g_usleep (300000);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);

  /* The limit stays low; the clients are gone. */
  for (;;)
    {
      g_autoptr(TestReply) reply = test_collector_ask (collector, GET_HEALTH, -1);

      if (reply != NULL && reply->status == 200)
        break;
      g_usleep (20000);
    }
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_connections_refused_total"), >, 0);
}

static void
test_connection_caps (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--max-connections 5");
  g_autoptr(TestReply) refused = NULL;
  int fds[5];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr(TestReply) reply = NULL;

      fds[i] = test_collector_connect (collector);
      test_socket_send (fds[i], GET_HEALTH, -1);
      reply = test_socket_receive (fds[i]);
      g_assert_cmpint (reply->status, ==, 200);
    }
  refused = test_collector_ask (collector, "", -1);
  test_assert_error (refused, 503, "unavailable");
  g_assert_cmpstr (test_reply_get_header (refused, "Retry-After"), ==, "2");

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  for (;;)
    {
      g_autoptr(TestReply) reply = test_collector_ask (collector, GET_HEALTH, -1);

      if (reply != NULL && reply->status == 200)
        break;
      g_usleep (20000);
    }
}

static void
test_address_cap (void)
{
  g_autoptr(TestCollector) collector =
    test_collector_new ("--max-connections-per-address 1");
  int fd = test_collector_connect (collector);
  g_autoptr(TestReply) reply = NULL;
  g_autoptr(TestReply) refused = NULL;

  test_socket_send (fd, GET_HEALTH, -1);
  reply = test_socket_receive (fd);
  g_assert_cmpint (reply->status, ==, 200);
  refused = test_collector_ask (collector, "", -1);
  test_assert_error (refused, 503, "unavailable");
  close (fd);
}

/* All bodies together are bounded by what they announce, not only by what has come. */
static void
test_body_budget (void)
{
  g_autoptr(TestCollector) collector = test_collector_new ("--max-bodies-bytes 1M "
                                                           "--max-body-bytes 600K");
  static const char half[] =
    POST HOST "Content-Length: 600000\r\n\r\n[";
  int first = test_collector_connect (collector);
  g_autoptr(TestReply) refused = NULL;

  test_socket_send (first, half, -1);
  wait_for_metric (collector, "weir_body_bytes", 600000);
  refused = test_collector_ask (collector, half, -1);
  test_assert_error (refused, 503, "queue_full");
  g_assert_nonnull (test_reply_get_header (refused, "Retry-After"));

  close (first);
  wait_for_metric (collector, "weir_body_bytes", 0);
}

/* L4: the library waits for ever. Three slow clients at once: in a head, in a body, idle. */
static void
test_deadlines (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  int in_head = test_collector_connect (collector);
  int in_body = test_collector_connect (collector);
  int idle = test_collector_connect (collector);
  g_autoptr(TestReply) head_reply = NULL;
  g_autoptr(TestReply) body_reply = NULL;
  g_autoptr(TestReply) idle_reply = NULL;

  if (!g_test_slow ())
    {
      g_test_skip ("takes half a minute; run with -m slow");
      close (in_head);
      close (in_body);
      close (idle);
      return;
    }

  test_socket_send (idle, GET_HEALTH, -1);
  idle_reply = test_socket_receive (idle);
  g_assert_cmpint (idle_reply->status, ==, 200);
  test_socket_send (in_head, "GET /healthz HTTP/1.1\r\nHost: ", -1);
  test_socket_send (in_body, POST HOST "Content-Length: 100000\r\n\r\n[", -1);

  head_reply = test_socket_receive (in_head);
  test_assert_error (head_reply, 408, "timeout");
  g_assert_true (test_socket_is_closed (in_head));
  body_reply = test_socket_receive (in_body);
  test_assert_error (body_reply, 408, "timeout");
  g_assert_true (test_socket_is_closed (in_body));
  g_assert_true (test_socket_is_closed (idle));

  close (in_head);
  close (in_body);
  close (idle);
  wait_for_metric (collector, "weir_connections", 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/front-door/methods", test_methods);
  g_test_add_func ("/collector/front-door/head", test_head);
  g_test_add_func ("/collector/front-door/range", test_range);
  g_test_add_func ("/collector/front-door/http-1.0", test_http_1_0);
  g_test_add_func ("/collector/front-door/keep-alive", test_keep_alive);
  g_test_add_func ("/collector/front-door/pipelining", test_pipelining);
  g_test_add_func ("/collector/front-door/hostile-heads", test_hostile_heads);
  g_test_add_func ("/collector/front-door/smuggling", test_smuggling);
  g_test_add_func ("/collector/front-door/large-heads", test_large_heads);
  g_test_add_func ("/collector/front-door/body-limit", test_body_limit);
  g_test_add_func ("/collector/front-door/cut-bodies", test_cut_bodies);
  g_test_add_func ("/collector/front-door/gone-clients", test_gone_clients);
  g_test_add_func ("/collector/front-door/ended-connections", test_ended_connections);
  g_test_add_func ("/collector/front-door/no-descriptors", test_no_descriptors);
  g_test_add_func ("/collector/front-door/connection-caps", test_connection_caps);
  g_test_add_func ("/collector/front-door/address-cap", test_address_cap);
  g_test_add_func ("/collector/front-door/body-budget", test_body_budget);
  g_test_add_func ("/collector/front-door/deadlines", test_deadlines);

  return g_test_run ();
}
