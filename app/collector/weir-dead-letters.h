/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"
#include "weir-records-pane.h"

G_BEGIN_DECLS

/**
 * WeirDeadLetters:
 *
 * What a sink refused for good: why, and what can be done: edit, send again, discard.
 */
#define WEIR_TYPE_DEAD_LETTERS (weir_dead_letters_get_type ())
G_DECLARE_FINAL_TYPE (WeirDeadLetters, weir_dead_letters, WEIR, DEAD_LETTERS, GObject)

WeirDeadLetters  *weir_dead_letters_new       (WeirPage         *page);
WeirRecordsPane  *weir_dead_letters_get_pane  (WeirDeadLetters  *self);

G_END_DECLS
