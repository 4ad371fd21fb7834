/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirCohortResults:
 *
 * How many are in a cohort, how that became so, and who they are: members, and those who came and
 * went since a day.
 */
#define WEIR_TYPE_COHORT_RESULTS (weir_cohort_results_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohortResults, weir_cohort_results, WEIR, COHORT_RESULTS, GtkWidget)

/* Signals:
 *  ::sized (guint64 size)   how many there are
 */
void       weir_cohort_results_attach    (WeirCohortResults  *self,
                                          WeirPage           *page);
void       weir_cohort_results_set_where (WeirCohortResults  *self,
                                          JsonNode           *where);
JsonNode  *weir_cohort_results_get_where (WeirCohortResults  *self);

G_END_DECLS
