/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-identity-graph.h"
#include "weir-sqlite-identities.h"
#include "weir-store.h"

G_BEGIN_DECLS

/**
 * WeirSqliteEdges:
 *
 * The log of what events say about who is who, and its effect on persons: the writer's side of the
 * table `edge`. Works within the transaction of whoever calls. Belongs to the writer's thread.
 */
typedef struct _WeirSqliteEdges WeirSqliteEdges;

/**
 * WeirSqliteEdgeDraft:
 * @statement: what the event says; texts are the event's
 * @from: the first id's number, 0 when it has none
 * @to: the second id's
 * @from_existed: whether the first was known before the event
 * @to_existed: whether the second was
 *
 * A statement between being read and taking effect.
 */
typedef struct {
  WeirStatement statement;
  guint32 from;
  guint32 to;
  gboolean from_existed;
  gboolean to_existed;
} WeirSqliteEdgeDraft;

WeirSqliteEdges *weir_sqlite_edges_new           (sqlite3                    *db,
                                                  WeirSqliteIdentities       *identities,
                                                  WeirIdentityRules           rules,
                                                  GError                    **error);
void             weir_sqlite_edges_free          (WeirSqliteEdges            *self);
void             weir_sqlite_edges_reset         (WeirSqliteEdges            *self);
void             weir_sqlite_edges_set_origin    (WeirSqliteEdges            *self,
                                                  guint64                     seq);
gboolean         weir_sqlite_edges_is_news       (WeirSqliteEdges            *self,
                                                  const WeirEvent            *event,
                                                  GString                    *pair);
gboolean         weir_sqlite_edges_begin         (WeirSqliteEdges            *self,
                                                  const WeirEvent            *event,
                                                  WeirSqliteEdgeDraft        *draft);
gboolean         weir_sqlite_edges_finish        (WeirSqliteEdges            *self,
                                                  const WeirEvent            *event,
                                                  const WeirSqliteEdgeDraft  *draft,
                                                  GError                    **error);
gboolean         weir_sqlite_edges_merge_by_hand (WeirSqliteEdges            *self,
                                                  guint32                     from_person,
                                                  guint32                     to_person,
                                                  guint64                     event_seq,
                                                  gint64                      time,
                                                  gint64                     *seq,
                                                  GError                    **error);
gboolean         weir_sqlite_edges_set_voided    (WeirSqliteEdges            *self,
                                                  gint64                      seq,
                                                  gboolean                    is_voided,
                                                  GError                    **error);
GPtrArray       *weir_sqlite_edges_steal_notices (WeirSqliteEdges            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteEdges, weir_sqlite_edges_free)

G_END_DECLS
