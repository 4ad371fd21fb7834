/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "test-collector.h"
#include "test-stream-client.h"
#include "weir-identity-graph.h"

static char *
make_dir (void)
{
  char *dir = g_dir_make_tmp ("weir-persons-XXXXXX", NULL);

  g_assert_nonnull (dir);
  return dir;
}

static void
wait_stored (TestCollector *collector,
             guint          n)
{
  while (test_collector_get_metric (collector, "weir_events_stored_total") < n)
    g_usleep (5000);
}

static void
post_events (TestCollector *collector,
             const char    *json)
{
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, json, -1);

  g_assert_cmpint (reply->status, ==, 202);
}

/* Any request with the read token. */
static TestReply *
request (TestCollector *collector,
         const char    *method,
         const char    *path,
         const char    *headers,
         const char    *body)
{
  g_autofree char *text = g_strdup_printf (
    "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%sContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
    method, path, collector->token, headers, strlen (body), body);

  return test_collector_ask (collector, text, -1);
}

static void
assert_answer (TestCollector *collector,
               const char    *method,
               const char    *path,
               const char    *body,
               int            status,
               const char    *part)
{
  g_autoptr(TestReply) reply = request (collector, method, path, "", body);

  g_test_message ("%s %s: %d %s", method, path, reply->status, reply->body);
  g_assert_cmpint (reply->status, ==, status);
  g_assert_nonnull (strstr (reply->body, part));
}

static char *
dup_person (TestCollector *collector,
            const char    *distinct_id)
{
  g_autofree char *path = g_strdup_printf ("/v1/persons?distinct_id=%s", distinct_id);
  g_autoptr(TestReply) reply = test_collector_get (collector, path);
  g_autoptr(JsonParser) parser = json_parser_new ();

  g_assert_cmpint (reply->status, ==, 200);
  g_assert_true (json_parser_load_from_data (parser, reply->body, -1, NULL));
  return g_strdup (json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "id"));
}

#define STORY                                                                                             \
  "[{\"event\":\"e\",\"anonymous_id\":\"anon-1\",\"properties\":{\"$set\":{\"plan\":\"free, for now\"}}},"  \
  "{\"event\":\"$identify\",\"user_id\":\"user-1\",\"anonymous_id\":\"anon-1\","                           \
  " \"properties\":{\"$set\":{\"name\":\"Ann\"}}},"                                                       \
  "{\"event\":\"$identify\",\"user_id\":\"user-2\",\"anonymous_id\":\"anon-1\"},"                          \
  "{\"event\":\"e\",\"user_id\":\"user-3\",\"device_id\":\"tablet\"},"                                     \
  "{\"event\":\"e\",\"user_id\":\"user-2\",\"device_id\":\"tablet\"}]"

static void
test_show (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *same = NULL;
  g_autofree char *path = NULL;
  g_autofree char *edges = NULL;
  g_autofree char *events = NULL;
  g_autofree char *export = NULL;
  g_autoptr(TestReply) csv = NULL;
  g_autoptr(TestReply) table = NULL;
  g_autofree char *end = NULL;

  post_events (collector, STORY);
  wait_stored (collector, 5);
  id = dup_person (collector, "user-1");
  same = dup_person (collector, "anon-1");
  g_assert_cmpstr (id, ==, same);

  path = g_strdup_printf ("/v1/persons/%s", id);
  edges = g_strconcat (path, "/edges", NULL);
  events = g_strconcat (path, "/events?limit=1", NULL);
  export = g_strconcat (path, "/export", NULL);
  assert_answer (collector, "GET", path, "", 200,
                 "\"distinct_ids\":[\"anon-1\",\"user-1\"],\"n_distinct_ids\":2,\"identified\":true,"
                 "\"properties\":{\"name\":\"Ann\",\"plan\":\"free, for now\"},\"first_seen\":\"20");
  assert_answer (collector, "GET", edges, "", 200, "\"from\":\"anon-1\",\"to\":\"user-2\",\"event_seq\":3,");
  assert_answer (collector, "GET", edges, "", 200,
                 "\"verdict\":\"refused\",\"reason\":\"anonymous_id_taken\",\"voided\":false}],\"cursor\":null}");
  assert_answer (collector, "GET", events, "", 200, "\"events\":[{\"seq\":2,");
  assert_answer (collector, "GET", export, "", 200, "\"complete\":true}");
  csv = request (collector, "GET", edges, "Accept: text/csv\r\n", "");
  g_assert_true (g_str_has_prefix (csv->body, "seq,kind,from,to,event_seq,time,verdict,reason,voided\r\n"
                                              "1,identify,anon-1,user-1,2,"));
  table = request (collector, "GET", events, "Accept: text/csv\r\n", "");
  end = g_strdup_printf (",local,user-1,%s,user-1,anon-1,,,,,\"{\"\"$set\"\":{\"\"name\"\":\"\"Ann\"\"}}\"\r\n", id);
  g_assert_true (g_str_has_prefix (table->body, "seq,id,event,timestamp,received,source,distinct_id,person,user_id,"
                                                "anonymous_id,device_id,previous_id,session_id,value,properties\r\n"
                                                "2,"));
  g_assert_true (g_str_has_suffix (table->body, end));
  assert_answer (collector, "POST", "/v1/query",
                 "{\"kind\":\"events\",\"filter\":{\"property\":\"person.name\",\"op\":\"=\",\"value\":\"Ann\"}}", 200,
                 "\"events\":[{\"seq\":2,");
  assert_answer (collector, "POST", "/v1/query",
                 "{\"kind\":\"events\",\"before\":4,"
                 "\"filter\":{\"property\":\"person.name\",\"op\":\"is_not_set\"}}", 200,
                 "\"events\":[{\"seq\":3,");
  assert_answer (collector, "GET", "/v1/suggestions", "", 200,
                 "\"evidence\":[{\"kind\":\"device_id\",\"device_id\":\"tablet\"}]}]");
}

static void
test_search (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) csv = NULL;

  post_events (collector, STORY);
  post_events (collector, "{\"event\":\"e\",\"user_id\":\"x-user-1\"}");
  post_events (collector, "{\"event\":\"e\",\"user_id\":\"100%\"}");
  wait_stored (collector, 7);
  /* The id itself first, then ids that begin so, then those that hold it, then properties. */
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"search\":\"user-1\"}", 200,
                 "\"total\":2,\"persons\":[{\"id\"");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"search\":\"user-1\",\"limit\":1}", 200,
                 "\"distinct_ids\":[\"anon-1\",\"user-1\"]");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"search\":\"ANN\"}", 200, "\"total\":1");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"search\":\"0%\"}", 200, "\"total\":1");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"search\":\"_ser\"}", 200, "\"total\":0");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"limit\":2}", 200, "\"total\":5");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"limit\":2,\"cursor\":\"0-3\"}", 200,
                 "\"distinct_ids\":[\"user-3\"]");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"cursor\":\"no\"}", 400, "invalid_request");
  assert_answer (collector, "POST", "/v1/query", "{\"kind\":\"persons\",\"limit\":-1}", 400, "invalid_request");
  csv = request (collector, "POST", "/v1/query", "Accept: text/csv\r\n", "{\"kind\":\"persons\",\"search\":\"ann\"}");
  g_assert_nonnull (strstr (csv->body, ",\"[\"\"anon-1\"\",\"\"user-1\"\"]\",2,true,"
                                       "\"{\"\"name\"\":\"\"Ann\"\",\"\"plan\"\":\"\"free, for now\"\"}\",20"));
}

static void
test_refusals (void)
{
  g_autofree char *dir = make_dir ();
  g_autoptr(TestCollector) collector = test_collector_new_in (dir, NULL, -1, 0);
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *merge = NULL;
  g_autofree char *self = NULL;
  g_autofree char *options = NULL;
  g_autofree char *reader_dir = make_dir ();
  g_auto(GStrv) argv = NULL;
  g_autoptr(TestCollector) reader = NULL;

  post_events (collector, STORY);
  wait_stored (collector, 5);
  id = dup_person (collector, "user-1");
  path = g_strdup_printf ("/v1/persons/%s", id);
  merge = g_strconcat (path, "/merge", NULL);
  self = g_strdup_printf ("{\"with\":\"%s\"}", id);

  assert_answer (collector, "GET", "/v1/persons", "", 400, "distinct_id");
  assert_answer (collector, "GET", "/v1/persons?distinct_id=nobody", "", 404, "not_found");
  assert_answer (collector, "GET", "/v1/persons/nobody", "", 404, "not_found");
  assert_answer (collector, "GET", "/v1/persons/00000000-0000-4000-8000-000000000000/edges", "", 404, "not_found");
  assert_answer (collector, "DELETE", "/v1/persons/00000000-0000-4000-8000-000000000000", "", 404, "not_found");
  assert_answer (collector, "GET", merge, "", 405, "method_not_allowed");
  assert_answer (collector, "POST", merge, "{}", 400, "invalid_request");
  assert_answer (collector, "POST", merge, "{\"with\":1}", 400, "invalid_request");
  assert_answer (collector, "POST", merge, "{\"with\":\"nobody\"}", 404, "not_found");
  assert_answer (collector, "POST", merge, self, 400, "invalid_request");
  assert_answer (collector, "POST", "/v1/edges/99/void", "", 404, "not_found");
  assert_answer (collector, "POST", "/v1/edges/x/void", "", 404, "not_found");
  assert_answer (collector, "POST", "/v1/edges/1/forget", "", 404, "not_found");
  test_collector_stop (collector);

  /* Offline everything can be seen and nothing changed. */
  options = g_strdup_printf ("--read-only %s/events.db", dir);
  argv = g_strsplit (options, " ", -1);
  reader = test_collector_new_in (reader_dir, argv, -1, 0);
  assert_answer (reader, "GET", path, "", 200, "\"user-1\"");
  assert_answer (reader, "DELETE", path, "", 405, "reading only");
  assert_answer (reader, "POST", "/v1/edges/1/void", "", 405, "reading only");
}

static void
test_undo_and_stream (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *merge = NULL;
  g_autofree char *with = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *get = g_strdup_printf (
    "GET /v1/stream?topics=identity HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", collector->token);
  int fd = test_collector_connect (collector);
  g_autoptr(TestStreamClient) client = test_stream_client_new (fd);

  test_socket_send (fd, get, -1);
  while (client->n_comments == 0)
    g_assert_true (test_stream_client_read (client, 10000));
  post_events (collector, STORY);
  test_stream_client_read_until (client, "\"kind\":\"merge\",\"edge\":1,");
  test_stream_client_read_until (client, "\"kind\":\"refusal\",\"edge\":2,");
  test_stream_client_read_until (client, "\"reason\":\"anonymous_id_taken\",\"seq\":3}");

  first = dup_person (collector, "user-1");
  second = dup_person (collector, "user-2");
  g_assert_cmpstr (first, !=, second);
  merge = g_strdup_printf ("/v1/persons/%s/merge", first);
  with = g_strdup_printf ("{\"with\":\"%s\"}", second);
  assert_answer (collector, "POST", merge, with, 200, "{\"edge\":3,\"person\":\"");
  joined = dup_person (collector, "user-2");
  g_assert_cmpstr (joined, ==, first);

  assert_answer (collector, "POST", "/v1/edges/3/void", "", 200, "{\"edge\":3,\"voided\":true}");
  test_stream_client_read_until (client, "\"kind\":\"split\",\"edge\":3,");
  g_free (joined);
  joined = dup_person (collector, "user-2");
  g_assert_cmpstr (joined, ==, second);
  assert_answer (collector, "POST", "/v1/edges/3/restore", "", 200, "{\"edge\":3,\"voided\":false}");
  test_stream_client_read_until (client, "\"kind\":\"merge\",\"edge\":3,");
}

static gboolean
is_in_file (const char *dir,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *data = NULL;
  gsize length;

  return g_file_get_contents (path, &data, &length, NULL) && memmem (data, length, text, strlen (text)) != NULL;
}

static void
assert_in_no_file (const char *data_dir,
                   const char *text)
{
  g_autoptr(GDir) dir = g_dir_open (data_dir, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_test_message ("%s", name);
      g_assert_false (is_in_file (data_dir, name, text));
      n++;
    }
  g_assert_cmpuint (n, >=, 3);
}

/* What was accepted a moment ago is deleted too, and nothing of it is left in any file. */
static void
test_delete (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  double stored;

  post_events (collector, "{\"event\":\"e\",\"user_id\":\"secret-user\",\"anonymous_id\":\"secret-anonymous\","
                          "\"properties\":{\"$set\":{\"mail\":\"secret-mail\"}}}");
  for (guint i = 0; i < 20; i++)
    post_events (collector, STORY);
  wait_stored (collector, 101);
  g_assert_true (is_in_file (collector->data_dir, "events.db-wal", "secret-user") ||
                 is_in_file (collector->data_dir, "events.db", "secret-user"));
  id = dup_person (collector, "secret-anonymous");
  path = g_strdup_printf ("/v1/persons/%s", id);
  for (guint i = 0; i < 30; i++)
    post_events (collector, "{\"event\":\"secret-page\",\"user_id\":\"secret-user\"}");
  assert_answer (collector, "DELETE", path, "", 200, "\"before\":{\"events\":31,\"distinct_ids\":2,\"edges\":1,");
  assert_in_no_file (collector->data_dir, "secret-user");
  assert_in_no_file (collector->data_dir, "secret-anonymous");
  assert_in_no_file (collector->data_dir, "secret-mail");
  assert_answer (collector, "GET", path, "", 404, "not_found");
  assert_answer (collector, "GET", "/v1/persons?distinct_id=user-1", "", 200, "user-1");

  post_events (collector, "{\"event\":\"e\",\"user_id\":\"secret-user\"}");
  wait_stored (collector, 132);   /* a person's id comes from its first distinct id, so it is the same again */
  assert_answer (collector, "DELETE", path, "", 200,
                 "\"after\":{\"events\":0,\"distinct_ids\":0,\"edges\":0,\"dead_letters\":0,\"journal\":0}},"
                 "\"verified\":true,\"as_of\":132}");
  assert_in_no_file (collector->data_dir, "secret-user");

  /* The ledger counts what happened, not what is left. */
  stored = test_collector_get_metric (collector, "weir_events_stored_total");
  g_assert_cmpfloat (stored, ==, 132);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_accepted_total"), ==, 132);
}

static sqlite3_stmt *
prepare (sqlite3    *db,
         const char *sql)
{
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  return statement;
}

/* Persons as they are stored must be those that follow from the log. */
static void
assert_follows_from_log (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, "events.db", NULL);
  g_autoptr(WeirIdentityGraph) graph = weir_identity_graph_new (WEIR_IDENTITY_RULES_WEIR);
  g_autoptr(GHashTable) persons = g_hash_table_new (NULL, NULL);
  sqlite3_stmt *statement;
  guint n_edges = 0, n_merged = 0;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  statement = prepare (db, "SELECT kind, from_id, to_id, event_seq, known, reason = 2, verdict FROM edge ORDER BY seq");
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      WeirIdentityEdge edge = {
        .kind = (WeirStatementKind) sqlite3_column_int (statement, 0),
        .from = (guint32) sqlite3_column_int (statement, 1),
        .to = (guint32) sqlite3_column_int (statement, 2),
        .event_seq = (guint64) sqlite3_column_int (statement, 3),
        .from_existed = sqlite3_column_int (statement, 4) & 1,
        .to_existed = (sqlite3_column_int (statement, 4) & 2) != 0,
        .is_illegal = sqlite3_column_int (statement, 5),
      };

      weir_identity_graph_add_edge (graph, &edge);
      g_assert_cmpint (edge.decision.verdict, ==, sqlite3_column_int (statement, 6));
      n_edges++;
    }
  sqlite3_finalize (statement);
  g_assert_cmpuint (n_edges, >, 10);

  statement = prepare (db, "SELECT i.id, i.person_id, p.identified FROM identity AS i JOIN person AS p"
                           " ON p.id = i.person_id");
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      guint32 identity = (guint32) sqlite3_column_int (statement, 0);
      gpointer root, known;

      weir_identity_graph_add_identity (graph, identity);
      root = GUINT_TO_POINTER (weir_identity_graph_get_root (graph, identity));
      known = g_hash_table_lookup (persons, root);
      g_assert_true (known == NULL || known == GINT_TO_POINTER (sqlite3_column_int (statement, 1)));
      n_merged += known != NULL;
      g_hash_table_insert (persons, root, GINT_TO_POINTER (sqlite3_column_int (statement, 1)));
      g_assert_cmpint (weir_identity_graph_is_identified (graph, identity), ==, sqlite3_column_int (statement, 2));
    }
  sqlite3_finalize (statement);
  statement = prepare (db, "SELECT count (*) FROM person");
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, (int) g_hash_table_size (persons));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  g_assert_cmpuint (n_merged, >, 0);
}

static char *
make_traffic (guint i)
{
  return g_strdup_printf (
    "[{\"event\":\"e\",\"anonymous_id\":\"a%u\"},"
    "{\"event\":\"$identify\",\"user_id\":\"u%u\",\"anonymous_id\":\"a%u\",\"properties\":{\"$set\":{\"n\":%u}}},"
    "{\"event\":\"$alias\",\"user_id\":\"u%u\",\"previous_id\":\"u%u\"},"
    "{\"event\":\"$merge\",\"user_id\":\"u%u\",\"previous_id\":\"u%u\"}]",
    i % 40, i % 13, i % 40, i, i % 13, i % 17, i % 19, i % 23);
}

/* Killed in the middle of merges, again and again. */
static void
test_kill (void)
{
  g_autofree char *dir = make_dir ();
  /* To free one removes its directory. */
  g_autoptr(GPtrArray) collectors = g_ptr_array_new_with_free_func ((GDestroyNotify) test_collector_free);
  guint n_posted = 0;

  for (guint round = 0; round < 5; round++)
    {
      TestCollector *collector = test_collector_new_in (dir, NULL, -1, 0);
      int fds[20];

      g_ptr_array_add (collectors, collector);
      for (guint i = 0; i < 30; i++)
        {
          g_autofree char *json = make_traffic (n_posted++);

          post_events (collector, json);
        }
      if (round == 4)
        {
          wait_stored (collector, n_posted * 4);
          test_collector_stop (collector);
          assert_follows_from_log (dir);
          break;
        }
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          g_autofree char *json = make_traffic (round * 1000 + i);
          g_autofree char *text = g_strdup_printf ("POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
                                                   "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                                                   strlen (json), json);

          fds[i] = test_collector_connect (collector);
          test_socket_send (fds[i], text, -1);
        }
      test_collector_kill (collector);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        close (fds[i]);
    }
}

static void
test_rules (void)
{
  g_autofree char *dir = make_dir ();
  g_autofree char *config = g_build_filename (dir, "weir.conf", NULL);
  g_autofree char *option = g_strdup_printf ("--config %s", config);
  g_autoptr(TestCollector) collector = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *err = NULL;
  char *wrong[] = { (char *) "--identity-rules", (char *) "other", NULL };

  g_assert_true (g_file_set_contents (config, "[identity]\nrules=posthog\n", -1, NULL));
  collector = test_collector_new (option);
  post_events (collector, STORY);
  wait_stored (collector, 5);
  first = dup_person (collector, "user-1");
  second = dup_person (collector, "user-2");
  g_assert_cmpstr (first, ==, second);

  g_assert_cmpint (test_collector_run (wrong, NULL, &err), ==, 64);
  g_assert_nonnull (strstr (err, "identity-rules"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/persons/show", test_show);
  g_test_add_func ("/collector/persons/search", test_search);
  g_test_add_func ("/collector/persons/refusals", test_refusals);
  g_test_add_func ("/collector/persons/undo-and-stream", test_undo_and_stream);
  g_test_add_func ("/collector/persons/delete", test_delete);
  g_test_add_func ("/collector/persons/kill", test_kill);
  g_test_add_func ("/collector/persons/rules", test_rules);

  return g_test_run ();
}
