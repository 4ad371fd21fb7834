/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-shared-entry.h"

/**
 * weir_shared_entry_new:
 * @kind: what it is
 *
 * Returns: (transfer full): an entry without anything
 */
WeirSharedEntry *
weir_shared_entry_new (WeirSharedKind kind)
{
  WeirSharedEntry *self = g_new0 (WeirSharedEntry, 1);

  self->kind = kind;
  weir_event_init (&self->event);

  return self;
}

/**
 * weir_shared_entry_new_event:
 * @event: an event that is news
 *
 * Copies of it what decides who is who. Its properties go along only when they set a person's.
 *
 * Returns: (transfer full): the entry
 */
WeirSharedEntry *
weir_shared_entry_new_event (const WeirEvent *event)
{
  static const WeirEventText texts[] = { WEIR_EVENT_NAME, WEIR_EVENT_SOURCE, WEIR_EVENT_USER_ID,
                                         WEIR_EVENT_DISTINCT_ID, WEIR_EVENT_ANONYMOUS_ID,
                                         WEIR_EVENT_DEVICE_ID, WEIR_EVENT_PREVIOUS_ID };
  WeirSharedEntry *self = weir_shared_entry_new (WEIR_SHARED_NEWS);

  self->place.seq = self->event.seq = event->seq;
  self->event.timestamp = event->timestamp;
  self->event.received = event->received;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    weir_shared_entry_set_text (self, texts[i], event->text[texts[i]], event->length[texts[i]]);
  if (event->flags & WEIR_EVENT_SETS_PERSON)
    weir_shared_entry_set_text (self, WEIR_EVENT_PROPERTIES, event->text[WEIR_EVENT_PROPERTIES],
                                event->length[WEIR_EVENT_PROPERTIES]);

  return self;
}

/**
 * weir_shared_entry_free:
 * @self: (transfer full): an entry
 */
void
weir_shared_entry_free (WeirSharedEntry *self)
{
  weir_shared_place_clear (&self->place);
  for (guint i = 0; i < WEIR_EVENT_N_TEXTS; i++)
    g_free (self->texts[i]);
  g_free (self->person);
  g_free (self->other);
  g_free (self);
}

/**
 * weir_shared_entry_set_text:
 * @self: an entry
 * @which: a text of its event, not yet set
 * @text: (nullable): the text, which is copied
 * @length: its length in bytes; 0 when the event has none
 */
void
weir_shared_entry_set_text (WeirSharedEntry *self,
                            WeirEventText    which,
                            const char      *text,
                            gsize            length)
{
  if (text == NULL || length == 0)
    return;
  self->texts[which] = g_strndup (text, length);
  weir_event_set_text (&self->event, which, self->texts[which], length);
  if (which == WEIR_EVENT_PROPERTIES)
    self->event.flags |= WEIR_EVENT_SETS_PERSON;
}

/**
 * weir_shared_place_copy:
 * @self: a place that is empty or was set before
 * @other: another
 *
 * Makes @self the same place.
 */
void
weir_shared_place_copy (WeirSharedPlace       *self,
                        const WeirSharedPlace *other)
{
  char *collector = g_strdup (other->collector);

  weir_shared_place_clear (self);
  *self = *other;
  self->collector = collector;
}

/**
 * weir_shared_place_clear:
 * @self: a place
 */
void
weir_shared_place_clear (WeirSharedPlace *self)
{
  g_clear_pointer (&self->collector, g_free);
}
