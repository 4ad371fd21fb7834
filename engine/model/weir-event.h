/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirEventText:
 *
 * The texts an event may carry. All but the properties are at most 65 535 bytes long, and the
 * validator holds them to less.
 */
typedef enum {
  WEIR_EVENT_NAME,
  WEIR_EVENT_ID,           /* the message id the client gave, for dedup */
  WEIR_EVENT_USER_ID,
  WEIR_EVENT_DISTINCT_ID,
  WEIR_EVENT_ANONYMOUS_ID,
  WEIR_EVENT_DEVICE_ID,
  WEIR_EVENT_PREVIOUS_ID,  /* of $alias and $merge */
  WEIR_EVENT_SESSION_ID,
  WEIR_EVENT_SOURCE,
  WEIR_EVENT_DEPENDENCY,   /* derived from the properties */
  WEIR_EVENT_PERSON,       /* only in events that come from a store */
  WEIR_EVENT_PROPERTIES,   /* one JSON object on one line */
} WeirEventText;

#define WEIR_EVENT_N_TEXTS (WEIR_EVENT_PROPERTIES + 1)

typedef enum {
  WEIR_EVENT_IS_ERROR = 1 << 0,   /* error, level or status say so */
  WEIR_EVENT_HAS_TIME = 1 << 1,   /* the client gave the timestamp */
  WEIR_EVENT_SETS_PERSON = 1 << 2, /* the properties hold $set, $set_once or $unset */
} WeirEventFlags;

/**
 * WeirEvent:
 * @seq: position in the stream of accepted events; 0 before the journal gave it one
 * @timestamp: when it happened, microseconds since the epoch, UTC
 * @received: when the collector received it, microseconds since the epoch, UTC
 * @value: the event's number, or NAN
 * @duration: the property `duration_ms` in milliseconds, or NAN
 * @id_hash: 128-bit hash of source and message id, zero when the client gave none
 * @text: the texts; a pointer is %NULL when the text is absent
 * @length: their lengths in bytes
 *
 * One thing that happened, as a view: the texts are borrowed from what the event was read from
 * (usually a [struct@Weir.EventBatch]), are valid as long as that, and are always followed by
 * a NUL byte. Text is valid UTF-8; ids may contain no NUL.
 */
typedef struct {
  guint64 seq;
  gint64 timestamp;
  gint64 received;
  double value;
  double duration;
  guint64 id_hash[2];
  WeirEventFlags flags;
  guint32 length[WEIR_EVENT_N_TEXTS];
  const char *text[WEIR_EVENT_N_TEXTS];
} WeirEvent;

/**
 * WeirPersonId:
 *
 * The public id of a person: a UUID, made from the first id the person was seen under.
 */
typedef struct {
  guint8 bytes[16];
} WeirPersonId;

#define WEIR_PERSON_ID_TEXT_SIZE 37

void         weir_event_init             (WeirEvent          *self);
void         weir_event_set_text         (WeirEvent          *self,
                                          WeirEventText       which,
                                          const char         *text,
                                          gsize               length);
WeirEventText weir_event_get_identity    (const WeirEvent    *self);
gsize        weir_event_get_record_size  (const WeirEvent    *self);
gsize        weir_event_write_record     (const WeirEvent    *self,
                                          guint8             *buffer);
gsize        weir_event_read_record      (WeirEvent          *self,
                                          const guint8       *data,
                                          gsize               available);
void         weir_event_number_record    (guint8             *record,
                                          guint64             seq);
void         weir_event_hash_id          (WeirEvent          *self,
                                          guint64             seed);
void         weir_event_format_id        (const WeirEvent    *self,
                                          const char         *instance,
                                          GString            *out);

void         weir_person_id_from_distinct_id (WeirPersonId       *self,
                                              const char         *distinct_id,
                                              gsize               length);
gboolean     weir_person_id_parse            (WeirPersonId       *self,
                                              const char         *text);
void         weir_person_id_format           (const WeirPersonId *self,
                                              char                text[WEIR_PERSON_ID_TEXT_SIZE]);

G_END_DECLS
