/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-trend-cell.h"

G_BEGIN_DECLS

#define WEIR_TYPE_TREND_ANSWER (weir_trend_answer_get_type ())
G_DECLARE_FINAL_TYPE (WeirTrendAnswer, weir_trend_answer, WEIR, TREND_ANSWER, WeirAnswer)

WeirAnswer *weir_trend_answer_new      (WeirTrend             *question,
                                        WeirPeople            *people,
                                        gint64                 now,
                                        GError               **error);
void        weir_trend_answer_add_cell (WeirTrendAnswer       *self,
                                        guint                  series,
                                        gint64                 time,
                                        const WeirTrendCell   *cell);

G_END_DECLS
