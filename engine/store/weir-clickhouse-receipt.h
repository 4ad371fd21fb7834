/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirReceipt:
 * @time: when an event was received, microseconds since the epoch
 * @seq: its seq
 *
 * Where an event stands in the order of receipt, which is the one that rows of several collectors
 * have. The members, in this order, are the order.
 */
typedef struct {
  guint64 time;
  guint64 seq;
} WeirReceipt;

gboolean  weir_clickhouse_find_receipt   (WeirReader         *reader,
                                          guint64             seq,
                                          WeirReceipt        *receipt,
                                          GError            **error);
gboolean  weir_clickhouse_find_span      (WeirReader         *reader,
                                          WeirReceipt        *first,
                                          WeirReceipt        *last,
                                          GError            **error);
void      weir_clickhouse_append_between (GString            *sql,
                                          const WeirReceipt  *after,
                                          const WeirReceipt  *before,
                                          guint64             from,
                                          guint64             to);

G_END_DECLS
