/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel-machine.h"
#include "weir-question.h"

G_BEGIN_DECLS

#define WEIR_FUNNEL_MAX_EXCLUSIONS 10

/**
 * WeirFunnelStep:
 * @event: (nullable): name of the events that serve it, %NULL for any
 * @name: (nullable): what the step is called
 * @filter: (nullable): what else must hold, the question's filter included
 */
typedef struct {
  char *event;
  char *name;
  WeirFilter *filter;
} WeirFunnelStep;

/**
 * WeirFunnelExclusion:
 * @event: (nullable): name of the events that exclude, %NULL for any
 * @filter: (nullable): what else must hold, the question's filter included
 * @from: the step after which it excludes, from 1 on
 * @to: the step until which it does
 */
typedef struct {
  char *event;
  WeirFilter *filter;
  guint from;
  guint to;
} WeirFunnelExclusion;

#define WEIR_TYPE_FUNNEL (weir_funnel_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirFunnel, weir_funnel, WEIR, FUNNEL, WeirQuestion)

/**
 * WeirFunnelClass:
 * @more_members: (nullable): members of the JSON that a funnel does not have
 *
 * The question how many persons get from step to step.
 */
struct _WeirFunnelClass {
  WeirQuestionClass parent_class;

  const char *const *more_members;
};

const WeirFunnelStep      *weir_funnel_get_steps      (WeirFunnel *self,
                                                       guint      *n_steps);
const WeirFunnelExclusion *weir_funnel_get_exclusions (WeirFunnel *self,
                                                       guint      *n_exclusions);
WeirFunnelOrder            weir_funnel_get_order      (WeirFunnel *self);
gint64                     weir_funnel_get_window     (WeirFunnel *self);
WeirFunnelRules            weir_funnel_get_rules      (WeirFunnel *self);
gboolean                   weir_funnel_get_other_rules (WeirFunnel      *self,
                                                       WeirFunnelRules *rules);
gboolean                   weir_funnel_has_histogram  (WeirFunnel *self);
const char                *weir_funnel_get_breakdown  (WeirFunnel *self);

G_END_DECLS
