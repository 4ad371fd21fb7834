/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define WEIR_SQL_MAX_COLUMNS 100

/**
 * WeirSqlGuard:
 * @cancellable: (nullable): stops the question
 * @deadline: when it is stopped in any case, microseconds of the monotonic clock; 0 for never
 * @is_ours: whether what is compiled is our own, not the question
 * @is_checked: whether the question was let pass; rows can be made
 * @is_select: whether a SELECT was seen since begin()
 * @is_stopped: whether the question was stopped
 * @refused: (nullable): what was not allowed, for the message
 *
 * Watches over one connection to which anybody's SQL is given: what it may touch, how long it may
 * take and how large what it makes may become. Belongs to the connection's thread.
 */
typedef struct {
  GCancellable *cancellable;
  gint64 deadline;
  gboolean is_ours;
  gboolean is_checked;
  gboolean is_select;
  gboolean is_stopped;
  char *refused;
} WeirSqlGuard;

void  weir_sql_guard_attach (WeirSqlGuard  *self,
                             sqlite3       *db);
void  weir_sql_guard_begin  (WeirSqlGuard  *self,
                             GCancellable  *cancellable);
void  weir_sql_guard_end    (WeirSqlGuard  *self);

G_END_DECLS
