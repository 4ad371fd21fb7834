/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-services.h"

G_BEGIN_DECLS

/**
 * WeirHttpWorker:
 *
 * One thread that serves HTTP to its share of the connections, with a server of the HTTP library
 * of its own. What its getters return belongs to that thread.
 */
typedef struct _WeirHttpWorker WeirHttpWorker;

WeirHttpWorker   *weir_http_worker_new            (WeirServices       *services,
                                                   guint               index);
void              weir_http_worker_free           (WeirHttpWorker     *self);
void              weir_http_worker_add            (WeirHttpWorker     *self,
                                                   GSocketConnection  *connection);
void              weir_http_worker_drain          (WeirHttpWorker     *self,
                                                   gint64              deadline);
void              weir_http_worker_join           (WeirHttpWorker     *self);

gboolean          weir_http_worker_is_draining    (WeirHttpWorker     *self);
WeirReplyQueue   *weir_http_worker_get_replies    (WeirHttpWorker     *self);
WeirEventCodec   *weir_http_worker_get_codec      (WeirHttpWorker     *self);
WeirEventBuilder *weir_http_worker_get_builder    (WeirHttpWorker     *self);
GArray           *weir_http_worker_get_rejections (WeirHttpWorker     *self);
GCancellable     *weir_http_worker_get_cancellable (WeirHttpWorker    *self);

G_END_DECLS
