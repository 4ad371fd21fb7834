/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirIdentityStory:
 *
 * Why somebody is one person: what was said about who is who, in the order of time, refusals
 * included. What had an effect can be taken back, and counted again.
 */
#define WEIR_TYPE_IDENTITY_STORY (weir_identity_story_get_type ())
G_DECLARE_FINAL_TYPE (WeirIdentityStory, weir_identity_story, WEIR, IDENTITY_STORY, GtkWidget)

/* Signals:
 *  ::changed   who is who is different now
 */
void  weir_identity_story_attach     (WeirIdentityStory  *self,
                                      WeirPage           *page);
void  weir_identity_story_set_person (WeirIdentityStory  *self,
                                      const char         *person);
void  weir_identity_story_show_edges (WeirIdentityStory  *self,
                                      JsonArray          *edges,
                                      gboolean            is_first);

G_END_DECLS
