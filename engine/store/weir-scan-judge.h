/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-answer.h"
#include "weir-event-column.h"
#include "weir-scan-plan.h"

G_BEGIN_DECLS

/**
 * WeirScanJudge:
 *
 * Decides which conditions an event fulfils, and makes rows of those that fulfil any. Belongs to
 * one thread.
 */
typedef struct _WeirScanJudge WeirScanJudge;

/* Gets a full block, or the last one. Without numbers or groups those are %NULL. */
typedef void (*WeirScanFunc) (const WeirRows *rows,
                              gpointer        user_data);

WeirScanJudge *weir_scan_judge_new     (const WeirScanQuestion  *question,
                                        WeirPeople              *people,
                                        WeirAnswer              *answer,
                                        WeirScanFunc             func,
                                        gpointer                 user_data);
void           weir_scan_judge_free    (WeirScanJudge           *self);
void           weir_scan_judge_take    (WeirScanJudge           *self,
                                        const WeirScanPlan      *plan,
                                        WeirScanShape            shape,
                                        sqlite3_value          **values);
void           weir_scan_judge_take_event (WeirScanJudge        *self,
                                        const WeirScanPlan      *plan,
                                        const WeirEvent         *event,
                                        guint32                  identity);
void           weir_scan_judge_take_row (WeirScanJudge          *self,
                                        const WeirScanPlan      *plan,
                                        gint64                   time,
                                        guint32                  identity);
void           weir_scan_judge_take_column (WeirScanJudge       *self,
                                        const WeirScanPlan      *plan,
                                        WeirColumnIter           column);
void           weir_scan_judge_flush   (WeirScanJudge           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirScanJudge, weir_scan_judge_free)

G_END_DECLS
