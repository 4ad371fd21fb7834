/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-address.h"
#include "weir-live-hub.h"
#include "weir-question.h"

G_BEGIN_DECLS

/**
 * WeirLiveQuestions:
 *
 * Keeps answers current, and streams them. Owns one low-priority thread with a reading connection
 * of its own: after a transaction of the store it reads what is new, gives it to the answers, and
 * sends those that changed; at most once a second. Any thread may call.
 */
typedef struct _WeirLiveQuestions WeirLiveQuestions;

WeirLiveQuestions *weir_live_questions_new      (const char         *path,
                                                 gboolean            immutable,
                                                 WeirClickhouseAddress *clickhouse,
                                                 WeirLiveHub        *hub);
void               weir_live_questions_free     (WeirLiveQuestions  *self);
char              *weir_live_questions_add      (WeirLiveQuestions  *self,
                                                 WeirQuestion       *question,
                                                 const char         *json,
                                                 gsize               length,
                                                 GError            **error);
gboolean           weir_live_questions_has      (WeirLiveQuestions  *self,
                                                 const char         *id);
void               weir_live_questions_resend   (WeirLiveQuestions  *self,
                                                 const char         *id);
void               weir_live_questions_poke     (WeirLiveQuestions  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveQuestions, weir_live_questions_free)

G_END_DECLS
