/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-transfer-progress.h"

G_BEGIN_DECLS

/**
 * WeirTransferClient:
 *
 * Posts to a collector and waits for the answer, again and again while it is not there or has no
 * room. Belongs to one thread, whose main context nobody else uses.
 */
typedef struct _WeirTransferClient WeirTransferClient;

WeirTransferClient *weir_transfer_client_new  (const char            *url,
                                               const char            *key,
                                               gint64                 patience,
                                               WeirTransferProgress  *progress,
                                               GError               **error);
void                weir_transfer_client_free (WeirTransferClient    *self);
GBytes             *weir_transfer_client_post (WeirTransferClient    *self,
                                               const char            *path,
                                               const char            *type,
                                               GBytes                *body,
                                               gsize                  max_answer,
                                               guint                 *status,
                                               GCancellable          *cancellable,
                                               GError               **error);

char               *weir_transfer_read_key    (const char            *file,
                                               GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTransferClient, weir_transfer_client_free)

G_END_DECLS
