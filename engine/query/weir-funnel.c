/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel.h"

#include <string.h>

#include "weir-error.h"
#include "weir-funnel-answer.h"
#include "weir-question-json.h"

#define DEFAULT_WINDOW (7 * G_TIME_SPAN_DAY)
#define NO_RULES       G_MAXUINT

typedef struct {
  GArray *steps;        /* WeirFunnelStep */
  GArray *exclusions;   /* WeirFunnelExclusion */
  guint order;
  guint rules;
  guint other_rules;    /* NO_RULES unless persons are asked for whose steps differ */
  gboolean has_histogram;
  gint64 window;
  char *breakdown;
} WeirFunnelPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (WeirFunnel, weir_funnel, WEIR_TYPE_QUESTION)

static const char *const orders[] = { "ordered", "strict", "any", NULL };

static const char *const rule_names[] = { "weir", "posthog", "clickhouse", "mixpanel", NULL };

static const char *const members[] = {
  "kind", "range", "timezone", "filter", "cohort", "steps", "window", "order", "exclusions",
  "breakdown", "rules", NULL,
};
static const char *const histogram_member[] = { "histogram", NULL };
static const char *const step_members[] = { "event", "filter", "name", NULL };
static const char *const exclusion_members[] = { "event", "filter", "from", "to", NULL };

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError     **error,
        const char  *format,
        ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, format, args);
  va_end (args);

  return FALSE;
}

/* Says where in the question the mistake is. */
static gboolean
refuse_at (GError     **error,
           const char  *member,
           guint        index)
{
  g_prefix_error (error, "%s[%u]: ", member, index);

  return FALSE;
}

static void
clear_step (gpointer data)
{
  WeirFunnelStep *step = data;

  g_free (step->event);
  g_free (step->name);
  g_clear_pointer (&step->filter, weir_filter_unref);
}

static void
clear_exclusion (gpointer data)
{
  WeirFunnelExclusion *exclusion = data;

  g_free (exclusion->event);
  g_clear_pointer (&exclusion->filter, weir_filter_unref);
}

/* A misspelt member that is passed over gives a wrong number that looks right. */
static gboolean
check_members (JsonObject         *object,
               const char         *where,
               const char *const  *known,
               const char *const  *more,
               GError            **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      if (!g_strv_contains (known, name) && (more == NULL || !g_strv_contains (more, name)))
        return refuse (error, "%s has no member “%s”", where, name);
    }
  return TRUE;
}

/* The member `filter` together with the filter of the whole question. */
static gboolean
read_filter (WeirFunnel  *self,
             JsonObject  *object,
             WeirFilter **filter,
             GError     **error)
{
  WeirFilter *common = weir_question_get_filter (WEIR_QUESTION (self));
  g_autoptr(WeirFilter) own = NULL;
  GError *local_error = NULL;

  if (!weir_question_read_filter (object, "filter", &own, error))
    return FALSE;
  *filter = weir_filter_new_both (common, own, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);

  return FALSE;
}

static gboolean
parse_step (WeirFunnel      *self,
            JsonObject      *object,
            WeirFunnelStep  *step,
            GError         **error)
{
  return check_members (object, "a step", step_members, NULL, error) &&
         weir_question_read_event (object, "event", &step->event, error) &&
         weir_question_read_text (object, "name", 200, &step->name, error) &&
         read_filter (self, object, &step->filter, error);
}

static gboolean
parse_steps (WeirFunnel  *self,
             JsonObject  *object,
             GError     **error)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);
  JsonArray *array;

  if (!weir_question_read_objects (object, "steps", 2, WEIR_FUNNEL_MAX_STEPS, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      WeirFunnelStep *step;

      g_array_set_size (priv->steps, i + 1);
      step = &g_array_index (priv->steps, WeirFunnelStep, i);
      if (!parse_step (self, json_array_get_object_element (array, i), step, error))
        return refuse_at (error, "steps", i);
    }
  return TRUE;
}

static gboolean
parse_exclusion (WeirFunnel           *self,
                 JsonObject           *object,
                 WeirFunnelExclusion  *exclusion,
                 GError              **error)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);
  gint64 from = 1;
  gint64 to = priv->steps->len;

  if (!check_members (object, "an exclusion", exclusion_members, NULL, error) ||
      !weir_question_read_event (object, "event", &exclusion->event, error) ||
      !read_filter (self, object, &exclusion->filter, error) ||
      !weir_question_read_integer (object, "from", 1, priv->steps->len, &from, error) ||
      !weir_question_read_integer (object, "to", 1, priv->steps->len, &to, error))
    return FALSE;
  if (from >= to)
    return refuse (error, "from must be an earlier step than to");
  exclusion->from = (guint) from;
  exclusion->to = (guint) to;

  return TRUE;
}

static gboolean
parse_exclusions (WeirFunnel  *self,
                  JsonObject  *object,
                  GError     **error)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);
  JsonArray *array;

  if (!weir_question_read_objects (
          object, "exclusions", 0, WEIR_FUNNEL_MAX_EXCLUSIONS, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      WeirFunnelExclusion *exclusion;

      g_array_set_size (priv->exclusions, i + 1);
      exclusion = &g_array_index (priv->exclusions, WeirFunnelExclusion, i);
      if (!parse_exclusion (self, json_array_get_object_element (array, i), exclusion, error))
        return refuse_at (error, "exclusions", i);
    }
  if (priv->exclusions->len > 0 && priv->order == WEIR_FUNNEL_ANY)
    return refuse (error, "exclusions need an order: they say between which steps");

  return TRUE;
}

/* ClickHouse has no steps in any order. */
static gboolean
parse_rules (WeirFunnel  *self,
             JsonObject  *object,
             GError     **error)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  if (!weir_question_read_choice (object, "rules", rule_names, &priv->rules, error) ||
      !weir_question_read_choice (object, "differs_from", rule_names, &priv->other_rules, error) ||
      !weir_question_read_boolean (object, "histogram", &priv->has_histogram, error))
    return FALSE;
  if (priv->order == WEIR_FUNNEL_ANY && (priv->rules == WEIR_FUNNEL_RULES_CLICKHOUSE ||
                                         priv->other_rules == WEIR_FUNNEL_RULES_CLICKHOUSE))
    return refuse (error, "the rules of ClickHouse know no steps in any order");

  return TRUE;
}

static gboolean
weir_funnel_parse (WeirQuestion  *question,
                   JsonObject    *object,
                   GError       **error)
{
  WeirFunnel *self = WEIR_FUNNEL (question);
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);
  const char *const *more = WEIR_FUNNEL_GET_CLASS (self)->more_members;

  if (!check_members (object, "a funnel", members, more, error) ||
      !parse_steps (self, object, error) ||
      !weir_question_read_duration (object, "window", &priv->window, error) ||
      !weir_question_read_choice (object, "order", orders, &priv->order, error) ||
      !weir_question_read_text (object, "breakdown", 1000, &priv->breakdown, error) ||
      !parse_exclusions (self, object, error) ||
      !parse_rules (self, object, error))
    return FALSE;
  if (priv->window < 0)
    return refuse (error, "window must not be negative");
  if (priv->breakdown != NULL && *priv->breakdown == '\0')
    return refuse (error, "breakdown must name a property");

  return TRUE;
}

static WeirAnswer *
weir_funnel_answer (WeirQuestion  *question,
                    WeirPeople    *people,
                    gint64         now,
                    GError       **error)
{
  return weir_funnel_answer_new (
      WEIR_TYPE_FUNNEL_ANSWER, WEIR_FUNNEL (question), people, now, error);
}

static void
weir_funnel_finalize (GObject *object)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (WEIR_FUNNEL (object));

  g_array_unref (priv->steps);
  g_array_unref (priv->exclusions);
  g_free (priv->breakdown);

  G_OBJECT_CLASS (weir_funnel_parent_class)->finalize (object);
}

static void
weir_funnel_class_init (WeirFunnelClass *klass)
{
  WeirQuestionClass *question_class = WEIR_QUESTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_funnel_finalize;
  klass->more_members = histogram_member;
  question_class->kind = "funnel";
  question_class->parse = weir_funnel_parse;
  question_class->answer = weir_funnel_answer;
}

static void
weir_funnel_init (WeirFunnel *self)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  priv->window = DEFAULT_WINDOW;
  priv->other_rules = NO_RULES;
  priv->steps = g_array_new (FALSE, TRUE, sizeof (WeirFunnelStep));
  g_array_set_clear_func (priv->steps, clear_step);
  priv->exclusions = g_array_new (FALSE, TRUE, sizeof (WeirFunnelExclusion));
  g_array_set_clear_func (priv->exclusions, clear_exclusion);
}

/**
 * weir_funnel_get_steps:
 * @self: a funnel
 * @n_steps: (out): how many
 *
 * Returns: (transfer none) (array length=n_steps): the steps
 */
const WeirFunnelStep *
weir_funnel_get_steps (WeirFunnel *self,
                       guint      *n_steps)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  *n_steps = priv->steps->len;

  return (const WeirFunnelStep *) priv->steps->data;
}

/**
 * weir_funnel_get_exclusions:
 * @self: a funnel
 * @n_exclusions: (out): how many
 *
 * Returns: (transfer none) (array length=n_exclusions): what excludes a person
 */
const WeirFunnelExclusion *
weir_funnel_get_exclusions (WeirFunnel *self,
                            guint      *n_exclusions)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  *n_exclusions = priv->exclusions->len;

  return (const WeirFunnelExclusion *) priv->exclusions->data;
}

/**
 * weir_funnel_get_order:
 * @self: a funnel
 *
 * Returns: how the steps must follow each other
 */
WeirFunnelOrder
weir_funnel_get_order (WeirFunnel *self)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  return (WeirFunnelOrder) priv->order;
}

/**
 * weir_funnel_get_window:
 * @self: a funnel
 *
 * Returns: the longest time from the first step to the last, microseconds
 */
gint64
weir_funnel_get_window (WeirFunnel *self)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  return priv->window;
}

/**
 * weir_funnel_get_rules:
 * @self: a funnel
 *
 * Returns: whose rules count
 */
WeirFunnelRules
weir_funnel_get_rules (WeirFunnel *self)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  return (WeirFunnelRules) priv->rules;
}

/**
 * weir_funnel_get_other_rules:
 * @self: a funnel
 * @rules: (out): the rules to compare with
 *
 * Returns: whether it is asked for whom other rules make a difference
 */
gboolean
weir_funnel_get_other_rules (WeirFunnel      *self,
                             WeirFunnelRules *rules)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  if (priv->other_rules == NO_RULES)
    return FALSE;
  *rules = (WeirFunnelRules) priv->other_rules;

  return TRUE;
}

/**
 * weir_funnel_has_histogram:
 * @self: a funnel
 *
 * Returns: whether it is asked how many took how long to the last step
 */
gboolean
weir_funnel_has_histogram (WeirFunnel *self)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  return priv->has_histogram;
}

/**
 * weir_funnel_get_breakdown:
 * @self: a funnel
 *
 * Returns: (transfer none) (nullable): the property of the first step's event that persons are
 *   grouped by
 */
const char *
weir_funnel_get_breakdown (WeirFunnel *self)
{
  WeirFunnelPrivate *priv = weir_funnel_get_instance_private (self);

  return priv->breakdown;
}
