/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-collector.h"

/* Questions in SQL against a real collector: what is answered, what is not, and who stops. */

#define EVENTS \
  "[{\"event\":\"sign_up\",\"user_id\":\"u1\",\"properties\":{\"plan\":\"free\"}}," \
  "{\"event\":\"buy\",\"user_id\":\"u1\",\"value\":12.5,\"properties\":{\"plan\":\"pro\"}}," \
  "{\"event\":\"buy\",\"user_id\":\"u2\",\"value\":3}," \
  "{\"event\":\"$identify\",\"user_id\":\"u2\",\"properties\":{\"$set\":{\"city\":\"Oslo\"}}}]"

/* Takes minutes, and would have a result. */
#define ENDLESS \
  "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000)" \
  " SELECT count (*) FROM c"

static char *
make_body (const char *sql,
           int         limit)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sql");
  json_builder_add_string_value (builder, sql);
  if (limit >= 0)
    {
      json_builder_set_member_name (builder, "limit");
      json_builder_add_int_value (builder, limit);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

static TestReply *
ask (TestCollector *collector,
     const char    *sql,
     int            limit,
     const char    *headers)
{
  g_autofree char *body = make_body (sql, limit);
  g_autofree char *all = g_strdup_printf ("Authorization: Bearer %s\r\n%s", collector->token,
                                          headers != NULL ? headers : "");

  return test_collector_post (collector, "/v1/sql", all, body, -1);
}

static void
assert_rows (TestCollector *collector,
             const char    *sql,
             const char    *rows)
{
  g_autoptr(TestReply) reply = ask (collector, sql, -1, NULL);
  g_autofree char *expected = g_strdup_printf ("\"rows\":%s,\"truncated\":false", rows);

  g_test_message ("%s → %d %s", sql, reply->status, reply->body);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->body, expected));
}

static void
assert_refused (TestCollector *collector,
                const char    *sql,
                const char    *why)
{
  g_autoptr(TestReply) reply = ask (collector, sql, -1, NULL);

  g_test_message ("%s", sql);
  test_assert_error (reply, 400, "invalid_request");
  g_assert_nonnull (strstr (reply->body, why));
}

static TestCollector *
start (void)
{
  TestCollector *collector = test_collector_new (NULL);
  g_autoptr(TestReply) sent = test_collector_post (collector, "/v1/events", NULL, EVENTS, -1);

  g_assert_cmpint (sent->status, ==, 202);
  while (test_collector_get_metric (collector, "weir_events_stored_total") < 4)
    g_usleep (10000);
  return collector;
}

static void
test_answers (void)
{
  g_autoptr(TestCollector) collector = start ();
  g_autoptr(TestReply) types = NULL;
  g_autoptr(TestReply) cut = NULL;

  assert_rows (collector, "SELECT event, count (*) FROM events GROUP BY event ORDER BY event",
               "[[\"$identify\",1],[\"buy\",2],[\"sign_up\",1]]");
  assert_rows (collector, "SELECT properties ->> '$.city' FROM persons ORDER BY 1",
               "[[null],[\"Oslo\"]]");
  assert_rows (collector, "SELECT distinct_id FROM identities ORDER BY 1", "[[\"u1\"],[\"u2\"]]");
  assert_rows (collector, "SELECT count (*) > 0 FROM summaries", "[[1]]");
  assert_rows (collector, "WITH b AS (SELECT value FROM events WHERE event = 'buy') "
               "SELECT max (value) FROM b", "[[12.5]]");
  assert_rows (collector, "VALUES (1, 'a'), (2, 'b')", "[[1,\"a\"],[2,\"b\"]]");
  assert_rows (collector, "-- why\n /* what */ SELECT 1; -- done\n ;", "[[1]]");
  assert_rows (collector, "SELECT '##a::gint64', \"event\" FROM events LIMIT 1",
               "[[\"##a::gint64\",\"sign_up\"]]");
  assert_rows (collector, "SELECT 9223372036854775807, -0.5, x'00ff', NULL, 9e999",
               "[[9223372036854775807,-0.5,{\"base64\":\"AP8=\"},null,null]]");
  assert_rows (collector, "SELECT CAST (x'61ff' AS TEXT)", "[[\"a\357\277\275\"]]");
  assert_rows (collector, "SELECT e.value FROM json_each ('[1,\"a\"]') AS e", "[[1],[\"a\"]]");
  assert_rows (collector, "SELECT name FROM pragma_table_info ('identities')",
               "[[\"distinct_id\"],[\"person_id\"],[\"first_seen\"]]");
  assert_rows (collector, "SELECT 1 AS a, 2 AS a ORDER BY 1 DESC", "[[1,2]]");
  assert_rows (collector, "SELECT 1 WHERE 0", "[]");

  types = ask (collector, "SELECT 1 AS \"a\"\"b\", value, NULL FROM events", -1, NULL);
  g_assert_nonnull (strstr (types->body, "{\"columns\":[{\"name\":\"a\\\"b\",\"type\":\"integer\"},"
                                         "{\"name\":\"value\",\"type\":\"real\"},"
                                         "{\"name\":\"NULL\",\"type\":\"null\"}]"));
  cut = ask (collector, "SELECT seq FROM events", 2, NULL);
  g_assert_nonnull (strstr (cut->body, "\"rows\":[[1],[2]],\"truncated\":true"));
}

static void
test_table (void)
{
  g_autoptr(TestCollector) collector = start ();
  g_autoptr(TestReply) reply =
      ask (collector, "VALUES (1, 'a,\"b\"', NULL), (2.5, 'c', x'ff')", -1, "Accept: text/csv\r\n");

  g_assert_cmpint (reply->status, ==, 200);
  g_assert_cmpstr (test_reply_get_header (reply, "Content-Type"), ==, "text/csv");
  g_assert_cmpstr (reply->body, ==,
                   "column1,column2,column3\r\n1,\"a,\"\"b\"\"\",\r\n2.5,c,/w==\r\n");
}

static void
test_refusals (void)
{
  static const struct {
    const char *sql;
    const char *why;
  } vectors[] = {
    { "", "no statement" },
    { "-- nothing", "no statement" },
    { "SELECT nope", "no such column: nope" },
    { "SELEC 1", "syntax error" },
    { "SELECT ?1", "parameters" },
    { "SELECT 1; SELECT 2", "one statement" },
    { "SELECT 1; DELETE FROM store.event", "one statement" },
    { "SELECT 1) AS SELECT (2", "syntax error" },
    { "DELETE FROM event", "only reading" },
    { "INSERT INTO event_name (name) VALUES ('x') RETURNING id", "only reading" },
    { "WITH x AS (SELECT 1) DELETE FROM event", "only reading" },
    { "CREATE TEMP TABLE x (a)", "only reading" },
    { "DROP VIEW events", "only reading" },
    { "BEGIN", "only reading" },
    { "VACUUM INTO '/tmp/weir-stolen.db'", "only SELECT" },
    { "ATTACH '/etc/passwd' AS p", "only reading" },
    { "DETACH store", "only reading" },
    { "PRAGMA query_only = 0", "PRAGMA query_only" },
    { "PRAGMA table_info (events)", "only SELECT" },
    { "EXPLAIN SELECT 1", "only SELECT" },
    { "SELECT load_extension ('x')", "load_extension" },
    { "SELECT fts3_tokenizer ('simple')", "fts3_tokenizer" },
    { "SELECT weir_row (1)", "weir_row" },
    { "SELECT * FROM sqlite_temp_schema", "sqlite_temp" },
    { "SELECT * FROM dbstat", "only reading" },
    { "SELECT * FROM pragma_database_list", "only reading" },
    { "SELECT * FROM weir_answer", "no such table" },
    { "SELECT zeroblob (100000000)", "too big" },
    { "SELECT abs (column1) FROM (VALUES (1), (-9223372036854775808))", "integer overflow" },
  };
  g_autoptr(TestCollector) collector = start ();
  g_autoptr(TestReply) locked = NULL;
  g_autoptr(TestReply) no_object = NULL;
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    assert_refused (collector, vectors[i].sql, vectors[i].why);
  assert_rows (collector, "SELECT count (*) FROM event", "[[4]]");
  g_assert_false (g_file_test ("/tmp/weir-stolen.db", G_FILE_TEST_EXISTS));

  locked = test_collector_post (collector, "/v1/sql", NULL, "{\"sql\":\"SELECT 1\"}", -1);
  test_assert_error (locked, 401, "unauthorized");
  no_object = test_collector_post (collector, "/v1/sql", headers, "[]", -1);
  test_assert_error (no_object, 400, "invalid_json");
}

/* A client that goes away takes its question with it: ten that would take minutes do not keep the
 * eleventh waiting until each has been stopped for its time. */
static void
ask_and_leave (TestCollector *collector,
               const char    *path,
               const char    *body)
{
  int fd = test_collector_connect (collector);
  g_autofree char *request =
      g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                       "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                       path, collector->token, strlen (body), body);

  test_socket_send (fd, request, -1);
  g_usleep (50000);
  close (fd);
}

static void
test_client_leaves (void)
{
  g_autoptr(TestCollector) collector = start ();
  g_autofree char *body = make_body (ENDLESS, -1);
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < 10; i++)
    ask_and_leave (collector, "/v1/sql", body);
  assert_rows (collector, "SELECT 1", "[[1]]");

  /* By their time alone they would have taken 100 s. */
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 30 * G_TIME_SPAN_SECOND);
}

/* One that stays is told. */
static void
test_deadline (void)
{
  g_autoptr(TestCollector) collector = start ();
  g_autoptr(TestReply) reply = ask (collector, ENDLESS, -1, NULL);

  test_assert_error (reply, 408, "timeout");
  assert_rows (collector, "SELECT 1", "[[1]]");
}

/* Nothing is written beside a file that is served for reading. */
static void
test_read_only (void)
{
  g_autoptr(TestCollector) collector = start ();
  g_autoptr(TestCollector) reader = NULL;
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (dir, "copy #1.db", NULL);
  g_autofree char *file = g_build_filename (collector->data_dir, "events.db", NULL);
  g_autofree char *own = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *bytes = NULL;
  char *options[] = { (char *) "--read-only", copy, NULL };
  g_autoptr(GDir) left = NULL;
  gsize length;

  test_collector_stop (collector);
  g_assert_true (g_file_get_contents (file, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, NULL));
  reader = test_collector_new_in (own, options, -1, 0);
  assert_rows (reader, "SELECT count (*) FROM events", "[[4]]");
  assert_refused (reader, "DELETE FROM event", "only reading");

  left = g_dir_open (dir, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (left), ==, "copy #1.db");
  g_assert_null (g_dir_read_name (left));
  g_assert_cmpint (unlink (copy), ==, 0);
  g_assert_cmpint (rmdir (dir), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/sql/answers", test_answers);
  g_test_add_func ("/collector/sql/table", test_table);
  g_test_add_func ("/collector/sql/refusals", test_refusals);
  g_test_add_func ("/collector/sql/client-leaves", test_client_leaves);
  g_test_add_func ("/collector/sql/deadline", test_deadline);
  g_test_add_func ("/collector/sql/read-only", test_read_only);

  return g_test_run ();
}
