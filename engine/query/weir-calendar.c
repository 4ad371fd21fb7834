/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What a bucket is, where the clock on the wall does not simply go on:
 *
 * - A day, week or month begins at the first instant at which the wall shows its first day or a
 *   later one. So a day that begins at 01:00 because midnight was skipped is found, a date that the
 *   zone skipped altogether has no bucket, and an hour that is lived twice around midnight belongs
 *   to the day that had begun.
 * - An hour or minute begins when the wall shows a full one, or jumps into another one. So the hour
 *   that is lived twice in autumn is two buckets, told apart by their offset from UTC.
 *
 * Only offsets are asked of GTimeZone, and always by universal time, which has no gap and no
 * second reading. */

#include "config.h"

#include "weir-calendar.h"

#include <string.h>

#include "weir-error.h"

#define SECOND      ((gint64) G_USEC_PER_SEC)
#define DAY_SECONDS 86400
/* No zone was ever further from UTC, even with both sides of a date line. */
#define MAX_OFFSET  (26 * 3600)
/* Seconds since the epoch of the years 0001 and 9999. */
#define MIN_SECOND  G_GINT64_CONSTANT (-62135596800)
#define MAX_SECOND  G_GINT64_CONSTANT (253402214400)

struct _WeirCalendar {
  GTimeZone *time_zone;
  WeirPeriod period;
  GArray *starts;   /* gint64 microseconds; one more than there are buckets */
  double per_micro; /* buckets in a microsecond, about */
};

typedef struct {
  GTimeZone *time_zone;
  WeirPeriod period;
  GDateWeekday week_start;
} Rule;

static const char *const period_names[] = { "minute", "hour", "day", "week", "month" };

static gint64
floor_divide (gint64 a,
              gint64 b)
{
  return a / b - (a % b < 0);
}

static gint64
to_seconds (gint64 micros)
{
  return CLAMP (floor_divide (micros, SECOND), MIN_SECOND, MAX_SECOND);
}

static int
get_interval (const Rule *rule,
              gint64      second)
{
  return g_time_zone_find_interval (rule->time_zone, G_TIME_TYPE_UNIVERSAL, second);
}

static gint64
get_offset (const Rule *rule,
            gint64      second)
{
  return g_time_zone_get_offset (rule->time_zone, get_interval (rule, second));
}

/* The first second after @from, up to @until, at which the zone's offset may change. */
static gboolean
find_transition (const Rule *rule,
                 gint64      from,
                 gint64      until,
                 gint64     *transition)
{
  int interval = get_interval (rule, from);

  if (get_interval (rule, until) == interval)
    return FALSE;
  while (until - from > 1)
    {
      gint64 middle = from + (until - from) / 2;

      if (get_interval (rule, middle) == interval)
        from = middle;
      else
        until = middle;
    }
  *transition = until;

  return TRUE;
}

/* The first second at which the wall shows @local seconds since the epoch, or more. */
static gint64
find_local (const Rule *rule,
            gint64      local)
{
  gint64 second = local - MAX_OFFSET;

  for (;;)
    {
      gint64 offset = get_offset (rule, second);
      gint64 candidate = MAX (local - offset, second);
      gint64 transition;

      if (second + offset >= local)
        return second;
      if (!find_transition (rule, second, candidate, &transition))
        return candidate;
      second = transition;
    }
}

static gint64
date_to_days (const GDate *date)
{
  /* GDate counts from 0001-01-01 as day 1. */
  return (gint64) g_date_get_julian (date) - 719163;
}

static void
date_from_days (GDate  *date,
                gint64  days)
{
  g_date_clear (date, 1);
  g_date_set_julian (date, (guint32) MAX (days + 719163, 1));
}

/* The first day of the period that holds a day, @steps periods later. */
static gint64
get_period_day (const Rule *rule,
                gint64      days,
                guint       steps)
{
  GDate date;

  if (rule->period == WEIR_PERIOD_DAY)
    return days + steps;
  date_from_days (&date, days);
  if (rule->period == WEIR_PERIOD_MONTH)
    {
      g_date_set_day (&date, 1);
      g_date_add_months (&date, steps);
      return date_to_days (&date);
    }

  return days - ((int) g_date_get_weekday (&date) - (int) rule->week_start + 7) % 7 + 7 * steps;
}

static gint64
get_local_day (const Rule *rule,
               gint64      second)
{
  return floor_divide (second + get_offset (rule, second), DAY_SECONDS);
}

/* Boundaries of days, weeks and months after that of the period of @days. */
static gint64
get_next_date (const Rule *rule,
               gint64      second,
               gint64     *days)
{
  gint64 next;

  /* A date that was skipped begins when the one after it does. */
  do
    {
      *days = get_period_day (rule, *days, 1);
      next = find_local (rule, *days * DAY_SECONDS);
    }
  while (next <= second);

  return next;
}

/* The first boundary after @second of hours and minutes. */
static gint64
get_next_clock (const Rule *rule,
                gint64      second)
{
  gint64 unit = rule->period == WEIR_PERIOD_HOUR ? 3600 : 60;
  gint64 local = second + get_offset (rule, second);
  gint64 key = floor_divide (local, unit);

  for (;;)
    {
      gint64 next = second + (floor_divide (local, unit) + 1) * unit - local;
      gint64 transition;

      if (!find_transition (rule, second, next, &transition))
        return next;
      second = transition;
      local = second + get_offset (rule, second);
      if (floor_divide (local, unit) != key || local == key * unit)
        return second;
    }
}

static gboolean
is_clock (const Rule *rule)
{
  return rule->period == WEIR_PERIOD_MINUTE || rule->period == WEIR_PERIOD_HOUR;
}

/* The start of the bucket that holds @second. */
static gint64
get_first (const Rule *rule,
           gint64      second,
           gint64     *days)
{
  gint64 first, next;

  *days = 0;
  if (is_clock (rule))
    {
      /* From any moment on boundaries are found; three units back, there is one before. */
      for (next = first = second - 3 * 3600; next <= second; next = get_next_clock (rule, next))
        first = next;
      return first;
    }
  /* One day back, because an hour lived twice may belong to the next day. */
  *days = get_period_day (rule, get_local_day (rule, second) - 1, 0);
  first = find_local (rule, *days * DAY_SECONDS);
  for (;;)
    {
      gint64 next_days = *days;

      next = get_next_date (rule, first, &next_days);
      if (next > second)
        return first;
      first = next;
      *days = next_days;
    }
}

static gboolean
refuse_size (const Rule  *rule,
             guint        max_buckets,
             GError     **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "the range has more than %u %ss; choose a longer period or a shorter range",
               max_buckets, period_names[rule->period]);
  return FALSE;
}

static WeirCalendar *
calendar_new (const Rule *rule)
{
  WeirCalendar *self = g_new0 (WeirCalendar, 1);

  self->time_zone = g_time_zone_ref (rule->time_zone);
  self->period = rule->period;
  self->starts = g_array_new (FALSE, FALSE, sizeof (gint64));

  return self;
}

static void
append_start (WeirCalendar *self,
              gint64        second)
{
  gint64 micros = second * SECOND;

  g_array_append_val (self->starts, micros);
}

/* Buckets from that of @from on, until @until is passed or there are @max. */
static gboolean
fill (WeirCalendar *self,
      const Rule   *rule,
      gint64        from,
      gint64        until,
      guint         max)
{
  gint64 days;
  gint64 second = get_first (rule, from, &days);

  append_start (self, second);
  for (guint n = 0; n == 0 || second < until; n++)
    {
      if (n == max || second >= MAX_SECOND)
        return FALSE;
      second = is_clock (rule) ? get_next_clock (rule, second)
                               : get_next_date (rule, second, &days);
      append_start (self, second);
    }

  return TRUE;
}

static void
seal (WeirCalendar *self)
{
  guint n = self->starts->len - 1;
  gint64 first = g_array_index (self->starts, gint64, 0);
  gint64 end = g_array_index (self->starts, gint64, n);

  self->per_micro = n / (double) (end - first);
}

/**
 * weir_period_parse:
 * @text: `minute`, `hour`, `day`, `week` or `month`
 * @period: (out): the period
 *
 * Returns: whether it is one
 */
gboolean
weir_period_parse (const char *text,
                   WeirPeriod *period)
{
  g_return_val_if_fail (text != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (period_names); i++)
    {
      if (!g_str_equal (text, period_names[i]))
        continue;
      *period = i;
      return TRUE;
    }

  return FALSE;
}

/**
 * weir_calendar_new:
 * @time_zone: whose clock on the wall counts
 * @period: what a bucket is
 * @week_start: first day of a week
 * @from: microseconds since the epoch; the first bucket holds it
 * @until: microseconds since the epoch; the last bucket holds the instant before it
 * @max_buckets: most buckets there may be
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a calendar of at least one bucket, or %NULL with
 *   %WEIR_ERROR_INVALID_REQUEST when there would be too many
 */
WeirCalendar *
weir_calendar_new (GTimeZone     *time_zone,
                   WeirPeriod     period,
                   GDateWeekday   week_start,
                   gint64         from,
                   gint64         until,
                   guint          max_buckets,
                   GError       **error)
{
  const Rule rule = { time_zone, period, week_start };
  g_autoptr(WeirCalendar) self = NULL;

  g_return_val_if_fail (time_zone != NULL, NULL);

  self = calendar_new (&rule);
  /* The second that holds the last instant, and the one after it. */
  if (!fill (self, &rule, to_seconds (from),
             until == G_MININT64 ? MIN_SECOND : to_seconds (until - 1) + 1, max_buckets))
    {
      refuse_size (&rule, max_buckets, error);
      return NULL;
    }
  seal (self);

  return g_steal_pointer (&self);
}

/**
 * weir_calendar_new_from:
 * @time_zone: whose clock on the wall counts
 * @period: what a bucket is
 * @week_start: first day of a week
 * @from: microseconds since the epoch; the first bucket holds it
 * @n_buckets: how many buckets, at least 1
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the calendar, or %NULL with %WEIR_ERROR_INVALID_REQUEST
 *   when it would end after the year 9999
 */
WeirCalendar *
weir_calendar_new_from (GTimeZone     *time_zone,
                        WeirPeriod     period,
                        GDateWeekday   week_start,
                        gint64         from,
                        guint          n_buckets,
                        GError       **error)
{
  const Rule rule = { time_zone, period, week_start };
  g_autoptr(WeirCalendar) self = NULL;

  g_return_val_if_fail (time_zone != NULL && n_buckets > 0, NULL);

  self = calendar_new (&rule);
  fill (self, &rule, to_seconds (from), G_MAXINT64, n_buckets);
  if (self->starts->len <= n_buckets)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "the range ends after the year 9999");
      return NULL;
    }
  seal (self);

  return g_steal_pointer (&self);
}

/**
 * weir_calendar_new_to:
 * @time_zone: whose clock on the wall counts
 * @period: what a bucket is
 * @week_start: first day of a week
 * @time: microseconds since the epoch; the last bucket holds it
 * @n_buckets: how many buckets, at least 1
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the calendar, or %NULL with %WEIR_ERROR_INVALID_REQUEST
 *   when it would begin before the year 1
 */
WeirCalendar *
weir_calendar_new_to (GTimeZone     *time_zone,
                      WeirPeriod     period,
                      GDateWeekday   week_start,
                      gint64         time,
                      guint          n_buckets,
                      GError       **error)
{
  static const gint64 longest[] = { 60, 3600, DAY_SECONDS, 7 * DAY_SECONDS, 31 * DAY_SECONDS };
  const Rule rule = { time_zone, period, week_start };
  gint64 second = to_seconds (time);
  gint64 from = second - longest[period] * (n_buckets + 1) - 4 * DAY_SECONDS;
  g_autoptr(WeirCalendar) self = NULL;

  g_return_val_if_fail (time_zone != NULL && n_buckets > 0, NULL);

  self = calendar_new (&rule);
  if (from < MIN_SECOND || !fill (self, &rule, from, second + 1, G_MAXUINT))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "the range is not within the years 1 to 9999");
      return NULL;
    }
  g_array_remove_range (self->starts, 0, self->starts->len - 1 - n_buckets);
  seal (self);

  return g_steal_pointer (&self);
}

/**
 * weir_calendar_free:
 * @self: (transfer full): a calendar
 */
void
weir_calendar_free (WeirCalendar *self)
{
  g_array_unref (self->starts);
  g_time_zone_unref (self->time_zone);
  g_free (self);
}

/**
 * weir_calendar_get_n_buckets:
 * @self: a calendar
 *
 * Returns: how many buckets it has
 */
guint
weir_calendar_get_n_buckets (const WeirCalendar *self)
{
  return self->starts->len - 1;
}

/**
 * weir_calendar_get_start:
 * @self: a calendar
 * @bucket: number of a bucket, or the number of buckets for the end of the last
 *
 * Returns: where it starts, microseconds since the epoch, inclusive
 */
gint64
weir_calendar_get_start (const WeirCalendar *self,
                         guint               bucket)
{
  g_return_val_if_fail (bucket < self->starts->len, G_MAXINT64);

  return g_array_index (self->starts, gint64, bucket);
}

/**
 * weir_calendar_get_end:
 * @self: a calendar
 * @bucket: number of a bucket
 *
 * Returns: where it ends, microseconds since the epoch, exclusive
 */
gint64
weir_calendar_get_end (const WeirCalendar *self,
                       guint               bucket)
{
  return weir_calendar_get_start (self, bucket + 1);
}

/**
 * weir_calendar_find:
 * @self: a calendar
 * @time: microseconds since the epoch
 *
 * Finds a bucket in constant time: buckets are nearly of one length, so the guess is at most a few
 * off.
 *
 * Returns: the bucket that holds @time, -1 when none does
 */
int
weir_calendar_find (const WeirCalendar *self,
                    gint64              time)
{
  const gint64 *starts = (const gint64 *) (gconstpointer) self->starts->data;
  int n = (int) self->starts->len - 1;
  int bucket;

  if (time < starts[0] || time >= starts[n])
    return -1;
  bucket = MIN ((int) ((double) (time - starts[0]) * self->per_micro), n - 1);
  while (time < starts[bucket])
    bucket--;
  while (time >= starts[bucket + 1])
    bucket++;

  return bucket;
}

/**
 * weir_calendar_format:
 * @self: a calendar
 * @bucket: number of a bucket
 *
 * Returns: (transfer full): its start as the wall shows it: `2020-06-10` for days, weeks and
 *   months, RFC 3339 with the offset from UTC for hours and minutes
 */
char *
weir_calendar_format (const WeirCalendar *self,
                      guint               bucket)
{
  gint64 second = weir_calendar_get_start (self, bucket) / SECOND;
  int interval = g_time_zone_find_interval (self->time_zone, G_TIME_TYPE_UNIVERSAL, second);
  gint32 offset = g_time_zone_get_offset (self->time_zone, interval);
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (second + offset);
  g_autofree char *wall = NULL;

  if (self->period >= WEIR_PERIOD_DAY)
    return g_date_time_format (time, "%Y-%m-%d");
  wall = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  if (offset == 0)
    return g_strconcat (wall, "Z", NULL);

  return g_strdup_printf ("%s%c%02d:%02d", wall, offset < 0 ? '-' : '+', ABS (offset) / 3600,
                          ABS (offset) / 60 % 60);
}
