/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "test-collector.h"

/* Events that could not be stored, of a real collector whose files have real faults. */

/* The store refuses this value for good. */
#define REFUSE "CREATE TRIGGER refuse BEFORE INSERT ON event WHEN new.value = 13 BEGIN" \
               " SELECT raise (ABORT, 'no thirteen'); END"

static void
exec (TestCollector *collector,
      const char    *name,
      const char    *sql)
{
  g_autofree char *path = g_build_filename (collector->data_dir, name, NULL);
  char *message = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static TestCollector *
restart (TestCollector *collector)
{
  return test_collector_new_in (collector->data_dir, NULL, -1, 0);
}

static void
assert_ledger (TestCollector *collector,
               double         stored,
               double         queued,
               double         dead_lettered)
{
  while (test_collector_get_metric (collector, "weir_events_stored_total") < stored ||
         test_collector_get_metric (collector, "weir_queue_events") > queued)
    g_usleep (10000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_stored_total"), ==, stored);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_queue_events"), ==, queued);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_dead_lettered_total"), ==, dead_lettered);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_accepted_total"), ==,
                     stored + queued + dead_lettered);
}

static void
post_events (TestCollector *collector,
             const char    *body)
{
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, body, -1);

  g_assert_cmpint (reply->status, ==, 202);
}

static void
assert_answer (TestCollector *collector,
               const char    *method,
               const char    *path,
               const char    *body,
               int            status,
               const char    *text)
{
  g_autoptr(TestReply) reply = test_collector_request (collector, method, path, body);

  g_test_message ("%s %s", method, path);
  test_assert_reply (reply, status, text);
}

/* The id of the newest. */
static gint64
get_newest (TestCollector *collector)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, "/v1/dead-letters?limit=1");
  g_autoptr(JsonNode) node = json_from_string (reply->body, NULL);
  JsonArray *letters = json_object_get_array_member (json_node_get_object (node), "dead_letters");

  g_test_message ("%s", reply->body);
  g_assert_cmpuint (json_array_get_length (letters), ==, 1);
  return json_object_get_int_member (json_array_get_object_element (letters, 0), "id");
}

static char *
letter_path (TestCollector *collector,
             const char    *action)
{
  return g_strdup_printf ("/v1/dead-letters/%" G_GINT64_FORMAT "%s", get_newest (collector), action);
}

static TestCollector *
make_refusing (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  TestCollector *again;

  test_collector_stop (collector);
  exec (collector, "events.db", REFUSE);
  again = restart (collector);
  g_free (g_steal_pointer (&collector->data_dir));   /* it is the other's now */
  collector->data_dir = g_strdup ("/nonexistent/weir-test");
  return again;
}

static void
test_replay (void)
{
  g_autoptr(TestCollector) collector = make_refusing ();
  g_autofree char *path = NULL;
  g_autofree char *replay = NULL;
  g_autofree char *again = NULL;

  assert_answer (collector, "GET", "/v1/dead-letters", NULL, 200, "{\"total\":0,\"dead_letters\":[],\"cursor\":null}");
  post_events (collector, "[{\"event\":\"a\",\"user_id\":\"u\",\"value\":1},"
                          "{\"event\":\"a\",\"user_id\":\"u\",\"id\":\"x\",\"value\":13,\"properties\":{\"n\":"
                          "\"ä\"}}]");
  assert_ledger (collector, 1, 0, 1);
  assert_answer (collector, "GET", "/v1/dead-letters", NULL, 200, "{\"total\":1,\"dead_letters\":[{\"id\":");
  assert_answer (collector, "GET", "/v1/dead-letters?sink=store", NULL, 200,
                 "\"sink\":\"store\",\"code\":\"refused\",\"reason\":");
  assert_answer (collector, "GET", "/v1/dead-letters?sink=other", NULL, 200, "\"dead_letters\":[]");
  path = letter_path (collector, "");
  assert_answer (collector, "GET", path, NULL, 200, "\"properties\":{\"n\":\"ä\"}");

  /* As it is it is refused again, as a letter of its own; it is no duplicate of itself. */
  replay = letter_path (collector, "/replay");
  assert_answer (collector, "POST", replay, "{}", 200, "{\"replayed\":true}");
  while (g_str_equal (path, (again = letter_path (collector, ""))))
    g_clear_pointer (&again, g_free);
  assert_ledger (collector, 1, 0, 1);
  assert_answer (collector, "GET", path, NULL, 404, "not_found");

  /* With another value it is stored. */
  assert_answer (collector, "PUT", again, "{\"event\":{\"event\":\"a\"}}", 400, "missing_id");
  assert_answer (collector, "PUT", again, "{\"event\":7}", 400, "invalid_request");
  assert_answer (collector, "PUT", again, "{\"event\":{\"event\":\"a\",\"user_id\":\"u\",\"id\":\"x\",\"value\":14}}",
                 200,
                 "{\"saved\":true}");
  assert_answer (collector, "GET", again, NULL, 200, "\"value\":14}");
  g_free (replay);
  replay = g_strconcat (again, "/replay", NULL);
  assert_answer (collector, "POST", replay, "{}", 200, "{\"replayed\":true}");
  assert_ledger (collector, 2, 0, 0);
  assert_answer (collector, "POST", replay, "{}", 404, "not_found");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"events\",\"limit\":1}", 200, "\"value\":14");
  assert_answer (collector, "GET", "/v1/dead-letters", NULL, 200, "{\"total\":0,");

  /* What it says holds when it is killed. */
  test_collector_kill (collector);
  {
    g_autoptr(TestCollector) other = restart (collector);

    assert_ledger (other, 2, 0, 0);
    test_collector_stop (other);
  }
}

static void
test_discard (void)
{
  g_autoptr(TestCollector) collector = make_refusing ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;

  post_events (collector, "[{\"event\":\"a\",\"user_id\":\"u\",\"value\":13},{\"event\":\"b\",\"user_id\":\"u\","
                          "\"value\":13}]");
  assert_ledger (collector, 0, 0, 2);
  path = letter_path (collector, "");
  body = g_strdup_printf ("{\"id\":%" G_GINT64_FORMAT "}", get_newest (collector));
  assert_answer (collector, "DELETE", path, NULL, 200, "{\"deleted\":true,\"dead_letter\":{\"id\":");
  assert_answer (collector, "GET", path, NULL, 404, "not_found");
  assert_answer (collector, "GET", "/v1/dead-letters", NULL, 200, "{\"total\":1,");
  assert_answer (collector, "POST", "/v1/alerts/test",
                 "{\"rule\":{\"kind\":\"dead_letters\",\"op\":\">\",\"threshold\":0}}", 200,
                "{\"value\":1,\"would_fire\":true}");
  assert_ledger (collector, 0, 0, 2);
  assert_answer (collector, "POST", "/v1/dead-letters", body, 200, "{\"restored\":true}");
  assert_answer (collector, "GET", path, NULL, 200, "\"event\":\"b\"");
  assert_answer (collector, "POST", "/v1/dead-letters", body, 404, "not_found");
  assert_answer (collector, "POST", "/v1/dead-letters/replay", "{}", 400, "invalid_request");

  test_collector_kill (collector);
  exec (collector, "events.db", "DROP TRIGGER refuse");
  {
    g_autoptr(TestCollector) other = restart (collector);

    assert_answer (other, "POST", "/v1/dead-letters/replay", "{\"all\":true}", 200,
                   "{\"replayed\":true,\"count\":2,\"failed\":[],\"left\":0}");
    assert_ledger (other, 2, 0, 0);
    test_collector_stop (other);
  }
}

/* A row of the journal that a disk has changed: what can be read of it can be judged and sent. */
static void
test_damaged (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) waiting = NULL;
  g_autoptr(TestCollector) other = NULL;

  test_collector_stop (collector);
  exec (collector, "events.db", "CREATE TRIGGER wait BEFORE UPDATE OF cursor ON state BEGIN"
                                " SELECT raise (ABORT, 'not now'); END");
  waiting = restart (collector);
  post_events (waiting, "[{\"event\":\"aaaa\",\"user_id\":\"u\"},{\"event\":\"bbbb\",\"user_id\":\"u\"}]");
  g_assert_cmpfloat (test_collector_get_metric (waiting, "weir_queue_events"), ==, 2);
  test_collector_kill (waiting);
  g_clear_pointer (&waiting->data_dir, g_free);
  waiting->data_dir = g_strdup ("/nonexistent/weir-test");

  exec (collector, "events.db", "DROP TRIGGER wait");
  exec (collector, "journal.db", "UPDATE record SET data = CAST (substr (data, 1, instr (data, x'61616161') - 1) ||"
                                 " x'61616163' || substr (data, instr (data, x'61616161') + 4) AS BLOB)");
  test_collector_allow_criticals ();   /* it says so loudly */
  other = restart (collector);
  assert_ledger (other, 0, 0, 2);
  assert_answer (other, "GET", "/v1/dead-letters?sink=journal", NULL, 200, "{\"total\":2,");
  assert_answer (other, "GET", "/v1/dead-letters", NULL, 200, "\"code\":\"damaged\",");
  assert_answer (other, "GET", "/v1/dead-letters", NULL, 200, "\"event\":\"aaac\"");
  assert_answer (other, "POST", "/v1/dead-letters/replay", "{\"all\":true}", 200, "\"count\":2,\"failed\":[]");
  assert_ledger (other, 2, 0, 0);
  test_collector_stop (other);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/dead-letters/replay", test_replay);
  g_test_add_func ("/collector/dead-letters/discard", test_discard);
  g_test_add_func ("/collector/dead-letters/damaged", test_damaged);
  return g_test_run ();
}
