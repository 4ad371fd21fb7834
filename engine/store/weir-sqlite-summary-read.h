/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirSummarySpan:
 * @from: its start, microseconds since the epoch
 * @until: its end, exclusive
 * @cell: length of the cells it is made of, 0 when it needs events
 *
 * A piece of time, and where what happened in it is read.
 */
typedef struct {
  gint64 from;
  gint64 until;
  gint64 cell;
} WeirSummarySpan;

gboolean weir_sqlite_summary_read (WeirReader    *reader,
                                   WeirAnswer    *answer,
                                   GArray        *plans,
                                   GArray       **gaps,
                                   GError       **error);

G_END_DECLS
