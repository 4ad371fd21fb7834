/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "test-memory-store.h"

G_BEGIN_DECLS

#define TEST_SECOND    G_TIME_SPAN_SECOND
#define TEST_MAX_STEPS 4

typedef enum { TEST_ORDERED, TEST_STRICT, TEST_ANY } TestOrder;

typedef struct {
  char event;         /* '*' for any */
  gboolean wants_k;   /* only events with k = 1 */
} TestTerm;

typedef struct {
  TestTerm steps[TEST_MAX_STEPS];
  guint n_steps;
  TestOrder order;
  gint64 window;
  TestTerm exclusion;    /* none when event is 0 */
  guint from, to;
  gint64 last;           /* 0: all time */
  gboolean has_breakdown;
  gboolean has_cohort;   /* only who did b, ever */
  gboolean overlaps;     /* some event serves only some of the steps of another */
} TestPlan;

typedef struct {
  char id[4];
  guint32 identity;
  char event;
  gboolean k;
  gint64 time;
} TestEvent;

char  *test_funnel_define  (TestMemoryStore  *store,
                            const TestPlan   *plan,
                            GArray           *events,
                            gint64            now);

G_END_DECLS
