/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirConsumerPlace:
 * @name: who it is
 * @cursor: it is done with everything up to this seq
 * @frozen: it may have sent on everything up to this seq, as one batch; or below @cursor
 * @evicted: events that were gone before it came to them
 *
 * How far a consumer of the journal has come, as the journal keeps it.
 */
typedef struct {
  char *name;
  guint64 cursor;
  guint64 frozen;
  guint64 evicted;
} WeirConsumerPlace;

void             weir_consumer_place_clear      (WeirConsumerPlace *self);

/**
 * WeirConsumer:
 * @place: what the journal's file has, or will have with its next commit
 * @in_hand: what it holds in memory reaches up to this seq, so is not lost with the file
 *
 * A consumer of the journal beside the store. It must not hold up the store nor the front door:
 * what it alone still wants is kept as long as there is room.
 */
typedef struct {
  WeirConsumerPlace place;
  guint64 in_hand;
} WeirConsumer;

/**
 * WeirConsumerSet:
 *
 * The consumers of the journal beside the store. Not locked: the journal's mutex guards it.
 */
typedef struct _WeirConsumerSet WeirConsumerSet;

WeirConsumerSet *weir_consumer_set_new          (void);
void             weir_consumer_set_free         (WeirConsumerSet  *self);
WeirConsumer    *weir_consumer_set_add          (WeirConsumerSet  *self,
                                                 const char       *name);
WeirConsumer    *weir_consumer_set_find         (WeirConsumerSet  *self,
                                                 const char       *name);
guint            weir_consumer_set_get_n        (WeirConsumerSet  *self);
WeirConsumer    *weir_consumer_set_get          (WeirConsumerSet  *self,
                                                 guint             index);
guint64          weir_consumer_set_get_floor    (WeirConsumerSet  *self,
                                                 guint64           most);
void             weir_consumer_set_skip         (WeirConsumerSet  *self,
                                                 WeirConsumer     *consumer,
                                                 guint64           deleted);
guint64          weir_consumer_get_evicted      (const WeirConsumer *self,
                                                 guint64           deleted);
void             weir_consumer_set_touch        (WeirConsumerSet  *self);
GArray          *weir_consumer_set_copy_places  (WeirConsumerSet  *self);
void             weir_consumer_set_settle       (WeirConsumerSet  *self,
                                                 gboolean          is_kept);

G_END_DECLS
