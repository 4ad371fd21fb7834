/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirSavedQuestion:
 * @name: what it is called
 * @kind: its kind, as in the wire contract
 * @definition: the question, a JSON object
 *
 * A question as it is saved.
 */
typedef struct {
  char *name;
  char *kind;
  char *definition;
} WeirSavedQuestion;

#define WEIR_QUESTION_MAX_NAME   200
#define WEIR_QUESTION_MAX_BYTES  (64 * 1024)
#define WEIR_QUESTION_MAX_SAVED  1000

WeirSavedQuestion *weir_saved_question_new_from_json (const char         *name,
                                                      const char         *json,
                                                      gsize               length,
                                                      GError            **error);
void               weir_saved_question_free          (WeirSavedQuestion  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSavedQuestion, weir_saved_question_free)

G_END_DECLS
