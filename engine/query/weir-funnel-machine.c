/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-machine.h"

#include <string.h>

#include "weir-funnel-rules.h"

/*
 * Steps in order, after PostHog's funnels (funnel-udf/src/steps.rs, written anew from what it
 * does): for each step the newest chain that reached it. A chain is known by the time it began. A
 * chain that begins later takes the place of an older one when it gets as far; the same chain does
 * not take a step twice. An exclusion taints the chains that wait for one of its steps; a tainted
 * chain goes no further, but is remembered as the best as long as no clean one gets as far.
 *
 * Steps in any order: the most steps that different events within one window can serve. Which event
 * serves which step is a matching, and is kept up while the window slides: one try to augment it
 * for each event that comes or goes.
 */

typedef struct {
  gboolean is_set;
  gboolean is_tainted;
  gint64 start;
  guint rows[WEIR_FUNNEL_MAX_STEPS];   /* of the steps so far */
} Chain;

/* Which row serves which step: index + 1, 0 for none. */
typedef struct {
  guint rows[WEIR_FUNNEL_MAX_STEPS];
  guint size;
} Matching;

/* The newest rows that can serve a step. One more than there are steps, so that one of them is
 * without a step whenever any row in the window is. */
typedef struct {
  guint rows[WEIR_FUNNEL_MAX_STEPS + 1];
  guint n_rows;
  guint next;
} Recent;

struct _WeirFunnelMachine {
  guint n_steps;
  WeirFunnelOrder order;
  WeirFunnelRules rules;
  gint64 window;

  const WeirFunnelRow *rows;
  const WeirFunnelKind *kinds;
  Chain chains[WEIR_FUNNEL_MAX_STEPS + 1];   /* by the number of steps reached; 0: begins now */
  guint best_level;
  Chain best;
  Recent recent[WEIR_FUNNEL_MAX_STEPS];
};

static inline const WeirFunnelKind *
get_kind (WeirFunnelMachine *self,
          guint              row)
{
  return &self->kinds[self->rows[row].kind];
}

/* Whether a chain can take step number @step at @time. */
static inline gboolean
can_take (WeirFunnelMachine *self,
          const Chain       *chain,
          guint              step,
          gint64             time)
{
  const Chain *reached = &self->chains[step];

  return chain->is_set && time - chain->start <= self->window &&
         !(reached->is_set && reached->start == chain->start);
}

static inline gboolean
is_open (WeirFunnelMachine *self,
         guint              step,
         gint64             time)
{
  return can_take (self, &self->chains[step - 1], step, time);
}

static void
taint (WeirFunnelMachine *self,
       guint32            taints,
       gint64             time)
{
  for (; taints != 0; taints &= taints - 1)
    {
      guint step = (guint) __builtin_ctz (taints) + 1;

      if (!is_open (self, step, time) || self->chains[step - 1].is_tainted)
        continue;
      self->chains[step - 1].is_tainted = TRUE;
      if (self->best_level == step - 1 && time - self->best.start <= self->window)
        self->best.is_tainted = TRUE;
    }
}

static inline void
copy_chain (Chain       *to,
            const Chain *from,
            guint        n_rows)
{
  to->is_set = TRUE;
  to->is_tainted = from->is_tainted;
  to->start = from->start;
  for (guint i = 0; i < n_rows; i++)
    to->rows[i] = from->rows[i];
}

/* Whether a chain that reaches a step now is better than the best so far. */
static inline gboolean
is_best (WeirFunnelMachine *self,
         guint              step)
{
  return step > self->best_level || (step == self->best_level && self->best.is_tainted);
}

static inline void
take_step (WeirFunnelMachine *self,
           guint              step,
           guint              row)
{
  const Chain *before = &self->chains[step - 1];

  if (!before->is_tainted)
    {
      copy_chain (&self->chains[step], before, step - 1);
      self->chains[step].rows[step - 1] = row;
    }
  if (is_best (self, step))
    {
      copy_chain (&self->best, before, step - 1);
      self->best.rows[step - 1] = row;
      self->best_level = step;
    }
}

/* From the last step to the first, so that one event does not take two steps of a chain. */
static void
run_event (WeirFunnelMachine *self,
           guint              row)
{
  const WeirFunnelKind *kind = get_kind (self, row);
  gint64 time = self->rows[row].time;

  taint (self, kind->taints, time);
  for (guint32 left = kind->steps; left != 0;)
    {
      guint bit = 31 - (guint) __builtin_clz (left);

      left &= ~(1u << bit);
      if (is_open (self, bit + 1, time))
        take_step (self, bit + 1, row);
    }
  if (self->order != WEIR_FUNNEL_STRICT)
    return;
  for (guint i = 0; i < self->n_steps; i++)
    {
      if ((kind->steps & 1u << i) == 0)
        self->chains[i + 1].is_set = FALSE;
    }
}

static gboolean
has_row (const Chain *chain,
         guint        n_rows,
         guint        row)
{
  for (guint i = 0; i < n_rows; i++)
    {
      if (chain->rows[i] == row)
        return TRUE;
    }
  return FALSE;
}

static gboolean
find_row (WeirFunnelMachine *self,
          const Chain       *chain,
          guint              step,
          guint              first,
          guint              end,
          guint             *found)
{
  for (guint row = first; row < end; row++)
    {
      if ((get_kind (self, row)->steps & 1u << (step - 1)) == 0 || has_row (chain, step - 1, row))
        continue;
      *found = row;
      return TRUE;
    }
  return FALSE;
}

/* Different events at the same time count in the order of the steps, for each chain that was there
 * before and for one that begins now. Nobody can know what came in between, so neither exclusions
 * nor strictness count. Here PostHog lets a chain that begins now take the place of one that would
 * have got further with the same events (steps a, a, b; events a0, a2, b2: it says 1). */
static void
run_tie (WeirFunnelMachine *self,
         guint              first,
         guint              end)
{
  gint64 time = self->rows[first].time;
  Chain reached[WEIR_FUNNEL_MAX_STEPS + 1];

  for (guint step = 1; step <= self->n_steps; step++)
    reached[step].is_set = FALSE;
  for (guint level = self->n_steps; level-- > 0;)
    {
      Chain chain;
      guint row;

      if (!self->chains[level].is_set)
        continue;
      copy_chain (&chain, &self->chains[level], level);
      for (guint step = level + 1; step <= self->n_steps; step++)
        {
          if (!can_take (self, &chain, step, time) ||
              !find_row (self, &chain, step, first, end, &row))
            break;
          chain.rows[step - 1] = row;
          if (!reached[step].is_set || chain.start > reached[step].start)
            copy_chain (&reached[step], &chain, step);
          if (chain.is_tainted)
            break;
        }
    }
  for (guint step = 1; step <= self->n_steps; step++)
    {
      if (!reached[step].is_set)
        continue;
      if (!reached[step].is_tainted)
        copy_chain (&self->chains[step], &reached[step], step);
      if (!is_best (self, step))
        continue;
      copy_chain (&self->best, &reached[step], step);
      self->best_level = step;
    }
}

/* PostHog goes through the events of one time step by step, and forgets at each step what was there
 * before. */
static void
run_posthog_tie (WeirFunnelMachine *self,
                 guint              first,
                 guint              end)
{
  gint64 time = self->rows[first].time;

  for (guint step = 1; step <= self->n_steps; step++)
    {
      for (guint row = first; row < end; row++)
        {
          if ((get_kind (self, row)->steps & 1u << (step - 1)) != 0 && is_open (self, step, time)
              && !has_row (&self->chains[step - 1], step - 1, row))
            take_step (self, step, row);
        }
    }
}

static gboolean
are_alike (WeirFunnelMachine *self,
           guint              first,
           guint              end)
{
  const WeirFunnelKind *kind = get_kind (self, first);

  for (guint i = first + 1; i < end; i++)
    {
      const WeirFunnelKind *other = get_kind (self, i);

      if (other->steps != kind->steps || other->taints != kind->taints)
        return FALSE;
    }
  return TRUE;
}

static int
run_ordered (WeirFunnelMachine *self,
             guint              n_rows,
             guint             *path)
{
  guint end;

  for (guint i = 1; i <= self->n_steps; i++)
    self->chains[i].is_set = FALSE;
  self->chains[0].is_set = TRUE;
  self->chains[0].is_tainted = FALSE;
  self->best_level = 0;
  self->best.is_tainted = FALSE;
  for (guint first = 0; first < n_rows && !self->chains[self->n_steps].is_set; first = end)
    {
      for (end = first + 1; end < n_rows && self->rows[end].time == self->rows[first].time;)
        end++;
      self->chains[0].start = self->rows[first].time;
      if (end - first > 1 && !are_alike (self, first, end))
        {
          if (self->rules == WEIR_FUNNEL_RULES_POSTHOG)
            run_posthog_tie (self, first, end);
          else
            run_tie (self, first, end);
          continue;
        }
      for (guint row = first; row < end; row++)
        run_event (self, row);
    }
  memcpy (path, self->best.rows, self->best_level * sizeof *path);

  return self->best.is_tainted ? WEIR_FUNNEL_EXCLUDED : (int) self->best_level;
}

/* Finds a step for a row, moving others to other steps where that helps. */
static gboolean
match_row (WeirFunnelMachine *self,
           Matching          *matching,
           guint              row,
           guint32           *tried)
{
  for (guint32 left = get_kind (self, row)->steps; left != 0; left &= left - 1)
    {
      guint step = (guint) __builtin_ctz (left);

      if (*tried & 1u << step)
        continue;
      *tried |= 1u << step;
      if (matching->rows[step] != 0 &&
          !match_row (self, matching, matching->rows[step] - 1, tried))
        continue;
      matching->rows[step] = row + 1;
      return TRUE;
    }
  return FALSE;
}

static gboolean
add_row (WeirFunnelMachine *self,
         Matching          *matching,
         guint              row)
{
  guint32 tried = 0;

  if (!match_row (self, matching, row, &tried))
    return FALSE;
  matching->size++;

  return TRUE;
}

static gboolean
serves (const Matching *matching,
        guint           n_steps,
        guint           row)
{
  for (guint i = 0; i < n_steps; i++)
    {
      if (matching->rows[i] == row + 1)
        return TRUE;
    }
  return FALSE;
}

/* The other way round: finds a row of the window, which begins at @first, for a step. */
static gboolean
match_step (WeirFunnelMachine *self,
            Matching          *matching,
            guint              step,
            guint              first,
            guint32           *tried)
{
  const Recent *recent = &self->recent[step];

  *tried |= 1u << step;
  for (guint i = 0; i < recent->n_rows; i++)
    {
      if (recent->rows[i] < first || serves (matching, self->n_steps, recent->rows[i]))
        continue;
      matching->rows[step] = recent->rows[i] + 1;
      return TRUE;
    }
  for (guint other = 0; other < self->n_steps; other++)
    {
      guint row = matching->rows[other];

      if (*tried & 1u << other || row == 0 || (get_kind (self, row - 1)->steps & 1u << step) == 0)
        continue;
      if (!match_step (self, matching, other, first, tried))
        continue;
      matching->rows[step] = row;
      return TRUE;
    }
  return FALSE;
}

/* The window leaves a row behind; it begins at the next one. */
static void
remove_row (WeirFunnelMachine *self,
            Matching          *matching,
            guint              row)
{
  for (guint i = 0; i < self->n_steps; i++)
    {
      guint32 tried = 0;

      if (matching->rows[i] != row + 1)
        continue;
      matching->rows[i] = 0;
      if (!match_step (self, matching, i, row + 1, &tried))
        matching->size--;
      return;
    }
}

static void
remember_row (WeirFunnelMachine *self,
              guint              row)
{
  for (guint32 left = get_kind (self, row)->steps; left != 0; left &= left - 1)
    {
      Recent *recent = &self->recent[__builtin_ctz (left)];

      recent->rows[recent->next] = row;
      recent->next = (recent->next + 1) % G_N_ELEMENTS (recent->rows);
      recent->n_rows = MIN (recent->n_rows + 1, G_N_ELEMENTS (recent->rows));
    }
}

/* The earliest rows of a window that serve as many steps as can be. The sets of rows that can be
 * matched are the independent sets of a matroid (Edmonds and Fulkerson 1965), so taking every row
 * that can still be matched is not only greedy but right. */
static void
record_path (WeirFunnelMachine *self,
             guint              first,
             guint              end,
             guint             *path)
{
  Matching matching = { 0 };

  for (guint row = first; row < end; row++)
    {
      if (add_row (self, &matching, row))
        path[matching.size - 1] = row;
    }
}

static int
run_any (WeirFunnelMachine *self,
         guint              n_rows,
         guint             *path)
{
  Matching matching = { 0 };
  guint best = 0;
  guint first = 0;

  for (guint i = 0; i < self->n_steps; i++)
    self->recent[i].n_rows = self->recent[i].next = 0;
  for (guint row = 0; row < n_rows && best < self->n_steps; row++)
    {
      while (self->rows[row].time - self->rows[first].time > self->window)
        remove_row (self, &matching, first++);
      remember_row (self, row);
      add_row (self, &matching, row);
      if (matching.size <= best)
        continue;
      best = matching.size;
      record_path (self, first, row + 1, path);
    }

  return (int) best;
}

/* Mixpanel's window begins with the first step that is taken, and never again. */
static int
run_first_window (WeirFunnelMachine *self,
                  guint              n_rows,
                  guint             *path)
{
  guint first = 0, end;
  int reached;

  while (first < n_rows && get_kind (self, first)->steps == 0)
    first++;
  for (end = first; end < n_rows && self->rows[end].time - self->rows[first].time <= self->window;)
    end++;
  self->rows += first;
  reached = run_any (self, end - first, path);
  for (int i = 0; i < reached; i++)
    path[i] += first;

  return reached;
}

static int
run_other_rules (WeirFunnelMachine *self,
                 guint              n_rows,
                 guint             *path)
{
  gboolean strict = self->order == WEIR_FUNNEL_STRICT;

  if (self->order == WEIR_FUNNEL_ANY)
    return self->rules == WEIR_FUNNEL_RULES_MIXPANEL
             ? run_first_window (self, n_rows, path)
             : weir_funnel_rules_run_posthog_any (
                   self->rows, n_rows, self->kinds, self->n_steps, self->window, path);
  if (self->rules == WEIR_FUNNEL_RULES_CLICKHOUSE)
    return weir_funnel_rules_run_clickhouse (
        self->rows, n_rows, self->kinds, self->n_steps, strict, self->window, path);
  if (self->rules == WEIR_FUNNEL_RULES_MIXPANEL)
    return weir_funnel_rules_run_mixpanel (
        self->rows, n_rows, self->kinds, self->n_steps, strict, self->window, path);

  return run_ordered (self, n_rows, path);
}

/**
 * weir_funnel_machine_new:
 * @n_steps: how many steps, at most %WEIR_FUNNEL_MAX_STEPS
 * @order: how they must follow each other
 * @window: from the first step to the last, microseconds, inclusive
 *
 * Returns: (transfer full): a machine
 */
WeirFunnelMachine *
weir_funnel_machine_new (guint           n_steps,
                         WeirFunnelOrder order,
                         gint64          window)
{
  WeirFunnelMachine *self = g_new0 (WeirFunnelMachine, 1);

  self->n_steps = n_steps;
  self->order = order;
  self->window = window;

  return self;
}

/**
 * weir_funnel_machine_set_rules:
 * @self: a machine
 * @rules: whose rules count; ours unless told
 */
void
weir_funnel_machine_set_rules (WeirFunnelMachine *self,
                               WeirFunnelRules    rules)
{
  self->rules = rules;
}

/**
 * weir_funnel_machine_free:
 * @self: (transfer full): a machine
 */
void
weir_funnel_machine_free (WeirFunnelMachine *self)
{
  g_free (self);
}

/**
 * weir_funnel_machine_run:
 * @self: a machine
 * @rows: (array length=n_rows): the events of one person by rising time. Those at the same time are
 *   in an order that does not depend on who tells of them: the same rows, the same outcome.
 * @n_rows: how many
 * @kinds: what the rows' kinds mean
 * @path: (out caller-allocates): indexes of the rows of the best chain, as many as steps were
 *   reached; in the order of the steps, which for any order is the order of time. Of an excluded
 *   person only the first is set.
 *
 * Time is linear in the rows, and at most square in the steps.
 *
 * Returns: how many steps the person reached, or %WEIR_FUNNEL_EXCLUDED
 */
int
weir_funnel_machine_run (WeirFunnelMachine    *self,
                         const WeirFunnelRow  *rows,
                         guint                 n_rows,
                         const WeirFunnelKind *kinds,
                         guint                 path[WEIR_FUNNEL_MAX_STEPS])
{
  self->rows = rows;
  self->kinds = kinds;
  if (self->rules != WEIR_FUNNEL_RULES_WEIR)
    return run_other_rules (self, n_rows, path);
  if (self->order == WEIR_FUNNEL_ANY)
    return run_any (self, n_rows, path);

  return run_ordered (self, n_rows, path);
}
