/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-filter.h"
#include "weir-people.h"

G_BEGIN_DECLS

typedef struct _WeirAnswer WeirAnswer;

/**
 * WeirRange:
 * @from: start, microseconds since the epoch, inclusive; %G_MININT64 for none
 * @until: end, exclusive; %G_MAXINT64 for none
 * @last: when not 0 the range is relative: from @last microseconds before now until now
 *
 * A range of time as it was asked for.
 */
typedef struct {
  gint64 from;
  gint64 until;
  gint64 last;
} WeirRange;

#define WEIR_TYPE_QUESTION (weir_question_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirQuestion, weir_question, WEIR, QUESTION, GObject)

/**
 * WeirQuestionClass:
 * @kind: what the wire contract calls it
 * @parse: reads what is special to the kind, once
 * @answer: makes an answer that knows no events yet; may read saved cohorts from @people
 *
 * A question over events: trend, funnel, retention, cohort. Immutable once made; may cross threads.
 */
struct _WeirQuestionClass {
  GObjectClass parent_class;

  const char *kind;
  gboolean    (*parse)  (WeirQuestion *self, JsonObject *object, GError **error);
  WeirAnswer *(*answer) (WeirQuestion *self, WeirPeople *people, gint64 now, GError **error);
};

WeirQuestion     *weir_question_new_from_json (const char         *json,
                                               gssize              length,
                                               GError            **error);
const char       *weir_question_get_kind      (WeirQuestion       *self);
const WeirRange  *weir_question_get_range     (WeirQuestion       *self);
GTimeZone        *weir_question_get_time_zone (WeirQuestion       *self);
WeirFilter       *weir_question_get_filter    (WeirQuestion       *self);
const char       *weir_question_get_cohort    (WeirQuestion       *self);
WeirAnswer       *weir_question_answer        (WeirQuestion       *self,
                                               WeirPeople         *people,
                                               gint64              now,
                                               GError            **error);

G_END_DECLS
