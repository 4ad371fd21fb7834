/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-predicate.h"

G_BEGIN_DECLS

/**
 * WeirCohortSpec:
 * @where: who is a member, not resolved; includes the saved cohort the question is limited to
 * @limit: at most so many persons in a list
 * @after: only persons with greater numbers
 * @since: when not %G_MININT64: the moment with whose members to compare
 *
 * What a question about a cohort asks for.
 */
typedef struct {
  WeirPredicate *where;
  guint limit;
  guint32 after;
  gint64 since;
} WeirCohortSpec;

#define WEIR_TYPE_COHORT (weir_cohort_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohort, weir_cohort, WEIR, COHORT, WeirQuestion)

const WeirCohortSpec *weir_cohort_get_spec (WeirCohort *self);

G_END_DECLS
