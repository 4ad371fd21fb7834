/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define WEIR_HTTP_EXCERPT 240

/* Gets some of an answer. Returns FALSE when it wants no more. */
typedef gboolean (*WeirHttpTakeFunc) (const guint8 *data,
                                      gsize         size,
                                      gpointer      user_data);

/**
 * WeirHttpPost:
 * @url: where
 * @headers: (array zero-terminated=1) (nullable): names and values in turn
 * @type: media type of @body
 * @body: what
 * @timeout: how long all of it may take, in microseconds
 * @max_answer: how many bytes of the answer are wanted
 * @is_whole: whether a longer answer is a failure, if it is none already
 * @wanted: (nullable): a header of the answer that is wanted
 * @take: (nullable): gets the answer as it comes, if its status is a good one, instead of keeping
 *   it
 * @take_data: for @take
 *
 * A request. Everything is borrowed for the call that begins it.
 */
typedef struct {
  const char *url;
  char **headers;
  const char *type;
  GBytes *body;
  gint64 timeout;
  gsize max_answer;
  gboolean is_whole;
  const char *wanted;
  WeirHttpTakeFunc take;
  gpointer take_data;
} WeirHttpPost;

/**
 * WeirHttpReply:
 * @status: status of the answer, 0 when no whole one came
 * @body: (nullable): as much of it as was wanted
 * @retry_after: how long the other side wants to be left alone, in microseconds, or 0
 * @wanted: (nullable): the header that was wanted
 * @message: what is to be told of a failure, one line, without address and headers
 *
 * What became of a request.
 */
typedef struct {
  guint status;
  GBytes *body;
  gint64 retry_after;
  char *wanted;
  char *message;
} WeirHttpReply;

SoupSession *weir_http_session_new  (gint64                timeout);
void         weir_http_post_async   (SoupSession          *session,
                                     const WeirHttpPost   *post,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
void         weir_http_post_finish  (GAsyncResult         *result,
                                     WeirHttpReply        *reply);
void         weir_http_reply_clear  (WeirHttpReply        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirHttpReply, weir_http_reply_clear)

G_END_DECLS
