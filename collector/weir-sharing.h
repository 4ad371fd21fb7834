/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-store.h"
#include "weir-journal.h"
#include "weir-live-hub.h"
#include "weir-rejection-ring.h"
#include "weir-relay.h"
#include "weir-shared-log.h"
#include "weir-store-sink.h"

G_BEGIN_DECLS

/**
 * WeirSharing:
 *
 * Who is who, shared with other collectors: tells them what is news here, lets what the log says
 * have its effect here, and has commands of people go the same way. Its functions block and belong
 * to one thread, that of the ClickHouse sink, unless they say otherwise.
 */
typedef struct _WeirSharing WeirSharing;

/**
 * WeirSharingParts:
 * @journal: where events come from
 * @store: the store of persons; open
 * @people: the sink of that store
 * @hub: told when a person is deleted
 * @rejections: the same
 * @relay: (nullable): told who shares the tables, and when a person is deleted
 *
 * What it works with. All of them outlive it.
 */
typedef struct {
  WeirJournal *journal;
  WeirClickhouseStore *store;
  WeirStoreSink *people;
  WeirLiveHub *hub;
  WeirRejectionRing *rejections;
  WeirRelay *relay;
} WeirSharingParts;

WeirSharing *weir_sharing_new         (const WeirSharingParts *parts,
                                       WeirSharedLog          *log);
void         weir_sharing_free        (WeirSharing            *self);
gboolean     weir_sharing_tell        (WeirSharing            *self,
                                       GPtrArray              *batches,
                                       guint64                 after,
                                       guint64                 until,
                                       WeirClickhouseNoteFunc  note,
                                       gpointer                note_data,
                                       GCancellable           *cancellable,
                                       GError                **error);
GHashTable  *weir_sharing_get_refused (WeirSharing            *self);
gboolean     weir_sharing_follow      (WeirSharing            *self,
                                       GCancellable           *cancellable,
                                       GError                **error);
gboolean     weir_sharing_run_words   (WeirSharing            *self,
                                       guint64                 cursor,
                                       WeirClickhouseNoteFunc  note,
                                       gpointer                note_data,
                                       GCancellable           *cancellable,
                                       GError                **error);
void         weir_sharing_refuse      (WeirSharing            *self,
                                       const GError           *error,
                                       gboolean                for_good);
void         weir_sharing_say_async   (WeirSharing            *self,
                                       WeirSharedEntry        *entry,
                                       GAsyncReadyCallback     callback,
                                       gpointer                user_data);
GBytes      *weir_sharing_say_finish  (WeirSharing            *self,
                                       GAsyncResult           *result,
                                       GError                **error);

G_END_DECLS
