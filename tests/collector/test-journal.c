/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>

#include "weir-dedup-window.h"
#include "weir-error.h"
#include "weir-journal.h"
#include "weir-sqlite-store.h"

typedef struct {
  char *dir;
  char *journal_path;
  char *store_path;
  WeirJournal *journal;
  WeirConsumer *consumer;   /* if it is wanted */
  gboolean wants_consumer;
  WeirForeignIds *others;   /* if they are wanted */
  WeirStore *store;
  GMainContext *context;
  WeirReplyQueue *replies;
  WeirEventBuilder *builder;
  guint n_done;
} Fixture;

static void
on_done (WeirJournalEntry *entry)
{
  (*(guint *) entry->user_data)++;
}

static void
open_all (Fixture        *fixture,
          WeirDurability  durability)
{
  WeirJournalOptions options = {
    .durability = durability,
    .max_bytes = 4 * 1024 * 1024,
    .max_backlog_bytes = 1024 * 1024,
    .max_queue_bytes = 64 * 1024 * 1024,
    .dedup_window = 1000,
  };
  g_autoptr(GError) error = NULL;

  fixture->journal = weir_journal_open (fixture->journal_path, &options, &error);
  g_assert_no_error (error);
  fixture->store = weir_sqlite_store_new (fixture->store_path,
                                          weir_journal_get_instance (fixture->journal), 0);
  weir_store_open (fixture->store, &error);
  g_assert_no_error (error);
  if (fixture->wants_consumer)
    fixture->consumer = weir_journal_add_consumer (fixture->journal, "there");
  if (fixture->others != NULL)
    weir_journal_set_others (fixture->journal, fixture->others);
  weir_journal_start (fixture->journal, fixture->store, &error);
  g_assert_no_error (error);
}

static void
close_all (Fixture *fixture)
{
  weir_journal_stop (fixture->journal);
  weir_store_close (fixture->store);
  g_assert_finalize_object (fixture->journal);
  g_assert_finalize_object (fixture->store);
}

static void
setup (Fixture       *fixture,
       gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("weir-journal-XXXXXX", NULL);
  fixture->journal_path = g_build_filename (fixture->dir, "journal.db", NULL);
  fixture->store_path = g_build_filename (fixture->dir, "events.db", NULL);
  fixture->context = g_main_context_new ();
  fixture->replies = weir_reply_queue_new (fixture->context);
  fixture->builder = weir_event_builder_new ();
  open_all (fixture, (WeirDurability) GPOINTER_TO_INT (data));
}

static void
teardown (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  close_all (fixture);
  weir_reply_queue_free (fixture->replies);
  weir_event_builder_free (fixture->builder);
  g_main_context_unref (fixture->context);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->journal_path);
  g_free (fixture->store_path);
}

static void
add_event (Fixture    *fixture,
           const char *id,
           gsize       padding)
{
  g_autofree char *properties = g_strnfill (padding + 1, ' ');
  WeirEvent event;

  properties[0] = '{';
  properties[padding] = '}';
  weir_event_init (&event);
  event.timestamp = event.received = g_get_real_time ();
  weir_event_set_text (&event, WEIR_EVENT_NAME, "test", 4);
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, "local", 5);
  weir_event_set_text (&event, WEIR_EVENT_DEVICE_ID, "device-1", 8);
  if (id != NULL)
    weir_event_set_text (&event, WEIR_EVENT_ID, id, strlen (id));
  if (padding > 0)
    weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, padding + 1);
  weir_event_hash_id (&event, weir_journal_get_hash_seed (fixture->journal));
  weir_event_builder_add (fixture->builder, &event);
}

/* Pushes what the builder holds as one request and waits for its answer. */
static gboolean
push (Fixture           *fixture,
      WeirJournalEntry  *entry,
      GError           **error)
{
  memset (entry, 0, sizeof *entry);
  entry->n_received = weir_event_builder_get_n_events (fixture->builder);
  entry->batch = weir_event_builder_end (fixture->builder, 0);
  entry->reply_queue = fixture->replies;
  entry->done = on_done;
  entry->user_data = &fixture->n_done;
  fixture->n_done = 0;
  if (weir_journal_push (fixture->journal, entry, error))
    {
      while (fixture->n_done == 0)
        g_main_context_iteration (fixture->context, TRUE);
      if (entry->error != NULL)
        g_propagate_error (error, g_steal_pointer (&entry->error));
    }
  g_clear_pointer (&entry->batch, weir_event_batch_unref);

  return *error == NULL;
}

static void
push_ok (Fixture          *fixture,
         WeirJournalEntry *entry)
{
  g_autoptr(GError) error = NULL;

  push (fixture, entry, &error);
  g_assert_no_error (error);
}

/* Does what the sink does, until the journal has no more. Returns how many events. */
static guint
drain (Fixture *fixture)
{
  guint n_events = 0;

  for (;;)
    {
      g_autofree WeirPersonId *persons = NULL;
      g_autoptr(WeirEventBatch) batch = NULL;
      g_autoptr(GError) error = NULL;
      WeirStoreCounts counts;

      weir_store_get_counts (fixture->store, &counts);
      batch = weir_journal_wait_next (fixture->journal, counts.cursor, 0);
      if (batch == NULL)
        return n_events;
      persons = g_new (WeirPersonId, weir_event_batch_get_n_events (batch));
      weir_store_write (fixture->store, &batch, 1, persons, &error);
      g_assert_no_error (error);
      weir_store_get_counts (fixture->store, &counts);
      weir_journal_advance (fixture->journal, &counts);
      n_events += weir_event_batch_get_n_events (batch);
    }
}

static void
assert_sums (Fixture *fixture)
{
  WeirJournalStatus status;

  weir_journal_get_status (fixture->journal, &status);
  g_assert_cmpuint (status.ledger.received, ==,
                    status.ledger.accepted + status.ledger.duplicate + status.ledger.rejected);
  g_assert_cmpuint (status.ledger.accepted, ==,
                    status.ledger.stored + status.ledger.queued + status.ledger.dead_lettered);
}

static void
test_dedup (Fixture       *fixture,
            gconstpointer  data)
{
  WeirJournalEntry entry;

  add_event (fixture, "m1", 0);
  add_event (fixture, "m2", 0);
  add_event (fixture, "m1", 0);
  add_event (fixture, NULL, 0);
  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (entry.accepted, ==, 4);
  g_assert_cmpuint (entry.duplicates, ==, 1);
  assert_sums (fixture);
  g_assert_cmpuint (drain (fixture), ==, 4);
  assert_sums (fixture);

  /* The window survives a restart, from the store… */
  close_all (fixture);
  open_all (fixture, WEIR_DURABILITY_FSYNC);
  add_event (fixture, "m2", 0);
  add_event (fixture, "m3", 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (entry.accepted, ==, 1);
  g_assert_cmpuint (entry.duplicates, ==, 1);

  /* …and from what the store does not have yet. */
  close_all (fixture);
  open_all (fixture, WEIR_DURABILITY_FSYNC);
  add_event (fixture, "m3", 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (entry.accepted, ==, 0);
  g_assert_cmpuint (entry.duplicates, ==, 1);
  g_assert_cmpuint (drain (fixture), ==, 1);
  assert_sums (fixture);
}

static void
check_id (Fixture    *fixture,
          const char *id,
          gboolean    is_new)
{
  WeirJournalEntry entry;

  add_event (fixture, id, 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (entry.accepted, ==, is_new);
  g_assert_cmpuint (entry.duplicates, ==, !is_new);
}

/* What another collector has is a duplicate, and counts as one. */
static void
test_others (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(WeirEventBatch) told = NULL;

  fixture->others = weir_foreign_ids_new (10, weir_journal_get_hash_seed (fixture->journal));
  close_all (fixture);
  open_all (fixture, WEIR_DURABILITY_FSYNC);
  add_event (fixture, "theirs", 0);
  told = weir_event_builder_end (fixture->builder, 1);
  check_id (fixture, "own", TRUE);
  weir_foreign_ids_add (fixture->others, told);
  check_id (fixture, "theirs", FALSE);
  check_id (fixture, "own", FALSE);
  check_id (fixture, NULL, TRUE);
  g_assert_cmpuint (drain (fixture), ==, 2);
  assert_sums (fixture);
  /* The journal's thread goes first. */
  close_all (fixture);
  g_clear_pointer (&fixture->others, weir_foreign_ids_free);
  open_all (fixture, WEIR_DURABILITY_FSYNC);
}

/* In memory a batch is there until it is noted that it has come to rest, whoever has read it. */
static void
test_memory_only (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(GPtrArray) none = NULL;
  WeirStoreCounts counts = { .cursor = 1, .stored = 1 };
  WeirJournalEntry entry;

  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  batch = weir_journal_wait_next (fixture->journal, 0, 0);
  g_assert_nonnull (batch);
  g_assert_null (weir_journal_wait_next (fixture->journal, 1, 0));
  found = weir_journal_read (fixture->journal, NULL, 0, 1024);
  g_assert_cmpuint (found->len, ==, 1);
  weir_journal_advance (fixture->journal, &counts);
  g_assert_null (weir_journal_wait_next (fixture->journal, 1, 0));
  none = weir_journal_read (fixture->journal, NULL, 0, 1024);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Far more than is kept in memory waits on disk, comes back in order and leaves the file again. */
static void
test_backlog (Fixture       *fixture,
              gconstpointer  data)
{
  WeirJournalEntry entry;
  WeirJournalStatus status;

  for (guint i = 0; i < 30; i++)
    {
      for (guint j = 0; j < 100; j++)
        add_event (fixture, NULL, 1000);
      push_ok (fixture, &entry);
    }
  weir_journal_get_status (fixture->journal, &status);
  g_assert_cmpuint (status.ledger.queued, ==, 3000);
  g_assert_cmpuint (status.bytes, >, 3000 * 1000);
  g_assert_cmpint (status.oldest, >, 0);

  close_all (fixture);
  open_all (fixture, WEIR_DURABILITY_FSYNC);
  g_assert_cmpuint (drain (fixture), ==, 3000);
  assert_sums (fixture);
  while (status.bytes > 0)
    {
      g_usleep (20000);
      weir_journal_get_status (fixture->journal, &status);
    }
  g_assert_cmpuint (status.ledger.queued, ==, 0);
}

static void
test_quota (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  WeirJournalEntry entry;
  guint n_pushed = 0;

  for (; n_pushed < 100; n_pushed++)
    {
      add_event (fixture, NULL, 100000);
      if (!push (fixture, &entry, &error))
        break;
    }
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_QUEUE_FULL);
  g_assert_cmpuint (n_pushed, >=, 40);
  g_assert_cmpuint (n_pushed, <, 45);
  g_assert_cmpuint (weir_journal_get_retry_after (fixture->journal), >=, 1);

  g_clear_error (&error);
  g_assert_cmpuint (drain (fixture), ==, n_pushed);
  for (;;)
    {
      add_event (fixture, NULL, 100000);
      if (push (fixture, &entry, &error))
        break;
      g_clear_error (&error);
      g_usleep (50000);
    }
  assert_sums (fixture);
}

/* When the disk is full nothing is promised, ids are forgotten, and it all comes back by itself. */
static void
test_disk_full (Fixture       *fixture,
                gconstpointer  data)
{
  struct rlimit old, limit = { 256 * 1024, 256 * 1024 };
  g_autoptr(GError) error = NULL;
  WeirJournalEntry entry;
  WeirJournalStatus status;
  guint n_pushed = 0;

  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &old);
  limit.rlim_max = old.rlim_max;
  setrlimit (RLIMIT_FSIZE, &limit);

  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "not accepting events: *");
  for (; n_pushed < 100; n_pushed++)
    {
      g_autofree char *id = g_strdup_printf ("id-%u", n_pushed);

      add_event (fixture, id, 20000);
      if (!push (fixture, &entry, &error))
        break;
    }
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_DISK_FULL);
  g_assert_cmpuint (n_pushed, >, 0);
  g_assert_cmpuint (n_pushed, <, 100);
  weir_journal_get_status (fixture->journal, &status);
  g_assert_false (status.healthy);
  g_assert_cmpuint (status.ledger.accepted, ==, n_pushed);
  g_test_assert_expected_messages ();

  setrlimit (RLIMIT_FSIZE, &old);
  while (!status.healthy)
    {
      g_usleep (50000);
      weir_journal_get_status (fixture->journal, &status);
    }
  g_clear_error (&error);
  {
    g_autofree char *id = g_strdup_printf ("id-%u", n_pushed);

    add_event (fixture, id, 20000);
  }
  push_ok (fixture, &entry);
  g_assert_cmpuint (entry.accepted, ==, 1);
  assert_sums (fixture);
  g_assert_cmpuint (drain (fixture), ==, n_pushed + 1);
}

static void
test_second (Fixture       *fixture,
             gconstpointer  data)
{
  WeirJournalOptions options = { .max_bytes = 1, .max_queue_bytes = 1, .dedup_window = 1 };
  g_autoptr(GError) error = NULL;

  g_assert_null (weir_journal_open (fixture->journal_path, &options, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "in use"));
}

/* A damaged row is set aside and counted; what is around it is delivered. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  WeirJournalEntry entry;
  WeirJournalStatus status;
  sqlite3 *db;

  for (guint i = 0; i < 3; i++)
    {
      add_event (fixture, NULL, 100);
      add_event (fixture, NULL, 100);
      push_ok (fixture, &entry);
    }
  close_all (fixture);

  g_assert_cmpint (sqlite3_open (fixture->journal_path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE record SET data = zeroblob (length (data)) WHERE seq = 4", NULL, NULL,
                                 NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 1);
  sqlite3_close (db);

  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*seq 4 (2 events) is damaged*");
  open_all (fixture, WEIR_DURABILITY_FSYNC);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (drain (fixture), ==, 4);
  weir_journal_get_status (fixture->journal, &status);
  g_assert_cmpuint (status.ledger.dead_lettered, ==, 2);
  g_assert_cmpuint (status.ledger.queued, ==, 0);
  assert_sums (fixture);
}

static void
test_no_database (Fixture       *fixture,
                  gconstpointer  data)
{
  WeirJournalEntry entry;

  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (drain (fixture), ==, 1);
  close_all (fixture);
  g_assert_true (g_file_set_contents (fixture->journal_path, "this is not a database, it is a poem", -1, NULL));

  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*it is kept as*");
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*disagree*");
  open_all (fixture, WEIR_DURABILITY_FSYNC);
  g_test_assert_expected_messages ();
  assert_sums (fixture);
  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (drain (fixture), ==, 1);
}

/* Nothing was lost that was promised: with `memory` nothing was promised across a restart. */
static void
test_memory (Fixture       *fixture,
             gconstpointer  data)
{
  WeirJournalEntry entry;
  WeirJournalStatus status;

  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (drain (fixture), ==, 1);
  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  assert_sums (fixture);
  close_all (fixture);

  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*disagree*");
  open_all (fixture, WEIR_DURABILITY_MEMORY);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (drain (fixture), ==, 0);
  weir_journal_get_status (fixture->journal, &status);
  g_assert_cmpuint (status.ledger.stored, ==, 1);
  assert_sums (fixture);
  add_event (fixture, NULL, 0);
  push_ok (fixture, &entry);
  g_assert_cmpuint (drain (fixture), ==, 1);
}

static void
test_window (void)
{
  g_autoptr(WeirDedupWindow) window = weir_dedup_window_new (100);
  g_autoptr(GHashTable) model = g_hash_table_new (NULL, NULL);
  g_autoptr(GQueue) order = g_queue_new ();

  for (guint i = 0; i < 200000; i++)
    {
      /* Few home slots, and few other bits, so that runs collide, wrap and are shifted back. */
      guint key = (guint) g_test_rand_int_range (1, 250);
      guint64 hash[2] = { key, key % 7 + ((guint64) (key % 3) << 62) };
      gboolean is_new = !g_hash_table_contains (model, GUINT_TO_POINTER (key));

      g_assert_cmpint (weir_dedup_window_has (window, hash), !=, is_new);
      g_assert_cmpint (weir_dedup_window_add (window, hash), ==, is_new);
      if (is_new)
        {
          g_hash_table_add (model, GUINT_TO_POINTER (key));
          g_queue_push_tail (order, GUINT_TO_POINTER (key));
        }
      if (g_queue_get_length (order) > 100)
        g_hash_table_remove (model, g_queue_pop_head (order));
      for (int n = g_test_rand_bit () ? 0 : g_test_rand_int_range (0, 3);
           n > 0 && !g_queue_is_empty (order);
           n--)
        {
          weir_dedup_window_forget (window, 1);
          g_hash_table_remove (model, g_queue_pop_tail (order));
        }
      g_assert_cmpuint (weir_dedup_window_get_count (window), ==, g_queue_get_length (order));
    }
}

/* Opens everything again, with or without somebody who reads beside the store. */
static void
reopen (Fixture        *fixture,
        gboolean        wants_consumer,
        WeirDurability  durability)
{
  close_all (fixture);
  fixture->wants_consumer = wants_consumer;
  open_all (fixture, durability);
}

/* Takes what there is behind @after. Returns how many events, in order and without a hole. */
static guint
take (Fixture *fixture,
      guint64 *after)
{
  guint n_events = 0;

  for (;;)
    {
      g_autoptr(GPtrArray) batches = weir_journal_read (fixture->journal, fixture->consumer, *after, 300000);

      if (batches->len == 0)
        return n_events;
      for (guint i = 0; i < batches->len; i++)
        {
          WeirEventIter iter;
          WeirEvent event;

          weir_event_iter_init (&iter, g_ptr_array_index (batches, i));
          while (weir_event_iter_next (&iter, &event))
            {
              if (event.seq <= *after)
                continue;
              if (*after > 0)
                g_assert_cmpuint (event.seq, ==, *after + 1);
              *after = event.seq;
              n_events++;
            }
        }
    }
}

static void
push_many (Fixture *fixture,
           guint    n_batches)
{
  WeirJournalEntry entry;

  for (guint i = 0; i < n_batches; i++)
    {
      for (guint j = 0; j < 100; j++)
        add_event (fixture, NULL, 500);
      push_ok (fixture, &entry);
    }
}

/* What a consumer beside the store wants outlives the process, though the store has it. */
static void
test_consumer (Fixture       *fixture,
               gconstpointer  data)
{
  WeirConsumerStatus status;
  WeirJournalStatus journal;
  guint64 after;

  push_many (fixture, 1);
  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.cursor, ==, 100);   /* a new one begins with what comes from now on */

  push_many (fixture, 5);
  g_assert_cmpuint (drain (fixture), ==, 600);
  after = 100;
  g_assert_cmpuint (take (fixture, &after), ==, 500);
  g_assert_true (weir_journal_freeze (fixture->journal, fixture->consumer, 250));
  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.cursor, ==, 100);
  g_assert_cmpuint (status.frozen, ==, 250);
  after = status.cursor;
  g_assert_cmpuint (take (fixture, &after), ==, 500);

  /* In the middle of a row. */
  weir_journal_pass (fixture->journal, fixture->consumer, 250);
  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.cursor, ==, 250);
  g_assert_cmpuint (status.evicted, ==, 0);
  after = 250;
  g_assert_cmpuint (take (fixture, &after), ==, 350);
  weir_journal_pass (fixture->journal, fixture->consumer, after);
  weir_journal_stop (fixture->journal);
  weir_journal_get_status (fixture->journal, &journal);
  g_assert_cmpuint (journal.bytes, ==, 0);

  /* Who is gone holds nothing, and begins anew when it is back. */
  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  push_many (fixture, 1);
  g_assert_cmpuint (drain (fixture), ==, 100);
  reopen (fixture, FALSE, WEIR_DURABILITY_FSYNC);
  weir_journal_stop (fixture->journal);
  weir_journal_get_status (fixture->journal, &journal);
  g_assert_cmpuint (journal.bytes, ==, 0);
  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.cursor, ==, 700);
}

/* A consumer that never comes back loses the oldest, counted exactly; events go on being accepted. */
static void
test_eviction (Fixture       *fixture,
               gconstpointer  data)
{
  WeirConsumerStatus status;
  WeirJournalStatus journal;
  guint64 after = 100;
  guint n_taken;

  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  push_many (fixture, 1);
  g_assert_cmpuint (drain (fixture), ==, 100);
  g_assert_true (weir_journal_freeze (fixture->journal, fixture->consumer, 100));
  for (guint i = 0; i < 20; i++)   /* more than max_bytes, all together */
    {
      push_many (fixture, 5);
      g_assert_cmpuint (drain (fixture), ==, 500);
    }
  push_many (fixture, 1);
  weir_journal_get_status (fixture->journal, &journal);
  g_assert_cmpuint (journal.bytes, <, 2 * 1024 * 1024);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.evicted, >, 5000);

  /* What it holds in memory is not lost to it. */
  weir_journal_pass (fixture->journal, fixture->consumer, 100);
  {
    g_autoptr(GPtrArray) batches = weir_journal_read (fixture->journal, fixture->consumer, after, 1);

    g_assert_cmpuint (batches->len, ==, 1);
    after = weir_event_batch_get_first_seq (g_ptr_array_index (batches, 0)) - 1;
  }
  n_taken = take (fixture, &after);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (100 + status.evicted + n_taken, ==, 10200);
  g_assert_cmpuint (after, ==, 10200);
  weir_journal_pass (fixture->journal, fixture->consumer, after);
  n_taken = (guint) status.evicted;
  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.evicted, ==, n_taken);
}

/* Memory alone is no reason to refuse events for somebody who does not come. */
static void
test_consumer_memory (Fixture       *fixture,
                      gconstpointer  data)
{
  WeirConsumerStatus status;
  guint64 after = 0;
  guint n_taken = 0;

  reopen (fixture, TRUE, WEIR_DURABILITY_MEMORY);
  for (guint i = 0; i < 400; i++)
    {
      push_many (fixture, 1);
      g_assert_cmpuint (drain (fixture), ==, 100);
    }
  {
    g_autoptr(GPtrArray) batches = weir_journal_read (fixture->journal, fixture->consumer, after, 1);

    after = weir_event_batch_get_first_seq (g_ptr_array_index (batches, 0)) - 1;
    g_assert_cmpuint (after, >, 0);
  }
  n_taken = take (fixture, &after);
  weir_journal_get_consumer_status (fixture->journal, fixture->consumer, &status);
  g_assert_cmpuint (status.evicted + n_taken, ==, 40000);
}

/* Deleting a person takes its events out of what waits for a consumer, and nobody else's. */
static void
test_consumer_purge (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new ();
  g_autoptr(GPtrArray) batches = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *contents = NULL;
  WeirJournalEntry entry;
  guint64 before, left;
  gsize length;
  guint64 seqs = 0;

  reopen (fixture, TRUE, WEIR_DURABILITY_FSYNC);
  for (guint i = 0; i < 6; i++)   /* first, last and two in the middle are of somebody else */
    {
      WeirEvent event;

      weir_event_init (&event);
      event.timestamp = event.received = g_get_real_time ();
      weir_event_set_text (&event, WEIR_EVENT_NAME, "test", 4);
      weir_event_set_text (&event, WEIR_EVENT_SOURCE, "local", 5);
      if (i == 0 || i == 2 || i == 3 || i == 5)
        weir_event_set_text (&event, WEIR_EVENT_USER_ID, "secret-person", 13);
      else
        weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u", 1);
      weir_event_builder_add (fixture->builder, &event);
    }
  push_ok (fixture, &entry);
  g_assert_cmpuint (drain (fixture), ==, 6);
  g_ptr_array_add (ids, (char *) "secret-person");
  g_assert_true (weir_journal_purge (fixture->journal, ids, &before, &left, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (before, ==, 4);
  g_assert_cmpuint (left, ==, 0);
  batches = weir_journal_read (fixture->journal, fixture->consumer, 0, 100000);
  g_assert_cmpuint (batches->len, ==, 2);
  for (guint i = 0; i < batches->len; i++)
    {
      g_assert_cmpuint (weir_event_batch_get_n_events (g_ptr_array_index (batches, i)), ==, 1);
      seqs = seqs * 10 + weir_event_batch_get_first_seq (g_ptr_array_index (batches, i));
    }
  g_assert_cmpuint (seqs, ==, 25);
  g_assert_true (g_file_get_contents (fixture->journal_path, &contents, &length, NULL));
  g_assert_null (memmem (contents, length, "secret-person", 13));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/window", test_window);
#define ADD(name, durability) \
  g_test_add ("/journal/" #name, Fixture, GINT_TO_POINTER (durability), setup, test_##name, teardown)
  ADD (dedup, WEIR_DURABILITY_FSYNC);
  ADD (others, WEIR_DURABILITY_FSYNC);
  ADD (backlog, WEIR_DURABILITY_FSYNC);
  ADD (quota, WEIR_DURABILITY_FSYNC);
  ADD (disk_full, WEIR_DURABILITY_FSYNC);
  ADD (second, WEIR_DURABILITY_FSYNC);
  ADD (damaged, WEIR_DURABILITY_FSYNC);
  ADD (no_database, WEIR_DURABILITY_FSYNC);
  ADD (memory, WEIR_DURABILITY_MEMORY);
  ADD (memory_only, WEIR_DURABILITY_MEMORY);
  ADD (consumer, WEIR_DURABILITY_FSYNC);
  ADD (eviction, WEIR_DURABILITY_FSYNC);
  ADD (consumer_memory, WEIR_DURABILITY_FSYNC);
  ADD (consumer_purge, WEIR_DURABILITY_FSYNC);
#undef ADD

  return g_test_run ();
}
