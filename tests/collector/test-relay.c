/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Real collectors that tell each other over a real Redis, which is killed, put to sleep, and abused. */

#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "test-clickhouse-front.h"
#include "test-collector.h"
#include "test-redis.h"
#include "test-stream-client.h"
#include "weir-relay-message.h"

#define N_COLLECTORS 3
#define PATIENCE     (60 * G_TIME_SPAN_SECOND)

typedef struct {
  TestRedis *redis;
  TestCollector *collectors[N_COLLECTORS];
  char *more;                /* options of all */
} Fixture;

static TestCollector *
start_in (Fixture    *fixture,
          const char *data_dir)
{
  g_autofree char *options = g_strdup_printf ("--relay redis://127.0.0.1:%u %s", test_redis_get_port (fixture->redis),
                                              fixture->more);
  g_auto(GStrv) list = g_strsplit (g_strchomp (options), " ", -1);

  return test_collector_new_in (data_dir, list, -1, 0);
}

/* What is left of one whose directory another one has now. */
static void
forget (TestCollector *collector)
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

static gint64
get_number (TestCollector *collector,
            const char    *member)
{
  g_autoptr(JsonParser) parser = NULL;
  JsonObject *relay = get_relay (collector, &parser);

  if (g_str_equal (member, "peers"))
    return json_array_get_length (json_object_get_array_member (relay, member));
  return json_object_get_int_member (relay, member);
}

static void
wait_for_number (TestCollector *collector,
                 const char    *member,
                 gint64         value)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (get_number (collector, member) < value && g_get_monotonic_time () < deadline)
    g_usleep (20000);
  g_assert_cmpint (get_number (collector, member), ==, value);
}

static char *
dup_text (TestCollector *collector,
          const char    *member)
{
  g_autoptr(JsonParser) parser = NULL;

  return g_strdup (json_object_get_string_member_with_default (get_relay (collector, &parser), member, ""));
}

static void
wait_for_state (TestCollector *collector,
                const char    *state)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  g_autofree char *found = dup_text (collector, "state");

  while (!g_str_equal (found, state) && g_get_monotonic_time () < deadline)
    {
      g_usleep (20000);
      g_free (found);
      found = dup_text (collector, "state");
    }
  g_assert_cmpstr (found, ==, state);
}

static void
wait_for_all (Fixture *fixture)
{
  for (guint i = 0; i < N_COLLECTORS; i++)
    {
      wait_for_state (fixture->collectors[i], "ok");
      wait_for_number (fixture->collectors[i], "peers", N_COLLECTORS - 1);
    }
}

static gboolean
fixture_open (Fixture    *fixture,
              const char *more)
{
  fixture->redis = test_redis_new (NULL);
  if (fixture->redis == NULL)
    {
      g_test_skip ("redis-server is not there");
      return FALSE;
    }
  fixture->more = g_strdup (more);
  for (guint i = 0; i < N_COLLECTORS; i++)
    {
      g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);

      fixture->collectors[i] = start_in (fixture, dir);
    }
  wait_for_all (fixture);
  return TRUE;
}

static void
fixture_close (Fixture *fixture)
{
  for (guint i = 0; i < N_COLLECTORS; i++)
    test_collector_free (fixture->collectors[i]);
  test_redis_free (fixture->redis);
  g_free (fixture->more);
}

static void
post (TestCollector *collector,
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

/* What one stream brought: how far each collector's events have come, without a hole or a repetition. */
typedef struct {
  TestStreamClient *client;
  GHashTable *last_seqs;     /* collector → pointer to the last seq */
  guint n_events;
  guint n_foreign;
  guint64 n_missed;
  guint n_resets;
} Tally;

static void
count_event (Tally      *tally,
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
  Tally *tally = user_data;
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

/* @last_id: (nullable): where to go on. */
static void
listen_to (Tally         *tally,
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

static void
read_events (Tally *tally,
             guint  n)
{
  while (tally->n_events < n)
    g_assert_true (test_stream_client_read (tally->client, 60000));
  g_assert_cmpuint (tally->n_events, ==, n);
  g_assert_cmpuint (tally->n_resets, ==, 0);
}

static void
tally_clear (Tally *tally)
{
  test_stream_client_free (tally->client);
  g_hash_table_unref (tally->last_seqs);
}

/* What is sent to any of them is seen at one of them, once and in order; also by who comes back. */
static void
check_all_see_all (Fixture *fixture)
{
  g_autofree char *last_id = NULL;
  Tally tally = { 0 };

  listen_to (&tally, fixture->collectors[0], NULL);
  for (guint round = 0; round < 20; round++)
    for (guint i = 0; i < N_COLLECTORS; i++)
      post (fixture->collectors[i], "view", 1 + round * 5);
  read_events (&tally, 20 * N_COLLECTORS + N_COLLECTORS * 5 * 190);
  g_assert_cmpuint (tally.n_foreign * N_COLLECTORS, ==, tally.n_events * (N_COLLECTORS - 1));
  g_assert_cmpuint (tally.n_missed, ==, 0);

  last_id = g_strdup (test_stream_client_get_id (tally.client));
  test_stream_client_free (tally.client);
  tally.n_events = 0;
  for (guint i = 0; i < N_COLLECTORS; i++)
    post (fixture->collectors[i], "view", 10);
  listen_to (&tally, fixture->collectors[0], last_id);
  read_events (&tally, 10 * N_COLLECTORS);
  tally_clear (&tally);
}

static void
test_all_see_all (void)
{
  g_autoptr(TestReply) stats = NULL;
  g_autoptr(TestReply) status = NULL;
  Fixture fixture;
  Tally tally = { 0 };

  if (!fixture_open (&fixture, ""))
    return;
  check_all_see_all (&fixture);
  /* They are part of what happened, and not of what this one stored. */
  stats = test_collector_request (fixture.collectors[0], "POST", "/v1/query", "{\"kind\":\"stats\"}");
  test_assert_reply (stats, 200, "\"count\":2940,");
  status = test_collector_request (fixture.collectors[0], "GET", "/v1/status", NULL);
  test_assert_reply (status, 200, "\"stored\":980,");
  test_assert_reply (status, 200, "\"events\":980,");
  g_assert_cmpint (get_number (fixture.collectors[0], "published"), ==, 980);
  wait_for_number (fixture.collectors[0], "received", 1960);
  g_assert_cmpint (get_number (fixture.collectors[0], "dropped"), ==, 0);
  g_assert_cmpint (get_number (fixture.collectors[0], "bad_messages"), ==, 0);
  /* A filter looks at them, too. */
  listen_to (&tally, fixture.collectors[1], NULL);
  post (fixture.collectors[2], "last", 1);
  read_events (&tally, 1);
  tally_clear (&tally);
  fixture_close (&fixture);
}

static void
test_clickhouse (void)
{
  TestClickhouseFront *front = test_clickhouse_front_new ();
  g_autofree char *more = NULL;
  Fixture fixture;

  if (front == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  more = g_strdup_printf ("--store clickhouse --clickhouse-url %s", test_clickhouse_front_get_url (front));
  if (fixture_open (&fixture, more))
    {
      check_all_see_all (&fixture);
      fixture_close (&fixture);
    }
  test_clickhouse_front_free (front);
}

/* Posts one event with this message id. Returns what was answered. */
static char *
post_id (TestCollector *collector,
         const char    *id)
{
  g_autofree char *body = g_strdup_printf ("{\"event\":\"view\",\"user_id\":\"u\",\"id\":\"%s\"}", id);
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, body, -1);

  g_assert_cmpint (reply->status, ==, 202);
  return g_strdup (strstr (reply->body, "{\"accepted\""));
}

static void
assert_post_id (TestCollector *collector,
                const char    *id,
                gboolean       is_new)
{
  g_autofree char *answer = post_id (collector, id);

  g_test_message ("%s: %s", id, answer);
  g_assert_true (g_str_has_prefix (answer, is_new ? "{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}"
                                                  : "{\"accepted\":0,\"duplicates\":1,\"rejected\":[]}"));
}

/* Until what one takes becomes a duplicate at the other, as both have found out that they share. */
static void
wait_for_ids (TestCollector *one,
              TestCollector *other)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (get_number (other, "known_ids") == 0 && g_get_monotonic_time () < deadline)
    {
      g_autofree char *id = g_uuid_string_random ();

      g_free (post_id (one, id));
      g_usleep (50000);
    }
  g_assert_cmpint (get_number (other, "known_ids"), >, 0);
}

static void
wait_for_known (TestCollector *collector,
                gint64         before)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (get_number (collector, "known_ids") <= before && g_get_monotonic_time () < deadline)
    g_usleep (20000);
  g_assert_cmpint (get_number (collector, "known_ids"), >, before);
}

static void
wait_for_rows (TestClickhouseFront *front,
               const char          *id,
               const char          *n_rows)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count() FROM event WHERE message_id = '%s'", id);
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  g_autofree char *found = test_clickhouse_front_ask (front, sql);

  while (!g_str_equal (found, n_rows) && g_get_monotonic_time () < deadline)
    {
      g_usleep (100000);
      g_free (found);
      found = test_clickhouse_front_ask (front, sql);
    }
  g_assert_cmpstr (found, ==, n_rows);
}

/* What was taken is in the table, whatever came last. */
static void
wait_until_stored (TestCollector *collector)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (test_collector_get_metric (collector, "weir_events_stored_total") <
           test_collector_get_metric (collector, "weir_events_accepted_total") &&
         g_get_monotonic_time () < deadline)
    g_usleep (50000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_stored_total"), ==,
                     test_collector_get_metric (collector, "weir_events_accepted_total"));
}

static gint64
count_accepted (TestCollector *collector)
{
  return (gint64) test_collector_get_metric (collector, "weir_events_accepted_total");
}

/* One more collector on the same channel, with other options. */
static TestCollector *
start_other (Fixture    *fixture,
             const char *more)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *before = fixture->more;
  TestCollector *other;

  fixture->more = g_strdup (more);
  other = start_in (fixture, dir);
  g_free (fixture->more);
  fixture->more = g_steal_pointer (&before);
  wait_for_state (other, "ok");
  return other;
}

/* An answer got lost, and the client sends again what one collector has to another. */
static void
check_sent_again (Fixture             *fixture,
                  TestClickhouseFront *front)
{
  TestCollector **all = fixture->collectors;
  gint64 before;

  for (guint i = 1; i < N_COLLECTORS; i++)
    wait_for_ids (all[0], all[i]);
  before = get_number (all[1], "known_ids");
  assert_post_id (all[0], "once", TRUE);
  wait_for_known (all[1], before);
  assert_post_id (all[1], "once", FALSE);
  assert_post_id (all[1], "another", TRUE);
  assert_post_id (all[0], "once", FALSE);
  g_assert_cmpfloat (test_collector_get_metric (all[1], "weir_events_duplicate_total"), ==, 1);
  g_assert_cmpfloat (test_collector_get_metric (all[1], "weir_events_received_total"), ==, 2);
  for (guint i = 0; i < N_COLLECTORS; i++)
    wait_until_stored (all[i]);
  wait_for_rows (front, "once", "1");
  wait_for_rows (front, "another", "1");
}

/* Nobody tells while Redis is away: what is sent again then is there twice, and that is all. */
static void
check_untold (Fixture             *fixture,
              TestClickhouseFront *front)
{
  TestCollector **all = fixture->collectors;
  gint64 before;

  test_redis_kill (fixture->redis);
  for (guint i = 0; i < N_COLLECTORS; i++)
    wait_for_state (all[i], "waiting");
  assert_post_id (all[0], "untold", TRUE);
  assert_post_id (all[1], "untold", TRUE);
  assert_post_id (all[1], "untold", FALSE);
  test_redis_start (fixture->redis);
  wait_for_all (fixture);
  before = get_number (all[1], "known_ids");
  assert_post_id (all[0], "told", TRUE);
  wait_for_known (all[1], before);
  assert_post_id (all[1], "told", FALSE);
  for (guint i = 0; i < N_COLLECTORS; i++)
    wait_until_stored (all[i]);
  wait_for_rows (front, "untold", "2");
  wait_for_rows (front, "told", "1");
}

/* One that is killed knows what it took itself, and hears of others from then on. */
static void
check_killed (Fixture *fixture)
{
  TestCollector *killed = fixture->collectors[1];

  test_collector_kill (killed);
  fixture->collectors[1] = start_in (fixture, killed->data_dir);
  forget (killed);
  wait_for_all (fixture);
  assert_post_id (fixture->collectors[1], "another", FALSE);
  wait_for_ids (fixture->collectors[0], fixture->collectors[1]);
}

/* Nobody, or who somebody is at this collector. */
static char *
dup_person (TestCollector *collector,
            const char    *distinct_id)
{
  g_autofree char *path = g_strconcat ("/v1/persons?distinct_id=", distinct_id, NULL);
  g_autoptr(TestReply) reply = test_collector_request (collector, "GET", path, NULL);
  const char *id = strstr (reply->body, "\"id\":\"");

  return reply->status == 200 ? g_strndup (id + strlen ("\"id\":\""), 36) : NULL;
}

static void
wait_for_person (TestCollector *collector,
                 const char    *distinct_id,
                 gboolean       is_there)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  g_autofree char *person = dup_person (collector, distinct_id);

  while ((person != NULL) != is_there && g_get_monotonic_time () < deadline)
    {
      g_usleep (50000);
      g_free (person);
      person = dup_person (collector, distinct_id);
    }
  g_assert_true ((person != NULL) == is_there);
}

static void
delete_person (TestCollector *collector,
               const char    *distinct_id)
{
  g_autofree char *person = dup_person (collector, distinct_id);
  g_autofree char *path = g_strconcat ("/v1/persons/", person, NULL);
  g_autoptr(TestReply) reply = test_collector_request (collector, "DELETE", path, NULL);

  test_assert_reply (reply, 200, "\"verified\":true");
}

/* What a client gets that comes back to where it was. Returns whether there were events. */
static gboolean
comes_back_to_events (TestCollector *collector,
                      const char    *last_id)
{
  Tally tally = { 0 };
  gboolean has_events;

  listen_to (&tally, collector, last_id);
  while (tally.n_events == 0 && tally.n_resets == 0)
    g_assert_true (test_stream_client_read (tally.client, 60000));
  has_events = tally.n_events > 0;
  tally_clear (&tally);
  return has_events;
}

/* Somebody is deleted at one collector: the others drop what they were told, as that one does. */
static void
check_deleted (Fixture *fixture)
{
  TestCollector **all = fixture->collectors;
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  char *last_ids[N_COLLECTORS];
  Tally tallies[N_COLLECTORS] = { 0 };

  for (guint i = 0; i < N_COLLECTORS; i++)
    {
      listen_to (&tallies[i], all[i], NULL);
      last_ids[i] = g_strdup (test_stream_client_get_id (tallies[i].client));
    }
  post (all[0], "private", 7);
  for (guint i = 0; i < N_COLLECTORS; i++)
    {
      read_events (&tallies[i], 7);
      tally_clear (&tallies[i]);
      wait_for_person (all[i], "u3", TRUE);
      g_assert_true (comes_back_to_events (all[i], last_ids[i]));
    }
  delete_person (all[1], "u3");
  g_assert_false (comes_back_to_events (all[1], last_ids[1]));
  for (guint i = 0; i < N_COLLECTORS; i++)
    {
      wait_for_person (all[i], "u3", FALSE);
      while (comes_back_to_events (all[i], last_ids[i]) && g_get_monotonic_time () < deadline)
        g_usleep (50000);
      g_assert_false (comes_back_to_events (all[i], last_ids[i]));
      g_free (last_ids[i]);
    }
}

/* Nor is anybody told afterwards, when Redis was away. */
static void
check_deleted_untold (Fixture *fixture)
{
  TestCollector **all = fixture->collectors;
  gint64 dropped = get_number (all[0], "dropped");
  gint64 received;
  Tally tally = { 0 };

  test_redis_kill (fixture->redis);
  for (guint i = 0; i < N_COLLECTORS; i++)
    wait_for_state (all[i], "waiting");
  post (all[0], "private", 7);
  wait_for_person (all[2], "u4", TRUE);
  wait_until_stored (all[0]);
  delete_person (all[2], "u4");
  wait_for_number (all[0], "dropped", dropped + 7);
  test_redis_start (fixture->redis);
  wait_for_all (fixture);
  received = get_number (all[1], "received");
  listen_to (&tally, all[1], NULL);
  post (all[0], "public", 1);
  read_events (&tally, 1);
  g_assert_cmpint (get_number (all[1], "received"), ==, received + 1);
  tally_clear (&tally);
}

static void
test_deletion (void)
{
  TestClickhouseFront *front = test_clickhouse_front_new ();
  g_autofree char *more = NULL;
  Fixture fixture;

  if (front == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  more = g_strdup_printf ("--store clickhouse --shared yes --clickhouse-url %s", test_clickhouse_front_get_url (front));
  if (fixture_open (&fixture, more))
    {
      check_deleted (&fixture);
      check_deleted_untold (&fixture);
      fixture_close (&fixture);
    }
  test_clickhouse_front_free (front);
}

static void
test_ids (void)
{
  TestClickhouseFront *front = test_clickhouse_front_new ();
  g_autofree char *more = NULL;
  Fixture fixture;

  if (front == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  more = g_strdup_printf ("--store clickhouse --shared yes --clickhouse-url %s", test_clickhouse_front_get_url (front));
  if (fixture_open (&fixture, more))
    {
      check_sent_again (&fixture, front);
      check_untold (&fixture, front);
      check_killed (&fixture);
      fixture_close (&fixture);
    }
  test_clickhouse_front_free (front);
}

/* Where each answers from its own rows, each needs its own. The same goes for one that keeps its
 * events elsewhere, or less safely, than those whose channel it listens to. */
static void
test_ids_of_strangers (void)
{
  TestClickhouseFront *front = test_clickhouse_front_new ();
  g_autofree char *more = NULL;
  g_autofree char *less = NULL;
  TestCollector *other, *careless, *shared;
  Fixture fixture;

  if (front == NULL || !fixture_open (&fixture, ""))
    {
      g_test_skip ("the library of ClickHouse is not there");
      g_clear_pointer (&front, test_clickhouse_front_free);
      return;
    }
  more = g_strdup_printf ("--store clickhouse --shared yes --clickhouse-url %s", test_clickhouse_front_get_url (front));
  less = g_strconcat (more, " --durability memory", NULL);
  shared = start_other (&fixture, more);
  other = start_other (&fixture, more);
  careless = start_other (&fixture, less);
  wait_for_ids (shared, other);
  wait_for_ids (shared, careless);

  assert_post_id (fixture.collectors[0], "elsewhere", TRUE);
  assert_post_id (careless, "careless", TRUE);
  assert_post_id (shared, "safe", TRUE);
  wait_for_number (careless, "received", count_accepted (fixture.collectors[0]) + count_accepted (shared));
  wait_for_number (other, "received", count_accepted (fixture.collectors[0]) + count_accepted (shared) +
                                        count_accepted (careless));
  assert_post_id (other, "elsewhere", TRUE);
  assert_post_id (other, "careless", TRUE);
  assert_post_id (other, "safe", FALSE);
  assert_post_id (careless, "safe", FALSE);
  wait_for_number (fixture.collectors[1], "received", count_accepted (fixture.collectors[0]) + count_accepted (shared) +
                                                        count_accepted (careless) + count_accepted (other));
  assert_post_id (fixture.collectors[1], "elsewhere", TRUE);
  assert_post_id (fixture.collectors[1], "safe", TRUE);
  g_assert_cmpint (get_number (fixture.collectors[1], "known_ids"), ==, 0);
  wait_until_stored (careless);
  test_collector_free (shared);
  test_collector_free (other);
  test_collector_free (careless);
  fixture_close (&fixture);
  test_clickhouse_front_free (front);
}

/* Another channel of the same server is another world. */
static void
test_channels (void)
{
  Fixture fixture;
  TestCollector *other;
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);

  if (!fixture_open (&fixture, ""))
    return;
  g_free (fixture.more);
  fixture.more = g_strdup ("--relay-channel other");
  other = start_in (&fixture, dir);
  wait_for_state (other, "ok");
  post (other, "hidden", 5);
  wait_for_number (other, "published", 5);
  post (fixture.collectors[1], "shown", 5);
  wait_for_number (fixture.collectors[0], "received", 5);
  g_assert_cmpint (get_number (other, "received"), ==, 0);
  g_assert_cmpint (get_number (other, "peers"), ==, 0);
  test_collector_free (other);
  fixture_close (&fixture);
}

/* Redis dies: nobody waits for it, and what was stored meanwhile is told when it is back. */
static void
test_outage (void)
{
  g_autoptr(TestReply) ready = NULL;
  g_autofree char *error = NULL;
  Fixture fixture;
  Tally tally = { 0 };
  Tally own = { 0 };

  if (!fixture_open (&fixture, ""))
    return;
  listen_to (&tally, fixture.collectors[0], NULL);
  listen_to (&own, fixture.collectors[1], NULL);
  post (fixture.collectors[1], "before", 10);
  read_events (&tally, 10);
  test_redis_kill (fixture.redis);
  wait_for_state (fixture.collectors[0], "waiting");
  wait_for_state (fixture.collectors[1], "waiting");
  post (fixture.collectors[1], "meanwhile", 20);
  read_events (&own, 30);
  ready = test_collector_get (fixture.collectors[1], "/readyz");
  g_assert_cmpint (ready->status, ==, 200);
  error = dup_text (fixture.collectors[1], "last_error");
  g_assert_cmpstr (error, !=, "");
  g_assert_cmpfloat (test_collector_get_metric (fixture.collectors[1], "weir_relay_up"), ==, 0);
  /* One that ends now does not wait either. */
  test_collector_stop (fixture.collectors[2]);

  test_redis_start (fixture.redis);
  wait_for_state (fixture.collectors[0], "ok");
  wait_for_state (fixture.collectors[1], "ok");
  post (fixture.collectors[1], "after", 1);
  while (tally.n_events + tally.n_missed < 31)
    g_assert_true (test_stream_client_read (tally.client, 60000));
  /* One of them may have heard before the other was back. */
  g_assert_cmpuint (tally.n_events + tally.n_missed, ==, 31);
  tally_clear (&tally);
  tally_clear (&own);
  fixture_close (&fixture);
}

/* While Redis does nothing, for longer than anybody waits for it, events are taken in, stored and
 * streamed. Afterwards others see them, or how many they missed. */
static void
test_slow (void)
{
  Fixture fixture;
  Tally own = { 0 };
  Tally other = { 0 };
  guint n_posted = 1001;

  if (!fixture_open (&fixture, ""))
    return;
  listen_to (&own, fixture.collectors[0], NULL);
  listen_to (&other, fixture.collectors[1], NULL);
  /* From here on the other knows how far this one was. */
  post (fixture.collectors[0], "view", 1);
  read_events (&own, 1);
  read_events (&other, 1);
  test_redis_sleep (fixture.redis, 14);
  for (guint i = 0; i < 50; i++)
    post (fixture.collectors[0], "view", 20);
  read_events (&own, 1001);
  g_assert_true (test_redis_is_asleep (fixture.redis));
  g_assert_cmpuint (other.n_events, ==, 1);
  while (test_redis_is_asleep (fixture.redis))
    g_usleep (20000);
  /* What one missed that was not back yet is told with the next event. */
  while (other.n_events + other.n_missed < n_posted)
    if (!test_stream_client_read (other.client, 200))
      {
        post (fixture.collectors[0], "view", 1);
        n_posted++;
      }
  g_assert_cmpuint (other.n_events + other.n_missed, ==, n_posted);
  tally_clear (&own);
  tally_clear (&other);
  fixture_close (&fixture);
}

static void
publish_bad (Fixture *fixture)
{
  WeirRelayTeller teller = { .instance = "not a collector", .run = 1 };
  g_autoptr(GBytes) hello = weir_relay_message_write (&teller, NULL, 0, NULL, 0);
  g_autofree char *large = g_strnfill (3 * 1024 * 1024, 'x');
  guint8 noise[500];
  gsize size;
  const char *data = g_bytes_get_data (hello, &size);

  test_redis_publish (fixture->redis, "weir", "", 0);
  test_redis_publish (fixture->redis, "weir", "{\"event\":\"a\"}", 13);
  test_redis_publish (fixture->redis, "weir", data, size);
  test_redis_publish (fixture->redis, "weir", large, 3 * 1024 * 1024);
  for (guint i = 0; i < 96; i++)
    {
      for (guint j = 0; j < sizeof noise; j++)
        noise[j] = (guint8) g_test_rand_int_range (0, 256);
      test_redis_publish (fixture->redis, "weir", noise, sizeof noise);
    }
}

/* What anybody can say on the channel is counted and changes nothing. */
static void
test_garbage (void)
{
  Fixture fixture;
  Tally tally = { 0 };

  if (!fixture_open (&fixture, ""))
    return;
  listen_to (&tally, fixture.collectors[0], NULL);
  publish_bad (&fixture);
  for (guint i = 0; i < N_COLLECTORS; i++)
    wait_for_number (fixture.collectors[i], "bad_messages", 100);
  post (fixture.collectors[1], "view", 5);
  read_events (&tally, 5);
  g_assert_cmpint (get_number (fixture.collectors[0], "peers"), ==, N_COLLECTORS - 1);
  tally_clear (&tally);
  fixture_close (&fixture);
}

/* A message that no memory should be spent on: the connection is given up, and made again. */
static void
test_huge (void)
{
  g_autofree char *huge = g_strnfill (16 * 1024 * 1024, 'x');
  Fixture fixture;
  Tally tally = { 0 };

  if (!fixture_open (&fixture, ""))
    return;
  listen_to (&tally, fixture.collectors[0], NULL);
  test_redis_publish (fixture.redis, "weir", huge, 16 * 1024 * 1024);
  wait_for_number (fixture.collectors[0], "bad_messages", 1);
  wait_for_all (&fixture);
  post (fixture.collectors[1], "view", 5);
  read_events (&tally, 5);
  tally_clear (&tally);
  fixture_close (&fixture);
}

/* One that cannot listen for a while is told how many events it missed. */
static void
test_unsubscribed (void)
{
  g_autofree char *error = NULL;
  Fixture fixture;
  Tally tally = { 0 };

  if (!fixture_open (&fixture, ""))
    return;
  listen_to (&tally, fixture.collectors[0], NULL);
  post (fixture.collectors[1], "view", 5);
  read_events (&tally, 5);
  test_redis_do (fixture.redis, "ACL SETUSER default -subscribe");
  test_redis_do (fixture.redis, "CLIENT KILL TYPE pubsub");
  wait_for_state (fixture.collectors[0], "waiting");
  error = dup_text (fixture.collectors[0], "last_error");
  g_assert_cmpstr (error, !=, "");
  post (fixture.collectors[1], "view", 10);
  wait_for_number (fixture.collectors[1], "published", 15);
  test_redis_do (fixture.redis, "ACL SETUSER default +subscribe");
  wait_for_state (fixture.collectors[0], "ok");
  post (fixture.collectors[1], "view", 1);
  read_events (&tally, 6);
  g_assert_cmpuint (tally.n_missed, ==, 10);
  wait_for_number (fixture.collectors[0], "missed", 10);
  tally_clear (&tally);
  fixture_close (&fixture);
}

/* A collector is killed and started again: the others go on with its events where they were. */
static void
test_killed (void)
{
  TestCollector *killed;
  Fixture fixture;
  Tally tally = { 0 };

  if (!fixture_open (&fixture, ""))
    return;
  listen_to (&tally, fixture.collectors[0], NULL);
  for (guint round = 1; round <= 3; round++)
    {
      post (fixture.collectors[1], "view", 50);
      post (fixture.collectors[2], "view", 50);
      read_events (&tally, round * 100);
      killed = fixture.collectors[1];
      test_collector_kill (killed);
      fixture.collectors[1] = start_in (&fixture, killed->data_dir);
      forget (killed);
      wait_for_state (fixture.collectors[1], "ok");
    }
  g_assert_cmpuint (tally.n_missed, ==, 0);
  tally_clear (&tally);
  fixture_close (&fixture);
}

static char *
write_config (const char *dir,
              guint16     port,
              const char *password,
              int         mode)
{
  g_autofree char *text = g_strdup_printf ("[collector]\nrelay=redis://:%s@127.0.0.1:%u/2\n", password, port);
  char *path = g_build_filename (dir, "weir.conf", NULL);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

/* A password is used, and never shown. */
static void
test_password (void)
{
  g_autoptr(TestRedis) redis = test_redis_new ("s3cret");
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path = NULL;
  g_autofree char *error = NULL;
  TestCollector *collector;

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not there");
      return;
    }
  path = write_config (dir, test_redis_get_port (redis), "s3cret", 0600);
  collector = test_collector_new_in (dir, (char *[]) { "--config", path, NULL }, -1, 0);
  wait_for_state (collector, "ok");
  test_collector_stop (collector);
  forget (collector);

  g_free (write_config (dir, test_redis_get_port (redis), "hushhush", 0600));
  collector = test_collector_new_in (dir, (char *[]) { "--config", path, NULL }, -1, 0);
  error = dup_text (collector, "last_error");
  while (*error == '\0')
    {
      g_usleep (20000);
      g_free (error);
      error = dup_text (collector, "last_error");
    }
  g_assert_cmpstr (error, ==, "Redis refuses the password (WRONGPASS)");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(TestReply) reply = test_collector_request (collector, "GET", i == 0 ? "/v1/log" : "/v1/status", NULL);

      test_assert_reply (reply, 200, "WRONGPASS");
      g_assert_null (strstr (reply->body, "hushhush"));
    }
  test_collector_free (collector);
}

static void
check_refused (char       **options,
               int          status,
               const char  *reason)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int found = test_collector_run (options, &out, &err);

  g_test_message ("%s", err);
  g_assert_cmpint (found, ==, status);
  g_assert_nonnull (strstr (err, reason));
  g_assert_null (strstr (err, "s3cret"));
}

static void
test_configuration (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path = write_config (dir, 1, "s3cret", 0644);

  check_refused ((char *[]) { "--config", path, "--data-dir", dir, "--check", NULL }, 78, "0600");
  check_refused ((char *[]) { "--relay", "redis://:s3cret@127.0.0.1", "--data-dir", dir, NULL }, 64,
                 "configuration file");
  check_refused ((char *[]) { "--relay", "rediss://127.0.0.1", "--data-dir", dir, NULL }, 64, "TLS");
  check_refused ((char *[]) { "--relay", "127.0.0.1", "--data-dir", dir, NULL }, 64, "redis://");
  g_remove (path);
  g_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/relay/all-see-all", test_all_see_all);
  g_test_add_func ("/collector/relay/clickhouse", test_clickhouse);
  g_test_add_func ("/collector/relay/ids", test_ids);
  g_test_add_func ("/collector/relay/ids-of-strangers", test_ids_of_strangers);
  g_test_add_func ("/collector/relay/deletion", test_deletion);
  g_test_add_func ("/collector/relay/channels", test_channels);
  g_test_add_func ("/collector/relay/outage", test_outage);
  g_test_add_func ("/collector/relay/slow", test_slow);
  g_test_add_func ("/collector/relay/garbage", test_garbage);
  g_test_add_func ("/collector/relay/huge", test_huge);
  g_test_add_func ("/collector/relay/unsubscribed", test_unsubscribed);
  g_test_add_func ("/collector/relay/killed", test_killed);
  g_test_add_func ("/collector/relay/password", test_password);
  g_test_add_func ("/collector/relay/configuration", test_configuration);

  return g_test_run ();
}
