/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-bits.h"

G_BEGIN_DECLS

/**
 * WeirCohortScope:
 *
 * Who is a member of a saved cohort, kept while rows come in and the clock goes on. How an answer
 * lets nobody but members count:
 *
 *   1. When it is made: weir_cohort_scope_new_for_question() gives %NULL without an error when the
 *      question names no cohort. Pass the number of the answer's own conditions: the scope's bits
 *      follow them.
 *   2. In get_conditions: weir_cohort_scope_append_conditions() after its own, each time, since
 *      they move with the clock.
 *   3. In add, change and advance: hand on the same arguments, whole. The scope looks at its own
 *      bits only; the answer must in turn mask them out.
 *   4. In write: weir_cohort_scope_update() once, then weir_cohort_scope_contains() for each
 *      person, or weir_cohort_scope_get_members() for all at once. A person may become a member or
 *      cease to be one between two writes without any row of their own, so what was counted has to
 *      be kept per person.
 *
 * Belongs to one thread.
 */
typedef struct _WeirCohortScope WeirCohortScope;

WeirCohortScope *weir_cohort_scope_new_for_question  (WeirQuestion            *question,
                                                      WeirPeople              *people,
                                                      gint64                   now,
                                                      guint                    n_own_conditions,
                                                      GError                 **error);
void             weir_cohort_scope_free              (WeirCohortScope         *self);
void             weir_cohort_scope_append_conditions (WeirCohortScope         *self,
                                                      GArray                  *conditions);
void             weir_cohort_scope_add               (WeirCohortScope         *self,
                                                      const WeirRows          *rows);
void             weir_cohort_scope_change            (WeirCohortScope         *self,
                                                      const WeirPersonChange  *changes,
                                                      guint                    n_changes);
void             weir_cohort_scope_advance           (WeirCohortScope         *self,
                                                      gint64                   now);
gboolean         weir_cohort_scope_update            (WeirCohortScope         *self,
                                                      GError                 **error);
gboolean         weir_cohort_scope_contains          (WeirCohortScope         *self,
                                                      guint32                  person);
const WeirBits  *weir_cohort_scope_get_members       (WeirCohortScope         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirCohortScope, weir_cohort_scope_free)

G_END_DECLS
