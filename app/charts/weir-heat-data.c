/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-heat-data.h"

#include <math.h>

typedef struct {
  char *name;
  guint64 size;
  double *values;
  guint incomplete;
} Row;

struct _WeirHeatData
{
  guint n_columns;
  GArray *rows;
};

static void
row_clear (gpointer data)
{
  Row *row = data;

  g_free (row->name);
  g_free (row->values);
}

static void
heat_data_clear (gpointer data)
{
  g_array_unref (((WeirHeatData *) data)->rows);
}

static const Row *
get_row (const WeirHeatData *self,
         guint               row)
{
  g_assert (row < self->rows->len);

  return &g_array_index (self->rows, Row, row);
}

/**
 * weir_heat_data_new:
 * @n_columns: how many periods, that of the start included
 *
 * Returns: (transfer full): data without a cohort
 */
WeirHeatData *
weir_heat_data_new (guint n_columns)
{
  WeirHeatData *self = g_rc_box_new0 (WeirHeatData);

  self->n_columns = n_columns;
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  return self;
}

/**
 * weir_heat_data_ref:
 * @self: data
 *
 * Returns: (transfer full): @self
 */
WeirHeatData *
weir_heat_data_ref (WeirHeatData *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

/**
 * weir_heat_data_unref:
 * @self: (transfer full): data
 *
 * Gives a reference back.
 */
void
weir_heat_data_unref (WeirHeatData *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, heat_data_clear);
}

/**
 * weir_heat_data_add_row:
 * @self: data that no chart has yet
 * @name: what the cohort is called
 * @size: how many persons it has
 * @values: how many came back in each period, NAN for periods that have not begun; copied
 * @incomplete: the first period whose value can still grow
 *
 * Adds a cohort.
 */
void
weir_heat_data_add_row (WeirHeatData *self,
                        const char   *name,
                        guint64       size,
                        const double *values,
                        guint         incomplete)
{
  Row row = { g_strdup (name), size, NULL, incomplete };

  g_return_if_fail (self != NULL);

  row.values = g_memdup2 (values, sizeof (double) * self->n_columns);
  g_array_append_val (self->rows, row);
}

/**
 * weir_heat_data_get_n_rows:
 * @self: data
 *
 * Returns: the number of cohorts
 */
guint
weir_heat_data_get_n_rows (const WeirHeatData *self)
{
  return self->rows->len;
}

/**
 * weir_heat_data_get_n_columns:
 * @self: data
 *
 * Returns: the number of periods
 */
guint
weir_heat_data_get_n_columns (const WeirHeatData *self)
{
  return self->n_columns;
}

/**
 * weir_heat_data_get_name:
 * @self: data
 * @row: a cohort
 *
 * Returns: (transfer none): what it is called
 */
const char *
weir_heat_data_get_name (const WeirHeatData *self,
                         guint               row)
{
  return get_row (self, row)->name;
}

/**
 * weir_heat_data_get_size:
 * @self: data
 * @row: a cohort
 *
 * Returns: how many persons it has
 */
guint64
weir_heat_data_get_size (const WeirHeatData *self,
                         guint               row)
{
  return get_row (self, row)->size;
}

/**
 * weir_heat_data_get_value:
 * @self: data
 * @row: a cohort
 * @column: a period
 *
 * Returns: how many came back, NAN when the period has not begun
 */
double
weir_heat_data_get_value (const WeirHeatData *self,
                          guint               row,
                          guint               column)
{
  g_return_val_if_fail (column < self->n_columns, NAN);

  return get_row (self, row)->values[column];
}

/**
 * weir_heat_data_get_ratio:
 * @self: data
 * @row: a cohort
 * @column: a period
 *
 * Returns: which part of the cohort came back, NAN when the period has not begun or nobody could
 */
double
weir_heat_data_get_ratio (const WeirHeatData *self,
                          guint               row,
                          guint               column)
{
  guint64 size = weir_heat_data_get_size (self, row);

  return size > 0 ? weir_heat_data_get_value (self, row, column) / (double) size : NAN;
}

/**
 * weir_heat_data_is_complete:
 * @self: data
 * @row: a cohort
 * @column: a period
 *
 * Returns: whether the value will not grow any more
 */
gboolean
weir_heat_data_is_complete (const WeirHeatData *self,
                            guint               row,
                            guint               column)
{
  return column < get_row (self, row)->incomplete
         && !isnan (weir_heat_data_get_value (self, row, column));
}

/**
 * weir_heat_data_get_total_size:
 * @self: data
 *
 * Returns: the sum of the sizes of all cohorts; who is in several counts in each
 */
guint64
weir_heat_data_get_total_size (const WeirHeatData *self)
{
  guint64 total = 0;

  for (guint i = 0; i < self->rows->len; i++)
    total += get_row (self, i)->size;
  return total;
}

/**
 * weir_heat_data_get_mean:
 * @self: data
 * @column: a period
 *
 * Returns: which part came back, over all cohorts whose period is over, each weighted by its size;
 *   NAN when there is none
 */
double
weir_heat_data_get_mean (const WeirHeatData *self,
                         guint               column)
{
  double came = 0, could = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      if (!weir_heat_data_is_complete (self, i, column))
        continue;
      came += weir_heat_data_get_value (self, i, column);
      could += (double) get_row (self, i)->size;
    }
  return could > 0 ? came / could : NAN;
}
