/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"
#include "weir-event-validator.h"

G_BEGIN_DECLS

/**
 * WeirEventCodec:
 *
 * Reads events from JSON: one object, an array, `{"events":[…]}`, or lines (NDJSON). Keeps its
 * parser's memory between calls. Belongs to one thread.
 */
typedef struct _WeirEventCodec WeirEventCodec;

/**
 * WeirDecodeContext:
 * @source: source of events that name none
 * @source_forced: whether the source of the write key wins over what the event says
 * @received: receipt time, microseconds since the epoch
 * @hash_seed: seed for [method@Weir.Event.hash_id]
 * @max_events: more than this in one request is an error
 */
typedef struct {
  const char *source;
  gboolean source_forced;
  gint64 received;
  guint64 hash_seed;
  guint max_events;
} WeirDecodeContext;

WeirEventCodec *weir_event_codec_new           (void);
void            weir_event_codec_free          (WeirEventCodec           *self);
gboolean        weir_event_codec_decode        (WeirEventCodec           *self,
                                                const char               *body,
                                                gsize                     length,
                                                const WeirDecodeContext  *context,
                                                WeirEventBuilder         *builder,
                                                GArray                   *rejections,
                                                guint                    *n_read,
                                                GError                  **error);
gboolean        weir_event_codec_decode_stored (WeirEventCodec           *self,
                                                const char               *json,
                                                gsize                     length,
                                                WeirEvent                *event,
                                                GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEventCodec, weir_event_codec_free)

/**
 * WeirValue:
 *
 * A value inside the properties of an event.
 */
typedef enum {
  WEIR_VALUE_ABSENT,
  WEIR_VALUE_NULL,
  WEIR_VALUE_BOOLEAN,
  WEIR_VALUE_NUMBER,
  WEIR_VALUE_TEXT,
  WEIR_VALUE_OTHER,    /* an array or an object; text is its JSON */
} WeirValueType;

typedef struct {
  WeirValueType type;
  gboolean boolean;
  double number;
  const char *text;     /* borrowed until the next lookup; not NUL-terminated */
  gsize length;
} WeirValue;

gboolean        weir_event_codec_load_properties (WeirEventCodec         *self,
                                                  const WeirEvent        *event);
void            weir_event_codec_lookup          (WeirEventCodec         *self,
                                                  const char             *path,
                                                  WeirValue              *value);

G_END_DECLS
