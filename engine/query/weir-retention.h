/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-calendar.h"
#include "weir-event-term.h"

G_BEGIN_DECLS

#define WEIR_RETENTION_MAX_PERIODS 400

/**
 * WeirRetentionSpec:
 * @start: what makes somebody a member of a cohort
 * @back: what counts as coming back
 * @period: what a row and a column of the table are
 * @week_start: first day of a week
 * @n_periods: rows of the table
 * @first_time: whether only a person's first start event ever counts
 * @or_after: whether coming back later counts for all columns before
 * @lists_persons: whether the persons of one cell are asked for, instead of the table
 * @row: the cell's row
 * @column: the cell's value
 * @limit: at most so many persons
 * @after: only persons with greater numbers
 *
 * What a question about retention asks for.
 */
typedef struct {
  WeirEventTerm start;
  WeirEventTerm back;
  WeirPeriod period;
  GDateWeekday week_start;
  guint n_periods;
  gboolean first_time;
  gboolean or_after;
  gboolean lists_persons;
  guint row;
  guint column;
  guint limit;
  guint32 after;
} WeirRetentionSpec;

#define WEIR_TYPE_RETENTION (weir_retention_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirRetention, weir_retention, WEIR, RETENTION, WeirQuestion)

/**
 * WeirRetentionClass:
 * @lists_persons: whether it asks for the persons of one cell
 *
 * The questions `retention` and `retention_persons`: who comes back, by calendar periods.
 */
struct _WeirRetentionClass {
  WeirQuestionClass parent_class;

  gboolean lists_persons;
};

#define WEIR_TYPE_RETENTION_PERSONS (weir_retention_persons_get_type ())
GType weir_retention_persons_get_type (void);

const WeirRetentionSpec *weir_retention_get_spec (WeirRetention *self);

G_END_DECLS
