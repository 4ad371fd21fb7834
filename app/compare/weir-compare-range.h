/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirCompareRange:
 *
 * Which time of each of two files is compared: all of it, as long a time up to the latest event of
 * each, the time before a moment and the time after it, or a range for each.
 */
#define WEIR_TYPE_COMPARE_RANGE (weir_compare_range_get_type ())
G_DECLARE_FINAL_TYPE (WeirCompareRange, weir_compare_range, WEIR, COMPARE_RANGE, GtkWidget)

/* Signals:
 *  ::changed   another time is compared
 */
void      weir_compare_range_set_names       (WeirCompareRange  *self,
                                              const char        *first,
                                              const char        *second);
void      weir_compare_range_set_latest      (WeirCompareRange  *self,
                                              guint              side,
                                              gint64             latest);
gboolean  weir_compare_range_is_all          (WeirCompareRange  *self);
gboolean  weir_compare_range_get_ends        (WeirCompareRange  *self,
                                              guint              side,
                                              gint64            *from,
                                              gint64            *to);
void      weir_compare_range_add_to_question (WeirCompareRange  *self,
                                              guint              side,
                                              JsonObject        *question);

G_END_DECLS
