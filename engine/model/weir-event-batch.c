/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-batch.h"

#include <string.h>

#include "weir-error.h"

struct _WeirEventBatch {
  gatomicrefcount ref_count;
  guint n_events;
  guint64 first_seq;
  gsize size;
  guint8 *data;
};

struct _WeirEventBuilder {
  guint8 *data;
  gsize size;
  gsize allocated;
  guint n_events;
};

/**
 * weir_event_batch_new_take:
 * @data: (transfer full): records, one after the other, from g_malloc()
 * @size: their size in bytes
 * @n_events: how many there are
 * @first_seq: seq of the first one, 0 when the journal has not numbered them yet
 *
 * Seals records into a batch.
 *
 * Returns: (transfer full): a batch
 */
WeirEventBatch *
weir_event_batch_new_take (guint8  *data,
                           gsize    size,
                           guint    n_events,
                           guint64  first_seq)
{
  WeirEventBatch *self = g_new0 (WeirEventBatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->data = data;
  self->size = size;
  self->n_events = n_events;
  self->first_seq = first_seq;

  return self;
}

/**
 * weir_event_batch_new_checked:
 * @data: what should be records
 * @size: size in bytes
 * @error: return location for an error
 *
 * Copies records that come from a disk into a batch, after looking at each.
 *
 * Returns: (transfer full): a batch, or %NULL with %WEIR_ERROR_CORRUPT
 */
WeirEventBatch *
weir_event_batch_new_checked (const guint8  *data,
                              gsize          size,
                              GError       **error)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  WeirEvent event;
  guint64 first_seq = 0;
  guint n_events = 0;
  gsize offset = 0;

  while (offset < size)
    {
      gsize record = weir_event_read_record (&event, copy + offset, size - offset);

      if (record == 0 || (n_events > 0 && event.seq != first_seq + n_events))
        {
          g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                       "record %u of a batch is damaged", n_events);
          return NULL;
        }
      if (n_events++ == 0)
        first_seq = event.seq;
      offset += record;
    }

  return weir_event_batch_new_take (g_steal_pointer (&copy), size, n_events, first_seq);
}

/**
 * weir_event_batch_ref:
 * @self: a batch
 *
 * Returns: (transfer full): @self
 */
WeirEventBatch *
weir_event_batch_ref (WeirEventBatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * weir_event_batch_unref:
 * @self: (transfer full): a batch
 */
void
weir_event_batch_unref (WeirEventBatch *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->data);
  g_free (self);
}

/**
 * weir_event_batch_get_n_events:
 * @self: a batch
 *
 * Returns: how many events it holds
 */
guint
weir_event_batch_get_n_events (const WeirEventBatch *self)
{
  return self->n_events;
}

/**
 * weir_event_batch_get_first_seq:
 * @self: a batch
 *
 * Returns: the seq of its first event
 */
guint64
weir_event_batch_get_first_seq (const WeirEventBatch *self)
{
  return self->first_seq;
}

/**
 * weir_event_batch_get_last_seq:
 * @self: a numbered batch with at least one event
 *
 * Returns: the seq of its last event
 */
guint64
weir_event_batch_get_last_seq (const WeirEventBatch *self)
{
  return self->first_seq + self->n_events - 1;
}

/**
 * weir_event_batch_get_data:
 * @self: a batch
 * @size: (out): size in bytes
 *
 * Returns: (transfer none): its records
 */
const guint8 *
weir_event_batch_get_data (const WeirEventBatch *self,
                           gsize                *size)
{
  *size = self->size;
  return self->data;
}

/**
 * weir_event_iter_init:
 * @self: an iterator
 * @batch: a batch that outlives it
 */
void
weir_event_iter_init (WeirEventIter        *self,
                      const WeirEventBatch *batch)
{
  self->next = batch->data;
  self->end = batch->size > 0 ? batch->data + batch->size : batch->data;
}

/**
 * weir_event_iter_next:
 * @self: an iterator
 * @event: (out): the next event; its texts live as long as the batch
 *
 * Returns: %FALSE when there are no more
 */
gboolean
weir_event_iter_next (WeirEventIter *self,
                      WeirEvent     *event)
{
  gsize size;

  if (self->next == self->end)
    return FALSE;

  size = weir_event_read_record (event, self->next, self->end - self->next);
  g_return_val_if_fail (size > 0, FALSE);
  self->next += size;

  return TRUE;
}

/**
 * weir_event_builder_new:
 *
 * Returns: (transfer full): a builder with nothing in it
 */
WeirEventBuilder *
weir_event_builder_new (void)
{
  return g_new0 (WeirEventBuilder, 1);
}

/**
 * weir_event_builder_free:
 * @self: (transfer full): a builder
 */
void
weir_event_builder_free (WeirEventBuilder *self)
{
  g_free (self->data);
  g_free (self);
}

/**
 * weir_event_builder_add:
 * @self: a builder
 * @event: a valid event; it is copied
 */
void
weir_event_builder_add (WeirEventBuilder *self,
                        const WeirEvent  *event)
{
  gsize size = weir_event_get_record_size (event);

  if (self->allocated - self->size < size)
    {
      self->allocated = MAX (self->allocated * 2, self->size + MAX (size, 1024));
      self->data = g_realloc (self->data, self->allocated);
    }
  self->size += weir_event_write_record (event, self->data + self->size);
  self->n_events++;
}

/**
 * weir_event_builder_get_n_events:
 * @self: a builder
 *
 * Returns: how many events it holds
 */
guint
weir_event_builder_get_n_events (const WeirEventBuilder *self)
{
  return self->n_events;
}

/**
 * weir_event_builder_end:
 * @self: a builder
 * @first_seq: seq of the first event, 0 for none yet
 *
 * Seals what was added and leaves the builder empty.
 *
 * Returns: (transfer full): a batch, which may have no events
 */
WeirEventBatch *
weir_event_builder_end (WeirEventBuilder *self,
                        guint64           first_seq)
{
  WeirEventBatch *batch;

  batch = weir_event_batch_new_take (self->data, self->size, self->n_events, first_seq);
  memset (self, 0, sizeof *self);

  return batch;
}
