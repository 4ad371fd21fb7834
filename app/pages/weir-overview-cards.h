/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-session.h"
#include "weir-stats.h"

G_BEGIN_DECLS

/**
 * WeirOverviewCards:
 *
 * The four numbers of the overview. Each leads to the events behind it.
 */
#define WEIR_TYPE_OVERVIEW_CARDS (weir_overview_cards_get_type ())
G_DECLARE_FINAL_TYPE (WeirOverviewCards, weir_overview_cards, WEIR, OVERVIEW_CARDS, GtkWidget)

void  weir_overview_cards_set_session (WeirOverviewCards  *self,
                                       WeirSession        *session);
void  weir_overview_cards_set_stats (WeirOverviewCards  *self,
                                     WeirStats          *stats);

G_END_DECLS
