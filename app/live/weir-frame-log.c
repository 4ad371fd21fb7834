/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-frame-log.h"

#include <stdio.h>
#include <sys/resource.h>

/* One second, or the whole run. Values are microseconds. */
typedef struct {
  GArray *frames;
  GArray *latencies;
  guint64 n_events;
  gint64 began;
  double cpu;
} Period;

typedef struct {
  FILE *file;
  Period second;
  Period whole;
  gint64 last_frame;
} FrameLog;

static FrameLog *log_state;

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
period_begin (Period *period,
              gint64  now)
{
  if (period->frames == NULL)
    {
      period->frames = g_array_new (FALSE, FALSE, sizeof (gint64));
      period->latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
    }
  g_array_set_size (period->frames, 0);
  g_array_set_size (period->latencies, 0);
  period->n_events = 0;
  period->began = now;
  period->cpu = get_cpu_seconds ();
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* In milliseconds; @values is sorted. */
static double
get_quantile (GArray *values,
              double  quantile)
{
  guint at;

  if (values->len == 0)
    return 0;
  at = MIN ((guint) (values->len * quantile), values->len - 1);
  return (double) g_array_index (values, gint64, at) / 1000.;
}

static void
write_number (GString    *line,
              const char *name,
              double      number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (line, ",\"%s\":%s", name,
                          g_ascii_formatd (text, sizeof text, "%.3f", number));
}

static void
period_end (FrameLog   *self,
            Period     *period,
            const char *kind,
            gint64      now)
{
  double seconds = (double) MAX (now - period->began, 1) / G_USEC_PER_SEC;
  g_autoptr(GString) line = g_string_new (NULL);
  guint n_late = 0;

  for (guint i = 0; i < period->frames->len; i++)
    n_late += g_array_index (period->frames, gint64, i) > 25000;
  g_array_sort (period->frames, compare);
  g_array_sort (period->latencies, compare);

  g_string_append_printf (line, "{\"period\":\"%s\",\"frames\":%u,\"late\":%u,\"events\":%"
                          G_GUINT64_FORMAT,
                          kind, period->frames->len, n_late, period->n_events);
  write_number (line, "seconds", seconds);
  write_number (line, "fps", period->frames->len / seconds);
  write_number (line, "p50_ms", get_quantile (period->frames, .5));
  write_number (line, "p99_ms", get_quantile (period->frames, .99));
  write_number (line, "max_ms", get_quantile (period->frames, 1));
  write_number (line, "events_per_second", (double) period->n_events / seconds);
  write_number (line, "latency_p50_ms", get_quantile (period->latencies, .5));
  write_number (line, "latency_p99_ms", get_quantile (period->latencies, .99));
  write_number (line, "cpu", (get_cpu_seconds () - period->cpu) / seconds);
  fprintf (self->file, "%s}\n", line->str);
  fflush (self->file);
}

/* A tick callback keeps the frame clock running, so that a gap between frames is a stall. */
static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  gint64 now = g_get_monotonic_time ();

  if (log_state == NULL)
    return G_SOURCE_REMOVE;
  if (log_state->last_frame > 0)
    {
      gint64 interval = now - log_state->last_frame;

      g_array_append_val (log_state->second.frames, interval);
      g_array_append_val (log_state->whole.frames, interval);
    }
  log_state->last_frame = now;
  if (now - log_state->second.began >= G_USEC_PER_SEC)
    {
      period_end (log_state, &log_state->second, "second", now);
      period_begin (&log_state->second, now);
    }
  return G_SOURCE_CONTINUE;
}

/**
 * weir_frame_log_watch:
 * @window: the window whose frames count
 *
 * Starts to measure, if asked to by the environment.
 */
void
weir_frame_log_watch (GtkWidget *window)
{
  const char *path = g_getenv ("WEIR_FRAME_LOG");
  gint64 now = g_get_monotonic_time ();
  FILE *file;

  if (path == NULL || *path == '\0' || log_state != NULL)
    return;
  file = fopen (path, "we");
  if (file == NULL)
    {
      g_warning ("WEIR_FRAME_LOG: cannot write %s", path);
      return;
    }
  log_state = g_new0 (FrameLog, 1);
  log_state->file = file;
  period_begin (&log_state->second, now);
  period_begin (&log_state->whole, now);
  gtk_widget_add_tick_callback (window, tick_cb, NULL, NULL);
}

/**
 * weir_frame_log_add_events:
 * @n_events: how many events have reached the table
 *
 * Counts events.
 */
void
weir_frame_log_add_events (guint n_events)
{
  if (log_state == NULL)
    return;
  log_state->second.n_events += n_events;
  log_state->whole.n_events += n_events;
}

/**
 * weir_frame_log_add_latency:
 * @micros: from the receipt of an event by the collector to its row
 *
 * Notes how old an event was when it reached the table.
 */
void
weir_frame_log_add_latency (gint64 micros)
{
  if (log_state == NULL)
    return;
  g_array_append_val (log_state->second.latencies, micros);
  g_array_append_val (log_state->whole.latencies, micros);
}

/**
 * weir_frame_log_close:
 *
 * Writes the figures over the whole run.
 */
void
weir_frame_log_close (void)
{
  gint64 now = g_get_monotonic_time ();

  if (log_state == NULL)
    return;
  period_end (log_state, &log_state->whole, "total", now);
  fclose (log_state->file);
  g_array_unref (log_state->second.frames);
  g_array_unref (log_state->second.latencies);
  g_array_unref (log_state->whole.frames);
  g_array_unref (log_state->whole.latencies);
  g_clear_pointer (&log_state, g_free);
}
