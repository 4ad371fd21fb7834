/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEIR_FUNNEL_MAX_STEPS 20
#define WEIR_FUNNEL_EXCLUDED  (-1)

/**
 * WeirFunnelOrder:
 * @WEIR_FUNNEL_ORDERED: the steps in their order, whatever else happens in between
 * @WEIR_FUNNEL_STRICT: the steps in their order, and nothing else in between
 * @WEIR_FUNNEL_ANY: the steps in any order
 */
typedef enum {
  WEIR_FUNNEL_ORDERED,
  WEIR_FUNNEL_STRICT,
  WEIR_FUNNEL_ANY,
} WeirFunnelOrder;

/**
 * WeirFunnelRules:
 * @WEIR_FUNNEL_RULES_WEIR: ours
 * @WEIR_FUNNEL_RULES_POSTHOG: PostHog's
 * @WEIR_FUNNEL_RULES_CLICKHOUSE: those of ClickHouse's `windowFunnel`
 * @WEIR_FUNNEL_RULES_MIXPANEL: Mixpanel's, for unique persons
 *
 * Whose rules count.
 */
typedef enum {
  WEIR_FUNNEL_RULES_WEIR,
  WEIR_FUNNEL_RULES_POSTHOG,
  WEIR_FUNNEL_RULES_CLICKHOUSE,
  WEIR_FUNNEL_RULES_MIXPANEL,
} WeirFunnelRules;

/**
 * WeirFunnelKind:
 * @steps: bit k is set when the event can serve step k + 1
 * @taints: bit k is set when the event taints chains that wait for step k + 1
 * @group: the group of its breakdown
 *
 * What an event means to a funnel. Neither steps nor taints: an event that only a strict funnel
 * cares about.
 */
typedef struct {
  guint32 steps;
  guint32 taints;
  guint32 group;
} WeirFunnelKind;

/**
 * WeirFunnelRow:
 * @time: when it happened, microseconds since the epoch
 * @identity: whose it is
 * @kind: index of its kind
 *
 * An event of a funnel.
 */
typedef struct {
  gint64 time;
  guint32 identity;
  guint32 kind;
} WeirFunnelRow;

/**
 * WeirFunnelMachine:
 *
 * Says how far one person came. Knows nothing but the person's events. Belongs to one thread.
 */
typedef struct _WeirFunnelMachine WeirFunnelMachine;

WeirFunnelMachine *weir_funnel_machine_new  (guint                 n_steps,
                                             WeirFunnelOrder       order,
                                             gint64                window);
void               weir_funnel_machine_set_rules (WeirFunnelMachine *self,
                                             WeirFunnelRules       rules);
void               weir_funnel_machine_free (WeirFunnelMachine    *self);
int                weir_funnel_machine_run  (WeirFunnelMachine    *self,
                                             const WeirFunnelRow  *rows,
                                             guint                 n_rows,
                                             const WeirFunnelKind *kinds,
                                             guint                 path[WEIR_FUNNEL_MAX_STEPS]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFunnelMachine, weir_funnel_machine_free)

G_END_DECLS
