/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirSourcesView:
 *
 * Who sends events, with the ledger of each, and the keys they may send with.
 */
#define WEIR_TYPE_SOURCES_VIEW (weir_sources_view_get_type ())
G_DECLARE_FINAL_TYPE (WeirSourcesView, weir_sources_view, WEIR, SOURCES_VIEW, GtkWidget)

WeirSourcesView  *weir_sources_view_new      (WeirPage         *page);
void              weir_sources_view_refresh  (WeirSourcesView  *self);
void              weir_sources_view_begin_key (WeirSourcesView  *self);

G_END_DECLS
