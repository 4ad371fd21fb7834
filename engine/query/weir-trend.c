/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trend.h"

#include "weir-error.h"
#include "weir-filter-private.h"
#include "weir-trend-answer.h"

#define MAX_NAME     200
#define MAX_PROPERTY 512

static const char *const measure_names[] = {
  "count", "persons", "sum", "avg", "min", "max", "p50", "p90", "p95", "p99", NULL,
};

/**
 * WeirTrend:
 *
 * The question `trend`: how much of something happened in each period of a calendar.
 */
struct _WeirTrend {
  WeirQuestion parent_instance;

  WeirTrendSpec spec;
};

G_DEFINE_FINAL_TYPE (WeirTrend, weir_trend, WEIR_TYPE_QUESTION)

static void
weir_trend_finalize (GObject *object)
{
  WeirTrend *self = WEIR_TREND (object);

  for (guint i = 0; i < self->spec.n_series; i++)
    {
      weir_event_term_clear (&self->spec.series[i].term);
      g_free (self->spec.series[i].property);
      g_free (self->spec.series[i].name);
    }
  g_free (self->spec.breakdown);

  G_OBJECT_CLASS (weir_trend_parent_class)->finalize (object);
}

static gboolean
read_property (JsonObject  *object,
               const char  *member,
               char       **property,
               GError     **error)
{
  if (!weir_question_read_text (object, member, MAX_PROPERTY, property, error))
    return FALSE;
  if (*property != NULL && **property == '\0')
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "%s must name a property",
                   member);
      return FALSE;
    }

  return TRUE;
}

static gboolean
parse_series (WeirTrendSeries  *series,
              JsonObject       *object,
              WeirFilter       *common,
              GError          **error)
{
  guint measure = WEIR_MEASURE_COUNT;
  g_autofree char *property = NULL;

  if (!weir_event_term_parse (&series->term, object, "event", common, error) ||
      !weir_question_read_choice (object, "measure", measure_names, &measure, error) ||
      !read_property (object, "property", &property, error) ||
      !weir_question_read_text (object, "name", MAX_NAME, &series->name, error))
    return FALSE;

  series->measure = measure;
  if (measure >= WEIR_MEASURE_SUM)
    series->property = property != NULL ? g_steal_pointer (&property) : g_strdup ("value");
  if (series->name == NULL)
    series->name = g_strdup (series->term.event != NULL ? series->term.event : "*");

  return TRUE;
}

static gboolean
weir_trend_parse (WeirQuestion  *question,
                  JsonObject    *object,
                  GError       **error)
{
  static const char *const intervals[] = { "minute", "hour", "day", "week", "month", NULL };
  WeirTrendSpec *spec = &WEIR_TREND (question)->spec;
  guint interval = WEIR_PERIOD_DAY;
  JsonArray *series;

  if (!weir_question_read_objects (object, "series", 1, WEIR_TREND_MAX_SERIES, &series, error) ||
      !weir_question_read_choice (object, "interval", intervals, &interval, error) ||
      !weir_week_start_parse (object, &spec->week_start, error) ||
      !read_property (object, "breakdown", &spec->breakdown, error))
    return FALSE;
  spec->interval = interval;
  for (guint i = 0; i < json_array_get_length (series); i++)
    {
      spec->n_series++;
      if (parse_series (&spec->series[i], json_array_get_object_element (series, i),
                        weir_question_get_filter (question), error))
        continue;
      g_prefix_error (error, "series[%u]: ", i);
      return FALSE;
    }

  return TRUE;
}

static WeirAnswer *
weir_trend_answer (WeirQuestion  *question,
                   WeirPeople    *people,
                   gint64         now,
                   GError       **error)
{
  return weir_trend_answer_new (WEIR_TREND (question), people, now, error);
}

static void
weir_trend_class_init (WeirTrendClass *klass)
{
  WeirQuestionClass *question_class = WEIR_QUESTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_trend_finalize;
  question_class->kind = "trend";
  question_class->parse = weir_trend_parse;
  question_class->answer = weir_trend_answer;
}

static void
weir_trend_init (WeirTrend *self)
{
}

/**
 * weir_trend_get_spec:
 * @self: a question about trends
 *
 * Returns: (transfer none): what it asks for
 */
const WeirTrendSpec *
weir_trend_get_spec (WeirTrend *self)
{
  return &self->spec;
}

/**
 * weir_measure_get_name:
 * @measure: a measure
 *
 * Returns: (transfer none): what the wire contract calls it
 */
const char *
weir_measure_get_name (WeirMeasure measure)
{
  g_return_val_if_fail (measure <= WEIR_MEASURE_P99, NULL);

  return measure_names[measure];
}

/* Whether a filter says nothing but which source, or nothing at all. */
static gboolean
is_about_source (const WeirFilterNode  *node,
                 const char           **source)
{
  if (node->kind == WEIR_FILTER_ALL && node->children->len == 0)
    return TRUE;
  if (node->kind == WEIR_FILTER_ALL && node->children->len == 1)
    return is_about_source (g_ptr_array_index (node->children, 0), source);
  if (node->kind != WEIR_FILTER_TEST || node->op != WEIR_FILTER_EQUAL ||
      node->subject != WEIR_FILTER_SUBJECT_TEXT || node->text != WEIR_EVENT_SOURCE ||
      node->operands->type != WEIR_VALUE_TEXT)
    return FALSE;
  *source = node->operands->text;

  return TRUE;
}

/**
 * weir_trend_can_use_summary:
 * @self: a question about trends
 * @series: number of a series
 * @source: (out) (transfer none) (nullable): the source its events must have, %NULL for any
 *
 * Returns: whether a table of counts, sums, extremes and sketches by event, source and time has all
 *   that the series needs: no filter but `source =`, no breakdown, no cohort, no persons, and no
 *   numbers but those of `value` and `duration_ms`
 */
gboolean
weir_trend_can_use_summary (WeirTrend   *self,
                            guint        series,
                            const char **source)
{
  const WeirTrendSeries *one;

  g_return_val_if_fail (series < self->spec.n_series, FALSE);

  one = &self->spec.series[series];
  *source = NULL;
  if (self->spec.breakdown != NULL || weir_question_get_cohort (WEIR_QUESTION (self)) != NULL ||
      one->measure == WEIR_MEASURE_PERSONS)
    return FALSE;
  if (one->property != NULL && !g_str_equal (one->property, "value") &&
      !g_str_equal (one->property, "duration_ms"))
    return FALSE;

  return one->term.filter == NULL ||
         is_about_source (weir_filter_get_root (one->term.filter), source);
}
