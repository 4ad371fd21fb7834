/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "weir-event-column.h"

G_BEGIN_DECLS

/**
 * WeirSqliteTimeline:
 *
 * Who did something where in the stream of events, so that a person's history can be found without
 * an index in random order. The writing side; belongs to the store's thread.
 */
typedef struct _WeirSqliteTimeline WeirSqliteTimeline;

WeirSqliteTimeline *weir_sqlite_timeline_new    (sqlite3             *db,
                                                 GError             **error);
void                weir_sqlite_timeline_free   (WeirSqliteTimeline  *self);
void                weir_sqlite_timeline_add    (WeirSqliteTimeline  *self,
                                                 const WeirColumnRow *row);
gboolean            weir_sqlite_timeline_write  (WeirSqliteTimeline  *self,
                                                 GError             **error);
gboolean            weir_sqlite_timeline_forget (WeirSqliteTimeline  *self,
                                                 const guint64       *seqs,
                                                 guint                n_seqs,
                                                 GError             **error);
gboolean            weir_sqlite_timeline_finish (WeirSqliteTimeline  *self,
                                                 GError             **error);
gboolean            weir_sqlite_timeline_reload (WeirSqliteTimeline  *self,
                                                 GError             **error);

/* The reading side: any connection. */
GArray             *weir_sqlite_timeline_find   (sqlite3             *db,
                                                 const guint32       *identities,
                                                 guint                n_identities,
                                                 guint64              after,
                                                 guint64              before,
                                                 guint                max,
                                                 GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqliteTimeline, weir_sqlite_timeline_free)

G_END_DECLS
