/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-clickhouse-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define CONFIG \
  "<yandex><logger><level>warning</level><log>%s/log</log><errorlog>%s/errors</errorlog></logger>" \
  "<http_port>%u</http_port><tcp_port>%u</tcp_port><interserver_http_port>%u</interserver_http_port>" \
  "<listen_host>127.0.0.1</listen_host><path>%s/data/</path><tmp_path>%s/tmp/</tmp_path>" \
  "<users_config>users.xml</users_config><default_profile>default</default_profile>" \
  "<default_database>default</default_database><mark_cache_size>16777216</mark_cache_size>" \
  "<keep_alive_timeout>3</keep_alive_timeout></yandex>"

#define USERS \
  "<yandex><profiles><default><max_threads>2</max_threads></default><readonly><readonly>1</readonly></readonly>" \
  "</profiles><users>" \
  "<default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>" \
  "<quota>default</quota></default>" \
  "<guest><password>s3cret</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>" \
  "<quota>default</quota></guest>" \
  "<reader><password></password><networks><ip>127.0.0.1</ip></networks><profile>readonly</profile>" \
  "<quota>default</quota></reader>" \
  "</users><quotas><default></default></quotas></yandex>"

struct _TestClickhouseServer {
  char *program;
  char *dir;
  guint16 port;
  GSubprocess *process;
  GPid pid;
};

/* A port that was free a moment ago. */
static guint16
find_port (void)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, >, 0);
  g_socket_listener_close (listener);
  return port;
}

static void
write_file (TestClickhouseServer *self,
            const char           *name,
            const char           *text)
{
  g_autofree char *path = g_build_filename (self->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

TestClickhouseServer *
test_clickhouse_server_new (void)
{
  const char *program = g_getenv ("WEIR_CLICKHOUSE_SERVER");
  TestClickhouseServer *self;
  g_autofree char *config = NULL;
  g_autofree char *tmp = NULL;

  if (program == NULL || !g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    return NULL;
  self = g_new0 (TestClickhouseServer, 1);
  self->program = g_strdup (program);
  self->dir = g_dir_make_tmp ("weir-clickhouse-XXXXXX", NULL);
  self->port = find_port ();
  tmp = g_build_filename (self->dir, "tmp", NULL);
  g_mkdir (tmp, 0700);
  config = g_strdup_printf (CONFIG, self->dir, self->dir, self->port, find_port (), find_port (), self->dir,
                            self->dir);
  write_file (self, "config.xml", config);
  write_file (self, "users.xml", USERS);
  test_clickhouse_server_start (self);
  return self;
}

static void
child_setup (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);   /* a test that aborts leaves nothing behind */
}

static gboolean
is_up (TestClickhouseServer *self)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL,
                                                                             NULL);

  return connection != NULL;
}

void
test_clickhouse_server_start (TestClickhouseServer *self)
{
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *config = g_strdup_printf ("--config-file=%s/config.xml", self->dir);
  g_autoptr(GError) error = NULL;

  g_subprocess_launcher_set_cwd (launcher, self->dir);
  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  self->process = g_subprocess_launcher_spawn (launcher, &error, self->program, config, NULL);
  g_assert_no_error (error);
  self->pid = atoi (g_subprocess_get_identifier (self->process));
  while (!is_up (self))
    {
      g_assert_nonnull (g_subprocess_get_identifier (self->process));   /* it still runs */
      g_usleep (50000);
    }
}

void
test_clickhouse_server_kill (TestClickhouseServer *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

/* A server that is held takes connections and says nothing. */
void
test_clickhouse_server_hold (TestClickhouseServer *self,
                             gboolean              is_held)
{
  g_assert_cmpint (kill (self->pid, is_held ? SIGSTOP : SIGCONT), ==, 0);
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
test_clickhouse_server_free (TestClickhouseServer *self)
{
  if (self->process != NULL)
    test_clickhouse_server_kill (self);
  remove_tree (self->dir);
  g_free (self->program);
  g_free (self->dir);
  g_free (self);
}

char *
test_clickhouse_server_dup_url (TestClickhouseServer *self,
                                const char           *credentials)
{
  return g_strdup_printf ("http://%s127.0.0.1:%u/default", credentials, self->port);
}
