/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-activity.h"

#include <math.h>
#include <string.h>

#include "weir-activity-private.h"

#define MAX_TYPES 512
#define MAX_DEPENDENCIES 128
#define MAX_SOURCES 256

/* Bounds of a latency in milliseconds: what a sketch costs depends on their distance. */
#define SHORTEST 1e-3
#define LONGEST 1e9

static void
count_into (WeirActivitySeries *series,
            gint32              slot,
            const WeirEvent    *event)
{
  WeirActivityCell *cell = weir_activity_series_begin (series, slot);

  cell->count++;
  cell->errors += (event->flags & WEIR_EVENT_IS_ERROR) != 0;
  if (!isnan (event->value))
    {
      cell->n_values++;
      cell->sum += event->value;
    }
}

static void
add_latency (WeirActivity       *self,
             WeirActivitySeries *series,
             gint32              slot,
             const WeirEvent    *event)
{
  if (event->duration >= 0)
    weir_activity_series_add_latency (series,
                                      slot,
                                      CLAMP (event->duration, SHORTEST, LONGEST));
}

/* With the lock held. @current is the slot that is running now. */
static void
add_event (WeirActivity    *self,
           const WeirEvent *event,
           gint64           slot,
           gint32           current)
{
  WeirActivitySeries *series;

  if (slot <= current - WEIR_ACTIVITY_N_SLOTS || slot > current)
    return;

  count_into (self->all, slot, event);
  add_latency (self, self->all, slot, event);

  if (event->text[WEIR_EVENT_NAME] != NULL)
    {
      series = weir_activity_table_find (&self->types,
                                         event->text[WEIR_EVENT_NAME],
                                         event->length[WEIR_EVENT_NAME],
                                         current);
      count_into (series, slot, event);
    }

  if (event->text[WEIR_EVENT_SOURCE] != NULL)
    {
      series = weir_activity_table_find (&self->sources,
                                         event->text[WEIR_EVENT_SOURCE],
                                         event->length[WEIR_EVENT_SOURCE],
                                         current);
      count_into (series, slot, event);
      series->last_seen = MAX (series->last_seen, event->received);
    }

  if (G_UNLIKELY (event->text[WEIR_EVENT_DEPENDENCY] != NULL))
    {
      series = weir_activity_table_find (&self->dependencies,
                                         event->text[WEIR_EVENT_DEPENDENCY],
                                         event->length[WEIR_EVENT_DEPENDENCY],
                                         current);
      count_into (series, slot, event);
      add_latency (self, series, slot, event);
    }
}

/**
 * weir_activity_new:
 *
 * Returns: (transfer full): an activity in which nothing has happened
 */
WeirActivity *
weir_activity_new (void)
{
  WeirActivity *self = g_new0 (WeirActivity, 1);

  g_mutex_init (&self->mutex);
  weir_activity_table_init (&self->types, MAX_TYPES);
  weir_activity_table_init (&self->dependencies, MAX_DEPENDENCIES);
  weir_activity_table_init (&self->sources, MAX_SOURCES);
  self->all = weir_activity_series_new ("", 0, 0);
  self->scratch = weir_sketch_new ();

  return self;
}

/**
 * weir_activity_free:
 * @self: (nullable) (transfer full): an activity
 *
 * Frees the activity.
 */
void
weir_activity_free (WeirActivity *self)
{
  if (self == NULL)
    return;

  weir_activity_table_clear (&self->types);
  weir_activity_table_clear (&self->dependencies);
  weir_activity_table_clear (&self->sources);
  weir_activity_series_free (self->all);
  weir_sketch_free (self->scratch);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_activity_add:
 * @self: an activity
 * @batch: events
 *
 * Counts the events of a batch, in the slots of their receipt times. What was received longer
 * ago than the window is not part of it. Any thread may; one lock for the batch.
 */
void
weir_activity_add (WeirActivity         *self,
                   const WeirEventBatch *batch)
{
  gint32 current = g_get_real_time () / WEIR_ACTIVITY_SLOT_US;
  WeirEventIter iter;
  WeirEvent event;

  g_return_if_fail (self != NULL);
  g_return_if_fail (batch != NULL);

  g_mutex_lock (&self->mutex);
  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    add_event (self, &event, event.received / WEIR_ACTIVITY_SLOT_US, current);
  self->n_added += weir_event_batch_get_n_events (batch);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_activity_add_foreign:
 * @self: an activity
 * @batch: events of another collector, by its clock
 *
 * Like [method@Weir.Activity.add], but they do not count as added. What its clock says is yet to
 * come was received just now.
 */
void
weir_activity_add_foreign (WeirActivity         *self,
                           const WeirEventBatch *batch)
{
  gint32 current = g_get_real_time () / WEIR_ACTIVITY_SLOT_US;
  WeirEventIter iter;
  WeirEvent event;

  g_return_if_fail (self != NULL);
  g_return_if_fail (batch != NULL);

  g_mutex_lock (&self->mutex);
  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    add_event (self, &event, MIN (event.received / WEIR_ACTIVITY_SLOT_US, current), current);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_activity_add_event:
 * @self: an activity
 * @event: an event
 *
 * Counts one event.
 */
void
weir_activity_add_event (WeirActivity    *self,
                         const WeirEvent *event)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (event != NULL);

  g_mutex_lock (&self->mutex);
  add_event (self, event, event->received / WEIR_ACTIVITY_SLOT_US,
             g_get_real_time () / WEIR_ACTIVITY_SLOT_US);
  self->n_added++;
  g_mutex_unlock (&self->mutex);
}

/* With the lock held. NULL when nothing is known of the name. */
static WeirActivitySeries *
find_series (WeirActivity       *self,
             WeirActivityScope   scope,
             const char         *name,
             gboolean           *is_full)
{
  WeirActivityTable *const tables[] = {
    [WEIR_ACTIVITY_EVENT] = &self->types,
    [WEIR_ACTIVITY_SOURCE] = &self->sources,
    [WEIR_ACTIVITY_DEPENDENCY] = &self->dependencies,
  };

  *is_full = FALSE;
  if (scope == WEIR_ACTIVITY_ALL)
    return self->all;
  *is_full = tables[scope]->n_series == tables[scope]->max_series;
  return weir_activity_table_lookup (tables[scope], name, strlen (name));
}

/**
 * weir_activity_read:
 * @self: an activity
 * @scope: of what
 * @name: (nullable): its name, unless it is of all
 * @now: microseconds since the epoch
 * @within: how far back to look, in microseconds; rounded up to whole slots, of which the last one
 *   is still running
 * @quantile: which latency, from 0 to 1
 * @reading: (out): what happened
 *
 * Any thread may.
 *
 * Returns: %FALSE when the name is one of too many to be known
 */
gboolean
weir_activity_read (WeirActivity        *self,
                    WeirActivityScope    scope,
                    const char          *name,
                    gint64               now,
                    gint64               within,
                    double               quantile,
                    WeirActivityReading *reading)
{
  gint32 last = now / WEIR_ACTIVITY_SLOT_US;
  gint32 n_slots = (gint32) CLAMP ((within + WEIR_ACTIVITY_SLOT_US - 1) / WEIR_ACTIVITY_SLOT_US, 1,
                                   WEIR_ACTIVITY_N_SLOTS);
  WeirActivitySeries *series;
  gboolean is_full;

  *reading = (WeirActivityReading) { 0 };
  g_mutex_lock (&self->mutex);
  series = find_series (self, scope, name, &is_full);
  weir_sketch_clear (self->scratch);
  for (gint32 slot = last - n_slots + 1; series != NULL && slot <= last; slot++)
    {
      const WeirActivityCell *cell = weir_activity_series_get (series, slot);
      const WeirSketch *sketch = weir_activity_series_get_sketch (series, slot);

      reading->count += cell->count;
      reading->errors += cell->errors;
      if (sketch != NULL)
        weir_sketch_merge (self->scratch, sketch);
    }
  reading->n_latencies = weir_sketch_get_count (self->scratch);
  if (reading->n_latencies > 0)
    reading->latency = weir_sketch_get_quantile (self->scratch, quantile);
  g_mutex_unlock (&self->mutex);
  return series != NULL || !is_full;
}

/**
 * weir_activity_get_n_added:
 * @self: an activity
 *
 * Returns: how many events were ever added, of this collector
 */
guint64
weir_activity_get_n_added (WeirActivity *self)
{
  guint64 n_added;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  n_added = self->n_added;
  g_mutex_unlock (&self->mutex);

  return n_added;
}
