/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-channel.h"

#define STEP_BYTES (1024 * 1024)
#define REPLAY_BYTES (256 * 1024)

/* A client that is told of a gap gets half of its queue free first; else it would get a gap and a
 * chunk in turn for ever. */
static gboolean
has_room (WeirLiveSubscriber *subscriber,
          gsize               size,
          gsize               client_bytes)
{
  if (subscriber->n_missed > 0)
    return subscriber->n_queued <= client_bytes / 2;

  return subscriber->n_queued == 0 || subscriber->n_queued + size <= client_bytes;
}

static void
tell_position (WeirLiveSubscriber *subscriber,
               guint64             seq)
{
  subscriber->sent_seq = seq;
  subscriber->last_position = g_get_monotonic_time ();
}

static void
push_gap (WeirLiveSubscriber *subscriber,
          WeirLiveWriter     *writer,
          guint64             seq)
{
  g_autoptr (GString) text = NULL;

  if (subscriber->n_missed == 0)
    return;

  text = g_string_new (NULL);
  weir_live_writer_append_gap (writer, seq, subscriber->n_missed, text);
  subscriber->n_told_missed += subscriber->n_missed;
  subscriber->n_missed = 0;
  weir_live_subscriber_push_text (subscriber, text->str, text->len);
  tell_position (subscriber, seq);
}

static void
push_events (WeirLiveSubscriber *subscriber,
             WeirLiveWriter     *writer,
             const WeirLiveRun  *run,
             GBytes             *bytes)
{
  push_gap (subscriber, writer, run->start);
  weir_live_subscriber_push (subscriber, bytes);
  subscriber->n_sent += run->n_events;
  tell_position (subscriber, run->last_position);
}

/* Takes ownership of nothing but a reference of @filter. */
WeirLiveChannel *
weir_live_channel_new (const char *key,
                       WeirFilter *filter,
                       guint64     cursor)
{
  WeirLiveChannel *self = g_new0 (WeirLiveChannel, 1);

  self->key = g_strdup (key);
  self->filter = filter != NULL ? weir_filter_ref (filter) : NULL;
  self->cursor = cursor;
  self->subscribers = g_ptr_array_new ();

  return self;
}

void
weir_live_channel_free (WeirLiveChannel *self)
{
  g_ptr_array_unref (self->subscribers);
  g_clear_pointer (&self->filter, weir_filter_unref);
  g_free (self->key);
  g_free (self);
}

static gboolean
anybody_has_room (WeirLiveChannel *self,
                  gsize            client_bytes)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->is_live && has_room (subscriber, 0, client_bytes))
        return TRUE;
    }
  return FALSE;
}

/* Writes what is new up to @until, and gives it to all who are live. May stop before, when it was
 * much or took long; the cursor says how far it got. */
void
weir_live_channel_step (WeirLiveChannel *self,
                        WeirLiveWriter  *writer,
                        guint64          until,
                        gint64           deadline,
                        gsize            client_bytes)
{
  g_autoptr (GBytes) bytes = NULL;
  WeirLiveRun run = {
    .filter = self->filter,
    .cursor = self->cursor,
    .until = until,
    .max_bytes = STEP_BYTES,
    .deadline = deadline,
  };

  if (self->cursor >= until)
    return;

  /* A client that never reads must not cost what writing costs. */
  run.counts_only = !anybody_has_room (self, client_bytes);
  bytes = weir_live_writer_run (writer, &run);
  self->cursor = run.cursor;
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      WeirLiveSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (!subscriber->is_live)
        continue;

      subscriber->n_missed += run.n_missed;
      if (bytes != NULL && has_room (subscriber, g_bytes_get_size (bytes), client_bytes))
        push_events (subscriber, writer, &run, bytes);
      else
        subscriber->n_missed += run.n_events;
    }
}

/* Gives a client that came back what it has not seen yet, until it has caught up with the channel.
 * It is in no danger of being too slow: it gets more when it has read enough.
 *
 * Returns: how much was written
 */
gsize
weir_live_channel_replay (WeirLiveChannel    *self,
                          WeirLiveSubscriber *subscriber,
                          WeirLiveWriter     *writer,
                          gint64              deadline,
                          gsize               client_bytes)
{
  g_autoptr (GBytes) bytes = NULL;
  WeirLiveRun run = {
    .filter = self->filter,
    .cursor = subscriber->cursor,
    .until = self->cursor,
    .max_bytes = REPLAY_BYTES,
    .deadline = deadline,
  };

  if (subscriber->cursor < self->cursor)
    {
      if (subscriber->n_queued > client_bytes / 2)
        return 0;

      bytes = weir_live_writer_run (writer, &run);
      subscriber->cursor = run.cursor;
      subscriber->n_missed += run.n_missed;
      if (bytes != NULL)
        push_events (subscriber, writer, &run, bytes);
    }

  subscriber->is_live = subscriber->cursor == self->cursor;

  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* Tells a live client of a gap as soon as it has room, also when nothing comes after it. */
void
weir_live_channel_settle (WeirLiveChannel    *self,
                          WeirLiveSubscriber *subscriber,
                          WeirLiveWriter     *writer,
                          gsize               client_bytes)
{
  if (subscriber->is_live && subscriber->n_missed > 0 && has_room (subscriber, 0, client_bytes))
    push_gap (subscriber, writer, self->cursor);
}
