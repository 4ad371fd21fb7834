/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-condition.h"
#include "weir-people.h"
#include "weir-question.h"

G_BEGIN_DECLS

#define WEIR_TYPE_ANSWER (weir_answer_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirAnswer, weir_answer, WEIR, ANSWER, GObject)

/**
 * WeirAnswerClass:
 * @get_conditions: which events to give it; of the moment the answer stands at
 * @add: takes rows. Calls may come in any order of time: a late event is an event.
 * @change: takes changes of who somebody is; the people's map already says the new state
 * @advance: the clock went on to @now: what a relative range no longer holds is forgotten
 * @needs_reload: (nullable): whether it was told something that only an answer made anew can know
 * @write: appends the members of the answer, `"steps":[…],…`, without braces
 * @write_csv: appends the same numbers as CSV with a header line
 *
 * An answer in the making. A fresh query makes one, adds all rows and writes it; a live query keeps
 * it, adds what is new and writes it again. Both are the same at every moment, since they are the
 * same code over the same rows. Belongs to one thread.
 */
struct _WeirAnswerClass {
  GObjectClass parent_class;

  const WeirCondition *(*get_conditions) (WeirAnswer *self, guint *n_conditions);
  void     (*add)       (WeirAnswer *self, const WeirRows *rows);
  void     (*change)    (WeirAnswer *self, const WeirPersonChange *changes, guint n_changes);
  void     (*advance)   (WeirAnswer *self, gint64 now);
  gboolean (*needs_reload) (WeirAnswer *self);
  gboolean (*write)     (WeirAnswer *self, GString *out, GError **error);
  gboolean (*write_csv) (WeirAnswer *self, GString *out, GError **error);
};

WeirQuestion        *weir_answer_get_question   (WeirAnswer              *self);
WeirPeople          *weir_answer_get_people     (WeirAnswer              *self);
const WeirCondition *weir_answer_get_conditions (WeirAnswer              *self,
                                                 guint                   *n_conditions);
guint32              weir_answer_get_group      (WeirAnswer              *self,
                                                 const char              *text,
                                                 gsize                    length);
guint32              weir_answer_get_value_group (WeirAnswer             *self,
                                                 const WeirValue         *value);
const char          *weir_answer_get_group_text (WeirAnswer              *self,
                                                 guint32                  group);
void                 weir_answer_add            (WeirAnswer              *self,
                                                 const WeirRows          *rows);
void                 weir_answer_change         (WeirAnswer              *self,
                                                 const WeirPersonChange  *changes,
                                                 guint                    n_changes);
void                 weir_answer_advance        (WeirAnswer              *self,
                                                 gint64                   now);
gint64               weir_answer_get_now        (WeirAnswer              *self);
gboolean             weir_answer_needs_reload   (WeirAnswer              *self);
gboolean             weir_answer_write          (WeirAnswer              *self,
                                                 GString                 *out,
                                                 GError                 **error);
gboolean             weir_answer_write_csv      (WeirAnswer              *self,
                                                 GString                 *out,
                                                 GError                 **error);

G_END_DECLS
