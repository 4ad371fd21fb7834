/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "test-collector.h"
#include "test-receiver.h"

/* A real collector that sends events on to a real server, which has its bad days. */

#define JSON_400 "HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\n\r\nbad \x01" "column"

static char *
write_config (const char *dir,
              const char *format,
              ...) G_GNUC_PRINTF (2, 3);

/* The configuration is in the data directory, which goes with the collector. */
static char *
write_config (const char *dir,
              const char *format,
              ...)
{
  g_autofree char *text = NULL;
  char *path = g_build_filename (dir, "config", NULL);
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static TestCollector *
start_in (const char *dir,
          const char *path)
{
  const char *options[] = { "--config", path, NULL };

  return test_collector_new_in (dir, (char **) options, -1, 0);
}

static TestCollector *
start (TestReceiver *receiver,
       const char   *keys)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path = write_config (dir, "[forwarder bi]\nurl=%s\n%s\n", test_receiver_get_url (receiver), keys);

  return start_in (dir, path);
}

static void
post (TestCollector *collector,
      guint          n_events,
      const char    *name)
{
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(TestReply) reply = NULL;

  for (guint i = 0; i < n_events; i++)
    g_string_append_printf (body, "{\"event\":\"%s\",\"user_id\":\"u%u\"}\n", name, i);
  reply = test_collector_post (collector, "/v1/events", NULL, body->str, -1);
  g_assert_cmpint (reply->status, ==, 202);
}

static double
get_metric (TestCollector *collector,
            const char    *what,
            const char    *name)
{
  g_autofree char *metric = g_strdup_printf ("weir_forwarder_%s{name=\"%s\"}", what, name);

  return test_collector_get_metric (collector, metric);
}

/* Until nothing is left to do: a batch counts when all of it is. */
static void
wait_done (TestCollector *collector)
{
  while (get_metric (collector, "behind_events", "bi") > 0)
    g_usleep (10000);
}

static void
wait_stored (TestCollector *collector,
             double         n)
{
  while (test_collector_get_metric (collector, "weir_events_stored_total") < n)
    g_usleep (10000);
}

static char *
dup_status (TestCollector *collector)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, "/v1/status");

  g_assert_cmpint (reply->status, ==, 200);
  return g_strdup (strstr (reply->body, "\"sinks\":"));
}

static void
assert_taken (TestReceiver *receiver,
              guint         n_events)
{
  guint n_repeated;

  g_assert_cmpuint (test_receiver_count_taken (receiver, &n_repeated), ==, n_events);
  g_assert_cmpuint (n_repeated, ==, 0);
}

/* Batches, in order, with what the destination needs and no more; a filter; headers from a file. */
static void
test_send (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *headers = g_build_filename (dir, "headers", NULL);
  g_autofree char *path =
    write_config (dir,
                  "[forwarder bi]\nurl=%s\ninterval=0.1s\nbatch=100\nheaders-file=headers\n"
                  "filter={\"property\":\"event\",\"op\":\"=\",\"value\":\"wanted\"}\n",
                  test_receiver_get_url (receiver));
  g_autoptr(TestCollector) collector = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *status = NULL;
  TestRequest *request;

  g_assert_true (g_file_set_contents (headers, "Authorization: Bearer s3cret\n", -1, NULL));
  g_assert_cmpint (g_chmod (headers, 0600), ==, 0);
  collector = start_in (dir, path);
  post (collector, 250, "wanted");
  post (collector, 250, "other");
  wait_done (collector);
  assert_taken (receiver, 250);
  g_assert_cmpuint (test_receiver_count (receiver), ==, 3);
  request = test_receiver_get (receiver, 0);
  g_assert_true (g_str_has_prefix (request->head, "POST /rows HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request->head, "\r\nAuthorization: Bearer s3cret\r\n"));
  g_assert_nonnull (strstr (request->head, "\r\nContent-Type: application/json\r\n"));
  g_assert_nonnull (strstr (request->head, request->batch_id));
  g_assert_nonnull (strstr (request->head, "\r\nIdempotency-Key: "));
  node = json_from_string (request->body, NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 100);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (json_node_get_array (node), 99),
                                                  "user_id"), ==, "u99");
  status = dup_status (collector);
  g_test_message ("%s", status);
  g_assert_nonnull (strstr (status, "{\"name\":\"bi\",\"kind\":\"forwarder\",\"state\":\"ok\",\"cursor\":500,"
                                    "\"behind_events\":0,\"behind_seconds\":0.0,\"batches\":3,"
                                    "\"last_batch_events\":50,\"sent\":250,\"requests\":3,\"dead_lettered\":0,"
                                    "\"evicted\":0,\"last_error\":null,\"retry_at\":null}"));
  g_assert_null (strstr (status, "s3cret"));
}

/* Whatever it answers or does not answer, the same batch comes again under the same name. */
static void
test_retry (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n",
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: soon\r\n\r\n",
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf",
    "!close",
    "!hang",
    "nonsense\r\n\r\nConnection: close",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(TestReceiver) receiver = test_receiver_new ();
      g_autoptr(TestCollector) collector = start (receiver, "interval=0.1s\ntimeout=0.5s");
      g_autofree char *status = NULL;

      g_test_message ("%s", answers[i]);
      test_receiver_stage (receiver, answers[i]);
      post (collector, 5, "e");
      wait_done (collector);
      assert_taken (receiver, 5);
      g_assert_cmpuint (test_receiver_count (receiver), ==, 2);
      g_assert_cmpstr (test_receiver_get (receiver, 0)->batch_id, ==, test_receiver_get (receiver, 1)->batch_id);
      g_assert_cmpstr (test_receiver_get (receiver, 0)->body, ==, test_receiver_get (receiver, 1)->body);
      status = dup_status (collector);
      g_assert_nonnull (strstr (status, "\"state\":\"ok\",\"cursor\":5,"));
      g_assert_null (strstr (status, "\"evicted\":0,\"last_error\":null"));
      g_assert_cmpfloat (get_metric (collector, "dead_lettered_total", "bi"), ==, 0);
    }
}

/* One bad event of a thousand becomes a dead letter; the rest arrives. It can be mended and sent. */
static void
test_poison (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autoptr(TestCollector) collector = start (receiver, "interval=1s\nbatch=1000");
  g_autoptr(TestReply) letters = NULL;
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) edited = NULL;
  g_autoptr(TestReply) replayed = NULL;
  g_autoptr(TestReply) none = NULL;
  g_autofree char *status = NULL;
  guint n_before, n_repeated;

  test_receiver_set_poison (receiver, "poison", JSON_400);
  post (collector, 400, "e");
  post (collector, 1, "poison");
  post (collector, 599, "e");
  wait_done (collector);
  assert_taken (receiver, 999);
  g_assert_cmpfloat (get_metric (collector, "dead_lettered_total", "bi"), ==, 1);
  g_assert_cmpfloat (get_metric (collector, "sent_total", "bi"), ==, 999);
  letters = test_collector_get (collector, "/v1/dead-letters?sink=bi");
  test_assert_reply (letters, 200, "{\"total\":1,\"dead_letters\":[{\"id\":1,");
  test_assert_reply (letters, 200, "\"sink\":\"bi\",\"code\":\"http_400\",\"reason\":\"it answered 400: bad  column\"");
  test_assert_reply (letters, 200, "\"event\":\"poison\"");
  status = dup_status (collector);
  g_assert_nonnull (strstr (status, "\"state\":\"ok\""));

  /* The store has it all the same, and its ledger does not know of this letter. */
  wait_stored (collector, 1000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_dead_lettered_total"), ==, 0);

  refused = test_collector_request (collector, "POST", "/v1/dead-letters/1/replay", "");
  test_assert_error (refused, 503, "unavailable");
  g_assert_nonnull (strstr (refused->body, "it answered 400"));
  edited = test_collector_request (collector, "PUT", "/v1/dead-letters/1",
                                   "{\"event\":{\"event\":\"mended\",\"user_id\":\"u0\"}}");
  g_assert_cmpint (edited->status, ==, 200);
  n_before = test_receiver_count (receiver);
  replayed = test_collector_request (collector, "POST", "/v1/dead-letters/1/replay", "");
  test_assert_reply (replayed, 200, "{\"replayed\":true}");
  g_assert_cmpuint (test_receiver_count (receiver), ==, n_before + 1);
  g_assert_nonnull (strstr (test_receiver_get (receiver, n_before)->body, "\"event\":\"mended\""));
  none = test_collector_get (collector, "/v1/dead-letters");
  test_assert_reply (none, 200, "{\"total\":0,");
  g_assert_cmpuint (test_receiver_count_taken (receiver, &n_repeated), ==, 1000);
  wait_stored (collector, 1000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_accepted_total"), ==, 1000);
}

/* Where ClickHouse is, the number of its exception counts, not the status. */
static void
test_clickhouse (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autoptr(TestCollector) collector = start (receiver, "interval=0.1s\nformat=clickhouse");
  g_autoptr(TestReply) letters = NULL;
  g_autofree char *status = NULL;
  g_autofree char *token = NULL;
  TestRequest *request;

  test_receiver_set_poison (receiver, "poison",
                            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 20\r\n\r\nCode: 27, not a time");
  post (collector, 10, "e");
  post (collector, 1, "poison");
  wait_done (collector);
  assert_taken (receiver, 10);
  request = test_receiver_get (receiver, 0);
  token = g_strdup_printf ("POST /rows?insert_deduplication_token=%s HTTP/1.1\r\n", request->batch_id);
  g_assert_true (g_str_has_prefix (request->head, token));
  letters = test_collector_get (collector, "/v1/dead-letters?sink=bi");
  test_assert_reply (letters, 200, "\"reason\":\"it answered 500: Code: 27, not a time\"");

  test_receiver_stage (receiver, "HTTP/1.1 404 Not Found\r\nX-ClickHouse-Exception-Code: 60\r\n"
                                 "Content-Length: 0\r\n\r\n");
  post (collector, 1, "e");
  while (get_metric (collector, "up", "bi") > 0)
    g_usleep (10000);
  status = dup_status (collector);
  g_assert_nonnull (strstr (status, "\"state\":\"failed\""));
}

/* A body that is too large is halved until it is not. */
static void
test_too_large (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autoptr(TestCollector) collector = start (receiver, "interval=0.1s");

  test_receiver_stage (receiver, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  test_receiver_stage (receiver, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  post (collector, 100, "e");
  wait_done (collector);
  assert_taken (receiver, 100);
  g_assert_cmpuint (test_receiver_count (receiver), ==, 5);   /* 100, 50, 25, 25, 50 */
  g_assert_cmpfloat (get_metric (collector, "dead_lettered_total", "bi"), ==, 0);
}

/* A destination that is wrong stops, says so, and keeps everything. */
static void
test_blocked (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autoptr(TestCollector) collector = start (receiver, "interval=0.1s");
  g_autofree char *status = NULL;
  g_autoptr(TestReply) ready = NULL;
  g_autoptr(TestReply) log = NULL;

  test_receiver_stage (receiver, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\nno key");
  post (collector, 5, "e");
  while (get_metric (collector, "up", "bi") > 0)
    g_usleep (10000);
  status = dup_status (collector);
  g_test_message ("%s", status);
  g_assert_nonnull (strstr (status, "\"state\":\"failed\",\"cursor\":0,\"behind_events\":5,"));
  g_assert_nonnull (strstr (status, "\"last_error\":\"it answered 401: no key\",\"retry_at\":\"20"));
  wait_stored (collector, 5);
  ready = test_collector_get (collector, "/readyz");   /* an outage of one touches nothing else */
  g_assert_cmpint (ready->status, ==, 200);
  log = test_collector_get (collector, "/v1/log?level=warning");
  test_assert_reply (log, 200, "forwarder “bi”: it answered 401: no key");
  test_collector_stop (collector);   /* without waiting for minutes */
  g_assert_cmpuint (test_receiver_count (receiver), ==, 1);
}

/* The one that is gone costs the other nothing, and the store nothing; it catches up later. */
static void
test_outage (void)
{
  g_autoptr(TestReceiver) good = test_receiver_new ();
  g_autoptr(TestReceiver) bad = test_receiver_new ();
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path =
    write_config (dir, "[forwarder bi]\nurl=%s\ninterval=0.1s\nbatch=1000\n"
                  "[forwarder gone]\nurl=%s\ninterval=0.1s\nbatch=1000\ntimeout=0.2s\n"
                  "[forwarder nowhere]\nurl=http://127.0.0.1:1/\ninterval=0.1s\n",
                  test_receiver_get_url (good), test_receiver_get_url (bad));
  g_autoptr(TestCollector) collector = NULL;

  for (guint i = 0; i < 3; i++)
    test_receiver_stage (bad, "!hang");
  collector = start_in (dir, path);
  for (guint i = 0; i < 20; i++)
    post (collector, 1000, "e");
  wait_stored (collector, 20000);
  wait_done (collector);
  assert_taken (good, 20000);
  g_assert_cmpfloat (get_metric (collector, "sent_total", "nowhere"), ==, 0);
  g_assert_cmpfloat (get_metric (collector, "up", "nowhere"), ==, 0);
  while (get_metric (collector, "behind_events", "gone") > 0)
    g_usleep (10000);
  assert_taken (bad, 20000);
  g_assert_cmpfloat (get_metric (collector, "behind_events", "nowhere"), ==, 20000);
}

/* Killed while the destination has the batch and the collector does not know: it comes again under
 * the same name, so that who looks at names counts each event once. Nothing is lost. */
static void
test_kill (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autoptr(TestCollector) collector = start (receiver, "interval=0.05s\nbatch=100");
  g_autofree char *dir = g_strdup (collector->data_dir);
  g_autofree char *path = g_build_filename (dir, "config", NULL);
  guint n_posted = 0, n_repeated;

  for (guint round = 0; round < 8; round++)
    {
      TestCollector *again;
      guint n_before = test_receiver_count (receiver);

      post (collector, 250, "e");
      n_posted += 250;
      if (round % 2 == 0)
        {
          test_receiver_stage (receiver, "!kill");   /* taken, never answered */
          while (test_receiver_count (receiver) == n_before)
            g_usleep (1000);
        }
      else
        {
          g_usleep ((gulong) g_test_rand_int_range (0, 200000));
        }
      test_collector_kill (collector);
      again = start_in (dir, path);
      g_free (collector->data_dir);
      collector->data_dir = g_strdup ("/nonexistent");
      test_collector_free (collector);
      collector = again;
    }
  wait_done (collector);
  g_assert_cmpuint (test_receiver_count_taken (receiver, &n_repeated), ==, n_posted);
  g_assert_cmpuint (n_repeated, ==, 0);
  g_assert_cmpuint (test_receiver_count (receiver), >, n_posted / 100);   /* some did come again */
}

/* At the end what waits for others goes at once; when it cannot, it goes after the next start. */
static void
test_drain (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autoptr(TestCollector) collector = start (receiver, "interval=1h\ntimeout=0.2s");
  g_autoptr(TestCollector) again = NULL;
  g_autofree char *dir = g_strdup (collector->data_dir);
  g_autofree char *path = g_build_filename (dir, "config", NULL);

  post (collector, 5, "e");
  g_assert_cmpuint (test_receiver_count (receiver), ==, 0);
  test_collector_stop (collector);
  assert_taken (receiver, 5);

  again = start_in (dir, path);
  post (again, 5, "e");
  test_receiver_stage (receiver, "!hang");
  test_collector_stop (again);
  assert_taken (receiver, 5);
  g_assert_cmpuint (test_receiver_count (receiver), ==, 2);
  g_clear_pointer (&again->data_dir, g_free);
  again->data_dir = g_strdup ("/nonexistent");
  g_clear_pointer (&again, test_collector_free);

  again = start_in (dir, path);   /* it was begun, so it does not wait for an hour */
  wait_done (again);
  assert_taken (receiver, 10);
  g_assert_cmpstr (test_receiver_get (receiver, 1)->batch_id, ==, test_receiver_get (receiver, 2)->batch_id);
  g_clear_pointer (&again->url, g_free);
  g_clear_pointer (&collector->data_dir, g_free);
  collector->data_dir = g_strdup ("/nonexistent");
}

/* What nobody takes is kept on the disk up to its share of the quota, then the oldest goes, counted. */
static void
test_evict (void)
{
  g_autoptr(TestReceiver) receiver = test_receiver_new ();
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path =
    write_config (dir, "[collector]\njournal-max-bytes=8M\nforward-max-bytes=1M\n"
                  "[forwarder bi]\nurl=%s\ninterval=0.1s\nbatch=1000\n", test_receiver_get_url (receiver));
  g_autoptr(TestCollector) collector = NULL;
  guint n_events = 200 * 1000, n_taken, n_repeated;
  double n_evicted;

  test_receiver_stage (receiver, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 8\r\n\r\n");
  collector = start_in (dir, path);
  for (guint i = 1; i <= 200; i++)   /* twenty times what may be kept, and none is refused */
    {
      post (collector, 1000, "e");
      if (i % 10 == 0)
        wait_stored (collector, i * 1000);
    }
  wait_done (collector);
  n_evicted = get_metric (collector, "evicted_total", "bi");
  n_taken = test_receiver_count_taken (receiver, &n_repeated);
  g_assert_cmpfloat (n_evicted, >, 0);
  g_assert_cmpuint (n_repeated, ==, 0);
  g_assert_cmpfloat (n_taken + n_evicted, ==, n_events);
}

static int
check (const char *config,
       char      **out,
       char      **err)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path = write_config (dir, "%s", config);
  const char *options[] = { "--check", "--data-dir", dir, "--config", path, NULL };
  int status = test_collector_run ((char **) options, out, err);

  g_remove (path);
  g_rmdir (dir);
  return status;
}

static void
test_check (void)
{
  static const struct {
    const char *config;
    const char *message;
  } cases[] = {
    { "[forwarder a]\n", ":1: url: it is missing" },
    { "[forwarder a]\nurl=http://h/\nbatch=0\n", ":3: batch: “0” is not a number" },
    { "[forwarder a]\nurl=http://h/\n\nformat=xml\n", ":4: format: “xml” is not one of" },
    { "[forwarder a]\nurl=http://h/\n[forwarder  a]\nurl=http://h/\n", ":3: there are two forwarders “a”" },
    { "[forwarder]\nurl=http://h/\n", ":1: “” is not a name" },
    { "[collector]\njournal-max-bytes=2M\nforward-max-bytes=2M\n", "forward-max-bytes: it must be less" },
  };
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;

  g_assert_cmpint (check ("[forwarder a]\nurl=http://h/\n[forwarder b]\nurl=http://h/\n", &out, &err), ==, 0);
  g_assert_nonnull (strstr (out, "2 forwarders"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_clear_pointer (&out, g_free);
      g_clear_pointer (&err, g_free);
      g_assert_cmpint (check (cases[i].config, &out, &err), ==, 78);
      g_test_message ("%s", err);
      g_assert_nonnull (strstr (err, cases[i].message));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/forwarders/send", test_send);
  g_test_add_func ("/collector/forwarders/retry", test_retry);
  g_test_add_func ("/collector/forwarders/poison", test_poison);
  g_test_add_func ("/collector/forwarders/clickhouse", test_clickhouse);
  g_test_add_func ("/collector/forwarders/too-large", test_too_large);
  g_test_add_func ("/collector/forwarders/blocked", test_blocked);
  g_test_add_func ("/collector/forwarders/outage", test_outage);
  g_test_add_func ("/collector/forwarders/kill", test_kill);
  g_test_add_func ("/collector/forwarders/drain", test_drain);
  g_test_add_func ("/collector/forwarders/evict", test_evict);
  g_test_add_func ("/collector/forwarders/check", test_check);
  return g_test_run ();
}
