/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-services.h"

G_BEGIN_DECLS

/**
 * WeirIdentityCommand:
 * @services: what it is done with
 * @person: whom it is about
 * @other: who is to join
 * @edge: which edge
 * @is_voided: whether to take it back
 *
 * A change of who is who that somebody asked for; not every command needs all of it.
 */
typedef struct {
  WeirServices *services;
  WeirPersonId person;
  WeirPersonId other;
  gint64 edge;
  gboolean is_voided;
} WeirIdentityCommand;

WeirIdentityCommand *weir_identity_command_new  (WeirServices         *services);
void                 weir_identity_command_free (WeirIdentityCommand  *self);

/**
 * WeirIdentityErasure:
 * @before: what there was of a person
 * @after: what was found of it afterwards
 * @journal: how many of its events the journal held, before and after
 *
 * What a deletion did, for its receipt.
 */
typedef struct {
  WeirErasureCounts before;
  WeirErasureCounts after;
  guint64 journal[2];
} WeirIdentityErasure;

/**
 * WeirIdentityTraces:
 * @journal: has events that wait, or are told again
 * @hub: has what streams go on from
 * @rejections: has excerpts of what was refused
 * @relay: (nullable): has what other collectors are still to be told
 *
 * Where something of a person may be beside the store.
 */
typedef struct {
  WeirJournal *journal;
  WeirLiveHub *hub;
  WeirRejectionRing *rejections;
  WeirRelay *relay;
} WeirIdentityTraces;

gboolean weir_identity_erase_traces      (const WeirIdentityTraces *traces,
                                          const WeirErasureReceipt *receipt,
                                          WeirIdentityErasure      *erasure,
                                          GError                  **error);
GBytes *weir_identity_format_merge       (const WeirPersonId  *person,
                                          gint64               edge);
GBytes *weir_identity_format_voided      (gint64               edge,
                                          gboolean             is_voided);
GBytes *weir_identity_format_erasure     (const WeirPersonId  *person,
                                          const WeirIdentityErasure *erasure,
                                          guint64              as_of);

/* Each is a WeirStoreFunc. */
GBytes *weir_identity_command_merge      (WeirStore  *store,
                                          gpointer    data,
                                          GError    **error);
GBytes *weir_identity_command_set_voided (WeirStore  *store,
                                          gpointer    data,
                                          GError    **error);
GBytes *weir_identity_command_delete     (WeirStore  *store,
                                          gpointer    data,
                                          GError    **error);

G_END_DECLS
