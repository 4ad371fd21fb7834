/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trend-result.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-json.h"
#include "weir-palette.h"
#include "weir-time.h"

#define HOUR 3600.
#define DAY  86400.

/**
 * weir_trend_choose_interval:
 * @seconds: how long a range is; INFINITY when nobody knows
 *
 * Returns: (transfer none): an interval that gives a picture some dozens of points
 */
const char *
weir_trend_choose_interval (double seconds)
{
  if (seconds <= 3 * HOUR)
    return "minute";
  if (seconds <= 4 * DAY)
    return "hour";
  if (seconds <= 200 * DAY)
    return "day";
  return seconds <= 1000 * DAY ? "week" : "month";
}

/**
 * weir_trend_read_time:
 * @text: (nullable): a time of an answer: a date, or an instant
 * @timezone: where its dates begin
 *
 * Returns: microseconds since the epoch; 0 when it is neither
 */
gint64
weir_trend_read_time (const char *text,
                      const char *timezone)
{
  g_autoptr(GTimeZone) zone = NULL;
  g_autoptr(GDateTime) time = NULL;
  int year, month, day;
  gint64 micros;

  if (text == NULL)
    return 0;
  if (weir_time_parse_rfc3339 (text, strlen (text), &micros))
    return micros;
  if (sscanf (text, "%d-%d-%d", &year, &month, &day) != 3)
    return 0;
  zone = g_time_zone_new_identifier (timezone);
  time = zone != NULL ? g_date_time_new (zone, year, month, day, 0, 0, 0) : NULL;
  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

/**
 * weir_trend_get_next:
 * @time: when a period begins
 * @interval: how long it is
 * @timezone: whose calendar
 *
 * Returns: when the next one begins
 */
gint64
weir_trend_get_next (gint64      time,
                     const char *interval,
                     const char *timezone)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (timezone);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = NULL;
  g_autoptr(GDateTime) next = NULL;

  if (g_str_equal (interval, "minute"))
    return time + G_TIME_SPAN_MINUTE;
  if (g_str_equal (interval, "hour"))
    return time + G_TIME_SPAN_HOUR;
  if (zone == NULL || utc == NULL)
    return time + G_TIME_SPAN_DAY;
  local = g_date_time_to_timezone (utc, zone);
  if (g_str_equal (interval, "month"))
    next = g_date_time_add_months (local, 1);
  else
    next = g_date_time_add_days (local, g_str_equal (interval, "week") ? 7 : 1);
  return g_date_time_to_unix (next) * G_USEC_PER_SEC;
}

static char *
dup_name (JsonObject *series)
{
  const char *name = weir_json_get_text (series, "name");
  const char *group = weir_json_get_text (series, "group");
  const char *event = name != NULL ? name : weir_json_get_text (series, "event");

  if (event == NULL || g_str_equal (event, "*"))
    event = _("any event");
  if (weir_json_get_boolean (series, "other"))
    return g_strdup_printf ("%s · %s", event, _("Others"));
  if (group != NULL)
    return g_strdup_printf ("%s · %s", event, group);
  if (json_object_has_member (series, "group"))
    return g_strdup_printf ("%s · %s", event, _("Without it"));
  return g_strdup (event);
}

/* Without groups a series has the colour its event has everywhere, unless two would look alike. */
static void
choose_colors (JsonArray *series,
               guint     *colors)
{
  WeirPalette *palette = weir_palette_get_default ();
  guint n = weir_json_array_get_n (series);
  g_autofree const char **events = g_new0 (const char *, n + 1);
  gboolean alike = FALSE;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *one = weir_json_array_get_object (series, i);

      events[i] = weir_json_get_text (one, "event");
      if (events[i] == NULL)
        events[i] = "*";
      alike |= json_object_has_member (one, "group") || n > WEIR_PALETTE_N_COLORS;
      for (guint j = 0; j < i && !alike; j++)
        alike = g_str_equal (events[i], events[j]);
    }
  if (!alike)
    weir_palette_claim (palette, events, n);
  for (guint i = 0; i < n; i++)
    {
      gboolean other = weir_json_get_boolean (weir_json_array_get_object (series, i), "other");

      colors[i] = other ? WEIR_PALETTE_NEUTRAL
                        : alike ? MIN (i, WEIR_PALETTE_NEUTRAL)
                                : weir_palette_lookup (palette, events[i]);
    }
}

static void
read_values (JsonObject *series,
             double     *values,
             guint       n)
{
  JsonArray *array = weir_json_get_array (series, "values");

  for (guint i = 0; i < n; i++)
    values[i] = i < weir_json_array_get_n (array)
                ? weir_json_node_to_number (json_array_get_element (array, i), NAN) : NAN;
}

/* The series of the time before, its last period under the last one of now. */
static void
add_before (WeirChartData *data,
            JsonObject    *before,
            guint          index,
            const char    *name,
            guint          n)
{
  JsonObject *series = weir_json_array_get_object (weir_json_get_array (before, "series"), index);
  guint n_before = weir_json_array_get_n (weir_json_get_array (before, "times"));
  g_autofree double *values = g_new0 (double, MAX (1, n_before));
  g_autofree double *aligned = g_new0 (double, MAX (1, n));
  /* Translators: a series of the time before the range that is looked at. */
  g_autofree char *label = g_strdup_printf (_("%s, before"), name);

  if (series == NULL)
    return;
  read_values (series, values, n_before);
  for (guint i = 0; i < n; i++)
    aligned[n - 1 - i] = i < n_before ? values[n_before - 1 - i] : NAN;
  weir_chart_data_add_series (data, label, WEIR_PALETTE_NEUTRAL, aligned);
  weir_chart_data_settle_last (data);
}

/**
 * weir_trend_result_read:
 * @answer: the answer to a trend
 * @interval: its interval
 * @timezone: its time zone
 * @before: (nullable): the answer for the time before
 * @now: the present, microseconds since the epoch
 *
 * Returns: (transfer full): what it says, for a chart
 */
WeirChartData *
weir_trend_result_read (JsonObject *answer,
                        const char *interval,
                        const char *timezone,
                        JsonObject *before,
                        gint64      now)
{
  JsonArray *times = weir_json_get_array (answer, "times");
  JsonArray *series = weir_json_get_array (answer, "series");
  guint n = weir_json_array_get_n (times), n_series = weir_json_array_get_n (series);
  g_autofree gint64 *instants = g_new0 (gint64, MAX (1, n));
  g_autofree double *values = g_new0 (double, MAX (1, n));
  g_autofree guint *colors = g_new0 (guint, MAX (1, n_series));
  WeirChartData *data;

  for (guint i = 0; i < n; i++)
    instants[i] = weir_trend_read_time (json_node_get_string (json_array_get_element (times, i)),
                                        timezone);
  data = weir_chart_data_new (instants, n, WEIR_UNIT_COUNT);
  if (n > 0)
    {
      gint64 end = weir_trend_get_next (instants[n - 1], interval, timezone);

      weir_chart_data_set_end (data, end);
      if (end > now)
        weir_chart_data_set_running (data);
    }
  choose_colors (series, colors);
  for (guint i = 0; i < n_series; i++)
    {
      JsonObject *one = weir_json_array_get_object (series, i);
      g_autofree char *name = dup_name (one);

      read_values (one, values, n);
      weir_chart_data_add_series (data, name, colors[i], values);
      if (before != NULL)
        add_before (data, before, i, name, n);
    }
  return data;
}

/* Whether the values of the periods add up to one of them all. */
static gboolean
adds_up (JsonObject *series)
{
  const char *measure = weir_json_get_text (series, "measure");

  return measure == NULL || g_str_equal (measure, "count") || g_str_equal (measure, "sum");
}

static double
get_sum (JsonObject *answer,
         guint       index,
         guint      *n_values)
{
  JsonObject *series = weir_json_array_get_object (weir_json_get_array (answer, "series"), index);
  JsonArray *values = weir_json_get_array (series, "values");
  double sum = 0;

  *n_values = 0;
  for (guint i = 0; i < weir_json_array_get_n (values); i++)
    {
      double value = weir_json_node_to_number (json_array_get_element (values, i), NAN);

      if (isnan (value))
        continue;
      sum += value;
      (*n_values)++;
    }
  return *n_values > 0 ? sum : NAN;
}

/* What a series comes to: the sum where that means something, else the mean of its periods. */
static double
get_total (JsonObject *answer,
           guint       index)
{
  JsonObject *series = weir_json_array_get_object (weir_json_get_array (answer, "series"), index);
  guint n;
  double sum = get_sum (answer, index, &n);

  return adds_up (series) ? sum : sum / n;
}

static void
add_number (GArray *cells,
            double  number)
{
  weir_data_cells_add (cells, isnan (number) ? g_strdup ("–") : weir_format_value (number), number);
}

static void
add_row (GArray     *cells,
         JsonObject *answer,
         JsonObject *before,
         guint       index)
{
  JsonObject *series = weir_json_array_get_object (weir_json_get_array (answer, "series"), index);
  double total = get_total (answer, index), past, change;
  guint n;
  double sum = get_sum (answer, index, &n);
  g_autofree char *share = NULL;

  weir_data_cells_add (cells, dup_name (series), NAN);
  add_number (cells, adds_up (series) ? total : NAN);
  add_number (cells, sum / n);
  if (before == NULL)
    return;
  past = get_total (before, index);
  add_number (cells, past);
  change = past > 0 ? (total - past) / past : NAN;
  if (!isnan (change))
    share = weir_format_share (fabs (change));
  weir_data_cells_add (cells, share != NULL ? g_strconcat (change >= 0 ? "+" : "−", share, NULL)
                                            : g_strdup ("–"), change);
}

/**
 * weir_trend_result_fill:
 * @answer: the answer to a trend
 * @before: (nullable): the answer for the time before
 * @table: where its totals are
 *
 * Fills the table: a line for each series.
 */
void
weir_trend_result_fill (JsonObject    *answer,
                        JsonObject    *before,
                        WeirDataTable *table)
{
  const WeirDataColumn columns[] = {
    { _("Series"), FALSE, FALSE },
    { _("Total"), TRUE, FALSE },
    { _("By period"), TRUE, FALSE },
    { _("Before"), TRUE, FALSE },
    { _("Change"), TRUE, FALSE },
  };
  guint n = weir_json_array_get_n (weir_json_get_array (answer, "series"));
  GArray *cells = weir_data_cells_new ();

  for (guint i = 0; i < n; i++)
    add_row (cells, answer, before, i);
  weir_data_table_set_columns (table, columns, before != NULL ? 5 : 3);
  weir_data_table_take_cells (table, cells);
}

/**
 * weir_trend_result_get_range:
 * @answer: the answer to a trend
 * @interval: its interval
 * @timezone: its time zone
 * @from: (out): when its first period begins
 * @to: (out): when its last one ends
 *
 * Returns: whether it has a period
 */
gboolean
weir_trend_result_get_range (JsonObject *answer,
                             const char *interval,
                             const char *timezone,
                             gint64     *from,
                             gint64     *to)
{
  JsonArray *times = weir_json_get_array (answer, "times");
  guint n = weir_json_array_get_n (times);

  if (n == 0)
    return FALSE;
  *from = weir_trend_read_time (json_node_get_string (json_array_get_element (times, 0)), timezone);
  *to = weir_trend_get_next (weir_trend_read_time (json_node_get_string (json_array_get_element
                                                                         (times, n - 1)), timezone),
                             interval, timezone);
  return *from != 0 && *to > *from;
}
