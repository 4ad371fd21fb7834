/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-address.h"
#include "weir-clickhouse-insert.h"
#include "weir-shared-entry.h"

G_BEGIN_DECLS

/**
 * WeirSharedLog:
 *
 * The log of who is who in ClickHouse, which several collectors write and all read in the same
 * order. Belongs to one thread, which it may block for as long as ClickHouse cannot be had.
 */
typedef struct _WeirSharedLog WeirSharedLog;

WeirSharedLog *weir_shared_log_new      (WeirClickhouseAddress   *address,
                                         const char              *instance);
void           weir_shared_log_free     (WeirSharedLog           *self);
gboolean       weir_shared_log_register (WeirSharedLog           *self,
                                         guint                    max,
                                         guint                   *number,
                                         GError                 **error);
char          *weir_shared_log_find_group (WeirSharedLog         *self,
                                         GCancellable            *cancellable,
                                         GError                 **error);
GHashTable    *weir_shared_log_find_own (WeirSharedLog           *self,
                                         guint64                  after,
                                         gint64                  *added,
                                         GCancellable            *cancellable,
                                         GError                 **error);
GArray        *weir_shared_log_add      (WeirSharedLog           *self,
                                         GPtrArray               *entries,
                                         WeirClickhouseNoteFunc   note,
                                         gpointer                 note_data,
                                         GCancellable            *cancellable,
                                         gint64                  *added,
                                         GError                 **error);
GPtrArray     *weir_shared_log_read     (WeirSharedLog           *self,
                                         const WeirSharedPlace   *place,
                                         gint64                  *until,
                                         GCancellable            *cancellable,
                                         GError                 **error);
gboolean       weir_shared_log_erase    (WeirSharedLog           *self,
                                         GArray                  *identities,
                                         GPtrArray               *ids,
                                         gint64                   stamp,
                                         guint64                 *n_before,
                                         guint64                 *n_after,
                                         GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSharedLog, weir_shared_log_free)

G_END_DECLS
