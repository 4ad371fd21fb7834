/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-retention.h"

G_BEGIN_DECLS

#define WEIR_TYPE_RETENTION_ANSWER (weir_retention_answer_get_type ())
G_DECLARE_FINAL_TYPE (WeirRetentionAnswer, weir_retention_answer, WEIR, RETENTION_ANSWER,
                      WeirAnswer)

WeirAnswer *weir_retention_answer_new (WeirRetention  *question,
                                       WeirPeople     *people,
                                       gint64          now,
                                       GError        **error);

G_END_DECLS
