/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-condition.h"
#include "weir-property.h"

G_BEGIN_DECLS

/**
 * WeirScanShape:
 *
 * How much of an event has to be read.
 */
typedef enum {
  WEIR_SCAN_INDEX,     /* time and identity */
  WEIR_SCAN_VALUES,    /* the numbers and the properties as well */
  WEIR_SCAN_TEXTS,     /* everything */
} WeirScanShape;

/**
 * WeirScanPlan:
 * @name_id: number of the name
 * @name: (owned): the name
 * @conditions: which conditions its events can fulfil
 * @from: start of the time in which any can, inclusive
 * @until: end of it, exclusive
 * @shape: what has to be read of them
 * @needs_judging: whether not every event in that time fulfils all of them
 * @is_in_columns: whether the columns hold all that has to be read
 *
 * What is asked of the events of one name.
 */
typedef struct {
  gint64 name_id;
  char *name;
  guint32 conditions;
  gint64 from;
  gint64 until;
  WeirScanShape shape;
  gboolean needs_judging;
  gboolean is_in_columns;
} WeirScanPlan;

/**
 * WeirScanQuestion:
 * @conditions: the conditions of an answer
 * @n_conditions: how many
 * @numbers: what number each asks for, or %NULL
 * @groups: what group each asks for, or %NULL
 * @alike: for each, the conditions that ask for the same number and group
 * @uses: what all of them look at
 * @wants_numbers: whether any asks for a number
 * @wants_groups: whether any asks for a group
 * @kept_since: events before do not count
 *
 * The conditions of an answer, made ready. Does not change while a scan runs, so that threads may
 * share it.
 */
typedef struct {
  const WeirCondition *conditions;
  guint n_conditions;
  WeirProperty *numbers[WEIR_MAX_CONDITIONS];
  WeirProperty *groups[WEIR_MAX_CONDITIONS];
  guint32 alike[WEIR_MAX_CONDITIONS];
  WeirFilterUses uses;
  gboolean wants_numbers;
  gboolean wants_groups;
  gint64 kept_since;
} WeirScanQuestion;

void      weir_scan_question_set    (WeirScanQuestion        *self,
                                     const WeirCondition     *conditions,
                                     guint                    n_conditions,
                                     gint64                   kept_since);
void      weir_scan_question_clear  (WeirScanQuestion        *self);
gboolean  weir_scan_plan_init       (WeirScanPlan            *self,
                                     const WeirScanQuestion  *question,
                                     gint64                   name_id,
                                     const char              *name);
void      weir_scan_plan_clear      (WeirScanPlan            *self);

G_END_DECLS
