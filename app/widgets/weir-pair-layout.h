/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirPairLayout:
 *
 * Puts two children beside each other, the second as wide as it would like to be; below each other
 * where there is no room for that.
 */
#define WEIR_TYPE_PAIR_LAYOUT (weir_pair_layout_get_type ())
G_DECLARE_FINAL_TYPE (WeirPairLayout, weir_pair_layout, WEIR, PAIR_LAYOUT, GtkLayoutManager)

G_END_DECLS
