/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-timeline.h"

struct _WeirTimeline
{
  GObject parent_instance;

  GPtrArray *events;      /* of WeirTimelineRow, newest first */
  GHashTable *seqs;       /* of the events, so that none is shown twice */
  GPtrArray *rows;
  WeirEventCodec *codec;
};

static void weir_timeline_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeirTimeline, weir_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      weir_timeline_list_model_init))

static GType
weir_timeline_get_item_type (GListModel *model)
{
  return WEIR_TYPE_TIMELINE_ROW;
}

static guint
weir_timeline_get_n_items (GListModel *model)
{
  return WEIR_TIMELINE (model)->rows->len;
}

static gpointer
weir_timeline_get_item (GListModel *model,
                        guint       position)
{
  WeirTimeline *self = WEIR_TIMELINE (model);

  return position < self->rows->len ? g_object_ref (g_ptr_array_index (self->rows, position))
                                    : NULL;
}

static void
weir_timeline_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = weir_timeline_get_item_type;
  iface->get_n_items = weir_timeline_get_n_items;
  iface->get_item = weir_timeline_get_item;
}

/* Events come in the order of their receipt; a timeline is in the order of what happened. */
static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  WeirTimelineRow *first = *(WeirTimelineRow **) a;
  WeirTimelineRow *second = *(WeirTimelineRow **) b;
  gint64 difference = weir_timeline_row_get_time (second) - weir_timeline_row_get_time (first);

  if (difference == 0)
    return weir_timeline_row_get_seq (first) < weir_timeline_row_get_seq (second) ? 1 : -1;
  return difference > 0 ? 1 : -1;
}

static GPtrArray *
create_rows (WeirTimeline *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 now = g_get_real_time ();
  g_autofree char *day = NULL;

  for (guint i = 0; i < self->events->len; i++)
    {
      WeirTimelineRow *event = g_ptr_array_index (self->events, i);
      gint64 time = weir_timeline_row_get_time (event);
      WeirTimelineRow *later = i > 0 ? g_ptr_array_index (self->events, i - 1) : NULL;
      g_autofree char *its_day = weir_format_day (time, now);

      if (later != NULL && weir_timeline_row_get_time (later) - time >= WEIR_SESSION_GAP)
        g_ptr_array_add (rows,
                         weir_timeline_row_new_gap (time, weir_timeline_row_get_time (later)));
      if (g_strcmp0 (day, its_day) != 0)
        g_ptr_array_add (rows, weir_timeline_row_new_day (time, now));
      g_free (day);
      day = g_steal_pointer (&its_day);
      g_ptr_array_add (rows, g_object_ref (event));
    }
  return rows;
}

/* Rows that stay keep their place, so that a reader who scrolls is not moved. */
static void
show_rows (WeirTimeline *self)
{
  g_autoptr(GPtrArray) before = self->rows;
  guint same = 0, tail = 0, removed, added;

  self->rows = create_rows (self);
  while (same < before->len && same < self->rows->len
         && weir_timeline_row_equal (before->pdata[same], self->rows->pdata[same]))
    same++;
  while (tail < before->len - same && tail < self->rows->len - same
         && weir_timeline_row_equal (before->pdata[before->len - 1 - tail],
                                     self->rows->pdata[self->rows->len - 1 - tail]))
    tail++;
  removed = before->len - same - tail;
  added = self->rows->len - same - tail;
  if (removed > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), same, removed, added);
}

static gboolean
add_event (WeirTimeline *self,
           JsonNode     *node)
{
  g_autofree char *json = json_to_string (node, FALSE);
  WeirEvent event;

  if (!weir_event_codec_decode_stored (self->codec, json, strlen (json), &event, NULL)
      || !g_hash_table_add (self->seqs, g_memdup2 (&event.seq, sizeof event.seq)))
    return FALSE;
  g_ptr_array_add (self->events, weir_timeline_row_new_event (&event, json));
  return TRUE;
}

static void
weir_timeline_finalize (GObject *object)
{
  WeirTimeline *self = WEIR_TIMELINE (object);

  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->seqs);
  weir_event_codec_free (self->codec);

  G_OBJECT_CLASS (weir_timeline_parent_class)->finalize (object);
}

static void
weir_timeline_class_init (WeirTimelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_timeline_finalize;
}

static void
weir_timeline_init (WeirTimeline *self)
{
  self->events = g_ptr_array_new_with_free_func (g_object_unref);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->seqs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->codec = weir_event_codec_new ();
}

/**
 * weir_timeline_new:
 *
 * Returns: (transfer full): a timeline without events
 */
WeirTimeline *
weir_timeline_new (void)
{
  return g_object_new (WEIR_TYPE_TIMELINE, NULL);
}

/**
 * weir_timeline_clear:
 * @self: a timeline
 *
 * Forgets all events.
 */
void
weir_timeline_clear (WeirTimeline *self)
{
  g_return_if_fail (WEIR_IS_TIMELINE (self));

  g_ptr_array_set_size (self->events, 0);
  g_hash_table_remove_all (self->seqs);
  show_rows (self);
}

/**
 * weir_timeline_add:
 * @self: a timeline
 * @events: (nullable): events as a collector answers them
 *
 * Adds events, older or newer. Those that are there already do not count.
 *
 * Returns: how many were new
 */
guint
weir_timeline_add (WeirTimeline *self,
                   JsonArray    *events)
{
  guint n_new = 0;

  g_return_val_if_fail (WEIR_IS_TIMELINE (self), 0);

  for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
    n_new += add_event (self, json_array_get_element (events, i));
  g_ptr_array_sort (self->events, compare_rows);
  show_rows (self);
  return n_new;
}

/**
 * weir_timeline_get_n_events:
 * @self: a timeline
 *
 * Returns: how many events it has
 */
guint
weir_timeline_get_n_events (WeirTimeline *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE (self), 0);

  return self->events->len;
}
