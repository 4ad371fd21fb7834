/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirAlertKind:
 *
 * What a rule looks at; the order is that of the editor's list.
 */
typedef enum {
  WEIR_ALERT_ERROR_RATE,
  WEIR_ALERT_LATENCY,
  WEIR_ALERT_SILENCE,
  WEIR_ALERT_TREND,
  WEIR_ALERT_FUNNEL_STEP,
  WEIR_ALERT_LAG,
  WEIR_ALERT_DEAD_LETTERS,
  WEIR_N_ALERT_KINDS,
} WeirAlertKind;

const char    *weir_alert_kind_get_name    (WeirAlertKind   kind);
const char    *weir_alert_kind_get_label   (WeirAlertKind   kind);
WeirAlertKind  weir_alert_kind_from_rule    (JsonObject     *rule);
char          *weir_alert_kind_describe_rule    (JsonObject     *rule);
char          *weir_alert_kind_dup_value   (JsonObject     *rule,
                                            double          value);
char          *weir_alert_kind_dup_limit   (JsonObject     *rule,
                                            double          limit);
char          *weir_alert_kind_describe_change (JsonObject *change);
const char    *weir_alert_kind_get_page    (JsonObject     *rule);

G_END_DECLS
