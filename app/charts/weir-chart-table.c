/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-table.h"

#include <glib/gi18n.h>

/* The newest instant is the first row. */
static guint
get_instant (WeirChartData *self,
             guint          row)
{
  return weir_chart_data_get_n_times (self) - 1 - row;
}

static guint
get_n_rows (gpointer data)
{
  return weir_chart_data_get_n_times (data);
}

static double
get_number (gpointer data,
            guint    row,
            guint    column)
{
  guint at = get_instant (data, row);

  return column == 0 ? (double) weir_chart_data_get_time (data, at)
                     : weir_chart_data_get_values (data, column - 1)[at];
}

static char *
dup_text (gpointer data,
          guint    row,
          guint    column)
{
  guint at = get_instant (data, row);
  g_autofree char *text = NULL;

  if (column == 0)
    return weir_chart_data_dup_time (data, at);
  text = weir_chart_data_dup_value (data, column - 1, at);
  if (!weir_chart_data_is_running (data, column - 1, at))
    return g_steal_pointer (&text);
  /* Translators: a number that can still grow, because its period still runs. */
  return g_strdup_printf (_("%s…"), text);
}

static void
free_data (gpointer data)
{
  weir_chart_data_unref (data);
}

/**
 * weir_chart_table_fill:
 * @table: a table
 * @data: what a chart shows
 *
 * Fills the table: a line for each instant, a column for each series. Texts are made for those that
 * are looked at.
 */
void
weir_chart_table_fill (WeirDataTable *table,
                       WeirChartData *data)
{
  static const WeirDataSource source = { get_n_rows, dup_text, get_number, free_data };
  guint n = weir_chart_data_get_n_series (data);
  g_autofree WeirDataColumn *columns = g_new0 (WeirDataColumn, n + 1);

  columns[0] = (WeirDataColumn) { _("Time"), FALSE, FALSE };
  for (guint i = 0; i < n; i++)
    columns[i + 1] = (WeirDataColumn) { weir_chart_data_get_name (data, i), TRUE, FALSE };
  weir_data_table_set_columns (table, columns, n + 1);
  weir_data_table_set_source (table, &source, weir_chart_data_ref (data));
}
