/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-time.h"

#include <math.h>
#include <string.h>

#include "weir-error.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* Days since 1970-01-01 of a day in the Gregorian calendar, and back: Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms". GDateTime would do, at forty times the cost. */
static gint64
days_from_civil (gint64 year,
                 guint  month,
                 guint  day)
{
  gint64 era;
  guint year_of_era, day_of_year, day_of_era;

  year -= month <= 2;
  era = (year >= 0 ? year : year - 399) / 400;
  year_of_era = (guint) (year - era * 400);
  day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return era * 146097 + day_of_era - 719468;
}

static void
civil_from_days (gint64  days,
                 gint64 *year,
                 guint  *month,
                 guint  *day)
{
  gint64 era;
  guint day_of_era, year_of_era, day_of_year, shifted_month;

  days += 719468;
  era = (days >= 0 ? days : days - 146096) / 146097;
  day_of_era = (guint) (days - era * 146097);
  year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  shifted_month = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  *year = (gint64) year_of_era + era * 400 + (*month <= 2);
}

/* Reads exactly @n digits. */
static gboolean
read_digits (const char **p,
             const char  *end,
             guint        n,
             guint       *value)
{
  if ((gsize) (end - *p) < n)
    return FALSE;
  *value = 0;
  for (guint i = 0; i < n; i++, (*p)++)
    {
      if (!g_ascii_isdigit (**p))
        return FALSE;
      *value = *value * 10 + (guint) (**p - '0');
    }
  return TRUE;
}

static gboolean
read_char (const char **p,
           const char  *end,
           const char  *any_of)
{
  if (*p == end || **p == '\0' || strchr (any_of, **p) == NULL)
    return FALSE;
  (*p)++;
  return TRUE;
}

static gboolean
read_date (const char **p,
           const char  *end,
           gint64      *days)
{
  static const guint8 month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  guint year, month, day;

  if (!read_digits (p, end, 4, &year) || !read_char (p, end, "-") ||
      !read_digits (p, end, 2, &month) || !read_char (p, end, "-") ||
      !read_digits (p, end, 2, &day))
    return FALSE;
  if (month < 1 || month > 12 || day < 1 || day > month_days[month - 1])
    return FALSE;
  if (month == 2 && day == 29 && !g_date_is_leap_year ((GDateYear) MAX (year, 1)))
    return FALSE;

  *days = days_from_civil (year, month, day);
  return TRUE;
}

static gboolean
read_time (const char **p,
           const char  *end,
           gint64      *micros)
{
  guint hour, minute, second, scale = 100000, fraction = 0;

  if (!read_digits (p, end, 2, &hour) || !read_char (p, end, ":") ||
      !read_digits (p, end, 2, &minute) || !read_char (p, end, ":") ||
      !read_digits (p, end, 2, &second))
    return FALSE;
  /* A leap second is the first instant of the next minute: the count of seconds has no room for it.
   */
  if (hour > 23 || minute > 59 || second > 60)
    return FALSE;
  if (read_char (p, end, ".,"))
    {
      if (*p == end || !g_ascii_isdigit (**p))
        return FALSE;
      for (; *p < end && g_ascii_isdigit (**p); (*p)++, scale /= 10)
        fraction += (guint) (**p - '0') * scale;
    }

  *micros = ((gint64) hour * 3600 + minute * 60 + second) * SECOND + fraction;
  return TRUE;
}

static gboolean
read_offset (const char **p,
             const char  *end,
             gint64      *micros)
{
  guint hours, minutes;
  gboolean west;

  *micros = 0;
  if (read_char (p, end, "Zz"))
    return TRUE;
  west = *p < end && **p == '-';
  if (!read_char (p, end, "+-") || !read_digits (p, end, 2, &hours))
    return FALSE;
  read_char (p, end, ":");
  if (!read_digits (p, end, 2, &minutes) || hours > 23 || minutes > 59)
    return FALSE;

  *micros = ((gint64) hours * 3600 + minutes * 60) * SECOND * (west ? 1 : -1);
  return TRUE;
}

/**
 * weir_time_parse_rfc3339:
 * @text: for instance `2026-01-01T10:31:07.204+01:00`
 * @length: its length in bytes
 * @micros: (out): microseconds since the epoch, UTC
 *
 * Reads a time stamp. The offset is required: without one nobody knows which instant is meant.
 *
 * Returns: whether it was one
 */
gboolean
weir_time_parse_rfc3339 (const char *text,
                         gsize       length,
                         gint64     *micros)
{
  const char *p = text;
  const char *end = text + length;
  gint64 days, time, offset;

  if (!read_date (&p, end, &days) || !read_char (&p, end, "Tt ") ||
      !read_time (&p, end, &time) || !read_offset (&p, end, &offset) || p != end)
    return FALSE;

  *micros = days * 86400 * SECOND + time + offset;
  return TRUE;
}

/**
 * weir_time_from_number:
 * @number: seconds since the epoch, or milli-, micro- or nanoseconds
 * @micros: (out): microseconds since the epoch, UTC
 *
 * Reads a time given as a number. The unit follows from the size: as seconds, 10¹¹ would be the
 * year 5138; as milliseconds it is 1973.
 *
 * Returns: whether it is a time up to the year 9999
 */
gboolean
weir_time_from_number (double  number,
                       gint64 *micros)
{
  double value;

  if (!isfinite (number) || number < 0)
    return FALSE;
  if (number < 1e11)
    value = number * 1e6;
  else if (number < 1e14)
    value = number * 1e3;
  else if (number < 1e17)
    value = number;
  else
    value = number / 1e3;
  if (value >= 253402300800e6)
    return FALSE;

  *micros = (gint64) llround (value);
  return TRUE;
}

static char *
write_digits (char   *out,
              guint64 value,
              guint   n)
{
  for (guint i = n; i > 0; i--, value /= 10)
    out[i - 1] = (char) ('0' + value % 10);
  return out + n;
}

/**
 * weir_time_format_rfc3339:
 * @micros: microseconds since the epoch, UTC
 * @text: (out): room for the text and a NUL
 *
 * Writes a time stamp in UTC with milliseconds, or with microseconds where there are any.
 *
 * Returns: the length of the text
 */
gsize
weir_time_format_rfc3339 (gint64 micros,
                          char   text[WEIR_TIME_TEXT_SIZE])
{
  gint64 days = micros / (86400 * SECOND);
  gint64 rest = micros % (86400 * SECOND);
  gint64 year;
  guint month, day;
  char *out = text;

  if (rest < 0)
    {
      rest += 86400 * SECOND;
      days--;
    }
  civil_from_days (days, &year, &month, &day);

  out = write_digits (out, (guint64) CLAMP (year, 0, 9999), 4);
  *out++ = '-';
  out = write_digits (out, month, 2);
  *out++ = '-';
  out = write_digits (out, day, 2);
  *out++ = 'T';
  out = write_digits (out, (guint64) (rest / (3600 * SECOND)), 2);
  *out++ = ':';
  out = write_digits (out, (guint64) (rest / (60 * SECOND) % 60), 2);
  *out++ = ':';
  out = write_digits (out, (guint64) (rest / SECOND % 60), 2);
  *out++ = '.';
  if (rest % 1000 == 0)
    out = write_digits (out, (guint64) (rest / 1000 % 1000), 3);
  else
    out = write_digits (out, (guint64) (rest % SECOND), 6);
  *out++ = 'Z';
  *out = '\0';

  return (gsize) (out - text);
}

/**
 * weir_duration_parse:
 * @text: a number and one of `s m h d w`, for instance `90d`
 * @micros: (out): microseconds
 * @error: return location for an error
 *
 * Reads a length of time.
 *
 * Returns: whether it was one
 */
gboolean
weir_duration_parse (const char  *text,
                     gint64      *micros,
                     GError     **error)
{
  static const struct {
    char unit;
    double seconds;
  } units[] = {
    { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 },
  };
  char *end = NULL;
  double number = g_ascii_isdigit (text[0]) ? g_ascii_strtod (text, &end) : -1;

  for (guint i = 0; number >= 0 && i < G_N_ELEMENTS (units); i++)
    {
      double seconds = number * units[i].seconds;

      if (end[0] != units[i].unit || end[1] != '\0' || seconds > 1e10)
        continue;
      *micros = (gint64) llround (seconds * 1e6);
      return TRUE;
    }

  g_set_error (error,
               WEIR_ERROR,
               WEIR_ERROR_INVALID_REQUEST,
               "“%s” is not a duration; write a number and one of s, m, h, d, w, for instance 90d",
               text);
  return FALSE;
}
