/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*   STOPPED ─start→ CONNECTING ─200→ OPEN ─end, error, silence→ WAITING ─time→ CONNECTING
 *                        └─204, 4xx, not an event stream→ REFUSED
 *
 * The wait before attempt n is the stream's `retry` plus a random part of retry × 2ⁿ, capped at
 * a minute (“full jitter”: Brooker, “Exponential Backoff And Jitter”, AWS 2015), or what
 * `Retry-After` says.
 */

#include "config.h"

#include "weir-live-stream.h"

#include "weir-api-message.h"
#include "weir-live-connection.h"

#define HEARTBEAT_MS 15000
#define DEFAULT_RETRY_MS 3000
#define MAX_BACKOFF_MS 60000
#define MAX_RETRY_MS (3600 * 1000)
struct _WeirLiveStream
{
  GObject parent_instance;

  char *url;
  char *token;
  char *topics;
  char *filter;

  SoupSession *session;
  WeirLiveConnection *connection;
  GSource *retry_source;
  GSource *resubscribe_source;

  WeirLiveState state;
  GError *error;
  gint64 retry_at;
  guint n_attempts;
  int retry_ms;
  guint read_timeout_ms;

  char *last_event_id;
  char *seen_epoch;         /* the highest event delivered, to drop what a replay repeats */
  guint64 seen_seq;
};

enum {
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum {
  MESSAGE,
  N_SIGNALS
};

G_DEFINE_ENUM_TYPE (WeirLiveState, weir_live_state,
                    G_DEFINE_ENUM_VALUE (WEIR_LIVE_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (WEIR_LIVE_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (WEIR_LIVE_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (WEIR_LIVE_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (WEIR_LIVE_REFUSED, "refused"))
G_DEFINE_FINAL_TYPE (WeirLiveStream, weir_live_stream, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void connect_now (WeirLiveStream *self);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
add_timeout (WeirLiveStream *self,
             guint           milliseconds,
             GSourceFunc     func)
{
  GSource *source = milliseconds > 0 ? g_timeout_source_new (milliseconds) : g_idle_source_new ();

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

static void
set_state (WeirLiveStream *self,
           WeirLiveState   state,
           GError         *error)
{
  gboolean changed = self->state != state || self->error != error;

  self->state = state;
  if (self->error != error)
    {
      g_clear_error (&self->error);
      self->error = error;
    }

  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
drop_connection (WeirLiveStream *self)
{
  clear_source (&self->retry_source);
  clear_source (&self->resubscribe_source);
  g_clear_pointer (&self->connection, weir_live_connection_abandon);
  self->retry_at = 0;
}

static gboolean
retry_cb (gpointer user_data)
{
  connect_now (WEIR_LIVE_STREAM (user_data));

  return G_SOURCE_REMOVE;
}

static guint
choose_delay (WeirLiveStream *self,
              gint64          retry_after)
{
  gint64 base = MIN (self->retry_ms, MAX_RETRY_MS);
  gint64 spread = MIN (base << MIN (self->n_attempts, 16), MAX_BACKOFF_MS);
  gint64 delay = base + (spread > 0 ? g_random_int_range (0, spread) : 0);

  if (retry_after >= 0)
    return retry_after + g_random_int_range (0, 1000);

  return MIN (delay, MAX (MAX_BACKOFF_MS, base));
}

static void
wait_and_retry (WeirLiveStream *self,
                gint64          retry_after,
                GError         *error)
{
  guint delay = choose_delay (self, retry_after);

  self->n_attempts++;
  self->retry_at = g_get_monotonic_time () + delay * (gint64) 1000;
  self->retry_source = add_timeout (self, delay, retry_cb);
  set_state (self, WEIR_LIVE_WAITING, error);
}

/* An id is `EPOCH-SEQ`. Whether this event was delivered before the connection was lost. */
static gboolean
is_repeated (WeirLiveStream *self,
             const char     *id)
{
  const char *dash = strrchr (id, '-');
  guint64 seq;

  if (dash == NULL || !g_ascii_string_to_unsigned (dash + 1, 10, 0, G_MAXUINT64, &seq, NULL))
    return FALSE;

  if (self->seen_epoch != NULL && strncmp (self->seen_epoch, id, dash - id) == 0 &&
      self->seen_epoch[dash - id] == '\0')
    {
      if (seq <= self->seen_seq)
        return TRUE;
    }
  else
    {
      g_free (self->seen_epoch);
      self->seen_epoch = g_strndup (id, dash - id);
    }

  self->seen_seq = seq;
  return FALSE;
}

static void
set_last_event_id (WeirLiveStream *self,
                   const char     *id)
{
  if (g_strcmp0 (self->last_event_id, id) == 0)
    return;

  g_free (self->last_event_id);
  self->last_event_id = g_strdup (id);
}

static void
opened_cb (gpointer user_data)
{
  set_state (WEIR_LIVE_STREAM (user_data), WEIR_LIVE_OPEN, NULL);
}

static void
message_cb (const char *event,
            const char *data,
            gsize       length,
            const char *last_event_id,
            gpointer    user_data)
{
  WeirLiveStream *self = WEIR_LIVE_STREAM (user_data);
  g_autoptr (GBytes) bytes = NULL;

  set_last_event_id (self, last_event_id);
  if (g_str_equal (event, "reset"))
    g_clear_pointer (&self->seen_epoch, g_free);
  else if (g_str_equal (event, "event") && is_repeated (self, last_event_id))
    return;

  bytes = g_bytes_new (data, length);
  g_signal_emit (self, signals[MESSAGE], 0, event, bytes, last_event_id);
}

static void
moved_cb (const char *last_event_id,
          int         retry_ms,
          gpointer    user_data)
{
  WeirLiveStream *self = WEIR_LIVE_STREAM (user_data);

  set_last_event_id (self, last_event_id);
  if (retry_ms >= 0)
    self->retry_ms = retry_ms;
}

static void
ended_cb (gboolean  final,
          gint64    retry_after,
          GError   *error,
          gpointer  user_data)
{
  WeirLiveStream *self = WEIR_LIVE_STREAM (user_data);

  if (weir_live_connection_is_steady (self->connection))
    self->n_attempts = 0;

  self->connection = NULL;
  if (final)
    set_state (self, WEIR_LIVE_REFUSED, error);
  else
    wait_and_retry (self, retry_after, error);
}

static const WeirLiveConnectionFuncs connection_funcs = {
  .opened = opened_cb,
  .message = message_cb,
  .moved = moved_cb,
  .ended = ended_cb,
};

static void
append_parameter (GString    *path,
                  const char *name,
                  const char *value)
{
  g_autofree char *escaped = NULL;

  if (value == NULL || value[0] == '\0')
    return;

  escaped = g_uri_escape_string (value, ",", FALSE);
  g_string_append_printf (path, "%c%s=%s", strchr (path->str, '?') ? '&' : '?', name, escaped);
}

static SoupMessage *
create_message (WeirLiveStream  *self,
                GError         **error)
{
  g_autoptr (GString) path = g_string_new ("/v1/stream");
  SoupMessage *message;
  SoupMessageHeaders *headers;

  append_parameter (path, "topics", self->topics);
  append_parameter (path, "filter", self->filter);
  message = weir_api_message_new ("GET", self->url, path->str, self->token, error);
  if (message == NULL)
    return NULL;

  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Accept", "text/event-stream");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  if (self->last_event_id != NULL && self->last_event_id[0] != '\0')
    soup_message_headers_replace (headers, "Last-Event-ID", self->last_event_id);

  return message;
}

static void
connect_now (WeirLiveStream *self)
{
  g_autoptr (SoupMessage) message = NULL;
  GError *error = NULL;

  drop_connection (self);
  message = create_message (self, &error);
  if (message == NULL)
    {
      set_state (self, WEIR_LIVE_REFUSED, error);
      return;
    }

  self->connection = weir_live_connection_start (self->session,
                                                 message,
                                                 self->last_event_id,
                                                 self->read_timeout_ms,
                                                 &connection_funcs,
                                                 self);
  set_state (self, WEIR_LIVE_CONNECTING, NULL);
}

static gboolean
resubscribe_cb (gpointer user_data)
{
  connect_now (WEIR_LIVE_STREAM (user_data));

  return G_SOURCE_REMOVE;
}

/* Deferred, so that setting topics and filter costs one connection and not two. */
static void
resubscribe (WeirLiveStream *self)
{
  if (self->resubscribe_source != NULL ||
      self->state == WEIR_LIVE_STOPPED || self->state == WEIR_LIVE_WAITING)
    return;

  self->resubscribe_source = add_timeout (self, 0, resubscribe_cb);
}

static void
weir_live_stream_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  WeirLiveStream *self = WEIR_LIVE_STREAM (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_live_stream_dispose (GObject *object)
{
  WeirLiveStream *self = WEIR_LIVE_STREAM (object);

  drop_connection (self);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_live_stream_parent_class)->dispose (object);
}

static void
weir_live_stream_finalize (GObject *object)
{
  WeirLiveStream *self = WEIR_LIVE_STREAM (object);

  g_free (self->url);
  g_free (self->token);
  g_free (self->topics);
  g_free (self->filter);
  g_free (self->last_event_id);
  g_free (self->seen_epoch);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (weir_live_stream_parent_class)->finalize (object);
}

static void
weir_live_stream_class_init (WeirLiveStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = weir_live_stream_get_property;
  object_class->dispose = weir_live_stream_dispose;
  object_class->finalize = weir_live_stream_finalize;

  /**
   * WeirLiveStream:state:
   *
   * How the stream stands with its collector. Notified also when only the error changed.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL,
                       WEIR_TYPE_LIVE_STATE, WEIR_LIVE_STOPPED,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * WeirLiveStream::message:
   * @self: a stream
   * @event: name of the message
   * @data: its data
   * @id: the id the stream is at
   *
   * A message has arrived. An event that a replay repeats is not emitted again.
   */
  signals[MESSAGE] = g_signal_new ("message",
                                   G_TYPE_FROM_CLASS (klass),
                                   G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 3,
                                   G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                                   G_TYPE_BYTES | G_SIGNAL_TYPE_STATIC_SCOPE,
                                   G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
weir_live_stream_init (WeirLiveStream *self)
{
  self->retry_ms = DEFAULT_RETRY_MS;
  self->read_timeout_ms = 3 * HEARTBEAT_MS;
  self->session = soup_session_new ();
  soup_session_set_user_agent (self->session, "weir/" WEIR_VERSION);

  /* Silence is watched here, in parts of a second; and a compressing proxy would hold messages
   * back. */
  soup_session_set_timeout (self->session, 0);
  soup_session_set_idle_timeout (self->session, 1);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
}

/**
 * weir_live_stream_new:
 * @url: where the collector is, such as `http://127.0.0.1:8740`
 * @token: (nullable): the read token
 *
 * Makes a stream, which does nothing before [method@Weir.LiveStream.start]. It belongs to the main
 * context of the thread that starts it, and emits its signals there.
 *
 * Returns: (transfer full): a stream
 */
WeirLiveStream *
weir_live_stream_new (const char *url,
                      const char *token)
{
  WeirLiveStream *self;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (WEIR_TYPE_LIVE_STREAM, NULL);
  self->url = g_strdup (url);
  self->token = g_strdup (token);

  return self;
}

/**
 * weir_live_stream_set_topics:
 * @self: a stream
 * @topics: (nullable): names with commas between, such as `events,stats`; %NULL leaves it to
 *   the collector
 *
 * Sets what the stream is about. While it runs, it connects anew, and goes on where it was.
 */
void
weir_live_stream_set_topics (WeirLiveStream *self,
                             const char     *topics)
{
  g_return_if_fail (WEIR_IS_LIVE_STREAM (self));

  if (g_strcmp0 (self->topics, topics) == 0)
    return;

  g_free (self->topics);
  self->topics = g_strdup (topics);
  resubscribe (self);
}

/**
 * weir_live_stream_set_filter:
 * @self: a stream
 * @filter_json: (nullable): which events, as the `filter` of the wire contract; %NULL is all
 *
 * Sets which events the stream carries. While it runs, it connects anew with the same position:
 * what matches from there on, without a hole.
 */
void
weir_live_stream_set_filter (WeirLiveStream *self,
                             const char     *filter_json)
{
  g_return_if_fail (WEIR_IS_LIVE_STREAM (self));

  if (g_strcmp0 (self->filter, filter_json) == 0)
    return;

  g_free (self->filter);
  self->filter = g_strdup (filter_json);
  resubscribe (self);
}

/**
 * weir_live_stream_set_read_timeout:
 * @self: a stream
 * @milliseconds: how long the collector may be silent; the default is three heartbeats, 45 s
 *
 * Sets after which silence the connection counts as lost. Takes effect with the next connection.
 */
void
weir_live_stream_set_read_timeout (WeirLiveStream *self,
                                   guint           milliseconds)
{
  g_return_if_fail (WEIR_IS_LIVE_STREAM (self));
  g_return_if_fail (milliseconds > 0);

  self->read_timeout_ms = milliseconds;
}

/**
 * weir_live_stream_start:
 * @self: a stream
 *
 * Connects, and stays connected until [method@Weir.LiveStream.stop] or a refusal. Started again,
 * it goes on from the last id it had.
 */
void
weir_live_stream_start (WeirLiveStream *self)
{
  g_return_if_fail (WEIR_IS_LIVE_STREAM (self));

  if (self->state != WEIR_LIVE_STOPPED && self->state != WEIR_LIVE_REFUSED)
    return;

  self->n_attempts = 0;
  connect_now (self);
}

/**
 * weir_live_stream_stop:
 * @self: a stream
 *
 * Disconnects. No message is emitted after this.
 */
void
weir_live_stream_stop (WeirLiveStream *self)
{
  g_return_if_fail (WEIR_IS_LIVE_STREAM (self));

  drop_connection (self);
  set_state (self, WEIR_LIVE_STOPPED, NULL);
}

/**
 * weir_live_stream_retry_now:
 * @self: a stream
 *
 * Tries again at once when the stream waits or was refused.
 */
void
weir_live_stream_retry_now (WeirLiveStream *self)
{
  g_return_if_fail (WEIR_IS_LIVE_STREAM (self));

  if (self->state == WEIR_LIVE_WAITING || self->state == WEIR_LIVE_REFUSED)
    connect_now (self);
}

/**
 * weir_live_stream_get_state:
 * @self: a stream
 *
 * Gets how the stream stands with its collector.
 *
 * Returns: the state
 */
WeirLiveState
weir_live_stream_get_state (WeirLiveStream *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_STREAM (self), WEIR_LIVE_STOPPED);

  return self->state;
}

/**
 * weir_live_stream_get_retry_at:
 * @self: a stream
 *
 * Gets when the stream will try again.
 *
 * Returns: microseconds of g_get_monotonic_time(), or 0 when it does not wait
 */
gint64
weir_live_stream_get_retry_at (WeirLiveStream *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_STREAM (self), 0);

  return self->retry_at;
}

/**
 * weir_live_stream_get_error:
 * @self: a stream
 *
 * Gets why the stream waits or was refused.
 *
 * Returns: (nullable): the error, valid until the state changes
 */
const GError *
weir_live_stream_get_error (WeirLiveStream *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_STREAM (self), NULL);

  return self->error;
}

/**
 * weir_live_stream_get_last_event_id:
 * @self: a stream
 *
 * Gets where the stream is.
 *
 * Returns: (nullable): the id
 */
const char *
weir_live_stream_get_last_event_id (WeirLiveStream *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_STREAM (self), NULL);

  return self->last_event_id;
}
