/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weir-activity-private.h"
#include "weir-event-json.h"
#include "weir-time.h"

#define MAX_LISTED_TYPES 10
#define MAX_LISTED_DEPENDENCIES 20
#define MAX_LISTED_SOURCES 50

/* One name, summed over the window. */
typedef struct
{
  const WeirActivitySeries *series;
  guint64 count;
  guint64 errors;
  guint64 n_values;
  double sum;
} Sum;

typedef struct
{
  GString *out;
  WeirSketch *scratch;
  gint32 first;    /* slots of the window */
  gint32 last;
} Writer;

typedef guint32 (*CellFunc) (const WeirActivityCell *cell);

static guint32
cell_get_count (const WeirActivityCell *cell)
{
  return cell->count;
}

static guint32
cell_get_errors (const WeirActivityCell *cell)
{
  return cell->errors;
}

static Sum
sum_series (const Writer             *writer,
            const WeirActivitySeries *series)
{
  Sum sum = { .series = series };

  for (gint32 slot = writer->first; slot <= writer->last; slot++)
    {
      const WeirActivityCell *cell = weir_activity_series_get (series, slot);

      sum.count += cell->count;
      sum.errors += cell->errors;
      sum.n_values += cell->n_values;
      sum.sum += cell->sum;
    }

  return sum;
}

/* Everything in the table that has happened in the window, or @all of it. */
static GArray *
sum_table (const Writer            *writer,
           const WeirActivityTable *table,
           gboolean                 all)
{
  GArray *sums = g_array_sized_new (FALSE, FALSE, sizeof (Sum), table->n_series + 1);
  Sum other = sum_series (writer, table->other);

  for (guint i = 0; i < table->n_series; i++)
    {
      Sum sum = sum_series (writer, table->series[i]);

      if (sum.count > 0 || all)
        g_array_append_val (sums, sum);
    }
  if (other.count > 0)
    g_array_append_val (sums, other);

  return sums;
}

static int
compare_by_count (gconstpointer a,
                  gconstpointer b)
{
  const Sum *x = a;
  const Sum *y = b;

  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;

  return strcmp (x->series->name, y->series->name);
}

static int
compare_by_errors (gconstpointer a,
                   gconstpointer b)
{
  const Sum *x = a;
  const Sum *y = b;

  if (x->errors != y->errors)
    return x->errors < y->errors ? 1 : -1;

  return compare_by_count (a, b);
}

/* Digits beyond what a sketch can know are noise. */
static void
append_rounded (GString *out,
                double   number,
                int      digits)
{
  if (isfinite (number) && number != 0)
    {
      double scale = pow (10, digits - 1 - floor (log10 (fabs (number))));

      if (isfinite (scale) && scale != 0)
        number = round (number * scale) / scale;
    }
  weir_json_append_double (out, number);
}

static void
append_rate (GString *out,
             guint64  part,
             guint64  whole)
{
  append_rounded (out, whole > 0 ? (double) part / whole : 0, 4);
}

static void
append_average (GString   *out,
                const Sum *sum)
{
  append_rounded (out, sum->n_values > 0 ? sum->sum / sum->n_values : NAN, 9);
}

static void
append_history (const Writer             *writer,
                const char               *member,
                const WeirActivitySeries *series,
                CellFunc                  get)
{
  g_string_append (writer->out, member);
  for (gint32 slot = writer->first; slot <= writer->last; slot++)
    g_string_append_printf (writer->out, "%s%u",
                            slot > writer->first ? "," : "[",
                            get (weir_activity_series_get (series, slot)));
  g_string_append_c (writer->out, ']');
}

static void
append_latency_history (const Writer             *writer,
                        const char               *member,
                        const WeirActivitySeries *series,
                        double                    quantile)
{
  g_string_append (writer->out, member);
  for (gint32 slot = writer->first; slot <= writer->last; slot++)
    {
      const WeirSketch *sketch = weir_activity_series_get_sketch (series, slot);

      g_string_append_c (writer->out, slot > writer->first ? ',' : '[');
      append_rounded (writer->out,
                      sketch ? weir_sketch_get_quantile (sketch, quantile) : NAN,
                      4);
    }
  g_string_append_c (writer->out, ']');
}

/* The latencies of the whole window. */
static const WeirSketch *
merge_latency (const Writer             *writer,
               const WeirActivitySeries *series)
{
  weir_sketch_clear (writer->scratch);
  for (gint32 slot = writer->first; slot <= writer->last; slot++)
    {
      const WeirSketch *sketch = weir_activity_series_get_sketch (series, slot);

      if (sketch != NULL && weir_sketch_get_count (sketch) > 0)
        weir_sketch_merge (writer->scratch, sketch);
    }

  return writer->scratch;
}

static void
append_percentiles (const Writer     *writer,
                    const WeirSketch *sketch)
{
  g_string_append (writer->out, "\"p50\":");
  append_rounded (writer->out, weir_sketch_get_quantile (sketch, 0.50), 4);
  g_string_append (writer->out, ",\"p95\":");
  append_rounded (writer->out, weir_sketch_get_quantile (sketch, 0.95), 4);
  g_string_append (writer->out, ",\"p99\":");
  append_rounded (writer->out, weir_sketch_get_quantile (sketch, 0.99), 4);
}

static void
append_totals (const Writer             *writer,
               const WeirActivitySeries *all)
{
  GString *out = writer->out;
  Sum sum = sum_series (writer, all);
  const WeirSketch *latency = merge_latency (writer, all);

  g_string_append_printf (out,
                          "\"count\":%" G_GUINT64_FORMAT ",\"errors\":%" G_GUINT64_FORMAT
                          ",\"error_rate\":",
                          sum.count, sum.errors);
  append_rate (out, sum.errors, sum.count);
  g_string_append_printf (out, ",\"latency_ms\":{\"count\":%" G_GUINT64_FORMAT ",",
                          weir_sketch_get_count (latency));
  append_percentiles (writer, latency);

  append_history (writer, "},\"history\":{\"events\":", all, cell_get_count);
  append_history (writer, ",\"errors\":", all, cell_get_errors);
  append_latency_history (writer, ",\"p50\":", all, 0.50);
  append_latency_history (writer, ",\"p95\":", all, 0.95);
  append_latency_history (writer, ",\"p99\":", all, 0.99);
  g_string_append_c (out, '}');
}

/* What is not among the listed types. */
static void
append_other_types (const Writer *writer,
                    GArray       *sums)
{
  GString *out = writer->out;
  guint64 count = 0;
  guint n_types = sums->len > MAX_LISTED_TYPES ? sums->len - MAX_LISTED_TYPES : 0;

  for (guint i = MAX_LISTED_TYPES; i < sums->len; i++)
    count += g_array_index (sums, Sum, i).count;

  g_string_append_printf (out,
                          "\"other_types\":{\"types\":%u,\"count\":%" G_GUINT64_FORMAT
                          ",\"history\":",
                          n_types, count);
  for (gint32 slot = writer->first; slot <= writer->last; slot++)
    {
      guint64 n = 0;

      for (guint i = MAX_LISTED_TYPES; i < sums->len; i++)
        n += weir_activity_series_get (g_array_index (sums, Sum, i).series, slot)->count;
      g_string_append_printf (out, "%s%" G_GUINT64_FORMAT, slot > writer->first ? "," : "[", n);
    }
  g_string_append (out, "]}");
}

static void
append_types (const Writer            *writer,
              const WeirActivityTable *table)
{
  g_autoptr (GArray) sums = sum_table (writer, table, FALSE);
  GString *out = writer->out;

  g_array_sort (sums, compare_by_count);
  g_string_append (out, "\"types\":[");
  for (guint i = 0; i < MIN (sums->len, MAX_LISTED_TYPES); i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      g_string_append (out, i > 0 ? ",{\"event\":" : "{\"event\":");
      weir_json_append_string (out, sum->series->name, sum->series->length);
      g_string_append_printf (out, ",\"count\":%" G_GUINT64_FORMAT ",\"average\":", sum->count);
      append_average (out, sum);
      g_string_append_printf (out, ",\"errors\":%" G_GUINT64_FORMAT, sum->errors);
      append_history (writer, ",\"history\":", sum->series, cell_get_count);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "],");
  append_other_types (writer, sums);
}

static void
append_dependencies (const Writer            *writer,
                     const WeirActivityTable *table)
{
  g_autoptr (GArray) sums = sum_table (writer, table, FALSE);
  GString *out = writer->out;

  g_array_sort (sums, compare_by_errors);
  g_string_append (out, "\"dependencies\":[");
  for (guint i = 0; i < MIN (sums->len, MAX_LISTED_DEPENDENCIES); i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      g_string_append (out, i > 0 ? ",{\"name\":" : "{\"name\":");
      weir_json_append_string (out, sum->series->name, sum->series->length);
      g_string_append_printf (out,
                              ",\"calls\":%" G_GUINT64_FORMAT ",\"failures\":%" G_GUINT64_FORMAT
                              ",\"error_rate\":",
                              sum->count, sum->errors);
      append_rate (out, sum->errors, sum->count);
      g_string_append_c (out, ',');
      append_percentiles (writer, merge_latency (writer, sum->series));
      append_history (writer, ",\"history\":", sum->series, cell_get_count);
      append_history (writer, ",\"failure_history\":", sum->series, cell_get_errors);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

/* Also those that are silent now: that they are is worth knowing. */
static void
append_sources (const Writer            *writer,
                const WeirActivityTable *table)
{
  g_autoptr (GArray) sums = sum_table (writer, table, TRUE);
  GString *out = writer->out;

  g_array_sort (sums, compare_by_count);
  g_string_append (out, "\"sources\":[");
  for (guint i = 0; i < MIN (sums->len, MAX_LISTED_SOURCES); i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);
      char time[WEIR_TIME_TEXT_SIZE];

      weir_time_format_rfc3339 (sum->series->last_seen, time);
      g_string_append (out, i > 0 ? ",{\"source\":" : "{\"source\":");
      weir_json_append_string (out, sum->series->name, sum->series->length);
      g_string_append_printf (out, ",\"count\":%" G_GUINT64_FORMAT ",\"last_seen\":\"%s\"}",
                              sum->count, time);
    }
  g_string_append_c (out, ']');
}

static Writer
writer_init (WeirActivity *self,
             gint64        now,
             GString      *out)
{
  gint32 current = now / WEIR_ACTIVITY_SLOT_US;

  return (Writer) {
    .out = out,
    .scratch = self->scratch,
    .first = current - WEIR_ACTIVITY_N_SLOTS + 1,
    .last = current,
  };
}

/**
 * weir_activity_append_json:
 * @self: an activity
 * @now: current time, microseconds since the epoch
 * @out: where to append
 *
 * Appends the members of the `stats` message that come from here, without the outer braces. Any
 * thread may.
 */
void
weir_activity_append_json (WeirActivity *self,
                           gint64        now,
                           GString      *out)
{
  Writer writer;

  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  g_mutex_lock (&self->mutex);
  writer = writer_init (self, now, out);
  g_string_append_printf (out,
                          "\"window_seconds\":%d,\"slot_seconds\":%d,\"slot_elapsed_seconds\":",
                          WEIR_ACTIVITY_SLOT_SECONDS * WEIR_ACTIVITY_N_SLOTS,
                          WEIR_ACTIVITY_SLOT_SECONDS);
  append_rounded (out, (double) (now % WEIR_ACTIVITY_SLOT_US) / G_USEC_PER_SEC, 3);
  g_string_append_c (out, ',');
  append_totals (&writer, self->all);
  g_string_append_c (out, ',');
  append_types (&writer, &self->types);
  g_string_append_c (out, ',');
  append_dependencies (&writer, &self->dependencies);
  g_string_append_c (out, ',');
  append_sources (&writer, &self->sources);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_activity_append_aggregations:
 * @self: an activity
 * @now: current time, microseconds since the epoch
 * @limit: how many event names at most
 * @out: where to append
 *
 * Appends an object with the time and, for the most frequent events of the window, how many there
 * were and the average of their values; null when none had one.
 */
void
weir_activity_append_aggregations (WeirActivity *self,
                                   gint64        now,
                                   guint         limit,
                                   GString      *out)
{
  g_autoptr (GArray) sums = NULL;
  char time[WEIR_TIME_TEXT_SIZE];
  Writer writer;

  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  weir_time_format_rfc3339 (now, time);
  g_string_append_printf (out, "{\"timestamp\":\"%s\",\"aggregations\":[", time);

  g_mutex_lock (&self->mutex);
  writer = writer_init (self, now, out);
  sums = sum_table (&writer, &self->types, FALSE);
  g_array_sort (sums, compare_by_count);
  for (guint i = 0; i < MIN (sums->len, limit); i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      g_string_append (out, i > 0 ? ",{\"event_type\":" : "{\"event_type\":");
      weir_json_append_string (out, sum->series->name, sum->series->length);
      g_string_append_printf (out, ",\"event_count\":%" G_GUINT64_FORMAT ",\"avg_value\":",
                              sum->count);
      append_average (out, sum);
      g_string_append_c (out, '}');
    }
  g_mutex_unlock (&self->mutex);

  g_string_append (out, "]}");
}
