/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-dedup-window.h"
#include "weir-foreign-ids.h"
#include "weir-journal.h"
#include "weir-source-ledger.h"

G_BEGIN_DECLS

/**
 * WeirJournalGroup:
 * @first: the entries, linked by their `next`
 * @n_entries: how many there are
 * @batch: (owned) (nullable): their events that are new
 * @received: receipt time of the first of these
 * @ledger: the counts including this group
 * @sources: the same by source; the journal's
 * @replayed: the dead letters that were sent again since start; the journal's
 * @others: (nullable): message ids that other collectors have
 * @letters: (nullable) (owned): those of this group
 * @places: (nullable) (owned): how far consumers have come
 * @places_wanted: who waits for that
 * @last_seq: the last seq given out, including this group
 * @delete_until: rows up to this seq are deleted with the same commit; 0 for none
 * @evict_bytes: how much is to be deleted although consumers want it
 * @evict_until: but nothing behind this seq, which the store does not have
 * @n_remembered: message ids that the window holds because of this group
 *
 * What one commit makes durable. Belongs to the journal's thread.
 */
typedef struct {
  WeirJournalEntry *first;
  guint n_entries;
  WeirEventBatch *batch;
  gint64 received;
  WeirLedger ledger;
  WeirSourceLedger *sources;
  GHashTable *replayed;
  WeirForeignIds *others;
  GArray *letters;
  GArray *places;
  guint64 places_wanted;
  guint64 last_seq;
  guint64 delete_until;
  guint64 evict_bytes;
  guint64 evict_until;
  guint n_remembered;
} WeirJournalGroup;

gsize  weir_journal_entry_get_size  (const WeirJournalEntry  *entry);
void   weir_journal_group_assemble  (WeirJournalGroup        *group,
                                     WeirDedupWindow         *window);
void   weir_journal_group_settle    (WeirJournalGroup        *group,
                                     gboolean                 is_kept,
                                     gboolean                 is_written);
void   weir_journal_group_reply     (WeirJournalGroup        *group,
                                     const GError            *error);

G_END_DECLS
