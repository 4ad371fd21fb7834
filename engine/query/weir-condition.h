/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"

G_BEGIN_DECLS

#define WEIR_MAX_CONDITIONS 32
#define WEIR_NO_GROUP       G_MAXUINT32

/**
 * WeirCondition:
 * @event: (nullable): name of the events, %NULL for any
 * @filter: (nullable): what else must hold for the event or its person
 * @from: start of the time range, microseconds since the epoch, inclusive; %G_MININT64 for none
 * @until: end of the time range, exclusive; %G_MAXINT64 for none
 * @number: (nullable): property whose number the row carries: `value`, or a path
 * @group: (nullable): property whose text the row's group is made of
 *
 * One kind of event that a question looks for. A store finds the events, and gives the answer one
 * row for each, with the conditions that hold as bits. Only where conditions that hold ask for
 * different numbers or groups, the event comes as several rows: one for each different pair of
 * number and group, with the bits of the conditions that ask for that pair.
 */
typedef struct {
  const char *event;
  WeirFilter *filter;
  gint64 from;
  gint64 until;
  const char *number;
  const char *group;
} WeirCondition;

/**
 * WeirRow:
 * @time: when it happened, microseconds since the epoch, UTC
 * @identity: the number of the identity it came with
 * @conditions: bit i is set when condition i holds
 */
typedef struct {
  gint64 time;
  guint32 identity;
  guint32 conditions;
} WeirRow;

/**
 * WeirRows:
 * @n_rows: how many
 * @rows: the rows, in the order of the store within the same time of the same name
 * @numbers: (nullable): for each row its number, NAN when it has none; %NULL when nobody asked
 * @groups: (nullable): for each row its group, see [method@Weir.Answer.get_group], or
 *   %WEIR_NO_GROUP when the event has no such property; %NULL when nobody asked
 */
typedef struct {
  guint n_rows;
  const WeirRow *rows;
  const double *numbers;
  const guint32 *groups;
} WeirRows;

static inline WeirRows
weir_rows_slice (const WeirRows *self,
                 guint           begin,
                 guint           n_rows)
{
  return (WeirRows) { n_rows, self->rows + begin,
                      self->numbers != NULL ? self->numbers + begin : NULL,
                      self->groups != NULL ? self->groups + begin : NULL };
}

G_END_DECLS
