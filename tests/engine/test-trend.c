/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "test-story.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-exact-sum.h"
#include "weir-time.h"
#include "weir-trend-answer.h"

#define ONLY_PRO "{\"property\":\"plan\",\"op\":\"=\",\"value\":\"pro\"}"
#define OF_X     "{\"property\":\"source\",\"op\":\"=\",\"value\":\"x\"}"
#define NOT_OF_X "{\"property\":\"source\",\"op\":\"!=\",\"value\":\"x\"}"
#define OF_USER  "{\"property\":\"user_id\",\"op\":\"=\",\"value\":\"x\"}"
#define DAY (86400 * (gint64) G_USEC_PER_SEC)

static const char *const zones[] = {
  "UTC", "Europe/Berlin", "US/Pacific", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland",
};
static const char *const intervals[] = { "day", "hour", "week", "month" };
static const char *const weekdays[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
static const char *const measures[] = { "count", "persons", "sum", "avg", "min", "max", "p50", "p90", "p95", "p99" };
static const double quantiles[] = { 0.5, 0.9, 0.95, 0.99 };
static const char *const plans[] = { "free", "pro" };

typedef struct {
  TestStory *story;
  const char *interval;
  guint week_start;
  guint n_series;
  int names[10];         /* -1 any */
  guint measures[10];
  gboolean only_pro[10];
  gboolean by_plan;
  gboolean by_cohort;
  gint64 from;
  gint64 until;
  gint64 last;
} Case;

/* The cohort of the tests: who did b at least twice. */
static gboolean
is_member (const Case *test,
           guint32     person)
{
  guint n = 0;

  for (guint i = 0; i < test->story->events->len; i++)
    {
      const TestStoryEvent *event = &g_array_index (test->story->events, TestStoryEvent, i);

      n += event->name == 1 && event->time < test->story->now &&
           test_story_get_person (test->story, event->identity) == person;
    }
  return n >= 2;
}

static gboolean
is_meant (const Case           *test,
          guint                 series,
          const TestStoryEvent *event)
{
  guint32 person = test_story_get_person (test->story, event->identity);
  g_autofree char *first = NULL;
  g_autofree char *label = NULL;

  if (person == 0 || (test->by_cohort && !is_member (test, person)))
    return FALSE;
  if (test->names[series] >= 0 && event->name != (guint) test->names[series])
    return FALSE;
  if (test->only_pro[series] && event->plan != 1)
    return FALSE;
  if (test->last == 0)
    return event->time >= test->from && event->time < test->until;
  /* A relative range begins where the bucket of its first moment does. */
  first = test_story_get_label (test->story, test->interval, test->week_start, test->story->now - test->last);
  label = test_story_get_label (test->story, test->interval, test->week_start, event->time);

  return event->time < test->story->now &&
         (event->time >= test->story->now - test->last || g_str_equal (first, label));
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value of a bucket by its definition; group -2 is all. */
static void
check_value (const Case *test,
             guint       series,
             const char *label,
             int         group,
             JsonNode   *value)
{
  g_autoptr(GHashTable) persons = g_hash_table_new (NULL, NULL);
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  guint measure = test->measures[series];
  guint count = 0;
  double sum = 0, expected;

  for (guint i = 0; i < test->story->events->len; i++)
    {
      const TestStoryEvent *event = &g_array_index (test->story->events, TestStoryEvent, i);
      g_autofree char *own = test_story_get_label (test->story, test->interval, test->week_start, event->time);

      if (!g_str_equal (own, label) || !is_meant (test, series, event) || (group != -2 && event->plan != group))
        continue;
      count++;
      g_hash_table_add (persons, GUINT_TO_POINTER (test_story_get_person (test->story, event->identity)));
      if (isnan (event->value))
        continue;
      sum += event->value;   /* quarters: exact */
      g_array_append_val (numbers, event->value);
    }
  g_array_sort (numbers, compare_doubles);
  if (measure > 2 && numbers->len == 0)
    {
      g_assert_true (JSON_NODE_HOLDS_NULL (value));
      return;
    }
  g_assert_true (JSON_NODE_HOLDS_VALUE (value));
  if (measure >= 6)
    {
      double true_value = g_array_index (numbers, double, (guint) (quantiles[measure - 6] * (numbers->len - 1)));

      g_assert_cmpfloat (fabs (json_node_get_double (value) - true_value), <=, fabs (true_value) * 0.0101);
      return;
    }
  expected = measure == 0   ? count
             : measure == 1 ? g_hash_table_size (persons)
             : measure == 2 ? sum
             : measure == 3 ? sum / numbers->len
             : measure == 4 ? g_array_index (numbers, double, 0)
                            : g_array_index (numbers, double, numbers->len - 1);
  g_assert_cmpfloat (json_node_get_double (value), ==, expected);
}

static guint
count_group (const Case *test,
             int         group)
{
  guint n = 0;

  for (guint s = 0; s < test->n_series; s++)
    {
      for (guint i = 0; i < test->story->events->len; i++)
        {
          const TestStoryEvent *event = &g_array_index (test->story->events, TestStoryEvent, i);

          n += event->plan == group && is_meant (test, s, event);
        }
    }
  return n;
}

static void
check_lines (const Case *test,
             JsonObject *answer)
{
  JsonArray *times = json_object_get_array_member (answer, "times");
  JsonArray *lines = json_object_get_array_member (answer, "series");
  int order[] = { 0, 1, -1 };
  guint n_groups = 0, line = 0;

  for (int i = 0; i < 3; i++)
    n_groups += count_group (test, order[i]) > 0;
  /* Three at most: the most frequent first, free before pro, none last. */
  for (int i = 0; i < 3; i++)
    {
      for (int j = 0; j < 2; j++)
        {
          int group = order[j];

          if (count_group (test, group) >= count_group (test, order[j + 1]))
            continue;
          order[j] = order[j + 1];
          order[j + 1] = group;
        }
    }
  g_assert_cmpuint (json_array_get_length (lines), ==, test->n_series * (test->by_plan ? n_groups : 1));
  for (guint s = 0; s < test->n_series; s++)
    {
      for (guint g = 0; g < (test->by_plan ? n_groups : 1); g++)
        {
          JsonObject *object = json_array_get_object_element (lines, line++);
          JsonArray *values = json_object_get_array_member (object, "values");
          int group = test->by_plan ? order[g] : -2;

          g_assert_cmpstr (json_object_get_string_member (object, "measure"), ==, measures[test->measures[s]]);
          if (test->by_plan && group < 0)
            g_assert_true (json_object_get_null_member (object, "group"));
          else if (test->by_plan)
            g_assert_cmpstr (json_object_get_string_member (object, "group"), ==, plans[group]);
          g_assert_cmpuint (json_array_get_length (values), ==, json_array_get_length (times));
          for (guint i = 0; i < json_array_get_length (times); i++)
            check_value (test, s, json_array_get_string_element (times, i), group, json_array_get_element (values, i));
        }
    }
}

/* The first and the last bucket: of the range, or else of the events. */
static void
check_times (const Case *test,
             JsonObject *answer)
{
  JsonArray *times = json_object_get_array_member (answer, "times");
  gint64 first = G_MAXINT64, last = G_MININT64;
  g_autofree char *first_label = NULL;
  g_autofree char *last_label = NULL;

  for (guint i = 0; i < test->story->events->len; i++)
    {
      const TestStoryEvent *event = &g_array_index (test->story->events, TestStoryEvent, i);

      for (guint s = 0; s < test->n_series; s++)
        {
          if (!is_meant (test, s, event))
            continue;
          first = MIN (first, event->time);
          last = MAX (last, event->time);
        }
    }
  if (test->last == 0 && (test->from == G_MININT64 || test->until == G_MAXINT64) && first == G_MAXINT64)
    {
      g_assert_cmpuint (json_array_get_length (times), ==, 0);
      return;
    }
  if (test->last > 0)
    {
      first = test->story->now - test->last;
      last = test->story->now - 1;
    }
  if (test->from != G_MININT64)
    first = test->from;
  if (test->until != G_MAXINT64)
    last = MAX (test->until - 1, first);
  first_label = test_story_get_label (test->story, test->interval, test->week_start, first);
  last_label = test_story_get_label (test->story, test->interval, test->week_start, last);
  g_assert_cmpstr (json_array_get_string_element (times, 0), ==, first_label);
  g_assert_cmpstr (json_array_get_string_element (times, json_array_get_length (times) - 1), ==, last_label);
}

static void
pick_case (Case *test)
{
  test->interval = intervals[g_test_rand_int_range (0, 4)];
  test->week_start = (guint) g_test_rand_int_range (1, 8);
  test->n_series = (guint) g_test_rand_int_range (1, 4);
  for (guint i = 0; i < test->n_series; i++)
    {
      test->names[i] = g_test_rand_int_range (-1, 3);
      test->measures[i] = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (measures));
      test->only_pro[i] = g_test_rand_int_range (0, 4) == 0;
    }
  test->by_plan = g_test_rand_int_range (0, 3) == 0;
  test->by_cohort = g_test_rand_int_range (0, 4) == 0;
  test->from = G_MININT64;
  test->until = G_MAXINT64;
  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
    case 1:
      test->last = (gint64) g_test_rand_int_range (1, 9 * 86400) * G_USEC_PER_SEC;
      break;

    case 2:
      if (g_test_rand_int_range (0, 2) == 0)
        test->from = test->story->now + g_test_rand_int_range (-8 * 86400, 86400) * (gint64) G_USEC_PER_SEC;
      if (g_test_rand_int_range (0, 2) == 0)
        test->until = MAX (test->from, test->story->now - 2 * DAY) + g_test_rand_int_range (0, 300000) *
                      (gint64) G_USEC_PER_SEC;
      break;

    default:
      break;
    }
}

static WeirQuestion *
make_question (const Case *test,
               const char *zone)
{
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  WeirQuestion *question;

  g_string_printf (json, "{\"kind\":\"trend\",\"timezone\":\"%s\",\"interval\":\"%s\",\"week_start\":\"%s\"",
                   zone, test->interval, weekdays[test->week_start - 1]);
  g_string_append (json, ",\"series\":[");
  for (guint i = 0; i < test->n_series; i++)
    g_string_append_printf (json, "%s{\"event\":\"%c\",\"measure\":\"%s\"%s}", i > 0 ? "," : "",
                            test->names[i] < 0 ? '*' : 'a' + test->names[i], measures[test->measures[i]],
                            test->only_pro[i] ? ",\"filter\":" ONLY_PRO : "");
  g_string_append (json, "]");
  if (test->by_plan)
    g_string_append (json, ",\"breakdown\":\"plan\"");
  if (test->by_cohort)
    g_string_append (json, ",\"cohort\":\"c\"");
  if (test->last > 0)
    {
      g_string_append_printf (json, ",\"range\":{\"last\":\"%ds\"}", (int) (test->last / G_USEC_PER_SEC));
    }
  else if (test->from != G_MININT64 || test->until != G_MAXINT64)
    {
      g_autofree char *from = test_story_format_time (test->from);
      g_autofree char *until = test_story_format_time (test->until);
      gboolean has_from = test->from != G_MININT64, has_until = test->until != G_MAXINT64;

      g_string_append (json, ",\"range\":{");
      if (has_from)
        g_string_append_printf (json, "\"from\":\"%s\"%s", from, has_until ? "," : "");
      if (has_until)
        g_string_append_printf (json, "\"to\":\"%s\"", until);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, '}');
  g_test_message ("%s", json->str);
  question = weir_question_new_from_json (json->str, -1, &error);
  g_assert_no_error (error);

  return question;
}

static gint64
pick_now (void)
{
  static const char *const days[] = { "2021-03-28", "2021-10-31", "2021-03-14", "2021-11-07", "2021-04-04",
                                      "2021-10-03", "2021-09-26", "2020-02-29", "2021-01-01" };
  g_autofree char *text = g_strdup_printf ("%sT00:00:00Z", days[g_test_rand_int_range (0, G_N_ELEMENTS (days))]);
  gint64 time;

  g_assert_true (weir_time_parse_rfc3339 (text, strlen (text), &time));

  return time + g_test_rand_int_range (-3 * 86400, 8 * 86400) * (gint64) G_USEC_PER_SEC;
}

static void
test_live (void)
{
  for (guint round = 0; round < 200; round++)
    {
      const char *zone = zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))];
      g_autoptr(TestStory) story = test_story_new (zone, pick_now (), 6 * DAY);
      Case test = { .story = story };
      g_autoptr(WeirQuestion) question = NULL;
      g_autoptr(WeirAnswer) answer = NULL;
      g_autoptr(GError) error = NULL;

      test_memory_store_save_cohort (story->store, "c", "{\"where\":{\"did\":\"b\",\"at_least\":2}}");
      for (guint i = g_test_rand_int_range (0, 8); i > 0; i--)
        test_story_go_on (story, NULL, NULL);
      pick_case (&test);
      question = make_question (&test, zone);
      answer = test_memory_store_ask (story->store, question, story->now, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < 12; i++)
        {
          g_autofree char *text = test_story_check_fresh (story, question, answer);
          g_autoptr(JsonNode) node = json_from_string (text, NULL);

          check_times (&test, json_node_get_object (node));
          /* Lord Howe's clock is set back by half an hour: two hours have one name. */
          if (!g_str_equal (test.interval, "hour") || g_str_equal (zone, "UTC"))
            check_lines (&test, json_node_get_object (node));
          test_story_go_on (story, question, &answer);
        }
    }
}

/* The sum is the same in any order and through any partial sums. */
static void
test_exact_sum (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      guint n = (guint) g_test_rand_int_range (1, 200);
      g_autofree double *numbers = g_new (double, n);
      double expected = 0;

      for (guint i = 0; i < n; i++)
        numbers[i] = round % 2 == 0 ? g_test_rand_int_range (-1000000, 1000000) / 1000.
                                    : ldexp (g_test_rand_double () - 0.5, g_test_rand_int_range (-20, 20));
      for (guint order = 0; order < 5; order++)
        {
          WeirExactSum sums[3] = { { 0, 0 } };

          for (guint i = n - 1; i > 0; i--)
            {
              guint j = (guint) g_test_rand_int_range (0, (int) i + 1);
              double number = numbers[i];

              numbers[i] = numbers[j];
              numbers[j] = number;
            }
          for (guint i = 0; i < n; i++)
            weir_exact_sum_add (&sums[g_test_rand_int_range (0, 3)], numbers[i]);
          weir_exact_sum_merge (&sums[2], &sums[0]);
          weir_exact_sum_merge (&sums[2], &sums[1]);
          if (order == 0)
            expected = weir_exact_sum_get (&sums[2]);
          g_assert_cmpfloat (weir_exact_sum_get (&sums[2]), ==, expected);
        }
    }
}

/* Cells of a summary table and the rest as rows give what all rows give. */
static void
test_summary (void)
{
  static const char *const text =
      "{\"kind\":\"trend\",\"series\":[{\"event\":\"a\"},{\"event\":\"a\",\"measure\":\"sum\"},"
      "{\"event\":\"a\",\"measure\":\"p90\"},{\"event\":\"a\",\"measure\":\"min\",\"property\":\"duration_ms\"}],"
      "\"filter\":{\"property\":\"source\",\"op\":\"=\",\"value\":\"web\"}}";
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (text, -1, NULL);
  g_autoptr(TestMemoryStore) store = test_memory_store_new ();
  WeirPeople *people = test_memory_store_get_people (store);
  g_autoptr(WeirAnswer) rows = weir_question_answer (question, people, 0, NULL);
  g_autoptr(WeirAnswer) cells = weir_question_answer (question, people, 0, NULL);
  g_autoptr(GString) from_rows = g_string_new (NULL);
  g_autoptr(GString) from_cells = g_string_new (NULL);
  const char *source = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (weir_trend_can_use_summary (WEIR_TREND (question), i, &source));
      g_assert_cmpstr (source, ==, "web");
    }
  for (guint hour = 0; hour < 100; hour++)
    {
      WeirTrendCell parts[4] = { 0 };

      for (guint i = 0; i < 20; i++)
        {
          double number = g_test_rand_int_range (0, 4) == 0 ? NAN : g_test_rand_double_range (-10, 100);
          WeirRow row = { (gint64) hour * 3600 * G_USEC_PER_SEC + i, 1 + i % 3, 0xf };
          WeirRows one = { 1, &row, &number, NULL };
          gboolean as_row = hour % 7 == 0;

          weir_answer_add (rows, &one);
          if (as_row)
            weir_answer_add (cells, &one);
          for (guint s = 0; s < 4 && !as_row; s++)
            weir_trend_cell_add (&parts[s], s == 2 ? WEIR_MEASURE_P90 : WEIR_MEASURE_SUM, row.identity, number);
        }
      for (guint s = 0; s < 4; s++)
        {
          weir_trend_answer_add_cell (WEIR_TREND_ANSWER (cells), s, (gint64) hour * 3600 * G_USEC_PER_SEC, &parts[s]);
          weir_trend_cell_clear (&parts[s]);
        }
    }
  g_assert_true (weir_answer_write (rows, from_rows, NULL));
  g_assert_true (weir_answer_write (cells, from_cells, NULL));
  g_assert_cmpstr (from_rows->str, ==, from_cells->str);
}

static void
check_summary (const char *members,
               gboolean    expected)
{
  g_autofree char *json = g_strdup_printf ("{\"kind\":\"trend\",%s}", members);
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, NULL);
  const char *source;

  g_assert_nonnull (question);
  g_assert_cmpint (weir_trend_can_use_summary (WEIR_TREND (question), 0, &source), ==, expected);
}

static void
test_which_summaries (void)
{
  check_summary ("\"series\":[{\"event\":\"*\"}]", TRUE);
  check_summary ("\"series\":[{\"event\":\"a\",\"filter\":{}}]", TRUE);
  check_summary ("\"series\":[{\"event\":\"a\",\"filter\":{\"all\":[" OF_X "]}}]", TRUE);
  check_summary ("\"series\":[{\"event\":\"a\",\"filter\":" NOT_OF_X "}]", FALSE);
  check_summary ("\"series\":[{\"event\":\"a\",\"filter\":{\"not\":" OF_X "}}]", FALSE);
  check_summary ("\"series\":[{\"event\":\"a\",\"filter\":" OF_USER "}]", FALSE);
  check_summary ("\"series\":[{\"event\":\"a\",\"measure\":\"persons\"}]", FALSE);
  check_summary ("\"series\":[{\"event\":\"a\",\"measure\":\"max\",\"property\":\"size\"}]", FALSE);
  check_summary ("\"series\":[{\"event\":\"a\"}],\"breakdown\":\"plan\"", FALSE);
  check_summary ("\"series\":[{\"event\":\"a\"}],\"cohort\":\"x\"", FALSE);
}

static void
check_persons (WeirAnswer *answer,
               guint       n_days,
               GHashTable *identities[])
{
  const WeirPersonMap *map = weir_people_get_map (weir_answer_get_people (answer));
  g_autoptr(GString) expected = g_string_new ("\"values\":");
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < n_days; i++)
    {
      g_autoptr(GHashTable) persons = g_hash_table_new (NULL, NULL);
      GHashTableIter iter;
      gpointer identity;

      g_hash_table_iter_init (&iter, identities[i]);
      while (g_hash_table_iter_next (&iter, &identity, NULL))
        {
          guint32 person = weir_person_map_get (map, GPOINTER_TO_UINT (identity));

          if (person != 0)
            g_hash_table_add (persons, GUINT_TO_POINTER (person));
        }
      g_string_append_printf (expected, "%c%u", i == 0 ? '[' : ',', g_hash_table_size (persons));
    }
  g_string_append_c (expected, ']');
  g_assert_true (weir_answer_write (answer, out, NULL));
  if (strstr (out->str, expected->str) == NULL)
    g_error ("%s is not in %s", expected->str, out->str);
}

/* Few and many identities, in blocks of few and many rows, moved and deleted between writes. */
static void
test_many_persons (void)
{
  enum { N_DAYS = 4, MAX_ROWS = 5000 };
  g_autoptr(WeirQuestion) question =
      weir_question_new_from_json ("{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"persons\"}],"
                                   "\"range\":{\"from\":\"1970-01-01T00:00:00Z\",\"to\":\"1970-01-05T00:00:00Z\"}}",
                                   -1, NULL);
  g_autofree WeirRow *rows = g_new (WeirRow, MAX_ROWS);

  for (guint round = 0; round < 12; round++)
    {
      gint32 n_identities = round % 3 == 0 ? 100 : round % 3 == 1 ? 9000 : 300000;
      g_autoptr(TestMemoryStore) store = test_memory_store_new ();
      WeirPeople *people = test_memory_store_get_people (store);
      WeirPersonMap *map = (WeirPersonMap *) weir_people_get_map (people);
      g_autoptr(WeirAnswer) answer = weir_question_answer (question, people, 0, NULL);
      GHashTable *identities[N_DAYS];

      for (guint i = 0; i < N_DAYS; i++)
        identities[i] = g_hash_table_new (NULL, NULL);
      for (guint block = 0; block < 20; block++)
        {
          WeirRows all = { (guint) g_test_rand_int_range (0, MAX_ROWS + 1), rows, NULL, NULL };

          for (guint i = 0; i < all.n_rows; i++)
            {
              gint64 time = round % 2 == 0 ? (gint64) i * 5 * DAY / MAX_ROWS : g_test_rand_int_range (-1, 5) * DAY;

              rows[i] = (WeirRow) { time, (guint32) g_test_rand_int_range (1, n_identities), 1 };
              if (time >= 0 && time < N_DAYS * DAY)
                g_hash_table_add (identities[time / DAY], GUINT_TO_POINTER (rows[i].identity));
            }
          weir_answer_add (answer, &all);
          for (guint i = 0; i < 50; i++)
            {
              guint32 identity = (guint32) g_test_rand_int_range (1, n_identities);
              guint32 person = (guint32) (i % 10 == 0 ? 0 : g_test_rand_int_range (1, n_identities));
              const WeirPersonChange change = { identity, weir_person_map_get (map, identity),
                                                i % 7 == 0 ? identity : person };

              weir_person_map_set (map, identity, change.new_person);
              weir_answer_change (answer, &change, 1);
            }
          if (block % 4 == 3)
            check_persons (answer, N_DAYS, identities);
        }
      for (guint i = 0; i < N_DAYS; i++)
        g_hash_table_unref (identities[i]);
    }
}

/* More groups than anybody can look at are refused, in bounded memory. */
static void
test_many_groups (void)
{
  g_autoptr(WeirQuestion) question =
      weir_question_new_from_json ("{\"kind\":\"trend\",\"series\":[{\"event\":\"a\"}],\"breakdown\":\"x\"}", -1, NULL);
  g_autoptr(TestMemoryStore) store = test_memory_store_new ();
  g_autoptr(WeirAnswer) answer = weir_question_answer (question, test_memory_store_get_people (store), 0, NULL);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  for (guint32 i = 0; i < 1000001; i++)
    {
      WeirRow row = { 0, 1, 1 };
      WeirRows one = { 1, &row, NULL, &i };

      weir_answer_add (answer, &one);
    }
  g_assert_false (weir_answer_write (answer, out, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trend/exact-sum", test_exact_sum);
  g_test_add_func ("/trend/live", test_live);
  g_test_add_func ("/trend/summary", test_summary);
  g_test_add_func ("/trend/which-summaries", test_which_summaries);
  g_test_add_func ("/trend/many-persons", test_many_persons);
  g_test_add_func ("/trend/many-groups", test_many_groups);

  return g_test_run ();
}
