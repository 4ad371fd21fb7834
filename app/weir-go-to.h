/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-catalog.h"
#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirGoTo:
 *
 * Goes anywhere by a few letters: a page, an action, an event, a person, a cohort, a saved
 * question.
 */
#define WEIR_TYPE_GO_TO (weir_go_to_get_type ())
G_DECLARE_FINAL_TYPE (WeirGoTo, weir_go_to, WEIR, GO_TO, AdwWindow)

GtkWidget  *weir_go_to_new  (GtkWindow    *parent,
                             WeirSession  *session,
                             WeirCatalog  *catalog);

G_END_DECLS
