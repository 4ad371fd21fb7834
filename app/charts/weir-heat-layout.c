/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-heat-layout.h"

#include <math.h>

#define GAP         2.f
#define MARGIN      10.f
#define MAX_CELL    88.f

/**
 * weir_heat_layout_init:
 * @self: (out): a layout
 * @n_rows: how many cohorts
 * @n_columns: how many periods
 * @width: how wide the picture may be
 * @name_width: width of the longest name
 * @number_width: width of the longest number
 * @line: height of a line of text
 * @mirrored: whether periods go from right to left
 *
 * Plans a heat map. Cells take what room there is, but never less than their numbers need.
 */
void
weir_heat_layout_init (WeirHeatLayout *self,
                       guint           n_rows,
                       guint           n_columns,
                       float           width,
                       float           name_width,
                       float           number_width,
                       float           line,
                       gboolean        mirrored)
{
  float least = ceilf (number_width + MARGIN + GAP);
  float room;

  self->n_rows = n_rows;
  self->n_columns = n_columns;
  self->mirrored = mirrored;
  self->name_width = ceilf (name_width + MARGIN);
  self->size_width = least;
  self->row_height = ceilf (line + MARGIN + GAP);
  room = n_columns > 0 ? floorf ((width - self->name_width - self->size_width) / (float) n_columns)
                       : least;
  self->cell_width = MAX (least, MIN (room, MAX_CELL));
  self->width = MAX (width, weir_heat_layout_get_width (self));
}

/**
 * weir_heat_layout_get_width:
 * @self: a layout
 *
 * Returns: how wide all cells are together
 */
float
weir_heat_layout_get_width (const WeirHeatLayout *self)
{
  return self->name_width + self->size_width + self->cell_width * (float) self->n_columns;
}

/**
 * weir_heat_layout_get_height:
 * @self: a layout
 *
 * Returns: how high all rows are together
 */
float
weir_heat_layout_get_height (const WeirHeatLayout *self)
{
  return self->row_height * (float) (self->n_rows + 2);
}

/**
 * weir_heat_layout_get_cell:
 * @self: a layout
 * @row: a cohort, %WEIR_HEAT_HEADING or %WEIR_HEAT_MEAN
 * @column: a period, %WEIR_HEAT_NAMES or %WEIR_HEAT_SIZES
 * @area: (out): where it is
 *
 * Finds a cell.
 */
void
weir_heat_layout_get_cell (const WeirHeatLayout *self,
                           int                   row,
                           int                   column,
                           graphene_rect_t      *area)
{
  float x = 0, width = self->name_width;

  if (column == WEIR_HEAT_SIZES)
    {
      x = self->name_width;
      width = self->size_width;
    }
  else if (column >= 0)
    {
      x = self->name_width + self->size_width + self->cell_width * (float) column;
      width = self->cell_width;
    }
  if (self->mirrored)
    x = self->width - x - width;
  graphene_rect_init (area, x, self->row_height * (float) (row + 2), width - GAP,
                      self->row_height - GAP);
}

/**
 * weir_heat_layout_find:
 * @self: a layout
 * @x: a place, from the left
 * @y: a place, from the top
 * @row: (out): the cohort there, or %WEIR_HEAT_MEAN
 * @column: (out): the period there, or %WEIR_HEAT_SIZES
 *
 * Returns: whether there is a number
 */
gboolean
weir_heat_layout_find (const WeirHeatLayout *self,
                       float                 x,
                       float                 y,
                       int                  *row,
                       int                  *column)
{
  float along = self->mirrored ? self->width - x : x;

  along -= self->name_width;
  if (along < 0 || y < self->row_height)
    return FALSE;
  *row = (int) floorf (y / self->row_height) - 2;
  *column = along < self->size_width ? WEIR_HEAT_SIZES
                                     : (int) floorf ((along - self->size_width) / self->cell_width);
  return *row < (int) self->n_rows && *column < (int) self->n_columns;
}
