/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trend-report.h"

#include <math.h>
#include <string.h>

#include "weir-csv.h"
#include "weir-error.h"
#include "weir-event-json.h"

#define MAX_GROUPS 25
#define MAX_VALUES 1000000

typedef struct {
  guint32 group;
  guint64 total;
  guint line;      /* MAX_GROUPS when it is one of the others */
} Group;

struct _WeirTrendReport {
  WeirAnswer *answer;
  WeirTrendTable *table;
  const WeirTrendSpec *spec;
  gint32 first;
  guint n_buckets;
  guint n_lines;           /* of each series */
  GArray *groups;          /* Group, the greatest first */
  GHashTable *by_group;    /* group → Group, in groups */
  WeirTrendCell **cells;   /* by series, line and bucket; NULL where there is nothing */
  GPtrArray *others;       /* cells of the report's own */
  WeirBits scratch;
};

static gboolean
is_shown (WeirTrendReport *self,
          gint32           bucket)
{
  return bucket >= self->first && bucket < self->first + (gint32) self->n_buckets;
}

static void
count_group (WeirTrendCell *cell,
             guint          series,
             guint32        group,
             gint32         bucket,
             gpointer       user_data)
{
  WeirTrendReport *self = user_data;
  Group *one;

  if (!is_shown (self, bucket))
    return;
  one = g_hash_table_lookup (self->by_group, GUINT_TO_POINTER (group));
  if (one == NULL)
    {
      one = g_new0 (Group, 1);
      one->group = group;
      g_hash_table_insert (self->by_group, GUINT_TO_POINTER (group), one);
    }
  one->total += cell->count;
}

static const char *
get_text (WeirTrendReport *self,
          guint32          group)
{
  return group != WEIR_NO_GROUP ? weir_answer_get_group_text (self->answer, group) : NULL;
}

/* The greatest total first, then by name, no name last. */
static int
compare_groups (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  const Group *one = *(const Group *const *) a;
  const Group *two = *(const Group *const *) b;
  const char *first = get_text (user_data, one->group);
  const char *second = get_text (user_data, two->group);

  if (one->total != two->total)
    return one->total > two->total ? -1 : 1;
  if (first == NULL || second == NULL)
    return (first == NULL) - (second == NULL);

  return strcmp (first, second);
}

static void
rank_groups (WeirTrendReport *self)
{
  GHashTableIter iter;
  gpointer group;

  weir_trend_table_foreach (self->table, count_group, self);
  g_hash_table_iter_init (&iter, self->by_group);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    g_array_append_val (self->groups, group);
  g_array_sort_with_data (self->groups, compare_groups, self);
  for (guint i = 0; i < self->groups->len; i++)
    g_array_index (self->groups, Group *, i)->line = MIN (i, MAX_GROUPS);
  self->n_lines = MIN (self->groups->len, MAX_GROUPS + 1);
}

static guint
get_line (WeirTrendReport *self,
          guint32          group)
{
  const Group *one;

  if (self->spec->breakdown == NULL)
    return 0;
  one = g_hash_table_lookup (self->by_group, GUINT_TO_POINTER (group));

  return one->line;
}

static WeirTrendCell **
get_place (WeirTrendReport *self,
           guint            series,
           guint            line,
           guint            bucket)
{
  return &self->cells[((gsize) series * self->n_lines + line) * self->n_buckets + bucket];
}

static void
place_cell (WeirTrendCell *cell,
            guint          series,
            guint32        group,
            gint32         bucket,
            gpointer       user_data)
{
  WeirTrendReport *self = user_data;
  WeirTrendCell **place;
  guint line;

  if (!is_shown (self, bucket))
    return;
  line = get_line (self, group);
  place = get_place (self, series, line, (guint) (bucket - self->first));
  if (line < MAX_GROUPS)
    {
      *place = cell;
      return;
    }
  if (*place == NULL)
    {
      *place = g_new0 (WeirTrendCell, 1);
      g_ptr_array_add (self->others, *place);
    }
  weir_trend_cell_merge (*place, cell);
}

static gboolean
place_cells (WeirTrendReport  *self,
             GError          **error)
{
  gsize n_values = (gsize) self->spec->n_series * self->n_lines * self->n_buckets;

  if (n_values > MAX_VALUES)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "the trend has more than %d values; choose a longer interval, a shorter range "
                   "or fewer series", MAX_VALUES);
      return FALSE;
    }
  self->cells = g_new0 (WeirTrendCell *, MAX (n_values, 1));
  weir_trend_table_foreach (self->table, place_cell, self);

  return TRUE;
}

/* A cell's value; NAN when it has none. */
static double
get_value (WeirTrendReport *self,
           guint            series,
           guint            line,
           guint            bucket)
{
  WeirMeasure measure = self->spec->series[series].measure;
  WeirTrendCell *cell = *get_place (self, series, line, bucket);

  if (cell == NULL)
    return measure <= WEIR_MEASURE_SUM ? 0 : NAN;
  if (measure == WEIR_MEASURE_PERSONS && !cell->is_counted)
    {
      const WeirPersonMap *map = weir_people_get_map (weir_answer_get_people (self->answer));

      cell->n_persons = weir_identity_set_count_persons (cell->persons, map, &self->scratch);
      cell->is_counted = TRUE;
    }

  return weir_trend_cell_get (cell, measure);
}

static void
append_value (WeirTrendReport *self,
              guint            series,
              guint            line,
              guint            bucket,
              const char      *none,
              GString         *out)
{
  double value = get_value (self, series, line, bucket);

  if (!isfinite (value))
    g_string_append (out, none);
  else if (self->spec->series[series].measure <= WEIR_MEASURE_PERSONS)
    g_string_append_printf (out, "%.0f", value);
  else
    weir_json_append_double (out, value);
}

static gboolean
is_others (WeirTrendReport *self,
           guint            line)
{
  return self->spec->breakdown != NULL && line == MAX_GROUPS;
}

static void
append_group (WeirTrendReport *self,
              guint            line,
              GString         *out)
{
  const char *text;

  if (self->spec->breakdown == NULL)
    return;
  if (is_others (self, line))
    {
      g_string_append (out, ",\"group\":\"other\",\"other\":true");
      return;
    }
  text = get_text (self, g_array_index (self->groups, Group *, line)->group);
  g_string_append (out, ",\"group\":");
  if (text != NULL)
    weir_json_append_string (out, text, strlen (text));
  else
    g_string_append (out, "null");
}

static void
append_line (WeirTrendReport *self,
             guint            series,
             guint            line,
             GString         *out)
{
  const WeirTrendSeries *one = &self->spec->series[series];
  const char *event = one->term.event != NULL ? one->term.event : "*";

  g_string_append (out, series + line > 0 ? ",{\"name\":" : "{\"name\":");
  weir_json_append_string (out, one->name, strlen (one->name));
  g_string_append (out, ",\"event\":");
  weir_json_append_string (out, event, strlen (event));
  g_string_append_printf (out, ",\"measure\":\"%s\"", weir_measure_get_name (one->measure));
  append_group (self, line, out);
  g_string_append (out, ",\"values\":[");
  for (guint i = 0; i < self->n_buckets; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_value (self, series, line, i, "null", out);
    }
  g_string_append (out, "]}");
}

/* One column for each series. */
static void
write_columns (WeirTrendReport *self,
               GString         *out)
{
  g_string_append (out, "time");
  for (guint i = 0; i < self->spec->n_series; i++)
    {
      g_string_append_c (out, ',');
      weir_csv_append_text (out, self->spec->series[i].name);
    }
  g_string_append (out, "\r\n");
  for (guint i = 0; i < self->n_buckets; i++)
    {
      g_autofree char *time = weir_trend_table_format (self->table, self->first + (gint32) i);

      g_string_append (out, time);
      for (guint j = 0; j < self->spec->n_series; j++)
        {
          g_string_append_c (out, ',');
          append_value (self, j, 0, i, "", out);
        }
      g_string_append (out, "\r\n");
    }
}

/* One line for each value, since groups may have any name. */
static void
write_groups (WeirTrendReport *self,
              guint            series,
              guint            line,
              GString         *out)
{
  const char *text = is_others (self, line)
                         ? "other"
                         : get_text (self, g_array_index (self->groups, Group *, line)->group);

  for (guint i = 0; i < self->n_buckets; i++)
    {
      g_autofree char *time = weir_trend_table_format (self->table, self->first + (gint32) i);

      g_string_append_printf (out, "%s,", time);
      weir_csv_append_text (out, self->spec->series[series].name);
      g_string_append_c (out, ',');
      weir_csv_append_text (out, text != NULL ? text : "");
      g_string_append (out, is_others (self, line) ? ",true," : ",false,");
      append_value (self, series, line, i, "", out);
      g_string_append (out, "\r\n");
    }
}

/**
 * weir_trend_report_new:
 * @answer: whose report it is
 * @table: the cells, which must not change while there is a report
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the report, or %NULL with %WEIR_ERROR_INVALID_REQUEST when
 *   it would be too large
 */
WeirTrendReport *
weir_trend_report_new (WeirAnswer      *answer,
                       WeirTrendTable  *table,
                       GError         **error)
{
  g_autoptr(WeirTrendReport) self = g_new0 (WeirTrendReport, 1);
  WeirQuestion *question = weir_answer_get_question (answer);
  const WeirRange *range = weir_question_get_range (question);

  self->answer = answer;
  self->table = table;
  self->spec = weir_trend_get_spec (WEIR_TREND (question));
  self->n_lines = 1;
  self->groups = g_array_new (FALSE, FALSE, sizeof (Group *));
  self->by_group = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->others = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_trend_cell_free);
  if (!weir_trend_table_get_buckets (table, range->from, range->until, &self->first,
                                     &self->n_buckets, error))
    return NULL;
  if (self->spec->breakdown != NULL)
    rank_groups (self);
  if (!place_cells (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_trend_report_free:
 * @self: (transfer full): a report
 */
void
weir_trend_report_free (WeirTrendReport *self)
{
  g_array_unref (self->groups);
  g_hash_table_unref (self->by_group);
  g_ptr_array_unref (self->others);
  weir_bits_clear (&self->scratch);
  g_free (self->cells);
  g_free (self);
}

/**
 * weir_trend_report_write:
 * @self: a report
 * @out: where to append the members of the JSON object, without braces
 */
void
weir_trend_report_write (WeirTrendReport *self,
                         GString         *out)
{
  g_string_append (out, "\"times\":[");
  for (guint i = 0; i < self->n_buckets; i++)
    {
      g_autofree char *time = weir_trend_table_format (self->table, self->first + (gint32) i);

      g_string_append_printf (out, i > 0 ? ",\"%s\"" : "\"%s\"", time);
    }
  g_string_append (out, "],\"series\":[");
  for (guint i = 0; i < self->spec->n_series; i++)
    {
      for (guint j = 0; j < self->n_lines; j++)
        append_line (self, i, j, out);
    }
  g_string_append_c (out, ']');
}

/**
 * weir_trend_report_write_csv:
 * @self: a report
 * @out: where to append lines, the first of which names the columns
 */
void
weir_trend_report_write_csv (WeirTrendReport *self,
                             GString         *out)
{
  if (self->spec->breakdown == NULL)
    {
      write_columns (self, out);
      return;
    }
  g_string_append (out, "time,series,group,other,value\r\n");
  for (guint i = 0; i < self->spec->n_series; i++)
    {
      for (guint j = 0; j < self->n_lines; j++)
        write_groups (self, i, j, out);
    }
}
