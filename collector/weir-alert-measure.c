/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alert-measure.h"

#include <math.h>
#include <string.h>

#include "weir-json-load.h"
#include "weir-sqlite-ask.h"
#include "weir-sqlite-dead-letters.h"

/*
 * What the last ten minutes know is read there, in slots of ten seconds and by when it was
 * received. All else is a question to the readers. A trend has no bucket that is as long as one
 * likes, so it is asked by the day, in a time zone whose midnight is not within.
 */

#define MAX_ONE_DAY (12 * G_TIME_SPAN_HOUR)

typedef struct {
  GMainContext *context;
  GAsyncResult *result;
} Wait;

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  ((Wait *) user_data)->result = g_object_ref (result);
}

/* Has a reader do something and waits, in the thread of the caller. */
static JsonNode *
run_reader (WeirServices    *services,
            WeirReaderFunc   func,
            gpointer         data,
            GDestroyNotify   data_destroy,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GBytes) answer = NULL;
  Wait wait = { 0 };

  g_main_context_push_thread_default (context);
  weir_reader_pool_ask_async (services->readers, func, data, data_destroy, cancellable,
                              answered_cb, &wait);
  while (wait.result == NULL)
    g_main_context_iteration (context, TRUE);
  answer = weir_reader_pool_ask_finish (services->readers, wait.result, error);
  g_object_unref (wait.result);
  g_main_context_pop_thread_default (context);

  if (answer == NULL)
    return NULL;
  if (!weir_json_load (parser, g_bytes_get_data (answer, NULL), (gssize) g_bytes_get_size (answer)))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the answer cannot be read");
      return NULL;
    }
  return json_node_copy (json_parser_get_root (parser));
}

static JsonNode *
ask (WeirServices  *services,
     JsonNode      *node,
     GCancellable  *cancellable,
     GError       **error)
{
  g_autofree char *json = json_to_string (node, FALSE);
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, error);

  if (question == NULL)
    return NULL;
  return run_reader (services, weir_ask_run, weir_ask_new (question, FALSE),
                     (GDestroyNotify) weir_ask_free, cancellable, error);
}

static JsonNode *
dup_question (const WeirAlertRule *rule)
{
  g_autofree char *json = json_to_string (rule->question, FALSE);

  return json_from_string (json, NULL);
}

/* A latency of one event or source is not in memory. */
static JsonNode *
make_latency_question (const WeirAlertRule *rule)
{
  g_autofree char *measure = g_strdup_printf ("p%.0f", rule->percentile * 100);
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "kind"), "trend");
  json_builder_begin_array (json_builder_set_member_name (builder, "series"));
  json_builder_begin_object (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "event"),
                                 rule->event != NULL ? rule->event : "*");
  json_builder_add_string_value (json_builder_set_member_name (builder, "measure"), measure);
  json_builder_add_string_value (json_builder_set_member_name (builder, "property"), "duration_ms");
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  if (rule->source != NULL)
    {
      json_builder_begin_object (json_builder_set_member_name (builder, "filter"));
      json_builder_add_string_value (json_builder_set_member_name (builder, "property"), "source");
      json_builder_add_string_value (json_builder_set_member_name (builder, "op"), "=");
      json_builder_add_string_value (json_builder_set_member_name (builder, "value"), rule->source);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* A zone in which it was the same day all the time. */
static char *
dup_zone (gint64 now,
          gint64 within)
{
  for (int hours = -12; hours <= 12; hours++)
    {
      gint64 local = now - hours * G_TIME_SPAN_HOUR;

      if (local / G_TIME_SPAN_DAY == (local - within) / G_TIME_SPAN_DAY)
        return g_strdup_printf ("Etc/GMT%+d", hours);
    }
  return g_strdup ("UTC");
}

static double
sum_values (JsonNode *answer)
{
  JsonArray *series = json_object_get_array_member (json_node_get_object (answer), "series");
  JsonArray *values = json_array_get_length (series) > 0
    ? json_object_get_array_member (json_array_get_object_element (series, 0), "values") : NULL;
  double sum = NAN;

  for (guint i = 0; values != NULL && i < json_array_get_length (values); i++)
    {
      JsonNode *value = json_array_get_element (values, i);

      if (!JSON_NODE_HOLDS_NULL (value))
        sum = isnan (sum) ? json_node_get_double (value) : sum + json_node_get_double (value);
    }
  return sum;
}

static gboolean
ask_trend (WeirServices         *services,
           const WeirAlertRule  *rule,
           GCancellable         *cancellable,
           double               *value,
           GError              **error)
{
  g_autoptr(JsonNode) question = rule->question != NULL ? dup_question (rule)
                                                        : make_latency_question (rule);
  JsonObject *object = json_node_get_object (question);
  JsonObject *range = json_object_new ();
  g_autofree char *last = g_strdup_printf ("%.6fs", (double) rule->within / G_USEC_PER_SEC);
  g_autofree char *zone = dup_zone (g_get_real_time (), rule->within);
  g_autoptr(JsonNode) answer = NULL;

  json_object_set_string_member (range, "last", last);
  json_object_set_object_member (object, "range", range);
  json_object_set_string_member (object, "interval", "day");
  json_object_set_string_member (object, "timezone", rule->within <= MAX_ONE_DAY ? zone : "UTC");
  answer = ask (services, question, cancellable, error);
  if (answer == NULL)
    return FALSE;
  *value = sum_values (answer);
  return TRUE;
}

static gboolean
ask_funnel (WeirServices         *services,
            const WeirAlertRule  *rule,
            GCancellable         *cancellable,
            double               *value,
            GError              **error)
{
  g_autoptr(JsonNode) answer = ask (services, rule->question, cancellable, error);
  JsonArray *steps;
  gint64 count, before;

  if (answer == NULL)
    return FALSE;
  steps = json_object_get_array_member (json_node_get_object (answer), "steps");
  count = json_object_get_int_member (json_array_get_object_element (steps, rule->step - 1),
                                      "count");
  *value = (double) count;
  if (rule->is_conversion)
    {
      before = json_object_get_int_member (json_array_get_object_element (steps, rule->step - 2),
                                           "count");
      *value = before > 0 ? (double) count / (double) before : NAN;
    }
  return TRUE;
}

static gboolean
read_activity (WeirServices         *services,
               const WeirAlertRule  *rule,
               double               *value,
               GError              **error)
{
  WeirActivityScope scope = rule->event != NULL        ? WEIR_ACTIVITY_EVENT
                            : rule->source != NULL     ? WEIR_ACTIVITY_SOURCE
                            : rule->dependency != NULL ? WEIR_ACTIVITY_DEPENDENCY
                                                       : WEIR_ACTIVITY_ALL;
  const char *name = rule->event != NULL    ? rule->event
                     : rule->source != NULL ? rule->source : rule->dependency;
  WeirActivityReading reading;

  if (!weir_activity_read (services->activity, scope, name, g_get_real_time (), rule->within,
                           rule->percentile, &reading))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "there are too many names to know this one");
      return FALSE;
    }
  if (rule->is_counted)
    *value = (double) reading.count;
  else if (rule->kind == WEIR_ALERT_LATENCY)
    *value = reading.n_latencies > 0 ? reading.latency : NAN;
  else
    *value = reading.count > 0 ? (double) reading.errors / (double) reading.count : NAN;
  return TRUE;
}

/**
 * weir_alert_find_last_seen:
 * @services: the parts of the collector
 * @source: a source, or `*`
 *
 * Returns: when its last event came, microseconds since the epoch; 0 when none ever did
 */
gint64
weir_alert_find_last_seen (WeirServices *services,
                           const char   *source)
{
  g_autoptr(GPtrArray) rows = NULL;
  gboolean is_any = g_str_equal (source, "*");
  gint64 last_seen = 0;

  if (services->journal == NULL)
    return 0;
  rows = weir_source_ledger_dup_rows (weir_journal_get_sources (services->journal));
  for (guint i = 0; i < rows->len; i++)
    {
      const WeirSourceRow *row = g_ptr_array_index (rows, i);

      if (is_any || (row->name != NULL && g_str_equal (row->name, source)))
        last_seen = MAX (last_seen, row->known.last_seen);
    }
  return last_seen;
}

static double
get_lag (WeirServices *services)
{
  WeirStoreSinkStatus sink = { 0 };

  if (services->sink != NULL)
    weir_store_sink_get_status (services->sink, &sink);
  return (double) sink.lag / G_USEC_PER_SEC;
}

/* Those that wait for somebody to look at them; what was discarded is none of them. */
static gboolean
count_dead_letters (WeirServices  *services,
                    GCancellable  *cancellable,
                    double        *value,
                    GError       **error)
{
  g_autoptr(JsonNode) answer =
    run_reader (services, weir_sqlite_dead_letters_count, NULL, NULL, cancellable, error);

  if (answer == NULL)
    return FALSE;
  *value = (double) json_object_get_int_member (json_node_get_object (answer), "total");
  return TRUE;
}

static double
get_silence (WeirServices        *services,
             const WeirAlertRule *rule)
{
  gint64 last_seen = weir_alert_find_last_seen (services, rule->source);

  return last_seen > 0 ? (double) MAX (g_get_real_time () - last_seen, 0) / G_USEC_PER_SEC : NAN;
}

/**
 * weir_alert_measure_is_question:
 * @rule: a rule
 *
 * Returns: whether measuring it asks the readers, and so costs something
 */
gboolean
weir_alert_measure_is_question (const WeirAlertRule *rule)
{
  return (rule->question != NULL && !rule->is_counted) ||
         rule->kind == WEIR_ALERT_DEAD_LETTERS ||
         (rule->kind == WEIR_ALERT_LATENCY && (rule->event != NULL || rule->source != NULL));
}

/**
 * weir_alert_measure:
 * @services: the parts of the collector
 * @rule: a rule
 * @cancellable: to give up
 * @value: (out): what was measured; not a number when there was nothing to measure
 * @error: return location for an error
 *
 * Measures what a rule is about. Blocks while a question is answered.
 *
 * Returns: whether it could be measured
 */
gboolean
weir_alert_measure (WeirServices         *services,
                    const WeirAlertRule  *rule,
                    GCancellable         *cancellable,
                    double               *value,
                    GError              **error)
{
  *value = NAN;
  if (rule->kind == WEIR_ALERT_FUNNEL_STEP)
    return ask_funnel (services, rule, cancellable, value, error);
  if (rule->kind == WEIR_ALERT_DEAD_LETTERS)
    return count_dead_letters (services, cancellable, value, error);
  if (weir_alert_measure_is_question (rule))
    return ask_trend (services, rule, cancellable, value, error);
  if (rule->kind == WEIR_ALERT_SILENCE)
    *value = get_silence (services, rule);
  else if (rule->kind == WEIR_ALERT_LAG)
    *value = get_lag (services);
  else
    return read_activity (services, rule, value, error);
  return TRUE;
}
