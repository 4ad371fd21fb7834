/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-summary-cell.h"

#include <math.h>

#include "weir-error.h"

/* Where the columns of a cell are, in reading and, plus one, in binding. */
enum {
  NAME_ID,
  START,
  SOURCE_ID,
  COUNT,
  ERRORS,
  VALUE,
  DURATION = VALUE + 5,
  SKETCHES = DURATION + 5,
};

/**
 * weir_summary_floor:
 * @time: microseconds since the epoch, also before it
 * @length: length of a cell
 *
 * Returns: the start of the cell that holds @time
 */
gint64
weir_summary_floor (gint64 time,
                    gint64 length)
{
  gint64 rest = time % length;

  return time - (rest < 0 ? rest + length : rest);
}

/**
 * weir_summary_cell_clear:
 * @self: a cell
 *
 * Forgets everything.
 */
void
weir_summary_cell_clear (WeirSummaryCell *self)
{
  weir_trend_cell_clear (&self->value);
  weir_trend_cell_clear (&self->duration);
  *self = (WeirSummaryCell) { 0 };
}

/**
 * weir_summary_cell_free:
 * @self: (transfer full): a cell
 */
void
weir_summary_cell_free (WeirSummaryCell *self)
{
  weir_summary_cell_clear (self);
  g_free (self);
}

/**
 * weir_summary_cell_add:
 * @self: a cell
 * @is_error: whether the event is an error
 * @value: its value, NAN when it has none
 * @duration: its duration, NAN when it has none
 *
 * Adds one event.
 */
void
weir_summary_cell_add (WeirSummaryCell *self,
                       gboolean         is_error,
                       double           value,
                       double           duration)
{
  self->count++;
  self->errors += is_error != FALSE;
  if (!isnan (value))
    weir_trend_cell_add (&self->value, WEIR_MEASURE_P50, 0, value);
  if (!isnan (duration))
    weir_trend_cell_add (&self->duration, WEIR_MEASURE_P50, 0, duration);
}

/**
 * weir_summary_cell_merge:
 * @self: a cell
 * @other: another
 *
 * Adds the events of @other.
 */
void
weir_summary_cell_merge (WeirSummaryCell       *self,
                         const WeirSummaryCell *other)
{
  self->count += other->count;
  self->errors += other->errors;
  weir_trend_cell_merge (&self->value, &other->value);
  weir_trend_cell_merge (&self->duration, &other->duration);
}

static void
bind_numbers (sqlite3_stmt        *statement,
              int                  column,
              int                  sketch_column,
              const WeirTrendCell *numbers)
{
  const double columns[] = { numbers->sum.hi, numbers->sum.lo, numbers->min, numbers->max };

  sqlite3_bind_int64 (statement, column, (gint64) numbers->n_numbers);
  for (int i = 0; i < (int) G_N_ELEMENTS (columns); i++)
    {
      if (numbers->n_numbers > 0)
        sqlite3_bind_double (statement, column + 1 + i, columns[i]);
      else
        sqlite3_bind_null (statement, column + 1 + i);
    }
  if (numbers->n_numbers > 0 && numbers->sketch != NULL)
    {
      g_autoptr(GByteArray) blob = g_byte_array_new ();

      weir_sketch_write (numbers->sketch, blob);
      sqlite3_bind_blob (statement, sketch_column, blob->data, (int) blob->len, SQLITE_TRANSIENT);
    }
  else
    {
      sqlite3_bind_null (statement, sketch_column);
    }
}

/**
 * weir_summary_cell_bind:
 * @self: a cell
 * @statement: with a parameter for each column, the sketches last
 *
 * Binds the columns.
 */
void
weir_summary_cell_bind (const WeirSummaryCell *self,
                        sqlite3_stmt          *statement)
{
  sqlite3_bind_int64 (statement, NAME_ID + 1, self->name_id);
  sqlite3_bind_int64 (statement, START + 1, self->start);
  sqlite3_bind_int64 (statement, SOURCE_ID + 1, self->source_id);
  sqlite3_bind_int64 (statement, COUNT + 1, (gint64) self->count);
  sqlite3_bind_int64 (statement, ERRORS + 1, (gint64) self->errors);
  bind_numbers (statement, VALUE + 1, SKETCHES + 1, &self->value);
  bind_numbers (statement, DURATION + 1, SKETCHES + 2, &self->duration);
}

/* SQLite has no NAN; a sum that is none, as of both infinities, is NULL. */
static double
get_double (sqlite3_stmt *select,
            int           column)
{
  return sqlite3_column_type (select, column) == SQLITE_NULL
             ? NAN
             : sqlite3_column_double (select, column);
}

static gboolean
read_numbers (WeirTrendCell *numbers,
              sqlite3_stmt  *select,
              int            column,
              int            sketch_column)
{
  WeirSketch *sketch = g_steal_pointer (&numbers->sketch);

  *numbers = (WeirTrendCell) { .sketch = sketch };
  numbers->n_numbers = (guint64) sqlite3_column_int64 (select, column);
  if (sketch != NULL)
    weir_sketch_clear (sketch);
  if (numbers->n_numbers == 0)
    return TRUE;
  numbers->sum.hi = get_double (select, column + 1);
  numbers->sum.lo = get_double (select, column + 2);
  numbers->min = get_double (select, column + 3);
  numbers->max = get_double (select, column + 4);
  if (sketch_column == 0)
    return TRUE;
  if (sketch == NULL)
    numbers->sketch = weir_sketch_new ();

  return weir_sketch_read (numbers->sketch, sqlite3_column_blob (select, sketch_column),
                           (gsize) sqlite3_column_bytes (select, sketch_column));
}

/**
 * weir_summary_cell_read:
 * @self: a cell; what it knew is forgotten, but its room is used again
 * @select: a row of the columns of a cell
 * @has_sketches: whether the sketches are among them
 * @error: return location for an error
 *
 * Reads a cell. Its length is not among the columns.
 *
 * Returns: whether it could be read; %WEIR_ERROR_CORRUPT when it is damaged
 */
gboolean
weir_summary_cell_read (WeirSummaryCell  *self,
                        sqlite3_stmt     *select,
                        gboolean          has_sketches,
                        GError          **error)
{
  self->name_id = sqlite3_column_int64 (select, NAME_ID);
  self->start = sqlite3_column_int64 (select, START);
  self->source_id = sqlite3_column_int64 (select, SOURCE_ID);
  self->count = (guint64) sqlite3_column_int64 (select, COUNT);
  self->errors = (guint64) sqlite3_column_int64 (select, ERRORS);
  if (read_numbers (&self->value, select, VALUE, has_sketches ? SKETCHES : 0) &&
      read_numbers (&self->duration, select, DURATION, has_sketches ? SKETCHES + 1 : 0))
    return TRUE;

  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "a summary of events is damaged");
  return FALSE;
}
