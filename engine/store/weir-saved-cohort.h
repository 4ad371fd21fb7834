/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirSavedCohort:
 * @name: what it is called
 * @definition: `{"where":…}`, or `{"distinct_ids":[]}` of a static one
 * @distinct_ids: (nullable) (element-type utf8): the ids of a static one
 *
 * A cohort as it is saved.
 */
typedef struct {
  char *name;
  char *definition;
  GPtrArray *distinct_ids;
} WeirSavedCohort;

#define WEIR_COHORT_MAX_NAME  200
#define WEIR_COHORT_MAX_IDS   1000000

WeirSavedCohort *weir_saved_cohort_new_from_json (const char       *name,
                                                  const char       *json,
                                                  gsize             length,
                                                  GError          **error);
void             weir_saved_cohort_free          (WeirSavedCohort  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSavedCohort, weir_saved_cohort_free)

G_END_DECLS
