/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-batch.h"
#include "test-stream-client.h"
#include "weir-error.h"
#include "weir-live-hub.h"

#define INSTANCE "aaaaaaaa-bbbb-8ccc-9ddd"
#define PURCHASES "{\"property\":\"event\",\"op\":\"=\",\"value\":\"purchase\"}"

typedef struct
{
  WeirActivity *activity;
  WeirLiveHub *hub;
  WeirLiveHubOptions options;
  guint64 seq;
} Fixture;

static void
ledger_cb (WeirLedger *ledger,
           gint64     *lag_us,
           guint64    *journal_bytes,
           gboolean   *healthy,
           char      **reason,
           gpointer    user_data)
{
  *ledger = (WeirLedger) { 20, 10, 3, 7, 8, 1, 1 };
  *lag_us = 123456;
  *journal_bytes = 4096;
  *healthy = FALSE;
  *reason = g_strdup ("the disk is “full”");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->activity = weir_activity_new ();
  fixture->hub = weir_live_hub_new (fixture->activity, INSTANCE, ledger_cb, NULL);
  weir_live_hub_options_init (&fixture->options);
  fixture->options.tick_ms = 5;
}

static void
start (Fixture *fixture,
       guint64  last_seq)
{
  fixture->seq = last_seq;
  weir_live_hub_set_options (fixture->hub, &fixture->options);
  weir_live_hub_start (fixture->hub, last_seq);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  weir_live_hub_stop (fixture->hub);
  g_assert_finalize_object (fixture->hub);
  weir_activity_free (fixture->activity);
}

static void
publish (Fixture    *fixture,
         guint       n,
         const char *text)
{
  g_autoptr (WeirEventBatch) batch = test_batch_new (fixture->seq + 1, n, text);
  g_autofree WeirPersonId *persons = g_new (WeirPersonId, n);

  for (guint i = 0; i < n; i++)
    weir_person_id_from_distinct_id (&persons[i], "u1", 2);
  fixture->seq += n;
  weir_activity_add (fixture->activity, batch);
  weir_live_hub_publish (fixture->hub, batch, persons);
}

static TestStreamClient *
subscribe_full (Fixture    *fixture,
                WeirTopics  topics,
                const char *filter,
                const char *last_event_id,
                const char *extra_headers,
                int         receive_buffer)
{
  WeirSubscription subscription = {
    .topics = topics,
    .filter = filter != NULL ? weir_filter_new_from_json (filter, -1, NULL) : NULL,
    .last_event_id = g_strdup (last_event_id),
    .extra_headers = g_strdup (extra_headers),
  };
  g_autoptr (GError) error = NULL;
  int fd;

  subscription.connection = G_IO_STREAM (test_connection_new_pair (&fd, receive_buffer));
  g_assert_true (weir_live_hub_subscribe (fixture->hub, &subscription, &error));
  g_assert_no_error (error);
  g_assert_null (subscription.connection);
  g_assert_null (subscription.filter);

  return test_stream_client_new (fd);
}

static TestStreamClient *
subscribe (Fixture    *fixture,
           const char *filter,
           const char *last_event_id)
{
  return subscribe_full (fixture, WEIR_TOPIC_EVENTS, filter, last_event_id, NULL, 0);
}

static void
wait_for_clients (Fixture *fixture,
                  guint    n_clients)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (weir_live_hub_get_n_clients (fixture->hub) != n_clients)
    {
      if (g_get_monotonic_time () > deadline)
        g_error ("There are %u clients, not %u",
                 weir_live_hub_get_n_clients (fixture->hub), n_clients);
      g_usleep (1000);
    }
}

/* Waits until the answer's first block, with the id the stream begins at, is there. */
static void
wait_for_id (TestStreamClient *client,
             const char       *id)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!g_str_equal (test_stream_client_get_id (client), id))
    {
      test_stream_client_read (client, 100);
      if (g_get_monotonic_time () > deadline)
        g_error ("The stream is at “%s”, not “%s”", test_stream_client_get_id (client), id);
    }
}

static void
test_answer (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TestStreamClient) client = NULL;

  start (fixture, 41);
  client = subscribe_full (fixture, WEIR_TOPIC_EVENTS, NULL, NULL,
                           "Access-Control-Allow-Origin: https://a.example\r\n", 0);
  wait_for_id (client, INSTANCE "-41");
  g_assert_cmpstr (client->head->str, ==,
                   "HTTP/1.1 200 OK\r\n"
                   "Content-Type: text/event-stream\r\n"
                   "Cache-Control: no-store, no-transform\r\n"
                   "X-Accel-Buffering: no\r\n"
                   "Connection: close\r\n"
                   "Access-Control-Allow-Origin: https://a.example\r\n"
                   "\r\n");
  g_assert_cmpint (weir_sse_parser_get_retry_ms (client->parser), ==, 3000);
  g_assert_cmpstr (client->log->str, ==, "");

  publish (fixture, 1, "hello");
  test_stream_client_read_n (client, 1);
  g_assert_true (g_str_has_prefix (client->log->str, "event|{\"seq\":42,"));
  g_assert_true (g_str_has_suffix (client->log->str, "|" INSTANCE "-42>"));
  g_assert_nonnull (strstr (client->log->str, "\"properties\":{\"text\":\"hello\"}"));
  g_assert_nonnull (strstr (client->log->str, "\"person\":\""));
}

static void
test_fan_out (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (TestStreamClient) all = NULL;
  g_autoptr (TestStreamClient) also_all = NULL;
  g_autoptr (TestStreamClient) purchases = NULL;
  g_autoptr (TestStreamClient) also_purchases = NULL;
  g_autoptr (TestStreamClient) none = NULL;

  start (fixture, 0);
  all = subscribe (fixture, NULL, NULL);
  also_all = subscribe (fixture, NULL, NULL);
  purchases = subscribe (fixture, PURCHASES, NULL);
  also_purchases = subscribe (fixture,
                              "{\"value\":\"purchase\", \"op\":\"=\", \"property\":\"event\"}", NULL);
  none = subscribe (fixture, "{\"property\":\"text\",\"op\":\"=\",\"value\":\"other\"}", NULL);
  wait_for_clients (fixture, 5);

  for (guint i = 0; i < 30; i++)
    publish (fixture, 10, "x");
  test_stream_client_read_n (all, 300);
  test_stream_client_read_n (also_all, 300);
  test_stream_client_read_n (purchases, 100);
  test_stream_client_read_n (also_purchases, 100);
  g_assert_cmpstr (all->log->str, ==, also_all->log->str);
  g_assert_cmpstr (purchases->log->str, ==, also_purchases->log->str);
  g_assert_null (strstr (purchases->log->str, "\"view\""));
  g_assert_cmpstr (test_stream_client_get_id (purchases), ==, INSTANCE "-300");
  g_assert_cmpuint (none->n_messages, ==, 0);
}

typedef struct
{
  guint64 n_events;
  guint64 n_missed;
  guint64 last_seq;
  guint n_gaps;
  guint n_resets;
} Tally;

static void
tally_cb (gpointer message_pointer,
          gpointer user_data)
{
  const TestMessage *message = message_pointer;
  Tally *tally = user_data;
  guint64 seq = g_ascii_strtoull (strrchr (message->id, '-') + 1, NULL, 10);

  if (g_str_equal (message->event, "gap"))
    {
      guint64 n = g_ascii_strtoull (message->data + strlen ("{\"missed\":"), NULL, 10);

      g_assert_cmpuint (n, >, 0);
      tally->n_missed += n;
      tally->n_gaps++;
      g_assert_cmpuint (seq, ==, tally->last_seq + n);
    }
  else if (g_str_equal (message->event, "reset"))
    {
      tally->n_resets++;
    }
  else
    {
      g_assert_cmpstr (message->event, ==, "event");
      g_assert_cmpuint (g_ascii_strtoull (message->data + strlen ("{\"seq\":"), NULL, 10), ==, seq);
      g_assert_cmpuint (seq, ==, tally->last_seq + 1);
      tally->n_events++;
    }
  tally->last_seq = seq;
}

static void
read_until_seq (TestStreamClient *client,
                Tally            *tally,
                guint64           seq)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (tally->last_seq < seq)
    {
      test_stream_client_read (client, 100);
      if (client->is_closed || g_get_monotonic_time () > deadline)
        g_error ("The stream stays at %" G_GUINT64_FORMAT, tally->last_seq);
    }
}

static void
test_slow_reader (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autoptr (TestStreamClient) quick = NULL;
  g_autoptr (TestStreamClient) slow = NULL;
  Tally quick_tally = { 0 };
  Tally slow_tally = { 0 };

  fixture->options.client_bytes = 256 * 1024;
  fixture->options.heartbeat_ms = 40;
  start (fixture, 0);
  quick = subscribe (fixture, NULL, NULL);
  slow = subscribe_full (fixture, WEIR_TOPIC_EVENTS, NULL, NULL, NULL, 1);
  quick->func = slow->func = tally_cb;
  quick->user_data = &quick_tally;
  slow->user_data = &slow_tally;
  wait_for_clients (fixture, 2);

  for (guint i = 0; i < 200; i++)
    {
      publish (fixture, 100, text);
      read_until_seq (quick, &quick_tally, fixture->seq);
    }
  g_assert_cmpuint (quick_tally.n_events, ==, 20000);
  g_assert_cmpuint (quick_tally.n_gaps, ==, 0);

  /* When it reads at last, every event is either there or counted, in order. */
  read_until_seq (slow, &slow_tally, fixture->seq);
  g_assert_cmpuint (slow_tally.n_events + slow_tally.n_missed, ==, 20000);
  g_assert_cmpuint (slow_tally.n_missed, >, 10000);

  /* And it is live again. */
  publish (fixture, 1, "x");
  read_until_seq (slow, &slow_tally, fixture->seq);
  g_assert_cmpuint (slow_tally.n_events + slow_tally.n_missed, ==, 20001);
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TestStreamClient) all = NULL;
  g_autoptr (TestStreamClient) purchases = NULL;
  g_autoptr (TestStreamClient) current = NULL;
  Tally tally = { 0 };

  start (fixture, 1000);
  publish (fixture, 50, "x");
  publish (fixture, 50, "x");

  /* From the middle of a batch. */
  tally.last_seq = 1020;
  all = subscribe (fixture, NULL, INSTANCE "-1020");
  all->func = tally_cb;
  all->user_data = &tally;
  read_until_seq (all, &tally, 1100);
  publish (fixture, 10, "x");
  read_until_seq (all, &tally, 1110);
  g_assert_cmpuint (tally.n_events, ==, 90);
  g_assert_cmpuint (tally.n_gaps + tally.n_resets, ==, 0);

  purchases = subscribe (fixture, PURCHASES, INSTANCE "-1000");
  test_stream_client_read_n (purchases, 37);
  g_assert_null (strstr (purchases->log->str, "reset"));
  g_assert_cmpstr (test_stream_client_get_id (purchases), ==, INSTANCE "-1110");

  current = subscribe (fixture, NULL, INSTANCE "-1110");
  wait_for_clients (fixture, 3);
  publish (fixture, 1, "x");
  test_stream_client_read_n (current, 1);
  g_assert_true (g_str_has_prefix (current->log->str, "event|{\"seq\":1111,"));
}

static void
test_restart (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (TestStreamClient) client = NULL;

  /* The ring is empty, but nothing was missed. */
  start (fixture, 500);
  client = subscribe (fixture, NULL, INSTANCE "-500");
  wait_for_clients (fixture, 1);
  publish (fixture, 1, "x");
  test_stream_client_read_n (client, 1);
  g_assert_true (g_str_has_prefix (client->log->str, "event|{\"seq\":501,"));
}

static void
check_reset (Fixture    *fixture,
             const char *last_event_id)
{
  g_autoptr (TestStreamClient) client = subscribe (fixture, NULL, last_event_id);
  g_autofree char *expected = NULL;

  expected = g_strdup_printf ("reset|{}|" INSTANCE "-%" G_GUINT64_FORMAT ">", fixture->seq);
  test_stream_client_read_n (client, 1);
  g_assert_cmpstr (client->log->str, ==, expected);

  publish (fixture, 1, "x");
  test_stream_client_read_n (client, 2);
  g_assert_nonnull (strstr (client->log->str, ">event|{\"seq\":"));
  g_clear_pointer (&client, test_stream_client_free);
  wait_for_clients (fixture, 1);
}

static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (TestStreamClient) witness = NULL;
  Tally tally = { .last_seq = 1000 };

  fixture->options.ring_bytes = 100 * 1000;
  start (fixture, 1000);
  witness = subscribe (fixture, NULL, NULL);
  witness->func = tally_cb;
  witness->user_data = &tally;
  wait_for_clients (fixture, 1);
  for (guint i = 0; i < 100; i++)
    {
      publish (fixture, 100, "x");
      read_until_seq (witness, &tally, fixture->seq);
    }
  g_clear_pointer (&witness, test_stream_client_free);
  wait_for_clients (fixture, 0);

  witness = subscribe (fixture, NULL, NULL);
  check_reset (fixture, INSTANCE "-1000");
  check_reset (fixture, INSTANCE "-999");
  check_reset (fixture, INSTANCE "-9999999");
  check_reset (fixture, INSTANCE "-18446744073709551615");
  check_reset (fixture, INSTANCE "-99999999999999999999999");
  check_reset (fixture, INSTANCE "-");
  check_reset (fixture, INSTANCE);
  check_reset (fixture, "-1");
  check_reset (fixture, "bbbbbbbb-bbbb-8ccc-9ddd-11000");
  check_reset (fixture, INSTANCE "--5");
}

static void
test_heartbeat (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (TestStreamClient) quiet = NULL;

  fixture->options.heartbeat_ms = 20;
  start (fixture, 0);
  quiet = subscribe (fixture, "{\"property\":\"event\",\"op\":\"=\",\"value\":\"never\"}", NULL);
  wait_for_id (quiet, INSTANCE "-0");

  /* Nothing passes the filter, and yet the client learns where it is. */
  publish (fixture, 100, "x");
  wait_for_id (quiet, INSTANCE "-100");
  while (quiet->n_comments < 5)
    g_assert_true (test_stream_client_read (quiet, 60000));
  g_assert_cmpuint (quiet->n_messages, ==, 0);
}

static void
test_vanished (Fixture       *fixture,
               gconstpointer  data)
{
  TestStreamClient *clients[20];

  start (fixture, 0);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = subscribe (fixture, i % 3 ? NULL : PURCHASES, NULL);
  wait_for_clients (fixture, G_N_ELEMENTS (clients));

  /* Some close, some reset, some only stop talking. */
  for (guint i = 0; i < 15; i++)
    {
      struct linger linger = { .l_onoff = i % 2, .l_linger = 0 };

      setsockopt (clients[i]->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      if (i % 5 == 0)
        shutdown (clients[i]->fd, SHUT_WR);
      else
        test_stream_client_free (g_steal_pointer (&clients[i]));
    }
  wait_for_clients (fixture, 5);

  publish (fixture, 3, "x");
  for (guint i = 15; i < G_N_ELEMENTS (clients); i++)
    test_stream_client_read_n (clients[i], i % 3 ? 3 : 1);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    g_clear_pointer (&clients[i], test_stream_client_free);
  wait_for_clients (fixture, 0);
}

static void
test_stalled (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autoptr (TestStreamClient) stalled = NULL;

  fixture->options.stall_ms = 100;
  fixture->options.heartbeat_ms = 40;
  start (fixture, 0);
  stalled = subscribe_full (fixture, WEIR_TOPIC_EVENTS, NULL, NULL, NULL, 1);
  wait_for_clients (fixture, 1);
  for (guint i = 0; i < 100; i++)
    publish (fixture, 20, text);
  wait_for_clients (fixture, 0);
  test_stream_client_read_to_end (stalled);
}

static void
test_talkative (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (TestStreamClient) client = NULL;
  g_autofree char *noise = g_strnfill (65536, 'x');

  start (fixture, 0);
  client = subscribe (fixture, NULL, NULL);
  wait_for_clients (fixture, 1);
  g_assert_cmpint (send (client->fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), ==, 18);
  publish (fixture, 1, "x");
  test_stream_client_read_n (client, 1);

  for (guint i = 0; i < 10 && send (client->fd, noise, 65536, MSG_NOSIGNAL) > 0; i++)
    ;
  wait_for_clients (fixture, 0);
}

static void
test_overload (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (TestStreamClient) first = NULL;
  g_autoptr (TestStreamClient) second = NULL;
  g_autoptr (TestStreamClient) third = NULL;

  fixture->options.max_clients = 2;
  start (fixture, 0);
  first = subscribe (fixture, NULL, NULL);
  second = subscribe (fixture, NULL, NULL);
  wait_for_clients (fixture, 2);
  third = subscribe_full (fixture, WEIR_TOPIC_EVENTS | WEIR_TOPIC_STATS, NULL, NULL, NULL, 0);
  test_stream_client_read_to_end (third);
  g_assert_true (g_str_has_prefix (third->head->str, "HTTP/1.1 200 OK\r\n"));
  g_assert_cmpint (weir_sse_parser_get_retry_ms (third->parser), ==, 30000);
  g_assert_cmpuint (third->n_messages, ==, 0);

  publish (fixture, 1, "x");
  test_stream_client_read_n (first, 1);
  test_stream_client_read_n (second, 1);
}

static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (TestStreamClient) reading = NULL;
  g_autoptr (TestStreamClient) stalled = NULL;
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autoptr (GError) error = NULL;
  WeirSubscription late = { .topics = WEIR_TOPIC_EVENTS, .last_event_id = g_strdup ("x") };
  int fd;

  start (fixture, 0);
  reading = subscribe (fixture, PURCHASES, NULL);
  stalled = subscribe_full (fixture, WEIR_TOPIC_EVENTS, NULL, NULL, NULL, 1);
  wait_for_clients (fixture, 2);
  for (guint i = 0; i < 20; i++)
    publish (fixture, 10, text);
  test_stream_client_read_n (reading, 66);

  /* One that does not read cannot hold it up. */
  weir_live_hub_stop (fixture->hub);
  g_assert_cmpuint (weir_live_hub_get_n_clients (fixture->hub), ==, 0);
  test_stream_client_read_to_end (reading);
  g_assert_cmpint (weir_sse_parser_get_retry_ms (reading->parser), >=, 3000);
  g_assert_cmpint (weir_sse_parser_get_retry_ms (reading->parser), <, 9000);
  test_stream_client_read_to_end (stalled);

  late.connection = G_IO_STREAM (test_connection_new_pair (&fd, 0));
  g_assert_false (weir_live_hub_subscribe (fixture->hub, &late, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE);
  g_assert_null (late.connection);
  close (fd);

  publish (fixture, 1, "x");
}

static JsonObject *
find_message (TestStreamClient *client,
              JsonParser       *parser,
              const char       *event)
{
  g_autofree char *start_text = g_strconcat (event, "|", NULL);
  g_autoptr (GError) error = NULL;
  const char *start_at;
  const char *end;

  test_stream_client_read_until (client, start_text);
  start_at = strstr (client->log->str, start_text) + strlen (start_text);
  end = strstr (start_at, "|>");
  json_parser_load_from_data (parser, start_at, end - start_at, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_stats (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (TestStreamClient) client = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *stats;
  JsonObject *ledger;

  start (fixture, 0);
  publish (fixture, 30, "x");
  client = subscribe_full (fixture, WEIR_TOPIC_STATS, NULL, NULL, NULL, 0);
  stats = find_message (client, parser, "stats");

  g_assert_cmpint (json_object_get_int_member (stats, "seq"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (stats, "count"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (stats, "clients"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (stats, "lag_seconds"), ==, 0.123);
  g_assert_cmpint (json_object_get_int_member (stats, "journal_bytes"), ==, 4096);
  g_assert_false (json_object_get_boolean_member (stats, "ready"));
  g_assert_cmpstr (json_object_get_string_member (stats, "reason"), ==, "the disk is “full”");
  g_assert_true (json_object_has_member (stats, "rates"));
  g_assert_true (g_str_has_suffix (json_object_get_string_member (stats, "at"), "Z"));

  ledger = json_object_get_object_member (stats, "ledger");
  g_assert_cmpint (json_object_get_int_member (ledger, "received"), ==, 20);
  g_assert_cmpint (json_object_get_int_member (ledger, "accepted"), ==, 10);
  g_assert_cmpint (json_object_get_int_member (ledger, "duplicate"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (ledger, "rejected"), ==, 7);
  g_assert_cmpint (json_object_get_int_member (ledger, "stored"), ==, 8);
  g_assert_cmpint (json_object_get_int_member (ledger, "queued"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (ledger, "dead_lettered"), ==, 1);

  /* And again each second, without an event ever. */
  test_stream_client_read_n (client, 3);
  g_assert_null (strstr (client->log->str, ">event|"));
}

static void
test_dashboard (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (TestStreamClient) client = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *update;

  start (fixture, 0);
  publish (fixture, 30, "x");
  client = subscribe_full (fixture, WEIR_TOPIC_DASHBOARD, NULL, NULL, NULL, 0);
  update = find_message (client, parser, "update");
  update = json_array_get_object_element (json_object_get_array_member (update, "aggregations"), 0);
  g_assert_cmpstr (json_object_get_string_member (update, "event_type"), ==, "view");
  g_assert_cmpint (json_object_get_int_member (update, "event_count"), ==, 20);
  test_stream_client_read_n (client, 2);
}

static void
allow_files (guint n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MAX (limit.rlim_cur, n);
  if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
    g_test_message ("no more files");
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GPtrArray) clients = NULL;

  allow_files (2048);
  clients = g_ptr_array_new_with_free_func ((GDestroyNotify) test_stream_client_free);
  start (fixture, 0);
  for (guint i = 0; i < 500; i++)
    g_ptr_array_add (clients, subscribe (fixture, i % 2 ? NULL : PURCHASES, NULL));
  wait_for_clients (fixture, 500);

  for (guint i = 0; i < 10; i++)
    publish (fixture, 9, "x");
  for (guint i = 0; i < 500; i++)
    {
      TestStreamClient *client = g_ptr_array_index (clients, i);

      test_stream_client_read_n (client, i % 2 ? 90 : 30);
      g_assert_cmpstr (test_stream_client_get_id (client), ==, INSTANCE "-90");
    }

  g_ptr_array_set_size (clients, 0);
  wait_for_clients (fixture, 0);
}

static gpointer
publish_thread (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 300; i++)
    {
      publish (fixture, 1 + i % 50, "x");
      if (i % 7 == 0)
        g_usleep (2000);
    }

  return NULL;
}

/* A client that is cut off again and again, anywhere, sees each event once. */
static void
test_cut_off (Fixture       *fixture,
              gconstpointer  data)
{
  const guint64 total = 300 / 50 * (50 * 51 / 2);
  Tally tally = { 0 };
  g_autofree char *id = g_strdup (INSTANCE "-0");
  GThread *thread;
  guint n_connections = 0;

  start (fixture, 0);
  thread = g_thread_new ("publisher", publish_thread, fixture);
  while (tally.last_seq < total)
    {
      g_autoptr (TestStreamClient) client = subscribe (fixture, NULL, id);
      guint n_reads = g_test_rand_int_range (0, 5);

      client->func = tally_cb;
      client->user_data = &tally;
      for (guint i = 0; i < n_reads; i++)
        test_stream_client_read (client, 20);

      n_connections++;
      if (test_stream_client_get_id (client)[0] != '\0')
        {
          g_free (id);
          id = g_strdup (test_stream_client_get_id (client));
        }
    }
  g_thread_join (thread);

  g_test_message ("%u connections", n_connections);
  g_assert_cmpuint (tally.n_events, ==, total);
  g_assert_cmpuint (tally.n_gaps + tally.n_resets, ==, 0);
}

static void
add (const char *path,
     void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/collector/live-hub/answer", test_answer);
  add ("/collector/live-hub/fan-out", test_fan_out);
  add ("/collector/live-hub/slow-reader", test_slow_reader);
  add ("/collector/live-hub/resume", test_resume);
  add ("/collector/live-hub/restart", test_restart);
  add ("/collector/live-hub/reset", test_reset);
  add ("/collector/live-hub/heartbeat", test_heartbeat);
  add ("/collector/live-hub/vanished", test_vanished);
  add ("/collector/live-hub/stalled", test_stalled);
  add ("/collector/live-hub/talkative", test_talkative);
  add ("/collector/live-hub/overload", test_overload);
  add ("/collector/live-hub/stop", test_stop);
  add ("/collector/live-hub/stats", test_stats);
  add ("/collector/live-hub/dashboard", test_dashboard);
  add ("/collector/live-hub/many", test_many);
  add ("/collector/live-hub/cut-off", test_cut_off);

  return g_test_run ();
}
