/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-private.h"

/**
 * weir_journal_add_consumer:
 * @self: a journal that was not started yet
 * @name: its name, each once
 *
 * Adds somebody who reads the journal beside the store. One that was there before goes on where it
 * was; a new one begins with what comes from now on.
 *
 * Returns: (transfer none): the consumer, valid as long as @self
 */
WeirConsumer *
weir_journal_add_consumer (WeirJournal *self,
                           const char  *name)
{
  g_return_val_if_fail (WEIR_IS_JOURNAL (self), NULL);
  g_return_val_if_fail (self->thread == NULL, NULL);

  return weir_consumer_set_add (self->consumers, name);
}

/* Called locked. */
static void
take_recent (WeirJournal *self,
             guint64      after,
             gsize        max_bytes,
             GPtrArray   *batches)
{
  gsize size, bytes = 0;
  WeirEventBatch *batch;

  while (bytes < max_bytes &&
         (batch = weir_recent_batches_find (self->recent, after, NULL)) != NULL)
    {
      g_ptr_array_add (batches, weir_event_batch_ref (batch));
      after = weir_event_batch_get_last_seq (batch);
      weir_event_batch_get_data (batch, &size);
      bytes += size;
    }
}

/**
 * weir_journal_read:
 * @self: a journal
 * @consumer: (nullable): who wants it; %NULL for the store, before which nothing is evicted
 * @after: it has everything up to this seq
 * @max_bytes: no further batch once there are so many bytes
 *
 * Gets what is behind @after, from memory or from the file; the first batch may begin before.
 * Blocks as long as a read of the file takes, and not for what is not there. What was evicted
 * in between is counted, and passed over.
 *
 * Returns: (transfer full) (element-type Weir.EventBatch): batches, in order; none when there are
 *   none now
 */
GPtrArray *
weir_journal_read (WeirJournal  *self,
                   WeirConsumer *consumer,
                   guint64       after,
                   gsize         max_bytes)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  WeirEventBatch *batch;

  g_return_val_if_fail (WEIR_IS_JOURNAL (self), batches);

  g_mutex_lock (&self->mutex);
  if (consumer != NULL)
    weir_consumer_set_skip (self->consumers, consumer, self->deleted);
  after = MAX (after, self->deleted);
  if (weir_journal_find_recent (self, after, &batch, NULL))
    {
      if (batch != NULL)
        take_recent (self, after, max_bytes, batches);
    }
  else
    {
      WeirJournalRead read = { .after = after, .max_bytes = max_bytes, .batches = batches };

      weir_journal_read_back (self, &read);
    }
  g_mutex_unlock (&self->mutex);

  return batches;
}

/**
 * weir_journal_freeze:
 * @self: a journal
 * @consumer: who is about to send something
 * @until: up to where it goes
 *
 * Makes durable that what is behind the consumer's cursor up to @until is one batch, so that it is
 * the same batch when the process ends before it is known to have arrived. Blocks for a commit.
 *
 * Returns: whether it is; %FALSE when the journal cannot be written now
 */
gboolean
weir_journal_freeze (WeirJournal  *self,
                     WeirConsumer *consumer,
                     guint64       until)
{
  gboolean is_written;
  guint64 wanted;

  g_return_val_if_fail (WEIR_IS_JOURNAL (self), FALSE);

  g_mutex_lock (&self->mutex);
  consumer->in_hand = until;
  consumer->place.frozen = until;
  weir_consumer_set_touch (self->consumers);
  if (self->options.durability == WEIR_DURABILITY_MEMORY)
    {
      g_mutex_unlock (&self->mutex);
      return TRUE;
    }
  wanted = ++self->places_wanted;
  g_cond_signal (&self->work);
  while (self->places_settled < wanted && !self->is_stopping)
    g_cond_wait (&self->news, &self->mutex);
  is_written = self->places_written >= wanted;
  g_mutex_unlock (&self->mutex);

  return is_written;
}

/**
 * weir_journal_pass:
 * @self: a journal
 * @consumer: who is done with something
 * @cursor: up to where
 *
 * Notes it; the file has it within half a second.
 */
void
weir_journal_pass (WeirJournal  *self,
                   WeirConsumer *consumer,
                   guint64       cursor)
{
  g_return_if_fail (WEIR_IS_JOURNAL (self));

  g_mutex_lock (&self->mutex);
  consumer->place.cursor = MAX (consumer->place.cursor, cursor);
  weir_consumer_set_touch (self->consumers);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_journal_get_consumer_status:
 * @self: a journal
 * @consumer: one of its consumers
 * @status: (out): how far it is
 *
 * May be called from any thread.
 */
void
weir_journal_get_consumer_status (WeirJournal        *self,
                                  WeirConsumer       *consumer,
                                  WeirConsumerStatus *status)
{
  g_return_if_fail (WEIR_IS_JOURNAL (self));

  g_mutex_lock (&self->mutex);
  status->cursor = consumer->place.cursor;
  status->frozen = consumer->place.frozen;
  status->last_seq = self->last_seq;
  status->evicted = weir_consumer_get_evicted (consumer, self->deleted);
  status->behind = self->last_seq - status->cursor -
                   (status->evicted - consumer->place.evicted);
  g_mutex_unlock (&self->mutex);
}
