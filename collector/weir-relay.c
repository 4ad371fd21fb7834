/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-relay.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-metrics.h"
#include "weir-relay-link.h"
#include "weir-relay-message.h"
#include "weir-relay-peers.h"
#include "weir-relay-queue.h"

/*
 * One thread with two connections, as one that listens to a channel may do nothing else. What was
 * stored waits in a bounded queue, becomes messages of at most a megabyte, 50 ms of events or so
 * each, and stays in hand until Redis has said that it has it. Then a message may be sent twice,
 * but not be lost with a connection, and the others know by its seqs what they have.
 *
 * Redis keeps up to 32 MB for each listener that is slow, and then leaves it. It never has more
 * than MAX_FLIGHT_BYTES from one collector that it has not passed on.
 */

#define NICE             5
#define TICK_US          (50 * G_TIME_SPAN_MILLISECOND)
#define MAX_QUEUE_BYTES  (16 * 1024 * 1024)
#define MAX_FLIGHT_BYTES (4 * 1024 * 1024)
#define HELLO_SECONDS    2
#define MAX_ERROR_BYTES  200

/* A message that cannot be so large, and the little that Redis says around it. */
#define MAX_REPLY_BYTES  (2 * WEIR_RELAY_MAX_BYTES)

/* A message that Redis has been sent and has not answered. */
typedef struct {
  GBytes *message;
  guint n_events;
  gboolean is_forgotten;     /* not to be sent again */
} Flight;

struct _WeirRelay {
  WeirRedisAddress *address;
  char *channel;
  WeirActivity *activity;
  WeirLiveHub *hub;
  WeirForeignIds *ids;       /* NULL where events of others are not as good as own ones */
  WeirRelayQueue *queue;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GSource *send_source;
  int send_pending;          /* atomic: the source will be ready, nobody need wake it */
  gint64 deadline;           /* of the end, monotonic; set before the thread is told of it */

  /* of the thread */
  WeirRelayLink *out;
  WeirRelayLink *in;
  WeirEventCodec *codec;
  GQueue flight;             /* of Flight, oldest first */
  gsize flight_bytes;
  gint64 last_send;
  gboolean is_ending;
  gboolean is_told;          /* the log knows that it does not work */

  GMutex mutex;              /* over what follows */
  WeirRelayTeller own;       /* but for its group it stays as it is */
  WeirRelayPeers *peers;
  gboolean is_out;
  gboolean is_in;
  guint64 n_published;
  guint64 n_received;
  guint64 n_missed;
  guint64 n_forgotten;
  guint64 n_bad;
  char *last_error;
};

static void
flight_free (Flight *flight)
{
  g_bytes_unref (flight->message);
  g_free (flight);
}

static void
note_error (WeirRelay  *self,
            const char *message)
{
  /* Part of it may be what a server said. */
  char *text = g_utf8_make_valid (message, (gssize) MIN (strlen (message), MAX_ERROR_BYTES));

  g_mutex_lock (&self->mutex);
  g_free (self->last_error);
  self->last_error = text;
  g_mutex_unlock (&self->mutex);
}

/* Says it in the log when it changes. */
static void
set_state (WeirRelay    *self,
           gboolean     *is_up,
           gboolean      becomes_up,
           const GError *error)
{
  gboolean was_well, is_well;

  g_mutex_lock (&self->mutex);
  was_well = self->is_out && self->is_in;
  *is_up = becomes_up;
  is_well = self->is_out && self->is_in;
  g_mutex_unlock (&self->mutex);
  if (error != NULL)
    note_error (self, error->message);
  if (is_well && !was_well)
    g_message ("live events go to and come from other collectors over %s", self->address->shown);
  else if (error != NULL && !self->is_told)
    g_warning ("no live events go to and come from other collectors: %s: %s",
               self->address->shown, error->message);
  self->is_told = !is_well && (self->is_told || error != NULL);
}

static WeirRelayTeller
get_own (WeirRelay *self)
{
  WeirRelayTeller own;

  g_mutex_lock (&self->mutex);
  own = self->own;
  g_mutex_unlock (&self->mutex);

  return own;
}

static void
schedule_send (WeirRelay *self)
{
  if (g_atomic_int_compare_and_exchange (&self->send_pending, 0, 1))
    g_source_set_ready_time (self->send_source, 0);
}

static void
send_message (WeirRelay *self,
              GBytes    *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  const char *words[] = { "PUBLISH", self->channel, data };
  gsize lengths[] = { strlen (words[0]), strlen (self->channel), size };

  weir_relay_link_send (self->out, G_N_ELEMENTS (words), words, lengths);
}

static void
add_flight (WeirRelay *self,
            GBytes    *message,
            guint      n_events)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->message = message;
  flight->n_events = n_events;
  g_queue_push_tail (&self->flight, flight);
  self->flight_bytes += g_bytes_get_size (message);
  send_message (self, message);
}

/* Sends what waits, as far as Redis has taken what it was sent before. */
static void
send_waiting (WeirRelay *self)
{
  WeirRelayTeller own = get_own (self);

  while (weir_relay_link_is_up (self->out) && self->flight_bytes < MAX_FLIGHT_BYTES)
    {
      guint n_events;
      GBytes *message = weir_relay_queue_pop (self->queue, &own, &n_events);

      if (message == NULL)
        return;
      add_flight (self, message, n_events);
    }
}

/* The first event after a quiet moment goes at once, those after it together. */
static gboolean
send_cb (gpointer user_data)
{
  WeirRelay *self = user_data;
  gint64 now = g_get_monotonic_time ();

  g_source_set_ready_time (self->send_source, -1);
  if (!self->is_ending && now < self->last_send + TICK_US &&
      weir_relay_queue_get_bytes (self->queue) < WEIR_RELAY_MESSAGE_BYTES)
    {
      g_atomic_int_set (&self->send_pending, 1);
      g_source_set_ready_time (self->send_source, self->last_send + TICK_US);
      return G_SOURCE_CONTINUE;
    }

  /* First, so that what is published from now on wakes it again. */
  g_atomic_int_set (&self->send_pending, 0);
  self->last_send = now;
  send_waiting (self);
  return G_SOURCE_CONTINUE;
}

static void
say_hello (WeirRelay *self)
{
  WeirRelayTeller own = get_own (self);

  if (weir_relay_link_is_up (self->out) && self->flight.length < 2)
    add_flight (self, weir_relay_message_write (&own, NULL, 0, NULL, 0), 0);
}

static void
drop_forgotten (WeirRelay *self)
{
  GList *next;

  for (GList *link = self->flight.head; link != NULL; link = next)
    {
      Flight *flight = link->data;

      next = link->next;
      if (!flight->is_forgotten)
        continue;
      self->flight_bytes -= g_bytes_get_size (flight->message);
      g_mutex_lock (&self->mutex);
      self->n_forgotten += flight->n_events;
      g_mutex_unlock (&self->mutex);
      flight_free (flight);
      g_queue_delete_link (&self->flight, link);
    }
}

static void
out_up_cb (gpointer user_data)
{
  WeirRelay *self = user_data;

  drop_forgotten (self);
  for (GList *link = self->flight.head; link != NULL; link = link->next)
    send_message (self, ((Flight *) link->data)->message);
  set_state (self, &self->is_out, TRUE, NULL);
  say_hello (self);
  send_waiting (self);
}

static void
out_reply_cb (const redisReply *reply,
              gpointer          user_data)
{
  WeirRelay *self = user_data;
  Flight *flight;

  if (reply->type == REDIS_REPLY_ERROR)
    {
      weir_relay_link_refuse (self->out, reply->str);
      return;
    }
  flight = g_queue_pop_head (&self->flight);
  if (flight == NULL)
    return;
  self->flight_bytes -= g_bytes_get_size (flight->message);
  g_mutex_lock (&self->mutex);
  self->n_published += flight->n_events;
  g_mutex_unlock (&self->mutex);
  flight_free (flight);
  if (weir_relay_queue_get_bytes (self->queue) > 0)
    schedule_send (self);
}

static void
out_down_cb (const GError *error,
             gpointer      user_data)
{
  WeirRelay *self = user_data;

  set_state (self, &self->is_out, FALSE, error);
}

static void
take_bad (WeirRelay  *self,
          const char *message)
{
  g_mutex_lock (&self->mutex);
  self->n_bad++;
  g_mutex_unlock (&self->mutex);
  note_error (self, message);
}

static void
in_up_cb (gpointer user_data)
{
  WeirRelay *self = user_data;
  const char *words[] = { "SUBSCRIBE", self->channel };
  gsize lengths[] = { strlen (words[0]), strlen (self->channel) };

  weir_relay_link_send (self->in, G_N_ELEMENTS (words), words, lengths);
}

static void
take_message (WeirRelay  *self,
              const char *data,
              gsize       size)
{
  g_auto(WeirRelayMessage) message = { 0 };
  WeirRelayTeller own = get_own (self);
  g_autoptr(GError) error = NULL;
  gboolean is_new;
  guint n_missed;

  if (weir_relay_message_is_own ((const guint8 *) data, size, &own))
    return;
  if (!weir_relay_message_read (&message, (const guint8 *) data, size, self->codec, &error))
    {
      take_bad (self, error->message);
      return;
    }
  if (g_str_equal (message.from.instance, own.instance))
    {
      take_bad (self, "another collector runs on a copy of this data directory");
      return;
    }

  if (self->ids != NULL && weir_relay_message_stands_for (&message, &own))
    weir_foreign_ids_add (self->ids, message.batch);
  g_mutex_lock (&self->mutex);
  is_new = weir_relay_peers_take (self->peers, &message, g_get_monotonic_time (), &n_missed);
  if (is_new)
    {
      self->n_received += weir_event_batch_get_n_events (message.batch);
      self->n_missed += n_missed;
    }
  g_mutex_unlock (&self->mutex);
  if (!is_new)
    return;
  weir_activity_add_foreign (self->activity, message.batch);
  weir_live_hub_publish_foreign (self->hub, message.batch, message.persons,
                                 message.from.instance, n_missed);
}

static gboolean
is_text (const redisReply *reply,
         const char       *text)
{
  return reply->type == REDIS_REPLY_STRING && g_strcmp0 (reply->str, text) == 0;
}

static void
in_reply_cb (const redisReply *reply,
             gpointer          user_data)
{
  WeirRelay *self = user_data;

  if (reply->type == REDIS_REPLY_ERROR)
    {
      weir_relay_link_refuse (self->in, reply->str);
      return;
    }
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3)
    return;
  if (is_text (reply->element[0], "subscribe"))
    {
      set_state (self, &self->is_in, TRUE, NULL);
      say_hello (self);
    }
  else if (is_text (reply->element[0], "message") &&
           reply->element[2]->type == REDIS_REPLY_STRING)
    take_message (self, reply->element[2]->str, reply->element[2]->len);
}

static void
in_down_cb (const GError *error,
            gpointer      user_data)
{
  WeirRelay *self = user_data;

  if (g_error_matches (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE))
    take_bad (self, error->message);
  set_state (self, &self->is_in, FALSE, error);
}

static const WeirRedisFuncs out_funcs = { out_up_cb, out_reply_cb, out_down_cb };
static const WeirRedisFuncs in_funcs = { in_up_cb, in_reply_cb, in_down_cb };

/* Others want to know who is there, and we whether Redis is. */
static gboolean
hello_cb (gpointer user_data)
{
  WeirRelay *self = user_data;

  say_hello (self);
  if (weir_relay_link_is_up (self->in))
    weir_relay_link_send (self->in, 1, (const char *[]) { "PING" }, (gsize[]) { 4 });
  return G_SOURCE_CONTINUE;
}

static gboolean
end_cb (gpointer user_data)
{
  WeirRelay *self = user_data;
  gboolean is_done = weir_relay_queue_get_bytes (self->queue) == 0 && self->flight.length == 0;

  send_waiting (self);
  if (!is_done && weir_relay_link_is_up (self->out) && g_get_monotonic_time () < self->deadline)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
add_timeout (WeirRelay   *self,
             guint        milliseconds,
             GSourceFunc  func)
{
  g_autoptr(GSource) source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
}

static gboolean
stop_cb (gpointer user_data)
{
  WeirRelay *self = user_data;

  self->is_ending = TRUE;
  add_timeout (self, 5, end_cb);
  return G_SOURCE_REMOVE;
}

/* What Redis has been sent it has, unless the connection ends first. */
static gboolean
forget_cb (gpointer user_data)
{
  WeirRelay *self = user_data;

  for (GList *link = self->flight.head; link != NULL; link = link->next)
    ((Flight *) link->data)->is_forgotten = TRUE;
  if (!weir_relay_link_is_up (self->out))
    drop_forgotten (self);
  return G_SOURCE_REMOVE;
}

static gpointer
relay_thread (gpointer data)
{
  WeirRelay *self = data;

  /* Showing what happens may not slow down taking it in. */
  if (setpriority (PRIO_PROCESS, (id_t) gettid (), NICE) < 0)
    g_debug ("The relay's thread runs with the priority of the others");

  g_main_context_push_thread_default (self->context);
  self->codec = weir_event_codec_new ();
  self->out = weir_relay_link_new (self->address, MAX_REPLY_BYTES, &out_funcs, self);
  self->in = weir_relay_link_new (self->address, MAX_REPLY_BYTES, &in_funcs, self);
  weir_relay_link_start (self->out);
  weir_relay_link_start (self->in);
  add_timeout (self, HELLO_SECONDS * 1000, hello_cb);
  g_main_loop_run (self->loop);
  weir_relay_link_free (self->out);
  weir_relay_link_free (self->in);
  /* What the connections still had to do when they were closed. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  weir_event_codec_free (self->codec);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

/* A source that does nothing but wait for its ready time, which any thread may set. */
static gboolean
ready_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs ready_funcs = { NULL, NULL, ready_dispatch, NULL, NULL, NULL };

/**
 * weir_relay_new:
 * @address: where Redis is
 * @channel: name of the channel; collectors with the same one tell each other
 * @instance: names the data directory
 * @activity: told of what others stored
 * @hub: told of what others stored
 *
 * @activity and @hub must outlive the relay.
 *
 * Returns: (transfer full): a relay that does not run yet
 */
WeirRelay *
weir_relay_new (const WeirRedisAddress *address,
                const char             *channel,
                const char             *instance,
                WeirActivity           *activity,
                WeirLiveHub            *hub)
{
  WeirRelay *self = g_new0 (WeirRelay, 1);

  self->address = weir_redis_address_copy (address);
  self->channel = g_strdup (channel);
  g_strlcpy (self->own.instance, instance, sizeof self->own.instance);
  self->own.run = (guint64) g_random_int () << 32 | g_random_int ();
  self->activity = activity;
  self->hub = hub;
  self->queue = weir_relay_queue_new (MAX_QUEUE_BYTES);
  self->peers = weir_relay_peers_new ();
  g_mutex_init (&self->mutex);
  g_queue_init (&self->flight);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->send_source = g_source_new (&ready_funcs, sizeof (GSource));
  g_source_set_callback (self->send_source, send_cb, self, NULL);
  g_source_attach (self->send_source, self->context);

  return self;
}

/**
 * weir_relay_set_ids:
 * @self: a relay that does not run
 * @ids: gets the message ids of events that others have; must outlive the thread
 * @durability: what a 202 means here
 *
 * Lets others' events stand for own ones, once it is known who shares their tables; see
 * [method@Weir.Relay.set_group].
 */
void
weir_relay_set_ids (WeirRelay      *self,
                    WeirForeignIds *ids,
                    WeirDurability  durability)
{
  g_return_if_fail (self->thread == NULL);

  self->ids = ids;
  self->own.durability = durability;
}

/**
 * weir_relay_free:
 * @self: (transfer full): a relay that does not run
 */
void
weir_relay_free (WeirRelay *self)
{
  g_return_if_fail (self->thread == NULL);

  g_source_destroy (self->send_source);
  g_source_unref (self->send_source);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_queue_clear_full (&self->flight, (GDestroyNotify) flight_free);
  weir_relay_queue_free (self->queue);
  weir_relay_peers_free (self->peers);
  weir_redis_address_free (self->address);
  g_mutex_clear (&self->mutex);
  g_free (self->last_error);
  g_free (self->channel);
  g_free (self);
}

/**
 * weir_relay_start:
 * @self: a relay
 *
 * Starts its thread. Redis need not be there.
 */
void
weir_relay_start (WeirRelay *self)
{
  g_return_if_fail (self->thread == NULL);

  self->thread = g_thread_new ("weir-relay", relay_thread, self);
}

/**
 * weir_relay_stop:
 * @self: a relay
 * @deadline: monotonic time, in microseconds
 *
 * Tells others what still waits, at most until @deadline and only if Redis is there; then ends the
 * thread.
 */
void
weir_relay_stop (WeirRelay *self,
                 gint64     deadline)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  if (self->thread == NULL)
    return;

  self->deadline = deadline;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, stop_cb, self, NULL);
  g_source_attach (source, self->context);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * weir_relay_set_group:
 * @self: a relay
 * @group: names the tables in which the events of this collector come to rest: the same text in all
 *   that share them
 *
 * Tells others, and knows from now on whose message ids to remember. Any thread may.
 */
void
weir_relay_set_group (WeirRelay  *self,
                      const char *group)
{
  g_mutex_lock (&self->mutex);
  g_strlcpy (self->own.group, group, sizeof self->own.group);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_relay_forget:
 * @self: a relay
 *
 * Drops the events that others are still to be told of, and counts them as dropped: somebody's
 * among them were deleted. Any thread may.
 */
void
weir_relay_forget (WeirRelay *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  weir_relay_queue_clear (self->queue);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, forget_cb, self, NULL);
  g_source_attach (source, self->context);
}

/**
 * weir_relay_publish:
 * @self: a relay
 * @batch: events that were stored, after those published before
 * @persons: who each of them belongs to; copied
 *
 * Tells others of stored events, soon. Costs a reference and a copy of the persons. From one thread
 * at a time.
 */
void
weir_relay_publish (WeirRelay          *self,
                    WeirEventBatch     *batch,
                    const WeirPersonId *persons)
{
  weir_relay_queue_push (self->queue, batch, persons);
  schedule_send (self);
}

/**
 * weir_relay_append_status:
 * @self: a relay
 * @out: gets a JSON object
 *
 * Tells how it is. Any thread may ask.
 */
void
weir_relay_append_status (WeirRelay *self,
                          GString   *out)
{
  guint64 n_dropped = weir_relay_queue_get_n_dropped (self->queue);
  gsize waiting = weir_relay_queue_get_bytes (self->queue);
  guint n_ids = self->ids != NULL ? weir_foreign_ids_get_count (self->ids) : 0;

  g_string_append (out, "{\"server\":");
  weir_json_append_string (out, self->address->shown, -1);
  g_string_append (out, ",\"channel\":");
  weir_json_append_string (out, self->channel, -1);
  g_mutex_lock (&self->mutex);
  g_string_append_printf (
    out,
    ",\"state\":\"%s\",\"published\":%" G_GUINT64_FORMAT ",\"received\":%" G_GUINT64_FORMAT
    ",\"dropped\":%" G_GUINT64_FORMAT ",\"missed\":%" G_GUINT64_FORMAT
    ",\"bad_messages\":%" G_GUINT64_FORMAT ",\"waiting_bytes\":%" G_GSIZE_FORMAT
    ",\"known_ids\":%u,\"last_error\":",
    self->is_out && self->is_in ? "ok" : "waiting", self->n_published, self->n_received,
    n_dropped + self->n_forgotten, self->n_missed, self->n_bad, waiting, n_ids);
  if (self->last_error != NULL)
    weir_json_append_string (out, self->last_error, -1);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"peers\":");
  weir_relay_peers_append (self->peers, g_get_monotonic_time (), out);
  g_mutex_unlock (&self->mutex);
  g_string_append_c (out, '}');
}

/**
 * weir_relay_append_metrics:
 * @self: a relay
 * @out: where to
 *
 * Appends its counters in the Prometheus text format. Any thread may ask.
 */
void
weir_relay_append_metrics (WeirRelay *self,
                           GString   *out)
{
  guint64 n_dropped = weir_relay_queue_get_n_dropped (self->queue);
  guint n_ids = self->ids != NULL ? weir_foreign_ids_get_count (self->ids) : 0;

  weir_metrics_append_value (out, "gauge", "weir_relay_known_ids",
                             "Message ids of other collectors that are duplicates here.", n_ids);
  g_mutex_lock (&self->mutex);
  weir_metrics_append_value (out, "gauge", "weir_relay_up",
                             "Whether live events go to and come from other collectors.",
                             self->is_out && self->is_in);
  weir_metrics_append_value (out, "gauge", "weir_relay_peers", "Other collectors heard of lately.",
                             weir_relay_peers_count (self->peers, g_get_monotonic_time ()));
  weir_metrics_append_value (out, "counter", "weir_relay_published_total",
                             "Events other collectors were told of.", (double) self->n_published);
  weir_metrics_append_value (out, "counter", "weir_relay_received_total",
                             "Events other collectors told of.", (double) self->n_received);
  weir_metrics_append_value (out, "counter", "weir_relay_dropped_total",
                             "Events others were not told of, as too much waited, or somebody was"
                             " deleted.",
                             (double) (n_dropped + self->n_forgotten));
  weir_metrics_append_value (out, "counter", "weir_relay_missed_total",
                             "Events of other collectors that never came.",
                             (double) self->n_missed);
  weir_metrics_append_value (out, "counter", "weir_relay_bad_messages_total",
                             "Messages that were none of a collector.", (double) self->n_bad);
  g_mutex_unlock (&self->mutex);
}
