/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alert-rule.h"

#include <math.h>
#include <string.h>

#include "weir-activity.h"
#include "weir-error.h"
#include "weir-funnel.h"
#include "weir-question-json.h"
#include "weir-trend.h"

#define MAX_HOLD      (31 * G_TIME_SPAN_DAY)
#define MIN_SILENCE   (5 * G_TIME_SPAN_SECOND)
#define WINDOW        ((gint64) WEIR_ACTIVITY_N_SLOTS * WEIR_ACTIVITY_SLOT_SECONDS * G_USEC_PER_SEC)
#define MAX_WITHIN    (31 * G_TIME_SPAN_DAY)
#define MAX_ONE_DAY   (12 * G_TIME_SPAN_HOUR)   /* see weir-alert-measure.c */
#define MAX_NAME      512

static const char *const kinds[] = {
  "trend", "error_rate", "latency", "silence", "lag", "funnel_step", "dead_letters", NULL
};
static const char *const ops[] = { ">", ">=", "<", "<=", NULL };
static const char *const percentiles[] = { "p50", "p90", "p95", "p99", NULL };
static const double quantiles[] = { 0.5, 0.9, 0.95, 0.99 };
static const char *const measures[] = { "conversion", "count", NULL };

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

static gboolean
read_comparison (WeirAlertRule  *self,
                 JsonObject     *object,
                 GError        **error)
{
  JsonNode *node = json_object_get_member (object, "threshold");
  guint op = G_MAXUINT;

  if (!weir_question_read_choice (object, "op", ops, &op, error))
    return FALSE;
  if (op == G_MAXUINT)
    return refuse (error, "“op” is required: >, >=, < or <=");
  self->op = op;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      (json_node_get_value_type (node) != G_TYPE_INT64 &&
       json_node_get_value_type (node) != G_TYPE_DOUBLE) ||
      !isfinite (json_node_get_double (node)))
    return refuse (error, "“threshold” must be a number");
  self->threshold = json_node_get_double (node);
  return TRUE;
}

static gboolean
read_scope (WeirAlertRule  *self,
            JsonObject     *object,
            GError        **error)
{
  if (!weir_question_read_text (object, "event", MAX_NAME, &self->event, error) ||
      !weir_question_read_text (object, "source", MAX_NAME, &self->source, error) ||
      !weir_question_read_text (object, "dependency", MAX_NAME, &self->dependency, error))
    return FALSE;
  if ((self->event != NULL) + (self->source != NULL) + (self->dependency != NULL) > 1)
    return refuse (error, "only one of event, source and dependency can be given");
  return TRUE;
}

static WeirQuestion *
read_question (WeirAlertRule  *self,
               JsonObject     *object,
               GType           type,
               GError        **error)
{
  g_autoptr(WeirQuestion) question = NULL;
  g_autofree char *json = NULL;

  self->question = json_object_dup_member (object, "question");
  if (self->question == NULL || !JSON_NODE_HOLDS_OBJECT (self->question))
    {
      refuse (error, "“question” must be the question that is asked");
      return NULL;
    }
  json = json_to_string (self->question, FALSE);
  question = weir_question_new_from_json (json, -1, error);
  if (question == NULL)
    return NULL;
  if (!g_type_is_a (G_OBJECT_TYPE (question), type))
    {
      refuse (error, "the question is not of the kind that this rule needs");
      return NULL;
    }
  if (json_object_has_member (json_node_get_object (self->question), "breakdown"))
    {
      refuse (error, "the question of a rule may have no breakdown");
      return NULL;
    }
  return g_steal_pointer (&question);
}

static gboolean
read_trend (WeirAlertRule  *self,
            JsonObject     *object,
            GError        **error)
{
  g_autoptr(WeirQuestion) question = read_question (self, object, WEIR_TYPE_TREND, error);
  const WeirTrendSpec *spec;
  WeirMeasure measure;

  if (question == NULL)
    return FALSE;
  spec = weir_trend_get_spec (WEIR_TREND (question));
  if (spec->n_series != 1)
    return refuse (error, "the question of a rule has one series");
  measure = spec->series[0].measure;
  if (self->within > MAX_ONE_DAY && measure != WEIR_MEASURE_COUNT && measure != WEIR_MEASURE_SUM)
    return refuse (error, "“within” may be more than 12h only of a count or a sum");
  self->is_counted = measure == WEIR_MEASURE_COUNT && spec->series[0].term.filter == NULL &&
                     weir_question_get_filter (question) == NULL &&
                     weir_question_get_cohort (question) == NULL && self->within <= WINDOW;
  if (self->is_counted)
    {
      g_free (self->event);
      self->event = g_strdup (spec->series[0].term.event);
    }
  return TRUE;
}

static gboolean
read_funnel (WeirAlertRule  *self,
             JsonObject     *object,
             GError        **error)
{
  g_autoptr(WeirQuestion) question = read_question (self, object, WEIR_TYPE_FUNNEL, error);
  gint64 step = 0;
  guint n_steps = 0;
  guint measure = 0;

  if (question == NULL)
    return FALSE;
  if (!g_str_equal (weir_question_get_kind (question), "funnel"))
    return refuse (error, "the question is not of the kind that this rule needs");
  weir_funnel_get_steps (WEIR_FUNNEL (question), &n_steps);
  if (!weir_question_read_integer (object, "step", 1, n_steps, &step, error) ||
      !weir_question_read_choice (object, "measure", measures, &measure, error))
    return FALSE;
  self->step = (guint) step;
  self->is_conversion = measure == 0;
  if (step == 0 || (self->is_conversion && step < 2))
    return refuse (error, "“step” must be a step of the funnel; its conversion one from 2 on");
  return TRUE;
}

static gboolean
read_window (WeirAlertRule  *self,
             JsonObject     *object,
             GError        **error)
{
  gint64 longest = self->kind == WEIR_ALERT_TREND ? MAX_WITHIN : WINDOW;

  self->within = 5 * G_TIME_SPAN_MINUTE;
  if (!weir_question_read_duration (object, "within", &self->within, error))
    return FALSE;
  if (self->within < G_TIME_SPAN_SECOND || self->within > longest)
    return refuse (error, self->kind == WEIR_ALERT_TREND ? "“within” must be from 1s to 31d"
                                                         : "“within” must be from 1s to 10m");
  return TRUE;
}

static gboolean
read_silence (WeirAlertRule  *self,
              JsonObject     *object,
              GError        **error)
{
  if (self->source == NULL || *self->source == '\0')
    return refuse (error, "“source” is required; * is any");
  if (self->hold < MIN_SILENCE)
    return refuse (error, "“for” of a silence must be at least 5s");
  self->op = WEIR_ALERT_AT_LEAST;
  self->threshold = (double) self->hold / G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
has_scope (WeirAlertKind kind)
{
  return kind == WEIR_ALERT_ERROR_RATE || kind == WEIR_ALERT_LATENCY ||
         kind == WEIR_ALERT_SILENCE;
}

static gboolean
read_rule (WeirAlertRule  *self,
           JsonObject     *object,
           GError        **error)
{
  guint kind = G_MAXUINT;
  guint percentile = 2;

  if (!weir_question_read_choice (object, "kind", kinds, &kind, error))
    return FALSE;
  if (kind == G_MAXUINT)
    return refuse (error, "the rule has no kind");
  self->kind = kind;
  if (!read_scope (self, object, error) ||
      !weir_question_read_duration (object, "for", &self->hold, error) ||
      !weir_question_read_choice (object, "percentile", percentiles, &percentile, error))
    return FALSE;
  if (self->hold < 0 || self->hold > MAX_HOLD)
    return refuse (error, "“for” must be at most 31d");
  self->percentile = quantiles[percentile];
  if (!has_scope (self->kind) && (self->event != NULL || self->source != NULL ||
                                  self->dependency != NULL))
    return refuse (error, "event, source and dependency are for error_rate and latency alone");
  if (self->kind == WEIR_ALERT_SILENCE)
    return read_silence (self, object, error);
  if (!read_comparison (self, object, error))
    return FALSE;

  switch (self->kind)
    {
    case WEIR_ALERT_TREND:
      return read_window (self, object, error) && read_trend (self, object, error);

    case WEIR_ALERT_ERROR_RATE:
    case WEIR_ALERT_LATENCY:
      return read_window (self, object, error);

    case WEIR_ALERT_FUNNEL_STEP:
      return read_funnel (self, object, error);

    case WEIR_ALERT_SILENCE:
    case WEIR_ALERT_LAG:
    case WEIR_ALERT_DEAD_LETTERS:
    default:
      return TRUE;
    }
}

/**
 * weir_alert_rule_new_from_json:
 * @node: (nullable): a rule; not trusted
 * @error: return location for an error
 *
 * Returns: (transfer full): the rule, or %NULL with %WEIR_ERROR_INVALID_REQUEST that says what is
 *   wrong with it
 */
WeirAlertRule *
weir_alert_rule_new_from_json (JsonNode  *node,
                               GError   **error)
{
  g_autoptr(WeirAlertRule) self = g_atomic_rc_box_new0 (WeirAlertRule);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      refuse (error, "“rule” must be an object with a kind");
      return NULL;
    }
  self->json = json_to_string (node, FALSE);
  if (strlen (self->json) > WEIR_ALERT_RULE_MAX_BYTES)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE, "a rule has at most 64 KiB");
      return NULL;
    }
  return read_rule (self, json_node_get_object (node), error) ? g_steal_pointer (&self) : NULL;
}

/**
 * weir_alert_rule_ref:
 * @self: a rule
 *
 * Returns: (transfer full): the same
 */
WeirAlertRule *
weir_alert_rule_ref (WeirAlertRule *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  WeirAlertRule *self = data;

  g_free (self->event);
  g_free (self->source);
  g_free (self->dependency);
  g_clear_pointer (&self->question, json_node_unref);
  g_free (self->json);
}

/**
 * weir_alert_rule_unref:
 * @self: (transfer full): a rule
 */
void
weir_alert_rule_unref (WeirAlertRule *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * weir_alert_rule_compare:
 * @self: a rule
 * @value: what was measured; not a number when there was nothing to measure
 *
 * Returns: whether the rule holds
 */
gboolean
weir_alert_rule_compare (const WeirAlertRule *self,
                         double               value)
{
  switch (self->op)
    {
    case WEIR_ALERT_ABOVE:
      return value > self->threshold;
    case WEIR_ALERT_AT_LEAST:
      return value >= self->threshold;
    case WEIR_ALERT_BELOW:
      return value < self->threshold;
    case WEIR_ALERT_AT_MOST:
    default:
      return value <= self->threshold;
    }
}

/**
 * weir_alert_rule_is_recent:
 * @self: a rule
 *
 * Returns: whether it looks at a length of time that ends now, so that it cannot be judged while
 *   the clock or the collector was not there for all of it
 */
gboolean
weir_alert_rule_is_recent (const WeirAlertRule *self)
{
  return self->kind == WEIR_ALERT_TREND || self->kind == WEIR_ALERT_ERROR_RATE ||
         self->kind == WEIR_ALERT_LATENCY;
}
