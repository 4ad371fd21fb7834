/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-compare-range.h"

G_BEGIN_DECLS

/**
 * WeirCompareJob:
 * @heading: (nullable): above it; %NULL when it is one more under the heading before
 * @title: (nullable): what is asked, for readers
 * @question: without range
 * @answers: of both files, once they are there
 * @n_pending: how many answers are on their way
 *
 * One thing to compare: a question for both files.
 */
typedef struct {
  char *heading;
  char *title;
  JsonObject *question;
  JsonObject *answers[2];
  guint n_pending;
} WeirCompareJob;

void   weir_compare_plan_questions (GQueue               *jobs,
                                    JsonObject * const   *questions);
void   weir_compare_plan_cohorts   (GQueue               *jobs,
                                    JsonObject * const   *cohorts);
void   weir_compare_plan_events    (GQueue               *jobs,
                                    JsonObject * const   *catalogs);
char  *weir_compare_job_dup_body   (const WeirCompareJob *job,
                                    WeirCompareRange     *range,
                                    guint                 side);
void   weir_compare_job_free       (gpointer              job);

G_END_DECLS
