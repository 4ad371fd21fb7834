/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-story.h"
#include "weir-error.h"
#include "weir-time.h"

#define DAY (86400 * (gint64) G_USEC_PER_SEC)

/* Midnight is never lived twice in these, so that a time's date names its day. */
static const char *const zones[] = {
  "UTC", "Europe/Berlin", "US/Pacific", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland",
};
static const char *const periods[] = { "day", "hour", "week", "month" };
static const char *const weekdays[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

typedef struct {
  TestStory *story;
  const char *period;
  guint week_start;
  guint n;
  gboolean first_time;
  gboolean or_after;
  int start_name;      /* -1 any */
  int back_name;
  gint64 from;
  gint64 until;
  gint64 last;
  GPtrArray *labels;   /* of the rows */
} Case;

static int
find_label (const Case *test,
            gint64      time)
{
  g_autofree char *label = test_story_get_label (test->story, test->period, test->week_start, time);

  for (guint i = 0; i < test->labels->len; i++)
    {
      if (g_str_equal (label, g_ptr_array_index (test->labels, i)))
        return (int) i;
    }
  /* Before or after the table. */
  return strcmp (label, g_ptr_array_index (test->labels, 0)) < 0 ? -1 : (int) test->n;
}

static gboolean
counts (const Case *test,
        gint64      time)
{
  return test->last > 0 ? time < test->story->now : time >= test->from && time < test->until;
}

/* Person by person, straight from the definition: who has the value of a row and a column. */
static gboolean
is_retained (const Case *test,
             guint32     person,
             int         row,
             int         column,
             int         now_row)
{
  const GArray *events = test->story->events;
  gint64 first = G_MAXINT64;
  gboolean starts = FALSE, returns = FALSE;

  for (guint i = 0; i < events->len; i++)
    {
      const TestStoryEvent *event = &g_array_index (events, TestStoryEvent, i);
      int bucket;

      if (test_story_get_person (test->story, event->identity) != person)
        continue;
      bucket = find_label (test, event->time);
      if (test->start_name < 0 || event->name == (guint) test->start_name)
        {
          first = MIN (first, event->time);
          starts |= counts (test, event->time) && bucket == row;
        }
      if (counts (test, event->time) && (test->back_name < 0 || event->name == (guint) test->back_name))
        returns |= test->or_after ? bucket >= row + column && bucket <= now_row && bucket < (int) test->n
                                  : bucket == row + column;
    }
  if (test->first_time)
    starts = first != G_MAXINT64 && counts (test, first) && find_label (test, first) == row;

  return starts && (column == 0 || returns);
}

static guint
count_retained (const Case *test,
                int         row,
                int         column,
                int         now_row)
{
  guint n = 0;

  for (guint32 person = 1; person <= test_story_get_n (test->story); person++)
    n += is_retained (test, person, row, column, now_row);

  return n;
}

static int
get_incomplete (const Case *test,
                int         row,
                int         now_row)
{
  if (test->until <= test->story->now)
    return -1;
  for (int i = 0; row + i < (int) test->n; i++)
    {
      if (row + i >= now_row || (i > 0 && test->or_after && now_row < (int) test->n))
        return i;
    }
  return -1;
}

static void
check_row (const Case *test,
           JsonObject *cohort,
           int         row,
           int         now_row)
{
  JsonArray *values = json_object_get_array_member (cohort, "values");
  JsonNode *incomplete = json_object_get_member (cohort, "incomplete");
  int expected = get_incomplete (test, row, now_row);

  g_assert_cmpuint (json_array_get_length (values), ==, test->n - row);
  for (int i = 0; row + i < (int) test->n; i++)
    {
      JsonNode *value = json_array_get_element (values, i);

      if (row + i > now_row)
        g_assert_true (JSON_NODE_HOLDS_NULL (value));
      else
        g_assert_cmpint (json_node_get_int (value), ==, count_retained (test, row, i, now_row));
    }
  g_assert_cmpint (json_object_get_int_member (cohort, "size"), ==,
                   row > now_row ? 0 : count_retained (test, row, 0, now_row));
  if (expected < 0)
    g_assert_true (JSON_NODE_HOLDS_NULL (incomplete));
  else
    g_assert_cmpint (json_node_get_int (incomplete), ==, expected);
}

static void
check_table (Case       *test,
             const char *json)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonArray *cohorts;
  g_autofree char *edge = NULL;
  int now_row;

  g_assert_true (json_parser_load_from_data (parser, json, -1, NULL));
  cohorts = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cohorts");
  g_assert_cmpuint (json_array_get_length (cohorts), ==, test->n);
  g_ptr_array_set_size (test->labels, 0);
  for (guint i = 0; i < test->n; i++)
    g_ptr_array_add (test->labels,
                     (char *) json_object_get_string_member (json_array_get_object_element (cohorts, i), "start"));

  if (test->last > 0 || test->from != G_MININT64)
    {
      edge = test_story_get_label (test->story, test->period, test->week_start,
                                   test->last > 0 ? test->story->now - test->last : test->from);
      g_assert_cmpstr (g_ptr_array_index (test->labels, 0), ==, edge);
    }
  else
    {
      edge = test_story_get_label (test->story, test->period, test->week_start,
                                   test->until != G_MAXINT64 ? test->until - 1 : test->story->now);
      g_assert_cmpstr (g_ptr_array_index (test->labels, test->n - 1), ==, edge);
    }
  now_row = find_label (test, test->story->now);
  for (guint i = 0; i < test->n; i++)
    check_row (test, json_array_get_object_element (cohorts, i), (int) i, now_row);
}

static char *
make_question (Case       *test,
               const char *kind,
               const char *zone,
               const char *more)
{
  g_autoptr(GString) json = g_string_new (NULL);

  g_string_printf (json, "{\"kind\":\"%s\",\"timezone\":\"%s\",\"period\":\"%s\",\"week_start\":\"%s\",\"periods\":%u,"
                   "\"mode\":\"%s\",\"criterion\":\"%s\"", kind, zone, test->period, weekdays[test->week_start - 1],
                   test->n, test->first_time ? "first_time" : "recurring", test->or_after ? "on_or_after" : "on");
  g_string_append_printf (json, ",\"start\":{\"event\":\"%c\"},\"return\":{\"event\":\"%c\"}",
                          test->start_name < 0 ? '*' : 'a' + test->start_name,
                          test->back_name < 0 ? '*' : 'a' + test->back_name);
  if (test->last > 0)
    {
      g_string_append_printf (json, ",\"range\":{\"last\":\"%ds\"}", (int) (test->last / G_USEC_PER_SEC));
    }
  else if (test->from != G_MININT64 || test->until != G_MAXINT64)
    {
      g_autofree char *from = test->from != G_MININT64 ? test_story_format_time (test->from) : NULL;
      g_autofree char *until = test->until != G_MAXINT64 ? test_story_format_time (test->until) : NULL;

      g_string_append_printf (json, ",\"range\":{\"from\":%s%s%s,\"to\":%s%s%s}",
                              from ? "\"" : "", from ? from : "null", from ? "\"" : "",
                              until ? "\"" : "", until ? until : "null", until ? "\"" : "");
    }
  g_string_append_printf (json, "%s}", more);

  return g_string_free (g_steal_pointer (&json), FALSE);
}

static void
pick_case (Case *test)
{
  test->period = periods[g_test_rand_int_range (0, 8) % 4 % 3];
  if (g_test_rand_int_range (0, 10) == 0)
    test->period = "month";
  test->week_start = (guint) g_test_rand_int_range (1, 8);
  test->n = (guint) g_test_rand_int_range (1, 9);
  test->first_time = g_test_rand_int_range (0, 2);
  test->or_after = g_test_rand_int_range (0, 2);
  test->start_name = g_test_rand_int_range (-1, 2);
  test->back_name = g_test_rand_int_range (-1, 2);
  test->from = G_MININT64;
  test->until = G_MAXINT64;
  test->last = 0;
  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      test->last = (gint64) g_test_rand_int_range (1, 12 * 86400) * G_USEC_PER_SEC;
      break;

    case 1:
      test->from = test->story->now + g_test_rand_int_range (-8 * 86400, 86400) * (gint64) G_USEC_PER_SEC;
      break;

    case 2:
      test->until = test->story->now + g_test_rand_int_range (-6 * 86400, 2 * 86400) * (gint64) G_USEC_PER_SEC;
      if (g_test_rand_int_range (0, 2) == 0)
        test->from = test->until - g_test_rand_int_range (0, 9 * 86400) * (gint64) G_USEC_PER_SEC;
      break;

    default:
      break;
    }
}

static gint64
pick_now (void)
{
  /* Around the days on which clocks are changed somewhere, or any. */
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
  for (guint round = 0; round < 250; round++)
    {
      const char *zone = zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))];
      g_autoptr(TestStory) story = test_story_new (zone, pick_now (), 10 * DAY);
      Case test = { .story = story, .labels = g_ptr_array_new () };
      g_autofree char *json = NULL;
      g_autoptr(WeirQuestion) question = NULL;
      g_autoptr(WeirAnswer) answer = NULL;
      g_autoptr(GError) error = NULL;

      for (guint i = g_test_rand_int_range (0, 10); i > 0; i--)
        test_story_go_on (story, NULL, NULL);
      pick_case (&test);
      json = make_question (&test, "retention", zone, "");
      question = weir_question_new_from_json (json, -1, &error);
      g_assert_no_error (error);
      answer = test_memory_store_ask (story->store, question, story->now, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < 25; i++)
        {
          g_autofree char *table = test_story_check_fresh (story, question, answer);

          check_table (&test, table);
          test_story_go_on (story, question, &answer);
        }
      g_ptr_array_unref (test.labels);
    }
}

/* Each value is as many persons as its list has. */
static void
test_persons (void)
{
  for (guint round = 0; round < 60; round++)
    {
      g_autoptr(TestStory) story = test_story_new ("UTC", pick_now (), 8 * DAY);
      Case test = { .story = story };
      guint row, column;
      g_autofree char *more = NULL;
      g_autofree char *json = NULL;
      g_autoptr(WeirQuestion) question = NULL;
      g_autoptr(WeirAnswer) answer = NULL;

      pick_case (&test);
      row = (guint) g_test_rand_int_range (0, (int) test.n);
      column = (guint) g_test_rand_int_range (0, (int) (test.n - row));
      more = g_strdup_printf (",\"row\":%u,\"column\":%u", row, column);
      json = make_question (&test, "retention_persons", "UTC", more);
      question = weir_question_new_from_json (json, -1, NULL);
      g_assert_nonnull (question);
      answer = test_memory_store_ask (story->store, question, story->now, NULL);
      g_clear_pointer (&json, g_free);
      json = make_question (&test, "retention", "UTC", "");
      for (guint i = 0; i < 15; i++)
        {
          g_autofree char *list = test_story_check_fresh (story, question, answer);
          g_autoptr(WeirQuestion) table_question = weir_question_new_from_json (json, -1, NULL);
          g_autoptr(WeirAnswer) table = test_memory_store_ask (story->store, table_question, story->now, NULL);
          g_autofree char *text = test_story_check_fresh (story, table_question, table);
          g_autoptr(JsonNode) one = json_from_string (list, NULL);
          g_autoptr(JsonNode) all = json_from_string (text, NULL);
          JsonArray *cohorts = json_object_get_array_member (json_node_get_object (all), "cohorts");
          JsonArray *values = json_object_get_array_member (json_array_get_object_element (cohorts, row), "values");
          JsonArray *persons = json_object_get_array_member (json_node_get_object (one), "persons");
          JsonNode *value = json_array_get_element (values, column);
          gint64 expected = JSON_NODE_HOLDS_NULL (value) ? 0 : json_node_get_int (value);

          g_assert_cmpint (json_array_get_length (persons), ==, expected);
          g_assert_cmpint (json_object_get_int_member (json_node_get_object (one), "total"), ==, expected);
          test_story_go_on (story, question, &answer);
        }
    }
}

/* A table that would not fit into memory is refused before it takes any. */
static void
test_size (void)
{
  g_autoptr(TestMemoryStore) store = test_memory_store_new ();
  WeirPeople *people = test_memory_store_get_people (store);
  g_autoptr(WeirQuestion) question =
      weir_question_new_from_json ("{\"kind\":\"retention\",\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"a\"},"
                                   "\"periods\":400}", -1, NULL);
  g_autoptr(WeirAnswer) small = NULL;
  g_autoptr(GError) error = NULL;

  weir_person_map_set_n_identities ((WeirPersonMap *) weir_people_get_map (people), 5000000);
  small = weir_question_answer (question, people, pick_now (), &error);
  g_assert_no_error (error);
  weir_person_map_set_n_identities ((WeirPersonMap *) weir_people_get_map (people), 6000000);
  g_assert_null (weir_question_answer (question, people, pick_now (), &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/retention/live", test_live);
  g_test_add_func ("/retention/persons", test_persons);
  g_test_add_func ("/retention/size", test_size);

  return g_test_run ();
}
