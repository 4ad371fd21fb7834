/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <graphene.h>

G_BEGIN_DECLS

/**
 * WeirHeatLayout:
 * @width: of the picture
 * @name_width: width of the names of the rows
 * @size_width: width of the sizes
 * @cell_width: width of a cell, its gap included
 * @row_height: height of a row, its gap included
 * @pinned_x: how far names and sizes are from the beginning
 * @pinned_y: how far the heading is from the top
 * @mirrored: whether periods go from right to left
 * @n_rows: how many rows, without the heading and the mean
 * @n_columns: how many periods
 *
 * Where the cells of a heat map are. Rows: the heading, the mean, the cohorts. A plain value.
 */
typedef struct {
  float width;
  float name_width;
  float size_width;
  float cell_width;
  float row_height;
  float pinned_x;
  float pinned_y;
  gboolean mirrored;
  guint n_rows;
  guint n_columns;
} WeirHeatLayout;

#define WEIR_HEAT_HEADING (-2)
#define WEIR_HEAT_MEAN    (-1)
#define WEIR_HEAT_NAMES   (-2)
#define WEIR_HEAT_SIZES   (-1)

void      weir_heat_layout_init      (WeirHeatLayout        *self,
                                      guint                  n_rows,
                                      guint                  n_columns,
                                      float                  width,
                                      float                  name_width,
                                      float                  number_width,
                                      float                  line,
                                      gboolean               mirrored);
void      weir_heat_layout_pin       (WeirHeatLayout        *self,
                                      float                  x,
                                      float                  y);
float     weir_heat_layout_get_head_width (const WeirHeatLayout *self);
void      weir_heat_layout_get_part  (const WeirHeatLayout  *self,
                                      gboolean               is_heading,
                                      gboolean               is_head,
                                      graphene_rect_t       *area);
float     weir_heat_layout_get_width (const WeirHeatLayout  *self);
float     weir_heat_layout_get_height (const WeirHeatLayout *self);
void      weir_heat_layout_get_cell  (const WeirHeatLayout  *self,
                                      int                    row,
                                      int                    column,
                                      graphene_rect_t       *area);
gboolean  weir_heat_layout_find      (const WeirHeatLayout  *self,
                                      float                  x,
                                      float                  y,
                                      int                   *row,
                                      int                   *column);

G_END_DECLS
