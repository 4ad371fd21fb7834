/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-address.h"
#include "weir-clickhouse-drafter.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseWriter:
 *
 * Inserts events into ClickHouse, each once, whose they are having been found out before. Belongs
 * to one thread, which it may block for as long as ClickHouse cannot be had; another one may make
 * the next draft meanwhile.
 */
typedef struct _WeirClickhouseWriter WeirClickhouseWriter;

/**
 * WeirClickhouseWritten:
 * @cursor: seq of the last event that was dealt with
 * @n_stored: how many of them are stored now
 * @n_inserted: how many were not stored before
 * @letters: (element-type WeirClickhouseLetter): those that are refused for good
 *
 * What became of events.
 */
typedef struct {
  guint64 cursor;
  guint64 n_stored;
  guint64 n_inserted;
  GPtrArray *letters;
} WeirClickhouseWritten;

WeirClickhouseWriter *weir_clickhouse_writer_new   (WeirClickhouseAddress   *address,
                                                    const char              *people,
                                                    const char              *instance);
void                  weir_clickhouse_writer_free  (WeirClickhouseWriter    *self);
gboolean              weir_clickhouse_writer_begin (WeirClickhouseWriter    *self,
                                                    guint64                  after,
                                                    GCancellable            *cancellable,
                                                    GError                 **error);
WeirClickhouseDraft  *weir_clickhouse_writer_draft (WeirClickhouseWriter    *self,
                                                    GPtrArray               *events,
                                                    guint64                  after,
                                                    guint64                  until);
gboolean              weir_clickhouse_writer_write (WeirClickhouseWriter    *self,
                                                    WeirClickhouseDraft     *draft,
                                                    WeirClickhouseNoteFunc   note,
                                                    gpointer                 note_data,
                                                    GCancellable            *cancellable,
                                                    WeirClickhouseWritten   *written,
                                                    GError                 **error);
void                  weir_clickhouse_writer_set_refused (WeirClickhouseWriter *self,
                                                    GHashTable              *refused);
void                  weir_clickhouse_writer_doubt (WeirClickhouseWriter    *self);
gboolean              weir_clickhouse_writer_forget (WeirClickhouseWriter   *self,
                                                    gint64                   before,
                                                    GError                 **error);
void                  weir_clickhouse_written_clear (WeirClickhouseWritten  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirClickhouseWriter, weir_clickhouse_writer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirClickhouseWritten, weir_clickhouse_written_clear)

G_END_DECLS
