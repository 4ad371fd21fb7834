/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEIR_SQL_MAX_LIMIT 100000

/**
 * WeirSqlQuestion:
 * @sql: what somebody wants to know, in SQL; not trusted
 * @limit: how many rows to answer with at most
 * @wants_csv: whether to answer with a table instead of JSON
 */
typedef struct {
  char *sql;
  guint limit;
  gboolean wants_csv;
} WeirSqlQuestion;

WeirSqlQuestion *weir_sql_question_new_from_json (const char       *json,
                                                  gssize            length,
                                                  GError          **error);
void             weir_sql_question_free          (WeirSqlQuestion  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqlQuestion, weir_sql_question_free)

G_END_DECLS
