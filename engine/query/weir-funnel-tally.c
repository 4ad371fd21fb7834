/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-tally.h"

#include <string.h>

#include "weir-csv.h"
#include "weir-event-json.h"

#define MAX_GROUPS 25

typedef struct {
  guint32 group;
  const char *name;                           /* NULL: the event has no such property */
  guint counts[WEIR_FUNNEL_MAX_STEPS];
  guint excluded;
  GArray *durations[WEIR_FUNNEL_MAX_STEPS];   /* gint64 to each step; NULL when nobody asks */
} Part;

/* Where the bars of the histogram begin, in seconds: round for people, and the same whatever
 * happens, so that a picture that follows the stream does not jump. */
static const gint64 bin_starts[] = {
  0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400,
  2 * 86400, 4 * 86400, 7 * 86400, 14 * 86400, 30 * 86400, 60 * 86400, 90 * 86400, 180 * 86400,
  365 * 86400,
};

struct _WeirFunnelTally {
  WeirFunnelAnswer *answer;
  const WeirFunnelStep *steps;
  guint n_steps;
  gboolean has_groups;
  Part all;
  GPtrArray *parts;         /* Part; the greatest first, those beyond the limit are not shown */
  GHashTable *by_group;     /* group + 1 → Part */
  Part rest;
  guint n_rest;             /* how many groups it holds */
  gboolean has_histogram;
  guint bins[G_N_ELEMENTS (bin_starts)];
};

static void
clear_part (Part *part)
{
  for (guint i = 0; i < WEIR_FUNNEL_MAX_STEPS; i++)
    g_clear_pointer (&part->durations[i], g_array_unref);
}

static void
free_part (gpointer data)
{
  clear_part (data);
  g_free (data);
}

static void
keep_durations (WeirFunnelTally *self,
                Part            *part)
{
  for (guint i = 1; i < self->n_steps; i++)
    part->durations[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
}

static Part *
get_part (WeirFunnelTally *self,
          guint32          group)
{
  gpointer key = GUINT_TO_POINTER (group + 1);   /* WEIR_NO_GROUP becomes 0 */
  Part *part = g_hash_table_lookup (self->by_group, key);

  if (part != NULL)
    return part;
  part = g_new0 (Part, 1);
  part->group = group;
  part->name = group == WEIR_NO_GROUP
                   ? NULL
                   : weir_answer_get_group_text (WEIR_ANSWER (self->answer), group);
  g_ptr_array_add (self->parts, part);
  g_hash_table_insert (self->by_group, key, part);

  return part;
}

static void
count (Part                    *part,
       const WeirFunnelOutcome *outcome)
{
  if (outcome->reached == WEIR_FUNNEL_EXCLUDED)
    part->excluded++;
  for (int i = 0; i < outcome->reached; i++)
    part->counts[i]++;
}

static void
measure (Part                    *part,
         const WeirFunnelOutcome *outcome)
{
  for (guint i = 0; i < outcome->n_durations; i++)
    g_array_append_val (part->durations[i + 1], outcome->durations[i]);
}

static void
count_in_bin (WeirFunnelTally         *self,
              const WeirFunnelOutcome *outcome)
{
  gint64 total = 0;
  guint bin = 0;

  if (outcome->reached != (int) self->n_steps)
    return;
  for (guint i = 0; i < outcome->n_durations; i++)
    total += outcome->durations[i];
  while (bin + 1 < G_N_ELEMENTS (bin_starts) && total >= bin_starts[bin + 1] * G_TIME_SPAN_SECOND)
    bin++;
  self->bins[bin]++;
}

static void
count_outcome (const WeirFunnelOutcome *outcome,
               gpointer                 user_data)
{
  WeirFunnelTally *self = user_data;

  count (&self->all, outcome);
  measure (&self->all, outcome);
  if (self->has_histogram)
    count_in_bin (self, outcome);
  if (self->has_groups)
    count (get_part (self, outcome->group), outcome);
}

static void
measure_outcome (const WeirFunnelOutcome *outcome,
                 gpointer                 user_data)
{
  WeirFunnelTally *self = user_data;
  Part *part = get_part (self, outcome->group);

  if (part->durations[1] != NULL)
    {
      measure (part, outcome);
      return;
    }
  count (&self->rest, outcome);
  measure (&self->rest, outcome);
}

static int
compare_parts (gconstpointer a,
               gconstpointer b)
{
  const Part *one = *(const Part *const *) a;
  const Part *two = *(const Part *const *) b;

  if (one->counts[0] != two->counts[0])
    return one->counts[0] > two->counts[0] ? -1 : 1;

  return g_strcmp0 (one->name, two->name);
}

/* The value that would be at @rank if all were sorted; moves values about. Goes from the highest
 * byte to the lowest and keeps those that agree so far, so no order of the values is a bad one. */
static gint64
select_value (gint64 *values,
              guint   n_values,
              guint   rank)
{
  for (int shift = 56; shift >= 0 && n_values > 1; shift -= 8)
    {
      guint counts[256] = { 0 };
      guint byte = 0;
      guint kept = 0;

      for (guint i = 0; i < n_values; i++)
        counts[values[i] >> shift & 0xff]++;
      for (; rank >= counts[byte]; byte++)
        rank -= counts[byte];
      for (guint i = 0; i < n_values && counts[byte] < n_values; i++)
        {
          if ((values[i] >> shift & 0xff) == byte)
            values[kept++] = values[i];
        }
      n_values = counts[byte];
    }
  return values[0];
}

/* Durations are never negative. */
static double
find_median (const GArray *durations)
{
  const gint64 *values = (const gint64 *) durations->data;
  gsize size = durations->len * sizeof *values;
  g_autofree gint64 *copy = g_memdup2 (values, size);
  gint64 high = select_value (copy, durations->len, durations->len / 2);
  gint64 low = high;

  if (durations->len % 2 == 0)
    {
      memcpy (copy, values, size);
      low = select_value (copy, durations->len, durations->len / 2 - 1);
    }

  return ((double) low + (double) high) / 2 / G_TIME_SPAN_SECOND;
}

static void
append_median (GString    *out,
               const Part *part,
               guint       step,
               const char *nothing)
{
  if (step == 0 || part->durations[step]->len == 0)
    g_string_append (out, nothing);
  else
    weir_json_append_double (out, find_median (part->durations[step]));
}

static const char *
get_event (WeirFunnelTally *self,
           guint            step)
{
  return self->steps[step].event != NULL ? self->steps[step].event : "*";
}

static void
append_json_text (GString    *out,
                  const char *text)
{
  weir_json_append_string (out, text, strlen (text));
}

static void
append_part (WeirFunnelTally *self,
             GString         *out,
             const Part      *part)
{
  g_string_append (out, "\"steps\":[");
  for (guint i = 0; i < self->n_steps; i++)
    {
      g_string_append (out, i > 0 ? ",{\"event\":" : "{\"event\":");
      append_json_text (out, get_event (self, i));
      if (self->steps[i].name != NULL)
        {
          g_string_append (out, ",\"name\":");
          append_json_text (out, self->steps[i].name);
        }
      g_string_append_printf (out, ",\"count\":%u,\"median_seconds\":", part->counts[i]);
      append_median (out, part, i, "null");
      g_string_append_c (out, '}');
    }
  g_string_append_printf (out, "],\"excluded\":%u", part->excluded);
}

/* From the first bar that has somebody to the last. */
static void
append_histogram (WeirFunnelTally *self,
                  GString         *out)
{
  guint first = 0, end = G_N_ELEMENTS (bin_starts);

  while (first < end && self->bins[first] == 0)
    first++;
  while (end > first && self->bins[end - 1] == 0)
    end--;
  g_string_append (out, ",\"histogram\":[");
  for (guint i = first; i < end; i++)
    {
      g_string_append_printf (out, "%s{\"from\":%" G_GINT64_FORMAT ",\"to\":",
                              i > first ? "," : "", bin_starts[i]);
      if (i + 1 < G_N_ELEMENTS (bin_starts))
        g_string_append_printf (out, "%" G_GINT64_FORMAT, bin_starts[i + 1]);
      else
        g_string_append (out, "null");
      g_string_append_printf (out, ",\"count\":%u}", self->bins[i]);
    }
  g_string_append_c (out, ']');
}

static void
append_csv_part (WeirFunnelTally *self,
                 GString         *out,
                 const Part      *part)
{
  for (guint i = 0; i < self->n_steps; i++)
    {
      if (self->has_groups)
        {
          weir_csv_append_text (out, part == &self->rest ? "other" : part->name);
          g_string_append_printf (out, ",%s,", part == &self->rest ? "true" : "false");
        }
      g_string_append_printf (out, "%u,", i + 1);
      weir_csv_append_text (out, get_event (self, i));
      g_string_append_printf (out, ",%u,", part->counts[i]);
      append_median (out, part, i, "");
      g_string_append (out, "\r\n");
    }
}

/**
 * weir_funnel_tally_new:
 * @answer: an answer that is up to date; must live longer
 *
 * Returns: (transfer full): its numbers
 */
WeirFunnelTally *
weir_funnel_tally_new (WeirFunnelAnswer *answer)
{
  WeirFunnelTally *self = g_new0 (WeirFunnelTally, 1);
  WeirFunnel *funnel = WEIR_FUNNEL (weir_answer_get_question (WEIR_ANSWER (answer)));

  self->answer = answer;
  self->steps = weir_funnel_get_steps (funnel, &self->n_steps);
  self->has_groups = weir_funnel_get_breakdown (funnel) != NULL;
  self->has_histogram = weir_funnel_has_histogram (funnel);
  self->parts = g_ptr_array_new_with_free_func (free_part);
  self->by_group = g_hash_table_new (NULL, NULL);
  keep_durations (self, &self->all);
  weir_funnel_answer_foreach (answer, count_outcome, self);
  if (!self->has_groups)
    return self;

  g_ptr_array_sort (self->parts, compare_parts);
  for (guint i = 0; i < MIN (self->parts->len, MAX_GROUPS); i++)
    keep_durations (self, g_ptr_array_index (self->parts, i));
  self->n_rest = self->parts->len - MIN (self->parts->len, MAX_GROUPS);
  keep_durations (self, &self->rest);
  weir_funnel_answer_foreach (answer, measure_outcome, self);

  return self;
}

/**
 * weir_funnel_tally_free:
 * @self: (transfer full): numbers
 */
void
weir_funnel_tally_free (WeirFunnelTally *self)
{
  clear_part (&self->all);
  clear_part (&self->rest);
  g_ptr_array_unref (self->parts);
  g_hash_table_unref (self->by_group);
  g_free (self);
}

/**
 * weir_funnel_tally_names:
 * @self: numbers
 * @group: a group
 *
 * Returns: whether the group is shown by its name, and not together with others
 */
gboolean
weir_funnel_tally_names (WeirFunnelTally *self,
                         guint32          group)
{
  Part *part = g_hash_table_lookup (self->by_group, GUINT_TO_POINTER (group + 1));

  return part != NULL && part->durations[1] != NULL;
}

/**
 * weir_funnel_tally_write:
 * @self: numbers
 * @out: where the members of the answer are appended
 */
void
weir_funnel_tally_write (WeirFunnelTally *self,
                         GString         *out)
{
  append_part (self, out, &self->all);
  if (self->has_histogram)
    append_histogram (self, out);
  if (!self->has_groups)
    return;
  g_string_append (out, ",\"groups\":[");
  for (guint i = 0; i < self->parts->len - self->n_rest; i++)
    {
      const Part *part = g_ptr_array_index (self->parts, i);

      g_string_append (out, i > 0 ? ",{\"name\":" : "{\"name\":");
      if (part->name != NULL)
        append_json_text (out, part->name);
      else
        g_string_append (out, "null");
      g_string_append_c (out, ',');
      append_part (self, out, part);
      g_string_append_c (out, '}');
    }
  if (self->n_rest > 0)
    {
      g_string_append (out, ",{\"name\":\"other\",\"other\":true,");
      append_part (self, out, &self->rest);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

/**
 * weir_funnel_tally_write_csv:
 * @self: numbers
 * @out: where lines are appended
 *
 * One line for each step; with a breakdown for each step of each group, of which the column `other`
 * says whether it holds several.
 */
void
weir_funnel_tally_write_csv (WeirFunnelTally *self,
                             GString         *out)
{
  g_string_append (out, self->has_groups ? "group,other,step,event,count,median_seconds\r\n"
                                         : "step,event,count,median_seconds\r\n");
  if (!self->has_groups)
    append_csv_part (self, out, &self->all);
  for (guint i = 0; i < self->parts->len - self->n_rest; i++)
    append_csv_part (self, out, g_ptr_array_index (self->parts, i));
  if (self->n_rest > 0)
    append_csv_part (self, out, &self->rest);
}
