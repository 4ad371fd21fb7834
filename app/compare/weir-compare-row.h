/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * WeirCompareRow:
 *
 * One number in two files, and how they differ. A row without numbers is a heading.
 */
#define WEIR_TYPE_COMPARE_ROW (weir_compare_row_get_type ())
G_DECLARE_FINAL_TYPE (WeirCompareRow, weir_compare_row, WEIR, COMPARE_ROW, GObject)

WeirCompareRow  *weir_compare_row_new_heading (const char      *title);
WeirCompareRow  *weir_compare_row_new         (const char      *title,
                                               double           first,
                                               double           second,
                                               double           first_base,
                                               double           second_base);
gboolean         weir_compare_row_is_heading  (WeirCompareRow  *self);
const char      *weir_compare_row_get_title   (WeirCompareRow  *self);
char            *weir_compare_row_dup_side    (WeirCompareRow  *self,
                                               guint            side);
char            *weir_compare_row_dup_change  (WeirCompareRow  *self);

G_END_DECLS
