/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirClickhouseVerdict:
 *
 * What an answer means for what was asked. %WEIR_CLICKHOUSE_DONE: it was done.
 * %WEIR_CLICKHOUSE_AGAIN: it may be done later. %WEIR_CLICKHOUSE_CROWDED: the same, but later than
 * usual and with more at once. %WEIR_CLICKHOUSE_SPLIT: one of the rows is refused.
 * %WEIR_CLICKHOUSE_STOP: nothing will be done until somebody changes something.
 * %WEIR_CLICKHOUSE_UNKNOWN: one of these, but which is not known.
 */
typedef enum {
  WEIR_CLICKHOUSE_DONE,
  WEIR_CLICKHOUSE_AGAIN,
  WEIR_CLICKHOUSE_CROWDED,
  WEIR_CLICKHOUSE_SPLIT,
  WEIR_CLICKHOUSE_STOP,
  WEIR_CLICKHOUSE_UNKNOWN,
} WeirClickhouseVerdict;

guint                 weir_clickhouse_find_code (const char  *header,
                                                 const char  *body,
                                                 gsize        length);
WeirClickhouseVerdict weir_clickhouse_judge     (guint        status,
                                                 guint        code);

G_END_DECLS
