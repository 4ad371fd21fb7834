/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-drain-rate.h"

/**
 * weir_drain_rate_note:
 * @self: a rate
 * @n_events: how many events are done since the last call
 * @now: the monotonic time
 */
void
weir_drain_rate_note (WeirDrainRate *self,
                      guint64        n_events,
                      gint64         now)
{
  if (self->time > 0 && now > self->time)
    self->rate = 0.9 * self->rate +
                 0.1 * (double) n_events * G_USEC_PER_SEC / (double) (now - self->time);
  self->time = now;
}

/**
 * weir_drain_rate_get_retry_after:
 * @self: a rate
 * @n_behind: how many events wait
 *
 * Estimates when a refused request may succeed, with some jitter so that clients do not all come
 * back at once.
 *
 * Returns: whole seconds, from 1 to 60
 */
guint
weir_drain_rate_get_retry_after (const WeirDrainRate *self,
                                 guint64              n_behind)
{
  double seconds = self->rate > 1 ? (double) n_behind / self->rate / 10 : 2;

  return (guint) CLAMP (seconds * g_random_double_range (1.0, 1.5) + 0.5, 1, 60);
}
