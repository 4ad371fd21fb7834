/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-feed.h"
#include "weir-event-item.h"

static GBytes *
make_message (guint       seq,
              const char *rest)
{
  char *json = g_strdup_printf ("{\"seq\":%u,\"id\":\"m-%u\",\"event\":\"purchase\","
                                "\"timestamp\":\"2026-01-01T10:31:07.204Z\","
                                "\"received\":\"2026-01-01T10:31:07.300Z\",\"source\":\"shop\","
                                "\"distinct_id\":\"u-1042\",\"user_id\":\"u-1042\",\"value\":21.5"
                                "%s}", seq, seq, rest);

  return g_bytes_new_take (json, strlen (json));
}

static void
push (WeirEventFeed *feed,
      guint          seq)
{
  g_autoptr(GBytes) message = make_message (seq, ",\"properties\":{\"plan\":\"pro\"}");

  weir_event_feed_push (feed, message);
}

static void
push_text (WeirEventFeed *feed,
           const char    *text)
{
  g_autoptr(GBytes) message = g_bytes_new_static (text, strlen (text));

  weir_event_feed_push (feed, message);
}

static void
flush_all (WeirEventFeed *feed)
{
  while (weir_event_feed_flush (feed, 1000))
    g_usleep (500);
}

static char *
dup_cell (WeirEventRing   *ring,
          guint            position,
          WeirEventColumn  column)
{
  g_autoptr(WeirEventItem) item = g_list_model_get_item (G_LIST_MODEL (ring), position);
  GString *text = g_string_new (NULL);
  WeirEvent event;

  g_assert_true (weir_event_item_read (item, &event));
  weir_event_append_cell (&event, column, text);
  return g_string_free (text, FALSE);
}

#define assert_cell(ring, position, column, expected) \
  G_STMT_START { \
    g_autofree char *cell = dup_cell (ring, position, column); \
    g_assert_cmpstr (cell, ==, expected); \
  } G_STMT_END

static void
test_cells (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirSeenNames) names = weir_seen_names_new ();
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, names);
  g_autoptr(GBytes) bad = make_message (8, ",\"properties\":{\"error\":\"card declined\"}");
  g_auto(GStrv) found = NULL;

  push (feed, 7);
  weir_event_feed_push (feed, bad);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 0);
  flush_all (feed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 2);
  assert_cell (ring, 1, WEIR_COLUMN_TIME, "10:31:07.204");
  assert_cell (ring, 1, WEIR_COLUMN_EVENT, "purchase");
  assert_cell (ring, 1, WEIR_COLUMN_SOURCE, "shop");
  assert_cell (ring, 1, WEIR_COLUMN_PERSON, "u-1042");
  assert_cell (ring, 1, WEIR_COLUMN_VALUE, "21.50");
  assert_cell (ring, 1, WEIR_COLUMN_PROPERTIES, "plan=pro");
  /* An error is a word, not only a colour. */
  assert_cell (ring, 0, WEIR_COLUMN_EVENT, "Error · purchase");

  found = weir_seen_names_find (names, "plan", "", 10);
  g_assert_cmpstr (found[0], ==, "pro");
  g_assert_null (found[1]);
}

static void
test_unreadable_is_counted (void)
{
  static const char * const texts[] = { "", "{", "[]", "null", "{\"seq\":1}", "\"x\"" };
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);
  g_autofree char *name = g_strnfill (70000, 'x');
  g_autofree char *huge = g_strdup_printf ("{\"seq\":1,\"event\":\"%s\"}", name);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    push_text (feed, texts[i]);
  /* Longer than a record can say. */
  push_text (feed, huge);
  push (feed, 2);
  flush_all (feed);
  g_assert_cmpuint (weir_event_feed_get_n_unreadable (feed), ==, G_N_ELEMENTS (texts) + 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 1);
}

static void
test_gap_has_its_place (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);

  push (feed, 1);
  weir_event_feed_push_gap (feed, 30);
  weir_event_feed_push_gap (feed, 12);
  push (feed, 44);
  flush_all (feed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 3);
  assert_cell (ring, 1, WEIR_COLUMN_EVENT, "42 events missing here");
  g_assert_cmpuint (weir_event_feed_get_n_missed (feed), ==, 42);

  /* One that nothing follows is shown as well. */
  weir_event_feed_push_gap (feed, 0);
  flush_all (feed);
  assert_cell (ring, 0, WEIR_COLUMN_EVENT, "Events may be missing here");
}

static void
push_foreign (WeirEventFeed *feed,
              guint          seq)
{
  g_autofree char *text = g_strdup_printf ("{\"collector\":\"c\",\"collector_seq\":%u,\"id\":\"f-%u\","
                                           "\"event\":\"foreign\",\"timestamp\":\"2026-01-01T10:31:07.204Z\"}",
                                           seq, seq);
  g_autoptr(GBytes) message = g_bytes_new (text, strlen (text));

  weir_event_feed_push (feed, message);
}

static void
push_earlier (WeirEventFeed *feed,
              guint          seq)
{
  g_autoptr(GBytes) message = make_message (seq, "");

  weir_event_feed_push_earlier (feed, message);
}

/* Events of other collectors, whose seqs mean nothing here, come between those of this one. */
static void
test_foreign_events (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);

  weir_event_feed_set_held (feed, TRUE);
  push_foreign (feed, 1);
  push_foreign (feed, 2);
  push (feed, 5);
  push_foreign (feed, 2);   /* of yet another one */
  push (feed, 6);
  for (guint seq = 6; seq > 2; seq--)
    push_earlier (feed, seq);
  g_assert_cmpuint (weir_event_feed_get_n_pending (feed), ==, 7);
  weir_event_feed_set_held (feed, FALSE);
  flush_all (feed);
  push_foreign (feed, 3);
  push (feed, 6);           /* once more */
  push (feed, 7);
  flush_all (feed);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 9);
  assert_cell (ring, 0, WEIR_COLUMN_EVENT, "purchase");
  assert_cell (ring, 1, WEIR_COLUMN_EVENT, "foreign");
  assert_cell (ring, 2, WEIR_COLUMN_EVENT, "purchase");
  assert_cell (ring, 3, WEIR_COLUMN_EVENT, "foreign");
  assert_cell (ring, 8, WEIR_COLUMN_EVENT, "purchase");
  g_assert_cmpuint (weir_event_feed_get_n_missed (feed), ==, 0);
  g_assert_cmpuint (weir_event_feed_get_n_unreadable (feed), ==, 0);
}

/* History alone in front of what others sent. */
static void
test_history_before_foreign_events (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);

  weir_event_feed_set_held (feed, TRUE);
  push_foreign (feed, 1);
  push_earlier (feed, 9);
  push_earlier (feed, 8);
  weir_event_feed_set_held (feed, FALSE);
  flush_all (feed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 3);
  assert_cell (ring, 0, WEIR_COLUMN_EVENT, "foreign");
}

static void
test_pending_is_bounded (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (200000, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);
  const guint n = 50000;

  for (guint i = 1; i <= n; i++)
    push (feed, i);
  g_assert_cmpuint (weir_event_feed_get_n_pending (feed), <, n);
  flush_all (feed);
  g_assert_cmpuint (weir_event_feed_get_n_missed (feed)
                    + g_list_model_get_n_items (G_LIST_MODEL (ring)) - 1, ==, n);
}

static void
test_frozen_and_full (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);

  push (feed, 1);
  flush_all (feed);
  weir_event_ring_set_frozen (ring, TRUE);
  for (guint i = 2; i <= 150; i++)
    push (feed, i);
  flush_all (feed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 1);
  g_assert_cmpuint (weir_event_ring_get_n_waiting (ring), ==, 99);
  g_assert_cmpuint (weir_event_feed_get_n_missed (feed), ==, 50);

  /* What was not kept is said where it is missing. */
  weir_event_ring_set_frozen (ring, FALSE);
  push (feed, 151);
  flush_all (feed);
  assert_cell (ring, 1, WEIR_COLUMN_EVENT, "50 events missing here");
}

/* After a break of unknown length events may be numbered anew. */
static void
test_each_once (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventFeed) feed = weir_event_feed_new (ring, NULL);

  push (feed, 5);
  push (feed, 6);
  push (feed, 5);
  push (feed, 6);
  push (feed, 7);
  flush_all (feed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 3);
  weir_event_feed_push_gap (feed, 0);
  push (feed, 1);
  flush_all (feed);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 5);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed/cells", test_cells);
  g_test_add_func ("/feed/unreadable-is-counted", test_unreadable_is_counted);
  g_test_add_func ("/feed/gap-has-its-place", test_gap_has_its_place);
  g_test_add_func ("/feed/each-once", test_each_once);
  g_test_add_func ("/feed/foreign-events", test_foreign_events);
  g_test_add_func ("/feed/history-before-foreign-events", test_history_before_foreign_events);
  g_test_add_func ("/feed/pending-is-bounded", test_pending_is_bounded);
  g_test_add_func ("/feed/frozen-and-full", test_frozen_and_full);
  return g_test_run ();
}
