/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-frame-log.h"

#include <stdio.h>
#include <sys/resource.h>

/* Values are counted in steps of a tenth of a millisecond up to a second, so that memory does not
 * grow while memory is being watched. */
#define STEP_MICROSECONDS 100
#define N_STEPS           10001
#define LATE_MICROSECONDS 25000

typedef struct {
  guint counts[N_STEPS];
  guint n;
  gint64 max;
} Histogram;

/* One second, or the whole run. */
typedef struct {
  Histogram frames;
  Histogram latencies;
  guint n_late;
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
  memset (period, 0, sizeof *period);
  period->began = now;
  period->cpu = get_cpu_seconds ();
}

static void
histogram_add (Histogram *self,
               gint64     micros)
{
  self->counts[CLAMP (micros / STEP_MICROSECONDS, 0, N_STEPS - 1)]++;
  self->n++;
  self->max = MAX (self->max, micros);
}

/* In milliseconds. */
static double
histogram_get_quantile (const Histogram *self,
                        double           quantile)
{
  guint rank = (guint) (self->n * quantile), seen = 0;

  for (guint i = 0; i < N_STEPS - 1; i++)
    {
      seen += self->counts[i];
      if (seen > rank)
        return (i + .5) * STEP_MICROSECONDS / 1000.;
    }
  return (double) self->max / 1000.;
}

static void
period_add_frame (Period *period,
                  gint64  interval)
{
  histogram_add (&period->frames, interval);
  period->n_late += interval > LATE_MICROSECONDS;
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

  g_string_append_printf (line, "{\"period\":\"%s\",\"frames\":%u,\"late\":%u,\"events\":%"
                          G_GUINT64_FORMAT,
                          kind, period->frames.n, period->n_late, period->n_events);
  write_number (line, "seconds", seconds);
  write_number (line, "fps", period->frames.n / seconds);
  write_number (line, "p50_ms", histogram_get_quantile (&period->frames, .5));
  write_number (line, "p99_ms", histogram_get_quantile (&period->frames, .99));
  write_number (line, "max_ms", (double) period->frames.max / 1000.);
  write_number (line, "events_per_second", (double) period->n_events / seconds);
  write_number (line, "latency_p50_ms", histogram_get_quantile (&period->latencies, .5));
  write_number (line, "latency_p99_ms", histogram_get_quantile (&period->latencies, .99));
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
      period_add_frame (&log_state->second, now - log_state->last_frame);
      period_add_frame (&log_state->whole, now - log_state->last_frame);
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
  histogram_add (&log_state->second.latencies, micros);
  histogram_add (&log_state->whole.latencies, micros);
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
  g_clear_pointer (&log_state, g_free);
}
