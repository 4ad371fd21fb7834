/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-chdb LIBRARY FOLDER ROWS.tsv START: the questions of bench-questions asked of ClickHouse in this
 * process, on the same rows. It is told who is who beforehand, so it does not have to look up
 * anybody: its best case. Prints the best time of each question as lines of JSON.
 */

#include <dlfcn.h>
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#define ROUNDS 3

/* The C interface of the library, as its header has it. */
typedef void *Connection;
typedef struct Result Result;

static Connection *(*chdb_connect) (int argc, char **argv);
static Result *(*chdb_query) (Connection connection, const char *query, const char *format);
static const char *(*chdb_result_error) (Result *result);
static const char *(*chdb_result_buffer) (Result *result);
static gsize (*chdb_result_length) (Result *result);
static void (*chdb_destroy_query_result) (Result *result);

/* START and END are put in later. */
#define EVENTS " FROM events WHERE time >= START AND time < END"
#define FUNNEL(first) \
  "SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (SELECT" \
  " windowFunnel(604800000000, 'strict_once')(toUInt64(time), " first \
  ", name = 'add_to_cart', name = 'purchase') AS level" EVENTS \
  " AND name IN ('visit', 'add_to_cart', 'purchase') GROUP BY person)"

static const struct {
  const char *name;
  const char *sql;
} questions[] = {
  { "funnel", FUNNEL ("name = 'visit'") },
  { "funnel filtered",
    FUNNEL ("name = 'visit' AND JSONExtractString(properties, 'plan') = 'pro'") },
  { "trend persons",
    "SELECT toDate(toDateTime(intDiv(time, 1000000), 'UTC')) AS day, uniqExact(person)" EVENTS
    " AND name = 'page_view' GROUP BY day ORDER BY day" },
  { "trend count",
    "SELECT toDate(toDateTime(intDiv(time, 1000000), 'UTC')) AS day, count()" EVENTS
    " AND name = 'page_view' GROUP BY day ORDER BY day" },
  { "trend p95",
    "SELECT toDate(toDateTime(intDiv(time, 1000000), 'UTC')) AS day, quantileTDigest(0.95)(value)"
    EVENTS " AND name = 'page_view' GROUP BY day ORDER BY day" },
  { "retention",
    "SELECT first, week - first AS later, count() FROM (SELECT person,"
    " arrayJoin(arrayDistinct(starts)) AS first, arrayDistinct(returns) AS again FROM (SELECT person,"
    " groupUniqArrayIf(week, name = 'visit') AS starts, groupUniqArrayIf(week, name = 'purchase') AS"
    " returns FROM (SELECT person, name, toRelativeWeekNum(toDateTime(intDiv(time, 1000000), 'UTC'))"
    " AS week" EVENTS " AND name IN ('visit', 'purchase')) GROUP BY person)) ARRAY JOIN again AS week"
    " WHERE week >= first GROUP BY first, later ORDER BY first, later" },
  { "retention any",
    "SELECT first, week - first AS later, count() FROM (SELECT person, arrayJoin(weeks) AS first,"
    " weeks FROM (SELECT person, groupUniqArray(toRelativeWeekNum(toDateTime(intDiv(time, 1000000),"
    " 'UTC'))) AS weeks" EVENTS " GROUP BY person)) ARRAY JOIN weeks AS week WHERE week >= first"
    " GROUP BY first, later ORDER BY first, later" },
  { "cohort",
    "SELECT countIf(visits >= 2 AND refunds = 0) FROM (SELECT person, countIf(name = 'visit' AND"
    " time >= END - 2592000000000) AS visits, countIf(name = 'refund') AS refunds"
    " FROM events WHERE name IN ('visit', 'refund') GROUP BY person)" },
};

static gpointer
find (void       *library,
      const char *name)
{
  gpointer symbol = dlsym (library, name);

  if (symbol == NULL)
    g_error ("%s: %s", name, dlerror ());
  return symbol;
}

static Result *
query (Connection  connection,
       const char *sql)
{
  Result *result = chdb_query (connection, sql, "JSONCompactEachRow");
  const char *error = result != NULL ? chdb_result_error (result) : "no result";

  if (error != NULL)
    g_error ("%s: %s", sql, error);
  return result;
}

static void
load (Connection  connection,
      const char *rows)
{
  g_autofree char *insert = g_strdup_printf (
      "INSERT INTO events SELECT * FROM file('%s', 'TSV', 'name String, time Int64, person UInt32,"
      " value Float64, properties String')", rows);

  chdb_destroy_query_result (query (connection, "CREATE DATABASE IF NOT EXISTS bench"));
  chdb_destroy_query_result (query (connection, "USE bench"));
  chdb_destroy_query_result (query (
      connection,
      "CREATE TABLE events (name LowCardinality(String), time Int64, person UInt32, value Float64,"
      " properties String) ENGINE = MergeTree ORDER BY (name, time)"));
  chdb_destroy_query_result (query (connection, insert));
  chdb_destroy_query_result (query (connection, "OPTIMIZE TABLE events FINAL"));
}

static char *
put_in_times (const char *sql,
              gint64      first)
{
  g_autoptr(GString) text = g_string_new (sql);
  g_autofree char *start = g_strdup_printf ("%" G_GINT64_FORMAT, first);
  g_autofree char *end = g_strdup_printf ("%" G_GINT64_FORMAT, first + 84 * G_TIME_SPAN_DAY);

  g_string_replace (text, "START", start, 0);
  g_string_replace (text, "END", end, 0);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
ask (Connection connection,
     gint64     first)
{
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autofree char *sql = put_in_times (questions[i].sql, first);
      gint64 best = G_MAXINT64;

      for (guint round = 0; round < ROUNDS; round++)
        {
          gint64 start = g_get_monotonic_time ();
          Result *result = query (connection, sql);

          best = MIN (best, g_get_monotonic_time () - start);
          if (round == ROUNDS - 1)
            {
              g_auto(GStrv) lines =
                  g_strsplit (chdb_result_buffer (result), "\n", -1);
              g_autofree char *answer = NULL;

              if (lines[0] != NULL && lines[g_strv_length (lines) - 1][0] == '\0')
                g_clear_pointer (&lines[g_strv_length (lines) - 1], g_free);
              answer = g_strjoinv (",", lines);
              printf ("{\"name\":\"%s\",\"ms\":%.1f,\"answer\":[%s]}\n", questions[i].name,
                      (double) best / 1000, answer);
              fflush (stdout);
            }
          chdb_destroy_query_result (result);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *path = NULL;
  char *arguments[3] = { (char *) "chdb", NULL, NULL };
  Connection *connection;
  void *library;

  if (argc != 5)
    return 64;
  library = dlopen (argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (library == NULL)
    g_error ("%s", dlerror ());
  chdb_connect = find (library, "chdb_connect");
  chdb_query = find (library, "chdb_query");
  chdb_result_error = find (library, "chdb_result_error");
  chdb_result_buffer = find (library, "chdb_result_buffer");
  chdb_result_length = find (library, "chdb_result_length");
  chdb_destroy_query_result = find (library, "chdb_destroy_query_result");

  path = g_strdup_printf ("--path=%s", argv[2]);
  arguments[1] = path;
  connection = chdb_connect (2, arguments);
  if (connection == NULL)
    g_error ("the library cannot be connected to");
  load (*connection, argv[3]);
  ask (*connection, g_ascii_strtoll (argv[4], NULL, 10) * G_USEC_PER_SEC);
  fflush (stdout);
  /* The library's own end takes its time and has nothing to say. */
  _exit (0);
}
