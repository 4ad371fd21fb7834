/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirEventTally:
 * @id: number of the name
 * @name: (owned): the name
 * @count: how many events have it
 * @recent: how many of those happened since the census was told to look
 * @first: when the first one happened, microseconds since the epoch
 * @last: when the last one did
 *
 * How much there is of one event.
 */
typedef struct {
  gint64 id;
  char *name;
  guint64 count;
  guint64 recent;
  gint64 first;
  gint64 last;
} WeirEventTally;

GArray  *weir_event_census_run  (WeirReader  *reader,
                                 gint64       recent_since,
                                 GError     **error);

G_END_DECLS
