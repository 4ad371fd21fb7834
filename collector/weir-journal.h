/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-consumer-set.h"
#include "weir-event-batch.h"
#include "weir-fault-drill.h"
#include "weir-foreign-ids.h"
#include "weir-ledger.h"
#include "weir-reply-queue.h"
#include "weir-source-ledger.h"
#include "weir-store.h"

G_BEGIN_DECLS

/**
 * WeirDurability:
 *
 * What a 202 means. %WEIR_DURABILITY_FSYNC: on stable storage, survives a power cut.
 * %WEIR_DURABILITY_OS: handed to the operating system, survives the death of the process.
 * %WEIR_DURABILITY_MEMORY: in this process's memory only.
 */
typedef enum {
  WEIR_DURABILITY_FSYNC,
  WEIR_DURABILITY_OS,
  WEIR_DURABILITY_MEMORY,
} WeirDurability;

/**
 * WeirJournalEntry:
 * @batch: (owned): the valid events of one request, not sealed yet; may have none
 * @n_received: events the request held, good and bad
 * @n_rejected: how many of them the validator refused
 * @source: (nullable): the source of what was refused, %NULL for `local`; borrowed
 * @letter: id of the dead letter that its one event was, which was counted when it was accepted;
 *   or 0
 * @reply_queue: where the answer goes
 * @done: called when it is durable
 * @user_data: for the caller
 * @accepted: out: events that are durable now
 * @duplicates: out: events whose message id was already known
 * @error: out: (owned): set when nothing was kept
 *
 * One request on its way to durability. The caller embeds it in its own request structure and
 * keeps it alive until @done was called.
 */
struct _WeirJournalEntry {
  WeirEventBatch *batch;
  guint n_received;
  guint n_rejected;
  const char *source;
  gint64 letter;
  WeirReplyQueue *reply_queue;
  WeirJournalDoneFunc done;
  gpointer user_data;

  guint accepted;
  guint duplicates;
  GError *error;

  WeirJournalEntry *next;   /* private to the journal */
};

#define WEIR_TYPE_JOURNAL (weir_journal_get_type ())
G_DECLARE_FINAL_TYPE (WeirJournal, weir_journal, WEIR, JOURNAL, GObject)

/**
 * WeirJournalStatus:
 * @oldest: receipt time of the oldest event not yet stored, or 0
 */
typedef struct {
  WeirLedger ledger;
  guint64 bytes;           /* size on disk */
  guint64 waiting_bytes;   /* waiting for durability, in memory */
  guint64 n_commits;
  gint64 oldest;
  guint64 cursor;          /* the store has everything up to here */
  gboolean healthy;
  char reason[160];        /* why not healthy */
} WeirJournalStatus;

/**
 * WeirJournalOptions:
 * @durability: what a 202 means
 * @max_bytes: size on disk at which new events are refused with 503
 * @max_backlog_bytes: size on disk at which the oldest of what only consumers beside the store want
 *   is deleted
 * @max_queue_bytes: bytes waiting for durability at which new events are refused with 503
 * @dedup_window: how many message ids are remembered
 * @drill: (nullable): faults that are to be had on purpose
 */
typedef struct {
  WeirDurability durability;
  guint64 max_bytes;
  guint64 max_backlog_bytes;
  gsize max_queue_bytes;
  guint dedup_window;
  WeirFaultDrill *drill;
} WeirJournalOptions;

WeirJournal     *weir_journal_open            (const char         *path,
                                               const WeirJournalOptions *options,
                                               GError            **error);
void             weir_journal_set_others      (WeirJournal        *self,
                                               WeirForeignIds     *others);
gboolean         weir_journal_start           (WeirJournal        *self,
                                               WeirStore          *store,
                                               GError            **error);
void             weir_journal_stop            (WeirJournal        *self);
gboolean         weir_journal_push            (WeirJournal        *self,
                                               WeirJournalEntry   *entry,
                                               GError            **error);
WeirEventBatch  *weir_journal_wait_next       (WeirJournal        *self,
                                               guint64             after,
                                               gint64              deadline);
void             weir_journal_advance         (WeirJournal        *self,
                                               const WeirStoreCounts *counts);
void             weir_journal_wake            (WeirJournal        *self);
gboolean         weir_journal_purge           (WeirJournal        *self,
                                               GPtrArray          *ids,
                                               guint64            *n_before,
                                               guint64            *n_after,
                                               GError            **error);

/**
 * WeirConsumerStatus:
 * @last_seq: the last event that is durable
 * @evicted: events that are lost to it
 * @behind: events that it is still to deal with
 *
 * How far a consumer beside the store is.
 */
typedef struct {
  guint64 cursor;
  guint64 frozen;
  guint64 last_seq;
  guint64 evicted;
  guint64 behind;
} WeirConsumerStatus;

WeirConsumer    *weir_journal_add_consumer    (WeirJournal        *self,
                                               const char         *name);
GPtrArray       *weir_journal_read            (WeirJournal        *self,
                                               WeirConsumer       *consumer,
                                               guint64             after,
                                               gsize               max_bytes);
gboolean         weir_journal_freeze          (WeirJournal        *self,
                                               WeirConsumer       *consumer,
                                               guint64             until);
void             weir_journal_pass            (WeirJournal        *self,
                                               WeirConsumer       *consumer,
                                               guint64             cursor);
void             weir_journal_get_consumer_status (WeirJournal     *self,
                                               WeirConsumer       *consumer,
                                               WeirConsumerStatus *status);

guint64          weir_journal_get_last_seq    (WeirJournal        *self);
guint            weir_journal_get_retry_after (WeirJournal        *self);
void             weir_journal_get_status      (WeirJournal        *self,
                                               WeirJournalStatus  *status);
WeirSourceLedger *weir_journal_get_sources    (WeirJournal        *self);
guint64          weir_journal_get_hash_seed   (WeirJournal        *self);
const char      *weir_journal_get_instance    (WeirJournal        *self);

G_END_DECLS
