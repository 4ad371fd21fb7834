/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-hand.h"

typedef struct {
  const guint8 *data;
  gsize size;
} Record;

struct _WeirForwardHand {
  GPtrArray *batches;   /* of WeirEventBatch: who holds the records */
  GArray *records;      /* of Record: those that pass the filter */
  gsize n_bytes;
  guint64 until;        /* everything up to this seq was looked at */
  gint64 received;      /* receipt time of the first that passes */
  GArray *ranges;       /* of WeirForwardRange: what is to be sent, the next one last */
};

/**
 * weir_forward_hand_new:
 *
 * Returns: (transfer full): an empty hand
 */
WeirForwardHand *
weir_forward_hand_new (void)
{
  WeirForwardHand *self = g_new0 (WeirForwardHand, 1);

  self->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  self->records = g_array_new (FALSE, FALSE, sizeof (Record));
  self->ranges = g_array_new (FALSE, FALSE, sizeof (WeirForwardRange));
  return self;
}

/**
 * weir_forward_hand_free:
 * @self: (transfer full): a hand
 */
void
weir_forward_hand_free (WeirForwardHand *self)
{
  g_ptr_array_unref (self->batches);
  g_array_unref (self->records);
  g_array_unref (self->ranges);
  g_free (self);
}

/**
 * weir_forward_hand_clear:
 * @self: a hand
 *
 * Puts everything down.
 */
void
weir_forward_hand_clear (WeirForwardHand *self)
{
  g_ptr_array_set_size (self->batches, 0);
  g_array_set_size (self->records, 0);
  g_array_set_size (self->ranges, 0);
  self->n_bytes = 0;
  self->received = 0;
}

/**
 * weir_forward_hand_begin:
 * @self: an empty hand
 * @cursor: everything up to this seq is done
 */
void
weir_forward_hand_begin (WeirForwardHand *self,
                         guint64          cursor)
{
  self->until = cursor;
}

/**
 * weir_forward_hand_fill:
 * @self: a hand
 * @batch: events from the journal that follow those it has
 * @until: what is behind this seq is left
 * @filter: (nullable): which events pass
 * @codec: to look into properties
 * @max_events: full with so many
 * @max_bytes: full with so many bytes
 *
 * Takes what passes.
 *
 * Returns: whether there is room for more
 */
gboolean
weir_forward_hand_fill (WeirForwardHand *self,
                        WeirEventBatch  *batch,
                        guint64          until,
                        WeirFilter      *filter,
                        WeirEventCodec  *codec,
                        guint            max_events,
                        gsize            max_bytes)
{
  WeirEventIter iter;
  WeirEvent event;
  const guint8 *from;

  g_ptr_array_add (self->batches, weir_event_batch_ref (batch));
  weir_event_iter_init (&iter, batch);
  for (from = iter.next; weir_event_iter_next (&iter, &event); from = iter.next)
    {
      Record record = { from, (gsize) (iter.next - from) };

      if (event.seq <= self->until)
        continue;
      if (event.seq > until || self->records->len >= max_events || self->n_bytes >= max_bytes)
        return FALSE;
      self->until = event.seq;
      if (filter != NULL && !weir_filter_matches (filter, &event, codec))
        continue;
      if (self->records->len == 0)
        self->received = event.received;
      g_array_append_val (self->records, record);
      self->n_bytes += record.size;
    }
  return self->until < until && self->records->len < max_events && self->n_bytes < max_bytes;
}

/**
 * weir_forward_hand_get_until:
 * @self: a hand
 *
 * Returns: everything up to this seq is in it, or does not pass
 */
guint64
weir_forward_hand_get_until (WeirForwardHand *self)
{
  return self->until;
}

/**
 * weir_forward_hand_get_n_events:
 * @self: a hand
 *
 * Returns: how many events it has
 */
guint
weir_forward_hand_get_n_events (WeirForwardHand *self)
{
  return self->records->len;
}

/**
 * weir_forward_hand_get_received:
 * @self: a hand
 *
 * Returns: when its first event was received, microseconds since the epoch; 0 for none
 */
gint64
weir_forward_hand_get_received (WeirForwardHand *self)
{
  return self->received;
}

/**
 * weir_forward_hand_get_record:
 * @self: a hand
 * @index: an event of it
 * @size: (out): length in bytes
 *
 * Returns: (transfer none): its record
 */
const guint8 *
weir_forward_hand_get_record (WeirForwardHand *self,
                              guint            index,
                              gsize           *size)
{
  const Record *record = &g_array_index (self->records, Record, index);

  *size = record->size;
  return record->data;
}

/**
 * weir_forward_hand_get_event:
 * @self: a hand
 * @index: an event of it
 * @event: (out): the event, valid until the hand is cleared
 */
void
weir_forward_hand_get_event (WeirForwardHand *self,
                             guint            index,
                             WeirEvent       *event)
{
  const Record *record = &g_array_index (self->records, Record, index);

  weir_event_read_record (event, record->data, record->size);
}

/**
 * weir_forward_hand_deal:
 * @self: a hand with events
 *
 * Everything is to be sent.
 */
void
weir_forward_hand_deal (WeirForwardHand *self)
{
  WeirForwardRange all = { 0, self->records->len };

  g_array_set_size (self->ranges, 0);
  g_array_append_val (self->ranges, all);
}

/**
 * weir_forward_hand_next:
 * @self: a hand
 * @range: (out): what is to be sent next
 *
 * Returns: whether there is something
 */
gboolean
weir_forward_hand_next (WeirForwardHand  *self,
                        WeirForwardRange *range)
{
  if (self->ranges->len == 0)
    return FALSE;
  *range = g_array_index (self->ranges, WeirForwardRange, self->ranges->len - 1);
  return TRUE;
}

/**
 * weir_forward_hand_pass:
 * @self: a hand with a next range
 *
 * The next range is done with.
 */
void
weir_forward_hand_pass (WeirForwardHand *self)
{
  g_array_set_size (self->ranges, self->ranges->len - 1);
}

/**
 * weir_forward_hand_split:
 * @self: a hand with a next range of two events at least
 *
 * Halves the next range. Halves are always the same, so a receiver knows them again.
 */
void
weir_forward_hand_split (WeirForwardHand *self)
{
  WeirForwardRange *last = &g_array_index (self->ranges, WeirForwardRange, self->ranges->len - 1);
  WeirForwardRange half = { last->first, last->n_events / 2 };

  last->first += half.n_events;
  last->n_events -= half.n_events;
  g_array_append_val (self->ranges, half);
}
