/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "weir-clickhouse-address.h"
#include "weir-sqlite-people.h"

G_BEGIN_DECLS

/**
 * WeirReader:
 *
 * A read-only connection to a store's file, and what is remembered between questions: who is who.
 * Never writes, never checkpoints. Belongs to one thread.
 */
typedef struct _WeirReader WeirReader;

WeirReader       *weir_reader_new         (const char     *path,
                                           gboolean        immutable);
void              weir_reader_free        (WeirReader     *self);
void              weir_reader_set_clickhouse (WeirReader  *self,
                                           WeirClickhouseAddress *address);
gboolean          weir_reader_has_clickhouse (WeirReader  *self);
WeirClickhouseClient *weir_reader_get_clickhouse (WeirReader *self,
                                           GError        **error);
gboolean          weir_reader_is_shared   (WeirReader     *self);
const char       *weir_reader_get_instance (WeirReader    *self);
GCancellable     *weir_reader_get_cancellable (WeirReader *self);
gboolean          weir_reader_begin       (WeirReader     *self,
                                           GCancellable   *cancellable,
                                           GError        **error);
gboolean          weir_reader_begin_with_changes (WeirReader *self,
                                           GCancellable   *cancellable,
                                           GArray         *changes,
                                           GError        **error);
WeirReader       *weir_reader_begin_second (WeirReader    *self);
void              weir_reader_interrupt   (WeirReader     *self);
gint64            weir_reader_get_last_change (WeirReader *self);
void              weir_reader_end         (WeirReader     *self);
sqlite3          *weir_reader_get_db      (WeirReader     *self);
WeirSqlitePeople *weir_reader_get_people  (WeirReader     *self);
guint64           weir_reader_get_as_of   (WeirReader     *self);
gint64            weir_reader_get_kept_since (WeirReader  *self);
gint64            weir_reader_get_cohorts_version (WeirReader *self);
void              weir_reader_set_uses_summaries (WeirReader *self,
                                           gboolean        uses_summaries);
gboolean          weir_reader_get_uses_summaries (WeirReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirReader, weir_reader_free)

G_END_DECLS
