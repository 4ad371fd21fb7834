/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-transfer-time.h"

#include <string.h>

#include "weir-time.h"

/**
 * weir_transfer_time_from_local:
 * @micros: what a clock on a wall in @zone showed, as if it were UTC, in microseconds
 * @zone: the time zone
 *
 * Says when that was. Of an hour that was lived twice it is the first one; a time that a clock
 * jumped over is the time of the jump.
 *
 * Returns: microseconds since the epoch
 */
gint64
weir_transfer_time_from_local (gint64     micros,
                               GTimeZone *zone)
{
  gint64 seconds = micros / G_USEC_PER_SEC;
  int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_DAYLIGHT, &seconds);

  if (seconds != micros / G_USEC_PER_SEC)
    micros = seconds * G_USEC_PER_SEC;
  return micros - (gint64) g_time_zone_get_offset (zone, interval) * G_USEC_PER_SEC;
}

static gboolean
parse (const char *text,
       gint64     *micros)
{
  return weir_time_parse_rfc3339 (text, strlen (text), micros);
}

static gboolean
parse_local (const char *text,
             const char *rest,
             GTimeZone  *zone,
             gint64     *micros)
{
  g_autofree char *whole = g_strconcat (text, rest, NULL);

  if (!parse (whole, micros))
    return FALSE;
  *micros = weir_transfer_time_from_local (*micros, zone);
  return TRUE;
}

static gboolean
parse_number (const char *text,
              gint64     *micros)
{
  char *end = NULL;
  double number = g_ascii_isdigit (*text) ? g_ascii_strtod (text, &end) : -1;

  return end != NULL && *end == '\0' && strpbrk (text, "xXnN") == NULL &&
         weir_time_from_number (number, micros);
}

/**
 * weir_transfer_time_parse:
 * @text: a time as programs and databases write it; not trusted
 * @zone: of times without an offset
 * @micros: (out): microseconds since the epoch
 *
 * Reads what RFC 3339 knows, the same without an offset, with one of hours alone (`+02`) or with
 * the word `UTC`, without seconds, a date alone, and numbers.
 *
 * Returns: whether it was a time
 */
gboolean
weir_transfer_time_parse (const char *text,
                          GTimeZone  *zone,
                          gint64     *micros)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autofree char *with_minutes = NULL;
  gsize length = strlen (trimmed);

  if (length > 64)
    return FALSE;
  if (g_str_has_suffix (trimmed, " UTC"))
    memcpy (trimmed + length - 4, "Z", 2);
  if (parse (trimmed, micros) || parse_number (trimmed, micros))
    return TRUE;

  with_minutes = g_strconcat (trimmed, ":00", NULL);
  return parse (with_minutes, micros) || parse_local (trimmed, "Z", zone, micros) ||
         parse_local (with_minutes, "Z", zone, micros) ||
         parse_local (trimmed, "T00:00:00Z", zone, micros);
}
