/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-compare-plan.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-compare-rows.h"
#include "weir-json.h"
#include "weir-time.h"

/* What one question may hold. */
#define N_SERIES    10
#define MAX_PERIODS 400

static WeirCompareJob *
add_job (GQueue     *jobs,
         const char *title,
         JsonObject *question)
{
  WeirCompareJob *job = g_new0 (WeirCompareJob, 1);

  job->title = g_strdup (title);
  job->question = weir_json_object_copy (question);
  g_queue_push_tail (jobs, job);
  return job;
}

/* Trends by minutes or weeks are compared as they are; those that choose for themselves by days. */
static void
add_saved (GQueue     *jobs,
           GHashTable *known,
           const char *kind,
           JsonObject *answer)
{
  JsonArray *questions = weir_json_get_array (answer, "questions");

  for (guint i = 0; i < weir_json_array_get_n (questions); i++)
    {
      JsonObject *entry = weir_json_array_get_object (questions, i);
      const char *name = weir_json_get_text (entry, "name");
      JsonObject *question = weir_json_get_object (entry, "question");
      WeirCompareJob *job;

      if (name == NULL || question == NULL
          || g_strcmp0 (weir_json_get_text (entry, "kind"), kind) != 0
          || !g_hash_table_add (known, (gpointer) name))
        continue;
      job = add_job (jobs, name, question);
      json_object_remove_member (job->question, "range");
      json_object_remove_member (job->question, "timezone");
      if (g_str_equal (kind, "trend") && !json_object_has_member (question, "interval"))
        json_object_set_string_member (job->question, "interval", "day");
    }
}

/* Whatever is called so in each file: the name, not the definition, is what both share. */
static void
add_cohorts (GQueue     *jobs,
             GHashTable *known,
             JsonObject *answer)
{
  JsonArray *cohorts = weir_json_get_array (answer, "cohorts");

  for (guint i = 0; i < weir_json_array_get_n (cohorts); i++)
    {
      const char *name = weir_json_get_text (weir_json_array_get_object (cohorts, i), "name");
      g_autoptr(JsonObject) question = json_object_new ();
      JsonObject *where = json_object_new ();
      gboolean is_first = g_hash_table_size (known) == 0;
      WeirCompareJob *job;

      json_object_set_object_member (question, "where", where);
      if (name == NULL || !g_hash_table_add (known, (gpointer) name))
        continue;
      json_object_set_string_member (where, "cohort", name);
      json_object_set_string_member (question, "kind", "cohort");
      json_object_set_int_member (question, "limit", 1);
      job = add_job (jobs, name, question);
      job->heading = is_first ? g_strdup (_("Cohorts")) : NULL;
    }
}

static gint64
get_period_length (JsonObject *question)
{
  const char *period = weir_json_get_text (question, "period");

  if (g_strcmp0 (period, "hour") == 0)
    return G_TIME_SPAN_HOUR;
  if (g_strcmp0 (period, "week") == 0)
    return 7 * G_TIME_SPAN_DAY;
  return g_strcmp0 (period, "month") == 0 ? 28 * G_TIME_SPAN_DAY : G_TIME_SPAN_DAY;
}

/* A table of retention has as many rows as columns: all cohorts of a range are in it when it has
 * as many columns as the range has periods. Without a range it would end now, not with the file. */
static void
adapt_retention (WeirCompareRange *range,
                 guint             side,
                 JsonObject       *question)
{
  double wanted = weir_json_get_number (question, "periods");
  gint64 n = isnan (wanted) ? WEIR_COMPARE_N_PERIODS : (gint64) wanted;
  gint64 from, to;

  if (weir_compare_range_get_ends (range, side, &from, &to))
    {
      n = MAX (n, (to - from) / get_period_length (question) + 2);
      /* Who came back later than any period of the table is not counted as one who did. */
      if (g_strcmp0 (weir_json_get_text (question, "criterion"), "on_or_after") != 0)
        json_object_set_int_member (question, "periods", MIN (n, MAX_PERIODS));
    }
  else if (to != 0)
    {
      JsonObject *ends = json_object_new ();
      char text[WEIR_TIME_TEXT_SIZE];

      weir_time_format_rfc3339 (to, text);
      json_object_set_string_member (ends, "to", text);
      json_object_set_object_member (question, "range", ends);
    }
}

/**
 * weir_compare_plan_questions:
 * @jobs: of [struct@Weir.CompareJob]
 * @questions: (array fixed-size=2): the saved ones of both files; may be %NULL
 *
 * Asks what is saved in either file, by its name.
 */
void
weir_compare_plan_questions (GQueue             *jobs,
                             JsonObject * const *questions)
{
  static const char * const kinds[] = { "funnel", "retention", "trend" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint side = 0; side < 2; side++)
        add_saved (jobs, known, kinds[i], questions[side]);
    }
}

/**
 * weir_compare_plan_cohorts:
 * @jobs: of [struct@Weir.CompareJob]
 * @cohorts: (array fixed-size=2): the saved ones of both files; may be %NULL
 *
 * Asks how large the cohorts of either file are, by their names.
 */
void
weir_compare_plan_cohorts (GQueue             *jobs,
                           JsonObject * const *cohorts)
{
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint side = 0; side < 2; side++)
    add_cohorts (jobs, known, cohorts[side]);
}

/**
 * weir_compare_plan_events:
 * @jobs: of [struct@Weir.CompareJob]
 * @catalogs: (array fixed-size=2): of both files; may be %NULL
 *
 * Asks how many events of each name there are in a range, some names at a time.
 */
void
weir_compare_plan_events (GQueue             *jobs,
                          JsonObject * const *catalogs)
{
  g_auto(GStrv) names = weir_compare_rows_dup_events (catalogs);
  guint n = g_strv_length (names);

  for (guint first = 0; first < n; first += N_SERIES)
    {
      g_autoptr(JsonObject) question = json_object_new ();
      JsonArray *series = json_array_new ();
      WeirCompareJob *job;

      for (guint i = first; i < MIN (n, first + N_SERIES); i++)
        {
          JsonObject *one = json_object_new ();

          json_object_set_string_member (one, "event", names[i]);
          json_array_add_object_element (series, one);
        }
      json_object_set_string_member (question, "kind", "trend");
      json_object_set_string_member (question, "interval", "month");
      json_object_set_array_member (question, "series", series);
      job = add_job (jobs, NULL, question);
      job->heading = first == 0 ? g_strdup (_("Events")) : NULL;
    }
}

/**
 * weir_compare_job_dup_body:
 * @job: what to ask
 * @range: which time of each file
 * @side: 0 for the first file, 1 for the second
 *
 * Returns: (transfer full): what to send to a file's collector
 */
char *
weir_compare_job_dup_body (const WeirCompareJob *job,
                           WeirCompareRange     *range,
                           guint                 side)
{
  g_autoptr(JsonObject) question = weir_json_object_copy (job->question);

  weir_compare_range_add_to_question (range, side, question);
  if (g_strcmp0 (weir_json_get_text (question, "kind"), "retention") == 0)
    adapt_retention (range, side, question);
  return weir_json_object_to_text (question, FALSE);
}

/**
 * weir_compare_job_free:
 * @data: (transfer full): a job
 *
 * Frees it.
 */
void
weir_compare_job_free (gpointer data)
{
  WeirCompareJob *job = data;

  g_free (job->heading);
  g_free (job->title);
  g_clear_pointer (&job->question, json_object_unref);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&job->answers[i], json_object_unref);
  g_free (job);
}
