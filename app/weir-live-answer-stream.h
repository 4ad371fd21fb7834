/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirLiveAnswerStream:
 *
 * One question whose answer follows the events: asks the collector to keep it, and listens. After a
 * loss of the connection it asks anew. Where the collector keeps too many questions already, it
 * tries again later.
 */
#define WEIR_TYPE_LIVE_ANSWER_STREAM (weir_live_answer_stream_get_type ())
G_DECLARE_FINAL_TYPE (WeirLiveAnswerStream, weir_live_answer_stream, WEIR, LIVE_ANSWER_STREAM,
                      GObject)

/* Signals:
 *  ::answered (JsonObject *answer)   the answer as it is now, without `elapsed_ms`
 */
WeirLiveAnswerStream  *weir_live_answer_stream_new   (WeirSession           *session,
                                                      JsonObject            *question);
void                   weir_live_answer_stream_stop  (WeirLiveAnswerStream  *self);

G_END_DECLS
