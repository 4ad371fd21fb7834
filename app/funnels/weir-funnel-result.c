/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-result.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-json.h"
#include "weir-palette.h"

static const char *
get_step_name (JsonObject *step)
{
  const char *name = weir_json_get_text (step, "name");
  const char *event = weir_json_get_text (step, "event");

  if (name != NULL)
    return name;
  return event == NULL || g_str_equal (event, "*") ? _("any event") : event;
}

static void
add_group (WeirFunnelData *data,
           const char     *name,
           guint           color,
           JsonObject     *object)
{
  JsonArray *steps = weir_json_get_array (object, "steps");
  guint n = weir_funnel_data_get_n_steps (data);
  g_autofree guint64 *counts = g_new0 (guint64, n);
  g_autofree double *medians = g_new0 (double, n);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *step = weir_json_array_get_object (steps, i);

      counts[i] = weir_json_get_count (step, "count");
      medians[i] = weir_json_get_number (step, "median_seconds");
    }
  weir_funnel_data_add_group (data, name, color, counts, medians,
                              weir_json_get_count (object, "excluded"));
}

static const char *
get_group_name (JsonObject *group)
{
  const char *name = weir_json_get_text (group, "name");

  if (weir_json_get_boolean (group, "other"))
    return _("Others");
  return name != NULL ? name : _("Without it");
}

/**
 * weir_funnel_result_read:
 * @answer: the answer to a funnel
 *
 * Returns: (transfer full): what it says, for a chart
 */
WeirFunnelData *
weir_funnel_result_read (JsonObject *answer)
{
  JsonArray *steps = weir_json_get_array (answer, "steps");
  JsonArray *groups = weir_json_get_array (answer, "groups");
  guint n = weir_json_array_get_n (steps);
  g_autofree const char **names = g_new0 (const char *, n + 1);
  WeirFunnelData *data;

  for (guint i = 0; i < n; i++)
    names[i] = get_step_name (weir_json_array_get_object (steps, i));
  data = weir_funnel_data_new (names, n);
  for (guint i = 0; i < weir_json_array_get_n (groups); i++)
    {
      JsonObject *group = weir_json_array_get_object (groups, i);

      add_group (data, get_group_name (group),
                 weir_json_get_boolean (group, "other") ? WEIR_PALETTE_NEUTRAL
                                                        : MIN (i, WEIR_PALETTE_NEUTRAL), group);
    }
  if (weir_funnel_data_get_n_groups (data) == 0)
    add_group (data, NULL, 0, answer);
  return data;
}

/**
 * weir_funnel_result_get_group:
 * @answer: the answer to a funnel
 * @group: a group of its chart
 *
 * Returns: (transfer none) (nullable): what the answer says of it; %NULL without a breakdown
 */
JsonObject *
weir_funnel_result_get_group (JsonObject *answer,
                              guint       group)
{
  return weir_json_array_get_object (weir_json_get_array (answer, "groups"), group);
}

/**
 * weir_funnel_result_read_bins:
 * @answer: the answer to a funnel
 *
 * Returns: (transfer full) (element-type WeirBin): how long it took from the first step to the last
 */
GArray *
weir_funnel_result_read_bins (JsonObject *answer)
{
  JsonArray *histogram = weir_json_get_array (answer, "histogram");
  GArray *bins = g_array_new (FALSE, FALSE, sizeof (WeirBin));

  for (guint i = 0; i < weir_json_array_get_n (histogram); i++)
    {
      JsonObject *object = weir_json_array_get_object (histogram, i);
      WeirBin bin = { weir_json_get_number (object, "from"), weir_json_get_number (object, "to"),
                      weir_json_get_count (object, "count") };

      if (isnan (bin.to))
        bin.to = INFINITY;
      if (!isnan (bin.from))
        g_array_append_val (bins, bin);
    }
  return bins;
}

/* In the order of the columns. */
static void
add_row (GArray         *cells,
         WeirFunnelData *data,
         guint           group,
         guint           step)
{
  const char *group_name = weir_funnel_data_get_group (data, group);
  const char *step_name = weir_funnel_data_get_step (data, step);
  guint64 count = weir_funnel_data_get_count (data, group, step);
  guint64 dropped = step > 0 ? weir_funnel_data_get_dropped (data, group, step) : 0;
  double of_previous = weir_funnel_data_get_of_previous (data, group, step);
  double of_first = weir_funnel_data_get_of_first (data, group, step);
  double median = weir_funnel_data_get_median (data, group, step);

  weir_data_cells_add (cells, group_name != NULL
                              ? g_strdup_printf ("%u  %s · %s", step + 1, step_name, group_name)
                              : g_strdup_printf ("%u  %s", step + 1, step_name),
                       step * weir_funnel_data_get_n_groups (data) + group);
  weir_data_cells_add (cells, weir_format_exact (count), (double) count);
  weir_data_cells_add (cells, step == 0 ? g_strdup ("") : weir_format_share (of_previous),
                       step == 0 ? NAN : of_previous);
  weir_data_cells_add (cells, weir_format_share (of_first), of_first);
  weir_data_cells_add (cells, isnan (median) ? g_strdup ("") : weir_format_span (median), median);
  weir_data_cells_add (cells, step == 0 ? g_strdup ("") : weir_format_exact (dropped),
                       step == 0 ? NAN : (double) dropped);
}

/**
 * weir_funnel_result_fill:
 * @data: what a chart shows
 * @table: its twin
 *
 * Fills the table: step by step, and in each step group by group.
 */
void
weir_funnel_result_fill (WeirFunnelData *data,
                         WeirDataTable  *table)
{
  const WeirDataColumn columns[] = {
    { _("Step"), FALSE, FALSE },
    { _("People"), TRUE, TRUE },
    { _("Of previous"), TRUE, TRUE },
    { _("Of first"), TRUE, TRUE },
    { _("Median time"), TRUE, TRUE },
    { _("Dropped"), TRUE, TRUE },
  };
  GArray *cells = weir_data_cells_new ();

  for (guint step = 0; step < weir_funnel_data_get_n_steps (data); step++)
    {
      for (guint group = 0; group < weir_funnel_data_get_n_groups (data); group++)
        add_row (cells, data, group, step);
    }
  weir_data_table_set_columns (table, columns, G_N_ELEMENTS (columns));
  weir_data_table_take_cells (table, cells);
}

/**
 * weir_funnel_result_get_total:
 * @data: what a chart shows
 * @step: a step, from 0 on
 *
 * Returns: how many got so far, of all groups
 */
guint64
weir_funnel_result_get_total (WeirFunnelData *data,
                              guint           step)
{
  guint64 total = 0;

  for (guint i = 0; i < weir_funnel_data_get_n_groups (data); i++)
    total += weir_funnel_data_get_count (data, i, step);
  return total;
}

/**
 * weir_funnel_result_get_excluded:
 * @data: what a chart shows
 *
 * Returns: how many were taken out, of all groups
 */
guint64
weir_funnel_result_get_excluded (WeirFunnelData *data)
{
  guint64 total = 0;

  for (guint i = 0; i < weir_funnel_data_get_n_groups (data); i++)
    total += weir_funnel_data_get_excluded (data, i);
  return total;
}
