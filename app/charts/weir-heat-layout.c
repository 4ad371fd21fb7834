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
  self->pinned_x = self->pinned_y = 0;
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
 * weir_heat_layout_pin:
 * @self: a layout
 * @x: how much of its beginning is scrolled away
 * @y: how much of its top is scrolled away
 *
 * Lets names, sizes and the heading stand where the picture can be seen. They do not leave it.
 */
void
weir_heat_layout_pin (WeirHeatLayout *self,
                      float           x,
                      float           y)
{
  float most_x = self->width - weir_heat_layout_get_head_width (self);
  float most_y = weir_heat_layout_get_height (self) - self->row_height;

  self->pinned_x = CLAMP (x, 0, MAX (0, most_x));
  self->pinned_y = CLAMP (y, 0, MAX (0, most_y));
}

/**
 * weir_heat_layout_get_head_width:
 * @self: a layout
 *
 * Returns: how wide names and sizes are together
 */
float
weir_heat_layout_get_head_width (const WeirHeatLayout *self)
{
  return self->name_width + self->size_width;
}

/**
 * weir_heat_layout_get_part:
 * @self: a layout
 * @is_heading: whether the part is in the heading
 * @is_head: whether the part has names and sizes
 * @area: (out): where it is
 *
 * Finds one of the four parts of the picture that do not move against themselves.
 */
void
weir_heat_layout_get_part (const WeirHeatLayout *self,
                           gboolean              is_heading,
                           gboolean              is_head,
                           graphene_rect_t      *area)
{
  float head = weir_heat_layout_get_head_width (self);
  float top = self->pinned_y + self->row_height;
  float x = is_head ? self->pinned_x : self->pinned_x + head;
  float width = is_head ? head : MAX (0, self->width - x);

  graphene_rect_init (area, self->mirrored ? self->width - x - width : x,
                      is_heading ? self->pinned_y : top, width,
                      is_heading ? self->row_height
                                 : MAX (0, weir_heat_layout_get_height (self) - top));
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
  float x = self->pinned_x, y = self->row_height * (float) (row + 2), width = self->name_width;

  if (column == WEIR_HEAT_SIZES)
    {
      x += self->name_width;
      width = self->size_width;
    }
  else if (column >= 0)
    {
      x = weir_heat_layout_get_head_width (self) + self->cell_width * (float) column;
      width = self->cell_width;
    }
  if (self->mirrored)
    x = self->width - x - width;
  if (row == WEIR_HEAT_HEADING)
    y = self->pinned_y;
  graphene_rect_init (area, x, y, width - GAP, self->row_height - GAP);
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

  if (along < self->pinned_x + weir_heat_layout_get_head_width (self))
    along -= self->pinned_x;
  along -= self->name_width;
  if (along < 0 || y < self->pinned_y + self->row_height)
    return FALSE;
  *row = (int) floorf (y / self->row_height) - 2;
  *column = along < self->size_width ? WEIR_HEAT_SIZES
                                     : (int) floorf ((along - self->size_width) / self->cell_width);
  return *row < (int) self->n_rows && *column < (int) self->n_columns;
}
