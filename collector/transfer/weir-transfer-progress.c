/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-transfer-progress.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define TERMINAL_PAUSE (G_TIME_SPAN_SECOND / 5)
#define LOG_PAUSE      (5 * G_TIME_SPAN_SECOND)

struct _WeirTransferProgress {
  const char *doing;
  gboolean is_quiet;
  gboolean is_terminal;
  gboolean is_line_open;
  gint64 start;
  gint64 shown;
  guint64 first_done;   /* where this run began */
  gboolean has_first;
};

/**
 * weir_transfer_progress_new:
 * @doing: what happens to the events, a static participle
 * @is_quiet: whether only what is said is shown
 *
 * Returns: (transfer full): a progress at its beginning
 */
WeirTransferProgress *
weir_transfer_progress_new (const char *doing,
                            gboolean    is_quiet)
{
  WeirTransferProgress *self = g_new0 (WeirTransferProgress, 1);

  self->doing = doing;
  self->is_quiet = is_quiet;
  self->is_terminal = isatty (STDERR_FILENO) == 1;
  self->start = self->shown = g_get_monotonic_time ();
  return self;
}

static void
end_line (WeirTransferProgress *self)
{
  if (self->is_line_open)
    g_printerr ("\n");
  self->is_line_open = FALSE;
}

/**
 * weir_transfer_progress_free:
 * @self: (transfer full): a progress
 */
void
weir_transfer_progress_free (WeirTransferProgress *self)
{
  end_line (self);
  g_free (self);
}

static void
append_left (GString *out,
             double   seconds)
{
  guint64 left = (guint64) (seconds + 0.5);

  if (left >= 3600)
    g_string_append_printf (out, ", %" G_GUINT64_FORMAT " h %02" G_GUINT64_FORMAT " min left",
                            left / 3600, left / 60 % 60);
  else if (left >= 60)
    g_string_append_printf (out, ", %" G_GUINT64_FORMAT " min %02" G_GUINT64_FORMAT " s left",
                            left / 60, left % 60);
  else
    g_string_append_printf (out, ", %" G_GUINT64_FORMAT " s left", left);
}

/**
 * weir_transfer_progress_show:
 * @self: a progress
 * @n_events: how many events this run has behind it
 * @done: how much of @total is behind, in any unit
 * @total: how much there is, 0 when nobody knows
 *
 * Shows it, when that is due. Cheap otherwise.
 */
void
weir_transfer_progress_show (WeirTransferProgress *self,
                             guint64               n_events,
                             guint64               done,
                             guint64               total)
{
  g_autoptr(GString) line = NULL;
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - self->start) / G_TIME_SPAN_SECOND;

  if (!self->has_first)
    self->first_done = done;
  self->has_first = TRUE;
  if (self->is_quiet || now - self->shown < (self->is_terminal ? TERMINAL_PAUSE : LOG_PAUSE))
    return;
  self->shown = now;

  line = g_string_new (NULL);
  g_string_append_printf (line, "%s: ", self->doing);
  if (total > 0)
    g_string_append_printf (line, "%.1f %%, ", 100.0 * (double) MIN (done, total) / (double) total);
  g_string_append_printf (line, "%" G_GUINT64_FORMAT " events, %.0f events/s", n_events,
                          (double) n_events / seconds);
  if (total > done && done > self->first_done)
    append_left (line, seconds * (double) (total - done) / (double) (done - self->first_done));
  g_printerr (self->is_terminal ? "\r%s\033[K" : "%s\n", line->str);
  self->is_line_open = self->is_terminal;
}

/**
 * weir_transfer_progress_say:
 * @self: a progress
 * @format: a line, without its end
 * @...: for @format
 *
 * Says something that stays.
 */
void
weir_transfer_progress_say (WeirTransferProgress *self,
                            const char           *format,
                            ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  end_line (self);
  g_printerr ("%s\n", text);
}

/* A thread, because a read from a pipe may block for ever, and what a handler may do is little. */
static gpointer
wait_for_signals (gpointer data)
{
  sigset_t signals;
  int number;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigwait (&signals, &number);
  g_cancellable_cancel (data);
  sigwait (&signals, &number);
  _exit (128 + number);
}

/**
 * weir_transfer_signals_watch:
 *
 * Has SIGINT and SIGTERM cancel something; a second one ends the process at once. To be called
 * before there are other threads.
 *
 * Returns: (transfer full): what they cancel
 */
GCancellable *
weir_transfer_signals_watch (void)
{
  GCancellable *cancellable = g_cancellable_new ();
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  g_thread_unref (g_thread_new ("signals", wait_for_signals, g_object_ref (cancellable)));
  return cancellable;
}
