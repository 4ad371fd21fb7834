/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alert-kind.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-json.h"

static const struct {
  const char *name;
  const char *label;
  const char *page;         /* where to look when it fires */
} kinds[WEIR_N_ALERT_KINDS] = {
  [WEIR_ALERT_ERROR_RATE] = { "error_rate", N_("Error rate"), "overview" },
  [WEIR_ALERT_LATENCY] = { "latency", N_("Latency"), "overview" },
  [WEIR_ALERT_SILENCE] = { "silence", N_("Silence of a source"), "collector" },
  [WEIR_ALERT_TREND] = { "trend", N_("Number of events"), "trends" },
  [WEIR_ALERT_FUNNEL_STEP] = { "funnel_step", N_("Step of a funnel"), "funnels" },
  [WEIR_ALERT_LAG] = { "lag", N_("Lag of the store"), "collector" },
  [WEIR_ALERT_DEAD_LETTERS] = { "dead_letters", N_("Dead letters"), "collector" },
};

/**
 * weir_alert_kind_get_name:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the wire
 */
const char *
weir_alert_kind_get_name (WeirAlertKind kind)
{
  return kinds[kind].name;
}

/**
 * weir_alert_kind_get_label:
 * @kind: a kind
 *
 * Returns: (transfer none): what a reader calls it
 */
const char *
weir_alert_kind_get_label (WeirAlertKind kind)
{
  return _(kinds[kind].label);
}

/**
 * weir_alert_kind_from_rule:
 * @rule: (nullable): a rule
 *
 * Returns: what it looks at; %WEIR_N_ALERT_KINDS when this program does not know that
 */
WeirAlertKind
weir_alert_kind_from_rule (JsonObject *rule)
{
  const char *name = weir_json_get_text (rule, "kind");

  for (guint i = 0; name != NULL && i < WEIR_N_ALERT_KINDS; i++)
    {
      if (g_str_equal (kinds[i].name, name))
        return i;
    }
  return WEIR_N_ALERT_KINDS;
}

static gboolean
is_ratio (JsonObject *rule)
{
  WeirAlertKind kind = weir_alert_kind_from_rule (rule);

  return kind == WEIR_ALERT_ERROR_RATE
         || (kind == WEIR_ALERT_FUNNEL_STEP
             && g_strcmp0 (weir_json_get_text (rule, "measure"), "count") != 0);
}

/**
 * weir_alert_kind_dup_value:
 * @rule: a rule
 * @value: a value of what it looks at; may be NAN
 *
 * Returns: (transfer full): the value with its unit
 */
char *
weir_alert_kind_dup_value (JsonObject *rule,
                           double      value)
{
  WeirAlertKind kind = weir_alert_kind_from_rule (rule);

  if (!isfinite (value))
    return g_strdup ("–");
  if (is_ratio (rule))
    return weir_format_ratio (value);
  if (kind == WEIR_ALERT_LATENCY)
    return weir_format_duration (value);
  if (kind == WEIR_ALERT_LAG || kind == WEIR_ALERT_SILENCE)
    return weir_format_duration (value * 1000);
  return weir_format_value (value);
}

/**
 * weir_alert_kind_dup_limit:
 * @rule: a rule
 * @limit: a limit of what it looks at; may be NAN
 *
 * Returns: (transfer full): the limit with its unit, as it was set, however small
 */
char *
weir_alert_kind_dup_limit (JsonObject *rule,
                           double      limit)
{
  g_autofree char *percent = NULL;

  if (!isfinite (limit) || !is_ratio (rule))
    return weir_alert_kind_dup_value (rule, limit);
  percent = weir_format_value (round (limit * 1e8) / 1e6);
  /* Translators: per cent. */
  return g_strdup_printf (_("%s %%"), percent);
}

static const char *
get_subject (JsonObject *rule)
{
  static const char * const members[] = { "event", "dependency", "source" };
  JsonObject *question = weir_json_get_object (rule, "question");
  JsonObject *series = weir_json_array_get_object (weir_json_get_array (question, "series"), 0);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *text = weir_json_get_text (rule, members[i]);

      if (text != NULL)
        return text;
    }
  return weir_json_get_text (series, "event");
}

/**
 * weir_alert_kind_describe_rule:
 * @rule: a rule
 *
 * Returns: (transfer full): the rule as a sentence
 */
char *
weir_alert_kind_describe_rule (JsonObject *rule)
{
  WeirAlertKind kind = weir_alert_kind_from_rule (rule);
  const char *subject = get_subject (rule);
  const char *op = weir_json_get_text (rule, "op");
  const char *duration = weir_json_get_text (rule, "for");
  g_autofree char *limit = NULL;
  g_autofree char *what = NULL;

  if (kind == WEIR_N_ALERT_KINDS)
    return weir_json_object_to_text (rule, FALSE);
  if (kind == WEIR_ALERT_SILENCE)
    /* Translators: a source, and a duration such as “5m”. */
    return g_strdup_printf (_("Nothing from %s for %s"),
                            subject == NULL || g_str_equal (subject, "*") ? _("any source")
                                                                          : subject,
                            duration != NULL ? duration : "");
  limit = weir_alert_kind_dup_limit (rule, weir_json_get_number (rule, "threshold"));
  if (subject != NULL)
    /* Translators: what a rule looks at, and of which event, dependency or source. */
    what = g_strdup_printf (_("%s of %s"), weir_alert_kind_get_label (kind), subject);
  else
    what = g_strdup (weir_alert_kind_get_label (kind));
  if (duration == NULL || g_str_equal (duration, "0s"))
    /* Translators: such as “Error rate of checkout > 5 %”. */
    return g_strdup_printf (_("%s %s %s"), what, op != NULL ? op : "", limit);
  /* Translators: such as “Error rate of checkout > 5 % for 2m”. */
  return g_strdup_printf (_("%s %s %s for %s"), what, op != NULL ? op : "", limit, duration);
}

/**
 * weir_alert_kind_describe_change:
 * @change: an entry of the history: `state`, `value` and `rule`
 *
 * Returns: (transfer full): what happened, as a sentence
 */
char *
weir_alert_kind_describe_change (JsonObject *change)
{
  JsonObject *rule = weir_json_get_object (change, "rule");
  double number = weir_json_get_number (change, "value");
  gboolean fires = g_strcmp0 (weir_json_get_text (change, "state"), "firing") == 0;
  g_autofree char *limit = rule != NULL ? weir_alert_kind_describe_rule (rule) : g_strdup ("");
  g_autofree char *value = NULL;

  if (!isfinite (number))
    /* Translators: what was to be watched for. */
    return g_strdup_printf (fires ? _("Began to fire. Rule: %s") : _("All is well again. Rule: %s"),
                            limit);
  value = weir_alert_kind_dup_value (rule, number);
  /* Translators: a value with its unit, and what was to be watched for. */
  return g_strdup_printf (fires ? _("Began to fire at %s. Rule: %s")
                                : _("All is well again, at %s. Rule: %s"), value, limit);
}

/**
 * weir_alert_kind_get_page:
 * @rule: a rule
 *
 * Returns: (transfer none): the page that shows what it is about
 */
const char *
weir_alert_kind_get_page (JsonObject *rule)
{
  WeirAlertKind kind = weir_alert_kind_from_rule (rule);

  return kind < WEIR_N_ALERT_KINDS ? kinds[kind].page : "alerts";
}
