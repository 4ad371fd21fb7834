/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirQuestionView:
 *
 * A frame around what answers a question. It asks the collector, keeps what was shown, dimmed,
 * until the new answer is there, shows progress, lets the reader stop what takes long, says what
 * went wrong and what can be done, and as of when the answer is. With set_live() the answer follows
 * the stream while it can be seen.
 *
 * In a template: the property `child` shows the answer; `icon-name`, `title` and `description`
 * teach what will be here while there is no question, and `empty-child` (optional) is below them.
 */
#define WEIR_TYPE_QUESTION_VIEW (weir_question_view_get_type ())
G_DECLARE_FINAL_TYPE (WeirQuestionView, weir_question_view, WEIR, QUESTION_VIEW, GtkWidget)

/* Signals:
 *  ::answered (JsonObject *answer)   a new answer; it is of the present question
 *  ::failed                          there is none; the view says why
 */
WeirQuestionView  *weir_question_view_new          (void);
void               weir_question_view_set_session  (WeirQuestionView  *self,
                                                    WeirSession       *session);
void               weir_question_view_ask          (WeirQuestionView  *self,
                                                    JsonObject        *question);
void               weir_question_view_ask_again    (WeirQuestionView  *self);
void               weir_question_view_stop         (WeirQuestionView  *self);
void               weir_question_view_set_live     (WeirQuestionView  *self,
                                                    gboolean           live);
void               weir_question_view_set_empty    (WeirQuestionView  *self,
                                                    const char        *title,
                                                    const char        *description);
void               weir_question_view_show_empty   (WeirQuestionView  *self);
JsonObject        *weir_question_view_get_question (WeirQuestionView  *self);
JsonObject        *weir_question_view_get_answer   (WeirQuestionView  *self);
gboolean           weir_question_view_is_busy      (WeirQuestionView  *self);

G_END_DECLS
