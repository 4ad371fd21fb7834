/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-session.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-collector-launcher.h"
#include "weir-json.h"

/* From this lag on, seconds, a reader should know that what is shown is not the present. */
#define CATCHING_UP_SECONDS 2.0

/* A token is short; whatever else a file may hold is not one. */
#define MAX_TOKEN_BYTES 4096

struct _WeirSession
{
  GObject parent_instance;

  WeirCollectorLauncher *launcher;
  WeirLiveStream *stream;
  WeirApiClient *probe;
  WeirApiClient *client;
  GCancellable *cancellable;

  char *url;
  char *token;
  char *token_file;
  char *file;
  WeirStats *stats;
  gint64 contact_at;        /* of the latest statistics, in real time */
  GError *error;
  WeirSessionState state;
  gboolean is_default;
};

enum {
  PROP_0,
  PROP_STATE,
  N_PROPS,
};

enum {
  STATS_CHANGED,
  MOVED,
  NOTICE,
  N_SIGNALS,
};

G_DEFINE_ENUM_TYPE (WeirSessionState, weir_session_state,
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_LIVE, "live"),
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_CATCHING_UP, "catching-up"),
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (WEIR_SESSION_FAILED, "failed"))
G_DEFINE_FINAL_TYPE (WeirSession, weir_session, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_state (WeirSession      *self,
           WeirSessionState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
fail (WeirSession  *self,
      const GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  set_state (self, WEIR_SESSION_FAILED);
}

static char *
read_token_file (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL) || length > MAX_TOKEN_BYTES)
    return NULL;
  g_strstrip (text);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* The file that was named, else the environment, else what the collector of this user keeps. */
static char *
find_token (WeirSession *self)
{
  const char *token = g_getenv ("WEIR_READ_TOKEN");
  g_autofree char *path = NULL;

  if (self->token_file != NULL)
    return read_token_file (self->token_file);
  if (token != NULL && *token != '\0')
    return g_strdup (token);
  path = g_build_filename (g_get_user_data_dir (), "weir", "token", NULL);
  return read_token_file (path);
}

static WeirSessionState
translate_state (WeirSession *self)
{
  switch (weir_live_stream_get_state (self->stream))
    {
    case WEIR_LIVE_OPEN:
      if (self->stats != NULL && self->stats->lag > CATCHING_UP_SECONDS)
        return WEIR_SESSION_CATCHING_UP;
      return WEIR_SESSION_LIVE;
    case WEIR_LIVE_WAITING:
      return WEIR_SESSION_WAITING;
    case WEIR_LIVE_REFUSED:
      return WEIR_SESSION_FAILED;
    case WEIR_LIVE_STOPPED:
    case WEIR_LIVE_CONNECTING:
    default:
      return WEIR_SESSION_CONNECTING;
    }
}

static void
stream_state_cb (WeirSession *self)
{
  const GError *error = weir_live_stream_get_error (self->stream);

  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  set_state (self, translate_state (self));
}

static void
stream_message_cb (WeirSession *self,
                   const char  *event,
                   GBytes      *data,
                   const char  *id)
{
  g_autoptr(GError) error = NULL;
  WeirStats *stats;
  gsize length;
  const char *json;

  if (g_strcmp0 (event, "stats") != 0)
    return;

  json = g_bytes_get_data (data, &length);
  stats = json != NULL ? weir_stats_new_from_json (json, (gssize) length, &error) : NULL;
  if (stats == NULL)
    {
      g_debug ("Statistics that cannot be read: %s", error != NULL ? error->message : "empty");
      return;
    }
  g_clear_pointer (&self->stats, weir_stats_unref);
  self->stats = stats;
  self->contact_at = g_get_real_time ();
  set_state (self, translate_state (self));
  g_signal_emit (self, signals[STATS_CHANGED], 0);
}

static void
drop_stream (WeirSession *self)
{
  if (self->stream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->stream, self);
  weir_live_stream_stop (self->stream);
  g_clear_object (&self->stream);
}

/* Forgets the collector there was. */
static void
leave (WeirSession *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  drop_stream (self);
  g_clear_object (&self->probe);
  g_clear_object (&self->client);
  g_clear_pointer (&self->stats, weir_stats_unref);
  self->contact_at = 0;
  g_clear_error (&self->error);
}

static void
attach (WeirSession *self)
{
  drop_stream (self);
  self->stream = weir_session_create_stream (self, "stats");
  g_signal_connect_object (self->stream, "message",
                           G_CALLBACK (stream_message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stream, "notify::state",
                           G_CALLBACK (stream_state_cb), self, G_CONNECT_SWAPPED);
  set_state (self, WEIR_SESSION_CONNECTING);
  g_signal_emit (self, signals[MOVED], 0);
  weir_live_stream_start (self->stream);
}

static void
start_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirSession) self = user_data;
  WeirCollectorLauncher *launcher = WEIR_COLLECTOR_LAUNCHER (object);
  g_autoptr(GError) error = NULL;
  g_autofree char *url = weir_collector_launcher_start_finish (launcher, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (url == NULL)
    {
      fail (self, error);
      return;
    }

  g_free (self->url);
  self->url = g_steal_pointer (&url);
  g_free (self->token);
  self->token = weir_collector_launcher_get_token (launcher) != NULL
                ? g_strdup (weir_collector_launcher_get_token (launcher))
                : find_token (self);
  if (self->file == NULL)
    g_signal_emit (self, signals[NOTICE], 0, _("Started the collector of this console"));
  attach (self);
}

static void
start_collector (WeirSession *self)
{
  set_state (self, WEIR_SESSION_STARTING);
  weir_collector_launcher_start_async (self->launcher, self->file, self->cancellable,
                                       start_cb, g_object_ref (self));
}

static void
probe_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirSession) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;

  answer = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* Whatever answers over HTTP is there, even when it does not like the question. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    start_collector (self);
  else
    attach (self);
}

static void
launcher_ended_cb (WeirSession *self)
{
  g_signal_emit (self, signals[NOTICE], 0, _("The collector of this console has stopped"));
}

static void
close_stop_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  weir_collector_launcher_stop_finish (WEIR_COLLECTOR_LAUNCHER (object), result, NULL);
  g_task_return_boolean (task, TRUE);
}

/* Goes on with @step when no collector of ours runs any more. */
static void
leave_and_then (WeirSession         *self,
                GAsyncReadyCallback  step)
{
  leave (self);
  set_state (self, WEIR_SESSION_CONNECTING);
  weir_collector_launcher_stop_async (self->launcher, self->cancellable,
                                      step, g_object_ref (self));
}

static gboolean
may_go_on (WeirSession  *self,
           GObject      *launcher,
           GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;

  weir_collector_launcher_stop_finish (WEIR_COLLECTOR_LAUNCHER (launcher), result, &error);
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
open_default_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(WeirSession) self = user_data;

  if (!may_go_on (self, object, result))
    return;
  self->probe = weir_api_client_new (self->url, NULL);
  weir_api_client_get_async (self->probe, "/healthz", self->cancellable,
                             probe_cb, g_object_ref (self));
}

static void
open_url_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirSession) self = user_data;

  if (may_go_on (self, object, result))
    attach (self);
}

static void
open_file_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(WeirSession) self = user_data;

  if (may_go_on (self, object, result))
    start_collector (self);
}

static void
weir_session_dispose (GObject *object)
{
  WeirSession *self = WEIR_SESSION (object);

  leave (self);
  g_clear_object (&self->launcher);

  G_OBJECT_CLASS (weir_session_parent_class)->dispose (object);
}

static void
weir_session_finalize (GObject *object)
{
  WeirSession *self = WEIR_SESSION (object);

  g_clear_object (&self->cancellable);
  g_free (self->url);
  g_free (self->token);
  g_free (self->token_file);
  g_free (self->file);

  G_OBJECT_CLASS (weir_session_parent_class)->finalize (object);
}

static void
weir_session_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, WEIR_SESSION (object)->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_session_class_init (WeirSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_session_dispose;
  object_class->finalize = weir_session_finalize;
  object_class->get_property = weir_session_get_property;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, weir_session_state_get_type (), WEIR_SESSION_IDLE,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[STATS_CHANGED] =
    g_signal_new ("stats-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MOVED] =
    g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NOTICE] =
    g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
weir_session_init (WeirSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->launcher = weir_collector_launcher_new ();
  g_signal_connect_object (self->launcher, "ended",
                           G_CALLBACK (launcher_ended_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_session_new:
 *
 * Returns: (transfer full): a session that is not connected
 */
WeirSession *
weir_session_new (void)
{
  return g_object_new (WEIR_TYPE_SESSION, NULL);
}

/**
 * weir_session_open_default:
 * @self: a session
 *
 * Connects to the collector at the default address; starts the bundled one when none is there.
 */
void
weir_session_open_default (WeirSession *self)
{
  g_return_if_fail (WEIR_IS_SESSION (self));

  g_free (self->url);
  self->url = g_strdup (WEIR_DEFAULT_URL);
  g_clear_pointer (&self->file, g_free);
  g_free (self->token);
  self->token = find_token (self);
  self->is_default = TRUE;
  leave_and_then (self, open_default_cb);
}

/**
 * weir_session_open_url:
 * @self: a session
 * @url: where the collector is, such as `https://host:8740`
 * @token: (nullable): its read token; found in the usual places when absent
 *
 * Connects to a collector that runs already.
 */
void
weir_session_open_url (WeirSession *self,
                       const char  *url,
                       const char  *token)
{
  g_return_if_fail (WEIR_IS_SESSION (self));
  g_return_if_fail (url != NULL);

  g_free (self->url);
  self->url = g_strdup (url);
  while (g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  g_clear_pointer (&self->file, g_free);
  g_free (self->token);
  self->token = token != NULL && *token != '\0' ? g_strdup (token) : find_token (self);
  self->is_default = FALSE;
  leave_and_then (self, open_url_cb);
}

/**
 * weir_session_open_file:
 * @self: a session
 * @path: a database file
 *
 * Shows what is in a file. The file is never written.
 */
void
weir_session_open_file (WeirSession *self,
                        const char  *path)
{
  g_return_if_fail (WEIR_IS_SESSION (self));
  g_return_if_fail (path != NULL);

  g_clear_pointer (&self->url, g_free);
  g_free (self->file);
  self->file = g_strdup (path);
  self->is_default = FALSE;
  leave_and_then (self, open_file_cb);
}

/**
 * weir_session_retry:
 * @self: a session
 *
 * Tries at once, instead of when the time has come or never. A bundled collector that has stopped
 * is started again.
 */
void
weir_session_retry (WeirSession *self)
{
  g_return_if_fail (WEIR_IS_SESSION (self));

  if (self->file != NULL && !weir_collector_launcher_is_running (self->launcher))
    {
      g_autofree char *file = g_strdup (self->file);

      weir_session_open_file (self, file);
    }
  else if (self->is_default && !weir_collector_launcher_is_running (self->launcher))
    weir_session_open_default (self);
  else if (self->stream != NULL)
    weir_live_stream_retry_now (self->stream);
}

/**
 * weir_session_set_token_file:
 * @self: a session
 * @path: (nullable): a file with a read token
 *
 * Says where read tokens come from, for connections made from now on. Without a file that is the
 * environment (`WEIR_READ_TOKEN`), then the data directory of the collector of this user.
 */
void
weir_session_set_token_file (WeirSession *self,
                             const char  *path)
{
  g_return_if_fail (WEIR_IS_SESSION (self));

  g_free (self->token_file);
  self->token_file = g_strdup (path);
}

/**
 * weir_session_get_state:
 * @self: a session
 *
 * Returns: how the connection stands
 */
WeirSessionState
weir_session_get_state (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), WEIR_SESSION_IDLE);

  return self->state;
}

/**
 * weir_session_get_retry_at:
 * @self: a session
 *
 * Returns: in %WEIR_SESSION_WAITING, when the next attempt will be, in monotonic time; else 0
 */
gint64
weir_session_get_retry_at (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), 0);

  if (self->state != WEIR_SESSION_WAITING || self->stream == NULL)
    return 0;
  return weir_live_stream_get_retry_at (self->stream);
}

/**
 * weir_session_get_contact_at:
 * @self: a session
 *
 * Returns: when this collector was last heard, in microseconds since the epoch; 0 before that
 */
gint64
weir_session_get_contact_at (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), 0);

  return self->contact_at;
}

/**
 * weir_session_get_error:
 * @self: a session
 *
 * Returns: (nullable) (transfer none): why the connection does not stand
 */
const GError *
weir_session_get_error (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  return self->error;
}

/**
 * weir_session_get_url:
 * @self: a session
 *
 * Returns: (nullable) (transfer none): where the collector is
 */
const char *
weir_session_get_url (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  return self->url;
}

/**
 * weir_session_get_file:
 * @self: a session
 *
 * Returns: (nullable) (transfer none): the database file, when this session shows one
 */
const char *
weir_session_get_file (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  return self->file;
}

/**
 * weir_session_owns_collector:
 * @self: a session
 *
 * Returns: whether the collector was started by this session and runs
 */
gboolean
weir_session_owns_collector (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), FALSE);

  return weir_collector_launcher_is_running (self->launcher);
}

/**
 * weir_session_get_stats:
 * @self: a session
 *
 * Returns: (nullable) (transfer none): the latest statistics of this collector
 */
WeirStats *
weir_session_get_stats (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  return self->stats;
}

/**
 * weir_session_create_stream:
 * @self: a session
 * @topics: what to receive
 *
 * Returns: (transfer full) (nullable): a stream of the same collector, not started; %NULL when
 *   there is no collector yet
 */
WeirLiveStream *
weir_session_create_stream (WeirSession *self,
                            const char  *topics)
{
  WeirLiveStream *stream;

  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  if (self->url == NULL)
    return NULL;
  stream = weir_live_stream_new (self->url, self->token);
  weir_live_stream_set_topics (stream, topics);
  return stream;
}

/**
 * weir_session_create_client:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): something to ask the same collector with; %NULL when there
 *   is no collector yet
 */
WeirApiClient *
weir_session_create_client (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  return self->url != NULL ? weir_api_client_new (self->url, self->token) : NULL;
}

/**
 * weir_answer_finish:
 * @client: the API client that a callback was given
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Takes an answer that must be an object.
 *
 * Returns: (transfer full): the object, or %NULL with an error
 */
JsonObject *
weir_answer_finish (GObject       *client,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (client), result, error);

  return bytes != NULL ? weir_json_parse_object (bytes, error) : NULL;
}

/**
 * weir_session_set_on_network:
 * @self: a session
 * @on_network: whether other computers may send events, with a key
 *
 * Says where the bundled collector listens, when it is started again.
 */
void
weir_session_set_on_network (WeirSession *self,
                             gboolean     on_network)
{
  g_return_if_fail (WEIR_IS_SESSION (self));

  weir_collector_launcher_set_on_network (self->launcher, on_network);
}

/**
 * weir_session_get_client:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): something to ask the collector with, shared by all pages;
 *   %NULL when there is no collector yet. Another one after `moved`.
 */
WeirApiClient *
weir_session_get_client (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), NULL);

  if (self->client == NULL && self->stream != NULL)
    self->client = weir_session_create_client (self);
  return self->client;
}

/**
 * weir_session_is_attached:
 * @self: a session
 *
 * Returns: whether there is a collector to ask, whether it answers or not
 */
gboolean
weir_session_is_attached (WeirSession *self)
{
  g_return_val_if_fail (WEIR_IS_SESSION (self), FALSE);

  return self->stream != NULL;
}

/**
 * weir_session_close_async:
 * @self: a session
 * @callback: called when the end is in order
 * @user_data: for @callback
 *
 * Ends the connection, and the collector if this session started it.
 */
void
weir_session_close_async (WeirSession         *self,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (WEIR_IS_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, weir_session_close_async);
  leave (self);
  set_state (self, WEIR_SESSION_IDLE);
  weir_collector_launcher_stop_async (self->launcher, NULL,
                                      close_stop_cb, g_steal_pointer (&task));
}

/**
 * weir_session_close_finish:
 * @self: a session
 * @result: what the callback was given
 *
 * Ends what [method@Weir.Session.close_async] began.
 */
void
weir_session_close_finish (WeirSession  *self,
                           GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
