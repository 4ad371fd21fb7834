/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <signal.h>

#include "weir-error.h"
#include "weir-export.h"
#include "weir-transfer.h"

/* What is read fails with errors of our own, what is written with those of streams. */
static int
get_status (const WeirExportOptions *options,
            const GError            *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return WEIR_TRANSFER_INTERRUPTED;
  if (error->domain == G_IO_ERROR || g_error_matches (error, WEIR_ERROR, WEIR_ERROR_DISK_FULL))
    return WEIR_TRANSFER_NO_OUTPUT;
  if (options->url == NULL)
    return WEIR_TRANSFER_NO_INPUT;
  if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_UNAUTHORIZED) ||
      g_error_matches (error, WEIR_ERROR, WEIR_ERROR_FORBIDDEN))
    return WEIR_TRANSFER_NO_PERMISSION;
  return g_error_matches (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE) ? WEIR_TRANSFER_GAVE_UP
                                                                     : WEIR_TRANSFER_REFUSED;
}

static gboolean
write_events (const WeirExportOptions  *options,
              WeirTransferProgress     *progress,
              guint64                  *n_events,
              GCancellable             *cancellable,
              GError                  **error)
{
  g_autoptr(WeirExportWriter) writer = weir_export_writer_open (options, error);
  gboolean ok;

  if (writer == NULL)
    return FALSE;
  ok = options->url != NULL
         ? weir_export_remote_run (options, writer, progress, cancellable, error)
         : weir_export_file_run (options, writer, progress, cancellable, error);
  ok = ok && weir_export_writer_end (writer, cancellable, error);
  *n_events = weir_export_writer_get_count (writer);
  return ok;
}

static int
export_with (const WeirExportOptions *options,
             GCancellable            *cancellable)
{
  g_autoptr(WeirTransferProgress) progress = weir_transfer_progress_new ("exporting",
                                                                         options->is_quiet);
  g_autoptr(GError) error = NULL;
  guint64 n_events = 0;
  gboolean ok;

  ok = options->format == WEIR_EXPORT_SQLITE
         ? weir_export_file_copy (options, progress, &n_events, cancellable, &error)
         : write_events (options, progress, &n_events, cancellable, &error);
  if (!ok)
    {
      weir_transfer_progress_say (progress, "weir-collector export: %s",
                                  g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                    ? "interrupted" : error->message);
      return get_status (options, error);
    }
  if (!options->is_quiet)
    weir_transfer_progress_say (progress, "exported %" G_GUINT64_FORMAT " events", n_events);
  return WEIR_TRANSFER_DONE;
}

/**
 * weir_export_main:
 * @argc: the number of arguments, with the word `export` in front
 * @argv: the arguments
 *
 * The program `weir-collector export`.
 *
 * Returns: its exit status
 */
int
weir_export_main (int    argc,
                  char **argv)
{
  g_autoptr(GCancellable) cancellable = NULL;
  g_autoptr(WeirExportOptions) options = NULL;
  g_autoptr(GError) error = NULL;

  signal (SIGPIPE, SIG_IGN);
  g_set_prgname ("weir-collector export");
  options = weir_export_options_new (argc, argv, &error);
  if (options == NULL)
    {
      g_printerr ("weir-collector export: %s\n", error->message);
      return WEIR_TRANSFER_USAGE;
    }
  cancellable = weir_transfer_signals_watch ();
  return export_with (options, cancellable);
}
