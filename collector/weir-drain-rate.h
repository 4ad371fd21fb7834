/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirDrainRate:
 * @rate: events a second, smoothed
 * @time: (monotonic): when it was last noted
 *
 * How fast a backlog becomes smaller. Belongs to whoever holds it.
 */
typedef struct {
  double rate;
  gint64 time;
} WeirDrainRate;

void   weir_drain_rate_note            (WeirDrainRate        *self,
                                        guint64               n_events,
                                        gint64                now);
guint  weir_drain_rate_get_retry_after (const WeirDrainRate  *self,
                                        guint64               n_behind);

G_END_DECLS
