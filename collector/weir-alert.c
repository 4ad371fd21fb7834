/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alert.h"

#include <math.h>

#include "weir-event-json.h"
#include "weir-time.h"

/* How long a rule must not hold before its alert is over, at most. */
#define MAX_QUIET_US G_TIME_SPAN_MINUTE

/*
 * All lengths of time are measured on the monotonic clock, so that a step of the other one changes
 * nothing. The times that are shown are those of the wall.
 */

/**
 * weir_alert_new:
 * @name: its name
 * @rule: (transfer full): when it fires
 * @now: microseconds since the epoch
 * @monotonic: the monotonic time
 *
 * Returns: (transfer full): an alert that is well
 */
WeirAlert *
weir_alert_new (const char    *name,
                WeirAlertRule *rule,
                gint64         now,
                gint64         monotonic)
{
  WeirAlert *self = g_new0 (WeirAlert, 1);

  self->name = g_strdup (name);
  self->rule = rule;
  self->value = NAN;
  self->since = now;
  self->silent_since = monotonic;
  return self;
}

/**
 * weir_alert_free:
 * @self: (transfer full): an alert
 */
void
weir_alert_free (WeirAlert *self)
{
  g_free (self->name);
  g_free (self->error);
  weir_alert_rule_unref (self->rule);
  g_free (self);
}

/**
 * weir_alert_snooze:
 * @self: an alert
 * @micros: how long nobody is to be told; 0 to end that
 * @now: microseconds since the epoch
 * @monotonic: the monotonic time
 */
void
weir_alert_snooze (WeirAlert *self,
                   gint64     micros,
                   gint64     now,
                   gint64     monotonic)
{
  self->snoozed_until = micros > 0 ? now + micros : 0;
  self->snooze_ends = micros > 0 ? monotonic + micros : 0;
}

/**
 * weir_alert_is_snoozed:
 * @self: an alert
 * @monotonic: the monotonic time
 *
 * Returns: whether nobody is to be told
 */
gboolean
weir_alert_is_snoozed (WeirAlert *self,
                       gint64     monotonic)
{
  if (self->snooze_ends != 0 && monotonic >= self->snooze_ends)
    self->snooze_ends = self->snoozed_until = 0;
  return self->snooze_ends != 0;
}

/**
 * weir_alert_hear:
 * @self: an alert of a silence
 * @last_seen: when the last event came, microseconds since the epoch; 0 when none did
 * @monotonic: the monotonic time
 *
 * Notes that something was heard. The first time after a start is only a beginning: what was sent
 * while the collector was not there cannot have been heard.
 */
void
weir_alert_hear (WeirAlert *self,
                 gint64     last_seen,
                 gint64     monotonic)
{
  if (self->checked != 0 && last_seen != self->last_seen)
    {
      self->silent_since = monotonic;
      self->was_heard = TRUE;
    }
  self->last_seen = last_seen;
}

static void
set_state (WeirAlert      *self,
           WeirAlertState  state,
           gint64          now)
{
  self->state = state;
  self->since = now;
}

/* A silence that fired before a restart goes on until something is heard. */
static gboolean
holds (WeirAlert *self,
       double     value)
{
  if (self->rule->kind == WEIR_ALERT_SILENCE && self->state == WEIR_ALERT_FIRING &&
      !self->was_heard)
    return TRUE;
  return !isnan (value) && weir_alert_rule_compare (self->rule, value);
}

static WeirAlertChange
fire (WeirAlert *self,
      gint64     now)
{
  set_state (self, WEIR_ALERT_FIRING, now);
  self->quiet_since = 0;
  self->was_heard = FALSE;
  self->is_told = FALSE;
  return WEIR_ALERT_FIRED;
}

/* A silence has waited already. */
static WeirAlertChange
judge_holding (WeirAlert *self,
               gint64     now,
               gint64     monotonic)
{
  gint64 hold = self->rule->kind == WEIR_ALERT_SILENCE ? 0 : self->rule->hold;

  self->quiet_since = 0;
  if (self->state == WEIR_ALERT_FIRING)
    return WEIR_ALERT_NOTHING;
  if (self->state == WEIR_ALERT_OK && hold > 0)
    {
      set_state (self, WEIR_ALERT_PENDING, now);
      self->pending_since = monotonic;
      return WEIR_ALERT_NOTHING;
    }
  return hold == 0 || monotonic - self->pending_since >= hold ? fire (self, now)
                                                              : WEIR_ALERT_NOTHING;
}

static WeirAlertChange
judge_quiet (WeirAlert *self,
             gint64     now,
             gint64     monotonic)
{
  gint64 quiet = self->rule->kind == WEIR_ALERT_SILENCE ? 0 : MIN (self->rule->hold, MAX_QUIET_US);

  if (self->state == WEIR_ALERT_PENDING)
    set_state (self, WEIR_ALERT_OK, now);
  if (self->state != WEIR_ALERT_FIRING)
    return WEIR_ALERT_NOTHING;
  if (self->quiet_since == 0)
    self->quiet_since = monotonic;
  if (monotonic - self->quiet_since < quiet)
    return WEIR_ALERT_NOTHING;
  set_state (self, WEIR_ALERT_OK, now);
  return WEIR_ALERT_RESOLVED;
}

/**
 * weir_alert_judge:
 * @self: an alert
 * @value: what was measured; not a number when there was nothing to measure
 * @now: microseconds since the epoch
 * @monotonic: the monotonic time
 *
 * Returns: what has changed
 */
WeirAlertChange
weir_alert_judge (WeirAlert *self,
                  double     value,
                  gint64     now,
                  gint64     monotonic)
{
  self->value = value;
  return holds (self, value) ? judge_holding (self, now, monotonic)
                             : judge_quiet (self, now, monotonic);
}

static void
append_time (GString    *out,
             const char *member,
             gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  if (micros == 0)
    {
      g_string_append_printf (out, ",\"%s\":null", member);
      return;
    }
  weir_time_format_rfc3339 (micros, text);
  g_string_append_printf (out, ",\"%s\":\"%s\"", member, text);
}

/**
 * weir_alert_append:
 * @self: an alert
 * @out: gets a JSON object
 */
void
weir_alert_append (WeirAlert *self,
                   GString   *out)
{
  static const char *const states[] = { "ok", "pending", "firing" };
  gboolean is_broken = self->error != NULL && self->state != WEIR_ALERT_FIRING;

  g_string_append (out, "{\"name\":");
  weir_json_append_string (out, self->name, -1);
  g_string_append_printf (out, ",\"rule\":%s,\"state\":\"%s\",\"value\":", self->rule->json,
                          is_broken ? "error" : states[self->state]);
  if (isfinite (self->value))
    weir_json_append_double (out, self->value);
  else
    g_string_append (out, "null");
  append_time (out, "since", self->since);
  append_time (out, "checked", self->checked);
  g_string_append (out, ",\"error\":");
  if (self->error != NULL)
    weir_json_append_string (out, self->error, -1);
  else
    g_string_append (out, "null");
  append_time (out, "snoozed_until", self->snoozed_until);
  g_string_append_c (out, '}');
}
