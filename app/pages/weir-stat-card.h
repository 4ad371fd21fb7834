/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirStatCard:
 *
 * A number to see from afar, its recent course, and what else to know. A button: it opens what is
 * behind the number.
 */
#define WEIR_TYPE_STAT_CARD (weir_stat_card_get_type ())
G_DECLARE_FINAL_TYPE (WeirStatCard, weir_stat_card, WEIR, STAT_CARD, GtkButton)

void  weir_stat_card_set_value  (WeirStatCard  *self,
                                 const char    *value,
                                 const char    *detail,
                                 const char    *exact);
void  weir_stat_card_set_course (WeirStatCard  *self,
                                 const double  *values,
                                 guint          n_values);

G_END_DECLS
