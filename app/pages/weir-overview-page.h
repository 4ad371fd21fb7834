/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirOverviewPage:
 *
 * Is all well? One sentence, four numbers, and what is behind them.
 */
#define WEIR_TYPE_OVERVIEW_PAGE (weir_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirOverviewPage, weir_overview_page, WEIR, OVERVIEW_PAGE, GtkWidget)

void  weir_overview_page_set_session (WeirOverviewPage  *self,
                                      WeirSession       *session);
void  weir_overview_page_set_stats   (WeirOverviewPage  *self,
                                      WeirStats         *stats);

G_END_DECLS
