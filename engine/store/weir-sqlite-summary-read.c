/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-summary-read.h"

#include "weir-scan-plan.h"
#include "weir-sqlite.h"
#include "weir-summary-cell.h"
#include "weir-trend-answer.h"

/*
 * A cell can stand for its events when all of them are in one bucket of the trend, in its range,
 * and kept. So time is laid out bucket by bucket: whole hours in the middle; minutes, where there
 * are any, on both sides; and events for what is left. In most time zones a day is whole hours, and
 * only the two ends of a range need more. Since a cell merges exactly as its events would have
 * added up, the answer is the same to the last digit.
 *
 * Where that leaves more than half of the time to events, or too many pieces, all is read from
 * events, which is then quicker.
 */

#define MAX_GAPS     256
#define MAX_QUERIES  4096
#define MAX_CALENDAR (4 * WEIR_TREND_MAX_BUCKETS)

#define SELECT_CELLS(columns, table) \
  "SELECT " columns " FROM " table " WHERE name_id = ?1 AND start >= ?2 AND start < ?3"

typedef struct {
  WeirReader *reader;
  WeirTrendAnswer *answer;
  const WeirTrendSpec *spec;
  GArray *plans;                           /* WeirScanPlan */
  gint64 from;                             /* all that is known of happened from here */
  gint64 until;                            /* until here */
  gint64 minutes_since;
  gint64 sources[WEIR_TREND_MAX_SERIES];   /* the only one that counts; -1 for all */
  gboolean wants_sketches;
  GArray *spans;                           /* WeirSummarySpan */
} Read;

static gint64
ceil_to (gint64 time,
         gint64 length)
{
  return weir_summary_floor (time + length - 1, length);
}

static void
add_span (Read   *self,
          gint64  from,
          gint64  until,
          gint64  cell)
{
  WeirSummarySpan span = { from, until, cell };
  WeirSummarySpan *last;

  if (from >= until)
    return;
  last = self->spans->len > 0
             ? &g_array_index (self->spans, WeirSummarySpan, self->spans->len - 1)
             : NULL;
  if (last != NULL && last->until == from && last->cell == cell)
    last->until = until;
  else
    g_array_append_val (self->spans, span);
}

/* What is less than an hour. */
static void
add_edge (Read   *self,
          gint64  from,
          gint64  until)
{
  gint64 first = ceil_to (MAX (from, self->minutes_since), WEIR_SUMMARY_MINUTE);
  gint64 last = weir_summary_floor (until, WEIR_SUMMARY_MINUTE);

  if (first >= last)
    {
      add_span (self, from, until, 0);
      return;
    }
  add_span (self, from, first, 0);
  add_span (self, first, last, WEIR_SUMMARY_MINUTE);
  add_span (self, last, until, 0);
}

static void
add_bucket (Read   *self,
            gint64  from,
            gint64  until)
{
  gint64 first = ceil_to (from, WEIR_SUMMARY_HOUR);
  gint64 last = weir_summary_floor (until, WEIR_SUMMARY_HOUR);

  if (first >= last)
    {
      add_edge (self, from, until);
      return;
    }
  add_edge (self, from, first);
  add_span (self, first, last, WEIR_SUMMARY_HOUR);
  add_edge (self, last, until);
}

/* The time in which there are hours of any name that is asked for. */
static gboolean
find_hours (Read    *self,
            gint64  *first,
            gint64  *end,
            GError **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  gboolean ok;

  *first = G_MAXINT64;
  *end = G_MININT64;
  ok = sqlite3_prepare_v2 (db,
                           "SELECT (SELECT min (start) FROM summary_hour WHERE name_id = ?1),"
                           " (SELECT max (start) FROM summary_hour WHERE name_id = ?1)",
                           -1, &select, NULL) == SQLITE_OK;
  for (guint i = 0; ok && i < self->plans->len; i++)
    {
      sqlite3_bind_int64 (select, 1, g_array_index (self->plans, WeirScanPlan, i).name_id);
      ok = sqlite3_step (select) == SQLITE_ROW;
      if (ok && sqlite3_column_type (select, 0) != SQLITE_NULL)
        {
          *first = MIN (*first, sqlite3_column_int64 (select, 0));
          *end = MAX (*end, sqlite3_column_int64 (select, 1) + WEIR_SUMMARY_HOUR);
        }
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);

  return ok || weir_sqlite_fail (db, "the store", "read", error);
}

/* Lays out the time that the question is about. */
static gboolean
find_range (Read    *self,
            GError **error)
{
  const WeirRange *range =
      weir_question_get_range (weir_answer_get_question (WEIR_ANSWER (self->answer)));
  const WeirCondition *conditions;
  guint n_conditions;
  gint64 first, end;

  if (!find_hours (self, &first, &end, error))
    return FALSE;
  conditions = weir_answer_get_conditions (WEIR_ANSWER (self->answer), &n_conditions);
  self->from = MAX (conditions[0].from, weir_reader_get_kept_since (self->reader));
  self->from = MAX (self->from, first);
  self->until = MIN (conditions[0].until, end);
  /* What is dated after the moment waits for its time, event by event. */
  if (range->last > 0)
    self->until = MIN (self->until, weir_answer_get_now (WEIR_ANSWER (self->answer)));

  return TRUE;
}

/* Returns whether it is of use. */
static gboolean
lay_out (Read *self)
{
  WeirQuestion *question = weir_answer_get_question (WEIR_ANSWER (self->answer));
  g_autoptr(WeirCalendar) calendar = NULL;
  gint64 raw = 0;
  guint n_gaps = 0;

  if (self->from >= self->until)
    return FALSE;
  calendar = weir_calendar_new (weir_question_get_time_zone (question), self->spec->interval,
                                self->spec->week_start, self->from, self->until, MAX_CALENDAR,
                                NULL);
  if (calendar == NULL)
    return FALSE;
  for (guint i = 0; i < weir_calendar_get_n_buckets (calendar); i++)
    add_bucket (self, MAX (weir_calendar_get_start (calendar, i), self->from),
                MIN (weir_calendar_get_end (calendar, i), self->until));
  for (guint i = 0; i < self->spans->len; i++)
    {
      const WeirSummarySpan *span = &g_array_index (self->spans, WeirSummarySpan, i);

      if (span->cell > 0)
        continue;
      raw += span->until - span->from;
      n_gaps++;
    }

  return raw < (self->until - self->from) / 2 && n_gaps <= MAX_GAPS &&
         (gsize) self->spans->len * self->plans->len <= MAX_QUERIES;
}

static void
add_cell (Read                  *self,
          guint                  series,
          const WeirSummaryCell *cell)
{
  const WeirTrendSeries *one = &self->spec->series[series];
  const WeirTrendCell *numbers = NULL;
  WeirTrendCell part = { .count = cell->count };

  if (self->sources[series] >= 0 && self->sources[series] != cell->source_id)
    return;
  if (one->property != NULL)
    numbers = g_str_equal (one->property, "value") ? &cell->value : &cell->duration;
  if (numbers != NULL)
    {
      part.n_numbers = numbers->n_numbers;
      part.sum = numbers->sum;
      part.min = numbers->min;
      part.max = numbers->max;
      part.sketch =
          one->measure >= WEIR_MEASURE_P50 && numbers->n_numbers > 0 ? numbers->sketch : NULL;
    }
  weir_trend_answer_add_cell (self->answer, series, cell->start, &part);
}

static gboolean
read_cells (Read                *self,
            sqlite3_stmt        *select,
            const WeirScanPlan  *plan,
            GError             **error)
{
  WeirSummaryCell cell = { 0 };
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      ok = weir_summary_cell_read (&cell, select, self->wants_sketches, error);
      for (guint i = 0; ok && i < self->spec->n_series; i++)
        {
          if ((plan->conditions & 1u << i) != 0)
            add_cell (self, i, &cell);
        }
    }
  if (ok && code != SQLITE_DONE)
    ok = weir_sqlite_fail (weir_reader_get_db (self->reader), "the store", "read", error);
  weir_summary_cell_clear (&cell);

  return ok;
}

static gboolean
read_spans (Read        *self,
            gint64       length,
            const char  *sql,
            GError     **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &select, NULL) == SQLITE_OK ||
                weir_sqlite_fail (db, "the store", "read", error);

  for (guint i = 0; ok && i < self->plans->len; i++)
    {
      const WeirScanPlan *plan = &g_array_index (self->plans, WeirScanPlan, i);

      sqlite3_bind_int64 (select, 1, plan->name_id);
      for (guint j = 0; ok && j < self->spans->len; j++)
        {
          const WeirSummarySpan *span = &g_array_index (self->spans, WeirSummarySpan, j);

          if (span->cell != length)
            continue;
          sqlite3_bind_int64 (select, 2, span->from);
          sqlite3_bind_int64 (select, 3, span->until);
          ok = read_cells (self, select, plan, error);
          sqlite3_reset (select);
        }
    }
  sqlite3_finalize (select);

  return ok;
}

static gboolean
read_all (Read    *self,
          GError **error)
{
  return read_spans (self, WEIR_SUMMARY_HOUR,
                     self->wants_sketches
                         ? SELECT_CELLS (WEIR_SUMMARY_COLUMNS WEIR_SUMMARY_SKETCHES, "summary_hour")
                         : SELECT_CELLS (WEIR_SUMMARY_COLUMNS, "summary_hour"),
                     error) &&
         read_spans (self, WEIR_SUMMARY_MINUTE,
                     self->wants_sketches
                         ? SELECT_CELLS (WEIR_SUMMARY_COLUMNS WEIR_SUMMARY_SKETCHES,
                                         "summary_minute")
                         : SELECT_CELLS (WEIR_SUMMARY_COLUMNS, "summary_minute"),
                     error);
}

/* The number of a source; 0, which none has, when it was never heard of. */
static gint64
find_source (sqlite3    *db,
             const char *name)
{
  sqlite3_stmt *select = NULL;
  gint64 id = 0;

  if (sqlite3_prepare_v2 (db, "SELECT id FROM source WHERE name = ?1", -1, &select, NULL) ==
      SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, name, -1, SQLITE_STATIC);
      if (sqlite3_step (select) == SQLITE_ROW)
        id = sqlite3_column_int64 (select, 0);
    }
  sqlite3_finalize (select);

  return id;
}

/* Whether cells know all that the series need. */
static gboolean
examine_series (Read      *self,
                WeirTrend *trend)
{
  sqlite3 *db = weir_reader_get_db (self->reader);

  for (guint i = 0; i < self->spec->n_series; i++)
    {
      const char *source;

      if (!weir_trend_can_use_summary (trend, i, &source))
        return FALSE;
      self->sources[i] = source != NULL ? find_source (db, source) : -1;
      self->wants_sketches |= self->spec->series[i].measure >= WEIR_MEASURE_P50;
    }
  return TRUE;
}

static void
leave_gaps (Read   *self,
            GArray *gaps)
{
  const WeirSummarySpan before = { G_MININT64, self->from, 0 };
  const WeirSummarySpan after = { self->until, G_MAXINT64, 0 };

  g_array_append_val (gaps, before);
  for (guint i = 0; i < self->spans->len; i++)
    {
      const WeirSummarySpan *span = &g_array_index (self->spans, WeirSummarySpan, i);

      if (span->cell == 0)
        g_array_append_val (gaps, *span);
    }
  g_array_append_val (gaps, after);
}

/**
 * weir_sqlite_summary_read:
 * @reader: a reader that has begun
 * @answer: an answer that knows no events yet
 * @plans: (element-type Weir.ScanPlan): the names whose events the answer asks for
 * @gaps: (out) (transfer full) (nullable) (element-type Weir.SummarySpan): the times of which the
 *   answer is still to get the events; %NULL when it is to get all of them, because summaries
 *   cannot answer the question or are no quicker
 * @error: return location for an error
 *
 * Gives an answer what is added up already.
 *
 * Returns: whether what is to be read could be
 */
gboolean
weir_sqlite_summary_read (WeirReader  *reader,
                          WeirAnswer  *answer,
                          GArray      *plans,
                          GArray     **gaps,
                          GError     **error)
{
  g_autoptr(GArray) spans = g_array_new (FALSE, FALSE, sizeof (WeirSummarySpan));
  Read self = { .reader = reader, .plans = plans, .spans = spans };
  WeirTrend *trend;

  *gaps = NULL;
  if (!WEIR_IS_TREND_ANSWER (answer) || plans->len == 0 ||
      !weir_reader_get_uses_summaries (reader))
    return TRUE;
  trend = WEIR_TREND (weir_answer_get_question (answer));
  self.answer = WEIR_TREND_ANSWER (answer);
  self.spec = weir_trend_get_spec (trend);
  self.minutes_since =
      weir_sqlite_get_int64 (weir_reader_get_db (reader), "SELECT minutes_since FROM state");
  if (!examine_series (&self, trend))
    return TRUE;
  if (!find_range (&self, error))
    return FALSE;
  if (!lay_out (&self))
    return TRUE;

  *gaps = g_array_new (FALSE, FALSE, sizeof (WeirSummarySpan));
  leave_gaps (&self, *gaps);
  if (read_all (&self, error))
    return TRUE;
  g_clear_pointer (gaps, g_array_unref);

  return FALSE;
}
