/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-request-check.h"

G_BEGIN_DECLS

/**
 * WeirDoorTotals:
 * @max_body_bytes: bytes of request bodies that all connections together may hold
 * @body_bytes: how many they hold
 * @n_refused: requests that were refused by their head, or for being slow
 *
 * What all connections have in common. Atomic.
 */
typedef struct {
  gsize max_body_bytes;
  gsize body_bytes;
  guint64 n_refused;
} WeirDoorTotals;

/**
 * WeirRequestStream:
 *
 * The reading side of a connection, between the socket and the HTTP library. Lets through only
 * whole, checked heads and bodies of exactly the announced length, one request at a time.
 * Answers what it refuses by itself. Belongs to the thread of its worker.
 */
#define WEIR_TYPE_REQUEST_STREAM (weir_request_stream_get_type ())
G_DECLARE_FINAL_TYPE (WeirRequestStream, weir_request_stream, WEIR, REQUEST_STREAM, GInputStream)

WeirRequestStream     *weir_request_stream_new             (GSocket            *socket,
                                                            WeirRequestRules   *rules,
                                                            WeirDoorTotals     *totals);
const WeirRequestHead *weir_request_stream_get_head        (WeirRequestStream  *self);
gint64                 weir_request_stream_get_head_time   (WeirRequestStream  *self);
void                   weir_request_stream_check_deadline  (WeirRequestStream  *self,
                                                            gint64              now);
void                   weir_request_stream_drain           (WeirRequestStream  *self);

G_END_DECLS
