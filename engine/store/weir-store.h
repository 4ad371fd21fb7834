/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-dead-letter.h"
#include "weir-event-batch.h"
#include "weir-saved-cohort.h"
#include "weir-saved-question.h"

G_BEGIN_DECLS

#define WEIR_TYPE_STORE (weir_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirStore, weir_store, WEIR, STORE, GObject)

/**
 * WeirStoreCounts:
 * @stored: events stored since the data directory was made
 * @dead_lettered: events the store refused for good since then
 * @cursor: seq of the last event dealt with
 * @taken: seq of the last event of which it is known whose it is; ahead of @cursor where events
 *   come to rest later than persons
 */
typedef struct {
  guint64 stored;
  guint64 dead_lettered;
  guint64 cursor;
  guint64 taken;
} WeirStoreCounts;

typedef enum {
  WEIR_IDENTITY_MERGE,     /* an id joined a person, or two persons became one */
  WEIR_IDENTITY_REFUSAL,
  WEIR_IDENTITY_SPLIT,     /* an edge was taken back */
} WeirIdentityNoticeKind;

/**
 * WeirIdentityNotice:
 * @kind: what happened
 * @edge: number of the edge
 * @person: public id of the person that the edge led to, after it
 * @from: the id that was to join
 * @to: the id it was to join
 * @reason: (nullable): why it was refused
 * @event_seq: the event that said so
 *
 * What the stream is told of who became who.
 */
typedef struct {
  WeirIdentityNoticeKind kind;
  gint64 edge;
  WeirPersonId person;
  char *from;
  char *to;
  const char *reason;
  guint64 event_seq;
} WeirIdentityNotice;

/**
 * WeirErasureCounts:
 * @events: events of the person
 * @distinct_ids: its ids
 * @edges: statements that name one of them
 * @dead_letters: its events that were never stored
 *
 * What there is of a person.
 */
typedef struct {
  guint64 events;
  guint64 distinct_ids;
  guint64 edges;
  guint64 dead_letters;
} WeirErasureCounts;

/**
 * WeirErasureReceipt:
 * @before: what there was of the person
 * @after: what was found of it afterwards
 * @ids: (element-type utf8): the ids that are gone, to look for elsewhere
 *
 * What a deletion did.
 */
typedef struct {
  WeirErasureCounts before;
  WeirErasureCounts after;
  GPtrArray *ids;
} WeirErasureReceipt;

/* Gets an event of which only source and message id are known. */
typedef void (*WeirStoreIdFunc) (const WeirEvent *event,
                                 gpointer         user_data);

/**
 * WeirStoreClass:
 * @write: stores @batches in one transaction together with the cursor; fills one person id for each
 *   event into @persons. Events at or before the cursor are skipped: exactly once.
 * @maintain: does a bounded piece of upkeep (checkpoint, retention by age); returns whether there
 * is more to do at once.
 * @foreach_message_id: calls @func for the message ids among the last @max events, oldest first;
 *   with the hash instead of the texts where only that is known
 * @foreach_since: calls @func for the events received since @received, oldest first, at most the
 * last @max
 *
 * @steal_notices: (nullable): gives what became of who is who since the last call, of what is
 *   committed
 *
 * @set_edge_voided: (nullable): takes an edge back, or lets it count again
 * @merge_persons: (nullable): makes two persons one by hand; gives the number of the edge
 * @delete_person: (nullable): deletes everything there is of a person, and makes sure
 * @put_cohort: (nullable): saves a cohort, in place of one of the same name
 * @remove_cohort: (nullable): forgets a saved cohort
 * @put_question: (nullable): saves a question, in place of one of the same name
 * @remove_question: (nullable): forgets a saved question
 * @add_dead_letter: (nullable): keeps an event that could not be delivered
 * @edit_dead_letter: (nullable): puts another event in its place
 * @set_dead_letter: (nullable): says what becomes of it
 *
 * Where events come to rest. All vfuncs are called from the one writer thread, which may block.
 */
struct _WeirStoreClass {
  GObjectClass parent_class;

  gboolean (*open)     (WeirStore *self, GError **error);
  gboolean (*write)    (WeirStore *self, WeirEventBatch **batches, guint n_batches,
                        WeirPersonId *persons, GError **error);
  gboolean (*maintain) (WeirStore *self, gint64 now, gboolean idle);
  gboolean (*foreach_message_id) (WeirStore *self, guint max, WeirStoreIdFunc func,
                                  gpointer user_data, GError **error);
  gboolean (*foreach_since) (WeirStore *self, gint64 received, guint max, WeirStoreIdFunc func,
                             gpointer user_data, GError **error);
  GPtrArray *(*steal_notices) (WeirStore *self);
  gboolean (*set_edge_voided) (WeirStore *self, gint64 edge, gboolean is_voided, GError **error);
  gboolean (*merge_persons) (WeirStore *self, const WeirPersonId *from, const WeirPersonId *to,
                             gint64 now, gint64 *edge, GError **error);
  gboolean (*delete_person) (WeirStore *self, const WeirPersonId *person,
                             WeirErasureReceipt *receipt, GError **error);
  gboolean (*put_cohort) (WeirStore *self, const WeirSavedCohort *cohort, GError **error);
  gboolean (*remove_cohort) (WeirStore *self, const char *name, GError **error);
  gboolean (*put_question) (WeirStore *self, const WeirSavedQuestion *question, GError **error);
  gboolean (*remove_question) (WeirStore *self, const char *name, GError **error);
  gboolean (*add_dead_letter) (WeirStore *self, const WeirDeadLetter *letter, GError **error);
  gboolean (*edit_dead_letter) (WeirStore *self, gint64 id, const char *event, GError **error);
  gboolean (*set_dead_letter) (WeirStore *self, gint64 id, WeirDeadLetterFate fate, GError **error);
  void     (*close)    (WeirStore *self);
};

gboolean     weir_store_open        (WeirStore         *self,
                                     GError           **error);
gboolean     weir_store_write       (WeirStore         *self,
                                     WeirEventBatch   **batches,
                                     guint              n_batches,
                                     WeirPersonId      *persons,
                                     GError           **error);
gboolean     weir_store_maintain    (WeirStore         *self,
                                     gint64             now,
                                     gboolean           idle);
gboolean     weir_store_foreach_message_id (WeirStore         *self,
                                            guint              max,
                                            WeirStoreIdFunc    func,
                                            gpointer           user_data,
                                            GError           **error);
gboolean     weir_store_foreach_since (WeirStore         *self,
                                     gint64             received,
                                     guint              max,
                                     WeirStoreIdFunc    func,
                                     gpointer           user_data,
                                     GError           **error);
GPtrArray   *weir_store_steal_notices (WeirStore       *self);
gboolean     weir_store_set_edge_voided (WeirStore           *self,
                                         gint64               edge,
                                         gboolean             is_voided,
                                         GError             **error);
gboolean     weir_store_merge_persons   (WeirStore           *self,
                                         const WeirPersonId  *from,
                                         const WeirPersonId  *to,
                                         gint64               now,
                                         gint64              *edge,
                                         GError             **error);
gboolean     weir_store_put_cohort      (WeirStore           *self,
                                         const WeirSavedCohort *cohort,
                                         GError             **error);
gboolean     weir_store_remove_cohort   (WeirStore           *self,
                                         const char          *name,
                                         GError             **error);
gboolean     weir_store_put_question    (WeirStore           *self,
                                         const WeirSavedQuestion *question,
                                         GError             **error);
gboolean     weir_store_remove_question (WeirStore           *self,
                                         const char          *name,
                                         GError             **error);
gboolean     weir_store_add_dead_letter (WeirStore           *self,
                                         const WeirDeadLetter *letter,
                                         GError             **error);
gboolean     weir_store_edit_dead_letter (WeirStore          *self,
                                         gint64               id,
                                         const char          *event,
                                         GError             **error);
gboolean     weir_store_set_dead_letter (WeirStore           *self,
                                         gint64               id,
                                         WeirDeadLetterFate   fate,
                                         GError             **error);
gboolean     weir_store_delete_person   (WeirStore           *self,
                                         const WeirPersonId  *person,
                                         WeirErasureReceipt  *receipt,
                                         GError             **error);
void         weir_erasure_receipt_clear (WeirErasureReceipt  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirErasureReceipt, weir_erasure_receipt_clear)

void         weir_store_close       (WeirStore         *self);
void         weir_store_get_counts  (WeirStore         *self,
                                     WeirStoreCounts   *counts);

G_END_DECLS
