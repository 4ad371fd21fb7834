/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-batch.h"
#include "weir-clickhouse-client.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseRefusal:
 * @row: number of the row in its batch
 * @code: number of the exception
 * @message: the same for people
 *
 * A row that the server refuses for good.
 */
typedef struct {
  guint row;
  guint code;
  char *message;
} WeirClickhouseRefusal;

/* Is told of a failure that is to be tried again; @pause is in microseconds. */
typedef void (*WeirClickhouseNoteFunc) (const char  *message,
                                        gint64       pause,
                                        gpointer     user_data);

gboolean weir_clickhouse_wait_for_inserts (WeirClickhouseClient *client,
                                       const char            *instance,
                                       GCancellable          *cancellable,
                                       GError               **error);
GArray *weir_clickhouse_insert        (WeirClickhouseClient  *client,
                                       WeirClickhouseBatch   *batch,
                                       WeirClickhouseNoteFunc note,
                                       gpointer               note_data,
                                       GCancellable          *cancellable,
                                       GError               **error);
void    weir_clickhouse_insert_async  (WeirClickhouseClient  *client,
                                       WeirClickhouseBatch   *batch,
                                       WeirClickhouseNoteFunc note,
                                       gpointer               note_data,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data);
GArray *weir_clickhouse_insert_finish (WeirClickhouseClient  *client,
                                       GAsyncResult          *result,
                                       GError               **error);

G_END_DECLS
