/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-clickhouse-front.h"
#include "test-collector.h"
#include "test-stream-client.h"

/* A real collector whose events come to rest in ClickHouse, and the days on which that goes wrong. Each
 * line of the table in docs/durability.md about ClickHouse has its test here or in oracle.py. */

#define PATIENCE (30 * G_USEC_PER_SEC)

typedef struct {
  TestClickhouseFront *front;
  TestCollector *collector;
} Fixture;

static TestCollector *
start_in (Fixture    *fixture,
          const char *dir)
{
  const char *options[] = { "--store", "clickhouse", "--clickhouse-url",
                            test_clickhouse_front_get_url (fixture->front), NULL };

  return test_collector_new_in (dir, (char **) options, -1, 0);
}

static gboolean
fixture_open (Fixture *fixture)
{
  g_autofree char *dir = NULL;

  fixture->front = test_clickhouse_front_new ();
  if (fixture->front == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return FALSE;
    }
  dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  fixture->collector = start_in (fixture, dir);
  return TRUE;
}

static void
fixture_close (Fixture *fixture)
{
  test_collector_stop (fixture->collector);
  test_collector_free (fixture->collector);
  test_clickhouse_front_free (fixture->front);
}

/* Ends it at once, and starts another on what it left. */
static void
kill_collector (Fixture *fixture)
{
  TestCollector *killed = fixture->collector;

  test_collector_kill (killed);
  fixture->collector = start_in (fixture, killed->data_dir);
  g_free (killed->data_dir);
  killed->data_dir = g_strdup ("/nonexistent");
  test_collector_free (killed);
}

static void
post (Fixture    *fixture,
      guint       n_events,
      const char *name,
      const char *more)
{
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(TestReply) reply = NULL;

  for (guint i = 0; i < n_events; i++)
    g_string_append_printf (body, "{\"event\":\"%s\",\"user_id\":\"u%u\"%s}\n", name, i, more);
  reply = test_collector_post (fixture->collector, "/v1/events", NULL, body->str, -1);
  g_assert_cmpint (reply->status, ==, 202);
}

static JsonObject *
get_status (Fixture     *fixture,
            JsonParser **parser)
{
  g_autoptr(TestReply) reply = test_collector_request (fixture->collector, "GET", "/v1/status", NULL);

  *parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (*parser, reply->body, -1, NULL));
  return json_node_get_object (json_parser_get_root (*parser));
}

static gint64
get_ledger (Fixture    *fixture,
            const char *member)
{
  g_autoptr(JsonParser) parser = NULL;
  JsonObject *ledger = json_object_get_object_member (get_status (fixture, &parser), "ledger");

  g_assert_cmpint (json_object_get_int_member (ledger, "accepted"), ==,
                   json_object_get_int_member (ledger, "stored") + json_object_get_int_member (ledger, "queued") +
                     json_object_get_int_member (ledger, "dead_lettered"));
  return json_object_get_int_member (ledger, member);
}

static void
wait_for_ledger (Fixture    *fixture,
                 const char *member,
                 gint64      value)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (get_ledger (fixture, member) != value && g_get_monotonic_time () < deadline)
    g_usleep (20000);
  g_assert_cmpint (get_ledger (fixture, member), ==, value);
}

/* The first sink is the store. */
static char *
dup_sink (Fixture    *fixture,
          const char *member)
{
  g_autoptr(JsonParser) parser = NULL;
  JsonArray *sinks = json_object_get_array_member (get_status (fixture, &parser), "sinks");
  JsonNode *node = json_object_get_member (json_array_get_object_element (sinks, 0), member);

  return JSON_NODE_HOLDS_VALUE (node) ? g_strdup (json_node_get_string (node)) : NULL;
}

static void
wait_for_state (Fixture    *fixture,
                const char *state)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  g_autofree char *found = dup_sink (fixture, "state");

  while (!g_str_equal (found, state) && g_get_monotonic_time () < deadline)
    {
      g_usleep (20000);
      g_free (found);
      found = dup_sink (fixture, "state");
    }
  g_assert_cmpstr (found, ==, state);
}

/* What is in the table: rows, and how many different ones. */
static void
check_rows (Fixture *fixture,
            guint    n_rows)
{
  g_autofree char *expected = g_strdup_printf ("%u\t%u", n_rows, n_rows);
  g_autofree char *found = test_clickhouse_front_ask (fixture->front, "SELECT count(), uniqExact(seq) FROM event");

  g_assert_cmpstr (found, ==, expected);
}

/* The store is down while events come: none is refused, none is lost, streams do not wait. */
static void
test_outage (void)
{
  Fixture fixture;
  g_autoptr(TestReply) ready = NULL;
  g_autoptr(TestReply) asked = NULL;

  if (!fixture_open (&fixture))
    return;
  post (&fixture, 10, "before", "");
  wait_for_ledger (&fixture, "stored", 10);
  test_clickhouse_front_kill (fixture.front);
  post (&fixture, 20, "meanwhile", "");
  wait_for_state (&fixture, "waiting");
  g_assert_cmpint (get_ledger (&fixture, "queued"), ==, 20);
  ready = test_collector_get (fixture.collector, "/readyz");
  test_assert_reply (ready, 503, "ClickHouse");
  asked = test_collector_request (fixture.collector, "POST", "/v1/query", "{\"kind\":\"events\",\"limit\":5}");
  test_assert_error (asked, 503, "unavailable");
  test_clickhouse_front_start (fixture.front);
  wait_for_ledger (&fixture, "stored", 30);
  wait_for_state (&fixture, "ok");
  check_rows (&fixture, 30);
  fixture_close (&fixture);
}

static void
wait_for_insert (Fixture *fixture)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  g_autofree char *found = NULL;

  do
    {
      g_clear_pointer (&found, g_free);
      found = test_clickhouse_front_ask (fixture->front, "SELECT count() FROM system.processes"
                                                         " WHERE startsWith(query_id, 'weir-')");
    }
  while (g_str_equal (found, "0") && g_get_monotonic_time () < deadline);
  g_assert_cmpstr (found, !=, "0");
}

/* So much waits that the next insert is made while one is under way. The collector is killed in the
 * middle of that, and the next one does not get an answer. */
static void
test_backlog (void)
{
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  post (&fixture, 1, "before", "");
  wait_for_ledger (&fixture, "stored", 1);
  test_clickhouse_front_kill (fixture.front);
  for (guint i = 0; i < 40; i++)
    post (&fixture, 20000, "meanwhile", "");
  test_clickhouse_front_start (fixture.front);
  test_clickhouse_front_wish (fixture.front, "{\"hold\":\"event\"}");
  wait_for_insert (&fixture);
  g_assert_cmpint (get_ledger (&fixture, "queued"), >, 262144);
  kill_collector (&fixture);
  test_clickhouse_front_wish (fixture.front, "{\"hold\":\"\",\"lose\":1}");
  wait_for_ledger (&fixture, "stored", 800001);
  check_rows (&fixture, 800001);
  fixture_close (&fixture);
}

/* An insert is done and its answer is lost: it is sent again and not stored again. */
static void
test_lost_answer (void)
{
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  test_clickhouse_front_wish (fixture.front, "{\"lose\":2}");
  post (&fixture, 50, "once", "");
  wait_for_ledger (&fixture, "stored", 50);
  check_rows (&fixture, 50);
  fixture_close (&fixture);
}

/* The collector is killed between an insert and the note of it. */
static void
test_killed_between (void)
{
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  post (&fixture, 1, "first", "");
  wait_for_ledger (&fixture, "stored", 1);
  test_clickhouse_front_wish (fixture.front, "{\"hang\":2}");
  post (&fixture, 40, "once", "");
  g_usleep (1500000);   /* the insert is on its way, and is done when nobody waits for it any more */
  kill_collector (&fixture);
  post (&fixture, 5, "after", "");
  test_clickhouse_front_wish (fixture.front, "{\"hang\":0}");
  wait_for_ledger (&fixture, "stored", 46);
  check_rows (&fixture, 46);
  fixture_close (&fixture);
}

static TestStreamClient *
listen_to (Fixture    *fixture,
           const char *last_id)
{
  g_autofree char *token = g_strstrip (g_strdup (fixture->collector->token));
  g_autofree char *request = g_strdup_printf ("GET /v1/stream?topics=events HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                                              "Authorization: Bearer %s\r\nLast-Event-ID: %s\r\n\r\n",
                                              fixture->collector->port, token, last_id);
  int fd = test_collector_connect (fixture->collector);

  test_socket_send (fd, request, -1);
  return test_stream_client_new (fd);
}

/* Events that were streamed and are not in ClickHouse yet are not streamed again by the next process.
 * Who had seen all of them goes on; who had not is told that it missed something. */
static void
test_stream_goes_on (void)
{
  g_autofree char *behind = NULL;
  g_autofree char *last = NULL;
  TestStreamClient *client;
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  test_clickhouse_front_kill (fixture.front);
  client = listen_to (&fixture, "");
  post (&fixture, 1, "one", "");
  test_stream_client_read_until (client, "\"event\":\"one\"");
  behind = g_strdup (test_stream_client_get_id (client));
  post (&fixture, 1, "two", "");
  test_stream_client_read_until (client, "\"event\":\"two\"");
  last = g_strdup (test_stream_client_get_id (client));
  test_stream_client_free (client);

  kill_collector (&fixture);
  client = listen_to (&fixture, last);
  post (&fixture, 1, "three", "");
  test_stream_client_read_until (client, "\"event\":\"three\"");
  g_assert_null (strstr (client->log->str, "reset|"));
  g_assert_cmpuint (client->n_messages, ==, 1);
  test_stream_client_free (client);
  client = listen_to (&fixture, behind);
  test_stream_client_read_until (client, "reset|");
  test_stream_client_free (client);
  test_clickhouse_front_start (fixture.front);
  wait_for_ledger (&fixture, "stored", 3);
  fixture_close (&fixture);
}

/* The same message ids again, after both were killed and while the store is down. */
static void
test_duplicates (void)
{
  static const char body[] = "{\"event\":\"a\",\"id\":\"m-1\",\"user_id\":\"u\"}\n"
                             "{\"event\":\"a\",\"id\":\"m-2\",\"user_id\":\"u\"}\n";
  g_autoptr(TestReply) first = NULL;
  g_autoptr(TestReply) again = NULL;
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  first = test_collector_post (fixture.collector, "/v1/events", NULL, body, -1);
  test_assert_reply (first, 202, "\"accepted\":2");
  wait_for_ledger (&fixture, "stored", 2);
  test_clickhouse_front_kill (fixture.front);
  kill_collector (&fixture);
  again = test_collector_post (fixture.collector, "/v1/events", NULL, body, -1);
  test_assert_reply (again, 202, "\"duplicates\":2");
  test_clickhouse_front_start (fixture.front);
  post (&fixture, 1, "b", "");
  wait_for_ledger (&fixture, "stored", 3);
  check_rows (&fixture, 3);
  fixture_close (&fixture);
}

/* One row that is refused for good becomes a dead letter; those around it are stored. */
static void
test_poison (void)
{
  g_autoptr(TestReply) letters = NULL;
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  test_clickhouse_front_wish (fixture.front, "{\"poison\":\"poisonous\"}");
  post (&fixture, 30, "good", "");
  post (&fixture, 1, "bad", ",\"properties\":{\"a\":\"poisonous\"}");
  post (&fixture, 30, "good", "");
  wait_for_ledger (&fixture, "dead_lettered", 1);
  wait_for_ledger (&fixture, "stored", 60);
  check_rows (&fixture, 60);
  letters = test_collector_request (fixture.collector, "GET", "/v1/dead-letters", NULL);
  test_assert_reply (letters, 200, "poisonous");
  test_assert_reply (letters, 200, "Cannot parse");
  fixture_close (&fixture);
}

/* A server that will not take anything until somebody changes something is asked again and again. */
static void
test_read_only (void)
{
  g_autofree char *message = NULL;
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  test_clickhouse_front_wish (fixture.front, "{\"refuse\":1000,\"status\":500,\"code\":164}");
  post (&fixture, 7, "a", "");
  wait_for_state (&fixture, "waiting");
  message = dup_sink (&fixture, "last_error");
  g_assert_nonnull (strstr (message, "staged"));
  test_clickhouse_front_wish (fixture.front, "{\"refuse\":0}");
  wait_for_ledger (&fixture, "stored", 7);
  check_rows (&fixture, 7);
  fixture_close (&fixture);
}

static void
test_crowded (void)
{
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  test_clickhouse_front_wish (fixture.front, "{\"refuse\":1,\"status\":500,\"code\":252}");
  post (&fixture, 7, "a", "");
  wait_for_ledger (&fixture, "stored", 7);
  check_rows (&fixture, 7);
  fixture_close (&fixture);
}

static char *
dup_person (Fixture *fixture)
{
  g_autoptr(TestReply) reply = test_collector_request (fixture->collector, "GET", "/v1/persons?distinct_id=u0", NULL);
  const char *id = strstr (reply->body, "\"id\":\"");

  g_assert_nonnull (id);
  return g_strndup (id + strlen ("\"id\":\""), 36);
}

/* Nobody is half deleted, and nobody comes back. */
static void
test_deletion (void)
{
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) deleted = NULL;
  g_autofree char *person = NULL;
  g_autofree char *path = NULL;
  Fixture fixture;

  if (!fixture_open (&fixture))
    return;
  post (&fixture, 3, "a", "");
  wait_for_ledger (&fixture, "stored", 3);
  person = dup_person (&fixture);
  path = g_strconcat ("/v1/persons/", person, NULL);
  test_clickhouse_front_kill (fixture.front);
  post (&fixture, 3, "b", "");
  refused = test_collector_request (fixture.collector, "DELETE", path, NULL);
  test_assert_error (refused, 503, "unavailable");
  test_clickhouse_front_start (fixture.front);
  wait_for_ledger (&fixture, "stored", 6);
  post (&fixture, 3, "c", "");
  deleted = test_collector_request (fixture.collector, "DELETE", path, NULL);
  test_assert_reply (deleted, 200, "\"verified\":true");
  test_assert_reply (deleted, 200, "\"before\":{\"events\":3,");
  wait_for_ledger (&fixture, "stored", 9);
  check_rows (&fixture, 6);
  fixture_close (&fixture);
}

/* Few and large inserts, whatever comes. */
static void
test_pace (void)
{
  g_autofree char *parts = NULL;
  Fixture fixture;
  guint64 n_parts;

  if (!fixture_open (&fixture))
    return;
  for (guint i = 0; i < 100; i++)
    {
      post (&fixture, 5, "a", "");
      g_usleep (20000);
    }
  wait_for_ledger (&fixture, "stored", 500);
  check_rows (&fixture, 500);
  parts = test_clickhouse_front_ask (fixture.front,
                                     "SELECT countDistinct(name) FROM system.parts"
                                     " WHERE table = 'event' AND level = 0");
  n_parts = g_ascii_strtoull (parts, NULL, 10);
  g_assert_cmpuint (n_parts, >, 0);
  g_assert_cmpuint (n_parts, <=, 12);
  fixture_close (&fixture);
}

static void
test_no_url (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  char *options[] = { (char *) "--store", (char *) "clickhouse", (char *) "--data-dir", dir, NULL };
  g_autofree char *err = NULL;

  g_assert_cmpint (test_collector_run (options, NULL, &err), ==, 78);
  g_assert_nonnull (strstr (err, "clickhouse-url"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_collector_allow_criticals ();
  g_test_add_func ("/clickhouse-sink/outage", test_outage);
  g_test_add_func ("/clickhouse-sink/backlog", test_backlog);
  g_test_add_func ("/clickhouse-sink/lost-answer", test_lost_answer);
  g_test_add_func ("/clickhouse-sink/killed-between", test_killed_between);
  g_test_add_func ("/clickhouse-sink/stream-goes-on", test_stream_goes_on);
  g_test_add_func ("/clickhouse-sink/duplicates", test_duplicates);
  g_test_add_func ("/clickhouse-sink/poison", test_poison);
  g_test_add_func ("/clickhouse-sink/read-only", test_read_only);
  g_test_add_func ("/clickhouse-sink/crowded", test_crowded);
  g_test_add_func ("/clickhouse-sink/deletion", test_deletion);
  g_test_add_func ("/clickhouse-sink/pace", test_pace);
  g_test_add_func ("/clickhouse-sink/no-url", test_no_url);

  return g_test_run ();
}
