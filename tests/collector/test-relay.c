/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Real collectors that tell each other over a real Redis, which is killed, put to sleep, and abused. */

#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "test-clickhouse-front.h"
#include "test-relay-group.h"
#include "weir-relay-message.h"

/* What is sent to any of them is seen at one of them, once and in order; also by who comes back. */
static void
check_all_see_all (TestRelayGroup *fixture)
{
  g_autofree char *last_id = NULL;
  TestTally tally = { 0 };

  test_tally_listen (&tally, fixture->collectors[0], NULL);
  for (guint round = 0; round < 20; round++)
    for (guint i = 0; i < TEST_RELAY_N; i++)
      test_relay_post (fixture->collectors[i], "view", 1 + round * 5);
  test_tally_read (&tally, 20 * TEST_RELAY_N + TEST_RELAY_N * 5 * 190);
  g_assert_cmpuint (tally.n_foreign * TEST_RELAY_N, ==, tally.n_events * (TEST_RELAY_N - 1));
  g_assert_cmpuint (tally.n_missed, ==, 0);

  last_id = g_strdup (test_stream_client_get_id (tally.client));
  test_stream_client_free (tally.client);
  tally.n_events = 0;
  for (guint i = 0; i < TEST_RELAY_N; i++)
    test_relay_post (fixture->collectors[i], "view", 10);
  test_tally_listen (&tally, fixture->collectors[0], last_id);
  test_tally_read (&tally, 10 * TEST_RELAY_N);
  test_tally_clear (&tally);
}

static void
test_all_see_all (void)
{
  g_autoptr(TestReply) stats = NULL;
  g_autoptr(TestReply) status = NULL;
  TestRelayGroup fixture;
  TestTally tally = { 0 };

  if (!test_relay_open (&fixture, ""))
    return;
  check_all_see_all (&fixture);
  /* They are part of what happened, and not of what this one stored. */
  stats = test_collector_request (fixture.collectors[0], "POST", "/v1/query", "{\"kind\":\"stats\"}");
  test_assert_reply (stats, 200, "\"count\":2940,");
  status = test_collector_request (fixture.collectors[0], "GET", "/v1/status", NULL);
  test_assert_reply (status, 200, "\"stored\":980,");
  test_assert_reply (status, 200, "\"events\":980,");
  g_assert_cmpint (test_relay_get_number (fixture.collectors[0], "published"), ==, 980);
  test_relay_wait_for_number (fixture.collectors[0], "received", 1960);
  g_assert_cmpint (test_relay_get_number (fixture.collectors[0], "dropped"), ==, 0);
  g_assert_cmpint (test_relay_get_number (fixture.collectors[0], "bad_messages"), ==, 0);
  /* A filter looks at them, too. */
  test_tally_listen (&tally, fixture.collectors[1], NULL);
  test_relay_post (fixture.collectors[2], "last", 1);
  test_tally_read (&tally, 1);
  test_tally_clear (&tally);
  test_relay_close (&fixture);
}

static void
check_clickhouse (TestRelayGroup      *fixture,
                  TestClickhouseFront *front)
{
  check_all_see_all (fixture);
}

static void
test_clickhouse (void)
{
  test_relay_run_clickhouse ("", check_clickhouse);
}

/* Another channel of the same server is another world. */
static void
test_channels (void)
{
  TestRelayGroup fixture;
  TestCollector *other;
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);

  if (!test_relay_open (&fixture, ""))
    return;
  g_free (fixture.more);
  fixture.more = g_strdup ("--relay-channel other");
  other = test_relay_start_in (&fixture, dir);
  test_relay_wait_for_state (other, "ok");
  test_relay_post (other, "hidden", 5);
  test_relay_wait_for_number (other, "published", 5);
  test_relay_post (fixture.collectors[1], "shown", 5);
  test_relay_wait_for_number (fixture.collectors[0], "received", 5);
  g_assert_cmpint (test_relay_get_number (other, "received"), ==, 0);
  g_assert_cmpint (test_relay_get_number (other, "peers"), ==, 0);
  test_collector_free (other);
  test_relay_close (&fixture);
}

/* Redis dies: nobody waits for it, and what was stored meanwhile is told when it is back. */
static void
test_outage (void)
{
  g_autoptr(TestReply) ready = NULL;
  g_autofree char *error = NULL;
  TestRelayGroup fixture;
  TestTally tally = { 0 };
  TestTally own = { 0 };

  if (!test_relay_open (&fixture, ""))
    return;
  test_tally_listen (&tally, fixture.collectors[0], NULL);
  test_tally_listen (&own, fixture.collectors[1], NULL);
  test_relay_post (fixture.collectors[1], "before", 10);
  test_tally_read (&tally, 10);
  test_redis_kill (fixture.redis);
  test_relay_wait_for_state (fixture.collectors[0], "waiting");
  test_relay_wait_for_state (fixture.collectors[1], "waiting");
  test_relay_post (fixture.collectors[1], "meanwhile", 20);
  test_tally_read (&own, 30);
  ready = test_collector_get (fixture.collectors[1], "/readyz");
  g_assert_cmpint (ready->status, ==, 200);
  error = test_relay_dup_text (fixture.collectors[1], "last_error");
  g_assert_cmpstr (error, !=, "");
  g_assert_cmpfloat (test_collector_get_metric (fixture.collectors[1], "weir_relay_up"), ==, 0);
  /* One that ends now does not wait either. */
  test_collector_stop (fixture.collectors[2]);

  test_redis_start (fixture.redis);
  test_relay_wait_for_state (fixture.collectors[0], "ok");
  test_relay_wait_for_state (fixture.collectors[1], "ok");
  test_relay_post (fixture.collectors[1], "after", 1);
  while (tally.n_events + tally.n_missed < 31)
    g_assert_true (test_stream_client_read (tally.client, 60000));
  /* One of them may have heard before the other was back. */
  g_assert_cmpuint (tally.n_events + tally.n_missed, ==, 31);
  test_tally_clear (&tally);
  test_tally_clear (&own);
  test_relay_close (&fixture);
}

/* While Redis does nothing, for longer than anybody waits for it, events are taken in, stored and
 * streamed. Afterwards others see them, or how many they missed. */
static void
test_slow (void)
{
  TestRelayGroup fixture;
  TestTally own = { 0 };
  TestTally other = { 0 };
  guint n_posted = 1001;

  if (!test_relay_open (&fixture, ""))
    return;
  test_tally_listen (&own, fixture.collectors[0], NULL);
  test_tally_listen (&other, fixture.collectors[1], NULL);
  /* From here on the other knows how far this one was. */
  test_relay_post (fixture.collectors[0], "view", 1);
  test_tally_read (&own, 1);
  test_tally_read (&other, 1);
  test_redis_sleep (fixture.redis, 14);
  for (guint i = 0; i < 50; i++)
    test_relay_post (fixture.collectors[0], "view", 20);
  test_tally_read (&own, 1001);
  g_assert_true (test_redis_is_asleep (fixture.redis));
  g_assert_cmpuint (other.n_events, ==, 1);
  while (test_redis_is_asleep (fixture.redis))
    g_usleep (20000);
  /* What one missed that was not back yet is told with the next event. */
  while (other.n_events + other.n_missed < n_posted)
    if (!test_stream_client_read (other.client, 200))
      {
        test_relay_post (fixture.collectors[0], "view", 1);
        n_posted++;
      }
  g_assert_cmpuint (other.n_events + other.n_missed, ==, n_posted);
  test_tally_clear (&own);
  test_tally_clear (&other);
  test_relay_close (&fixture);
}

static void
publish_bad (TestRelayGroup *fixture)
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
  TestRelayGroup fixture;
  TestTally tally = { 0 };

  if (!test_relay_open (&fixture, ""))
    return;
  test_tally_listen (&tally, fixture.collectors[0], NULL);
  publish_bad (&fixture);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    test_relay_wait_for_number (fixture.collectors[i], "bad_messages", 100);
  test_relay_post (fixture.collectors[1], "view", 5);
  test_tally_read (&tally, 5);
  g_assert_cmpint (test_relay_get_number (fixture.collectors[0], "peers"), ==, TEST_RELAY_N - 1);
  test_tally_clear (&tally);
  test_relay_close (&fixture);
}

/* A message that no memory should be spent on: the connection is given up, and made again. */
static void
test_huge (void)
{
  g_autofree char *huge = g_strnfill (16 * 1024 * 1024, 'x');
  TestRelayGroup fixture;
  TestTally tally = { 0 };

  if (!test_relay_open (&fixture, ""))
    return;
  test_tally_listen (&tally, fixture.collectors[0], NULL);
  test_redis_publish (fixture.redis, "weir", huge, 16 * 1024 * 1024);
  test_relay_wait_for_number (fixture.collectors[0], "bad_messages", 1);
  test_relay_wait_for_all (&fixture);
  test_relay_post (fixture.collectors[1], "view", 5);
  test_tally_read (&tally, 5);
  test_tally_clear (&tally);
  test_relay_close (&fixture);
}

/* One that cannot listen for a while is told how many events it missed. */
static void
test_unsubscribed (void)
{
  g_autofree char *error = NULL;
  TestRelayGroup fixture;
  TestTally tally = { 0 };

  if (!test_relay_open (&fixture, ""))
    return;
  test_tally_listen (&tally, fixture.collectors[0], NULL);
  test_relay_post (fixture.collectors[1], "view", 5);
  test_tally_read (&tally, 5);
  test_redis_do (fixture.redis, "ACL SETUSER default -subscribe");
  test_redis_do (fixture.redis, "CLIENT KILL TYPE pubsub");
  test_relay_wait_for_state (fixture.collectors[0], "waiting");
  error = test_relay_dup_text (fixture.collectors[0], "last_error");
  g_assert_cmpstr (error, !=, "");
  test_relay_post (fixture.collectors[1], "view", 10);
  test_relay_wait_for_number (fixture.collectors[1], "published", 15);
  test_redis_do (fixture.redis, "ACL SETUSER default +subscribe");
  test_relay_wait_for_state (fixture.collectors[0], "ok");
  test_relay_post (fixture.collectors[1], "view", 1);
  test_tally_read (&tally, 6);
  g_assert_cmpuint (tally.n_missed, ==, 10);
  test_relay_wait_for_number (fixture.collectors[0], "missed", 10);
  test_tally_clear (&tally);
  test_relay_close (&fixture);
}

/* A collector is killed and started again: the others go on with its events where they were. */
static void
test_killed (void)
{
  TestCollector *killed;
  TestRelayGroup fixture;
  TestTally tally = { 0 };

  if (!test_relay_open (&fixture, ""))
    return;
  test_tally_listen (&tally, fixture.collectors[0], NULL);
  for (guint round = 1; round <= 3; round++)
    {
      test_relay_post (fixture.collectors[1], "view", 50);
      test_relay_post (fixture.collectors[2], "view", 50);
      test_tally_read (&tally, round * 100);
      killed = fixture.collectors[1];
      test_collector_kill (killed);
      fixture.collectors[1] = test_relay_start_in (&fixture, killed->data_dir);
      test_relay_forget (killed);
      test_relay_wait_for_state (fixture.collectors[1], "ok");
    }
  g_assert_cmpuint (tally.n_missed, ==, 0);
  test_tally_clear (&tally);
  test_relay_close (&fixture);
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
  test_relay_wait_for_state (collector, "ok");
  test_collector_stop (collector);
  test_relay_forget (collector);

  g_free (write_config (dir, test_redis_get_port (redis), "hushhush", 0600));
  collector = test_collector_new_in (dir, (char *[]) { "--config", path, NULL }, -1, 0);
  error = test_relay_dup_text (collector, "last_error");
  while (*error == '\0')
    {
      g_usleep (20000);
      g_free (error);
      error = test_relay_dup_text (collector, "last_error");
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
