/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "weir-forward-config.h"

G_BEGIN_DECLS

#define WEIR_FORWARD_EXCERPT 240

/**
 * WeirForwardReply:
 * @status: status of the answer, 0 when no whole one came
 * @retry_after: how long the destination wants to be left alone, in microseconds, or 0
 * @message: what is to be told of a failure, without secrets
 *
 * What became of a request.
 */
typedef struct {
  guint status;
  gint64 retry_after;
  char *message;
} WeirForwardReply;

SoupSession *weir_forward_session_new   (const WeirForwardConfig  *config);
void         weir_forward_send_async    (SoupSession              *session,
                                         const WeirForwardConfig  *config,
                                         const char               *batch_id,
                                         GBytes                   *body,
                                         GCancellable             *cancellable,
                                         GAsyncReadyCallback       callback,
                                         gpointer                  user_data);
void         weir_forward_send_finish   (GAsyncResult             *result,
                                         WeirForwardReply         *reply);
void         weir_forward_reply_clear   (WeirForwardReply         *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirForwardReply, weir_forward_reply_clear)

G_END_DECLS
