/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-retry.h"

#include <libsoup/soup.h>
#include <string.h>

#define FIRST_PAUSE    G_TIME_SPAN_SECOND
#define LONGEST_PAUSE  (60 * G_TIME_SPAN_SECOND)
#define BREAKER_PAUSE  (5 * G_TIME_SPAN_SECOND)
#define MAX_WAIT       G_TIME_SPAN_HOUR

/**
 * weir_retry_parse_after:
 * @text: (nullable): a header `Retry-After`; not trusted
 * @now: microseconds since the epoch
 * @micros: (out): how long to wait, an hour at most
 *
 * Reads a number of seconds or a date.
 *
 * Returns: whether it was one
 */
gboolean
weir_retry_parse_after (const char *text,
                        gint64      now,
                        gint64     *micros)
{
  g_autoptr(GDateTime) date = NULL;
  gsize n_digits;

  if (text == NULL)
    return FALSE;
  n_digits = strspn (text, "0123456789");
  if (n_digits > 0 && text[n_digits] == '\0')
    {
      guint64 seconds = g_ascii_strtoull (text, NULL, 10);   /* the largest when it is larger */

      *micros = (gint64) MIN (seconds, MAX_WAIT / G_TIME_SPAN_SECOND) * G_TIME_SPAN_SECOND;
      return TRUE;
    }

  date = g_ascii_isalpha (*text) ? soup_date_time_new_from_http_string (text) : NULL;
  if (date == NULL)
    return FALSE;
  *micros = CLAMP (g_date_time_to_unix (date) * G_TIME_SPAN_SECOND - now, 0, MAX_WAIT);
  return TRUE;
}

/**
 * weir_retry_choose_pause:
 * @n_failures: how many there were in a row, at least 1
 * @retry_after: how long the other side wants to be left alone, 0 when it did not say
 * @random: a number from 0 to 1
 *
 * Chooses anything up to a limit that doubles, so that many senders do not come back all at once.
 * Once the circuit is open there is a least pause, too.
 *
 * Returns: how long to wait, in microseconds
 */
gint64
weir_retry_choose_pause (guint  n_failures,
                         gint64 retry_after,
                         double random)
{
  gint64 limit = MIN (FIRST_PAUSE << MIN (n_failures - 1, 6), LONGEST_PAUSE);
  gint64 least = n_failures >= WEIR_RETRY_BREAKER ? BREAKER_PAUSE : 0;

  return MAX (least + (gint64) (random * (double) (limit - least)), retry_after);
}
