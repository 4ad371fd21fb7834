/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirScale:
 * @min: the value at the start of the axis
 * @max: the value at its end; more than @min
 * @step: distance between two ticks
 * @first: the first tick
 * @n_ticks: how many there are
 *
 * Maps values to a place on an axis and says where its ticks are. A plain value.
 */
typedef struct {
  double min;
  double max;
  double step;
  double first;
  guint n_ticks;
} WeirScale;

void    weir_scale_fit       (WeirScale        *self,
                              double            low,
                              double            high,
                              guint             n_steps);
void    weir_scale_fit_time  (WeirScale        *self,
                              gint64            from,
                              gint64            to,
                              guint             n_steps,
                              gint64            least,
                              gint64            utc_offset);
double  weir_scale_get_tick  (const WeirScale  *self,
                              guint             index);
double  weir_scale_map       (const WeirScale  *self,
                              double            value,
                              double            length);
double  weir_scale_invert    (const WeirScale  *self,
                              double            position,
                              double            length);

G_END_DECLS
