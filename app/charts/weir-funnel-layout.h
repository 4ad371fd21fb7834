/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <graphene.h>

#include "weir-funnel-data.h"

G_BEGIN_DECLS

/**
 * WeirFunnelLayout:
 * @width: of the picture
 * @height: of the picture
 * @line: height of a line of text
 * @mirrored: whether steps go from right to left
 * @stacked: whether steps are below each other, because there is no room beside each other
 * @n_steps: how many steps
 * @n_groups: how many bars at each step
 *
 * Where the parts of a funnel are. A plain value.
 */
typedef struct {
  float width;
  float height;
  float line;
  gboolean mirrored;
  gboolean stacked;
  guint n_steps;
  guint n_groups;
} WeirFunnelLayout;

/* A part of a bar: those who got to the step, or those who got lost before it. */
typedef enum {
  WEIR_FUNNEL_REACHED,
  WEIR_FUNNEL_DROPPED,
} WeirFunnelPart;

void      weir_funnel_layout_init       (WeirFunnelLayout        *self,
                                         const WeirFunnelData    *data,
                                         float                    width,
                                         float                    height,
                                         float                    line,
                                         gboolean                 mirrored);
float     weir_funnel_layout_get_height (guint                    n_steps,
                                         guint                    n_groups,
                                         float                    width,
                                         float                    line);
void      weir_funnel_layout_get_step   (const WeirFunnelLayout  *self,
                                         guint                    step,
                                         graphene_rect_t         *area);
void      weir_funnel_layout_get_part   (const WeirFunnelLayout  *self,
                                         const WeirFunnelData    *data,
                                         guint                    step,
                                         guint                    group,
                                         WeirFunnelPart           part,
                                         graphene_rect_t         *area);

G_END_DECLS
