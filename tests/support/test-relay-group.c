/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-relay-group.h"

#include <json-glib/json-glib.h>
#include <string.h>

TestCollector *
test_relay_start_in (TestRelayGroup *group,
                     const char     *data_dir)
{
  g_autofree char *options = g_strdup_printf ("--relay redis://127.0.0.1:%u %s", test_redis_get_port (group->redis),
                                              group->more);
  g_auto(GStrv) list = g_strsplit (g_strchomp (options), " ", -1);

  return test_collector_new_in (data_dir, list, -1, 0);
}

void
test_relay_forget (TestCollector *collector)
{
  g_free (collector->data_dir);
  collector->data_dir = g_strdup ("/nonexistent");
  test_collector_free (collector);
}

static JsonObject *
get_relay (TestCollector  *collector,
           JsonParser    **parser)
{
  g_autoptr(TestReply) reply = test_collector_request (collector, "GET", "/v1/status", NULL);

  *parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (*parser, reply->body, -1, NULL));
  return json_object_get_object_member (json_node_get_object (json_parser_get_root (*parser)), "relay");
}

gint64
test_relay_get_number (TestCollector *collector,
                       const char    *member)
{
  g_autoptr(JsonParser) parser = NULL;
  JsonObject *relay = get_relay (collector, &parser);

  if (g_str_equal (member, "peers"))
    return json_array_get_length (json_object_get_array_member (relay, member));
  return json_object_get_int_member (relay, member);
}

void
test_relay_wait_for_number (TestCollector *collector,
                            const char    *member,
                            gint64         value)
{
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;

  while (test_relay_get_number (collector, member) < value && g_get_monotonic_time () < deadline)
    g_usleep (20000);
  g_assert_cmpint (test_relay_get_number (collector, member), ==, value);
}

char *
test_relay_dup_text (TestCollector *collector,
                     const char    *member)
{
  g_autoptr(JsonParser) parser = NULL;

  return g_strdup (json_object_get_string_member_with_default (get_relay (collector, &parser), member, ""));
}

void
test_relay_wait_for_state (TestCollector *collector,
                           const char    *state)
{
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;
  g_autofree char *found = test_relay_dup_text (collector, "state");

  while (!g_str_equal (found, state) && g_get_monotonic_time () < deadline)
    {
      g_usleep (20000);
      g_free (found);
      found = test_relay_dup_text (collector, "state");
    }
  g_assert_cmpstr (found, ==, state);
}

void
test_relay_wait_for_all (TestRelayGroup *group)
{
  for (guint i = 0; i < TEST_RELAY_N; i++)
    {
      test_relay_wait_for_state (group->collectors[i], "ok");
      test_relay_wait_for_number (group->collectors[i], "peers", TEST_RELAY_N - 1);
    }
}

gboolean
test_relay_open (TestRelayGroup *group,
                 const char     *more)
{
  group->redis = test_redis_new (NULL);
  if (group->redis == NULL)
    {
      g_test_skip ("redis-server is not there");
      return FALSE;
    }
  group->more = g_strdup (more);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    {
      g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);

      group->collectors[i] = test_relay_start_in (group, dir);
    }
  test_relay_wait_for_all (group);
  return TRUE;
}

void
test_relay_close (TestRelayGroup *group)
{
  for (guint i = 0; i < TEST_RELAY_N; i++)
    test_collector_free (group->collectors[i]);
  test_redis_free (group->redis);
  g_free (group->more);
}

void
test_relay_run_clickhouse (const char *more,
                           void      (*check) (TestRelayGroup      *group,
                                               TestClickhouseFront *front))
{
  TestClickhouseFront *front = test_clickhouse_front_new ();
  g_autofree char *options = NULL;
  TestRelayGroup group;

  if (front == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  options = g_strdup_printf ("--store clickhouse --clickhouse-url %s%s", test_clickhouse_front_get_url (front), more);
  if (test_relay_open (&group, options))
    {
      check (&group, front);
      test_relay_close (&group);
    }
  test_clickhouse_front_free (front);
}

void
test_relay_post (TestCollector *collector,
                 const char    *name,
                 guint          n_events)
{
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(TestReply) reply = NULL;

  for (guint i = 0; i < n_events; i++)
    g_string_append_printf (body, "{\"event\":\"%s\",\"user_id\":\"u%u\",\"properties\":{\"n\":%u}}\n", name, i % 7, i);
  reply = test_collector_post (collector, "/v1/events", NULL, body->str, -1);
  g_assert_cmpint (reply->status, ==, 202);
}

static void
count_event (TestTally  *tally,
             JsonObject *event)
{
  gboolean is_foreign = json_object_has_member (event, "collector");
  const char *collector = json_object_get_string_member_with_default (event, "collector", "");
  gint64 seq = json_object_get_int_member (event, is_foreign ? "collector_seq" : "seq");
  gint64 *last = g_hash_table_lookup (tally->last_seqs, collector);

  g_assert_true (is_foreign != json_object_has_member (event, "seq"));
  g_assert_cmpuint (strlen (json_object_get_string_member (event, "person")), ==, 36);
  if (last == NULL)
    {
      last = g_new0 (gint64, 1);
      *last = seq - 1;
      g_hash_table_insert (tally->last_seqs, g_strdup (collector), last);
    }
  if (tally->n_missed == 0)
    g_assert_cmpint (seq, ==, *last + 1);
  g_assert_cmpint (seq, >, *last);
  *last = seq;
  tally->n_events++;
  tally->n_foreign += is_foreign;
}

static void
message_cb (gpointer data,
            gpointer user_data)
{
  const TestMessage *message = data;
  TestTally *tally = user_data;
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonObject *object;

  g_assert_true (json_parser_load_from_data (parser, message->data, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  if (g_str_equal (message->event, "event"))
    count_event (tally, object);
  else if (g_str_equal (message->event, "gap"))
    tally->n_missed += (guint64) json_object_get_int_member (object, "missed");
  else
    tally->n_resets += g_str_equal (message->event, "reset");
}

void
test_tally_listen (TestTally     *tally,
                   TestCollector *collector,
                   const char    *last_id)
{
  int fd = test_collector_connect (collector);
  g_autofree char *token = g_strstrip (g_strdup (collector->token));
  g_autofree char *request = NULL;

  request = g_strdup_printf ("GET /v1/stream?topics=events%s%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                             "Authorization: Bearer %s\r\n\r\n", last_id != NULL ? "&last_event_id=" : "",
                             last_id != NULL ? last_id : "", collector->port, token);
  test_socket_send (fd, request, -1);
  tally->client = test_stream_client_new (fd);
  tally->client->func = message_cb;
  tally->client->user_data = tally;
  if (tally->last_seqs == NULL)
    tally->last_seqs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (last_id == NULL && test_stream_client_get_id (tally->client)[0] == '\0')
    g_assert_true (test_stream_client_read (tally->client, 60000));
}

void
test_tally_read (TestTally *tally,
                 guint      n)
{
  while (tally->n_events < n)
    g_assert_true (test_stream_client_read (tally->client, 60000));
  g_assert_cmpuint (tally->n_events, ==, n);
  g_assert_cmpuint (tally->n_resets, ==, 0);
}

void
test_tally_clear (TestTally *tally)
{
  test_stream_client_free (tally->client);
  g_hash_table_unref (tally->last_seqs);
}
