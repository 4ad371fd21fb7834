/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-format.h"

#include <glib/gi18n.h>
#include <math.h>
#include <time.h>

#define NO_NUMBER "–"

/* Writes @number with as many decimals as make @significant digits, without trailing zeros. */
static char *
format_digits (double number,
               int    significant)
{
  int decimals = 0;
  double size = fabs (number);
  g_autofree char *text = NULL;
  gsize length;

  for (double limit = pow (10, significant - 1);
       size > 0 && size < limit && decimals < 6;
       limit /= 10)
    decimals++;

  text = g_strdup_printf ("%'.*f", decimals, number);
  length = strlen (text);
  if (decimals > 0)
    {
      while (length > 1 && text[length - 1] == '0')
        length--;
      if (length > 1 && !g_ascii_isdigit (text[length - 1]))
        length = (gsize) (g_utf8_find_prev_char (text, text + length) - text);
    }
  return g_strndup (text, length);
}

/**
 * weir_format_exact:
 * @number: a count
 *
 * Returns: (transfer full): every digit, grouped as the locale does it
 */
char *
weir_format_exact (guint64 number)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

/**
 * weir_format_short:
 * @number: a count or a rate
 *
 * Writes at most four significant digits, for cards and axes; exact numbers belong into tables
 * and tooltips.
 *
 * Returns: (transfer full): such as "0.4", "1,240" or "12.48 M"
 */
char *
weir_format_short (double number)
{
  g_autofree char *digits = NULL;
  double size = fabs (number);

  if (!isfinite (number))
    return g_strdup (NO_NUMBER);
  if (size >= 1e5)
    {
      double unit = size >= 1e12 ? 1e12 : size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : 1e3;

      digits = format_digits (number / unit, 4);
    }

  /* Translators: a number in millions of millions, thousands of millions, millions, thousands. */
  if (size >= 1e12)
    return g_strdup_printf (_("%s T"), digits);
  if (size >= 1e9)
    return g_strdup_printf (_("%s G"), digits);
  if (size >= 1e6)
    return g_strdup_printf (_("%s M"), digits);
  if (size >= 1e5)
    return g_strdup_printf (_("%s k"), digits);
  if (fabs (number) >= 1e4)
    number = round (number / 10) * 10;
  return format_digits (number, fabs (number) < 100 ? 3 : 4);
}

/**
 * weir_format_value:
 * @number: the value of an event, or an average of such
 *
 * Returns: (transfer full): the number as a table shows it; a dash when there is none
 */
char *
weir_format_value (double number)
{
  if (!isfinite (number))
    return g_strdup (NO_NUMBER);
  if (fabs (number) >= 1e15)
    return g_strdup_printf ("%.6g", number);
  if (number == floor (number))
    return g_strdup_printf ("%'.0f", number);
  if (fabs (number) < 1e-4)
    return g_strdup_printf ("%.3g", number);
  return fabs (number) < 1 ? format_digits (number, 4) : g_strdup_printf ("%'.2f", number);
}

/**
 * weir_format_ratio:
 * @ratio: from 0 to 1
 *
 * Returns: (transfer full): the ratio in per cent; what is little but not nothing says so
 */
char *
weir_format_ratio (double ratio)
{
  g_autofree char *digits = NULL;
  double percent = ratio * 100;

  if (!isfinite (ratio))
    return g_strdup (NO_NUMBER);
  /* Translators: a ratio that is more than nothing but less than 0.1 per cent. */
  if (percent > 0 && percent < 0.1)
    return g_strdup (_("< 0.1 %"));

  digits = percent >= 10 ? g_strdup_printf ("%.0f", percent) : format_digits (percent, 2);
  /* Translators: per cent. */
  return g_strdup_printf (_("%s %%"), digits);
}

/**
 * weir_format_share:
 * @ratio: from 0 to 1
 *
 * Returns: (transfer full): the ratio in per cent with one decimal, so that shares can be compared
 */
char *
weir_format_share (double ratio)
{
  g_autofree char *digits = NULL;

  if (!isfinite (ratio))
    return g_strdup (NO_NUMBER);
  digits = g_strdup_printf ("%.1f", ratio * 100);
  return g_strdup_printf (_("%s %%"), digits);
}

/**
 * weir_format_duration:
 * @milliseconds: how long
 *
 * Returns: (transfer full): the duration with the unit that suits it
 */
char *
weir_format_duration (double milliseconds)
{
  g_autofree char *digits = NULL;

  if (!isfinite (milliseconds))
    return g_strdup (NO_NUMBER);
  if (milliseconds < 999.5)
    {
      digits = format_digits (milliseconds, milliseconds < 10 ? 2 : 3);
      return g_strdup_printf (_("%s ms"), digits);
    }
  if (milliseconds < 120e3)
    {
      digits = format_digits (milliseconds / 1e3, 2 + (milliseconds >= 10e3));
      return g_strdup_printf (_("%s s"), digits);
    }
  if (milliseconds < 120 * 60e3)
    {
      digits = format_digits (milliseconds / 60e3, 3);
      return g_strdup_printf (_("%s min"), digits);
    }
  digits = format_digits (milliseconds / 3600e3, 3);
  return g_strdup_printf (_("%s h"), digits);
}

/**
 * weir_format_span:
 * @seconds: how long
 *
 * Returns: (transfer full): a time that people take, in its two largest units
 */
char *
weir_format_span (double seconds)
{
  gint64 whole = (gint64) round (seconds);

  if (!isfinite (seconds))
    return g_strdup (NO_NUMBER);
  if (seconds < 60)
    return weir_format_duration (seconds * 1e3);
  if (whole < 3600 && whole % 60 == 0)
    /* Translators: minutes. */
    return g_strdup_printf (_("%d m"), (int) (whole / 60));
  if (whole < 3600)
    /* Translators: minutes and seconds. */
    return g_strdup_printf (_("%d m %d s"), (int) (whole / 60), (int) (whole % 60));
  if (whole < 86400 && whole % 3600 < 60)
    /* Translators: hours. */
    return g_strdup_printf (_("%d h"), (int) (whole / 3600));
  if (whole < 86400)
    /* Translators: hours and minutes. */
    return g_strdup_printf (_("%d h %d m"), (int) (whole / 3600), (int) (whole % 3600 / 60));
  if (whole % 86400 < 3600)
    /* Translators: days. */
    return g_strdup_printf (_("%d d"), (int) MIN (whole / 86400, G_MAXINT));
  /* Translators: days and hours. */
  return g_strdup_printf (_("%d d %d h"), (int) MIN (whole / 86400, G_MAXINT),
                          (int) (whole % 86400 / 3600));
}

/**
 * weir_format_unit:
 * @unit: what @number counts
 * @number: the number
 *
 * Returns: (transfer full): @number as its unit asks for
 */
char *
weir_format_unit (WeirUnit unit,
                  double   number)
{
  g_autofree char *digits = NULL;

  switch (unit)
    {
    case WEIR_UNIT_RATIO:
      return weir_format_ratio (number);
    case WEIR_UNIT_DURATION:
      return weir_format_duration (number);
    case WEIR_UNIT_RATE:
      digits = weir_format_short (number);
      /* Translators: so many a second. */
      return g_strdup_printf (_("%s/s"), digits);
    case WEIR_UNIT_COUNT:
    default:
      return weir_format_short (number);
    }
}

/**
 * weir_format_append_time:
 * @out: where to append
 * @micros: an instant
 *
 * Appends the local time of day with milliseconds. Cheap: a live table asks for it thousands of
 * times a second, which is why there is no #GDateTime here.
 */
void
weir_format_append_time (GString *out,
                         gint64   micros)
{
  time_t seconds = (time_t) (micros / G_USEC_PER_SEC);
  int milliseconds = (int) (micros % G_USEC_PER_SEC / 1000);
  struct tm local;

  if (milliseconds < 0)
    {
      milliseconds += 1000;
      seconds--;
    }
  if (localtime_r (&seconds, &local) == NULL)
    return;
  g_string_append_printf (out, "%02d:%02d:%02d.%03d",
                          local.tm_hour, local.tm_min, local.tm_sec, milliseconds);
}

/**
 * weir_format_clock:
 * @micros: an instant
 * @seconds: whether to write the seconds
 *
 * Returns: (transfer full): the local time of day
 */
char *
weir_format_clock (gint64   micros,
                   gboolean seconds)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (micros / G_USEC_PER_SEC);

  if (time == NULL)
    return g_strdup (NO_NUMBER);
  return g_date_time_format (time, seconds ? "%H:%M:%S" : "%H:%M");
}

/**
 * weir_format_tick:
 * @micros: an instant on an axis
 * @step: from it to the next one that is named, microseconds
 *
 * Returns: (transfer full): as much of the local date and time as tells ticks apart
 */
char *
weir_format_tick (gint64 micros,
                  double step)
{
  gboolean by_day = step >= 23. * G_TIME_SPAN_HOUR;
  /* A midnight that is an hour off, because the clocks were changed since, still is that day's. */
  gint64 shown = by_day ? micros + 2 * G_TIME_SPAN_HOUR : micros;
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (shown / G_USEC_PER_SEC);
  gboolean midnight;

  if (time == NULL)
    return g_strdup (NO_NUMBER);
  midnight = g_date_time_get_hour (time) == 0 && g_date_time_get_minute (time) == 0;
  if (step >= 300. * G_TIME_SPAN_DAY)
    return g_date_time_format (time, _("%b %Y"));
  if (step >= 1. * G_TIME_SPAN_HOUR && (by_day || midnight))
    /* Translators: day and month on an axis, see g_date_time_format(). */
    return g_date_time_format (time, _("%-d %b"));
  return g_date_time_format (time, step < 60. * G_TIME_SPAN_SECOND ? "%H:%M:%S" : "%H:%M");
}

/**
 * weir_format_period:
 * @micros: when it begins
 * @length: how long it is, microseconds
 *
 * Returns: (transfer full): a period of the local calendar, or a moment of it
 */
char *
weir_format_period (gint64 micros,
                    double length)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (micros / G_USEC_PER_SEC);

  if (time == NULL)
    return g_strdup (NO_NUMBER);
  if (length >= 28. * G_TIME_SPAN_DAY)
    return g_date_time_format (time, _("%B %Y"));
  if (length >= 7. * G_TIME_SPAN_DAY)
    return g_date_time_format (time, _("Week of %-d %b %Y"));
  if (length >= 23. * G_TIME_SPAN_HOUR)
    return g_date_time_format (time, _("%a %-d %b %Y"));
  if (length >= 60. * G_TIME_SPAN_SECOND)
    return g_date_time_format (time, _("%a %-d %b %H:%M"));
  return g_date_time_format (time, "%H:%M:%S");
}

/**
 * weir_format_ago:
 * @micros: an instant
 * @now: the present
 *
 * Returns: (transfer full): how long @micros is past, in words
 */
char *
weir_format_ago (gint64 micros,
                 gint64 now)
{
  gint64 seconds = (now - micros) / G_USEC_PER_SEC;

  if (seconds < 1)
    return g_strdup (_("just now"));
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second ago", "%d seconds ago", (gulong) seconds),
                            (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong) seconds / 60),
                            (int) (seconds / 60));
  if (seconds < 86400)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong) seconds / 3600),
                            (int) (seconds / 3600));
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong) seconds / 86400),
                          (int) MIN (seconds / 86400, G_MAXINT));
}

/**
 * weir_format_instant:
 * @micros: an instant
 * @now: the present
 *
 * Returns: (transfer full): three lines for a tooltip: local time, UTC, and how long ago
 */
char *
weir_format_instant (gint64 micros,
                     gint64 now)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (micros / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *local_text = NULL;
  g_autofree char *utc_text = NULL;
  g_autofree char *ago = NULL;

  if (local == NULL)
    return g_strdup (NO_NUMBER);
  local_text = g_date_time_format (local, "%F %T %Z");
  utc_text = g_date_time_format (utc, "%F %T UTC");
  ago = weir_format_ago (micros, now);
  return g_strdup_printf ("%s\n%s\n%s", local_text, utc_text, ago);
}
