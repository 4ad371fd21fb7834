/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirCohortTrail:
 *
 * How large a cohort was: asks, one instant after the other, who came and went since then.
 */
#define WEIR_TYPE_COHORT_TRAIL (weir_cohort_trail_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohortTrail, weir_cohort_trail, WEIR, COHORT_TRAIL, GObject)

#define WEIR_COHORT_TRAIL_POINTS 9

/* Signals:
 *  ::done   all sizes are known
 */
WeirCohortTrail  *weir_cohort_trail_new       (WeirSession      *session,
                                               JsonNode         *where,
                                               gint64            from,
                                               gint64            to);
void              weir_cohort_trail_stop      (WeirCohortTrail  *self);
const gint64     *weir_cohort_trail_get_times (WeirCohortTrail  *self);
const double     *weir_cohort_trail_get_sizes (WeirCohortTrail  *self);

G_END_DECLS
