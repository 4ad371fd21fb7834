/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "weir-funnel-machine.h"

/* What other programs say of the same persons: columns of numbers that were measured with them, or,
 * of Mixpanel, follow from what it documents. Letters from a on are the steps, x is anything else, X
 * excludes between the first step and the second. */
typedef struct {
  const char *name;
  const char *events;
  gint64 window;
  guint n_steps;
  int clickhouse;
  int clickhouse_strict;    /* mode strict_order; -2 where versions differ */
  int posthog;
  int posthog_strict;
  int mixpanel;
} Vector;

static const Vector vectors[] = {
  { "F1", "a1 b2 c3", 10, 3, 3, 3, 3, 3, 3 },
  { "F2", "a1 x2 b3 c4", 10, 3, 3, 1, 3, 1, 3 },
  { "F3", "a1 a2 b3 b4 c5 c6", 100, 3, 3, 3, 3, 3, 3 },
  { "F4", "a1 a2 b3 b4 x5 c6 c7", 100, 3, 3, 2, 3, 2, 3 },
  { "F5", "c1 c2 b3 b4 a5 a6", 100, 3, 1, 1, 1, 1, 1 },
  { "F6", "a1 c2 b3", 10, 3, 2, 1, 2, 1, 2 },
  { "F7", "a1 b2 a3 c4", 100, 3, 3, -2, 3, 2, 3 },
  { "F8", "a1 b2 a3 b4 c5", 100, 3, 3, -2, 3, 3, 3 },
  { "F9", "a1 b11", 10, 2, 2, 2, 2, 2, 2 },
  { "F10", "a1 b12", 10, 2, 1, 1, 1, 1, 1 },
  { "F11", "a1 b6 c12", 10, 3, 2, 2, 2, 2, 2 },
  { "F12", "a1 a8 b15", 10, 2, 2, 2, 2, 2, 1 },
  { "F13", "a1 b5 a8 c15", 10, 3, 2, 2, 2, 2, 2 },
  { "F14", "a1 b5 a8 b9 c15", 10, 3, 3, 3, 3, 3, 2 },
  { "F15", "a1 b1", 10, 2, 2, 2, 2, 2, 2 },
  { "F16", "b1 a1", 10, 2, 2, 2, 2, 2, 2 },
  { "F17", "c1 b1 a1", 10, 3, 3, 3, 3, 3, 3 },
  { "F22", "a1 b2 c3 b4 d5", 100, 4, 4, 4, 4, 3, 4 },
  { "F23", "b1 a2 b3", 10, 2, 2, 2, 2, 2, 2 },
  { "F24", "a1 b2 d3 c4 d5", 100, 4, 4, 2, 4, 2, 4 },
  { "F25", "a1 b2 c2", 10, 3, 3, 3, 3, 3, 3 },
  { "F26", "a1 X2 b3", 10, 2, 2, -2, -1, -1, 1 },
  { "F27", "a1 b2 X3", 10, 2, 2, -2, 2, 2, 2 },
  { "F28", "a1 X2 a3 b4", 10, 2, 2, -2, 2, 2, 1 },
  { "F29", "X1 a2 b3", 10, 2, 2, -2, 2, 2, 2 },
  { "F30", "a1 X3 b3", 10, 2, 2, -2, 2, 2, 2 },
  { "F31", "a1", 10, 3, 1, 1, 1, 1, 1 },
  { "F32", "x1", 10, 3, 0, 0, 0, 0, 0 },
  { "F33", "x1 a2 b3 c4", 10, 3, 3, 3, 3, 3, 3 },
  { "F34", "a1 b20 a21 b22", 10, 2, 2, 2, 2, 2, 1 },
  { "F35", "a60 a90 b105 c135", 60, 3, 3, 3, 3, 3, 2 },
  { "F39", "a5 b5", 0, 2, 2, 2, 2, 2, 2 },
  { "F40", "a5 b6", 0, 2, 1, 1, 1, 1, 1 },
  { "F41a", "a1 b2 x3 c4 d5 e6", 100, 5, 5, 2, 5, 2, 5 },
  { "F41b", "a1 b2 d3 c4 d5 e6", 100, 5, 5, 2, 5, 2, 5 },
  { "F41c", "a1 b2 c3 e4", 100, 5, 3, 3, 3, 3, 3 },
};

/* Kinds: a to t serve their step; then anything else, and what excludes. */
#define KIND_OTHER   20
#define KIND_EXCLUDES 21
/* Serve the first step and the second; the second step and the third. */
#define KIND_FIRST_TWO 22
#define N_KINDS      23

static void
make_kinds (WeirFunnelKind *kinds)
{
  for (guint i = 0; i < KIND_OTHER; i++)
    kinds[i] = (WeirFunnelKind) { 1u << i, 0, 0 };
  kinds[KIND_OTHER] = (WeirFunnelKind) { 0, 0, 0 };
  kinds[KIND_EXCLUDES] = (WeirFunnelKind) { 0, 1u << 1, 0 };
  kinds[KIND_FIRST_TWO] = (WeirFunnelKind) { 3, 0, 0 };
}

static guint32
get_kind (char letter)
{
  if (letter == 'x')
    return KIND_OTHER;
  if (letter == 'X')
    return KIND_EXCLUDES;
  return letter == '2' ? KIND_FIRST_TWO : (guint32) (letter - 'a');
}

/* Rows at one time are in an order that does not depend on who tells of them; here by kind. */
static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const WeirFunnelRow *one = a, *two = b;

  if (one->time != two->time)
    return one->time < two->time ? -1 : 1;
  return (int) one->kind - (int) two->kind;
}

static int
run (const char      *events,
     gint64           window,
     guint            n_steps,
     WeirFunnelOrder  order,
     WeirFunnelRules  rules,
     guint           *path)
{
  WeirFunnelKind kinds[N_KINDS];
  g_auto(GStrv) words = g_strsplit (events, " ", -1);
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (WeirFunnelRow));
  g_autoptr(WeirFunnelMachine) machine = weir_funnel_machine_new (n_steps, order, window);

  make_kinds (kinds);
  for (guint i = 0; words[i] != NULL; i++)
    {
      WeirFunnelRow row = { atoi (words[i] + 1), 1, get_kind (words[i][0]) };

      g_array_append_val (rows, row);
    }
  g_array_sort (rows, compare_rows);
  weir_funnel_machine_set_rules (machine, rules);
  return weir_funnel_machine_run (machine, (const WeirFunnelRow *) rows->data, rows->len, kinds, path);
}

static void
test_vectors (void)
{
  guint path[WEIR_FUNNEL_MAX_STEPS];

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const Vector *v = &vectors[i];

      g_test_message ("%s", v->name);
      g_assert_cmpint (run (v->events, v->window, v->n_steps, WEIR_FUNNEL_ORDERED,
                            WEIR_FUNNEL_RULES_CLICKHOUSE, path), ==, v->clickhouse);
      if (v->clickhouse_strict != -2)
        g_assert_cmpint (run (v->events, v->window, v->n_steps, WEIR_FUNNEL_STRICT,
                              WEIR_FUNNEL_RULES_CLICKHOUSE, path), ==, v->clickhouse_strict);
      g_assert_cmpint (run (v->events, v->window, v->n_steps, WEIR_FUNNEL_ORDERED,
                            WEIR_FUNNEL_RULES_POSTHOG, path), ==, v->posthog);
      g_assert_cmpint (run (v->events, v->window, v->n_steps, WEIR_FUNNEL_ORDERED,
                            WEIR_FUNNEL_RULES_MIXPANEL, path), ==, v->mixpanel);
      /* Of these, PostHog agrees with us on all. */
      g_assert_cmpint (run (v->events, v->window, v->n_steps, WEIR_FUNNEL_ORDERED,
                            WEIR_FUNNEL_RULES_WEIR, path), ==, v->posthog);
      if (strchr (v->events, 'X') == NULL)
        g_assert_cmpint (run (v->events, v->window, v->n_steps, WEIR_FUNNEL_STRICT,
                              WEIR_FUNNEL_RULES_POSTHOG, path), ==, v->posthog_strict);
    }
}

/* One event that serves two steps: F18 to F20. */
static void
test_one_event (void)
{
  guint path[WEIR_FUNNEL_MAX_STEPS];

  g_assert_cmpint (run ("21", 10, 2, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_CLICKHOUSE, path), ==, 2);
  g_assert_cmpint (run ("21", 10, 2, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_POSTHOG, path), ==, 1);
  g_assert_cmpint (run ("21", 10, 2, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_MIXPANEL, path), ==, 1);
  g_assert_cmpint (run ("21 22", 10, 2, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_POSTHOG, path), ==, 2);
  g_assert_cmpint (run ("21 22", 10, 2, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_MIXPANEL, path), ==, 2);
  g_assert_cmpint (run ("21 21", 10, 2, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_POSTHOG, path), ==, 2);
}

/* Where PostHog differs from us: a tie in which a new attempt begins, and an event that fits several
 * steps in any order. */
static void
test_posthog_differs (void)
{
  guint path[WEIR_FUNNEL_MAX_STEPS];

  g_assert_cmpint (run ("20 22 c2", 10, 3, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_POSTHOG, path),
                   ==, 1);
  g_assert_cmpint (run ("20 22 c2", 10, 3, WEIR_FUNNEL_ORDERED, WEIR_FUNNEL_RULES_WEIR, path), ==, 3);
  g_assert_cmpint (run ("a1 22", 10, 2, WEIR_FUNNEL_ANY, WEIR_FUNNEL_RULES_POSTHOG, path), ==, 1);
  g_assert_cmpint (run ("a1 22", 10, 2, WEIR_FUNNEL_ANY, WEIR_FUNNEL_RULES_WEIR, path), ==, 2);
  g_assert_cmpint (run ("b1 a12", 10, 2, WEIR_FUNNEL_ANY, WEIR_FUNNEL_RULES_POSTHOG, path), ==, 1);
  g_assert_cmpint (run ("b2 a12", 10, 2, WEIR_FUNNEL_ANY, WEIR_FUNNEL_RULES_POSTHOG, path), ==, 2);
  g_assert_cmpuint (path[0], ==, 0);
  g_assert_cmpuint (path[1], ==, 1);
}

/* Mixpanel: the first window is the only one, also in any order; what interrupts ends it. */
static void
test_mixpanel (void)
{
  guint path[WEIR_FUNNEL_MAX_STEPS];

  g_assert_cmpint (run ("a1 b20 a21", 10, 2, WEIR_FUNNEL_ANY, WEIR_FUNNEL_RULES_MIXPANEL, path), ==, 1);
  g_assert_cmpint (run ("x1 b2 a12", 10, 2, WEIR_FUNNEL_ANY, WEIR_FUNNEL_RULES_MIXPANEL, path), ==, 2);
  g_assert_cmpuint (path[0], ==, 1);
  g_assert_cmpuint (path[1], ==, 2);
  g_assert_cmpint (run ("a1 x2 b3", 10, 2, WEIR_FUNNEL_STRICT, WEIR_FUNNEL_RULES_MIXPANEL, path), ==, 1);
  g_assert_cmpint (run ("a1 a2 b3", 10, 2, WEIR_FUNNEL_STRICT, WEIR_FUNNEL_RULES_MIXPANEL, path), ==, 2);
  g_assert_cmpuint (path[0], ==, 0);
  g_assert_cmpuint (path[1], ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/funnel-rules/vectors", test_vectors);
  g_test_add_func ("/funnel-rules/one-event", test_one_event);
  g_test_add_func ("/funnel-rules/posthog-differs", test_posthog_differs);
  g_test_add_func ("/funnel-rules/mixpanel", test_mixpanel);
  return g_test_run ();
}
