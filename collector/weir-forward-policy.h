/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirForwardVerdict:
 *
 * What an answer means for what was sent. %WEIR_FORWARD_DONE: it has arrived.
 * %WEIR_FORWARD_AGAIN: it may arrive later as it is. %WEIR_FORWARD_SPLIT: something in it is
 * refused. %WEIR_FORWARD_BLOCKED: nothing arrives until somebody changes something.
 */
typedef enum {
  WEIR_FORWARD_DONE,
  WEIR_FORWARD_AGAIN,
  WEIR_FORWARD_SPLIT,
  WEIR_FORWARD_BLOCKED,
} WeirForwardVerdict;

/**
 * WeirForwardRate:
 * @request_us: least time between two requests
 * @event_us: the same for each event of a request
 * @ready_at: when the next request may begin, monotonic
 *
 * What a destination takes.
 */
typedef struct {
  gint64 request_us;
  double event_us;
  gint64 ready_at;
} WeirForwardRate;

WeirForwardVerdict weir_forward_judge        (guint               status);
WeirForwardVerdict weir_forward_judge_clickhouse (guint           status,
                                              guint               code);
gint64             weir_forward_choose_pause (WeirForwardVerdict  verdict,
                                              guint               n_failures,
                                              gint64              retry_after,
                                              double              random);
void               weir_forward_rate_note    (WeirForwardRate    *self,
                                              guint               n_events,
                                              gint64              now);

G_END_DECLS
