/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-forward-config.h"
#include "weir-http-post.h"

G_BEGIN_DECLS

void  weir_forward_send_async  (SoupSession              *session,
                                const WeirForwardConfig  *config,
                                const char               *batch_id,
                                GBytes                   *body,
                                GCancellable             *cancellable,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data);

WeirForwardVerdict weir_forward_judge_reply (const WeirForwardConfig *config,
                                             const WeirHttpReply     *reply);

G_END_DECLS
