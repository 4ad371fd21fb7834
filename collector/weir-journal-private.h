/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-consumer-set.h"
#include "weir-dedup-window.h"
#include "weir-drain-rate.h"
#include "weir-error.h"
#include "weir-journal.h"
#include "weir-journal-file.h"
#include "weir-recent-batches.h"

G_BEGIN_DECLS

/* A consumer that waits for rows of the file, on its stack. */
typedef struct {
  guint64 after;
  gsize max_bytes;
  GPtrArray *batches;   /* of WeirEventBatch */
  gboolean is_done;
} WeirJournalRead;

struct _WeirJournal {
  GObject parent_instance;

  WeirJournalOptions options;
  WeirJournalFile *file;       /* the journal's thread only, once started */
  WeirDedupWindow *window;     /* the same */
  WeirForeignIds *others;      /* NULL where no other collector tells of its ids */
  WeirSourceLedger *sources;
  GHashTable *replayed;        /* of gint64: letters that are on their way again; its thread's */
  GThread *thread;

  GMutex mutex;
  GCond work;                  /* for the journal's thread */
  GCond news;                  /* for the consumers */
  WeirJournalEntry *waiting;
  WeirJournalEntry **waiting_last;
  gsize waiting_bytes;
  WeirRecentBatches *recent;
  guint64 last_seq;
  guint64 cursor;              /* the store is durable up to here */
  guint64 deleted;             /* nothing is left up to here */
  guint64 gap_from;            /* seqs from here… */
  guint64 gap_until;           /* …up to here that are not in recent are nowhere */
  GQueue reads;                /* of WeirJournalRead: who waits for rows of the file */
  WeirConsumerSet *consumers;  /* who reads beside the store */
  guint64 places_wanted;       /* counts who waits until the file has all places… */
  guint64 places_settled;      /* …until here it was tried… */
  guint64 places_written;      /* …and until here it has them */
  gboolean is_woken;           /* the sink is wanted elsewhere */
  GPtrArray *purge_ids;        /* whose events are to be in no part of the file; NULL for nobody */
  guint64 purged[2];           /* how many there were before and after */
  GError *purge_error;
  gint64 handed_out;           /* receipt time of what the sink works on */
  WeirLedger ledger;
  guint64 stored;
  guint64 sink_dead_lettered;
  guint64 file_bytes;
  guint64 n_commits;
  WeirDrainRate drain;
  gboolean is_busy;            /* the last group had many entries */
  gboolean is_stopping;
  gboolean is_healthy;
  WeirError failure;
  char reason[160];
};

/* Called locked. */
gboolean  weir_journal_find_recent  (WeirJournal      *self,
                                     guint64           after,
                                     WeirEventBatch  **batch,
                                     gint64           *received);
gboolean  weir_journal_read_back    (WeirJournal      *self,
                                     WeirJournalRead  *read);

G_END_DECLS
