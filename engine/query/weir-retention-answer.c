/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Each period has two sets of identities: who started in it, who came back in it. A row that comes
 * in sets bits; a value of the table is how many are in two sets at once, after the identities were
 * folded into persons. So merges and splits cost nothing until the table is written, and a table of
 * p periods over n identities takes at most p × n / 4 bytes.
 *
 * Of a person's first start event ever only the time is kept, for each identity: the earliest of
 * them is the person's. */

#include "config.h"

#include "weir-retention-answer.h"

#include "weir-answer-private.h"
#include "weir-cohort-scope.h"
#include "weir-error.h"
#include "weir-question-json.h"
#include "weir-row-heap.h"

/* Bytes that the sets of a table may take. */
#define MAX_TABLE (G_GUINT64_CONSTANT (512) << 20)

enum {
  START = 1 << 0,
  BACK  = 1 << 1,
  N_OWN = 2,
};

typedef struct {
  WeirBits *starts;   /* n_periods each */
  WeirBits *backs;
  guint n;
} Table;

struct _WeirRetentionAnswer {
  WeirAnswer parent_instance;

  const WeirRetentionSpec *spec;
  WeirCalendar *calendar;
  gint64 lower;        /* rows before do not count */
  gint64 limit;        /* rows from here on do not count, or not yet */
  gboolean moves;      /* whether the table follows the clock */
  Table identities;
  GArray *firsts;      /* of each identity, gint64; G_MAXINT64 when there is none */
  WeirRowHeap waiting; /* rows from limit on, when the table moves */
  WeirCohortScope *scope;
  GArray *conditions;
};

G_DEFINE_FINAL_TYPE (WeirRetentionAnswer, weir_retention_answer, WEIR_TYPE_ANSWER)

static void
table_init (Table *table,
            guint  n)
{
  table->starts = g_new0 (WeirBits, n);
  table->backs = g_new0 (WeirBits, n);
  table->n = n;
}

static void
table_clear (Table *table)
{
  for (guint i = 0; i < table->n; i++)
    {
      weir_bits_clear (&table->starts[i]);
      weir_bits_clear (&table->backs[i]);
    }
  g_clear_pointer (&table->starts, g_free);
  g_clear_pointer (&table->backs, g_free);
  table->n = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static WeirBits
steal_bits (WeirBits *bits)
{
  WeirBits stolen = *bits;

  *bits = (WeirBits) { 0 };

  return stolen;
}

static void
shift_sets (WeirBits *sets,
            guint     n,
            guint     by)
{
  for (guint i = 0; i < n && by > 0; i++)
    {
      weir_bits_clear (&sets[i]);
      if (i + by < n)
        sets[i] = steal_bits (&sets[i + by]);
    }
}

static void
weir_retention_answer_finalize (GObject *object)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (object);

  g_clear_pointer (&self->calendar, weir_calendar_free);
  table_clear (&self->identities);
  g_array_unref (self->firsts);
  weir_row_heap_clear (&self->waiting);
  g_clear_pointer (&self->scope, weir_cohort_scope_free);
  g_array_unref (self->conditions);

  G_OBJECT_CLASS (weir_retention_answer_parent_class)->finalize (object);
}

/* The periods of the table at one moment. */
static WeirCalendar *
make_calendar (WeirRetentionAnswer  *self,
               WeirQuestion         *question,
               gint64                now,
               GError              **error)
{
  const WeirRange *range = weir_question_get_range (question);
  const WeirRetentionSpec *spec = self->spec;
  GTimeZone *zone = weir_question_get_time_zone (question);
  gint64 from, until;

  weir_range_resolve (range, now, &from, &until);
  if (from != G_MININT64)
    return weir_calendar_new_from (zone, spec->period, spec->week_start, from, spec->n_periods,
                                   error);

  return weir_calendar_new_to (zone, spec->period, spec->week_start,
                               until != G_MAXINT64 ? until - 1 : now, spec->n_periods, error);
}

static void
set_bounds (WeirRetentionAnswer *self,
            gint64               now)
{
  const WeirRange *range = weir_question_get_range (weir_answer_get_question (WEIR_ANSWER (self)));
  gint64 until = range->last > 0 ? now : range->until;

  self->lower = weir_calendar_get_start (self->calendar, 0);
  if (range->from != G_MININT64)
    self->lower = MAX (self->lower, range->from);
  self->limit = MIN (weir_calendar_get_start (self->calendar, self->spec->n_periods), until);
}

static void
set_conditions (WeirRetentionAnswer *self)
{
  gint64 until = self->moves ? G_MAXINT64 : self->limit;
  WeirCondition start =
      weir_event_term_get_condition (&self->spec->start,
                                     self->spec->first_time ? G_MININT64 : self->lower, until);
  WeirCondition back = weir_event_term_get_condition (&self->spec->back, self->lower, until);

  g_array_set_size (self->conditions, 0);
  g_array_append_val (self->conditions, start);
  g_array_append_val (self->conditions, back);
  if (self->scope != NULL)
    weir_cohort_scope_append_conditions (self->scope, self->conditions);
}

static const WeirCondition *
weir_retention_answer_get_conditions (WeirAnswer *answer,
                                      guint      *n_conditions)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (answer);

  set_conditions (self);
  *n_conditions = self->conditions->len;

  return (const WeirCondition *) (gconstpointer) self->conditions->data;
}

static void
note_first (WeirRetentionAnswer *self,
            const WeirRow       *row)
{
  guint32 n = self->firsts->len;
  gint64 *first;

  if (row->identity >= n)
    {
      g_array_set_size (self->firsts, MAX (row->identity + 1, n + n / 4));
      for (; n < self->firsts->len; n++)
        g_array_index (self->firsts, gint64, n) = G_MAXINT64;
    }
  first = &g_array_index (self->firsts, gint64, row->identity);
  *first = MIN (*first, row->time);
}

static void
add_rows (WeirRetentionAnswer *self,
          const WeirRow       *rows,
          guint                n_rows)
{
  guint32 start_bit = self->spec->first_time ? 0 : START;
  gint64 begin = 0, end = 0;   /* the bucket of the row before */
  int bucket = -1;

  for (guint i = 0; i < n_rows; i++)
    {
      const WeirRow *row = &rows[i];

      if (start_bit == 0 && (row->conditions & START) != 0)
        note_first (self, row);
      if ((row->conditions & (start_bit | BACK)) == 0 || row->time < self->lower)
        continue;
      if (row->time >= self->limit)
        {
          if (self->moves)
            weir_row_heap_push (&self->waiting, row);
          continue;
        }
      if (row->time < begin || row->time >= end)
        {
          bucket = weir_calendar_find (self->calendar, row->time);
          g_assert (bucket >= 0);
          begin = weir_calendar_get_start (self->calendar, bucket);
          end = weir_calendar_get_end (self->calendar, bucket);
        }
      if ((row->conditions & start_bit) != 0)
        weir_bits_add (&self->identities.starts[bucket], row->identity);
      if ((row->conditions & BACK) != 0)
        weir_bits_add (&self->identities.backs[bucket], row->identity);
    }
}

static void
weir_retention_answer_add (WeirAnswer     *answer,
                           const WeirRows *rows)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (answer);

  if (self->scope != NULL)
    weir_cohort_scope_add (self->scope, rows);
  add_rows (self, rows->rows, rows->n_rows);
}

static void
forget_identity (WeirRetentionAnswer *self,
                 guint32              identity)
{
  for (guint i = 0; i < self->identities.n; i++)
    {
      weir_bits_remove (&self->identities.starts[i], identity);
      weir_bits_remove (&self->identities.backs[i], identity);
    }
  if (identity < self->firsts->len)
    g_array_index (self->firsts, gint64, identity) = G_MAXINT64;
  weir_row_heap_remove_identity (&self->waiting, identity);
}

static void
weir_retention_answer_change (WeirAnswer             *answer,
                              const WeirPersonChange *changes,
                              guint                   n_changes)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (answer);

  if (self->scope != NULL)
    weir_cohort_scope_change (self->scope, changes, n_changes);
  for (guint i = 0; i < n_changes; i++)
    {
      if (changes[i].new_person == 0)
        forget_identity (self, changes[i].identity);
    }
}

/* Moves the table to the periods of @calendar. */
static void
move_table (WeirRetentionAnswer *self,
            WeirCalendar        *calendar)
{
  gint64 start = weir_calendar_get_start (calendar, 0);
  guint n = self->spec->n_periods;
  guint by = 0;

  while (by < n && weir_calendar_get_start (self->calendar, by) < start)
    by++;
  shift_sets (self->identities.starts, n, by);
  shift_sets (self->identities.backs, n, by);
  weir_calendar_free (self->calendar);
  self->calendar = calendar;
}

static void
weir_retention_answer_advance (WeirAnswer *answer,
                               gint64      now)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (answer);
  WeirQuestion *question = weir_answer_get_question (answer);
  gint64 last = weir_question_get_range (question)->last;
  gint64 follows = last > 0 ? now - last : now;
  const WeirRow *row;

  if (self->scope != NULL)
    weir_cohort_scope_advance (self->scope, now);
  if (!self->moves)
    return;

  if (follows >= weir_calendar_get_end (self->calendar, last > 0 ? 0 : self->spec->n_periods - 1))
    {
      WeirCalendar *calendar = make_calendar (self, question, now, NULL);

      if (calendar != NULL)
        move_table (self, calendar);
    }
  set_bounds (self, now);
  while ((row = weir_row_heap_peek (&self->waiting)) != NULL && row->time < self->limit)
    {
      WeirRow due = *row;

      weir_row_heap_pop (&self->waiting);
      add_rows (self, &due, 1);
    }
}

/* Puts each person into the period of their first start event. */
static void
fold_firsts (WeirRetentionAnswer *self,
             const WeirPersonMap *map,
             Table               *persons)
{
  guint32 n = weir_person_map_get_n_identities (map);
  g_autofree gint64 *firsts = NULL;

  n = MAX (n, self->firsts->len) + 1;
  firsts = g_new (gint64, n);
  for (guint32 i = 0; i < n; i++)
    firsts[i] = G_MAXINT64;
  for (guint32 i = 0; i < self->firsts->len; i++)
    {
      gint64 first = g_array_index (self->firsts, gint64, i);
      guint32 person = first != G_MAXINT64 ? weir_person_map_get (map, i) : 0;

      if (person != 0)
        firsts[person] = MIN (firsts[person], first);
    }
  for (guint32 i = 1; i < n; i++)
    {
      if (firsts[i] >= self->lower && firsts[i] < self->limit)
        weir_bits_add (&persons->starts[weir_calendar_find (self->calendar, firsts[i])], i);
    }
}

/* The table in persons, of periods that have begun. */
static gboolean
fold_table (WeirRetentionAnswer  *self,
            Table                *persons,
            GError              **error)
{
  WeirAnswer *answer = WEIR_ANSWER (self);
  const WeirPersonMap *map = weir_people_get_map (weir_answer_get_people (answer));
  guint n = self->spec->n_periods;

  if (self->scope != NULL && !weir_cohort_scope_update (self->scope, error))
    return FALSE;
  table_init (persons, n);
  if (self->spec->first_time)
    fold_firsts (self, map, persons);
  for (guint i = 0; i < n; i++)
    {
      if (weir_calendar_get_start (self->calendar, i) > weir_answer_get_now (answer))
        {
          weir_bits_clear (&persons->starts[i]);
          continue;
        }
      if (!self->spec->first_time)
        weir_bits_fold (&self->identities.starts[i], map, &persons->starts[i]);
      weir_bits_fold (&self->identities.backs[i], map, &persons->backs[i]);
      if (self->scope != NULL)
        weir_bits_intersect (&persons->starts[i], weir_cohort_scope_get_members (self->scope));
    }
  for (guint i = n - 1; i > 0 && self->spec->or_after; i--)
    weir_bits_unite (&persons->backs[i - 1], &persons->backs[i]);

  return TRUE;
}

/* Whether the period of a value has begun, so that there is one. */
static gboolean
has_value (WeirRetentionAnswer *self,
           guint                row,
           guint                column)
{
  return weir_calendar_get_start (self->calendar, row + column) <=
         weir_answer_get_now (WEIR_ANSWER (self));
}

static guint
get_value (const Table *persons,
           guint        row,
           guint        column)
{
  return column == 0 ? weir_bits_count (&persons->starts[row])
                     : weir_bits_count_common (&persons->starts[row],
                                               &persons->backs[row + column]);
}

/* The first value of a row that can still grow, -1 when none can. */
static int
get_incomplete (WeirRetentionAnswer *self,
                guint                row)
{
  WeirAnswer *answer = WEIR_ANSWER (self);
  const WeirRange *range = weir_question_get_range (weir_answer_get_question (answer));
  gint64 now = weir_answer_get_now (answer);
  guint n = self->spec->n_periods - row;

  for (guint i = 0; i < n; i++)
    {
      guint bucket = i > 0 && self->spec->or_after ? self->spec->n_periods - 1 : row + i;

      if (MIN (weir_calendar_get_end (self->calendar, bucket), range->until) > now)
        return (int) i;
    }

  return -1;
}

static void
append_cohort (WeirRetentionAnswer *self,
               const Table         *persons,
               guint                row,
               GString             *out)
{
  g_autofree char *start = weir_calendar_format (self->calendar, row);
  int incomplete = get_incomplete (self, row);

  g_string_append_printf (out, "{\"start\":\"%s\",\"size\":%u,\"values\":[", start,
                          get_value (persons, row, 0));
  for (guint i = 0; row + i < persons->n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (has_value (self, row, i))
        g_string_append_printf (out, "%u", get_value (persons, row, i));
      else
        g_string_append (out, "null");
    }
  if (incomplete >= 0)
    g_string_append_printf (out, "],\"incomplete\":%d}", incomplete);
  else
    g_string_append (out, "],\"incomplete\":null}");
}

/* The persons that the value of the asked cell counts. */
static void
get_cell (WeirRetentionAnswer *self,
          Table               *persons,
          WeirBits            *cell)
{
  const WeirRetentionSpec *spec = self->spec;

  weir_bits_unite (cell, &persons->starts[spec->row]);
  if (spec->column > 0)
    weir_bits_intersect (cell, &persons->backs[spec->row + spec->column]);
}

static void
append_cell (WeirRetentionAnswer *self,
             Table               *persons,
             GString             *out)
{
  g_auto(WeirBits) cell = { 0 };
  guint32 cursor;

  get_cell (self, persons, &cell);
  g_string_append (out, "\"persons\":");
  cursor = weir_bits_write_persons (&cell, weir_answer_get_people (WEIR_ANSWER (self)),
                                    self->spec->after, self->spec->limit, out);
  if (cursor != 0)
    g_string_append_printf (out, ",\"cursor\":\"%u\"", cursor);
  else
    g_string_append (out, ",\"cursor\":null");
  g_string_append_printf (out, ",\"total\":%u", weir_bits_count (&cell));
}

static gboolean
weir_retention_answer_write (WeirAnswer  *answer,
                             GString     *out,
                             GError     **error)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (answer);
  g_auto(Table) persons = { 0 };

  if (!fold_table (self, &persons, error))
    return FALSE;
  if (self->spec->lists_persons)
    {
      append_cell (self, &persons, out);
      return TRUE;
    }
  g_string_append (out, "\"cohorts\":[");
  for (guint row = 0; row < persons.n; row++)
    {
      if (row > 0)
        g_string_append_c (out, ',');
      append_cohort (self, &persons, row, out);
    }
  g_string_append_c (out, ']');

  return TRUE;
}

static void
append_csv_cohort (WeirRetentionAnswer *self,
                   const Table         *persons,
                   guint                row,
                   GString             *out)
{
  g_autofree char *start = weir_calendar_format (self->calendar, row);
  int incomplete = get_incomplete (self, row);

  g_string_append_printf (out, "%s,%u,", start, get_value (persons, row, 0));
  if (incomplete >= 0)
    g_string_append_printf (out, "%d", incomplete);
  for (guint i = 0; i < persons->n; i++)
    {
      g_string_append_c (out, ',');
      if (row + i < persons->n && has_value (self, row, i))
        g_string_append_printf (out, "%u", get_value (persons, row, i));
    }
  g_string_append (out, "\r\n");
}

static gboolean
weir_retention_answer_write_csv (WeirAnswer  *answer,
                                 GString     *out,
                                 GError     **error)
{
  WeirRetentionAnswer *self = WEIR_RETENTION_ANSWER (answer);
  g_auto(Table) persons = { 0 };

  if (!fold_table (self, &persons, error))
    return FALSE;
  if (self->spec->lists_persons)
    {
      g_auto(WeirBits) cell = { 0 };

      get_cell (self, &persons, &cell);
      weir_bits_write_csv (&cell, weir_answer_get_people (answer), self->spec->after,
                           self->spec->limit, out);
      return TRUE;
    }
  g_string_append (out, "start,size,incomplete");
  for (guint i = 0; i < persons.n; i++)
    g_string_append_printf (out, ",%u", i);
  g_string_append (out, "\r\n");
  for (guint row = 0; row < persons.n; row++)
    append_csv_cohort (self, &persons, row, out);

  return TRUE;
}

static void
weir_retention_answer_class_init (WeirRetentionAnswerClass *klass)
{
  WeirAnswerClass *answer_class = WEIR_ANSWER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_retention_answer_finalize;
  answer_class->get_conditions = weir_retention_answer_get_conditions;
  answer_class->add = weir_retention_answer_add;
  answer_class->change = weir_retention_answer_change;
  answer_class->advance = weir_retention_answer_advance;
  answer_class->write = weir_retention_answer_write;
  answer_class->write_csv = weir_retention_answer_write_csv;
}

static void
weir_retention_answer_init (WeirRetentionAnswer *self)
{
  self->firsts = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->conditions = g_array_new (FALSE, FALSE, sizeof (WeirCondition));
  weir_row_heap_init (&self->waiting, sizeof (WeirRow));
}

static gboolean
check_size (WeirRetentionAnswer  *self,
            WeirPeople           *people,
            GError              **error)
{
  guint64 n = weir_person_map_get_n_identities (weir_people_get_map (people));

  if (n * self->spec->n_periods / 4 <= MAX_TABLE)
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "%u periods of so many persons do not fit into memory; ask for at most %u",
               self->spec->n_periods, (guint) MAX (MAX_TABLE * 4 / n, 1));
  return FALSE;
}

/**
 * weir_retention_answer_new:
 * @question: what to answer
 * @people: whom to ask about persons
 * @now: the moment it stands at, microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): an answer that knows no events yet, or %NULL with
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirAnswer *
weir_retention_answer_new (WeirRetention  *question,
                           WeirPeople     *people,
                           gint64          now,
                           GError        **error)
{
  g_autoptr(WeirRetentionAnswer) self = g_object_new (WEIR_TYPE_RETENTION_ANSWER, NULL);
  const WeirRange *range = weir_question_get_range (WEIR_QUESTION (question));
  g_autoptr(GError) local_error = NULL;

  weir_answer_construct (WEIR_ANSWER (self), WEIR_QUESTION (question), people, now);
  self->spec = weir_retention_get_spec (question);
  self->moves = range->from == G_MININT64 && range->until == G_MAXINT64;
  if (!check_size (self, people, error))
    return NULL;
  self->calendar = make_calendar (self, WEIR_QUESTION (question), now, error);
  if (self->calendar == NULL)
    return NULL;
  set_bounds (self, now);
  table_init (&self->identities, self->spec->n_periods);
  self->scope = weir_cohort_scope_new_for_question (WEIR_QUESTION (question), people, now, N_OWN,
                                                    &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return WEIR_ANSWER (g_steal_pointer (&self));
}
