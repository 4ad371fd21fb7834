/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-store DIR N_EVENTS: how fast the store takes events, beside a bare sqlite3 loop that inserts the
 * same rows into the same tables with everything known beforehand. Both go through the same sequence:
 * blocks of one million events, one of them bare and one through the store, until N_EVENTS are stored in
 * each file; the rates of the first and the last block are what counts.
 */

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "weir-event-batch.h"
#include "weir-sqlite-store.h"

#define BATCH        1000
#define TRANSACTION  20
#define BLOCK        1000000
#define N_DEVICES    20000

static const char *const names[] = {
  "page_view", "click", "temperature", "heartbeat", "purchase", "sign_up", "search", "api_call",
};

static void
fill_event (WeirEvent *event,
            guint64    seq,
            char      *device,
            char      *properties)
{
  const char *name = names[seq * 2654435761u % G_N_ELEMENTS (names)];
  int length;

  weir_event_init (event);
  event->seq = seq;
  event->received = G_GINT64_CONSTANT (1767225600000000) + (gint64) seq * 10;
  event->timestamp = event->received - 50000 + (gint64) (seq * 7919 % 100000);
  event->value = (double) (seq % 1000) / 10;
  length = sprintf (device, "device-%u", (guint) (seq * 40503 % N_DEVICES));
  weir_event_set_text (event, WEIR_EVENT_DEVICE_ID, device, (gsize) length);
  weir_event_set_text (event, WEIR_EVENT_NAME, name, strlen (name));
  weir_event_set_text (event, WEIR_EVENT_SOURCE, "bench", 5);
  length = sprintf (properties, "{\"path\":\"/pricing\",\"line\":%u,\"ok\":true,\"plan\":\"professional\"}",
                    (guint) (seq % 97));
  weir_event_set_text (event, WEIR_EVENT_PROPERTIES, properties, (gsize) length);
}

static WeirEventBatch *
make_batch (WeirEventBuilder *builder,
            guint64           first_seq)
{
  char device[32], properties[128];
  WeirEvent event;

  for (guint i = 0; i < BATCH; i++)
    {
      fill_event (&event, first_seq + i, device, properties);
      weir_event_builder_add (builder, &event);
    }
  return weir_event_builder_end (builder, first_seq);
}

static double
run_store (WeirStore         *store,
           WeirEventBatch   **batches,
           guint              n_batches)
{
  g_autofree WeirPersonId *persons = g_new (WeirPersonId, BATCH * TRANSACTION);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < n_batches; i += TRANSACTION)
    {
      g_autoptr(GError) error = NULL;

      if (!weir_store_write (store, batches + i, MIN (TRANSACTION, n_batches - i), persons, &error))
        g_error ("%s", error->message);
      weir_store_maintain (store, 0, FALSE);
    }
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
run_sql (sqlite3    *db,
         const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static gint64
find_id (GHashTable *ids,
         const char *text)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (ids, text));
}

static double
run_bare (sqlite3         *db,
          sqlite3_stmt    *insert,
          GHashTable      *ids,
          WeirEventBatch **batches,
          guint            n_batches)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < n_batches; i++)
    {
      WeirEventIter iter;
      WeirEvent event;

      if (i % TRANSACTION == 0)
        run_sql (db, "BEGIN");
      weir_event_iter_init (&iter, batches[i]);
      while (weir_event_iter_next (&iter, &event))
        {
          sqlite3_bind_int64 (insert, 1, (gint64) event.seq);
          sqlite3_bind_int64 (insert, 2, find_id (ids, event.text[WEIR_EVENT_NAME]));
          sqlite3_bind_int64 (insert, 3, event.timestamp);
          sqlite3_bind_int64 (insert, 4, find_id (ids, event.text[WEIR_EVENT_DEVICE_ID]));
          sqlite3_bind_int64 (insert, 5, event.received);
          sqlite3_bind_int64 (insert, 6, 1);
          sqlite3_bind_int64 (insert, 7, 6);
          sqlite3_bind_double (insert, 8, event.value);
          sqlite3_bind_text (insert, 9, event.text[WEIR_EVENT_PROPERTIES],
                             (int) event.length[WEIR_EVENT_PROPERTIES], SQLITE_STATIC);
          if (sqlite3_step (insert) != SQLITE_DONE)
            g_error ("%s", sqlite3_errmsg (db));
          sqlite3_reset (insert);
        }
      if (i % TRANSACTION == TRANSACTION - 1 || i == n_batches - 1)
        run_sql (db, "COMMIT");
    }
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static GHashTable *
make_ids (void)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_hash_table_insert (ids, g_strdup (names[i]), GINT_TO_POINTER (i + 1));
  for (guint i = 0; i < N_DEVICES; i++)
    g_hash_table_insert (ids, g_strdup_printf ("device-%u", i), GINT_TO_POINTER (i + 1));

  return ids;
}

static WeirStore *
open_store (const char *path)
{
  g_autoptr(GError) error = NULL;
  WeirStore *store = weir_sqlite_store_new (path, "00000000-0000-8000-8000", 0);

  if (!weir_store_open (store, &error))
    g_error ("%s", error->message);
  return store;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr(GHashTable) ids = make_ids ();
  g_autofree char *store_path = NULL;
  g_autofree char *bare_path = NULL;
  g_autoptr(WeirStore) store = NULL;
  double first_store = 0, first_bare = 0, last_store = 0, last_bare = 0;
  sqlite3_stmt *insert;
  guint64 n_events;
  sqlite3 *db;

  if (argc != 3)
    return 64;
  n_events = g_ascii_strtoull (argv[2], NULL, 10);
  store_path = g_build_filename (argv[1], "store.db", NULL);
  bare_path = g_build_filename (argv[1], "bare.db", NULL);

  /* The bare file gets its tables from the store, and then the same settings. */
  store = open_store (bare_path);
  weir_store_close (store);
  g_clear_object (&store);
  store = open_store (store_path);
  sqlite3_open (bare_path, &db);
  run_sql (db, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -16384");
  sqlite3_prepare_v2 (db, "INSERT INTO event (seq, name_id, time, identity_id, received, source_id, flags, value,"
                          " properties) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", -1, &insert, NULL);

  for (guint64 done = 0; done < n_events; done += BLOCK)
    {
      g_autoptr(GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
      double bare, stored;

      for (guint i = 0; i < BLOCK / BATCH; i++)
        g_ptr_array_add (batches, make_batch (builder, done + 1 + i * BATCH));
      bare = run_bare (db, insert, ids, (WeirEventBatch **) batches->pdata, batches->len);
      stored = run_store (store, (WeirEventBatch **) batches->pdata, batches->len);
      last_bare = BLOCK / bare;
      last_store = BLOCK / stored;
      if (done == 0)
        {
          first_bare = last_bare;
          first_store = last_store;
        }
      printf ("  to %3u M events: bare loop %7.0f /s, store %7.0f /s, ratio %.2f\n", (guint) (done / BLOCK + 1),
              last_bare, last_store, last_store / last_bare);
      fflush (stdout);
    }
  printf ("store: ratio to the bare loop %.2f at first, %.2f at %u M; store at the end / at first %.2f\n",
          first_store / first_bare, last_store / last_bare, (guint) (n_events / BLOCK), last_store / first_store);
  sqlite3_finalize (insert);
  sqlite3_close (db);
  weir_store_close (store);

  return 0;
}
