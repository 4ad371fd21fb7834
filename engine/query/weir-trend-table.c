/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Rows come mostly in the order of time, so the bucket of the row before and its cells are kept at
 * hand: the calendar and the hash table are asked when the bucket changes. Where a trend begins or
 * ends with its first or last event, the calendar is not known in advance: it grows to both sides
 * by doubling. */

#include "config.h"

#include "weir-trend-table.h"

#include "weir-error.h"

#define MAX_CELLS   1000000
#define MAX_GROWN   (4 * WEIR_TREND_MAX_BUCKETS)
#define FIRST_GROWN 32
/* A key is 4 bits of the series, 32 of the group and 28 of the bucket. */
#define BUCKET_BITS 28
#define BUCKET_ZERO (1 << (BUCKET_BITS - 1))

struct _WeirTrendTable {
  const WeirTrendSpec *spec;
  GTimeZone *time_zone;
  WeirCalendar *calendar;   /* NULL before the first event when it grows */
  gboolean grows;
  gboolean is_too_long;
  gboolean is_too_many;
  gint32 base;              /* number of the calendar's first bucket */
  gint32 first_used;        /* buckets with events; first > last when there are none */
  gint32 last_used;
  GHashTable *cells;

  gint64 begin;             /* of the bucket at hand */
  gint64 end;
  gint32 bucket;
  WeirTrendCell *current[WEIR_TREND_MAX_SERIES];
  guint32 current_group[WEIR_TREND_MAX_SERIES];
};

static guint
hash_cell (gconstpointer cell)
{
  guint64 key = ((const WeirTrendCell *) cell)->key;

  return (guint) (key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32);
}

static gboolean
cells_equal (gconstpointer a,
             gconstpointer b)
{
  return ((const WeirTrendCell *) a)->key == ((const WeirTrendCell *) b)->key;
}

static guint64
make_key (guint   series,
          guint32 group,
          gint32  bucket)
{
  return (guint64) series << 60 | (guint64) group << BUCKET_BITS | (guint64) (bucket + BUCKET_ZERO);
}

static gint32
get_bucket_of_key (guint64 key)
{
  return (gint32) (key & ((1 << BUCKET_BITS) - 1)) - BUCKET_ZERO;
}

/* Forgets the bucket at hand. */
static void
let_go (WeirTrendTable *self)
{
  self->begin = self->end = 0;
  for (guint i = 0; i < self->spec->n_series; i++)
    self->current[i] = NULL;
}

static WeirCalendar *
make_calendar (WeirTrendTable *self,
               gint64          from,
               gint64          until,
               guint           max)
{
  return weir_calendar_new (self->time_zone, self->spec->interval, self->spec->week_start, from,
                            until, max, NULL);
}

/* Makes the calendar hold @time. */
static gboolean
grow (WeirTrendTable *self,
      gint64          time)
{
  g_autoptr(WeirCalendar) grown = NULL;
  gint64 start, end, length;

  if (self->calendar == NULL)
    {
      self->calendar = weir_calendar_new_from (self->time_zone, self->spec->interval,
                                               self->spec->week_start, time, FIRST_GROWN, NULL);
      if (self->calendar == NULL)
        self->calendar = make_calendar (self, time, time, 1);
      return self->calendar != NULL;
    }
  start = weir_calendar_get_start (self->calendar, 0);
  end = weir_calendar_get_start (self->calendar, weir_calendar_get_n_buckets (self->calendar));
  length = end - start;
  if (time < start)
    grown = make_calendar (self, MIN (time, start - length), end, MAX_GROWN);
  else
    grown = make_calendar (self, start, MAX (time + 1, end + length), MAX_GROWN);
  if (grown == NULL)
    grown = make_calendar (self, MIN (time, start), MAX (time + 1, end), MAX_GROWN);
  if (grown == NULL || weir_calendar_find (grown, time) < 0)
    return FALSE;
  self->base -= weir_calendar_find (grown, start);
  weir_calendar_free (self->calendar);
  self->calendar = g_steal_pointer (&grown);

  return TRUE;
}

static gboolean
find_bucket (WeirTrendTable *self,
             gint64          time,
             gint32         *bucket)
{
  int index = self->calendar != NULL ? weir_calendar_find (self->calendar, time) : -1;

  /* What is too long stays so; do not try again for each row. */
  if (index < 0 && self->grows && !self->is_too_long && grow (self, time))
    index = weir_calendar_find (self->calendar, time);
  if (index < 0)
    return FALSE;
  *bucket = self->base + index;

  return TRUE;
}

/* Takes the bucket of @time at hand. */
static gboolean
enter_bucket (WeirTrendTable *self,
              gint64          time)
{
  if (time >= self->begin && time < self->end)
    return TRUE;

  let_go (self);
  if (!find_bucket (self, time, &self->bucket))
    {
      self->is_too_long |= self->grows;
      return FALSE;
    }
  self->begin = weir_calendar_get_start (self->calendar, self->bucket - self->base);
  self->end = weir_calendar_get_end (self->calendar, self->bucket - self->base);
  self->first_used = MIN (self->first_used, self->bucket);
  self->last_used = MAX (self->last_used, self->bucket);

  return TRUE;
}

/* The cell of the bucket at hand; NULL when there are too many. */
static WeirTrendCell *
get_cell (WeirTrendTable *self,
          guint           series,
          guint32         group)
{
  WeirTrendCell wanted = { .key = make_key (series, group, self->bucket) };
  WeirTrendCell *cell;

  if (self->current[series] != NULL && self->current_group[series] == group)
    return self->current[series];

  cell = g_hash_table_lookup (self->cells, &wanted);
  if (cell == NULL && g_hash_table_size (self->cells) >= MAX_CELLS)
    {
      self->is_too_many = TRUE;
      return NULL;
    }
  if (cell == NULL)
    {
      cell = g_new0 (WeirTrendCell, 1);
      cell->key = wanted.key;
      g_hash_table_add (self->cells, cell);
    }
  self->current[series] = cell;
  self->current_group[series] = group;

  return cell;
}

/**
 * weir_trend_table_new:
 * @spec: what is asked for, which outlives the table
 * @time_zone: whose calendar counts
 * @calendar: (transfer full) (nullable): the buckets there are, %NULL to let events decide
 *
 * Returns: (transfer full): a table without events
 */
WeirTrendTable *
weir_trend_table_new (const WeirTrendSpec *spec,
                      GTimeZone           *time_zone,
                      WeirCalendar        *calendar)
{
  WeirTrendTable *self = g_new0 (WeirTrendTable, 1);

  self->spec = spec;
  self->time_zone = g_time_zone_ref (time_zone);
  self->calendar = calendar;
  self->grows = calendar == NULL;
  self->first_used = G_MAXINT32;
  self->last_used = G_MININT32;
  self->cells = g_hash_table_new_full (hash_cell, cells_equal,
                                       (GDestroyNotify) weir_trend_cell_free, NULL);

  return self;
}

/**
 * weir_trend_table_free:
 * @self: (transfer full): a table
 */
void
weir_trend_table_free (WeirTrendTable *self)
{
  g_hash_table_unref (self->cells);
  g_clear_pointer (&self->calendar, weir_calendar_free);
  g_time_zone_unref (self->time_zone);
  g_free (self);
}

/**
 * weir_trend_table_clear:
 * @self: a table
 *
 * Forgets all events.
 */
void
weir_trend_table_clear (WeirTrendTable *self)
{
  let_go (self);
  g_hash_table_remove_all (self->cells);
  self->first_used = G_MAXINT32;
  self->last_used = G_MININT32;
  self->is_too_long = FALSE;
  self->is_too_many = FALSE;
  if (!self->grows)
    return;
  g_clear_pointer (&self->calendar, weir_calendar_free);
  self->base = 0;
}

/* The rows from @begin on that go into the same cells: those of the bucket at hand, with the same
 * series and group. */
static WeirRows
find_run (WeirTrendTable *self,
          const WeirRows *rows,
          guint           begin)
{
  const WeirRow *first = &rows->rows[begin];
  guint n = 1;

  while (begin + n < rows->n_rows && first[n].time >= self->begin && first[n].time < self->end &&
         first[n].conditions == first->conditions &&
         (rows->groups == NULL || rows->groups[begin + n] == rows->groups[begin]))
    n++;

  return weir_rows_slice (rows, begin, n);
}

/**
 * weir_trend_table_add:
 * @self: a table
 * @rows: events; bit i says that one belongs to series i, others are not looked at
 */
void
weir_trend_table_add (WeirTrendTable *self,
                      const WeirRows *rows)
{
  guint32 all = (1u << self->spec->n_series) - 1;

  for (guint i = 0; i < rows->n_rows;)
    {
      guint32 left = rows->rows[i].conditions & all;
      WeirRows run;

      if (left == 0 || !enter_bucket (self, rows->rows[i].time))
        {
          i++;
          continue;
        }
      run = find_run (self, rows, i);
      for (; left != 0; left &= left - 1)
        {
          guint series = (guint) __builtin_ctz (left);
          WeirTrendCell *cell =
              get_cell (self, series, run.groups != NULL ? run.groups[0] : WEIR_NO_GROUP);

          if (cell != NULL)
            weir_trend_cell_add_rows (cell, self->spec->series[series].measure, &run);
        }
      i += run.n_rows;
    }
}

/**
 * weir_trend_table_add_cell:
 * @self: a table
 * @series: number of a series
 * @time: any time within a bucket
 * @cell: what is known of events of that series and bucket
 */
void
weir_trend_table_add_cell (WeirTrendTable      *self,
                           guint                series,
                           gint64               time,
                           const WeirTrendCell *cell)
{
  WeirTrendCell *own = enter_bucket (self, time) ? get_cell (self, series, WEIR_NO_GROUP) : NULL;

  if (own != NULL)
    weir_trend_cell_merge (own, cell);
}

static gboolean
is_before (gpointer key,
           gpointer value,
           gpointer user_data)
{
  return get_bucket_of_key (((const WeirTrendCell *) key)->key) < GPOINTER_TO_INT (user_data);
}

/**
 * weir_trend_table_move:
 * @self: a table that was made with a calendar
 * @calendar: (transfer full): a later run of the same periods
 *
 * Moves on in time; what the calendar no longer has is forgotten.
 */
void
weir_trend_table_move (WeirTrendTable *self,
                       WeirCalendar   *calendar)
{
  guint n = weir_calendar_get_n_buckets (self->calendar);
  guint by = 0;

  while (by < n &&
         weir_calendar_get_start (self->calendar, by) < weir_calendar_get_start (calendar, 0))
    by++;
  /* Numbers that were used must not be used again, also when nothing of the old run is left. */
  self->base += (gint32) by;
  let_go (self);
  g_hash_table_foreach_remove (self->cells, is_before, GINT_TO_POINTER (self->base));
  weir_calendar_free (self->calendar);
  self->calendar = calendar;
}

static gboolean
refuse_length (WeirTrendTable  *self,
               GError         **error)
{
  static const char *const names[] = { "minutes", "hours", "days", "weeks", "months" };

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "the trend has more than %d %s; choose a longer interval or a shorter range",
               WEIR_TREND_MAX_BUCKETS, names[self->spec->interval]);
  return FALSE;
}

/**
 * weir_trend_table_get_buckets:
 * @self: a table
 * @from: the first bucket holds it; %G_MININT64 for that of the first event
 * @until: the last bucket ends there or holds it; %G_MAXINT64 for that of the last event
 * @first: (out): number of the first bucket
 * @n_buckets: (out): how many there are, 0 when there are no events
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when there are too many buckets or cells
 */
gboolean
weir_trend_table_get_buckets (WeirTrendTable  *self,
                              gint64           from,
                              gint64           until,
                              gint32          *first,
                              guint           *n_buckets,
                              GError         **error)
{
  gint32 last = self->last_used;

  *first = self->first_used;
  *n_buckets = 0;
  if (self->is_too_many)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "the breakdown has more than %d groups and buckets together", MAX_CELLS);
      return FALSE;
    }
  if (!self->grows)
    {
      *first = self->base;
      *n_buckets = weir_calendar_get_n_buckets (self->calendar);
      return TRUE;
    }
  if (self->is_too_long)
    return refuse_length (self, error);
  if (*first > last)
    return TRUE;
  if ((from != G_MININT64 && !find_bucket (self, from, first)) ||
      (until != G_MAXINT64 && !find_bucket (self, until - 1, &last)) ||
      last - *first >= WEIR_TREND_MAX_BUCKETS)
    return refuse_length (self, error);
  *n_buckets = (guint) (last - *first + 1);

  return TRUE;
}

/**
 * weir_trend_table_format:
 * @self: a table
 * @bucket: number of a bucket
 *
 * Returns: (transfer full): its start, as [method@Weir.Calendar.format] has it
 */
char *
weir_trend_table_format (WeirTrendTable *self,
                         gint32          bucket)
{
  return weir_calendar_format (self->calendar, (guint) (bucket - self->base));
}

/**
 * weir_trend_table_foreach:
 * @self: a table
 * @func: (scope call): called for each cell that has events, in no order
 * @user_data: for @func
 */
void
weir_trend_table_foreach (WeirTrendTable    *self,
                          WeirTrendCellFunc  func,
                          gpointer           user_data)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      WeirTrendCell *cell = key;

      func (cell, (guint) (cell->key >> 60), (guint32) (cell->key >> BUCKET_BITS),
            get_bucket_of_key (cell->key), user_data);
    }
}
