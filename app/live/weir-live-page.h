/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-scope.h"
#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirLivePage:
 *
 * What happens now: every event, as it is stored.
 */
#define WEIR_TYPE_LIVE_PAGE (weir_live_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirLivePage, weir_live_page, WEIR, LIVE_PAGE, GtkWidget)

/* Signals:
 *  ::notice (const char *text)   something to tell the reader, once
 */
void           weir_live_page_set_session    (WeirLivePage  *self,
                                              WeirSession   *session,
                                              WeirScope     *scope);
void           weir_live_page_bind_settings  (WeirLivePage  *self,
                                              GSettings     *settings);
void           weir_live_page_show_events    (WeirLivePage  *self,
                                              GVariant      *conditions);
GActionGroup  *weir_live_page_get_actions    (WeirLivePage  *self);

G_END_DECLS
