/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"
#include "weir-live-ring.h"

G_BEGIN_DECLS

/**
 * WeirLiveRun:
 * @filter: (nullable): which events
 * @cursor: (inout): everything up to here is done
 * @until: where to stop
 * @max_bytes: how much text, about, to stop after
 * @deadline: monotonic time to stop at
 * @counts_only: nobody has room for text: only @n_events and @last_position are wanted
 * @n_missed: (out): events that were gone from the ring, or never came, before @start
 * @start: (out): @cursor, or after what was missed
 * @n_events: (out): events written
 * @last_position: (out): the last of them
 *
 * One piece of work: from where to where in the ring, and what came of it.
 */
typedef struct {
  const WeirFilter *filter;
  guint64 cursor;
  guint64 until;
  gsize max_bytes;
  gint64 deadline;
  gboolean counts_only;

  guint64 n_missed;
  guint64 start;
  guint n_events;
  guint64 last_position;
} WeirLiveRun;

/**
 * WeirLiveWriter:
 *
 * Turns stored events into the text of the stream. Belongs to the hub's thread.
 */
typedef struct _WeirLiveWriter WeirLiveWriter;

WeirLiveWriter *weir_live_writer_new           (WeirLiveRing    *ring,
                                                const char      *epoch);
void            weir_live_writer_free          (WeirLiveWriter  *self);
GBytes         *weir_live_writer_run           (WeirLiveWriter  *self,
                                                WeirLiveRun     *run);
gboolean        weir_live_writer_parse_id      (WeirLiveWriter  *self,
                                                const char      *id,
                                                guint64         *position);
void            weir_live_writer_append_id     (WeirLiveWriter  *self,
                                                guint64          position,
                                                GString         *out);
void            weir_live_writer_append_gap    (WeirLiveWriter  *self,
                                                guint64          position,
                                                guint64          n_missed,
                                                GString         *out);
void            weir_live_writer_append_reset  (WeirLiveWriter  *self,
                                                guint64          position,
                                                GString         *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveWriter, weir_live_writer_free)

G_END_DECLS
