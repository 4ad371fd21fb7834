/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirTimelineView:
 *
 * What a person did: asks for the events, older ones as the reader scrolls, and shows the one that
 * is clicked in full.
 */
#define WEIR_TYPE_TIMELINE_VIEW (weir_timeline_view_get_type ())
G_DECLARE_FINAL_TYPE (WeirTimelineView, weir_timeline_view, WEIR, TIMELINE_VIEW, GtkWidget)

void   weir_timeline_view_attach       (WeirTimelineView  *self,
                                        WeirPage          *page);
void   weir_timeline_view_set_person   (WeirTimelineView  *self,
                                        const char        *person);
void   weir_timeline_view_refresh      (WeirTimelineView  *self);
guint  weir_timeline_view_get_n_events (WeirTimelineView  *self);

G_END_DECLS
