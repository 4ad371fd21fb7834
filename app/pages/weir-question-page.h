/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"
#include "weir-question-view.h"
#include "weir-saved-list.h"

G_BEGIN_DECLS

#define WEIR_TYPE_QUESTION_PAGE (weir_question_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirQuestionPage, weir_question_page, WEIR, QUESTION_PAGE, WeirPage)

/**
 * WeirQuestionPageClass:
 * @kind: the kind of question it asks
 * @new_name: what a question is called before it has a name of its own
 * @show: shows another question in the editor: the page, or the history, or the list has it
 * @ask: asks the present question
 * @state_changed: the name, or whether there is something to save, is another one
 *
 * A page on which a question is put together, asked while it changes, and saved. Its question has
 * no scope; that of the window is added when it is asked.
 */
struct _WeirQuestionPageClass {
  WeirPageClass parent_class;

  const char *kind;
  const char *new_name;
  void (*show)          (WeirQuestionPage *self, JsonObject *question);
  void (*ask)           (WeirQuestionPage *self);
  void (*state_changed) (WeirQuestionPage *self);
};

void            weir_question_page_set_list      (WeirQuestionPage  *self,
                                                  WeirSavedList     *list);
void            weir_question_page_edited        (WeirQuestionPage  *self,
                                                  JsonObject        *question);
void            weir_question_page_start         (WeirQuestionPage  *self,
                                                  JsonObject        *question);
void            weir_question_page_save          (WeirQuestionPage  *self);
JsonObject     *weir_question_page_get_question  (WeirQuestionPage  *self);
JsonObject     *weir_question_page_dup_scoped    (WeirQuestionPage  *self);
const char     *weir_question_page_get_name      (WeirQuestionPage  *self);
gboolean        weir_question_page_is_changed    (WeirQuestionPage  *self);
WeirSavedList  *weir_question_page_get_list      (WeirQuestionPage  *self);

G_END_DECLS
