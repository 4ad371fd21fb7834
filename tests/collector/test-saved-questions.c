/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "test-collector.h"

/* Questions that are saved, from a real collector. */

#define FUNNEL "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"visit\"},{\"event\":\"buy\"}],\"window\":\"7d\"}"

static void
put (TestCollector *collector,
     const char    *path,
     const char    *question)
{
  g_autofree char *body = g_strdup_printf ("{\"question\":%s}", question);
  g_autoptr(TestReply) reply = test_collector_request (collector, "PUT", path, body);

  g_test_message ("%s %s", question, reply->body);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_cmpstr (reply->body, ==, "{\"saved\":true}");
}

static void
assert_refused (TestCollector *collector,
                const char    *path,
                const char    *body,
                int            status,
                const char    *code)
{
  g_autofree char *expected = g_strdup_printf ("{\"error\":{\"code\":\"%s\",", code);
  g_autoptr(TestReply) reply = test_collector_request (collector, "PUT", path, body);

  test_assert_reply (reply, status, expected);
}

static void
test_save (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) empty = test_collector_get (collector, "/v1/questions");
  g_autoptr(TestReply) one = NULL;
  g_autoptr(TestReply) all = NULL;
  g_autoptr(TestReply) funnels = NULL;
  g_autoptr(TestReply) deleted = NULL;
  g_autoptr(TestReply) gone = NULL;

  g_assert_cmpstr (empty->body, ==, "{\"questions\":[]}");
  put (collector, "/v1/questions/zum%20Kauf%2Fheute", FUNNEL);
  put (collector, "/v1/questions/a", "{\"kind\":\"trend\",\"series\":[{\"event\":\"visit\"}],\"interval\":\"day\"}");
  put (collector, "/v1/questions/a", "{\"kind\":\"sql\",\"sql\":\"SELECT nonsense\"}");

  one = test_collector_get (collector, "/v1/questions/zum%20Kauf%2Fheute");
  test_assert_reply (one, 200, "{\"name\":\"zum Kauf/heute\",\"kind\":\"funnel\",\"question\":" FUNNEL ","
                               "\"created\":\"2");
  all = test_collector_get (collector, "/v1/questions");
  test_assert_reply (all, 200, "{\"questions\":[{\"name\":\"a\",\"kind\":\"sql\",\"question\":"
                               "{\"kind\":\"sql\",\"sql\":\"SELECT nonsense\"}");
  test_assert_reply (all, 200, "},{\"name\":\"zum Kauf/heute\"");
  funnels = test_collector_get (collector, "/v1/questions?kind=funnel");
  g_assert_null (strstr (funnels->body, "\"name\":\"a\""));
  test_assert_reply (funnels, 200, "{\"questions\":[{\"name\":\"zum Kauf/heute\"");

  deleted = test_collector_request (collector, "DELETE", "/v1/questions/a", NULL);
  test_assert_reply (deleted, 200, "{\"deleted\":true}");
  gone = test_collector_request (collector, "DELETE", "/v1/questions/a", NULL);
  test_assert_error (gone, 404, "not_found");
}

/* All kinds that can be asked can be saved. */
static void
test_kinds (void)
{
  static const char *const questions[] = {
    FUNNEL,
    "{\"kind\":\"retention\",\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"b\"},\"period\":\"day\","
    "\"periods\":3}",
    "{\"kind\":\"cohort\",\"where\":{\"did\":\"a\",\"at_least\":1}}",
    "{\"kind\":\"events\",\"limit\":1}",
    "{\"kind\":\"catalog\"}",
    "{\"kind\":\"persons\",\"search\":\"x\"}",
    "{\"kind\":\"stats\"}",
  };
  g_autoptr(TestCollector) collector = test_collector_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    put (collector, "/v1/questions/q", questions[i]);
}

static void
test_refused (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *long_name = g_strnfill (201, 'n');
  g_autofree char *path = g_strconcat ("/v1/questions/", long_name, NULL);
  g_autofree char *spaces = g_strnfill (70000, 'x');
  g_autofree char *long_sql =
    g_strdup_printf ("{\"question\":{\"kind\":\"events\",\"note\":\"%s\"}}", spaces);
  g_autofree char *brackets = g_strnfill (500000, '[');
  g_autoptr(TestReply) posted = NULL;
  g_autoptr(TestReply) options = NULL;
  g_autoptr(TestReply) stranger = NULL;
  g_autoptr(TestReply) alive = NULL;

  assert_refused (collector, "/v1/questions/q", "{\"question\":{\"kind\":\"funnel\"}}", 400, "invalid_request");
  assert_refused (collector, "/v1/questions/q", "{\"question\":{\"kind\":\"guess\"}}", 400, "invalid_request");
  assert_refused (collector, "/v1/questions/q", "{\"question\":{}}", 400, "invalid_request");
  assert_refused (collector, "/v1/questions/q", "{\"question\":{\"kind\":\"sql\"}}", 400, "invalid_request");
  assert_refused (collector, "/v1/questions/q", "[]", 400, "invalid_request");
  assert_refused (collector, "/v1/questions/q", "{\"question\":", 400, "invalid_json");
  assert_refused (collector, "/v1/questions/", "{\"question\":" FUNNEL "}", 400, "invalid_request");
  assert_refused (collector, path, "{\"question\":" FUNNEL "}", 400, "invalid_request");
  assert_refused (collector, "/v1/questions/q", long_sql, 413, "too_large");
  assert_refused (collector, "/v1/questions/q", brackets, 400, "invalid_json");

  posted = test_collector_request (collector, "POST", "/v1/questions/q", "{}");
  test_assert_error (posted, 405, "method_not_allowed");
  g_assert_cmpstr (test_reply_get_header (posted, "Allow"), ==, "GET, HEAD, PUT, DELETE, OPTIONS");
  options = test_collector_request (collector, "OPTIONS", "/v1/questions", NULL);
  g_assert_cmpint (options->status, ==, 204);
  g_assert_cmpstr (test_reply_get_header (options, "Allow"), ==, "GET, HEAD, OPTIONS");
  stranger = test_collector_ask (collector, "GET /v1/questions HTTP/1.1\r\nHost: localhost\r\n\r\n", -1);
  test_assert_error (stranger, 401, "unauthorized");
  alive = test_collector_get (collector, "/v1/questions");
  g_assert_cmpstr (alive->body, ==, "{\"questions\":[]}");
}

/* What is saved outlives the process, and goes where the file goes. */
static void
test_read_only (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) reader = NULL;
  g_autoptr(TestReply) shown = NULL;
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) deleted = NULL;
  g_autofree char *file = g_build_filename (collector->data_dir, "events.db", NULL);
  g_autofree char *options = g_strdup_printf ("--read-only %s", file);

  put (collector, "/v1/questions/q", FUNNEL);
  test_collector_stop (collector);

  reader = test_collector_new (options);
  shown = test_collector_get (reader, "/v1/questions/q");
  test_assert_reply (shown, 200, FUNNEL);
  refused = test_collector_request (reader, "PUT", "/v1/questions/q", "{\"question\":" FUNNEL "}");
  test_assert_error (refused, 405, "method_not_allowed");
  deleted = test_collector_request (reader, "DELETE", "/v1/questions/q", NULL);
  test_assert_error (deleted, 405, "method_not_allowed");
}

/* A few thousand brackets used to end the process, of anybody who may ask or send. */
static void
test_deep (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_autofree char *hidden = g_strconcat ("/* \" */", brackets, NULL);
  g_autofree char *with_key = g_strconcat ("{\"api_key\":", brackets, NULL);
  const char *const bodies[] = { brackets, hidden, with_key };
  const char *const paths[] = { "/v1/query", "/v1/live", "/v1/sql", "/ingest", "/api/event", "/v1/events" };

  for (guint i = 0; i < G_N_ELEMENTS (paths) * G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(TestReply) reply =
        test_collector_request (collector, "POST", paths[i % G_N_ELEMENTS (paths)], bodies[i / G_N_ELEMENTS (paths)]);

      g_assert_nonnull (reply);
      g_test_message ("%s %d %s", paths[i % G_N_ELEMENTS (paths)], reply->status, reply->body);
      g_assert_true (reply->status == 400 || reply->status == 413);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/saved-questions/save", test_save);
  g_test_add_func ("/collector/saved-questions/kinds", test_kinds);
  g_test_add_func ("/collector/saved-questions/refused", test_refused);
  g_test_add_func ("/collector/saved-questions/read-only", test_read_only);
  g_test_add_func ("/collector/saved-questions/deep", test_deep);
  return g_test_run ();
}
