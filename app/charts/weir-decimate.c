/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-decimate.h"

#include <math.h>

/* The extremes of what falls into one column of pixels, in the order they came. */
typedef struct {
  WeirPoint low;
  WeirPoint high;
  gboolean used;
} Column;

static void
flush_column (Column *column,
              GArray *out)
{
  if (!column->used)
    return;
  if (column->low.x <= column->high.x)
    {
      g_array_append_val (out, column->low);
      if (column->high.x > column->low.x)
        g_array_append_val (out, column->high);
    }
  else
    {
      g_array_append_val (out, column->high);
      g_array_append_val (out, column->low);
    }
  column->used = FALSE;
}

static void
append_gap (GArray *out)
{
  const WeirPoint gap = { NAN, NAN };

  if (out->len > 0 && !isnan (g_array_index (out, WeirPoint, out->len - 1).x))
    g_array_append_val (out, gap);
}

/**
 * weir_decimate:
 * @x: (array length=n_points): ascending
 * @y: (array length=n_points): what to draw there; NAN for nothing
 * @n_points: how many there are
 * @from: start of the visible range
 * @to: end of the visible range
 * @n_columns: width in pixels, at least 1
 *
 * Thins a line to at most two points in each column of pixels, its lowest and its highest, so that
 * no peak is lost and no more is drawn than can be seen. A gap in @y stays one, as a point of NANs.
 * What is outside the range is left out, but for its neighbours, so that the line leaves the
 * picture.
 *
 * Returns: (transfer full) (element-type WeirPoint): the points to draw
 */
GArray *
weir_decimate (const double *x,
               const double *y,
               guint         n_points,
               double        from,
               double        to,
               guint         n_columns)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (WeirPoint));
  Column column = { .used = FALSE };
  double per_unit = n_columns / (to - from);
  gint64 current = -1;

  g_return_val_if_fail (n_columns > 0, out);
  g_return_val_if_fail (to > from, out);

  for (guint i = 0; i < n_points; i++)
    {
      WeirPoint point = { x[i], y[i] };
      gint64 at;

      if (i + 1 < n_points && x[i + 1] < from)
        continue;
      if (i > 0 && x[i - 1] > to)
        break;
      if (isnan (point.y))
        {
          flush_column (&column, out);
          append_gap (out);
          current = -1;
          continue;
        }

      /* What is before the range has a column of its own. */
      at = point.x < from ? -1 : (gint64) ((point.x - from) * per_unit);
      if (!column.used || at != current)
        {
          flush_column (&column, out);
          column = (Column) { point, point, TRUE };
          current = at;
          continue;
        }
      if (point.y < column.low.y)
        column.low = point;
      if (point.y > column.high.y)
        column.high = point;
    }
  flush_column (&column, out);
  return out;
}
