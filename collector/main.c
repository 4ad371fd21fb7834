/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "weir-collector.h"
#include "weir-log-ring.h"
#include "weir-transfer.h"

/* From here on an allocation is a mapping of its own, which goes back when it is freed. */
#define LARGE_ALLOCATION (1024 * 1024)

static int
fail (int           status,
      const GError *error)
{
  g_printerr ("weir-collector: %s\n", error->message);
  return status;
}

static int
check (const WeirCollectorConfig *config)
{
  g_autoptr(GString) report = g_string_new (NULL);
  gboolean sound = weir_collector_check (config, report);

  g_print ("%s", report->str);
  return sound ? EXIT_SUCCESS : WEIR_EXIT_CONFIGURATION;
}

static gboolean
signal_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
announce (WeirCollector *collector)
{
  g_auto(GStrv) urls = weir_collector_dup_urls (collector);

  for (guint i = 0; urls[i] != NULL; i++)
    printf ("listening on %s\n", urls[i]);
  fflush (stdout);
}

static int
serve (const WeirCollectorConfig *config)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(WeirCollector) collector = NULL;
  g_autoptr(GError) error = NULL;
  guint terminate;
  guint interrupt;

  /* A write over a size limit or to a closed connection is an error there, not the end here. */
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);

  collector = weir_collector_new (config, &error);
  if (collector == NULL)
    return fail (WEIR_EXIT_CONFIGURATION, error);

  terminate = g_unix_signal_add (SIGTERM, signal_cb, loop);
  interrupt = g_unix_signal_add (SIGINT, signal_cb, loop);
  announce (collector);
  g_main_loop_run (loop);

  /* From here on a second signal has its usual effect, and ends the process at once. */
  g_source_remove (terminate);
  g_source_remove (interrupt);
  g_message ("shutting down");
  weir_collector_stop (collector);
  return EXIT_SUCCESS;
}

/* Left to itself glibc raises that limit to the largest block it ever saw freed, here some
 * megabytes when columns are merged. Then the heap of each thread keeps what it once needed. */
static void
bound_heap (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, LARGE_ALLOCATION);
#endif
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(WeirCollectorConfig) config = NULL;
  g_autoptr(GError) error = NULL;
  int status;

  bound_heap ();
  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE);
  if (argc > 1 && g_str_equal (argv[1], "import"))
    return weir_import_main (argc - 1, argv + 1);
  if (argc > 1 && g_str_equal (argv[1], "export"))
    return weir_export_main (argc - 1, argv + 1);
  g_set_prgname ("weir-collector");
  weir_log_ring_install ();

  config = weir_collector_config_new (&argc, &argv, &status, &error);
  if (config == NULL)
    return fail (status, error);
  if (config->version)
    {
      g_print ("weir-collector %s\n", WEIR_VERSION);
      return EXIT_SUCCESS;
    }
  return config->check ? check (config) : serve (config);
}
