/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-redis.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

struct _TestRedis {
  char *program;
  char *folder;
  char *password;
  guint16 port;
  GSubprocess *process;
  redisContext *sleeper;   /* waits for the answer to a sleep */
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

TestRedis *
test_redis_new (const char *password)
{
  g_autofree char *program = g_find_program_in_path ("redis-server");
  TestRedis *self;

  if (program == NULL)
    return NULL;
  self = g_new0 (TestRedis, 1);
  self->program = g_steal_pointer (&program);
  self->folder = g_dir_make_tmp ("weir-redis-XXXXXX", NULL);
  self->password = g_strdup (password);
  self->port = find_port ();
  test_redis_start (self);
  return self;
}

static redisContext *
connect_to (TestRedis *self)
{
  redisContext *context = redisConnect ("127.0.0.1", self->port);
  redisReply *reply;

  g_assert_nonnull (context);
  if (context->err != 0 || self->password == NULL)
    return context;
  reply = redisCommand (context, "AUTH %s", self->password);
  if (reply != NULL)
    freeReplyObject (reply);
  return context;
}

static gboolean
is_up (TestRedis *self)
{
  redisContext *context = connect_to (self);
  redisReply *reply = context->err == 0 ? redisCommand (context, "PING") : NULL;
  gboolean up = reply != NULL && reply->type == REDIS_REPLY_STATUS;

  if (reply != NULL)
    freeReplyObject (reply);
  redisFree (context);
  return up;
}

static void
child_setup (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);   /* a test that aborts leaves nothing behind */
}

void
test_redis_start (TestRedis *self)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autoptr(GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  self->process = g_subprocess_launcher_spawn (
    launcher, &error, self->program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
    "--dir", self->folder, "--enable-debug-command", "yes", "--requirepass",
    self->password != NULL ? self->password : "", NULL);
  g_assert_no_error (error);
  while (!is_up (self))
    {
      g_assert_nonnull (g_subprocess_get_identifier (self->process));   /* it still runs */
      g_usleep (20000);
    }
}

void
test_redis_kill (TestRedis *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

void
test_redis_free (TestRedis *self)
{
  g_autofree char *remove = g_strdup_printf ("rm -rf %s", self->folder);

  if (self->process != NULL)
    test_redis_kill (self);
  if (self->sleeper != NULL)
    redisFree (self->sleeper);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
  g_free (self->program);
  g_free (self->folder);
  g_free (self->password);
  g_free (self);
}

guint16
test_redis_get_port (TestRedis *self)
{
  return self->port;
}

gint64
test_redis_do (TestRedis  *self,
               const char *command)
{
  g_auto(GStrv) words = g_strsplit (command, " ", -1);
  redisContext *context = connect_to (self);
  redisReply *reply = redisCommandArgv (context, (int) g_strv_length (words), (const char **) words, NULL);
  gint64 number;

  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->type == REDIS_REPLY_ERROR ? reply->str : NULL, ==, NULL);
  number = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
  freeReplyObject (reply);
  redisFree (context);
  return number;
}

void
test_redis_publish (TestRedis     *self,
                    const char    *channel,
                    gconstpointer  data,
                    gsize          size)
{
  redisContext *context = connect_to (self);
  redisReply *reply = redisCommand (context, "PUBLISH %s %b", channel, data, size);

  g_assert_nonnull (reply);
  g_assert_cmpint (reply->type, ==, REDIS_REPLY_INTEGER);
  freeReplyObject (reply);
  redisFree (context);
}

void
test_redis_sleep (TestRedis *self,
                  guint      seconds)
{
  int is_done = 0;

  g_assert_null (self->sleeper);
  self->sleeper = connect_to (self);
  g_assert_cmpint (redisAppendCommand (self->sleeper, "DEBUG SLEEP %u", seconds), ==, REDIS_OK);
  while (!is_done)
    g_assert_cmpint (redisBufferWrite (self->sleeper, &is_done), ==, REDIS_OK);
}

/* As long as the sleep is not answered. */
gboolean
test_redis_is_asleep (TestRedis *self)
{
  struct pollfd poll_fd = { .fd = self->sleeper->fd, .events = POLLIN };

  return poll (&poll_fd, 1, 0) == 0;
}
