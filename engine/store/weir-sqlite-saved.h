/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-reader.h"
#include "weir-saved-question.h"

G_BEGIN_DECLS

/* Saved questions, in the table `question`. */

gboolean  weir_sqlite_saved_put     (sqlite3                  *db,
                                     const WeirSavedQuestion  *question,
                                     gint64                    now,
                                     GError                  **error);
gboolean  weir_sqlite_saved_remove  (sqlite3                  *db,
                                     const char               *name,
                                     GError                  **error);
GBytes   *weir_sqlite_saved_list    (WeirReader               *reader,
                                     gpointer                  question,
                                     GCancellable             *cancellable,
                                     GError                  **error);
GBytes   *weir_sqlite_saved_get     (WeirReader               *reader,
                                     gpointer                  question,
                                     GCancellable             *cancellable,
                                     GError                  **error);

G_END_DECLS
