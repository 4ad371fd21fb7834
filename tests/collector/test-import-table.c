/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "test-postgres.h"
#include "test-transfer.h"

/* `weir-collector import --from`: tables of a real PostgreSQL server, and of SQLite. */

#define assert_asked(self, sql, expected) \
  G_STMT_START { \
    g_autofree char *asked_ = test_transfer_ask ((self)->collector, sql); \
    g_assert_cmpstr (asked_, ==, expected); \
  } G_STMT_END

static TestPostgres *
get_server (void)
{
  TestPostgres *server = test_postgres_new ();

  if (server == NULL)
    g_test_skip ("there is no PostgreSQL server, or no libgda-5.0-postgres");
  return server;
}

/* The table of a service for web sites: a key, a site, a type, a path, a user or none, a time. */
#define SITE_EVENTS \
  "CREATE TABLE events (id BIGSERIAL PRIMARY KEY, site_id VARCHAR(64) NOT NULL, event_type VARCHAR(64) NOT NULL," \
  " path TEXT, user_id VARCHAR(64), \"timestamp\" TIMESTAMPTZ NOT NULL, mobile BOOLEAN, extra JSONB," \
  " amount NUMERIC(12,2), big BIGINT);" \
  "INSERT INTO events (site_id, event_type, path, user_id, \"timestamp\", mobile, extra, amount, big)" \
  " SELECT 'site-' || i % 3, CASE WHEN i % 4 = 0 THEN 'click' ELSE 'page_view' END, '/p/' || i % 10," \
  " CASE WHEN i % 5 > 0 THEN 'u' || i % 50 END," \
  " timestamptz '2024-03-31 00:59:59.123456+00' + i * interval '1 second', i % 2 = 0," \
  " jsonb_build_object ('n', i, 't', 'x\"y'), i * 1.25, 9007199254740992 + i FROM generate_series (1, 5500) AS i;"

static void
test_site_events (TestTransfer  *self,
                  gconstpointer  data)
{
  g_autoptr(TestPostgres) server = get_server ();
  g_autofree char *from = NULL;

  if (server == NULL)
    return;
  from = test_postgres_dup_url (server);
  test_postgres_run (server, SITE_EVENTS);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "events", "--state",
                                      "@state", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "{\"rows\":5500,\"accepted\":5500,"));
  assert_asked (self, "SELECT event || ' ' || user_id || ' ' || timestamp || ' ' || properties FROM events"
                      " WHERE id = 'events:4'",
                "click u4 2024-03-31T01:00:03.123456Z {\"site_id\":\"site-1\",\"path\":\"/p/4\",\"mobile\":true,"
                "\"extra\":{\"n\":4,\"t\":\"x\\\"y\"},\"amount\":5.0,\"big\":9007199254740996}");
  assert_asked (self, "SELECT count (*) || ' ' || count (DISTINCT id) || ' ' || sum (properties ->> '$.extra.n') || ' "
                      "' ||"
                      " count (user_id) || ' ' || count (DISTINCT user_id) || ' ' || count (DISTINCT anonymous_id)"
                      " FROM events", "5500 5500 15127750 4400 40 1100");

  /* Rows that come later, and nothing else. */
  test_postgres_run (server, "INSERT INTO events (site_id, event_type, \"timestamp\") VALUES ('s', 'late', now ())");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "events", "--state",
                                      "@state", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "{\"rows\":1,\"accepted\":1,"));
  assert_asked (self, "SELECT count (*) FROM events WHERE event = 'late'", "1");
}

static void
test_killed (TestTransfer  *self,
             gconstpointer  data)
{
  g_autoptr(TestPostgres) server = get_server ();
  g_autofree char *from = NULL;
  g_autofree char *state = test_transfer_dup_path (self, "state");

  if (server == NULL)
    return;
  from = test_postgres_dup_url (server);
  test_postgres_run (server, SITE_EVENTS);
  for (guint i = 1; i <= 2; i++)
    {
      g_autoptr(GSubprocess) process = test_transfer_spawn (self, "import", "--to", "@", "--from", from, "--table",
                                                            "public.events", "--batch", "5", "--state", "@state", NULL);

      while (test_collector_get_metric (self->collector, "weir_events_accepted_total") < i * 1500)
        g_assert_nonnull (g_subprocess_get_identifier (process));
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
      g_assert_true (g_subprocess_get_if_signaled (process));
    }
  g_assert_true (g_file_test (state, G_FILE_TEST_EXISTS));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "public.events",
                                      "--batch", "5", "--state", "@state", NULL), ==, 0);
  g_assert_nonnull (strstr (self->err, "going on after"));
  assert_asked (self, "SELECT count (*) || ' ' || count (DISTINCT id) || ' ' || sum (properties ->> '$.extra.n')"
                      " FROM events", "5500 5500 15127750");
}

/* A query, columns by other names, a key that is a text, times by the clock on a wall. */
static void
test_query (TestTransfer  *self,
            gconstpointer  data)
{
  g_autoptr(TestPostgres) server = get_server ();
  g_autofree char *from = NULL;

  if (server == NULL)
    return;
  from = test_postgres_dup_url (server);
  test_transfer_write (self, "from", from, -1);
  test_postgres_run (server, "CREATE TABLE \"odd \"\"name\" (k UUID, what TEXT, who INT, \"when\" TIMESTAMP);"
                             "INSERT INTO \"odd \"\"name\" SELECT md5 (i::text)::uuid, 'a', i, '2024-07-01 12:00:00'"
                             " FROM generate_series (1, 2500) AS i;"
                             "INSERT INTO \"odd \"\"name\" VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', '', 1, now "
                             "())");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from-file", "@from", "--table", "odd \"name",
                                      "--key", "k", "--map", "id=k", "--map", "event=what", "--map", "user_id=who",
                                      "--map", "timestamp=when", "--timezone", "Europe/Berlin", "--state", "@1",
                                      "--rejected", "@bad", NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "{\"rows\":2501,\"accepted\":2500,\"duplicates\":0,\"rejected\":1,"));
  assert_asked (self, "SELECT timestamp || properties FROM events WHERE id = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'"
                      " AND user_id = '1'", "2024-07-01T10:00:00.000000Z{}");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from-file", "@from", "--query",
                                      "WITH x AS (SELECT * FROM \"odd \"\"name\" WHERE what <> '')"
                                      " SELECT row_number () OVER (ORDER BY who) AS id, 'q' AS event, who AS user_id,"
                                      " \"when\" AS timestamp FROM x;", "--state", "@2", NULL), ==, 0);
  assert_asked (self, "SELECT count (*) || min (timestamp) FROM events WHERE event = 'q'",
                "25002024-07-01T12:00:00.000000Z");
}

/* A table that has no key is read by the number that the database gives its rows, killed or not. */
static void
test_no_key (TestTransfer  *self,
             gconstpointer  data)
{
  g_autoptr(TestPostgres) server = get_server ();
  g_autoptr(GSubprocess) process = NULL;
  g_autofree char *from = NULL;

  if (server == NULL)
    return;
  from = test_postgres_dup_url (server);
  test_postgres_run (server, "CREATE TABLE events (site_id TEXT, event_type TEXT, path TEXT, user_id TEXT,"
                             " \"timestamp\" TIMESTAMPTZ);"
                             "INSERT INTO events SELECT 's', 'page_view', '/' || i % 7, 'u' || i % 3,"
                             " '2024-05-05 05:05:05+00' FROM generate_series (1, 5000) AS i;"
                             "DELETE FROM events WHERE path = '/6'");
  process = test_transfer_spawn (self, "import", "--to", "@", "--from", from, "--table", "events", "--batch", "5",
                                 "--state", "@state", NULL);
  while (test_collector_get_metric (self->collector, "weir_events_accepted_total") < 1500)
    g_assert_nonnull (g_subprocess_get_identifier (process));
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (process));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "events", "--batch", "5",
                                      "--state", "@state", NULL), ==, 0);
  assert_asked (self, "SELECT count (*) || ' ' || count (DISTINCT id) || ' ' || count (DISTINCT properties) || ' ' ||"
                      " max (properties) FROM events", "4286 4286 6 {\"site_id\":\"s\",\"path\":\"/5\"}");
}

/* What cannot be numbered would be imported in part, and nobody would know. */
static void
test_keys (TestTransfer  *self,
           gconstpointer  data)
{
  g_autoptr(TestPostgres) server = get_server ();
  g_autofree char *from = NULL;

  if (server == NULL)
    return;
  from = test_postgres_dup_url (server);
  test_postgres_run (server, "CREATE TABLE twice AS SELECT (i - i / 1000)::int AS id, 'a' AS event, 'u' AS user_id,"
                             " now () AS timestamp FROM generate_series (1, 1500) AS i;"
                             "CREATE TABLE empty AS SELECT NULLIF (i, 7) AS id, 'a' AS event, 'u' AS user_id,"
                             " now () AS timestamp FROM generate_series (1, 20) AS i;"
                             "CREATE TABLE none AS SELECT 'a' AS event, 'u' AS user_id, now () AS timestamp");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "twice", "--state", "@1",
                                      NULL), ==, 66);
  g_assert_nonnull (strstr (self->err, "two rows have the key “999”"));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "empty", "--state", "@2",
                                      NULL), ==, 66);
  g_assert_nonnull (strstr (self->err, "the key is empty in a row"));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--query", "SELECT * FROM none",
                                      "--state", "@3", NULL), ==, 64);
  g_assert_nonnull (strstr (self->err, "there is no column “id”"));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "nothing", "--state",
                                      "@4", NULL), ==, 66);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", "PostgreSQL://DB_NAME=x;HOST=/nonexistent",
                                      "--table", "events", "--state", "@5", NULL), ==, 66);
}

/* Needs no server, so it is not skipped. */
static void
test_sqlite (TestTransfer  *self,
             gconstpointer  data)
{
  g_autofree char *path = test_transfer_dup_path (self, "visits.db");
  g_autofree char *from = g_strdup_printf ("SQLite://DB_DIR=%s;DB_NAME=visits", self->dir);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE events (id INTEGER PRIMARY KEY, event_type TEXT, user_id TEXT,"
                                     " time INTEGER, size BIGINT);"
                                     "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                                     " INSERT INTO events SELECT i * 3000000000, 'seen', 'u' || i % 9,"
                                     " 1700000000000 + i, i * 5000000000 FROM n;"
                                     "CREATE TABLE bare AS SELECT 'bare' AS event, user_id, time FROM events",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "events", "--state",
                                      "@state", NULL), ==, 0);
  assert_asked (self, "SELECT count (*) || ' ' || count (DISTINCT id) || ' ' || sum (properties ->> 'size') || ' ' ||"
                      " max (timestamp) FROM events", "3000 3000 22507500000000000 2023-11-14T22:13:23.000000Z");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--from", from, "--table", "bare", "--state",
                                      "@bare", NULL), ==, 0);
  assert_asked (self, "SELECT count (*) || ' ' || count (DISTINCT id) || ' ' || max (properties) FROM events"
                      " WHERE event = 'bare'", "3000 3000 {}");
}

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *path;
    void (*func) (TestTransfer *self, gconstpointer data);
  } tests[] = {
    { "/collector/import-table/site-events", test_site_events },
    { "/collector/import-table/killed", test_killed },
    { "/collector/import-table/query", test_query },
    { "/collector/import-table/no-key", test_no_key },
    { "/collector/import-table/keys", test_keys },
    { "/collector/import-table/sqlite", test_sqlite },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, TestTransfer, NULL, test_transfer_set_up, tests[i].func, test_transfer_tear_down);
  return g_test_run ();
}
