/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-consumer-set.h"

struct _WeirConsumerSet {
  GPtrArray *consumers;   /* of WeirConsumer */
  gboolean is_dirty;      /* the file does not have all places yet */
};

static void
consumer_free (gpointer data)
{
  WeirConsumer *self = data;

  g_free (self->place.name);
  g_free (self);
}

/**
 * weir_consumer_place_clear:
 * @self: a place
 */
void
weir_consumer_place_clear (WeirConsumerPlace *self)
{
  g_free (self->name);
}

/**
 * weir_consumer_set_new:
 *
 * Returns: (transfer full): an empty set
 */
WeirConsumerSet *
weir_consumer_set_new (void)
{
  WeirConsumerSet *self = g_new0 (WeirConsumerSet, 1);

  self->consumers = g_ptr_array_new_with_free_func (consumer_free);
  return self;
}

/**
 * weir_consumer_set_free:
 * @self: (transfer full): a set
 */
void
weir_consumer_set_free (WeirConsumerSet *self)
{
  g_ptr_array_unref (self->consumers);
  g_free (self);
}

/**
 * weir_consumer_set_add:
 * @self: a set
 * @name: a name that is not there yet
 *
 * Returns: (transfer none): a consumer at the beginning, valid as long as @self
 */
WeirConsumer *
weir_consumer_set_add (WeirConsumerSet *self,
                       const char      *name)
{
  WeirConsumer *consumer = g_new0 (WeirConsumer, 1);

  consumer->place.name = g_strdup (name);
  g_ptr_array_add (self->consumers, consumer);
  return consumer;
}

/**
 * weir_consumer_set_find:
 * @self: a set
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the consumer of this name
 */
WeirConsumer *
weir_consumer_set_find (WeirConsumerSet *self,
                        const char      *name)
{
  for (guint i = 0; i < self->consumers->len; i++)
    {
      WeirConsumer *consumer = weir_consumer_set_get (self, i);

      if (g_str_equal (consumer->place.name, name))
        return consumer;
    }
  return NULL;
}

/**
 * weir_consumer_set_get_n:
 * @self: a set
 *
 * Returns: how many consumers there are
 */
guint
weir_consumer_set_get_n (WeirConsumerSet *self)
{
  return self->consumers->len;
}

/**
 * weir_consumer_set_get:
 * @self: a set
 * @index: which
 *
 * Returns: (transfer none): a consumer
 */
WeirConsumer *
weir_consumer_set_get (WeirConsumerSet *self,
                       guint            index)
{
  return g_ptr_array_index (self->consumers, index);
}

/**
 * weir_consumer_set_get_floor:
 * @self: a set
 * @most: how far others are
 *
 * Returns: up to which seq nobody wants anything any more, @most at the most
 */
guint64
weir_consumer_set_get_floor (WeirConsumerSet *self,
                             guint64          most)
{
  for (guint i = 0; i < self->consumers->len; i++)
    most = MIN (most, weir_consumer_set_get (self, i)->place.cursor);
  return most;
}

/**
 * weir_consumer_set_skip:
 * @self: a set
 * @consumer: one of it
 * @deleted: nothing is left up to this seq
 *
 * Moves a consumer over what is gone, and counts that.
 */
void
weir_consumer_set_skip (WeirConsumerSet *self,
                        WeirConsumer    *consumer,
                        guint64          deleted)
{
  if (consumer->place.cursor >= deleted)
    return;
  consumer->place.evicted += deleted - consumer->place.cursor;
  consumer->place.cursor = deleted;
  self->is_dirty = TRUE;
}

/**
 * weir_consumer_get_evicted:
 * @self: a consumer
 * @deleted: nothing is left up to this seq
 *
 * Returns: how many events are lost to it, those it has not come to included
 */
guint64
weir_consumer_get_evicted (const WeirConsumer *self,
                           guint64             deleted)
{
  guint64 from = MAX (self->place.cursor, self->in_hand);

  return self->place.evicted + (deleted > from ? deleted - from : 0);
}

/**
 * weir_consumer_set_touch:
 * @self: a set of which a place has changed
 */
void
weir_consumer_set_touch (WeirConsumerSet *self)
{
  self->is_dirty = TRUE;
}

/**
 * weir_consumer_set_copy_places:
 * @self: a set
 *
 * Returns: (transfer full) (nullable) (element-type Weir.ConsumerPlace): what the file is to have;
 *   %NULL when it has it
 */
GArray *
weir_consumer_set_copy_places (WeirConsumerSet *self)
{
  GArray *places;

  if (!self->is_dirty)
    return NULL;
  self->is_dirty = FALSE;
  places = g_array_sized_new (FALSE, FALSE, sizeof (WeirConsumerPlace), self->consumers->len);
  g_array_set_clear_func (places, (GDestroyNotify) weir_consumer_place_clear);
  for (guint i = 0; i < self->consumers->len; i++)
    {
      WeirConsumerPlace place = weir_consumer_set_get (self, i)->place;

      place.name = g_strdup (place.name);
      g_array_append_val (places, place);
    }
  return places;
}

/**
 * weir_consumer_set_settle:
 * @self: a set
 * @is_kept: whether the file has what was copied last
 */
void
weir_consumer_set_settle (WeirConsumerSet *self,
                          gboolean         is_kept)
{
  self->is_dirty = self->is_dirty || !is_kept;
}
