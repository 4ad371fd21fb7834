/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-stats.h"

G_BEGIN_DECLS

/**
 * WeirLedgerBar:
 *
 * One quiet line that accounts for every event: received = stored + queued + duplicates + rejected
 * + dead letters. Each number explains itself.
 */
#define WEIR_TYPE_LEDGER_BAR (weir_ledger_bar_get_type ())
G_DECLARE_FINAL_TYPE (WeirLedgerBar, weir_ledger_bar, WEIR, LEDGER_BAR, GtkWidget)

void      weir_ledger_bar_set_ledger (WeirLedgerBar          *self,
                                      const WeirLedgerStats  *ledger);
gboolean  weir_ledger_sums           (const WeirLedgerStats  *ledger);

G_END_DECLS
