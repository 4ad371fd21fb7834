/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-scan-plan.h"

#include <string.h>

static WeirFilterUses
get_uses (const WeirScanQuestion *self,
          guint                   bit)
{
  const WeirCondition *condition = &self->conditions[bit];
  WeirFilterUses uses = condition->filter != NULL ? weir_filter_get_uses (condition->filter) : 0;

  if (self->numbers[bit] != NULL)
    uses |= WEIR_FILTER_USES_VALUE | weir_property_get_uses (self->numbers[bit]);
  if (self->groups[bit] != NULL)
    uses |= weir_property_get_uses (self->groups[bit]);

  return uses;
}

static guint32
find_alike (const WeirScanQuestion *self,
            guint                   bit)
{
  guint32 alike = 0;

  for (guint i = 0; i < self->n_conditions; i++)
    {
      if (g_strcmp0 (self->conditions[i].number, self->conditions[bit].number) == 0 &&
          g_strcmp0 (self->conditions[i].group, self->conditions[bit].group) == 0)
        alike |= 1u << i;
    }
  return alike;
}

/**
 * weir_scan_question_set:
 * @self: a question, of zeros or set before
 * @conditions: (array length=n_conditions): the conditions; must outlive the question
 * @n_conditions: how many
 * @kept_since: events before do not count; microseconds since the epoch
 */
void
weir_scan_question_set (WeirScanQuestion    *self,
                        const WeirCondition *conditions,
                        guint                n_conditions,
                        gint64               kept_since)
{
  weir_scan_question_clear (self);
  self->conditions = conditions;
  self->n_conditions = n_conditions;
  self->kept_since = kept_since;
  for (guint i = 0; i < n_conditions; i++)
    {
      if (conditions[i].number != NULL)
        self->numbers[i] = weir_property_new (conditions[i].number);
      if (conditions[i].group != NULL)
        self->groups[i] = weir_property_new (conditions[i].group);
      self->wants_numbers |= conditions[i].number != NULL;
      self->wants_groups |= conditions[i].group != NULL;
      self->alike[i] = find_alike (self, i);
      self->uses |= get_uses (self, i);
    }
}

/**
 * weir_scan_question_clear:
 * @self: a question
 *
 * Frees what it holds.
 */
void
weir_scan_question_clear (WeirScanQuestion *self)
{
  for (guint i = 0; i < WEIR_MAX_CONDITIONS; i++)
    {
      g_clear_pointer (&self->numbers[i], weir_property_free);
      g_clear_pointer (&self->groups[i], weir_property_free);
    }
  memset (self, 0, sizeof *self);
}

static WeirScanShape
get_shape (WeirFilterUses uses)
{
  if (uses & WEIR_FILTER_USES_TEXTS)
    return WEIR_SCAN_TEXTS;
  if (uses & (WEIR_FILTER_USES_VALUE | WEIR_FILTER_USES_PROPERTIES))
    return WEIR_SCAN_VALUES;
  return WEIR_SCAN_INDEX;
}

/**
 * weir_scan_plan_init:
 * @self: (out caller-allocates): a plan
 * @question: what is asked
 * @name_id: number of a name
 * @name: the name
 *
 * Returns: whether the events of this name matter; if not, nothing needs to be cleared
 */
gboolean
weir_scan_plan_init (WeirScanPlan           *self,
                     const WeirScanQuestion *question,
                     gint64                  name_id,
                     const char             *name)
{
  WeirFilterUses uses = 0;
  gboolean same_range = TRUE;
  gboolean has_filter = FALSE;

  *self = (WeirScanPlan) { .name_id = name_id, .from = G_MAXINT64, .until = G_MININT64 };
  for (guint i = 0; i < question->n_conditions; i++)
    {
      const WeirCondition *condition = &question->conditions[i];

      if (condition->event != NULL && !g_str_equal (condition->event, name))
        continue;
      if (self->conditions != 0)
        same_range &= condition->from == self->from && condition->until == self->until;
      self->conditions |= 1u << i;
      self->from = MIN (self->from, condition->from);
      self->until = MAX (self->until, condition->until);
      has_filter |= condition->filter != NULL;
      uses |= get_uses (question, i);
    }
  self->from = MAX (self->from, question->kept_since);
  self->shape = get_shape (uses);
  self->is_in_columns = self->shape == WEIR_SCAN_INDEX && !has_filter &&
                        !question->wants_numbers && !question->wants_groups;
  self->needs_judging =
      has_filter || !same_range || question->wants_numbers || question->wants_groups;
  if (self->conditions == 0 || self->from >= self->until)
    return FALSE;
  self->name = g_strdup (name);

  return TRUE;
}

/**
 * weir_scan_plan_clear:
 * @self: a plan
 */
void
weir_scan_plan_clear (WeirScanPlan *self)
{
  g_clear_pointer (&self->name, g_free);
}
