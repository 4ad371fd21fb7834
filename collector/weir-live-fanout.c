/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-fanout.h"

#include "weir-live-channel.h"
#include "weir-live-subscriber.h"
#include "weir-live-writer.h"
#include "weir-sse-encoder.h"

#define RETRY_MS 3000
#define OVERLOAD_RETRY_MS 30000
#define CHANNEL_US (10 * 1000)
#define WORK_US (100 * 1000)
#define REPLAY_BYTES_PER_TICK (4 * 1024 * 1024)
#define MIN_CLIENT_BYTES (64 * 1024)
#define MAX_QUEUED_FOR_STATS (256 * 1024)
#define DASHBOARD_SECONDS 5

struct _WeirLiveFanout
{
  WeirLiveHubOptions options;
  WeirLiveRing *ring;
  WeirLiveReport *report;
  WeirLiveWriter *writer;
  GPtrArray *subscribers;    /* of WeirLiveSubscriber, owned */
  GPtrArray *channels;       /* of WeirLiveChannel, owned */
  GHashTable *channels_by_key;
  GSource *reap_source;
  guint next_channel;        /* where a tick that ran out of time goes on */
  guint next_replay;
  guint n_seconds;
  guint64 last_id;
  gboolean is_closing;

  int n_event_clients;       /* atomic, as other threads ask */
  int n_notice_clients;      /* atomic */
  int n_clients;             /* atomic */
};

/* How much may wait for each client. */
static gsize
get_client_bytes (WeirLiveFanout *self)
{
  gsize share = self->options.total_bytes / MAX (self->subscribers->len, 1);

  return MIN (self->options.client_bytes, MAX (share, MIN_CLIENT_BYTES));
}

/* Returns whether some channel has not got to @until. */
static gboolean
step_channels (WeirLiveFanout *self,
               guint64         until,
               gint64          deadline)
{
  gsize client_bytes = get_client_bytes (self);
  gboolean is_behind = FALSE;

  for (guint n = self->channels->len; n > 0; n--)
    {
      gint64 now = g_get_monotonic_time ();
      WeirLiveChannel *channel;

      if (now >= deadline)
        return TRUE;

      self->next_channel = (self->next_channel + 1) % self->channels->len;
      channel = g_ptr_array_index (self->channels, self->next_channel);
      weir_live_channel_step (channel, self->writer, until, now + CHANNEL_US, client_bytes);
      is_behind |= channel->cursor < until;
    }

  return is_behind;
}

/* Returns whether some client has not caught up. */
static gboolean
replay (WeirLiveFanout *self,
        gint64          deadline)
{
  gsize client_bytes = get_client_bytes (self);
  gboolean is_behind = FALSE;
  gsize n_bytes = 0;

  for (guint n = self->subscribers->len; n > 0; n--)
    {
      gint64 now = g_get_monotonic_time ();
      WeirLiveSubscriber *subscriber;

      if (now >= deadline || n_bytes >= REPLAY_BYTES_PER_TICK)
        return TRUE;

      self->next_replay = (self->next_replay + 1) % self->subscribers->len;
      subscriber = g_ptr_array_index (self->subscribers, self->next_replay);
      if (subscriber->channel == NULL || subscriber->is_live || subscriber->is_gone)
        continue;

      n_bytes += weir_live_channel_replay (subscriber->channel,
                                           subscriber,
                                           self->writer,
                                           now + CHANNEL_US,
                                           client_bytes);

      /* One that still has to read is looked at again when its time comes. */
      is_behind |= !subscriber->is_live && subscriber->n_queued == 0;
    }

  return is_behind;
}

static gboolean
has_replay (WeirLiveFanout *self)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->channel != NULL && !subscriber->is_live)
        return TRUE;
    }

  return FALSE;
}

static WeirLiveChannel *
find_channel (WeirLiveFanout *self,
              WeirFilter     *filter)
{
  g_autofree char *key = filter != NULL ? weir_filter_to_json (filter) : g_strdup ("");
  WeirLiveChannel *channel = g_hash_table_lookup (self->channels_by_key, key);

  if (channel == NULL)
    {
      channel = weir_live_channel_new (key, filter, weir_live_ring_get_last_position (self->ring));
      g_ptr_array_add (self->channels, channel);
      g_hash_table_insert (self->channels_by_key, channel->key, channel);
    }

  return channel;
}

static void
leave_channel (WeirLiveFanout     *self,
               WeirLiveSubscriber *subscriber)
{
  WeirLiveChannel *channel = g_steal_pointer (&subscriber->channel);

  if (channel == NULL)
    return;

  g_atomic_int_add (&self->n_event_clients, -1);
  g_ptr_array_remove_fast (channel->subscribers, subscriber);
  if (channel->subscribers->len > 0)
    return;

  g_hash_table_remove (self->channels_by_key, channel->key);
  g_ptr_array_remove_fast (self->channels, channel);
  weir_live_channel_free (channel);
  self->next_channel = 0;
}

/* Not from within a push: who pushes may be walking through the subscribers. */
static gboolean
reap_cb (gpointer user_data)
{
  WeirLiveFanout *self = user_data;

  for (guint i = self->subscribers->len; i > 0; i--)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i - 1);

      if (!subscriber->is_gone)
        continue;

      leave_channel (self, subscriber);
      if (subscriber->topics & WEIR_TOPIC_IDENTITY)
        g_atomic_int_add (&self->n_notice_clients, -1);
      g_ptr_array_remove_index_fast (self->subscribers, i - 1);
      weir_live_subscriber_free (subscriber);
    }

  self->next_replay = 0;
  g_atomic_int_set (&self->n_clients, self->subscribers->len);
  g_clear_pointer (&self->reap_source, g_source_unref);

  return G_SOURCE_REMOVE;
}

static void
gone_cb (WeirLiveSubscriber *subscriber,
         gpointer            user_data)
{
  WeirLiveFanout *self = user_data;

  if (self->reap_source != NULL)
    return;

  self->reap_source = g_idle_source_new ();
  g_source_set_priority (self->reap_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->reap_source, reap_cb, self, NULL);
  g_source_attach (self->reap_source, g_main_context_get_thread_default ());
}

static void
broadcast (WeirLiveFanout *self,
           WeirTopics      topic,
           GBytes         *bytes)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      /* The next one replaces it, so to leave one out loses nothing. */
      if (subscriber->topics & topic && subscriber->n_queued <= MAX_QUEUED_FOR_STATS)
        {
          weir_live_subscriber_push (subscriber, bytes);
          subscriber->n_sent++;
        }
    }
}

static gboolean
is_wanted (WeirLiveFanout *self,
           WeirTopics      topic)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->topics & topic)
        return TRUE;
    }

  return FALSE;
}

static GBytes *
create_stats (WeirLiveFanout *self)
{
  return weir_live_report_create_stats (self->report,
                                        weir_live_ring_get_last_seq (self->ring),
                                        self->subscribers->len);
}

/* A comment after silence; and where the stream is, when no event has said so for a while. */
static void
keep_alive (WeirLiveFanout     *self,
            WeirLiveSubscriber *subscriber,
            gint64              now)
{
  gint64 heartbeat = self->options.heartbeat_ms * 1000;
  gboolean is_silent = now - subscriber->last_write >= heartbeat;
  gboolean is_ahead = subscriber->is_live && subscriber->n_missed == 0 &&
                      subscriber->channel->cursor != subscriber->sent_seq &&
                      now - subscriber->last_position >= heartbeat;
  g_autoptr (GString) text = NULL;

  if (subscriber->n_queued > 0 || (!is_silent && !is_ahead))
    return;

  text = g_string_new (NULL);
  if (is_silent)
    weir_sse_append_comment (text, "hb");
  if (is_ahead)
    {
      subscriber->sent_seq = subscriber->channel->cursor;
      subscriber->last_position = now;
      weir_live_writer_append_id (self->writer, subscriber->sent_seq, text);
    }
  weir_live_subscriber_push_text (subscriber, text->str, text->len);
}

static void
append_head (GString                *out,
             const WeirSubscription *subscription,
             guint                   retry_ms)
{
  g_string_append (out,
                   "HTTP/1.1 200 OK\r\n"
                   "Content-Type: text/event-stream\r\n"
                   "Cache-Control: no-store, no-transform\r\n"
                   "X-Accel-Buffering: no\r\n"
                   "Connection: close\r\n");
  if (subscription->extra_headers != NULL)
    g_string_append (out, subscription->extra_headers);
  g_string_append (out, "\r\n");
  weir_sse_append_retry (out, retry_ms);
  weir_sse_append_comment (out, "ok");
}

/* Decides where the client's stream of events begins. */
static void
join_channel (WeirLiveFanout     *self,
              WeirLiveSubscriber *subscriber,
              WeirSubscription   *subscription,
              GString            *out)
{
  WeirLiveChannel *channel = find_channel (self, subscription->filter);
  guint64 position;

  subscriber->channel = channel;
  subscriber->cursor = channel->cursor;
  g_ptr_array_add (channel->subscribers, subscriber);
  g_atomic_int_inc (&self->n_event_clients);

  if (weir_live_writer_parse_id (self->writer, subscription->last_event_id, &position) &&
      position >= weir_live_ring_get_floor (self->ring) &&
      position <= weir_live_ring_get_last_position (self->ring))
    subscriber->cursor = position;
  else if (subscription->last_event_id != NULL && subscription->last_event_id[0] != '\0')
    weir_live_writer_append_reset (self->writer, channel->cursor, out);
  else
    weir_live_writer_append_id (self->writer, channel->cursor, out);

  subscriber->sent_seq = subscriber->cursor;
  subscriber->is_live = subscriber->cursor == channel->cursor;
}

static void
push_first_messages (WeirLiveFanout     *self,
                     WeirLiveSubscriber *subscriber)
{
  if (subscriber->topics & WEIR_TOPIC_STATS)
    {
      g_autoptr (GBytes) stats = create_stats (self);

      weir_live_subscriber_push (subscriber, stats);
    }

  if (subscriber->topics & WEIR_TOPIC_DASHBOARD)
    {
      g_autoptr (GBytes) update = weir_live_report_create_update (self->report);

      weir_live_subscriber_push (subscriber, update);
    }
}

/**
 * weir_live_fanout_new:
 * @options: what it may cost
 * @ring: where the events are; must outlive the fanout
 * @epoch: first part of the ids
 * @report: (transfer full): makes the statistics
 *
 * Returns: (transfer full): a fanout without clients
 */
WeirLiveFanout *
weir_live_fanout_new (const WeirLiveHubOptions *options,
                      WeirLiveRing             *ring,
                      const char               *epoch,
                      WeirLiveReport           *report)
{
  WeirLiveFanout *self = g_new0 (WeirLiveFanout, 1);

  self->options = *options;
  self->ring = ring;
  self->report = report;
  self->writer = weir_live_writer_new (ring, epoch);
  self->subscribers = g_ptr_array_new ();
  self->channels = g_ptr_array_new ();
  self->channels_by_key = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

/**
 * weir_live_fanout_close:
 * @self: a fanout
 *
 * Closes all connections, whatever still waits to be sent.
 */
void
weir_live_fanout_close (WeirLiveFanout *self)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      leave_channel (self, subscriber);
      weir_live_subscriber_free (subscriber);
    }

  g_ptr_array_set_size (self->subscribers, 0);
  g_atomic_int_set (&self->n_clients, 0);
  if (self->reap_source != NULL)
    g_source_destroy (self->reap_source);
  g_clear_pointer (&self->reap_source, g_source_unref);
}

/**
 * weir_live_fanout_free:
 * @self: (transfer full): a fanout that was closed
 *
 * Frees the fanout.
 */
void
weir_live_fanout_free (WeirLiveFanout *self)
{
  g_assert (self->subscribers->len == 0);

  g_ptr_array_unref (self->subscribers);
  g_ptr_array_unref (self->channels);
  g_hash_table_unref (self->channels_by_key);
  weir_live_writer_free (self->writer);
  weir_live_report_free (self->report);
  g_free (self);
}

/**
 * weir_live_fanout_add:
 * @self: a fanout
 * @subscription: what a client wants; the connection is taken
 *
 * Answers the client's request, and makes it one of the clients; or, when there are too many,
 * asks it to come back later. It gets events with the next tick.
 */
void
weir_live_fanout_add (WeirLiveFanout   *self,
                      WeirSubscription *subscription)
{
  gboolean is_full = self->is_closing || self->subscribers->len >= self->options.max_clients;
  g_autoptr (GString) head = g_string_new (NULL);
  WeirLiveSubscriber *subscriber;

  subscriber = weir_live_subscriber_new (g_steal_pointer (&subscription->connection),
                                         is_full ? 0 : subscription->topics,
                                         gone_cb,
                                         self);
  subscriber->queries = g_steal_pointer (&subscription->queries);
  subscriber->id = ++self->last_id;
  subscriber->since = g_get_real_time ();
  g_ptr_array_add (self->subscribers, subscriber);
  g_atomic_int_set (&self->n_clients, self->subscribers->len);

  /* A browser gives up for good on anything but 200. */
  append_head (head, subscription, is_full ? OVERLOAD_RETRY_MS : RETRY_MS);
  if (subscriber->topics & WEIR_TOPIC_EVENTS)
    join_channel (self, subscriber, subscription, head);
  if (subscriber->topics & WEIR_TOPIC_IDENTITY)
    g_atomic_int_inc (&self->n_notice_clients);
  weir_live_subscriber_push_text (subscriber, head->str, head->len);
  push_first_messages (self, subscriber);
  if (is_full)
    weir_live_subscriber_finish (subscriber);
}

/**
 * weir_live_fanout_tick:
 * @self: a fanout
 * @is_behind: (out): whether more could have been sent at once, had there been time
 *
 * Gives the clients what is new in the ring; for a tenth of a second at most.
 *
 * Returns: whether another tick is needed, also when nothing new comes
 */
gboolean
weir_live_fanout_tick (WeirLiveFanout *self,
                       gboolean       *is_behind)
{
  gint64 deadline = g_get_monotonic_time () + WORK_US;

  *is_behind = step_channels (self, weir_live_ring_get_last_position (self->ring), deadline);
  *is_behind |= replay (self, deadline);

  return *is_behind || has_replay (self);
}

/**
 * weir_live_fanout_create_answer:
 * @self: a fanout
 *
 * Makes the answer to the question `stats`: what the next message would say.
 *
 * Returns: (transfer full): JSON
 */
GBytes *
weir_live_fanout_create_answer (WeirLiveFanout *self)
{
  g_autoptr (GString) out = g_string_new ("{\"kind\":\"stats\",\"as_of\":");
  guint64 seq = weir_live_ring_get_last_seq (self->ring);
  gint64 start = g_get_monotonic_time ();

  g_string_append_printf (out, "%" G_GUINT64_FORMAT ",", seq);
  weir_live_report_append_stats (self->report, seq, self->subscribers->len, out);
  g_string_append_printf (
      out, ",\"elapsed_ms\":%.1f}", (double) (g_get_monotonic_time () - start) / 1000);

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/**
 * weir_live_fanout_append_streams:
 * @self: a fanout
 * @out: gets a JSON array of the clients
 */
void
weir_live_fanout_append_streams (WeirLiveFanout *self,
                                 GString        *out)
{
  gboolean is_first = TRUE;

  g_string_append_c (out, '[');
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->is_gone)
        continue;
      if (!is_first)
        g_string_append_c (out, ',');
      weir_live_subscriber_append_json (subscriber, out);
      is_first = FALSE;
    }
  g_string_append_c (out, ']');
}

/**
 * weir_live_fanout_report:
 * @self: a fanout
 *
 * Samples the counts, and sends the statistics to those who want them: `stats` each time, `update`
 * each fifth. To be called each second.
 */
void
weir_live_fanout_report (WeirLiveFanout *self)
{
  weir_live_report_sample (self->report);

  if (is_wanted (self, WEIR_TOPIC_STATS))
    {
      g_autoptr (GBytes) stats = create_stats (self);

      broadcast (self, WEIR_TOPIC_STATS, stats);
    }

  if (++self->n_seconds % DASHBOARD_SECONDS == 0 && is_wanted (self, WEIR_TOPIC_DASHBOARD))
    {
      g_autoptr (GBytes) update = weir_live_report_create_update (self->report);

      broadcast (self, WEIR_TOPIC_DASHBOARD, update);
    }
}

/**
 * weir_live_fanout_send_query:
 * @self: a fanout
 * @id: id of a live question
 * @message: (nullable): its answer, as a message of the stream
 *
 * Sends an answer to those who want it. One that is slow is left out: the next answer replaces this
 * one.
 *
 * Returns: how many want it
 */
guint
weir_live_fanout_send_query (WeirLiveFanout *self,
                             const char     *id,
                             GBytes         *message)
{
  guint n_clients = 0;

  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->is_gone || subscriber->queries == NULL ||
          !g_strv_contains ((const char *const *) subscriber->queries, id))
        continue;
      n_clients++;
      if (message != NULL && subscriber->n_queued <= MAX_QUEUED_FOR_STATS)
        {
          weir_live_subscriber_push (subscriber, message);
          subscriber->n_sent++;
        }
    }

  return n_clients;
}

/* Says how many notices were left out. Returns whether nothing is left to say. */
static gboolean
tell_missed_notices (WeirLiveFanout     *self,
                     WeirLiveSubscriber *subscriber,
                     gsize               size)
{
  char data[80];

  if (subscriber->n_queued + size > get_client_bytes (self))
    return FALSE;
  if (subscriber->n_missed_notices > 0)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      int length =
        g_snprintf (data, sizeof data, "{\"missed\":%" G_GUINT64_FORMAT ",\"topic\":\"identity\"}",
                    subscriber->n_missed_notices);

      weir_sse_append_message (text, "gap", NULL, data, (gsize) length);
      weir_live_subscriber_push_text (subscriber, text->str, text->len);
      subscriber->n_told_missed += subscriber->n_missed_notices;
      subscriber->n_missed_notices = 0;
    }
  return TRUE;
}

/**
 * weir_live_fanout_send_notices:
 * @self: a fanout
 * @messages: notices about identities, as messages of the stream
 * @n: how many
 * @n_missed: how many before them were left out for all
 *
 * Sends notices to those who want them; for who is too slow they are left out and counted.
 */
void
weir_live_fanout_send_notices (WeirLiveFanout *self,
                               GBytes         *messages,
                               guint           n,
                               guint           n_missed)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->is_gone || !(subscriber->topics & WEIR_TOPIC_IDENTITY))
        continue;
      subscriber->n_missed_notices += n_missed;
      if (tell_missed_notices (self, subscriber, g_bytes_get_size (messages)))
        {
          weir_live_subscriber_push (subscriber, messages);
          subscriber->n_sent += n;
        }
      else
        subscriber->n_missed_notices += n;
    }
}

/**
 * weir_live_fanout_send_alert:
 * @self: a fanout
 * @message: an alert, as a message of the stream
 *
 * Sends it to those who want it. There are few, and none of them replaces another, so each may use
 * what a client may have at all.
 */
void
weir_live_fanout_send_alert (WeirLiveFanout *self,
                             GBytes         *message)
{
  gsize client_bytes = get_client_bytes (self);

  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->is_gone || !(subscriber->topics & WEIR_TOPIC_ALERTS))
        continue;
      if (subscriber->n_queued + g_bytes_get_size (message) <= client_bytes)
        {
          weir_live_subscriber_push (subscriber, message);
          subscriber->n_sent++;
        }
      else
        subscriber->n_told_missed++;
    }
}

/**
 * weir_live_fanout_keep_house:
 * @self: a fanout
 *
 * Sends heartbeats, tells of gaps that nothing came after, and gives up clients that do not read.
 * To be called a few times in each heartbeat.
 */
void
weir_live_fanout_keep_house (WeirLiveFanout *self)
{
  gint64 now = g_get_monotonic_time ();
  gsize client_bytes = get_client_bytes (self);

  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->is_gone)
        continue;

      if (weir_live_subscriber_is_stalled (subscriber, self->options.stall_ms * (gint64) 1000))
        {
          weir_live_subscriber_abort (subscriber);
          continue;
        }

      if (subscriber->channel != NULL)
        weir_live_channel_settle (subscriber->channel, subscriber, self->writer, client_bytes);
      if (subscriber->n_missed_notices > 0)
        tell_missed_notices (self, subscriber, 0);
      keep_alive (self, subscriber, now);
    }
}

/**
 * weir_live_fanout_say_goodbye:
 * @self: a fanout
 *
 * Asks all clients to come back, not all at once, and ends their connections when they have read
 * that.
 */
void
weir_live_fanout_say_goodbye (WeirLiveFanout *self)
{
  self->is_closing = TRUE;

  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);
      g_autoptr (GString) text = g_string_new (NULL);

      weir_sse_append_retry (text, RETRY_MS + g_random_int_range (0, 2 * RETRY_MS));
      weir_live_subscriber_push_text (subscriber, text->str, text->len);
      weir_live_subscriber_finish (subscriber);
    }
}

/**
 * weir_live_fanout_get_n_clients:
 * @self: a fanout
 *
 * Returns: how many clients there are; any thread may ask
 */
guint
weir_live_fanout_get_n_clients (WeirLiveFanout *self)
{
  return g_atomic_int_get (&self->n_clients);
}

/**
 * weir_live_fanout_wants_events:
 * @self: a fanout
 *
 * Returns: whether any client wants events; any thread may ask
 */
gboolean
weir_live_fanout_wants_events (WeirLiveFanout *self)
{
  return g_atomic_int_get (&self->n_event_clients) > 0;
}

/**
 * weir_live_fanout_wants_notices:
 * @self: a fanout
 *
 * Returns: whether somebody wants to know who became who; any thread may ask
 */
gboolean
weir_live_fanout_wants_notices (WeirLiveFanout *self)
{
  return g_atomic_int_get (&self->n_notice_clients) > 0;
}
