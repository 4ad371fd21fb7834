/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-stats.h"

G_BEGIN_DECLS

/* What differs from a quiet shop, for tests: zero or NULL is as usual. */
typedef struct {
  double recent_error_ratio;
  double recent_failure_ratio;    /* of the dependency “payments” */
  double recent_p95;
  double silent_seconds;          /* of the source “kiosk-berlin” */
  double lag;
  guint dead_lettered;
  const char *not_ready;
  gboolean empty;
} Sample;

#define SAMPLE_AT G_GINT64_CONSTANT (1767263467000000)    /* 2026-01-01 10:31:07 UTC */

char      *sample_json  (const Sample *sample);
WeirStats *sample_stats (const Sample *sample);

G_END_DECLS
