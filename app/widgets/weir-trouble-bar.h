/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirTroubleBar:
 *
 * Says above what is still shown why there is nothing newer, with a button to try again.
 */
#define WEIR_TYPE_TROUBLE_BAR (weir_trouble_bar_get_type ())
G_DECLARE_FINAL_TYPE (WeirTroubleBar, weir_trouble_bar, WEIR, TROUBLE_BAR, GtkWidget)

/* Signals:
 *  ::again   the reader wants it to be tried again
 */
void  weir_trouble_bar_set_text (WeirTroubleBar  *self,
                                 const char      *text);
void  weir_trouble_bar_hush     (GtkWidget       *within,
                                 gboolean         is_hushed);

G_END_DECLS
