/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-alert-rule.h"

G_BEGIN_DECLS

typedef enum {
  WEIR_ALERT_OK,
  WEIR_ALERT_PENDING,
  WEIR_ALERT_FIRING,
} WeirAlertState;

typedef enum {
  WEIR_ALERT_NOTHING,
  WEIR_ALERT_FIRED,
  WEIR_ALERT_RESOLVED,
} WeirAlertChange;

/**
 * WeirAlert:
 * @name: its name
 * @rule: (owned): when it fires
 * @state: what it is
 * @value: what was measured last; not a number when there was nothing to measure
 * @since: when @state began, microseconds since the epoch
 * @checked: when it was last looked at, or 0
 * @error: (nullable): why it could not be measured then
 * @snoozed_until: until when nobody is told, microseconds since the epoch, or 0
 * @is_told: whether somebody was told of this episode
 * @next_check: (monotonic): when a costly one may be looked at again
 * @last_seen: of a silence, the last event that was known
 *
 * One alert and how it is.
 */
typedef struct {
  char *name;
  WeirAlertRule *rule;
  WeirAlertState state;
  double value;
  gint64 since;
  gint64 checked;
  char *error;
  gint64 snoozed_until;
  gboolean is_told;
  gint64 next_check;

  gint64 last_seen;
  gint64 silent_since;    /* monotonic */
  gboolean was_heard;     /* since the collector started, or the rule was made */
  gint64 snooze_ends;     /* monotonic; 0 for no snooze */
  gint64 pending_since;   /* monotonic */
  gint64 quiet_since;     /* monotonic; 0 while it holds */
} WeirAlert;

WeirAlert       *weir_alert_new        (const char     *name,
                                        WeirAlertRule  *rule,
                                        gint64          now,
                                        gint64          monotonic);
void             weir_alert_free       (WeirAlert      *self);
void             weir_alert_snooze     (WeirAlert      *self,
                                        gint64          micros,
                                        gint64          now,
                                        gint64          monotonic);
gboolean         weir_alert_is_snoozed (WeirAlert      *self,
                                        gint64          monotonic);
void             weir_alert_hear       (WeirAlert      *self,
                                        gint64          last_seen,
                                        gint64          monotonic);
WeirAlertChange  weir_alert_judge      (WeirAlert      *self,
                                        double          value,
                                        gint64          now,
                                        gint64          monotonic);
void             weir_alert_append     (WeirAlert      *self,
                                        GString        *out);

G_END_DECLS
