/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-activity.h"
#include "weir-filter.h"
#include "weir-ledger.h"

G_BEGIN_DECLS

/**
 * WeirLiveHub:
 *
 * Fans stored events and statistics out to stream subscribers. Owns one low-priority thread with
 * its own main context; publish and subscribe may be called from any thread and never block on a
 * subscriber.
 */
#define WEIR_TYPE_LIVE_HUB (weir_live_hub_get_type ())
G_DECLARE_FINAL_TYPE (WeirLiveHub, weir_live_hub, WEIR, LIVE_HUB, GObject)

typedef enum {
  WEIR_TOPIC_EVENTS    = 1 << 0,
  WEIR_TOPIC_STATS     = 1 << 1,
  WEIR_TOPIC_DASHBOARD = 1 << 2,   /* reference system B's `update` message every five seconds */
  WEIR_TOPIC_IDENTITY  = 1 << 3,   /* who became who */
  WEIR_TOPIC_QUERIES   = 1 << 4,   /* answers of live questions */
  WEIR_TOPIC_ALERTS    = 1 << 5,   /* alerts that fire or are resolved */
} WeirTopics;

/**
 * WeirSubscription:
 * @connection: (owned): the client's connection, taken from the HTTP server; nothing has been
 *   written to it for this request
 * @topics: what to send
 * @filter: (nullable) (owned): which events
 * @queries: (nullable) (owned): which live questions, their ids
 * @last_event_id: (nullable) (owned): where the client was
 * @extra_headers: (nullable) (owned): "Name: value\r\n" lines, for CORS
 */
typedef struct {
  GIOStream *connection;
  WeirTopics topics;
  WeirFilter *filter;
  char **queries;
  char *last_event_id;
  char *extra_headers;
} WeirSubscription;

/* Fills in what the `stats` message says about the ledger, queue and lag. Called in the hub's
 * thread. */
typedef void (*WeirLedgerFunc) (WeirLedger *ledger,
                                gint64     *lag_us,
                                guint64    *journal_bytes,
                                gboolean   *healthy,
                                char      **reason,
                                gpointer    user_data);

/* Says how many clients a message went to. Called in the hub's thread. */
typedef void (*WeirHeardFunc) (guint    n_clients,
                               gpointer user_data);

/**
 * WeirLiveHubOptions:
 * @ring_bytes: how much of the newest events is kept for clients that come back
 * @ring_age: how long, in microseconds
 * @client_bytes: how much may wait for one client before events are left out for it
 * @total_bytes: the same for all clients together; they share it evenly
 * @max_clients: more than these are asked to come back later
 * @heartbeat_ms: the longest silence
 * @stall_ms: after how long without progress a client counts as gone
 * @tick_ms: how long events are gathered before they are sent
 *
 * What the hub may cost. The defaults are those of weir_live_hub_options_init().
 */
typedef struct {
  gsize ring_bytes;
  gint64 ring_age;
  gsize client_bytes;
  gsize total_bytes;
  guint max_clients;
  guint heartbeat_ms;
  guint stall_ms;
  guint tick_ms;
} WeirLiveHubOptions;

void          weir_live_hub_options_init    (WeirLiveHubOptions  *options);

WeirLiveHub  *weir_live_hub_new             (WeirActivity        *activity,
                                             const char          *instance,
                                             WeirLedgerFunc       ledger_func,
                                             gpointer             ledger_data);
void          weir_live_hub_set_options     (WeirLiveHub         *self,
                                             const WeirLiveHubOptions *options);
void          weir_live_hub_start           (WeirLiveHub         *self,
                                             guint64              last_seq);
void          weir_live_hub_stop            (WeirLiveHub         *self);
void          weir_live_hub_publish         (WeirLiveHub         *self,
                                             WeirEventBatch      *batch,
                                             const WeirPersonId  *persons);
void          weir_live_hub_publish_foreign (WeirLiveHub         *self,
                                             WeirEventBatch      *batch,
                                             const WeirPersonId  *persons,
                                             const char          *origin,
                                             guint                n_missed);
void          weir_live_hub_publish_notices (WeirLiveHub         *self,
                                             GPtrArray           *notices);
void          weir_live_hub_publish_alert   (WeirLiveHub         *self,
                                             GBytes              *message);
void          weir_live_hub_forget          (WeirLiveHub         *self);
gboolean      weir_live_hub_subscribe       (WeirLiveHub         *self,
                                             WeirSubscription    *subscription,
                                             GError             **error);
void          weir_live_hub_send_query      (WeirLiveHub         *self,
                                             const char          *id,
                                             GBytes              *message,
                                             WeirHeardFunc        heard,
                                             gpointer             user_data,
                                             GDestroyNotify       destroy);
void          weir_live_hub_ask_stats_async (WeirLiveHub        *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
GBytes       *weir_live_hub_ask_stats_finish (WeirLiveHub       *self,
                                             GAsyncResult        *result,
                                             GError             **error);
void          weir_live_hub_ask_streams_async (WeirLiveHub      *self,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
GBytes       *weir_live_hub_ask_streams_finish (WeirLiveHub     *self,
                                             GAsyncResult        *result,
                                             GError             **error);
guint         weir_live_hub_get_n_clients   (WeirLiveHub         *self);

G_END_DECLS
