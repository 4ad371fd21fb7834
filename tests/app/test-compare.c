/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two files side by side: which rows their answers become, and which time is asked about.
 */

#include "config.h"

#include <adwaita.h>

#include "weir-compare-range.h"
#include "weir-compare-row.h"
#include "weir-compare-rows.h"
#include "weir-json.h"
#include "weir-time.h"

static JsonObject *
read_object (const char *text)
{
  g_autoptr(GBytes) bytes = text != NULL ? g_bytes_new_static (text, strlen (text)) : NULL;

  return bytes != NULL ? weir_json_parse_object (bytes, NULL) : NULL;
}

/* All rows as lines of “title|first|second|change”. */
static char *
dup_lines (GListStore *rows)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rows)); i++)
    {
      g_autoptr(WeirCompareRow) row = g_list_model_get_item (G_LIST_MODEL (rows), i);
      g_autofree char *first = weir_compare_row_dup_side (row, 0);
      g_autofree char *second = weir_compare_row_dup_side (row, 1);
      g_autofree char *change = weir_compare_row_dup_change (row);

      g_string_append_printf (out, "%s|%s|%s|%s\n", weir_compare_row_get_title (row),
                              first, second, change);
    }
  return g_string_free (out, FALSE);
}

static void
check (const char *title,
       const char *question,
       const char *first,
       const char *second,
       const char *expected)
{
  g_autoptr(GListStore) rows = g_list_store_new (WEIR_TYPE_COMPARE_ROW);
  JsonObject *answers[] = { read_object (first), read_object (second) };
  g_autoptr(JsonObject) asked = read_object (question != NULL ? question : "{}");
  g_autofree char *lines = NULL;

  weir_compare_rows_add_answers (rows, title, asked, answers);
  lines = dup_lines (rows);
  g_assert_cmpstr (lines, ==, expected);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&answers[i], json_object_unref);
}

static void
test_funnel (void)
{
  check ("Checkout", NULL,
         "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\",\"count\":40},"
         "{\"event\":\"b\",\"name\":\"B\",\"count\":20}]}",
         "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\",\"count\":10},"
         "{\"event\":\"b\",\"name\":\"B\",\"count\":4}]}",
         "Checkout|||\na|40 (100 %)|10 (100 %)|+0.0 points\nB|20 (50 %)|4 (40 %)|-10.0 points\n");
}

/* What still grows is left out, on both sides. */
static void
test_retention (void)
{
  check ("Come back", "{\"period\":\"week\",\"periods\":2}",
         "{\"kind\":\"retention\",\"cohorts\":[{\"size\":100,\"values\":[100,30,20],\"incomplete\":null},"
         "{\"size\":50,\"values\":[50,49],\"incomplete\":1}]}",
         "{\"kind\":\"retention\",\"cohorts\":[{\"size\":10,\"values\":[10,4],\"incomplete\":null},"
         "{\"size\":10,\"values\":[10,null],\"incomplete\":null}]}",
         "Come back|||\nWeek 0|150 (100 %)|20 (100 %)|+0.0 points\n"
         "Week 1|30 (30 %)|4 (40 %)|+10.0 points\n");
  check ("Come back", "{\"period\":\"week\",\"periods\":2}",
         "{\"kind\":\"retention\",\"cohorts\":[{\"size\":5,\"values\":[5],\"incomplete\":0}]}", NULL,
         "Come back|||\nNo period is over yet|–|–|\n");
}

static void
test_trend (void)
{
  check ("Sales", NULL,
         "{\"kind\":\"trend\",\"series\":[{\"event\":\"buy\",\"measure\":\"count\",\"values\":[1,2]},"
         "{\"event\":\"buy\",\"measure\":\"p95\",\"values\":[10,null,20]}]}",
         "{\"kind\":\"trend\",\"series\":[{\"event\":\"buy\",\"measure\":\"count\",\"values\":[6]},"
         "{\"event\":\"buy\",\"measure\":\"p95\",\"values\":[30]}]}",
         "Sales|||\nbuy|3|6|+100.0 %\nbuy, by period|15|30|+100.0 %\n");
  check ("By plan", NULL,
         "{\"kind\":\"trend\",\"series\":[{\"event\":\"buy\",\"group\":\"pro\",\"values\":[4]}]}",
         "{\"kind\":\"trend\",\"series\":[{\"event\":\"buy\",\"group\":\"free\",\"values\":[5]}]}",
         "By plan|||\nbuy · pro|4|0|-100.0 %\nbuy · free|0|5|new\n");
}

/* A file that has no answer has no numbers. */
static void
test_one_side (void)
{
  check ("Members", NULL, NULL, "{\"kind\":\"cohort\",\"size\":7}", "Members|–|7|\n");
  check ("Sales", NULL, "{\"kind\":\"trend\",\"series\":[{\"event\":\"buy\",\"values\":[1]}]}", NULL,
         "Sales|||\nbuy|1|–|\n");
}

static void
test_catalogs (void)
{
  g_autoptr(GListStore) rows = g_list_store_new (WEIR_TYPE_COMPARE_ROW);
  JsonObject *catalogs[] = {
    read_object ("{\"events\":[{\"name\":\"a\",\"count\":3,\"last_seen\":\"2026-01-02T00:00:00Z\"},"
                 "{\"name\":\"b\",\"count\":1,\"last_seen\":\"2026-01-05T00:00:00Z\"}]}"),
    read_object ("{\"events\":[{\"name\":\"c\",\"count\":2,\"last_seen\":\"2026-01-01T00:00:00Z\"}]}"),
  };
  g_autofree char *lines = NULL;
  gint64 expected;

  weir_compare_rows_add_catalogs (rows, catalogs);
  lines = dup_lines (rows);
  g_assert_cmpstr (lines, ==, "a|3|0|-100.0 %\nc|0|2|new\nb|1|0|-100.0 %\n");
  g_assert_true (weir_time_parse_rfc3339 ("2026-01-05T00:00:00Z", 20, &expected));
  g_assert_cmpint (weir_compare_rows_find_latest (catalogs[0]), ==, expected);
  g_assert_cmpint (weir_compare_rows_find_latest (NULL), ==, 0);
  for (guint i = 0; i < 2; i++)
    json_object_unref (catalogs[i]);
}

static void
get_ends (WeirCompareRange *range,
          guint             side,
          gint64           *from,
          gint64           *to)
{
  g_autoptr(JsonObject) question = json_object_new ();

  weir_compare_range_add_to_question (range, side, question);
  *from = weir_json_get_time (weir_json_get_object (question, "range"), "from");
  *to = weir_json_get_time (weir_json_get_object (question, "range"), "to");
}

/* Each file's latest event is in it, and both ranges are as long. */
static void
test_range (void)
{
  WeirCompareRange *range = g_object_ref_sink (g_object_new (WEIR_TYPE_COMPARE_RANGE, NULL));
  gint64 from, to;

  g_assert_true (weir_compare_range_is_all (range));
  weir_compare_range_set_names (range, "a.db", "b.db");
  weir_compare_range_set_latest (range, 0, 1000 * G_TIME_SPAN_DAY);
  weir_compare_range_set_latest (range, 1, 500 * G_TIME_SPAN_DAY);
  g_assert_false (weir_compare_range_is_all (range));
  get_ends (range, 0, &from, &to);
  g_assert_cmpint (to, ==, 1000 * G_TIME_SPAN_DAY + 1000);
  g_assert_cmpint (to - from, ==, 7 * G_TIME_SPAN_DAY);
  get_ends (range, 1, &from, &to);
  g_assert_cmpint (to, ==, 500 * G_TIME_SPAN_DAY + 1000);
  g_assert_cmpint (to - from, ==, 7 * G_TIME_SPAN_DAY);
  g_object_unref (range);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/compare/funnel", test_funnel);
  g_test_add_func ("/compare/retention", test_retention);
  g_test_add_func ("/compare/trend", test_trend);
  g_test_add_func ("/compare/one-side", test_one_side);
  g_test_add_func ("/compare/catalogs", test_catalogs);
  g_test_add_func ("/compare/range", test_range);
  return g_test_run ();
}
