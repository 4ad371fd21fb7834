/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What goes between collectors, without a server. */

#include "config.h"

#include <string.h>

#include "test-batch.h"
#include "weir-error.h"
#include "weir-journal.h"
#include "weir-live-writer.h"
#include "weir-redis-address.h"
#include "weir-relay-message.h"
#include "weir-relay-peers.h"
#include "weir-relay-queue.h"

#define OWN     "aaaaaaaa-bbbb-8ccc-9ddd"
#define FOREIGN "11111111-2222-8333-9444"

static const WeirRelayTeller teller = { .instance = FOREIGN, .run = 7 };

static WeirPersonId *
make_persons (guint n)
{
  WeirPersonId *persons = g_new0 (WeirPersonId, n);

  for (guint i = 0; i < n; i++)
    memset (persons[i].bytes, (int) i, sizeof persons[i].bytes);
  return persons;
}

static void
push (WeirRelayQueue *queue,
      guint64         first,
      guint           n,
      const char     *text)
{
  g_autoptr(WeirEventBatch) batch = test_batch_new (first, n, text);
  g_autofree WeirPersonId *persons = make_persons (n);

  weir_relay_queue_push (queue, batch, persons);
}

static gboolean
read_bytes (WeirRelayMessage *message,
            GBytes           *bytes)
{
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (weir_relay_message_read (message, data, size, codec, &error))
    {
      g_assert_no_error (error);
      return TRUE;
    }
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
  return FALSE;
}

static GBytes *
pop (WeirRelayQueue *queue,
     guint           n_expected)
{
  guint n_events;
  GBytes *bytes = weir_relay_queue_pop (queue, &teller, &n_events);

  g_assert_cmpuint (n_events, ==, n_expected);
  return bytes;
}

/* Batches that follow each other are one message; each event has its person. */
static void
test_together (void)
{
  g_autoptr(WeirRelayQueue) queue = weir_relay_queue_new (1024 * 1024);
  g_auto(WeirRelayMessage) message = { 0 };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) next = NULL;
  const guint8 *data;
  gsize size;

  push (queue, 5, 3, "a");
  push (queue, 8, 2, "b");
  push (queue, 20, 1, "c");   /* does not follow */
  bytes = pop (queue, 5);
  g_assert_true (read_bytes (&message, bytes));
  g_assert_cmpstr (message.from.instance, ==, FOREIGN);
  g_assert_cmpuint (message.from.run, ==, 7);
  data = g_bytes_get_data (bytes, &size);
  g_assert_true (weir_relay_message_is_own (data, size, &teller));
  g_assert_false (weir_relay_message_is_own (data, size, &(WeirRelayTeller) { .instance = FOREIGN, .run = 8 }));
  g_assert_false (weir_relay_message_is_own (data, size, &(WeirRelayTeller) { .instance = OWN, .run = 7 }));
  g_assert_false (weir_relay_message_is_own (data, 10, &teller));
  g_assert_cmpuint (weir_event_batch_get_first_seq (message.batch), ==, 5);
  g_assert_cmpuint (weir_event_batch_get_last_seq (message.batch), ==, 9);
  g_assert_cmpuint (message.persons[2].bytes[0], ==, 2);
  g_assert_cmpuint (message.persons[3].bytes[0], ==, 0);
  next = pop (queue, 1);
  g_assert_cmpuint (weir_relay_queue_get_bytes (queue), ==, 0);
  g_assert_null (pop (queue, 0));
}

/* A batch of many megabytes goes in pieces, none of them too large for others, none left out. */
static void
test_pieces (void)
{
  g_autoptr(WeirRelayQueue) queue = weir_relay_queue_new (64 * 1024 * 1024);
  g_autofree char *text = g_strnfill (400 * 1000, 'x');
  guint64 seq = 1;
  guint n_events;
  GBytes *bytes;

  push (queue, 1, 20, text);
  while ((bytes = weir_relay_queue_pop (queue, &teller, &n_events)) != NULL)
    {
      g_auto(WeirRelayMessage) message = { 0 };

      g_assert_cmpuint (g_bytes_get_size (bytes), <=, WEIR_RELAY_MAX_BYTES);
      g_assert_true (read_bytes (&message, bytes));
      g_assert_cmpuint (weir_event_batch_get_first_seq (message.batch), ==, seq);
      seq = weir_event_batch_get_last_seq (message.batch) + 1;
      g_bytes_unref (bytes);
    }
  g_assert_cmpuint (seq, ==, 21);
}

static void
test_oldest_go (void)
{
  const gsize max = 100 * 1000;
  g_autoptr(WeirRelayQueue) queue = weir_relay_queue_new (max);
  guint64 n_left = 0;
  guint n_events;
  GBytes *bytes;

  for (guint i = 0; i < 1000; i++)
    {
      push (queue, 1 + i * 10, 10, "text");
      g_assert_cmpuint (weir_relay_queue_get_bytes (queue), <=, max);
    }
  while ((bytes = weir_relay_queue_pop (queue, &teller, &n_events)) != NULL)
    {
      n_left += n_events;
      g_bytes_unref (bytes);
    }
  g_assert_cmpuint (n_left, >, 100);
  g_assert_cmpuint (n_left + weir_relay_queue_get_n_dropped (queue), ==, 10000);
}

/* Whatever a byte of it is changed to, a message is refused or harmless. */
static void
test_damaged (void)
{
  g_autoptr(WeirRelayQueue) queue = weir_relay_queue_new (1024 * 1024);
  g_autoptr(GBytes) bytes = NULL;
  guint n_refused = 0;
  gsize size;
  const guint8 *data;

  push (queue, 1, 3, "text");
  bytes = pop (queue, 3);
  data = g_bytes_get_data (bytes, &size);
  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr(GBytes) damaged = NULL;
      g_autoptr(GBytes) cut = g_bytes_new (data, i);
      g_auto(WeirRelayMessage) message = { 0 };
      g_auto(WeirRelayMessage) none = { 0 };

      copy[i] ^= (guint8) g_test_rand_int_range (1, 256);
      damaged = g_bytes_new_take (g_steal_pointer (&copy), size);
      n_refused += !read_bytes (&message, damaged);
      g_assert_false (read_bytes (&none, cut));
    }
  g_assert_cmpuint (n_refused, >, 100);
}

/* What a message of this teller is to a collector of that group, which promises so much. */
static gboolean
stands_for (const WeirRelayTeller *from,
            const char            *group,
            WeirDurability         durability)
{
  g_autoptr(WeirRelayQueue) queue = weir_relay_queue_new (1024 * 1024);
  g_auto(WeirRelayMessage) message = { 0 };
  WeirRelayTeller own = { .instance = OWN, .run = 3, .durability = durability };
  g_autoptr(GBytes) bytes = NULL;
  guint n_events;

  g_strlcpy (own.group, group, sizeof own.group);
  push (queue, 1, 2, "text");
  bytes = weir_relay_queue_pop (queue, from, &n_events);
  g_assert_true (read_bytes (&message, bytes));
  return weir_relay_message_stands_for (&message, &own);
}

/* Only who keeps it in the same tables, and no less safely, spares another the keeping. */
static void
test_stands_for (void)
{
  WeirRelayTeller from = { .instance = FOREIGN, .group = OWN, .run = 7, .durability = WEIR_DURABILITY_OS };

  g_assert_true (stands_for (&from, OWN, WEIR_DURABILITY_OS));
  g_assert_true (stands_for (&from, OWN, WEIR_DURABILITY_MEMORY));
  g_assert_false (stands_for (&from, OWN, WEIR_DURABILITY_FSYNC));
  g_assert_false (stands_for (&from, FOREIGN, WEIR_DURABILITY_OS));
  g_assert_false (stands_for (&from, "", WEIR_DURABILITY_OS));
  g_assert_false (stands_for (&teller, OWN, WEIR_DURABILITY_OS));
  /* Nobody's group is no group. */
  g_assert_false (stands_for (&teller, "", WEIR_DURABILITY_OS));
}

static gboolean
is_accepted (WeirEventText which,
             const char   *text)
{
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autofree WeirPersonId *persons = make_persons (1);
  g_auto(WeirRelayMessage) message = { 0 };
  g_autoptr(GBytes) bytes = NULL;
  WeirEvent event;
  gsize size;
  const guint8 *data;

  weir_event_init (&event);
  event.seq = 1;
  weir_event_set_text (&event, WEIR_EVENT_NAME, "a", 1);
  weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u", 1);
  weir_event_set_text (&event, which, text, strlen (text));
  weir_event_builder_add (builder, &event);
  batch = weir_event_builder_end (builder, 1);
  data = weir_event_batch_get_data (batch, &size);
  bytes = weir_relay_message_write (&teller, data, size, persons, 1);
  return read_bytes (&message, bytes);
}

/* Nothing that would break the line of a client, or its JSON. */
static void
test_unsound_texts (void)
{
  g_assert_true (is_accepted (WEIR_EVENT_PROPERTIES, "{\"a\":1}"));
  g_assert_false (is_accepted (WEIR_EVENT_PROPERTIES, "{\"a\":1"));
  g_assert_false (is_accepted (WEIR_EVENT_PROPERTIES, "{}}"));
  g_assert_false (is_accepted (WEIR_EVENT_PROPERTIES, "[1]"));
  g_assert_false (is_accepted (WEIR_EVENT_PROPERTIES, "{\"a\":\n1}"));
  g_assert_false (is_accepted (WEIR_EVENT_PROPERTIES, "{\"a\":\"\xff\"}"));
  g_assert_true (is_accepted (WEIR_EVENT_SESSION_ID, "é"));
  g_assert_false (is_accepted (WEIR_EVENT_SESSION_ID, "\xc3"));
  g_assert_false (is_accepted (WEIR_EVENT_NAME, ""));
}

static gboolean
take (WeirRelayPeers *peers,
      guint64         run,
      guint64         first,
      guint           n,
      guint          *n_missed)
{
  WeirRelayMessage message = { .from = { .instance = FOREIGN, .run = run } };
  gboolean is_new;

  if (n > 0)
    message.batch = test_batch_new (first, n, "x");
  is_new = weir_relay_peers_take (peers, &message, 1, n_missed);
  weir_relay_message_clear (&message);
  return is_new;
}

static void
test_each_once (void)
{
  WeirRelayPeers *peers = weir_relay_peers_new ();
  guint n_missed;

  g_assert_true (take (peers, 1, 100, 10, &n_missed));   /* what was before, nobody expected */
  g_assert_cmpuint (n_missed, ==, 0);
  g_assert_false (take (peers, 1, 100, 10, &n_missed));  /* sent again */
  g_assert_true (take (peers, 1, 110, 1, &n_missed));
  g_assert_cmpuint (n_missed, ==, 0);
  g_assert_true (take (peers, 1, 120, 1, &n_missed));
  g_assert_cmpuint (n_missed, ==, 9);
  g_assert_false (take (peers, 2, 0, 0, &n_missed));     /* another process, which says hello */
  g_assert_true (take (peers, 2, 122, 1, &n_missed));
  g_assert_cmpuint (n_missed, ==, 1);
  g_assert_true (take (peers, 3, 50, 1, &n_missed));     /* whose events were not all durable */
  g_assert_cmpuint (n_missed, ==, 0);
  g_assert_cmpuint (weir_relay_peers_count (peers, 1), ==, 1);
  g_assert_cmpuint (weir_relay_peers_count (peers, G_TIME_SPAN_MINUTE), ==, 0);
  weir_relay_peers_free (peers);
}

/* Ever new names do not cost ever more. */
static void
test_many_peers (void)
{
  WeirRelayPeers *peers = weir_relay_peers_new ();
  guint n_missed;

  for (guint i = 0; i < 1000; i++)
    {
      WeirRelayMessage message = { .from = { .run = 1 } };

      g_snprintf (message.from.instance, sizeof message.from.instance, "%08x-0000-8000-9000", i);
      g_assert_false (weir_relay_peers_take (peers, &message, i, &n_missed));
    }
  g_assert_cmpuint (weir_relay_peers_count (peers, 1000), ==, 256);
  weir_relay_peers_free (peers);
}

/* One batch of this collector or another in the ring. */
static void
store (WeirLiveRing *ring,
       const char   *origin,
       guint64       first,
       guint         n,
       guint         n_missed)
{
  g_autoptr(WeirEventBatch) batch = test_batch_new (first, n, "x");

  if (origin == NULL)
    weir_live_ring_push (ring, batch, NULL);
  else
    weir_live_ring_push_foreign (ring, batch, NULL, origin, n_missed);
}

static guint64
find_position (WeirLiveWriter *writer,
               const char     *id)
{
  guint64 position = G_MAXUINT64;

  g_assert_true (weir_live_writer_parse_id (writer, id, &position));
  return position;
}

/* Every place that a client is told can be found again, whoever's seqs are equal. */
static void
test_places (void)
{
  g_autoptr(WeirLiveRing) ring = weir_live_ring_new (1024 * 1024, G_MAXINT64 / 2, 10);
  g_autoptr(WeirLiveWriter) writer = weir_live_writer_new (ring, OWN);
  guint64 position;

  store (ring, NULL, 11, 2, 0);      /* 11 12 */
  store (ring, FOREIGN, 11, 3, 0);   /* 13 14 15 */
  store (ring, NULL, 13, 1, 0);      /* 16 */
  store (ring, FOREIGN, 20, 2, 6);   /* 17 to 22 never came, 23 24 */
  g_assert_cmpuint (weir_live_ring_get_last_position (ring), ==, 24);
  g_assert_cmpuint (weir_live_ring_get_last_seq (ring), ==, 13);

  for (guint64 at = 10; at <= 24; at++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      g_autofree char *id = NULL;

      weir_live_writer_append_id (writer, at, text);
      id = g_strndup (text->str + strlen ("id: "), strcspn (text->str, "\n") - strlen ("id: "));
      g_assert_cmpuint (find_position (writer, id), ==, at);
    }
  g_assert_cmpuint (find_position (writer, OWN "-12"), ==, 12);
  g_assert_cmpuint (find_position (writer, OWN "-13"), ==, 16);
  /* Of a process before this one: behind the own event. */
  g_assert_cmpuint (find_position (writer, OWN "-13.00000000.5"), ==, 16);
  g_assert_false (weir_live_writer_parse_id (writer, OWN "-14", &position));
  g_assert_false (weir_live_writer_parse_id (writer, OWN "-9", &position));
  g_assert_false (weir_live_writer_parse_id (writer, OWN "-12.x", &position));
  g_assert_false (weir_live_writer_parse_id (writer, OWN "-", &position));
  g_assert_false (weir_live_writer_parse_id (writer, FOREIGN "-12", &position));
}

static void
count_all (WeirLiveWriter *writer,
           WeirLiveRing   *ring,
           guint64         from,
           guint64        *n_events,
           guint64        *n_missed)
{
  WeirLiveRun run = { .cursor = from, .max_bytes = 1000, .deadline = G_MAXINT64 };

  *n_events = *n_missed = 0;
  run.until = weir_live_ring_get_last_position (ring);
  while (run.cursor < run.until)
    {
      g_autoptr(GBytes) bytes = weir_live_writer_run (writer, &run);

      g_assert_true (run.n_missed == 0 || run.start > from);
      *n_events += run.n_events;
      *n_missed += run.n_missed;
    }
}

/* Each is written or told of as missed, from wherever one begins, also when the ring forgets. */
static void
test_sums (void)
{
  g_autoptr(WeirLiveRing) ring = weir_live_ring_new (20 * 1000, G_MAXINT64 / 2, 0);
  g_autoptr(WeirLiveWriter) writer = weir_live_writer_new (ring, OWN);
  guint64 own = 1, foreign = 1, never = 0, n_events, n_missed;

  for (guint i = 0; i < 300; i++)
    {
      guint n = (guint) g_test_rand_int_range (1, 5);
      guint lost = g_test_rand_int_range (0, 4) == 0 ? (guint) g_test_rand_int_range (1, 9) : 0;

      if (g_test_rand_bit ())
        {
          store (ring, NULL, own, n, 0);
          own += n;
        }
      else
        {
          store (ring, FOREIGN, foreign + lost, n, lost);
          foreign += lost + n;
          never += lost;
        }
      if (i % 10 != 9)
        continue;
      for (guint64 from = 0; from <= weir_live_ring_get_last_position (ring); from += 13)
        {
          count_all (writer, ring, from, &n_events, &n_missed);
          g_assert_cmpuint (n_events + n_missed, ==, own + foreign - 2 - from);
        }
    }
  g_assert_cmpuint (never, >, 0);
  g_assert_cmpuint (weir_live_ring_get_floor (ring), >, 0);
}

static void
check_address (const char *url,
               const char *shown,
               const char *user,
               const char *password)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirRedisAddress) address = weir_redis_address_new (url, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (address->shown, ==, shown);
  g_assert_cmpstr (address->user, ==, user);
  g_assert_cmpstr (address->password, ==, password);
}

static void
test_addresses (void)
{
  static const char *const bad[] = {
    "", "host", "redis://", "http://host", "rediss://:hush@host", "redis://host/x", "redis://host/-1", "redis://host:99999",
    "redis://host/1/2", "redis://user@host", "redis://:hush@host/99999999", "redis://host/?db=1",
  };

  check_address ("redis://host", "redis://host:6379/0", NULL, NULL);
  check_address ("redis://:hush@host:7000/3", "redis://host:7000/3", NULL, "hush");
  check_address ("redis://me:h%40sh@[::1]:7000", "redis://[::1]:7000/0", "me", "h@sh");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (weir_redis_address_new (bad[i], &error));
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
      g_assert_null (strstr (error->message, "hush"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/relay-message/together", test_together);
  g_test_add_func ("/collector/relay-message/pieces", test_pieces);
  g_test_add_func ("/collector/relay-message/oldest-go", test_oldest_go);
  g_test_add_func ("/collector/relay-message/damaged", test_damaged);
  g_test_add_func ("/collector/relay-message/stands-for", test_stands_for);
  g_test_add_func ("/collector/relay-message/unsound-texts", test_unsound_texts);
  g_test_add_func ("/collector/relay-message/each-once", test_each_once);
  g_test_add_func ("/collector/relay-message/many-peers", test_many_peers);
  g_test_add_func ("/collector/relay-message/places", test_places);
  g_test_add_func ("/collector/relay-message/sums", test_sums);
  g_test_add_func ("/collector/relay-message/addresses", test_addresses);

  return g_test_run ();
}
