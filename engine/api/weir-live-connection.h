/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * WeirLiveConnection:
 *
 * One attempt of a [class@Weir.LiveStream] to read an event stream: from the request to its end.
 */
typedef struct _WeirLiveConnection WeirLiveConnection;

/**
 * WeirLiveConnectionFuncs:
 * @opened: the answer is an event stream
 * @message: a message has arrived; @data as in [callback@Weir.SseMessageFunc]
 * @moved: all of a read was taken; the stream is now at @last_event_id, and asked for
 *   @retry_ms between connections, or -1
 * @ended: called last, once: the connection has ended with @error (transfer full). @final: trying
 *   again is of no use; @retry_after: how many milliseconds the collector asks to wait, or -1
 *
 * Whom a connection reports to. Nothing is called after weir_live_connection_abandon().
 */
typedef struct {
  void (*opened)  (gpointer     user_data);
  void (*message) (const char  *event,
                   const char  *data,
                   gsize        length,
                   const char  *last_event_id,
                   gpointer     user_data);
  void (*moved)   (const char  *last_event_id,
                   int          retry_ms,
                   gpointer     user_data);
  void (*ended)   (gboolean     final,
                   gint64       retry_after,
                   GError      *error,
                   gpointer     user_data);
} WeirLiveConnectionFuncs;

WeirLiveConnection *weir_live_connection_start   (SoupSession                   *session,
                                                  SoupMessage                   *message,
                                                  const char                    *last_event_id,
                                                  guint                          read_timeout_ms,
                                                  const WeirLiveConnectionFuncs *funcs,
                                                  gpointer                       user_data);
void                weir_live_connection_abandon (WeirLiveConnection            *self);
gboolean            weir_live_connection_is_steady (WeirLiveConnection          *self);

G_END_DECLS
