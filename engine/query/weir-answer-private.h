/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"

G_BEGIN_DECLS

void  weir_answer_construct (WeirAnswer    *self,
                             WeirQuestion  *question,
                             WeirPeople    *people,
                             gint64         now);

G_END_DECLS
