/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-transfer-client.h"

#include <string.h>

#include "weir-error.h"
#include "weir-http-post.h"
#include "weir-retry.h"

#define TIMEOUT (60 * G_TIME_SPAN_SECOND)

struct _WeirTransferClient {
  SoupSession *session;
  char *url;               /* without a slash at its end */
  char **headers;          /* NULL without a key */
  gint64 patience;
  WeirTransferProgress *progress;
  guint n_failures;        /* in a row */
  gint64 failing_since;
};

/**
 * weir_transfer_read_key:
 * @file: a file that holds a key and nothing else
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the key
 */
char *
weir_transfer_read_key (const char  *file,
                        GError     **error)
{
  g_autofree char *key = NULL;

  if (!g_file_get_contents (file, &key, NULL, error))
    return NULL;
  g_strstrip (key);
  if (*key != '\0' && strpbrk (key, " \t\r\n") == NULL)
    return g_steal_pointer (&key);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "%s: there is not one key in it", file);
  return NULL;
}

/**
 * weir_transfer_client_new:
 * @url: the collector, such as `http://127.0.0.1:8740`
 * @key: (nullable): a write key or the read token
 * @patience: how long it may go without an answer, in microseconds
 * @progress: where it is told that it has to wait
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a client
 */
WeirTransferClient *
weir_transfer_client_new (const char            *url,
                          const char            *key,
                          gint64                 patience,
                          WeirTransferProgress  *progress,
                          GError               **error)
{
  g_autoptr(WeirTransferClient) self = g_new0 (WeirTransferClient, 1);
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  self->session = weir_http_session_new (TIMEOUT);
  self->patience = patience;
  self->progress = progress;
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_query (uri) != NULL ||
      (g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 &&
       g_strcmp0 (g_uri_get_scheme (uri), "https") != 0))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "“%s” is no address of a collector, such as http://127.0.0.1:8740", url);
      return NULL;
    }
  self->url = g_strdup (url);
  while (g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  if (key != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", key, NULL);

      self->headers = g_strdupv ((char *[]) { (char *) "Authorization", value, NULL });
    }
  return g_steal_pointer (&self);
}

/**
 * weir_transfer_client_free:
 * @self: (transfer full): a client
 */
void
weir_transfer_client_free (WeirTransferClient *self)
{
  g_clear_object (&self->session);
  g_strfreev (self->headers);
  g_free (self->url);
  g_free (self);
}

typedef struct {
  WeirHttpReply reply;
  gboolean is_done;
} Wait;

static void
posted_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Wait *wait = user_data;

  weir_http_post_finish (result, &wait->reply);
  wait->is_done = TRUE;
}

static gboolean
wake_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  return wake_cb (user_data);
}

/* Waits a while, or until it is cancelled. */
static void
rest (gint64        pause,
      GCancellable *cancellable)
{
  g_autoptr(GSource) timer = g_timeout_source_new ((guint) (pause / 1000) + 1);
  g_autoptr(GSource) stop = g_cancellable_source_new (cancellable);
  gboolean is_awake = FALSE;

  g_source_set_callback (timer, wake_cb, &is_awake, NULL);
  g_source_set_callback (stop, G_SOURCE_FUNC (cancelled_cb), &is_awake, NULL);
  g_source_attach (timer, NULL);
  g_source_attach (stop, NULL);
  while (!is_awake)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (timer);
  g_source_destroy (stop);
}

static gboolean
is_worth_another_try (guint status)
{
  return status == 0 || status == SOUP_STATUS_REQUEST_TIMEOUT || status == 429 || status >= 500;
}

/* Returns FALSE when it has been tried for long enough. */
static gboolean
wait_for_better (WeirTransferClient   *self,
                 const WeirHttpReply  *reply,
                 GCancellable         *cancellable,
                 GError              **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 pause;

  if (self->n_failures++ == 0)
    self->failing_since = now;
  if (now - self->failing_since >= self->patience)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "%s: %s", self->url, reply->message);
      return FALSE;
    }
  pause = weir_retry_choose_pause (self->n_failures, reply->retry_after, g_random_double ());
  pause = MIN (pause, MAX (self->failing_since + self->patience - now, 0));
  weir_transfer_progress_say (self->progress, "%s: %s; trying again in %.1f s", self->url,
                              reply->message, (double) pause / G_TIME_SPAN_SECOND);
  rest (pause, cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
post_once (WeirTransferClient *self,
           WeirHttpPost       *post,
           GCancellable       *cancellable,
           WeirHttpReply      *reply)
{
  Wait wait = { 0 };

  weir_http_post_async (self->session, post, cancellable, posted_cb, &wait);
  while (!wait.is_done)
    g_main_context_iteration (NULL, TRUE);
  *reply = wait.reply;
}

static void
set_refused (WeirTransferClient   *self,
             const WeirHttpReply  *reply,
             GError              **error)
{
  WeirError code = reply->status == SOUP_STATUS_UNAUTHORIZED ? WEIR_ERROR_UNAUTHORIZED
                   : reply->status == SOUP_STATUS_FORBIDDEN ? WEIR_ERROR_FORBIDDEN
                                                            : WEIR_ERROR_INVALID_REQUEST;

  g_set_error (error, WEIR_ERROR, code, "%s: %s", self->url, reply->message);
}

/**
 * weir_transfer_client_post:
 * @self: a client
 * @path: path at the collector
 * @type: media type of @body
 * @body: what is sent
 * @max_answer: so many bytes of the answer are wanted
 * @status: (out): status of the answer
 * @cancellable: gives up
 * @error: return location for an error
 *
 * Posts until there is an answer. Blocks.
 *
 * Returns: (transfer full) (nullable): the answer with success, or one that says that @body is too
 *   large (413); %NULL with %WEIR_ERROR_UNAVAILABLE when it was not there for too long, another
 *   error when it refused
 */
GBytes *
weir_transfer_client_post (WeirTransferClient  *self,
                           const char          *path,
                           const char          *type,
                           GBytes              *body,
                           gsize                max_answer,
                           guint               *status,
                           GCancellable        *cancellable,
                           GError             **error)
{
  g_autofree char *url = g_strconcat (self->url, path, NULL);
  WeirHttpPost post = { url, self->headers, type, body, TIMEOUT, max_answer, FALSE, NULL };

  for (;;)
    {
      g_auto(WeirHttpReply) reply = { 0 };

      post_once (self, &post, cancellable, &reply);
      *status = reply.status;
      if (SOUP_STATUS_IS_SUCCESSFUL (reply.status) || reply.status == 413)
        {
          self->n_failures = 0;
          return g_steal_pointer (&reply.body);
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (!is_worth_another_try (reply.status))
        {
          set_refused (self, &reply, error);
          return NULL;
        }
      if (!wait_for_better (self, &reply, cancellable, error))
        return NULL;
    }
}
