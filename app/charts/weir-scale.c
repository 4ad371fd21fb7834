/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-scale.h"

#include <math.h>

/**
 * weir_scale_fit:
 * @self: a scale
 * @low: smallest value to show
 * @high: largest value to show
 * @n_steps: how many steps there should be at most, at least 1
 *
 * Makes a scale with round ticks that holds both values. When there is no distance between them,
 * it makes one up, so that an axis can always be drawn.
 */
void
weir_scale_fit (WeirScale *self,
                double     low,
                double     high,
                guint      n_steps)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10 };
  double rough, power;

  g_return_if_fail (self != NULL);
  g_return_if_fail (n_steps > 0);

  if (!isfinite (low) || !isfinite (high) || high <= low)
    {
      low = isfinite (low) ? low : 0;
      high = low + 1;
    }

  rough = (high - low) / n_steps;
  power = pow (10, floor (log10 (rough)));
  self->step = 10 * power;
  for (guint i = 0; i < G_N_ELEMENTS (nice); i++)
    {
      if (nice[i] * power >= rough * (1 - 1e-9))
        {
          self->step = nice[i] * power;
          break;
        }
    }

  self->min = floor (low / self->step + 1e-9) * self->step;
  self->max = ceil (high / self->step - 1e-9) * self->step;
  self->first = self->min;
  self->n_ticks = (guint) round ((self->max - self->min) / self->step) + 1;
}

/**
 * weir_scale_fit_time:
 * @self: a scale
 * @from: start, microseconds since the epoch
 * @to: end, microseconds since the epoch
 * @n_steps: how many steps there should be at most, at least 1
 * @least: the least step that means something, in microseconds; 0 for any
 * @utc_offset: local time minus UTC, in microseconds
 *
 * Makes a scale that spans exactly @from to @to, with ticks at times a clock shows as round.
 */
void
weir_scale_fit_time (WeirScale *self,
                     gint64     from,
                     gint64     to,
                     guint      n_steps,
                     gint64     least,
                     gint64     utc_offset)
{
  static const int seconds[] = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10800, 21600, 43200,
    86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 91 * 86400, 182 * 86400, 364 * 86400,
  };
  gint64 step = 0, first;

  g_return_if_fail (self != NULL);
  g_return_if_fail (n_steps > 0);

  if (to <= from)
    to = from + G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      step = (gint64) seconds[i] * G_USEC_PER_SEC;
      if (step >= least && (to - from) / step <= n_steps)
        break;
    }

  first = (from + utc_offset) / step * step - utc_offset;
  if (first < from)
    first += step;

  self->min = (double) from;
  self->max = (double) to;
  self->step = (double) step;
  self->first = (double) first;
  self->n_ticks = first <= to ? (guint) ((to - first) / step) + 1 : 0;
}

/**
 * weir_scale_get_tick:
 * @self: a scale
 * @index: which tick
 *
 * Returns: the value at the tick
 */
double
weir_scale_get_tick (const WeirScale *self,
                     guint            index)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->first + self->step * index;
}

/**
 * weir_scale_map:
 * @self: a scale
 * @value: a value
 * @length: how long the axis is
 *
 * Returns: where @value is, from 0 for the start of the axis to @length for its end; values
 *   outside the scale are outside that range
 */
double
weir_scale_map (const WeirScale *self,
                double           value,
                double           length)
{
  g_return_val_if_fail (self != NULL, 0);

  return (value - self->min) / (self->max - self->min) * length;
}

/**
 * weir_scale_invert:
 * @self: a scale
 * @position: a place on the axis
 * @length: how long the axis is, more than 0
 *
 * Returns: the value at @position
 */
double
weir_scale_invert (const WeirScale *self,
                   double           position,
                   double           length)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (length > 0, self->min);

  return self->min + position / length * (self->max - self->min);
}
