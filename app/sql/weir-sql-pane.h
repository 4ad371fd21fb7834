/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"
#include "weir-sql-history.h"

G_BEGIN_DECLS

/**
 * WeirSqlPane:
 *
 * What helps to write a statement: the views and their columns, examples, saved statements, and
 * those that were run.
 */
#define WEIR_TYPE_SQL_PANE (weir_sql_pane_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlPane, weir_sql_pane, WEIR, SQL_PANE, GtkWidget)

/* Signals:
 *  ::insert (const char *name)                    a name, to be inserted
 *  ::open (const char *sql, const char *name)     a statement; its name if it is saved
 *  ::delete (const char *name)                    a saved statement
 *  ::names (GStrv names)                          names of tables, views and columns
 */
void  weir_sql_pane_attach      (WeirSqlPane     *self,
                                 WeirPage        *page,
                                 WeirSqlHistory  *history);
void  weir_sql_pane_ask         (WeirSqlPane     *self);
void  weir_sql_pane_ask_saved   (WeirSqlPane     *self);
char *weir_sql_pane_dup_saved   (WeirSqlPane     *self,
                                 const char      *name);

G_END_DECLS
