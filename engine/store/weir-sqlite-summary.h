/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"
#include "weir-summary-cell.h"

G_BEGIN_DECLS

/**
 * WeirSqliteSummary:
 *
 * Keeps the tables `summary_hour` and `summary_minute` equal to the events. Belongs to the store's
 * thread.
 */
typedef struct _WeirSqliteSummary WeirSqliteSummary;

WeirSqliteSummary *weir_sqlite_summary_new        (sqlite3            *db,
                                                   GError            **error);
void               weir_sqlite_summary_free       (WeirSqliteSummary  *self);
gboolean           weir_sqlite_summary_build      (sqlite3            *db,
                                                   GError            **error);
void               weir_sqlite_summary_reset      (WeirSqliteSummary  *self);
void               weir_sqlite_summary_add        (WeirSqliteSummary  *self,
                                                   gint64              name_id,
                                                   gint64              source_id,
                                                   const WeirEvent    *event);
gboolean           weir_sqlite_summary_write      (WeirSqliteSummary  *self,
                                                   GError            **error);
gboolean           weir_sqlite_summary_touch      (WeirSqliteSummary  *self,
                                                   GArray             *seqs,
                                                   GError            **error);
gboolean           weir_sqlite_summary_recompute  (WeirSqliteSummary  *self,
                                                   GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteSummary, weir_sqlite_summary_free)

G_END_DECLS
