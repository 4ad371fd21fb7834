/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-policy.h"

#include <libsoup/soup.h>

#include "weir-clickhouse-error.h"
#include "weir-retry.h"

#define BLOCKED_PAUSE (300 * G_TIME_SPAN_SECOND)

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
 * weir_forward_judge_clickhouse:
 * @status: status of an answer, 0 when there was none or not a whole one
 * @code: number of ClickHouse's exception, 0 for none
 *
 * Returns: what to do with what was sent, if it was sent to ClickHouse
 */
WeirForwardVerdict
weir_forward_judge_clickhouse (guint status,
                               guint code)
{
  switch (weir_clickhouse_judge (status, code))
    {
    case WEIR_CLICKHOUSE_DONE:
      return WEIR_FORWARD_DONE;
    case WEIR_CLICKHOUSE_SPLIT:
      return WEIR_FORWARD_SPLIT;
    case WEIR_CLICKHOUSE_STOP:
      return WEIR_FORWARD_BLOCKED;
    case WEIR_CLICKHOUSE_AGAIN:
    case WEIR_CLICKHOUSE_CROWDED:
    case WEIR_CLICKHOUSE_UNKNOWN:
    default:
      return WEIR_FORWARD_AGAIN;
    }
}

/**
 * weir_forward_choose_pause:
 * @verdict: what the last answer meant
 * @n_failures: how many there were in a row, at least 1
 * @retry_after: how long the destination wants to be left alone, 0 when it did not say
 * @random: a number from 0 to 1
 *
 * Returns: how long to wait, in microseconds
 */
gint64
weir_forward_choose_pause (WeirForwardVerdict verdict,
                           guint              n_failures,
                           gint64             retry_after,
                           double             random)
{
  if (verdict != WEIR_FORWARD_BLOCKED)
    return weir_retry_choose_pause (n_failures, retry_after, random);
  return MAX ((gint64) ((0.5 + random / 2) * BLOCKED_PAUSE), retry_after);
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
