/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>
#include <string.h>

#include "test-sqlite-store.h"
#include "weir-persons-query.h"
#include "weir-queries.h"
#include "weir-reader.h"
#include "weir-sqlite-ask.h"
#include "weir-sqlite-catalog.h"
#include "weir-sqlite-cohorts.h"
#include "weir-sqlite-person-search.h"
#include "weir-sqlite-persons.h"
#include "weir-sqlite-questions.h"
#include "weir-sqlite-suggestions.h"

/*
 * Every statement that a question runs is caught while it runs, whatever file it is written in, and
 * its plan is looked at: none may walk a whole table of events, identities or persons, but for
 * those that are listed here with the reason.
 */

/* What may be walked from end to end: few rows, or a function. The aliases are those of the
 * statements. */
static const char *const small[] = {
  "CONSTANT ROW", "cohort", "event_column", "event_name", "json_each", "source", "state",
  "timeline_part", NULL
};

static const struct {
  const char *sql;
  const char *why;
} exceptions[] = {
  { "FROM (SELECT * FROM event ORDER BY seq DESC LIMIT ?1)",
    "suggestions look at the newest 200 000 events; the limit ends the walk" },
  { "SELECT identity_id, 0 FROM identity_change WHERE person_id IS NULL",
    "who was deleted, once for each reader, along a partial index of those alone" },
  { "SELECT id, person_id FROM identity WHERE person_id <> id",
    "who is somebody else, once for each reader, along a partial index of those alone" },
  { "SELECT id, properties FROM person",
    "a condition on persons' properties alone: a cohort of everybody who lives in Oslo" },
  { "SELECT weir_search (id, properties) FROM person",
    "the search for persons, where no id matches any better" },
  { "SELECT weir_search (id, distinct_id) FROM identity",
    "the search for persons, in the middle of an id" },
  { "SELECT count (*) FROM person", "how many persons there are, along the narrowest index" },
  { "FROM cohort AS c ORDER BY name", "the list of saved cohorts is a list of all" },
};

static gboolean was_needed[G_N_ELEMENTS (exceptions)];
static GHashTable *statements;    /* set of SQL texts */

static int
trace (unsigned  what,
       void     *data,
       void     *statement,
       void     *text)
{
  const char *sql = text;

  /* A comment is what a virtual table or a trigger does inside. */
  if (!g_str_has_prefix (sql, "--"))
    g_hash_table_add (statements, g_strdup (sql));
  return 0;
}

static int
opened (sqlite3                    *db,
        const char                **message,
        const sqlite3_api_routines *api)
{
  return sqlite3_trace_v2 (db, SQLITE_TRACE_STMT, trace, NULL);
}

static void
do_nothing (sqlite3_context  *context,
            int               n_values,
            sqlite3_value   **values)
{
}

static void
end_nothing (sqlite3_context *context)
{
  sqlite3_result_null (context);
}

/* The statements call functions of ours, which a plan needs to know by name alone. */
static sqlite3_stmt *
explain (sqlite3    *db,
         const char *sql)
{
  g_autofree char *text = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  static const char missing[] = "no such function: ";
  sqlite3_stmt *statement = NULL;

  while (sqlite3_prepare_v2 (db, text, -1, &statement, NULL) != SQLITE_OK)
    {
      g_autofree char *message = g_strdup (sqlite3_errmsg (db));

      g_test_message ("%s: %s", sql, message);
      g_assert_true (g_str_has_prefix (message, missing));
      g_assert_cmpint (sqlite3_create_function_v2 (db, message + strlen (missing), -1, SQLITE_UTF8,
                                                   NULL, NULL, do_nothing, end_nothing, NULL),
                       ==, SQLITE_OK);
    }
  return statement;
}

static gboolean
is_small (const char *step)
{
  g_auto(GStrv) words = NULL;

  if (!g_str_has_prefix (step, "SCAN "))
    return TRUE;
  step += strlen ("SCAN ");
  for (guint i = 0; small[i] != NULL; i++)
    {
      gsize length = strlen (small[i]);

      if (g_str_has_prefix (step, small[i]) && (step[length] == '\0' || step[length] == ' '))
        return TRUE;
    }
  /* What a statement made itself: a subquery, a common table expression, a list of values. */
  return g_str_has_prefix (step, "(subquery") || g_strrstr (step, "VIRTUAL TABLE") != NULL ||
         g_strrstr (step, "-ROW VALUES") != NULL;
}

static gboolean
is_exception (const char *sql)
{
  for (guint i = 0; i < G_N_ELEMENTS (exceptions); i++)
    {
      if (strstr (sql, exceptions[i].sql) != NULL)
        {
          was_needed[i] = TRUE;
          return TRUE;
        }
    }
  return FALSE;
}

static guint
check_plan (sqlite3    *db,
            const char *sql)
{
  sqlite3_stmt *plan;
  guint n_walks = 0;

  if (!g_str_has_prefix (sql, "SELECT") && !g_str_has_prefix (sql, "WITH"))
    return 0;
  plan = explain (db, sql);
  while (sqlite3_step (plan) == SQLITE_ROW)
    {
      const char *step = (const char *) sqlite3_column_text (plan, 3);

      if (is_small (step) || is_exception (sql))
        continue;
      g_test_message ("%s\n  %s", sql, step);
      n_walks++;
    }
  sqlite3_finalize (plan);

  return n_walks;
}

typedef GBytes *(*RunFunc) (WeirReader *, gpointer, GCancellable *, GError **);

static void
run (WeirReader *reader,
     RunFunc     func,
     gpointer    question)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;

  weir_reader_begin (reader, NULL, &error);
  g_assert_no_error (error);
  answer = func (reader, question, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  weir_reader_end (reader);
}

static void
run_question (WeirReader *reader,
              const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, &error);
  WeirAsk *ask;

  g_test_message ("%s", json);
  g_assert_no_error (error);
  ask = weir_ask_new (question, FALSE);
  run (reader, weir_ask_run, ask);
  weir_ask_free (ask);
}

#define FILTERS \
  "\"filter\":{\"all\":[{\"property\":\"plan\",\"op\":\"is_set\"}," \
  "{\"property\":\"person.city\",\"op\":\"=\",\"value\":\"Oslo\"}," \
  "{\"property\":\"source\",\"op\":\"=\",\"value\":\"local\"}]}"

static void
run_questions (WeirReader *reader)
{
  static const char *const questions[] = {
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"count\"}],\"interval\":\"day\"}",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"*\",\"measure\":\"persons\"}],"
    "\"interval\":\"day\",\"breakdown\":\"plan\"}",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"p95\","
    "\"property\":\"duration_ms\"}],\"interval\":\"day\"," FILTERS "}",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"count\"}],"
    "\"interval\":\"day\",\"cohort\":\"good\"}",
    "{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"count\"}],"
    "\"interval\":\"day\",\"cohort\":\"listed\"}",
    "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"7d\"}",
    "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"7d\","
    "\"breakdown\":\"person.city\"," FILTERS "}",
    "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"7d\","
    "\"order\":\"strict\"}",
    "{\"kind\":\"funnel_persons\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],"
    "\"window\":\"7d\",\"step\":1,\"converted\":true,\"limit\":10}",
    "{\"kind\":\"retention\",\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"b\"},"
    "\"period\":\"day\",\"periods\":7}",
    "{\"kind\":\"retention\",\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"b\"},"
    "\"period\":\"day\",\"periods\":7,\"mode\":\"first_time\"}",
    "{\"kind\":\"cohort\",\"where\":{\"did\":\"a\",\"within\":\"7d\"}}",
    "{\"kind\":\"cohort\",\"where\":{\"did_not\":\"b\"}}",
    "{\"kind\":\"cohort\",\"where\":{\"property\":\"person.city\",\"op\":\"=\",\"value\":\"Oslo\"}}",
    "{\"kind\":\"cohort\",\"where\":{\"cohort\":\"listed\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    run_question (reader, questions[i]);
}

static void
run_json (WeirReader     *reader,
          RunFunc         func,
          gpointer        question,
          GDestroyNotify  destroy)
{
  g_assert_nonnull (question);
  run (reader, func, question);
  destroy (question);
}

static char *
dup_person (const char *path)
{
  sqlite3_stmt *select;
  sqlite3 *db;
  char *id;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT id FROM persons LIMIT 1", -1, &select, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (select), ==, SQLITE_ROW);
  id = g_strdup ((const char *) sqlite3_column_text (select, 0));
  sqlite3_finalize (select);
  sqlite3_close (db);

  return id;
}

static void
run_lists (WeirReader *reader,
           const char *person)
{
  g_autofree char *events_of =
      g_strdup_printf ("{\"kind\":\"events\",\"person\":\"%s\"}", person);
  static const RunFunc of_person[] = { weir_person_show_run, weir_person_edges_run,
                                       weir_person_events_run, weir_person_export_run };
  WeirCatalogQuery *values = weir_catalog_query_new (NULL);
  WeirPersonAsk *by_id = weir_person_ask_new ("u1");
  guint limit = 10;

  run_json (reader, weir_events_query_run,
            weir_events_query_new_from_json ("{\"kind\":\"events\"," FILTERS "}", -1, NULL),
            (GDestroyNotify) weir_events_query_free);
  run_json (reader, weir_events_query_run, weir_events_query_new_from_json (events_of, -1, NULL),
            (GDestroyNotify) weir_events_query_free);
  run_json (reader, weir_persons_query_run, weir_persons_query_new_from_json ("{}", -1, NULL),
            (GDestroyNotify) weir_persons_query_free);
  run_json (reader, weir_persons_query_run,
            weir_persons_query_new_from_json ("{\"search\":\"u\"}", -1, NULL),
            (GDestroyNotify) weir_persons_query_free);
  run_json (reader, weir_site_report_run, weir_site_report_new ("s", NULL, NULL),
            (GDestroyNotify) weir_site_report_free);
  run_json (reader, weir_catalog_run, weir_catalog_query_new (NULL),
            (GDestroyNotify) weir_catalog_query_free);
  run_json (reader, weir_catalog_run, weir_catalog_query_new ("a"),
            (GDestroyNotify) weir_catalog_query_free);
  values->property = g_strdup ("person.city");
  run_json (reader, weir_catalog_run_values, values, (GDestroyNotify) weir_catalog_query_free);
  run (reader, weir_suggestions_run, &limit);
  run (reader, weir_sqlite_cohorts_list, NULL);
  by_id->is_distinct_id = TRUE;
  run_json (reader, weir_person_show_run, by_id, (GDestroyNotify) weir_person_ask_free);
  for (guint i = 0; i < G_N_ELEMENTS (of_person); i++)
    {
      WeirPersonAsk *ask = weir_person_ask_new (person);

      ask->limit = 10;
      run_json (reader, of_person[i], ask, (GDestroyNotify) weir_person_ask_free);
    }
}

static void
fill (TestSqliteStore *store)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"event\":\"%s\",\"user_id\":\"u%u\",\"value\":%u,\"timestamp\":\"%s\","
          "\"properties\":{\"plan\":\"pro\",\"duration_ms\":%u}}",
          i % 3 == 0 ? "b" : "a", i % 4, i, "2026-01-01T12:00:00Z", i);

      test_sqlite_store_add (store, json);
    }
  test_sqlite_store_merge (store, "u1", "u2");
  test_sqlite_store_set_properties (store, "u1", "{\"city\":\"Oslo\"}");
  test_sqlite_store_save_cohort (store, "good", "{\"where\":{\"did\":\"a\"}}");
  test_sqlite_store_save_cohort (store, "listed", "{\"distinct_ids\":[\"u1\",\"u3\"]}");
}

static void
test_plans (void)
{
  TestSqliteStore *store = test_sqlite_store_new ();
  const char *path = test_sqlite_store_get_path (store);
  g_autofree char *person = NULL;
  WeirReader *reader;
  GHashTableIter iter;
  gpointer sql;
  guint n_walks = 0;
  sqlite3 *db;

  fill (store);
  person = dup_person (path);
  statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_auto_extension ((void (*) (void)) opened);
  reader = weir_reader_new (path, FALSE);
  run_questions (reader);
  run_lists (reader, person);
  weir_reader_free (reader);
  sqlite3_cancel_auto_extension ((void (*) (void)) opened);

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_hash_table_iter_init (&iter, statements);
  while (g_hash_table_iter_next (&iter, &sql, NULL))
    n_walks += check_plan (db, sql);
  g_test_message ("%u statements", g_hash_table_size (statements));
  g_assert_cmpuint (g_hash_table_size (statements), >, 40);
  g_assert_cmpuint (n_walks, ==, 0);

  /* An exception that nothing needs is to be taken out. */
  for (guint i = 0; i < G_N_ELEMENTS (exceptions); i++)
    {
      g_test_message ("%s: %s", exceptions[i].sql, exceptions[i].why);
      g_assert_true (was_needed[i]);
    }

  /* The check can fail. */
  g_assert_cmpuint (check_plan (db, "SELECT count (*) FROM event"), ==, 1);
  g_assert_cmpuint (check_plan (db, "SELECT distinct_id FROM identity WHERE first_seen > 0"), ==,
                    1);

  sqlite3_close (db);
  g_hash_table_unref (statements);
  test_sqlite_store_free (store);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/plans", test_plans);

  return g_test_run ();
}
