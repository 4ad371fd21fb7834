/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-journal-file.h"

G_BEGIN_DECLS

struct _WeirJournalFile {
  sqlite3 *db;
  sqlite3_stmt *insert;
  sqlite3_stmt *remove;
  sqlite3_stmt *drop;
  sqlite3_stmt *update;
  sqlite3_stmt *select;
  sqlite3_stmt *measure;
  sqlite3_stmt *damage;
  sqlite3_stmt *count;
  sqlite3_stmt *replay;
  sqlite3_stmt *place;
  char *instance;
  guint64 hash_seed;
  guint64 bytes;
  guint n_rows;
};

gboolean  weir_journal_file_step     (WeirJournalFile   *self,
                                      sqlite3_stmt      *statement,
                                      GError           **error);
gboolean  weir_journal_file_insert   (WeirJournalFile   *self,
                                      guint64            last_seq,
                                      guint              n_events,
                                      gint64             received,
                                      const guint8      *data,
                                      gsize              size,
                                      GError           **error);
void      weir_journal_file_remeasure (WeirJournalFile  *self);

G_END_DECLS
