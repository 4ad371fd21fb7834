/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "weir-chart-data.h"
#include "weir-conditions.h"
#include "weir-curve.h"
#include "weir-format.h"
#include "weir-funnel-layout.h"
#include "weir-funnel-result.h"
#include "weir-heat-data.h"
#include "weir-heat-layout.h"
#include "weir-histogram.h"
#include "weir-json.h"
#include "weir-retention-result.h"
#include "weir-trend-filter.h"
#include "weir-trend-result.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr(JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

static WeirFunnelData *
make_funnel (void)
{
  static const char * const steps[] = { "view", "cart", "buy" };
  const guint64 counts[] = { 1000, 620, 0 };
  const double medians[] = { NAN, 130, NAN };
  WeirFunnelData *data = weir_funnel_data_new (steps, 3);

  weir_funnel_data_add_group (data, NULL, 0, counts, medians, 7);
  return data;
}

static void
test_funnel_numbers (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();

  g_assert_cmpuint (weir_funnel_data_get_dropped (data, 0, 0), ==, 0);
  g_assert_cmpuint (weir_funnel_data_get_dropped (data, 0, 1), ==, 380);
  g_assert_cmpfloat_with_epsilon (weir_funnel_data_get_of_previous (data, 0, 1), .62, 1e-9);
  g_assert_cmpfloat_with_epsilon (weir_funnel_data_get_of_first (data, 0, 2), 0, 1e-9);
  g_assert_cmpuint (weir_funnel_data_get_excluded (data, 0), ==, 7);
}

/* The two parts of a bar lie on each other and are as high as the bar before. */
static void
test_funnel_layout (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();
  WeirFunnelLayout layout;
  graphene_rect_t first, reached, dropped, lost;

  weir_funnel_layout_init (&layout, data, 600, 220, 20, FALSE);
  g_assert_false (layout.stacked);
  weir_funnel_layout_get_part (&layout, data, 0, 0, WEIR_FUNNEL_REACHED, &first);
  weir_funnel_layout_get_part (&layout, data, 1, 0, WEIR_FUNNEL_REACHED, &reached);
  weir_funnel_layout_get_part (&layout, data, 1, 0, WEIR_FUNNEL_DROPPED, &dropped);
  weir_funnel_layout_get_part (&layout, data, 2, 0, WEIR_FUNNEL_REACHED, &lost);
  g_assert_cmpfloat_with_epsilon (first.size.height, 160, .01);
  g_assert_cmpfloat_with_epsilon (reached.size.height, 160 * .62, .01);
  g_assert_cmpfloat_with_epsilon (reached.size.height + dropped.size.height, 160, .01);
  g_assert_cmpfloat_with_epsilon (dropped.origin.y + dropped.size.height, reached.origin.y, .01);
  g_assert_cmpfloat (lost.size.height, ==, 0);
  g_assert_cmpfloat (reached.origin.x, >, first.origin.x + first.size.width);
}

static void
test_funnel_layout_mirrored (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();
  WeirFunnelLayout layout;
  graphene_rect_t first, last;

  weir_funnel_layout_init (&layout, data, 600, 220, 20, TRUE);
  weir_funnel_layout_get_step (&layout, 0, &first);
  weir_funnel_layout_get_step (&layout, 2, &last);
  g_assert_cmpfloat (first.origin.x, >, last.origin.x);
  g_assert_cmpfloat_with_epsilon (first.origin.x + first.size.width, 600, .01);
  g_assert_cmpfloat_with_epsilon (last.origin.x, 0, .01);
}

/* Where there is no room beside each other, steps are below each other. */
static void
test_funnel_layout_narrow (void)
{
  g_autoptr(WeirFunnelData) data = make_funnel ();
  WeirFunnelLayout layout;
  graphene_rect_t one, two, part;
  float height = weir_funnel_layout_get_height (3, 1, 200, 20);

  weir_funnel_layout_init (&layout, data, 200, height, 20, FALSE);
  g_assert_true (layout.stacked);
  weir_funnel_layout_get_step (&layout, 0, &one);
  weir_funnel_layout_get_step (&layout, 1, &two);
  g_assert_cmpfloat (two.origin.y, >=, one.origin.y + one.size.height - .01);
  weir_funnel_layout_get_part (&layout, data, 1, 0, WEIR_FUNNEL_REACHED, &part);
  g_assert_cmpfloat_with_epsilon (part.size.width, 200 * .62, .01);
  g_assert_cmpfloat (part.size.height, >, 10);
}

static void
test_funnel_answer (void)
{
  g_autoptr(JsonObject) answer =
    parse ("{\"steps\":[{\"event\":\"a\",\"name\":\"Seen\",\"count\":5,\"median_seconds\":null},"
           "{\"event\":\"*\",\"count\":2,\"median_seconds\":61}],\"excluded\":1,"
           "\"histogram\":[{\"from\":60,\"to\":120,\"count\":2},{\"from\":120,\"to\":null,\"count\":1}],"
           "\"groups\":[{\"name\":\"pro\",\"steps\":[{\"count\":4,\"median_seconds\":null},"
           "{\"count\":2,\"median_seconds\":61}],\"excluded\":1},"
           "{\"name\":null,\"steps\":[{\"count\":1,\"median_seconds\":null},"
           "{\"count\":0,\"median_seconds\":null}],\"excluded\":0}]}");
  g_autoptr(WeirFunnelData) data = weir_funnel_result_read (answer);
  g_autoptr(GArray) bins = weir_funnel_result_read_bins (answer);
  g_autofree char *label = weir_bin_dup_label (&g_array_index (bins, WeirBin, 1));

  g_assert_cmpuint (weir_funnel_data_get_n_groups (data), ==, 2);
  g_assert_cmpstr (weir_funnel_data_get_step (data, 0), ==, "Seen");
  g_assert_cmpstr (weir_funnel_data_get_step (data, 1), ==, "any event");
  g_assert_cmpstr (weir_funnel_data_get_group (data, 1), ==, "Without it");
  g_assert_cmpuint (weir_funnel_result_get_total (data, 0), ==, 5);
  g_assert_cmpuint (weir_funnel_result_get_excluded (data), ==, 1);
  g_assert_cmpuint (bins->len, ==, 2);
  g_assert_cmpstr (label, ==, "2 m or more");
}

/* The mean leaves out what can still grow, and weighs cohorts by their size. */
static void
test_heat_mean (void)
{
  g_autoptr(WeirHeatData) data = weir_heat_data_new (3);

  weir_heat_data_add_row (data, "Mon", 100, (double[]) { 100, 50, 10 }, 3);
  weir_heat_data_add_row (data, "Tue", 300, (double[]) { 300, 30, 5 }, 2);
  weir_heat_data_add_row (data, "Wed", 0, (double[]) { 0, NAN, NAN }, 1);
  g_assert_cmpfloat_with_epsilon (weir_heat_data_get_mean (data, 0), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (weir_heat_data_get_mean (data, 1), .2, 1e-9);
  g_assert_cmpfloat_with_epsilon (weir_heat_data_get_mean (data, 2), .1, 1e-9);
  g_assert_cmpuint (weir_heat_data_get_total_size (data), ==, 400);
  g_assert_true (isnan (weir_heat_data_get_ratio (data, 2, 0)));
  g_assert_false (weir_heat_data_is_complete (data, 1, 2));
}

static void
test_heat_layout (void)
{
  WeirHeatLayout layout;
  graphene_rect_t cell;
  int row, column;

  weir_heat_layout_init (&layout, 4, 5, 600, 60, 40, 16, FALSE);
  for (int i = WEIR_HEAT_MEAN; i < 4; i++)
    {
      for (int j = WEIR_HEAT_SIZES; j < 5; j++)
        {
          weir_heat_layout_get_cell (&layout, i, j, &cell);
          g_assert_true (weir_heat_layout_find (&layout, cell.origin.x + cell.size.width / 2,
                                                cell.origin.y + cell.size.height / 2,
                                                &row, &column));
          g_assert_cmpint (row, ==, i);
          g_assert_cmpint (column, ==, j);
        }
    }
  g_assert_false (weir_heat_layout_find (&layout, 5, 100, &row, &column));
  g_assert_false (weir_heat_layout_find (&layout, 300, 5, &row, &column));
  g_assert_false (weir_heat_layout_find (&layout, 300, 5000, &row, &column));
  /* Never narrower than its numbers: it is scrolled then. */
  weir_heat_layout_init (&layout, 4, 100, 600, 60, 40, 16, FALSE);
  g_assert_cmpfloat (weir_heat_layout_get_width (&layout), >, 100 * 40);
  weir_heat_layout_init (&layout, 4, 5, 600, 60, 40, 16, TRUE);
  weir_heat_layout_get_cell (&layout, 0, WEIR_HEAT_NAMES, &cell);
  g_assert_cmpfloat (cell.origin.x, >, 500);
  weir_heat_layout_get_cell (&layout, 2, 4, &cell);
  g_assert_true (weir_heat_layout_find (&layout, cell.origin.x + 3, cell.origin.y + 3, &row, &column));
  g_assert_cmpint (row, ==, 2);
  g_assert_cmpint (column, ==, 4);
}

/* Names, sizes and the heading stay where they are seen, and what is pointed at there is theirs. */
static void
test_heat_pinned (gconstpointer mirrored)
{
  WeirHeatLayout layout;
  graphene_rect_t name, size, heading, first, part;
  float beginning;
  int row, column;

  weir_heat_layout_init (&layout, 50, 100, 600, 60, 40, 16, mirrored != NULL);
  weir_heat_layout_get_cell (&layout, 0, 0, &first);
  weir_heat_layout_pin (&layout, 1000, 300);
  weir_heat_layout_get_cell (&layout, 20, WEIR_HEAT_NAMES, &name);
  beginning = mirrored != NULL ? layout.width - name.origin.x - layout.name_width : name.origin.x;
  g_assert_cmpfloat (beginning, ==, 1000);
  weir_heat_layout_get_cell (&layout, WEIR_HEAT_HEADING, 0, &heading);
  g_assert_cmpfloat (heading.origin.y, ==, 300);
  g_assert_cmpfloat (heading.origin.x, ==, first.origin.x);
  weir_heat_layout_get_cell (&layout, 20, WEIR_HEAT_SIZES, &size);
  g_assert_true (weir_heat_layout_find (&layout, size.origin.x + 5, size.origin.y + 5,
                                        &row, &column));
  g_assert_cmpint (row, ==, 20);
  g_assert_cmpint (column, ==, WEIR_HEAT_SIZES);
  g_assert_false (weir_heat_layout_find (&layout, size.origin.x + 5, 305, &row, &column));
  weir_heat_layout_get_part (&layout, FALSE, FALSE, &part);
  g_assert_false (graphene_rect_intersection (&part, &size, NULL));
  /* They do not leave the picture. */
  weir_heat_layout_pin (&layout, 1e6f, 1e6f);
  weir_heat_layout_get_cell (&layout, WEIR_HEAT_HEADING, WEIR_HEAT_NAMES, &name);
  g_assert_cmpfloat (name.origin.x, >=, 0);
  g_assert_cmpfloat (name.origin.x + name.size.width, <=, layout.width);
  g_assert_cmpfloat (name.origin.y + name.size.height, <=, weir_heat_layout_get_height (&layout));
}

static void
test_retention_answer (void)
{
  g_autoptr(JsonObject) answer =
    parse ("{\"cohorts\":[{\"start\":\"2026-01-05\",\"size\":10,\"values\":[10,6,5,null],\"incomplete\":2},"
           "{\"start\":\"2026-01-06\",\"size\":8,\"values\":[8,4],\"incomplete\":null}]}");
  g_autoptr(WeirHeatData) data = weir_retention_result_read (answer, "day", 4);

  g_assert_cmpuint (weir_heat_data_get_n_rows (data), ==, 2);
  g_assert_cmpstr (weir_heat_data_get_name (data, 0), ==, "Mon 5 Jan");
  g_assert_true (weir_heat_data_is_complete (data, 0, 1));
  g_assert_false (weir_heat_data_is_complete (data, 0, 2));
  g_assert_true (isnan (weir_heat_data_get_value (data, 0, 3)));
  g_assert_true (isnan (weir_heat_data_get_value (data, 1, 2)));
  g_assert_true (weir_heat_data_is_complete (data, 1, 1));
}

static void
test_histogram_bars (void)
{
  const WeirBin bins[] = { { 0, 1, 10 }, { 1, 2, 5 }, { 2, INFINITY, 0 } };
  graphene_rect_t one, two, three;

  weir_histogram_get_bar (bins, 3, 0, 150, 100, FALSE, &one);
  weir_histogram_get_bar (bins, 3, 1, 150, 100, FALSE, &two);
  weir_histogram_get_bar (bins, 3, 2, 150, 100, FALSE, &three);
  g_assert_cmpfloat_with_epsilon (one.size.height, 100, .01);
  g_assert_cmpfloat_with_epsilon (two.size.height, 50, .01);
  g_assert_cmpfloat_with_epsilon (two.origin.y, 50, .01);
  g_assert_cmpfloat (three.size.height, ==, 0);
  g_assert_cmpfloat (two.origin.x, >=, one.origin.x + one.size.width);
  weir_histogram_get_bar (bins, 3, 0, 150, 100, TRUE, &one);
  g_assert_cmpfloat_with_epsilon (one.origin.x, 100, .01);
}

static void
test_curve_points (void)
{
  const double ratios[] = { 1, .5, NAN };
  graphene_point_t point;

  weir_curve_get_point (ratios, 3, 1, 300, 100, FALSE, &point);
  g_assert_cmpfloat_with_epsilon (point.x, 150, .01);
  g_assert_cmpfloat_with_epsilon (point.y, 50, .01);
  weir_curve_get_point (ratios, 3, 0, 300, 100, TRUE, &point);
  g_assert_cmpfloat_with_epsilon (point.x, 250, .01);
  g_assert_cmpfloat_with_epsilon (point.y, 0, .01);
  weir_curve_get_point (ratios, 3, 2, 300, 100, FALSE, &point);
  g_assert_cmpfloat_with_epsilon (point.y, 100, .01);
}

static void
test_intervals (void)
{
  g_assert_cmpstr (weir_trend_choose_interval (3600), ==, "minute");
  g_assert_cmpstr (weir_trend_choose_interval (86400), ==, "hour");
  g_assert_cmpstr (weir_trend_choose_interval (30 * 86400.), ==, "day");
  g_assert_cmpstr (weir_trend_choose_interval (365 * 86400.), ==, "week");
  g_assert_cmpstr (weir_trend_choose_interval (INFINITY), ==, "month");
}

/* A day of the clock on the wall, which may have 23 or 25 hours. */
static void
test_calendar (void)
{
  gint64 day = weir_trend_read_time ("2021-03-28", "Europe/Berlin");

  g_assert_cmpint (day, ==, G_GINT64_CONSTANT (1616886000000000));
  g_assert_cmpint (weir_trend_get_next (day, "day", "Europe/Berlin") - day, ==,
                   23 * G_TIME_SPAN_HOUR);
  g_assert_cmpint (weir_trend_get_next (day, "hour", "Europe/Berlin") - day, ==, G_TIME_SPAN_HOUR);
  day = weir_trend_read_time ("2021-02-01", "UTC");
  g_assert_cmpint (weir_trend_get_next (day, "month", "UTC") - day, ==, 28 * G_TIME_SPAN_DAY);
  g_assert_cmpint (weir_trend_read_time ("2021-03-28T03:00:00+02:00", "UTC"), ==,
                   G_GINT64_CONSTANT (1616893200000000));
  g_assert_cmpint (weir_trend_read_time ("nonsense", "UTC"), ==, 0);
}

static void
test_trend_answer (void)
{
  g_autoptr(JsonObject) answer =
    parse ("{\"times\":[\"2026-01-05\",\"2026-01-06\"],\"series\":["
           "{\"event\":\"a\",\"measure\":\"count\",\"values\":[2,3]},"
           "{\"event\":\"a\",\"measure\":\"p95\",\"group\":\"pro\",\"values\":[null,4.5]}]}");
  g_autoptr(JsonObject) before =
    parse ("{\"times\":[\"2026-01-04\"],\"series\":[{\"values\":[1]},{\"values\":[null]}]}");
  const gint64 end = G_GINT64_CONSTANT (1767744000000000);
  g_autoptr(WeirChartData) data = weir_trend_result_read (answer, "day", "UTC", before, end - 1);
  g_autoptr(WeirChartData) later = weir_trend_result_read (answer, "day", "UTC", before, end);
  g_autofree char *time = NULL;
  g_autofree char *csv = NULL;

  g_assert_cmpuint (weir_chart_data_get_n_series (data), ==, 4);
  g_assert_cmpstr (weir_chart_data_get_name (data, 1), ==, "a, before");
  g_assert_cmpstr (weir_chart_data_get_name (data, 2), ==, "a · pro");
  g_assert_true (isnan (weir_chart_data_get_values (data, 1)[0]));
  g_assert_cmpfloat (weir_chart_data_get_values (data, 1)[1], ==, 1);
  g_assert_true (isnan (weir_chart_data_get_values (data, 2)[0]));
  g_assert_cmpint (weir_chart_data_get_end (data, 1) - weir_chart_data_get_time (data, 1), ==,
                   G_TIME_SPAN_DAY);
  /* The last period runs until it ends; what was before does not. */
  g_assert_cmpint (weir_chart_data_get_end (data, 1), ==, end);
  g_assert_true (weir_chart_data_is_running (data, 0, 1));
  g_assert_false (weir_chart_data_is_running (data, 0, 0));
  g_assert_false (weir_chart_data_is_running (data, 1, 1));
  g_assert_false (weir_chart_data_is_running (later, 0, 1));
  time = weir_chart_data_dup_time (data, 0);
  g_assert_cmpstr (time, ==, "Mon 5 Jan 2026");
  csv = weir_chart_data_dup_csv (data);
  g_assert_nonnull (strstr (csv, "time,a,\"a, before\",a · pro,\"a · pro, before\"\r\n"));
  g_assert_nonnull (strstr (csv, "2026-01-06T00:00:00Z,3,1,4.5,\r\n"));
}

/* What is shown for a point is what the point counts, filters and all. */
static void
test_trend_filter (void)
{
  static const struct {
    const char *series;
    const char *filter;
  } cases[] = {
    { "[{\"event\":\"*\"},{\"event\":\"a\"}]", NULL },
    { "[{\"event\":\"a\"}]", "{\"property\":\"event\",\"op\":\"=\",\"value\":\"a\"}" },
    { "[{\"event\":\"a\"},{\"event\":\"b \\\"c\"}]",
      "{\"property\":\"event\",\"op\":\"in\",\"value\":[\"a\",\"b \\\"c\"]}" },
    { "[{\"event\":\"*\",\"filter\":{\"property\":\"x\",\"op\":\">\",\"value\":1}}]",
      "{\"property\":\"x\",\"op\":\">\",\"value\":1}" },
    { "[{\"event\":\"a\",\"filter\":{\"not\":{\"property\":\"x\",\"op\":\"is_set\"}}}]",
      "{\"all\":[{\"property\":\"event\",\"op\":\"=\",\"value\":\"a\"},"
      "{\"not\":{\"property\":\"x\",\"op\":\"is_set\"}}]}" },
    { "[{\"event\":\"a\",\"filter\":{\"property\":\"x\",\"op\":\">\",\"value\":1}},{\"event\":\"b\"}]",
      "{\"any\":[{\"all\":[{\"property\":\"event\",\"op\":\"=\",\"value\":\"a\"},"
      "{\"property\":\"x\",\"op\":\">\",\"value\":1}]},"
      "{\"property\":\"event\",\"op\":\"=\",\"value\":\"b\"}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(JsonNode) node = json_from_string (cases[i].series, NULL);
      g_autoptr(GArray) conditions = weir_conditions_new ();
      g_autofree char *filter = NULL;

      weir_trend_filter_add (conditions, json_node_get_array (node));
      filter = weir_conditions_to_filter (conditions);
      g_assert_cmpstr (filter, ==, cases[i].filter);
    }
}

static void
test_find_time (void)
{
  const gint64 times[] = { 0, 10, 20, 1000 };
  g_autoptr(WeirChartData) data = weir_chart_data_new (times, 4, WEIR_UNIT_COUNT);

  g_assert_cmpuint (weir_chart_data_find_time (data, -5), ==, 0);
  g_assert_cmpuint (weir_chart_data_find_time (data, 14), ==, 1);
  g_assert_cmpuint (weir_chart_data_find_time (data, 16), ==, 2);
  g_assert_cmpuint (weir_chart_data_find_time (data, 600), ==, 3);
  g_assert_cmpuint (weir_chart_data_find_time (data, 1e9), ==, 3);
}

static void
test_spans (void)
{
  static const struct {
    double seconds;
    const char *text;
  } cases[] = {
    { 0, "0 ms" }, { .25, "250 ms" }, { 42, "42 s" }, { 130, "2 m 10 s" }, { 3840, "1 h 4 m" },
    { 90000, "1 d 1 h" }, { 60, "1 m" },
    { 7200, "2 h" }, { 604800, "7 d" }, { NAN, "–" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = weir_format_span (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* What chips say comes back as chips; anything else is kept. */
static void
test_filters (void)
{
  static const char * const filters[] = {
    "{\"property\":\"plan\",\"op\":\"=\",\"value\":\"pro\"}",
    "{\"all\":[{\"property\":\"plan\",\"op\":\"is_set\"},{\"property\":\"n\",\"op\":\">\",\"value\":3}]}",
    "{\"any\":[{\"property\":\"a\",\"op\":\"=\",\"value\":1},{\"property\":\"b\",\"op\":\"=\",\"value\":2}]}",
    "{\"not\":{\"property\":\"a\",\"op\":\"=\",\"value\":\"x\"}}",
  };
  const guint n_chips[] = { 1, 2, 1, 1 };
  g_autoptr(GArray) errors = weir_conditions_new ();
  g_autoptr(GArray) again = NULL;
  g_autoptr(GArray) none = weir_conditions_from_filter (NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr(GArray) conditions = weir_conditions_from_filter (filters[i]);
      g_autofree char *back = weir_conditions_to_filter (conditions);

      g_assert_cmpuint (conditions->len, ==, n_chips[i]);
      g_assert_cmpstr (back, ==, filters[i]);
    }
  weir_conditions_add (errors, WEIR_PROPERTY_ERRORS, "is_set", "");
  text = weir_conditions_to_filter (errors);
  again = weir_conditions_from_filter (text);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpstr (g_array_index (again, WeirCondition, 0).property, ==, WEIR_PROPERTY_ERRORS);
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/funnel-numbers", test_funnel_numbers);
  g_test_add_func ("/insight/funnel-layout", test_funnel_layout);
  g_test_add_func ("/insight/funnel-layout-mirrored", test_funnel_layout_mirrored);
  g_test_add_func ("/insight/funnel-layout-narrow", test_funnel_layout_narrow);
  g_test_add_func ("/insight/funnel-answer", test_funnel_answer);
  g_test_add_func ("/insight/heat-mean", test_heat_mean);
  g_test_add_func ("/insight/heat-layout", test_heat_layout);
  g_test_add_data_func ("/insight/heat-pinned", NULL, test_heat_pinned);
  g_test_add_data_func ("/insight/heat-pinned/mirrored", "", test_heat_pinned);
  g_test_add_func ("/insight/retention-answer", test_retention_answer);
  g_test_add_func ("/insight/histogram-bars", test_histogram_bars);
  g_test_add_func ("/insight/curve-points", test_curve_points);
  g_test_add_func ("/insight/intervals", test_intervals);
  g_test_add_func ("/insight/calendar", test_calendar);
  g_test_add_func ("/insight/trend-answer", test_trend_answer);
  g_test_add_func ("/insight/trend-filter", test_trend_filter);
  g_test_add_func ("/insight/find-time", test_find_time);
  g_test_add_func ("/insight/spans", test_spans);
  g_test_add_func ("/insight/filters", test_filters);
  return g_test_run ();
}
