/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-identity DIR N_PERSONS: what it costs to know who is who. N_PERSONS persons of two ids each, each seen
 * anonymously first; one person of a hundred thousand ids, who then joins others and is joined again and again;
 * persons in a chain. Rates are events a second with everything that belongs to it, in transactions of 20 000.
 */

#include <stdio.h>
#include <string.h>

#include "weir-event-batch.h"
#include "weir-sqlite-store.h"

#define TRANSACTION 20000
#define N_IDS       100000
#define N_MERGES    1000
#define NOW         G_GINT64_CONSTANT (1767225600000000)

typedef struct {
  WeirStore *store;
  WeirEventBuilder *builder;
  guint64 seq;
  WeirPersonId *persons;
} Bench;

static void
add (Bench         *bench,
     const char    *name,
     const char    *user,
     WeirEventText  which,
     const char    *other)
{
  WeirEvent event;

  weir_event_init (&event);
  event.seq = ++bench->seq;
  event.timestamp = event.received = NOW + (gint64) event.seq;
  weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, "bench", 5);
  if (user != NULL)
    weir_event_set_text (&event, WEIR_EVENT_USER_ID, user, strlen (user));
  if (other != NULL)
    weir_event_set_text (&event, which, other, strlen (other));
  weir_event_builder_add (bench->builder, &event);
}

static void
flush (Bench *bench)
{
  guint n = weir_event_builder_get_n_events (bench->builder);
  g_autoptr(WeirEventBatch) batch = weir_event_builder_end (bench->builder, bench->seq - n + 1);
  g_autoptr(GError) error = NULL;

  if (!weir_store_write (bench->store, &batch, 1, bench->persons, &error))
    g_error ("%s", error->message);
  weir_store_maintain (bench->store, NOW, FALSE);
}

static void
flush_if_full (Bench *bench)
{
  if (weir_event_builder_get_n_events (bench->builder) >= TRANSACTION - 1)
    flush (bench);
}

static double
rate (gint64 start,
      guint  n)
{
  return n * 1e6 / (double) (g_get_monotonic_time () - start);
}

static void
bench_persons (Bench *bench,
               guint  n)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++)
    {
      char user[32], anonymous[32];

      g_snprintf (user, sizeof user, "user-%u", i * 2654435761u);
      g_snprintf (anonymous, sizeof anonymous, "anonymous-%u", i * 40503u);
      add (bench, "page_view", NULL, WEIR_EVENT_ANONYMOUS_ID, anonymous);
      add (bench, "$identify", user, WEIR_EVENT_ANONYMOUS_ID, anonymous);
      flush_if_full (bench);
    }
  flush (bench);
  printf ("persons: %u of two ids each, %.0f events/s\n", n, rate (start, n * 2));

  start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    {
      char user[32], anonymous[32];
      guint which = i % 20000;

      g_snprintf (user, sizeof user, "user-%u", which * 2654435761u);
      g_snprintf (anonymous, sizeof anonymous, "anonymous-%u", which * 40503u);
      add (bench, "page_view", user, WEIR_EVENT_ANONYMOUS_ID, anonymous);
      flush_if_full (bench);
    }
  flush (bench);
  printf ("repeated: events with both ids of 20000 persons, %.0f events/s\n", rate (start, n));
}

static void
bench_merges (Bench *bench)
{
  gint64 start = g_get_monotonic_time ();
  gint64 slowest = 0;

  for (guint i = 0; i < N_IDS; i++)
    {
      char anonymous[32];

      g_snprintf (anonymous, sizeof anonymous, "many-%u", i);
      add (bench, "e", "large", WEIR_EVENT_ANONYMOUS_ID, anonymous);
      flush_if_full (bench);
    }
  flush (bench);
  printf ("large: one person of %u ids, %.0f events/s\n", N_IDS, rate (start, N_IDS));

  start = g_get_monotonic_time ();
  for (guint i = 0; i < N_MERGES; i++)
    {
      char from[32], to[32];
      gint64 begin;

      g_snprintf (from, sizeof from, i == 0 ? "large" : "small-%u", i - 1);
      g_snprintf (to, sizeof to, "small-%u", i);
      add (bench, "e", to, 0, NULL);
      flush (bench);
      add (bench, "$merge", to, WEIR_EVENT_PREVIOUS_ID, from);
      begin = g_get_monotonic_time ();
      flush (bench);
      slowest = MAX (slowest, g_get_monotonic_time () - begin);
    }
  printf ("merge: the large person joins %u others in a chain, a transaction each: %.2f ms, slowest %.2f ms\n",
          N_MERGES, (double) (g_get_monotonic_time () - start) / N_MERGES / 2000, (double) slowest / 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  Bench bench = { 0 };
  gint64 start;

  g_assert_cmpint (argc, ==, 3);
  path = g_build_filename (argv[1], "identity.db", NULL);
  bench.store = weir_sqlite_store_new (path, "01234567-89ab-8cde-8f01", 0);
  bench.builder = weir_event_builder_new ();
  bench.persons = g_new0 (WeirPersonId, TRANSACTION + 1);
  if (!weir_store_open (bench.store, &error))
    g_error ("%s", error->message);

  bench_persons (&bench, (guint) g_ascii_strtoull (argv[2], NULL, 10));
  bench_merges (&bench);

  start = g_get_monotonic_time ();
  if (!weir_store_set_edge_voided (bench.store, 1, TRUE, &error))
    g_error ("%s", error->message);
  printf ("undo: an edge of a person of two ids taken back in %.2f ms\n",
          (double) (g_get_monotonic_time () - start) / 1000);
  weir_store_close (bench.store);
  start = g_get_monotonic_time ();
  if (!weir_store_open (bench.store, &error))
    g_error ("%s", error->message);
  printf ("open: who is who read in %.0f ms\n", (double) (g_get_monotonic_time () - start) / 1000);

  weir_store_close (bench.store);
  g_object_unref (bench.store);
  weir_event_builder_free (bench.builder);
  g_free (bench.persons);

  return 0;
}
