/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-lines.h"

#include <math.h>

#include "weir-decimate.h"

struct _WeirChartLines
{
  GPtrArray *lines;      /* GArray of WeirPoint */
  WeirChartData *data;
  WeirScale scale;
  guint n_columns;
};

/**
 * weir_chart_lines_new:
 *
 * Returns: (transfer full): nothing yet
 */
WeirChartLines *
weir_chart_lines_new (void)
{
  WeirChartLines *self = g_new0 (WeirChartLines, 1);

  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  return self;
}

/**
 * weir_chart_lines_free:
 * @self: (transfer full): lines
 *
 * Frees them.
 */
void
weir_chart_lines_free (WeirChartLines *self)
{
  g_clear_pointer (&self->data, weir_chart_data_unref);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

static void
add_line (WeirChartLines *self,
          const double   *values)
{
  g_ptr_array_add (self->lines,
                   weir_decimate (weir_chart_data_get_times (self->data), values,
                                  weir_chart_data_get_n_times (self->data),
                                  self->scale.min, self->scale.max, self->n_columns));
}

/* The upper edge of each series, with all that are below it. */
static void
stack_lines (WeirChartLines *self)
{
  guint n = weir_chart_data_get_n_times (self->data);
  g_autofree double *heights = g_new0 (double, MAX (1, n));

  for (guint i = 0; i < weir_chart_data_get_n_series (self->data); i++)
    {
      const double *values = weir_chart_data_get_values (self->data, i);

      for (guint j = 0; j < n; j++)
        heights[j] += isnan (values[j]) ? 0 : values[j];
      add_line (self, heights);
    }
}

/**
 * weir_chart_lines_update:
 * @self: lines
 * @chart: a chart with data
 * @width: width of its plot
 *
 * Looks at the data again, if they or what is seen of them are others.
 */
void
weir_chart_lines_update (WeirChartLines *self,
                         WeirChart      *chart,
                         float           width)
{
  WeirChartData *data = weir_chart_get_data (chart);
  const WeirScale *scale = weir_chart_get_time_scale (chart);
  guint n_columns = MAX (1, (guint) width);

  if (self->data == data && self->n_columns == n_columns
      && self->scale.min == scale->min && self->scale.max == scale->max)
    return;
  weir_chart_data_ref (data);
  g_clear_pointer (&self->data, weir_chart_data_unref);
  self->data = data;
  self->scale = *scale;
  self->n_columns = n_columns;
  g_ptr_array_set_size (self->lines, 0);
  if (WEIR_CHART_GET_CLASS (chart)->stacked)
    {
      stack_lines (self);
      return;
    }
  for (guint i = 0; i < weir_chart_data_get_n_series (data); i++)
    add_line (self, weir_chart_data_get_values (data, i));
}

/**
 * weir_chart_lines_get:
 * @self: lines that are up to date
 * @series: which series
 *
 * Returns: (transfer none) (element-type WeirPoint): its points, with NAN for gaps; its upper edge
 *   in a chart whose series lie on each other
 */
GArray *
weir_chart_lines_get (const WeirChartLines *self,
                      guint                 series)
{
  return g_ptr_array_index (self->lines, series);
}
