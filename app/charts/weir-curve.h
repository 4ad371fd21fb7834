/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-marks.h"

G_BEGIN_DECLS

/**
 * WeirCurve:
 *
 * Ratios by period: how a part of the whole goes on.
 */
#define WEIR_TYPE_CURVE (weir_curve_get_type ())
G_DECLARE_FINAL_TYPE (WeirCurve, weir_curve, WEIR, CURVE, WeirMarks)

GtkWidget *weir_curve_new        (void);
void       weir_curve_set_values (WeirCurve      *self,
                                  const char     *period,
                                  const double   *ratios,
                                  guint           n_ratios);
void       weir_curve_get_point  (const double   *ratios,
                                  guint           n_ratios,
                                  guint           index,
                                  float           width,
                                  float           height,
                                  gboolean        mirrored,
                                  graphene_point_t *point);

G_END_DECLS
