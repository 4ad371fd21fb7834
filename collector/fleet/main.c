/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "weir-fleet.h"
#include "weir-time.h"

#define EXIT_USAGE 64

#define LIVE_BATCH     20
#define BACKFILL_BATCH 1000

static void
options_clear (WeirFleetOptions *options)
{
  g_free (options->url);
  g_free (options->path);
  g_free (options->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirFleetOptions, options_clear)

static gboolean
on_signal (gpointer data)
{
  weir_fleet_stop (data);
  return G_SOURCE_CONTINUE;
}

static const char *
find_fault (const WeirFleetOptions *options)
{
  if (options->url == NULL)
    return "--url is required";
  if (options->n_devices < 1 || options->n_devices > 100000000)
    return "--devices must be from 1 to 100000000";
  if (options->rate < 0)
    return "--rate must not be negative";
  if (options->seconds < 0)
    return "--seconds must not be negative";
  if (options->batch < 1 || options->batch > 10000)
    return "--batch must be from 1 to 10000";
  if (options->n_connections < 1 || options->n_connections > 10000)
    return "--connections must be from 1 to 10000";
  if (options->prebuild < 0 || options->n_events < 0)
    return "--prebuild and --events must not be negative";
  return NULL;
}

static gboolean
parse_options (WeirFleetOptions  *options,
               int               *argc,
               char            ***argv,
               GError           **error)
{
  g_autofree char *backfill = NULL;
  g_autoptr (GOptionContext) context =
      g_option_context_new ("— a simulated fleet of devices and visitors");
  const GOptionEntry entries[] = {
    { "url",
      0,
      0,
      G_OPTION_ARG_STRING,
      &options->url,
      "The collector, http://HOST:PORT or unix:PATH",
      "URL" },
    { "path", 0, 0, G_OPTION_ARG_STRING, &options->path, "Where to post (/v1/events)", "PATH" },
    { "key", 0, 0, G_OPTION_ARG_STRING, &options->key, "Write key", "KEY" },
    { "devices",
      0,
      0,
      G_OPTION_ARG_INT,
      &options->n_devices,
      "Machines and visitors there are (1000)",
      "N" },
    { "rate",
      0,
      0,
      G_OPTION_ARG_DOUBLE,
      &options->rate,
      "Events a second; 0 for as many as are taken (100)",
      "N" },
    { "seconds",
      0,
      0,
      G_OPTION_ARG_DOUBLE,
      &options->seconds,
      "How long; 0 until interrupted (0)",
      "S" },
    { "events", 0, 0, G_OPTION_ARG_INT64, &options->n_events, "Stop after so many events", "N" },
    { "backfill",
      0,
      0,
      G_OPTION_ARG_STRING,
      &backfill,
      "Tell the past first, for instance 30d",
      "DURATION" },
    { "batch",
      0,
      0,
      G_OPTION_ARG_INT,
      &options->batch,
      "Events in a request (20; 1000 for a backfill)",
      "N" },
    { "connections",
      0,
      0,
      G_OPTION_ARG_INT,
      &options->n_connections,
      "Connections kept open (8)",
      "N" },
    { "prebuild",
      0,
      0,
      G_OPTION_ARG_INT,
      &options->prebuild,
      "Make so many requests beforehand and send them round and round, for benchmarks",
      "N" },
    { "seed",
      0,
      0,
      G_OPTION_ARG_INT64,
      &options->seed,
      "The same seed gives the same world (1)",
      "K" },
    { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (backfill != NULL)
    {
      /* Without a rate of its own a backfill is told as fast as it is taken, and then it ends. */
      if (options->rate < 0)
        options->rate = 0;
      if (options->batch == 0)
        options->batch = BACKFILL_BATCH;
      return weir_duration_parse (backfill, &options->backfill, error);
    }
  if (options->rate < 0)
    options->rate = 100;
  if (options->batch == 0)
    options->batch = LIVE_BATCH;
  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  g_auto(WeirFleetOptions) options = {
    .n_devices = 1000,
    .rate = -1,
    .n_connections = 8,
    .seed = 1,
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirFleet) fleet = NULL;
  g_autofree char *report = NULL;
  const char *fault;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  if (!parse_options (&options, &argc, &argv, &error))
    {
      g_printerr ("weir-fleet: %s\n", error->message);
      return EXIT_USAGE;
    }
  fault = argc > 1 ? "there are no arguments, only options" : find_fault (&options);
  if (fault != NULL)
    {
      g_printerr ("weir-fleet: %s\n", fault);
      return EXIT_USAGE;
    }
  if (options.path == NULL)
    options.path = g_strdup ("/v1/events");

  fleet = weir_fleet_new (&options, &error);
  if (fleet == NULL)
    {
      g_printerr ("weir-fleet: %s\n", error->message);
      return EXIT_USAGE;
    }
  g_unix_signal_add (SIGINT, on_signal, fleet);
  g_unix_signal_add (SIGTERM, on_signal, fleet);
  weir_fleet_run (fleet);
  report = weir_fleet_report (fleet);
  printf ("%s\n", report);

  return 0;
}
