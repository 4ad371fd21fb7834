/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-status-handler.h"

#include <glib/gstdio.h>
#include <string.h>

#include "weir-data-dir.h"
#include "weir-event-census.h"
#include "weir-event-json.h"
#include "weir-exchange-json.h"
#include "weir-health-handler.h"
#include "weir-log-ring.h"
#include "weir-time.h"

#define MAX_LOG_LINES 2000

static void
append_time (GString    *out,
             const char *member,
             gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  if (micros == 0)
    {
      g_string_append_printf (out, ",\"%s\":null", member);
      return;
    }
  weir_time_format_rfc3339 (micros, text);
  g_string_append_printf (out, ",\"%s\":\"%s\"", member, text);
}

static void
append_text (GString    *out,
             const char *member,
             const char *text)
{
  g_string_append_printf (out, ",\"%s\":", member);
  if (text != NULL && *text != '\0')
    weir_json_append_string (out, text, -1);
  else
    g_string_append (out, "null");
}

/* Answers in a reader's thread: how much there is, and from when to when. */
static GBytes *
count_events (WeirReader    *reader,
              gpointer       question,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr(GArray) tallies = weir_event_census_run (reader, G_MAXINT64, error);
  GString *out;
  guint64 count = 0;
  gint64 first = 0, last = 0;

  if (tallies == NULL)
    return NULL;
  for (guint i = 0; i < tallies->len; i++)
    {
      const WeirEventTally *tally = &g_array_index (tallies, WeirEventTally, i);

      if (tally->count == 0)
        continue;
      first = count == 0 ? tally->first : MIN (first, tally->first);
      last = count == 0 ? tally->last : MAX (last, tally->last);
      count += tally->count;
    }
  out = g_string_new (NULL);
  g_string_append_printf (out, "\"events\":%" G_GUINT64_FORMAT, count);
  append_time (out, "oldest", first);
  append_time (out, "newest", last);
  return g_string_free_to_bytes (out);
}

/* The database and its log. */
static guint64
measure_store (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf status;
  guint64 bytes = 0;

  if (g_stat (path, &status) == 0)
    bytes += (guint64) status.st_size;
  if (g_stat (log, &status) == 0)
    bytes += (guint64) status.st_size;
  return bytes;
}

static char *
dup_duration (gint64 micros)
{
  static const struct {
    const char *unit;
    gint64 micros;
  } units[] = {
    { "d", G_TIME_SPAN_DAY }, { "h", G_TIME_SPAN_HOUR }, { "m", G_TIME_SPAN_MINUTE },
    { "s", G_TIME_SPAN_SECOND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (micros > 0 && micros % units[i].micros == 0)
      return g_strdup_printf ("%" G_GINT64_FORMAT "%s", micros / units[i].micros, units[i].unit);
  return NULL;
}

static void
append_store (WeirServices *services,
              const char   *counts,
              GString      *out)
{
  static const char *const kinds[] = { "sqlite", "clickhouse", "chdb" };
  const WeirCollectorConfig *config = services->config;
  g_autofree char *path = config->read_only != NULL ? g_strdup (config->read_only)
                                                    : weir_data_dir_dup_store (config->data_dir);
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *keep = dup_duration (config->keep);

  g_string_append_printf (out, ",\"store\":{\"kind\":\"%s\"", kinds[config->store]);
  append_text (out, "file", shown);
  g_string_append_printf (out, ",\"bytes\":%" G_GUINT64_FORMAT ",", measure_store (path));
  g_string_append (out, counts != NULL ? counts
                                       : "\"events\":null,\"oldest\":null,\"newest\":null");
  append_text (out, "keep", keep);
  g_string_append_c (out, '}');
}

static void
append_sink (WeirServices            *services,
             const WeirJournalStatus *journal,
             GString                 *out)
{
  WeirStoreSinkStatus sink;

  weir_store_sink_get_status (services->sink, &sink);
  g_string_append_printf (
      out,
      ",\"sinks\":[{\"name\":\"store\",\"kind\":\"store\",\"state\":\"%s\","
      "\"cursor\":%" G_GUINT64_FORMAT ",\"behind_events\":%" G_GUINT64_FORMAT
      ",\"behind_seconds\":%.1f,\"batches\":%" G_GUINT64_FORMAT ",\"last_batch_events\":%u",
      sink.healthy ? "ok" : "waiting", journal->cursor, journal->ledger.queued,
      (double) sink.lag / G_USEC_PER_SEC, sink.n_batches, sink.last_events);
  append_text (out, "last_error", sink.last_error);
  append_time (out, "retry_at", sink.retry_at);
  g_string_append_c (out, '}');
  if (services->forwarders != NULL)
    weir_forwarders_append_status (services->forwarders, out);
  g_string_append_c (out, ']');
}

static void
append_journal (WeirServices *services,
                GString      *out)
{
  WeirJournalStatus journal = { 0 };
  const WeirLedger *ledger = &journal.ledger;

  if (services->journal != NULL)
    weir_journal_get_status (services->journal, &journal);
  g_string_append_printf (
      out,
      ",\"ledger\":{\"received\":%" G_GUINT64_FORMAT ",\"accepted\":%" G_GUINT64_FORMAT
      ",\"duplicate\":%" G_GUINT64_FORMAT ",\"rejected\":%" G_GUINT64_FORMAT
      ",\"stored\":%" G_GUINT64_FORMAT ",\"queued\":%" G_GUINT64_FORMAT
      ",\"dead_lettered\":%" G_GUINT64_FORMAT "}",
      ledger->received, ledger->accepted, ledger->duplicate, ledger->rejected, ledger->stored,
      ledger->queued, ledger->dead_lettered);
  g_string_append_printf (
      out,
      ",\"queue\":{\"events\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT "}"
      ",\"journal\":{\"bytes\":%" G_GUINT64_FORMAT ",\"max_bytes\":%" G_GUINT64_FORMAT
      ",\"oldest_seconds\":%.1f,\"commits\":%" G_GUINT64_FORMAT "}",
      ledger->queued, journal.waiting_bytes, journal.bytes, services->config->journal_max_bytes,
      journal.oldest > 0
        ? (double) MAX (g_get_real_time () - journal.oldest, 0) / G_USEC_PER_SEC : 0,
      journal.n_commits);
  if (services->sink != NULL)
    append_sink (services, &journal, out);
  else
    g_string_append (out, ",\"sinks\":[]");
}

static void
append_listen (WeirServices *services,
               GString      *out)
{
  g_auto(GStrv) urls = weir_acceptor_dup_urls (services->acceptor);

  g_string_append (out, ",\"listen\":[");
  for (guint i = 0; urls[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      weir_json_append_string (out, urls[i], -1);
    }
  g_string_append_c (out, ']');
}

static GString *
format_status (WeirServices *services,
               const char   *counts,
               const char   *streams)
{
  static const char *const durabilities[] = { "fsync", "os", "memory" };
  g_autoptr(GString) reasons = g_string_new (NULL);
  GString *out = g_string_new ("{\"version\":\"" WEIR_VERSION "\"");

  weir_health_append_reasons (services, reasons);
  append_time (out, "started", services->started);
  g_string_append_printf (
      out, ",\"uptime_seconds\":%.1f,\"read_only\":%s,\"durability\":\"%s\"",
      (double) (g_get_monotonic_time () - services->started_monotonic) / G_USEC_PER_SEC,
      services->journal == NULL ? "true" : "false", durabilities[services->config->durability]);
  append_store (services, counts, out);
  append_listen (services, out);
  g_string_append_printf (out, ",\"ready\":%s,\"reasons\":[%s]",
                          reasons->len == 0 ? "true" : "false", reasons->str);
  append_journal (services, out);
  if (services->relay != NULL)
    {
      g_string_append (out, ",\"relay\":");
      weir_relay_append_status (services->relay, out);
    }
  g_string_append_printf (out, ",\"streams\":%s,\"connections\":%u}", streams,
                          weir_acceptor_get_n_connections (services->acceptor));
  return out;
}

static void
streams_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) streams =
    weir_live_hub_ask_streams_finish (exchange->services->hub, result, &error);
  g_autofree char *text = streams != NULL
    ? g_strndup (g_bytes_get_data (streams, NULL), g_bytes_get_size (streams)) : g_strdup ("[]");

  weir_exchange_reply_json (exchange, SOUP_STATUS_OK,
                            format_status (exchange->services, exchange->data, text));
}

/* A store that cannot be read is no reason to say nothing. */
static void
counted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GBytes) counts =
    weir_reader_pool_ask_finish (exchange->services->readers, result, NULL);

  if (counts != NULL)
    exchange->data = g_strndup (g_bytes_get_data (counts, NULL), g_bytes_get_size (counts));
  weir_live_hub_ask_streams_async (exchange->services->hub, streams_cb, exchange);
}

/**
 * weir_status_handler_run:
 * @exchange: (transfer full): `GET /v1/status`
 *
 * Tells how the collector is.
 */
void
weir_status_handler_run (WeirExchange *exchange)
{
  weir_reader_pool_ask_async (exchange->services->readers, count_events, NULL, NULL,
                              weir_exchange_hold_watched (exchange), counted_cb, exchange);
}

/**
 * weir_status_handler_run_log:
 * @exchange: (transfer full): `GET /v1/log?after=N&level=warning&limit=200`
 *
 * Shows what was logged.
 */
void
weir_status_handler_run_log (WeirExchange *exchange)
{
  const char *name = weir_exchange_get_parameter (exchange, "level");
  GLogLevelFlags level = G_LOG_LEVEL_DEBUG;
  guint64 after, limit;
  GString *out;

  if (!weir_exchange_read_number (exchange, "after", G_MAXUINT64, 0, &after) ||
      !weir_exchange_read_number (exchange, "limit", MAX_LOG_LINES, MAX_LOG_LINES, &limit))
    return;
  if (name != NULL && *name != '\0' && !weir_log_ring_parse_level (name, &level))
    {
      weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                            "“level” is error, critical, warning, message, info or debug");
      return;
    }
  out = g_string_new (NULL);
  weir_exchange_offer_table (exchange, "lines", "seq,at,level,domain,message");
  weir_log_ring_append_json (after, level, (guint) limit, out);
  weir_exchange_reply_json (exchange, SOUP_STATUS_OK, out);
}

/**
 * weir_status_handler_run_rejected:
 * @exchange: (transfer full): `GET /v1/rejected?limit=100`
 *
 * Shows what was refused last.
 */
void
weir_status_handler_run_rejected (WeirExchange *exchange)
{
  guint64 limit;
  GString *out;

  if (!weir_exchange_read_number (exchange, "limit", WEIR_REJECTION_RING_MAX,
                                  WEIR_REJECTION_RING_MAX, &limit))
    return;
  out = g_string_new (NULL);
  weir_exchange_offer_table (exchange, "rejected", "at,source,code,message,index,excerpt");
  weir_rejection_ring_append_json (exchange->services->rejections, (guint) limit, out);
  weir_exchange_reply_json (exchange, SOUP_STATUS_OK, out);
}
