/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-live-hub.h"

G_BEGIN_DECLS

/**
 * WeirLiveReport:
 *
 * Makes the `stats` and `update` messages, once for all who want them. Belongs to the hub's thread.
 */
typedef struct _WeirLiveReport WeirLiveReport;

WeirLiveReport *weir_live_report_new           (WeirActivity    *activity,
                                                WeirLedgerFunc   ledger_func,
                                                gpointer         ledger_data);
void            weir_live_report_free          (WeirLiveReport  *self);
void            weir_live_report_sample        (WeirLiveReport  *self);
void            weir_live_report_append_stats  (WeirLiveReport  *self,
                                                guint64          seq,
                                                guint            n_clients,
                                                GString         *out);
GBytes         *weir_live_report_create_stats  (WeirLiveReport  *self,
                                                guint64          seq,
                                                guint            n_clients);
GBytes         *weir_live_report_create_update (WeirLiveReport  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveReport, weir_live_report_free)

G_END_DECLS
