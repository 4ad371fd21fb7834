/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-collector.h"

/* What there is to ask about, and the statistics as an answer, from a real collector. */

static TestReply *
get (TestCollector *collector,
     const char    *path,
     const char    *headers)
{
  g_autofree char *request =
      g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n",
                       path, collector->token, headers != NULL ? headers : "");

  return test_collector_ask (collector, request, -1);
}

static TestReply *
ask (TestCollector *collector,
     const char    *body)
{
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", collector->token);

  return test_collector_post (collector, "/v1/query", headers, body, -1);
}

static void
send_events (TestCollector *collector,
             const char    *body,
             double         n_stored)
{
  g_autoptr(TestReply) sent = test_collector_post (collector, "/v1/events", NULL, body, -1);

  g_assert_cmpint (sent->status, ==, 202);
  while (test_collector_get_metric (collector, "weir_events_stored_total") < n_stored)
    g_usleep (10000);
}

static void
assert_holds (TestReply  *reply,
              const char *text)
{
  g_test_message ("%s in %d %s", text, reply->status, reply->body);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->body, text));
}

static void
test_catalog (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) empty = get (collector, "/v1/catalog", NULL);
  g_autoptr(TestReply) all = NULL;
  g_autoptr(TestReply) one = NULL;
  g_autoptr(TestReply) asked = NULL;

  assert_holds (empty, "\"events\":[],\"sampled\":0,\"properties\":[],\"person_properties\":[],"
                       "\"sources\":[]");
  send_events (collector,
               "[{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":\"2026-01-01T00:00:00Z\","
               "\"properties\":{\"plan\":\"pro\",\"n\":1,\"deep\":{\"x\":true}}},"
               "{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":\"2026-01-03T00:00:00Z\","
               "\"properties\":{\"n\":\"one\",\"none\":null,\"list\":[1]}},"
               "{\"event\":\"b\",\"user_id\":\"v\",\"source\":\"shop\",\"properties\":{\"n\":2}},"
               "{\"event\":\"$identify\",\"user_id\":\"v\","
               "\"properties\":{\"$set\":{\"city\":\"Oslo\"}}}]", 4);

  all = get (collector, "/v1/catalog", NULL);
  assert_holds (all, "{\"name\":\"a\",\"count\":2,\"first_seen\":\"2026-01-01T00:00:00.000Z\","
                     "\"last_seen\":\"2026-01-03T00:00:00.000Z\",\"last_24h\":0}");
  assert_holds (all, "\"name\":\"b\",\"count\":1,");
  assert_holds (all, "\"last_24h\":1}");
  assert_holds (all, "\"sampled\":4,");
  assert_holds (all, "{\"name\":\"deep.x\",\"type\":\"boolean\",\"count\":1,\"events\":[\"a\"],"
                     "\"example\":true}");
  assert_holds (all, "{\"name\":\"n\",\"type\":\"mixed\",\"count\":3,\"events\":[\"a\",\"b\"],");
  assert_holds (all, "{\"name\":\"none\",\"type\":\"null\",\"count\":1,\"events\":[\"a\"],"
                     "\"example\":null}");
  assert_holds (all, "{\"name\":\"list\",\"type\":\"array\",\"count\":1,\"events\":[\"a\"],"
                     "\"example\":[1]}");
  assert_holds (all, "\"person_properties\":[{\"name\":\"city\",\"type\":\"text\",\"count\":1,"
                     "\"example\":\"Oslo\"}]");
  assert_holds (all, "\"sources\":[{\"name\":\"local\",\"count\":3},"
                     "{\"name\":\"shop\",\"count\":1}]");

  one = get (collector, "/v1/catalog?event=b", NULL);
  assert_holds (one, "\"events\":[{\"name\":\"b\",\"count\":1,");
  assert_holds (one, "\"properties\":[{\"name\":\"n\",\"type\":\"number\",\"count\":1,"
                     "\"events\":[\"b\"],\"example\":2}]");
  asked = ask (collector, "{\"kind\":\"catalog\",\"event\":\"b\"}");
  assert_holds (asked, "{\"kind\":\"catalog\",\"as_of\":4,\"events\":[{\"name\":\"b\",\"count\":1,");
}

/* Counts are exact when there are thousands, in columns and behind them, and a person is deleted. */
static void
test_counts (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(GString) body = g_string_new ("[");
  g_autoptr(TestReply) before = NULL;
  g_autoptr(TestReply) after = NULL;
  g_autoptr(TestReply) person = NULL;
  g_autoptr(TestReply) deleted = NULL;
  g_autofree char *request = NULL;
  g_auto(GStrv) parts = NULL;

  for (guint i = 0; i < 9000; i++)
    g_string_append_printf (body, "%s{\"event\":\"%s\",\"user_id\":\"u%u\"}", i > 0 ? "," : "",
                            i % 3 == 0 ? "b" : "a", i % 10);
  g_string_append_c (body, ']');
  send_events (collector, body->str, 9000);
  before = get (collector, "/v1/catalog", NULL);
  assert_holds (before, "{\"name\":\"a\",\"count\":6000,");
  assert_holds (before, "{\"name\":\"b\",\"count\":3000,");
  assert_holds (before, "\"last_24h\":6000}");
  assert_holds (before, "\"sampled\":5000,");

  person = get (collector, "/v1/persons?distinct_id=u3", NULL);
  parts = g_strsplit (person->body, "\"", 5);
  request = g_strdup_printf ("DELETE /v1/persons/%s HTTP/1.1\r\nHost: localhost\r\n"
                             "Authorization: Bearer %s\r\n\r\n", parts[3], collector->token);
  deleted = test_collector_ask (collector, request, -1);
  g_assert_cmpint (deleted->status, ==, 200);
  after = get (collector, "/v1/catalog", NULL);
  assert_holds (after, "{\"name\":\"a\",\"count\":5400,");
  assert_holds (after, "{\"name\":\"b\",\"count\":2700,");
}

static void
test_values (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) all = NULL;
  g_autoptr(TestReply) some = NULL;
  g_autoptr(TestReply) names = NULL;
  g_autoptr(TestReply) table = NULL;
  g_autoptr(TestReply) persons = NULL;
  g_autoptr(TestReply) missing = NULL;

  send_events (collector,
               "[{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"p\":{\"q\":\"Pro\"}}},"
               "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"p\":{\"q\":\"Pro\"}}},"
               "{\"event\":\"b\",\"user_id\":\"u\",\"properties\":{\"p\":{\"q\":\"free, x\"}}},"
               "{\"event\":\"b\",\"user_id\":\"u\",\"properties\":{\"p\":{\"q\":7}}},"
               "{\"event\":\"$identify\",\"user_id\":\"v\","
               "\"properties\":{\"$set\":{\"city\":\"Oslo\"}}}]", 5);
  all = get (collector, "/v1/catalog/values?property=p.q", NULL);
  assert_holds (all, "\"values\":[{\"value\":\"Pro\",\"count\":2},"
                     "{\"value\":\"free, x\",\"count\":1},{\"value\":7,\"count\":1}]");
  some = get (collector, "/v1/catalog/values?property=p.q&prefix=PR", NULL);
  assert_holds (some, "\"values\":[{\"value\":\"Pro\",\"count\":2}]");
  names = get (collector, "/v1/catalog/values?property=event&limit=1", NULL);
  assert_holds (names, "\"values\":[{\"value\":\"a\",\"count\":2}]");
  persons = get (collector, "/v1/catalog/values?property=person.city", NULL);
  assert_holds (persons, "\"values\":[{\"value\":\"Oslo\",\"count\":1}]");
  table = get (collector, "/v1/catalog/values?property=p.q&event=b", "Accept: text/csv\r\n");
  g_assert_cmpstr (table->body, ==, "value,count\r\n\"free, x\",1\r\n7,1\r\n");
  missing = get (collector, "/v1/catalog/values", NULL);
  test_assert_error (missing, 400, "invalid_request");
}

static void
put (TestCollector *collector,
     const char    *path,
     const char    *body)
{
  g_autoptr(TestReply) reply = test_collector_request (collector, "PUT", path, body);

  assert_holds (reply, "{\"saved\":true}");
}

static void
assert_table (TestCollector *collector,
              const char    *path,
              const char    *begin)
{
  g_autoptr(TestReply) reply = get (collector, path, "Accept: text/csv\r\n");

  g_test_message ("%s: %d %s", path, reply->status, reply->body);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_true (g_str_has_prefix (reply->body, begin));
}

/* A list is a table for who asks for one; what is no list and what is wrong stays JSON. */
static void
test_tables (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestReply) wrong = NULL;

  send_events (collector, "[{\"event\":\"a, b\",\"user_id\":\"u\",\"timestamp\":\"2026-01-01T00:00:00Z\"},"
                          "{\"event\":\"\",\"user_id\":\"u\"}]", 1);
  put (collector, "/v1/cohorts/c", "{\"distinct_ids\":[\"u\",\"v\"]}");
  put (collector, "/v1/questions/q", "{\"question\":{\"kind\":\"events\"}}");
  put (collector, "/v1/alerts/l", "{\"rule\":{\"kind\":\"lag\",\"op\":\">\",\"threshold\":1000}}");

  assert_table (collector, "/v1/catalog",
                "name,count,first_seen,last_seen,last_24h\r\n"
                "\"a, b\",1,2026-01-01T00:00:00.000Z,2026-01-01T00:00:00.000Z,0\r\n");
  assert_table (collector, "/v1/cohorts", "name,static,n_distinct_ids,created,updated,where\r\nc,true,2,2");
  assert_table (collector, "/v1/questions",
                "name,kind,question,created,updated\r\nq,events,\"{\"\"kind\"\":\"\"events\"\"}\",2");
  assert_table (collector, "/v1/alerts", "name,state,value,since,checked,error,snoozed_until,rule\r\nl,ok,");
  assert_table (collector, "/v1/alerts/history", "id,name,state,at,value,threshold,rule\r\n");
  assert_table (collector, "/v1/dead-letters", "id,at,sink,code,reason,attempts,event,raw\r\n");
  assert_table (collector, "/v1/sources", "name,other,ledger,first_seen,last_seen,keys\r\nlocal,,");
  assert_table (collector, "/v1/rejected", "at,source,code,message,index,excerpt\r\n2");
  assert_table (collector, "/v1/log?limit=1", "seq,at,level,domain,message\r\n");
  assert_table (collector, "/v1/suggestions", "persons,evidence\r\n");
  assert_table (collector, "/v1/cohorts/c", "{\"name\":\"c\"");
  wrong = get (collector, "/v1/dead-letters?limit=x", "Accept: text/csv\r\n");
  test_assert_error (wrong, 400, "invalid_request");
}

static void
test_stats (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(TestReply) reply = NULL;
  JsonObject *answer;

  send_events (collector, "{\"event\":\"a\",\"user_id\":\"u\"}", 1);
  reply = ask (collector, "{\"kind\":\"stats\"}");
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_true (json_parser_load_from_data (parser, reply->body, -1, NULL));
  answer = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (answer, "kind"), ==, "stats");
  g_assert_cmpint (json_object_get_int_member (answer, "as_of"), ==,
                   json_object_get_int_member (answer, "seq"));
  g_assert_cmpint (json_object_get_int_member (answer, "count"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (answer, "window_seconds"), ==, 600);
  g_assert_true (json_object_has_member (answer, "ledger"));
  g_assert_true (json_object_has_member (answer, "dependencies"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/catalog/catalog", test_catalog);
  g_test_add_func ("/collector/catalog/counts", test_counts);
  g_test_add_func ("/collector/catalog/values", test_values);
  g_test_add_func ("/collector/catalog/tables", test_tables);
  g_test_add_func ("/collector/catalog/stats", test_stats);

  return g_test_run ();
}
