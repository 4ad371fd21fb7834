/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirPlace:
 * @page: name of a page
 * @scope: what the window spoke of there
 * @state: (nullable): where in the page the reader was
 *
 * Somewhere a reader can go back to.
 */
typedef struct {
  char *page;
  GVariant *scope;
  GVariant *state;
} WeirPlace;

/**
 * WeirHistory:
 *
 * Where a reader has been, as in a browser: going somewhere new forgets what was ahead.
 */
typedef struct _WeirHistory WeirHistory;

WeirHistory      *weir_history_new            (void);
void              weir_history_free           (WeirHistory  *self);
gboolean          weir_history_push           (WeirHistory  *self,
                                               const char   *page,
                                               GVariant     *scope,
                                               GVariant     *state);
const WeirPlace  *weir_history_step           (WeirHistory  *self,
                                               int           step);
gboolean          weir_history_can_step       (WeirHistory  *self,
                                               int           step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirHistory, weir_history_free)

G_END_DECLS
