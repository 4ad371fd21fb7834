/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-dedup-window.h"
#include "weir-journal-file.h"
#include "weir-store.h"

G_BEGIN_DECLS

/* Fills the dedup window when a collector starts. */
gboolean  weir_journal_recall_ids  (WeirJournalFile  *file,
                                    WeirStore        *store,
                                    WeirDedupWindow  *window,
                                    guint             max,
                                    guint            *n_damaged,
                                    GError          **error);

void      weir_journal_reconcile      (WeirJournalFile        *file,
                                       const WeirStoreCounts  *counts,
                                       WeirLedger             *ledger);
gboolean  weir_journal_recall_letters (WeirJournalFile  *file,
                                       WeirStore        *store,
                                       GError          **error);

G_END_DECLS
