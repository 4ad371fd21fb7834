/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirSuggestions:
 *
 * Who may be the same person, and why one may think so. Nothing is merged unless the reader does
 * it, pair by pair.
 */
#define WEIR_TYPE_SUGGESTIONS (weir_suggestions_get_type ())
G_DECLARE_FINAL_TYPE (WeirSuggestions, weir_suggestions, WEIR, SUGGESTIONS, GtkWidget)

/* Signals:
 *  ::changed   somebody was merged, or is two again
 */
void  weir_suggestions_attach (WeirSuggestions  *self,
                               WeirPage         *page);
void  weir_suggestions_ask    (WeirSuggestions  *self);
void  weir_suggestions_show   (WeirSuggestions  *self,
                               JsonObject       *answer);

G_END_DECLS
