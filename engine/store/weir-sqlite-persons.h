/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-queries.h"
#include "weir-reader-pool.h"

G_BEGIN_DECLS

#define WEIR_EDGES_MAX_LIMIT   10000
#define WEIR_EXPORT_MAX_EVENTS 100000

/**
 * WeirPersonAsk:
 * @id: public id of a person, or a distinct id
 * @is_distinct_id: which of them
 * @after: only edges after this one
 * @limit: at most so many edges or events
 * @before: only events before this one
 * @wants_csv: whether to answer with CSV instead of JSON
 *
 * A question about one person on its way to a reader.
 */
typedef struct {
  char *id;
  gboolean is_distinct_id;
  gint64 after;
  guint64 before;
  guint limit;
  gboolean wants_csv;
} WeirPersonAsk;

WeirPersonAsk *weir_person_ask_new  (const char      *id);
void           weir_person_ask_free (WeirPersonAsk   *self);

/* Each is a WeirReaderFunc; %WEIR_ERROR_NOT_FOUND when there is no such person. */
GBytes  *weir_person_show_run    (WeirReader      *reader,
                                  gpointer         question,
                                  GCancellable    *cancellable,
                                  GError         **error);
GBytes  *weir_person_edges_run   (WeirReader      *reader,
                                  gpointer         question,
                                  GCancellable    *cancellable,
                                  GError         **error);
GBytes  *weir_person_events_run  (WeirReader      *reader,
                                  gpointer         question,
                                  GCancellable    *cancellable,
                                  GError         **error);
GBytes  *weir_person_export_run  (WeirReader      *reader,
                                  gpointer         question,
                                  GCancellable    *cancellable,
                                  GError         **error);

/* For lists of persons. */
guint32  weir_sqlite_person_find   (sqlite3         *db,
                                    const char      *id,
                                    gboolean         is_distinct_id,
                                    GError         **error);
GHashTable *weir_sqlite_persons_dup_last_seen (WeirReader *reader,
                                    const guint32   *persons,
                                    guint            n_persons);
gboolean weir_sqlite_person_append (WeirReader      *reader,
                                    guint32          person,
                                    guint            max_ids,
                                    gboolean         as_csv,
                                    GHashTable      *last_seen_of,
                                    GString         *out,
                                    GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPersonAsk, weir_person_ask_free)

G_END_DECLS
