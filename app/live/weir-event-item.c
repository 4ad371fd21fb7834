/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-item.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-json-glance.h"

#define N_GLANCED 3

struct _WeirEventItem
{
  GObject parent_instance;

  WeirEventRing *ring;
  guint place;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirEventItem, weir_event_item, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
append_text (const WeirEvent *event,
             WeirEventText    which,
             GString         *out)
{
  if (event->text[which] != NULL)
    g_string_append_len (out, event->text[which], event->length[which]);
}

static void
append_gap (const WeirEvent *event,
            WeirEventColumn  column,
            GString         *out)
{
  gulong n = event->value > 0 ? (gulong) event->value : 0;

  if (column == WEIR_COLUMN_TIME)
    weir_format_append_time (out, event->timestamp);
  else if (column == WEIR_COLUMN_EVENT && n == 0)
    g_string_append (out, _("Events may be missing here"));
  else if (column == WEIR_COLUMN_EVENT)
    g_string_append_printf (out,
                            ngettext ("%lu event missing here", "%lu events missing here", n),
                            n);
}

static void
weir_event_item_finalize (GObject *object)
{
  WeirEventItem *self = WEIR_EVENT_ITEM (object);

  weir_event_ring_forget_item (self->ring, self->place);
  g_object_unref (self->ring);

  G_OBJECT_CLASS (weir_event_item_parent_class)->finalize (object);
}

static void
weir_event_item_class_init (WeirEventItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_event_item_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_event_item_init (WeirEventItem *self)
{
}

/**
 * weir_event_item_new:
 * @ring: the ring it belongs to
 * @place: which place, counted from the newest row
 *
 * Returns: (transfer full): an item; only the ring makes them
 */
WeirEventItem *
weir_event_item_new (WeirEventRing *ring,
                     guint          place)
{
  WeirEventItem *self = g_object_new (WEIR_TYPE_EVENT_ITEM, NULL);

  self->ring = g_object_ref (ring);
  self->place = place;
  return self;
}

/**
 * weir_event_item_changed:
 * @self: an item
 *
 * Says that another event is there now.
 */
void
weir_event_item_changed (WeirEventItem *self)
{
  g_return_if_fail (WEIR_IS_EVENT_ITEM (self));

  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * weir_event_item_get_row:
 * @self: an item
 *
 * Returns: the row that is at this place now, or %WEIR_EVENT_RING_NO_ROW
 */
guint64
weir_event_item_get_row (WeirEventItem *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_ITEM (self), WEIR_EVENT_RING_NO_ROW);

  return weir_event_ring_get_row (self->ring, self->place);
}

/**
 * weir_event_item_is_at_rest:
 * @self: an item
 *
 * Returns: whether the event there stays, because the ring is frozen
 */
gboolean
weir_event_item_is_at_rest (WeirEventItem *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_ITEM (self), FALSE);

  return weir_event_ring_get_frozen (self->ring);
}

/**
 * weir_event_item_read:
 * @self: an item
 * @event: (out): the event at this place, valid until the ring changes
 *
 * Returns: whether there is one
 */
gboolean
weir_event_item_read (WeirEventItem *self,
                      WeirEvent     *event)
{
  g_return_val_if_fail (WEIR_IS_EVENT_ITEM (self), FALSE);

  return weir_event_ring_read (self->ring, weir_event_item_get_row (self), event);
}

/**
 * weir_event_append_cell:
 * @event: an event, or a gap
 * @column: which column
 * @out: where to append
 *
 * Appends what a table shows of the event in a column, on one line.
 */
void
weir_event_append_cell (const WeirEvent *event,
                        WeirEventColumn  column,
                        GString         *out)
{
  WeirEventText identity;

  if (event->text[WEIR_EVENT_NAME] == NULL)
    {
      append_gap (event, column, out);
      return;
    }

  switch (column)
    {
    case WEIR_COLUMN_TIME:
      weir_format_append_time (out, event->timestamp);
      break;
    case WEIR_COLUMN_EVENT:
      /* Translators: stands before the name of an event that reports an error. */
      if (event->flags & WEIR_EVENT_IS_ERROR)
        g_string_append_printf (out, "%s · ", _("Error"));
      append_text (event, WEIR_EVENT_NAME, out);
      break;
    case WEIR_COLUMN_SOURCE:
      append_text (event, WEIR_EVENT_SOURCE, out);
      break;
    case WEIR_COLUMN_PERSON:
      identity = weir_event_get_identity (event);
      if (identity != WEIR_EVENT_N_TEXTS)
        append_text (event, identity, out);
      break;
    case WEIR_COLUMN_VALUE:
      if (!isnan (event->value))
        {
          g_autofree char *value = weir_format_value (event->value);

          g_string_append (out, value);
        }
      break;
    case WEIR_COLUMN_PROPERTIES:
      if (event->text[WEIR_EVENT_PROPERTIES] != NULL)
        weir_json_glance (event->text[WEIR_EVENT_PROPERTIES],
                          event->length[WEIR_EVENT_PROPERTIES], N_GLANCED, out);
      break;
    default:
      g_assert_not_reached ();
    }
}
