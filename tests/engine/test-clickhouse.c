/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "test-clickhouse-server.h"
#include "test-script-server.h"
#include "weir-clickhouse-insert.h"
#include "weir-error.h"

/* The client of ClickHouse: what it makes of answers, and a real server on its bad days. */

#define SECOND G_USEC_PER_SEC

static void
test_codes (void)
{
  static const struct {
    const char *header;
    const char *body;
    guint code;
  } answers[] = {
    { NULL, "Code: 27, e.displayText() = DB::Exception: Cannot parse input", 27 },
    { NULL, "Code: 252. DB::Exception: Too many parts", 252 },
    { "60", "", 60 },
    { "60", "Code: 27, what", 60 },
    { NULL, "", 0 },
    { NULL, "Code: ", 0 },
    { NULL, "Code: x", 0 },
    { NULL, "Code", 0 },
    { NULL, "<html>Code: 27", 0 },
    { "", "Code: 27", 0 },
    { "99999999999999", "", 99999 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_assert_cmpuint (weir_clickhouse_find_code (answers[i].header, answers[i].body, strlen (answers[i].body)), ==,
                      answers[i].code);
}

static void
test_verdicts (void)
{
  static const struct {
    WeirClickhouseVerdict verdict;
    guint codes[16];
  } table[] = {
    { WEIR_CLICKHOUSE_AGAIN, { 159, 160, 202, 209, 210, 241, 242, 279, 285, 319, 425, 999 } },
    { WEIR_CLICKHOUSE_CROWDED, { 252 } },
    { WEIR_CLICKHOUSE_SPLIT, { 6, 26, 27, 33, 38, 41, 53, 70, 72, 117, 130, 131, 349 } },
    { WEIR_CLICKHOUSE_STOP, { 16, 36, 47, 60, 81, 115, 164, 192, 193, 194, 497, 516 } },
    { WEIR_CLICKHOUSE_UNKNOWN, { 1, 2, 89, 395, 1000, 65535 } },
  };
  static const struct {
    guint status;
    WeirClickhouseVerdict verdict;
  } bare[] = {
    { 0, WEIR_CLICKHOUSE_AGAIN },   { 200, WEIR_CLICKHOUSE_DONE }, { 301, WEIR_CLICKHOUSE_STOP },
    { 400, WEIR_CLICKHOUSE_UNKNOWN }, { 401, WEIR_CLICKHOUSE_STOP }, { 403, WEIR_CLICKHOUSE_STOP },
    { 404, WEIR_CLICKHOUSE_STOP },  { 408, WEIR_CLICKHOUSE_AGAIN }, { 413, WEIR_CLICKHOUSE_SPLIT },
    { 429, WEIR_CLICKHOUSE_AGAIN }, { 500, WEIR_CLICKHOUSE_UNKNOWN }, { 502, WEIR_CLICKHOUSE_AGAIN },
    { 503, WEIR_CLICKHOUSE_AGAIN }, { 504, WEIR_CLICKHOUSE_AGAIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    for (const guint *code = table[i].codes; *code != 0; code++)
      {
        g_test_message ("%u", *code);
        g_assert_cmpint (weir_clickhouse_judge (500, *code), ==, table[i].verdict);
        g_assert_cmpint (weir_clickhouse_judge (400, *code), ==, table[i].verdict);
        g_assert_cmpint (weir_clickhouse_judge (200, *code), ==, table[i].verdict);
      }
  for (guint i = 0; i < G_N_ELEMENTS (bare); i++)
    g_assert_cmpint (weir_clickhouse_judge (bare[i].status, 0), ==, bare[i].verdict);
}

static void
test_versions (void)
{
  static const struct {
    const char *text;
    gboolean is_version;
    gboolean is_new;
  } versions[] = {
    { "18.16.1", TRUE, FALSE }, { "23.12.1.1368", TRUE, FALSE }, { "24.2.9", TRUE, FALSE },
    { "24.3.1.2672", TRUE, TRUE },
    { "24.10.1", TRUE, TRUE }, { "26.1.1.1", TRUE, TRUE }, { "24.3-lts", TRUE, TRUE }, { "", FALSE, FALSE },
    { "24", FALSE, FALSE }, { "v24.3", FALSE, FALSE }, { "24.x", FALSE, FALSE }, { "24.3<script>", FALSE, FALSE },
    { "24.3.99999999999999999999999999999999999999999999999999999999999999999", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      WeirClickhouseServer server = { 0 };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", versions[i].text);
      g_assert_cmpint (weir_clickhouse_server_parse (&server, versions[i].text), ==, versions[i].is_version);
      if (!versions[i].is_version)
        continue;
      g_assert_cmpint (weir_clickhouse_server_check (&server, &error), ==, versions[i].is_new);
      if (!versions[i].is_new)
        {
          g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
          g_assert_nonnull (strstr (error->message, versions[i].text));
        }
    }
}

static void
test_urls (void)
{
  static const struct {
    const char *url;
    const char *database;   /* NULL: refused */
  } urls[] = {
    { "http://h", "default" }, { "http://h/", "default" }, { "http://h:8123/weir", "weir" },
    { "https://u:p%40ss@h/weir_2", "weir_2" }, { "http://u@[::1]:9/x", "x" }, { "", NULL }, { "h:8123", NULL },
    { "ftp://h/x", NULL }, { "http:///x", NULL }, { "http://h/x/y", NULL }, { "http://h/x?query=1", NULL },
    { "http://h/x;y", NULL }, { "http://h/a%20b", NULL }, { "http://u:hunter2%0d%0a@h/x", NULL }, { "http://h/x#y", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(WeirClickhouseClient) client = weir_clickhouse_client_new (urls[i].url, SECOND, &error);

      g_test_message ("%s", urls[i].url);
      if (urls[i].database == NULL)
        {
          g_assert_null (client);
          g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
          g_assert_null (strstr (error->message, "hunter2"));
        }
      else
        {
          g_assert_no_error (error);
          g_assert_cmpstr (weir_clickhouse_client_get_database (client), ==, urls[i].database);
        }
    }
}

static void
take_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
ask (WeirClickhouseClient *client,
     const char           *sql,
     WeirClickhouseReply  *reply)
{
  WeirClickhouseAsk what = { .sql = sql, .max_answer = 1024 * 1024 };
  g_autoptr(GAsyncResult) result = NULL;

  weir_clickhouse_client_ask_async (client, &what, NULL, take_result, &result);
  wait_result (&result);
  weir_clickhouse_client_ask_finish (client, result, reply);
  g_test_message ("%s: %u %s", sql, reply->code, reply->message);
}

static char *
ask_text (WeirClickhouseClient *client,
          const char           *sql)
{
  g_auto(WeirClickhouseReply) reply = { 0 };

  ask (client, sql, &reply);
  g_assert_cmpint (reply.verdict, ==, WEIR_CLICKHOUSE_DONE);
  return weir_clickhouse_reply_dup_text (&reply);
}

static void
assert_text (WeirClickhouseClient *client,
             const char           *sql,
             const char           *expected)
{
  g_autofree char *text = ask_text (client, sql);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_verdict (WeirClickhouseClient  *client,
                const char            *sql,
                guint                  code,
                WeirClickhouseVerdict  verdict)
{
  g_auto(WeirClickhouseReply) reply = { 0 };

  ask (client, sql, &reply);
  g_assert_cmpuint (reply.code, ==, code);
  g_assert_cmpint (reply.verdict, ==, verdict);
}

static WeirClickhouseBatch *
make_batch (const char *id,
            const char *table,
            guint       n_rows,
            guint       bad)
{
  g_autofree char *sql = g_strdup_printf ("INSERT INTO %s FORMAT JSONEachRow", table);
  WeirClickhouseBatch *batch = weir_clickhouse_batch_new (id, sql);

  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *row = i == bad ? g_strdup ("{\"id\":\"no number\"}\n")
                                      : g_strdup_printf ("{\"id\":%u,\"text\":\"row %u of the batch\"}\n", i, i);

      weir_clickhouse_batch_add (batch, row, strlen (row));
    }
  return batch;
}

static GArray *
insert (WeirClickhouseClient  *client,
        WeirClickhouseBatch   *batch,
        GError               **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  weir_clickhouse_insert_async (client, batch, NULL, NULL, NULL, take_result, &result);
  wait_result (&result);
  return weir_clickhouse_insert_finish (client, result, error);
}

/* A server that answers as none should: what is taken as done was done. */
static void
test_script (void)
{
  g_autoptr(TestScriptServer) server = test_script_server_new ();
  g_autofree char *url = g_strconcat (test_script_server_get_url (server), "/weir", NULL);
  g_autofree char *head = NULL;
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(WeirClickhouseBatch) batch = make_batch ("b-1", "t", 4, G_MAXUINT);
  g_autoptr(GArray) refusals = NULL;
  g_autoptr(GError) error = NULL;
  const char *credentials = strstr (url, "://") + 3;
  g_autofree char *full = g_strdup_printf ("http://me:s3cret@%s", credentials);

  client = weir_clickhouse_client_new (full, SECOND / 2, &error);
  g_assert_no_error (error);
  /* Hangs, is cut, is busy, then takes it. */
  test_script_server_add (server, "!hold", NULL);
  test_script_server_add (server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "a", NULL);
  test_script_server_add (server, "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", NULL);
  test_script_server_add (server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL);
  refusals = insert (client, batch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 0);
  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *query_id = g_strdup_printf ("query_id=b-1-try-%u-", i);

      g_free (head);
      head = test_script_server_pop_request (server);
      g_test_message ("%s", head);
      g_assert_true (g_str_has_prefix (head, "POST /?database=weir&wait_end_of_query=1&"));
      g_assert_nonnull (strstr (head, query_id));
      g_assert_nonnull (strstr (head, "&query=INSERT%20INTO%20t%20FORMAT%20JSONEachRow HTTP/1.1\r\n"));
      g_assert_nonnull (strstr (head, "\r\nContent-Encoding: gzip\r\n"));
      g_assert_nonnull (strstr (head, "\r\nContent-Length: "));
      g_assert_nonnull (strstr (head, "\r\nX-ClickHouse-User: me\r\nX-ClickHouse-Key: s3cret\r\n"));
      g_assert_null (strstr (head, "insert_deduplication_token"));   /* nobody asked whether it knows it */
    }

  /* A 200 with an exception in its head is none. */
  test_script_server_add (server, "HTTP/1.1 200 OK\r\nX-ClickHouse-Exception-Code: 60\r\n"
                                  "Content-Length: 0\r\n\r\n", NULL);
  g_clear_pointer (&refusals, g_array_unref);
  refusals = insert (client, batch, &error);
  g_assert_null (refusals);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
  g_assert_null (strstr (error->message, "s3cret"));
}

static TestClickhouseServer *
start (WeirClickhouseClient **client)
{
  TestClickhouseServer *server = test_clickhouse_server_new ();
  g_autofree char *url = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    {
      g_test_skip ("there is no ClickHouse server");
      return NULL;
    }
  url = test_clickhouse_server_dup_url (server, "");
  *client = weir_clickhouse_client_new (url, 10 * SECOND, &error);
  g_assert_no_error (error);
  return server;
}

#define CREATE "CREATE TABLE t (day Date DEFAULT toDate(0), id UInt32, text String) ENGINE = MergeTree(day, id, 8192)"

static void
test_probe (void)
{
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(TestClickhouseServer) server = start (&client);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  WeirClickhouseServer found;

  if (server == NULL)
    return;
  weir_clickhouse_client_probe_async (client, NULL, take_result, &result);
  wait_result (&result);
  g_assert_true (weir_clickhouse_client_probe_finish (client, result, &found, &error));
  g_assert_no_error (error);
  g_test_message ("%s", found.version);
  if (found.major == 18)   /* Debian's */
    {
      g_assert_false (found.has_async_insert);
      g_assert_false (found.has_token);
      g_assert_false (weir_clickhouse_server_check (&found, &error));
      g_assert_cmpstr (error->message, ==, "ClickHouse 18.16.1 is too old: 24.3 or later is needed");
    }
}

/* The number of each exception is found, whatever its status. */
static void
test_errors (void)
{
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(WeirClickhouseClient) stranger = NULL;
  g_autoptr(WeirClickhouseClient) reader = NULL;
  g_autoptr(WeirClickhouseClient) guest = NULL;
  g_autoptr(TestClickhouseServer) server = start (&client);
  g_autofree char *stranger_url = NULL;
  g_autofree char *reader_url = NULL;
  g_autofree char *guest_url = NULL;
  g_autoptr(WeirClickhouseBatch) batch = make_batch ("b", "t", 3, G_MAXUINT);
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  stranger_url = test_clickhouse_server_dup_url (server, "nobody:hunter2@");
  reader_url = test_clickhouse_server_dup_url (server, "reader@");
  guest_url = test_clickhouse_server_dup_url (server, "guest:s3cret@");
  stranger = weir_clickhouse_client_new (stranger_url, 10 * SECOND, NULL);
  reader = weir_clickhouse_client_new (reader_url, 10 * SECOND, NULL);
  guest = weir_clickhouse_client_new (guest_url, 10 * SECOND, NULL);

  assert_text (client, "SELECT 1 + 1", "2");
  assert_text (guest, "SELECT 'Code: 27, is text'", "Code: 27, is text");
  assert_verdict (client, "SELECT * FROM nowhere", 60, WEIR_CLICKHOUSE_STOP);
  assert_verdict (client, "SELECT what", 47, WEIR_CLICKHOUSE_STOP);
  assert_verdict (stranger, "SELECT 1", 192, WEIR_CLICKHOUSE_STOP);
  /* It fails in the middle of the answer, and is no answer then. */
  assert_verdict (client, "SELECT throwIf(number = 100000) FROM system.numbers LIMIT 200000", 395,
                  WEIR_CLICKHOUSE_UNKNOWN);
  assert_text (client, CREATE, "");
  assert_verdict (reader, "INSERT INTO t (id) VALUES (1)", 164, WEIR_CLICKHOUSE_STOP);
  g_assert_null (insert (stranger, batch, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
  g_assert_null (strstr (error->message, "hunter2"));
  assert_text (client, "SELECT count() FROM t", "0");
}

/* One bad row of a thousand is found; all others are there once. */
static void
test_poison (void)
{
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(TestClickhouseServer) server = start (&client);
  g_autoptr(WeirClickhouseBatch) batch = make_batch ("b", "t", 1000, 700);
  g_autoptr(WeirClickhouseBatch) empty = make_batch ("c", "t", 0, 0);
  g_autoptr(GArray) refusals = NULL;
  g_autoptr(GArray) none = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  assert_text (client, CREATE, "");
  refusals = insert (client, batch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpuint (g_array_index (refusals, WeirClickhouseRefusal, 0).row, ==, 700);
  g_test_message ("%s", g_array_index (refusals, WeirClickhouseRefusal, 0).message);
  assert_text (client, "SELECT count(), uniqExact(id), sum(id) FROM t", "999\t999\t498800");
  none = insert (client, empty, &error);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Too many parts: the server says so by a number of its own, and takes the rows once it has merged. */
static void
test_crowded (void)
{
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(TestClickhouseServer) server = start (&client);
  g_auto(WeirClickhouseReply) reply = { 0 };

  if (server == NULL)
    return;
  assert_text (client,
               "CREATE TABLE t (day Date DEFAULT toDate(0), id UInt32) ENGINE = MergeTree() PARTITION BY day"
               " ORDER BY id SETTINGS parts_to_delay_insert = 1, parts_to_throw_insert = 2,"
               " max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1", "");
  for (guint i = 0; i < 10 && reply.code == 0; i++)
    {
      weir_clickhouse_reply_clear (&reply);
      ask (client, "INSERT INTO t (id) VALUES (1)", &reply);
    }
  g_assert_cmpuint (reply.code, ==, 252);
  g_assert_cmpint (reply.verdict, ==, WEIR_CLICKHOUSE_CROWDED);
}

static gboolean
start_again_cb (gpointer user_data)
{
  test_clickhouse_server_start (user_data);
  return G_SOURCE_REMOVE;
}

/* Killed while it inserts, and started again: the batch is there as a whole, once or twice, since this
 * engine does not deduplicate; never in part. */
static void
test_kill (void)
{
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(TestClickhouseServer) server = start (&client);

  if (server == NULL)
    return;
  assert_text (client, CREATE, "");
  for (guint round = 0; round < 4; round++)
    {
      g_autofree char *id = g_strdup_printf ("b-%u", round);
      g_autoptr(WeirClickhouseBatch) batch = make_batch (id, "t", 20000, G_MAXUINT);
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GArray) refusals = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *text = NULL;
      gint64 until = g_get_monotonic_time () + g_test_rand_int_range (0, 60000);
      guint64 count;

      weir_clickhouse_insert_async (client, batch, NULL, NULL, NULL, take_result, &result);
      while (g_get_monotonic_time () < until)
        g_main_context_iteration (NULL, FALSE);
      test_clickhouse_server_kill (server);
      g_timeout_add (200, start_again_cb, server);
      wait_result (&result);
      refusals = weir_clickhouse_insert_finish (client, result, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (refusals->len, ==, 0);
      for (gint64 end = g_get_monotonic_time () + SECOND / 2; g_get_monotonic_time () < end;)
        g_main_context_iteration (NULL, FALSE);   /* also when it was killed after all was done */
      text = ask_text (client, "SELECT count() FROM t");
      count = g_ascii_strtoull (text, NULL, 10);
      g_test_message ("%s", text);
      g_assert_true (count == 20000 || count == 40000);
      assert_text (client, "SELECT uniqExact(id) FROM t", "20000");
      assert_text (client, "DROP TABLE t", "");
      assert_text (client, CREATE, "");
    }
}

static gboolean
let_go_cb (gpointer user_data)
{
  test_clickhouse_server_hold (user_data, FALSE);
  return G_SOURCE_REMOVE;
}

/* A server that hangs is given up after the time, and tried again; whoever gives up need not wait. */
static void
test_hang (void)
{
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(WeirClickhouseClient) hasty = NULL;
  g_autoptr(TestClickhouseServer) server = start (&client);
  g_autoptr(WeirClickhouseBatch) batch = make_batch ("b", "t", 100, G_MAXUINT);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) cancelled = NULL;
  g_autoptr(GArray) refusals = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *url = NULL;

  if (server == NULL)
    return;
  url = test_clickhouse_server_dup_url (server, "");
  hasty = weir_clickhouse_client_new (url, SECOND / 5, &error);
  assert_text (client, CREATE, "");
  test_clickhouse_server_hold (server, TRUE);
  weir_clickhouse_insert_async (hasty, batch, NULL, NULL, NULL, take_result, &result);
  g_timeout_add (700, let_go_cb, server);
  wait_result (&result);
  refusals = weir_clickhouse_insert_finish (hasty, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 0);
  assert_text (client, "SELECT uniqExact(id) FROM t", "100");

  test_clickhouse_server_hold (server, TRUE);
  weir_clickhouse_insert_async (hasty, batch, NULL, NULL, cancellable, take_result, &cancelled);
  for (gint64 end = g_get_monotonic_time () + SECOND / 2; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (cancelled);
  g_cancellable_cancel (cancellable);
  wait_result (&cancelled);
  g_assert_null (weir_clickhouse_insert_finish (hasty, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_clickhouse_server_hold (server, FALSE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* That something failed and is tried again is what is tested here. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add_func ("/clickhouse/codes", test_codes);
  g_test_add_func ("/clickhouse/verdicts", test_verdicts);
  g_test_add_func ("/clickhouse/versions", test_versions);
  g_test_add_func ("/clickhouse/urls", test_urls);
  g_test_add_func ("/clickhouse/script", test_script);
  g_test_add_func ("/clickhouse/server/probe", test_probe);
  g_test_add_func ("/clickhouse/server/errors", test_errors);
  g_test_add_func ("/clickhouse/server/poison", test_poison);
  g_test_add_func ("/clickhouse/server/crowded", test_crowded);
  g_test_add_func ("/clickhouse/server/kill", test_kill);
  g_test_add_func ("/clickhouse/server/hang", test_hang);
  return g_test_run ();
}
