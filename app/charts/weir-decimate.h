/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double x;
  double y;
} WeirPoint;

GArray *weir_decimate (const double *x,
                       const double *y,
                       guint         n_points,
                       double        from,
                       double        to,
                       guint         n_columns);

G_END_DECLS
