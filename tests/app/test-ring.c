/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "weir-event-item.h"

/* What a list view knows of a list, kept from its signals alone. */
typedef struct {
  GPtrArray *items;
  guint n_signals;
} Mirror;

static void
changed_cb (GListModel *list,
            guint       position,
            guint       removed,
            guint       added,
            Mirror     *mirror)
{
  mirror->n_signals++;
  g_assert_cmpuint (position + removed, <=, mirror->items->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror->items, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror->items, (int) (position + i),
                        g_list_model_get_item (list, position + i));
  g_assert_cmpuint (mirror->items->len, ==, g_list_model_get_n_items (list));
}

static void
mirror_init (Mirror        *mirror,
             WeirEventRing *ring)
{
  mirror->items = g_ptr_array_new_with_free_func (g_object_unref);
  mirror->n_signals = 0;
  g_signal_connect (ring, "items-changed", G_CALLBACK (changed_cb), mirror);
}

static void
mirror_clear (Mirror        *mirror,
              WeirEventRing *ring)
{
  g_signal_handlers_disconnect_by_data (ring, mirror);
  g_ptr_array_unref (mirror->items);
}

static gboolean
append (WeirEventRing *ring,
        guint          number)
{
  g_autofree char *name = g_strdup_printf ("event-%u", number);
  WeirEvent event;

  weir_event_init (&event);
  event.seq = number;
  weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
  return weir_event_ring_append (ring, &event);
}

/* The seq of the event at @position; 0 for none. */
static guint64
seq_at (WeirEventRing *ring,
        guint          position)
{
  g_autoptr(WeirEventItem) item = g_list_model_get_item (G_LIST_MODEL (ring), position);
  WeirEvent event;

  g_assert_nonnull (item);
  return weir_event_item_read (item, &event) ? event.seq : 0;
}

static void
assert_mirrored (Mirror        *mirror,
                 WeirEventRing *ring)
{
  g_assert_cmpuint (mirror->items->len, ==, g_list_model_get_n_items (G_LIST_MODEL (ring)));
  for (guint i = 0; i < mirror->items->len; i++)
    {
      g_autoptr(WeirEventItem) item = g_list_model_get_item (G_LIST_MODEL (ring), i);

      g_assert_true (item == g_ptr_array_index (mirror->items, i));
    }
}

static void
commit_all (WeirEventRing *ring)
{
  while (!weir_event_ring_commit (ring))
    g_usleep (1000);
}

static void
test_order (gconstpointer data)
{
  gboolean newest_first = GPOINTER_TO_INT (data);
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (1000, G_MAXSIZE / 2);
  Mirror mirror;

  mirror_init (&mirror, ring);
  weir_event_ring_set_newest_first (ring, newest_first);
  for (guint round = 0; round < 4; round++)
    {
      for (guint i = 1; i <= 5; i++)
        append (ring, round * 5 + i);
      g_assert_cmpuint (weir_event_ring_get_n_waiting (ring), ==, 5);
      commit_all (ring);
      assert_mirrored (&mirror, ring);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 20);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (seq_at (ring, i), ==, newest_first ? 20 - i : i + 1);
  /* One signal a commit, however many events. */
  g_assert_cmpuint (mirror.n_signals, ==, 4);
  mirror_clear (&mirror, ring);
}

static void
test_drops_in_chunks (gconstpointer data)
{
  gboolean newest_first = GPOINTER_TO_INT (data);
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  Mirror mirror;
  guint n;

  mirror_init (&mirror, ring);
  weir_event_ring_set_newest_first (ring, newest_first);
  for (guint i = 1; i <= 1234; i++)
    {
      g_assert_true (append (ring, i));
      g_assert_cmpuint (weir_event_ring_get_n_rows (ring), <=, 100);
      g_assert_cmpuint (weir_event_ring_get_n_rows (ring), >=, MIN (i, 90));
      if (i % 7 == 0)
        {
          commit_all (ring);
          assert_mirrored (&mirror, ring);
        }
    }
  commit_all (ring);
  n = g_list_model_get_n_items (G_LIST_MODEL (ring));
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (seq_at (ring, i), ==, newest_first ? 1234 - i : 1234 - n + 1 + i);
  mirror_clear (&mirror, ring);
}

static void
test_frozen_stays (gconstpointer data)
{
  gboolean newest_first = GPOINTER_TO_INT (data);
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  Mirror mirror;
  guint64 before[50];

  mirror_init (&mirror, ring);
  weir_event_ring_set_newest_first (ring, newest_first);
  for (guint i = 1; i <= 50; i++)
    append (ring, i);
  commit_all (ring);
  for (guint i = 0; i < 50; i++)
    before[i] = seq_at (ring, i);

  weir_event_ring_set_frozen (ring, TRUE);
  mirror.n_signals = 0;
  for (guint i = 51; i <= 100; i++)
    g_assert_true (append (ring, i));
  /* Full, and nothing may be dropped while someone reads. */
  g_assert_false (append (ring, 101));
  g_assert_true (weir_event_ring_commit (ring));
  g_assert_cmpuint (mirror.n_signals, ==, 0);
  g_assert_cmpuint (weir_event_ring_get_n_waiting (ring), ==, 50);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (seq_at (ring, i), ==, before[i]);

  weir_event_ring_set_frozen (ring, FALSE);
  commit_all (ring);
  assert_mirrored (&mirror, ring);
  g_assert_cmpuint (weir_event_ring_get_n_waiting (ring), ==, 0);
  g_assert_cmpuint (seq_at (ring, newest_first ? 0 : 99), ==, 100);
  g_assert_true (append (ring, 102));
  mirror_clear (&mirror, ring);
}

static void
count_cb (WeirEventItem *item,
          guint         *n)
{
  (*n)++;
}

static void
test_items_change_in_place (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (1000, G_MAXSIZE / 2);
  g_autoptr(WeirEventItem) first = NULL;
  g_autoptr(WeirEventItem) far = NULL;
  WeirEvent event;
  guint n_first = 0, n_far = 0;

  for (guint i = 1; i <= 100; i++)
    append (ring, i);
  commit_all (ring);
  weir_event_ring_set_n_near (ring, 10);
  first = g_list_model_get_item (G_LIST_MODEL (ring), 0);
  far = g_list_model_get_item (G_LIST_MODEL (ring), 50);
  g_signal_connect (first, "changed", G_CALLBACK (count_cb), &n_first);
  g_signal_connect (far, "changed", G_CALLBACK (count_cb), &n_far);

  append (ring, 101);
  commit_all (ring);
  g_assert_true (weir_event_item_read (first, &event));
  g_assert_cmpuint (event.seq, ==, 101);
  g_assert_cmpuint (n_first, ==, 1);
  /* What cannot be seen is told when it can be. */
  g_assert_cmpuint (n_far, ==, 0);
  weir_event_ring_set_frozen (ring, TRUE);
  g_assert_cmpuint (n_far, ==, 1);
  g_assert_true (weir_event_item_read (far, &event));
  g_assert_cmpuint (event.seq, ==, 51);
}

static void
test_bytes_are_bounded (void)
{
  const gsize max_bytes = 1024 * 1024;
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100000, max_bytes);
  g_autofree char *properties = g_strnfill (20000, ' ');
  WeirEvent event;

  weir_event_init (&event);
  weir_event_set_text (&event, WEIR_EVENT_NAME, "big", 3);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, 20000);
  for (guint i = 1; i <= 2000; i++)
    {
      event.seq = i;
      g_assert_true (weir_event_ring_append (ring, &event));
      g_assert_cmpuint (weir_event_ring_get_n_bytes (ring), <=, max_bytes + 2 * 256 * 1024);
    }
  commit_all (ring);
  g_assert_cmpuint (weir_event_ring_get_n_rows (ring), >, 10);
  g_assert_cmpuint (seq_at (ring, 0), ==, 2000);

  /* One that is larger than all the rest still has its place. */
  g_clear_pointer (&properties, g_free);
  properties = g_strnfill (4 * 1024 * 1024, ' ');
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, 4 * 1024 * 1024);
  event.seq = 2001;
  g_assert_true (weir_event_ring_append (ring, &event));
  commit_all (ring);
  g_assert_cmpuint (seq_at (ring, 0), ==, 2001);
}

static void
test_clear_and_outlive (void)
{
  WeirEventRing *ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  WeirEventItem *item;
  WeirEvent event;

  append (ring, 1);
  commit_all (ring);
  item = g_list_model_get_item (G_LIST_MODEL (ring), 0);
  weir_event_ring_clear (ring);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ring)), ==, 0);
  g_assert_false (weir_event_item_read (item, &event));
  /* An item keeps what it belongs to. */
  g_object_unref (ring);
  g_assert_cmpuint (weir_event_item_get_row (item), ==, WEIR_EVENT_RING_NO_ROW);
  g_assert_finalize_object (item);
}

static void
test_gap (void)
{
  g_autoptr(WeirEventRing) ring = weir_event_ring_new (100, G_MAXSIZE / 2);
  g_autoptr(WeirEventItem) item = NULL;
  g_autoptr(GString) text = g_string_new (NULL);
  WeirEvent event;

  weir_event_ring_append_gap (ring, 1204, 1000);
  commit_all (ring);
  item = g_list_model_get_item (G_LIST_MODEL (ring), 0);
  g_assert_true (weir_event_item_read (item, &event));
  weir_event_append_cell (&event, WEIR_COLUMN_EVENT, text);
  g_assert_cmpstr (text->str, ==, "1204 events missing here");
  g_string_truncate (text, 0);
  weir_event_append_cell (&event, WEIR_COLUMN_SOURCE, text);
  g_assert_cmpstr (text->str, ==, "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ring/order/newest-first", GINT_TO_POINTER (TRUE), test_order);
  g_test_add_data_func ("/ring/order/newest-last", GINT_TO_POINTER (FALSE), test_order);
  g_test_add_data_func ("/ring/drops/newest-first", GINT_TO_POINTER (TRUE), test_drops_in_chunks);
  g_test_add_data_func ("/ring/drops/newest-last", GINT_TO_POINTER (FALSE), test_drops_in_chunks);
  g_test_add_data_func ("/ring/frozen/newest-first", GINT_TO_POINTER (TRUE), test_frozen_stays);
  g_test_add_data_func ("/ring/frozen/newest-last", GINT_TO_POINTER (FALSE), test_frozen_stays);
  g_test_add_func ("/ring/items-change-in-place", test_items_change_in_place);
  g_test_add_func ("/ring/bytes-are-bounded", test_bytes_are_bounded);
  g_test_add_func ("/ring/clear-and-outlive", test_clear_and_outlive);
  g_test_add_func ("/ring/gap", test_gap);
  return g_test_run ();
}
