/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-consumer-set.h"
#include "weir-event-batch.h"
#include "weir-ledger.h"
#include "weir-source-ledger.h"

G_BEGIN_DECLS

/**
 * WeirJournalFile:
 *
 * The journal's SQLite database: one connection, one thread at a time. A row holds the records of
 * one group commit.
 */
typedef struct _WeirJournalFile WeirJournalFile;

WeirJournalFile *weir_journal_file_open         (const char        *path,
                                                 gboolean           sync,
                                                 GError           **error);
void             weir_journal_file_close        (WeirJournalFile   *self);
const char      *weir_journal_file_get_instance (WeirJournalFile   *self);
guint64          weir_journal_file_get_hash_seed (WeirJournalFile  *self);
guint64          weir_journal_file_get_bytes    (WeirJournalFile   *self);
guint            weir_journal_file_get_n_rows   (WeirJournalFile   *self);
void             weir_journal_file_get_ledger   (WeirJournalFile   *self,
                                                 WeirLedger        *ledger,
                                                 guint64           *last_seq);
gboolean         weir_journal_file_load_sources (WeirJournalFile  *self,
                                                 WeirSourceLedger  *sources,
                                                 GError           **error);
guint64          weir_journal_file_count_after  (WeirJournalFile   *self,
                                                 guint64            after);
gboolean         weir_journal_file_commit       (WeirJournalFile   *self,
                                                 WeirEventBatch    *batch,
                                                 gint64             received,
                                                 const WeirLedger  *ledger,
                                                 WeirSourceLedger  *sources,
                                                 const GArray      *letters,
                                                 const GArray      *places,
                                                 guint64            last_seq,
                                                 guint64            delete_until,
                                                 GError           **error);
/* Tells of what was set aside since the last call, or of letters on their way again. */
typedef gboolean (*WeirDamagedFunc) (guint64         last_seq,
                                     guint           n_events,
                                     gint64          received,
                                     const guint8   *data,
                                     gsize           size,
                                     gpointer        user_data,
                                     GError        **error);
typedef gboolean (*WeirReplayedFunc) (gint64         letter,
                                     gpointer        user_data,
                                     GError        **error);

gboolean         weir_journal_file_hand_over    (WeirJournalFile   *self,
                                                 WeirDamagedFunc    damaged,
                                                 WeirReplayedFunc   replayed,
                                                 gpointer           user_data,
                                                 GError           **error);
WeirEventBatch  *weir_journal_file_read         (WeirJournalFile   *self,
                                                 guint64            after,
                                                 guint             *n_damaged,
                                                 GError           **error);
guint64          weir_journal_file_count_ids    (WeirJournalFile    *self,
                                                 const GPtrArray    *ids,
                                                 guint64             until);
gboolean         weir_journal_file_purge        (WeirJournalFile    *self,
                                                 const GPtrArray    *ids,
                                                 guint64             until,
                                                 GError            **error);
GArray          *weir_journal_file_load_places  (WeirJournalFile   *self,
                                                 guint64           *gone,
                                                 GError           **error);
gboolean         weir_journal_file_forget_place (WeirJournalFile   *self,
                                                 const char        *name,
                                                 GError           **error);
guint64          weir_journal_file_find_oldest  (WeirJournalFile   *self,
                                                 guint64            bytes,
                                                 guint64            until);
void             weir_journal_file_shrink       (WeirJournalFile   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirJournalFile, weir_journal_file_close)

G_END_DECLS
