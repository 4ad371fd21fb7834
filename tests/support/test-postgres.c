/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-postgres.h"

#include <glib/gstdio.h>
#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct _TestPostgres {
  char *programs;      /* folder */
  char *dir;
  struct passwd *user; /* who the server runs as, since it does not as root; NULL: we */
  GSubprocess *process;
};

static char *
find_first (const char *pattern)
{
  glob_t found = { 0 };
  char *path = NULL;

  if (glob (pattern, 0, NULL, &found) == 0)
    path = g_strdup (found.gl_pathv[found.gl_pathc - 1]);
  globfree (&found);
  return path;
}

static void
child_setup (gpointer user_data)
{
  TestPostgres *self = user_data;

  if (self->user != NULL && (setgid (self->user->pw_gid) != 0 || setuid (self->user->pw_uid) != 0))
    _exit (125);
  prctl (PR_SET_PDEATHSIG, SIGKILL);   /* a test that aborts leaves nothing behind */
}

static GSubprocess *
spawn (TestPostgres *self,
       const char   *program,
       const char   *first,
       ...)
{
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *path = g_build_filename (self->programs, program, NULL);
  g_auto(GStrv) argv = NULL;
  g_autoptr(GError) error = NULL;
  GSubprocess *process;
  const char *argument;
  va_list list;

  g_strv_builder_add (builder, path);
  va_start (list, first);
  for (argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_strv_builder_add (builder, argument);
  va_end (list);
  argv = g_strv_builder_end (builder);
  g_subprocess_launcher_set_cwd (launcher, self->dir);
  g_subprocess_launcher_set_child_setup (launcher, child_setup, self, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

static gboolean
ends_well (GSubprocess *process)
{
  g_subprocess_wait (process, NULL, NULL);
  return g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0;
}

static void
start (TestPostgres *self)
{
  g_autoptr(GSubprocess) init = spawn (self, "initdb", "-D", "data", "-A", "trust", "-U", "weir", "-E", "UTF8",
                                       "--locale", "C", "--no-sync", NULL);

  g_assert_true (ends_well (init));
  self->process = spawn (self, "postgres", "-D", "data", "-k", self->dir, "-c", "listen_addresses=", "-c", "fsync=off",
                         NULL);
  for (;;)
    {
      g_autoptr(GSubprocess) ready = spawn (self, "pg_isready", "-q", "-h", self->dir, NULL);

      if (ends_well (ready))
        return;
      g_assert_nonnull (g_subprocess_get_identifier (self->process));   /* it still runs */
      g_usleep (20000);
    }
}

TestPostgres *
test_postgres_new (void)
{
  g_autofree char *postgres = find_first ("/usr/lib/postgresql/*/bin/postgres");
  g_autofree char *provider = find_first ("/usr/lib/*/libgda-5.0/providers/libgda-postgres.so");
  TestPostgres *self;

  if (postgres == NULL || provider == NULL)
    return NULL;
  self = g_new0 (TestPostgres, 1);
  self->programs = g_path_get_dirname (postgres);
  self->dir = g_dir_make_tmp ("weir-postgres-XXXXXX", NULL);
  if (geteuid () == 0)
    {
      self->user = getpwnam ("nobody");
      g_assert_nonnull (self->user);
      g_assert_cmpint (chown (self->dir, self->user->pw_uid, self->user->pw_gid), ==, 0);
    }
  start (self);
  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
test_postgres_free (TestPostgres *self)
{
  g_subprocess_send_signal (self->process, SIGINT);   /* it ends its connections and itself */
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  remove_tree (self->dir);
  g_free (self->programs);
  g_free (self->dir);
  g_free (self);
}

void
test_postgres_run (TestPostgres *self,
                   const char   *sql)
{
  g_autoptr(GSubprocess) psql = spawn (self, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self->dir, "-U", "weir",
                                       "-d", "postgres", "-c", sql, NULL);

  g_assert_true (ends_well (psql));
}

char *
test_postgres_dup_url (TestPostgres *self)
{
  return g_strdup_printf ("PostgreSQL://DB_NAME=postgres;HOST=%s;USERNAME=weir", self->dir);
}
