/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-retention-result.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-json.h"
#include "weir-time.h"

/* “2026-03-29”, or an instant of an hour; as a reader of the local calendar would say it. */
static char *
dup_row_name (const char *start,
              const char *period)
{
  g_autoptr(GDateTime) time = NULL;
  int year, month, day;
  gint64 micros;

  if (start == NULL)
    return g_strdup ("");
  if (weir_time_parse_rfc3339 (start, strlen (start), &micros))
    return weir_format_period (micros, 1. * G_TIME_SPAN_HOUR);
  if (sscanf (start, "%d-%d-%d", &year, &month, &day) != 3)
    return g_strdup (start);
  time = g_date_time_new_local (year, month, day, 0, 0, 0);
  if (time == NULL)
    return g_strdup (start);
  if (g_str_equal (period, "month"))
    return g_date_time_format (time, _("%b %Y"));
  return g_date_time_format (time, _("%a %-d %b"));
}

/**
 * weir_retention_result_read:
 * @answer: the answer to a question of retention
 * @period: its period
 * @n_periods: how many periods were asked for
 *
 * Returns: (transfer full): what it says, for a chart
 */
WeirHeatData *
weir_retention_result_read (JsonObject *answer,
                            const char *period,
                            guint       n_periods)
{
  JsonArray *cohorts = weir_json_get_array (answer, "cohorts");
  WeirHeatData *data = weir_heat_data_new (n_periods);
  g_autofree double *values = g_new0 (double, MAX (1, n_periods));

  for (guint i = 0; i < weir_json_array_get_n (cohorts); i++)
    {
      JsonObject *cohort = weir_json_array_get_object (cohorts, i);
      JsonArray *row = weir_json_get_array (cohort, "values");
      double incomplete = weir_json_get_number (cohort, "incomplete");
      g_autofree char *name = dup_row_name (weir_json_get_text (cohort, "start"), period);

      for (guint j = 0; j < n_periods; j++)
        values[j] = j < weir_json_array_get_n (row)
                    ? weir_json_node_to_number (json_array_get_element (row, j), NAN) : NAN;
      /* Cohorts to come, which are the last ones. */
      if (n_periods > 0 && isnan (values[0]))
        break;
      weir_heat_data_add_row (data, name, weir_json_get_count (cohort, "size"), values,
                              isnan (incomplete) ? n_periods : (guint) incomplete);
    }
  return data;
}

static char *
dup_cell (WeirHeatData *data,
          guint         row,
          guint         column,
          gboolean      counts)
{
  double value = weir_heat_data_get_value (data, row, column);
  g_autofree char *text = NULL;

  if (isnan (value))
    return g_strdup ("");
  text = counts ? weir_format_exact ((guint64) value)
                : weir_format_share (weir_heat_data_get_ratio (data, row, column));
  if (weir_heat_data_is_complete (data, row, column))
    return g_steal_pointer (&text);
  /* Translators: a number that can still grow, because its period still runs. */
  return g_strdup_printf (_("%s…"), text);
}

/**
 * weir_retention_result_fill:
 * @data: what a chart shows
 * @table: its twin
 * @counts: whether it says how many, rather than which part
 *
 * Fills the table.
 */
void
weir_retention_result_fill (WeirHeatData  *data,
                            WeirDataTable *table,
                            gboolean       counts)
{
  guint n = weir_heat_data_get_n_columns (data);
  g_autofree WeirDataColumn *columns = g_new0 (WeirDataColumn, n + 2);
  g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  GArray *cells = weir_data_cells_new ();

  columns[0] = (WeirDataColumn) { _("Cohort"), FALSE, FALSE };
  columns[1] = (WeirDataColumn) { _("People"), TRUE, TRUE };
  for (guint i = 0; i < n; i++)
    {
      char *title = g_strdup_printf ("%u", i);

      g_ptr_array_add (titles, title);
      columns[i + 2] = (WeirDataColumn) { title, TRUE, TRUE };
    }
  for (guint row = 0; row < weir_heat_data_get_n_rows (data); row++)
    {
      /* By time, not by the names of days. */
      weir_data_cells_add (cells, g_strdup (weir_heat_data_get_name (data, row)), row);
      weir_data_cells_add (cells, weir_format_exact (weir_heat_data_get_size (data, row)),
                           (double) weir_heat_data_get_size (data, row));
      for (guint i = 0; i < n; i++)
        weir_data_cells_add (cells, dup_cell (data, row, i, counts),
                             counts ? weir_heat_data_get_value (data, row, i)
                                    : weir_heat_data_get_ratio (data, row, i));
    }
  weir_data_table_set_columns (table, columns, n + 2);
  weir_data_table_take_cells (table, cells);
}
