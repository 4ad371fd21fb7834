/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The sinks whose dead letters the ledger counts: their events were never stored. */
#define WEIR_SINK_STORE   "store"
#define WEIR_SINK_JOURNAL "journal"   /* rows of it that could not be read */

/**
 * WeirDeadLetter:
 * @seq: seq of the event; names it within its sink
 * @received: when it was received, microseconds since the epoch, or 0
 * @at: when it was put aside
 * @sink: who could not deliver it
 * @code: what was wrong, for programs
 * @reason: the same for people
 * @attempts: how often it was tried
 * @event: (nullable): the event as JSON, as far as it can be read
 * @raw: (nullable): its record
 * @raw_size: length of @raw in bytes
 *
 * An event that could not be delivered for good. Everything is borrowed.
 */
typedef struct {
  guint64 seq;
  gint64 received;
  gint64 at;
  const char *sink;
  const char *code;
  const char *reason;
  guint attempts;
  const char *event;
  const guint8 *raw;
  gsize raw_size;
} WeirDeadLetter;

typedef enum {
  WEIR_DEAD_LETTER_WAITS,      /* also after it was given up and taken back */
  WEIR_DEAD_LETTER_DISCARDED,  /* given up: counted, kept for a while to be taken back, not shown */
  WEIR_DEAD_LETTER_REPLAYED,   /* on its way again: forgotten */
} WeirDeadLetterFate;

G_END_DECLS
