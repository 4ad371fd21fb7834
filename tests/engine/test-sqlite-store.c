/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-batch.h"
#include "weir-sqlite-dead-letters.h"
#include "weir-sqlite-questions.h"
#include "weir-sqlite-saved.h"
#include "weir-sqlite-schema.h"
#include "weir-sqlite-store.h"
#include "weir-time.h"

#define INSTANCE "01234567-89ab-8cde-8f01"
#define NOON     G_GINT64_CONSTANT (1767268800000000)   /* 2026-01-01T12:00:00Z */

typedef struct {
  char *dir;
  char *path;
  WeirStore *store;
  WeirEventBuilder *builder;
  guint64 last_seq;
} Fixture;

static void
open_store (Fixture *fixture,
            gint64   keep)
{
  g_autoptr(GError) error = NULL;

  fixture->store = weir_sqlite_store_new (fixture->path, INSTANCE, keep);
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
  fixture->dir = g_dir_make_tmp ("weir-store-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "it's 100% events?.db", NULL);
  fixture->builder = weir_event_builder_new ();
  open_store (fixture, 0);
}

static void
teardown (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  close_store (fixture);
  weir_event_builder_free (fixture->builder);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
}

static void
add (Fixture       *fixture,
     const char    *name,
     WeirEventText  which,
     const char    *id,
     gint64         time,
     const char    *properties)
{
  WeirEvent event;

  weir_event_init (&event);
  event.seq = ++fixture->last_seq;
  event.timestamp = time;
  event.received = time + 1500;
  event.value = 2.5;
  weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, "local", 5);
  weir_event_set_text (&event, which, id, strlen (id));
  if (which == WEIR_EVENT_USER_ID)
    weir_event_set_text (&event, WEIR_EVENT_ANONYMOUS_ID, "a\"1", 3);
  if (properties != NULL)
    weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, strlen (properties));
  weir_event_builder_add (fixture->builder, &event);
}

static void
write_all (Fixture *fixture)
{
  guint n_events = weir_event_builder_get_n_events (fixture->builder);
  g_autoptr(WeirEventBatch) batch = weir_event_builder_end (fixture->builder, fixture->last_seq - n_events + 1);
  g_autofree WeirPersonId *persons = g_new0 (WeirPersonId, n_events);
  g_autoptr(GError) error = NULL;

  /* Twice: what is at or before the cursor is left out. */
  for (guint i = 0; i < 2; i++)
    {
      weir_store_write (fixture->store, &batch, 1, persons, &error);
      g_assert_no_error (error);
    }
}

static char *
query (Fixture    *fixture,
       const char *sql)
{
  sqlite3_stmt *statement;
  char *text = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return text;
}

static void
assert_query (Fixture    *fixture,
              const char *sql,
              const char *expected)
{
  g_autofree char *text = query (fixture, sql);

  g_test_message ("%s", sql);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_views (Fixture       *fixture,
            gconstpointer  data)
{
  WeirStoreCounts counts;

  add (fixture, "page_view", WEIR_EVENT_DEVICE_ID, "d1", NOON, "{\"path\":\"/x\"}");
  add (fixture, "purchase", WEIR_EVENT_USER_ID, "u1", NOON + 1, NULL);
  add (fixture, "purchase", WEIR_EVENT_USER_ID, "u1", NOON - 1, NULL);
  write_all (fixture);

  weir_store_get_counts (fixture->store, &counts);
  g_assert_cmpuint (counts.stored, ==, 3);
  g_assert_cmpuint (counts.cursor, ==, 3);
  assert_query (fixture, "SELECT count (*) FROM events", "3");
  assert_query (fixture, "SELECT id FROM events WHERE seq = 2", INSTANCE "-000000000002");
  assert_query (fixture, "SELECT timestamp FROM events WHERE seq = 1", "2026-01-01T12:00:00.000000Z");
  assert_query (fixture, "SELECT event || source || device_id || value || properties FROM events WHERE seq = 1",
                "page_viewlocald12.5{\"path\":\"/x\"}");
  assert_query (fixture, "SELECT user_id || anonymous_id FROM events WHERE seq = 2", "u1a\"1");
  assert_query (fixture, "SELECT count (*) FROM persons", "2");
  assert_query (fixture, "SELECT distinct_ids FROM persons ORDER BY 1 LIMIT 1", "[\"d1\"]");
  assert_query (fixture, "SELECT count (*) FROM identities JOIN persons ON persons.id = person_id", "3");
  assert_query (fixture, "SELECT person_id = (SELECT person_id FROM identities WHERE distinct_id = 'u1')"
                         " FROM events WHERE seq = 3", "1");
}

static char *
explain (Fixture    *fixture,
         const char *sql)
{
  g_autofree char *explained = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  g_autoptr(GString) plan = g_string_new (NULL);
  sqlite3_stmt *statement;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, explained, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (plan, "%s\n", (const char *) sqlite3_column_text (statement, 3));
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return g_string_free (g_steal_pointer (&plan), FALSE);
}

/* What people ask most must use the index, and must not join what it does not need. */
static void
test_plans (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *by_name = explain (fixture, "SELECT count (*) FROM events WHERE event = 'page_view'");
  g_autofree char *count = explain (fixture, "SELECT count (*) FROM events");
  g_autofree char *latest = explain (fixture, "SELECT * FROM events ORDER BY seq DESC LIMIT 10");

  g_assert_nonnull (strstr (by_name, "USING COVERING INDEX event_by_name"));
  g_assert_nonnull (strstr (count, "SCAN e USING COVERING INDEX"));
  g_assert_null (strstr (count, "SUBQUERY"));
  g_assert_null (strstr (latest, "TEMP B-TREE"));
}

static void
test_reopen (Fixture       *fixture,
             gconstpointer  data)
{
  WeirStoreCounts counts;

  add (fixture, "a", WEIR_EVENT_DEVICE_ID, "d1", NOON, NULL);
  write_all (fixture);
  close_store (fixture);
  open_store (fixture, 0);
  add (fixture, "a", WEIR_EVENT_DEVICE_ID, "d1", NOON, NULL);
  write_all (fixture);
  weir_store_get_counts (fixture->store, &counts);
  g_assert_cmpuint (counts.stored, ==, 2);
  assert_query (fixture, "SELECT count (*) FROM event_name", "1");
  assert_query (fixture, "SELECT count (*) FROM identity", "1");
}

static void
test_retention (Fixture       *fixture,
                gconstpointer  data)
{
  guint n_steps = 0;

  close_store (fixture);
  open_store (fixture, G_TIME_SPAN_DAY);
  for (guint i = 0; i < 5000; i++)
    {
      add (fixture, i % 3 == 0 ? "a" : "b", WEIR_EVENT_DEVICE_ID, "d1", NOON - i * G_TIME_SPAN_MINUTE, NULL);
      add (fixture, "c", WEIR_EVENT_DEVICE_ID, "d1", NOON, NULL);
    }
  write_all (fixture);
  while (weir_store_maintain (fixture->store, NOON, FALSE))
    g_assert_cmpuint (n_steps++, <, 10000);
  assert_query (fixture, "SELECT count (*) FROM events WHERE event <> 'c'", "1441");
  assert_query (fixture, "SELECT count (*) FROM events WHERE event = 'c'", "5000");
  assert_query (fixture, "SELECT stored FROM state", "10000");
  assert_query (fixture, "PRAGMA integrity_check", "ok");
}

static void
exec (const char *path,
      const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *other = g_build_filename (fixture->dir, "other.db", NULL);
  g_autoptr(WeirStore) store = weir_sqlite_store_new (other, INSTANCE, 0);
  g_autoptr(GError) error = NULL;

  exec (other, "CREATE TABLE address_book (name TEXT)");
  g_assert_false (weir_store_open (store, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
  g_clear_error (&error);
  g_remove (other);

  exec (other, "PRAGMA application_id = 0x57454952; PRAGMA user_version = 9999; CREATE TABLE t (x)");
  g_assert_false (weir_store_open (store, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
  g_assert_nonnull (strstr (error->message, "newer"));
}

/* A file of the version before questions could be saved, and its dead letters. */
static void
test_saved_migration (Fixture       *fixture,
                      gconstpointer  data)
{
  static const char json[] = "{\"question\":{\"kind\":\"events\"}}";
  g_autoptr(WeirSavedQuestion) question = NULL;
  g_autoptr(WeirReader) reader = NULL;
  g_autoptr(GBytes) listed = NULL;
  g_autoptr(GBytes) letter = NULL;
  g_autoptr(GError) error = NULL;
  gint64 id = 1;

  close_store (fixture);
  exec (fixture->path,
        "DROP TABLE question; DROP TABLE dead_letter; CREATE TABLE dead_letter (seq INTEGER PRIMARY KEY,"
        " received INTEGER NOT NULL, reason TEXT NOT NULL, event TEXT NOT NULL);"
        "INSERT INTO dead_letter VALUES (7, 1000000, 'why', '{\"seq\":7}');"
        "ALTER TABLE state DROP COLUMN elsewhere; DROP TABLE recent_id; PRAGMA user_version = 5");
  open_store (fixture, 0);
  question = weir_saved_question_new_from_json ("q", json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_true (weir_store_put_question (fixture->store, question, &error));
  reader = weir_reader_new (fixture->path, FALSE);
  g_assert_true (weir_reader_begin (reader, NULL, &error));
  listed = weir_sqlite_saved_list (reader, NULL, NULL, &error);
  letter = weir_sqlite_dead_letters_get (reader, &id, NULL, &error);
  weir_reader_end (reader);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (listed, NULL),
                                   "{\"questions\":[{\"name\":\"q\",\"kind\":\"events\","));
  g_assert_true (g_str_has_prefix (g_bytes_get_data (letter, NULL),
                                   "{\"id\":1,\"at\":\"1970-01-01T00:00:01.000Z\",\"sink\":\"store\","
                                   "\"code\":\"refused\",\"reason\":\"why\",\"attempts\":1,\"event\":{\"seq\":7}}"));
}

static void
test_corrupt (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GDir) dir = NULL;
  gboolean is_kept = FALSE;
  const char *name;

  close_store (fixture);
  g_assert_true (g_file_set_contents (fixture->path, "a poem, twenty-five bytes", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*it is kept as*");
  open_store (fixture, 0);
  g_test_assert_expected_messages ();
  dir = g_dir_open (fixture->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    is_kept |= strstr (name, ".corrupt-") != NULL;
  g_assert_true (is_kept);
}

/* A reader that stays does not stop the writer, and does not see half a transaction. */
static void
test_reader_stays (Fixture       *fixture,
                   gconstpointer  data)
{
  sqlite3 *db;
  sqlite3_stmt *statement;
  WeirStoreCounts counts;

  add (fixture, "a", WEIR_EVENT_DEVICE_ID, "d1", NOON, NULL);
  write_all (fixture);
  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "SELECT count (*) FROM event", -1, &statement, NULL);
  sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  sqlite3_reset (statement);

  for (guint i = 0; i < 50; i++)
    {
      for (guint j = 0; j < 1000; j++)
        add (fixture, "a", WEIR_EVENT_DEVICE_ID, "d1", NOON, "{\"text\":\"some text that takes a little room\"}");
      write_all (fixture);
      weir_store_maintain (fixture->store, NOON, i % 2 == 0);
    }
  weir_store_get_counts (fixture->store, &counts);
  g_assert_cmpuint (counts.stored, ==, 50001);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, 1);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  assert_query (fixture, "SELECT count (*) FROM event", "50001");
}

static void
count_id (const WeirEvent *event,
          gpointer         user_data)
{
  guint *n = user_data;

  g_assert_nonnull (event->text[WEIR_EVENT_NAME]);
  g_assert_cmpint (event->received, >=, NOON);
  if (event->text[WEIR_EVENT_DEPENDENCY] != NULL)
    n[1]++;
  n[0]++;
}

static void
test_recall (Fixture       *fixture,
             gconstpointer  data)
{
  guint n[2] = { 0 };

  for (int i = -500; i < 500; i++)
    add (fixture, "a", WEIR_EVENT_DEVICE_ID, "d1", NOON + i * 1000000,
         i % 2 == 0 ? "{\"dependency\":\"mail\"}" : "{\"x\":1}");
  write_all (fixture);
  g_assert_true (weir_store_foreach_since (fixture->store, NOON, 100000, count_id, n, NULL));
  g_assert_cmpuint (n[0], ==, 500);
  g_assert_cmpuint (n[1], ==, 250);
  n[0] = 0;
  g_assert_true (weir_store_foreach_since (fixture->store, NOON, 100, count_id, n, NULL));
  g_assert_cmpuint (n[0], ==, 100);
}

typedef struct {
  GMainLoop *loop;
  WeirReaderPool *pool;
  GBytes *answer;
  GError *error;
} Asking;

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Asking *asking = user_data;

  asking->answer = weir_reader_pool_ask_finish (asking->pool, result, &asking->error);
  g_main_loop_quit (asking->loop);
}

static char *
ask (Fixture        *fixture,
     WeirReaderFunc  func,
     gpointer        question,
     GDestroyNotify  question_free,
     gboolean        immutable)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Asking asking = { loop, weir_reader_pool_new (fixture->path, 1, immutable, NULL), NULL, NULL };
  char *text;

  weir_reader_pool_ask_async (asking.pool, func, question, question_free, NULL, on_answer, &asking);
  g_main_loop_run (loop);
  weir_reader_pool_free (asking.pool);
  g_assert_no_error (asking.error);
  text = g_strndup (g_bytes_get_data (asking.answer, NULL), g_bytes_get_size (asking.answer));
  g_bytes_unref (asking.answer);

  return text;
}

static void
test_questions (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *report = NULL, *events = NULL, *oldest = NULL, *ranged = NULL, *offline = NULL;
  g_autoptr(GError) error = NULL;

  add (fixture, "page_view", WEIR_EVENT_USER_ID, "u1", NOON, "{\"site_id\":\"s\",\"path\":\"/a\"}");
  add (fixture, "page_view", WEIR_EVENT_USER_ID, "u2", NOON, "{\"site_id\":\"s\",\"path\":\"/b\"}");
  add (fixture, "page_view", WEIR_EVENT_USER_ID, "u1", NOON, "{\"site_id\":\"s\",\"path\":\"/b\"}");
  add (fixture, "page_view", WEIR_EVENT_ANONYMOUS_ID, "x", NOON, "{\"site_id\":\"s\",\"path\":\"/b\"}");
  add (fixture, "page_view", WEIR_EVENT_USER_ID, "u3", NOON + G_TIME_SPAN_DAY, "{\"site_id\":\"s\",\"path\":\"/b\"}");
  add (fixture, "page_view", WEIR_EVENT_USER_ID, "u3", NOON, "{\"site_id\":\"t' OR 1\",\"path\":\"/b\"}");
  add (fixture, "click", WEIR_EVENT_USER_ID, "u3", NOON, "{\"site_id\":\"s\",\"path\":\"/b\"}");
  write_all (fixture);

  report = ask (fixture, weir_site_report_run, weir_site_report_new ("s", "2026-01-01", &error),
                (GDestroyNotify) weir_site_report_free, FALSE);
  g_assert_cmpstr (report, ==,
                   "{\"site_id\":\"s\",\"date\":\"2026-01-01\",\"total_views\":4,\"unique_users\":2,"
                   "\"top_paths\":[{\"path\":\"/b\",\"views\":3},{\"path\":\"/a\",\"views\":1}]}");

  events = ask (fixture, weir_events_query_run,
                weir_events_query_new_from_json ("{\"limit\":2,\"before\":7,\"filter\":{\"property\":\"path\","
                                                 "\"op\":\"=\",\"value\":\"/b\"}}", -1, &error),
                (GDestroyNotify) weir_events_query_free, FALSE);
  g_assert_true (g_str_has_prefix (events, "{\"kind\":\"events\",\"as_of\":7,\"events\":[{\"seq\":6,\"id\":"));
  g_assert_nonnull (strstr (events, "},{\"seq\":5,"));
  g_assert_nonnull (strstr (events, "\"user_id\":\"u3\",\"anonymous_id\":\"a\\\"1\""));
  g_assert_nonnull (strstr (events, "],\"scanned_until\":5,"));

  oldest = ask (fixture, weir_events_query_run,
                weir_events_query_new_from_json ("{\"limit\":2,\"after\":4,\"order\":\"oldest\"}", -1, &error),
                (GDestroyNotify) weir_events_query_free, FALSE);
  g_assert_true (g_str_has_prefix (oldest, "{\"kind\":\"events\",\"as_of\":7,\"events\":[{\"seq\":5,\"id\":"));
  g_assert_nonnull (strstr (oldest, "},{\"seq\":6,"));
  g_assert_nonnull (strstr (oldest, "],\"scanned_until\":6,\"scanned_received\":\""));

  /* The start of a range belongs to it, its end does not. */
  ranged = ask (fixture, weir_events_query_run,
                weir_events_query_new_from_json ("{\"range\":{\"from\":\"2026-01-02T12:00:00Z\"}}", -1, &error),
                (GDestroyNotify) weir_events_query_free, FALSE);
  g_assert_nonnull (strstr (ranged, "\"events\":[{\"seq\":5,"));
  g_assert_null (strstr (ranged, "},{\"seq\":"));
  g_free (ranged);
  ranged = ask (fixture, weir_events_query_run,
                weir_events_query_new_from_json ("{\"limit\":1,\"range\":{\"from\":\"2026-01-01T12:00:00Z\","
                                                 "\"to\":\"2026-01-01T12:00:00Z\"}}", -1, &error),
                (GDestroyNotify) weir_events_query_free, FALSE);
  g_assert_nonnull (strstr (ranged, "\"events\":[],\"scanned_until\":1,"));
  g_free (ranged);
  ranged = ask (fixture, weir_events_query_run,
                weir_events_query_new_from_json ("{\"limit\":1,\"range\":{\"to\":\"2026-01-02T12:00:00Z\"},"
                                                 "\"before\":6}", -1, &error),
                (GDestroyNotify) weir_events_query_free, FALSE);
  g_assert_nonnull (strstr (ranged, "\"events\":[{\"seq\":4,"));

  /* The same from a file that nobody has open. */
  close_store (fixture);
  offline = ask (fixture, weir_site_report_run, weir_site_report_new ("s", "2026-01-01", &error),
                 (GDestroyNotify) weir_site_report_free, TRUE);
  g_assert_cmpstr (offline, ==, report);
  open_store (fixture, 0);

  g_assert_null (weir_site_report_new ("s", "2026-02-30", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (weir_events_query_new_from_json ("{\"order\":\"best\"}", -1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (weir_events_query_new_from_json ("{\"order\":\"oldest\",\"person\":\"x\"}", -1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (weir_events_query_new_from_json ("{\"range\":{\"last\":\"7\"}}", -1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (weir_events_query_new_from_json ("{\"limit\":-1}", -1, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/sqlite-store/" #name, Fixture, NULL, setup, test_##name, teardown)
  ADD (views);
  ADD (plans);
  ADD (reopen);
  ADD (retention);
  ADD (refused);
  ADD (saved_migration);
  ADD (corrupt);
  ADD (reader_stays);
  ADD (recall);
  ADD (questions);
#undef ADD

  return g_test_run ();
}
