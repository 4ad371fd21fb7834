/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-source.h"

#include <json-glib/json-glib.h>

#include "weir-api-client.h"

/* How many events to begin with. */
#define N_HISTORY 300

struct _WeirLiveSource
{
  GObject parent_instance;

  WeirSession *session;
  WeirEventFeed *feed;
  WeirLiveStream *stream;
  WeirApiClient *client;
  GCancellable *cancellable;
  char *filter;
  gboolean active;
  gboolean loading;
  GError *error;
};

enum {
  ARRIVED,
  RESET,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirLiveSource, weir_live_source, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static JsonObject *
load_object (JsonParser *parser,
             GBytes     *data)
{
  gsize length;
  const char *json = g_bytes_get_data (data, &length);
  JsonNode *root;

  if (json == NULL || !json_parser_load_from_data (parser, json, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

static guint64
read_missed (GBytes *data)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonObject *object = load_object (parser, data);

  if (object == NULL)
    return 0;
  return (guint64) MAX (0, json_object_get_int_member_with_default (object, "missed", 0));
}

static void
message_cb (WeirLiveSource *self,
            const char     *event,
            GBytes         *data,
            const char     *id)
{
  if (g_str_equal (event, "event"))
    weir_event_feed_push (self->feed, data);
  else if (g_str_equal (event, "gap"))
    weir_event_feed_push_gap (self->feed, read_missed (data));
  else if (g_str_equal (event, "reset"))
    weir_event_feed_push_gap (self->feed, 0);
  else
    return;
  g_signal_emit (self, signals[ARRIVED], 0);
}

static void
state_cb (WeirLiveSource *self)
{
  const GError *error = weir_live_stream_get_error (self->stream);
  gboolean refused = weir_live_stream_get_state (self->stream) == WEIR_LIVE_REFUSED;

  g_clear_error (&self->error);
  if (refused && error != NULL)
    self->error = g_error_copy (error);
  g_signal_emit (self, signals[ARRIVED], 0);
}

/* The answer is newest first, and so is the order in which its events go in front of what waits. */
static void
push_history (WeirLiveSource *self,
              GBytes         *answer)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonObject *object = load_object (parser, answer);
  JsonNode *events = object != NULL ? json_object_get_member (object, "events") : NULL;
  JsonArray *array;

  if (events == NULL || !JSON_NODE_HOLDS_ARRAY (events))
    return;
  array = json_node_get_array (events);
  for (guint i = 0; i < MIN (json_array_get_length (array), N_HISTORY); i++)
    {
      char *json = json_to_string (json_array_get_element (array, i), FALSE);
      g_autoptr(GBytes) message = g_bytes_new_take (json, strlen (json));

      weir_event_feed_push_earlier (self->feed, message);
    }
}

static void
history_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirLiveSource) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;

  answer = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer != NULL)
    push_history (self, answer);
  else
    g_debug ("No history: %s", error->message);
  self->loading = FALSE;
  weir_event_feed_set_held (self->feed, FALSE);
  g_signal_emit (self, signals[ARRIVED], 0);
}

/* What the stream brings meanwhile waits, so that the order is right. */
static void
load_history (WeirLiveSource *self)
{
  g_autofree char *question = NULL;

  question = g_strdup_printf ("{\"kind\":\"events\",\"limit\":%d%s%s}", N_HISTORY,
                              self->filter != NULL ? ",\"filter\":" : "",
                              self->filter != NULL ? self->filter : "");
  self->loading = TRUE;
  weir_event_feed_set_held (self->feed, TRUE);
  g_clear_object (&self->client);
  self->client = weir_session_create_client (self->session);
  weir_api_client_post_async (self->client, "/v1/query", question, self->cancellable,
                              history_cb, g_object_ref (self));
}

static void
stop (WeirLiveSource *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (self->stream != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->stream, self);
      weir_live_stream_stop (self->stream);
      g_clear_object (&self->stream);
    }
  self->loading = FALSE;
  g_clear_error (&self->error);
  weir_event_feed_set_held (self->feed, FALSE);
}

static void
start (WeirLiveSource *self)
{
  if (!self->active || self->stream != NULL)
    return;
  self->stream = weir_session_create_stream (self->session, "events");
  if (self->stream == NULL)
    return;
  g_signal_connect_object (self->stream, "message",
                           G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stream, "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  weir_live_stream_set_filter (self->stream, self->filter);
  load_history (self);
  weir_live_stream_start (self->stream);
}

static void
restart (WeirLiveSource *self)
{
  stop (self);
  weir_event_feed_clear (self->feed);
  g_signal_emit (self, signals[RESET], 0);
  start (self);
}

static void
weir_live_source_dispose (GObject *object)
{
  WeirLiveSource *self = WEIR_LIVE_SOURCE (object);

  if (self->feed != NULL)
    stop (self);
  g_clear_object (&self->client);
  g_clear_object (&self->session);
  g_clear_object (&self->feed);

  G_OBJECT_CLASS (weir_live_source_parent_class)->dispose (object);
}

static void
weir_live_source_finalize (GObject *object)
{
  WeirLiveSource *self = WEIR_LIVE_SOURCE (object);

  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->filter);

  G_OBJECT_CLASS (weir_live_source_parent_class)->finalize (object);
}

static void
weir_live_source_class_init (WeirLiveSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_live_source_dispose;
  object_class->finalize = weir_live_source_finalize;

  signals[ARRIVED] =
    g_signal_new ("arrived", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESET] =
    g_signal_new ("reset", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_live_source_init (WeirLiveSource *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * weir_live_source_new:
 * @session: where events come from
 * @feed: where they go
 *
 * Returns: (transfer full): a source that is not active yet
 */
WeirLiveSource *
weir_live_source_new (WeirSession   *session,
                      WeirEventFeed *feed)
{
  WeirLiveSource *self;

  g_return_val_if_fail (WEIR_IS_SESSION (session), NULL);
  g_return_val_if_fail (WEIR_IS_EVENT_FEED (feed), NULL);

  self = g_object_new (WEIR_TYPE_LIVE_SOURCE, NULL);
  self->session = g_object_ref (session);
  self->feed = g_object_ref (feed);
  g_signal_connect_object (session, "moved", G_CALLBACK (restart), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * weir_live_source_set_active:
 * @self: a source
 * @active: whether someone looks
 *
 * Connects or disconnects. Active again, it goes on where it was.
 */
void
weir_live_source_set_active (WeirLiveSource *self,
                             gboolean        active)
{
  g_return_if_fail (WEIR_IS_LIVE_SOURCE (self));

  if (self->active == !!active)
    return;
  self->active = !!active;
  if (self->stream == NULL)
    start (self);
  else if (active)
    weir_live_stream_start (self->stream);
  else
    weir_live_stream_stop (self->stream);
}

/**
 * weir_live_source_set_filter:
 * @self: a source
 * @filter: (nullable): which events, as the `filter` of the wire contract
 *
 * Starts over with the events that match.
 */
void
weir_live_source_set_filter (WeirLiveSource *self,
                             const char     *filter)
{
  g_return_if_fail (WEIR_IS_LIVE_SOURCE (self));

  if (g_strcmp0 (self->filter, filter) == 0)
    return;
  g_free (self->filter);
  self->filter = g_strdup (filter);
  restart (self);
}

/**
 * weir_live_source_is_loading:
 * @self: a source
 *
 * Returns: whether the events to begin with are on their way
 */
gboolean
weir_live_source_is_loading (WeirLiveSource *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_SOURCE (self), FALSE);

  return self->loading;
}

/**
 * weir_live_source_get_error:
 * @self: a source
 *
 * Returns: (transfer none) (nullable): why the collector refuses to send events, when it does
 */
const GError *
weir_live_source_get_error (WeirLiveSource *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_SOURCE (self), NULL);

  return self->error;
}
