/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "weir-api-client.h"
#include "weir-live-stream.h"
#include "weir-stats.h"

G_BEGIN_DECLS

/**
 * WeirSessionState:
 *
 * How this console stands with its collector.
 */
typedef enum {
  WEIR_SESSION_IDLE,
  WEIR_SESSION_STARTING,      /* the bundled collector is being started */
  WEIR_SESSION_CONNECTING,
  WEIR_SESSION_LIVE,
  WEIR_SESSION_CATCHING_UP,   /* connected, but what is stored lags behind what is received */
  WEIR_SESSION_WAITING,       /* will try again; see get_retry_at() */
  WEIR_SESSION_FAILED,        /* will not try again by itself; see get_error() */
} WeirSessionState;

GType weir_session_state_get_type (void);

/**
 * WeirSession:
 *
 * The connection of this console: where its collector is, how it stands, and the latest
 * statistics. A session can start the bundled collector, and stops it at the end.
 */
#define WEIR_TYPE_SESSION (weir_session_get_type ())
G_DECLARE_FINAL_TYPE (WeirSession, weir_session, WEIR, SESSION, GObject)

#define WEIR_DEFAULT_URL "http://127.0.0.1:8740"

/* Signals:
 *  ::stats-changed   get_stats() has news; about once a second
 *  ::moved           another collector from now on: nothing shown so far holds
 *  ::notice (const char *text)   something a reader should know, once
 *  notify::state
 */
WeirSession      *weir_session_new             (void);
void              weir_session_open_default    (WeirSession          *self);
void              weir_session_open_url        (WeirSession          *self,
                                                const char           *url,
                                                const char           *token);
void              weir_session_open_file       (WeirSession          *self,
                                                const char           *path);
void              weir_session_retry           (WeirSession          *self);
void              weir_session_set_on_network  (WeirSession          *self,
                                                gboolean              on_network);
void              weir_session_set_token_file  (WeirSession          *self,
                                                const char           *path);
WeirSessionState  weir_session_get_state       (WeirSession          *self);
gint64            weir_session_get_retry_at    (WeirSession          *self);
gint64            weir_session_get_contact_at  (WeirSession          *self);
const GError     *weir_session_get_error       (WeirSession          *self);
const char       *weir_session_get_url         (WeirSession          *self);
const char       *weir_session_get_file        (WeirSession          *self);
gboolean          weir_session_owns_collector  (WeirSession          *self);
WeirStats        *weir_session_get_stats       (WeirSession          *self);
WeirLiveStream   *weir_session_create_stream   (WeirSession          *self,
                                                const char           *topics);
WeirApiClient    *weir_session_create_client   (WeirSession          *self);
JsonObject       *weir_answer_finish           (GObject              *client,
                                                GAsyncResult         *result,
                                                GError              **error);
WeirApiClient    *weir_session_get_client      (WeirSession          *self);
gboolean          weir_session_is_attached     (WeirSession          *self);
void              weir_session_close_async     (WeirSession          *self,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
void              weir_session_close_finish    (WeirSession          *self,
                                                GAsyncResult         *result);

G_END_DECLS
