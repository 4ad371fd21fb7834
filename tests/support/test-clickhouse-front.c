/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-clickhouse-front.h"

#include <libsoup/soup.h>
#include <string.h>

struct _TestClickhouseFront {
  char *script;
  char *folder;
  char *url;
  guint port;
  GSubprocess *process;
};

TestClickhouseFront *
test_clickhouse_front_new (void)
{
  const char *library = g_getenv ("WEIR_CHDB_LIBRARY");
  TestClickhouseFront *self;

  if (library == NULL || !g_file_test (library, G_FILE_TEST_EXISTS))
    return NULL;
  self = g_new0 (TestClickhouseFront, 1);
  self->script = g_test_build_filename (G_TEST_DIST, "..", "support", "clickhouse_front.py", NULL);
  self->folder = g_dir_make_tmp ("weir-front-XXXXXX", NULL);
  test_clickhouse_front_start (self);
  return self;
}

void
test_clickhouse_front_start (TestClickhouseFront *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autofree char *line = NULL;
  g_autoptr(GError) error = NULL;
  GDataInputStream *lines;

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/usr/bin/python3", self->script,
                                    g_getenv ("WEIR_CHDB_LIBRARY"), self->folder, port, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_object_unref (lines);
  self->port = (guint) atoi (line);
  g_free (self->url);
  self->url = g_strdup_printf ("http://127.0.0.1:%u/default", self->port);
}

void
test_clickhouse_front_kill (TestClickhouseFront *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

void
test_clickhouse_front_free (TestClickhouseFront *self)
{
  g_autofree char *remove = g_strdup_printf ("rm -rf %s", self->folder);

  if (self->process != NULL)
    test_clickhouse_front_kill (self);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
  g_free (self->script);
  g_free (self->folder);
  g_free (self->url);
  g_free (self);
}

const char *
test_clickhouse_front_get_url (TestClickhouseFront *self)
{
  return self->url;
}

static char *
post (TestClickhouseFront *self,
      const char          *path,
      const char          *text)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_POST, url);
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autoptr(GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;

  soup_message_set_request_body_from_bytes (message, "text/plain", body);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  return g_strstrip (g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)));
}

void
test_clickhouse_front_wish (TestClickhouseFront *self,
                            const char          *json)
{
  g_free (post (self, "/front", json));
}

char *
test_clickhouse_front_ask (TestClickhouseFront *self,
                           const char          *sql)
{
  return post (self, "/", sql);
}
