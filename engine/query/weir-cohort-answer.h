/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-cohort.h"

G_BEGIN_DECLS

#define WEIR_TYPE_COHORT_ANSWER (weir_cohort_answer_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohortAnswer, weir_cohort_answer, WEIR, COHORT_ANSWER, WeirAnswer)

WeirAnswer *weir_cohort_answer_new (WeirCohort  *question,
                                    WeirPeople  *people,
                                    gint64       now,
                                    GError     **error);

G_END_DECLS
