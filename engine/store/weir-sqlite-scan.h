/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirSqliteScan:
 *
 * Finds the events that an answer asks for, and gives it their rows. Belongs to one thread.
 */
typedef struct _WeirSqliteScan WeirSqliteScan;

WeirSqliteScan *weir_sqlite_scan_new      (WeirReader      *reader,
                                           WeirAnswer      *answer);
void            weir_sqlite_scan_free     (WeirSqliteScan  *self);
gboolean        weir_sqlite_scan_run      (WeirSqliteScan  *self,
                                           GError         **error);
gboolean        weir_sqlite_scan_run_new  (WeirSqliteScan  *self,
                                           guint64          after,
                                           guint64          until,
                                           GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteScan, weir_sqlite_scan_free)

G_END_DECLS
