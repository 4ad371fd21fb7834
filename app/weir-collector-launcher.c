/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-collector-launcher.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <sys/prctl.h>

/* How long a collector may take to say where it listens, and to end when asked. */
#define START_SECONDS 30
#define STOP_SECONDS  15

#define LISTENING "listening on "

/* All addresses of this computer, and how this program itself reaches one that listens there. */
#define ANY_ADDRESS  "0.0.0.0:8740"
#define ANY_URL      "http://0.0.0.0:"
#define LOOPBACK_URL "http://127.0.0.1:"

struct _WeirCollectorLauncher
{
  GObject parent_instance;

  GSubprocess *process;
  GDataInputStream *output;
  GCancellable *watch;
  char *token;
  gboolean stopping;
  gboolean on_network;
};

enum {
  ENDED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCollectorLauncher, weir_collector_launcher, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
prepare_child (gpointer user_data)
{
  /* Nobody would be left to stop it if this program were killed. */
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static char *
make_token (void)
{
  g_autofree char *a = g_uuid_string_random ();
  g_autofree char *b = g_uuid_string_random ();

  return g_strconcat (a, b, NULL);
}

static gboolean
timeout_cb (gpointer data)
{
  GTask *task = data;
  WeirCollectorLauncher *self = g_task_get_source_object (task);

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  return G_SOURCE_REMOVE;
}

static void
process_wait_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(WeirCollectorLauncher) self = user_data;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL))
    return;
  if (self->process != G_SUBPROCESS (object))
    return;
  g_clear_object (&self->process);
  if (!self->stopping)
    g_signal_emit (self, signals[ENDED], 0);
}

/* What the collector prints later is of no interest, but has to go somewhere. */
static void
drain_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirCollectorLauncher) self = user_data;
  g_autofree char *line = NULL;

  line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, NULL);
  if (line != NULL)
    g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (object), G_PRIORITY_DEFAULT,
                                         self->watch, drain_cb, g_object_ref (self));
}

static char *
dup_own_url (const char *announced)
{
  g_autofree char *url = g_strstrip (g_strdup (announced));

  if (g_str_has_prefix (url, ANY_URL))
    return g_strconcat (LOOPBACK_URL, url + strlen (ANY_URL), NULL);
  return g_steal_pointer (&url);
}

static void
start_line_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  WeirCollectorLauncher *self = g_task_get_source_object (task);
  GSource *timeout = g_task_get_task_data (task);
  g_autofree char *line = NULL;
  g_autoptr(GError) error = NULL;

  g_source_destroy (timeout);
  line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, &error);
  if (line != NULL && g_str_has_prefix (line, LISTENING))
    {
      g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (object), G_PRIORITY_DEFAULT,
                                           self->watch, drain_cb, g_object_ref (self));
      g_task_return_pointer (task, dup_own_url (line + strlen (LISTENING)), g_free);
      return;
    }

  self->stopping = TRUE;
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                             _("The collector ended before it was ready. Its log says why."));
}

static GSubprocess *
spawn (WeirCollectorLauncher  *self,
       const char             *file,
       GError                **error)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autofree char *program = weir_collector_launcher_find_program ();

  if (program == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _("The collector is not installed next to this program."));
      return NULL;
    }

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, prepare_child, NULL, NULL);
  if (file == NULL && self->on_network)
    return g_subprocess_launcher_spawn (launcher, error, program, "--listen", ANY_ADDRESS, NULL);
  if (file == NULL)
    return g_subprocess_launcher_spawn (launcher, error, program, NULL);

  g_free (self->token);
  self->token = make_token ();
  g_subprocess_launcher_setenv (launcher, "WEIR_READ_TOKEN", self->token, TRUE);
  return g_subprocess_launcher_spawn (launcher, error, program,
                                      "--read-only", file, "--listen", "127.0.0.1:0", NULL);
}

static void
stop_wait_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  WeirCollectorLauncher *self = g_task_get_source_object (task);
  GSource *timeout = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  g_source_destroy (timeout);
  if (!g_subprocess_wait_finish (G_SUBPROCESS (object), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* Of two that wait for the same end either may be told first, and another one may be started as
   * soon as this one is over. */
  if (self->process == G_SUBPROCESS (object))
    g_clear_object (&self->process);
  g_task_return_boolean (task, TRUE);
}

static GSource *
add_timeout (GTask       *task,
             guint        seconds,
             GSourceFunc  func)
{
  GSource *source = g_timeout_source_new_seconds (seconds);

  g_source_set_callback (source, func, task, NULL);
  g_source_attach (source, g_task_get_context (task));
  return source;
}

static void
weir_collector_launcher_dispose (GObject *object)
{
  WeirCollectorLauncher *self = WEIR_COLLECTOR_LAUNCHER (object);

  g_cancellable_cancel (self->watch);
  if (self->process != NULL)
    g_subprocess_send_signal (self->process, SIGTERM);
  g_clear_object (&self->process);
  g_clear_object (&self->output);

  G_OBJECT_CLASS (weir_collector_launcher_parent_class)->dispose (object);
}

static void
weir_collector_launcher_finalize (GObject *object)
{
  WeirCollectorLauncher *self = WEIR_COLLECTOR_LAUNCHER (object);

  g_clear_object (&self->watch);
  g_free (self->token);

  G_OBJECT_CLASS (weir_collector_launcher_parent_class)->finalize (object);
}

static void
weir_collector_launcher_class_init (WeirCollectorLauncherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_collector_launcher_dispose;
  object_class->finalize = weir_collector_launcher_finalize;

  signals[ENDED] =
    g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_collector_launcher_init (WeirCollectorLauncher *self)
{
  self->watch = g_cancellable_new ();
}

/**
 * weir_collector_launcher_new:
 *
 * Returns: (transfer full): a launcher that has started nothing yet
 */
WeirCollectorLauncher *
weir_collector_launcher_new (void)
{
  return g_object_new (WEIR_TYPE_COLLECTOR_LAUNCHER, NULL);
}

/**
 * weir_collector_launcher_set_on_network:
 * @self: a launcher
 * @on_network: whether other computers may send events, with a key
 *
 * Says where the next collector listens; one with a file always listens on this computer alone.
 */
void
weir_collector_launcher_set_on_network (WeirCollectorLauncher *self,
                                        gboolean               on_network)
{
  g_return_if_fail (WEIR_IS_COLLECTOR_LAUNCHER (self));

  self->on_network = on_network;
}

/**
 * weir_collector_launcher_is_running:
 * @self: a launcher
 *
 * Returns: whether a child runs
 */
gboolean
weir_collector_launcher_is_running (WeirCollectorLauncher *self)
{
  g_return_val_if_fail (WEIR_IS_COLLECTOR_LAUNCHER (self), FALSE);

  return self->process != NULL;
}

/**
 * weir_collector_launcher_get_token:
 * @self: a launcher
 *
 * Returns: (nullable) (transfer none): the read token of a child that serves a file; one with a
 *   data directory keeps its token there
 */
const char *
weir_collector_launcher_get_token (WeirCollectorLauncher *self)
{
  g_return_val_if_fail (WEIR_IS_COLLECTOR_LAUNCHER (self), NULL);

  return self->token;
}

/**
 * weir_collector_launcher_start_async:
 * @self: a launcher without a child
 * @file: (nullable): a database file to serve without changing it, instead of collecting
 * @cancellable: (nullable): to give up waiting
 * @callback: called when the collector listens, or has failed
 * @user_data: for @callback
 *
 * Starts the bundled collector.
 */
void
weir_collector_launcher_start_async (WeirCollectorLauncher *self,
                                     const char            *file,
                                     GCancellable          *cancellable,
                                     GAsyncReadyCallback    callback,
                                     gpointer               user_data)
{
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (WEIR_IS_COLLECTOR_LAUNCHER (self));
  g_return_if_fail (self->process == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weir_collector_launcher_start_async);

  self->stopping = FALSE;
  g_clear_pointer (&self->token, g_free);
  self->process = spawn (self, file, &error);
  if (self->process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_clear_object (&self->output);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_subprocess_wait_async (self->process, self->watch, process_wait_cb, g_object_ref (self));
  g_task_set_task_data (task, add_timeout (task, START_SECONDS, timeout_cb),
                        (GDestroyNotify) g_source_unref);
  g_data_input_stream_read_line_async (self->output, G_PRIORITY_DEFAULT, cancellable,
                                       start_line_cb, g_steal_pointer (&task));
}

/**
 * weir_collector_launcher_start_finish:
 * @self: a launcher
 * @result: what the callback was given
 * @error: where to put an error
 *
 * Returns: (transfer full): where the collector listens, or %NULL with @error set
 */
char *
weir_collector_launcher_start_finish (WeirCollectorLauncher  *self,
                                      GAsyncResult           *result,
                                      GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weir_collector_launcher_stop_async:
 * @self: a launcher
 * @cancellable: (nullable): to give up waiting
 * @callback: called when the child has ended
 * @user_data: for @callback
 *
 * Asks the child to drain and end, and waits; one that does not listen is killed after a while.
 */
void
weir_collector_launcher_stop_async (WeirCollectorLauncher *self,
                                    GCancellable          *cancellable,
                                    GAsyncReadyCallback    callback,
                                    gpointer               user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (WEIR_IS_COLLECTOR_LAUNCHER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weir_collector_launcher_stop_async);
  if (self->process == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  self->stopping = TRUE;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_task_set_task_data (task, add_timeout (task, STOP_SECONDS, timeout_cb),
                        (GDestroyNotify) g_source_unref);
  g_subprocess_wait_async (self->process, cancellable, stop_wait_cb, g_steal_pointer (&task));
}

/**
 * weir_collector_launcher_stop_finish:
 * @self: a launcher
 * @result: what the callback was given
 * @error: where to put an error
 *
 * Returns: whether the child has ended
 */
gboolean
weir_collector_launcher_stop_finish (WeirCollectorLauncher  *self,
                                     GAsyncResult           *result,
                                     GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * weir_collector_launcher_find_program:
 *
 * Looks for the collector that was built or installed with this program, and nowhere else.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *
weir_collector_launcher_find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = self != NULL ? g_path_get_dirname (self) : NULL;
  const char *places[] = { "../collector/weir-collector", "weir-collector", NULL };

  for (guint i = 0; here != NULL && places[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (here, places[i], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  if (g_file_test (WEIR_BIN_DIR "/weir-collector", G_FILE_TEST_IS_EXECUTABLE))
    return g_strdup (WEIR_BIN_DIR "/weir-collector");
  return NULL;
}
