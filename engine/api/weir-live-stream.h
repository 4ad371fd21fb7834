/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirLiveState:
 *
 * How a [class@Weir.LiveStream] stands with its collector.
 */
typedef enum {
  WEIR_LIVE_STOPPED,
  WEIR_LIVE_CONNECTING,
  WEIR_LIVE_OPEN,
  WEIR_LIVE_WAITING,    /* will try again; see get_retry_at() */
  WEIR_LIVE_REFUSED,    /* 401, 403, 404, 204: will not try again by itself */
} WeirLiveState;

#define WEIR_TYPE_LIVE_STATE (weir_live_state_get_type ())
GType           weir_live_state_get_type      (void);

#define WEIR_TYPE_LIVE_STREAM (weir_live_stream_get_type ())
G_DECLARE_FINAL_TYPE (WeirLiveStream, weir_live_stream, WEIR, LIVE_STREAM, GObject)

/* Signals:
 *  ::message (const char *event, GBytes *data, const char *id)
 *        one message of the stream; `event`, `stats`, `gap`, `reset`, …
 *  notify::state
 */
WeirLiveStream *weir_live_stream_new          (const char      *url,
                                               const char      *token);
void            weir_live_stream_set_topics   (WeirLiveStream  *self,
                                               const char      *topics);
void            weir_live_stream_set_filter   (WeirLiveStream  *self,
                                               const char      *filter_json);
void            weir_live_stream_set_read_timeout (WeirLiveStream *self,
                                                   guint           milliseconds);
void            weir_live_stream_start        (WeirLiveStream  *self);
void            weir_live_stream_stop         (WeirLiveStream  *self);
void            weir_live_stream_retry_now    (WeirLiveStream  *self);
WeirLiveState   weir_live_stream_get_state    (WeirLiveStream  *self);
gint64          weir_live_stream_get_retry_at (WeirLiveStream  *self);
const GError   *weir_live_stream_get_error    (WeirLiveStream  *self);
const char     *weir_live_stream_get_last_event_id (WeirLiveStream *self);

G_END_DECLS
