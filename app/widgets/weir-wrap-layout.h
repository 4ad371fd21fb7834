/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirWrapLayout:
 *
 * Puts children one after the other, and goes on below when a line is full, as text does.
 */
#define WEIR_TYPE_WRAP_LAYOUT (weir_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (WeirWrapLayout, weir_wrap_layout, WEIR, WRAP_LAYOUT, GtkLayoutManager)

GtkLayoutManager *weir_wrap_layout_new (int spacing);

G_END_DECLS
