/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-data.h"

#include <math.h>

typedef struct {
  char *name;
  guint color;
  guint64 *counts;
  double *medians;
  guint64 excluded;
} Group;

struct _WeirFunnelData
{
  GStrv steps;
  guint n_steps;
  GArray *groups;
};

static void
group_clear (gpointer data)
{
  Group *group = data;

  g_free (group->name);
  g_free (group->counts);
  g_free (group->medians);
}

static void
funnel_data_clear (gpointer data)
{
  WeirFunnelData *self = data;

  g_strfreev (self->steps);
  g_array_unref (self->groups);
}

static const Group *
get_group (const WeirFunnelData *self,
           guint                 group)
{
  g_assert (group < self->groups->len);

  return &g_array_index (self->groups, Group, group);
}

static double
get_ratio (guint64 part,
           guint64 whole)
{
  return whole > 0 ? (double) part / (double) whole : NAN;
}

/**
 * weir_funnel_data_new:
 * @steps: (array length=n_steps): what the steps are called
 * @n_steps: how many
 *
 * Returns: (transfer full): data without a group
 */
WeirFunnelData *
weir_funnel_data_new (const char * const *steps,
                      guint               n_steps)
{
  WeirFunnelData *self = g_rc_box_new0 (WeirFunnelData);

  self->steps = g_new0 (char *, n_steps + 1);
  for (guint i = 0; i < n_steps; i++)
    self->steps[i] = g_strdup (steps[i]);
  self->n_steps = n_steps;
  self->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_array_set_clear_func (self->groups, group_clear);
  return self;
}

/**
 * weir_funnel_data_ref:
 * @self: data
 *
 * Returns: (transfer full): @self
 */
WeirFunnelData *
weir_funnel_data_ref (WeirFunnelData *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

/**
 * weir_funnel_data_unref:
 * @self: (transfer full): data
 *
 * Gives a reference back.
 */
void
weir_funnel_data_unref (WeirFunnelData *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, funnel_data_clear);
}

/**
 * weir_funnel_data_add_group:
 * @self: data that no chart has yet
 * @name: (nullable): what the group is called; %NULL for everybody
 * @color: its colour, see [func@Weir.palette_get_color]
 * @counts: how many persons reached each step; copied
 * @medians: seconds to each step from the one before, NAN where there are none; copied
 * @excluded: how many persons were taken out
 *
 * Adds a group.
 */
void
weir_funnel_data_add_group (WeirFunnelData *self,
                            const char     *name,
                            guint           color,
                            const guint64  *counts,
                            const double   *medians,
                            guint64         excluded)
{
  Group group = { g_strdup (name), color, NULL, NULL, excluded };

  g_return_if_fail (self != NULL);

  group.counts = g_memdup2 (counts, sizeof (guint64) * self->n_steps);
  group.medians = g_memdup2 (medians, sizeof (double) * self->n_steps);
  g_array_append_val (self->groups, group);
}

/**
 * weir_funnel_data_get_n_steps:
 * @self: data
 *
 * Returns: the number of steps
 */
guint
weir_funnel_data_get_n_steps (const WeirFunnelData *self)
{
  return self->n_steps;
}

/**
 * weir_funnel_data_get_n_groups:
 * @self: data
 *
 * Returns: the number of groups
 */
guint
weir_funnel_data_get_n_groups (const WeirFunnelData *self)
{
  return self->groups->len;
}

/**
 * weir_funnel_data_get_step:
 * @self: data
 * @step: a step, from 0 on
 *
 * Returns: (transfer none): what it is called
 */
const char *
weir_funnel_data_get_step (const WeirFunnelData *self,
                           guint                 step)
{
  g_return_val_if_fail (step < self->n_steps, NULL);

  return self->steps[step];
}

/**
 * weir_funnel_data_get_group:
 * @self: data
 * @group: a group
 *
 * Returns: (transfer none) (nullable): what it is called; %NULL for everybody
 */
const char *
weir_funnel_data_get_group (const WeirFunnelData *self,
                            guint                 group)
{
  return get_group (self, group)->name;
}

/**
 * weir_funnel_data_get_color:
 * @self: data
 * @group: a group
 *
 * Returns: the index of its colour
 */
guint
weir_funnel_data_get_color (const WeirFunnelData *self,
                            guint                 group)
{
  return get_group (self, group)->color;
}

/**
 * weir_funnel_data_get_count:
 * @self: data
 * @group: a group
 * @step: a step, from 0 on
 *
 * Returns: how many persons got so far
 */
guint64
weir_funnel_data_get_count (const WeirFunnelData *self,
                            guint                 group,
                            guint                 step)
{
  g_return_val_if_fail (step < self->n_steps, 0);

  return get_group (self, group)->counts[step];
}

/**
 * weir_funnel_data_get_dropped:
 * @self: data
 * @group: a group
 * @step: a step, from 0 on
 *
 * Returns: how many persons reached the step before, and not this one
 */
guint64
weir_funnel_data_get_dropped (const WeirFunnelData *self,
                              guint                 group,
                              guint                 step)
{
  guint64 before, here = weir_funnel_data_get_count (self, group, step);

  if (step == 0)
    return 0;
  before = weir_funnel_data_get_count (self, group, step - 1);
  return before > here ? before - here : 0;
}

/**
 * weir_funnel_data_get_excluded:
 * @self: data
 * @group: a group
 *
 * Returns: how many persons were taken out
 */
guint64
weir_funnel_data_get_excluded (const WeirFunnelData *self,
                               guint                 group)
{
  return get_group (self, group)->excluded;
}

/**
 * weir_funnel_data_get_median:
 * @self: data
 * @group: a group
 * @step: a step, from 0 on
 *
 * Returns: seconds from the step before, NAN where there are none
 */
double
weir_funnel_data_get_median (const WeirFunnelData *self,
                             guint                 group,
                             guint                 step)
{
  g_return_val_if_fail (step < self->n_steps, NAN);

  return get_group (self, group)->medians[step];
}

/**
 * weir_funnel_data_get_of_first:
 * @self: data
 * @group: a group
 * @step: a step, from 0 on
 *
 * Returns: which part of those who began got so far, NAN when nobody began
 */
double
weir_funnel_data_get_of_first (const WeirFunnelData *self,
                               guint                 group,
                               guint                 step)
{
  return get_ratio (weir_funnel_data_get_count (self, group, step),
                    weir_funnel_data_get_count (self, group, 0));
}

/**
 * weir_funnel_data_get_of_previous:
 * @self: data
 * @group: a group
 * @step: a step, from 0 on
 *
 * Returns: which part of those at the step before got so far, NAN when nobody was there
 */
double
weir_funnel_data_get_of_previous (const WeirFunnelData *self,
                                  guint                 group,
                                  guint                 step)
{
  return get_ratio (weir_funnel_data_get_count (self, group, step),
                    weir_funnel_data_get_count (self, group, step > 0 ? step - 1 : 0));
}
