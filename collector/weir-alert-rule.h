/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  WEIR_ALERT_TREND,
  WEIR_ALERT_ERROR_RATE,
  WEIR_ALERT_LATENCY,
  WEIR_ALERT_SILENCE,
  WEIR_ALERT_LAG,
  WEIR_ALERT_FUNNEL_STEP,
  WEIR_ALERT_DEAD_LETTERS,
} WeirAlertKind;

typedef enum {
  WEIR_ALERT_ABOVE,
  WEIR_ALERT_AT_LEAST,
  WEIR_ALERT_BELOW,
  WEIR_ALERT_AT_MOST,
} WeirAlertOp;

/**
 * WeirAlertRule:
 * @kind: what is measured
 * @op: how it is compared
 * @threshold: with what; of a silence the seconds of @hold
 * @within: of what length of time, until now, in microseconds
 * @hold: how long it must hold, in microseconds
 * @percentile: of a latency, from 0 to 1
 * @step: of a funnel, from 1 on
 * @is_conversion: whether a step is measured by its share of the step before it
 * @is_counted: whether a trend only counts events, of which the last ten minutes know
 * @event: (nullable): only this event
 * @source: (nullable): only this source; of a silence `*` is any
 * @dependency: (nullable): only this dependency
 * @question: (nullable): of a trend or a funnel
 * @json: the rule as it was given
 *
 * When somebody wants to be told. Immutable.
 */
typedef struct {
  WeirAlertKind kind;
  WeirAlertOp op;
  double threshold;
  gint64 within;
  gint64 hold;
  double percentile;
  guint step;
  gboolean is_conversion;
  gboolean is_counted;
  char *event;
  char *source;
  char *dependency;
  JsonNode *question;
  char *json;
} WeirAlertRule;

#define WEIR_ALERT_RULE_MAX_BYTES (64 * 1024)

WeirAlertRule *weir_alert_rule_new_from_json (JsonNode             *node,
                                              GError              **error);
WeirAlertRule *weir_alert_rule_ref           (WeirAlertRule        *self);
void           weir_alert_rule_unref         (WeirAlertRule        *self);
gboolean       weir_alert_rule_compare       (const WeirAlertRule  *self,
                                              double                value);
gboolean       weir_alert_rule_is_recent     (const WeirAlertRule  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirAlertRule, weir_alert_rule_unref)

G_END_DECLS
