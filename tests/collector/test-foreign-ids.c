/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "weir-foreign-ids.h"

#define SEED     5
#define CAPACITY 1000

/* Every other event has a message id; they were hashed where they come from. */
static void
tell (WeirForeignIds *ids,
      guint           first,
      guint           n)
{
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr(WeirEventBatch) batch = NULL;

  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("id-%u", i);
      WeirEvent event;

      weir_event_init (&event);
      weir_event_set_text (&event, WEIR_EVENT_NAME, "test", 4);
      weir_event_set_text (&event, WEIR_EVENT_SOURCE, "local", 5);
      weir_event_set_text (&event, WEIR_EVENT_DEVICE_ID, "device-1", 8);
      if (i % 2 == 0)
        weir_event_set_text (&event, WEIR_EVENT_ID, id, strlen (id));
      weir_event_hash_id (&event, SEED + 1);
      weir_event_builder_add (builder, &event);
    }
  batch = weir_event_builder_end (builder, 1);
  weir_foreign_ids_add (ids, batch);
}

static gboolean
has (WeirForeignIds *ids,
     const char     *source,
     guint           number)
{
  g_autofree char *id = g_strdup_printf ("id-%u", number);
  WeirEvent event;

  weir_event_init (&event);
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, source, strlen (source));
  weir_event_set_text (&event, WEIR_EVENT_ID, id, strlen (id));
  weir_event_hash_id (&event, SEED);
  return weir_foreign_ids_has (ids, event.id_hash);
}

/* The last so many, by the hash that this collector makes of them. */
static void
test_last (void)
{
  g_autoptr(WeirForeignIds) ids = weir_foreign_ids_new (CAPACITY, SEED);

  tell (ids, 0, 10);
  g_assert_cmpuint (weir_foreign_ids_get_count (ids), ==, 5);
  g_assert_true (has (ids, "local", 0));
  g_assert_false (has (ids, "local", 1));
  g_assert_true (has (ids, "local", 8));
  g_assert_false (has (ids, "shop", 8));
  tell (ids, 0, 10);
  g_assert_cmpuint (weir_foreign_ids_get_count (ids), ==, 5);

  tell (ids, 1000, 3000);
  g_assert_cmpuint (weir_foreign_ids_get_count (ids), ==, CAPACITY);
  for (guint i = 0; i < 5000; i++)
    g_assert_true (has (ids, "local", i) == (i % 2 == 0 && i >= 2000 && i < 4000));
}

static gpointer
tell_all (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    tell (data, i * 100, 100);
  return NULL;
}

/* One tells, another asks, and once it is there it stays for as long as there is room. */
static void
test_threads (void)
{
  g_autoptr(WeirForeignIds) ids = weir_foreign_ids_new (100000, SEED);
  GThread *thread = g_thread_new ("teller", tell_all, ids);

  for (guint i = 0; i < 20000; i += 2)
    while (!has (ids, "local", i))
      g_thread_yield ();
  g_thread_join (thread);
  for (guint i = 0; i < 20000; i++)
    g_assert_true (has (ids, "local", i) == (i % 2 == 0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/foreign-ids/last", test_last);
  g_test_add_func ("/foreign-ids/threads", test_threads);

  return g_test_run ();
}
