/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirSqlEditor:
 *
 * Where a statement is typed: with colours, completion of names, and a mark where an error is.
 */
#define WEIR_TYPE_SQL_EDITOR (weir_sql_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlEditor, weir_sql_editor, WEIR, SQL_EDITOR, GtkWidget)

/* Signals:
 *  ::run       the reader wants an answer
 *  ::stop      the reader wants none any more
 *  ::changed   the text is another one
 */
WeirSqlEditor  *weir_sql_editor_new        (void);
char           *weir_sql_editor_dup_text   (WeirSqlEditor       *self);
void            weir_sql_editor_set_text   (WeirSqlEditor       *self,
                                            const char          *text);
void            weir_sql_editor_insert     (WeirSqlEditor       *self,
                                            const char          *text);
void            weir_sql_editor_set_names  (WeirSqlEditor       *self,
                                            const char * const  *names);
void            weir_sql_editor_mark_error (WeirSqlEditor       *self,
                                            const char          *message);
gboolean        weir_sql_find_error        (const char          *sql,
                                            const char          *message,
                                            gsize               *start,
                                            gsize               *end);

G_END_DECLS
