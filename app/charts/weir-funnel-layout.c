/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-layout.h"

#include <math.h>

/* Narrower columns than this have no room for their numbers. */
#define MIN_COLUMN   112.f
#define COLUMN_GAP   28.f
#define BAR_HEIGHT   160.f
#define STACKED_BAR  18.f
#define STACKED_GAP  14.f
#define GROUP_GAP    2.f
/* Above the bars and below: the name, the count. */
#define N_LINES      3.f

/* The room for all bars of a step. */
static void
get_bars (const WeirFunnelLayout *self,
          guint                   step,
          graphene_rect_t        *area)
{
  graphene_rect_t whole;

  weir_funnel_layout_get_step (self, step, &whole);
  if (self->stacked)
    graphene_rect_init (area, whole.origin.x, whole.origin.y + self->line,
                        whole.size.width, whole.size.height - self->line * 2 - STACKED_GAP);
  else
    graphene_rect_init (area, whole.origin.x, whole.origin.y + self->line * 1.f,
                        whole.size.width, MAX (1.f, whole.size.height - self->line * N_LINES));
}

static double
get_share (const WeirFunnelData *data,
           guint                 group,
           guint64               count)
{
  guint64 first = weir_funnel_data_get_count (data, group, 0);

  return first > 0 ? MIN (1., (double) count / (double) first) : 0;
}

/**
 * weir_funnel_layout_init:
 * @self: (out): a layout
 * @data: what is shown
 * @width: of the picture
 * @height: of the picture
 * @line: height of a line of text
 * @mirrored: whether steps go from right to left
 *
 * Plans a picture: steps beside each other, or below each other where there is no room for that.
 */
void
weir_funnel_layout_init (WeirFunnelLayout     *self,
                         const WeirFunnelData *data,
                         float                 width,
                         float                 height,
                         float                 line,
                         gboolean              mirrored)
{
  self->n_steps = weir_funnel_data_get_n_steps (data);
  self->n_groups = weir_funnel_data_get_n_groups (data);
  self->width = width;
  self->height = height;
  self->line = line;
  self->mirrored = mirrored;
  self->stacked = width < MIN_COLUMN * (float) self->n_steps;
}

/**
 * weir_funnel_layout_get_height:
 * @n_steps: how many steps
 * @n_groups: how many bars at each
 * @width: of the picture
 * @line: height of a line of text
 *
 * Returns: how high the picture would like to be
 */
float
weir_funnel_layout_get_height (guint n_steps,
                               guint n_groups,
                               float width,
                               float line)
{
  float bars = (float) n_groups * STACKED_BAR;

  if (width >= MIN_COLUMN * (float) n_steps)
    return BAR_HEIGHT + line * N_LINES;
  return (float) n_steps * (bars + line * 2 + STACKED_GAP);
}

/**
 * weir_funnel_layout_get_step:
 * @self: a layout
 * @step: a step, from 0 on
 * @area: (out): what belongs to it, its texts included
 *
 * Finds a step.
 */
void
weir_funnel_layout_get_step (const WeirFunnelLayout *self,
                             guint                   step,
                             graphene_rect_t        *area)
{
  guint n = MAX (1, self->n_steps);
  float extent, at;

  if (self->stacked)
    {
      extent = self->height / (float) n;
      graphene_rect_init (area, 0, extent * (float) step, self->width, extent);
      return;
    }
  extent = (self->width + COLUMN_GAP) / (float) n;
  at = extent * (float) step;
  if (self->mirrored)
    at = self->width - at - (extent - COLUMN_GAP);
  graphene_rect_init (area, at, 0, extent - COLUMN_GAP, self->height);
}

/**
 * weir_funnel_layout_get_part:
 * @self: a layout
 * @data: what is shown
 * @step: a step, from 0 on
 * @group: a group
 * @part: which part of its bar
 * @area: (out): where it is; without an extent when nobody is in it
 *
 * Finds a part of a bar. The two parts of a bar are as long together as the first part of the step
 * before.
 */
void
weir_funnel_layout_get_part (const WeirFunnelLayout *self,
                             const WeirFunnelData   *data,
                             guint                   step,
                             guint                   group,
                             WeirFunnelPart          part,
                             graphene_rect_t        *area)
{
  guint64 count = weir_funnel_data_get_count (data, group, step);
  guint64 dropped = weir_funnel_data_get_dropped (data, group, step);
  double from = part == WEIR_FUNNEL_REACHED ? 0 : get_share (data, group, count);
  double to = part == WEIR_FUNNEL_REACHED ? get_share (data, group, count)
                                          : get_share (data, group, count + dropped);
  graphene_rect_t bars;
  float extent, across;

  get_bars (self, step, &bars);
  extent = (self->stacked ? bars.size.height : bars.size.width) / (float) MAX (1, self->n_groups);
  across = extent - (self->n_groups > 1 ? GROUP_GAP : 0);
  if (self->stacked)
    {
      float start = bars.size.width * (float) from, end = bars.size.width * (float) to;

      graphene_rect_init (area,
                          self->mirrored ? bars.origin.x + bars.size.width - end
                                         : bars.origin.x + start,
                          bars.origin.y + extent * (float) group, end - start, across);
    }
  else
    {
      float low = bars.size.height * (float) from, high = bars.size.height * (float) to;
      float place = extent * (float) (self->mirrored ? self->n_groups - 1 - group : group);

      graphene_rect_init (area, bars.origin.x + place,
                          bars.origin.y + bars.size.height - high, across, high - low);
    }
}
