/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirDedupWindow:
 *
 * The hashes of the last so many message ids. Belongs to one thread.
 */
typedef struct _WeirDedupWindow WeirDedupWindow;

WeirDedupWindow *weir_dedup_window_new       (guint             capacity);
void             weir_dedup_window_free      (WeirDedupWindow  *self);
gboolean         weir_dedup_window_add       (WeirDedupWindow  *self,
                                              const guint64     hash[2]);
gboolean         weir_dedup_window_has       (WeirDedupWindow  *self,
                                              const guint64     hash[2]);
void             weir_dedup_window_forget    (WeirDedupWindow  *self,
                                              guint             n_last);
guint            weir_dedup_window_get_count (WeirDedupWindow  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDedupWindow, weir_dedup_window_free)

G_END_DECLS
