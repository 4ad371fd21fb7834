/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-data.h"

#include <math.h>

#include "weir-csv.h"

typedef struct {
  char *name;
  guint color;
  guint style;         /* the first series of a chart has 0, and keeps it when others are hidden */
  gboolean is_settled;
  double *values;
} Series;

struct _WeirChartData
{
  WeirUnit unit;
  guint n_times;
  double *times;
  GArray *series;
  gboolean is_running; /* the last period is not over */
  gint64 end;          /* of the last period; 0 when instants are no periods */
  double peaks[2];     /* of the series, and of their sum; NAN until it is known */
  guint peak_at[2];
};

static void
series_clear (gpointer data)
{
  Series *series = data;

  g_free (series->name);
  g_free (series->values);
}

static void
chart_data_clear (gpointer data)
{
  WeirChartData *self = data;

  g_free (self->times);
  g_array_unref (self->series);
}

static const Series *
get_series (const WeirChartData *self,
            guint                index)
{
  g_assert (index < self->series->len);

  return &g_array_index (self->series, Series, index);
}

/**
 * weir_chart_data_new:
 * @times: (array length=n_times): ascending, microseconds since the epoch
 * @n_times: how many
 * @unit: what the numbers count
 *
 * Returns: (transfer full): data without any series
 */
WeirChartData *
weir_chart_data_new (const gint64 *times,
                     guint         n_times,
                     WeirUnit      unit)
{
  WeirChartData *self = g_rc_box_new0 (WeirChartData);

  self->unit = unit;
  self->n_times = n_times;
  self->peaks[0] = self->peaks[1] = NAN;
  self->times = g_new (double, MAX (n_times, 1));
  for (guint i = 0; i < n_times; i++)
    self->times[i] = (double) times[i];
  self->series = g_array_new (FALSE, FALSE, sizeof (Series));
  g_array_set_clear_func (self->series, series_clear);
  return self;
}

/**
 * weir_chart_data_ref:
 * @self: data
 *
 * Returns: (transfer full): @self
 */
WeirChartData *
weir_chart_data_ref (WeirChartData *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

/**
 * weir_chart_data_unref:
 * @self: (transfer full): data
 *
 * Gives a reference back.
 */
void
weir_chart_data_unref (WeirChartData *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, chart_data_clear);
}

/**
 * weir_chart_data_add_series:
 * @self: data that no chart has yet
 * @name: what the series is called, for readers
 * @color: its colour, see [func@Weir.palette_get_color]
 * @values: one number for each instant, NAN where there is none; copied
 *
 * Adds a series. Stacked charts draw the first one at the bottom.
 */
void
weir_chart_data_add_series (WeirChartData *self,
                            const char    *name,
                            guint          color,
                            const double  *values)
{
  Series series = { .color = color };

  g_return_if_fail (self != NULL);

  series.name = g_strdup (name);
  series.style = self->series->len;
  series.values = g_memdup2 (values, sizeof (double) * self->n_times);
  g_array_append_val (self->series, series);
}

/**
 * weir_chart_data_settle_last:
 * @self: data that no chart has yet
 *
 * Says that the series added last does not change any more, also where the last period runs.
 */
void
weir_chart_data_settle_last (WeirChartData *self)
{
  g_return_if_fail (self != NULL && self->series->len > 0);

  g_array_index (self->series, Series, self->series->len - 1).is_settled = TRUE;
}

/**
 * weir_chart_data_set_running:
 * @self: data that no chart has yet
 *
 * Says that the last period is not over, so that its numbers can still grow.
 */
void
weir_chart_data_set_running (WeirChartData *self)
{
  g_return_if_fail (self != NULL);

  self->is_running = TRUE;
}

/**
 * weir_chart_data_is_running:
 * @self: data
 * @series: which series
 * @index: which instant
 *
 * Returns: whether the number there can still grow
 */
gboolean
weir_chart_data_is_running (const WeirChartData *self,
                            guint                series,
                            guint                index)
{
  return self->is_running && index + 1 == self->n_times && !get_series (self, series)->is_settled;
}

/**
 * weir_chart_data_copy_without:
 * @self: data
 * @names: (element-type utf8 utf8): a set of names of series
 *
 * Returns: (transfer full): the same, without those series
 */
WeirChartData *
weir_chart_data_copy_without (const WeirChartData *self,
                              GHashTable          *names)
{
  WeirChartData *copy = g_rc_box_new0 (WeirChartData);

  *copy = *self;
  copy->peaks[0] = copy->peaks[1] = NAN;
  copy->times = g_memdup2 (self->times, sizeof (double) * MAX (self->n_times, 1));
  copy->series = g_array_new (FALSE, FALSE, sizeof (Series));
  g_array_set_clear_func (copy->series, series_clear);
  for (guint i = 0; i < self->series->len; i++)
    {
      Series series = *get_series (self, i);

      if (g_hash_table_contains (names, series.name))
        continue;
      series.name = g_strdup (series.name);
      series.values = g_memdup2 (series.values, sizeof (double) * self->n_times);
      g_array_append_val (copy->series, series);
    }
  return copy;
}

/**
 * weir_chart_data_get_unit:
 * @self: data
 *
 * Returns: what its numbers count
 */
WeirUnit
weir_chart_data_get_unit (const WeirChartData *self)
{
  return self->unit;
}

/**
 * weir_chart_data_get_n_times:
 * @self: data
 *
 * Returns: the number of instants
 */
guint
weir_chart_data_get_n_times (const WeirChartData *self)
{
  return self->n_times;
}

/**
 * weir_chart_data_get_n_series:
 * @self: data
 *
 * Returns: the number of series
 */
guint
weir_chart_data_get_n_series (const WeirChartData *self)
{
  return self->series->len;
}

/**
 * weir_chart_data_get_time:
 * @self: data
 * @index: which instant
 *
 * Returns: the instant, microseconds since the epoch
 */
gint64
weir_chart_data_get_time (const WeirChartData *self,
                          guint                index)
{
  g_return_val_if_fail (index < self->n_times, 0);

  return (gint64) self->times[index];
}

/**
 * weir_chart_data_get_times:
 * @self: data
 *
 * Returns: (transfer none): all instants
 */
const double *
weir_chart_data_get_times (const WeirChartData *self)
{
  return self->times;
}

/**
 * weir_chart_data_get_name:
 * @self: data
 * @series: which series
 *
 * Returns: (transfer none): what it is called
 */
const char *
weir_chart_data_get_name (const WeirChartData *self,
                          guint                series)
{
  return get_series (self, series)->name;
}

/**
 * weir_chart_data_get_color:
 * @self: data
 * @series: which series
 *
 * Returns: the index of its colour
 */
guint
weir_chart_data_get_color (const WeirChartData *self,
                           guint                series)
{
  return get_series (self, series)->color;
}

/**
 * weir_chart_data_get_style:
 * @self: data
 * @series: which series
 *
 * Returns: a number that tells it from others where colours do not
 */
guint
weir_chart_data_get_style (const WeirChartData *self,
                           guint                series)
{
  return get_series (self, series)->style;
}

/**
 * weir_chart_data_dup_value:
 * @self: data
 * @series: which series
 * @index: which instant
 *
 * Returns: (transfer full): the number there, exact where it counts: what is rounded is on the axis
 */
char *
weir_chart_data_dup_value (const WeirChartData *self,
                           guint                series,
                           guint                index)
{
  double value = get_series (self, series)->values[index];

  return self->unit == WEIR_UNIT_COUNT ? weir_format_value (value)
                                       : weir_format_unit (self->unit, value);
}

/**
 * weir_chart_data_get_values:
 * @self: data
 * @series: which series
 *
 * Returns: (transfer none): its numbers
 */
const double *
weir_chart_data_get_values (const WeirChartData *self,
                            guint                series)
{
  return get_series (self, series)->values;
}

/**
 * weir_chart_data_get_total:
 * @self: data
 * @index: which instant
 *
 * Returns: the sum of all series there
 */
double
weir_chart_data_get_total (const WeirChartData *self,
                           guint                index)
{
  double total = 0;

  for (guint i = 0; i < self->series->len; i++)
    {
      double value = get_series (self, i)->values[index];

      total += isnan (value) ? 0 : value;
    }
  return total;
}

static double
find_peak (const WeirChartData *self,
           gboolean             stacked,
           guint               *index)
{
  double peak = 0;

  *index = 0;
  for (guint i = 0; i < self->n_times; i++)
    {
      double highest = stacked ? weir_chart_data_get_total (self, i) : 0;

      for (guint j = 0; j < self->series->len && !stacked; j++)
        {
          double value = get_series (self, j)->values[i];

          if (value > highest)
            highest = value;
        }
      if (highest > peak)
        {
          peak = highest;
          *index = i;
        }
    }
  return peak;
}

/**
 * weir_chart_data_get_peak:
 * @self: data that does not change any more
 * @stacked: whether to look at the sum of all series
 * @index: (out) (optional): the instant of the peak
 *
 * Returns: the largest number, 0 when there is none
 */
double
weir_chart_data_get_peak (WeirChartData *self,
                          gboolean       stacked,
                          guint         *index)
{
  guint which = stacked ? 1 : 0;

  /* Looked for once: a chart asks for it whenever its size changes. */
  if (isnan (self->peaks[which]))
    self->peaks[which] = find_peak (self, stacked, &self->peak_at[which]);
  if (index != NULL)
    *index = self->peak_at[which];
  return self->peaks[which];
}

/**
 * weir_chart_data_set_end:
 * @self: data that no chart has yet
 * @end: when the last period ends, microseconds since the epoch
 *
 * Says that each instant begins a period, which ends where the next one begins.
 */
void
weir_chart_data_set_end (WeirChartData *self,
                         gint64         end)
{
  g_return_if_fail (self != NULL);

  self->end = end;
}

/**
 * weir_chart_data_get_end:
 * @self: data
 * @index: which instant
 *
 * Returns: when the period that begins there ends; the instant itself when there are no periods
 */
gint64
weir_chart_data_get_end (const WeirChartData *self,
                         guint                index)
{
  g_return_val_if_fail (index < self->n_times, 0);

  if (self->end == 0)
    return (gint64) self->times[index];
  return index + 1 < self->n_times ? (gint64) self->times[index + 1] : self->end;
}

/**
 * weir_chart_data_get_spacing:
 * @self: data
 *
 * Returns: from one instant to the next, on average, in microseconds; 0 when there is only one
 */
gint64
weir_chart_data_get_spacing (const WeirChartData *self)
{
  return self->n_times > 1
         ? (gint64) ((self->times[self->n_times - 1] - self->times[0]) / (self->n_times - 1)) : 0;
}

/**
 * weir_chart_data_dup_time:
 * @self: data
 * @index: which instant
 *
 * Returns: (transfer full): the instant, or the period, as a reader would say it
 */
char *
weir_chart_data_dup_time (const WeirChartData *self,
                          guint                index)
{
  gint64 time = weir_chart_data_get_time (self, index);
  gint64 length = weir_chart_data_get_end (self, index) - time;

  /* A moment among moments of days is not told by its clock alone. */
  if (length == 0 && weir_chart_data_get_spacing (self) >= G_TIME_SPAN_HOUR)
    length = G_TIME_SPAN_HOUR;
  return weir_format_period (time, (double) length);
}

/**
 * weir_chart_data_find_time:
 * @self: data with at least one instant
 * @time: microseconds since the epoch
 *
 * Returns: the instant that is nearest
 */
guint
weir_chart_data_find_time (const WeirChartData *self,
                           double               time)
{
  guint low = 0, high = self->n_times - 1;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (self->times[middle] <= time)
        low = middle;
      else
        high = middle;
    }
  return fabs (self->times[low] - time) <= fabs (self->times[high] - time) ? low : high;
}

/**
 * weir_chart_data_dup_csv:
 * @self: data
 *
 * Returns: (transfer full): a table, one line for each instant, oldest first
 */
char *
weir_chart_data_dup_csv (const WeirChartData *self)
{
  GString *out = g_string_new ("time");

  for (guint i = 0; i < self->series->len; i++)
    {
      g_string_append_c (out, ',');
      weir_csv_append_text (out, get_series (self, i)->name);
    }
  g_string_append (out, "\r\n");
  for (guint i = 0; i < self->n_times; i++)
    {
      g_autoptr(GDateTime) time =
        g_date_time_new_from_unix_utc ((gint64) self->times[i] / G_USEC_PER_SEC);
      g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : g_strdup ("");

      g_string_append (out, text);
      for (guint j = 0; j < self->series->len; j++)
        {
          char number[G_ASCII_DTOSTR_BUF_SIZE];
          double value = get_series (self, j)->values[i];

          g_string_append_c (out, ',');
          if (!isnan (value))
            g_string_append (out, g_ascii_dtostr (number, sizeof number, value));
        }
      g_string_append (out, "\r\n");
    }
  return g_string_free (out, FALSE);
}
