/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-questions make START FILE.db ROWS.tsv N_EVENTS: the same events in a store and as rows for
 * another engine: 20 types, N_EVENTS / 50 persons of whom 30 % came under two ids and were merged,
 * 84 days from START, in seconds since the epoch.
 * bench-questions ask START FILE.db [NAME]: answers questions on the store, or one of them, each some
 * times; prints the best time of each as lines of JSON.
 */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "weir-event-batch.h"
#include "weir-sqlite-ask.h"
#include "weir-sqlite-store.h"
#include "weir-time.h"

#define BATCH        1000
#define TRANSACTION  20
#define DAYS         84
#define ROUNDS       3

/* Shares in percent; the first three are the funnel. */
static const struct {
  const char *name;
  guint share;
} types[] = {
  { "visit", 7 }, { "add_to_cart", 5 }, { "purchase", 3 }, { "page_view", 25 }, { "click", 12 },
  { "temperature", 10 }, { "heartbeat", 9 }, { "search", 5 }, { "api_call", 5 }, { "scroll", 4 },
  { "login", 3 }, { "logout", 2 }, { "share", 2 }, { "rating", 2 }, { "error", 1 }, { "invite", 1 },
  { "export", 1 }, { "upload", 1 }, { "sync", 1 }, { "refund", 1 },
};

static const char *const plans[] = { "free", "free", "free", "pro", "team" };

typedef struct {
  GRand *random;
  guint64 n_events;
  guint n_persons;
  gboolean *is_identified;
  WeirStore *store;
  WeirEventBuilder *builder;
  GPtrArray *batches;
  FILE *rows;
  guint64 seq;
  guint n_in_batch;
} Make;

static void
flush (Make *make)
{
  g_autofree WeirPersonId *persons = g_new (WeirPersonId, BATCH * TRANSACTION);
  g_autoptr(GError) error = NULL;

  if (make->n_in_batch > 0)
    g_ptr_array_add (make->batches,
                     weir_event_builder_end (make->builder, make->seq - make->n_in_batch + 1));
  make->n_in_batch = 0;
  if (make->batches->len == 0)
    return;
  if (!weir_store_write (make->store, (WeirEventBatch **) make->batches->pdata, make->batches->len,
                         persons, &error))
    g_error ("%s", error->message);
  weir_store_maintain (make->store, 0, FALSE);
  g_ptr_array_set_size (make->batches, 0);
}

static void
add (Make      *make,
     WeirEvent *event)
{
  event->seq = ++make->seq;
  event->received = event->timestamp;
  weir_event_set_text (event, WEIR_EVENT_SOURCE, "bench", 5);
  weir_event_builder_add (make->builder, event);
  if (++make->n_in_batch < BATCH)
    return;
  make->n_in_batch = 0;
  g_ptr_array_add (make->batches,
                   weir_event_builder_end (make->builder, make->seq - BATCH + 1));
  if (make->batches->len == TRANSACTION)
    flush (make);
}

static void
identify (Make       *make,
          gint64      time,
          const char *user,
          const char *anonymous)
{
  WeirEvent event;

  weir_event_init (&event);
  event.timestamp = time;
  weir_event_set_text (&event, WEIR_EVENT_NAME, "$identify", strlen ("$identify"));
  weir_event_set_text (&event, WEIR_EVENT_USER_ID, user, strlen (user));
  weir_event_set_text (&event, WEIR_EVENT_ANONYMOUS_ID, anonymous, strlen (anonymous));
  add (make, &event);
}

static const char *
choose_type (Make *make)
{
  guint point = (guint) g_rand_int_range (make->random, 0, 100);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (point < types[i].share)
        return types[i].name;
      point -= types[i].share;
    }
  return "visit";
}

static void
add_random (Make   *make,
            gint64  time)
{
  guint person = (guint) g_rand_int_range (make->random, 0, (gint32) make->n_persons);
  const char *name = choose_type (make);
  const char *plan = plans[g_rand_int_range (make->random, 0, G_N_ELEMENTS (plans))];
  double value = g_rand_int_range (make->random, 0, 10000) / 100.0;
  char anonymous[32], user[32], properties[160];
  WeirEvent event;
  gboolean may_identify = person % 10 < 3;

  sprintf (anonymous, "anonymous-%u", person);
  sprintf (user, "user-%u", person);
  if (may_identify && !make->is_identified[person] && g_rand_int_range (make->random, 0, 8) == 0)
    {
      make->is_identified[person] = TRUE;
      identify (make, time, user, anonymous);
    }

  weir_event_init (&event);
  event.timestamp = time - g_rand_int_range (make->random, 0, 2000000);
  event.value = value;
  sprintf (properties, "{\"path\":\"/products/%u\",\"plan\":\"%s\",\"ok\":true,\"duration_ms\":%u}",
           person % 997, plan, person % 300);
  event.duration = person % 300;
  weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
  if (make->is_identified[person])
    weir_event_set_text (&event, WEIR_EVENT_USER_ID, user, strlen (user));
  else
    weir_event_set_text (&event, WEIR_EVENT_ANONYMOUS_ID, anonymous, strlen (anonymous));
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, strlen (properties));
  add (make, &event);
  fprintf (make->rows, "%s\t%" G_GINT64_FORMAT "\t%u\t%.2f\t%s\n", name, event.timestamp, person,
           value, properties);
}

static int
run_make (gint64      first,
          const char *path,
          const char *rows,
          guint64     n_events)
{
  g_autoptr(GError) error = NULL;
  Make make = { .random = g_rand_new_with_seed (1), .n_events = n_events };
  gint64 start = g_get_monotonic_time ();

  make.n_persons = (guint) MAX (n_events / 50, 10);
  make.is_identified = g_new0 (gboolean, make.n_persons);
  make.builder = weir_event_builder_new ();
  make.batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  make.store = weir_sqlite_store_new (path, "00000000-0000-8000-8000", 0);
  make.rows = fopen (rows, "w");
  if (make.rows == NULL || !weir_store_open (make.store, &error))
    g_error ("%s", error != NULL ? error->message : g_strerror (errno));

  for (guint64 i = 0; i < n_events; i++)
    add_random (&make, first + (gint64) (i * DAYS * 86400.0 / (double) n_events * 1e6));
  flush (&make);
  weir_store_close (make.store);
  g_object_unref (make.store);
  fclose (make.rows);
  printf ("{\"made\":%" G_GUINT64_FORMAT ",\"seconds\":%.1f}\n", make.seq,
          (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  weir_event_builder_free (make.builder);
  g_ptr_array_unref (make.batches);
  g_free (make.is_identified);
  g_rand_free (make.random);

  return 0;
}

/* FROM and TO are put in later. */
#define RANGE "\"range\":{\"from\":\"FROM\",\"to\":\"TO\"}"
#define STEPS "{\"event\":\"visit\"},{\"event\":\"add_to_cart\"},{\"event\":\"purchase\"}"

static const struct {
  const char *name;
  const char *json;
} questions[] = {
  { "funnel", "{\"kind\":\"funnel\",\"steps\":[" STEPS "],\"window\":\"7d\"," RANGE "}" },
  { "funnel filtered",
    "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"visit\",\"filter\":{\"property\":\"plan\",\"op\":\"=\","
    "\"value\":\"pro\"}},{\"event\":\"add_to_cart\"},{\"event\":\"purchase\"}],\"window\":\"7d\"," RANGE
    "}" },
  { "funnel persons",
    "{\"kind\":\"funnel_persons\",\"steps\":[" STEPS "],\"window\":\"7d\",\"step\":3,\"limit\":100,"
    RANGE "}" },
  { "trend persons",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"page_view\",\"measure\":\"persons\"}],"
    "\"interval\":\"day\"," RANGE "}" },
  { "trend count",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"page_view\",\"measure\":\"count\"}],"
    "\"interval\":\"day\"," RANGE "}" },
  { "trend p95",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"page_view\",\"measure\":\"p95\"}],"
    "\"interval\":\"day\"," RANGE "}" },
  { "retention",
    "{\"kind\":\"retention\",\"start\":{\"event\":\"visit\"},\"return\":{\"event\":\"purchase\"},"
    "\"period\":\"week\",\"periods\":12,\"range\":{\"from\":\"FROM\"}}" },
  { "retention any",
    "{\"kind\":\"retention\",\"start\":{\"event\":\"*\"},\"return\":{\"event\":\"*\"},"
    "\"period\":\"week\",\"periods\":12,\"range\":{\"from\":\"FROM\"}}" },
  { "cohort",
    "{\"kind\":\"cohort\",\"where\":{\"all\":[{\"did\":\"visit\",\"at_least\":2,\"within\":\"30d\"},"
    "{\"did_not\":\"refund\"}]},\"limit\":0}" },
};

static char *
put_in_times (const char *json,
              gint64      first)
{
  g_autoptr(GString) text = g_string_new (json);
  char from[WEIR_TIME_TEXT_SIZE], until[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (first, from);
  weir_time_format_rfc3339 (first + DAYS * G_TIME_SPAN_DAY, until);
  g_string_replace (text, "FROM", from, 0);
  g_string_replace (text, "TO", until, 0);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static int
run_ask (gint64      first,
         const char *path,
         const char *name)
{
  g_autoptr(WeirReader) reader = weir_reader_new (path, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      gint64 best = G_MAXINT64;
      g_autofree char *json = put_in_times (questions[i].json, first);
      g_autoptr(GBytes) answer = NULL;

      if (name != NULL && !g_str_equal (name, questions[i].name))
        continue;
      for (guint round = 0; round < ROUNDS; round++)
        {
          g_autoptr(GError) error = NULL;
          g_autoptr(WeirQuestion) question =
              weir_question_new_from_json (json, -1, &error);
          WeirAsk *ask = question != NULL ? weir_ask_new (question, FALSE) : NULL;
          gint64 start = g_get_monotonic_time ();

          g_clear_pointer (&answer, g_bytes_unref);
          if (ask != NULL && weir_reader_begin (reader, NULL, &error))
            answer = weir_ask_run (reader, ask, NULL, &error);
          weir_reader_end (reader);
          best = MIN (best, g_get_monotonic_time () - start);
          g_clear_pointer (&ask, weir_ask_free);
          if (answer == NULL)
            g_error ("%s: %s", questions[i].name, error->message);
        }
      printf ("{\"name\":\"%s\",\"ms\":%.1f,\"answer\":%.*s}\n", questions[i].name,
              (double) best / 1000, (int) g_bytes_get_size (answer),
              (const char *) g_bytes_get_data (answer, NULL));
      fflush (stdout);
    }
  return 0;
}

int
main (int   argc,
      char *argv[])
{
  gint64 first = argc > 2 ? g_ascii_strtoll (argv[2], NULL, 10) * G_USEC_PER_SEC : 0;

  if (argc == 6 && g_str_equal (argv[1], "make"))
    return run_make (first, argv[3], argv[4], g_ascii_strtoull (argv[5], NULL, 10));
  if ((argc == 4 || argc == 5) && g_str_equal (argv[1], "ask"))
    return run_ask (first, argv[3], argc == 5 ? argv[4] : NULL);

  g_printerr ("usage: bench-questions make START FILE.db ROWS.tsv N_EVENTS | ask START FILE.db [NAME]\n");
  return 64;
}
