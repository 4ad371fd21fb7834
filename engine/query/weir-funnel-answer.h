/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-funnel.h"

G_BEGIN_DECLS

/**
 * WeirFunnelOutcome:
 * @person: whose
 * @group: the group of the event that began the best chain, or %WEIR_NO_GROUP
 * @reached: how many steps, or %WEIR_FUNNEL_EXCLUDED
 * @differs: whether by the other rules that the question names it is another number
 * @n_durations: how many steps were reached after the first
 * @durations: from each step to the next, microseconds
 *
 * How far a person came.
 */
typedef struct {
  guint32 person;
  guint32 group;
  gint16 reached;
  gint16 differs;
  guint32 n_durations;
  gint64 durations[];
} WeirFunnelOutcome;

#define WEIR_FUNNEL_OUTCOME_SIZE(n_durations) \
  ((guint) (sizeof (WeirFunnelOutcome) + (n_durations) * sizeof (gint64)))

typedef void (*WeirFunnelOutcomeFunc) (const WeirFunnelOutcome *outcome,
                                       gpointer                 user_data);

#define WEIR_TYPE_FUNNEL_ANSWER (weir_funnel_answer_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirFunnelAnswer, weir_funnel_answer, WEIR, FUNNEL_ANSWER, WeirAnswer)

struct _WeirFunnelAnswerClass {
  WeirAnswerClass parent_class;
};

WeirAnswer *weir_funnel_answer_new               (GType                   type,
                                                  WeirFunnel             *question,
                                                  WeirPeople             *people,
                                                  gint64                  now,
                                                  GError                **error);
gboolean    weir_funnel_answer_update            (WeirFunnelAnswer       *self,
                                                  GError                **error);
void        weir_funnel_answer_foreach           (WeirFunnelAnswer       *self,
                                                  WeirFunnelOutcomeFunc   func,
                                                  gpointer                user_data);
void        weir_funnel_answer_set_max_in_memory (WeirFunnelAnswer       *self,
                                                  guint                   n_rows);

G_END_DECLS
