/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-answer.h"

/* What an answer costs beside the reading of rows: 1.5 million rows of 200 000 persons, given name by
 * name and by time, as the store gives them. */

#define N_PERSONS 200000
#define N_ROWS    1500000
#define BLOCK     4096
#define EPOCH     G_GINT64_CONSTANT (1767225600000000)

#define BENCH_TYPE_PEOPLE (bench_people_get_type ())
G_DECLARE_FINAL_TYPE (BenchPeople, bench_people, BENCH, PEOPLE, WeirPeople)

struct _BenchPeople {
  WeirPeople parent_instance;

  WeirPersonMap *map;
};

G_DEFINE_FINAL_TYPE (BenchPeople, bench_people, WEIR_TYPE_PEOPLE)

static const WeirPersonMap *
bench_people_get_map (WeirPeople *people)
{
  return BENCH_PEOPLE (people)->map;
}

static void
bench_people_finalize (GObject *object)
{
  weir_person_map_free (BENCH_PEOPLE (object)->map);

  G_OBJECT_CLASS (bench_people_parent_class)->finalize (object);
}

static void
bench_people_class_init (BenchPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bench_people_finalize;
  WEIR_PEOPLE_CLASS (klass)->get_map = bench_people_get_map;
}

static void
bench_people_init (BenchPeople *self)
{
  self->map = weir_person_map_new ();
  weir_person_map_set_n_identities (self->map, N_PERSONS);
}

/* Each of the names in turn, over 30 days. With an any-bit, a fourth name that serves no step. */
static WeirRow *
make_rows (guint   n_names,
           guint32 any)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  WeirRow *rows = g_new (WeirRow, N_ROWS);
  guint n_each = N_ROWS / n_names;

  for (guint i = 0; i < N_ROWS; i++)
    {
      guint name = MIN (i / n_each, n_names - 1);

      rows[i].time = EPOCH + (gint64) (i % n_each) * 30 * G_TIME_SPAN_DAY / n_each;
      rows[i].identity = (guint32) g_rand_int_range (rand, 1, N_PERSONS + 1);
      rows[i].conditions = (name < 3 ? 1u << name : 0) | any;
    }

  return rows;
}

static double
give (WeirAnswer    *answer,
      const WeirRow *rows,
      const guint32 *groups)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < N_ROWS; i += BLOCK)
    {
      WeirRows block = { MIN (BLOCK, N_ROWS - i), rows + i, NULL, groups != NULL ? groups + i : NULL };

      weir_answer_add (answer, &block);
    }

  return (double) (g_get_monotonic_time () - start) / 1000;
}

static double
write_out (WeirAnswer *answer)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!weir_answer_write (answer, out, &error))
    g_error ("%s", error->message);

  return (double) (g_get_monotonic_time () - start) / 1000;
}

typedef struct {
  double add;
  double write;
  double live;     /* the first write after a row that came late: it moves all rows */
  double again;    /* the next one */
} Times;

static Times
run (const char    *json,
     const WeirRow *rows,
     guint32        any,
     gboolean       has_groups)
{
  g_autoptr(BenchPeople) people = g_object_new (BENCH_TYPE_PEOPLE, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, &error);
  g_autoptr(WeirAnswer) answer = NULL;
  g_autofree guint32 *groups = has_groups ? g_new (guint32, N_ROWS) : NULL;
  WeirRows late = { 1, &(WeirRow) { EPOCH, 1, 1 | any }, NULL, groups };
  Times times;

  if (question == NULL)
    g_error ("%s", error->message);
  answer = weir_question_answer (question, WEIR_PEOPLE (people), EPOCH, &error);
  for (guint i = 0; has_groups && i < N_ROWS; i++)
    {
      char text[2] = { (char) ('a' + rows[i].identity % 20), '\0' };

      groups[i] = weir_answer_get_group (answer, text, 1);
    }
  times.add = give (answer, rows, groups);
  times.write = write_out (answer);
  weir_answer_add (answer, &late);
  times.live = write_out (answer);
  weir_answer_add (answer, &late);
  times.again = write_out (answer);

  return times;
}

/* The best of five: what the machine does beside is not of interest. */
static void
bench (const char *title,
       const char *json,
       guint       n_names,
       guint32     any,
       gboolean    has_groups)
{
  g_autofree WeirRow *rows = make_rows (n_names, any);
  Times best = run (json, rows, any, has_groups);

  for (guint i = 1; i < 5; i++)
    {
      Times times = run (json, rows, any, has_groups);

      best.add = MIN (best.add, times.add);
      best.write = MIN (best.write, times.write);
      best.live = MIN (best.live, times.live);
      best.again = MIN (best.again, times.again);
    }
  g_print ("%-20s add %5.1f ms + first write %5.1f ms = %5.1f ms; goes live %5.1f ms, then writes %4.1f ms\n",
           title, best.add, best.write, best.add + best.write, best.live, best.again);
}

#define STEPS "\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"},{\"event\":\"c\"}]"

int
main (int   argc,
      char *argv[])
{
  bench ("funnel, ordered", "{" STEPS "}", 3, 0, FALSE);
  bench ("funnel, any order", "{" STEPS ",\"order\":\"any\"}", 3, 0, FALSE);
  bench ("funnel, strict", "{" STEPS ",\"order\":\"strict\"}", 6, 1u << 3, FALSE);
  bench ("funnel, broken down", "{" STEPS ",\"breakdown\":\"g\"}", 3, 0, TRUE);

  return 0;
}
