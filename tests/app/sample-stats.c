/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "sample-stats.h"

#include "weir-time.h"

#define N_SLOTS  60
#define N_RECENT 6

static const char * const types[] = {
  "page_view", "add_to_cart", "temperature", "purchase", "search", "sign_up", "heartbeat",
  "scroll", "video_play", "logout",
};

/* A history that is @usual and, lately, @recent. */
static void
append_history (GString    *out,
                const char *name,
                double      usual,
                double      recent)
{
  g_string_append_printf (out, "\"%s\":[", name);
  for (guint i = 0; i < N_SLOTS; i++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (text, sizeof text, "%.0f", i < N_SLOTS - N_RECENT ? usual : recent);
      g_string_append_printf (out, "%s%s", i > 0 ? "," : "", text);
    }
  g_string_append_c (out, ']');
}

static void
append_ledger (GString      *out,
               const Sample *sample)
{
  guint stored = sample->empty ? 0 : 1204102;

  g_string_append_printf (out,
                          "\"ledger\":{\"received\":%u,\"accepted\":%u,\"duplicate\":%u,"
                          "\"rejected\":%u,\"stored\":%u,\"queued\":%u,\"dead_lettered\":%u},",
                          sample->empty ? 0 : stored + 12 + sample->dead_lettered + 201 + 16,
                          sample->empty ? 0 : stored + 12 + sample->dead_lettered,
                          sample->empty ? 0 : 201, sample->empty ? 0 : 16, stored,
                          sample->empty ? 0 : 12, sample->dead_lettered);
}

static void
append_types (GString *out)
{
  g_string_append (out, "\"types\":[");
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_string_append_printf (out, "%s{\"event\":\"%s\",\"count\":%u,\"average\":%s,"
                              "\"errors\":%u,", i > 0 ? "," : "", types[i], (10 - i) * 600,
                              i % 2 == 0 ? "21.5" : "null", i);
      append_history (out, "history", (10 - i) * 10, (10 - i) * 10);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "],\"other_types\":{\"types\":2,\"count\":600,");
  append_history (out, "history", 10, 10);
  g_string_append (out, "},");
}

static void
append_dependencies (GString      *out,
                     const Sample *sample)
{
  g_string_append (out, "\"dependencies\":[{\"name\":\"payments\",\"calls\":6000,\"failures\":60,"
                        "\"error_rate\":0.01,\"p50\":300,\"p95\":1200,\"p99\":2000,");
  append_history (out, "history", 100, 100);
  g_string_append_c (out, ',');
  append_history (out, "failure_history", 0, 100 * sample->recent_failure_ratio);
  g_string_append (out, "},{\"name\":\"geo\",\"calls\":6000,\"failures\":0,\"error_rate\":0,"
                        "\"p50\":4,\"p95\":40,\"p99\":null,");
  append_history (out, "history", 100, 100);
  g_string_append_c (out, ',');
  append_history (out, "failure_history", 0, 0);
  g_string_append (out, "}],");
}

static void
append_source (GString    *out,
               const char *name,
               double      silent)
{
  char seen[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (SAMPLE_AT - (gint64) (silent * G_USEC_PER_SEC), seen);
  g_string_append_printf (out, "{\"source\":\"%s\",\"count\":3000,\"last_seen\":\"%s\"}",
                          name, seen);
}

/* Returns a `stats` message. */
char *
sample_json (const Sample *sample)
{
  GString *out = g_string_new ("{\"at\":\"2026-01-01T10:31:07.000Z\",\"seq\":1204331,"
                               "\"rates\":{\"received\":61.5,\"stored\":61},");
  double p95 = sample->recent_p95 > 0 ? sample->recent_p95 : 82;
  double errors = 610 * (sample->recent_error_ratio > 0 ? sample->recent_error_ratio : 0.004);
  char lag[G_ASCII_DTOSTR_BUF_SIZE];

  append_ledger (out, sample);
  g_ascii_formatd (lag, sizeof lag, "%.3f", sample->lag);
  g_string_append_printf (out, "\"lag_seconds\":%s,\"journal_bytes\":4096,\"clients\":3,", lag);
  if (sample->not_ready != NULL)
    g_string_append_printf (out, "\"ready\":false,\"reason\":\"%s\",", sample->not_ready);
  else
    g_string_append (out, "\"ready\":true,\"reason\":null,");
  g_string_append (out, "\"window_seconds\":600,\"slot_seconds\":10,\"slot_elapsed_seconds\":7.0,"
                        "\"count\":36600,\"errors\":146,\"error_rate\":0.004,"
                        "\"latency_ms\":{\"count\":900,\"p50\":12.0,\"p95\":82.0,\"p99\":340.0},"
                        "\"history\":{");
  append_history (out, "events", 610, 610);
  g_string_append_c (out, ',');
  append_history (out, "errors", 2, errors);
  g_string_append_c (out, ',');
  append_history (out, "p50", 12, 12);
  g_string_append_c (out, ',');
  append_history (out, "p95", 82, p95);
  g_string_append_c (out, ',');
  append_history (out, "p99", 340, 340);
  g_string_append (out, "},");
  append_types (out);
  append_dependencies (out, sample);
  g_string_append (out, "\"sources\":[");
  append_source (out, "shop", 0.2);
  g_string_append_c (out, ',');
  append_source (out, "kiosk-berlin", sample->silent_seconds);
  g_string_append (out, "]}");
  return g_string_free (out, FALSE);
}

/* Returns the same, read. */
WeirStats *
sample_stats (const Sample *sample)
{
  g_autofree char *json = sample_json (sample);
  g_autoptr(GError) error = NULL;
  WeirStats *stats = weir_stats_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  return stats;
}
