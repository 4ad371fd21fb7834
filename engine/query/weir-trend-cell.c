/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trend-cell.h"

#include <math.h>

/**
 * weir_trend_cell_clear:
 * @self: a cell
 *
 * Frees what it holds.
 */
void
weir_trend_cell_clear (WeirTrendCell *self)
{
  g_clear_pointer (&self->sketch, weir_sketch_free);
  if (self->persons != NULL)
    weir_identity_set_clear (self->persons);
  g_clear_pointer (&self->persons, g_free);
}

/**
 * weir_trend_cell_free:
 * @self: (transfer full): a cell
 */
void
weir_trend_cell_free (WeirTrendCell *self)
{
  weir_trend_cell_clear (self);
  g_free (self);
}

static void
add_number (WeirTrendCell *self,
            WeirMeasure    measure,
            double         number)
{
  if (!isfinite (number))
    return;
  self->min = self->n_numbers == 0 ? number : MIN (self->min, number);
  self->max = self->n_numbers == 0 ? number : MAX (self->max, number);
  self->n_numbers++;
  weir_exact_sum_add (&self->sum, number);
  if (measure < WEIR_MEASURE_P50)
    return;
  if (self->sketch == NULL)
    self->sketch = weir_sketch_new ();
  weir_sketch_add (self->sketch, number);
}

/* The set of persons, to add to. */
static WeirIdentitySet *
get_persons (WeirTrendCell *self)
{
  if (self->persons == NULL)
    self->persons = g_new0 (WeirIdentitySet, 1);
  self->is_counted = FALSE;

  return self->persons;
}

/**
 * weir_trend_cell_add:
 * @self: a cell
 * @measure: what is wanted of it, which decides what is kept
 * @identity: who did it
 * @number: the number of the event, NAN when it has none
 *
 * Adds one event.
 */
void
weir_trend_cell_add (WeirTrendCell *self,
                     WeirMeasure    measure,
                     guint32        identity,
                     double         number)
{
  self->count++;
  if (measure == WEIR_MEASURE_COUNT)
    return;
  if (measure != WEIR_MEASURE_PERSONS)
    {
      add_number (self, measure, number);
      return;
    }
  weir_identity_set_add (get_persons (self), identity);
}

/**
 * weir_trend_cell_add_rows:
 * @self: a cell
 * @measure: what is wanted of it
 * @rows: events
 *
 * Adds many events.
 */
void
weir_trend_cell_add_rows (WeirTrendCell  *self,
                          WeirMeasure     measure,
                          const WeirRows *rows)
{
  if (measure > WEIR_MEASURE_PERSONS)
    {
      for (guint i = 0; i < rows->n_rows; i++)
        weir_trend_cell_add (self, measure, rows->rows[i].identity,
                             rows->numbers != NULL ? rows->numbers[i] : NAN);
      return;
    }

  self->count += rows->n_rows;
  if (measure == WEIR_MEASURE_PERSONS)
    weir_identity_set_add_rows (get_persons (self), rows->rows, rows->n_rows);
}

/**
 * weir_trend_cell_merge:
 * @self: a cell
 * @other: another
 *
 * Adds the events of @other: the result is the cell that all events together would have given.
 */
void
weir_trend_cell_merge (WeirTrendCell       *self,
                       const WeirTrendCell *other)
{
  self->count += other->count;
  if (other->n_numbers > 0)
    {
      self->min = self->n_numbers == 0 ? other->min : MIN (self->min, other->min);
      self->max = self->n_numbers == 0 ? other->max : MAX (self->max, other->max);
      self->n_numbers += other->n_numbers;
      weir_exact_sum_merge (&self->sum, &other->sum);
    }
  if (other->sketch != NULL)
    {
      if (self->sketch == NULL)
        self->sketch = weir_sketch_new ();
      weir_sketch_merge (self->sketch, other->sketch);
    }
  if (other->persons != NULL)
    weir_identity_set_unite (get_persons (self), other->persons);
}

/* A sketch knows a value to one in a hundred; the extremes are known exactly. */
static double
get_quantile (const WeirTrendCell *self,
              double               quantile)
{
  double value = self->sketch != NULL ? weir_sketch_get_quantile (self->sketch, quantile) : NAN;

  return CLAMP (value, self->min, self->max);
}

/**
 * weir_trend_cell_get:
 * @self: a cell
 * @measure: what is wanted; for persons, @n_persons must be up to date
 *
 * Returns: the value; NAN when there is none
 */
double
weir_trend_cell_get (const WeirTrendCell *self,
                     WeirMeasure          measure)
{
  if (measure > WEIR_MEASURE_SUM && self->n_numbers == 0)
    return NAN;

  switch (measure)
    {
    case WEIR_MEASURE_COUNT:
      return self->count;

    case WEIR_MEASURE_PERSONS:
      return self->n_persons;

    case WEIR_MEASURE_SUM:
      return weir_exact_sum_get (&self->sum);

    case WEIR_MEASURE_AVG:
      return weir_exact_sum_get (&self->sum) / self->n_numbers;

    case WEIR_MEASURE_MIN:
      return self->min;

    case WEIR_MEASURE_MAX:
      return self->max;

    case WEIR_MEASURE_P50:
      return get_quantile (self, 0.5);

    case WEIR_MEASURE_P90:
      return get_quantile (self, 0.9);

    case WEIR_MEASURE_P95:
      return get_quantile (self, 0.95);

    case WEIR_MEASURE_P99:
    default:
      return get_quantile (self, 0.99);
    }
}
