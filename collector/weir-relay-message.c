/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-relay-message.h"

#include <string.h>

#include "weir-error.h"
#include "weir-journal.h"

/*
 * A head, a person id for each event, then the records as they are in a batch. All collectors of a
 * channel have the same byte order and the same form of records: the mark says both.
 */
#define MARK 0x32594c52u   /* "RLY2" */

typedef struct {
  guint32 mark;
  guint32 n_events;
  guint64 size;
  WeirRelayTeller from;
} Head;

G_STATIC_ASSERT (sizeof (Head) % 8 == 0);

static gboolean
fail (GError     **error,
      const char  *what)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "A message of the relay is bad: %s", what);
  return FALSE;
}

/**
 * weir_relay_message_write:
 * @from: this collector
 * @records: (nullable): records of events
 * @size: their size in bytes
 * @persons: (nullable): one for each event
 * @n_events: how many there are
 *
 * Returns: (transfer full): the message
 */
GBytes *
weir_relay_message_write (const WeirRelayTeller *from,
                          const guint8          *records,
                          gsize                  size,
                          const WeirPersonId    *persons,
                          guint                  n_events)
{
  Head head = { .mark = MARK, .n_events = n_events, .size = size, .from = *from };
  GByteArray *out = g_byte_array_sized_new (
    (guint) (sizeof head + size + n_events * sizeof *persons));

  g_byte_array_append (out, (const guint8 *) &head, sizeof head);
  if (n_events > 0)
    {
      g_byte_array_append (out, (const guint8 *) persons, n_events * sizeof *persons);
      g_byte_array_append (out, records, (guint) size);
    }

  return g_byte_array_free_to_bytes (out);
}

/**
 * weir_relay_message_is_own:
 * @data: what should be a message; not trusted
 * @size: size in bytes
 * @self: this collector
 *
 * Redis tells everybody on the channel, also who said it.
 *
 * Returns: whether it is one of this process, which need not be looked at
 */
gboolean
weir_relay_message_is_own (const guint8          *data,
                           gsize                  size,
                           const WeirRelayTeller *self)
{
  Head head;

  if (size < sizeof head)
    return FALSE;
  memcpy (&head, data, sizeof head);
  return head.from.run == self->run &&
         strncmp (head.from.instance, self->instance, sizeof self->instance) == 0;
}

/* The first four groups of a UUID: nothing in it that needs escaping anywhere. */
static gboolean
is_instance (const char *text)
{
  for (guint i = 0; i < WEIR_RELAY_INSTANCE_LENGTH; i++)
    if (i == 8 || i == 13 || i == 18 ? text[i] != '-' : !g_ascii_isxdigit (text[i]))
      return FALSE;
  return text[WEIR_RELAY_INSTANCE_LENGTH] == '\0';
}

static gboolean
check_teller (const WeirRelayTeller *from,
              GError               **error)
{
  if (!is_instance (from->instance))
    return fail (error, "the name of the collector");
  if (from->group[0] != '\0' && !is_instance (from->group))
    return fail (error, "the name of the group");
  if (from->durability > WEIR_DURABILITY_MEMORY)
    return fail (error, "the durability");
  return TRUE;
}

/* UTF-8, with NULs where the validator lets them be. */
static gboolean
is_text (const char *text,
         gsize       length)
{
  const char *end = text + length;

  while (!g_utf8_validate_len (text, (gsize) (end - text), &text))
    if (*text++ != '\0')
      return FALSE;
  return TRUE;
}

static gboolean
check_texts (const WeirEvent *event)
{
  for (int i = 0; i < WEIR_EVENT_N_TEXTS; i++)
    if (event->text[i] != NULL && !is_text (event->text[i], event->length[i]))
      return FALSE;
  return TRUE;
}

/* Properties go to clients as they are, so they must be what they say: one object on one line. */
static gboolean
check_properties (const WeirEvent *event,
                  WeirEventCodec  *codec)
{
  const char *json = event->text[WEIR_EVENT_PROPERTIES];
  gsize length = event->length[WEIR_EVENT_PROPERTIES];

  return json == NULL ||
         (json[0] == '{' && memchr (json, '\n', length) == NULL &&
          memchr (json, '\r', length) == NULL && weir_event_codec_load_properties (codec, event));
}

static gboolean
check_event (WeirEvent       event,
             WeirEventCodec *codec,
             GError        **error)
{
  WeirRejection rejection;

  if (!check_texts (&event))
    return fail (error, "a text is not UTF-8");
  if (!weir_event_validate (&event, &rejection))
    return fail (error, rejection.message);
  if (!check_properties (&event, codec))
    return fail (error, "the properties are not an object on one line");
  return TRUE;
}

static gboolean
check_batch (WeirEventBatch  *batch,
             WeirEventCodec  *codec,
             GError         **error)
{
  guint64 first = weir_event_batch_get_first_seq (batch);
  WeirEventIter iter;
  WeirEvent event;

  if (first == 0 || weir_event_batch_get_last_seq (batch) < first)
    return fail (error, "there are no such seqs");
  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    if (!check_event (event, codec, error))
      return FALSE;
  return TRUE;
}

/**
 * weir_relay_message_read:
 * @self: (out caller-allocates): what it says; to be cleared when this returns %TRUE
 * @data: what should be a message; not trusted
 * @size: size in bytes
 * @codec: reads properties
 * @error: return location for an error
 *
 * Looks at everything in a message that comes from who knows where.
 *
 * Returns: %FALSE with %WEIR_ERROR_CORRUPT when it is none
 */
gboolean
weir_relay_message_read (WeirRelayMessage  *self,
                         const guint8      *data,
                         gsize              size,
                         WeirEventCodec    *codec,
                         GError           **error)
{
  g_autoptr(WeirEventBatch) batch = NULL;
  gsize persons_size;
  Head head;

  memset (self, 0, sizeof *self);
  if (size < sizeof head || size > WEIR_RELAY_MAX_BYTES)
    return fail (error, "its size");
  memcpy (&head, data, sizeof head);
  data += sizeof head;
  size -= sizeof head;
  if (head.mark != MARK)
    return fail (error, "it is another program's, or another version's");
  if (!check_teller (&head.from, error))
    return FALSE;

  persons_size = (gsize) head.n_events * sizeof (WeirPersonId);
  if (persons_size > size || head.size != size - persons_size)
    return fail (error, "its sizes");
  if (head.n_events > 0)
    {
      batch = weir_event_batch_new_checked (data + persons_size, head.size, error);
      if (batch == NULL)
        return FALSE;
      if (weir_event_batch_get_n_events (batch) != head.n_events)
        return fail (error, "the number of events");
      if (!check_batch (batch, codec, error))
        return FALSE;
      self->persons = g_memdup2 (data, persons_size);
    }
  else if (head.size > 0)
    return fail (error, "the number of events");

  self->from = head.from;
  self->batch = g_steal_pointer (&batch);
  return TRUE;
}

/**
 * weir_relay_message_stands_for:
 * @self: a message that was read
 * @own: this collector
 *
 * To say of an event that it need not be kept again takes somebody who has it in the same tables,
 * and as safely as one would keep it oneself.
 *
 * Returns: whether events of the message are as good as events of @own
 */
gboolean
weir_relay_message_stands_for (const WeirRelayMessage *self,
                               const WeirRelayTeller  *own)
{
  return self->batch != NULL && own->group[0] != '\0' &&
         g_str_equal (self->from.group, own->group) && self->from.durability <= own->durability;
}

/**
 * weir_relay_message_clear:
 * @self: a message that was read
 *
 * Frees what is in it.
 */
void
weir_relay_message_clear (WeirRelayMessage *self)
{
  g_clear_pointer (&self->batch, weir_event_batch_unref);
  g_clear_pointer (&self->persons, g_free);
}
