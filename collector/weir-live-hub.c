/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* One thread, one main context, three clocks:
 *
 *   tick        when there is something new, at most every tick_ms: each channel writes what came
 *               since and gives it to its subscribers; who came back replays. Longer with many
 *               clients, and never more often than leaves the processor half of the time to others.
 *   second      samples the counts; sends `stats`, every fifth time `update`
 *   housekeeping  heartbeats, gaps that have not been told, clients that have gone
 *
 * Other threads touch the ring (which has a lock), and wake the tick by the ready time of its
 * source; at most once for each tick.
 */

#include "config.h"

#include "weir-live-hub.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "weir-error.h"
#include "weir-identity-message.h"
#include "weir-live-fanout.h"
#include "weir-live-report.h"
#include "weir-live-ring.h"

#define NICE 5
#define MAX_TICK_US (250 * 1000)
#define MIN_TICK_US (5 * 1000)
#define US_PER_CLIENT 200
#define GOODBYE_US G_USEC_PER_SEC
#define MAX_PENDING_NOTICES 16   /* messages of at most a thousand each */

struct _WeirLiveHub
{
  GObject parent_instance;

  WeirLiveHubOptions options;
  WeirActivity *activity;
  char *epoch;
  WeirLedgerFunc ledger_func;
  gpointer ledger_data;

  WeirLiveRing *ring;
  WeirLiveFanout *fanout;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GSource *tick_source;
  int is_running;            /* atomic: takes clients */
  int n_pending_notices;     /* atomic: messages on their way to the thread */
  int n_missed_notices;      /* atomic */
  int tick_pending;          /* atomic: the tick will come, nobody need wake it */

  /* of the thread */
  gboolean is_behind;
  gint64 last_tick;
  gint64 last_work;
  gint64 goodbye_until;
};

G_DEFINE_FINAL_TYPE (WeirLiveHub, weir_live_hub, G_TYPE_OBJECT)

typedef struct
{
  WeirLiveHub *hub;
  WeirSubscription subscription;
} Request;

typedef struct
{
  WeirLiveHub *hub;
  char *id;
  GBytes *message;
  WeirHeardFunc heard;
  gpointer user_data;
  GDestroyNotify destroy;
} QueryMessage;

typedef struct
{
  WeirLiveHub *hub;
  GBytes *bytes;
  guint n;
} NoticeMessage;

/* A source that does nothing but wait for its ready time, which any thread may set. */
static gboolean
ready_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  g_source_set_ready_time (source, -1);

  return callback (user_data);
}

static GSourceFuncs ready_funcs = { NULL, NULL, ready_dispatch, NULL, NULL, NULL };

static GSource *
ready_source_new (WeirLiveHub *self,
                  GSourceFunc  func)
{
  GSource *source = g_source_new (&ready_funcs, sizeof (GSource));

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);

  return source;
}

static void
subscription_clear (WeirSubscription *subscription)
{
  g_clear_object (&subscription->connection);
  g_clear_pointer (&subscription->filter, weir_filter_unref);
  g_clear_pointer (&subscription->queries, g_strfreev);
  g_clear_pointer (&subscription->last_event_id, g_free);
  g_clear_pointer (&subscription->extra_headers, g_free);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  subscription_clear (&request->subscription);
  g_free (request);
}

static void
schedule_tick (WeirLiveHub *self)
{
  if (g_atomic_int_compare_and_exchange (&self->tick_pending, 0, 1))
    g_source_set_ready_time (self->tick_source, 0);
}

/* How long after a tick the next one comes. */
static gint64
get_tick_interval (WeirLiveHub *self)
{
  guint n_clients = weir_live_fanout_get_n_clients (self->fanout);
  gint64 interval = self->options.tick_ms * (gint64) 1000 + n_clients * US_PER_CLIENT;

  if (self->is_behind)
    interval = MIN_TICK_US;

  return MIN (MAX (interval, self->last_work), MAX_TICK_US);
}

static gboolean
tick_cb (gpointer user_data)
{
  WeirLiveHub *self = user_data;
  gint64 start = g_get_monotonic_time ();
  gint64 next = self->last_tick + get_tick_interval (self);

  if (start < next)
    {
      g_source_set_ready_time (self->tick_source, next);
      return G_SOURCE_CONTINUE;
    }

  /* First, so that what is published from now on wakes the next tick. */
  g_atomic_int_set (&self->tick_pending, 0);
  if (weir_live_fanout_tick (self->fanout, &self->is_behind))
    schedule_tick (self);

  self->last_tick = g_get_monotonic_time ();
  self->last_work = self->last_tick - start;

  return G_SOURCE_CONTINUE;
}

static gboolean
second_cb (gpointer user_data)
{
  WeirLiveHub *self = user_data;

  weir_live_ring_expire (self->ring);
  weir_live_fanout_report (self->fanout);

  return G_SOURCE_CONTINUE;
}

static gboolean
housekeeping_cb (gpointer user_data)
{
  WeirLiveHub *self = user_data;

  weir_live_fanout_keep_house (self->fanout);

  return G_SOURCE_CONTINUE;
}

static gboolean
subscribe_cb (gpointer user_data)
{
  Request *request = user_data;
  WeirLiveHub *self = request->hub;

  weir_live_fanout_add (self->fanout, &request->subscription);
  schedule_tick (self);

  return G_SOURCE_REMOVE;
}

static gboolean
goodbye_cb (gpointer user_data)
{
  WeirLiveHub *self = user_data;

  if (weir_live_fanout_get_n_clients (self->fanout) > 0 &&
      g_get_monotonic_time () < self->goodbye_until)
    return G_SOURCE_CONTINUE;

  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

static void
add_timeout (WeirLiveHub *self,
             guint        milliseconds,
             GSourceFunc  func)
{
  g_autoptr (GSource) source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
}

static gboolean
stop_cb (gpointer user_data)
{
  WeirLiveHub *self = user_data;

  self->goodbye_until = g_get_monotonic_time () + GOODBYE_US;
  weir_live_fanout_say_goodbye (self->fanout);
  add_timeout (self, 5, goodbye_cb);

  return G_SOURCE_REMOVE;
}

static gpointer
thread_func (gpointer data)
{
  WeirLiveHub *self = data;

  /* Showing what happens may not slow down taking it in. */
  if (setpriority (PRIO_PROCESS, gettid (), NICE) < 0)
    g_debug ("The hub's thread runs with the priority of the others");

  g_main_context_push_thread_default (self->context);
  weir_live_fanout_report (self->fanout);
  add_timeout (self, 1000, second_cb);
  add_timeout (self, CLAMP (self->options.heartbeat_ms / 4, 1, 1000), housekeeping_cb);
  g_main_loop_run (self->loop);
  weir_live_fanout_close (self->fanout);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static void
invoke (WeirLiveHub    *self,
        GSourceFunc     func,
        gpointer        data,
        GDestroyNotify  notify)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, notify);
  g_source_attach (source, self->context);
}

static void
weir_live_hub_finalize (GObject *object)
{
  WeirLiveHub *self = WEIR_LIVE_HUB (object);

  weir_live_hub_stop (self);
  g_clear_pointer (&self->fanout, weir_live_fanout_free);
  g_clear_pointer (&self->ring, weir_live_ring_free);
  g_clear_pointer (&self->tick_source, g_source_unref);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->epoch);

  G_OBJECT_CLASS (weir_live_hub_parent_class)->finalize (object);
}

static void
weir_live_hub_class_init (WeirLiveHubClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_live_hub_finalize;
}

static void
weir_live_hub_init (WeirLiveHub *self)
{
  weir_live_hub_options_init (&self->options);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
}

/**
 * weir_live_hub_options_init:
 * @options: (out): options
 *
 * Sets the defaults: a ring of 16 MiB and ten minutes, 4 MiB for a client and 256 MiB for all,
 * 1 000 clients, a heartbeat every 15 s, gone after 45 s, a tick of 50 ms.
 */
void
weir_live_hub_options_init (WeirLiveHubOptions *options)
{
  g_return_if_fail (options != NULL);

  *options = (WeirLiveHubOptions) {
    .ring_bytes = 16 * 1024 * 1024,
    .ring_age = 600 * (gint64) G_USEC_PER_SEC,
    .client_bytes = 4 * 1024 * 1024,
    .total_bytes = 256 * 1024 * 1024,
    .max_clients = 1000,
    .heartbeat_ms = 15000,
    .stall_ms = 45000,
    .tick_ms = 50,
  };
}

/**
 * weir_live_hub_new:
 * @activity: what has happened; must outlive the hub
 * @instance: names the data directory; the first part of every id. An id of another instance
 *   cannot be resumed from
 * @ledger_func: (nullable): tells the `stats` message of the ledger
 * @ledger_data: for @ledger_func
 *
 * Makes a hub that does nothing yet.
 *
 * Returns: (transfer full): a hub
 */
WeirLiveHub *
weir_live_hub_new (WeirActivity   *activity,
                   const char     *instance,
                   WeirLedgerFunc  ledger_func,
                   gpointer        ledger_data)
{
  WeirLiveHub *self;

  g_return_val_if_fail (activity != NULL, NULL);
  g_return_val_if_fail (instance != NULL, NULL);

  self = g_object_new (WEIR_TYPE_LIVE_HUB, NULL);
  self->activity = activity;
  self->epoch = g_strdup (instance);
  self->ledger_func = ledger_func;
  self->ledger_data = ledger_data;

  return self;
}

/**
 * weir_live_hub_set_options:
 * @self: a hub that was not started
 * @options: what it may cost
 *
 * Sets other options than the defaults.
 */
void
weir_live_hub_set_options (WeirLiveHub              *self,
                           const WeirLiveHubOptions *options)
{
  g_return_if_fail (WEIR_IS_LIVE_HUB (self));
  g_return_if_fail (self->thread == NULL);
  g_return_if_fail (options != NULL);

  self->options = *options;
}

/**
 * weir_live_hub_start:
 * @self: a hub that was not started
 * @last_seq: the last stored event. A client that had seen it goes on without a reset
 *
 * Starts the thread.
 */
void
weir_live_hub_start (WeirLiveHub *self,
                     guint64      last_seq)
{
  WeirLiveReport *report;

  g_return_if_fail (WEIR_IS_LIVE_HUB (self));
  g_return_if_fail (self->thread == NULL && self->ring == NULL);

  self->ring = weir_live_ring_new (self->options.ring_bytes, self->options.ring_age, last_seq);
  report = weir_live_report_new (self->activity, self->ledger_func, self->ledger_data);
  self->fanout = weir_live_fanout_new (&self->options, self->ring, self->epoch, report);
  self->tick_source = ready_source_new (self, tick_cb);
  g_atomic_int_set (&self->is_running, TRUE);
  self->thread = g_thread_new ("live-hub", thread_func, self);
}

/**
 * weir_live_hub_stop:
 * @self: a hub
 *
 * Asks the clients to come back in a few seconds, closes their connections, and ends the thread;
 * waits a second at most.
 */
void
weir_live_hub_stop (WeirLiveHub *self)
{
  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  if (self->thread == NULL)
    return;

  g_atomic_int_set (&self->is_running, FALSE);
  invoke (self, stop_cb, self, NULL);
  g_thread_join (g_steal_pointer (&self->thread));
  g_source_destroy (self->tick_source);
}

/**
 * weir_live_hub_publish:
 * @self: a hub
 * @batch: events that were stored, after those published before
 * @persons: (nullable): who each of them belongs to; copied
 *
 * Tells of stored events. Costs a reference and a copy of the persons, however many clients there
 * are. From one thread at a time.
 */
void
weir_live_hub_publish (WeirLiveHub        *self,
                       WeirEventBatch     *batch,
                       const WeirPersonId *persons)
{
  g_return_if_fail (WEIR_IS_LIVE_HUB (self));
  g_return_if_fail (batch != NULL);

  if (self->ring == NULL)
    return;

  weir_live_ring_push (self->ring, batch, persons);
  if (weir_live_fanout_wants_events (self->fanout))
    schedule_tick (self);
}

/**
 * weir_live_hub_publish_foreign:
 * @self: a hub
 * @batch: events that another collector stored
 * @persons: (nullable): who each of them belongs to there; copied
 * @origin: the instance of that collector
 * @n_missed: how many of its events before these got lost on the way
 *
 * Tells of events of another collector. From one thread at a time, which may be another one than
 * that of [method@Weir.LiveHub.publish].
 */
void
weir_live_hub_publish_foreign (WeirLiveHub        *self,
                               WeirEventBatch     *batch,
                               const WeirPersonId *persons,
                               const char         *origin,
                               guint               n_missed)
{
  g_return_if_fail (WEIR_IS_LIVE_HUB (self));
  g_return_if_fail (batch != NULL);

  if (self->ring == NULL)
    return;

  weir_live_ring_push_foreign (self->ring, batch, persons, origin, n_missed);
  if (weir_live_fanout_wants_events (self->fanout))
    schedule_tick (self);
}

static gboolean
send_notices_cb (gpointer user_data)
{
  NoticeMessage *message = user_data;
  guint n_missed = (guint) g_atomic_int_and (&message->hub->n_missed_notices, 0);

  g_atomic_int_add (&message->hub->n_pending_notices, -1);
  weir_live_fanout_send_notices (message->hub->fanout, message->bytes, message->n, n_missed);

  return G_SOURCE_REMOVE;
}

static void
notice_message_free (gpointer data)
{
  NoticeMessage *message = data;

  g_bytes_unref (message->bytes);
  g_free (message);
}

/**
 * weir_live_hub_publish_notices:
 * @self: a hub
 * @notices: (element-type WeirIdentityNotice): who became who, in order
 *
 * Tells those who want to know. When the hub is far behind they are only counted, and told of as a
 * gap. From one thread at a time.
 */
void
weir_live_hub_publish_notices (WeirLiveHub *self,
                               GPtrArray   *notices)
{
  NoticeMessage *message;

  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  if (self->fanout == NULL || !weir_live_fanout_wants_notices (self->fanout))
    return;
  if (g_atomic_int_get (&self->n_pending_notices) >= MAX_PENDING_NOTICES)
    {
      g_atomic_int_add (&self->n_missed_notices, (int) notices->len);
      return;
    }
  message = g_new0 (NoticeMessage, 1);
  message->hub = self;
  message->n = notices->len;
  message->bytes = weir_identity_message_new (notices);
  g_atomic_int_inc (&self->n_pending_notices);
  invoke (self, send_notices_cb, message, notice_message_free);
}

static gboolean
send_alert_cb (gpointer user_data)
{
  NoticeMessage *message = user_data;

  weir_live_fanout_send_alert (message->hub->fanout, message->bytes);
  return G_SOURCE_REMOVE;
}

/**
 * weir_live_hub_publish_alert:
 * @self: a hub
 * @message: an alert that fires or is resolved, as a message of the stream
 *
 * Tells those who want to know. Any thread may.
 */
void
weir_live_hub_publish_alert (WeirLiveHub *self,
                             GBytes      *message)
{
  NoticeMessage *notice;

  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  notice = g_new0 (NoticeMessage, 1);
  notice->hub = self;
  notice->bytes = g_bytes_ref (message);
  invoke (self, send_alert_cb, notice, notice_message_free);
}

/**
 * weir_live_hub_forget:
 * @self: a hub
 *
 * Drops the events that are kept for clients that come back: some of them were deleted. Who comes
 * back is told to begin anew. Any thread may.
 */
void
weir_live_hub_forget (WeirLiveHub *self)
{
  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  if (self->ring != NULL)
    weir_live_ring_clear (self->ring);
}

/**
 * weir_live_hub_subscribe:
 * @self: a hub
 * @subscription: what a client wants; its contents are taken, also when this fails
 * @error: return location for an error
 *
 * Hands a client's connection to the hub, which answers the request. Any thread may. When there are
 * too many clients, the client is answered with a longer `retry` and the connection is closed.
 *
 * Returns: %FALSE with %WEIR_ERROR_UNAVAILABLE when the hub does not run
 */
gboolean
weir_live_hub_subscribe (WeirLiveHub       *self,
                         WeirSubscription  *subscription,
                         GError           **error)
{
  Request *request;

  g_return_val_if_fail (WEIR_IS_LIVE_HUB (self), FALSE);
  g_return_val_if_fail (subscription != NULL, FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (subscription->connection), FALSE);

  if (!g_atomic_int_get (&self->is_running))
    {
      subscription_clear (subscription);
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "There are no streams now");
      return FALSE;
    }

  request = g_new0 (Request, 1);
  request->hub = self;
  request->subscription = *subscription;
  memset (subscription, 0, sizeof *subscription);
  invoke (self, subscribe_cb, request, request_free);

  return TRUE;
}

static gboolean
send_query_cb (gpointer user_data)
{
  QueryMessage *query = user_data;

  query->heard (weir_live_fanout_send_query (query->hub->fanout, query->id, query->message),
                query->user_data);

  return G_SOURCE_REMOVE;
}

static void
query_message_free (gpointer data)
{
  QueryMessage *query = data;

  query->destroy (query->user_data);
  g_clear_pointer (&query->message, g_bytes_unref);
  g_free (query->id);
  g_free (query);
}

/**
 * weir_live_hub_send_query:
 * @self: a hub that was started
 * @id: id of a live question
 * @message: (nullable): its newest answer as a message of the stream; %NULL only asks who listens
 * @heard: (scope notified): told how many clients listen, in the hub's thread
 * @user_data: for @heard
 * @destroy: frees @user_data
 *
 * Sends an answer to all who subscribed to the question. Any thread may.
 */
void
weir_live_hub_send_query (WeirLiveHub    *self,
                          const char     *id,
                          GBytes         *message,
                          WeirHeardFunc   heard,
                          gpointer        user_data,
                          GDestroyNotify  destroy)
{
  QueryMessage *query;

  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  query = g_new0 (QueryMessage, 1);
  query->hub = self;
  query->id = g_strdup (id);
  query->message = message != NULL ? g_bytes_ref (message) : NULL;
  query->heard = heard;
  query->user_data = user_data;
  query->destroy = destroy;
  invoke (self, send_query_cb, query, query_message_free);
}

static gboolean
answer_stats_cb (gpointer user_data)
{
  GTask *task = user_data;
  WeirLiveHub *self = g_task_get_source_object (task);

  g_task_return_pointer (task, weir_live_fanout_create_answer (self->fanout),
                         (GDestroyNotify) g_bytes_unref);
  return G_SOURCE_REMOVE;
}

/**
 * weir_live_hub_ask_stats_async:
 * @self: a hub that was started
 * @cancellable: (nullable): when fired, nobody waits for the answer
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Asks for the statistics of this moment.
 */
void
weir_live_hub_ask_stats_async (WeirLiveHub         *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weir_live_hub_ask_stats_async);
  invoke (self, answer_stats_cb, task, g_object_unref);
}

/**
 * weir_live_hub_ask_stats_finish:
 * @self: a hub
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): JSON: `kind`, `as_of`, and the members of the message
 *   `stats`
 */
GBytes *
weir_live_hub_ask_stats_finish (WeirLiveHub   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
answer_streams_cb (gpointer user_data)
{
  GTask *task = user_data;
  WeirLiveHub *self = g_task_get_source_object (task);
  GString *out = g_string_new (NULL);

  weir_live_fanout_append_streams (self->fanout, out);
  g_task_return_pointer (task, g_string_free_to_bytes (out), (GDestroyNotify) g_bytes_unref);
  return G_SOURCE_REMOVE;
}

/**
 * weir_live_hub_ask_streams_async:
 * @self: a hub that was started
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Asks who listens.
 */
void
weir_live_hub_ask_streams_async (WeirLiveHub         *self,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (WEIR_IS_LIVE_HUB (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, weir_live_hub_ask_streams_async);
  invoke (self, answer_streams_cb, task, g_object_unref);
}

/**
 * weir_live_hub_ask_streams_finish:
 * @self: a hub
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a JSON array of the clients
 */
GBytes *
weir_live_hub_ask_streams_finish (WeirLiveHub   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weir_live_hub_get_n_clients:
 * @self: a hub
 *
 * Returns: how many clients are connected; any thread may ask
 */
guint
weir_live_hub_get_n_clients (WeirLiveHub *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_HUB (self), 0);

  return self->fanout != NULL ? weir_live_fanout_get_n_clients (self->fanout) : 0;
}
