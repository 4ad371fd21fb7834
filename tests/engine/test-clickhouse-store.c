/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "test-clickhouse-front.h"
#include "test-sqlite-store.h"
#include "weir-answer.h"
#include "weir-catalog-query.h"
#include "weir-clickhouse-select.h"
#include "weir-clickhouse-sql.h"
#include "weir-clickhouse-store.h"
#include "weir-error.h"
#include "weir-persons-query.h"
#include "weir-queries.h"
#include "weir-sqlite-ask.h"
#include "weir-sqlite-catalog.h"
#include "weir-sqlite-person-search.h"
#include "weir-sqlite-persons.h"
#include "weir-sqlite-questions.h"
#include "weir-sqlite-scan.h"
#include "weir-sqlite-suggestions.h"
#include "weir-time.h"

/* The same events at random in a file and in ClickHouse, and the same questions at random: what both
 * say is the same, byte by byte. */

#define START      G_GINT64_CONSTANT (1790000000000000)   /* 2026-09-21 */
#define DAYS       10
#define N_EVENTS   1500
#define N_ROUNDS   5
#define N_QUESTIONS 60

typedef struct {
  TestSqliteStore *file;
  TestSqliteStore *clickhouse;
  GRand *rand;
} Pair;

static TestClickhouseFront *front;   /* NULL until it is needed */

static const char *const names[] = { "visit", "cart", "buy", "refund", "page_view", "näme \"x\" 'y' \\" };
static const char *const properties[] = {
  "{}",
  "{\"plan\":\"pro\",\"n\":3}",
  "{\"plan\":\"free\",\"n\":-1.5,\"deep\":{\"a\":[1,2]}}",
  "{\"plan\":null,\"site_id\":\"s1\",\"path\":\"/a\\\\b'c\"}",
  "{\"value\":7.25,\"duration_ms\":120,\"error\":true}",
  "{\"value\":1e300,\"$set\":{\"city\":\"Oslo\"},\"site_id\":\"s1\",\"path\":\"/p\"}",
  "{\"$set_once\":{\"city\":\"Rom\"},\"dependency\":\"db\",\"status\":500}",
};

/* In this process, or behind HTTP. */
static WeirClickhouseAddress *
dup_address (gconstpointer place)
{
  g_autoptr(GError) error = NULL;
  WeirClickhouseAddress *address;

  if (g_str_equal (place, "chdb"))
    return test_clickhouse_address_dup_embedded ();
  if (front == NULL)
    front = test_clickhouse_front_new ();
  if (front == NULL)
    return NULL;
  address = weir_clickhouse_address_new_url (test_clickhouse_front_get_url (front), &error);
  g_assert_no_error (error);
  return address;
}

static gboolean
pair_open (Pair          *self,
           gconstpointer  place)
{
  g_autoptr(WeirClickhouseAddress) address = dup_address (place);

  if (address == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return FALSE;
    }
  self->clickhouse = test_sqlite_store_new_clickhouse (address);
  self->file = test_sqlite_store_new_like (self->clickhouse);
  self->rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  return TRUE;
}

static void
pair_close (Pair *self)
{
  test_sqlite_store_free (self->file);
  test_sqlite_store_free (self->clickhouse);
  g_rand_free (self->rand);
}

static void
append_id (Pair       *self,
           GString    *out,
           const char *member,
           const char *prefix)
{
  g_string_append_printf (out, ",\"%s\":\"%s%d\"", member, prefix, g_rand_int_range (self->rand, 0, 9));
}

static void
append_event (Pair    *self,
              GString *out)
{
  char time[WEIR_TIME_TEXT_SIZE];
  const char *name = names[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (names))];
  g_autofree char *quoted = g_strescape (name, "\303\244");

  weir_time_format_rfc3339 (START + g_rand_int_range (self->rand, 0, DAYS * 86400) * G_USEC_PER_SEC, time);
  g_string_append_printf (out, "{\"event\":\"%s\",\"timestamp\":\"%s\",\"properties\":%s",
                          strchr (quoted, '\'') != NULL ? "näme \\\"x\\\" 'y' \\\\" : quoted, time,
                          properties[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (properties))]);
  switch (g_rand_int_range (self->rand, 0, 6))
    {
    case 0:
      append_id (self, out, "user_id", "u");
      append_id (self, out, "anonymous_id", "a");
      break;

    case 1:
      append_id (self, out, "device_id", "d");
      break;

    case 2:
      append_id (self, out, "anonymous_id", "a");
      append_id (self, out, "device_id", "d");
      append_id (self, out, "session_id", "s");
      break;

    case 3:
      append_id (self, out, "user_id", "u");
      append_id (self, out, "session_id", "s");
      break;

    default:
      append_id (self, out, "distinct_id", "x");
      break;
    }
  g_string_append_c (out, '}');
}

static void
add_events (Pair *self,
            guint n)
{
  g_autoptr(GString) json = g_string_new ("{\"events\":[");

  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_event (self, json);
    }
  g_string_append (json, "]}");
  test_sqlite_store_add (self->file, json->str);
  test_sqlite_store_add (self->clickhouse, json->str);
}

static const char *
any_name (Pair *self)
{
  return names[g_rand_int_range (self->rand, 0, 5)];
}

static const char *
any_filter (Pair *self)
{
  static const char *const filters[] = {
    "", "", "", ",\"filter\":{\"property\":\"plan\",\"op\":\"=\",\"value\":\"pro\"}",
    ",\"filter\":{\"property\":\"n\",\"op\":\">\",\"value\":0}",
    ",\"filter\":{\"property\":\"source\",\"op\":\"=\",\"value\":\"local\"}",
    ",\"filter\":{\"property\":\"person.city\",\"op\":\"=\",\"value\":\"Oslo\"}",
    ",\"filter\":{\"property\":\"device_id\",\"op\":\"is_set\"}",
    ",\"filter\":{\"property\":\"value\",\"op\":\"<\",\"value\":8}",
  };

  return filters[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (filters))];
}

static char *
dup_range (Pair *self)
{
  gint64 from = START + g_rand_int_range (self->rand, -2, DAYS) * G_TIME_SPAN_DAY +
                g_rand_int_range (self->rand, 0, 3600) * G_USEC_PER_SEC;
  gint64 until = from + g_rand_int_range (self->rand, 1, DAYS) * G_TIME_SPAN_DAY;
  char begin[WEIR_TIME_TEXT_SIZE], end[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (from, begin);
  weir_time_format_rfc3339 (until, end);
  return g_strdup_printf ("\"range\":{\"from\":\"%s\",\"to\":\"%s\"}", begin, end);
}

static char *
dup_funnel (Pair *self)
{
  static const char *const orders[] = { "ordered", "strict", "any" };
  g_autofree char *range = dup_range (self);
  GString *out = g_string_new ("{\"kind\":\"funnel\",");

  g_string_append_printf (out, "%s,\"window\":\"%dd\",\"order\":\"%s\",\"steps\":[", range,
                          g_rand_int_range (self->rand, 1, 8), orders[g_rand_int_range (self->rand, 0, 3)]);
  for (int i = 0, n = g_rand_int_range (self->rand, 2, 5); i < n; i++)
    g_string_append_printf (out, "%s{\"event\":\"%s\"%s}", i > 0 ? "," : "", any_name (self), any_filter (self));
  g_string_append (out, g_rand_int_range (self->rand, 0, 3) == 0 ? "],\"breakdown\":\"plan\"}" : "]}");
  return g_string_free (out, FALSE);
}

static char *
dup_trend (Pair *self)
{
  static const char *const measures[] = { "count\"", "persons\"", "sum\",\"property\":\"value\"",
                                          "p95\",\"property\":\"duration_ms\"", "avg\",\"property\":\"n\"" };
  g_autofree char *range = dup_range (self);

  return g_strdup_printf ("{\"kind\":\"trend\",%s,\"interval\":\"%s\","
                          "\"series\":[{\"event\":\"%s\",\"measure\":\"%s%s},"
                          "{\"event\":\"%s\"}]%s}",
                          range, g_rand_boolean (self->rand) ? "day" : "hour", any_name (self),
                          measures[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (measures))], any_filter (self),
                          any_name (self), g_rand_boolean (self->rand) ? ",\"breakdown\":\"plan\"" : "");
}

static char *
dup_retention (Pair *self)
{
  g_autofree char *range = dup_range (self);

  return g_strdup_printf ("{\"kind\":\"retention\",%s,\"period\":\"day\",\"start\":{\"event\":\"%s\"%s},"
                          "\"return\":{\"event\":\"%s\"}}",
                          range, any_name (self), any_filter (self), any_name (self));
}

static char *
dup_cohort (Pair *self)
{
  return g_strdup_printf ("{\"kind\":\"cohort\",\"where\":{\"all\":[{\"did\":\"%s\",\"at_least\":%d%s},"
                          "{\"not\":{\"did\":\"%s\",\"within\":\"%dd\"}}]}}",
                          any_name (self), g_rand_int_range (self->rand, 1, 4), any_filter (self), any_name (self),
                          g_rand_int_range (self->rand, 1, 9));
}

static gboolean
ask (TestSqliteStore *store,
     const char      *json,
     GString         *answer,
     GString         *csv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, &error);

  if (question == NULL || !test_sqlite_store_ask (store, question, START + DAYS * G_TIME_SPAN_DAY, answer, csv, &error))
    {
      g_string_assign (answer, error->message);
      return FALSE;
    }
  return TRUE;
}

static guint
compare_question (Pair       *self,
                  const char *json)
{
  g_autoptr(GString) file = g_string_new (NULL);
  g_autoptr(GString) clickhouse = g_string_new (NULL);
  g_autoptr(GString) file_csv = g_string_new (NULL);
  g_autoptr(GString) clickhouse_csv = g_string_new (NULL);
  gboolean ok = ask (self->file, json, file, file_csv);

  ask (self->clickhouse, json, clickhouse, clickhouse_csv);
  if (!ok || !g_string_equal (file, clickhouse))
    g_test_message ("%s: %s", json, file->str);
  g_assert_cmpstr (clickhouse->str, ==, file->str);
  g_assert_cmpstr (clickhouse_csv->str, ==, file_csv->str);
  return ok;
}

static void
test_questions (gconstpointer place)
{
  static char *(*const kinds[]) (Pair *) = { dup_funnel, dup_trend, dup_retention, dup_cohort };
  guint n_answered[G_N_ELEMENTS (kinds)] = { 0 };
  Pair pair;

  if (!pair_open (&pair, place))
    return;
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      add_events (&pair, N_EVENTS / N_ROUNDS);
      for (guint i = 0; i < N_QUESTIONS; i++)
        {
          g_autofree char *json = kinds[i % G_N_ELEMENTS (kinds)](&pair);

          n_answered[i % G_N_ELEMENTS (kinds)] += compare_question (&pair, json);
        }
    }
  pair_close (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpuint (n_answered[i], >=, N_ROUNDS * N_QUESTIONS / G_N_ELEMENTS (kinds) / 2);
}

/* Without how long it took, and when each of the two stores got its events. */
static char *
run (TestSqliteStore *store,
     WeirReaderFunc   func,
     gpointer         question)
{
  g_autoptr(WeirReader) reader = test_sqlite_store_new_reader (store);
  g_autoptr(GRegex) elapsed = g_regex_new ("\"elapsed_ms\":[0-9.]+|\"(scanned_)?received\":\"[^\"]+\"", 0, 0, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  weir_reader_begin (reader, NULL, &error);
  g_assert_no_error (error);
  bytes = func (reader, question, NULL, &error);
  weir_reader_end (reader);
  if (bytes == NULL)
    return g_strdup (error->message);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_regex_replace_literal (elapsed, text, -1, 0, "", 0, NULL);
}

static char *
compare (Pair           *self,
         WeirReaderFunc  func,
         gpointer        question)
{
  g_autofree char *file = run (self->file, func, question);
  char *clickhouse = run (self->clickhouse, func, question);

  if (!g_str_equal (file, clickhouse))
    {
      gsize at = 0;

      while (file[at] == clickhouse[at])
        at++;
      g_test_message ("file: …%.200s", file + MAX (at, 60) - 60);
      g_test_message ("ClickHouse: …%.200s", clickhouse + MAX (at, 60) - 60);
      g_test_fail ();
    }
  return clickhouse;
}

static void
compare_events (Pair       *self,
                const char *json,
                gboolean    has_events)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirEventsQuery) query = weir_events_query_new_from_json (json, -1, &error);
  g_autofree char *answer = NULL;

  g_assert_no_error (error);
  answer = compare (self, weir_events_query_run, query);
  g_assert_cmpint (strstr (answer, "\"seq\":") != NULL, ==, has_events);
}

static char *
dup_person (Pair       *self,
            const char *id)
{
  WeirPersonAsk ask = { .id = (char *) id, .is_distinct_id = TRUE };
  g_autofree char *answer = compare (self, weir_person_show_run, &ask);
  const char *begin = strstr (answer, "\"id\":\"");

  g_assert_nonnull (begin);
  return g_strndup (begin + strlen ("\"id\":\""), 36);
}

static void
test_lists (gconstpointer place)
{
  static const char *const persons[] = { "{\"kind\":\"persons\",\"limit\":7}",
                                         "{\"kind\":\"persons\",\"search\":\"u1\"}",
                                         "{\"kind\":\"persons\",\"search\":\"oslo\"}" };
  g_autoptr(WeirCatalogQuery) catalog = weir_catalog_query_new (NULL);
  g_autoptr(WeirSiteReport) site = weir_site_report_new ("s1", "2026-09-25", NULL);
  guint n_suggestions = 20;
  g_autofree char *person = NULL;
  g_autofree char *json = NULL;
  WeirPersonAsk ask = { .limit = 40 };
  Pair pair;

  if (!pair_open (&pair, place))
    return;
  add_events (&pair, N_EVENTS);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":300}", TRUE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":5,\"before\":900}", TRUE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":5,\"after\":900,\"before\":903}", TRUE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":5,\"before\":1}", FALSE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":300,\"order\":\"oldest\"}", TRUE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":5,\"order\":\"oldest\",\"after\":900,\"before\":903}", TRUE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":5,\"order\":\"oldest\",\"after\":9000000}", FALSE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":5,"
                  "\"filter\":{\"property\":\"plan\",\"op\":\"=\",\"value\":\"x\"}}",
                  FALSE);
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":50,"
                  "\"filter\":{\"property\":\"n\",\"op\":\"<\",\"value\":0}}", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (persons); i++)
    {
      g_autoptr(WeirPersonsQuery) query = weir_persons_query_new_from_json (persons[i], -1, NULL);
      g_autofree char *answer = compare (&pair, weir_persons_query_run, query);

      g_assert_nonnull (strstr (answer, "\"last_seen\":"));
    }
  person = dup_person (&pair, "u1");
  ask.id = person;
  g_free (compare (&pair, weir_person_events_run, &ask));
  g_free (compare (&pair, weir_person_edges_run, &ask));
  g_free (compare (&pair, weir_person_export_run, &ask));
  g_free (compare (&pair, weir_catalog_run, catalog));
  g_free (compare (&pair, weir_site_report_run, site));
  g_free (compare (&pair, weir_suggestions_run, &n_suggestions));
  pair_close (&pair);
}

static void
erase (TestSqliteStore    *store,
       const char         *id,
       WeirErasureReceipt *receipt)
{
  g_autoptr(GError) error = NULL;
  WeirPersonId person;

  g_assert_true (weir_person_id_parse (&person, id));
  weir_store_delete_person (test_sqlite_store_get_store (store), &person, receipt, &error);
  g_assert_no_error (error);
}

static void
test_deletion (gconstpointer place)
{
  g_auto(WeirErasureReceipt) of_file = { 0 };
  g_auto(WeirErasureReceipt) of_clickhouse = { 0 };
  g_autofree char *person = NULL;
  Pair pair;

  if (!pair_open (&pair, place))
    return;
  add_events (&pair, N_EVENTS / 2);
  person = dup_person (&pair, "u1");
  erase (pair.file, person, &of_file);
  erase (pair.clickhouse, person, &of_clickhouse);
  g_assert_cmpuint (of_clickhouse.before.events, ==, of_file.before.events);
  g_assert_cmpuint (of_clickhouse.before.events, >, 0);
  g_assert_cmpuint (of_clickhouse.before.distinct_ids, ==, of_file.before.distinct_ids);
  g_assert_cmpuint (of_clickhouse.after.events, ==, 0);
  for (guint i = 0; i < N_QUESTIONS / 3; i++)
    {
      g_autofree char *json = i % 2 ? dup_trend (&pair) : dup_cohort (&pair);

      compare_question (&pair, json);
    }
  compare_events (&pair, "{\"kind\":\"events\",\"limit\":1000}", TRUE);
  pair_close (&pair);
}

/* New events only, as a live page asks for them. */
static void
test_new_rows (gconstpointer place)
{
  g_autofree char *json = g_strdup ("{\"kind\":\"trend\",\"range\":{\"from\":\"2026-09-01T00:00:00Z\","
                                    "\"to\":\"2026-11-01T00:00:00Z\"},\"interval\":\"day\","
                                    "\"series\":[{\"event\":\"visit\"}]}");
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, NULL);
  g_autoptr(WeirReader) reader = NULL;
  g_autoptr(GString) grown = g_string_new (NULL);
  g_autoptr(GString) whole = g_string_new (NULL);
  g_autoptr(WeirAnswer) answer = NULL;
  g_autoptr(WeirSqliteScan) scan = NULL;
  g_autoptr(GError) error = NULL;
  guint64 as_of = 0;
  Pair pair;

  if (!pair_open (&pair, place))
    return;
  reader = test_sqlite_store_new_reader (pair.clickhouse);
  for (guint i = 0; i < 4; i++)
    {
      add_events (&pair, 100);
      weir_reader_begin (reader, NULL, &error);
      g_assert_no_error (error);
      if (answer == NULL)
        {
          answer = weir_question_answer (question, WEIR_PEOPLE (weir_reader_get_people (reader)),
                                         START + DAYS * G_TIME_SPAN_DAY, &error);
          scan = weir_sqlite_scan_new (reader, answer);
          weir_sqlite_scan_run (scan, &error);
          g_assert_cmpuint (weir_reader_get_as_of (reader), ==, 100);
        }
      else
        {
          weir_sqlite_scan_run_new (scan, as_of, weir_reader_get_as_of (reader), &error);
        }
      g_assert_no_error (error);
      as_of = weir_reader_get_as_of (reader);
      weir_reader_end (reader);
    }
  weir_answer_write (answer, grown, &error);
  g_assert_no_error (error);
  ask (pair.file, json, whole, NULL);
  g_assert_cmpstr (grown->str, ==, whole->str);
  g_clear_pointer (&scan, weir_sqlite_scan_free);
  g_clear_object (&answer);
  g_clear_pointer (&reader, weir_reader_free);
  pair_close (&pair);
}

/* Whatever bytes somebody sends, a literal stands for them. */
static void
test_literals (void)
{
  static const char text[] = "a'b\\c\n\"\t${x} \303\244 ; DROP TABLE event --";
  g_autoptr(GString) sql = g_string_new ("SELECT ");

  weir_clickhouse_append_text (sql, text, strlen (text));
  g_assert_null (strchr (sql->str + strlen ("SELECT '"), ';'));
  g_assert_cmpint (sql->str[sql->len - 1], ==, '\'');
  g_assert_null (strstr (sql->str, "\\'"));
}

/* What people may ask in SQL cannot be led out of its brackets. */
static void
test_sql_guard (void)
{
  static const struct {
    const char *sql;
    gboolean is_fine;
  } questions[] = {
    { "SELECT 1", TRUE },
    { "SELECT 1;  -- done\n", TRUE },
    { "WITH 1 AS x SELECT x, ')' , \"a(b\" FROM t /* ( */", TRUE },
    { "SELECT format('{}', 1), `into` FROM t WHERE a = 'SETTINGS; FORMAT'", TRUE },
    { "SELECT 'it''s \\' fine'", TRUE },
    { "SELECT 1; SELECT 2", FALSE },
    { "SELECT 1) UNION ALL (SELECT 2", FALSE },
    { "SELECT (1", FALSE },
    { "SELECT 1 SETTINGS readonly = 0", FALSE },
    { "SELECT 1 settings readonly = 0", FALSE },
    { "SELECT 1 FORMAT Null", FALSE },
    { "SELECT 1 INTO OUTFILE 'x'", FALSE },
    { "SELECT $x$ ) $x$", FALSE },
    { "SELECT 'open", FALSE },
    { "SELECT 1 /* open", FALSE },
    { "SELECT 1 # \n; DROP TABLE event", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr(GError) error = NULL;
      gsize length;

      g_test_message ("%s", questions[i].sql);
      g_assert_cmpint (weir_clickhouse_sql_check (questions[i].sql, &length, &error), ==, questions[i].is_fine);
      g_assert_cmpint (error == NULL, ==, questions[i].is_fine);
    }
}

static void
test_sql (gconstpointer place)
{
  static const struct {
    const char *sql;
    const char *part;
  } questions[] = {
    { "SELECT event, count() AS n FROM events GROUP BY event ORDER BY n DESC, event",
      "{\"name\":\"n\",\"type\":\"integer\"}" },
    { "SELECT 18446744073709551615 AS big, 'a\nb' AS t", "[18446744073709551615, \"a\\nb\"]" },
    { "SELECT number FROM numbers(100)", "\"truncated\":true" },
    { "SELECT number FROM numbers(5)", "\"rows\":[[0],[1],[2],[3],[4]],\"truncated\":false" },
    { "SELECT 1 WHERE 0", "\"rows\":[]" },
  };
  static const char *const refused[] = { "SELECT nosuch FROM events",
                                         "SELECT * FROM file('/etc/hostname', 'LineAsString')",
                                         "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", "INSERT INTO event VALUES (1)",
                                         "DROP TABLE event" };
  g_autoptr(WeirClickhouseAddress) address = dup_address (place);
  g_autoptr(WeirClickhouseClient) client = NULL;
  TestSqliteStore *store;

  if (address == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  store = test_sqlite_store_new_clickhouse (address);
  test_sqlite_store_add (store, "{\"events\":[{\"event\":\"a\",\"distinct_id\":\"x\"},"
                         "{\"event\":\"b\",\"distinct_id\":\"x\"}]}");
  client = weir_clickhouse_address_connect (address, G_TIME_SPAN_MINUTE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      WeirSqlQuestion question = { (char *) questions[i].sql, 10, FALSE };
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = weir_clickhouse_sql_run (client, &question, NULL, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      if (strstr (text, questions[i].part) == NULL)
        g_assert_cmpstr (text, ==, questions[i].part);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      WeirSqlQuestion question = { (char *) refused[i], 10, FALSE };
      g_autoptr(GError) error = NULL;

      g_assert_null (weir_clickhouse_sql_run (client, &question, NULL, &error));
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
    }
  test_sqlite_store_free (store);
}

static void
test_other_place (gconstpointer place)
{
  g_autoptr(WeirClickhouseAddress) address = dup_address (place);
  g_autoptr(WeirReader) reader = NULL;
  g_autoptr(GError) error = NULL;
  TestSqliteStore *store;

  if (address == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  store = test_sqlite_store_new_clickhouse (address);
  test_sqlite_store_add (store, "{\"events\":[{\"event\":\"a\",\"distinct_id\":\"x\"}]}");
  reader = weir_reader_new (test_sqlite_store_get_path (store), FALSE);
  g_assert_false (weir_reader_begin (reader, NULL, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
  g_clear_pointer (&reader, weir_reader_free);
  test_sqlite_store_free (store);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const places[] = { "chdb", "http" };
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "questions", test_questions }, { "lists", test_lists },           { "deletion", test_deletion },
    { "new-rows", test_new_rows },   { "other-place", test_other_place },
    { "sql", test_sql },
  };
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clickhouse-store/literals", test_literals);
  g_test_add_func ("/clickhouse-store/sql-guard", test_sql_guard);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *name = g_strdup_printf ("/clickhouse-store/%s/%s", places[i], tests[j].name);

        g_test_add_data_func (name, places[i], tests[j].func);
      }
  status = g_test_run ();
  g_clear_pointer (&front, test_clickhouse_front_free);

  return status;
}
