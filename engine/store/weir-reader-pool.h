/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirReaderPool:
 *
 * A few threads, each with a read-only connection to the database file, that answer questions.
 * Never writes, never checkpoints. A question whose cancellable fires is interrupted.
 */
typedef struct _WeirReaderPool WeirReaderPool;

/* Runs in a pool thread, with a reader that has begun. Returns the answer (JSON or CSV text) or
 * sets @error. */
typedef GBytes *(*WeirReaderFunc) (WeirReader    *reader,
                                   gpointer       question,
                                   GCancellable  *cancellable,
                                   GError       **error);

/* Says the seq of the last event that somebody was told is safe. Any thread. */
typedef guint64 (*WeirReaderSeqFunc) (gpointer user_data);

WeirReaderPool *weir_reader_pool_new        (const char           *path,
                                             guint                 n_threads,
                                             gboolean              immutable,
                                             WeirClickhouseAddress *clickhouse);
void            weir_reader_pool_set_promise (WeirReaderPool      *self,
                                              WeirReaderSeqFunc    func,
                                              gpointer             user_data);
void            weir_reader_pool_free       (WeirReaderPool       *self);
void            weir_reader_pool_ask_async  (WeirReaderPool       *self,
                                             WeirReaderFunc        func,
                                             gpointer              question,
                                             GDestroyNotify        question_destroy,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
GBytes         *weir_reader_pool_ask_finish (WeirReaderPool       *self,
                                             GAsyncResult         *result,
                                             GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirReaderPool, weir_reader_pool_free)

G_END_DECLS
