/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <signal.h>

#include "weir-error.h"
#include "weir-import.h"
#include "weir-import-table.h"
#include "weir-transfer.h"

static int
get_status (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return WEIR_TRANSFER_INTERRUPTED;
  if (error->domain != WEIR_ERROR)
    return WEIR_TRANSFER_NO_INPUT;
  switch (error->code)
    {
    case WEIR_ERROR_UNAUTHORIZED:
    case WEIR_ERROR_FORBIDDEN:
      return WEIR_TRANSFER_NO_PERMISSION;
    case WEIR_ERROR_UNAVAILABLE:
      return WEIR_TRANSFER_GAVE_UP;
    case WEIR_ERROR_CONFIGURATION:
    case WEIR_ERROR_DISK_FULL:
      return WEIR_TRANSFER_CONFIGURATION;
    case WEIR_ERROR_INVALID_ENCODING:
    case WEIR_ERROR_NOT_FOUND:
      return WEIR_TRANSFER_NO_INPUT;
    case WEIR_ERROR_INVALID_JSON:
      return WEIR_TRANSFER_BAD_DATA;
    default:
      return WEIR_TRANSFER_REFUSED;
    }
}

static gboolean
fill_mapping (const WeirImportOptions  *options,
              WeirImportMapping        *mapping,
              GError                  **error)
{
  for (guint i = 0; options->maps != NULL && options->maps[i] != NULL; i++)
    if (!weir_import_mapping_add (mapping, options->maps[i], error))
      return FALSE;
  for (guint i = 0; options->constants != NULL && options->constants[i] != NULL; i++)
    if (!weir_import_mapping_add_constant (mapping, options->constants[i], error))
      return FALSE;
  for (guint i = 0; options->skips != NULL && options->skips[i] != NULL; i++)
    weir_import_mapping_skip (mapping, options->skips[i]);
  return TRUE;
}

static WeirImportSource *
open_source (const WeirImportOptions  *options,
             WeirImportMapping        *mapping,
             GError                  **error)
{
  if (options->format == WEIR_IMPORT_TABLE)
    return weir_import_table_new (options, mapping, error);
  return weir_import_file_new (options->path, options->format, options->name, options->delimiter,
                               options->zone, mapping, error);
}

static void
tell (const WeirImportOptions *options,
      const WeirImportResult  *result,
      WeirTransferProgress    *progress,
      gint64                   start,
      gboolean                 is_done,
      gboolean                 was_begun)
{
  double seconds = (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND;

  if (options->is_dry_run)
    {
      weir_transfer_progress_say (progress,
                                  "%" G_GUINT64_FORMAT " rows: %" G_GUINT64_FORMAT " events, %"
                                  G_GUINT64_FORMAT " rows are not taken; nothing was sent",
                                  result->rows, result->accepted, result->rejected);
      return;
    }
  g_print ("{\"rows\":%" G_GUINT64_FORMAT ",\"accepted\":%" G_GUINT64_FORMAT ",\"duplicates\":%"
           G_GUINT64_FORMAT ",\"rejected\":%" G_GUINT64_FORMAT ",\"seconds\":%.1f}\n",
           result->rows, result->accepted, result->duplicates, result->rejected, seconds);
  if (is_done && was_begun && result->rows == 0)
    weir_transfer_progress_say (progress, "all of it was imported before; to import it again, "
                                "remove %s", options->state);
  if (is_done && result->rows > 0 && !options->is_quiet)
    weir_transfer_progress_say (progress,
                                "imported %" G_GUINT64_FORMAT " events; %" G_GUINT64_FORMAT
                                " were there already, %" G_GUINT64_FORMAT " rows were not taken",
                                result->accepted, result->duplicates, result->rejected);
  if (!is_done && options->state != NULL)
    weir_transfer_progress_say (progress, "call the same again to go on; %s knows where",
                                options->state);
}

static int
run (const WeirImportOptions *options,
     WeirImportParts         *parts,
     GCancellable            *cancellable)
{
  g_autoptr(WeirImport) import = NULL;
  g_autoptr(GError) error = NULL;
  WeirImportResult result = { 0 };
  gint64 start = g_get_monotonic_time ();
  gboolean was_begun = !weir_import_state_is_new (parts->state);
  gboolean is_done;

  if (was_begun)
    weir_transfer_progress_say (parts->progress, "going on after %" G_GUINT64_FORMAT " events",
                                parts->counts.n_events);
  import = weir_import_new (parts);
  is_done = weir_import_run (import, &result, cancellable, &error);
  if (!is_done)
    weir_transfer_progress_say (parts->progress, "weir-collector import: %s",
                                g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                  ? "interrupted" : error->message);
  tell (options, &result, parts->progress, start, is_done, was_begun);
  if (!is_done)
    return get_status (error);
  return result.rejected > 0 ? WEIR_TRANSFER_REJECTED : WEIR_TRANSFER_DONE;
}

static gboolean
prepare (const WeirImportOptions  *options,
         WeirImportParts          *parts,
         guint64                  *rejected_size,
         GCancellable             *cancellable,
         GError                  **error)
{
  g_autofree char *what = weir_import_options_dup_what (options);
  g_autofree char *key = NULL;

  parts->state = weir_import_state_open (options->is_dry_run ? NULL : options->state, what, error);
  if (parts->state == NULL)
    return FALSE;
  if (options->key_file != NULL)
    {
      key = weir_transfer_read_key (options->key_file, error);
      if (key == NULL)
        return FALSE;
    }
  parts->client = weir_transfer_client_new (options->to, key, options->patience, parts->progress,
                                            error);
  return parts->client != NULL &&
         weir_import_state_restore (parts->state, parts->source, &parts->counts, rejected_size,
                                    cancellable, error);
}

static int
import_with (const WeirImportOptions *options,
             GCancellable            *cancellable)
{
  g_autoptr(WeirImportMapping) mapping = weir_import_mapping_new (options->zone);
  g_autoptr(WeirTransferProgress) progress = weir_transfer_progress_new ("importing",
                                                                         options->is_quiet);
  g_autoptr(WeirImportSource) source = NULL;
  g_autoptr(WeirImportState) state = NULL;
  g_autoptr(WeirTransferClient) client = NULL;
  g_autoptr(WeirImportRejects) rejects = NULL;
  g_autoptr(GError) error = NULL;
  WeirImportParts parts = { .options = options, .progress = progress };
  guint64 rejected_size = 0;
  gboolean ok;

  if (!fill_mapping (options, mapping, &error))
    {
      g_printerr ("weir-collector import: %s\n", error->message);
      return WEIR_TRANSFER_USAGE;
    }
  source = parts.source = open_source (options, mapping, &error);
  ok = source != NULL && prepare (options, &parts, &rejected_size, cancellable, &error);
  state = parts.state;
  client = parts.client;
  if (ok && options->rejected != NULL && !options->is_dry_run)
    ok = (rejects = weir_import_rejects_open (options->rejected, rejected_size, &error)) != NULL;
  if (!ok)
    {
      g_printerr ("weir-collector import: %s\n", error->message);
      return g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST) ? WEIR_TRANSFER_USAGE
                                                                            : get_status (error);
    }
  parts.rejects = rejects;
  return run (options, &parts, cancellable);
}

/**
 * weir_import_main:
 * @argc: the number of arguments, with the word `import` in front
 * @argv: the arguments
 *
 * The program `weir-collector import`.
 *
 * Returns: its exit status
 */
int
weir_import_main (int    argc,
                  char **argv)
{
  g_autoptr(GCancellable) cancellable = NULL;
  g_autoptr(WeirImportOptions) options = NULL;
  g_autoptr(GError) error = NULL;

  signal (SIGPIPE, SIG_IGN);
  g_set_prgname ("weir-collector import");
  options = weir_import_options_new (argc, argv, &error);
  if (options == NULL)
    {
      g_printerr ("weir-collector import: %s\n", error->message);
      return WEIR_TRANSFER_USAGE;
    }
  cancellable = weir_transfer_signals_watch ();
  return import_with (options, cancellable);
}
