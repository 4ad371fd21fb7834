/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-answer.h"
#include "weir-error.h"
#include "weir-event-batch.h"
#include "weir-sqlite-scan.h"
#include "weir-sqlite-store.h"
#include "weir-summary-cell.h"
#include "weir-time.h"

/* A store to which things happen at random; and that what is added up in its tables is what its
 * events say, and every trend is the same with and without them. */

#define INSTANCE "01234567-89ab-8cde-8f01"
#define START    G_GINT64_CONSTANT (1774699200000000)   /* 2026-03-28T12:00:00Z: summer time begins */
#define N_NAMES   4
#define N_SOURCES 3
#define N_DEVICES 25

typedef struct {
  char *dir;
  char *path;
  gint64 keep;
  WeirStore *store;
  WeirEventBuilder *builder;
  GRand *random;
  guint64 last_seq;
  gint64 now;
  GArray *persons;     /* WeirPersonId of the last batch */
} Fixture;

static gint64
choose (Fixture *fixture,
        gint64   from,
        gint64   until)
{
  return from + (gint64) (g_rand_double (fixture->random) * (double) (until - from));
}

static void
open_store (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->store = weir_sqlite_store_new (fixture->path, INSTANCE, fixture->keep);
  weir_store_open (fixture->store, &error);
  g_assert_no_error (error);
}

static void
close_store (Fixture *fixture)
{
  weir_store_close (fixture->store);
  g_assert_finalize_object (fixture->store);
}

static void
setup (Fixture       *fixture,
       gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("weir-summary-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "events.db", NULL);
  fixture->builder = weir_event_builder_new ();
  fixture->random = g_rand_new_with_seed (g_test_rand_int ());
  fixture->persons = g_array_new (FALSE, TRUE, sizeof (WeirPersonId));
  fixture->now = START;
  open_store (fixture);
}

static void
teardown (Fixture       *fixture,
          gconstpointer  data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  close_store (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      g_remove (path);
    }
  g_rmdir (fixture->dir);
  weir_event_builder_free (fixture->builder);
  g_rand_free (fixture->random);
  g_array_unref (fixture->persons);
  g_free (fixture->dir);
  g_free (fixture->path);
}

static double
choose_number (Fixture *fixture)
{
  switch (choose (fixture, 0, 12))
    {
    case 0:
    case 1:
      return NAN;

    case 2:
      return 0;

    case 3:
      return -(double) choose (fixture, 0, 100000) / 100;

    case 4:
      return (double) choose (fixture, 0, 1000000000);

    default:
      return (double) choose (fixture, 0, 100000) / 100;
    }
}

/* Mostly of the last hours; some late, some early, some of another age. */
static gint64
choose_time (Fixture *fixture)
{
  gint64 now = fixture->now;

  switch (choose (fixture, 0, 100))
    {
    case 0:
      return choose (fixture, -400 * G_TIME_SPAN_DAY, 400 * G_TIME_SPAN_DAY);

    case 1:
      return now + choose (fixture, 0, 3 * G_TIME_SPAN_DAY);

    case 2:
      return weir_summary_floor (now, G_TIME_SPAN_HOUR) - choose (fixture, 0, 2);

    default:
      if (choose (fixture, 0, 3) == 0)
        return now - choose (fixture, 0, 9 * G_TIME_SPAN_DAY);
      return now - choose (fixture, 0, 5 * G_TIME_SPAN_HOUR);
    }
}

static void
add (Fixture *fixture)
{
  static const char *const names[N_NAMES] = { "a", "b", "c", "d" };
  static const char *const sources[N_SOURCES] = { "web", "app", "fleet" };
  g_autofree char *device = g_strdup_printf ("d%d", (int) choose (fixture, 0, N_DEVICES));
  guint name = (guint) choose (fixture, 0, N_NAMES);
  guint source = (guint) choose (fixture, 0, N_SOURCES);
  WeirEvent event;

  weir_event_init (&event);
  event.seq = ++fixture->last_seq;
  event.timestamp = choose_time (fixture);
  event.received = fixture->now;
  event.value = choose_number (fixture);
  event.duration = choose_number (fixture);
  if (choose (fixture, 0, 5) == 0)
    event.flags |= WEIR_EVENT_IS_ERROR;
  weir_event_set_text (&event, WEIR_EVENT_NAME, names[name], 1);
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, sources[source], strlen (sources[source]));
  weir_event_set_text (&event, WEIR_EVENT_DEVICE_ID, device, strlen (device));
  weir_event_builder_add (fixture->builder, &event);
}

static gboolean
try_write (Fixture        *fixture,
           WeirEventBatch *batch,
           guint           n_events)
{
  g_array_set_size (fixture->persons, n_events);
  return weir_store_write (fixture->store, &batch, 1, (WeirPersonId *) fixture->persons->data,
                           NULL);
}

static WeirEventBatch *
make_batch (Fixture *fixture,
            guint    n_events)
{
  for (guint i = 0; i < n_events; i++)
    add (fixture);
  return weir_event_builder_end (fixture->builder, fixture->last_seq - n_events + 1);
}

static void
write_some (Fixture *fixture,
            guint    n_events)
{
  g_autoptr(WeirEventBatch) batch = make_batch (fixture, n_events);

  g_assert_true (try_write (fixture, batch, n_events));
}

static void
exec (Fixture    *fixture,
      const char *sql)
{
  g_autofree char *message = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static gint64
get (Fixture    *fixture,
     const char *sql)
{
  sqlite3_stmt *statement;
  gint64 number;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return number;
}

#define FLOOR(length) "time - (time % " length " + " length ") % " length
#define FROM_EVENTS(length) \
  "SELECT name_id, " FLOOR (length) " AS start, source_id, count (*), sum (flags & 1)," \
  " count (value), min (value), max (value), round (total (value), 2)," \
  " count (duration), min (duration), max (duration), round (total (duration), 2) FROM event" \
  " GROUP BY 1, 2, 3"
#define FROM_TABLE(table) \
  "SELECT name_id, start, source_id, count, errors, value_n, value_min, value_max," \
  " round (coalesce (value_hi + value_lo, 0), 2), duration_n, duration_min, duration_max," \
  " round (coalesce (duration_hi + duration_lo, 0), 2) FROM " table
#define DIFFERENCE(one, two, where) \
  "SELECT count (*) FROM (SELECT * FROM (" one ") EXCEPT SELECT * FROM (" two ")) WHERE " where
#define HOUR   "3600000000"
#define MINUTE "60000000"

/* The tables beside what SQLite itself adds up. Of what is not kept any more they say nothing. */
static void
check_tables (Fixture *fixture)
{
#define KEPT   "start >= (SELECT kept_since FROM state)"
#define RECENT KEPT " AND start >= (SELECT minutes_since FROM state)"
  g_assert_cmpint (get (fixture, DIFFERENCE (FROM_EVENTS (HOUR), FROM_TABLE ("summary_hour"), KEPT)),
                   ==, 0);
  g_assert_cmpint (get (fixture, DIFFERENCE (FROM_TABLE ("summary_hour"), FROM_EVENTS (HOUR), KEPT)),
                   ==, 0);
  g_assert_cmpint (get (fixture,
                        DIFFERENCE (FROM_EVENTS (MINUTE), FROM_TABLE ("summary_minute"), RECENT)),
                   ==, 0);
  g_assert_cmpint (get (fixture,
                        DIFFERENCE (FROM_TABLE ("summary_minute"), FROM_EVENTS (MINUTE), RECENT)),
                   ==, 0);
  g_assert_cmpint (get (fixture, "SELECT count (*) FROM summary_minute WHERE start <"
                                 " (SELECT minutes_since FROM state)"), ==, 0);
}

static const char *
pick (Fixture           *fixture,
      const char *const *texts,
      guint              n_texts)
{
  return texts[choose (fixture, 0, n_texts)];
}
#define PICK(...) \
  pick (fixture, (const char *const[]) { __VA_ARGS__ }, \
        G_N_ELEMENTS (((const char *const[]) { __VA_ARGS__ })))

static void
append_time (Fixture    *fixture,
             GString    *json,
             const char *member,
             gint64      time)
{
  static const gint64 steps[] = { 1, G_TIME_SPAN_MINUTE, G_TIME_SPAN_HOUR, G_TIME_SPAN_DAY };
  char text[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (
      weir_summary_floor (time, steps[choose (fixture, 0, G_N_ELEMENTS (steps))]), text);
  g_string_append_printf (json, "\"%s\":\"%s\"", member, text);
}

static void
append_range (Fixture *fixture,
              GString *json)
{
  gint64 from = fixture->now - choose (fixture, 0, 12 * G_TIME_SPAN_DAY);

  switch (choose (fixture, 0, 5))
    {
    case 0:
      g_string_append_printf (json, ",\"range\":{\"last\":\"%s\"}",
                              PICK ("1h", "5h", "1d", "3d", "10d", "100d"));
      break;

    case 1:
      g_string_append (json, ",\"range\":{");
      append_time (fixture, json, "from", from);
      g_string_append_c (json, '}');
      break;

    case 2:
      break;

    default:
      g_string_append (json, ",\"range\":{");
      append_time (fixture, json, "from", from);
      g_string_append_c (json, ',');
      append_time (fixture, json, "to",
                   from + G_TIME_SPAN_DAY + choose (fixture, 0, 8 * G_TIME_SPAN_DAY));
      g_string_append_c (json, '}');
      break;
    }
}

static char *
make_question (Fixture *fixture)
{
  g_autoptr(GString) json = g_string_new ("{\"kind\":\"trend\",\"series\":[");
  guint n_series = (guint) choose (fixture, 1, 4);

  for (guint i = 0; i < n_series; i++)
    {
      const char *source = PICK ("", "", "web", "app", "nowhere");

      g_string_append_printf (json, "%s{\"event\":\"%s\",\"measure\":\"%s\",\"property\":\"%s\"",
                              i > 0 ? "," : "", PICK ("a", "a", "b", "c", "*", "unheard"),
                              PICK ("count", "count", "sum", "avg", "min", "max", "p50", "p90",
                                    "p95", "p99"),
                              PICK ("value", "value", "duration_ms"));
      if (*source != '\0')
        g_string_append_printf (
            json, ",\"filter\":{\"property\":\"source\",\"op\":\"=\",\"value\":\"%s\"}", source);
      g_string_append_c (json, '}');
    }
  g_string_append_printf (json, "],\"interval\":\"%s\",\"timezone\":\"%s\"",
                          PICK ("minute", "hour", "hour", "day", "day", "week", "month"),
                          PICK ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata",
                                "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia"));
  append_range (fixture, json);
  g_string_append_c (json, '}');

  return g_string_free (g_steal_pointer (&json), FALSE);
}

/* The members of the answer and its CSV, or why there is none. */
static char *
ask (Fixture    *fixture,
     WeirReader *reader,
     const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, &error);
  g_autoptr(WeirAnswer) answer = NULL;
  g_autoptr(WeirSqliteScan) scan = NULL;
  g_autoptr(GString) out = g_string_new (NULL);

  g_assert_no_error (error);
  weir_reader_begin (reader, NULL, &error);
  g_assert_no_error (error);
  answer = weir_question_answer (question, WEIR_PEOPLE (weir_reader_get_people (reader)),
                                 fixture->now, &error);
  if (answer != NULL)
    {
      scan = weir_sqlite_scan_new (reader, answer);
      if (weir_sqlite_scan_run (scan, &error) && weir_answer_write (answer, out, &error))
        weir_answer_write_csv (answer, out, &error);
    }
  weir_reader_end (reader);
  if (error != NULL)
    g_string_append (out, error->message);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
check_trends (Fixture *fixture,
              guint    n_trends)
{
  g_autoptr(WeirReader) with = weir_reader_new (fixture->path, FALSE);
  g_autoptr(WeirReader) without = weir_reader_new (fixture->path, FALSE);

  weir_reader_set_uses_summaries (without, FALSE);
  for (guint i = 0; i < n_trends; i++)
    {
      g_autofree char *json = make_question (fixture);
      g_autofree char *one = ask (fixture, with, json);
      g_autofree char *two = ask (fixture, without, json);

      if (strcmp (one, two) != 0)
        g_test_message ("%s", json);
      g_assert_cmpstr (one, ==, two);
    }
}

static void
delete_somebody (Fixture *fixture)
{
  WeirErasureReceipt receipt;
  g_autoptr(GError) error = NULL;

  weir_store_delete_person (fixture->store,
                            &g_array_index (fixture->persons, WeirPersonId,
                                            choose (fixture, 0, fixture->persons->len)),
                            &receipt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (receipt.before.events, >, 0);
  g_ptr_array_unref (receipt.ids);
}

static void
go_on (Fixture *fixture)
{
  fixture->now += choose (fixture, 0, 14 * G_TIME_SPAN_HOUR);
  for (gint64 i = choose (fixture, 1, 4); i > 0; i--)
    write_some (fixture, (guint) choose (fixture, 1, 600));
  if (choose (fixture, 0, 2) == 0)
    delete_somebody (fixture);
}

static void
test_random (Fixture       *fixture,
             gconstpointer  data)
{
  for (guint i = 0; i < 15; i++)
    {
      go_on (fixture);
      check_tables (fixture);
      check_trends (fixture, 60);
    }
  g_assert_cmpint (get (fixture, "SELECT minutes_since FROM state"), >, 0);
  g_assert_cmpint (get (fixture, "SELECT count (*) FROM summary_minute"), >, 100);
}

/* Some rounds of retention are cut short, so that answers are given between its transactions. */
static void
test_retention (Fixture       *fixture,
                gconstpointer  data)
{
  gint64 kept_since = 0, since;

  close_store (fixture);
  fixture->keep = 3 * G_TIME_SPAN_DAY + 12345678;
  open_store (fixture);
  for (guint i = 0; i < 10; i++)
    {
      gint64 before = get (fixture, "SELECT count (*) FROM event");

      go_on (fixture);
      for (gint64 j = choose (fixture, 0, 4); j > 0; j--)
        weir_store_maintain (fixture->store, fixture->now, FALSE);
      check_tables (fixture);
      check_trends (fixture, 50);
      since = get (fixture, "SELECT kept_since FROM state");
      g_assert_cmpint (since, >=, kept_since);
      g_assert_cmpint (since, <=, fixture->now - fixture->keep);
      kept_since = since;
      /* A round begins once a second at most; a store that is opened begins at once. */
      close_store (fixture);
      open_store (fixture);
      while (weir_store_maintain (fixture->store, fixture->now, FALSE))
        ;
      since = get (fixture, "SELECT kept_since FROM state");
      g_assert_cmpint (since, >, fixture->now - fixture->keep - G_TIME_SPAN_HOUR);
      g_assert_cmpint (get (fixture, "SELECT count (*) FROM event"), !=, before);
      g_assert_cmpint (get (fixture, "SELECT count (*) FROM event WHERE time <"
                                     " (SELECT kept_since FROM state)"), ==, 0);
      g_assert_cmpint (get (fixture, "SELECT count (*) FROM summary_hour WHERE start + " HOUR
                                     " <= (SELECT kept_since FROM state)"), ==, 0);
      check_trends (fixture, 30);
    }

  /* Without an age to keep, what is gone stays gone. */
  close_store (fixture);
  fixture->keep = 0;
  open_store (fixture);
  go_on (fixture);
  check_tables (fixture);
  check_trends (fixture, 50);
}

/* What could not be written is not added up. */
static void
test_rollback (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(WeirEventBatch) batch = NULL;

  write_some (fixture, 300);
  fixture->now += 5 * G_TIME_SPAN_DAY;
  batch = make_batch (fixture, 500);
  exec (fixture, "CREATE TRIGGER t BEFORE UPDATE OF cursor ON state BEGIN"
                 " SELECT raise (ABORT, 'not now'); END");
  for (guint i = 0; i < 3; i++)
    g_assert_false (try_write (fixture, batch, 500));
  exec (fixture, "DROP TRIGGER t");
  check_tables (fixture);
  g_assert_true (try_write (fixture, batch, 500));
  check_tables (fixture);
  g_assert_cmpint (get (fixture, "SELECT sum (count) FROM summary_hour"), ==, 800);
  check_trends (fixture, 50);
}

/* A file of the version before has its events added up when it is opened. */
static void
test_migration (Fixture       *fixture,
                gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    go_on (fixture);
  close_store (fixture);
  exec (fixture, "DROP TABLE question; DROP VIEW summaries; DROP TABLE summary_hour; DROP TABLE summary_minute;"
                 "ALTER TABLE state DROP COLUMN minutes_since; ALTER TABLE state DROP COLUMN elsewhere;"
                 "DROP TABLE recent_id; PRAGMA user_version = 4");
  open_store (fixture);
  g_assert_cmpint (get (fixture, "SELECT count (*) FROM summary_minute"), >, 0);
  check_tables (fixture);
  check_trends (fixture, 100);
  go_on (fixture);
  check_tables (fixture);
}

static char *
make_daily (Fixture    *fixture,
            const char *interval,
            gint64      length)
{
  char from[WEIR_TIME_TEXT_SIZE], until[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (fixture->now - length, from);
  weir_time_format_rfc3339 (fixture->now, until);
  return g_strdup_printf ("{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"p95\"}],"
                          "\"interval\":\"%s\",\"range\":{\"from\":\"%s\",\"to\":\"%s\"}}",
                          interval, from, until);
}

/* That the tables are read at all: what is changed in them shows, and what is damaged is said. */
static void
test_used (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(WeirReader) reader = weir_reader_new (fixture->path, FALSE);
  g_autofree char *by_day = NULL, *by_minute = NULL, *day = NULL, *minute = NULL;
  g_autofree char *damaged = NULL, *whole = NULL;

  write_some (fixture, 2000);
  by_day = make_daily (fixture, "day", 5 * G_TIME_SPAN_DAY);
  by_minute = make_daily (fixture, "minute", G_TIME_SPAN_HOUR);
  day = ask (fixture, reader, by_day);
  minute = ask (fixture, reader, by_minute);
  exec (fixture, "UPDATE summary_hour SET value_sketch = x'00ff' WHERE value_sketch IS NOT NULL");
  damaged = ask (fixture, reader, by_day);
  g_assert_cmpstr (damaged, ==, "a summary of events is damaged");
  whole = ask (fixture, reader, by_minute);
  g_assert_cmpstr (whole, ==, minute);
  exec (fixture, "DELETE FROM summary_minute");
  g_free (whole);
  whole = ask (fixture, reader, by_minute);
  g_assert_cmpstr (whole, !=, minute);
  weir_reader_set_uses_summaries (reader, FALSE);
  g_free (whole);
  whole = ask (fixture, reader, by_day);
  g_assert_cmpstr (whole, ==, day);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/sqlite-summary/" #name, Fixture, NULL, setup, test_##name, teardown)
  ADD (random);
  ADD (retention);
  ADD (rollback);
  ADD (migration);
  ADD (used);

  return g_test_run ();
}
