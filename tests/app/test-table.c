/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "weir-event-cell.h"
#include "weir-live-columns.h"
#include "weir-live-table.h"
#include "weir-settings.h"

typedef struct {
  GtkWidget *window;
  WeirEventRing *ring;
  WeirLiveTable *table;
  guint n_events;
} Fixture;

/* Lets a few frames go by. */
static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 100 * 1000;

  while (g_get_monotonic_time () < end)
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (2000);
    }
}

static void
add_events (Fixture *fixture,
            guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("event-%u", ++fixture->n_events);
      WeirEvent event;

      weir_event_init (&event);
      event.seq = fixture->n_events;
      event.flags = fixture->n_events % 2 == 0 ? WEIR_EVENT_IS_ERROR : 0;
      weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
      g_assert_true (weir_event_ring_append (fixture->ring, &event));
    }
  while (!weir_event_ring_commit (fixture->ring))
    g_usleep (1000);
  weir_live_table_follow (fixture->table);
  settle ();
}

static void
set_up (Fixture       *fixture,
        gconstpointer  newest_first)
{
  fixture->ring = weir_event_ring_new (10000, G_MAXSIZE / 2);
  weir_event_ring_set_newest_first (fixture->ring, GPOINTER_TO_INT (newest_first));
  fixture->table = g_object_new (WEIR_TYPE_LIVE_TABLE, NULL);
  weir_live_table_set_ring (fixture->table, fixture->ring);
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 400);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->table));
  gtk_window_present (GTK_WINDOW (fixture->window));
  settle ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  newest_first)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->ring);
}

/* The seq of the event in the row at the edge of what can be seen: the first or the last. */
static void
find_extremes (GtkWidget *widget,
               GtkWidget *top,
               guint64   *lowest,
               guint64   *highest)
{
  graphene_rect_t bounds;
  WeirEvent event;

  if (WEIR_IS_EVENT_CELL (widget)
      && weir_event_cell_get_item (WEIR_EVENT_CELL (widget)) != NULL
      && gtk_widget_compute_bounds (widget, top, &bounds)
      && bounds.origin.y + bounds.size.height / 2 > 30
      && bounds.origin.y + bounds.size.height / 2 < (float) gtk_widget_get_height (top)
      && weir_event_item_read (weir_event_cell_get_item (WEIR_EVENT_CELL (widget)), &event))
    {
      *lowest = MIN (*lowest, event.seq);
      *highest = MAX (*highest, event.seq);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_extremes (child, top, lowest, highest);
}

static guint64
get_highest_seen (Fixture *fixture)
{
  guint64 lowest = G_MAXUINT64, highest = 0;

  find_extremes (GTK_WIDGET (fixture->table), GTK_WIDGET (fixture->table), &lowest, &highest);
  return highest;
}

/* Waits until the newest event that can be seen is @seq, however slow the machine. */
static void
assert_newest_seen (Fixture *fixture,
                    guint64  seq)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (get_highest_seen (fixture) != seq && g_get_monotonic_time () < end)
    settle ();
  g_assert_cmpuint (get_highest_seen (fixture), ==, seq);
}

static void
test_follows (Fixture       *fixture,
              gconstpointer  newest_first)
{
  for (guint i = 0; i < 8; i++)
    {
      add_events (fixture, 37);
      assert_newest_seen (fixture, fixture->n_events);
      g_assert_false (weir_live_table_get_frozen (fixture->table));
    }
}

static void
test_pause (Fixture       *fixture,
            gconstpointer  newest_first)
{
  add_events (fixture, 200);
  assert_newest_seen (fixture, 200);
  weir_live_table_set_paused (fixture->table, TRUE);
  g_assert_true (weir_live_table_get_frozen (fixture->table));
  add_events (fixture, 50);
  g_assert_cmpuint (get_highest_seen (fixture), ==, 200);
  g_assert_cmpuint (weir_event_ring_get_n_waiting (fixture->ring), ==, 50);
  weir_live_table_set_paused (fixture->table, FALSE);
  g_assert_false (weir_live_table_get_frozen (fixture->table));
  add_events (fixture, 1);
  assert_newest_seen (fixture, 251);
}

static void
test_selecting_freezes (Fixture       *fixture,
                        gconstpointer  newest_first)
{
  WeirEvent event;
  GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (fixture->table));

  add_events (fixture, 100);
  view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (view));
  gtk_selection_model_select_item (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)), 42, TRUE);
  g_assert_true (weir_live_table_get_frozen (fixture->table));
  g_assert_true (weir_event_item_read (weir_live_table_get_selected (fixture->table), &event));
  add_events (fixture, 100);
  {
    WeirEvent later;

    g_assert_true (weir_event_item_read (weir_live_table_get_selected (fixture->table), &later));
    g_assert_cmpuint (later.seq, ==, event.seq);
  }
  weir_live_table_go_on (fixture->table);
  g_assert_null (weir_live_table_get_selected (fixture->table));
  g_assert_false (weir_live_table_get_frozen (fixture->table));
}

static void
test_columns_are_remembered (void)
{
  g_autoptr(GSettings) settings = weir_settings_new ();
  WeirLiveTable *table = g_object_ref_sink (g_object_new (WEIR_TYPE_LIVE_TABLE, NULL));
  GtkColumnViewColumn *column;

  weir_live_table_bind_settings (table, settings);
  column = weir_live_table_get_column (table, WEIR_COLUMN_SOURCE);
  gtk_column_view_column_set_visible (column, FALSE);
  column = weir_live_table_get_column (table, WEIR_COLUMN_EVENT);
  gtk_column_view_column_set_fixed_width (column, 333);
  g_assert_finalize_object (table);

  table = g_object_ref_sink (g_object_new (WEIR_TYPE_LIVE_TABLE, NULL));
  weir_live_table_bind_settings (table, settings);
  column = weir_live_table_get_column (table, WEIR_COLUMN_SOURCE);
  g_assert_false (gtk_column_view_column_get_visible (column));
  column = weir_live_table_get_column (table, WEIR_COLUMN_EVENT);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (column), ==, 333);
  column = weir_live_table_get_column (table, WEIR_COLUMN_TIME);
  g_assert_true (gtk_column_view_column_get_visible (column));
  g_assert_finalize_object (table);
}

static void
add (const char *path,
     void        (*test) (Fixture *, gconstpointer))
{
  g_autofree char *first = g_strconcat (path, "/newest-first", NULL);
  g_autofree char *last = g_strconcat (path, "/newest-last", NULL);

  g_test_add (first, Fixture, GINT_TO_POINTER (TRUE), set_up, test, tear_down);
  g_test_add (last, Fixture, GINT_TO_POINTER (FALSE), set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/table/follows", test_follows);
  add ("/table/pause", test_pause);
  add ("/table/selecting-freezes", test_selecting_freezes);
  g_test_add_func ("/table/columns-are-remembered", test_columns_are_remembered);
  return g_test_run ();
}
