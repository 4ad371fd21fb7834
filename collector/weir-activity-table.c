/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-activity-table.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define OTHER "(other)"

WeirActivitySeries *
weir_activity_series_new (const char *name,
                          gsize       length,
                          guint64     hash)
{
  WeirActivitySeries *self = g_new0 (WeirActivitySeries, 1);

  self->name = g_strndup (name, length);
  self->length = length;
  self->hash = hash;

  return self;
}

void
weir_activity_series_free (WeirActivitySeries *self)
{
  for (guint i = 0; i < WEIR_ACTIVITY_N_SLOTS; i++)
    weir_sketch_free (self->sketches[i]);
  g_free (self->name);
  g_free (self);
}

/* The cell of @slot, to add to. */
WeirActivityCell *
weir_activity_series_begin (WeirActivitySeries *self,
                            gint32              slot)
{
  guint i = (guint32) slot % WEIR_ACTIVITY_N_SLOTS;
  WeirActivityCell *cell = &self->cells[i];

  if (G_UNLIKELY (cell->slot != slot))
    {
      memset (cell, 0, sizeof *cell);
      cell->slot = slot;
      if (self->sketches[i] != NULL)
        weir_sketch_clear (self->sketches[i]);
    }

  return cell;
}

/* After begin() for the same slot. */
void
weir_activity_series_add_latency (WeirActivitySeries *self,
                                  gint32              slot,
                                  double              milliseconds)
{
  guint i = (guint32) slot % WEIR_ACTIVITY_N_SLOTS;

  if (self->sketches[i] == NULL)
    self->sketches[i] = weir_sketch_new ();
  weir_sketch_add (self->sketches[i], milliseconds);
}

const WeirActivityCell *
weir_activity_series_get (const WeirActivitySeries *self,
                          gint32                    slot)
{
  static const WeirActivityCell nothing;
  const WeirActivityCell *cell = &self->cells[(guint32) slot % WEIR_ACTIVITY_N_SLOTS];

  return cell->slot == slot ? cell : &nothing;
}

const WeirSketch *
weir_activity_series_get_sketch (const WeirActivitySeries *self,
                                 gint32                    slot)
{
  guint i = (guint32) slot % WEIR_ACTIVITY_N_SLOTS;

  return self->cells[i].slot == slot ? self->sketches[i] : NULL;
}

static void
table_index (WeirActivityTable *self,
             guint              position)
{
  guint i = self->series[position]->hash & self->mask;

  while (self->index[i] != 0)
    i = (i + 1) & self->mask;
  self->index[i] = position + 1;
}

static gboolean
series_is_current (const WeirActivitySeries *series,
                   gint32                    slot)
{
  for (guint i = 0; i < WEIR_ACTIVITY_N_SLOTS; i++)
    {
      if (series->cells[i].count > 0 && series->cells[i].slot > slot - WEIR_ACTIVITY_N_SLOTS)
        return TRUE;
    }

  return FALSE;
}

/* Frees what was not seen in the window that ends with @slot; at most once for each slot. */
static void
table_sweep (WeirActivityTable *self,
             gint32             slot)
{
  guint n = 0;

  if (self->swept == slot)
    return;

  self->swept = slot;
  self->last = NULL;
  memset (self->index, 0, (self->mask + 1) * sizeof *self->index);
  for (guint i = 0; i < self->n_series; i++)
    {
      if (series_is_current (self->series[i], slot))
        self->series[n++] = self->series[i];
      else
        weir_activity_series_free (self->series[i]);
    }

  self->n_series = n;
  for (guint i = 0; i < n; i++)
    table_index (self, i);
}

void
weir_activity_table_init (WeirActivityTable *self,
                          guint              max_series)
{
  guint size = 1;

  while (size < 2 * max_series)
    size *= 2;

  memset (self, 0, sizeof *self);
  self->series = g_new0 (WeirActivitySeries *, max_series);
  self->max_series = max_series;
  self->other = weir_activity_series_new (OTHER, strlen (OTHER), 0);
  self->index = g_new0 (guint16, size);
  self->mask = size - 1;
  self->seed = ((guint64) g_random_int () << 32) | g_random_int ();
}

void
weir_activity_table_clear (WeirActivityTable *self)
{
  for (guint i = 0; i < self->n_series; i++)
    weir_activity_series_free (self->series[i]);
  weir_activity_series_free (self->other);
  g_free (self->series);
  g_free (self->index);
}

static gboolean
series_is (const WeirActivitySeries *series,
           const char               *name,
           gsize                     length)
{
  return series->length == length && memcmp (series->name, name, length) == 0;
}

/* The series of @name, made when it is new; @slot is the current one. */
WeirActivitySeries *
weir_activity_table_find (WeirActivityTable *self,
                          const char        *name,
                          gsize              length,
                          gint32             slot)
{
  guint64 hash;
  guint i;

  if (self->last != NULL && series_is (self->last, name, length))
    return self->last;

  hash = XXH3_64bits_withSeed (name, length, self->seed);
  for (i = hash & self->mask; self->index[i] != 0; i = (i + 1) & self->mask)
    {
      WeirActivitySeries *series = self->series[self->index[i] - 1];

      if (series->hash == hash && series_is (series, name, length))
        return self->last = series;
    }

  if (self->n_series == self->max_series)
    table_sweep (self, slot);
  if (self->n_series == self->max_series)
    return self->other;

  self->last = weir_activity_series_new (name, length, hash);
  self->series[self->n_series] = self->last;
  table_index (self, self->n_series++);

  return self->last;
}

/* The series of @name, or NULL when nothing is known of it. */
WeirActivitySeries *
weir_activity_table_lookup (WeirActivityTable *self,
                            const char        *name,
                            gsize              length)
{
  guint64 hash = XXH3_64bits_withSeed (name, length, self->seed);

  for (guint i = hash & self->mask; self->index[i] != 0; i = (i + 1) & self->mask)
    {
      WeirActivitySeries *series = self->series[self->index[i] - 1];

      if (series->hash == hash && series_is (series, name, length))
        return series;
    }
  return NULL;
}
