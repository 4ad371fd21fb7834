/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-compare-rows.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-compare-row.h"
#include "weir-json.h"

/* Groups of a breakdown beyond these say little. */
#define N_SERIES 50

static void
add_row (GListStore     *rows,
         WeirCompareRow *row)
{
  g_list_store_append (rows, row);
  g_object_unref (row);
}

static JsonObject *
get_any (JsonObject * const *answers)
{
  return answers[answers[0] != NULL ? 0 : 1];
}

static double
get_step_count (JsonObject *answer,
                guint       index)
{
  JsonObject *step = weir_json_array_get_object (weir_json_get_array (answer, "steps"), index);

  return step != NULL ? weir_json_get_number (step, "count") : NAN;
}

static const char *
get_step_name (JsonObject *answer,
               guint       index)
{
  JsonObject *step = weir_json_array_get_object (weir_json_get_array (answer, "steps"), index);
  const char *name = weir_json_get_text (step, "name");

  return name != NULL ? name : weir_json_get_text (step, "event");
}

static void
add_funnel (GListStore          *rows,
            JsonObject * const  *answers)
{
  guint n = MAX (weir_json_array_get_n (weir_json_get_array (answers[0], "steps")),
                 weir_json_array_get_n (weir_json_get_array (answers[1], "steps")));

  for (guint i = 0; i < n; i++)
    {
      const char *name = get_step_name (get_any (answers), i);

      add_row (rows, weir_compare_row_new (name != NULL ? name : "",
                                           get_step_count (answers[0], i),
                                           get_step_count (answers[1], i),
                                           get_step_count (answers[0], 0),
                                           get_step_count (answers[1], 0)));
    }
}

/* How many came back in a period, and of how many, over all cohorts whose period is over. */
static void
add_up_period (JsonObject *answer,
               guint       period,
               double     *came_back,
               double     *size)
{
  JsonArray *cohorts = weir_json_get_array (answer, "cohorts");

  *came_back = *size = cohorts != NULL ? 0 : NAN;
  for (guint i = 0; i < weir_json_array_get_n (cohorts); i++)
    {
      JsonObject *cohort = weir_json_array_get_object (cohorts, i);
      JsonArray *values = weir_json_get_array (cohort, "values");
      double incomplete = weir_json_get_number (cohort, "incomplete");
      double value = period < weir_json_array_get_n (values)
                     ? weir_json_node_to_number (json_array_get_element (values, period), NAN)
                     : NAN;

      if (isnan (value) || (!isnan (incomplete) && period >= incomplete))
        continue;
      *came_back += value;
      *size += weir_json_get_number (cohort, "size");
    }
}

static guint
count_periods (JsonObject *answer)
{
  JsonArray *cohorts = weir_json_get_array (answer, "cohorts");
  guint n = 0;

  for (guint i = 0; i < weir_json_array_get_n (cohorts); i++)
    n = MAX (n, weir_json_array_get_n (weir_json_get_array
                                       (weir_json_array_get_object (cohorts, i), "values")));
  return n;
}

static char *
dup_period_name (const char *period,
                 guint       index)
{
  if (g_strcmp0 (period, "hour") == 0)
    return g_strdup_printf (_("Hour %u"), index);
  if (g_strcmp0 (period, "week") == 0)
    return g_strdup_printf (_("Week %u"), index);
  if (g_strcmp0 (period, "month") == 0)
    return g_strdup_printf (_("Month %u"), index);
  return g_strdup_printf (_("Day %u"), index);
}

static void
add_retention (GListStore          *rows,
               JsonObject          *question,
               JsonObject * const  *answers)
{
  const char *period = weir_json_get_text (question, "period");
  double wanted = weir_json_get_number (question, "periods");
  guint n = MAX (count_periods (answers[0]), count_periods (answers[1]));
  gboolean is_empty = TRUE;

  /* More were asked for than are shown where the range has more cohorts. */
  n = MIN (n, isnan (wanted) ? WEIR_COMPARE_N_PERIODS : (guint) wanted);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = dup_period_name (period, i);
      double came_back[2], sizes[2];

      for (guint side = 0; side < 2; side++)
        add_up_period (answers[side], i, &came_back[side], &sizes[side]);
      /* No cohort of either is old enough. */
      if (!(sizes[0] > 0) && !(sizes[1] > 0))
        continue;
      is_empty = FALSE;
      add_row (rows, weir_compare_row_new (name, came_back[0], came_back[1], sizes[0], sizes[1]));
    }
  if (is_empty)
    add_row (rows, weir_compare_row_new (_("No period is over yet"), NAN, NAN, NAN, NAN));
}

static char *
dup_series_name (JsonObject *series)
{
  const char *name = weir_json_get_text (series, "name");
  const char *group = weir_json_get_text (series, "group");
  const char *event = name != NULL ? name : weir_json_get_text (series, "event");

  if (event == NULL || g_str_equal (event, "*"))
    event = _("any event");
  if (weir_json_get_boolean (series, "other"))
    group = _("Others");
  else if (group == NULL && json_object_has_member (series, "group"))
    group = _("Without it");
  return group != NULL ? g_strdup_printf ("%s · %s", event, group) : g_strdup (event);
}

/* Whether the values of the periods add up to one of them all. */
static gboolean
adds_up (JsonObject *series)
{
  const char *measure = weir_json_get_text (series, "measure");

  return measure == NULL || g_str_equal (measure, "count") || g_str_equal (measure, "sum");
}

/* The sum of all periods where that means something, else their mean. */
static double
get_total (JsonObject *series)
{
  JsonArray *values = weir_json_get_array (series, "values");
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < weir_json_array_get_n (values); i++)
    {
      double value = weir_json_node_to_number (json_array_get_element (values, i), NAN);

      if (isnan (value))
        continue;
      sum += value;
      n++;
    }
  if (adds_up (series))
    return sum;
  return n > 0 ? sum / n : NAN;
}

/* Nothing of an event is none of it, nothing of a measure is no measure. */
static double
find_total (JsonObject *answer,
            const char *name,
            JsonObject *like)
{
  JsonArray *series = weir_json_get_array (answer, "series");

  for (guint i = 0; i < weir_json_array_get_n (series); i++)
    {
      JsonObject *one = weir_json_array_get_object (series, i);
      g_autofree char *other = dup_series_name (one);

      if (g_str_equal (name, other)
          && g_strcmp0 (weir_json_get_text (one, "measure"),
                        weir_json_get_text (like, "measure")) == 0)
        return get_total (one);
    }
  return answer != NULL && adds_up (like) ? 0 : NAN;
}

static void
add_trend (GListStore          *rows,
           JsonObject * const  *answers)
{
  g_autoptr(GHashTable) shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint side = 0; side < 2; side++)
    {
      JsonArray *series = weir_json_get_array (answers[side], "series");

      for (guint i = 0; i < MIN (weir_json_array_get_n (series), N_SERIES); i++)
        {
          JsonObject *one = weir_json_array_get_object (series, i);
          const char *measure = weir_json_get_text (one, "measure");
          g_autofree char *name = dup_series_name (one);
          g_autofree char *title = NULL;

          if (!g_hash_table_add (shown, g_strdup_printf ("%s %s", measure != NULL ? measure : "",
                                                         name)))
            continue;
          /* Translators: %s is what is measured, such as an average, which has no total. */
          title = adds_up (one) ? g_strdup (name) : g_strdup_printf (_("%s, by period"), name);
          add_row (rows, weir_compare_row_new (title, find_total (answers[0], name, one),
                                               find_total (answers[1], name, one), NAN, NAN));
        }
    }
}

/**
 * weir_compare_rows_add_answers:
 * @rows: of [class@Weir.CompareRow]
 * @title: (nullable): what was asked, as a heading; %NULL when the rows belong to those above
 * @question: what was asked, as it is saved
 * @answers: (array fixed-size=2): what both files answered; one may be %NULL, not both
 *
 * Adds a question with the answers of both.
 */
void
weir_compare_rows_add_answers (GListStore          *rows,
                               const char          *title,
                               JsonObject          *question,
                               JsonObject * const  *answers)
{
  const char *kind = weir_json_get_text (get_any (answers), "kind");

  if (g_strcmp0 (kind, "cohort") == 0)
    {
      add_row (rows, weir_compare_row_new (title, weir_json_get_number (answers[0], "size"),
                                           weir_json_get_number (answers[1], "size"), NAN, NAN));
      return;
    }
  if (title != NULL)
    add_row (rows, weir_compare_row_new_heading (title));
  if (g_strcmp0 (kind, "funnel") == 0)
    add_funnel (rows, answers);
  else if (g_strcmp0 (kind, "retention") == 0)
    add_retention (rows, question, answers);
  else
    add_trend (rows, answers);
}

static double
get_event_count (JsonObject *catalog,
                 const char *name)
{
  JsonArray *events = weir_json_get_array (catalog, "events");

  for (guint i = 0; i < weir_json_array_get_n (events); i++)
    {
      JsonObject *event = weir_json_array_get_object (events, i);

      if (g_strcmp0 (weir_json_get_text (event, "name"), name) == 0)
        return weir_json_get_number (event, "count");
    }
  return catalog != NULL ? 0 : NAN;
}

/**
 * weir_compare_rows_add_catalogs:
 * @rows: of [class@Weir.CompareRow]
 * @catalogs: (array fixed-size=2): the catalogs of both files; may be %NULL
 *
 * Adds how many events of each name there are altogether.
 */
void
weir_compare_rows_add_catalogs (GListStore         *rows,
                                JsonObject * const *catalogs)
{
  g_auto(GStrv) names = weir_compare_rows_dup_events (catalogs);

  for (guint i = 0; names[i] != NULL; i++)
    add_row (rows, weir_compare_row_new (names[i], get_event_count (catalogs[0], names[i]),
                                         get_event_count (catalogs[1], names[i]), NAN, NAN));
}

/**
 * weir_compare_rows_dup_events:
 * @catalogs: (array fixed-size=2): the catalogs of both files; may be %NULL
 *
 * Returns: (transfer full): the most frequent names of events of either, at most
 *   %WEIR_COMPARE_N_EVENTS
 */
GStrv
weir_compare_rows_dup_events (JsonObject * const *catalogs)
{
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < WEIR_COMPARE_N_EVENTS && g_hash_table_size (known) < WEIR_COMPARE_N_EVENTS;
       i++)
    {
      for (guint side = 0; side < 2; side++)
        {
          JsonArray *events = weir_json_get_array (catalogs[side], "events");
          const char *name = weir_json_get_text (weir_json_array_get_object (events, i), "name");

          if (name != NULL && g_hash_table_add (known, (gpointer) name))
            g_strv_builder_add (builder, name);
        }
    }
  return g_strv_builder_end (builder);
}

/**
 * weir_compare_rows_find_latest:
 * @catalog: (nullable): a catalog
 *
 * Returns: when the latest event happened, in microseconds since the epoch; 0 when there is none
 */
gint64
weir_compare_rows_find_latest (JsonObject *catalog)
{
  JsonArray *events = weir_json_get_array (catalog, "events");
  gint64 latest = 0;

  for (guint i = 0; i < weir_json_array_get_n (events); i++)
    latest = MAX (latest, weir_json_get_time (weir_json_array_get_object (events, i), "last_seen"));
  return latest;
}
