/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-metrics.h"

#include <math.h>

#include "weir-event-json.h"

#define MAX_STATUS 600

/* Upper bounds of the buckets, in microseconds; one more bucket takes the rest. */
static const gint64 bounds[] = {
  500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000,
};

struct _WeirMetrics {
  guint64 replies[MAX_STATUS];
  guint64 acks[G_N_ELEMENTS (bounds) + 1];
  guint64 ack_micros;
};

static inline void
add (guint64 *counter,
     guint64  number)
{
  __atomic_fetch_add (counter, number, __ATOMIC_RELAXED);
}

static inline guint64
get (const guint64 *counter)
{
  return __atomic_load_n (counter, __ATOMIC_RELAXED);
}

static void
append_double (GString *out,
               double   value)
{
  if (isfinite (value))
    weir_json_append_double (out, value);   /* as people write it: a label is compared as a text */
  else
    g_string_append (out, isnan (value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
}

/**
 * weir_metrics_new:
 *
 * Returns: (transfer full): counters at zero
 */
WeirMetrics *
weir_metrics_new (void)
{
  return g_new0 (WeirMetrics, 1);
}

/**
 * weir_metrics_free:
 * @self: (transfer full): the counters
 *
 * Frees @self.
 */
void
weir_metrics_free (WeirMetrics *self)
{
  g_free (self);
}

/**
 * weir_metrics_count_reply:
 * @self: the counters
 * @status: an HTTP status
 *
 * Counts one answer.
 */
void
weir_metrics_count_reply (WeirMetrics *self,
                          guint        status)
{
  g_return_if_fail (self != NULL);

  if (status < MAX_STATUS)
    add (&self->replies[status], 1);
}

/**
 * weir_metrics_observe_ack:
 * @self: the counters
 * @micros: time from the last byte of a request to its events being durable
 *
 * Adds to the histogram `weir_ack_seconds`.
 */
void
weir_metrics_observe_ack (WeirMetrics *self,
                          gint64       micros)
{
  guint i;

  g_return_if_fail (self != NULL);

  for (i = 0; i < G_N_ELEMENTS (bounds); i++)
    if (micros <= bounds[i])
      break;
  add (&self->acks[i], 1);
  add (&self->ack_micros, (guint64) MAX (micros, 0));
}

/**
 * weir_metrics_append_value:
 * @out: where to
 * @type: `counter` or `gauge`
 * @name: the name of the metric
 * @help: what it says, on one line
 * @value: its value
 *
 * Appends one metric without labels in the Prometheus text format.
 */
void
weir_metrics_append_value (GString    *out,
                           const char *type,
                           const char *name,
                           const char *help,
                           double      value)
{
  g_return_if_fail (out != NULL);

  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n%s ", name, help, name, type, name);
  append_double (out, value);
  g_string_append_c (out, '\n');
}

/**
 * weir_metrics_append:
 * @self: the counters
 * @out: where to
 *
 * Appends them in the Prometheus text format, version 0.0.4.
 */
void
weir_metrics_append (WeirMetrics *self,
                     GString     *out)
{
  guint64 count = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  g_string_append (out, "# HELP weir_http_responses_total Answers by status.\n"
                        "# TYPE weir_http_responses_total counter\n");
  for (guint i = 0; i < MAX_STATUS; i++)
    if (get (&self->replies[i]) > 0)
      g_string_append_printf (out, "weir_http_responses_total{code=\"%u\"} %" G_GUINT64_FORMAT "\n",
                              i, get (&self->replies[i]));

  g_string_append (out, "# HELP weir_ack_seconds From the last byte of a request to its answer, "
                        "its events being durable.\n"
                        "# TYPE weir_ack_seconds histogram\n");
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      count += get (&self->acks[i]);
      g_string_append (out, "weir_ack_seconds_bucket{le=\"");
      append_double (out, (double) bounds[i] / G_USEC_PER_SEC);
      g_string_append_printf (out, "\"} %" G_GUINT64_FORMAT "\n", count);
    }
  count += get (&self->acks[G_N_ELEMENTS (bounds)]);
  g_string_append_printf (out, "weir_ack_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n",
                          count);
  g_string_append (out, "weir_ack_seconds_sum ");
  append_double (out, (double) get (&self->ack_micros) / G_USEC_PER_SEC);
  g_string_append_printf (out, "\nweir_ack_seconds_count %" G_GUINT64_FORMAT "\n", count);
}
