/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/* Limits of one event. The wire contract (docs/api.md) repeats them. */
#define WEIR_EVENT_NAME_MAX_CHARS   200
#define WEIR_EVENT_ID_MAX_BYTES     512
#define WEIR_EVENT_MAX_BYTES        (512 * 1024)
#define WEIR_EVENT_MAX_DEPTH        64

/**
 * WeirRejection:
 * @index: position of the event in its request, from 0
 * @code: what is wrong, one of a fixed set of names; static
 * @message: the same for a reader; static
 *
 * Why one event of a request was not accepted.
 */
typedef struct {
  guint index;
  const char *code;
  const char *message;
} WeirRejection;

gboolean  weir_event_validate  (WeirEvent      *event,
                                WeirRejection  *rejection);

G_END_DECLS
