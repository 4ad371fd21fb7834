/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-health.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-conditions.h"
#include "weir-format.h"

/*
 * Says whether all is well, from one `stats` message. Each measure is held against its own past,
 * not against a number someone set: the last minute against the minutes before it.
 *
 * A ratio (errors of events, failures of calls) counts as worse when it is at least WORSE times its
 * baseline, at least MIN_RATIO, and not chance: two proportions, one-sided z test, z > MIN_Z. A
 * dependency also concerns when it fails much and always did. A latency counts as worse when its
 * recent median is WORSE times the one before and MIN_LATENCY more.
 */
#define RECENT_SECONDS   60
#define WORSE            2.0
#define MIN_RATIO        0.01
#define MIN_Z            3.0
#define MIN_LATENCY      20.0
#define FAILING_RATIO    0.05
#define FAILING_CALLS    20
#define LAG_SECONDS      5.0
#define SILENT_SECONDS   60
#define SILENT_INTERVALS 10

/* A part of a history, as sums. */
typedef struct {
  double bad;
  double all;
} Tally;

static double
get_ratio (const Tally *tally)
{
  return tally->all > 0 ? tally->bad / tally->all : 0;
}

static double
value_at (const WeirSeries *series,
          guint             index)
{
  return index < series->n_values && isfinite (series->values[index]) ? series->values[index] : 0;
}

static Tally
tally_up (const WeirSeries *bad,
          const WeirSeries *all,
          guint             from,
          guint             to)
{
  Tally tally = { 0, 0 };

  for (guint i = from; i < to; i++)
    {
      tally.bad += value_at (bad, i);
      tally.all += value_at (all, i);
    }
  return tally;
}

static guint
get_n_recent (const WeirStats *stats,
              guint            n_slots)
{
  return MIN (n_slots, (guint) ceil (RECENT_SECONDS / stats->slot) + 1);
}

static gboolean
is_worse (const Tally *now,
          const Tally *before)
{
  double pooled, deviation;
  double ratio = get_ratio (now);

  if (now->all <= 0 || before->all <= 0
      || ratio < MIN_RATIO || ratio < WORSE * get_ratio (before))
    return FALSE;
  pooled = (now->bad + before->bad) / (now->all + before->all);
  deviation = sqrt (pooled * (1 - pooled) * (1 / now->all + 1 / before->all));
  return deviation > 0 && (ratio - get_ratio (before)) / deviation > MIN_Z;
}

/* When it began: the end of the last slot that was still as good as before. */
static gint64
find_start (const WeirStats  *stats,
            const WeirSeries *bad,
            const WeirSeries *all,
            double            limit)
{
  guint n = all->n_values;
  guint i = n;

  while (i > 0)
    {
      double calls = value_at (all, i - 1);

      if (calls > 0 && value_at (bad, i - 1) / calls < limit)
        break;
      i--;
    }
  if (i == 0)
    return 0;
  return weir_stats_get_slot_end (stats, n, i - 1);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
get_median (const WeirSeries *series,
            guint             from,
            guint             to)
{
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = from; i < to; i++)
    {
      if (isfinite (series->values[i]))
        g_array_append_val (values, series->values[i]);
    }
  if (values->len == 0)
    return NAN;
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, values->len / 2);
}

static GVariant *
make_condition (const char *property,
                const char *op,
                const char *value)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();

  weir_conditions_add (conditions, property, op, value);
  return g_variant_ref_sink (weir_conditions_to_variant (conditions));
}

static GVariant *
make_text_condition (const char *property,
                     const char *value,
                     gboolean    errors)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();
  g_autofree char *literal = weir_literal_from_string (value, strlen (value));

  weir_conditions_add (conditions, property, "=", literal);
  if (errors)
    weir_conditions_add (conditions, WEIR_PROPERTY_ERRORS, "is_set", "");
  return g_variant_ref_sink (weir_conditions_to_variant (conditions));
}

static void
add_concern (GPtrArray  *concerns,
             const char *key,
             char       *text,
             GVariant   *conditions)
{
  WeirConcern *concern = g_new0 (WeirConcern, 1);

  concern->key = g_strdup (key);
  concern->text = text;
  concern->conditions = conditions;
  g_ptr_array_add (concerns, concern);
}

static void
check_collector (const WeirStats *stats,
                 GPtrArray       *concerns)
{
  if (!stats->ready)
    add_concern (concerns, "ready",
                 stats->reason != NULL
                 ? g_strdup_printf (_("The collector does not accept events: %s"), stats->reason)
                 : g_strdup (_("The collector does not accept events")),
                 NULL);
  if (stats->lag > LAG_SECONDS)
    {
      g_autofree char *lag = weir_format_duration (stats->lag * 1000);

      add_concern (concerns, "lag",
                   g_strdup_printf (_("Storing lags %s behind receiving; nothing is lost"), lag),
                   NULL);
    }
  if (stats->ledger.dead_lettered > 0)
    {
      gulong n = (gulong) stats->ledger.dead_lettered;

      add_concern (concerns, "dead-letters",
                   g_strdup_printf (ngettext ("%'lu event could not be stored and is kept aside",
                                              "%'lu events could not be stored and are kept aside",
                                              n), n),
                   NULL);
    }
}

static void
check_errors (const WeirStats *stats,
              GPtrArray       *concerns)
{
  guint n = stats->events.n_values;
  guint recent = get_n_recent (stats, n);
  Tally now = tally_up (&stats->error_history, &stats->events, n - recent, n);
  Tally before = tally_up (&stats->error_history, &stats->events, 0, n - recent);
  g_autofree char *ratio = weir_format_ratio (get_ratio (&now));
  g_autofree char *usual = weir_format_ratio (get_ratio (&before));

  if (!is_worse (&now, &before))
    return;
  add_concern (concerns, "errors",
               /* Translators: the first number is a ratio in the last minute, such as “5 %”. */
               g_strdup_printf (_("Errors are at %s of events in the last minute; usual is %s"),
                                ratio, usual),
               make_condition (WEIR_PROPERTY_ERRORS, "is_set", ""));
}

static void
check_latency (const WeirStats *stats,
               GPtrArray       *concerns)
{
  guint n = stats->p95.n_values;
  guint recent = get_n_recent (stats, n);
  double now = get_median (&stats->p95, n - recent, n);
  double before = get_median (&stats->p95, 0, n - recent);
  g_autofree char *now_text = weir_format_duration (now);
  g_autofree char *before_text = weir_format_duration (before);
  g_autofree char *limit = NULL;

  if (!(now >= WORSE * before && now - before >= MIN_LATENCY))
    return;
  limit = weir_literal_from_number (floor (before * WORSE));
  add_concern (concerns, "latency",
               g_strdup_printf (_("Latency is up: 95 %% within %s in the last minute; usual is %s"),
                                now_text, before_text),
               make_condition ("duration_ms", ">=", limit));
}

static void
check_dependency (const WeirStats           *stats,
                  const WeirDependencyStats *dependency,
                  GPtrArray                 *concerns)
{
  guint n = dependency->history.n_values;
  guint recent = get_n_recent (stats, n);
  Tally now = tally_up (&dependency->failure_history, &dependency->history, n - recent, n);
  Tally before = tally_up (&dependency->failure_history, &dependency->history, 0, n - recent);
  gboolean failing = now.all >= FAILING_CALLS && get_ratio (&now) >= FAILING_RATIO;
  g_autofree char *key = g_strconcat ("dependency:", dependency->name, NULL);
  g_autofree char *ratio = weir_format_ratio (get_ratio (&now));
  gint64 since;
  char *text;

  if (!failing && !is_worse (&now, &before))
    return;

  since = find_start (stats, &dependency->failure_history, &dependency->history,
                      MIN (FAILING_RATIO, get_ratio (&now) / 2));
  if (since > 0)
    {
      g_autofree char *clock = weir_format_clock (since, FALSE);

      /* Translators: name of a service, ratio such as “12 %”, time of day. */
      text = g_strdup_printf (_("%s fails %s of calls since %s"), dependency->name, ratio, clock);
    }
  else
    text = g_strdup_printf (_("%s fails %s of calls"), dependency->name, ratio);
  add_concern (concerns, key, text, make_text_condition ("dependency", dependency->name, TRUE));
}

/* A source is silent when it has not been heard of for long, by the rhythm it had. */
static void
check_source (const WeirStats       *stats,
              const WeirSourceStats *source,
              GPtrArray             *concerns)
{
  double silence = (double) (stats->at - source->last_seen) / G_USEC_PER_SEC;
  double interval = source->count > 0 ? stats->window / (double) source->count : stats->window;
  g_autofree char *key = g_strconcat ("source:", source->name, NULL);
  /* A concern is read once, so whole minutes do. */
  double shown = silence >= 120 ? floor (silence / 60) * 60 : floor (silence);
  g_autofree char *duration = weir_format_duration (shown * 1000);

  if (source->last_seen == 0 || silence < MAX (SILENT_SECONDS, SILENT_INTERVALS * interval))
    return;
  add_concern (concerns, key,
               /* Translators: name of a source, duration such as “6 min”. */
               g_strdup_printf (_("Source “%s” silent for %s"), source->name, duration),
               make_text_condition ("source", source->name, FALSE));
}

/**
 * weir_health_check:
 * @stats: statistics
 *
 * Finds out what needs attention, the gravest first.
 *
 * Returns: (transfer full) (element-type WeirConcern): the concerns; none when all is well
 */
GPtrArray *
weir_health_check (const WeirStats *stats)
{
  GPtrArray *concerns = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_concern_free);
  const WeirDependencyStats *dependency;
  const WeirSourceStats *source;

  g_return_val_if_fail (stats != NULL, concerns);

  check_collector (stats, concerns);
  check_errors (stats, concerns);
  for (guint i = 0; (dependency = weir_stats_get_dependency (stats, i)) != NULL; i++)
    check_dependency (stats, dependency, concerns);
  check_latency (stats, concerns);
  for (guint i = 0; (source = weir_stats_get_source (stats, i)) != NULL; i++)
    check_source (stats, source, concerns);
  return concerns;
}

/**
 * weir_concern_free:
 * @concern: (transfer full): a concern
 *
 * Frees it.
 */
void
weir_concern_free (WeirConcern *concern)
{
  g_free (concern->key);
  g_free (concern->text);
  g_clear_pointer (&concern->conditions, g_variant_unref);
  g_free (concern);
}
