/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-ledger.h"

G_BEGIN_DECLS

#define WEIR_SOURCE_LEDGER_MAX 1000

/**
 * WeirSourceCounts:
 * @received: events that requests held, good and bad
 * @accepted: those that became durable
 * @duplicate: those whose message id was known
 * @rejected: those the validator refused
 * @first_seen: when the first of them came, microseconds since the epoch, or 0
 * @last_seen: when the last of them came
 *
 * What one source has sent since the data directory was made.
 */
typedef struct {
  guint64 received;
  guint64 accepted;
  guint64 duplicate;
  guint64 rejected;
  gint64 first_seen;
  gint64 last_seen;
} WeirSourceCounts;

/**
 * WeirSourceRow:
 * @id: its number; 0 is the row of all sources that are more than a thousand
 * @name: (nullable): its name, %NULL for that row
 * @known: what is durable
 * @next: the same with the group that is being committed
 * @is_dirty: whether the file does not have @next yet
 *
 * One source.
 */
typedef struct {
  guint id;
  char *name;
  gsize length;
  WeirSourceCounts known;
  WeirSourceCounts next;
  gboolean is_dirty;
} WeirSourceRow;

/**
 * WeirSourceLedger:
 *
 * The ledger by source: the sum over all rows is the ledger. The journal's thread counts; any
 * thread may copy what is durable.
 */
typedef struct _WeirSourceLedger WeirSourceLedger;

WeirSourceLedger *weir_source_ledger_new       (void);
void              weir_source_ledger_free      (WeirSourceLedger        *self);
void              weir_source_ledger_load      (WeirSourceLedger        *self,
                                                const char              *name,
                                                const WeirSourceCounts  *counts);
void              weir_source_ledger_reconcile (WeirSourceLedger        *self,
                                                const WeirLedger        *ledger);
void              weir_source_ledger_count     (WeirSourceLedger        *self,
                                                const char              *name,
                                                gsize                    length,
                                                const WeirSourceCounts  *more);
GPtrArray        *weir_source_ledger_get_dirty (WeirSourceLedger        *self);
void              weir_source_ledger_settle    (WeirSourceLedger        *self,
                                                gboolean                 is_kept,
                                                gboolean                 is_written);
GPtrArray        *weir_source_ledger_dup_rows  (WeirSourceLedger        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSourceLedger, weir_source_ledger_free)

G_END_DECLS
