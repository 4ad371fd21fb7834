/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event.h"

#include <math.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/*
 * A record is what an event looks like in a batch, in the journal's memory and on its disk:
 *
 *   +--------------------------------+ 0
 *   | RecordHead                     |   fixed size, native byte order
 *   +--------------------------------+ 96
 *   | text NUL text NUL …            |   those that are present, in WeirEventText order
 *   +--------------------------------+
 *   | padding to a multiple of 8     |
 *   +--------------------------------+ head.size
 *
 * Reading one is filling in pointers: nothing is parsed or copied. The journal checks a checksum
 * over whole records before it trusts them; read_record() still never reads outside @available.
 * The byte order is the machine's own: a journal is a queue, it does not travel.
 */
typedef struct {
  guint32 size;
  guint32 flags;
  guint64 seq;
  gint64 timestamp;
  gint64 received;
  double value;
  double duration;
  guint64 id_hash[2];
  guint32 properties_length;
  guint16 length[WEIR_EVENT_PROPERTIES];
} RecordHead;

G_STATIC_ASSERT (sizeof (RecordHead) % 8 == 0);

/**
 * weir_event_init:
 * @self: an event
 *
 * Sets @self to an event without anything in it.
 */
void
weir_event_init (WeirEvent *self)
{
  memset (self, 0, sizeof *self);
  self->value = NAN;
  self->duration = NAN;
}

/**
 * weir_event_set_text:
 * @self: an event
 * @which: which text
 * @text: (nullable): the text, borrowed
 * @length: its length in bytes
 *
 * Points one of the texts at @text. An empty text is an absent one.
 */
void
weir_event_set_text (WeirEvent     *self,
                     WeirEventText  which,
                     const char    *text,
                     gsize          length)
{
  g_return_if_fail (length <= G_MAXUINT32);

  self->text[which] = length > 0 ? text : NULL;
  self->length[which] = text != NULL ? (guint32) length : 0;
}

/**
 * weir_event_get_identity:
 * @self: an event
 *
 * Says which of its ids the event counts under: the user id, else the distinct id, else the
 * anonymous id, else the device id.
 *
 * Returns: the text to use, or %WEIR_EVENT_N_TEXTS when the event has none of them
 */
WeirEventText
weir_event_get_identity (const WeirEvent *self)
{
  for (int i = WEIR_EVENT_USER_ID; i <= WEIR_EVENT_DEVICE_ID; i++)
    {
      if (self->text[i] != NULL)
        return (WeirEventText) i;
    }

  return WEIR_EVENT_N_TEXTS;
}

/**
 * weir_event_get_record_size:
 * @self: an event whose short texts are within 65 535 bytes each
 *
 * Returns: how many bytes weir_event_write_record() will write
 */
gsize
weir_event_get_record_size (const WeirEvent *self)
{
  gsize size = sizeof (RecordHead);

  for (int i = 0; i < WEIR_EVENT_N_TEXTS; i++)
    {
      if (self->text[i] != NULL)
        size += self->length[i] + 1;
    }

  return (size + 7) & ~(gsize) 7;
}

/**
 * weir_event_write_record:
 * @self: an event
 * @buffer: room for [method@Weir.Event.get_record_size] bytes, aligned to 8
 *
 * Writes the event as a record.
 *
 * Returns: the number of bytes written
 */
gsize
weir_event_write_record (const WeirEvent *self,
                         guint8          *buffer)
{
  RecordHead head = {
    .flags = self->flags,
    .seq = self->seq,
    .timestamp = self->timestamp,
    .received = self->received,
    .value = self->value,
    .duration = self->duration,
    .id_hash = { self->id_hash[0], self->id_hash[1] },
    .properties_length = self->length[WEIR_EVENT_PROPERTIES],
  };
  guint8 *out = buffer + sizeof head;
  guint8 *end;

  for (int i = 0; i < WEIR_EVENT_N_TEXTS; i++)
    {
      if (i < WEIR_EVENT_PROPERTIES)
        {
          g_assert (self->length[i] <= G_MAXUINT16);
          head.length[i] = (guint16) self->length[i];
        }
      if (self->text[i] == NULL)
        continue;
      memcpy (out, self->text[i], self->length[i]);
      out += self->length[i];
      *out++ = '\0';
    }

  head.size = (guint32) ((((gsize) (out - buffer)) + 7) & ~(gsize) 7);
  end = buffer + head.size;
  memset (out, 0, end - out);
  memcpy (buffer, &head, sizeof head);

  return head.size;
}

/**
 * weir_event_read_record:
 * @self: (out): the event; its texts point into @data
 * @data: a record, aligned to 8
 * @available: bytes there are
 *
 * Reads a record.
 *
 * Returns: the size of the record, or 0 if there is no sound record at @data
 */
gsize
weir_event_read_record (WeirEvent    *self,
                        const guint8 *data,
                        gsize         available)
{
  const RecordHead *head = (const RecordHead *) (gconstpointer) data;
  gsize offset = sizeof *head;

  if (available < sizeof *head || head->size < sizeof *head || head->size > available ||
      head->size % 8 != 0)
    return 0;

  self->seq = head->seq;
  self->timestamp = head->timestamp;
  self->received = head->received;
  self->value = head->value;
  self->duration = head->duration;
  self->id_hash[0] = head->id_hash[0];
  self->id_hash[1] = head->id_hash[1];
  self->flags = head->flags;

  for (int i = 0; i < WEIR_EVENT_N_TEXTS; i++)
    {
      guint32 length = i < WEIR_EVENT_PROPERTIES ? head->length[i] : head->properties_length;

      self->length[i] = length;
      self->text[i] = NULL;
      if (length == 0)
        continue;
      if (length >= head->size - offset || data[offset + length] != '\0')
        return 0;
      self->text[i] = (const char *) data + offset;
      offset += length + 1;
    }

  return head->size;
}

/**
 * weir_event_number_record:
 * @record: a record that is not sealed yet
 * @seq: its place in the stream of accepted events
 *
 * Gives a record its seq. Only the journal does this.
 */
void
weir_event_number_record (guint8  *record,
                          guint64  seq)
{
  ((RecordHead *) (gpointer) record)->seq = seq;
}

/**
 * weir_event_hash_id:
 * @self: an event
 * @seed: the journal's own random number, so that nobody can make ids that collide
 *
 * Computes the hash by which retries of the same message are found: of the source and the message
 * id (XXH3, 128 bits). Without a message id the hash is zero, and the event is never a duplicate.
 */
void
weir_event_hash_id (WeirEvent *self,
                    guint64    seed)
{
  XXH128_hash_t hash;

  if (self->text[WEIR_EVENT_ID] == NULL)
    {
      self->id_hash[0] = self->id_hash[1] = 0;
      return;
    }

  seed =
      XXH3_64bits_withSeed (self->text[WEIR_EVENT_SOURCE], self->length[WEIR_EVENT_SOURCE], seed);
  hash = XXH3_128bits_withSeed (self->text[WEIR_EVENT_ID], self->length[WEIR_EVENT_ID], seed);
  self->id_hash[0] = hash.low64 | 1;
  self->id_hash[1] = hash.high64;
}

/**
 * weir_event_format_id:
 * @self: an event with a seq
 * @instance: the first four groups of a UUID (version 8) that name the data directory
 * @out: where to append
 *
 * Appends the message id: the client's, or else one made of @instance and seq, which needs no room
 * in the store and is the same wherever the event is read from.
 */
void
weir_event_format_id (const WeirEvent *self,
                      const char      *instance,
                      GString         *out)
{
  if (self->text[WEIR_EVENT_ID] != NULL)
    g_string_append_len (out, self->text[WEIR_EVENT_ID], self->length[WEIR_EVENT_ID]);
  else
    g_string_append_printf (out, "%s-%012" G_GINT64_MODIFIER "x", instance,
                            self->seq & G_GUINT64_CONSTANT (0xffffffffffff));
}

/**
 * weir_person_id_from_distinct_id:
 * @self: (out): the person id
 * @distinct_id: the first id the person was seen under
 * @length: its length in bytes
 *
 * Makes the id of a person: a name-based UUID (RFC 4122 version 5), so that collectors which have
 * never spoken to each other give the same person the same id.
 */
void
weir_person_id_from_distinct_id (WeirPersonId *self,
                                 const char   *distinct_id,
                                 gsize         length)
{
  static const guint8 namespace_person[16] = {
    0x5d, 0x0a, 0x3c, 0x1e, 0x9a, 0x44, 0x4d, 0x0b, 0x8f, 0x61, 0x27, 0xb8, 0x90, 0xc3, 0x6e, 0x15,
  };
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize digest_length = sizeof digest;

  g_checksum_update (checksum, namespace_person, sizeof namespace_person);
  g_checksum_update (checksum, (const guchar *) distinct_id, length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  memcpy (self->bytes, digest, sizeof self->bytes);
  self->bytes[6] = (self->bytes[6] & 0x0f) | 0x50;
  self->bytes[8] = (self->bytes[8] & 0x3f) | 0x80;
}

/**
 * weir_person_id_parse:
 * @self: (out): the person id
 * @text: (nullable): a UUID in its usual form
 *
 * Returns: whether it was one
 */
gboolean
weir_person_id_parse (WeirPersonId *self,
                      const char   *text)
{
  if (text == NULL || !g_uuid_string_is_valid (text))
    return FALSE;

  for (guint n = 0; n < 32; text++)
    {
      int digit = g_ascii_xdigit_value (*text);

      if (digit < 0)
        continue;
      self->bytes[n / 2] = (guint8) (n % 2 == 0 ? digit << 4 : self->bytes[n / 2] | digit);
      n++;
    }
  return TRUE;
}

/**
 * weir_person_id_format:
 * @self: a person id
 * @text: (out): the UUID in its usual form, with a NUL
 */
void
weir_person_id_format (const WeirPersonId *self,
                       char                text[WEIR_PERSON_ID_TEXT_SIZE])
{
  static const char digits[] = "0123456789abcdef";
  char *out = text;

  for (guint i = 0; i < sizeof self->bytes; i++)
    {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        *out++ = '-';
      *out++ = digits[self->bytes[i] >> 4];
      *out++ = digits[self->bytes[i] & 0xf];
    }
  *out = '\0';
}
