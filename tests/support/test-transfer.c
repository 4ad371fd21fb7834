/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-transfer.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>

void
test_transfer_set_up (TestTransfer  *self,
                      gconstpointer  options)
{
  self->collector = test_collector_new (options);
  self->dir = g_dir_make_tmp ("weir-transfer-XXXXXX", NULL);
}

void
test_transfer_tear_down (TestTransfer  *self,
                         gconstpointer  options)
{
  g_autoptr(GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = test_transfer_dup_path (self, name);

      g_remove (path);
    }
  g_rmdir (self->dir);
  g_free (self->dir);
  g_free (self->out);
  g_free (self->err);
  if (self->collector != NULL)
    test_collector_free (self->collector);
}

char *
test_transfer_dup_path (TestTransfer *self,
                        const char   *name)
{
  return g_build_filename (self->dir, name, NULL);
}

void
test_transfer_write (TestTransfer *self,
                     const char   *name,
                     const char   *text,
                     gssize        length)
{
  g_autofree char *path = test_transfer_dup_path (self, name);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

char *
test_transfer_read (TestTransfer *self,
                    const char   *name)
{
  g_autofree char *path = test_transfer_dup_path (self, name);
  g_autoptr(GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static char **
make_arguments (TestTransfer *self,
                const char   *verb,
                va_list       list)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *argument;

  g_strv_builder_add (builder, verb);
  while ((argument = va_arg (list, const char *)) != NULL)
    {
      g_autofree char *path = *argument == '@' ? test_transfer_dup_path (self, argument + 1) : NULL;

      g_strv_builder_add (builder, g_str_equal (argument, "@") ? self->collector->url
                                   : path != NULL ? path : argument);
    }
  return g_strv_builder_end (builder);
}

int
test_transfer_run (TestTransfer *self,
                   const char   *verb,
                   ...)
{
  g_auto(GStrv) arguments = NULL;
  va_list list;
  int status;

  va_start (list, verb);
  arguments = make_arguments (self, verb, list);
  va_end (list);
  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
  status = test_collector_run (arguments, &self->out, &self->err);
  g_test_message ("%s → %d %s", verb, status, self->err);
  return status;
}

static void
child_setup (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);   /* a test that aborts leaves nothing behind */
}

GSubprocess *
test_transfer_spawn (TestTransfer *self,
                     const char   *verb,
                     ...)
{
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                               G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) arguments = NULL;
  g_auto(GStrv) argv = NULL;
  g_autoptr(GError) error = NULL;
  GSubprocess *process;
  va_list list;

  va_start (list, verb);
  arguments = make_arguments (self, verb, list);
  va_end (list);
  g_strv_builder_add (builder, g_getenv ("WEIR_COLLECTOR"));
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "fatal-criticals", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

void
test_transfer_settle (TestCollector *collector)
{
  while (test_collector_get_metric (collector, "weir_events_stored_total") <
         test_collector_get_metric (collector, "weir_events_accepted_total"))
    g_usleep (2000);
}

char *
test_transfer_ask (TestCollector *collector,
                   const char    *sql)
{
  g_autofree char *path = g_build_filename (collector->data_dir, "events.db", NULL);
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;
  char *text;

  if (collector->process != NULL)
    test_transfer_settle (collector);
  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  g_test_message ("%s → %s", sql, text);
  return text;
}
