/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-health-handler.h"

#include <sys/statvfs.h>

#include "weir-event-json.h"

/* Less than this and the next commit is likely to fail. */
#define MIN_FREE_BYTES (2 * 1024 * 1024)

static void
add_reason (GString    *reasons,
            const char *part,
            const char *reason)
{
  g_string_append_printf (reasons, "%s{\"part\":\"%s\",\"reason\":", reasons->len > 0 ? "," : "",
                          part);
  weir_json_append_string (reasons, reason, -1);
  g_string_append_c (reasons, '}');
}

static void
check_disk (WeirServices *services,
            GString      *reasons)
{
  struct statvfs status;

  if (statvfs (services->config->data_dir, &status) == 0 &&
      (guint64) status.f_bavail * status.f_frsize < MIN_FREE_BYTES)
    add_reason (reasons, "disk", "the disk that holds the data directory is full");
}

/**
 * weir_health_append_reasons:
 * @services: the parts of the collector
 * @reasons: gets objects with commas between them; nothing when all is well
 *
 * Says why events are not accepted, persisted or delivered. Any thread may.
 */
void
weir_health_append_reasons (WeirServices *services,
                            GString      *reasons)
{
  WeirJournalStatus journal;
  WeirStoreSinkStatus sink;

  if (services->journal == NULL)
    return;
  weir_journal_get_status (services->journal, &journal);
  weir_store_sink_get_status (services->sink, &sink);
  if (!journal.healthy)
    add_reason (reasons, "journal", journal.reason);
  if (!sink.healthy)
    add_reason (reasons, "store", sink.reason);
  check_disk (services, reasons);
}

static void
reply_unready (WeirExchange *exchange,
               GString      *reasons)
{
  g_autoptr(GBytes) body = NULL;
  GString *text = g_string_new ("{\"error\":{\"code\":\"unavailable\",\"message\":\"Not ready\"},"
                                "\"status\":\"unready\",\"reasons\":[");

  g_string_append (text, reasons->str);
  g_string_append (text, "]}");
  body = g_string_free_to_bytes (text);
  weir_exchange_set_header (exchange, "Retry-After", "2");
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE, WEIR_TYPE_JSON, body);
}

/**
 * weir_health_handler_run_alive:
 * @exchange: (transfer full): `GET /healthz`
 *
 * Says that the process serves requests.
 */
void
weir_health_handler_run_alive (WeirExchange *exchange)
{
  weir_exchange_set_header (exchange, "Cache-Control", "no-store");
  weir_exchange_reply (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, "{\"status\":\"ok\"}");
}

/**
 * weir_health_handler_run_ready:
 * @exchange: (transfer full): `GET /readyz`
 *
 * Says whether events are accepted, persisted and delivered, and if not, why.
 */
void
weir_health_handler_run_ready (WeirExchange *exchange)
{
  g_autoptr(GString) reasons = g_string_new (NULL);

  weir_exchange_set_header (exchange, "Cache-Control", "no-store");
  weir_health_append_reasons (exchange->services, reasons);
  if (reasons->len > 0)
    reply_unready (exchange, reasons);
  else
    weir_exchange_reply (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, "{\"status\":\"ready\"}");
}

static void
append_journal (WeirServices *services,
                GString      *out)
{
  WeirJournalStatus status;
  const WeirLedger *ledger = &status.ledger;
  gint64 now = g_get_real_time ();

  weir_journal_get_status (services->journal, &status);
  weir_metrics_append_value (out, "counter", "weir_events_received_total",
                             "Events received, good and bad.", (double) ledger->received);
  weir_metrics_append_value (out, "counter", "weir_events_accepted_total",
                             "Events accepted: durable.", (double) ledger->accepted);
  weir_metrics_append_value (out, "counter", "weir_events_rejected_total",
                             "Events rejected as invalid.", (double) ledger->rejected);
  weir_metrics_append_value (out, "counter", "weir_events_duplicate_total",
                             "Events whose message id was already known.",
                             (double) ledger->duplicate);
  weir_metrics_append_value (out, "counter", "weir_events_stored_total",
                             "Events stored.", (double) ledger->stored);
  weir_metrics_append_value (out, "counter", "weir_events_dead_lettered_total",
                             "Events the store refused for good.", (double) ledger->dead_lettered);
  weir_metrics_append_value (out, "gauge", "weir_queue_events",
                             "Events accepted and not stored yet.", (double) ledger->queued);
  weir_metrics_append_value (out, "gauge", "weir_journal_bytes",
                             "Size of the journal on disk.", (double) status.bytes);
  weir_metrics_append_value (out, "gauge", "weir_journal_oldest_seconds",
                             "Age of the oldest event not stored yet.",
                             status.oldest > 0 ? (double) MAX (now - status.oldest, 0) / 1e6 : 0);
  weir_metrics_append_value (out, "counter", "weir_journal_commits_total",
                             "Commits of the journal since start.", (double) status.n_commits);
}

/**
 * weir_health_handler_run_metrics:
 * @exchange: (transfer full): `GET /metrics`
 *
 * Answers with all metrics in the Prometheus text format.
 */
void
weir_health_handler_run_metrics (WeirExchange *exchange)
{
  WeirServices *services = exchange->services;
  gsize bodies = (gsize) g_atomic_pointer_get (&services->totals.body_bytes);
  g_autoptr(GBytes) body = NULL;
  GString *out = g_string_sized_new (8192);

  if (services->journal != NULL)
    append_journal (services, out);
  if (services->forwarders != NULL)
    weir_forwarders_append_metrics (services->forwarders, out);
  if (services->relay != NULL)
    weir_relay_append_metrics (services->relay, out);
  weir_metrics_append_value (out, "gauge", "weir_sse_clients", "Clients of the stream.",
                             weir_live_hub_get_n_clients (services->hub));
  weir_metrics_append_value (out, "gauge", "weir_connections",
                             "Connections open now, streams included.",
                             weir_acceptor_get_n_connections (services->acceptor));
  weir_metrics_append_value (out, "counter", "weir_connections_accepted_total",
                             "Connections accepted since start.",
                             (double) weir_acceptor_get_n_accepted (services->acceptor));
  weir_metrics_append_value (out, "counter", "weir_connections_refused_total",
                             "Connections turned away for a cap since start.",
                             (double) weir_acceptor_get_n_refused (services->acceptor));
  weir_metrics_append_value (out, "counter", "weir_requests_refused_total",
                             "Requests refused by their head or for being slow, since start.",
                             (double) __atomic_load_n (&services->totals.n_refused,
                                                       __ATOMIC_RELAXED));
  weir_metrics_append_value (out, "gauge", "weir_body_bytes",
                             "Request bodies in memory.", (double) bodies);
  weir_metrics_append (services->metrics, out);

  body = g_string_free_to_bytes (out);
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8",
                             body);
}
