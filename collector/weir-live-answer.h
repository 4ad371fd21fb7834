/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-question.h"
#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirLiveAnswer:
 *
 * One question that is kept answered. What it knows of events belongs to the thread of the
 * questions; who listens may be noted from any thread.
 */
typedef struct _WeirLiveAnswer WeirLiveAnswer;

WeirLiveAnswer *weir_live_answer_new            (const char      *id,
                                                 WeirQuestion    *question);
WeirLiveAnswer *weir_live_answer_ref            (WeirLiveAnswer  *self);
void            weir_live_answer_unref          (WeirLiveAnswer  *self);
const char     *weir_live_answer_get_id         (WeirLiveAnswer  *self);
gboolean        weir_live_answer_update         (WeirLiveAnswer  *self,
                                                 WeirReader      *reader,
                                                 GArray          *changes,
                                                 gint64           now);
gboolean        weir_live_answer_is_current     (WeirLiveAnswer  *self);
gboolean        weir_live_answer_fail           (WeirLiveAnswer  *self,
                                                 const GError    *error);
GBytes         *weir_live_answer_dup_message    (WeirLiveAnswer  *self);
void            weir_live_answer_note_heard     (guint            n_clients,
                                                 gpointer         self);
gint64          weir_live_answer_get_last_heard (WeirLiveAnswer  *self);
void            weir_live_answer_ask_resend     (WeirLiveAnswer  *self);
gboolean        weir_live_answer_take_resend    (WeirLiveAnswer  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveAnswer, weir_live_answer_unref)

G_END_DECLS
