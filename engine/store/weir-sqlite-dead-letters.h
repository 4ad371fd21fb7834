/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-dead-letter.h"
#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirDeadLettersAsk:
 * @before: only letters before this id; 0 for no limit
 * @limit: at most so many
 * @sink: (nullable): only of this sink
 *
 * Which dead letters to show, newest first.
 */
typedef struct {
  gint64 before;
  guint limit;
  char *sink;
} WeirDeadLettersAsk;

#define WEIR_DEAD_LETTERS_MAX_LIMIT 1000

void      weir_dead_letters_ask_free     (WeirDeadLettersAsk    *self);

gboolean  weir_sqlite_dead_letters_add   (sqlite3               *db,
                                          const WeirDeadLetter  *letter,
                                          GError               **error);
gboolean  weir_sqlite_dead_letters_edit  (sqlite3               *db,
                                          gint64                 id,
                                          const char            *event,
                                          GError               **error);
gboolean  weir_sqlite_dead_letters_set   (sqlite3               *db,
                                          gint64                 id,
                                          WeirDeadLetterFate     fate,
                                          GError               **error);

/* Each is a WeirReaderFunc. */
GBytes   *weir_sqlite_dead_letters_list  (WeirReader            *reader,
                                          gpointer               question,
                                          GCancellable          *cancellable,
                                          GError               **error);
GBytes   *weir_sqlite_dead_letters_get   (WeirReader            *reader,
                                          gpointer               question,
                                          GCancellable          *cancellable,
                                          GError               **error);
GBytes   *weir_sqlite_dead_letters_count (WeirReader            *reader,
                                          gpointer               question,
                                          GCancellable          *cancellable,
                                          GError               **error);

G_END_DECLS
