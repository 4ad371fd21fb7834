/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-request.h"

#include <string.h>

#include "weir-forward-body.h"

/* An answer is read to its end, so that half a one is not taken for a whole one, up to here. */
#define MAX_ANSWER (1024 * 1024)

typedef struct {
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;    /* of this request alone: the caller's, or the time */
  GCancellable *outer;
  gulong outer_handler;
  GSource *deadline;
  gboolean is_late;
  gint64 timeout;
  GString *excerpt;
  gsize n_read;
  char buffer[8192];
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
  g_string_free (self->excerpt, TRUE);
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
dup_excerpt (const GString *text)
{
  g_autofree char *valid = g_utf8_make_valid (text->str, (gssize) text->len);
  g_autoptr(GString) line = g_string_new (NULL);

  for (const char *at = valid; *at != '\0' && line->len < WEIR_FORWARD_EXCERPT;
       at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      g_string_append_unichar (line, g_unichar_iscntrl (character) ? ' ' : character);
    }
  return g_strdup (g_strstrip (line->str));
}

static void
finish (GTask        *task,
        const GError *error)
{
  Request *self = g_task_get_task_data (task);
  WeirForwardReply *reply = g_new0 (WeirForwardReply, 1);

  if (error == NULL)
    {
      SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
      g_autofree char *excerpt = dup_excerpt (self->excerpt);

      reply->status = soup_message_get_status (self->message);
      if (!weir_forward_parse_retry_after (
            soup_message_headers_get_one (headers, "Retry-After"), g_get_real_time (),
            &reply->retry_after))
        reply->retry_after = 0;
      reply->message = g_strdup_printf ("it answered %u%s%s", reply->status,
                                        *excerpt != '\0' ? ": " : "", excerpt);
    }
  else if (self->is_late)
    {
      reply->message = g_strdup_printf ("it did not answer within %g s",
                                        (double) self->timeout / G_USEC_PER_SEC);
    }
  else
    {
      reply->message = g_strdup (error->message);
    }
  g_task_return_pointer (task, reply, g_free);
  g_object_unref (task);
}

/* The library takes half an answer for a whole one. */
static gboolean
is_cut (Request *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
         (gint64) self->n_read < soup_message_headers_get_content_length (headers);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Request *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  gssize size = g_input_stream_read_finish (self->stream, result, &error);

  if (size == 0 && is_cut (self))
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                                 "the connection ended in the middle of the answer");
  if (size <= 0)
    {
      finish (task, error);
      return;
    }
  if (self->excerpt->len < 2 * WEIR_FORWARD_EXCERPT)
    g_string_append_len (self->excerpt, self->buffer, MIN (size, 2 * WEIR_FORWARD_EXCERPT));
  self->n_read += (gsize) size;
  if (self->n_read >= MAX_ANSWER)
    finish (task, NULL);
  else
    g_input_stream_read_async (self->stream, self->buffer, sizeof self->buffer,
                               G_PRIORITY_DEFAULT, self->cancellable, read_cb, task);
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
    g_input_stream_read_async (self->stream, self->buffer, sizeof self->buffer,
                               G_PRIORITY_DEFAULT, self->cancellable, read_cb, task);
}

/* A server that deduplicates inserts does so by this, whatever else is in the address. */
static char *
make_url (const WeirForwardConfig *config,
          const char              *batch_id)
{
  if (config->format != WEIR_FORWARD_CLICKHOUSE)
    return g_strdup (config->url);
  return g_strdup_printf ("%s%cinsert_deduplication_token=%s", config->url,
                          strchr (config->url, '?') != NULL ? '&' : '?', batch_id);
}

static SoupMessage *
make_message (const WeirForwardConfig *config,
              const char              *batch_id,
              GBytes                  *body)
{
  g_autofree char *url = make_url (config, batch_id);
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* Where secrets go is for the configuration to say, not for the destination. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  for (guint i = 0; config->headers[i] != NULL; i += 2)
    soup_message_headers_append (headers, config->headers[i], config->headers[i + 1]);
  soup_message_headers_replace (headers, "Weir-Batch-Id", batch_id);
  soup_message_headers_replace (headers, "Idempotency-Key", batch_id);
  soup_message_set_request_body_from_bytes (message, weir_forward_get_type (config->format), body);
  return message;
}

/**
 * weir_forward_session_new:
 * @config: whom it is for
 *
 * Returns: (transfer full): a session for one destination, with one connection at most
 */
SoupSession *
weir_forward_session_new (const WeirForwardConfig *config)
{
  SoupSession *session = g_object_new (SOUP_TYPE_SESSION,
                                       "max-conns", 1,
                                       "max-conns-per-host", 1,
                                       "timeout", (guint) (config->timeout / G_USEC_PER_SEC) + 1,
                                       "idle-timeout", 30,
                                       "user-agent", "weir-collector/" WEIR_VERSION,
                                       NULL);

  /* An answer is only looked at, and as long as it says it is. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

/**
 * weir_forward_send_async:
 * @session: the destination's session, in the thread in which it was made
 * @config: the destination
 * @batch_id: names what is sent, the same each time it is
 * @body: what is sent
 * @cancellable: (nullable): to give up
 * @callback: called in the thread-default context
 * @user_data: for @callback
 *
 * Posts once.
 */
void
weir_forward_send_async (SoupSession             *session,
                         const WeirForwardConfig *config,
                         const char              *batch_id,
                         GBytes                  *body,
                         GCancellable            *cancellable,
                         GAsyncReadyCallback      callback,
                         gpointer                 user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);
  Request *self = g_new0 (Request, 1);

  self->message = make_message (config, batch_id, body);
  self->cancellable = g_cancellable_new ();
  self->timeout = config->timeout;
  self->excerpt = g_string_new (NULL);
  g_task_set_task_data (task, self, request_free);
  self->deadline = g_timeout_source_new ((guint) (config->timeout / 1000));
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
 * weir_forward_send_finish:
 * @result: what the callback got
 * @reply: (out caller-allocates): what became of it; to be cleared
 */
void
weir_forward_send_finish (GAsyncResult     *result,
                          WeirForwardReply *reply)
{
  g_autofree WeirForwardReply *found = g_task_propagate_pointer (G_TASK (result), NULL);

  *reply = *found;
}

/**
 * weir_forward_reply_clear:
 * @self: what became of a request
 */
void
weir_forward_reply_clear (WeirForwardReply *self)
{
  g_clear_pointer (&self->message, g_free);
}
