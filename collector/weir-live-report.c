/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-report.h"

#include <math.h>

#include "weir-event-json.h"
#include "weir-sse-encoder.h"
#include "weir-time.h"

#define MAX_AGGREGATIONS 10

struct _WeirLiveReport
{
  WeirActivity *activity;
  WeirLedgerFunc ledger_func;
  gpointer ledger_data;

  /* The last sample, and the rates between it and the one before. */
  WeirLedger ledger;
  gint64 lag;
  guint64 journal_bytes;
  gboolean healthy;
  char *reason;
  guint64 n_stored;
  gint64 time;
  double received_rate;
  double stored_rate;
};

static double
get_rate (guint64 before,
          guint64 now,
          gint64  elapsed)
{
  if (elapsed <= 0 || now < before)
    return 0;

  return round ((now - before) * 10.0 * G_USEC_PER_SEC / elapsed) / 10;
}

static void
append_ledger (const WeirLedger *ledger,
               GString          *out)
{
  const struct
  {
    const char *name;
    guint64 value;
  } counts[] = {
    { "received", ledger->received },
    { "accepted", ledger->accepted },
    { "duplicate", ledger->duplicate },
    { "rejected", ledger->rejected },
    { "stored", ledger->stored },
    { "queued", ledger->queued },
    { "dead_lettered", ledger->dead_lettered },
  };

  g_string_append (out, ",\"ledger\":{");
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (out, "%s\"%s\":%" G_GUINT64_FORMAT,
                            i > 0 ? "," : "", counts[i].name, counts[i].value);
  g_string_append_c (out, '}');
}

static void
append_state (WeirLiveReport *self,
              guint           n_clients,
              GString        *out)
{
  g_string_append (out, ",\"rates\":{\"received\":");
  weir_json_append_double (out, self->received_rate);
  g_string_append (out, ",\"stored\":");
  weir_json_append_double (out, self->stored_rate);
  g_string_append_c (out, '}');

  append_ledger (&self->ledger, out);

  g_string_append (out, ",\"lag_seconds\":");
  weir_json_append_double (out, round (self->lag / 1000.0) / 1000);
  g_string_append_printf (out,
                          ",\"journal_bytes\":%" G_GUINT64_FORMAT
                          ",\"clients\":%u,\"ready\":%s,\"reason\":",
                          self->journal_bytes, n_clients, self->healthy ? "true" : "false");
  if (self->reason != NULL && !self->healthy)
    weir_json_append_string (out, self->reason, -1);
  else
    g_string_append (out, "null");
}

static GBytes *
create_message (const char *event,
                GString    *data)
{
  GString *out = g_string_new (NULL);

  weir_sse_append_message (out, event, NULL, data->str, data->len);

  return g_string_free_to_bytes (out);
}

/**
 * weir_live_report_new:
 * @activity: what has happened; must outlive the report
 * @ledger_func: (nullable): tells of the ledger
 * @ledger_data: for @ledger_func
 *
 * Returns: (transfer full): a report that has not sampled yet
 */
WeirLiveReport *
weir_live_report_new (WeirActivity   *activity,
                      WeirLedgerFunc  ledger_func,
                      gpointer        ledger_data)
{
  WeirLiveReport *self = g_new0 (WeirLiveReport, 1);

  self->activity = activity;
  self->ledger_func = ledger_func;
  self->ledger_data = ledger_data;
  self->healthy = TRUE;

  return self;
}

/**
 * weir_live_report_free:
 * @self: (transfer full): a report
 *
 * Frees the report.
 */
void
weir_live_report_free (WeirLiveReport *self)
{
  g_free (self->reason);
  g_free (self);
}

/**
 * weir_live_report_sample:
 * @self: a report
 *
 * Looks at the counts. The rates are those between the last two looks, so this wants to be called
 * each second.
 */
void
weir_live_report_sample (WeirLiveReport *self)
{
  guint64 n_received = self->ledger.received;
  guint64 n_stored = self->n_stored;
  gint64 elapsed = g_get_monotonic_time () - self->time;
  gboolean is_first = self->time == 0;

  g_clear_pointer (&self->reason, g_free);
  if (self->ledger_func != NULL)
    self->ledger_func (&self->ledger,
                       &self->lag,
                       &self->journal_bytes,
                       &self->healthy,
                       &self->reason,
                       self->ledger_data);
  self->n_stored = weir_activity_get_n_added (self->activity);
  self->time += elapsed;

  if (is_first)
    return;

  self->received_rate = get_rate (n_received, self->ledger.received, elapsed);
  self->stored_rate = get_rate (n_stored, self->n_stored, elapsed);
}

/**
 * weir_live_report_append_stats:
 * @self: a report
 * @seq: position of the newest stored event
 * @n_clients: how many clients there are
 * @out: where to
 *
 * Appends the members of the statistics, without the braces around them.
 */
void
weir_live_report_append_stats (WeirLiveReport *self,
                               guint64         seq,
                               guint           n_clients,
                               GString        *out)
{
  gint64 now = g_get_real_time ();
  char time[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (now, time);
  g_string_append_printf (out, "\"at\":\"%s\",\"seq\":%" G_GUINT64_FORMAT, time, seq);
  append_state (self, n_clients, out);
  g_string_append_c (out, ',');
  weir_activity_append_json (self->activity, now, out);
}

/**
 * weir_live_report_create_stats:
 * @self: a report
 * @seq: position of the newest stored event
 * @n_clients: how many clients there are
 *
 * Makes the `stats` message.
 *
 * Returns: (transfer full): its text
 */
GBytes *
weir_live_report_create_stats (WeirLiveReport *self,
                               guint64         seq,
                               guint           n_clients)
{
  g_autoptr (GString) out = g_string_new ("{");

  weir_live_report_append_stats (self, seq, n_clients, out);
  g_string_append_c (out, '}');

  return create_message ("stats", out);
}

/**
 * weir_live_report_create_update:
 * @self: a report
 *
 * Makes the `update` message of the dashboard stream.
 *
 * Returns: (transfer full): its text
 */
GBytes *
weir_live_report_create_update (WeirLiveReport *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  weir_activity_append_aggregations (self->activity, g_get_real_time (), MAX_AGGREGATIONS, out);

  return create_message ("update", out);
}
