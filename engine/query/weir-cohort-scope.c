/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort-scope.h"

#include "weir-membership.h"

struct _WeirCohortScope {
  WeirMembership *membership;
};

/**
 * weir_cohort_scope_new_for_question:
 * @question: a question
 * @people: whom to ask about persons
 * @now: the moment to stand at, microseconds since the epoch
 * @n_own_conditions: how many conditions the answer itself has
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the cohort whose members alone count; %NULL when the
 *   question names none, or with %WEIR_ERROR_INVALID_REQUEST when there is no such cohort, it is
 *   defined by itself, or there would be too many conditions
 */
WeirCohortScope *
weir_cohort_scope_new_for_question (WeirQuestion  *question,
                                    WeirPeople    *people,
                                    gint64         now,
                                    guint          n_own_conditions,
                                    GError       **error)
{
  const WeirRange always = { G_MININT64, G_MAXINT64, 0 };
  const char *name = weir_question_get_cohort (question);
  g_autoptr(WeirPredicate) predicate = NULL;
  g_autoptr(WeirPredicate) resolved = NULL;
  WeirMembership *membership;
  WeirCohortScope *self;

  if (name == NULL)
    return NULL;
  predicate = weir_predicate_new_saved (name);
  resolved = weir_predicate_resolve (predicate, people, error);
  if (resolved == NULL)
    return NULL;
  membership = weir_membership_new (resolved, people, &always, now, FALSE, n_own_conditions, error);
  if (membership == NULL)
    return NULL;

  self = g_new0 (WeirCohortScope, 1);
  self->membership = membership;

  return self;
}

/**
 * weir_cohort_scope_free:
 * @self: (transfer full): a scope
 */
void
weir_cohort_scope_free (WeirCohortScope *self)
{
  weir_membership_free (self->membership);
  g_free (self);
}

/**
 * weir_cohort_scope_append_conditions:
 * @self: a scope
 * @conditions: (element-type WeirCondition): the answer's own, to which the scope's are appended
 */
void
weir_cohort_scope_append_conditions (WeirCohortScope *self,
                                     GArray          *conditions)
{
  weir_membership_append_conditions (self->membership, conditions);
}

/**
 * weir_cohort_scope_add:
 * @self: a scope
 * @rows: what the answer was given
 */
void
weir_cohort_scope_add (WeirCohortScope *self,
                       const WeirRows  *rows)
{
  weir_membership_add (self->membership, rows);
}

/**
 * weir_cohort_scope_change:
 * @self: a scope
 * @changes: (array length=n_changes): what the answer was told
 * @n_changes: how many
 */
void
weir_cohort_scope_change (WeirCohortScope        *self,
                          const WeirPersonChange *changes,
                          guint                   n_changes)
{
  weir_membership_change (self->membership, changes, n_changes);
}

/**
 * weir_cohort_scope_advance:
 * @self: a scope
 * @now: microseconds since the epoch
 */
void
weir_cohort_scope_advance (WeirCohortScope *self,
                           gint64           now)
{
  weir_membership_advance (self->membership, now);
}

/**
 * weir_cohort_scope_update:
 * @self: a scope
 * @error: return location for an error
 *
 * Finds out who is a member; goes through all persons.
 *
 * Returns: whether all could be read
 */
gboolean
weir_cohort_scope_update (WeirCohortScope  *self,
                          GError          **error)
{
  return weir_membership_update (self->membership, error);
}

/**
 * weir_cohort_scope_contains:
 * @self: a scope
 * @person: a person
 *
 * Returns: whether the person was a member at the last update
 */
gboolean
weir_cohort_scope_contains (WeirCohortScope *self,
                            guint32          person)
{
  return weir_bits_contain (weir_membership_get_members (self->membership), person);
}

/**
 * weir_cohort_scope_get_members:
 * @self: a scope
 *
 * Returns: (transfer none): who was a member at the last update
 */
const WeirBits *
weir_cohort_scope_get_members (WeirCohortScope *self)
{
  return weir_membership_get_members (self->membership);
}
