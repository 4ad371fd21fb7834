/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More slots than this are not read: the collector sends 60. */
#define WEIR_STATS_MAX_SLOTS 240

/**
 * WeirSeries:
 *
 * Numbers, one for each slot of the window, oldest first; NAN where the collector has none.
 */
typedef struct {
  guint n_values;
  double *values;
} WeirSeries;

/**
 * WeirLatency:
 *
 * Percentiles in milliseconds; NAN where nothing was measured.
 */
typedef struct {
  guint64 count;
  double p50;
  double p95;
  double p99;
} WeirLatency;

typedef struct {
  char *name;
  guint64 count;
  guint64 errors;
  double average;
  WeirSeries history;
} WeirTypeStats;

typedef struct {
  char *name;
  guint64 calls;
  guint64 failures;
  double error_rate;
  WeirLatency latency;
  WeirSeries history;
  WeirSeries failure_history;
} WeirDependencyStats;

typedef struct {
  char *name;
  guint64 count;
  gint64 last_seen;
} WeirSourceStats;

/**
 * WeirLedgerStats:
 *
 * received = accepted + duplicate + rejected, and accepted = stored + queued + dead_lettered.
 */
typedef struct {
  guint64 received;
  guint64 accepted;
  guint64 duplicate;
  guint64 rejected;
  guint64 stored;
  guint64 queued;
  guint64 dead_lettered;
} WeirLedgerStats;

/**
 * WeirStats:
 *
 * One `stats` message of a collector. Reference counted, read only. Instants are microseconds
 * since the epoch, durations are seconds.
 */
typedef struct {
  gint64 at;
  guint64 seq;
  double received_rate;
  double stored_rate;
  WeirLedgerStats ledger;
  double lag;
  guint64 journal_bytes;
  guint64 n_clients;
  gboolean ready;
  char *reason;

  double window;
  double slot;
  double slot_elapsed;
  guint64 count;
  guint64 errors;
  double error_rate;
  WeirLatency latency;
  WeirSeries events;
  WeirSeries error_history;
  WeirSeries p50;
  WeirSeries p95;
  WeirSeries p99;

  GArray *types;          /* WeirTypeStats */
  guint64 n_other_types;
  guint64 other_count;
  WeirSeries other_history;
  GArray *dependencies;   /* WeirDependencyStats */
  GArray *sources;        /* WeirSourceStats */
} WeirStats;

WeirStats                  *weir_stats_new_from_json   (const char        *json,
                                                        gssize             length,
                                                        GError           **error);
WeirStats                  *weir_stats_ref             (WeirStats         *self);
void                        weir_stats_unref           (WeirStats         *self);
const WeirTypeStats        *weir_stats_get_type        (const WeirStats   *self,
                                                        guint              index);
const WeirDependencyStats  *weir_stats_get_dependency  (const WeirStats   *self,
                                                        guint              index);
const WeirSourceStats      *weir_stats_get_source      (const WeirStats   *self,
                                                        guint              index);
gint64                      weir_stats_get_slot_end    (const WeirStats   *self,
                                                        guint              n_slots,
                                                        guint              index);
double                      weir_stats_get_slot_rate   (const WeirStats   *self,
                                                        const WeirSeries  *series,
                                                        guint              index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirStats, weir_stats_unref)

G_END_DECLS
