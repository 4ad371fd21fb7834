/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-feed.h"

#include "weir-event-codec.h"
#include "weir-frame-log.h"

/* What may wait for the next frame. A window that is not drawn gets no frames. */
#define MAX_PENDING       32768
#define MAX_PENDING_BYTES (32 * 1024 * 1024)

/* The part of a frame that reading events may take, in microseconds. */
#define FLUSH_BUDGET 6000

/* Names are looked for in a few events of each frame: they repeat soon. */
#define N_SAMPLED 4

/* A message, or a number of events that are missing. */
typedef struct {
  GBytes *message;
  guint64 n_missed;
} Pending;

struct _WeirEventFeed
{
  GObject parent_instance;

  WeirEventRing *ring;
  WeirSeenNames *names;
  WeirEventCodec *codec;
  GQueue pending;
  gsize n_bytes;
  gboolean held;
  guint64 last_seq;       /* of the collector's own events: those of others have none */
  guint64 first_seq;      /* of those that wait; 0 when nobody has looked */
  gboolean has_gap;       /* to be said in the ring before the next event */
  guint64 n_lost;         /* how many events the gap holds, 0 when nobody knows */
  guint64 n_missed;       /* in all */
  guint64 n_unreadable;
};

G_DEFINE_FINAL_TYPE (WeirEventFeed, weir_event_feed, G_TYPE_OBJECT)

static void
pending_free (Pending *pending)
{
  g_clear_pointer (&pending->message, g_bytes_unref);
  g_free (pending);
}

static Pending *
pop (WeirEventFeed *self)
{
  Pending *pending = g_queue_pop_head (&self->pending);

  if (pending != NULL && pending->message != NULL)
    self->n_bytes -= g_bytes_get_size (pending->message);
  self->first_seq = 0;
  return pending;
}

static void
lose (WeirEventFeed *self,
      guint64        n_events)
{
  self->has_gap = TRUE;
  self->n_lost += n_events;
  self->n_missed += n_events;
}

static void
write_gap (WeirEventFeed *self,
           gint64         now)
{
  if (!self->has_gap || !weir_event_ring_append_gap (self->ring, self->n_lost, now))
    return;
  self->has_gap = FALSE;
  self->n_lost = 0;
}

static void
trim (WeirEventFeed *self)
{
  while (self->pending.length > MAX_PENDING || self->n_bytes > MAX_PENDING_BYTES)
    {
      Pending *pending = pop (self);

      lose (self, pending->message != NULL ? 1 : pending->n_missed);
      pending_free (pending);
    }
}

/* Records have room for 16 bits of length; a collector never sends more, but it is not us. */
static gboolean
fits_record (const WeirEvent *event)
{
  for (int i = 0; i < WEIR_EVENT_PROPERTIES; i++)
    {
      if (event->length[i] > G_MAXUINT16)
        return FALSE;
    }
  return event->text[WEIR_EVENT_NAME] != NULL;
}

static void
take_gap (WeirEventFeed *self,
          guint64        n_missed)
{
  /* When the stream cannot say how much is missing, it may be another one, and count anew. */
  if (n_missed == 0)
    self->last_seq = 0;
  if (n_missed > 0 || weir_event_ring_get_n_rows (self->ring) > 0)
    lose (self, n_missed);
}

static void
take_event (WeirEventFeed *self,
            GBytes        *message,
            gint64         now,
            guint          n_taken)
{
  WeirEvent event;
  gsize length;
  const char *json = g_bytes_get_data (message, &length);

  if (json == NULL
      || !weir_event_codec_decode_stored (self->codec, json, length, &event, NULL)
      || !fits_record (&event))
    {
      self->n_unreadable++;
      return;
    }
  /* What was there to begin with may come once more. */
  if (event.seq != 0 && event.seq <= self->last_seq)
    return;
  self->last_seq = MAX (self->last_seq, event.seq);
  write_gap (self, now);
  if (!weir_event_ring_append (self->ring, &event))
    {
      lose (self, 1);
      return;
    }
  weir_frame_log_add_latency (now - event.received);
  if (n_taken < N_SAMPLED && self->names != NULL)
    weir_seen_names_add_event (self->names, &event);
}

static guint64
read_seq (WeirEventFeed *self,
          GBytes        *message)
{
  gsize length;
  const char *json = g_bytes_get_data (message, &length);
  WeirEvent event;

  if (json == NULL || !weir_event_codec_decode_stored (self->codec, json, length, &event, NULL))
    return 0;
  return event.seq;
}

/* Events of other collectors, which have no seq here, may come before it. */
static guint64
find_first_seq (WeirEventFeed *self)
{
  for (GList *link = self->pending.head; link != NULL && self->first_seq == 0; link = link->next)
    {
      const Pending *pending = link->data;

      if (pending->message != NULL)
        self->first_seq = read_seq (self, pending->message);
    }
  return self->first_seq;
}

static void
weir_event_feed_finalize (GObject *object)
{
  WeirEventFeed *self = WEIR_EVENT_FEED (object);

  weir_event_feed_clear (self);
  g_clear_object (&self->ring);
  g_clear_object (&self->names);
  weir_event_codec_free (self->codec);

  G_OBJECT_CLASS (weir_event_feed_parent_class)->finalize (object);
}

static void
weir_event_feed_class_init (WeirEventFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_event_feed_finalize;
}

static void
weir_event_feed_init (WeirEventFeed *self)
{
  g_queue_init (&self->pending);
  self->codec = weir_event_codec_new ();
}

/**
 * weir_event_feed_new:
 * @ring: where events go
 * @names: (nullable): where names go that were seen on the way
 *
 * Returns: (transfer full): a feed with nothing in it
 */
WeirEventFeed *
weir_event_feed_new (WeirEventRing *ring,
                     WeirSeenNames *names)
{
  WeirEventFeed *self = g_object_new (WEIR_TYPE_EVENT_FEED, NULL);

  self->ring = g_object_ref (ring);
  if (names != NULL)
    self->names = g_object_ref (names);
  return self;
}

/**
 * weir_event_feed_push:
 * @self: a feed
 * @message: an `event` message of a stream
 *
 * Takes a message. It is read at the next [method@Weir.EventFeed.flush].
 */
void
weir_event_feed_push (WeirEventFeed *self,
                      GBytes        *message)
{
  Pending *pending;

  g_return_if_fail (WEIR_IS_EVENT_FEED (self));
  g_return_if_fail (message != NULL);

  pending = g_new0 (Pending, 1);
  pending->message = g_bytes_ref (message);
  g_queue_push_tail (&self->pending, pending);
  self->n_bytes += g_bytes_get_size (message);
  trim (self);
}

/**
 * weir_event_feed_push_earlier:
 * @self: a feed
 * @message: an event that came before all that waits
 *
 * Puts an event in front. One that is not earlier than the first that waits is left out: the
 * stream has brought it already.
 */
void
weir_event_feed_push_earlier (WeirEventFeed *self,
                              GBytes        *message)
{
  guint64 seq, first_seq;
  Pending *pending;

  g_return_if_fail (WEIR_IS_EVENT_FEED (self));
  g_return_if_fail (message != NULL);

  first_seq = find_first_seq (self);
  seq = read_seq (self, message);
  if (first_seq != 0 && seq >= first_seq)
    return;
  self->first_seq = seq;
  pending = g_new0 (Pending, 1);
  pending->message = g_bytes_ref (message);
  g_queue_push_head (&self->pending, pending);
  self->n_bytes += g_bytes_get_size (message);
  trim (self);
}

/**
 * weir_event_feed_push_gap:
 * @self: a feed
 * @n_missed: how many events the collector left out here, 0 when nobody knows
 *
 * Takes note that the stream has a gap.
 */
void
weir_event_feed_push_gap (WeirEventFeed *self,
                          guint64        n_missed)
{
  Pending *pending;

  g_return_if_fail (WEIR_IS_EVENT_FEED (self));

  pending = g_new0 (Pending, 1);
  pending->n_missed = n_missed;
  g_queue_push_tail (&self->pending, pending);
  trim (self);
}

/**
 * weir_event_feed_set_held:
 * @self: a feed
 * @held: whether everything has to wait
 *
 * Makes [method@Weir.EventFeed.flush] do nothing for a while.
 */
void
weir_event_feed_set_held (WeirEventFeed *self,
                          gboolean       held)
{
  g_return_if_fail (WEIR_IS_EVENT_FEED (self));

  self->held = !!held;
}

/**
 * weir_event_feed_flush:
 * @self: a feed
 * @now: the present, microseconds since the epoch
 *
 * Brings what waits into the ring and lets the ring show it. To be called once a frame. Takes a
 * bounded time; a backlog is worked off over several frames.
 *
 * Returns: whether there is more to do
 */
gboolean
weir_event_feed_flush (WeirEventFeed *self,
                       gint64         now)
{
  gint64 deadline = g_get_monotonic_time () + FLUSH_BUDGET;
  guint n_taken = 0;
  gboolean settled;

  g_return_val_if_fail (WEIR_IS_EVENT_FEED (self), FALSE);

  if (self->held)
    return FALSE;

  while (self->pending.length > 0)
    {
      Pending *pending = pop (self);

      if (pending->message != NULL)
        take_event (self, pending->message, now, n_taken++);
      else
        take_gap (self, pending->n_missed);
      pending_free (pending);
      if (n_taken % 32 == 31 && g_get_monotonic_time () > deadline)
        break;
    }
  if (self->pending.length == 0)
    write_gap (self, now);
  weir_frame_log_add_events (n_taken);
  settled = weir_event_ring_commit (self->ring);
  return !settled || self->pending.length > 0;
}

/**
 * weir_event_feed_clear:
 * @self: a feed
 *
 * Forgets what waits, and that anything was missing.
 */
void
weir_event_feed_clear (WeirEventFeed *self)
{
  g_return_if_fail (WEIR_IS_EVENT_FEED (self));

  g_queue_clear_full (&self->pending, (GDestroyNotify) pending_free);
  self->n_bytes = 0;
  self->last_seq = 0;
  self->first_seq = 0;
  self->has_gap = FALSE;
  self->n_lost = 0;
  self->n_missed = 0;
  self->n_unreadable = 0;
}

/**
 * weir_event_feed_get_n_pending:
 * @self: a feed
 *
 * Returns: how many messages wait
 */
guint
weir_event_feed_get_n_pending (WeirEventFeed *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_FEED (self), 0);

  return self->pending.length;
}

/**
 * weir_event_feed_get_n_missed:
 * @self: a feed
 *
 * Returns: how many events were not kept, here or by the collector
 */
guint64
weir_event_feed_get_n_missed (WeirEventFeed *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_FEED (self), 0);

  return self->n_missed;
}

/**
 * weir_event_feed_get_n_unreadable:
 * @self: a feed
 *
 * Returns: how many messages were no events
 */
guint64
weir_event_feed_get_n_unreadable (WeirEventFeed *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_FEED (self), 0);

  return self->n_unreadable;
}
