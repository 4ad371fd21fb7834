/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "test-collector.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* A test that waits longer than this for a byte has failed. */
#define PATIENCE_SECONDS 60

typedef struct {
  int resource;
  struct rlimit limit;
} Limit;

static const char *
find_program (void)
{
  const char *program = g_getenv ("WEIR_COLLECTOR");

  g_assert_nonnull (program);
  return program;
}

static void
child_setup (gpointer user_data)
{
  Limit *limit = user_data;

  prctl (PR_SET_PDEATHSIG, SIGKILL);   /* a test that aborts leaves nothing behind */
  if (limit->resource >= 0 && setrlimit (limit->resource, &limit->limit) != 0)
    _exit (125);
}

static gboolean criticals_allowed;

void
test_collector_allow_criticals (void)
{
  criticals_allowed = TRUE;
}

/* A full disk is worth a warning, a wrong call is a defect: only the latter ends the program. */
static GSubprocessLauncher *
make_launcher (GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_setenv (launcher, "G_DEBUG", criticals_allowed ? "" : "fatal-criticals", TRUE);
  g_subprocess_launcher_unsetenv (launcher, "WEIR_READ_TOKEN");
  return launcher;
}

static void
read_announcements (TestCollector *self,
                    guint          n_expected)
{
  g_autoptr(GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));

  for (guint i = 0; i < n_expected; i++)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      g_assert_nonnull (line);
      g_assert_true (g_str_has_prefix (line, "listening on "));
      if (g_str_has_prefix (line, "listening on unix:"))
        self->unix_path = g_strdup (line + strlen ("listening on unix:"));
      else if (self->url == NULL)
        self->url = g_strdup (line + strlen ("listening on "));
    }
  g_assert_nonnull (self->url);
  self->port = (guint16) g_ascii_strtoull (strrchr (self->url, ':') + 1, NULL, 10);
}

TestCollector *
test_collector_new_in (const char  *data_dir,
                       char       **options,
                       int          resource,
                       guint64      limit)
{
  TestCollector *self = g_new0 (TestCollector, 1);
  Limit child_limit = { resource, { limit, limit } };
  g_autoptr(GSubprocessLauncher) launcher = make_launcher (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GStrvBuilder) arguments = g_strv_builder_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *token_path = NULL;
  g_auto(GStrv) argv = NULL;
  guint n_expected = 1;

  self->data_dir = g_strdup (data_dir);
  g_strv_builder_add_many (arguments, find_program (), "--listen", "127.0.0.1:0",
                           "--data-dir", data_dir, NULL);
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    {
      g_strv_builder_add (arguments, options[i]);
      n_expected += g_str_equal (options[i], "--listen");
    }
  argv = g_strv_builder_end (arguments);

  g_subprocess_launcher_set_child_setup (launcher, child_setup, &child_limit, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  self->pid = atoi (g_subprocess_get_identifier (self->process));
  read_announcements (self, n_expected);

  token_path = g_build_filename (data_dir, "token", NULL);
  g_file_get_contents (token_path, &self->token, NULL, &error);
  g_assert_no_error (error);
  return self;
}

TestCollector *
test_collector_new (const char *options)
{
  g_autofree char *data_dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_auto(GStrv) list = options != NULL ? g_strsplit (options, " ", -1) : NULL;

  return test_collector_new_in (data_dir, list, -1, 0);
}

void
test_collector_stop (TestCollector *self)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, SIGTERM);
  test_collector_wait (self);
}

void
test_collector_wait (TestCollector *self)
{
  g_subprocess_wait (self->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
  g_clear_object (&self->process);
}

void
test_collector_kill (TestCollector *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (self->process));   /* it was still there */
  g_assert_cmpint (g_subprocess_get_term_sig (self->process), ==, SIGKILL);
  g_clear_object (&self->process);
}

static void
remove_dir (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_remove (child);
    }
  g_rmdir (path);
}

void
test_collector_free (TestCollector *self)
{
  test_collector_stop (self);
  remove_dir (self->data_dir);
  g_free (self->data_dir);
  g_free (self->url);
  g_free (self->unix_path);
  g_free (self->token);
  g_free (self);
}

int
test_collector_run (char **options,
                    char **out,
                    char **err)
{
  g_autoptr(GSubprocessLauncher) launcher =
    make_launcher (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr(GStrvBuilder) arguments = g_strv_builder_new ();
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) argv = NULL;

  g_strv_builder_add (arguments, find_program ());
  for (guint i = 0; options[i] != NULL; i++)
    g_strv_builder_add (arguments, options[i]);
  argv = g_strv_builder_end (arguments);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, out, err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static gboolean
try_to_connect (TestCollector *self,
                int            fd)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (self->port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };

  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
}

gboolean
test_collector_is_listening (TestCollector *self)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean is_listening = try_to_connect (self, fd);

  close (fd);
  return is_listening;
}

int
test_collector_connect (TestCollector *self)
{
  struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  g_assert_true (try_to_connect (self, fd));
  return fd;
}

/* What the other side no longer wants is no failure of the test. */
void
test_socket_send (int           fd,
                  gconstpointer data,
                  gssize        length)
{
  const char *next = data;
  gsize left = length < 0 ? strlen (data) : (gsize) length;

  while (left > 0)
    {
      gssize n = send (fd, next, left, MSG_NOSIGNAL);

      if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
        return;
      g_assert_cmpint (n, >, 0);
      next += n;
      left -= (gsize) n;
    }
}

static gboolean
receive_head (int      fd,
              GString *head)
{
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      char byte;
      gssize n = recv (fd, &byte, 1, 0);

      if (n <= 0)
        {
          g_assert_true (n == 0 || errno == ECONNRESET);
          return FALSE;
        }
      g_string_append_c (head, byte);
    }
  return TRUE;
}

/* Returns NULL when the connection ends before a whole answer came. */
TestReply *
test_socket_receive (int fd)
{
  g_autoptr(TestReply) self = g_new0 (TestReply, 1);
  g_autoptr(GString) head = g_string_new (NULL);
  const char *length;

  if (!receive_head (fd, head))
    return NULL;
  self->head = g_string_free (g_steal_pointer (&head), FALSE);
  g_assert_true (g_str_has_prefix (self->head, "HTTP/1."));
  self->status = atoi (self->head + strlen ("HTTP/1.1 "));

  length = test_reply_get_header (self, "Content-Length");
  if (length != NULL)
    self->body_length = g_ascii_strtoull (length, NULL, 10);
  self->body = g_malloc0 (self->body_length + 1);
  for (gsize at = 0; at < self->body_length;)
    {
      gssize n = recv (fd, self->body + at, self->body_length - at, 0);

      if (n <= 0)
        return NULL;
      at += (gsize) n;
    }
  return g_steal_pointer (&self);
}

/* Waits for the end; bytes that come first are a failure. */
gboolean
test_socket_is_closed (int fd)
{
  char byte;
  gssize n = recv (fd, &byte, 1, 0);

  return n == 0 || (n < 0 && errno == ECONNRESET);
}

TestReply *
test_collector_ask (TestCollector *self,
                    const char    *request,
                    gssize         length)
{
  int fd = test_collector_connect (self);
  TestReply *reply;

  test_socket_send (fd, request, length);
  reply = test_socket_receive (fd);
  close (fd);
  return reply;
}

TestReply *
test_collector_get (TestCollector *self,
                    const char    *path)
{
  g_autofree char *request =
    g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                     path, self->token);

  return test_collector_ask (self, request, -1);
}

TestReply *
test_collector_post (TestCollector *self,
                     const char    *path,
                     const char    *headers,
                     gconstpointer  body,
                     gssize         length)
{
  g_autoptr(GString) request = g_string_new (NULL);
  gsize size = length < 0 ? strlen (body) : (gsize) length;

  g_string_append_printf (request, "POST %s HTTP/1.1\r\nHost: localhost\r\n%s"
                                   "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", path,
                          headers != NULL ? headers : "", size);
  g_string_append_len (request, body, (gssize) size);
  return test_collector_ask (self, request->str, (gssize) request->len);
}

TestReply *
test_collector_request (TestCollector *self,
                        const char    *method,
                        const char    *path,
                        const char    *body)
{
  g_autofree char *length =
    body != NULL ? g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen (body)) : NULL;
  g_autofree char *request =
    g_strdup_printf ("%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n%s",
                     method, path, self->token, length != NULL ? length : "",
                     body != NULL ? body : "");

  return test_collector_ask (self, request, -1);
}

double
test_collector_get_metric (TestCollector *self,
                           const char    *name)
{
  g_autoptr(TestReply) reply = test_collector_get (self, "/metrics");
  g_autofree char *pattern = g_strdup_printf ("\n%s ", name);
  const char *at;

  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 200);
  at = strstr (reply->body, pattern);
  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (pattern), NULL);
}

guint
test_collector_count_fds (TestCollector *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", self->pid);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

const char *
test_reply_get_header (TestReply  *self,
                       const char *name)
{
  static char value[1024];
  g_autofree char *pattern = g_strdup_printf ("\r\n%s: ", name);
  const char *at = strcasestr (self->head, pattern);

  if (at == NULL)
    return NULL;
  at += strlen (pattern);
  g_strlcpy (value, at, MIN (sizeof value, strcspn (at, "\r") + 1));
  return value;
}

void
test_reply_free (TestReply *self)
{
  g_free (self->head);
  g_free (self->body);
  g_free (self);
}
