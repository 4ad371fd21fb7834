/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Events are added up as they come, and forgotten; who is whom is asked when it is written. There
 * are two things that cannot be taken back from what was added up: the events of somebody who was
 * deleted, and those of somebody who is no longer a member of the cohort that the question is
 * limited to. After a deletion the answer has to be made anew; with a cohort it keeps its rows, and
 * adds up those of members when it is written. */

#include "config.h"

#include "weir-trend-answer.h"

#include <math.h>

#include "weir-answer-private.h"
#include "weir-cohort-scope.h"
#include "weir-row-heap.h"
#include "weir-trend-report.h"
#include "weir-trend-table.h"

/* More changes at once than this, and all persons are counted again. */
#define FEW_CHANGES 16

typedef struct {
  WeirRow row;
  double number;
  guint32 group;
  guint32 unused;
} Entry;

struct _WeirTrendAnswer {
  WeirAnswer parent_instance;

  const WeirTrendSpec *spec;
  WeirTrendTable *table;
  gint64 lower;          /* events before do not count */
  gint64 limit;          /* events from here on do not count, or not yet */
  gint64 first_end;      /* where the first bucket ends and the last one does, when it moves */
  gint64 last_end;
  gboolean moves;
  gboolean needs_reload;
  WeirRowHeap waiting;   /* Entry, from limit on, when it moves */
  WeirCohortScope *scope;
  GArray *rows;          /* Entry, with a scope */
  GArray *conditions;
};

G_DEFINE_FINAL_TYPE (WeirTrendAnswer, weir_trend_answer, WEIR_TYPE_ANSWER)

static void
weir_trend_answer_finalize (GObject *object)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (object);

  g_clear_pointer (&self->table, weir_trend_table_free);
  g_clear_pointer (&self->scope, weir_cohort_scope_free);
  weir_row_heap_clear (&self->waiting);
  g_array_unref (self->rows);
  g_array_unref (self->conditions);

  G_OBJECT_CLASS (weir_trend_answer_parent_class)->finalize (object);
}

/* The buckets of a range with two ends, from the start of the first. */
static WeirCalendar *
make_calendar (WeirQuestion  *question,
               gint64         now,
               GError       **error)
{
  const WeirTrendSpec *spec = weir_trend_get_spec (WEIR_TREND (question));
  gint64 from, until;

  weir_range_resolve (weir_question_get_range (question), now, &from, &until);

  return weir_calendar_new (weir_question_get_time_zone (question), spec->interval,
                            spec->week_start, from, until, WEIR_TREND_MAX_BUCKETS, error);
}

static void
set_bounds (WeirTrendAnswer    *self,
            const WeirCalendar *calendar,
            gint64              now)
{
  guint n = weir_calendar_get_n_buckets (calendar);

  self->lower = weir_calendar_get_start (calendar, 0);
  self->limit = now;
  self->first_end = weir_calendar_get_end (calendar, 0);
  self->last_end = weir_calendar_get_end (calendar, n - 1);
}

static const WeirCondition *
weir_trend_answer_get_conditions (WeirAnswer *answer,
                                  guint      *n_conditions)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (answer);
  gint64 until = self->moves ? G_MAXINT64 : self->limit;

  g_array_set_size (self->conditions, 0);
  for (guint i = 0; i < self->spec->n_series; i++)
    {
      const WeirTrendSeries *series = &self->spec->series[i];
      WeirCondition condition = weir_event_term_get_condition (&series->term, self->lower, until);

      condition.number = series->property;
      condition.group = self->spec->breakdown;
      g_array_append_val (self->conditions, condition);
    }
  if (self->scope != NULL)
    weir_cohort_scope_append_conditions (self->scope, self->conditions);
  *n_conditions = self->conditions->len;

  return (const WeirCondition *) (gconstpointer) self->conditions->data;
}

static void
add_to_table (WeirTrendAnswer *self,
              const Entry     *entry)
{
  const WeirRows rows = { 1, &entry->row, &entry->number, &entry->group };

  weir_trend_table_add (self->table, &rows);
}

static void
add_entry (WeirTrendAnswer *self,
           const WeirRow   *row,
           double           number,
           guint32          group)
{
  const Entry entry = { *row, number, group, 0 };

  if (row->time >= self->limit)
    {
      if (self->moves)
        weir_row_heap_push (&self->waiting, &entry);
      return;
    }
  if (row->time < self->lower)
    return;
  if (self->scope != NULL)
    g_array_append_val (self->rows, entry);
  else
    add_to_table (self, &entry);
}

/* Where the rows from @begin on end that can be added up at once. */
static guint
find_end_of_due (WeirTrendAnswer *self,
                 const WeirRows  *rows,
                 guint            begin)
{
  guint end = begin;

  while (self->scope == NULL && end < rows->n_rows && rows->rows[end].time >= self->lower &&
         rows->rows[end].time < self->limit)
    end++;

  return end;
}

static void
weir_trend_answer_add (WeirAnswer     *answer,
                       const WeirRows *rows)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (answer);
  guint32 mask = (1u << self->spec->n_series) - 1;

  if (self->scope != NULL)
    weir_cohort_scope_add (self->scope, rows);
  for (guint i = 0; i < rows->n_rows; i++)
    {
      guint end = find_end_of_due (self, rows, i);
      const WeirRows due = weir_rows_slice (rows, i, end - i);

      weir_trend_table_add (self->table, &due);
      i = end;
      if (i < rows->n_rows && (rows->rows[i].conditions & mask) != 0)
        add_entry (self, &rows->rows[i],
                   rows->numbers != NULL ? rows->numbers[i] : NAN,
                   rows->groups != NULL ? rows->groups[i] : WEIR_NO_GROUP);
    }
}

typedef struct {
  const WeirPersonChange *changes;
  guint n_changes;
} Changes;

static void
recount_persons (WeirTrendCell *cell,
                 guint          series,
                 guint32        group,
                 gint32         bucket,
                 gpointer       user_data)
{
  const Changes *changes = user_data;

  if (cell->persons == NULL || !cell->is_counted)
    return;
  if (changes->n_changes > FEW_CHANGES)
    cell->is_counted = FALSE;
  for (guint i = 0; i < changes->n_changes && cell->is_counted; i++)
    cell->is_counted = !weir_identity_set_contains (cell->persons, changes->changes[i].identity);
}

/* Keeps the rows that are not before @from and not of @identity. */
static void
filter_rows (WeirTrendAnswer *self,
             gint64           from,
             guint32          identity)
{
  guint kept = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Entry *entry = &g_array_index (self->rows, Entry, i);

      if (entry->row.time >= from && entry->row.identity != identity)
        g_array_index (self->rows, Entry, kept++) = *entry;
    }
  g_array_set_size (self->rows, kept);
}

static void
weir_trend_answer_change (WeirAnswer             *answer,
                          const WeirPersonChange *changes,
                          guint                   n_changes)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (answer);
  Changes all = { changes, n_changes };

  if (self->scope != NULL)
    weir_cohort_scope_change (self->scope, changes, n_changes);
  for (guint i = 0; i < n_changes; i++)
    {
      if (changes[i].new_person != 0)
        continue;
      weir_row_heap_remove_identity (&self->waiting, changes[i].identity);
      if (self->scope != NULL)
        filter_rows (self, G_MININT64, changes[i].identity);
      else
        self->needs_reload = TRUE;
    }
  weir_trend_table_foreach (self->table, recount_persons, &all);
}

static void
weir_trend_answer_advance (WeirAnswer *answer,
                           gint64      now)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (answer);
  WeirQuestion *question = weir_answer_get_question (answer);
  gint64 from = now - weir_question_get_range (question)->last;
  const WeirRow *row;

  if (self->scope != NULL)
    weir_cohort_scope_advance (self->scope, now);
  if (!self->moves)
    return;

  if (from >= self->first_end || now > self->last_end)
    {
      WeirCalendar *calendar = make_calendar (question, now, NULL);

      if (calendar != NULL)
        {
          set_bounds (self, calendar, now);
          weir_trend_table_move (self->table, calendar);
          filter_rows (self, self->lower, 0);
        }
    }
  self->limit = now;
  while ((row = weir_row_heap_peek (&self->waiting)) != NULL && row->time < self->limit)
    {
      Entry due = *(const Entry *) (gconstpointer) row;

      weir_row_heap_pop (&self->waiting);
      add_entry (self, &due.row, due.number, due.group);
    }
}

static gboolean
weir_trend_answer_needs_reload (WeirAnswer *answer)
{
  return WEIR_TREND_ANSWER (answer)->needs_reload;
}

/* With a cohort, adds up the rows of its members. */
static gboolean
add_up_members (WeirTrendAnswer  *self,
                GError          **error)
{
  const WeirPersonMap *map = weir_people_get_map (weir_answer_get_people (WEIR_ANSWER (self)));

  if (self->scope == NULL)
    return TRUE;
  if (!weir_cohort_scope_update (self->scope, error))
    return FALSE;
  weir_trend_table_clear (self->table);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Entry *entry = &g_array_index (self->rows, Entry, i);
      guint32 person = weir_person_map_get (map, entry->row.identity);

      if (person != 0 && weir_cohort_scope_contains (self->scope, person))
        add_to_table (self, entry);
    }

  return TRUE;
}

static gboolean
weir_trend_answer_write (WeirAnswer  *answer,
                         GString     *out,
                         GError     **error)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (answer);
  g_autoptr(WeirTrendReport) report = NULL;

  if (!add_up_members (self, error))
    return FALSE;
  report = weir_trend_report_new (answer, self->table, error);
  if (report == NULL)
    return FALSE;
  weir_trend_report_write (report, out);

  return TRUE;
}

static gboolean
weir_trend_answer_write_csv (WeirAnswer  *answer,
                             GString     *out,
                             GError     **error)
{
  WeirTrendAnswer *self = WEIR_TREND_ANSWER (answer);
  g_autoptr(WeirTrendReport) report = NULL;

  if (!add_up_members (self, error))
    return FALSE;
  report = weir_trend_report_new (answer, self->table, error);
  if (report == NULL)
    return FALSE;
  weir_trend_report_write_csv (report, out);

  return TRUE;
}

static void
weir_trend_answer_class_init (WeirTrendAnswerClass *klass)
{
  WeirAnswerClass *answer_class = WEIR_ANSWER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_trend_answer_finalize;
  answer_class->get_conditions = weir_trend_answer_get_conditions;
  answer_class->add = weir_trend_answer_add;
  answer_class->change = weir_trend_answer_change;
  answer_class->advance = weir_trend_answer_advance;
  answer_class->needs_reload = weir_trend_answer_needs_reload;
  answer_class->write = weir_trend_answer_write;
  answer_class->write_csv = weir_trend_answer_write_csv;
}

static void
weir_trend_answer_init (WeirTrendAnswer *self)
{
  self->rows = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->conditions = g_array_new (FALSE, FALSE, sizeof (WeirCondition));
  weir_row_heap_init (&self->waiting, sizeof (Entry));
}

/* The table, and which events count. */
static gboolean
make_table (WeirTrendAnswer  *self,
            gint64            now,
            GError          **error)
{
  WeirQuestion *question = weir_answer_get_question (WEIR_ANSWER (self));
  const WeirRange *range = weir_question_get_range (question);
  WeirCalendar *calendar = NULL;

  self->moves = range->last > 0;
  self->lower = range->from;
  self->limit = range->until;
  if (self->moves || (range->from != G_MININT64 && range->until != G_MAXINT64))
    {
      calendar = make_calendar (question, now, error);
      if (calendar == NULL)
        return FALSE;
    }
  if (self->moves)
    set_bounds (self, calendar, now);
  self->table =
      weir_trend_table_new (self->spec, weir_question_get_time_zone (question), calendar);

  return TRUE;
}

/**
 * weir_trend_answer_new:
 * @question: what to answer
 * @people: whom to ask about persons
 * @now: the moment it stands at, microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): an answer that knows no events yet, or %NULL with
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirAnswer *
weir_trend_answer_new (WeirTrend   *question,
                       WeirPeople  *people,
                       gint64       now,
                       GError     **error)
{
  g_autoptr(WeirTrendAnswer) self = g_object_new (WEIR_TYPE_TREND_ANSWER, NULL);
  g_autoptr(GError) local_error = NULL;

  weir_answer_construct (WEIR_ANSWER (self), WEIR_QUESTION (question), people, now);
  self->spec = weir_trend_get_spec (question);
  if (!make_table (self, now, error))
    return NULL;
  self->scope = weir_cohort_scope_new_for_question (WEIR_QUESTION (question), people, now,
                                                    self->spec->n_series, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return WEIR_ANSWER (g_steal_pointer (&self));
}

/**
 * weir_trend_answer_add_cell:
 * @self: an answer
 * @series: number of a series for which [method@Weir.Trend.can_use_summary] holds
 * @time: when its events were: any moment of the bucket they belong to, and all of them count
 * @cell: what a summary table knows of them
 *
 * Adds events that were added up already. The same events must not come as rows too.
 */
void
weir_trend_answer_add_cell (WeirTrendAnswer     *self,
                            guint                series,
                            gint64               time,
                            const WeirTrendCell *cell)
{
  const char *source;

  g_return_if_fail (weir_trend_can_use_summary (WEIR_TREND (weir_answer_get_question
                                                            (WEIR_ANSWER (self))),
                                                series, &source));

  if (cell->count > 0)
    weir_trend_table_add_cell (self->table, series, time, cell);
}
