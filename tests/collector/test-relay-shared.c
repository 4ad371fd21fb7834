/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Real collectors that tell each other over a real Redis and share one ClickHouse: the same event sent to
 * two of them, and somebody who is deleted at one. */

#include "config.h"

#include <string.h>

#include "test-clickhouse-front.h"
#include "test-relay-group.h"

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
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;

  while (test_relay_get_number (other, "known_ids") == 0 && g_get_monotonic_time () < deadline)
    {
      g_autofree char *id = g_uuid_string_random ();

      g_free (post_id (one, id));
      g_usleep (50000);
    }
  g_assert_cmpint (test_relay_get_number (other, "known_ids"), >, 0);
}

static void
wait_for_known (TestCollector *collector,
                gint64         before)
{
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;

  while (test_relay_get_number (collector, "known_ids") <= before && g_get_monotonic_time () < deadline)
    g_usleep (20000);
  g_assert_cmpint (test_relay_get_number (collector, "known_ids"), >, before);
}

static void
wait_for_rows (TestClickhouseFront *front,
               const char          *id,
               const char          *n_rows)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count() FROM event WHERE message_id = '%s'", id);
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;
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
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;

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
start_other (TestRelayGroup *fixture,
             const char     *more)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *before = fixture->more;
  TestCollector *other;

  fixture->more = g_strdup (more);
  other = test_relay_start_in (fixture, dir);
  g_free (fixture->more);
  fixture->more = g_steal_pointer (&before);
  test_relay_wait_for_state (other, "ok");
  return other;
}

/* An answer got lost, and the client sends again what one collector has to another. */
static void
check_sent_again (TestRelayGroup      *fixture,
                  TestClickhouseFront *front)
{
  TestCollector **all = fixture->collectors;
  gint64 before;

  for (guint i = 1; i < TEST_RELAY_N; i++)
    wait_for_ids (all[0], all[i]);
  before = test_relay_get_number (all[1], "known_ids");
  assert_post_id (all[0], "once", TRUE);
  wait_for_known (all[1], before);
  assert_post_id (all[1], "once", FALSE);
  assert_post_id (all[1], "another", TRUE);
  assert_post_id (all[0], "once", FALSE);
  g_assert_cmpfloat (test_collector_get_metric (all[1], "weir_events_duplicate_total"), ==, 1);
  g_assert_cmpfloat (test_collector_get_metric (all[1], "weir_events_received_total"), ==, 2);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    wait_until_stored (all[i]);
  wait_for_rows (front, "once", "1");
  wait_for_rows (front, "another", "1");
}

/* Nobody tells while Redis is away: what is sent again then is there twice, and that is all. */
static void
check_untold (TestRelayGroup      *fixture,
              TestClickhouseFront *front)
{
  TestCollector **all = fixture->collectors;
  gint64 before;

  test_redis_kill (fixture->redis);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    test_relay_wait_for_state (all[i], "waiting");
  assert_post_id (all[0], "untold", TRUE);
  assert_post_id (all[1], "untold", TRUE);
  assert_post_id (all[1], "untold", FALSE);
  test_redis_start (fixture->redis);
  test_relay_wait_for_all (fixture);
  before = test_relay_get_number (all[1], "known_ids");
  assert_post_id (all[0], "told", TRUE);
  wait_for_known (all[1], before);
  assert_post_id (all[1], "told", FALSE);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    wait_until_stored (all[i]);
  wait_for_rows (front, "untold", "2");
  wait_for_rows (front, "told", "1");
}

/* One that is killed knows what it took itself, and hears of others from then on. */
static void
check_killed (TestRelayGroup *fixture)
{
  TestCollector *killed = fixture->collectors[1];

  test_collector_kill (killed);
  fixture->collectors[1] = test_relay_start_in (fixture, killed->data_dir);
  test_relay_forget (killed);
  test_relay_wait_for_all (fixture);
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
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;
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
  TestTally tally = { 0 };
  gboolean has_events;

  test_tally_listen (&tally, collector, last_id);
  while (tally.n_events == 0 && tally.n_resets == 0)
    g_assert_true (test_stream_client_read (tally.client, 60000));
  has_events = tally.n_events > 0;
  test_tally_clear (&tally);
  return has_events;
}

/* Somebody is deleted at one collector: the others drop what they were told, as that one does. */
static void
check_deleted (TestRelayGroup *fixture)
{
  TestCollector **all = fixture->collectors;
  gint64 deadline = g_get_monotonic_time () + TEST_RELAY_PATIENCE;
  char *last_ids[TEST_RELAY_N];
  TestTally tallies[TEST_RELAY_N] = { 0 };

  for (guint i = 0; i < TEST_RELAY_N; i++)
    {
      test_tally_listen (&tallies[i], all[i], NULL);
      last_ids[i] = g_strdup (test_stream_client_get_id (tallies[i].client));
    }
  test_relay_post (all[0], "private", 7);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    {
      test_tally_read (&tallies[i], 7);
      test_tally_clear (&tallies[i]);
      wait_for_person (all[i], "u3", TRUE);
      g_assert_true (comes_back_to_events (all[i], last_ids[i]));
    }
  delete_person (all[1], "u3");
  g_assert_false (comes_back_to_events (all[1], last_ids[1]));
  for (guint i = 0; i < TEST_RELAY_N; i++)
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
check_deleted_untold (TestRelayGroup *fixture)
{
  TestCollector **all = fixture->collectors;
  gint64 dropped = test_relay_get_number (all[0], "dropped");
  gint64 received;
  TestTally tally = { 0 };

  test_redis_kill (fixture->redis);
  for (guint i = 0; i < TEST_RELAY_N; i++)
    test_relay_wait_for_state (all[i], "waiting");
  test_relay_post (all[0], "private", 7);
  wait_for_person (all[2], "u4", TRUE);
  wait_until_stored (all[0]);
  delete_person (all[2], "u4");
  test_relay_wait_for_number (all[0], "dropped", dropped + 7);
  test_redis_start (fixture->redis);
  test_relay_wait_for_all (fixture);
  received = test_relay_get_number (all[1], "received");
  test_tally_listen (&tally, all[1], NULL);
  test_relay_post (all[0], "public", 1);
  test_tally_read (&tally, 1);
  g_assert_cmpint (test_relay_get_number (all[1], "received"), ==, received + 1);
  test_tally_clear (&tally);
}

static void
check_deletion (TestRelayGroup      *fixture,
                TestClickhouseFront *front)
{
  check_deleted (fixture);
  check_deleted_untold (fixture);
}

static void
test_deletion (void)
{
  test_relay_run_clickhouse (" --shared yes", check_deletion);
}

static void
check_ids (TestRelayGroup      *fixture,
           TestClickhouseFront *front)
{
  check_sent_again (fixture, front);
  check_untold (fixture, front);
  check_killed (fixture);
}

static void
test_ids (void)
{
  test_relay_run_clickhouse (" --shared yes", check_ids);
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
  TestRelayGroup fixture;

  if (front == NULL || !test_relay_open (&fixture, ""))
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
  test_relay_wait_for_number (careless, "received", count_accepted (fixture.collectors[0]) + count_accepted (shared));
  test_relay_wait_for_number (other, "received", count_accepted (fixture.collectors[0]) + count_accepted (shared) +
                                                   count_accepted (careless));
  assert_post_id (other, "elsewhere", TRUE);
  assert_post_id (other, "careless", TRUE);
  assert_post_id (other, "safe", FALSE);
  assert_post_id (careless, "safe", FALSE);
  test_relay_wait_for_number (fixture.collectors[1], "received",
                              count_accepted (fixture.collectors[0]) + count_accepted (shared) +
                                count_accepted (careless) + count_accepted (other));
  assert_post_id (fixture.collectors[1], "elsewhere", TRUE);
  assert_post_id (fixture.collectors[1], "safe", TRUE);
  g_assert_cmpint (test_relay_get_number (fixture.collectors[1], "known_ids"), ==, 0);
  wait_until_stored (careless);
  test_collector_free (shared);
  test_collector_free (other);
  test_collector_free (careless);
  test_relay_close (&fixture);
  test_clickhouse_front_free (front);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/relay-shared/ids", test_ids);
  g_test_add_func ("/collector/relay-shared/ids-of-strangers", test_ids_of_strangers);
  g_test_add_func ("/collector/relay-shared/deletion", test_deletion);

  return g_test_run ();
}
