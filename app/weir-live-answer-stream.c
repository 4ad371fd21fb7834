/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-answer-stream.h"

#include "weir-json.h"

/* A question that could not be kept is offered again after this time. */
#define RETRY_SECONDS 15

struct _WeirLiveAnswerStream
{
  GObject parent_instance;

  WeirSession *session;
  GCancellable *cancellable;
  WeirLiveStream *stream;
  char *body;
  guint retry_id;
};

enum {
  ANSWERED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirLiveAnswerStream, weir_live_answer_stream, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void offer (WeirLiveAnswerStream *self);

static gboolean
retry_cb (gpointer user_data)
{
  WeirLiveAnswerStream *self = user_data;

  self->retry_id = 0;
  offer (self);
  return G_SOURCE_REMOVE;
}

static void
offer_later (WeirLiveAnswerStream *self)
{
  if (self->retry_id == 0)
    self->retry_id = g_timeout_add_seconds (RETRY_SECONDS, retry_cb, self);
}

static void
drop_stream (WeirLiveAnswerStream *self)
{
  if (self->stream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->stream, self);
  weir_live_stream_stop (self->stream);
  g_clear_object (&self->stream);
}

static void
message_cb (WeirLiveAnswerStream *self,
            const char           *event,
            GBytes               *data,
            const char           *id)
{
  g_autoptr(JsonObject) message = NULL;
  JsonObject *answer;

  if (g_strcmp0 (event, "query") != 0)
    return;
  message = weir_json_parse_object (data, NULL);
  answer = weir_json_get_object (message, "result");
  if (answer != NULL)
    g_signal_emit (self, signals[ANSWERED], 0, answer);
}

/* A collector that was started again does not know the question any more. */
static void
state_cb (WeirLiveAnswerStream *self)
{
  if (weir_live_stream_get_state (self->stream) != WEIR_LIVE_REFUSED)
    return;
  drop_stream (self);
  offer_later (self);
}

static void
offer_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirLiveAnswerStream) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  g_autofree char *topics = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (weir_json_get_text (answer, "id") == NULL)
    {
      offer_later (self);
      return;
    }
  drop_stream (self);
  topics = g_strconcat ("query:", weir_json_get_text (answer, "id"), NULL);
  self->stream = weir_session_create_stream (self->session, topics);
  g_signal_connect_object (self->stream, "message",
                           G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stream, "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  weir_live_stream_start (self->stream);
}

static void
offer (WeirLiveAnswerStream *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);

  if (client == NULL)
    return;
  weir_api_client_post_async (client, "/v1/live", self->body, self->cancellable,
                              offer_cb, g_object_ref (self));
}

static void
weir_live_answer_stream_dispose (GObject *object)
{
  WeirLiveAnswerStream *self = WEIR_LIVE_ANSWER_STREAM (object);

  weir_live_answer_stream_stop (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_live_answer_stream_parent_class)->dispose (object);
}

static void
weir_live_answer_stream_finalize (GObject *object)
{
  WeirLiveAnswerStream *self = WEIR_LIVE_ANSWER_STREAM (object);

  g_clear_object (&self->cancellable);
  g_free (self->body);

  G_OBJECT_CLASS (weir_live_answer_stream_parent_class)->finalize (object);
}

static void
weir_live_answer_stream_class_init (WeirLiveAnswerStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_live_answer_stream_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_live_answer_stream_finalize;

  signals[ANSWERED] =
    g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
}

static void
weir_live_answer_stream_init (WeirLiveAnswerStream *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * weir_live_answer_stream_new:
 * @session: whom to ask
 * @question: what to ask
 *
 * Begins to follow the answer to a question.
 *
 * Returns: (transfer full): a stream of answers
 */
WeirLiveAnswerStream *
weir_live_answer_stream_new (WeirSession *session,
                             JsonObject  *question)
{
  WeirLiveAnswerStream *self;

  g_return_val_if_fail (WEIR_IS_SESSION (session), NULL);

  self = g_object_new (WEIR_TYPE_LIVE_ANSWER_STREAM, NULL);
  self->session = g_object_ref (session);
  self->body = weir_json_object_to_text (question, FALSE);
  offer (self);
  return self;
}

/**
 * weir_live_answer_stream_stop:
 * @self: a stream
 *
 * Ends it. It emits nothing any more.
 */
void
weir_live_answer_stream_stop (WeirLiveAnswerStream *self)
{
  g_return_if_fail (WEIR_IS_LIVE_ANSWER_STREAM (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_stream (self);
}
