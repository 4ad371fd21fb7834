/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WEIR_SQL_HISTORY_LENGTH 200

/**
 * WeirSqlHistory:
 *
 * The statements that were run on this computer, newest first. They are in a file that nobody else
 * can read, and nowhere else.
 */
#define WEIR_TYPE_SQL_HISTORY (weir_sql_history_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlHistory, weir_sql_history, WEIR, SQL_HISTORY, GObject)

/* Signals:
 *  ::changed
 */
WeirSqlHistory     *weir_sql_history_new     (const char      *path);
void                weir_sql_history_add     (WeirSqlHistory  *self,
                                              const char      *sql);
void                weir_sql_history_clear   (WeirSqlHistory  *self);
const char * const *weir_sql_history_get_all (WeirSqlHistory  *self);

G_END_DECLS
