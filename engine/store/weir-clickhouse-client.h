/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-clickhouse-error.h"
#include "weir-http-post.h"

G_BEGIN_DECLS

#define WEIR_TYPE_CLICKHOUSE_CLIENT (weir_clickhouse_client_get_type ())
G_DECLARE_FINAL_TYPE (WeirClickhouseClient, weir_clickhouse_client, WEIR, CLICKHOUSE_CLIENT,
                      GObject)

/**
 * WeirClickhouseAsk:
 * @sql: a statement; what users said belongs into @parameters or @rows, never into it
 * @rows: (nullable): the data of an INSERT, as the FORMAT says with which the statement ends; sent
 *   with gzip
 * @packed: (nullable): the same with gzip already, instead of @rows; not for a library
 * @structure: (nullable): names and types of the rows' columns, for a library
 * @parameters: (array zero-terminated=1) (nullable): names and values in turn, settings or
 *   `param_NAME` for `{NAME:Type}` in the statement
 * @query_id: (nullable): how the server's log is to call it
 * @max_answer: longest answer
 * @take: (nullable): gets the answer as it comes, instead of keeping it
 * @take_data: for @take
 *
 * One request. Everything is borrowed for the call that begins it.
 */
typedef struct {
  const char *sql;
  GBytes *rows;
  GBytes *packed;
  const char *structure;
  char **parameters;
  const char *query_id;
  gsize max_answer;
  WeirHttpTakeFunc take;
  gpointer take_data;
} WeirClickhouseAsk;

/**
 * WeirClickhouseReply:
 * @verdict: what it means
 * @code: number of the exception, 0 for none
 * @body: (nullable): the answer, when it was done
 * @retry_after: how long the server wants to be left alone, in microseconds, or 0
 * @message: what is to be told of a failure, one line, without secrets
 *
 * What became of a request.
 */
typedef struct {
  WeirClickhouseVerdict verdict;
  guint code;
  GBytes *body;
  gint64 retry_after;
  char *message;
} WeirClickhouseReply;

/**
 * WeirClickhouseServer:
 * @version: as it says
 * @major: the first number of it
 * @minor: the second
 * @has_async_insert: whether it knows the setting
 * @has_token: whether it knows the setting `insert_deduplication_token`
 *
 * What a server is and can do.
 */
typedef struct {
  char version[64];
  guint major;
  guint minor;
  gboolean has_async_insert;
  gboolean has_token;
} WeirClickhouseServer;

#define WEIR_CLICKHOUSE_MAJOR 24
#define WEIR_CLICKHOUSE_MINOR 3

WeirClickhouseClient *weir_clickhouse_client_new          (const char               *url,
                                                           gint64                    timeout,
                                                           GError                  **error);
WeirClickhouseClient *weir_clickhouse_client_new_embedded (const char               *library,
                                                           const char               *folder,
                                                           GError                  **error);
const char           *weir_clickhouse_client_get_database (WeirClickhouseClient     *self);
GMainContext         *weir_clickhouse_client_get_context  (WeirClickhouseClient     *self);
void                  weir_clickhouse_client_ask_async    (WeirClickhouseClient     *self,
                                                           const WeirClickhouseAsk  *ask,
                                                           GCancellable             *cancellable,
                                                           GAsyncReadyCallback       callback,
                                                           gpointer                  user_data);
void                  weir_clickhouse_client_ask_finish   (WeirClickhouseClient     *self,
                                                           GAsyncResult             *result,
                                                           WeirClickhouseReply      *reply);
void                  weir_clickhouse_client_ask          (WeirClickhouseClient     *self,
                                                           const WeirClickhouseAsk  *ask,
                                                           GCancellable             *cancellable,
                                                           WeirClickhouseReply      *reply);
gboolean              weir_clickhouse_client_probe        (WeirClickhouseClient     *self,
                                                           GCancellable             *cancellable,
                                                           GError                  **error);
void                  weir_clickhouse_client_probe_async  (WeirClickhouseClient     *self,
                                                           GCancellable             *cancellable,
                                                           GAsyncReadyCallback       callback,
                                                           gpointer                  user_data);
gboolean              weir_clickhouse_client_probe_finish (WeirClickhouseClient     *self,
                                                           GAsyncResult             *result,
                                                           WeirClickhouseServer     *server,
                                                           GError                  **error);
const WeirClickhouseServer *weir_clickhouse_client_get_server (WeirClickhouseClient *self);

gboolean              weir_clickhouse_server_parse        (WeirClickhouseServer       *self,
                                                           const char                 *text);
gboolean              weir_clickhouse_server_check        (const WeirClickhouseServer *self,
                                                           GError                    **error);
char                 *weir_clickhouse_reply_dup_text      (const WeirClickhouseReply  *self);
void                  weir_clickhouse_reply_clear         (WeirClickhouseReply        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirClickhouseReply, weir_clickhouse_reply_clear)

G_END_DECLS
