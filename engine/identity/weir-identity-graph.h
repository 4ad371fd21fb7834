/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-identity-rules.h"
#include "weir-person-properties.h"

G_BEGIN_DECLS

/**
 * WeirIdentityEdge:
 * @seq: its number in the log
 * @kind: how it was said
 * @from: the identity that is to join; 0 when it never became one
 * @to: the identity whose person it is to join
 * @event_seq: the event that said it; of a merge by hand, the last event before it
 * @from_existed: whether @from was known before
 * @to_existed: whether @to was
 * @is_illegal: whether one of the ids may not be joined
 * @is_voided: whether somebody has taken it back
 * @decision: what became of it
 *
 * One line of the log: a statement, with what was known when it was made. Nothing else is needed to
 * decide on it again.
 */
typedef struct {
  gint64 seq;
  WeirStatementKind kind;
  guint32 from;
  guint32 to;
  guint64 event_seq;
  gboolean from_existed;
  gboolean to_existed;
  gboolean is_illegal;
  gboolean is_voided;
  WeirDecision decision;
} WeirIdentityEdge;

/**
 * WeirIdentityOp:
 * @identity: whose event it was
 * @event_seq: which
 * @op: what it changed
 *
 * One line of the log of properties.
 */
typedef struct {
  guint32 identity;
  guint64 event_seq;
  WeirPropertyOp op;
} WeirIdentityOp;

/**
 * WeirIdentityGraph:
 *
 * Persons, as they follow from a log of edges and operations. Knows nothing of any store: ids are
 * numbers from 1 on. The same log always makes the same persons. Belongs to one thread.
 */
typedef struct _WeirIdentityGraph WeirIdentityGraph;

/* @members: the identities of the person, @n of them, in no order */
typedef void (*WeirGraphPersonFunc) (guint32                     root,
                                     const guint32              *members,
                                     guint                       n,
                                     gboolean                    is_identified,
                                     const WeirPersonProperties *properties,
                                     gpointer                    user_data);

WeirIdentityGraph *weir_identity_graph_new            (WeirIdentityRules        rules);
void               weir_identity_graph_free           (WeirIdentityGraph       *self);
void               weir_identity_graph_add_identity   (WeirIdentityGraph       *self,
                                                       guint32                  identity);
void               weir_identity_graph_add_edge       (WeirIdentityGraph       *self,
                                                       WeirIdentityEdge        *edge);
void               weir_identity_graph_add_op         (WeirIdentityGraph       *self,
                                                       const WeirIdentityOp    *op);
void               weir_identity_graph_replay         (WeirIdentityGraph       *self,
                                                       WeirIdentityEdge        *edges,
                                                       guint                    n_edges,
                                                       WeirIdentityOp          *ops,
                                                       guint                    n_ops);
guint32            weir_identity_graph_get_root       (WeirIdentityGraph       *self,
                                                       guint32                  identity);
gboolean           weir_identity_graph_is_identified  (WeirIdentityGraph       *self,
                                                       guint32                  identity);
void               weir_identity_graph_foreach_person (WeirIdentityGraph       *self,
                                                       WeirGraphPersonFunc      func,
                                                       gpointer                 user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirIdentityGraph, weir_identity_graph_free)

G_END_DECLS
