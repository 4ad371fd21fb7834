/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "weir-calendar.h"
#include "weir-error.h"
#include "weir-time.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static const char *const zones[] = {
  "UTC", "Europe/Berlin", "US/Pacific", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata",
  "Asia/Kathmandu", "America/Havana", "America/Asuncion", "Asia/Beirut", "Pacific/Apia",
  "Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Chatham", "Europe/London",
  "Antarctica/Troll", "Asia/Gaza",
};

static gint64
parse (const char *text)
{
  gint64 micros;

  g_assert_true (weir_time_parse_rfc3339 (text, strlen (text), &micros));

  return micros;
}

/* What the wall shows, as a number that names the period; walks minute by minute. */
static gint64
get_key (GDateTime    *wall,
         WeirPeriod    period,
         GDateWeekday  week_start)
{
  gint64 day;
  g_autoptr(GDate) date = g_date_new_dmy (g_date_time_get_day_of_month (wall), g_date_time_get_month (wall),
                                          g_date_time_get_year (wall));

  day = g_date_get_julian (date);
  switch (period)
    {
    case WEIR_PERIOD_MINUTE:
      return (day * 24 + g_date_time_get_hour (wall)) * 60 + g_date_time_get_minute (wall);

    case WEIR_PERIOD_HOUR:
      return day * 24 + g_date_time_get_hour (wall);

    case WEIR_PERIOD_WEEK:
      while (g_date_get_weekday (date) != week_start)
        g_date_subtract_days (date, 1);
      return g_date_get_julian (date);

    case WEIR_PERIOD_MONTH:
      return g_date_get_year (date) * 12 + g_date_get_month (date);

    case WEIR_PERIOD_DAY:
    default:
      return day;
    }
}

static GArray *
walk (GTimeZone    *zone,
      WeirPeriod    period,
      GDateWeekday  week_start,
      gint64        first,
      gint64        last)
{
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean by_clock = period <= WEIR_PERIOD_HOUR;
  gint64 before = 0;

  for (gint64 minute = first; minute <= last; minute++)
    {
      g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (minute * 60);
      g_autoptr(GDateTime) wall = g_date_time_to_timezone (utc, zone);
      gint64 key = get_key (wall, period, week_start);
      gint64 micros = minute * 60 * SECOND;
      gboolean starts_here = by_clock ? key != before || period == WEIR_PERIOD_MINUTE ||
                                        g_date_time_get_minute (wall) == 0
                                      : key > before;

      if (starts_here && minute > first)
        g_array_append_val (starts, micros);
      before = by_clock ? key : MAX (key, before);
    }

  return starts;
}

/* A zone's clock change, or any time at all. */
static gint64
pick_minute (GTimeZone *zone)
{
  for (guint tries = 0; tries < 200; tries++)
    {
      gint64 second = g_test_rand_int_range (0, 2000000000);
      gint64 minute = second / 60;

      second = minute * 60;
      if (tries == 199 || g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, second) !=
                          g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, second + 86400))
        return minute;
    }
  g_assert_not_reached ();
}

static void
test_oracle (gconstpointer data)
{
  GTimeZone *zone = g_time_zone_new_identifier (data);

  g_assert_nonnull (zone);
  for (guint round = 0; round < 12; round++)
    {
      WeirPeriod period = round % 5;
      GDateWeekday week_start = 1 + round % 7;
      static const guint spans[] = { 2, 2, 4, 21, 64 };
      guint span = spans[period];
      gint64 middle = pick_minute (zone);
      gint64 first = middle - span * 1440 / 2;
      gint64 last = middle + span * 1440 / 2;
      g_autoptr(GArray) starts = walk (zone, period, week_start, first, last);
      gint64 from, until;
      g_autoptr(WeirCalendar) calendar = NULL;
      g_autoptr(GError) error = NULL;

      g_assert_cmpuint (starts->len, >=, 2);
      from = g_array_index (starts, gint64, 0);
      until = g_array_index (starts, gint64, starts->len - 1);
      calendar = weir_calendar_new (zone, period, week_start, from + g_test_rand_int_range (0, 60 * SECOND), until,
                                    10000, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (weir_calendar_get_n_buckets (calendar), ==, starts->len - 1);
      for (guint i = 0; i < starts->len; i++)
        g_assert_cmpint (weir_calendar_get_start (calendar, i), ==, g_array_index (starts, gint64, i));
      for (guint i = 0; i + 1 < starts->len; i++)
        {
          gint64 start = g_array_index (starts, gint64, i);
          gint64 end = g_array_index (starts, gint64, i + 1);

          g_assert_cmpint (weir_calendar_find (calendar, start), ==, i);
          g_assert_cmpint (weir_calendar_find (calendar, end - 1), ==, i);
          g_assert_cmpint (weir_calendar_find (calendar, start + (end - start) / 3), ==, i);
        }
      g_assert_cmpint (weir_calendar_find (calendar, from - 1), ==, -1);
      g_assert_cmpint (weir_calendar_find (calendar, until), ==, -1);
    }
  g_time_zone_unref (zone);
}

/* The same buckets, counted from either end. */
static void
test_ends (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))]);
      WeirPeriod period = g_test_rand_int_range (0, 5);
      guint n = g_test_rand_int_range (1, 60);
      gint64 time = pick_minute (zone) * 60 * SECOND + g_test_rand_int_range (0, 60 * SECOND);
      g_autoptr(WeirCalendar) to = weir_calendar_new_to (zone, period, G_DATE_MONDAY, time, n, NULL);
      g_autoptr(WeirCalendar) from = NULL;

      g_assert_nonnull (to);
      g_assert_cmpuint (weir_calendar_get_n_buckets (to), ==, n);
      g_assert_cmpint (weir_calendar_find (to, time), ==, n - 1);
      from = weir_calendar_new_from (zone, period, G_DATE_MONDAY, weir_calendar_get_start (to, 0), n, NULL);
      g_assert_cmpuint (weir_calendar_get_n_buckets (from), ==, n);
      for (guint i = 0; i <= n; i++)
        g_assert_cmpint (weir_calendar_get_start (from, i), ==, weir_calendar_get_start (to, i));
    }
}

static void
check_first (const char *zone_name,
             WeirPeriod  period,
             const char *time,
             const char *expected,
             double      hours)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  g_autoptr(WeirCalendar) calendar = weir_calendar_new_from (zone, period, G_DATE_SUNDAY, parse (time), 2, NULL);
  g_autofree char *text = weir_calendar_format (calendar, 0);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (weir_calendar_get_end (calendar, 0) - weir_calendar_get_start (calendar, 0), ==,
                   (gint64) (hours * 3600) * SECOND);
}

static void
test_known (void)
{
  check_first ("UTC", WEIR_PERIOD_DAY, "2020-06-10T05:00:00Z", "2020-06-10", 24);
  check_first ("UTC", WEIR_PERIOD_WEEK, "2020-06-10T05:00:00Z", "2020-06-07", 168);
  check_first ("UTC", WEIR_PERIOD_MONTH, "2020-02-29T05:00:00Z", "2020-02-01", 29 * 24);
  check_first ("UTC", WEIR_PERIOD_HOUR, "2020-06-10T05:59:59.999999Z", "2020-06-10T05:00:00Z", 1);
  check_first ("UTC", WEIR_PERIOD_MINUTE, "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:00Z", 1 / 60.);
  check_first ("US/Pacific", WEIR_PERIOD_HOUR, "2020-06-10T07:10:00Z", "2020-06-10T00:00:00-07:00", 1);
  check_first ("Asia/Kolkata", WEIR_PERIOD_HOUR, "2020-06-10T07:10:00Z", "2020-06-10T12:00:00+05:30", 1);
  check_first ("Europe/Berlin", WEIR_PERIOD_DAY, "2021-03-28T12:00:00Z", "2021-03-28", 23);
  check_first ("Europe/Berlin", WEIR_PERIOD_DAY, "2021-10-31T12:00:00Z", "2021-10-31", 25);
  check_first ("Europe/Berlin", WEIR_PERIOD_HOUR, "2021-10-31T00:30:00Z", "2021-10-31T02:00:00+02:00", 1);
  check_first ("Europe/Berlin", WEIR_PERIOD_HOUR, "2021-10-31T01:30:00Z", "2021-10-31T02:00:00+01:00", 1);
  /* Midnight is skipped; the day begins at one. */
  check_first ("America/Sao_Paulo", WEIR_PERIOD_DAY, "2018-11-04T12:00:00Z", "2018-11-04", 23);
  /* The 30th of December 2011 did not happen. */
  check_first ("Pacific/Apia", WEIR_PERIOD_DAY, "2011-12-30T09:00:00Z", "2011-12-29", 24);
  check_first ("Pacific/Apia", WEIR_PERIOD_DAY, "2011-12-30T10:00:00Z", "2011-12-31", 24);
  /* Summer begins half an hour ahead there. */
  check_first ("Australia/Lord_Howe", WEIR_PERIOD_DAY, "2021-10-03T00:00:00Z", "2021-10-03", 23.5);
}

static void
test_bounds (void)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  gint64 from = parse ("2020-01-01T00:00:00Z");
  g_autoptr(WeirCalendar) whole = weir_calendar_new (utc, WEIR_PERIOD_DAY, G_DATE_MONDAY, from,
                                                     from + 10 * 86400 * SECOND, 10, NULL);
  g_autoptr(WeirCalendar) empty = weir_calendar_new (utc, WEIR_PERIOD_DAY, G_DATE_MONDAY, from, from, 10, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (weir_calendar_get_n_buckets (whole), ==, 10);
  g_assert_cmpuint (weir_calendar_get_n_buckets (empty), ==, 1);
  g_assert_null (weir_calendar_new (utc, WEIR_PERIOD_DAY, G_DATE_MONDAY, from, from + 10 * 86400 * SECOND + 1, 10,
                                    &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_assert_cmpstr (error->message, ==,
                   "the range has more than 10 days; choose a longer period or a shorter range");
  g_clear_error (&error);
  g_assert_null (weir_calendar_new (utc, WEIR_PERIOD_MINUTE, G_DATE_MONDAY, G_MININT64, G_MAXINT64, 1000, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (weir_calendar_new_from (utc, WEIR_PERIOD_MONTH, G_DATE_MONDAY, G_MAXINT64, 2, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (weir_calendar_new_to (utc, WEIR_PERIOD_MONTH, G_DATE_MONDAY, G_MININT64, 2, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_autofree char *name = g_strconcat ("/calendar/oracle/", zones[i], NULL);

      g_test_add_data_func (name, zones[i], test_oracle);
    }
  g_test_add_func ("/calendar/ends", test_ends);
  g_test_add_func ("/calendar/known", test_known);
  g_test_add_func ("/calendar/bounds", test_bounds);

  return g_test_run ();
}
