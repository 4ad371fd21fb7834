/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-policy.h"

#include <libsoup/soup.h>
#include <string.h>

#define FIRST_PAUSE    G_TIME_SPAN_SECOND
#define LONGEST_PAUSE  (60 * G_TIME_SPAN_SECOND)
#define BREAKER_PAUSE  (5 * G_TIME_SPAN_SECOND)
#define BLOCKED_PAUSE  (300 * G_TIME_SPAN_SECOND)
#define MAX_WAIT       G_TIME_SPAN_HOUR

/**
 * weir_forward_judge:
 * @status: status of an answer, 0 when there was none or not a whole one
 *
 * Returns: what to do with what was sent
 */
WeirForwardVerdict
weir_forward_judge (guint status)
{
  if (status >= 200 && status < 300)
    return WEIR_FORWARD_DONE;

  switch (status)
    {
    case 0:
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case 425:   /* too early */
    case 429:   /* too many requests */
      return WEIR_FORWARD_AGAIN;

    case SOUP_STATUS_BAD_REQUEST:
    case SOUP_STATUS_CONFLICT:
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    case SOUP_STATUS_UNPROCESSABLE_ENTITY:
      return WEIR_FORWARD_SPLIT;

    case SOUP_STATUS_NOT_IMPLEMENTED:
      return WEIR_FORWARD_BLOCKED;

    default:
      return status >= 500 ? WEIR_FORWARD_AGAIN : WEIR_FORWARD_BLOCKED;
    }
}

/**
 * weir_forward_parse_retry_after:
 * @text: (nullable): a header `Retry-After`; not trusted
 * @now: microseconds since the epoch
 * @micros: (out): how long to wait, an hour at most
 *
 * Reads a number of seconds or a date.
 *
 * Returns: whether it was one
 */
gboolean
weir_forward_parse_retry_after (const char *text,
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
 * weir_forward_choose_pause:
 * @verdict: %WEIR_FORWARD_AGAIN, %WEIR_FORWARD_SPLIT or %WEIR_FORWARD_BLOCKED
 * @n_failures: how many there were in a row, at least 1
 * @retry_after: how long the destination wants to be left alone, 0 when it did not say
 * @random: a number from 0 to 1
 *
 * Chooses anything up to a limit that doubles, so that many senders do not come back all at once.
 * Once the circuit is open there is a least pause, too.
 *
 * Returns: how long to wait, in microseconds
 */
gint64
weir_forward_choose_pause (WeirForwardVerdict verdict,
                           guint              n_failures,
                           gint64             retry_after,
                           double             random)
{
  gint64 limit = MIN (FIRST_PAUSE << MIN (n_failures - 1, 6), LONGEST_PAUSE);
  gint64 least = n_failures >= WEIR_FORWARD_BREAKER ? BREAKER_PAUSE : 0;
  gint64 pause;

  if (verdict == WEIR_FORWARD_BLOCKED)
    {
      limit = BLOCKED_PAUSE;
      least = BLOCKED_PAUSE / 2;
    }
  pause = least + (gint64) (random * (double) (limit - least));
  return MAX (pause, retry_after);
}

/**
 * weir_forward_rate_note:
 * @self: what a destination takes
 * @n_events: how many are sent now
 * @now: monotonic time
 *
 * Counts a request: the time it takes from the budget must pass before the next one. Nothing is
 * saved up while nothing is sent, so a limit holds in any span of time.
 */
void
weir_forward_rate_note (WeirForwardRate *self,
                        guint            n_events,
                        gint64           now)
{
  gint64 cost = MAX (self->request_us, (gint64) (self->event_us * n_events));

  self->ready_at = MAX (self->ready_at, now) + cost;
}
