/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-http-post.h"

#include "weir-retry.h"

/* What is not wanted of an answer is read too, so that half a one is not taken for a whole one,
 * but not for ever. */
#define MAX_UNWANTED (1024 * 1024)

typedef struct {
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;    /* of this request alone: the caller's, or the time */
  GCancellable *outer;
  gulong outer_handler;
  GSource *deadline;
  gboolean is_late;
  gint64 timeout;
  GByteArray *answer;
  gsize max_answer;
  gboolean is_whole;
  char *wanted;
  WeirHttpTakeFunc take;
  gpointer take_data;
  gsize n_read;
  char buffer[65536];
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_handler);
  g_clear_object (&self->outer);
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->answer, g_byte_array_unref);
  g_free (self->wanted);
  g_free (self);
}

static gboolean
late_cb (gpointer user_data)
{
  Request *self = user_data;

  self->is_late = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* What a server wrote goes into a log and onto a page: one line of sound text. */
static char *
dup_excerpt (const GByteArray *answer)
{
  gsize length = MIN (answer->len, 4 * WEIR_HTTP_EXCERPT);
  g_autofree char *valid =
    g_utf8_make_valid (length > 0 ? (const char *) answer->data : "", (gssize) length);
  g_autoptr(GString) line = g_string_new (NULL);

  for (const char *at = valid; *at != '\0' && line->len < WEIR_HTTP_EXCERPT;
       at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      g_string_append_unichar (line, g_unichar_iscntrl (character) ? ' ' : character);
    }
  return g_strdup (g_strstrip (line->str));
}

static void
fill_reply (Request       *self,
            WeirHttpReply *reply)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  g_autofree char *excerpt = dup_excerpt (self->answer);

  reply->status = soup_message_get_status (self->message);
  if (!weir_retry_parse_after (soup_message_headers_get_one (headers, "Retry-After"),
                               g_get_real_time (), &reply->retry_after))
    reply->retry_after = 0;
  if (self->wanted != NULL)
    reply->wanted = g_strdup (soup_message_headers_get_one (headers, self->wanted));
  reply->message = g_strdup_printf ("it answered %u%s%s", reply->status,
                                    *excerpt != '\0' ? ": " : "", excerpt);
  reply->body = g_byte_array_free_to_bytes (g_steal_pointer (&self->answer));
}

static void
reply_free (gpointer data)
{
  weir_http_reply_clear (data);
  g_free (data);
}

static void
finish (GTask        *task,
        const GError *error)
{
  Request *self = g_task_get_task_data (task);
  WeirHttpReply *reply = g_new0 (WeirHttpReply, 1);

  if (error == NULL)
    fill_reply (self, reply);
  else if (self->is_late)
    reply->message = g_strdup_printf ("it did not answer within %g s",
                                      (double) self->timeout / G_USEC_PER_SEC);
  else
    reply->message = g_strdup (error->message);
  g_task_return_pointer (task, reply, reply_free);
  g_object_unref (task);
}

static void
fail (GTask      *task,
      const char *message)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, message);

  finish (task, error);
}

/* The library takes half an answer for a whole one. */
static gboolean
is_cut (Request *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
         (gint64) self->n_read < soup_message_headers_get_content_length (headers);
}

static void read_more (GTask *task);

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Request *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  gssize size = g_input_stream_read_finish (self->stream, result, &error);
  gsize room;

  if (size == 0 && is_cut (self))
    {
      fail (task, "the connection ended in the middle of the answer");
      return;
    }
  if (size <= 0)
    {
      finish (task, error);
      return;
    }
  self->n_read += (gsize) size;
  if (self->take != NULL &&
      SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message)))
    {
      if (self->take ((const guint8 *) self->buffer, (gsize) size, self->take_data))
        read_more (task);
      else
        fail (task, "the answer was not wanted to its end");
      return;
    }
  room = self->max_answer - self->answer->len;
  g_byte_array_append (self->answer, (const guint8 *) self->buffer,
                       (guint) MIN ((gsize) size, room));
  if (self->is_whole && (gsize) size > room &&
      SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message)))
    fail (task, "the answer is too long");
  else if (self->n_read >= self->max_answer + MAX_UNWANTED)
    finish (task, NULL);
  else
    read_more (task);
}

static void
read_more (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  g_input_stream_read_async (self->stream, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                             self->cancellable, read_cb, task);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Request *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->stream == NULL)
    finish (task, error);
  else
    read_more (task);
}

static SoupMessage *
make_message (const WeirHttpPost *post)
{
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, post->url);
  SoupMessageHeaders *headers;

  if (message == NULL)
    return NULL;
  headers = soup_message_get_request_headers (message);
  /* Where secrets go is for the user to say, not for the other side. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  for (guint i = 0; post->headers != NULL && post->headers[i] != NULL; i += 2)
    soup_message_headers_append (headers, post->headers[i], post->headers[i + 1]);
  soup_message_set_request_body_from_bytes (message, post->type, post->body);
  return message;
}

/**
 * weir_http_session_new:
 * @timeout: how long the other side may be silent, in microseconds
 *
 * Returns: (transfer full): a session with one connection at most
 */
SoupSession *
weir_http_session_new (gint64 timeout)
{
  SoupSession *session = g_object_new (SOUP_TYPE_SESSION,
                                       "max-conns", 1,
                                       "max-conns-per-host", 1,
                                       "timeout", (guint) (timeout / G_USEC_PER_SEC) + 1,
                                       "idle-timeout", 30,
                                       "user-agent", "weir-collector/" WEIR_VERSION,
                                       NULL);

  /* So that the length of an answer is what it says it is. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

/**
 * weir_http_post_async:
 * @session: a session, in the thread in which it was made
 * @post: what to send
 * @cancellable: (nullable): to give up
 * @callback: called in the thread-default context
 * @user_data: for @callback
 *
 * Posts once, with a length, and reads the answer.
 */
void
weir_http_post_async (SoupSession         *session,
                      const WeirHttpPost  *post,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);
  Request *self = g_new0 (Request, 1);

  g_task_set_source_tag (task, weir_http_post_async);
  self->message = make_message (post);
  self->cancellable = g_cancellable_new ();
  self->timeout = post->timeout;
  self->answer = g_byte_array_new ();
  self->max_answer = post->max_answer;
  self->is_whole = post->is_whole;
  self->wanted = g_strdup (post->wanted);
  self->take = post->take;
  self->take_data = post->take_data;
  g_task_set_task_data (task, self, request_free);
  if (self->message == NULL)
    {
      fail (task, "its address cannot be used");
      return;
    }
  self->deadline = g_timeout_source_new ((guint) (post->timeout / 1000));
  g_source_set_callback (self->deadline, late_cb, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
  if (cancellable != NULL)
    {
      self->outer = g_object_ref (cancellable);
      self->outer_handler = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb),
                                                   g_object_ref (self->cancellable),
                                                   g_object_unref);
    }
  soup_session_send_async (session, self->message, G_PRIORITY_DEFAULT, self->cancellable, sent_cb,
                           task);
}

/**
 * weir_http_post_finish:
 * @result: what the callback got
 * @reply: (out caller-allocates): what became of it; to be cleared
 */
void
weir_http_post_finish (GAsyncResult  *result,
                       WeirHttpReply *reply)
{
  g_autofree WeirHttpReply *found = g_task_propagate_pointer (G_TASK (result), NULL);

  *reply = *found;
}

/**
 * weir_http_reply_clear:
 * @self: what became of a request
 */
void
weir_http_reply_clear (WeirHttpReply *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_pointer (&self->message, g_free);
}
