/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirSseParser:
 *
 * Turns the bytes of a `text/event-stream` into messages, however they are cut (WHATWG HTML
 * section 9.2). Bounded: a line or a message over the cap is an error, never memory.
 */
typedef struct _WeirSseParser WeirSseParser;

/**
 * WeirSseMessageFunc:
 * @event: name of the message, "message" when the stream gave none
 * @data: its data, NUL-terminated; may itself contain NUL
 * @length: length of @data in bytes
 * @last_event_id: the id the stream is at
 */
typedef void (*WeirSseMessageFunc) (const char *event,
                                    const char *data,
                                    gsize       length,
                                    const char *last_event_id,
                                    gpointer    user_data);

WeirSseParser *weir_sse_parser_new               (gsize                max_bytes,
                                                  WeirSseMessageFunc   func,
                                                  gpointer             user_data);
void           weir_sse_parser_free              (WeirSseParser       *self);
gboolean       weir_sse_parser_push              (WeirSseParser       *self,
                                                  const char          *bytes,
                                                  gsize                length,
                                                  GError             **error);
void           weir_sse_parser_reset             (WeirSseParser       *self);
const char    *weir_sse_parser_get_last_event_id (WeirSseParser       *self);
void           weir_sse_parser_set_last_event_id (WeirSseParser       *self,
                                                  const char          *id);
int            weir_sse_parser_get_retry_ms      (WeirSseParser       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSseParser, weir_sse_parser_free)

G_END_DECLS
