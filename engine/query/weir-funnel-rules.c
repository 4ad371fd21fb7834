/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-rules.h"

#include <string.h>

/* An attempt: the rows of its steps so far. */
typedef struct {
  gboolean is_set;
  gint64 start;
  guint rows[WEIR_FUNNEL_MAX_STEPS];
} Attempt;

/* Sets the attempt that reached @step; returns whether that was possible. */
static gboolean
take_step (Attempt             *attempts,
           guint                step,
           const WeirFunnelRow *rows,
           guint                row,
           gint64               window)
{
  const Attempt *before = step > 0 ? &attempts[step - 1] : NULL;

  if (before != NULL && (!before->is_set || rows[row].time - before->start > window))
    return FALSE;
  if (before != NULL)
    attempts[step] = *before;
  else
    attempts[0].start = rows[row].time;
  attempts[step].is_set = TRUE;
  attempts[step].rows[step] = row;
  return TRUE;
}

static guint
find_tie_end (const WeirFunnelRow *rows,
              guint                n_rows,
              guint                first)
{
  guint end = first + 1;

  while (end < n_rows && rows[end].time == rows[first].time)
    end++;
  return end;
}

/**
 * weir_funnel_rules_run_clickhouse:
 * @rows: (array length=n_rows): the events of one person by rising time
 * @n_rows: how many
 * @kinds: what the rows' kinds mean
 * @n_steps: how many steps
 * @strict: as its mode `strict_order`: what serves no step, and a step before its time, end it all
 * @window: from the first step to the last, microseconds, inclusive
 * @path: (out caller-allocates): the rows of the best attempt
 *
 * `windowFunnel` of ClickHouse: at each time from the first step to the last, an event may serve
 * every step it can, and what is the first step begins anew. There are no exclusions.
 *
 * Returns: how many steps the person reached
 */
int
weir_funnel_rules_run_clickhouse (const WeirFunnelRow  *rows,
                                  guint                 n_rows,
                                  const WeirFunnelKind *kinds,
                                  guint                 n_steps,
                                  gboolean              strict,
                                  gint64                window,
                                  guint                *path)
{
  Attempt attempts[WEIR_FUNNEL_MAX_STEPS] = { 0 };
  gboolean has_ended = FALSE;
  guint end;

  for (guint first = 0; first < n_rows && !has_ended && !attempts[n_steps - 1].is_set; first = end)
    {
      end = find_tie_end (rows, n_rows, first);
      for (guint row = first; row < end && strict; row++)
        has_ended |= kinds[rows[row].kind].steps == 0 && attempts[0].is_set;
      for (guint step = 0; step < n_steps && !has_ended; step++)
        {
          for (guint row = first; row < end && !has_ended; row++)
            {
              if ((kinds[rows[row].kind].steps & 1u << step) == 0)
                continue;
              take_step (attempts, step, rows, row, window);
              has_ended = strict && step > 0 && attempts[0].is_set && !attempts[step - 1].is_set;
            }
        }
    }
  for (guint step = n_steps; step > 0; step--)
    {
      if (!attempts[step - 1].is_set)
        continue;
      memcpy (path, attempts[step - 1].rows, step * sizeof *path);
      return (int) step;
    }
  return 0;
}

static gboolean
is_used (const guint *path,
         guint        n,
         guint        row)
{
  for (guint i = 0; i < n; i++)
    {
      if (path[i] == row)
        return TRUE;
    }
  return FALSE;
}

/* Takes what steps a time has for the one attempt. Returns whether one of its rows ends it. */
static gboolean
run_mixpanel_tie (const WeirFunnelRow  *rows,
                  guint                 first,
                  guint                 end,
                  const WeirFunnelKind *kinds,
                  guint                 n_steps,
                  gboolean              strict,
                  guint                *path,
                  guint                *reached)
{
  guint before = *reached;
  gboolean advanced = TRUE;

  while (advanced && *reached < n_steps)
    {
      advanced = FALSE;
      for (guint row = first; row < end && !advanced; row++)
        {
          if ((kinds[rows[row].kind].steps & 1u << *reached) == 0 || is_used (path, *reached, row))
            continue;
          path[(*reached)++] = row;
          advanced = TRUE;
        }
    }
  if (*reached != before || before == 0)
    return FALSE;
  for (guint row = first; row < end; row++)
    {
      const WeirFunnelKind *kind = &kinds[rows[row].kind];

      if ((kind->taints & 1u << before) != 0
          || (strict && (kind->steps & 1u << (before - 1)) == 0))
        return TRUE;
    }
  return FALSE;
}

/**
 * weir_funnel_rules_run_mixpanel:
 * @rows: (array length=n_rows): the events of one person by rising time
 * @n_rows: how many
 * @kinds: what the rows' kinds mean
 * @n_steps: how many steps
 * @strict: whether anything else in between ends it
 * @window: from the first step to the last, microseconds, inclusive
 * @path: (out caller-allocates): the rows of the attempt
 *
 * Mixpanel's unique persons: the first attempt is the only one. What is excluded ends it, and its
 * steps until then count.
 *
 * Returns: how many steps the person reached
 */
int
weir_funnel_rules_run_mixpanel (const WeirFunnelRow  *rows,
                                guint                 n_rows,
                                const WeirFunnelKind *kinds,
                                guint                 n_steps,
                                gboolean              strict,
                                gint64                window,
                                guint                *path)
{
  guint reached = 0;
  guint end;

  for (guint first = 0; first < n_rows && reached < n_steps; first = end)
    {
      end = find_tie_end (rows, n_rows, first);
      if (reached > 0 && rows[first].time - rows[path[0]].time > window)
        break;
      if (run_mixpanel_tie (rows, first, end, kinds, n_steps, strict, path, &reached))
        break;
    }
  return (int) reached;
}

/**
 * weir_funnel_rules_run_posthog_any:
 * @rows: (array length=n_rows): the events of one person by rising time
 * @n_rows: how many
 * @kinds: what the rows' kinds mean
 * @n_steps: how many steps
 * @window: from the first of the steps to the last, microseconds, inclusive
 * @path: (out caller-allocates): the rows of the best window, by time
 *
 * PostHog's steps in any order: an event serves the first step it can and no other.
 *
 * Returns: how many steps the person reached
 */
int
weir_funnel_rules_run_posthog_any (const WeirFunnelRow  *rows,
                                   guint                 n_rows,
                                   const WeirFunnelKind *kinds,
                                   guint                 n_steps,
                                   gint64                window,
                                   guint                *path)
{
  guint latest[WEIR_FUNNEL_MAX_STEPS];      /* the newest row of each step, + 1 */
  guint best = 0;

  memset (latest, 0, sizeof latest);
  for (guint row = 0; row < n_rows && best < n_steps; row++)
    {
      guint32 steps = kinds[rows[row].kind].steps;
      guint n = 0, found[WEIR_FUNNEL_MAX_STEPS];

      if (steps == 0)
        continue;
      latest[__builtin_ctz (steps)] = row + 1;
      for (guint i = 0; i < n_steps; i++)
        {
          guint at = n;

          if (latest[i] == 0 || rows[row].time - rows[latest[i] - 1].time > window)
            continue;
          for (; at > 0 && found[at - 1] > latest[i] - 1; at--)
            found[at] = found[at - 1];
          found[at] = latest[i] - 1;
          n++;
        }
      if (n <= best)
        continue;
      best = n;
      memcpy (path, found, n * sizeof *path);
    }
  return (int) best;
}
