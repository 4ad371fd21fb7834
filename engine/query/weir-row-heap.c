/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-row-heap.h"

#include <string.h>

#define MAX_ELEMENT_SIZE 64

static guint8 *
get_element (const WeirRowHeap *self,
             guint              index)
{
  return self->bytes->data + (gsize) index * self->element_size;
}

static gint64
get_time (const WeirRowHeap *self,
          guint              index)
{
  return ((const WeirRow *) (gconstpointer) get_element (self, index))->time;
}

static void
sift_up (WeirRowHeap *self,
         guint        index)
{
  guint8 element[MAX_ELEMENT_SIZE];
  gint64 time = get_time (self, index);

  if (index == 0 || get_time (self, (index - 1) / 2) <= time)
    return;
  memcpy (element, get_element (self, index), self->element_size);
  for (; index > 0 && get_time (self, (index - 1) / 2) > time; index = (index - 1) / 2)
    memcpy (get_element (self, index), get_element (self, (index - 1) / 2), self->element_size);
  memcpy (get_element (self, index), element, self->element_size);
}

static void
sift_down (WeirRowHeap *self,
           guint        index)
{
  guint n = weir_row_heap_get_n_rows (self);
  guint8 element[MAX_ELEMENT_SIZE];
  gint64 time = get_time (self, index);

  memcpy (element, get_element (self, index), self->element_size);
  for (;;)
    {
      guint child = 2 * index + 1;

      if (child + 1 < n && get_time (self, child + 1) < get_time (self, child))
        child++;
      if (child >= n || get_time (self, child) >= time)
        break;
      memcpy (get_element (self, index), get_element (self, child), self->element_size);
      index = child;
    }
  memcpy (get_element (self, index), element, self->element_size);
}

/**
 * weir_row_heap_init:
 * @self: memory
 * @element_size: bytes of an element, a multiple of 8
 */
void
weir_row_heap_init (WeirRowHeap *self,
                    guint        element_size)
{
  g_return_if_fail (element_size >= sizeof (WeirRow) && element_size <= MAX_ELEMENT_SIZE);

  self->bytes = g_byte_array_new ();
  self->element_size = element_size;
}

/**
 * weir_row_heap_clear:
 * @self: a heap
 *
 * Frees what it holds.
 */
void
weir_row_heap_clear (WeirRowHeap *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

/**
 * weir_row_heap_push:
 * @self: a heap
 * @element: what to copy into it
 */
void
weir_row_heap_push (WeirRowHeap   *self,
                    gconstpointer  element)
{
  g_byte_array_append (self->bytes, element, self->element_size);
  sift_up (self, weir_row_heap_get_n_rows (self) - 1);
}

/**
 * weir_row_heap_peek:
 * @self: a heap
 *
 * Returns: (transfer none) (nullable): its earliest element, until the heap changes
 */
const WeirRow *
weir_row_heap_peek (const WeirRowHeap *self)
{
  return self->bytes->len > 0 ? (const WeirRow *) (gconstpointer) self->bytes->data : NULL;
}

/**
 * weir_row_heap_pop:
 * @self: a heap that is not empty
 *
 * Removes the earliest element.
 */
void
weir_row_heap_pop (WeirRowHeap *self)
{
  guint last = weir_row_heap_get_n_rows (self) - 1;

  if (last > 0)
    memcpy (get_element (self, 0), get_element (self, last), self->element_size);
  g_byte_array_set_size (self->bytes, last * self->element_size);
  if (last > 1)
    sift_down (self, 0);
}

/**
 * weir_row_heap_get_n_rows:
 * @self: a heap
 *
 * Returns: how many elements it has
 */
guint
weir_row_heap_get_n_rows (const WeirRowHeap *self)
{
  return self->bytes->len / self->element_size;
}

/**
 * weir_row_heap_remove_identity:
 * @self: a heap
 * @identity: an identity
 *
 * Removes all its rows; goes through the whole heap.
 */
void
weir_row_heap_remove_identity (WeirRowHeap *self,
                               guint32      identity)
{
  guint n = weir_row_heap_get_n_rows (self);
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    {
      if (((const WeirRow *) (gconstpointer) get_element (self, i))->identity == identity)
        continue;
      memmove (get_element (self, kept++), get_element (self, i), self->element_size);
    }
  g_byte_array_set_size (self->bytes, kept * self->element_size);
  for (guint i = kept / 2; kept < n && i > 0; i--)
    sift_down (self, i - 1);
}
