/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirFoldLayout:
 *
 * Gives its only child, a leaflet, all the room there is, and folds it where that is narrow, though
 * what is in it could be made to fit.
 */
#define WEIR_TYPE_FOLD_LAYOUT (weir_fold_layout_get_type ())
G_DECLARE_FINAL_TYPE (WeirFoldLayout, weir_fold_layout, WEIR, FOLD_LAYOUT, GtkLayoutManager)

G_END_DECLS
