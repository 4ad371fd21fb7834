/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-codec.h"
#include "weir-exchange.h"

G_BEGIN_DECLS

/**
 * WeirProtocol:
 * @name: its name, as in `/compat/NAME/`
 * @max_bytes: largest body it takes, or 0 for no limit of its own
 * @translate: (nullable): turns a body into the native form; %NULL when it is that already. May
 *   keep something in the exchange's data for the other two
 * @dup_rejections: (nullable): says in the dialect's own words which events were refused, a JSON
 *   array; %NULL for the standard form
 * @reply: answers; the entry says what became of the events, the exchange's data holds the
 *   rejections as a JSON array (or %NULL) unless @translate kept something there
 * @reply_error: (nullable): answers when nothing was taken; %NULL for the standard form
 *
 * How the clients of one kind speak: what they send, and the answers they expect. All dialects go
 * through the same codec and the same journal. Immutable.
 */
typedef struct {
  const char *name;
  gsize max_bytes;
  GBytes *(*translate)      (WeirExchange  *exchange,
                             GBytes        *body,
                             GError       **error);
  char   *(*dup_rejections) (GArray        *rejections);
  void    (*reply)          (WeirExchange  *exchange);
  void    (*reply_error)    (WeirExchange  *exchange,
                             const GError  *error);
} WeirProtocol;

extern const WeirProtocol weir_native_protocol;
extern const WeirProtocol weir_ingest_protocol;
extern const WeirProtocol weir_event_protocol;

G_END_DECLS
