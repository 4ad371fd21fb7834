/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-ring.h"

#include "weir-event-item.h"

#define BLOCK_BYTES (256 * 1024)

/* While the list is short, every row counts at once; later its length only moves the scroll bar. */
#define SHORT_LIST       1000
#define GROW_MICROSECONDS (G_USEC_PER_SEC / 4)

/* Rows that are let go at once, as a part of the most there may be. */
#define DROP_PART 10

/* Records one after the other. Rows are dropped a block at a time or less, memory by whole blocks.
 * */
typedef struct {
  guint64 end_row;    /* the row after its last one */
  gsize used;
  gsize size;
  guint8 *data;
} Block;

struct _WeirEventRing
{
  GObject parent_instance;

  GQueue blocks;
  const guint8 **records;    /* by row modulo n_records */
  guint n_records;
  guint max_rows;
  gsize max_bytes;
  gsize n_bytes;

  guint64 head;      /* oldest row kept */
  guint64 tail;      /* the row after the newest */
  guint64 shown;     /* the row after the newest that the list shows */
  guint n_items;     /* length of the list as its users know it */

  GHashTable *items;    /* place → WeirEventItem, not owned */
  guint n_near;
  gint64 grown_at;
  gboolean newest_first;
  gboolean frozen;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeirEventRing, weir_event_ring, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
block_free (Block *block)
{
  g_free (block->data);
  g_free (block);
}

static guint8 *
reserve (WeirEventRing *self,
         gsize          size)
{
  Block *block = g_queue_peek_tail (&self->blocks);

  if (block == NULL || block->size - block->used < size)
    {
      block = g_new0 (Block, 1);
      block->size = MAX (size, BLOCK_BYTES);
      block->data = g_malloc (block->size);
      g_queue_push_tail (&self->blocks, block);
      self->n_bytes += block->size;
    }
  block->used += size;
  block->end_row = self->tail + 1;
  return block->data + block->used - size;
}

static void
drop_rows (WeirEventRing *self,
           guint64        n_rows)
{
  Block *block;

  self->head += MIN (n_rows, self->tail - self->head);
  while ((block = g_queue_peek_head (&self->blocks)) != NULL && block->end_row <= self->head)
    {
      self->n_bytes -= block->size;
      block_free (g_queue_pop_head (&self->blocks));
    }
}

static gboolean
is_full (WeirEventRing *self)
{
  return self->tail - self->head >= self->max_rows || self->n_bytes > self->max_bytes;
}

/* Grows or shrinks the list at the end where the oldest rows are. */
static void
set_n_items (WeirEventRing *self,
             guint          n_items)
{
  guint old = self->n_items;
  guint position;

  if (n_items == old)
    return;
  self->n_items = n_items;
  position = self->newest_first ? MIN (old, n_items) : 0;
  if (n_items > old)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n_items - old);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), position, old - n_items, 0);
}

static void
refresh_items (WeirEventRing *self,
               guint          n_places)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer place, item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &place, &item))
    {
      if (GPOINTER_TO_UINT (place) < n_places)
        g_ptr_array_add (items, g_object_ref (item));
    }
  for (guint i = 0; i < items->len; i++)
    weir_event_item_changed (g_ptr_array_index (items, i));
}

static GType
weir_event_ring_get_item_type (GListModel *model)
{
  return WEIR_TYPE_EVENT_ITEM;
}

static guint
weir_event_ring_get_n_items (GListModel *model)
{
  return WEIR_EVENT_RING (model)->n_items;
}

static gpointer
weir_event_ring_get_item (GListModel *model,
                          guint       position)
{
  WeirEventRing *self = WEIR_EVENT_RING (model);
  WeirEventItem *item;
  guint place;

  if (position >= self->n_items)
    return NULL;

  place = self->newest_first ? position : self->n_items - 1 - position;
  item = g_hash_table_lookup (self->items, GUINT_TO_POINTER (place));
  if (item != NULL)
    return g_object_ref (item);
  item = weir_event_item_new (self, place);
  g_hash_table_insert (self->items, GUINT_TO_POINTER (place), item);
  return item;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = weir_event_ring_get_item_type;
  iface->get_n_items = weir_event_ring_get_n_items;
  iface->get_item = weir_event_ring_get_item;
}

static void
weir_event_ring_finalize (GObject *object)
{
  WeirEventRing *self = WEIR_EVENT_RING (object);

  g_queue_clear_full (&self->blocks, (GDestroyNotify) block_free);
  g_hash_table_unref (self->items);
  g_free (self->records);

  G_OBJECT_CLASS (weir_event_ring_parent_class)->finalize (object);
}

static void
weir_event_ring_class_init (WeirEventRingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_event_ring_finalize;
}

static void
weir_event_ring_init (WeirEventRing *self)
{
  g_queue_init (&self->blocks);
  self->items = g_hash_table_new (NULL, NULL);
  self->newest_first = TRUE;
  self->n_near = G_MAXUINT;
}

/**
 * weir_event_ring_new:
 * @max_rows: most rows to keep
 * @max_bytes: most bytes of records to keep; met to within one block
 *
 * Returns: (transfer full): an empty ring, the newest row first
 */
WeirEventRing *
weir_event_ring_new (guint max_rows,
                     gsize max_bytes)
{
  WeirEventRing *self;

  g_return_val_if_fail (max_rows >= DROP_PART, NULL);

  self = g_object_new (WEIR_TYPE_EVENT_RING, NULL);
  self->max_rows = max_rows;
  self->max_bytes = MAX (max_bytes, 2 * BLOCK_BYTES);
  self->n_records = max_rows;
  self->records = g_new0 (const guint8 *, max_rows);
  return self;
}

/**
 * weir_event_ring_append:
 * @self: a ring
 * @event: an event; copied
 *
 * Adds an event. The list shows it after the next [method@Weir.EventRing.commit]. A full ring makes
 * room by dropping its oldest tenth, but not while it is frozen.
 *
 * Returns: whether there was room
 */
gboolean
weir_event_ring_append (WeirEventRing   *self,
                        const WeirEvent *event)
{
  gsize size;
  guint8 *record;

  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  if (is_full (self))
    {
      if (self->frozen)
        return FALSE;
      drop_rows (self, MAX (self->max_rows / DROP_PART, (self->tail - self->head) / DROP_PART));
      while (is_full (self) && self->head < self->tail)
        drop_rows (self, MAX (1, (self->tail - self->head) / DROP_PART));
    }

  size = weir_event_get_record_size (event);
  record = reserve (self, size);
  weir_event_write_record (event, record);
  self->records[self->tail % self->n_records] = record;
  self->tail++;
  return TRUE;
}

/**
 * weir_event_ring_append_gap:
 * @self: a ring
 * @n_missed: how many events are missing here
 * @now: the present, microseconds since the epoch
 *
 * Adds a row that says that events are missing.
 *
 * Returns: whether there was room
 */
gboolean
weir_event_ring_append_gap (WeirEventRing *self,
                            guint64        n_missed,
                            gint64         now)
{
  WeirEvent gap;

  weir_event_init (&gap);
  gap.timestamp = gap.received = now;
  gap.value = (double) n_missed;
  return weir_event_ring_append (self, &gap);
}

/**
 * weir_event_ring_commit:
 * @self: a ring
 *
 * Lets the list show what was added. To be called once a frame; does nothing while frozen.
 *
 * Returns: whether the list shows all there is; its length may come later than its rows
 */
gboolean
weir_event_ring_commit (WeirEventRing *self)
{
  gint64 now = g_get_monotonic_time ();
  guint n_rows;

  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), TRUE);

  if (self->frozen)
    return TRUE;

  n_rows = (guint) (self->tail - self->head);

  if (self->shown != self->tail)
    {
      self->shown = self->tail;
      /* First what is there changes, then the list grows: what is new shows the right row at once.
       * */
      if (n_rows >= self->n_items)
        refresh_items (self, self->n_near);
    }
  if (n_rows < self->n_items)
    {
      set_n_items (self, n_rows);
      refresh_items (self, self->n_near);
    }
  else if (self->n_items < SHORT_LIST || now - self->grown_at >= GROW_MICROSECONDS)
    {
      if (self->n_items != n_rows)
        self->grown_at = now;
      set_n_items (self, n_rows);
    }
  return self->n_items == n_rows;
}

/**
 * weir_event_ring_clear:
 * @self: a ring
 *
 * Forgets all rows.
 */
void
weir_event_ring_clear (WeirEventRing *self)
{
  g_return_if_fail (WEIR_IS_EVENT_RING (self));

  drop_rows (self, self->tail - self->head);
  self->shown = self->tail;
  set_n_items (self, 0);
}

/**
 * weir_event_ring_set_frozen:
 * @self: a ring
 * @frozen: whether the list must stay as it is
 *
 * Freezes the list, because someone reads it, or lets it go on; then what has been added meanwhile
 * waits for the next [method@Weir.EventRing.commit].
 */
void
weir_event_ring_set_frozen (WeirEventRing *self,
                            gboolean       frozen)
{
  g_return_if_fail (WEIR_IS_EVENT_RING (self));

  if (self->frozen == !!frozen)
    return;
  self->frozen = !!frozen;
  if (!frozen)
    return;
  /* A reader may go anywhere: all rows, and each with what is in it now. */
  set_n_items (self, (guint) (self->shown - self->head));
  refresh_items (self, G_MAXUINT);
}

/**
 * weir_event_ring_get_frozen:
 * @self: a ring
 *
 * Returns: whether the list stays as it is
 */
gboolean
weir_event_ring_get_frozen (WeirEventRing *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), FALSE);

  return self->frozen;
}

/**
 * weir_event_ring_set_newest_first:
 * @self: a ring
 * @newest_first: whether the newest row is the first of the list
 *
 * Turns the list round.
 */
void
weir_event_ring_set_newest_first (WeirEventRing *self,
                                  gboolean       newest_first)
{
  guint n_items;

  g_return_if_fail (WEIR_IS_EVENT_RING (self));

  if (self->newest_first == !!newest_first)
    return;
  n_items = self->n_items;
  set_n_items (self, 0);
  self->newest_first = !!newest_first;
  set_n_items (self, n_items);
}

/**
 * weir_event_ring_get_newest_first:
 * @self: a ring
 *
 * Returns: whether the newest row is the first of the list
 */
gboolean
weir_event_ring_get_newest_first (WeirEventRing *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), TRUE);

  return self->newest_first;
}

/**
 * weir_event_ring_set_n_near:
 * @self: a ring
 * @n_near: how many rows can be seen while the list follows
 *
 * Says which items are worth telling about each change. A list view keeps about 200 of them; the
 * others hear of it when the list freezes.
 */
void
weir_event_ring_set_n_near (WeirEventRing *self,
                            guint          n_near)
{
  g_return_if_fail (WEIR_IS_EVENT_RING (self));

  if (n_near > self->n_near)
    refresh_items (self, n_near);
  self->n_near = n_near;
}

/**
 * weir_event_ring_get_n_rows:
 * @self: a ring
 *
 * Returns: how many rows it holds, shown or waiting
 */
guint
weir_event_ring_get_n_rows (WeirEventRing *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), 0);

  return (guint) (self->tail - self->head);
}

/**
 * weir_event_ring_get_n_waiting:
 * @self: a ring
 *
 * Returns: how many rows are newer than what the list shows
 */
guint
weir_event_ring_get_n_waiting (WeirEventRing *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), 0);

  return (guint) (self->tail - self->shown);
}

/**
 * weir_event_ring_get_n_bytes:
 * @self: a ring
 *
 * Returns: the memory its records take
 */
gsize
weir_event_ring_get_n_bytes (WeirEventRing *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), 0);

  return self->n_bytes;
}

/**
 * weir_event_ring_read:
 * @self: a ring
 * @row: a row
 * @event: (out): the event there, valid until the ring changes; one without a name is a gap, its
 *   value the number of missing events
 *
 * Returns: whether the row is still there
 */
gboolean
weir_event_ring_read (WeirEventRing *self,
                      guint64        row,
                      WeirEvent     *event)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), FALSE);

  if (row < self->head || row >= self->tail)
    return FALSE;
  return weir_event_read_record (event, self->records[row % self->n_records], G_MAXSIZE) > 0;
}

/**
 * weir_event_ring_get_row:
 * @self: a ring
 * @place: a place in the list, counted from the newest row
 *
 * Returns: the row that is there now, or %WEIR_EVENT_RING_NO_ROW
 */
guint64
weir_event_ring_get_row (WeirEventRing *self,
                         guint          place)
{
  g_return_val_if_fail (WEIR_IS_EVENT_RING (self), WEIR_EVENT_RING_NO_ROW);

  if (place >= self->shown - self->head)
    return WEIR_EVENT_RING_NO_ROW;
  return self->shown - 1 - place;
}

/**
 * weir_event_ring_forget_item:
 * @self: a ring
 * @place: the place of an item that is being finalized
 *
 * Called by items at their end.
 */
void
weir_event_ring_forget_item (WeirEventRing *self,
                             guint          place)
{
  g_return_if_fail (WEIR_IS_EVENT_RING (self));

  g_hash_table_remove (self->items, GUINT_TO_POINTER (place));
}
